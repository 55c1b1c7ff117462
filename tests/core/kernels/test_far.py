"""A value a million deviations away: the density of the others is what it is without it, times n / (n + 1)."""

import warnings

import numpy as np
import pytest

from core.joint.margins import KernelMargin
from core.kernels import bandwidth, kde
from core.kernels.kde import KDE, Config
from core.kernels.sums import KERNELS
from core.key import Key

FAR = 1e6
AT = np.linspace(-3, 3, 41)[:, None]


def draws(n, d=1):
    return (Key(4) / "draws" / d).generator().normal(size=(n, d))


def fitted(x, **options):
    """The estimate; a warning fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        *_, last = kde.fit(Config(**options), x, Key(0))
    return last.state


def off(with_far, without, at, n):
    """The largest relative change of the others' density; inf where only one of the two is 0."""
    a, b = np.exp(without.log_prob(at)) * n / (n + 1), np.exp(with_far.log_prob(at))
    return np.abs(np.divide(b, a, out=np.ones_like(a), where=(a > 0) | (b > 0)) - 1).max()


# Silverman's quartiles move by a rank, and of a few hundred values that is some hundredths
@pytest.mark.parametrize(("rule", "most"), [(r, 0.05 if r == "Silverman" else 0.02) for r in bandwidth.RULES])
@pytest.mark.parametrize(
    "kernel", [kernel for kernel in KERNELS if kernel != "uniform"]
)  # its scores jump with every h
@pytest.mark.parametrize("n", [300, 2000])
def test_a_far_value_changes_no_bandwidth(rule, most, kernel, n):
    x = draws(n)
    without, beside = fitted(x, rule=rule, kernel=kernel), fitted(np.append(x, [[FAR]], 0), rule=rule, kernel=kernel)
    assert beside.h == pytest.approx(without.h, rel=most)
    at = AT[np.exp(without.log_prob(AT)) > 0.01]  # bounded kernels end, and where is a matter of h
    assert off(beside, without, at, n) < 2 * most


@pytest.mark.parametrize("rule", ["Likelihood CV", "Least squares CV", "Scott", "Silverman", "By hand"])
@pytest.mark.parametrize("far", [(FAR, FAR), (FAR, 0.0)])
def test_a_far_row_changes_no_bandwidth_in_the_plane(rule, far):
    x = draws(400, 2) @ np.array([[1.0, 0.8], [0.0, 0.6]])
    without, beside = fitted(x, rule=rule), fitted(np.append(x, [far], 0), rule=rule)
    assert beside.bandwidth == pytest.approx(without.bandwidth, rel=0.02)
    assert off(beside, without, x, 400) < 0.02


@pytest.mark.parametrize("rule", ["Scott", "Silverman", "Likelihood CV", "Least squares CV"])
def test_groups_far_apart_are_each_seen(rule):
    x = draws(600)
    both, alone = fitted(np.append(x, x + FAR, 0), rule=rule), fitted(x, rule=rule)
    assert 0.3 * alone.h < both.h < 3 * alone.h


def test_a_likelihood_over_some_rows_is_the_mean_over_them():
    x, h = draws(50), np.array([0.3, 0.5])
    rows = np.arange(50) % 3 > 0
    each = [[KDE.on_line(np.delete(x, i, 0), w).log_prob(x[[i]])[0] for i in np.flatnonzero(rows)] for w in h]
    assert bandwidth.likelihood(x, h, rows=rows) == pytest.approx(np.mean(each, axis=1), rel=1e-12)


def test_marks_are_the_bandwidths_that_fits_choose():
    x = np.append(draws(300), [[FAR]], 0)
    for rule, h in bandwidth.marks(x).items():
        assert fitted(x, rule=rule).h == pytest.approx(h, rel=1e-9)


@pytest.mark.parametrize("boundary", ["none", "reflect"])
def test_stretches_hold_all_that_bumps_reach(boundary):
    x = np.array([[0.0], [1.0], [50.0], [FAR]])
    model = KDE.on_line(x, 0.5, bounds=np.array([[0.0, np.inf]]) if boundary == "reflect" else None)
    stretches = model.stretches()
    assert stretches.tolist() == [[0.0 if boundary == "reflect" else -4.0, 5.0], [46.0, 54.0], [FAR - 4, FAR + 4]]
    mass = sum(np.trapezoid(model.on_grid(at), at) for at in (np.linspace(*ends, 400) for ends in stretches))
    assert mass == pytest.approx(1, abs=1e-6)


def test_the_quantiles_of_a_margin_with_a_far_value_are_those_of_the_sum():
    x = np.append(draws(500), [[FAR]], 0)
    margin, u = KernelMargin(fitted(x)), np.linspace(0.001, 0.999, 300)
    assert margin.cdf(margin.ppf(u)) == pytest.approx(u, abs=2e-4)
    assert abs(margin.ppf(np.array([0.9985]))[0] - FAR) < 2
