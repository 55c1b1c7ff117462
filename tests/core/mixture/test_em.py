"""The batched arithmetic of EM against direct densities, brute-force moments and itself done in other pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logsumexp

from core.key import Key
from core.mixture import em
from core.mixture.gmm import COVARIANCES

D = pytest.mark.parametrize("d", [1, 2, 3])


def mixture(d, k=3, s=(), seed=0):
    """Random weights, means and covariances with leading axes `s`."""
    g = (Key(seed) / "mixture").generator()
    a = np.eye(d) + 0.4 * g.normal(size=(*s, k, d, d))
    return g.dirichlet(np.full(k, 3.0), size=s), g.normal(0, 2, (*s, k, d)), a @ np.swapaxes(a, -1, -2)


def points(d, n=70):
    return (Key(1) / "points").generator().normal(0, 2, (n, d))


def log_joint(weights, means, covariances, x):
    """log w_k N(x_n | mu_k, S_k), (k, n), density by density."""
    return np.array(
        [
            np.log(w) + np.atleast_1d(stats.multivariate_normal(m, c).logpdf(x))
            for w, m, c in zip(weights, means, covariances, strict=True)
        ]
    )


@D
def test_coefficients_times_features_are_the_log_joints(d):
    x, theta = points(d), mixture(d)
    assert em.coefficients(*theta) @ em.features(x) == pytest.approx(log_joint(*theta, x), rel=1e-12, abs=1e-11)


@D
def test_coefficients_of_many_starts_are_those_of_each(d):
    weights, means, covariances = mixture(d, s=(4,))
    many = em.coefficients(weights, means, covariances)
    for i in range(4):
        assert many[i] == pytest.approx(em.coefficients(weights[i], means[i], covariances[i]), abs=1e-13)


def test_a_weight_of_zero_is_a_log_joint_of_minus_infinity():
    a = em.coefficients(np.array([1.0, 0.0]), np.zeros((2, 2)), np.broadcast_to(np.eye(2), (2, 2, 2)))
    assert a[1, 0] == -np.inf


@D
def test_features_are_one_the_coordinates_and_their_products(d):
    x = points(d, 5)
    products = [x[:, i] * x[:, j] for i in range(d) for j in range(i, d)]
    assert np.array_equal(em.features(x), np.array([np.ones(5), *x.T, *products]))


@given(st.integers(0, 10**6), st.integers(1, 6), st.floats(0.1, 1000))
def test_soften_is_the_soft_maximum(seed, k, scale):
    logits = scale * Key(seed).generator().normal(size=(k, 9))
    r = logits.copy()
    total = em.soften(r)
    assert total == pytest.approx(logsumexp(logits, axis=0), rel=1e-13, abs=1e-13)
    assert r == pytest.approx(np.exp(logits - logsumexp(logits, axis=0)), abs=1e-12)


def test_soften_survives_logits_beyond_the_exponents_range():
    logits = np.array([[-1e5], [-1e5]])
    assert em.soften(logits) == pytest.approx([-1e5 + np.log(2)])
    assert logits[:, 0] == pytest.approx([0.5, 0.5])


@D
@pytest.mark.parametrize("part", range(4), ids=["responsibilities", "moments", "log-likelihood", "entropy"])
def test_expect_is_the_e_step_written_out(d, part):
    x, theta = points(d), mixture(d)
    joint = log_joint(*theta, x)
    r = np.exp(joint - logsumexp(joint, axis=0))
    expected = (
        r,
        r @ em.features(x).T,
        logsumexp(joint, axis=0).mean(),
        -(r * np.log(r)).sum(axis=0).mean(),
    )[part]
    got = em.expect(em.coefficients(*theta), em.features(x))[part]
    assert got == pytest.approx(expected, abs=1e-9)


def test_a_component_of_weight_zero_gets_no_moments():
    weights, means, covariances = mixture(2)
    a = em.coefficients(np.array([0.3, 0.7, 0.0]), means, covariances)
    r, moments, log_likelihood, entropy = em.expect(a, em.features(points(2)))
    assert np.array_equal(r[2], np.zeros(70))
    assert np.array_equal(moments[2], np.zeros(6))
    assert np.isfinite([log_likelihood, entropy]).all()


@D
@pytest.mark.parametrize("part", range(2), ids=["moments", "log-likelihood"])
def test_expect_many_is_expect_of_each_start(d, part):
    phi, a = em.features(points(d)), em.coefficients(*mixture(d, s=(7,)))
    each = [em.expect(start, phi)[1 + part] for start in a]
    assert em.expect_many(a, phi)[part] == pytest.approx(np.array(each), abs=1e-10)


@pytest.mark.parametrize("block", [1, 7, 70, 210, 211, 1 << 20])
@pytest.mark.parametrize("part", range(4), ids=["responsibilities", "moments", "log-likelihood", "entropy"])
def test_expect_does_not_depend_on_the_size_of_a_block(monkeypatch, block, part):
    a, phi = em.coefficients(*mixture(2)), em.features(points(2))
    whole = em.expect(a, phi)[part]
    monkeypatch.setattr(em, "BLOCK", block)
    assert em.expect(a, phi)[part] == pytest.approx(whole, abs=1e-10)


@pytest.mark.parametrize("block", [1, 210, 420, 1000, 1 << 20])
@pytest.mark.parametrize("part", range(2), ids=["moments", "log-likelihood"])
def test_expect_many_does_not_depend_on_the_size_of_a_block(monkeypatch, block, part):
    a, phi = em.coefficients(*mixture(2, s=(7,))), em.features(points(2))
    whole = em.expect_many(a, phi)[part]
    monkeypatch.setattr(em, "BLOCK", block)
    assert em.expect_many(a, phi)[part] == pytest.approx(whole, abs=1e-10)


@given(st.integers(0, 300), st.integers(1, 400))
def test_blocks_cover_every_index_exactly_once(n, size):
    covered = [i for block in em.blocks(n, size) for i in range(n)[block]]
    assert covered == list(range(n))


@given(st.integers(0, 300), st.integers(1, 400))
def test_no_block_is_larger_than_asked(n, size):
    assert all(0 < block.stop - block.start <= size for block in em.blocks(n, size))


def brute_force(r, x, kind, floor):
    """Weighted weights, means and covariances, centred before they are squared."""
    (k, n), d = r.shape, x.shape[1]
    mass = r.sum(axis=1)
    means = (r @ x) / mass[:, None]
    scatters = np.array([((x - means[j]).T * r[j]) @ (x - means[j]) for j in range(k)])
    covariances = scatters / mass[:, None, None]
    if kind == "tied":
        covariances = np.array([scatters.sum(axis=0) / n] * k)
    if kind == "diag":
        covariances = np.array([np.diag(np.diag(c)) for c in covariances])
    if kind == "spherical":
        covariances = np.array([np.trace(c) / d * np.eye(d) for c in covariances])
    return mass / n, means, covariances + floor * np.eye(d)


@D
@pytest.mark.parametrize("floor", [0.0, 0.1])
@pytest.mark.parametrize("kind", COVARIANCES)
def test_maximise_is_the_brute_force_weighted_moments(kind, floor, d):
    x, r = points(d), Key(2).generator().dirichlet(np.ones(3), size=70).T
    got = em.maximise(r @ em.features(x).T, d, kind, floor)
    for value, expected in zip(got, brute_force(r, x, kind, floor), strict=True):
        assert value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_maximise_of_many_starts_is_that_of_each(kind):
    x, r = points(2), Key(2).generator().dirichlet(np.ones(3), size=(5, 70)).swapaxes(1, 2)
    moments = r @ em.features(x).T
    many = em.maximise(moments, 2, kind, 0.1)
    for i in range(5):
        for value, expected in zip(many, em.maximise(moments[i], 2, kind, 0.1), strict=True):
            assert value[i] == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_no_nearby_parameters_of_the_kind_have_a_higher_bound(kind):
    x, g = points(2), Key(3).generator()
    r = g.dirichlet(np.ones(3), size=70).T
    weights, means, covariances = em.maximise(r @ em.features(x).T, 2, kind, 0.0)

    def bound(w, m, c):
        return (r * log_joint(w, m, c, x)).sum()

    best = bound(weights, means, covariances)
    for _ in range(25):
        w = weights * np.exp(0.02 * g.normal(size=3))
        a = np.eye(2) + 0.02 * g.normal(size=(3, 2, 2))
        c = em.constrain(a @ covariances @ a.transpose(0, 2, 1), np.full(3, 1 / 3), kind)
        assert bound(w / w.sum(), means + 0.02 * g.normal(size=(3, 2)), c) < best


def test_an_empty_component_gets_a_finite_mean():
    moments = em.features(points(1)).sum(axis=1)[None] * np.array([[1.0], [0.0]])
    _, means, covariances = em.maximise(moments, 1, "full", 0.1)
    assert np.isfinite(means).all()
    assert covariances[1, 0, 0] == pytest.approx(0.1)


@pytest.mark.parametrize("kind", COVARIANCES)
def test_constrain_twice_is_constrain_once(kind):
    weights, _, covariances = mixture(3)
    once = em.constrain(covariances, weights, kind)
    assert em.constrain(once, weights, kind) == pytest.approx(once, abs=1e-14)


@pytest.mark.parametrize(
    ("covariance", "expected"),
    [
        (np.eye(2), False),
        (np.diag([1.0, 1e-9]), False),
        (np.diag([1.0, 1e-11]), True),
        (np.ones((2, 2)), True),
        (np.diag([1.0, -1.0]), True),
        (np.full((2, 2), np.nan), True),
        (np.diag([1.0, np.inf]), True),
    ],
    ids=["sound", "narrow", "needle", "line", "indefinite", "nan", "inf"],
)
def test_collapsed(covariance, expected):
    assert em.collapsed(np.array([np.eye(2), covariance]), 1.0).tolist() == [False, expected]


@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_what_cancellation_costs_is_what_the_module_says(offset):
    x = np.linspace(-1, 1, 50)[:, None] + offset
    centred, sigma = x - x.mean(axis=0), 1e-3
    a = em.coefficients(np.ones(1), np.array([[0.5]]), np.array([[[sigma**2]]]))
    error = np.abs((a @ em.features(centred))[0] - stats.norm.logpdf(centred[:, 0], 0.5, sigma)).max()
    assert error < 10 * 1e-16 * (2 / sigma) ** 2
