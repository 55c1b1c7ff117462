"""Diagnostics: equal to arviz-stats 0.8.0, whose answers are kept here; right on a process whose memory is known."""

import numpy as np
import pytest
from scipy import signal

from core.samplers import diagnostics

KEPT = (  # seed, memory, chains, draws, how far chains lie apart, heavy tails: R-hat, ESS bulk, tail and mean, MCSE
    (
        (0, 0.9, 4, 1000),
        (1.0262526065185311, 185.22744078371556, 330.05316549931416, 184.115929144686, 0.16876933889269521),
    ),
    (
        (1, -0.5, 4, 501),
        (1.001271415324811, 6602.059991327962, 1718.949070420825, 6602.059991327962, 0.014237062507506233),
    ),
    (
        (2, 0.99, 2, 400),
        (1.3906608101701416, 4.575968726593645, 70.66007766022791, 4.404019250333335, 2.012476459064698),
    ),
    (
        (3, 0.0, 8, 250, 0.3),
        (1.2166729399919587, 26.512928873318483, 196.2427443806732, 26.520249896636816, 0.2322911778032336),
    ),
    (
        (4, 0.5, 4, 1000, 0.0, True),
        (0.9995623559689182, 1224.9851755302248, 2328.05326661875, 1582.2567348443138, 0.08143337865053679),
    ),
    (
        (5, 0.95, 3, 37),
        (1.7598110406778025, 5.672677129894824, 17.111494649637564, 5.388176958284913, 1.1077893603082576),
    ),
)
ALL = (diagnostics.rhat, diagnostics.ess_bulk, diagnostics.ess_tail, diagnostics.ess_mean, diagnostics.mcse_mean)


def remembering(seed, rho, m, n, apart=0.0, heavy=False):
    """m chains x_t = rho x_(t-1) + z."""
    z = np.random.default_rng(seed).standard_normal((m, n))
    x = signal.lfilter([1.0], [1.0, -rho], z, axis=1) + apart * np.arange(m)[:, None]
    return np.sinh(x) if heavy else x


@pytest.mark.parametrize(("case", "answers"), KEPT, ids=lambda part: str(part[0]))
def test_equal_to_arviz_stats(case, answers):
    x = remembering(*case)
    np.testing.assert_allclose([diagnostic(x) for diagnostic in ALL], answers, rtol=1e-8)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_the_ess_of_a_known_memory(rho):
    """n (1 - rho) / (1 + rho), and the autocorrelation rho^t."""
    x = remembering(9, rho, 40, 5000)
    assert diagnostics.ess_mean(x) == pytest.approx(x.size * (1 - rho) / (1 + rho), rel=0.06)
    np.testing.assert_allclose(diagnostics.autocorrelation(x)[:6], rho ** np.arange(6), atol=0.02)


def test_rhat_sees_what_the_mean_does_not():
    """One chain of another width: the means agree, |x - median| does not; and one that lies elsewhere."""
    x = np.random.default_rng(0).standard_normal((4, 1000))
    assert diagnostics.rhat(x) < 1.01
    for wrong in (x * np.array([[1], [1], [1], [4]]), x + np.array([[0], [0], [0], [1]])):
        assert diagnostics.rhat(wrong) > 1.05


def test_chains_that_do_not_move_have_no_diagnosis():
    x = np.random.default_rng(0).standard_normal((4, 100))
    frozen = x.copy()
    frozen[2] = 1.5
    for unsaid in (frozen, np.ones((4, 100)), x[:, :7], np.where(x > 2, np.inf, x)):
        assert np.isnan([diagnostic(unsaid) for diagnostic in ALL]).all()
    tied = np.minimum(x, 1.0)  # the 95 % quantile is the largest value: no draw lies above it
    assert np.isnan(diagnostics.ess_tail(tied))
    assert diagnostics.ess_bulk(tied) > 100


def test_ranks_make_it_indifferent_to_the_scale():
    x = remembering(3, 0.6, 4, 300)
    for diagnostic in (diagnostics.ess_bulk, diagnostics.ess_tail):
        assert diagnostic(np.exp(x)) == pytest.approx(diagnostic(x), rel=1e-9)
