"""Kernel densities against scipy, scikit-learn and their own identities: mass, moments, affine maps, edges, the grid."""

import dataclasses

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from sklearn.neighbors import KernelDensity

from core.kernels import bandwidth, kde, sums
from core.kernels.bandwidth import RULES
from core.kernels.kde import KDE, Config
from core.kernels.sums import KERNELS
from core.key import Key
from core.process import Halt, Step

EVERY = pytest.mark.parametrize("kernel", KERNELS)
SKLEARN = {"gaussian": "gaussian", "epanechnikov": "epanechnikov", "triangular": "linear", "uniform": "tophat"}
FULL = np.array([[0.5, 0.3], [0.3, 0.4]])


def draws(n, d, seed=0):
    """n skewed, correlated points."""
    g = (Key(seed) / "kde").generator()
    x = g.normal(size=(n, d)) + 0.4 * g.exponential(size=(n, d))
    return x @ (np.eye(d) + 0.5 * np.tri(d, k=-1))


def plane(low, high, side):
    """The axes of a square grid of midpoints, its nodes and the area of a cell."""
    axis = low + (np.arange(side) + 0.5) / side * (high - low)
    return axis, np.stack([a.ravel() for a in np.meshgrid(axis, axis, indexing="ij")], axis=1), (axis[1] - axis[0]) ** 2


def last(*arguments, **more):
    *_, step = kde.fit(*arguments, **more)
    return step


# Kernels


@EVERY
@pytest.mark.parametrize("d", [1, 2])
def test_a_kernel_has_mass_one_and_unit_covariance(kernel, d):
    def moment(power):
        shell = {1: 2.0, 2: 2 * np.pi}[d]
        value = lambda r: shell * r ** (d - 1 + power) * sums.density(kernel, np.array([r * r]), d)[0]  # noqa: E731
        return quad(value, 0, min(sums.radius(kernel, d), 12), epsabs=1e-13)[0]

    assert moment(0) == pytest.approx(1, abs=1e-9)
    assert moment(2) / d == pytest.approx(1, abs=1e-9)


@EVERY
@pytest.mark.parametrize("d", [1, 2, 3])
def test_kernel_draws_have_unit_covariance(kernel, d):
    z = sums.draw(kernel, 40_000, d, Key(1).generator())
    assert np.allclose(z.T @ z / len(z), np.eye(d), atol=0.04)
    assert np.linalg.norm(z, axis=1).max() <= sums.radius(kernel, d)


@EVERY
def test_cdf_and_self_convolution_are_integrals_of_the_kernel(kernel):
    end = min(sums.radius(kernel, 1), 9.0)
    t = np.linspace(-end, end, 400_001)
    step, k = t[1] - t[0], sums.density(kernel, t**2, 1)
    u = np.array([-2.1, -0.7, 0.0, 0.4, 1.3])
    below = np.concatenate([[0], np.cumsum((k[1:] + k[:-1]) / 2) * step])
    assert np.allclose(sums.cdf(kernel, u), np.interp(u, t, below), atol=1e-5)
    twice = [(k * sums.density(kernel, (t - v) ** 2, 1)).sum() * step for v in u]
    assert np.allclose(sums.twice(kernel, u), twice, atol=1e-5)


# Oracles


@pytest.mark.parametrize("d", [1, 2, 3])
def test_gaussian_kernels_with_scotts_rule_are_scipys(d):
    x = draws(200, d)
    at = draws(300, d, 1) * 1.5
    model = last(Config(rule="Scott"), x, Key(0)).state
    assert np.allclose(model.log_prob(at), stats.gaussian_kde(x.T).logpdf(at.T), rtol=0, atol=1e-10)


def test_silvermans_rule_in_the_plane_is_scipys():
    x = draws(150, 2)
    theirs = stats.gaussian_kde(x.T, "silverman").covariance
    assert np.allclose(last(Config(rule="Silverman"), x, Key(0)).state.bandwidth, theirs, rtol=1e-12)


@pytest.mark.parametrize("kernel", SKLEARN)
@pytest.mark.parametrize("d", [1, 2])
def test_every_kernel_is_scikit_learns(kernel, d):
    x, at, h = draws(200, d), draws(100, d, 1), 0.45
    reach = h * (1 if kernel == "gaussian" else sums.radius(kernel, d))
    theirs = KernelDensity(kernel=SKLEARN[kernel], bandwidth=reach, rtol=0).fit(x).score_samples(at)
    ours = KDE(x, h**2 * np.eye(d), kernel).log_prob(at)
    seen = np.isfinite(ours)
    assert np.allclose(ours[seen], theirs[seen], rtol=0, atol=1e-5)
    assert (theirs[~seen] < -30).all()


# Identities


@EVERY
@pytest.mark.parametrize(
    "bounds", [None, [[-0.2, np.inf]], [[-np.inf, 3.5]], [[-0.2, 3.5]]], ids=["no", "low", "high", "two"]
)
@pytest.mark.parametrize("h", [0.3, 4.0])
def test_mass_is_one_on_the_line(kernel, bounds, h):
    x = np.clip(draws(60, 1), -0.1, 3.4)
    axis = np.linspace(-30, 30, 60_001)
    p = np.exp(KDE.on_line(x, h, kernel, None if bounds is None else np.array(bounds)).log_prob(axis[:, None]))
    assert p.sum() * (axis[1] - axis[0]) == pytest.approx(1, abs=2e-3)


@EVERY
@pytest.mark.parametrize("bounds", [None, [[-1.0, 2.0], [-np.inf, 1.5]]], ids=["no", "edges"])
def test_mass_is_one_in_the_plane(kernel, bounds):
    x = np.clip(draws(40, 2), -0.9, 1.4)
    _, nodes, cell = plane(-7, 7, 280)
    model = KDE(x, 0.3 * FULL, kernel, None if bounds is None else np.array(bounds))
    assert np.exp(model.log_prob(nodes)).sum() * cell == pytest.approx(1, abs=4e-3)


def test_nothing_lies_outside_the_support():
    model = KDE.on_line(abs(draws(50, 1)), 0.5, bounds=np.array([[0.0, np.inf]]))
    assert model.log_prob(np.array([[-0.01]]))[0] == -np.inf
    assert model.sample(2000, Key(0)).min() >= 0
    assert model.on_grid(np.linspace(-2, 2, 101))[:50].max() == 0


def test_reflection_mends_the_loss_at_an_edge():
    x = (Key(3) / "edge").generator().exponential(size=(4000, 1))
    at = np.array([[0.01]])
    bare, mended = (np.exp(KDE.on_line(x, 0.15, bounds=b).log_prob(at))[0] for b in (None, np.array([[0.0, np.inf]])))
    assert bare < 0.6 < 0.8 < mended


@EVERY
def test_affine_maps_of_data_map_the_density(kernel):
    x, a, shift, at = draws(80, 2), np.array([[2.0, -1.0], [0.3, 0.8]]), np.array([3.0, -8.0]), draws(50, 2, 1)
    config = Config(kernel=kernel, rule="Scott")
    before = last(config, x, Key(0)).state.log_prob(at)
    after = last(config, x @ a.T + shift, Key(0)).state.log_prob(at @ a.T + shift)
    assert np.allclose(after + np.log(abs(np.linalg.det(a))), before, atol=1e-8)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_follows_the_unit(rule):
    x = draws(300, 1)
    small, large = (last(Config(rule=rule), c * x + 5, Key(0)).state.h for c in (1.0, 1000.0))
    assert large == pytest.approx(1000 * small, rel=1e-6)


@pytest.mark.parametrize("edges", [None, [[-9.0, np.inf], [-7.0, 9.0]]], ids=["no", "edges"])
def test_rescaled_is_the_density_of_the_rescaled(edges):
    model = KDE(draws(60, 2), FULL, "biweight", None if edges is None else np.array(edges))
    scale, shift, at = np.array([3.0, 0.1]), np.array([1.0, -2.0]), draws(40, 2, 1)
    moved = model.rescaled(shift, scale).log_prob(at * scale + shift)
    assert np.allclose(moved + np.log(scale).sum(), model.log_prob(at), atol=1e-10)


@EVERY
def test_samples_have_the_datas_mean_and_its_covariance_plus_the_bandwidth(kernel):
    x = draws(70, 2)
    model, n = KDE(x, FULL, kernel), 60_000
    z = model.sample(n, Key(2))
    covariance = np.cov(x.T, bias=True) + FULL
    assert np.allclose(z.mean(axis=0), x.mean(axis=0), atol=5 * np.sqrt(covariance.max() / n))
    assert np.allclose(np.cov(z.T), covariance, atol=0.05)


@pytest.mark.parametrize("edges", [[0.0, np.inf], [-np.inf, 5.0], [0.0, 5.0]], ids=["low", "high", "two"])
def test_samples_with_edges_follow_the_density(edges):
    x = np.clip(abs(draws(30, 1)), 0, 5)
    model = KDE.on_line(x, 0.6, bounds=np.array([edges]))
    z, axis = model.sample(20_000, Key(4))[:, 0], np.linspace(-6, 12, 36_001)
    mass = np.cumsum(np.exp(model.log_prob(axis[:, None]))) * (axis[1] - axis[0])
    assert stats.kstest(z, lambda t: np.interp(t, axis, mass)).pvalue > 0.01


# Marginals and conditionals


@pytest.mark.parametrize("edges", [None, [[-1.0, 3.0], [-1.5, np.inf]]], ids=["no", "edges"])
@pytest.mark.parametrize("column", [0, 1])
def test_marginals_and_conditionals_are_integrals_of_the_joint(edges, column):
    x = np.clip(draws(40, 2), -0.9, 2.9)
    model = KDE(x, 0.3 * FULL, bounds=None if edges is None else np.array(edges))
    ys = np.linspace(-10, 14, 4801)
    at = np.empty((len(ys), 2))
    at[:, column], at[:, 1 - column] = 0.4, ys
    mass = np.exp(model.log_prob(at)).sum() * (ys[1] - ys[0])
    assert mass == pytest.approx(np.exp(model.marginal([column]).log_prob(np.array([[0.4]])))[0], rel=2e-3)
    assert model.conditional(column, 0.4, ys).sum() * (ys[1] - ys[0]) == pytest.approx(1, abs=2e-3)


def test_a_conditional_is_a_mixture_of_shifted_normals():
    model, ys = KDE(draws(30, 2), FULL), np.linspace(-3, 4, 9)
    slope, rest = FULL[0, 1] / FULL[0, 0], np.sqrt(FULL[1, 1] - FULL[0, 1] ** 2 / FULL[0, 0])
    w = stats.norm.pdf(0.7, model.points[:, 0], np.sqrt(FULL[0, 0]))
    means = model.points[:, 1] + slope * (0.7 - model.points[:, 0])
    expected = stats.norm.pdf(ys[:, None], means, rest) @ w / w.sum()
    assert np.allclose(model.conditional(0, 0.7, ys), expected, rtol=1e-10)


def test_a_bounded_kernel_says_that_it_has_no_marginal():
    with pytest.raises(ValueError, match="Only Gaussian kernels"):
        KDE(draws(30, 2), FULL, "uniform").marginal([0])


# The grid


def worst(model, *axes):
    """The largest relative error of the grid where the exact density is above a thousandth of its peak."""
    nodes = np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")], axis=1)
    exact, fast = np.exp(model.log_prob(nodes)), model.on_grid(*axes).ravel()
    seen = exact > 1e-3 * exact.max()
    return abs(fast[seen] / exact[seen] - 1).max()


@pytest.mark.parametrize("n", [1, 2, 7, 300])
@pytest.mark.parametrize("h", [0.02, 0.11, 0.7, 5.0])
@pytest.mark.parametrize("rounded", [False, True], ids=["free", "rounded"])
def test_the_fft_holds_its_bound_on_the_line(n, h, rounded):
    x = draws(n, 1, n)
    model = KDE.on_line(np.round(x, 1) if rounded else x, h)
    assert worst(model, np.linspace(x.min() - 3 * h, x.max() + 3 * h, 257)) < 1e-4


@pytest.mark.parametrize("n", [1, 2, 200])
@pytest.mark.parametrize("scale", [0.002, 0.05, 3.0])
@pytest.mark.parametrize("correlation", [0.0, -0.6, 0.97])
def test_the_fft_holds_its_bound_in_the_plane(n, scale, correlation):
    x = np.round(draws(n, 2, n), 1)
    h = scale * np.array([[1, 2 * correlation], [2 * correlation, 4]])
    axes = [np.linspace(c.min() - 3 * s, c.max() + 3 * s, 45) for c, s in zip(x.T, np.sqrt(np.diag(h)), strict=True)]
    assert worst(KDE(x, h), *axes) < 1e-4


@EVERY
@pytest.mark.parametrize("d", [1, 2])
def test_every_kernel_is_drawn_right_on_part_of_the_data(kernel, d):
    model = KDE(draws(100, d), 0.1 * FULL[:d, :d], kernel)
    assert worst(model, *[np.linspace(0.1, 1.4, 30), np.linspace(-0.3, 0.9, 20)][:d]) < 1e-4


@EVERY
def test_edges_are_drawn_right(kernel):
    x = np.clip(abs(draws(50, 2)), 0, 3)
    model = KDE(x, 0.2 * FULL, kernel, np.array([[0.0, 3.0], [0.0, np.inf]]))
    assert worst(model, np.linspace(-0.5, 3.5, 41), np.linspace(-0.511, 4, 37)) < 1e-4


def test_a_very_narrow_kernel_is_added_by_hand_and_right():
    model = KDE(draws(5, 2), 1e-8 * FULL)
    axes = [model.points[0, k] + np.linspace(-1, 1, 101) for k in range(2)]
    assert worst(model, *axes) < 1e-4


def test_a_grid_far_from_the_data_is_empty():
    assert KDE.on_line(draws(50, 1), 0.1).on_grid(np.linspace(1e3, 2e3, 50)).max() == 0


@pytest.mark.parametrize("axis", [[0.0], [0.0, 1.0, 3.0], [1.0, 0.0]])
def test_a_grid_that_is_none_is_refused(axis):
    with pytest.raises(ValueError, match="uniform"):
        KDE.on_line(draws(5, 1), 0.1).on_grid(np.array(axis))


# The fit


def test_bumps_come_in_until_all_points_are_there_and_then_bandwidths_are_tried():
    x = draws(200, 1)
    steps = list(kde.fit(Config(rule="Likelihood CV"), x, Key(0)))
    phases = [s.phase for s in steps]
    assert phases == sorted(phases, key=["grow", "try", "choose"].index)
    grown = [s.metrics["points"] for s in steps if s.phase == "grow"]
    assert grown == sorted(set(grown))
    assert grown[0] == 1
    assert grown[-1] == len(x)
    tried = [s for s in steps if s.phase == "try"]
    assert max(s.metrics["score"] for s in tried) <= steps[-1].metrics["score"]
    assert np.array_equal(steps[-1].state.points, x)


@pytest.mark.parametrize("rule", ["Scott", "Silverman", "Sheather-Jones"])
def test_a_rule_without_a_search_ends_with_the_last_bump(rule):
    x = draws(100, 1)
    step = last(Config(rule=rule), x, Key(0))
    h = {"Scott": bandwidth.scott, "Silverman": bandwidth.silverman, "Sheather-Jones": bandwidth.sheather_jones}[rule](
        x
    )
    assert step.phase == "grow"
    assert step.state.h == pytest.approx(h, rel=1e-9)


def test_by_hand_is_a_share_of_the_standard_deviation():
    x = draws(100, 2)
    assert np.allclose(last(Config(rule="By hand", factor=0.5), x, Key(0)).state.bandwidth, 0.25 * np.cov(x.T))


@pytest.mark.parametrize("rule", ["Scott", "Likelihood CV"])
def test_resuming_is_never_having_stopped(rule):
    x = draws(60, 2)
    steps = list(kde.fit(Config(rule=rule), x, Key(0)))
    for i in range(len(steps)):
        rest = list(kde.fit(Config(rule=rule), x, Key(0), start=steps[i]))
        assert [(s.index, s.phase, s.state.h) for s in rest] == [(s.index, s.phase, s.state.h) for s in steps[i + 1 :]]


def test_the_steps_of_a_search_share_their_points():
    tried = [s for s in kde.fit(Config(), draws(50, 1), Key(0)) if s.phase == "try"]
    assert all(np.shares_memory(s.state.points, tried[0].state.points) for s in tried)


def test_reflection_is_at_the_bounds_given_or_at_the_extremes():
    x, config = abs(draws(50, 1)), Config(boundary="reflect")
    assert np.array_equal(last(config, x, Key(0)).state.bounds, [[x.min(), x.max()]])
    edges = np.array([[0.0, np.inf]])
    assert np.array_equal(last(config, x, Key(0), bounds=edges).state.bounds, edges)
    assert last(Config(), x, Key(0), bounds=edges).state.bounds is None


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.zeros((0, 1)), "too few"),
        (np.zeros((2, 2)), "too few"),
        (np.column_stack([np.arange(9.0), np.ones(9)]), "Column 2 is constant"),
        (np.column_stack([np.arange(9.0), 2 * np.arange(9.0)]), "line or plane"),
    ],
)
def test_data_without_a_density_are_refused_by_a_sentence(x, words):
    with pytest.raises(Halt, match=words):
        last(Config(rule="Scott"), x, Key(0))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": np.zeros((0, 1))}, "at least one"),
        ({"points": np.array([[np.nan]])}, "finite"),
        ({"kernel": "cosine"}, "must be one of"),
        ({"bandwidth": np.zeros((1, 1))}, "positive definite"),
        ({"bounds": np.array([[1e3, 2e3]])}, "outside"),
    ],
)
def test_what_is_no_density_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(KDE.on_line(draws(5, 1), 1.0), **change)


def test_a_model_does_not_change_with_the_array_it_was_made_from():
    x = draws(5, 1)
    model = KDE.on_line(x, 1.0)
    x += 1
    assert np.array_equal(model.points, draws(5, 1))
    assert isinstance(last(Config(), draws(9, 1), Key(0)), Step)
