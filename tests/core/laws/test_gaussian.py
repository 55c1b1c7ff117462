"""The Gaussian against numpy, scipy and automatic differentiation, and against its own identities."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from core.key import Key
from core.laws import gaussian, likelihood
from core.laws.gaussian import COVARIANCES, Config, Gaussian
from core.laws.likelihood import sufficient
from core.process import Halt


def cloud(n=200, d=2, seed=0):
    """n correlated, skewed points with columns of different size."""
    g = (Key(seed) / "cloud").generator()
    mix = np.eye(d) + 0.5 * g.normal(size=(d, d))
    return 4.0 + (g.normal(size=(n, d)) + 0.3 * g.exponential(size=(n, d))) @ mix.T * (1 + np.arange(d))


def random_gaussian(d, seed=0):
    g = (Key(seed) / "gaussian").generator()
    a = np.eye(d) + 0.5 * g.normal(size=(d, d))
    return Gaussian(g.normal(size=d), a @ a.T)


def bell(mu, sigma):
    return Gaussian(np.array([float(mu)]), np.array([[float(sigma) ** 2]]))


def steps_of(x, start=None, **options):
    return list(gaussian.fit(Config(**options), x, Key(0), start=start))


def theta_of(step):
    """(mu, log sigma) of a one-dimensional Step."""
    return np.array([step.state.mean[0], 0.5 * np.log(step.state.covariance[0, 0])])


def same(a, b, tolerance=1e-9):
    assert a.mean == pytest.approx(b.mean, rel=tolerance, abs=tolerance)
    assert a.covariance == pytest.approx(b.covariance, rel=tolerance, abs=tolerance)


# The law


@pytest.mark.parametrize("d", [1, 2, 4])
def test_log_prob_is_scipys(d):
    model, x = random_gaussian(d), cloud(50, d)
    expected = np.atleast_1d(stats.multivariate_normal(model.mean, model.covariance).logpdf(x))
    assert model.log_prob(x) == pytest.approx(expected, abs=1e-11, rel=1e-11)


@pytest.mark.parametrize("d", [1, 3])
def test_entropy_is_scipys(d):
    model = random_gaussian(d)
    assert model.entropy == pytest.approx(stats.multivariate_normal(model.mean, model.covariance).entropy(), abs=1e-12)


def test_score_is_the_gradient_of_log_prob():
    model, x, h = random_gaussian(3), cloud(20, 3), 1e-5
    slope = [(model.log_prob(x + h * e) - model.log_prob(x - h * e)) / (2 * h) for e in np.eye(3)]
    assert model.score(x) == pytest.approx(np.array(slope).T, abs=1e-6)


def test_samples_whitened_are_standard_normal():
    model = random_gaussian(2)
    white = np.linalg.solve(np.linalg.cholesky(model.covariance), (model.sample(20_000, Key(1)) - model.mean).T)
    assert stats.kstest(white[0], stats.norm.cdf).pvalue > 0.001
    assert stats.kstest((white**2).sum(axis=0), stats.chi2(2).cdf).pvalue > 0.001


def test_rescaled_is_the_law_of_the_rescaled_points():
    model, shift, scale, x = random_gaussian(2), np.array([3.0, -1.0]), np.array([0.2, -5.0]), cloud(30)
    moved = model.rescaled(shift, scale).log_prob(x * scale + shift)
    assert moved == pytest.approx(model.log_prob(x) - np.log(np.abs(scale)).sum(), abs=1e-10)


def joint(model, values, column, others):
    """p at points with `column` fixed to each of `values`, and one row of `others`."""
    x = np.insert(np.broadcast_to(others, (len(values), len(others))), column, values, axis=1)
    return np.exp(model.log_prob(x))


@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_marginal_is_the_joint_integrated_over_the_other_column(column):
    model, others = random_gaussian(3), np.array([0.4, -0.7])
    rest = [c for c in range(3) if c != column]
    total, _ = integrate.quad(lambda v: joint(model, np.array([v]), column, others)[0], -40, 40, limit=200)
    assert np.exp(model.marginal(rest).log_prob(others[None]))[0] == pytest.approx(total, rel=1e-7)


@pytest.mark.parametrize("column", [0, 1])
def test_a_conditional_is_the_joint_over_its_integral(column):
    model, value, grid = random_gaussian(2, 3), 0.8, np.linspace(-30, 30, 4001)
    section = joint(model, grid, 1 - column, np.array([value]))
    expected = section / integrate.simpson(section, x=grid)
    assert np.exp(model.conditional(column, value).log_prob(grid[:, None])) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("column", [0, 1, 2])
def test_marginal_times_conditional_is_the_joint(column):
    model, x = random_gaussian(3), cloud(1, 3)
    rest = np.delete(x, column, axis=1)
    product = model.marginal([column]).log_prob(x[:, [column]]) + model.conditional(column, x[0, column]).log_prob(rest)
    assert product == pytest.approx(model.log_prob(x), abs=1e-9)


def test_a_marginal_has_its_columns_in_the_order_given():
    model = random_gaussian(3)
    assert np.array_equal(model.marginal([2, 0]).mean, model.mean[[2, 0]])


def test_one_column_has_no_conditional():
    with pytest.raises(Halt, match="no other column"):
        bell(0, 1).conditional(0, 1.0)


@pytest.mark.parametrize(
    ("mean", "covariance"),
    [([0.0], [[0.0]]), ([0.0], [[-1.0]]), ([np.nan], [[1.0]]), ([0.0, 0.0], [[1.0, 0.2], [0.3, 1.0]])],
    ids=["zero", "negative", "nan", "lopsided"],
)
def test_what_is_no_gaussian_is_refused(mean, covariance):
    with pytest.raises(ValueError, match="The Gaussian's"):
        Gaussian(np.array(mean), np.array(covariance))


# Maximum likelihood in closed form


def test_one_column_is_scipys_fit():
    x = cloud(100, 1)
    mle = steps_of(x, method="closed form")[-1].state
    assert (mle.mean[0], np.sqrt(mle.covariance[0, 0])) == pytest.approx(stats.norm.fit(x[:, 0]), rel=1e-13)


def test_full_is_numpys_mean_and_covariance():
    x = cloud(100, 3)
    same(steps_of(x, method="closed form")[-1].state, Gaussian(x.mean(axis=0), np.cov(x.T, bias=True)), 1e-12)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_closed_form_is_one_step_from_the_start(kind):
    steps = steps_of(cloud(), method="closed form", covariance=kind)
    assert [step.phase for step in steps] == ["start", "closed form"]
    assert steps[1].metrics["gain"] == pytest.approx(np.diff([s.metrics["log_likelihood"] for s in steps])[0], abs=1e-9)


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_gradient_is_zero_at_the_mle(d, kind):
    assert steps_of(cloud(80, d), method="closed form", covariance=kind)[-1].metrics["gradient_norm"] < 1e-12


@pytest.mark.parametrize("kind", COVARIANCES)
def test_no_neighbour_of_the_kind_is_more_likely_than_the_mle(kind):
    x, g = cloud(100), Key(5).generator()
    points = sufficient(x)
    top = gaussian.maximum(Config(covariance=kind), points)
    best = points.log_likelihood(top.mean, top.covariance)
    for _ in range(50):
        e = 0.05 * g.normal(size=(2, 2))
        near = gaussian.constrained((np.eye(2) + e) @ top.covariance @ (np.eye(2) + e).T, kind)
        assert points.log_likelihood(top.mean + 0.05 * g.normal(size=2), near) < best


@pytest.mark.parametrize(("offset", "tolerance"), [(0.0, 1e-12), (1e9, 1e-6)], ids=["near 0", "billions"])
def test_log_likelihood_is_the_mean_of_log_prob(offset, tolerance):
    """Around 1e9 numbers are 1e-7 apart, the rounding of a mean."""
    x = cloud() + offset
    for step in steps_of(x, method="closed form"):
        assert step.metrics["log_likelihood"] == pytest.approx(step.state.log_prob(x).mean(), abs=tolerance)


# The surface over mu and sigma


def test_the_surface_is_the_mean_of_scipys_logpdf():
    x, mus, sigmas = cloud(60, 1), np.linspace(-3, 12, 23), np.geomspace(0.3, 20, 17)
    brute = np.array([[stats.norm.logpdf(x[:, 0], mu, sigma).mean() for mu in mus] for sigma in sigmas])
    assert likelihood.surface(sufficient(x), mus, sigmas) == pytest.approx(brute, rel=1e-12, abs=1e-12)


def test_the_surface_peaks_at_the_mle():
    x = cloud(60, 1)
    centre, width = x.mean(), x.std()
    mus, sigmas = centre + width * np.linspace(-1, 1, 41), width * np.linspace(0.5, 1.5, 41)
    height = likelihood.surface(sufficient(x), mus, sigmas)
    assert np.unravel_index(height.argmax(), height.shape) == (20, 20)


def test_the_surface_passes_through_a_fits_steps():
    x = cloud(60, 1)
    for step in steps_of(x, method="Newton"):
        mu, log_sigma = theta_of(step)
        height = likelihood.surface(sufficient(x), np.array([mu]), np.exp([log_sigma]))[0, 0]
        assert height == pytest.approx(step.metrics["log_likelihood"], abs=1e-12)


def test_a_product_of_densities_underflows_where_the_sum_of_logs_does_not():
    logs = np.full(2000, -1.0)
    product, total, zero = likelihood.likelihood_underflow(logs)
    assert zero == 744  # the 745th factor: 5e-324 is the last number above 0
    assert product[zero - 1] == 5e-324
    assert total == pytest.approx(-np.arange(1, 2001))


def test_few_points_do_not_underflow():
    logs = stats.norm.logpdf(np.linspace(-2, 2, 50))
    product, total, zero = likelihood.likelihood_underflow(logs)
    assert zero is None
    assert np.log(product) == pytest.approx(total, rel=1e-12)


def test_densities_above_one_overflow_without_a_warning():
    assert likelihood.likelihood_underflow(np.full(1000, 2.0))[0][-1] == np.inf


# The climbs


def autograd(x, theta, s):
    """The mean log-likelihood at (a, b) by torch, its gradient and its Hessian."""
    data = torch.from_numpy(x[:, 0])

    def level(t):
        return torch.distributions.Normal(x.mean() + s * t[0], s * torch.exp(t[1])).log_prob(data).mean()

    t = torch.from_numpy(theta)
    functional = torch.autograd.functional
    return functional.jacobian(level, t).numpy(), functional.hessian(level, t).numpy()


def standard(step, x):
    """The coordinates (a, b) of a one-dimensional Step."""
    return (theta_of(step) - [x.mean(), np.log(x.std())]) / [x.std(), 1.0]


@pytest.mark.parametrize("where", [(0.5, 1.2), (-0.9, 0.7), (2.0, 0.6), (3.0, 4.0)])
@pytest.mark.parametrize("method", ["gradient ascent", "Newton"])
def test_a_step_is_that_of_automatic_differentiation(method, where):
    x = cloud(80, 1)
    start = bell(x.mean() + where[0] * x.std(), where[1] * x.std())
    first, second = steps_of(x, start, method=method, iterations=1, search="fixed", step=0.05)
    gradient, hessian = autograd(x, standard(first, x), x.std())
    step = 0.05 * gradient
    if method == "Newton":
        sound = np.linalg.eigvalsh(hessian)[-1] < 0
        assert second.phase == ("Newton" if sound else "scoring")
        e = np.exp(-2 * standard(first, x)[1])
        step = np.linalg.solve(-hessian if sound else np.diag([e, 2.0]), gradient)
    assert first.arrays["gradient"] == pytest.approx(gradient, rel=1e-9, abs=1e-9)
    assert standard(second, x) - standard(first, x) == pytest.approx(step, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_slope_is_that_of_finite_differences(d, kind):
    x, h = cloud(80, d), 1e-6
    config, points = Config(covariance=kind), sufficient(x)
    ground = gaussian.hill(config, points)
    start = gaussian.constrained(random_gaussian(d).covariance * 2, kind)
    theta = ground.coordinates(x.mean(axis=0) + 1.0, start)

    def level(t):
        return points.log_likelihood(*ground.gaussian(t))

    slope = [(level(theta + h * e) - level(theta - h * e)) / (2 * h) for e in np.eye(len(theta))]
    assert ground.slope(theta) == pytest.approx(slope, rel=1e-6, abs=1e-6)
    assert ground.height(theta + 0.1) - ground.height(theta) == pytest.approx(
        level(theta + 0.1) - level(theta), abs=1e-10
    )


def test_scoring_is_fisher_information():
    """E[-Hessian] over the model's own draws, at (a, b), is diag(e, 2): the step is the slope over it."""
    x = cloud(80, 1)
    ground = gaussian.hill(Config(), sufficient(x))
    theta = np.array([1.4, 0.3])
    drawn = Gaussian(*ground.gaussian(theta)).sample(4000, Key(0))
    white = (drawn[:, 0] - ground.centre[0]) / ground.scale[0] - theta[0]
    e = np.exp(-2 * theta[1])
    scores = np.stack([white * e, white**2 * e - 1])
    phase, step = ground.newton(theta)
    assert phase == "scoring"
    assert scores @ scores.T / 4000 == pytest.approx(np.diag(ground.slope(theta) / step), abs=0.25)


def test_newton_steps_down_the_hessian_only_within_one_standard_deviation():
    ground = gaussian.hill(Config(), sufficient(cloud(80, 1)))
    assert [ground.newton(np.array([a, 0.2]))[0] for a in (0.0, 0.99, 1.01, -5.0)] == ["Newton"] * 2 + ["scoring"] * 2


def test_newton_converges_quadratically():
    x = cloud(80, 1)
    start = bell(x.mean() + 0.3 * x.std(), 1.2 * x.std())
    errors = [
        np.abs(standard(step, x)).max() for step in steps_of(x, start, method="Newton", tolerance=0.0, iterations=4)
    ]
    ratios = np.array(errors[1:]) / np.array(errors[:-1]) ** 2
    assert errors[4] < 1e-8
    assert (ratios[:3] < 2).all()


def test_ascent_converges_linearly_at_the_rate_of_its_hessian():
    """Near the top each step leaves 1 - step of a and 1 - 2 step of b."""
    x = cloud(80, 1)
    start = bell(x.mean() + 1e-3 * x.std(), np.exp(1e-3) * x.std())
    first, second = (standard(s, x) for s in steps_of(x, start, step=0.1, iterations=1))
    assert second / first == pytest.approx([0.9, 0.8], abs=5e-3)


CLIMBS = [(1, "gradient ascent"), (1, "Newton"), (2, "gradient ascent"), (3, "gradient ascent")]


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize(("d", "method"), CLIMBS)
def test_every_climb_reaches_the_closed_form(d, method, kind):
    x = cloud(100, d)
    last = steps_of(x, method=method, covariance=kind, tolerance=1e-14, iterations=2000)[-1]
    same(last.state, gaussian.maximum(Config(covariance=kind), sufficient(x)), 1e-5)
    assert last.metrics["gradient_norm"] < 1e-6


@pytest.mark.parametrize("step", [0.01, 0.2, 2.0])
@pytest.mark.parametrize(("d", "method"), CLIMBS)
def test_a_halved_step_never_loses(d, method, step):
    levels = [s.metrics["log_likelihood"] for s in steps_of(cloud(60, d), method=method, step=step, iterations=60)]
    assert np.diff(levels).min() > -1e-12


def test_a_short_fixed_step_never_loses():
    steps = steps_of(cloud(60, 2), step=0.01, search="fixed", iterations=100)
    assert np.diff([s.metrics["log_likelihood"] for s in steps]).min() > 0
    assert {s.metrics["halvings"] for s in steps} == {0.0}


@pytest.mark.parametrize(("method", "reach"), [("gradient ascent", 4.0), ("Newton", 300.0)])
@settings(max_examples=20)
@given(a=st.floats(-1, 1), b=st.floats(-4, 4))
def test_a_climb_from_anywhere_arrives(method, reach, a, b):
    """Ascent from so near only: further out it first widens, and then the slope to the mean is as 1 / distance."""
    a *= reach
    x = cloud(40, 1)
    start = bell(x.mean() + a * x.std(), np.exp(b) * x.std())
    last = steps_of(x, start, method=method, tolerance=1e-12, iterations=2000)[-1]
    assert standard(last, x) == pytest.approx([0, 0], abs=1e-3)


def test_a_fixed_step_too_long_leaves_the_range_with_a_sentence():
    x = cloud(40, 1)
    with pytest.raises(Halt, match=r"^Iteration \d+ left the range.*\.$"):
        steps_of(x, bell(x.mean(), 0.05 * x.std()), search="fixed", step=2.0)


def test_gain_is_the_difference_of_the_log_likelihoods():
    steps = steps_of(cloud(60, 2))
    gains = np.diff([s.metrics["log_likelihood"] for s in steps])
    assert [s.metrics["gain"] for s in steps[1:]] == pytest.approx(gains, abs=1e-12)


# Equivariance


def fits(x, start, options):
    return steps_of(x, start, iterations=12, tolerance=0.0, **options)


SIZES = st.floats(1e-3, 1e3)


@pytest.mark.parametrize("options", [{"method": m} for m in gaussian.METHODS], ids=gaussian.METHODS)
@settings(max_examples=20)
@given(shift=st.floats(-100, 100), size=SIZES, sign=st.sampled_from([1, -1]))
def test_one_column_in_other_units_is_the_same_fit(options, shift, size, sign):
    x, shift, scale = cloud(40, 1), np.array([shift]), np.array([sign * size])
    start = bell(5.0, 1.0)
    for a, b in zip(
        fits(x, start, options), fits(x * scale + shift, start.rescaled(shift, scale), options), strict=True
    ):
        same(
            a.state.rescaled(shift, scale).rescaled(-shift / scale, 1 / scale),
            b.state.rescaled(-shift / scale, 1 / scale),
            1e-7,
        )


@pytest.mark.parametrize("method", gaussian.METHODS[:2])
@pytest.mark.parametrize("kind", COVARIANCES)
@settings(max_examples=20)
@given(sizes=st.tuples(SIZES, SIZES), shift=st.floats(-100, 100))
def test_columns_in_other_units_are_the_same_fit(kind, method, sizes, shift):
    """Each column in its own unit, but one unit for all where the kind is spherical; from the start of the key."""
    scale, shift = np.array(sizes if kind != "spherical" else sizes[:1] * 2), np.array([shift, 0.0])
    x, options = cloud(40), {"covariance": kind, "method": method}
    for a, b in zip(fits(x, None, options), fits(x * scale + shift, None, options), strict=True):
        same(a.state, b.state.rescaled(-shift / scale, 1 / scale), 1e-6)


@given(entries=st.lists(st.floats(-2, 2), min_size=4, max_size=4))
def test_the_full_mle_follows_every_affine_map(entries):
    a = np.array(entries).reshape(2, 2) + 3 * np.eye(2) * np.array([1, -1])
    if np.linalg.cond(a) > 1e3:
        return
    x = cloud(60)
    plain, moved = (gaussian.maximum(Config(), sufficient(y)) for y in (x, x @ a.T + 1))
    same(Gaussian(a @ plain.mean + 1, a @ plain.covariance @ a.T), moved, 1e-9)


# Floors, starts and refusals


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("method", gaussian.METHODS[:2])
def test_a_floor_is_added_to_the_variances(method, kind):
    x = cloud(50)
    options = {"covariance": kind, "floor": 0.7, "method": method, "tolerance": 1e-14, "iterations": 2000}
    expected = gaussian.constrained(np.cov(x.T, bias=True) + 0.7 * np.eye(2), kind)
    assert steps_of(x, **options)[-1].state.covariance == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_a_floor_lets_collinear_points_be_fitted():
    x = np.arange(10.0)[:, None] * [1.0, 2.0]
    assert gaussian.maximum(Config(floor=0.1), sufficient(x)).covariance[0, 0] == pytest.approx(x[:, 0].var() + 0.1)


def test_a_given_start_is_the_first_step():
    start = random_gaussian(2)
    assert steps_of(cloud(), start)[0].state is start


@pytest.mark.parametrize("kind", COVARIANCES)
def test_a_start_of_another_kind_is_brought_to_the_configs(kind):
    for step in steps_of(cloud(), random_gaussian(2), covariance=kind, iterations=3):
        assert step.state.covariance == pytest.approx(gaussian.constrained(step.state.covariance, kind), rel=1e-14)


def test_the_default_start_is_off_the_top():
    x = cloud(60, 1)
    a, b = standard(steps_of(x)[0], x)
    assert (abs(a), b) == pytest.approx((1.5, np.log(0.6)))


@pytest.mark.parametrize("method", gaussian.METHODS)
def test_resuming_from_any_step_equals_never_having_stopped(method):
    x = cloud(60, 1)
    steps = steps_of(x, method=method)
    for i, step in enumerate(steps):
        rest = list(gaussian.fit(Config(method=method), x, Key(9), start=step))
        assert [s.state.covariance.tobytes() for s in rest] == [s.state.covariance.tobytes() for s in steps[i + 1 :]]


REFUSED = {
    "none": (np.zeros((0, 1)), {}, "too few"),
    "one": (np.zeros((1, 1)), {}, "too few"),
    "constant": (np.column_stack([np.arange(9.0), np.full(9, 1 / 3)]), {}, "Column 2 is constant"),
    "collinear": (np.arange(9.0)[:, None] * [1.0, -3.0], {}, "line or plane"),
    "two points in a plane": (cloud(2), {}, "line or plane"),
    "Newton in a plane": (cloud(), {"method": "Newton"}, "one column"),
}


@pytest.mark.parametrize(("x", "options", "why"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_fit_is_refused_by_a_sentence(x, options, why):
    with pytest.raises(Halt, match=rf"{why}.*\.$"):
        steps_of(x, **options)


@pytest.mark.parametrize("start", [bell(0, 1), Gaussian(np.zeros(2), 1e-30 * np.eye(2))], ids=["columns", "needle"])
def test_a_start_that_cannot_be_climbed_from_is_refused(start):
    with pytest.raises(Halt, match=r"^The start .*\.$"):
        steps_of(cloud(), start)


@pytest.mark.parametrize(("kind", "count"), [("full", 9), ("diag", 6), ("spherical", 4)])
def test_parameters_are_counted(kind, count):
    assert gaussian.parameter_count(Config(covariance=kind), 3) == count
