"""The game as a person plays it: what is hidden stays hidden, what is said is what the rule and the model say."""

import io
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from core.key import Key
from core.region import land, scores, shapes
from core.region.mask import Mask
from core.region.scores import Covering
from playground.instruments.stage import unpack
from playground.rungs.game import law, rules
from playground.shown import unlinked
from tests import apps
from tests.apps import messages, opened

KEY = Key(0) / "game"
PAGE = "pages/game.py"


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def figures(at):
    """The live numbers by their names."""
    (table,) = [m.value for m in at.markdown if m.value.startswith("| ") and "Where it says yes" in m.value]
    return dict(re.findall(r"\| ([^|]+) \| \*\*([^*]+)\*\* \|", table))


def scene(at):
    return unpack(messages(at)[0])["scene"]


def layers(at):
    return {layer["name"]: layer for layer in scene(at)["layers"]}


def percent(text):
    return float(text.replace("\xa0", " ").removesuffix(" %")) / 100


def test_nothing_gives_the_rule_away_before_it_is_revealed():
    at = opened(PAGE)
    assert set(layers(at)) == {"points", "dealt", "hands"}
    assert scene(at)["axes"] == ["x", "y"]
    assert set(figures(at)) == {"Where it says yes", "Ruled out", "Log score"}
    words = " ".join(element.value for element in (*at.markdown, *at.caption))
    assert not re.search(r"\b(land|sea|latitude|longitude|Earth)\b", words)
    for panel in ("What is area?", "Self-test"):
        at = opened(PAGE, panel=panel)
        assert [c.value for c in at.caption if c.value.startswith("Reveal the rule first")], panel


@pytest.mark.parametrize("kind", law.MODELS)
def test_the_figures_are_those_of_the_model_against_the_rule(kind):
    at = opened(PAGE, model=kind, revealed="true")
    rule = land.load()
    x = rule.sample(60, KEY / "points")
    np.testing.assert_allclose(layers(at)["points"]["arrays"]["xy"], x, atol=1e-4)
    corners = law.start(kind, rule.bounds)
    made = law.Model(kind, 6, 0.0, tuple(map(tuple, corners.tolist())), KEY / "law")
    (step,) = law.steps(made, x, rule)
    want, found = step.state, figures(at)
    assert percent(found["Precision"]) == pytest.approx(want.judged.precision, abs=6e-4)
    assert percent(found["Coverage"]) == pytest.approx(want.judged.coverage, abs=6e-4)
    assert float(found["F1"]) == pytest.approx(want.judged.f1, abs=6e-4)
    assert float(found["Total variation"]) == pytest.approx(want.judged.tv, abs=6e-4)
    fresh = scores.log_scores(want.law, rule.sample(1000, KEY / "fresh"), rule.area)
    said = found["Log score, new"].replace("\xa0", " ").replace("\N{MINUS SIGN}", "-")
    if np.isinf(fresh).any():
        assert said == "-∞"
        assert [c for c in at.caption if c.value.startswith("Minus infinity because of")]
    else:
        assert float(said.split(" ±")[0]) == pytest.approx(fresh.mean(), abs=0.06)


def test_a_link_lays_the_box_and_leaves_some_mass_for_everywhere():
    at = opened(PAGE, corners="-118,-0.422;144,0.99", spare=0.1, revealed="true")
    rule = land.load()
    cells = shapes.boxes(np.array([[[-118, -0.422], [144, 0.99]]]), rule.cells.shape, rule.bounds)
    want = scores.of_covering(rule, Covering(Mask(cells, rule.bounds), 0.1))
    found = figures(at)
    assert percent(found["Precision"]) == pytest.approx(want.precision, abs=6e-4)
    assert float(found["KL(rule, model)"]) == pytest.approx(want.kl, abs=6e-4)
    np.testing.assert_allclose(layers(at)["hands"]["arrays"]["xy"][:2], [[-118, -0.422], [144, 0.99]], atol=1e-4)


def test_marks_say_what_both_say_where_they_lie():
    at = opened(PAGE, revealed="true")
    lines = [m.value for m in at.markdown if re.match(r"\*\*[ABC]\*\* at", m.value)]
    said = {line[2]: re.search(r"model says (\w+), the rule (\w+)", line).groups() for line in lines}
    assert said == {"A": ("yes", "no"), "B": ("no", "yes"), "C": ("yes", "yes")}
    assert layers(at)["hands"]["signs"] == ["", "", "A", "B", "C"]


def test_guesses_are_counted_when_the_rule_is_revealed():
    at = opened(PAGE, guess="20,0.3")
    at.button(key="game.guess").click().run()
    at.button(key="game.guess").click().run()
    assert at.query_params["guesses"] in (["20,0.3;20,0.3"], "20,0.3;20,0.3")
    assert [c for c in at.caption if c.value.startswith("2 guesses.")]
    at.toggle(key="revealed").set_value(True).run()
    (said,) = [c.value for c in at.caption if "guesses were on land" in c.value]
    assert said.startswith("2 of 2 guesses")
    assert "28.9 %" in said
    sea = opened(PAGE, guesses="-30,0.5;20,0.3", revealed="true")
    (said,) = [c.value for c in sea.caption if "guesses were on land" in c.value]
    assert said.startswith("1 of 2 guesses")
    assert {"guesses land", "guesses sea"} <= set(layers(sea))
    at.button(key="game.forget").click().run()
    assert [c for c in at.caption if c.value.startswith("Hide the rule again")]


def test_a_box_of_no_area_gets_one_sentence_and_the_points_stay():
    at = opened(PAGE, corners="10,0.2;10,0.2")
    (warning,) = at.warning
    assert "encloses no area" in warning.value
    assert len(layers(at)["points"]["arrays"]["xy"]) == 60


@pytest.mark.parametrize("link", ["corners=9,9;1", "corners=900,0;0,0", "corners=a,b;c,d", "corners=1,0;2,0;3,0"])
def test_a_link_without_sense_is_the_model_s_own_start(link):
    name, value = link.split("=")
    at = opened(PAGE, **{name: value})
    np.testing.assert_allclose(layers(at)["hands"]["arrays"]["xy"][0], law.start(law.BOX, land.BOUNDS)[0], atol=1e-4)
    assert name not in at.query_params


@pytest.mark.parametrize("rule", [rules.FIRST, rules.SECOND, rules.THIRD])
@pytest.mark.parametrize("kind", [law.POLYGON, law.KERNELS])
def test_the_self_test_holds_and_the_script_prints_the_scores(rule, kind, tmp_path):
    at = opened(PAGE, rule=rule, model=kind, revealed="true", panel="Self-test")
    assert not at.warning, at.warning[0].value
    (strip,) = [m.value for m in at.markdown if "identity" in m.value]
    assert "broken" not in strip
    assert strip.count("✓") >= 4
    at = opened(PAGE, rule=rule, model=kind, revealed="true", panel="Code and files")
    code = at.code[0].value
    np.save(tmp_path / "rule.npy", rules.called(rule).mask.cells)
    here = code.replace('np.load("rule.npy")', f'np.load(r"{tmp_path}/rule.npy")')
    told = subprocess.run(
        [sys.executable, "-c", here], capture_output=True, text=True, cwd=apps.ROOT, check=True
    ).stdout
    found, printed = figures(at), dict(re.findall(r"(precision|coverage|F1) ([\d.]+)", told))
    assert percent(found["Precision"]) == pytest.approx(float(printed["precision"]), abs=6e-4)
    assert percent(found["Coverage"]) == pytest.approx(float(printed["coverage"]), abs=6e-4)


def test_the_best_box_is_laid_over_the_map():
    at = opened(PAGE, revealed="true", panel="What is area?")
    (table,) = [m.value for m in at.markdown if m.value.startswith("| best box")]
    assert "0.576" in table
    assert "0.570" in table
    at.button(key="game.lay").click().run()
    assert float(figures(at)["F1"]) == pytest.approx(0.576, abs=0.001)


def test_the_ladder_judges_every_model():
    at = opened(PAGE, revealed="true", panel="Ladder")
    (table,) = [m.value for m in at.markdown if m.value.startswith("| model")]
    rows = [line.split(" | ")[0].strip("| ") for line in table.splitlines()[2:]]
    assert rows == [
        "One box",
        "Gaussian",
        "Mixture of 2",
        "Mixture of 4",
        "Mixture of 8",
        "Mixture of 12",
        "Kernel density",
    ]


def test_an_island_that_was_drawn_is_a_rule():
    strokes = np.array([[0.3, 0.5], [0.5, 0.5], [0.7, 0.6]])
    cells = rules.island(strokes)
    radius = rules.NIB * 0.8
    assert cells.mean() * 1.6 == pytest.approx(3 * np.pi * radius**2, rel=0.01)
    at = opened(PAGE, rule=rules.DRAWN)
    assert scene(at)["brush"] is not None
    assert not at.button
    at.session_state["held"]["screen."][rules.DRAWING] = strokes
    at.session_state["panel"] = "Code and files"
    assert not at.run().exception
    xy = layers(at)["points"]["arrays"]["xy"].reshape(-1, 2)
    near = np.linalg.norm(xy[:, None] - strokes * rules.UNIT[:, 1], axis=2).min(axis=1)
    assert near.max() < 1.01 * radius, "all points fell on the island"
    assert unlinked.RULE in [caption.value for caption in at.caption]
    at.button(key="game.another").click().run()
    assert scene(at)["brush"] is not None


def png(pixels):
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "png")
    return held.getvalue()


def test_points_fall_on_the_dark_parts_of_a_picture_or_on_the_bright_ones():
    pixels = np.full((40, 64), 255, np.uint8)
    pixels[:, :32] = 0
    at = opened(PAGE, rule=rules.PICTURE, panel="Code and files")
    at.file_uploader(key="game.picture").upload("half.png", png(pixels), "image/png").run()
    assert not at.exception
    assert (layers(at)["points"]["arrays"]["xy"].reshape(-1, 2)[:, 0] < 0.8).all()
    assert unlinked.RULE in [caption.value for caption in at.caption]
    at.toggle(key="game.bright").set_value(True).run()
    assert (layers(at)["points"]["arrays"]["xy"].reshape(-1, 2)[:, 0] > 0.8).all()


def test_a_picture_of_one_colour_gets_one_sentence():
    at = opened(PAGE, rule=rules.PICTURE)
    at.file_uploader(key="game.picture").upload("grey.png", png(np.full((9, 9), 90, np.uint8)), "image/png").run()
    assert not at.exception
    assert [e.value.replace("\\", "") for e in at.error] == [
        "This picture is all of one colour: a rule needs dark parts and bright ones."
    ]


def test_a_picture_s_dark_parts_stand_upright_in_the_middle():
    pixels = np.zeros((40, 20), bool)
    pixels[:10] = True  # the upper quarter
    cells = rules.placed(pixels)
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    assert (rows.min(), rows.max()) == (540, 719), "row 0 is the lowest"
    middle = (columns.min() + columns.max() + 1) / 2
    assert middle == pytest.approx(720, abs=1)
    assert len(columns) == pytest.approx(0.5 / 1.6 * 1440, abs=2)
    grey = np.tile(np.linspace(0, 255, 8), (4, 1))
    assert rules.parted(grey, bright=False).mean() == 0.5
    assert (rules.parted(grey, bright=True) != rules.parted(grey, bright=False)).all()
    with pytest.raises(ValueError, match="all of one colour"):
        rules.parted(np.full((5, 5), 7.0), bright=False)
