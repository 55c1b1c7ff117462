"""Numbers that judge, against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.evaluation import metrics
from core.key import Key
from core.mixture.gmm import GMM


def gaussian(mean, covariance):
    return GMM(np.ones(1), np.array([mean]), np.array([covariance]))


def kl(p, q):
    """KL(p, q) of two Gaussians, nats, in closed form."""
    a, b, shift = p.covariances[0], q.covariances[0], q.means[0] - p.means[0]
    solve = np.linalg.solve
    logs = np.linalg.slogdet(b)[1] - np.linalg.slogdet(a)[1]
    return 0.5 * (np.trace(solve(b, a)) + shift @ solve(b, shift) - len(a) + logs)


PAIRS = {
    "shifted": (gaussian([0.0], [[1.0]]), gaussian([0.7], [[1.0]])),
    "wider": (gaussian([0.0], [[1.0]]), gaussian([0.0], [[4.0]])),
    "narrower": (gaussian([0.0], [[4.0]]), gaussian([0.0], [[3.0]])),
    "sheared": (gaussian([0.0, 1.0], [[1.0, 0.5], [0.5, 2.0]]), gaussian([0.3, 0.0], [[2.0, -0.3], [-0.3, 1.0]])),
}


@pytest.mark.parametrize(("truth", "model"), PAIRS.values(), ids=PAIRS)
def test_divergence_is_the_closed_form_within_five_standard_errors(truth, model):
    estimate = metrics.divergence(model, truth, Key(0))
    assert abs(estimate.value - kl(truth, model)) < 5 * estimate.error


def test_divergence_is_not_symmetric():
    truth, model = PAIRS["wider"]
    forward, backward = metrics.divergence(model, truth, Key(0)), metrics.divergence(truth, model, Key(0))
    assert abs(forward.value - backward.value) > 5 * (forward.error + backward.error)


def test_a_model_that_is_the_truth_diverges_by_exactly_nothing():
    truth, _ = PAIRS["sheared"]
    assert metrics.divergence(truth, truth, Key(0)) == metrics.Estimate(0.0, 0.0)


def test_the_standard_error_is_the_spread_of_repeated_estimates():
    truth, model = PAIRS["shifted"]
    estimates = [metrics.divergence(model, truth, Key(0) / i, n=400) for i in range(400)]
    spread = np.std([e.value for e in estimates], ddof=1)
    assert np.mean([e.error for e in estimates]) == pytest.approx(spread, rel=5 / np.sqrt(2 * 400))


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40))
def test_mean_is_scipys(values):
    estimate = metrics.mean(np.array(values))
    assert estimate.value == pytest.approx(np.mean(values), abs=1e-9)
    assert estimate.error == pytest.approx(stats.sem(values), abs=1e-9)


def test_a_single_value_has_no_standard_error():
    estimate = metrics.mean(np.array([3.0]))
    assert estimate.value == 3
    assert np.isnan(estimate.error)


@pytest.mark.parametrize("level", [0.68, 0.95, 0.99])
@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (8, 8), (0, 24), (23, 24), (150, 400)])
def test_wilson_is_scipys(k, n, level):
    theirs = stats.binomtest(k, n).proportion_ci(level, method="wilson")
    assert metrics.wilson(k, n, level) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_aic_and_bic_of_a_coin_worked_by_hand():
    assert metrics.aic(-10.0, 3) == 26
    assert metrics.bic(-10.0, 3, 100) == pytest.approx(20 + 3 * 4.605170185988092, rel=1e-15)


SPLITS = st.tuples(st.integers(2, 300), st.floats(0.05, 0.6), st.integers(0, 99))


@given(SPLITS)
def test_split_is_disjoint_and_complete(split):
    n, share, seed = split
    train, held = metrics.split(n, share, Key(seed))
    assert sorted([*train, *held]) == list(range(n))


@given(SPLITS)
def test_split_holds_out_the_share_asked_for(split):
    n, share, seed = split
    assert len(metrics.split(n, share, Key(seed))[1]) == max(1, round(share * n))


def test_split_depends_on_the_key():
    assert not np.array_equal(metrics.split(100, 0.2, Key(0))[1], metrics.split(100, 0.2, Key(1))[1])


def test_every_row_is_as_likely_to_be_held_out():
    counts = np.zeros(20)
    for i in range(2000):
        counts[metrics.split(20, 0.25, Key(0) / i)[1]] += 1
    assert (np.abs(counts / 2000 - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 2000)).all()
