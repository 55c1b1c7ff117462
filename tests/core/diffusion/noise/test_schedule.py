"""Schedules: signal falls, noise grows, derivatives are those of the curves, grids begin and end where they should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.noise.prior import mismatch
from core.diffusion.noise.schedule import FORMS, NAMES, SPACINGS, Schedule
from core.diffusion.truth.exact import ExactMixture
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Halt

EVERY = pytest.mark.parametrize("name", NAMES)
PRESERVING = ("linear", "cosine", "sigmoid")
T = np.linspace(0, 1, 513)


@st.composite
def schedules(draw):
    name = draw(st.sampled_from(NAMES))
    form = FORMS[name]
    return Schedule(name, draw(st.floats(*form.lows)), draw(st.floats(*form.highs)))


@given(schedules())
def test_signal_to_noise_falls_strictly(schedule):
    falls = np.diff(schedule.log_snr(T))
    assert (falls[np.isfinite(falls)] < 0).all()
    assert (np.diff(schedule.angle(T)) > 0).all()
    assert (schedule.log_snr_slope(T) < 0).all()


@given(schedules())
def test_variance_is_kept_or_the_signal_is(schedule):
    alpha, sigma = schedule.alpha(T), schedule.sigma(T)
    if schedule.name in PRESERVING:
        np.testing.assert_allclose(alpha**2 + sigma**2, 1, rtol=1e-12)
    elif schedule.name == "flow":
        np.testing.assert_allclose(np.diff(alpha, 2), 0, atol=1e-12)
        np.testing.assert_allclose(np.diff(sigma, 2), 0, atol=1e-12)
    else:
        assert (alpha == 1).all()
    assert alpha[0] == pytest.approx(1, abs=0.02)
    assert (alpha >= 0).all()
    assert (sigma >= 0).all()


@given(schedules(), st.floats(0.02, 0.98))
def test_derivatives_are_those_of_the_curves(schedule, t):
    h = 1e-6
    _, _, faded, grown = schedule.curves(t)
    assert faded == pytest.approx((schedule.alpha(t + h) - schedule.alpha(t - h)) / (2 * h), rel=1e-5, abs=1e-7)
    assert grown == pytest.approx((schedule.sigma(t + h) - schedule.sigma(t - h)) / (2 * h), rel=1e-5, abs=1e-7)
    slope = (schedule.log_snr(t + h) - schedule.log_snr(t - h)) / (2 * h)
    assert schedule.log_snr_slope(t) == pytest.approx(slope, rel=1e-5)


@given(schedules(), st.floats(-20, 20))
def test_the_time_of_a_log_snr_is_found_again(schedule, value):
    t = schedule.at_log_snr(value)
    low, high = schedule.log_snr(1.0), schedule.log_snr(0.0)
    assert schedule.log_snr(t) == pytest.approx(np.clip(value, low, high), abs=1e-6)


@given(schedules(), st.integers(1, 60), st.sampled_from(SPACINGS), st.sampled_from([0.0, 0.01, 0.3]))
def test_grids_fall_from_one_to_the_end(schedule, n, spacing, end):
    grid = schedule.grid(n, spacing, end)
    assert grid.shape == (n + 1,)
    assert grid[0] == 1
    assert grid[-1] == pytest.approx(end)
    assert (np.diff(grid) < 0).all()


def test_a_grid_even_in_log_snr_is_even_in_it():
    schedule = Schedule("EDM")
    np.testing.assert_allclose(np.diff(schedule.log_snr(schedule.grid(20, "log-snr")), 2), 0, atol=1e-6)


def test_linear_is_the_limit_of_ddpms_product_of_betas():
    betas = np.linspace(0.1, 20, 100_000) / 100_000
    assert Schedule("linear").alpha(1.0) ** 2 == pytest.approx(np.prod(1 - betas), rel=5e-3)


def test_edm_ends_and_curvature_are_those_of_the_paper():
    sigmas = Schedule("EDM").sigma(np.array([0, 0.5, 1.0]))
    np.testing.assert_allclose(sigmas, [0.002, ((0.002 ** (1 / 7) + 80 ** (1 / 7)) / 2) ** 7, 80.0])


@pytest.mark.parametrize("bad", [{"name": "square"}, {"name": "flow", "high": 2.0}, {"name": "linear", "low": -1.0}])
def test_a_schedule_that_cannot_be_is_refused(bad):
    with pytest.raises(ValueError, match=r"schedule"):
        Schedule(**bad)


@pytest.mark.parametrize("bad", [(0, "time", 0.0), (3, "time", 1.0), (3, "even", 0.0)])
def test_a_grid_that_cannot_be_is_refused(bad):
    with pytest.raises(ValueError, match="grid"):
        Schedule().grid(*bad)


# The prior's mismatch


def gaussian(mean, covariance):
    return GMM(np.ones(1), np.atleast_2d(mean), np.array([covariance]))


@EVERY
def test_mismatch_of_a_gaussian_is_the_closed_form(name):
    schedule = Schedule(name)
    mean, covariance = np.array([0.5, -1.0]), np.array([[1.3, 0.4], [0.4, 0.6]])
    noised = ExactMixture(gaussian(mean, covariance), schedule).noised(1.0)
    s2 = schedule.prior_scale**2
    c, m = noised.covariances[0], noised.means[0]
    kl = 0.5 * (np.trace(c) / s2 + m @ m / s2 - 2 - np.log(np.linalg.det(c)) + 2 * np.log(s2))
    assert mismatch(schedule, gaussian(mean, covariance)) == pytest.approx(kl / 2, abs=1e-12)


def test_a_mixture_of_one_gaussian_twice_has_the_mismatch_of_one():
    schedule = Schedule("cosine", high=0.6)
    one = gaussian([0.3, 0.2], np.diag([0.5, 2.0]))
    twice = GMM(np.array([0.3, 0.7]), np.repeat(one.means, 2, 0), np.repeat(one.covariances, 2, 0))
    assert mismatch(schedule, twice) == pytest.approx(mismatch(schedule, one), abs=1e-10)


@pytest.mark.parametrize("d", [1, 2])
def test_points_have_the_mismatch_of_the_mixture_of_their_noises(d):
    schedule = Schedule("linear", high=2.0)
    points = (Key(1) / "p").generator().normal(size=(6, d))
    tiny = GMM(np.full(6, 1 / 6), points, np.broadcast_to(1e-12 * np.eye(d), (6, d, d)))
    assert mismatch(schedule, points) == pytest.approx(mismatch(schedule, tiny), rel=1e-4)


def test_mismatch_agrees_with_draws():
    schedule = Schedule("linear", high=3.0)
    data = GMM(np.array([0.4, 0.6]), np.array([[-1.0], [0.8]]), np.array([[[0.1]], [[0.2]]]))
    noised = ExactMixture(data, schedule).noised(1.0)
    x = noised.sample(200_000, Key(2))
    terms = noised.log_prob(x) + 0.5 * x[:, 0] ** 2 + 0.5 * np.log(2 * np.pi)
    assert mismatch(schedule, data) == pytest.approx(terms.mean(), abs=4 * terms.std() / np.sqrt(len(x)))


def test_more_noise_at_the_end_means_less_mismatch():
    points = (Key(3) / "p").generator().normal(size=(200, 2)) * [1.2, 0.7]
    found = [mismatch(Schedule("linear", high=high), points) for high in (2.0, 5.0, 10.0, 20.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 1e-3
    assert found[-1] < 1e-6


def test_what_cannot_be_worked_out_is_refused():
    with pytest.raises(Halt, match="one or two"):
        mismatch(Schedule(), np.zeros((5, 3)))
    with pytest.raises(Halt, match="Hardly any noise"):
        mismatch(Schedule("cosine", high=0.3), np.array([[0.0], [1e4]]))
