"""The page of outfits by its link: what it says is what core computes, and bad input gets one sentence."""

import math
import re

import numpy as np
import pytest

from core.categorical import models, truth
from core.categorical.rows import every
from core.data.renderers.outfits import EVERY, render
from core.key import Key
from playground.instruments.easel import bytes_of
from playground.instruments.stage import unpack
from playground.rungs.outfits import film, seen
from playground.rungs.outfits.screen import MODELS, Asked, Screen, words
from tests import apps

PAGE = "pages/outfits.py"
SIZES = truth.outfits().sizes


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Quick runs are complete when the page comes; none is left behind."""
    with apps.rested(monkeypatch):
        yield


def screen(picked=0, seed=0, **asked):
    made = Asked(**asked)
    return Screen(made, seen.drawn(made, seed), seed, picked)


def test_it_opens_alive_with_what_was_seen_and_new_outfits_of_four_models():
    message = unpack(apps.messages(apps.opened(PAGE))[0])
    shown, last = screen(), message["frames"][-1]
    np.testing.assert_array_equal(last["arrays"]["pictures"]["x"], bytes_of(render(shown.outfits)))
    assert [many for _, many in message["scene"]["groups"]] == [24, 8, 8, 8, 8]
    assert message["scene"]["names"] == [words(code) for code in shown.outfits]
    marked = [mark == "seen" for mark in last["marks"]]
    held = {tuple(code) for code in shown.rows.codes}
    assert marked == [i >= 24 and tuple(code) in held for i, code in enumerate(shown.outfits)]
    assert all(marked[24:32]), "the full table repeats what it has seen"


def test_what_is_not_drawn_yet_is_the_mean_of_what_agrees():
    shown = screen()
    log_p = shown.tables["Tree"]
    codes = shown.drawn["Tree"]
    p, pictures = np.exp(log_p), bytes_of(render(EVERY)).astype(float)
    for known in (0, 2, 5):
        made = film.mean_pictures(p, codes, known)
        for code, picture in zip(codes[:2], made, strict=False):
            agrees = (EVERY[:, :known] == code[:known]).all(axis=1)
            weights = np.where(agrees, p, 0)
            mean = np.einsum("n,nchw->chw", weights / weights.sum(), pictures)
            assert np.abs(picture - mean).max() <= 0.51
    np.testing.assert_array_equal(film.mean_pictures(p, codes, 5), bytes_of(render(codes)))


@pytest.mark.parametrize("model", MODELS)
def test_the_product_is_worked_out_with_the_counts_in_it(model):
    at = apps.opened(PAGE, model=model, outfit=30, n=200)
    shown = screen(29, n=200, model=model)
    (table,) = (m.value for m in at.markdown if m.value.startswith(f"| {model} |"))
    fractions = re.findall(r"\(([\d,]+)(?:\s\+\s([\d.]+))?\)\s/\s\(([\d,]+)(?:\s\+\s([\d,]+))?\)", table)
    parts = [
        (float(a.replace(",", "")) + float(b or 0)) / (float(c.replace(",", "")) + float(d.replace(",", "") or 0))
        for a, b, c, d in fractions
    ]
    told = math.exp(shown.model.log_prob(shown.chosen[None])[0])
    assert math.prod(parts) == pytest.approx(told, rel=1e-9)
    assert len(parts) == (1 if "table" in model else 5)
    assert words(shown.chosen).capitalize() in apps.words(at)


@pytest.mark.parametrize("dependence", ["White with silver", "None"])
def test_the_models_stand_beside_the_truth(dependence):
    at = apps.opened(PAGE, dependence=dependence, panel="Models")
    table = at.dataframe[0].value
    law = truth.outfits(dependence != "None")
    codes = law.sample(50, Key(0) / "outfits")
    p, q = law.p.ravel(), np.exp(models.independent(codes, SIZES, 1.0).log_prob(every(SIZES)))
    assert table["KL to the truth (nats)"][2] == pytest.approx(float((p * np.log(p / q)).sum()), abs=1e-9)
    assert list(table["Free parameters"][:3]) == ["4,031", "4,031", "23"]
    assert table["Never seen before (%)"][1] == pytest.approx(97.6, abs=0.1)
    assert np.isinf(table["KL to the truth (nats)"][0])
    said = "0.301 nats" if dependence != "None" else "0.000 nats"
    assert f"Independence costs {said}" in apps.words(at)


@pytest.mark.parametrize("asked", [{}, {"alpha": 0, "n": 10}, {"n": 2000, "dependence": "None", "outfit": 50}])
def test_the_self_test_holds(asked):
    at = apps.opened(PAGE, panel="Self-test", **asked)
    assert "12 of 12 hold." in apps.words(at), apps.words(at)


def test_without_smoothing_the_impossible_is_said_and_others_are_still_drawn():
    at = apps.opened(PAGE, alpha=0, model="Independent", n=10, outfit=1)
    assert "Their product" in apps.words(at)
    shown = screen(alpha=0.0, n=10)
    assert np.isneginf(shown.tables["Independent"]).any()


def test_what_is_taken_home_prints_the_numbers_on_screen(capsys):
    at = apps.opened(PAGE, panel="Code and files", outfit=30, n=60, seed=3)
    exec(compile(at.code[0].value, "home", "exec"), {})
    shown = screen(29, 3, n=60)
    told = capsys.readouterr().out
    for title, model in shown.models.items():
        p = np.exp(model.log_prob(shown.chosen[None]))[0]
        assert f"{title} {p} KL" in told


def test_another_draw_is_a_press_away():
    at = apps.opened(PAGE)
    before = apps.messages(at)[0]
    at.button(key="again").click().run()
    assert not at.exception
    assert apps.messages(at)[0] != before
    assert "1" in at.query_params["deal"]


def test_outfits_of_a_link_are_seen_again():
    codes = EVERY[[0, 77, 4031, 77]]
    assert np.array_equal(seen.decode(seen.encode(codes)), codes)
    at = apps.opened(PAGE, rows=seen.encode(codes))
    assert "The 4 outfits seen" in [label for label, _ in unpack(apps.messages(at)[0])["scene"]["groups"]]
    at.number_input(key="seed").set_value(5).run()
    assert not at.exception
    assert "rows" not in at.query_params


@pytest.mark.parametrize(
    "wrong", [{"rows": "a"}, {"rows": "__"}, {"rows": "ä!"}, {"n": "5"}, {"alpha": "-1"}, {"dependence": "x"}]
)
def test_a_damaged_link_says_so_in_one_sentence_and_shows_the_page(wrong):
    at = apps.opened(PAGE, **wrong)
    assert [w.value.count("In this link") for w in at.warning] == [1]
    assert apps.messages(at)


def test_a_link_asks_for_an_outfit_that_there_is_not():
    assert apps.messages(apps.opened(PAGE, outfit=999))
    assert apps.messages(apps.opened(PAGE, outfit="x"))
