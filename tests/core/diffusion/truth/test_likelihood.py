"""The probability flow's log-likelihood: closed forms, exact marginals, finite differences, and an integral of one."""

import numpy as np
import pytest
import torch
from scipy.stats import norm

from core.diffusion import net
from core.diffusion.config import Config
from core.diffusion.fit import initial
from core.diffusion.model import Diffusion
from core.diffusion.noise.schedule import NAMES, Schedule
from core.diffusion.noise.target import NAMES as TARGETS
from core.diffusion.truth import likelihood
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import Sampler, walk
from core.key import Key
from core.mixture.gmm import GMM

EVERY = pytest.mark.parametrize("name", NAMES)
MIXTURE = GMM(
    np.array([0.3, 0.7]),
    np.array([[-1.0, 0.4], [0.9, -0.2]]),
    np.array([[[0.1, 0.03], [0.03, 0.2]], [[0.2, -0.05], [-0.05, 0.1]]]),
)


def random_model(d=2, classes=0, seed=3, **options):
    """A network whose weights are all drawn at random, its last layer's too."""
    config = Config(width=16, **{"features": 4, "detail": 1.0} | options)
    x = (Key(seed) / "x").generator().normal(size=(50, d)) * 2 + 1
    model = initial(config, x, Key(seed), classes)
    out = 0.15 * (Key(seed) / "out").generator().normal(size=model.weights["out"].shape)
    return Diffusion(config, model.shift, model.scale, classes, dict(model.weights) | {"out": out})


@EVERY
def test_a_gaussian_has_its_closed_form(name):
    """Of data N(m, s^2) the flow is linear, and its density at the first time is the marginal there."""
    mean, spread = np.array([0.3]), 0.6
    exact = ExactMixture(GMM(np.ones(1), mean[None], np.array([[[spread**2]]])), Schedule(name))
    x = np.linspace(-1.5, 2.0, 40)[:, None]
    found = likelihood.log_prob(exact, x)
    s = exact.schedule
    first, last = s.span
    # the flow maps N(alpha m, C) at one end to N(alpha m, C) at the other, and ends in the prior
    a, b = (np.sqrt(s.alpha(t) ** 2 * spread**2 + s.sigma(t) ** 2) for t in (first, last))
    arrived = (s.alpha(last) * mean + b / a * (x - s.alpha(first) * mean))[:, 0] / s.size(last)
    expected = -0.5 * arrived**2 - 0.5 * np.log(2 * np.pi) + np.log(b / a / s.size(last))
    np.testing.assert_allclose(found.log_prob, expected, atol=1e-5)
    np.testing.assert_allclose(found.ends[:, 0], arrived, atol=1e-5)


@EVERY
def test_a_mixture_has_the_density_of_its_first_marginal(name):
    exact = ExactMixture(MIXTURE, Schedule(name))
    x = MIXTURE.sample(40, Key(0))
    found = likelihood.log_prob(exact, x, 80)
    first, last = exact.schedule.span
    size = float(exact.schedule.size(last))
    prior = -0.5 * (found.ends**2).sum(1) - np.log(2 * np.pi * size**2)
    arrived = exact.log_density(size * found.ends, last)  # not quite the prior: the schedule leaves some signal
    np.testing.assert_allclose(found.log_prob - prior + arrived, exact.log_density(x, first), atol=2e-5)


def test_the_error_it_states_bounds_the_one_it_makes():
    exact = ExactMixture(MIXTURE, Schedule("cosine"))
    x = MIXTURE.sample(60, Key(1))
    truth = likelihood.log_prob(exact, x, 256).log_prob
    for steps in (16, 32):
        found = likelihood.log_prob(exact, x, steps)
        assert np.abs(found.log_prob - truth).max() <= found.error.max()
        assert found.error.max() < 0.1


def test_the_rule_is_of_fourth_order():
    exact = ExactMixture(MIXTURE, Schedule("flow"))
    x = MIXTURE.sample(40, Key(2))
    truth = likelihood.log_prob(exact, x, 256).log_prob
    counts = (16, 32, 64)
    errors = [np.sqrt(((likelihood.log_prob(exact, x, n).log_prob - truth) ** 2).mean()) for n in counts]
    assert -np.polyfit(np.log(counts), np.log(errors), 1)[0] > 3.5


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["cosine", "flow", "EDM"])
def test_the_networks_trace_is_that_of_its_jacobian(name, target):
    model, t, h = random_model(schedule=name, target=target), 0.4, 1e-5
    x = model.schedule.size(t) * (Key(5) / "x").generator().normal(size=(20, 2))
    clean, trace = model.denoise_with_trace(x, t)
    by_differences = sum(
        (model.denoise(x + h * e, t) - model.denoise(x - h * e, t))[:, i] / (2 * h) for i, e in enumerate(np.eye(2))
    )
    np.testing.assert_allclose(trace, by_differences, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(clean, model.denoise(x, t), rtol=1e-12)


def test_the_trace_is_told_the_class():
    model, t, h = random_model(classes=3), 0.4, 1e-5
    x = (Key(6) / "x").generator().normal(size=(9, 2))
    told = model.of_class(2)
    by_differences = sum(
        (told.denoise(x + h * e, t) - told.denoise(x - h * e, t))[:, i] / (2 * h) for i, e in enumerate(np.eye(2))
    )
    np.testing.assert_allclose(told.denoise_with_trace(x, t)[1], by_differences, rtol=1e-5, atol=1e-6)
    assert np.abs(told.denoise(x, t) - model.denoise(x, t)).max() > 1e-3


@pytest.mark.parametrize("name", ["cosine", "flow"])
def test_the_density_of_a_network_integrates_to_one_over_the_square(name):
    model, side, half = random_model(schedule=name), 70, 14.0
    axis = (np.arange(side) + 0.5) / side * 2 * half - half
    x = np.stack([a.ravel() for a in np.meshgrid(axis, axis)], 1) + np.array(model.shift)
    found = likelihood.log_prob_of(model, x, 32)
    assert np.exp(found.log_prob).sum() * (2 * half / side) ** 2 == pytest.approx(1, abs=2e-3)


def test_the_density_is_that_of_what_the_walk_draws():
    """In one dimension the flow keeps the order of points: its distribution function is the prior's where the path began."""
    model = random_model(d=1)
    begin = np.linspace(-2, 2, 9)[:, None]
    *_, last = walk(model, begin, Key(0), Sampler("Heun", 500))
    x = np.linspace(-14, 16, 1501)[:, None]
    p = np.exp(likelihood.log_prob_of(model, x, 48).log_prob)
    below = np.interp(model.original(last.state)[:, 0], x[:, 0], np.cumsum(p) * (x[1, 0] - x[0, 0]))
    np.testing.assert_allclose(below, norm.cdf(begin[:, 0]), atol=0.006)


def test_waves_along_the_axes_see_one_column_each_and_their_trace_is_exact():
    model = random_model(waves="along the axes", features=7)
    frequencies = model.net.frequencies
    assert (np.count_nonzero(frequencies, axis=0) == 1).all()
    assert np.count_nonzero(frequencies, axis=1).tolist() == [4, 3]
    assert 0 < frequencies.max() < 2 * model.config.detail
    x, t, h = np.random.default_rng(0).standard_normal((9, 2)), 0.4, 1e-5
    by_differences = sum(
        (model.denoise(x + h * e, t) - model.denoise(x - h * e, t))[:, i] / (2 * h) for i, e in enumerate(np.eye(2))
    )
    np.testing.assert_allclose(model.denoise_with_trace(x, t)[1], by_differences, rtol=1e-5, atol=1e-6)


def test_the_gradient_by_hand_is_that_of_automatic_differentiation():
    shape = net.Net(d=2, classes=3, width=8, layers=3, features=4, detail=1.0)
    g = (Key(7) / "g").generator()
    flat = torch.tensor(g.normal(size=shape.size) * 0.4, dtype=torch.float32, requires_grad=True)
    labels = g.integers(-1, 3, 10)
    told = torch.from_numpy(shape.told(g.normal(size=(10, 2)), g.normal(size=10), labels).astype(np.float32))
    wanted, weight = (torch.tensor(a, dtype=torch.float32) for a in (g.normal(size=(10, 2)), g.uniform(0.5, 2, 10)))
    losses = (weight[:, None] * (net.run(shape.views(flat), told) - wanted) ** 2).mean(1)
    losses.mean().backward()
    gradient = net.Gradient(shape, 10)
    with torch.inference_mode():
        by_hand = gradient.losses(shape.views(flat), told, wanted, weight)
    np.testing.assert_allclose(by_hand.numpy(), losses.detach().numpy(), rtol=1e-4)
    np.testing.assert_allclose(gradient.flat.numpy(), flat.grad.numpy(), rtol=1e-3, atol=1e-5)
