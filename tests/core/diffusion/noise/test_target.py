"""The four targets say the same, and the weightings weigh what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.noise.schedule import NAMES, Schedule
from core.diffusion.noise.target import NAMES as TARGETS
from core.diffusion.noise.target import WEIGHTINGS, convert, determinant, guess, mix, parts, told, weight
from core.key import Key


def drawn(schedule, t, n=7, d=3):
    g = (Key(0) / "drawn").generator()
    x0, eps = g.normal(size=(2, n, d))
    return x0, eps, schedule.alpha(t) * x0 + schedule.sigma(t) * eps


@given(st.sampled_from(NAMES), st.sampled_from(TARGETS), st.sampled_from(TARGETS), st.floats(0.05, 0.95))
def test_conversions_round_trip(name, given_, wanted, t):
    schedule = Schedule(name)
    x0, eps, x = drawn(schedule, t)
    value = told(given_, x0, eps, schedule, t)
    there = convert(given_, wanted, value, x, schedule, t)
    scale = np.hypot(*mix(wanted, schedule, t))
    slack = 1e-9 * scale * np.hypot(*np.abs([schedule.alpha(t), schedule.sigma(t)])) / min(schedule.sigma(t), 1)
    np.testing.assert_allclose(there, told(wanted, x0, eps, schedule, t), atol=slack)
    np.testing.assert_allclose(convert(wanted, given_, there, x, schedule, t), value, rtol=1e-6, atol=1e-6)


def test_v_is_a_quarter_turn_and_velocity_the_derivative():
    x0, eps, _ = drawn(Schedule(), 0.3)
    flow = Schedule("flow")
    np.testing.assert_allclose(told("velocity", x0, eps, flow, 0.3), eps - x0)
    cosine = Schedule("cosine")
    a, s = cosine.alpha(0.3), cosine.sigma(0.3)
    np.testing.assert_allclose(told("v", x0, eps, cosine, 0.3), a * eps - s * x0)
    h = 1e-6
    there, here = (cosine.alpha(t) * x0 + cosine.sigma(t) * eps for t in (0.3 + h, 0.3 - h))
    np.testing.assert_allclose(told("velocity", x0, eps, cosine, 0.3), (there - here) / (2 * h), rtol=1e-5, atol=1e-7)


def test_v_is_minus_the_target_of_edms_network():
    schedule, t = Schedule("EDM"), 0.4
    x0, eps, x = drawn(schedule, t)
    sigma = schedule.sigma(t)
    network = (x0 - x / (1 + sigma**2)) * np.sqrt(1 + sigma**2) / sigma
    np.testing.assert_allclose(told("v", x0, eps, schedule, t), -network, rtol=1e-9)


@pytest.mark.parametrize("weighting", ["eps", "v", "x0"])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", NAMES)
def test_a_weighting_makes_the_loss_that_targets_squared_error(name, target, weighting):
    schedule, t = Schedule(name), 0.35
    x0, eps, x = drawn(schedule, t)
    right = told(target, x0, eps, schedule, t)
    wrong = right + (Key(1) / "wrong").generator().normal(size=right.shape)
    difference = convert(target, weighting, wrong, x, schedule, t) - convert(target, weighting, right, x, schedule, t)
    factor = weight(weighting, target, schedule, t)
    np.testing.assert_allclose(factor * (wrong - right) ** 2, difference**2, rtol=1e-6)


@pytest.mark.parametrize("target", TARGETS)
def test_min_snr_and_likelihood_weigh_eps_as_published(target):
    schedule, t = Schedule("cosine"), np.linspace(0.02, 0.95, 50)
    noise = weight("eps", target, schedule, t)
    snr = np.exp(schedule.log_snr(t))
    np.testing.assert_allclose(weight("min-SNR", target, schedule, t), noise * np.minimum(1, 5 / snr), rtol=1e-9)
    np.testing.assert_allclose(
        weight("likelihood", target, schedule, t), -0.5 * schedule.log_snr_slope(t) * noise, rtol=1e-12
    )
    assert set(WEIGHTINGS) == {"plain", "eps", "v", "x0", "min-SNR", "likelihood"}


def test_where_a_target_tells_nothing_it_says_so():
    schedule = Schedule("flow")
    x = np.zeros((2, 1))
    assert determinant("eps", schedule, 1.0) == 0
    with pytest.raises(ValueError, match="does not determine"):
        parts("eps", x, x, schedule, 1.0)
    for call in (lambda: mix("z", schedule, 0.5), lambda: weight("z", "eps", schedule, 0.5)):
        with pytest.raises(ValueError, match="There is no"):
            call()


class Fixed:
    """A denoiser that always says the same."""

    schedule = Schedule("cosine")

    def denoise(self, x, t):
        return np.full_like(x, 0.5)


def test_a_guess_is_one_answer_in_four_forms():
    x = (Key(2) / "x").generator().normal(size=(5, 2))
    found = guess(Fixed(), x, 0.4)
    alpha, sigma, faded, grown = Fixed.schedule.curves(0.4)
    np.testing.assert_allclose(alpha * found.x0 + sigma * found.eps, x)
    np.testing.assert_allclose(found.score, -found.eps / sigma)
    np.testing.assert_allclose(found.velocity, faded * found.x0 + grown * found.eps)
    still = guess(Fixed(), x, 0.0)
    np.testing.assert_array_equal(still.x0, x)
    assert not still.score.any()
