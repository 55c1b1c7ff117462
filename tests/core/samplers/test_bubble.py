"""The soap bubble's laws: published values, draws, and other routes to the same number."""

import numpy as np
import pytest
from scipy import integrate, stats

from core.samplers import bubble


@pytest.mark.parametrize(
    ("d", "mean"), [(1, 0.798), (2, 1.253), (10, 3.084), (100, 9.975), (1024, 31.992), (3072, 55.421)]
)
def test_the_mean_radius(d, mean):
    assert bubble.mean_radius(d) == pytest.approx(mean, abs=6e-4)


@pytest.mark.parametrize("d", [1, 2, 10, 999, 1000, 1001, 10_000])
def test_moments_are_those_of_the_chi_law(d):
    low, high = max(np.sqrt(d) - 12, 0), np.sqrt(d) + 12

    def moment(power, centre=0.0):
        return integrate.quad(lambda r: (r - centre) ** power * stats.chi.pdf(r, d), low, high, epsabs=1e-12)[0]

    assert bubble.mean_radius(d) == pytest.approx(moment(1), rel=1e-9)
    assert bubble.radius_deviation(d) == pytest.approx(np.sqrt(moment(2, bubble.mean_radius(d))), rel=1e-7)


def test_the_shell():
    np.testing.assert_allclose(bubble.shell(3072, 0.9), (54.26, 56.59), atol=0.01)
    r = np.linalg.norm(np.random.default_rng(1).standard_normal((4000, 500)), axis=1)
    low, high = bubble.shell(500, 0.99)
    assert ((r > low) & (r < high)).mean() == pytest.approx(0.99, abs=0.007)


def test_the_mass_near_the_peak():
    for d, mass in ((10, 1.7e-4), (100, 1.8e-80)):
        assert np.exp(bubble.log_mass_within(1.0, d)) == pytest.approx(mass, rel=0.03)
    for d in (1, 2, 7, 300):
        r = 0.9 * np.sqrt(d)
        assert bubble.log_mass_within(r, d) == pytest.approx(stats.chi.logcdf(r, d), abs=1e-9)
    assert np.isfinite(bubble.log_mass_within(1.0, 10_000))
    with pytest.raises(ValueError, match="within the shell"):
        bubble.log_mass_within(20.0, 3)


def test_ball_and_cube():
    for d, share in ((1, 1.0), (2, np.pi / 4), (3, np.pi / 6)):
        assert np.exp(bubble.log_ball_in_cube(d)) == pytest.approx(share)
    assert bubble.log_ball_in_cube(10_000) < -30_000


def test_two_draws_are_nearly_at_right_angles():
    assert bubble.angle_within(0.3, 2) == pytest.approx(0.3 / (np.pi / 2))  # in the plane every angle is as likely
    assert bubble.angle_within(0.3, 3) == pytest.approx(np.sin(0.3))  # Archimedes
    x, y = np.random.default_rng(2).standard_normal((2, 4000, 50))
    cosine = (x * y).sum(axis=1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)
    assert (np.abs(np.arcsin(cosine)) < 0.2).mean() == pytest.approx(bubble.angle_within(0.2, 50), abs=0.03)
