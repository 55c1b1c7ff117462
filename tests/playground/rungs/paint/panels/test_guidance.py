"""Guidance: a coarse curve first, and the last is that of all pictures painted at once."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.data import images
from core.diffusion.walk import Sampler
from core.key import Key
from core.painting import recipes, sight
from core.painting.wish import Wish
from playground.rungs.paint.panels import guidance


def test_the_curve_comes_whole_and_coarse_and_ends_as_that_of_all_pictures(monkeypatch):
    monkeypatch.setattr(guidance, "STRENGTHS", (0.0, 4.0))
    monkeypatch.setattr(guidance, "SAMPLER", Sampler("DPM-Solver++(2M)", 3))
    pictures, painter = images.load("digits"), recipes.stored("paint-digits").model
    wish = Wish(((3, 7),))
    screen = SimpleNamespace(pictures=pictures, wish=wish, painter=painter, key=Key(1))
    steps = list(guidance.steps(screen))
    curves = [step.arrays["rows"] for step in steps]
    assert [list(rows[:, 0]) for rows in curves[:2]] == [[0.0], [0.0, 4.0]]
    assert [step.metrics["painted"] for step in steps] == list(range(8, 49, 8))
    assert (curves[1][:, 2] >= 0).all()
    assert all(step.state.shape == steps[-1].state.shape for step in steps)
    reader, real = sight.reader("digits"), sight.apart_in_data(pictures, wish)
    key = Key(1) / "guidance"
    for (w, obey, painted, diverse), row in zip(curves[-1], range(2), strict=True):
        labels = wish.labels(guidance.MANY, key / "told")
        x = painter.sample(guidance.MANY, key, guidance.SAMPLER, labels, w)
        assert (obey, painted) == (wish.fulfilled(reader(x)).all(axis=1).sum(), guidance.MANY)
        assert diverse == pytest.approx(sight.apart(x) / real, rel=1e-3)
        shown = steps[-1].state[row * guidance.SIDE : (row + 1) * guidance.SIDE]
        assert np.abs(shown.astype(int) - np.round(255 * x[: guidance.SIDE])).max() <= 1


def test_all_of_a_few_pictures_is_no_certainty():
    said = guidance.finding([guidance.Row(0.0, 3, 8, 1.0), guidance.Row(2.0, 8, 8, 0.9)])
    assert "w = 2: **8 of 8** pictures are all that was told (95 % interval 68 to 100 %)" in said
    assert guidance.curve([guidance.Row(2.0, 8, 8, 0.9)])["low"][0] == pytest.approx(0.676, abs=1e-3)
