"""Kernel estimates: they integrate to one, their rules are core's, and their score has its error."""

from dataclasses import replace

import numpy as np
import pytest

from core.data import builtin
from core.evaluation import held_out
from core.kernels.kde import KDE
from core.kernels.sums import KERNELS
from core.key import Key
from core.laws import ranking
from core.laws.families.line_kde import Kernels
from core.process import Halt
from playground.rungs.fit1 import smoothing


def judged(name="bimodal", kernel="gaussian"):
    return list(smoothing.judge(builtin.load(name), kernel))[-1].state


def test_no_rule_beats_the_oracle():
    assert min(row[3] for row in judged("skewed").rules.values()) == pytest.approx(1)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("boundary", smoothing.BOUNDARIES)
@pytest.mark.parametrize("name", ["gapped", "galaxies"])
def test_the_estimate_integrates_to_one(name, kernel, boundary):
    x = builtin.load(name).points
    for h in [row[0] for row in judged(name, kernel).rules.values() if np.isfinite(row[0])]:
        assert smoothing.integral(smoothing.estimate(x, h, kernel, boundary)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("h", [0.01, 0.3, 3.0])
def test_a_bump_is_integrated_whole_whatever_its_width(h):
    x = builtin.load("skewed").points
    assert smoothing.integral(KDE.on_line(x, h)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("name", ["skewed", "gapped", "galaxies"])
def test_the_identities_hold_and_see_a_lost_mass(name, monkeypatch):
    x = builtin.load(name).points
    assert [check.holds for check in smoothing.integrals(x)] == [True, True]
    whole = KDE.on_grid
    monkeypatch.setattr(KDE, "on_grid", lambda self, at: whole(self, at) * (0.99 if self.kernel == "biweight" else 1))
    assert [check.holds for check in smoothing.integrals(x)] == [False, False]  # one kernel of five is enough


def test_a_constant_column_has_no_estimate():
    with pytest.raises(Halt, match="constant"):
        list(smoothing.integrals(np.ones((20, 1))))


def test_the_held_out_score_is_the_one_of_the_table_of_laws():
    x = builtin.load("skewed").points
    *_, last = smoothing.unseen(x, 0.0, "Sheather-Jones", "gaussian", "none")
    assert last.state.value == pytest.approx(ranking.judge(Kernels(), x[:, 0], Key(0)).held_out.value, abs=1e-4)
    assert last.metrics["values"] == len(x)


@pytest.mark.parametrize("kernel", ["gaussian", "biweight"])
@pytest.mark.parametrize("boundary", smoothing.BOUNDARIES)
def test_a_width_by_hand_is_scored_as_it_is(kernel, boundary):
    x = builtin.load("normal", 200).points
    steps = list(smoothing.unseen(x, 0.8, "By hand", kernel, boundary))
    found = [
        smoothing.estimate(np.delete(x, part, axis=0), 0.8, kernel, boundary).log_prob(x[part])
        for part in held_out.parts(len(x))
    ]
    for i, step in enumerate(steps, start=1):
        assert step.state.value == pytest.approx(np.concatenate(found[:i]).mean(), abs=1e-4)


def test_a_value_where_no_bump_reaches_and_too_few_values_are_told_in_words():
    *_, last = smoothing.unseen(builtin.load("normal").points, 1e-4, "By hand", "uniform", "none")
    assert "minus infinity" in smoothing.told(last)
    with pytest.raises(Halt, match="Too few"):
        list(smoothing.unseen(np.arange(5.0)[:, None], 1.0, "By hand", "gaussian", "none"))


def test_bumps_far_apart_are_integrated_whole():
    x = np.append(builtin.load("skewed").points, [[1e7]], axis=0)
    assert [check.holds for check in smoothing.integrals(x)] == [True, True]


def test_a_far_value_hardly_moves_what_is_shown_of_the_bandwidths():
    plain = builtin.load("galaxies")
    far = replace(plain, points=np.append(plain.points, [[-9999.0]], axis=0), digest="")
    found, before = (list(smoothing.judge(d, "gaussian"))[-1].state for d in (far, plain))
    assert found.h == pytest.approx(before.h, rel=1e-9)
    for rule, row in found.rules.items():
        assert row[0] == pytest.approx(before.rules[rule][0], rel=0.05), rule
