"""Crossings, memory and ticks against counting by hand."""

import numpy as np
import pytest

from core.diffusion import walk
from core.diffusion.noise.schedule import NAMES, Schedule
from core.diffusion.truth import quality
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import Sampler
from core.key import Key
from core.mixture.gmm import GMM


def test_lines_that_cross_are_counted_and_others_are_not():
    begin = np.array([[0.0, 0.0], [0.0, 1.0], [5.0, 5.0]])
    end = np.array([[1.0, 1.0], [1.0, 0.0], [6.0, 6.5]])
    assert quality.crossings(np.stack([begin, end])) == pytest.approx(1 / 3)
    assert quality.crossings(np.stack([begin, begin + 1.0])) == 0.0
    assert quality.crossings(np.stack([begin[:1], end[:1]])) == 0.0


def test_crossings_of_polygons_are_those_of_their_pieces():
    """Against solving for where two pieces meet, piece by piece."""
    states = np.random.default_rng(0).standard_normal((4, 12, 2)).cumsum(0)

    def meet(a, b, c, d):
        u, v = np.linalg.solve(np.stack([b - a, c - d], axis=1), c - a)
        return 0 < u < 1 and 0 < v < 1

    n, found = 12, 0
    for i in range(n):
        for j in range(i):
            found += any(
                meet(states[k, i], states[k + 1, i], states[m, j], states[m + 1, j]) for k in range(3) for m in range(3)
            )
    assert 0 < found < n * (n - 1) / 2
    assert quality.crossings(states) == pytest.approx(2 * found / (n * (n - 1)))


def test_copies_and_own_neighbours():
    rng = np.random.default_rng(2)
    train, held = rng.standard_normal((200, 2)), rng.standard_normal((500, 2))
    assert quality.memory(train[:50], train, held).copies == 1.0
    assert quality.memory(train[:50], train, held).ratio == 0.0
    assert quality.memory(held, train, held).copies == pytest.approx(0.01, abs=0.003)
    own = quality.memory_of_its_own(held, train).held
    apart = np.linalg.norm(train[:, None] - train, axis=2) + np.diag(np.full(200, np.inf))
    np.testing.assert_allclose(own, apart.min(1))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ticks", [10, 37, 1000])
@pytest.mark.parametrize("spacing", ["time", "quadratic", "log-snr"])
def test_in_discrete_time_a_walk_stops_at_ticks_alone(name, ticks, spacing):
    s, sampler = Schedule(name), Sampler("DDIM", 25, spacing, ticks=ticks)
    times, free = sampler.times(s), s.grid(25, spacing)
    np.testing.assert_allclose(times * ticks, np.round(times * ticks), atol=1e-9)
    assert (np.diff(times) < 0).all()
    assert (times[0], times[-1]) == (1.0, 0.0)
    assert np.abs(free[:, None] - times).min(1).max() <= 0.5 / ticks + 1e-12
    assert len(times) - 1 <= min(25, ticks)


def test_as_many_steps_as_ticks_are_the_even_steps():
    s = Schedule("linear")
    exact = ExactMixture(GMM(np.ones(1), np.zeros((1, 2)), 0.5 * np.eye(2)[None]), s)
    start, key = walk.start(s, 20, 2, Key(0)), Key(0)
    *_, free = walk.walk(exact, start, key, Sampler("DDPM, small variance", 50))
    *_, tick = walk.walk(exact, start, key, Sampler("DDPM, small variance", 50, ticks=50))
    *_, few = walk.walk(exact, start, key, Sampler("DDPM, small variance", 50, ticks=10))
    np.testing.assert_allclose(tick.state, free.state, atol=1e-12)
    assert few.metrics["evaluations"] == 10
