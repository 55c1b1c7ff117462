"""The exact companions against finite differences, brute force, closed forms and draws."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from core.diffusion.guidance import Guided, Tilted, one_class
from core.diffusion.noise.schedule import NAMES, Schedule
from core.diffusion.noise.target import determinant, guess, mix
from core.diffusion.truth.exact import ExactMixture, ExactPoints
from core.diffusion.truth.floor import floor
from core.evaluation import metrics
from core.key import Key
from core.mixture.gmm import GMM

EVERY = pytest.mark.parametrize("name", NAMES)
MIXTURE = GMM(
    np.array([0.2, 0.5, 0.3]),
    np.array([[-1.0, 0.5], [0.8, 0.3], [0.2, -1.2]]),
    np.array([[[0.1, 0.05], [0.05, 0.2]], [[0.3, -0.1], [-0.1, 0.1]], [[0.02, 0.0], [0.0, 0.4]]]),
)
POINTS = (Key(4) / "points").generator().normal(size=(40, 2))


def companions(name):
    schedule = Schedule(name)
    return ExactMixture(MIXTURE, schedule), ExactPoints(POINTS, schedule)


def noised(exact, t, n=50):
    """Points where the noised marginal has mass."""
    g = (Key(5) / "x").generator()
    clean = MIXTURE.sample(n, Key(6)) if isinstance(exact, ExactMixture) else POINTS[g.integers(40, size=n)]
    return exact.schedule.alpha(t) * clean + exact.schedule.sigma(t) * g.normal(size=(n, 2))


@EVERY
@pytest.mark.parametrize("t", [0.15, 0.5, 0.9])
def test_score_is_the_gradient_of_the_log_density(name, t):
    for exact in companions(name):
        x = noised(exact, t)
        h = 1e-5 * float(exact.schedule.size(t))
        gradient = [(exact.log_density(x + h * e, t) - exact.log_density(x - h * e, t)) / (2 * h) for e in np.eye(2)]
        score = exact.score(x, t)
        np.testing.assert_allclose(score, np.stack(gradient, 1), rtol=1e-4, atol=1e-5 * np.abs(score).max())


@EVERY
def test_denoiser_and_score_are_one_by_tweedie(name):
    for exact in companions(name):
        t = 0.4
        x = noised(exact, t)
        alpha, sigma = exact.schedule.alpha(t), exact.schedule.sigma(t)
        tweedie = (x + sigma**2 * exact.score(x, t)) / alpha
        np.testing.assert_allclose(exact.denoise(x, t), tweedie, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(guess(exact, x, t).score, exact.score(x, t), rtol=1e-7, atol=1e-7)


@EVERY
def test_trace_is_that_of_the_jacobian(name):
    for exact in companions(name):
        t, h = 0.5, 1e-5
        x = noised(exact, t)
        by_differences = sum(
            (exact.denoise(x + h * e, t) - exact.denoise(x - h * e, t))[:, i] / (2 * h) for i, e in enumerate(np.eye(2))
        )
        mean, trace = exact.denoise_with_trace(x, t)
        np.testing.assert_allclose(trace, by_differences, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(mean, exact.denoise(x, t))


def test_a_single_gaussian_has_the_closed_form():
    mean, covariance = np.array([0.4, -0.7]), np.array([[0.5, 0.2], [0.2, 0.3]])
    schedule = Schedule("cosine")
    exact = ExactMixture(GMM(np.ones(1), mean[None], covariance[None]), schedule)
    x = (Key(7) / "x").generator().normal(size=(20, 2))
    for t in (0.1, 0.6, 1.0):
        alpha, sigma = schedule.alpha(t), schedule.sigma(t)
        c = alpha**2 * covariance + sigma**2 * np.eye(2)
        np.testing.assert_allclose(exact.score(x, t), -(x - alpha * mean) @ np.linalg.inv(c), rtol=1e-10)
        np.testing.assert_allclose(exact.log_density(x, t), multivariate_normal(alpha * mean, c).logpdf(x), rtol=1e-10)
        best = mean + alpha * (x - alpha * mean) @ np.linalg.inv(c) @ covariance
        np.testing.assert_allclose(exact.denoise(x, t), best, rtol=1e-9)


def test_points_are_the_limit_of_narrow_gaussians():
    schedule = Schedule("EDM")
    narrow = GMM(np.full(40, 1 / 40), POINTS, np.broadcast_to(1e-14 * np.eye(2), (40, 2, 2)))
    mixture, points = ExactMixture(narrow, schedule), ExactPoints(POINTS, schedule)
    for t in (0.2, 0.5, 0.8):
        x = noised(points, t)
        np.testing.assert_allclose(points.log_density(x, t), mixture.log_density(x, t), rtol=1e-7, atol=1e-7)
        for a, b in zip(points.posterior(x, t), mixture.posterior(x, t), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


def test_without_noise_the_mixture_is_itself_and_points_have_no_density():
    mixture, points = companions("cosine")
    x = MIXTURE.sample(30, Key(0))
    np.testing.assert_allclose(mixture.log_density(x, 0.0), MIXTURE.log_prob(x), rtol=1e-10)
    np.testing.assert_allclose(mixture.denoise(x, 0.0), x, atol=1e-12)
    with pytest.raises(ValueError, match="no density"):
        points.log_density(x, 0.0)


def test_the_class_posterior_is_bayes():
    exact, _ = companions("flow")
    x = noised(exact, 0.3)
    np.testing.assert_allclose(exact.log_posterior(x, 0.3), exact.noised(0.3).log_posterior(x), rtol=1e-9, atol=1e-9)


# The floor


@EVERY
@pytest.mark.parametrize("target", ["eps", "x0", "v", "velocity"])
def test_floor_is_the_loss_of_the_perfect_guess(name, target):
    exact, _ = companions(name)
    schedule, t, n = exact.schedule, 0.45, 40_000
    clean = MIXTURE.sample(n, Key(8))
    eps = (Key(9) / "eps").generator().normal(size=(n, 2))
    x = schedule.alpha(t) * clean + schedule.sigma(t) * eps
    a, b = mix(target, schedule, t)
    best = guess(exact, x, t)
    losses = (((a * clean + b * eps) - (a * best.x0 + b * best.eps)) ** 2).mean(1)
    (bound,) = floor(exact, clean, np.array([t]), target, "plain", Key(10))
    seen = metrics.mean(losses)
    assert bound.value == pytest.approx(seen.value, abs=5 * np.hypot(seen.error, bound.error))
    assert determinant(target, schedule, t) != 0


def test_any_other_guess_is_worse_than_the_floor():
    exact, _ = companions("cosine")
    clean = MIXTURE.sample(20_000, Key(11))
    eps = (Key(12) / "eps").generator().normal(size=clean.shape)
    x = exact.schedule.alpha(0.5) * clean + exact.schedule.sigma(0.5) * eps
    (bound,) = floor(exact, clean, np.array([0.5]), "x0", "plain", Key(13))
    assert ((clean - 1.1 * exact.denoise(x, 0.5)) ** 2).mean() > bound.value + 5 * bound.error


# Guidance


CLASSES = np.array([0, 1, 1])


def grid(side=700, half=6.0):
    axis = (np.arange(side) + 0.5) / side * 2 * half - half
    return np.stack([a.ravel() for a in np.meshgrid(axis, axis)], 1), (2 * half / side) ** 2


@pytest.mark.parametrize("w", [0.0, 0.5, 1.0, 3.0])
def test_the_tilted_density_integrates_to_one(w):
    x, cell = grid()
    assert np.exp(Tilted(MIXTURE, CLASSES, 1, w).log_prob(x)).sum() * cell == pytest.approx(1, abs=1e-4)


def test_tilting_by_nothing_is_the_data_and_by_one_the_class():
    x = MIXTURE.sample(100, Key(1))
    np.testing.assert_allclose(Tilted(MIXTURE, CLASSES, 1, 0.0).log_prob(x), MIXTURE.log_prob(x), atol=1e-9)
    np.testing.assert_allclose(
        Tilted(MIXTURE, CLASSES, 1, 1.0).log_prob(x), one_class(MIXTURE, CLASSES, 1).log_prob(x), atol=1e-9
    )


@pytest.mark.parametrize("w", [0.5, 3.0])
def test_tilted_draws_follow_the_tilted_density(w):
    tilted = Tilted(MIXTURE, CLASSES, 0, w)
    x, cell = grid()
    p = np.exp(tilted.log_prob(x))
    drawn = tilted.sample(4000, Key(2))
    score, expected = tilted.log_prob(drawn), (p * tilted.log_prob(x)).sum() * cell
    assert abs(score.mean() - expected) < 4 * score.std() / np.sqrt(len(score))
    assert np.abs(drawn.mean(0) - p @ x * cell).max() < 4 * drawn.std() / np.sqrt(len(drawn))


def test_guided_scores_tilt_the_noised_density_and_not_the_other_way_round():
    schedule, w, t = Schedule("cosine"), 3.0, 0.5
    everything = ExactMixture(MIXTURE, schedule)
    chosen = ExactMixture(one_class(MIXTURE, CLASSES, 1), schedule)
    x, h = noised(everything, t, 30), 1e-5
    tilted = Tilted(everything.noised(t), CLASSES, 1, w)
    gradient = np.stack(
        [(tilted.log_density(x + h * e) - tilted.log_density(x - h * e)) / (2 * h) for e in np.eye(2)], 1
    )
    np.testing.assert_allclose(guess(Guided(everything, chosen, w), x, t).score, gradient, rtol=1e-4, atol=1e-4)
    for weight, same in ((0.0, everything), (1.0, chosen)):
        np.testing.assert_allclose(Guided(everything, chosen, weight).denoise(x, t), same.denoise(x, t), atol=1e-12)


def test_guidance_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="class 4"):
        one_class(MIXTURE, CLASSES, 4)
    with pytest.raises(ValueError, match="w >= 0"):
        Tilted(MIXTURE, CLASSES, 0, -1.0)
    with pytest.raises(ValueError, match="empty set"):
        ExactPoints(np.zeros((0, 2)), Schedule())
