"""Guidance: a coarse curve first, and the last is that of all pictures painted at once."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.data import images
from core.diffusion.walk import Sampler
from core.evaluation import metrics
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
    for (w, right, error, diverse), row in zip(curves[-1], range(2), strict=True):
        labels = wish.labels(guidance.MANY, key / "told")
        x = painter.sample(guidance.MANY, key, guidance.SAMPLER, labels, w)
        whole = metrics.mean(wish.fulfilled(reader(x)).mean(axis=1))
        assert (right, error) == pytest.approx((whole.value, whole.error))
        assert diverse == pytest.approx(sight.apart(x) / real, rel=1e-3)
        shown = steps[-1].state[row * guidance.SIDE : (row + 1) * guidance.SIDE]
        assert np.abs(shown.astype(int) - np.round(255 * x[: guidance.SIDE])).max() <= 1
