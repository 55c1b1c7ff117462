"""Joint laws: each way of fitting against its own core model, grids against formulas, checks that can fail."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from core.check import Check
from core.data import builtin
from core.evaluation import held_out
from core.joint import checks, joint, ranking
from core.joint import grid as joint_grid
from core.joint.copula import GaussianCopula
from core.joint.joint import Copula, Joint, Kernels, Mixture, OneGaussian, WithPrior
from core.kernels.kde import KDE
from core.key import Key
from core.laws.conjugate import normal as conjugate
from core.laws.gaussian import Gaussian
from core.mixture import gmm
from core.mixture.gmm import GMM
from core.process import Halt

FAITHFUL = builtin.load("faithful").points
MOONS = builtin.load("two_moons", 300).points
WAYS = [
    OneGaussian(),
    OneGaussian("diag"),
    OneGaussian("spherical"),
    WithPrior(conjugate.Config(mean=1.0, strength=20.0, shape=5.0, scale=3.0)),
    Kernels(),
    Kernels("Scott", 0.5),
    Mixture(2),
    Copula(),
    Copula("kernels"),
    Copula("normal"),
]
EACH = pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.name} {getattr(way, 'wider', '')}".strip())


fitted = cache(lambda way: way.fit(FAITHFUL))


def normal(r=0.6):
    return Joint(Gaussian(np.array([1.0, -2.0]), np.array([[4.0, 2 * r * 0.5], [2 * r * 0.5, 0.25]])), 5)


# Ways of fitting


def test_one_gaussian_is_the_moments_cut_to_its_kind():
    x = FAITHFUL
    full, diag, ball = (OneGaussian(kind).fit(x) for kind in ("full", "diag", "spherical"))
    covariance = np.cov(x.T, bias=True)
    np.testing.assert_allclose(full.model.covariance, covariance)
    np.testing.assert_allclose(diag.model.covariance, np.diag(np.diag(covariance)))
    np.testing.assert_allclose(ball.model.covariance, np.eye(2) * np.diag(covariance).mean())
    assert [law.count for law in (full, diag, ball)] == [5, 4, 3]


def test_a_prior_pulls_the_mean_by_its_strength():
    weak, strong = (WithPrior(conjugate.Config(mean=2.0, strength=k)).fit(FAITHFUL).model for k in (1e-9, 50.0))
    spread, n = FAITHFUL.std(axis=0), len(FAITHFUL)
    np.testing.assert_allclose(weak.mean, FAITHFUL.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(strong.mean - FAITHFUL.mean(axis=0), 50 * 2 * spread / (50 + n))


def test_wider_kernels_have_the_square_of_it_as_bandwidth():
    one, two = Kernels("Scott").fit(MOONS).model, Kernels("Scott", 2.0).fit(MOONS).model
    np.testing.assert_allclose(two.bandwidth, 4 * one.bandwidth)


def test_a_mixture_is_the_best_of_its_starts_in_standard_units():
    law = Mixture(2).fit(FAITHFUL)
    ends = [
        list(gmm.fit(gmm.Config(components=2), (FAITHFUL - FAITHFUL.mean(0)) / FAITHFUL.std(0), Key(seed)))[-1]
        for seed in range(3)
    ]
    best = max(step.metrics["log_likelihood"] for step in ends) - np.log(FAITHFUL.std(0)).sum()
    assert law.log_prob(FAITHFUL).mean() >= best - 1e-4
    assert law.count == 11


def test_normal_margins_make_the_copula_the_gaussian():
    law = Copula("normal").fit(FAITHFUL)
    np.testing.assert_allclose(law.log_prob(FAITHFUL), OneGaussian().fit(FAITHFUL).log_prob(FAITHFUL), atol=1e-8)
    assert law.count == 5


def test_a_positive_column_gets_a_law_of_positive_values():
    generator = np.random.Generator(np.random.PCG64(0))
    x = np.column_stack([generator.gamma(1.2, 2.0, 800), generator.normal(0, 1, 800)])
    law = Copula().fit(x).model
    assert isinstance(law, GaussianCopula)
    assert law.margins[0].family.support in ("positive", "non-negative")
    assert law.margins[0].cdf(np.array([-1e-9]))[0] == 0


@pytest.mark.parametrize("way", [OneGaussian(), WithPrior(conjugate.Config()), Kernels(), Mixture(2), Copula()])
def test_a_constant_column_is_refused_in_a_sentence(way):
    x = np.column_stack([np.full(30, 2.0), np.arange(30.0)])
    with pytest.raises(Halt, match=r"(?i)constant|equal"):
        way.fit(x)


@EACH
def test_marginal_times_conditional_is_the_joint(way):
    law = fitted(way)
    ys = np.linspace(45, 95, 41)
    for column, value in ((0, 3.1), (1, 70.0)):
        at = ys if column == 0 else np.linspace(1.5, 5, 41)
        x = np.empty((41, 2))
        x[:, column], x[:, 1 - column] = value, at
        known = law.log_marginal(column, np.array([value]))[0]
        np.testing.assert_allclose(np.log(law.conditional(column, value, at)) + known, law.log_prob(x), atol=1e-9)


@EACH
def test_a_marginal_is_the_joint_with_the_other_column_summed_out(way):
    law = fitted(way)
    y = np.linspace(-300, 450, 20_001)
    x = np.column_stack([np.full_like(y, 4.0), y])
    assert np.trapezoid(np.exp(law.log_prob(x)), y) == pytest.approx(
        np.exp(law.log_marginal(0, np.array([4.0])))[0], rel=2e-3
    )


def test_the_conditional_of_a_gaussian_is_the_textbook_s():
    law = normal()
    other = law.model.conditional(0, 3.0)
    at = np.linspace(-4, 1, 11)
    np.testing.assert_allclose(law.conditional(0, 3.0, at), np.exp(other.log_prob(at[:, None])))


def test_where_there_is_no_mass_there_is_no_conditional():
    generator = np.random.Generator(np.random.PCG64(0))
    x = np.column_stack([generator.exponential(1.0, 200), generator.normal(0, 1, 200)])
    law = Copula().fit(x)
    assert np.isnan(law.conditional(0, -1.0, np.zeros(3))).all()


# Grids


@EACH
def test_a_grid_is_the_density_at_its_nodes(way):
    law = fitted(way)
    xs, ys = np.linspace(1, 6, 7), np.linspace(40, 100, 5)
    grid = joint_grid.density(law, xs, ys)
    for i, j in ((0, 0), (2, 3), (4, 6)):
        np.testing.assert_allclose(grid[i, j], np.exp(law.log_prob(np.array([[xs[j], ys[i]]])))[0], rtol=1e-9)


def test_many_kernels_are_summed_by_fourier(monkeypatch):
    law, axis = Kernels("Scott").fit(MOONS), np.linspace(-3, 3, 60)
    exact = joint_grid.density(law, axis, axis)
    monkeypatch.setattr(joint_grid, "EXACT", 0)
    np.testing.assert_allclose(joint_grid.density(law, axis, axis), exact, atol=1e-4 * exact.max())


def test_contours_of_a_gaussian_are_known():
    law = normal()
    peak = float(np.exp(law.log_prob(law.model.mean[None]))[0])
    for contour in joint_grid.contours(law, (0.3, 0.6, 0.9), Key(0)):
        assert contour.level == pytest.approx(peak * (1 - contour.mass), rel=0.03)


@EACH
def test_contours_enclose_their_share_of_fresh_draws(way):
    law = fitted(way)
    height = np.exp(law.log_prob(law.sample(6000, Key(5) / "fresh")))
    for contour in joint_grid.contours(law, (0.3, 0.6, 0.9), Key(0)):
        assert (height >= contour.level).mean() == pytest.approx(contour.mass, abs=0.03)


@EACH
def test_every_law_integrates_to_one(way):
    assert joint_grid.volume(fitted(way)) == pytest.approx(1, abs=1e-3)


def test_the_volume_of_a_copula_is_that_of_its_log_prob():
    law, axis = Copula().fit(MOONS), np.linspace(-9, 9, 300)
    at = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    plain = np.exp(law.log_prob(at)).sum() * (axis[1] - axis[0]) ** 2
    assert joint_grid.volume(law) == pytest.approx(plain, abs=1e-3)


def test_bumps_too_narrow_for_a_grid_are_not_summed():
    law = Joint(KDE(np.array([[0.0, 0.0], [1.0, 1.0]]), 1e-10 * np.eye(2)))
    assert np.isnan(joint_grid.volume(law))


# Checks


@EACH
def test_all_identities_hold_of_a_sound_fit(way):
    law = fitted(way)
    found = checks.of_law(way, law, FAITHFUL, joint_grid.contours(law, (0.3, 0.6, 0.9), Key(0)), Key(1))
    assert len(found) == 7
    assert not [check for check in found if not check.holds]


def tampered(law):
    model = law.model
    if isinstance(model, Gaussian):
        return replace(law, model=Gaussian(model.mean + 0.1, model.covariance))
    if isinstance(model, KDE):
        return replace(law, model=KDE(model.points + 0.01, model.bandwidth))
    if isinstance(model, GMM):
        return replace(law, model=GMM(model.weights, model.means * 1.05, model.covariances))
    return replace(law, model=GaussianCopula(model.margins, model.correlation * 0.5 + np.eye(2) * 0.5))


@EACH
def test_a_law_that_was_moved_is_caught(way):
    law = tampered(fitted(way))
    assert not checks.stationary(way, law, FAITHFUL).holds
    assert not checks.equivariance(way, law, FAITHFUL).holds


def test_a_false_contour_is_caught():
    law = normal()
    false = tuple(replace(c, mass=c.mass - 0.1) for c in joint_grid.contours(law, (0.6,), Key(0)))
    assert not checks.enclosed(law, false, Key(1))[0].holds
    assert isinstance(checks.slices(law, FAITHFUL), Check)


# Ranking


def last(x, ways):
    *_, step = ranking.rank(x, ways)
    return step


def test_the_right_law_is_ranked_first():
    x = normal().sample(600, Key(3))
    rows = last(x, (OneGaussian("spherical"), OneGaussian("diag"), OneGaussian())).state
    assert [row.name for row in rows] == ["gaussian full", "gaussian diag", "gaussian spherical"]
    assert rows[1].behind.value > 4 * rows[1].behind.error


def test_the_scores_are_those_of_points_that_were_held_out():
    parts = held_out.parts(len(MOONS))
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(MOONS)))
    row = last(MOONS, (OneGaussian(),)).state[0]
    scores = []
    for part in parts:
        train = np.delete(MOONS, part, axis=0)
        law = stats.multivariate_normal(train.mean(0), np.cov(train.T, bias=True))
        scores.append(law.logpdf(MOONS[part]))
    scores = np.concatenate(scores)
    assert row.held_out.value == pytest.approx(scores.mean())
    assert row.held_out.error == pytest.approx(scores.std(ddof=1) / np.sqrt(len(scores)))
    assert row.aic == pytest.approx(2 * 5 - 2 * row.log_likelihood * len(MOONS))
    assert row.bic == pytest.approx(5 * np.log(len(MOONS)) - 2 * row.log_likelihood * len(MOONS))


def test_kernels_and_a_prior_have_no_aic_and_a_failure_says_why():
    x = np.column_stack([np.arange(40.0), np.arange(40.0) * 2])
    rows = last(x, (OneGaussian("diag"), OneGaussian(), Kernels())).state
    assert rows[0].name == "gaussian diag"
    assert all("line" in row.problem for row in rows[1:])
    sound = last(MOONS, (Kernels("Scott"), WithPrior(conjugate.Config()))).state
    assert all(np.isnan(row.aic) and row.parameters is None for row in sound)


def test_few_points_are_not_cut():
    rows = last(MOONS[:8], (OneGaussian(),)).state
    assert "too few to hold some out" in rows[0].problem
    assert np.isfinite(rows[0].log_likelihood)


def test_the_table_is_the_same_each_time():
    assert last(MOONS, (Mixture(2),)).state[0].held_out == last(MOONS, (Mixture(2),)).state[0].held_out
    assert joint.RULES[0] == "Likelihood CV"


def test_no_margin_ends_at_the_least_or_the_greatest_value():
    generator = np.random.Generator(np.random.PCG64(1))
    for x in (generator.pareto(2.0, 500) + 1, generator.uniform(0, 1, 500)):
        law = joint.margin("best law", x)
        assert not any(law.family.pinned)
        assert law.family.support != "interval"
