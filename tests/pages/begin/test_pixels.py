"""The page of pixels by its link: what it says is what core computes, and bad input gets one sentence."""

import io
import re

import numpy as np
import pytest

from core.categorical import pairs, products
from core.categorical.information import shared
from core.data import images
from core.key import Key
from playground.instruments.stage import unpack
from playground.rungs.pixels import files, learning, world
from playground.rungs.pixels.screen import ALONE, MIXTURE, MODELS, TOLD, TREE, Asked, Screen
from playground.shelf.pictures import shelved
from tests import apps

PAGE = "pages/pixels.py"


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Quick runs are complete when the page comes; none is left behind."""
    with apps.rested(monkeypatch):
        yield


def screen(name="digits", **asked):
    return Screen(Asked(**asked), shelved(name))


def message(at):
    return unpack(apps.messages(at)[0])


def npy(x):
    held = io.BytesIO()
    np.save(held, x)
    return held.getvalue()


def test_it_opens_alive_with_real_pictures_and_new_ones_of_four_models():
    at = apps.opened(PAGE)
    told, shown = message(at), screen()
    assert [many for _, many in told["scene"]["groups"]] == [8] * 5
    digits = images.load("digits")
    first, last = (told["frames"][i]["arrays"]["pictures"]["x"] for i in (0, -1))
    real = np.rint(digits.pixels[digits.split.test[:8]] * (255 / 16))
    np.testing.assert_array_equal(last[:8], real)
    np.testing.assert_array_equal(first[:8], real)
    for i in range(2, 5):
        np.testing.assert_array_equal(first[8:16], first[8 * i : 8 * i + 8])
    alone = products.independent(shown.seen, 17, 0.3).sample(8, Key(0) / "pixels" / "new")
    np.testing.assert_array_equal(last[8:16], np.rint(alone * (255 / 16)).reshape(8, 1, 8, 8))


def test_the_figures_of_each_frame_are_those_of_the_models_learned_by_then():
    at = apps.opened(PAGE)
    frames, shown = message(at)["frames"], screen()
    rows = [{name: (value, unit) for name, value, unit in frame["beside"]["figures"]["rows"]} for frame in frames]
    assert set(rows[0]) == set(MODELS)
    assert all(value == "" for value, _ in rows[0].values())
    assert rows[1][TREE] == ("", "not yet learned")
    assert rows[1][ALONE] == ("107.9 ± 0.5", "1,024 numbers")
    tree = -pairs.tree(shown.seen, 17, 0.3).log_prob(shown.test).mean()
    assert rows[-1][TREE][0].startswith(f"{tree:.1f}")
    assert apps.beside(at, "figures")["rows"] == [list(row) for row in frames[-1]["beside"]["figures"]["rows"]]


@pytest.mark.parametrize("asked", [{}, {"levels": 2, "alpha": 1.5, "components": 1}, {"pictures": "Jars", "levels": 2}])
def test_the_self_test_holds(asked):
    at = apps.opened(PAGE, panel="Self-test", **asked)
    (held,) = re.findall(r"(\d+) of (\d+) hold\.", apps.words(at))
    assert held[0] == held[1]
    assert int(held[0]) >= 7


def test_what_is_taken_home_prints_the_numbers_on_screen(capsys):
    at = apps.opened(PAGE, panel="Code and files", components=7, alpha=0.5, levels=4, seed=3)
    exec(compile(at.code[0].value, "home", "exec"), {})
    told = capsys.readouterr().out
    shown = Screen(Asked(components=7, alpha=0.5, levels="4"), shelved("digits"), 3)
    *_, last = learning.steps(shown)
    for title in MODELS:
        found = float(re.search(rf"^{title} ([\d.]+)", told, re.M)[1])
        assert found == pytest.approx(last.state.nats[title].value, abs=1e-9)
    assert files.as_csv(last.state.nats, last.state.parameters).count(b"\n") == 5


def test_the_ladder_stands_beside_the_stored_vae_where_levels_agree():
    at = apps.opened(PAGE, panel="Ladder")
    table = at.dataframe[0].value
    assert list(table["Model"]) == ["Even noise", *MODELS, "VAE, 2 latent", "VAE, 16 latent"]
    assert list(table["Nats per picture"][:2]) == ["181.3", "107.9 ± 0.5"]
    assert list(table["Kind"][-2:]) == ["exact", "bound"]
    fewer = apps.opened(PAGE, panel="Ladder", levels=4).dataframe[0].value
    assert list(fewer["Model"]) == ["Even noise", *MODELS]


@pytest.mark.parametrize(("way", "other"), [("To its right", 29), ("Below it", 36), ("By number", 10)])
def test_two_pixels_share_what_is_counted(way, other):
    at = apps.opened(PAGE, panel="Two pixels", pixel=29, way=way, other=11)
    shown = screen()
    counts = np.zeros((17, 17))
    np.add.at(counts, (shown.seen[:, 28], shown.seen[:, other]), 1)
    assert f"As counted: {shared(counts):.3f} nats shared" in apps.words(at)
    assert "Product of margins: 0.000 nats shared" in apps.words(at)
    assert "Row 4, column 5" in apps.words(at)
    drawn = unpack(apps.messages(at)[1])
    assert drawn["scene"]["picked"] == 28
    assert len(drawn["scene"]["names"]) == 64


def test_the_pixel_it_begins_with_is_the_most_varied_and_in_no_link():
    at = apps.opened(PAGE, panel="Two pixels")
    counts = [np.bincount(column) / len(screen().seen) for column in screen().seen.T]
    most = int(np.argmax([-(p[p > 0] * np.log(p[p > 0])).sum() for p in counts]))
    assert unpack(apps.messages(at)[1])["scene"]["picked"] == most
    assert "pixel" not in at.query_params, "else undo would come back to it"
    assert "pixel" in apps.opened(PAGE, panel="Two pixels", pixel=most + 2).query_params


def test_random_pictures_are_not_like_real_ones_and_the_count_says_how_far(monkeypatch):
    monkeypatch.setattr(world, "EVERY", 2000)
    at = apps.opened(PAGE, panel="How small is the world")
    said = apps.words(at)
    assert "**0 of 2,000** pictures of even noise" in said
    assert "17⁶⁴ = 2²⁶² pictures" in said
    assert "called a digit by the judge" in said
    shown = screen()
    *_, last = learning.steps(shown)
    line = -np.quantile(last.state.models[MIXTURE].log_prob(shown.test), 0.05)
    assert f"(at most {line:.0f} nats)" in said
    jars = apps.words(apps.opened(PAGE, panel="How small is the world", pictures="Jars", levels=2, components=3))
    assert "by the judge" not in jars


def test_another_draw_is_a_press_away():
    at = apps.opened(PAGE)
    before = apps.messages(at)[0]
    at.button(key="again").click().run()
    assert not at.exception
    assert apps.messages(at)[0] != before
    assert "1" in at.query_params["deal"]


@pytest.mark.parametrize(
    ("asked", "without", "says"),
    [
        ({"name": "jars", "levels": "2"}, {TOLD}, "come without classes"),
        ({"components": 60, "levels": "256", "name": "outfits"}, {TOLD, MIXTURE, TREE}, "mix up to 10"),
        ({"levels": "256", "name": "strokes"}, {TREE}, "count fewer levels"),
    ],
)
def test_a_model_that_cannot_be_made_is_left_out_with_the_reason(asked, without, says):
    shown = screen(**asked)
    assert set(shown.missing) == without
    assert says in " ".join(shown.missing.values())
    assert shown.models == tuple(title for title in MODELS if title not in without)


def test_ten_pictures_of_ones_own_are_enough_and_what_they_are_too_few_for_is_said():
    at = apps.opened(PAGE, pictures="Your own pictures")
    x = np.random.default_rng(0).integers(0, 255, (12, 8, 8), dtype=np.uint8)
    at.file_uploader(key="picture_files").upload("mine.npy", npy(x), "application/octet-stream").run()
    assert not at.exception
    assert "20 products cannot be found in 10 pictures: mix fewer." in apps.words(at)
    assert [label for label, _ in message(at)["scene"]["groups"]] == ["Real, held out", "New: independent", "New: tree"]


@pytest.mark.parametrize(
    "wrong", [{"levels": "3"}, {"alpha": "0"}, {"components": "61"}, {"pictures": "x"}, {"panel": "x"}]
)
def test_a_damaged_link_says_so_in_one_sentence_and_shows_the_page(wrong):
    at = apps.opened(PAGE, **wrong)
    assert [w.value.count("In this link") for w in at.warning] == [1]
    assert apps.messages(at)


@pytest.mark.parametrize("pixel", ["0", "999", "x", "-1"])
def test_a_link_asks_for_a_pixel_that_there_is_not(pixel):
    assert apps.messages(apps.opened(PAGE, panel="Two pixels", pixel=pixel))
