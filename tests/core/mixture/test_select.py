"""The criteria are scikit-learn's, and on clusters far apart they find the number that is there."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from core.evaluation import held_out, metrics
from core.key import Key
from core.laws import ranking
from core.laws.families.continuous import NAMED
from core.mixture import gmm, select
from core.mixture.gmm import COVARIANCES, Config


def islands(k, n=240):
    """n points on k well separated islands on a circle."""
    g = (Key(k) / "islands").generator()
    angle = 2 * np.pi * np.arange(k) / k
    centres = 12 * np.column_stack([np.cos(angle), np.sin(angle)])
    return centres[g.integers(k, size=n)] + g.normal(size=(n, 2))


@cache
def rows(k):
    *_, last = select.sweep(Config(), islands(k), Key(0), most=5)
    return last.state


def sklearn_twin(model, kind):
    """scikit-learn's mixture with our parameters."""
    twin = GaussianMixture(len(model.weights), covariance_type=kind)
    covariances = {
        "full": model.covariances,
        "tied": model.covariances[0],
        "diag": np.einsum("kii->ki", model.covariances),
        "spherical": model.covariances[:, 0, 0],
    }[kind]
    precision = np.linalg.inv(covariances) if kind in ("full", "tied") else 1 / covariances
    twin.weights_, twin.means_, twin.covariances_ = model.weights, model.means, covariances
    root = np.linalg.cholesky if kind in ("full", "tied") else np.sqrt
    twin.precisions_cholesky_ = root(precision)
    return twin


@pytest.mark.parametrize("criterion", ["bic", "aic"])
@pytest.mark.parametrize("kind", COVARIANCES)
def test_criteria_are_scikit_learns_for_the_same_parameters(kind, criterion):
    x = islands(3)
    judged = select.judge(Config(3, kind), x, Key(0))
    assert getattr(judged, criterion) == pytest.approx(
        getattr(sklearn_twin(judged.model, kind), criterion)(x), rel=1e-9
    )


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_bic_chooses_the_true_number_of_islands(k):
    assert select.chosen(rows(k)).components == k


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_held_out_score_rises_until_the_true_number(k):
    scores = [row.held_out.value for row in rows(k)]
    assert (np.diff(scores[:k]) > 0).all()


def test_the_log_likelihood_is_that_of_the_model():
    for row in rows(3):
        assert row.log_likelihood == pytest.approx(row.model.log_prob(islands(3)).mean(), abs=1e-12)


def test_rows_are_one_two_three():
    assert [row.components for row in rows(3)] == [1, 2, 3, 4, 5]


def test_parameters_are_counted():
    assert [row.parameters for row in rows(3)] == [5, 11, 17, 23, 29]


def test_a_sweep_grows_by_one_row_a_step_and_then_holds_out():
    steps = list(select.sweep(Config(covariance="spherical", iterations=5), islands(2, 60), Key(0), most=3))
    assert [len(step.state) for step in steps] == [1, 2, 3, 3, 3, 3]
    assert [step.metrics["scored"] for step in steps] == [0, 0, 0, 1, 2, 3]
    assert [np.isfinite(row.held_out.value) for row in steps[4].state] == [True, True, False]
    assert [row.bic for row in steps[2].state] == [row.bic for row in steps[-1].state]
    assert steps[-1].metrics["progress"] == 1


def test_judging_a_number_does_not_depend_on_the_numbers_judged_before():
    x = islands(2, 60)
    *_, last = select.sweep(Config(iterations=20), x, Key(0), most=2)
    alone = select.judge(Config(2, iterations=20), x, Key(0) / "select")
    assert (alone.bic, alone.held_out) == (last.state[1].bic, last.state[1].held_out)


def test_the_held_out_score_is_the_one_of_every_page():
    x, config = islands(3), Config(3, iterations=10)
    scores = [
        select.best_of(config, np.delete(x, part, axis=0), Key(0) / "train", select.UNSEEN_RESTARTS).log_prob(x[part])
        for part in held_out.parts(len(x))
    ]
    assert select.judge(config, x, Key(0)).held_out == metrics.mean(np.concatenate(scores))


def test_one_component_scores_as_the_normal_law_does():
    x = islands(2)[:, :1]
    one = select.judge(Config(1, floor=0.0), x, Key(0)).held_out
    normal = ranking.judge(NAMED["normal"], x[:, 0], Key(1)).held_out
    assert one.value == pytest.approx(normal.value, abs=1e-9)


def test_the_best_of_restarts_is_at_least_as_likely_as_each():
    x, config = islands(4), Config(4, start="random points", floor=1e-3)
    best = select.best_of(config, x, Key(0), restarts=5).log_prob(x).mean()
    for i in range(5):
        *_, last = gmm.fit(config, x, Key(0), start=gmm.initial(config, x, Key(0) / i))
        assert best >= last.metrics["log_likelihood"] - 1e-9


def test_em_from_the_start_that_is_kept_ends_at_the_best_model():
    x, config = islands(4), Config(5)
    judged = select.judge(config, x, Key(0))
    start = replace(gmm.initial(config, x, Key(9)), means=judged.start)
    *_, last = gmm.fit(config, x, Key(0), start=start)
    assert last.metrics["log_likelihood"] == pytest.approx(judged.log_likelihood, abs=1e-9)
    np.testing.assert_allclose(last.state.means, judged.model.means, atol=1e-6)


def test_where_every_start_collapses_there_is_no_model():
    judged = select.judge(Config(3, floor=0.0), np.array([[0.0], [10.0], [20.0], [30.0]]), Key(0))
    assert judged.model is None
    assert np.isnan(judged.bic)


@pytest.mark.parametrize("by", ["bic", "aic"])
def test_the_chosen_row_has_the_least_criterion_of_those_that_have_one(by):
    none = metrics.Estimate(float("nan"), float("nan"))
    nan = float("nan")
    table = tuple(
        select.Judged(k, 1, 0.0, bic, aic, none, None) for k, bic, aic in [(1, nan, nan), (2, 5.0, 3.0), (3, 4.0, 9.0)]
    )
    assert select.chosen(table, by).components == {"bic": 3, "aic": 2}[by]


def test_nothing_is_chosen_where_no_row_has_a_criterion():
    assert select.chosen(()) is None
