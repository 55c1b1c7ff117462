"""Values far from all others, and groups far apart, do not break a fit by EM.

A random start may end in a local maximum, far values or none; the other two starts must find the groups whatever the seed.
"""

import warnings
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from core.dataset import Dataset, around
from core.key import Key
from core.mixture import basin, checks, em, gmm, select, starts
from core.mixture.gmm import COVARIANCES, GMM, STARTS, Config
from core.units import units_of

MISSING = -9999.0
SEEDS = 20


@cache
def sentinel(far=MISSING, times=3):
    """Two groups in [-5, 5], 150 values each, and a few that stand for "missing"; every value with two decimals."""
    g = (Key(0) / "sentinel").generator()
    x = np.concatenate([g.normal(2.93, 0.92, 150), np.full(times, far), g.normal(-3.07, 0.96, 150)])
    return x.round(4)[:, None]


@cache
def apart(d):
    """Two groups of 500, ten thousand deviations apart."""
    x = (Key(1) / "apart" / d).generator().normal(size=(1000, d))
    return x + 1e4 * (np.arange(1000) % 2)[:, None]


def table(x):
    return Dataset("a", x, around(x), tuple("ab"[: x.shape[1]]), standardise=True)


def steps(x, config, seed=0, start=None):
    """The Steps of a fit as a page makes it, in original units; a warning fails the test."""
    units = units_of(table(x))
    start = None if start is None else units.into(start)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return list(units.report(gmm.fit(config, units.standard(x), Key(seed) / "em", start=start)))


def in_order(model):
    order = np.argsort(model.means[:, 0])
    return model.weights[order], model.means[order], model.covariances[order]


def groups_found(model):
    """Whether the two groups beside the sentinel, and it, each have a component."""
    weights, means, covariances = in_order(model)
    near = np.abs(means[:, 0] - [MISSING, -3.07, 2.93]) < 0.35
    deviations = np.sqrt(covariances[1:, 0, 0])
    return near.all() and (np.abs(deviations / [0.96, 0.92] - 1) < 0.25).all() and abs(weights[0] - 3 / 303) < 1e-6


# Every start that is offered


@pytest.mark.parametrize(("start", "least"), [("k-means++", SEEDS), ("quantiles", SEEDS), ("random points", SEEDS - 3)])
def test_two_groups_are_found_beside_a_sentinel(start, least):
    ends = [steps(sentinel(), Config(3, start=start), seed)[-1].state for seed in range(SEEDS)]
    assert sum(groups_found(model) for model in ends) >= least


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("d", [1, 2])
def test_two_groups_ten_thousand_apart_are_found_from_every_start(d, start, kind):
    for seed in range(SEEDS):
        made = steps(apart(d), Config(2, kind, start), seed)
        if kind == "tied" and np.ptp(made[0].state.means) < 1e3:
            continue  # of one shape, two that begin in the same group may both stay: a local maximum
        weights, means, covariances = in_order(made[-1].state)
        assert weights == pytest.approx([0.5, 0.5], abs=1e-12)
        for k in range(2):
            group = apart(d)[k::2]
            assert means[k] == pytest.approx(group.mean(axis=0), abs=1e-6)
            if kind == "full":
                assert covariances[k] == pytest.approx(np.cov(group.T, bias=True).reshape(d, d), abs=1e-4)


@pytest.mark.parametrize("start", STARTS)
def test_groups_are_found_in_columns_of_very_different_units(start):
    scale, shift = np.array([1e-6, 1e6]), np.array([5.0, -3e9])
    for seed in range(SEEDS):
        plain = steps(apart(2), Config(2, start=start), seed)[-1].state
        moved = steps(apart(2) * scale + shift, Config(2, start=start), seed)[-1].state
        assert moved.means == pytest.approx(plain.means * scale + shift, rel=1e-6)
        assert np.einsum("kii->ki", moved.covariances) == pytest.approx(
            np.einsum("kii->ki", plain.covariances) * scale**2, rel=1e-3
        )


def test_far_rows_do_not_turn_the_order_in_which_quantiles_are_taken():
    g = (Key(4) / "along").generator()
    x = np.column_stack([g.normal(size=300), g.normal(size=300) + np.repeat([-3, 3], 150)])
    far = np.append(x, [[MISSING, 0.0], [MISSING, 1.0]], axis=0)
    order = starts.along(far)
    assert np.array_equal(order[order < 300], starts.along(x))


def test_k_means_plus_plus_sees_the_distances_beside_a_far_value():
    """Two groups, the sentinel drawn: the third start is in the other group by squared distance, and not by chance."""
    g = (Key(5) / "draw").generator()
    x = np.column_stack([g.normal(0, 0.1, 303) + np.repeat([-10, 10], [153, 150]), g.normal(size=303)])
    x[:3, 0] = MISSING
    picked = [starts.means("k-means++", 3, x, (Key(seed) / "draw").generator()) for seed in range(300)]
    assert all((means[:, 0] == MISSING).sum() == 1 for means in picked)
    both = np.mean([(means[:, 0] > 5).any() and (abs(means[:, 0] + 10) < 5).any() for means in picked])
    assert both > 0.65  # 3 / 4 by squared distance in spreads, 1 / 2 where the sentinel has squashed the column


@pytest.mark.parametrize("start", ["k-means++", "quantiles"])
def test_a_far_value_in_one_column_does_not_hide_groups_in_the_other(start):
    g = (Key(2) / "other").generator()
    y = np.concatenate([g.normal(-3, 1, 150), g.normal(3, 1, 150), g.normal(size=3)])
    x = np.column_stack([np.append(g.normal(size=300), [MISSING] * 3), y])
    for seed in range(SEEDS):
        _, means, _ = in_order(steps(x, Config(3, start=start), seed)[-1].state)
        assert means[0, 0] == pytest.approx(MISSING, abs=1)
        assert np.sort(means[1:, 1]) == pytest.approx([-3, 3], abs=0.4)


def test_the_best_of_several_starts_finds_the_groups():
    units = units_of(table(sentinel()))
    model = select.best_of(Config(3), units.standard(sentinel()), Key(0))
    assert groups_found(units.back(model))


# Identities


@settings(max_examples=25, deadline=None)
@given(
    power=st.floats(-6, 6),
    shift=st.floats(-10, 10),
    start=st.sampled_from(STARTS),
    seed=st.integers(0, 5),
    times=st.sampled_from([0, 3]),
)
def test_fitting_in_other_units_is_the_fit_in_other_units(power, shift, start, seed, times):
    x, scale = sentinel(times=times), 10.0**power
    shift = shift * scale
    config = Config(3, start=start, tolerance=0.0, iterations=6)
    plain, moved = (steps(values, config, seed) for values in (x, x * scale + shift))
    for index in (0, -1):  # the start, and what follows from it and from the floor
        a, b = plain[index].state, moved[index].state
        assert b.weights == pytest.approx(a.weights, abs=1e-6)
        assert b.means == pytest.approx(a.means * scale + shift, rel=1e-6, abs=1e-6 * scale)
        assert b.covariances == pytest.approx(a.covariances * scale**2, rel=1e-4)
    assert moved[-1].metrics["log_likelihood"] == pytest.approx(
        plain[-1].metrics["log_likelihood"] - np.log(scale), abs=1e-5
    )


@pytest.mark.parametrize("far", [-99.0, MISSING, 1e6])
def test_the_others_are_fitted_as_if_the_far_values_were_not_there(far):
    x, others = sentinel(far), sentinel(times=0)
    config = Config(2, tolerance=0.0, iterations=40)
    start = steps(others, config)[0].state
    more = GMM(
        np.append(start.weights * 300 / 303, 3 / 303), np.append(start.means, [[far]], 0), start.covariances[[0, 1, 0]]
    )
    alone, both = (
        steps(others, config)[-1].state,
        steps(x, Config(3, tolerance=0.0, iterations=40), start=more)[-1].state,
    )
    assert both.weights[:2] == pytest.approx(alone.weights * 300 / 303, abs=1e-9)
    assert both.means[:2] == pytest.approx(alone.means, abs=1e-8)
    assert both.covariances[:2] == pytest.approx(alone.covariances, rel=1e-8)
    at = np.linspace(-6, 6, 50)[:, None]
    assert both.log_prob(at) == pytest.approx(alone.log_prob(at) + np.log(300 / 303), abs=1e-8)


def test_a_component_on_equal_values_is_as_wide_as_the_floor_in_the_columns_units():
    _, _, covariances = in_order(steps(sentinel(), Config(3, start="quantiles", floor=1e-4))[-1].state)
    assert covariances[0, 0, 0] == pytest.approx(1e-4 * sentinel(times=0).var(), rel=1e-5)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("far", [MISSING, 1e6])
def test_every_step_of_a_fit_with_far_values_keeps_the_identities(far, start):
    x, config = sentinel(far), Config(3, start=start)
    floor = config.floor * units_of(table(x)).scale ** 2
    for seed in range(5):
        made = steps(x, config, seed)
        r = made[-1].state.responsibilities(x)
        for check in checks.of_mixture(made, len(made) - 1, floor, r):
            assert check.holds, check
        for step in made:
            assert step.metrics["log_likelihood"] == pytest.approx(step.state.log_prob(x).mean(), abs=1e-7, rel=1e-9)


# The arithmetic about each component's own mean


def mixture(k=3, d=2):
    g = (Key(3) / "mixture").generator()
    a = np.eye(d) + 0.3 * g.normal(size=(k, d, d))
    return g.dirichlet(np.ones(k)), g.normal(size=(k, d)), a @ a.transpose(0, 2, 1), g.normal(0, 2, (90, d))


@pytest.mark.parametrize("kind", COVARIANCES)
def test_moments_about_other_places_lead_to_the_same_step(kind):
    weights, means, covariances, x = mixture()
    phi, place = em.features(x), means + 0.7
    r, moments, level, entropy = em.expect(em.coefficients(weights, means, covariances), phi)
    found = em.expect(em.coefficients(weights, means - place, covariances), phi, place)
    assert found[0] == pytest.approx(r, abs=1e-12)
    assert found[2:] == pytest.approx((level, entropy), abs=1e-12)
    for a, b in zip(em.maximise(moments, 2, kind, 0.1), em.maximise(found[1], 2, kind, 0.1, place), strict=True):
        assert b == pytest.approx(a, abs=1e-12)
    many = em.expect_many(em.coefficients(weights, means - place, covariances)[None], phi, place[None])
    assert many[0][0] == pytest.approx(found[1], abs=1e-10)
    assert many[1] == pytest.approx([level], abs=1e-12)


def test_a_narrow_component_far_out_loses_no_digits():
    """At a million deviations and a width of a thousandth, products about a common centre would be off by hundreds of nats."""
    x = np.array([[0.0], [1.0], [1e6], [1e6 + 1e-3]])
    weights, means, variances = np.array([0.5, 0.5]), np.array([[0.5], [1e6]]), np.array([1.0, 1e-6])
    a = em.coefficients(weights, np.zeros((2, 1)), variances[:, None, None])
    level = em.expect(a, em.features(x), means)[2]
    z = (x - means[:, 0]) ** 2 / variances
    exact = logsumexp(np.log(weights) - 0.5 * (z + np.log(2 * np.pi * variances)), axis=1).mean()
    assert level == pytest.approx(exact, abs=1e-6)


def test_ten_thousand_starts_with_far_values_end_where_each_would_alone():
    units = units_of(table(sentinel()))
    x, config = units.standard(sentinel()), Config(3, start="random points")
    starts = [gmm.initial(config, x, Key(seed)) for seed in range(12)]
    ends = basin.settle(config, x, starts[0], np.stack([start.means for start in starts]))
    for i, start in enumerate(starts):
        *_, last = gmm.fit(config, x, Key(0), start=start)
        assert ends.log_likelihood[i] == pytest.approx(last.metrics["log_likelihood"], abs=1e-8)
        assert ends.means[i] == pytest.approx(last.state.means, rel=1e-8, abs=1e-6)


def test_resuming_far_out_equals_never_having_stopped():
    units, config = units_of(table(sentinel())), Config(3, start="random points")
    x = units.standard(sentinel())
    whole = list(gmm.fit(config, x, Key(1)))
    for k in (2, 3):
        again = list(gmm.fit(config, x, Key(1), start=whole[k]))
        assert len(again) == len(whole) - k - 1
        assert np.array_equal(again[-1].state.means, whole[-1].state.means)
        assert again[-1].metrics == whole[-1].metrics
