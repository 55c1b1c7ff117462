"""The closer looks: landings, the strip, the error's sheet, the memorisation dial, straightness and a told network."""

from dataclasses import replace

import numpy as np
import pytest

from core.data import builtin
from core.diffusion import fit, walk
from core.diffusion.noise import schedule as schedules
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import SOLVERS, STOCHASTIC, Sampler
from core.key import Key
from core.mixture.gmm import GMM
from playground.rungs.diffusion import film as pictures
from playground.rungs.diffusion import landing as landings
from playground.rungs.diffusion import numbers
from playground.rungs.diffusion.bench import Bench, Noising
from playground.rungs.diffusion.dials import COLUMNS, LANES, SETS, Push, Slice
from playground.rungs.diffusion.panels import field as fields
from playground.rungs.diffusion.panels import guidance, memory
from playground.rungs.diffusion.panels import straightness as straight
from playground.rungs.diffusion.panels import time_axis as strip

KEY = Key(3) / "diffusion"


def bench(name="eight_gaussians", schedule="cosine", n=200):
    return Bench(builtin.load(name, n, Key(0)), Noising(schedule))


# landings


@pytest.mark.parametrize("solver", ["DDPM, small variance", "Heun", "predictor-corrector"])
def test_the_first_landing_of_the_chosen_solver_is_where_the_pink_point_ends(solver):
    b, sampler, hand = bench(), Sampler(solver, 8), np.array([[1.5, -2.0]])
    *_, last = pictures.backward(b, b.exact, sampler, KEY, hand)
    mine = last.arrays["landed"][last.arrays["solver"] == SOLVERS.index(solver)]
    np.testing.assert_allclose(mine[0], last.arrays["xy"][0], atol=1e-9)
    assert len(mine) == (landings.AGAIN if solver in STOCHASTIC else 1)


def test_without_noise_a_start_has_one_end_and_with_noise_many():
    b = bench()
    found = landings.landing(b, b.exact, np.array([[0.9, 0.7]]), Sampler("Heun", 100), KEY)
    settled = [found.xy[found.solver == i] for i, name in enumerate(SOLVERS) if name not in STOCHASTIC]
    fresh = [found.xy[found.solver == i] for i, name in enumerate(SOLVERS) if name in STOCHASTIC]
    ends = np.concatenate(settled)
    assert np.linalg.norm(ends - ends.mean(0), axis=1).max() < 0.2
    assert min(part.std(0).max() for part in fresh) > 1
    heun, ddim = (found.evaluations[SOLVERS.index(name)] for name in ("Heun", "DDIM"))
    assert (heun, ddim) == (199, 100)


def test_a_solver_that_cannot_begin_is_left_out_and_long_walks_are_not_waited_for():
    b = bench(schedule="flow")
    step = next(iter(pictures.backward(b, b.exact, Sampler("DDIM", 4), KEY, None)))
    assert "Euler-Maruyama" not in {name for name, *_ in landings.rows(step)}
    assert len(landings.rows(step)) == len(SOLVERS) - 1
    long = next(iter(pictures.backward(b, b.exact, Sampler("DDIM", pictures.QUICK + 1), KEY, None)))
    assert "landed" not in long.arrays


# discrete time


def test_in_discrete_time_the_forward_film_stops_at_ticks():
    t = np.array([step.metrics["t"] for step in pictures.forward(bench(), KEY, 16)])
    np.testing.assert_allclose(t, np.arange(17) / 16)
    assert len(list(pictures.forward(bench(), KEY, 1000))) == pictures.NIGHT + 1
    assert len({tuple(s.arrays["past"].shape) for s in pictures.forward(bench(), KEY, 16)}) == 1


def test_the_share_of_noise_of_a_tick_is_that_of_the_schedule():
    """Linear, DDPM's: 1 - prod(1 - beta) up to k is sigma^2, so a tick's beta over sigma^2 is its share."""
    s, ticks = schedules.Schedule("linear"), 20
    beta = 1 - (s.alpha(np.arange(1, 21) / 20) / s.alpha(np.arange(20) / 20)) ** 2
    share = beta / s.sigma(np.arange(1, 21) / 20) ** 2
    said = numbers.clock(s, ticks)
    assert f"at k = 10, one tick adds {share[9]:.2%} " in said
    assert "continuous" in numbers.clock(s, 0)


# time as an axis


def test_the_strip_is_the_density_of_the_column():
    dataset = builtin.load("eight_gaussians", 200, Key(0))
    lopsided = GMM(
        np.array([0.3, 0.7]), np.array([[-2.0, 1.0], [1.0, 3.0]]), np.stack([np.diag([1.0, 0.3]), np.eye(2)])
    )
    b = Bench(replace(dataset, truth=lopsided), Noising("linear"))
    lane = strip.column(b, 1)
    nodes = np.linspace(*lane.bounds, strip.HEIGHT)
    t = float(strip.times()[40])
    whole = np.linspace(-6, 6, 601)
    places = np.stack(np.broadcast_arrays(whole, ((nodes - b.shift[1]) / b.scale[1])[:, None]), -1).reshape(-1, 2)
    joint = np.exp(b.exact.log_density(places, t)).reshape(strip.HEIGHT, -1).sum(1)
    np.testing.assert_allclose(lane.density()[:, 40], joint / joint.max(), atol=1e-6)


@pytest.mark.parametrize("title", ["Two peaks", "Galaxies"])
def test_a_walk_in_one_dimension_ends_in_its_data(title):
    lane = strip.single(SETS[title], schedules.Schedule("cosine"))
    steps = list(strip.steps(lane, Sampler("Heun", 40), KEY))
    dataset = builtin.load(SETS[title], 1000, Key(0))
    ends = steps[-1].arrays["xy"][:, 0]
    quantiles = np.quantile(ends, [0.2, 0.8]), np.quantile(dataset.points, [0.2, 0.8])
    np.testing.assert_allclose(*quantiles, atol=0.25 * dataset.points.std())
    scene = strip.scene(lane, "x", steps, 0, "model")
    drawn = np.linspace(*scene.bounds[0], strip.TIMES)
    np.testing.assert_allclose(strip.times(), np.clip(1 - drawn, 0, 1), err_msg="a column is drawn at its own time")
    frames = strip.frames(steps, 0)
    assert len(frames) == len(steps)
    x = [frame.arrays["walkers"]["xy"][0, 0] for frame in frames]
    assert (x[0], x[-1]) == (0.0, 1.0)
    paths = next(layer for layer in scene.layers if layer.name == "paths").xy
    np.testing.assert_allclose(paths[:, -1, 1], ends[: strip.FOLLOWED])
    np.testing.assert_allclose(paths[0, :, 0], np.linspace(0, 1, 41), atol=1e-12)


# the error's sheet


@pytest.mark.parametrize("schedule", ["cosine", "EDM"])
def test_a_summed_sheet_holds_the_excess_at_every_time(schedule):
    b = bench("two_moons", schedule, 60)
    learned = ExactMixture(bench_law(b), b.schedule)
    *_, last = fields.steps(b, learned, Slice())
    times = fields.times(b)
    for i in (0, 10, 20, 40):
        t = float(times[i])
        rng = np.random.default_rng(i)
        clean = b.known[rng.integers(len(b.known), size=4000)]
        x = b.schedule.alpha(t) * clean + b.schedule.sigma(t) * rng.standard_normal(clean.shape)
        off = (fields.field.noise(learned, x, t) - fields.field.noise(b.exact, x, t)) ** 2
        error = 4 * off.mean(1).std() / np.sqrt(len(x)) + 2e-3 * off.mean()
        assert fields.excess(last.state)[i] == pytest.approx(off.mean(), abs=error)


def bench_law(b):
    """One wide Gaussian a moon: a denoiser that is wrong in a known way."""
    return guidance.law(b)[0]


def test_a_cut_holds_both_fields_along_it():
    b = bench()
    learned = ExactMixture(b.law, b.schedule)
    *_, last = fields.steps(b, learned, Slice("second", "cut", 0.5))
    sheets = last.state
    assert not sheets.error.any()
    np.testing.assert_array_equal(sheets.learned, sheets.exact)
    t = float(fields.times(b)[10])
    nodes = np.linspace(-fields.SPREADS, fields.SPREADS, fields.PLACES)
    score = b.exact.score(np.stack([np.full(len(nodes), 0.5), nodes], 1), t)[:, 1]
    np.testing.assert_allclose(sheets.exact[10], float(b.schedule.sigma(t)) * score, atol=1e-9)


# the memorisation dial


def test_the_dial_runs_from_copies_to_draws_of_the_truth():
    b = bench(n=80)
    truth = ExactMixture(b.law, b.schedule)
    *_, last = memory.steps(b, truth, 0.0, KEY)
    found = dict(last.state.stops)
    assert set(found) == set(memory.STOPS)
    assert found[0.0].ratio < 0.01
    assert found[0.0].copies > 0.98
    assert found[1.0].ratio == pytest.approx(1, abs=0.25)
    assert found[1.0].copies < 0.05
    assert found[0.0].ratio < found[0.5].ratio < found[1.0].ratio
    ends = b.standard(last.state.samples)
    assert np.median(np.linalg.norm(ends[:, None] - b.known, axis=2).min(1)) < 0.01


def test_without_a_truth_the_points_own_neighbours_are_the_measure():
    b = bench("faithful")
    assert memory.held_out(b, KEY) is None
    first = next(iter(memory.steps(b, b.exact, 0.0, KEY))).state.stops[0][1]
    assert len(first.held) == len(b.known)
    assert first.ratio < 0.05


# straightness


def test_better_pairs_make_straighter_walks_and_one_step_enough(monkeypatch):
    short = {name: replace(config, steps=900) for name, config in straight.WAYS.items()}
    monkeypatch.setattr(straight, "WAYS", short)
    b = bench(n=600)
    steps = list(straight.compare(b, KEY))
    found = dict(steps[-1].state.judged)
    flow, transport, reflowed = (found[name] for name in ("Flow", "Transport", "Reflow"))
    for better in (transport, reflowed):
        assert better.taught < 0.3 * flow.taught
        assert better.crossings < 0.3 * flow.crossings
        assert better.detour < 1.1 < flow.detour
        assert better.distances[0] < 0.5 * flow.distances[0]
    assert found["Diffusion"].taught == flow.taught
    assert all(judged.cost >= judged.least - 1e-9 for judged in found.values())
    assert flow.distances[-1] < 2 * steps[-1].state.limit
    assert flow.paths.shape == (straight.FINE + 1, straight.DRAWN, 2)
    assert [step.index for step in steps] == list(range(len(steps)))
    assert straight.rows(steps[-1].state).count("\n") == 1 + 6 + len(straight.COUNTS)


def test_the_first_paths_are_a_young_networks_and_the_last_those_of_the_whole_training(monkeypatch):
    short = {name: replace(straight.WAYS[name], steps=200) for name in ("Diffusion", "Flow")}
    monkeypatch.setattr(straight, "WAYS", short)
    b = bench(n=200)
    steps = [step.state for step in straight.compare(b, KEY)]
    ages = [(title, judged.updates) for found in steps for title, judged in found.judged.items()]
    assert list(dict.fromkeys(ages)) == [("Diffusion", 100), ("Diffusion", 200), ("Flow", 100), ("Flow", 200)]
    assert [(found.now, found.updates) for found in steps[1:]] == [(way, n) for way in short for n in (0, 100, 200)]
    for title, config in short.items():
        *_, trained = fit.fit(config, b.dataset.points, KEY / "fit")
        pairs = straight.taught(config, trained.state.standard(b.dataset.points), None, KEY / "taught")
        whole = straight.judge(b, trained.state, pairs, straight.others(b, straight.WALKERS, KEY / "fresh"), KEY, 200)
        np.testing.assert_array_equal(steps[-1].judged[title].paths, whole.paths)
        assert replace(steps[-1].judged[title], paths=whole.paths) == whole
    sizes = {straight.rows(found).count("|") for found in steps}
    assert len(sizes) == 1, "the table has its place from the start"
    assert straight.rows(steps[0]).count("…") == 10 * len(short) + 1
    assert straight.rows(steps[-1]).count("…") == 1


# a told network


def test_a_network_that_was_told_classes_is_guided_like_the_exact_denoisers(monkeypatch):
    monkeypatch.setattr(guidance, "UPDATES", 1500)
    b = bench("two_moons", n=300)
    gmm = guidance.law(b)[0]
    *_, plain = guidance.steps(b, gmm, 0, Push(3.0), KEY)
    steps = list(guidance.steps(b, gmm, 0, Push(3.0, "trained here"), KEY))
    last = steps[-1]
    assert last.metrics["exact"] == pytest.approx(plain.metrics["distance"], abs=1e-9)
    assert last.metrics["distance"] == pytest.approx(last.metrics["exact"], rel=0.5)
    assert last.metrics["distance"] > last.metrics["limit"]
    own = np.linalg.norm(last.state - gmm.means[0], axis=1) < np.linalg.norm(last.state - gmm.means[1], axis=1)
    assert own.mean() > 0.97, "it was told which class is meant"
    young = [step for step in steps if step.phase == "training"]
    assert [step.metrics["updates"] for step in young] == [*range(0, 1500, guidance.EVERY), 1500]
    assert young[0].metrics["exact"] == last.metrics["exact"], "known before the network has learned anything"
    assert young[-1].metrics["distance"] == pytest.approx(last.metrics["distance"], abs=1e-9)
    assert young[0].metrics["distance"] > 2 * last.metrics["distance"]
    names = [[name for name, *_ in guidance.rows(step, Push(3.0, "trained here"))] for step in steps]
    assert all(found == names[-1] for found in names), "every figure has its row from the start"
    assert "…" not in {value for _, value, _ in guidance.rows(last, Push(3.0, "trained here"))}
    start = walk.start(b.schedule, 3, 2, KEY)
    assert start.shape == (3, 2)


# the drawn words


def test_a_link_names_a_panel_that_is_there_and_a_choice_that_is_not_falls_back():
    from playground.rungs.diffusion.screen import PANELS, TAUGHT

    assert set(TAUGHT) < set(PANELS)
    assert LANES[:2] == COLUMNS
