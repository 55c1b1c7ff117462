"""Training: it learns, it resumes, its Steps are snapshots, and it couples noise as it should."""

import warnings
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.diffusion.config import Config
from core.diffusion.course import times_by_level
from core.diffusion.fit import Sampler, fit, initial, reflow
from core.diffusion.model import Diffusion
from core.diffusion.noise import coupling
from core.diffusion.noise.schedule import NAMES, Schedule
from core.diffusion.noise.target import NAMES as TARGETS
from core.diffusion.noise.target import WEIGHTINGS
from core.diffusion.truth import quality
from core.diffusion.truth.floor import floor
from core.diffusion.walk import start, walk
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Halt

TRUTH = GMM(
    np.array([0.4, 0.6]),
    np.array([[-2.0, 1.0], [3.0, 2.0]]),
    np.array([[[0.3, 0.1], [0.1, 0.2]], [[0.2, 0.0], [0.0, 0.5]]]),
)
X, Z = TRUTH.sample_labelled(2000, Key(0))
QUICK = Config(width=32, layers=2, features=4, detail=1.0, steps=1200, batch=128, average=0.98)


@cache
def trained(**options):
    return list(fit(replace(QUICK, **options), X, Key(0)))


def held(step):
    """All that a Step holds, as bytes."""
    arrays = dict(step.state.weights) | dict(step.arrays)
    return step.index, dict(step.metrics), {name: a.tobytes() for name, a in arrays.items()}


def excess(model, target, weighting, times):
    """The model's loss over the floor at each time, with the standard error of the difference (paired)."""
    exact = model.exact(TRUTH)
    clean = exact.gmm.sample(4000, Key(5))
    found = []
    for i, t in enumerate(times):
        eps = (Key(6) / i).generator().standard_normal(clean.shape)
        x = model.schedule.alpha(t) * clean + model.schedule.sigma(t) * eps
        losses = ((model.denoise(x, float(t)) - clean) ** 2).mean(1)
        (least,) = floor(exact, clean, np.array([t]), "x0", "plain", Key(6) / "floor")
        found.append((losses.mean() - least.value, np.hypot(losses.std() / np.sqrt(len(x)), least.error)))
    return np.array(found)


def test_training_brings_the_loss_near_its_floor_and_never_below():
    first, last = trained()[0].state, trained()[-1].state
    times = np.array([0.2, 0.4, 0.6, 0.8])
    before, after = (excess(model, "x0", "plain", times) for model in (first, last))
    assert (after[:, 0] > -5 * after[:, 1]).all()
    assert (after[:, 0] < 0.2 * before[:, 0] + 4 * after[:, 1]).all()


def test_the_loss_by_time_is_the_floor_and_a_little_more():
    """Averaged over the last Steps, in every bin the loss lies at the floor or a little above."""
    steps = trained()[-3:]
    counts = np.stack([s.arrays["examples"] for s in steps])
    loss = (np.stack([s.arrays["loss_by_time"] for s in steps]) * counts).sum(0) / counts.sum(0)
    exact = steps[-1].state.exact(TRUTH)
    middle = (np.arange(16) + 0.5) / 16
    bound = np.array([e.value for e in floor(exact, exact.gmm.sample(4000, Key(7)), middle, "v", "plain", Key(8))])
    assert (np.abs(loss - bound)[2:] < 0.12).all()
    assert loss.mean() == pytest.approx(bound.mean(), abs=0.06)
    assert steps[-1].metrics["loss"] == pytest.approx(
        (steps[-1].arrays["loss_by_time"] * steps[-1].arrays["examples"]).sum() / steps[-1].arrays["examples"].sum()
    )


def test_samples_are_near_the_data():
    drawn = trained()[-1].state.sample(2000, Key(1))
    np.testing.assert_allclose(drawn.mean(0), X.mean(0), atol=0.25)
    np.testing.assert_allclose(drawn.std(0), X.std(0), rtol=0.1)
    assert quality.coverage(drawn, TRUTH).reached == 2
    assert quality.coverage(drawn, TRUTH).outside < 0.05


@pytest.mark.parametrize("k", [0, 2, 5])
def test_resuming_equals_never_having_stopped(k):
    steps = trained()
    again = list(fit(QUICK, X, Key(0), start=steps[k]))
    assert list(map(held, again)) == list(map(held, steps[k + 1 :]))


def test_steps_are_snapshots_and_cannot_be_written_to():
    seen = [(step, held(step)) for step in fit(replace(QUICK, steps=600), X, Key(2))]
    for step, then in seen:
        assert held(step) == then
        assert not any(a.flags.writeable for a in [*step.state.weights.values(), *step.arrays.values()])
    assert [step.metrics["steps"] for step, _ in seen] == [0, 200, 400, 600]


def test_the_last_step_takes_what_is_left_and_the_rate_ends_at_zero():
    steps = list(fit(replace(QUICK, steps=250), X, Key(3)))
    assert [step.metrics["steps"] for step in steps] == [0, 200, 250]
    one = list(fit(replace(QUICK, steps=1), X, Key(3)))[-1]
    np.testing.assert_array_equal(one.arrays["raw"], list(fit(QUICK, X, Key(3)))[0].arrays["raw"])


def test_a_fork_with_other_options_goes_on_from_the_step():
    fork = next(fit(replace(QUICK, rate=1e-4), X, Key(0), start=trained()[2]))
    assert fork.index == 3
    assert held(fork) != held(trained()[3])
    warm = next(fit(QUICK, X, Key(9), start=trained()[-1].state))
    assert warm.index == 0
    for name, value in trained()[-1].state.weights.items():
        np.testing.assert_array_equal(warm.state.weights[name], value)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", NAMES)
def test_every_schedule_and_target_trains(name, target):
    config = replace(QUICK, schedule=name, target=target, steps=20, every=20)
    assert np.isfinite(list(fit(config, X, Key(0)))[-1].state.sample(5, Key(1))).all()


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("times", ["even in t", "even in angle", "even in log-SNR"])
def test_every_weighting_and_way_to_draw_times_trains(weighting, times):
    config = replace(QUICK, weighting=weighting, times=times, steps=20, every=20)
    assert np.isfinite(list(fit(config, X, Key(0)))[-1].metrics["loss"])


@pytest.mark.parametrize("name", NAMES)
def test_times_are_even_in_what_they_say(name):
    def evenness(times, of):
        model = initial(replace(QUICK, schedule=name, times=times), X, Key(0))
        level = of(model.schedule)(times_by_level(model))
        return np.abs(np.diff(level, 2)).max() / abs(level[-1] - level[0])

    assert evenness("even in t", lambda s: lambda t: t) < 1e-9
    assert evenness("even in angle", lambda s: s.angle) < 1e-3
    assert evenness("even in log-SNR", lambda s: s.log_snr) < 1e-3


def test_classes_are_told_or_not():
    steps = list(fit(replace(QUICK, steps=800), X, Key(4), labels=Z))
    model = steps[-1].state
    assert model.classes == 2
    for label, mean in enumerate(TRUTH.means):
        drawn = model.sample(400, Key(5), labels=np.full(400, label))
        np.testing.assert_allclose(drawn.mean(0), mean, atol=0.35)
    drawn = model.sample(1500, Key(6))
    assert quality.coverage(drawn, TRUTH).shares[0] == pytest.approx(0.4, abs=0.1)


# Coupling and reflow


def test_optimal_partners_cost_no_more_and_use_each_noise_once():
    g = (Key(1) / "g").generator()
    x, noise = g.normal(size=(2, 150, 2))
    rows = coupling.partners(x, noise)
    assert sorted(rows) == list(range(150))
    assert coupling.cost(x, noise[rows]) < 0.5 * coupling.cost(x, noise)
    whole = coupling.partners(x, noise, group=150)
    assert coupling.cost(x, noise[whole]) <= coupling.cost(x, noise[rows])
    assert coupling.cost(x, noise[whole]) == pytest.approx(quality.transport_cost(x, noise))


FLOW = {"schedule": "flow", "target": "velocity", "steps": 1000}


def straightness(model):
    begin = start(model.schedule, 300, 2, Key(8))
    times, states = quality.corners(list(walk(model, begin, Key(8), Sampler("Euler", 50))))
    return quality.paths(times, states).straightness.mean()


def test_optimal_transport_and_reflow_straighten_the_flow():
    plain = trained(**FLOW)[-1].state
    coupled = trained(**FLOW, coupling="optimal transport")[-1].state
    points, noise = reflow(plain, 2000, Key(10))
    straight = list(fit(plain.config, points, Key(11), start=plain, noise=noise))[-1].state
    assert straightness(coupled) > straightness(plain) + 0.01
    assert straightness(straight) > straightness(plain) + 0.01
    with pytest.raises(ValueError, match="without noise"):
        reflow(plain, 10, Key(0), Sampler("DDIM", 5, eta=1.0))


# Quality


def test_straight_paths_are_straight_and_bent_ones_are_not():
    times = np.array([1.0, 0.5, 0.0])
    states = np.array([[[0.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]], [[2.0, 0.0], [1.0, 1.0]]])
    found = quality.paths(times, states)
    np.testing.assert_allclose(found.length, [2, 2])
    np.testing.assert_allclose(found.straightness, [1, np.sqrt(0.5)])
    np.testing.assert_allclose(found.energy, [4, 4])
    assert quality.normalised_path_energy(found.energy, 4.0) == 0


def test_coverage_counts_modes_and_strays():
    drawn = np.concatenate([TRUTH.means[[0]].repeat(10, 0), np.full((10, 2), 50.0)])
    found = quality.coverage(drawn, TRUTH)
    assert found.reached == 1
    assert found.outside == pytest.approx(0.5)
    np.testing.assert_allclose(found.shares, [0.5, 0])


def test_copies_have_no_distance_and_fresh_draws_have_a_ratio_of_one():
    train, held_out, fresh = (TRUTH.sample(1500, Key(i)) for i in range(3))
    assert quality.memory(train[:500], train, held_out).ratio == 0
    assert quality.memory(fresh, train, held_out).ratio == pytest.approx(1, abs=0.15)


# What cannot be


@pytest.mark.parametrize("x", [np.zeros((0, 2)), np.zeros((1, 2)), np.array([[0.0, 1.0], [1.0, 1.0]])])
def test_points_without_spread_are_refused(x):
    with pytest.raises(Halt, match=r"at least 2|constant"):
        next(fit(QUICK, x, Key(0)))


def test_a_start_of_another_shape_and_a_wild_rate_are_told():
    with pytest.raises(Halt, match="another shape"):
        next(fit(replace(QUICK, width=64), X, Key(0), start=trained()[1]))
    with pytest.raises(Halt, match="as many"):
        next(fit(QUICK, X, Key(0), labels=np.zeros(3, dtype=int)))
    with pytest.raises(ValueError, match="schedule's high"):
        Config(schedule="flow", high=20.0)


def test_a_model_of_wrong_weights_is_refused():
    model = trained()[0].state
    weights = dict(model.weights)
    for bad, said in (
        (weights | {"out": weights["out"][:1]}, "shape"),
        (weights | {"out": weights["out"] * np.nan}, "finite"),
        ({"out": weights["out"]}, "names"),
    ):
        with pytest.raises(ValueError, match=said):
            Diffusion(model.config, model.shift, model.scale, 0, bad)
    with pytest.raises(ValueError, match="units"):
        replace(model, scale=(1.0, 0.0))


def test_a_walk_in_the_datas_units_is_the_walk_carried_over():
    model = trained()[-1].state
    plain = list(walk(model, start(model.schedule, 7, 2, Key(1)), Key(1), Sampler("DDIM", 5)))
    for mine, raw in zip(model.walk(7, Key(1), Sampler("DDIM", 5)), plain, strict=True):
        np.testing.assert_allclose(model.standard(mine.state), raw.state, atol=1e-12)
        if "x0" in raw.arrays:
            np.testing.assert_allclose(model.standard(mine.arrays["x0"]), raw.arrays["x0"], atol=1e-12)
            np.testing.assert_allclose(mine.arrays["score"] * np.array(model.scale), raw.arrays["score"])
    assert isinstance(model.schedule, Schedule)


# Far values


@pytest.mark.parametrize("far", [1e6, -9999.0])
def test_rows_far_from_all_others_are_left_out_of_the_training(far):
    labels = np.arange(len(X)) % 2
    x, more = np.insert(X, 3, [far, 0.0], axis=0), np.insert(labels, 3, 1)
    config = replace(QUICK, steps=40, every=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        beside, without = (list(fit(config, *given))[-1] for given in ((x, Key(0)), (X, Key(0))))
        told, alone = (
            list(fit(config, points, Key(0), labels=which))[-1] for points, which in ((x, more), (X, labels))
        )
    for a, b in ((beside, without), (told, alone)):
        assert (a.state.shift, a.state.scale) == (b.state.shift, b.state.scale)
        assert a.metrics == b.metrics
        assert all(np.array_equal(a.state.weights[name], b.state.weights[name]) for name in b.state.weights)


def test_groups_far_apart_are_all_learned():
    x = np.concatenate([X[:100], X[:100] + 1e6])
    start = next(fit(QUICK, x, Key(0))).state
    assert start.scale == pytest.approx(x.std(axis=0))
