"""Each toy's log-density against an independent computation: brute-force integrals, library densities, root scans."""

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from core.data.sets import toys_1d, toys_2d
from core.data.sets.curves import SwissRoll, TwoMoons, TwoSpirals
from core.data.sets.pinwheel import Pinwheel
from core.key import Key

KEY = Key(11)


def around_the_data(truth, n: int = 150) -> np.ndarray:
    """Draws, half of them pushed off the data by up to a few tenths, kept where log p is within ln 1e-12 of the top."""
    x = truth.sample(n, KEY / "x")
    x[::2] += (KEY / "push").generator().uniform(-0.7, 0.7, x[::2].shape)
    log_p = truth.log_prob(x)
    return x[log_p > log_p.max() + np.log(1e-12)]


def simpson(values: np.ndarray, t: np.ndarray) -> np.ndarray:
    return integrate.simpson(values, x=t, axis=-1)


def blurred(x: np.ndarray, curve: np.ndarray, sigma: float) -> np.ndarray:
    """N(x | c(t), sigma^2 I) for every x (rows) and node t (columns)."""
    return stats.norm.pdf(x[:, :1], curve[:, 0], sigma) * stats.norm.pdf(x[:, 1:], curve[:, 1], sigma)


def test_two_moons_against_brute_force():
    x, t = around_the_data(TwoMoons()), np.linspace(0, np.pi, 6001)
    upper = 2 * np.stack([np.cos(t), np.sin(t)], axis=1) - (1, 0.2)
    lower = 2 * np.stack([1 - np.cos(t), 1 - np.sin(t) - 0.5], axis=1) - (1, 0.2)
    p = simpson(blurred(x, upper, 0.2) + blurred(x, lower, 0.2), t) / (2 * np.pi)
    np.testing.assert_allclose(TwoMoons().log_prob(x), np.log(p), rtol=0, atol=1e-9)


def test_swiss_roll_against_brute_force():
    x, t = around_the_data(SwissRoll()), np.linspace(1.5 * np.pi, 4.5 * np.pi, 12001)
    p = simpson(blurred(x, np.stack([t * np.cos(t), t * np.sin(t)], axis=1) / 5, 0.2), t) / (3 * np.pi)
    np.testing.assert_allclose(SwissRoll().log_prob(x), np.log(p), rtol=0, atol=1e-9)


def test_two_spirals_against_brute_force():
    """Here the square is integrated by 24 Gauss-Legendre nodes a side, not by normal distribution functions."""
    x, t = around_the_data(TwoSpirals(), 60), np.linspace(0, 3 * np.pi, 12001)
    nodes, weights = np.polynomial.legendre.leggauss(24)
    u = (1 + nodes) / 4
    p = np.zeros(len(x))
    for sign in (1, -1):
        sides = 1.0
        for axis, centre in ((0, -t * np.cos(t)), (1, t * np.sin(t))):
            density = [stats.norm.pdf(x[:, axis : axis + 1], sign * (centre + v) / 3, 0.1) for v in u]
            sides = sides * np.einsum("i,int->nt", weights / 2, np.array(density))
        p += simpson(sides * 2 * t / (3 * np.pi) ** 2, t) / 2
    np.testing.assert_allclose(TwoSpirals().log_prob(x), np.log(p), rtol=0, atol=1e-9)


def test_two_spirals_far_tail_is_smooth_where_the_product_underflows():
    """Along a ray ln p is close to a parabola: its second differences keep sign and size across the underflow."""
    ray = np.linspace(5, 12, 400)[:, None] * np.array([0.6, 0.8])
    bend = np.diff(TwoSpirals().log_prob(ray), 2) / (7 / 399) ** 2
    np.testing.assert_allclose(bend, -100, atol=15)


@pytest.mark.parametrize("rings", [toys_2d.Rings((0.75, 1.5, 2.25, 3.0), 0.08), toys_2d.Rings((1.5, 3.0), 0.24)])
def test_rings_against_brute_force(rings):
    """The mean over the angle of a periodic function by equal spacing converges exponentially."""
    x, t = around_the_data(rings), np.arange(2000) * np.pi / 1000
    circle = np.stack([np.cos(t), np.sin(t)], axis=1)
    p = np.mean([blurred(x, r * circle, rings.sigma).mean(axis=1) for r in rings.radii], axis=0)
    np.testing.assert_allclose(rings.log_prob(x), np.log(p), rtol=0, atol=1e-9)


def pinwheel_by_scanning(x: np.ndarray) -> float:
    """p(x) from the forward map alone: scan the circle |f| = |x| / 2 for the points of each blade that land on x."""
    r, phi = np.hypot(*x) / 2, np.arctan2(x[1], x[0])
    psi, p = np.linspace(-np.pi, np.pi, 20_001), 0.0

    def miss(angle, blade):
        """Half the angle between where the source lands and x, as a sine: zero also on the opposite side."""
        return np.sin((angle - 2 * np.pi * blade / 5 - np.exp(r * np.cos(angle)) / 4 - phi) / 2)

    for blade in range(5):
        value = miss(psi, blade)
        for i in np.flatnonzero(value[:-1] * value[1:] < 0):
            root = optimize.brentq(miss, psi[i], psi[i + 1], args=(blade,), xtol=1e-15)
            f1, f2 = r * np.cos(root), r * np.sin(root)
            p += stats.norm.pdf(f1, 1, 0.3) * stats.norm.pdf(f2, 0, 0.1) / (20 * abs(1 + np.exp(f1) * f2 / 4))
    return p


def forward(f: np.ndarray) -> np.ndarray:
    """Where the first blade's sources f land, by rotation matrices."""
    turn = np.exp(f[:, 0]) / 4
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return 2 * np.einsum("abn,nb->na", matrix, f)


def test_pinwheel_against_a_scan_of_the_forward_map():
    """At draws, at points all over the square, and at images of sources from the turned-over side of the folds."""
    truth, rng = Pinwheel(), (KEY / "folded").generator()
    f = np.stack([rng.uniform(2.1, 2.7, 400), rng.uniform(-0.6, -0.2, 400)], axis=1)
    folded = forward(f[1 + np.exp(f[:, 0]) * f[:, 1] / 4 < -0.05])[:40]
    x = np.concatenate([around_the_data(truth, 60), rng.uniform(-4, 4, (60, 2)), folded])
    expected = np.log([pinwheel_by_scanning(v) for v in x])
    kept = expected > np.log(1e-13)
    assert kept[-len(folded) :].sum() >= 10
    np.testing.assert_allclose(truth.log_prob(x)[kept], expected[kept], rtol=0, atol=1e-9)


def test_pinwheel_mean_over_the_angle_continues_the_exact_density():
    """On |x| = 15.9 the density itself, averaged over the angle, is what Laplace's method gives, to a hundredth."""
    truth, angle = Pinwheel(), np.linspace(0, 2 * np.pi / 5, 4001)[:-1]
    log_p = truth.log_prob(15.9 * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    mean = log_p.max() + np.log(np.exp(log_p - log_p.max()).mean())
    assert abs(mean - truth._log_mean(np.array([15.9 / 2]))[0]) < 0.02


def test_checkerboard_squares():
    """Density 1/32 exactly on the eight squares given by hand, 0 elsewhere."""
    x = np.array([[-3, -3], [-3, 1], [-1, -1], [-1, 3], [1, -3], [1, 1], [3, -1], [3, 3]], dtype=float)
    truth = toys_2d.Checkerboard()
    assert np.array_equal(truth.log_prob(x), np.full(8, -np.log(32)))
    assert np.array_equal(truth.log_prob(x[:, ::-1] * (1, -1)), np.full(8, -np.inf))
    assert np.array_equal(truth.log_prob(np.array([[5.0, 5.0], [-5.0, 1.0]])), np.full(2, -np.inf))
    draws, label = truth.sample_labelled(1000, KEY)
    assert np.array_equal(2 * np.floor(draws / 2) + 1, x[label])


def test_banana_is_a_sheared_gaussian():
    x = around_the_data(toys_2d.Banana())
    expected = stats.norm.logpdf(x[:, 0]) + stats.norm.logpdf(x[:, 1], x[:, 0] ** 2 - 1, 0.5)
    np.testing.assert_allclose(toys_2d.Banana().log_prob(x), expected, atol=1e-12)


def test_eight_gaussians_against_the_sum():
    truth = toys_2d.eight_gaussians()
    x, angle = around_the_data(truth), np.arange(8) * np.pi / 4
    centres = 4 / 1.414 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    np.testing.assert_allclose(truth.log_prob(x), np.log(blurred(x, centres, 0.5 / 1.414).mean(axis=1)), atol=1e-10)


def test_line_toys_against_scipy():
    x = np.linspace(-9, 9, 181)[:, None]
    v = x[:, 0]
    gap = np.log(stats.uniform.pdf(v, -2, 1.5) / 2 + stats.uniform.pdf(v, 0.5, 1.5) / 2 + 1e-300)
    pairs = [
        (toys_1d.normal(), stats.norm.logpdf(v)),
        (toys_1d.bimodal(), np.log(stats.norm.pdf(v, -3, 0.5) / 2 + stats.norm.pdf(v, 2, 1) / 2)),
        (toys_1d.demonstration(), np.log(stats.norm.pdf(v, -2) / 2 + stats.norm.pdf(v, 2) / 2)),
        (toys_1d.StudentT(), stats.t.logpdf(v, 3)),
        (toys_1d.UniformGap(), np.where(gap < -600, -np.inf, gap)),
    ]
    for truth, expected in pairs:
        np.testing.assert_allclose(truth.log_prob(x), expected, atol=1e-9)
    near = v > -2.5  # farther left scipy's own skew-normal has lost its digits
    np.testing.assert_allclose(
        toys_1d.SkewNormal().log_prob(x)[near], stats.skewnorm.logpdf(v[near], 6, -1.5, 2), atol=1e-8
    )


def test_line_entropies_against_scipy():
    assert abs(toys_1d.StudentT().entropy - stats.t(3).entropy()) < 1e-12
    assert abs(toys_1d.SkewNormal().entropy - stats.skewnorm(6, -1.5, 2).entropy()) < 1e-8
    assert abs(toys_1d.SkewNormal(0.0, 1.0, 0.0).entropy - toys_1d.NORMAL_ENTROPY) < 1e-12
