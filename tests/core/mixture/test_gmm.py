"""The mixture against scikit-learn, a textbook loop and scipy, and against its own identities.

Monotonicity is held to 1e-9 plus what cancellation may cost where a component is nearly singular: the module states
1e-16 (range / sigma)^2 of a log-density.
"""

import dataclasses
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from core.key import Key
from core.mixture import em, gmm
from core.mixture.gmm import COVARIANCES, GMM, STARTS, Collapse, Config
from core.process import Step


def clusters(n, d, seed=0, k=3):
    """n points around k correlated, overlapping Gaussians."""
    g = (Key(seed) / "clusters").generator()
    centres, factors = g.normal(0, 3, (k, d)), np.eye(d) + 0.6 * g.normal(size=(k, d, d))
    label = g.integers(k, size=n)
    return centres[label] + np.einsum("nij,nj->ni", factors[label], g.normal(size=(n, d)))


def random_start(x, k, kind, seed=0):
    """Random weights, data rows as means and random covariances of the given kind."""
    g = (Key(seed) / "start").generator()
    n, d = x.shape
    a = np.eye(d) + 0.3 * g.normal(size=(k, d, d))
    spread = x.var(axis=0).mean()
    weights = g.dirichlet(np.full(k, 5.0))
    covariances = em.constrain(spread * g.uniform(0.3, 1.2) * a @ a.transpose(0, 2, 1), weights, kind)
    return GMM(weights, x[g.choice(n, k, replace=n < k)], covariances)


def models(steps):
    """The model after every M-step."""
    return [step.state for step in steps if step.phase == "M"]


def until_collapse(fit):
    """The Steps of a fit, up to a Collapse if there is one."""
    steps = []
    try:
        for step in fit:
            steps.append(step)
    except Collapse:
        pass
    return steps


def largest_difference(a, b):
    """The largest difference between the parameters of two mixtures."""
    return max(float(np.abs(getattr(a, f.name) - getattr(b, f.name)).max()) for f in dataclasses.fields(GMM))


# scikit-learn


def sklearn_shape(covariances, kind):
    """Covariances (k, d, d) as scikit-learn keeps those of a kind."""
    if kind == "tied":
        return covariances[0]
    if kind == "diag":
        return np.einsum("kii->ki", covariances)
    return covariances[:, 0, 0] if kind == "spherical" else covariances


def sklearn_fit(x, start, kind, floor, iterations):
    """scikit-learn's mixture after so many iterations from `start`."""
    precisions = sklearn_shape(np.linalg.inv(start.covariances), kind)
    model = GaussianMixture(
        len(start.weights),
        covariance_type=kind,
        tol=0.0,
        reg_covar=floor,
        max_iter=iterations,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=precisions,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x)


SIDE_BY_SIDE = pytest.mark.parametrize("floor", [0.0, 1e-3])
SKLEARN_ITERATIONS = 12


def side_by_side(kind, d, floor):
    x = clusters(150, d, seed=d)
    start = random_start(x, 3, kind, seed=d)
    ours = gmm.fit(Config(3, kind, floor=floor, tolerance=0.0, iterations=SKLEARN_ITERATIONS), x, Key(0), start=start)
    theirs = [sklearn_fit(x, start, kind, floor, t) for t in range(1, SKLEARN_ITERATIONS + 1)]
    return list(ours), theirs


@SIDE_BY_SIDE
@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("kind", COVARIANCES)
def test_parameters_equal_scikit_learns_after_every_iteration(kind, d, floor):
    steps, theirs = side_by_side(kind, d, floor)
    ours = models(steps)
    assert len(ours) == SKLEARN_ITERATIONS
    for model, other in zip(ours, theirs, strict=True):
        assert model.weights == pytest.approx(other.weights_, abs=1e-8)
        assert model.means == pytest.approx(other.means_, abs=1e-8)
        assert sklearn_shape(model.covariances, kind) == pytest.approx(other.covariances_, abs=1e-8)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_scikit_learns_lower_bound_is_our_log_likelihood_before_that_m_step(kind):
    steps, theirs = side_by_side(kind, 2, 1e-3)
    before = [step.metrics["log_likelihood"] for step in steps if step.phase == "E"]
    assert before[:-1] == pytest.approx([other.lower_bound_ for other in theirs], abs=1e-10)


# The classic demonstration


def demonstration():
    """600 points, 300 around -2 and 300 around 2, and the start everybody draws."""
    draw = np.random.RandomState(42)
    x = np.concatenate([draw.normal(-2, 1, 300), draw.normal(2, 1, 300)])
    return x[:, None], GMM(np.array([0.5, 0.5]), np.array([[1.0], [2.0]]), np.array([[[1.5]], [[1.5]]]))


def textbook(x, weights, means, variances):
    """EM for a 1-D mixture as a textbook writes it: loops, densities, no logarithms."""
    while True:
        r = [[w * stats.norm.pdf(p, m, v**0.5) for w, m, v in zip(weights, means, variances, strict=True)] for p in [x]]
        r = np.array(r[0])  # (k, n)
        r = r / r.sum(axis=0)
        weights, means, variances = [], [], []
        for row in r:
            mass = row.sum()
            mean = (row * x).sum() / mass
            weights.append(mass / len(x))
            means.append(mean)
            variances.append((row * (x - mean) ** 2).sum() / mass)
        yield np.array(weights), np.array(means), np.array(variances)


@pytest.mark.parametrize("quantity", [0, 1, 2], ids=["weights", "means", "variances"])
def test_twenty_iterations_of_the_demonstration_equal_the_textbook_loop(quantity):
    x, start = demonstration()
    ours = models(gmm.fit(Config(2, floor=0.0, tolerance=0.0, iterations=20), x, Key(0), start=start))
    loop = textbook(x[:, 0], start.weights, start.means[:, 0], start.covariances[:, 0, 0])
    assert len(ours) == 20
    for model, expected in zip(ours, loop, strict=False):
        got = (model.weights, model.means[:, 0], model.covariances[:, 0, 0])[quantity]
        assert got == pytest.approx(expected[quantity], abs=1e-10)


def test_the_demonstration_finds_the_two_bumps():
    x, start = demonstration()
    *_, last = gmm.fit(Config(2, floor=0.0, tolerance=0.0, iterations=300), x, Key(0), start=start)
    assert np.sort(last.state.means[:, 0]) == pytest.approx([-2, 2], abs=0.3)


# The bound and the likelihood, on whatever hypothesis finds


CASES = st.tuples(
    st.integers(0, 10**6),
    st.integers(1, 60),
    st.integers(1, 3),
    st.integers(1, 5),
    st.sampled_from(COVARIANCES),
    st.sampled_from(["clusters", "heavy tails", "lattice"]),
)


def run(seed, n, d, k, kind, cloud):
    """A fit without floor of random points from a random start: the points and the Steps until it ends or collapses."""
    n, g = n + max(2, k), (Key(seed) / "cloud").generator()
    x = clusters(n, d, seed) if cloud == "clusters" else g.standard_t(2, (n, d))
    if cloud == "lattice":
        x = g.integers(0, 4, (n, d)).astype(float)
        x[0], x[1] = 0, 3  # no column is constant
    config = Config(k, kind, floor=0.0, tolerance=0.0, iterations=40)
    return x, until_collapse(gmm.fit(config, x, Key(seed), start=random_start(x, k, kind, seed)))


def slack(x, model):
    """What rounding may cost: 1e-9 and 1e-15 (range / smallest sigma)^2."""
    smallest = np.linalg.eigvalsh(model.covariances).min()
    return 1e-9 + 1e-15 * ((x - x.mean(axis=0)) ** 2).sum(axis=1).max() / smallest


@given(CASES)
def test_the_log_likelihood_never_falls(case):
    x, steps = run(*case)
    for before, after in zip(steps, steps[1:], strict=False):
        fall = before.metrics["log_likelihood"] - after.metrics["log_likelihood"]
        assert fall <= slack(x, after.state), after.index


@given(CASES)
def test_the_bound_is_the_expected_joint_plus_the_entropy_of_the_responsibilities(case):
    x, steps = run(*case)
    for step in steps[1:]:
        r = step.arrays["responsibilities"]
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(r > 0, r * (step.state.log_joint(x) - np.log(r)), 0.0)
        assert step.metrics["bound"] == pytest.approx(terms.sum() / len(x), abs=slack(x, step.state)), step.index


@given(CASES)
def test_the_bound_never_exceeds_the_log_likelihood(case):
    x, steps = run(*case)
    for step in steps[1:]:
        assert step.metrics["bound"] <= step.metrics["log_likelihood"] + slack(x, step.state), step.index


@given(CASES)
def test_an_m_step_raises_the_bound(case):
    x, steps = run(*case)
    for e, m in zip(steps[1::2], steps[2::2], strict=False):
        assert m.metrics["bound"] >= e.metrics["bound"] - slack(x, m.state), m.index


@given(CASES)
def test_the_log_likelihood_is_the_mean_log_density_of_the_state(case):
    x, steps = run(*case)
    for step in steps:
        expected = step.state.log_prob(x).mean()
        assert step.metrics["log_likelihood"] == pytest.approx(expected, abs=slack(x, step.state)), step.index


@given(CASES)
def test_responsibilities_of_a_point_sum_to_one(case):
    _, steps = run(*case)
    for step in steps[1:]:
        r = step.arrays["responsibilities"]
        assert (r >= 0).all()
        assert r.sum(axis=1) == pytest.approx(np.ones(len(r)), abs=1e-12)


@given(CASES)
def test_covariances_are_symmetric(case):
    _, steps = run(*case)
    for step in steps[2:]:
        assert np.array_equal(step.state.covariances, step.state.covariances.transpose(0, 2, 1))


@pytest.mark.parametrize("kind", COVARIANCES)
def test_covariances_stay_of_their_kind(kind):
    x = clusters(100, 2)
    *_, last = gmm.fit(Config(3, kind, iterations=5), x, Key(0))
    again = em.constrain(np.array(last.state.covariances), np.array(last.state.weights), kind)
    assert last.state.covariances == pytest.approx(again, abs=1e-12)


def test_e_responsibilities_are_the_posteriors_of_the_state():
    x = clusters(80, 2)
    for step in gmm.fit(Config(3, iterations=5), x, Key(0)):
        if step.phase == "E":
            assert step.arrays["responsibilities"] == pytest.approx(step.state.responsibilities(x), abs=1e-10)


def test_gain_is_what_the_iteration_added():
    steps = list(gmm.fit(Config(3, iterations=8, tolerance=0.0), clusters(80, 2), Key(0)))
    levels = [step.metrics["log_likelihood"] for step in steps if step.phase in ("start", "M")]
    gains = [step.metrics["gain"] for step in steps if step.phase == "M"]
    assert gains == pytest.approx(np.diff(levels), abs=1e-14)


def test_a_fit_stops_after_the_first_iteration_that_gains_less_than_the_tolerance():
    *_, last_m, last = gmm.fit(Config(3, tolerance=1e-3), clusters(200, 2), Key(0))
    gains = [s.metrics["gain"] for s in gmm.fit(Config(3, tolerance=1e-3), clusters(200, 2), Key(0)) if s.phase == "M"]
    assert (last_m.phase, last.phase) == ("M", "E")
    assert gains[-1] < 1e-3 <= min(gains[:-1])


@pytest.mark.parametrize("iterations", [1, 2, 7])
def test_steps_alternate_and_are_numbered_from_zero(iterations):
    steps = list(gmm.fit(Config(3, iterations=iterations, tolerance=0.0), clusters(80, 2), Key(0)))
    assert [s.phase for s in steps] == ["start", *["E", "M"] * iterations, "E"]
    assert [s.index for s in steps] == list(range(2 * iterations + 2))


# Equivariance


SCALES = {kind: np.array([3.0, 0.02]) for kind in COVARIANCES} | {"spherical": np.array([3.0, 3.0])}


@pytest.mark.parametrize("kind", COVARIANCES)
def test_fitting_rescaled_points_gives_the_rescaled_model(kind):
    x, shift, scale = clusters(120, 2), np.array([-40.0, 7.0]), SCALES[kind]
    start = random_start(x, 3, kind)
    config = Config(3, kind, floor=0.0, tolerance=0.0, iterations=15)
    plain = models(gmm.fit(config, x, Key(0), start=start))
    moved = models(gmm.fit(config, x * scale + shift, Key(0), start=start.rescaled(shift, scale)))
    for a, b in zip(plain, moved, strict=True):
        assert largest_difference(a.rescaled(shift, scale), b) < 1e-9


@pytest.mark.parametrize("d", [2, 3])
def test_fitting_sheared_points_gives_the_sheared_model(d):
    g = Key(d).generator()
    a, b = np.eye(d) + 0.5 * g.normal(size=(d, d)), 10 * g.normal(size=d)

    def sheared(model):
        return GMM(model.weights, model.means @ a.T + b, a @ model.covariances @ a.T)

    x = clusters(120, d)
    start = random_start(x, 3, "full")
    config = Config(3, floor=0.0, tolerance=0.0, iterations=15)
    plain = models(gmm.fit(config, x, Key(0), start=start))
    moved = models(gmm.fit(config, x @ a.T + b, Key(0), start=sheared(start)))
    for before, after in zip(plain, moved, strict=True):
        assert largest_difference(sheared(before), after) < 1e-9


@pytest.mark.parametrize("kind", COVARIANCES)
def test_permuting_the_start_permutes_the_fit(kind):
    x, order = clusters(120, 2), np.array([2, 0, 1])
    start = random_start(x, 3, kind)
    config = Config(3, kind, floor=0.0, tolerance=0.0, iterations=15)

    def permuted(model):
        return GMM(model.weights[order], model.means[order], model.covariances[order])

    plain = models(gmm.fit(config, x, Key(0), start=start))
    moved = models(gmm.fit(config, x, Key(0), start=permuted(start)))
    for a, b in zip(plain, moved, strict=True):
        assert largest_difference(permuted(a), b) < 1e-10


def test_the_order_of_the_points_does_not_matter():
    x = clusters(120, 2)
    start, config = random_start(x, 3, "full"), Config(3, floor=0.0, tolerance=0.0, iterations=15)
    plain = models(gmm.fit(config, x, Key(0), start=start))
    moved = models(gmm.fit(config, x[::-1].copy(), Key(0), start=start))
    assert largest_difference(plain[-1], moved[-1]) < 1e-9


# The density


@pytest.mark.parametrize("d", [1, 2, 3])
def test_log_prob_is_scipys(d):
    x = clusters(100, d)
    model = random_start(x, 3, "full")
    parts = [stats.multivariate_normal(m, c).logpdf(x) for m, c in zip(model.means, model.covariances, strict=True)]
    expected = logsumexp(np.array(parts), b=model.weights[:, None], axis=0)
    assert model.log_prob(x) == pytest.approx(expected, abs=1e-12, rel=1e-12)


def test_log_prob_of_a_point_a_thousand_sigmas_away_is_finite():
    model = GMM(np.array([0.5, 0.5]), np.zeros((2, 1)), np.ones((2, 1, 1)))
    assert model.log_prob(np.array([[1000.0]])) == pytest.approx([stats.norm.logpdf(1000.0)], rel=1e-14)


def test_a_component_of_weight_zero_adds_nothing():
    one = GMM(np.array([1.0]), np.zeros((1, 2)), np.eye(2)[None])
    two = GMM(np.array([1.0, 0.0]), np.zeros((2, 2)), np.broadcast_to(np.eye(2), (2, 2, 2)))
    x = clusters(20, 2)
    assert np.array_equal(one.log_prob(x), two.log_prob(x))


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
def test_the_density_integrates_to_one(kind, d):
    x = clusters(100, d)
    model = random_start(x, 3, kind)
    reach = 9 * np.sqrt(model.covariances.max())
    axes = [np.linspace(m.min() - reach, m.max() + reach, 401) for m in model.means.T]
    grid = np.stack([a.ravel() for a in np.meshgrid(*axes)], axis=1)
    cell = np.prod([axis[1] - axis[0] for axis in axes])
    assert np.exp(model.log_prob(grid)).sum() * cell == pytest.approx(1, abs=1e-8)


def test_log_posterior_is_log_joint_less_log_prob():
    x = clusters(50, 2)
    model = random_start(x, 3, "full")
    assert model.log_posterior(x) == pytest.approx(model.log_joint(x) - model.log_prob(x)[:, None], abs=1e-12)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_rescaled_is_the_change_of_variables(d):
    x, g = clusters(50, d), Key(d).generator()
    model = random_start(x, 3, "full")
    shift, scale = g.normal(size=d), g.uniform(0.1, 9, d)
    expected = model.log_prob(x) - np.log(scale).sum()
    assert model.rescaled(shift, scale).log_prob(x * scale + shift) == pytest.approx(expected, abs=1e-11)


# Samples: fixed keys, five standard errors or p > 0.001


N = 20_000


def test_the_mean_of_samples_is_the_models():
    model = random_start(clusters(50, 3), 4, "full")
    x = model.sample(N, Key(1))
    assert (np.abs(x.mean(axis=0) - model.weights @ model.means) < 5 * x.std(axis=0) / np.sqrt(N)).all()


def test_the_covariance_of_samples_is_the_models():
    model = random_start(clusters(50, 3), 4, "full")
    x = model.sample(N, Key(2)) - model.weights @ model.means
    products = x[:, :, None] * x[:, None, :]
    centred = model.means - model.weights @ model.means
    expected = np.einsum("k,kij->ij", model.weights, model.covariances + centred[:, :, None] * centred[:, None, :])
    assert (np.abs(products.mean(axis=0) - expected) < 5 * products.std(axis=0) / np.sqrt(N)).all()


def test_samples_follow_the_distribution_function():
    model = random_start(clusters(50, 1), 3, "full")
    sigma = np.sqrt(model.covariances[:, 0, 0])

    def cdf(x):
        return (model.weights * stats.norm.cdf(x[:, None], model.means[:, 0], sigma)).sum(axis=1)

    assert stats.kstest(model.sample(N, Key(3))[:, 0], cdf).pvalue > 0.001


def test_labels_come_as_often_as_the_weights_say():
    model = random_start(clusters(50, 2), 4, "full")
    _, label = model.sample_labelled(N, Key(4))
    assert stats.chisquare(np.bincount(label, minlength=4), N * model.weights).pvalue > 0.001


def test_draws_with_a_label_follow_that_component():
    model = random_start(clusters(50, 2), 3, "full")
    x, label = model.sample_labelled(N, Key(5))
    for k in range(3):
        white = np.linalg.solve(np.linalg.cholesky(model.covariances[k]), (x[label == k] - model.means[k]).T)
        assert stats.kstest((white**2).sum(axis=0), stats.chi2(2).cdf).pvalue > 0.001, k


# Collapse


def lonely():
    """Twenty points around 0 and one far off, and a start whose second component is nearest to that one."""
    x = np.append(np.linspace(-1, 1, 20), 10.0)[:, None]
    return x, GMM(np.array([0.5, 0.5]), np.array([[0.0], [5.5]]), np.array([[[1.0]], [[9.0]]]))


def test_collapse_names_component_point_and_iteration():
    x, start = lonely()
    variance = x.var()
    loop = textbook(x[:, 0], start.weights, start.means[:, 0], start.covariances[:, 0, 0])
    when = next(i for i, (_, _, variances) in enumerate(loop, 1) if variances.min() <= em.SINGULAR * variance)
    with pytest.raises(Collapse) as collapse:
        list(gmm.fit(Config(2, floor=0.0, tolerance=0.0), x, Key(0), start=start))
    assert when > 2
    assert (collapse.value.component, collapse.value.point, collapse.value.iteration) == (1, 20, when)


def test_the_sentence_of_a_collapse_counts_from_one():
    x, start = lonely()
    with pytest.raises(Collapse, match=r"^Component 2 .* point 21 .*iteration \d+.*variance floor.*\.$"):
        list(gmm.fit(Config(2, floor=0.0, tolerance=0.0), x, Key(0), start=start))


@pytest.mark.parametrize("kind", ["full", "diag", "spherical"])
def test_a_component_alone_on_a_point_of_the_plane_collapses_onto_it(kind):
    x = np.concatenate([clusters(40, 2), [[60.0, -60.0]]])
    start = GMM(np.array([0.5, 0.5]), np.array([[0.0, 0.0], [59.0, -59.0]]), np.broadcast_to(9 * np.eye(2), (2, 2, 2)))
    with pytest.raises(Collapse) as collapse:
        list(gmm.fit(Config(2, kind, floor=0.0), x, Key(0), start=start))
    assert (collapse.value.component, collapse.value.point) == (1, 40)


def test_as_many_tied_components_as_points_collapse_together():
    x = np.array([[0.0], [10.0], [20.0]])
    start = GMM(np.full(3, 1 / 3), x, np.ones((3, 1, 1)))
    with pytest.raises(Collapse):
        list(gmm.fit(Config(3, "tied", floor=0.0), x, Key(0), start=start))


def test_every_step_before_a_collapse_is_finite():
    x, start = lonely()
    for step in until_collapse(gmm.fit(Config(2, floor=0.0, tolerance=0.0), x, Key(0), start=start)):
        assert np.isfinite(step.state.log_prob(x)).all()
        assert all(np.isfinite(array).all() for array in step.arrays.values())
        assert np.isfinite(step.metrics["log_likelihood"])


def test_a_floor_prevents_the_collapse():
    x, start = lonely()
    *_, last = gmm.fit(Config(2, floor=1e-3), x, Key(0), start=start)
    assert last.state.covariances[1, 0, 0] == pytest.approx(1e-3, rel=1e-6)


def far_off():
    return GMM(np.array([0.5, 0.5]), np.array([[0.0], [1e4]]), np.ones((2, 1, 1)))


def test_an_empty_component_with_a_floor_leaves_a_sound_mixture():
    x = clusters(50, 1)
    for model in models(gmm.fit(Config(2, floor=1e-3), x, Key(0), start=far_off())):
        assert model.weights[1] < 1e-12
        assert model.means[0] == pytest.approx(x.mean(axis=0))


def test_an_empty_component_without_a_floor_collapses():
    with pytest.raises(Collapse) as collapse:
        list(gmm.fit(Config(2, floor=0.0), clusters(50, 1), Key(0), start=far_off()))
    assert (collapse.value.component, collapse.value.iteration) == (1, 1)


# Corners of the Config


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("d", [1, 2])
def test_one_component_is_the_sample_mean_and_covariance(kind, d):
    x = clusters(60, d)
    scatter = np.atleast_2d(np.cov(x.T, bias=True))
    model = models(gmm.fit(Config(1, kind, floor=0.0), x, Key(0)))[0]
    assert model.means[0] == pytest.approx(x.mean(axis=0), abs=1e-12)
    assert model.covariances == pytest.approx(em.constrain(scatter[None], np.ones(1), kind), abs=1e-11)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("k", [1, 2, 12])
def test_every_kind_and_start_fits_as_many_components_as_points(k, kind, start):
    x = clusters(max(2, k), 2)
    steps = list(gmm.fit(Config(k, kind, start, floor=1e-2, iterations=5), x, Key(0)))
    assert np.isfinite(steps[-1].metrics["log_likelihood"])


@pytest.mark.parametrize(
    "x", [np.zeros((1, 1)), np.zeros((2, 2)), np.arange(8.0).reshape(4, 2)], ids=["1 point", "2 points", "4 points"]
)
def test_too_few_points_are_refused_by_a_sentence(x):
    with pytest.raises(ValueError, match=r"^\d points? .*too few for 5 components.*\.$"):
        gmm.initial(Config(5), x, Key(0))


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, 1e9 / 7], ids=str)
def test_a_constant_column_is_refused_by_a_sentence(value):
    x = np.column_stack([np.arange(30.0), np.full(30, value)])
    with pytest.raises(ValueError, match=r"^Column 2 is constant.*\.$"):
        gmm.initial(Config(2), x, Key(0))


@pytest.mark.parametrize(
    "parameters",
    [
        ([0.5, 0.6], [[0.0], [1.0]], [[[1.0]], [[1.0]]]),
        ([-0.5, 1.5], [[0.0], [1.0]], [[[1.0]], [[1.0]]]),
        ([0.5, 0.5], [[0.0], [np.nan]], [[[1.0]], [[1.0]]]),
        ([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[np.inf]]]),
    ],
    ids=["sum", "negative", "nan", "inf"],
)
def test_a_mixture_that_is_none_is_refused(parameters):
    with pytest.raises(ValueError, match="The mixture's"):
        GMM(*(np.array(p) for p in parameters))


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize(("k", "d"), [(1, 1), (3, 1), (4, 2), (2, 3)])
def test_parameter_count_is_scikit_learns(kind, k, d):
    x = clusters(40, d)
    start = random_start(x, k, kind)
    assert gmm.parameter_count(Config(k, kind), d) == sklearn_fit(x, start, kind, 1e-3, 1)._n_parameters()


# Starts


def test_random_points_are_distinct_rows():
    x = clusters(12, 2)
    means = gmm.initial(Config(12, start="random points"), x, Key(0)).means
    assert sorted(map(tuple, means)) == sorted(map(tuple, x))


def test_k_means_plus_plus_takes_every_distinct_point_before_any_twice():
    x = np.repeat(np.array([[0.0, 0.0], [5.0, 1.0], [9.0, 9.0]]), [50, 3, 1], axis=0)
    means = gmm.initial(Config(3, start="k-means++"), x, Key(0)).means
    assert sorted(map(tuple, means)) == [(0.0, 0.0), (5.0, 1.0), (9.0, 9.0)]


def test_k_means_plus_plus_draws_by_squared_distance():
    x = np.array([[0.0], [1.0], [3.0]])
    draws = [tuple(gmm.initial(Config(2), x, Key(i)).means[:, 0]) for i in range(3000)]
    after_zero = [second for first, second in draws if first == 0.0]
    counts = [after_zero.count(1.0), after_zero.count(3.0)]
    assert stats.binomtest(counts[1], sum(counts), 0.9).pvalue > 0.001


def test_quantiles_are_the_means_of_equal_parts():
    x = clusters(90, 1)
    means = gmm.initial(Config(3, start="quantiles"), x, Key(0)).means[:, 0]
    assert np.sort(means) == pytest.approx(np.sort(x[:, 0]).reshape(3, 30).mean(axis=1), abs=1e-12)


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("start", STARTS)
def test_a_start_does_not_depend_on_the_units_of_the_points(start, kind):
    x, shift, scale = clusters(60, 2), np.array([3.0, -9.0]), np.array([0.25, 0.25])
    config = Config(4, kind, start, floor=0.0)
    moved = gmm.initial(config, x * scale + shift, Key(1))
    assert largest_difference(gmm.initial(config, x, Key(1)).rescaled(shift, scale), moved) < 1e-12


# A process: snapshots, keys, resuming


def same(a, b):
    """Whether two Steps are equal to the last bit."""
    return (
        (a.index, a.phase, dict(a.metrics)) == (b.index, b.phase, dict(b.metrics))
        and largest_difference(a.state, b.state) == 0
        and a.arrays.keys() == b.arrays.keys()
        and all(np.array_equal(a.arrays[name], b.arrays[name]) for name in a.arrays)
    )


RESUMED = {"full": Config(3, "full", tolerance=1e-3), "tied": Config(3, "tied", tolerance=0.0, iterations=8)}


@pytest.mark.parametrize("config", RESUMED.values(), ids=RESUMED)
def test_resuming_from_any_step_equals_never_having_stopped(config):
    x = clusters(150, 2)
    steps = list(gmm.fit(config, x, Key(0)))
    for i, step in enumerate(steps):
        rest = list(gmm.fit(config, x, Key(99), start=step))
        assert len(rest) == len(steps) - i - 1, i
        assert all(same(a, b) for a, b in zip(rest, steps[i + 1 :], strict=True)), i


def test_resuming_just_before_a_collapse_collapses_alike():
    x, start = lonely()
    config = Config(2, floor=0.0, tolerance=0.0)
    last = until_collapse(gmm.fit(config, x, Key(0), start=start))[-1]
    with pytest.raises(Collapse) as collapse:
        list(gmm.fit(config, x, Key(0), start=last))
    assert (collapse.value.component, collapse.value.iteration) == (1, (last.index + 1) // 2)


def test_the_start_is_the_first_step():
    x = clusters(50, 2)
    start = random_start(x, 3, "full")
    assert next(gmm.fit(Config(3), x, Key(0), start=start)).state is start


def test_the_same_key_gives_the_same_fit():
    x, config = clusters(80, 2), Config(3, iterations=6)
    for a, b in zip(gmm.fit(config, x, Key(5)), gmm.fit(config, x, Key(5)), strict=True):
        assert same(a, b), a.index


def test_another_key_gives_another_fit():
    x = clusters(80, 2)
    a, b = (next(gmm.fit(Config(3), x, Key(seed))).state for seed in (5, 6))
    assert largest_difference(a, b) > 0


def test_steps_do_not_change_when_the_fit_goes_on():
    def parameters(step):
        return [step.state.weights, step.state.means, step.state.covariances, *step.arrays.values()]

    fit = gmm.fit(Config(3, iterations=6), clusters(80, 2), Key(0))
    recorded = [(step, [array.copy() for array in parameters(step)]) for step in fit]
    for step, copies in recorded:
        assert all(map(np.array_equal, parameters(step), copies)), step.index


def test_a_recorded_fit_holds_distinct_steps_and_models():
    steps = list(gmm.fit(Config(3, iterations=6, tolerance=0.0), clusters(80, 2), Key(0)))
    assert len({id(step) for step in steps}) == len(steps)
    assert len({step.state.means.tobytes() for step in steps}) == 7


@pytest.mark.parametrize("name", ["weights", "means", "covariances"])
def test_parameters_are_read_only(name):
    model = next(gmm.fit(Config(3), clusters(80, 2), Key(0))).state
    with pytest.raises(ValueError, match="read-only"):
        getattr(model, name)[...] = 0


def test_responsibilities_of_a_step_are_read_only():
    step = list(gmm.fit(Config(3, iterations=1), clusters(80, 2), Key(0)))[1]
    with pytest.raises(ValueError, match="read-only"):
        step.arrays["responsibilities"][...] = 0


def test_a_mixture_does_not_follow_the_arrays_it_was_made_from():
    means = np.zeros((1, 1))
    model = GMM(np.ones(1), means, np.ones((1, 1, 1)))
    means[0] = 5
    assert model.means[0, 0] == 0


def test_a_fit_does_not_write_to_the_points():
    x = clusters(80, 2)
    x.flags.writeable = False
    assert len(list(gmm.fit(Config(3, iterations=3), x, Key(0)))) > 3


def test_resuming_takes_a_step_and_not_its_history():
    x = clusters(80, 2)
    step = list(gmm.fit(Config(3, iterations=3, tolerance=0.0), x, Key(0)))[4]
    bare = Step(step.index, step.state, step.phase, {"gain": step.metrics["gain"]})
    rest = gmm.fit(Config(3, iterations=3, tolerance=0.0), x, Key(0), start=bare)
    assert [s.index for s in rest] == [5, 6, 7]


@pytest.mark.parametrize("kind", COVARIANCES)
def test_a_start_of_another_kind_is_brought_to_the_kind_asked_for(kind):
    """A fork may change the kind: the start is then shaped, and the log-likelihood climbs from there."""
    x = np.random.default_rng(5).normal(size=(200, 2)) @ np.array([[2.0, 0.7], [0.0, 0.5]])
    full = list(gmm.fit(Config(3, floor=0.0), x, Key(0)))[-1].state
    steps = list(gmm.fit(Config(3, kind, floor=0.0, tolerance=0.0, iterations=20), x, Key(0), start=full))
    gains = np.diff([step.metrics["log_likelihood"] for step in steps])
    assert gains.min() > -1e-12
    np.testing.assert_allclose(
        steps[0].state.covariances, em.constrain(full.covariances, full.weights, kind), rtol=1e-12
    )
