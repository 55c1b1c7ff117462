"""The films are the walks: their frames equal the half-steps of core, and the forward one its closed form."""

from dataclasses import replace

import numpy as np
import pytest

from core.data import builtin
from core.diffusion import walk
from core.diffusion.noise import schedule as schedules
from core.diffusion.walk import SOLVERS, Sampler
from core.key import Key
from playground.rungs.diffusion import film as pictures
from playground.rungs.diffusion.bench import LIMIT, Bench, Noising, repair
from playground.shown.points import visible

KEY = Key(3) / "diffusion"


def bench(name="eight_gaussians", schedule="cosine", far=1.0, n=200):
    return Bench(builtin.load(name, n, Key(0)), Noising(schedule, far))


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_frames_are_the_half_steps_of_the_walk(solver):
    b, sampler = bench(schedule="linear"), Sampler(solver, 6)
    shown = list(pictures.backward(b, b.exact, sampler, KEY, None))
    plain = list(walk.walk(b.exact, pictures.begin(b, KEY, None), KEY, sampler))
    assert [s.phase for s in shown] == [s.phase for s in plain]
    for one, other in zip(shown, plain, strict=True):
        np.testing.assert_array_equal(one.state, other.state)
        np.testing.assert_allclose(one.arrays["xy"], b.original(other.state) if b.zoom(1.0) == 1 else one.arrays["xy"])
        if "x0" in other.arrays:
            np.testing.assert_allclose(one.arrays["clean"], b.original(other.arrays["x0"]))
    for step, frame in zip(shown, pictures.frames(shown), strict=True):
        np.testing.assert_array_equal(frame.arrays["walkers"]["xy"], step.arrays["xy"])
        assert frame.metrics["snr"] == step.metrics["snr"]


def test_a_long_walk_is_thinned_and_ends_where_the_whole_one_does():
    b, sampler = bench(), Sampler("DDIM", 400)
    shown = list(pictures.backward(b, b.exact, sampler, KEY, None))
    *_, last = walk.walk(b.exact, pictures.begin(b, KEY, None), KEY, sampler)
    assert len(shown) <= 2 * pictures.SHOWN + 3
    np.testing.assert_array_equal(shown[-1].state, last.state)
    shapes = {tuple(a.shape for a in s.arrays.values())[:4] for s in shown}
    assert len(shapes) == 1, "a path must not change its length from frame to frame"


@pytest.mark.parametrize("schedule", schedules.NAMES)
def test_forward_mixes_the_same_points_with_the_same_noise(schedule):
    b = bench(schedule=schedule)
    steps = list(pictures.forward(b, KEY))
    clean = b.standard(visible(b.dataset))
    noise = (KEY / "forward").generator().standard_normal(clean.shape)
    for step in steps[::8]:
        t = step.metrics["t"]
        np.testing.assert_allclose(step.state, b.schedule.alpha(t) * clean + b.schedule.sigma(t) * noise)
    assert (steps[0].metrics["t"], steps[-1].metrics["t"]) == (0.0, 1.0)
    x, y = b.bounds
    spread = steps[-1].arrays["xy"]
    inside = ((spread > [x[0], y[0]]) & (spread < [x[1], y[1]])).all(axis=1)
    assert inside.mean() > 0.97, "the end of noising is drawn within the axes"


def test_the_density_of_the_forward_film_is_that_of_the_noised_mixture():
    b = bench()
    step = list(pictures.forward(b, KEY))[20]
    p = b.exact.noised(step.metrics["t"])
    density = np.exp(p.log_prob(b.standard(b.lattice(pictures.SIDE)))).reshape(pictures.SIDE, pictures.SIDE)
    np.testing.assert_allclose(step.arrays["density"], density / density.max(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("schedule", ["cosine", "EDM"])
def test_the_density_of_a_set_of_points_is_that_of_its_kernels(schedule):
    b = bench("two_moons", schedule)
    t = 0.6
    log_density = b.exact.log_density(b.standard(b.lattice(pictures.SIDE)) * b.zoom(t), t)
    wanted = np.exp(log_density - log_density.max()).reshape(pictures.SIDE, pictures.SIDE)
    np.testing.assert_allclose(pictures.seen(b, t), wanted, atol=1e-9)
    assert not pictures.seen(b, 0.0).any(), "no density without noise"


def test_the_arrows_point_along_the_score():
    b = bench()
    arrows = pictures.push(b, b.exact, 0.5)
    score = b.exact.score(b.standard(b.lattice(pictures.GRID)), 0.5)
    cell = np.diff(b.bounds, axis=1)[:, 0] / (pictures.GRID - 1)
    along = arrows / cell
    cosine = (along * score).sum(1) / np.linalg.norm(along, axis=1) / np.linalg.norm(score, axis=1)
    np.testing.assert_allclose(cosine, 1, atol=1e-9)
    assert (np.linalg.norm(along, axis=1) < 1).all()


@pytest.mark.parametrize("schedule", ["cosine", "EDM"])
def test_a_dragged_start_is_where_the_walk_begins(schedule):
    b, hand = bench(schedule=schedule), np.array([[1.5, -2.0]])
    first = next(iter(pictures.backward(b, b.exact, Sampler("DDIM", 3), KEY, hand)))
    np.testing.assert_allclose(first.arrays["xy"][:1], hand)


def test_the_repair_brings_the_mismatch_under_its_limit():
    broken = bench("faithful", "cosine", 0.0)
    assert broken.mismatch() > LIMIT
    better = repair(broken)
    assert better.schedule == "cosine"
    assert Bench(broken.dataset, better).mismatch() <= LIMIT
    less = Noising(better.schedule, round(better.far - 0.05, 2))
    assert Bench(broken.dataset, less).mismatch() > LIMIT, "it is the least change"


def test_points_that_noise_does_not_reach_are_left_out_and_counted():
    plain = builtin.load("faithful")
    far = replace(plain, points=np.append(plain.points, [[-9999.0, 50.0]], axis=0), digest="")
    b, before = Bench(far, Noising()), Bench(plain, Noising())
    np.testing.assert_allclose([b.shift, b.scale], [before.shift, before.scale], rtol=1e-12)
    np.testing.assert_allclose(b.known, before.known, rtol=1e-9)
    assert np.isfinite(b.mismatch())
    assert b.chip.endswith("; 1 more, far from all others, is left out")
    assert "left out" not in before.chip
