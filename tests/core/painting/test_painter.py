"""Painters: what they are told, that they learn, and that the same key paints the same picture."""

from collections import deque
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from core.diffusion.noise import target
from core.diffusion.walk import Sampler, walk
from core.key import Key
from core.painting import course, likelihood, scores
from core.painting import fit as paint_fit
from core.painting.config import Config
from core.painting.fit import fit, initial
from core.painting.painter import Painter
from core.process import Halt
from tests.core.painting.tiny_painter import TINY, bars, rough, seen, trained

QUICK = Sampler("DPM-Solver++(2M)", 8)


def noised(painter, n=4):
    return Key(3).generator().standard_normal((n, painter.dim))


# Model space


def test_model_space_is_twice_the_picture_less_one_and_back():
    x = Key(0).generator().random((5, 3, 8, 6))
    u = Painter.to_model(x)
    assert u.shape == (5, 144)
    assert np.allclose(u[2].reshape(3, 8, 6), 2 * x[2] - 1)
    assert np.allclose(Painter.from_model(u, (3, 8, 6)), x, atol=1e-15)


def test_a_network_that_stands_in_is_asked_and_one_of_other_weights_is_itself():
    """Guided, both halves are one question; a painter made of a painter answers by its own weights."""
    asked, painter = [], rough()
    shared = replace(painter, network=lambda y, told: asked.append(len(y)) or painter.run(y, told))
    x, labels = noised(painter), np.zeros(len(painter.sizes), dtype=np.int64)
    assert np.array_equal(shared.denoise(x, 0.5), painter.denoise(x, 0.5))
    told, free = painter.told(labels).denoise(x, 0.5), painter.told(None).denoise(x, 0.5)
    assert np.abs(shared.told(labels, 3.0).denoise(x, 0.5) - (free + 3 * (told - free))).max() < 1e-5
    assert asked == [4, 8]
    assert shared.rounded().network is None
    x, told = bars()
    assert next(fit(shared.config, x, Key(0), told, start=shared)).state.network is None


@pytest.mark.parametrize("name", ["v", "velocity"])
@pytest.mark.parametrize("schedule", ["cosine", "flow", "EDM", "linear"])
def test_a_network_that_says_the_target_denoises_exactly(name, schedule, monkeypatch):
    """The answer is scaled back such that the true target gives the true x_0, at any time and level of noise."""
    painter = rough(schedule=schedule, target=name)
    s, g = painter.schedule, Key(1).generator()
    x0, eps = g.standard_normal((2, 3, painter.dim))
    for t in (0.03, 0.4, 0.9):
        a, b = target.mix(name, s, t)
        said = (a * x0 + b * eps) / np.hypot(a, b)
        monkeypatch.setattr(
            "core.painting.painter.unet.run",
            lambda net, w, y, told, said=said: y.new_tensor(said).double().reshape(y.shape),
        )
        assert np.allclose(painter.denoise(s.alpha(t) * x0 + s.sigma(t) * eps, t), x0, atol=2e-6 / float(s.alpha(t)))


@pytest.mark.parametrize("schedule", ["cosine", "flow", "EDM"])
def test_the_network_is_shown_unit_spread_and_the_log_snr(schedule, monkeypatch):
    painter, shown = rough(schedule=schedule), []
    monkeypatch.setattr(
        "core.painting.painter.unet.run", lambda net, w, y, told: (shown.append((y.numpy(), told.numpy())), 0 * y)[1]
    )
    s, g = painter.schedule, Key(1).generator()
    for t in (0.05, 0.5, 0.95):
        x0, eps = g.standard_normal((2, 200, painter.dim))
        painter.denoise(s.alpha(t) * x0 + s.sigma(t) * eps, t)
    spreads = [np.concatenate([y for y, _ in shown[i : i + 4]]).std() for i in range(0, len(shown), 4)]
    assert np.allclose(spreads, 1, atol=0.03)
    levels = {float(np.round(told[0, 1], 4)) for _, told in shown}
    assert len(levels) == 3


def test_the_ends_of_time_are_asked_within_the_span():
    painter = rough()
    x, (first, last) = noised(painter), painter.schedule.span
    assert np.isfinite(painter.denoise(x, 1.0)).all()
    assert np.array_equal(painter.denoise(x, 0.0), painter.denoise(x, first))
    assert np.array_equal(painter.denoise(x, 1.0), painter.denoise(x, last))


# Conditions and guidance


def test_guidance_of_one_is_what_is_told():
    painter, labels = rough(), np.array([[0, 1], [1, -1], [1, 0], [-1, -1]])
    x = noised(painter)
    assert np.array_equal(painter.told(labels, 1.0).denoise(x, 0.5), painter.denoise(x, 0.5, labels))


def test_guidance_of_nought_tells_nothing_and_two_goes_as_far_again():
    painter, labels = rough(), np.array([[0, 1], [1, -1], [1, 0], [0, 0]])
    x = noised(painter)
    free, told = painter.denoise(x, 0.5), painter.denoise(x, 0.5, labels)
    assert not np.allclose(free, told)
    assert np.allclose(painter.told(labels, 0.0).denoise(x, 0.5), free)
    assert np.allclose(painter.told(labels, 2.0).denoise(x, 0.5), 2 * told - free)


@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_labels_of_minus_one_everywhere_tell_nothing(guidance):
    painter, nothing = rough(), np.full((4, 2), -1)
    x = noised(painter)
    assert np.array_equal(painter.told(nothing, guidance).denoise(x, 0.5), painter.denoise(x, 0.5))
    assert np.array_equal(painter.denoise(x, 0.5, nothing), painter.denoise(x, 0.5))


def test_one_row_of_labels_is_for_all():
    painter = rough()
    x = noised(painter)
    assert np.array_equal(painter.denoise(x, 0.5, np.array([1, 0])), painter.denoise(x, 0.5, np.array([[1, 0]] * 4)))


@pytest.mark.parametrize("labels", [[[0]], [[0, 2]], [[0, -2]], [[0, 1]] * 3, 0])
def test_labels_that_do_not_fit_are_refused(labels):
    with pytest.raises(ValueError, match="Labels"):
        rough().denoise(noised(rough()), 0.5, np.array(labels))


def test_many_pictures_are_asked_in_parts_that_agree():
    painter = rough()
    x = noised(painter, 70)
    assert np.allclose(painter.denoise(x, 0.5)[66:], painter.denoise(x[66:], 0.5), atol=1e-5)


@pytest.mark.parametrize("shape", [(2, 8, 8), (1, 3, 8), (3, 65, 8)])
def test_a_shape_no_painter_has_is_refused(shape):
    with pytest.raises(ValueError, match="planes"):
        rough(shape=shape)


def test_weights_that_do_not_fit_are_refused():
    painter = rough()
    with pytest.raises(ValueError, match="names"):
        replace(painter, weights={})
    with pytest.raises(ValueError, match="shape"):
        replace(painter, weights=dict(painter.weights) | {"in.bias": np.zeros(3)})
    with pytest.raises(ValueError, match="finite"):
        replace(painter, weights=dict(painter.weights) | {"in.bias": np.full(8, np.nan)})


# Walks


def test_the_same_key_paints_the_same_picture():
    painter, labels = rough(), np.array([[1, 0]])
    a, b, c = (painter.sample(3, key, QUICK, labels[0], 2.0) for key in (Key(1), Key(1), Key(2)))
    assert np.array_equal(a, b)
    assert not np.allclose(a, c)
    assert a.shape == (3, 1, 8, 8)
    assert a.min() >= 0
    assert a.max() <= 1


def test_the_start_may_be_given():
    painter = rough()
    begin = painter.begin(2, Key(1))
    assert np.array_equal(painter.sample(2, Key(1), QUICK), painter.sample(2, Key(5), QUICK, begin=begin))


@pytest.mark.parametrize("solver", ["DPM-Solver++(2M)", "DDPM, small variance"])
def test_a_walk_shows_pictures(solver):
    """Its states and guesses are those of the plain walk in model space, carried over; x_t is made of its parts."""
    painter, sampler = rough(), Sampler(solver, 5)
    steps = list(painter.walk(2, Key(1), sampler))
    plain = list(walk(painter.told(None), painter.begin(2, Key(1)), Key(1), sampler))
    assert [s.phase for s in steps] == [s.phase for s in plain]
    assert all(np.allclose(2 * s.state - 1, p.state.reshape(2, 1, 8, 8)) for s, p in zip(steps, plain, strict=True))
    for step in steps:
        assert set(step.arrays) <= {"x0", "eps", "noise"}
        if step.phase == "guess":
            t, s = step.metrics["t"], painter.schedule
            whole = s.alpha(t) * (2 * step.arrays["x0"] - 1) + s.sigma(t) * step.arrays["eps"]
            assert np.allclose(whole, 2 * step.state - 1)
    assert ("noise" in steps[3].arrays) == (solver != "DPM-Solver++(2M)")
    assert np.array_equal(np.clip(steps[-1].state, 0, 1), painter.sample(2, Key(1), sampler))


def test_grey_levels_come_out_whole():
    x = rough(levels=5).sample(6, Key(0), QUICK)
    assert np.allclose(x * 4, np.rint(x * 4))
    assert len(np.unique(x)) > 2


# Training


def test_the_loss_falls_and_the_pictures_come():
    x, labels = bars()
    steps = list(fit(TINY, x, Key(0), labels))
    assert [s.metrics["update"] for s in steps] == [0, 40, 80, 120, 160]
    assert steps[-1].metrics["loss"] < 0.25 * steps[0].metrics["loss"]
    told = labels[:32]
    painted = steps[-1].state.sample(32, Key(1), QUICK, told, 2.0)
    assert (seen(painted) == told).mean() > 0.88
    assert np.abs(painted - x[:32]).mean() < 0.1
    assert steps[-1].arrays["examples"].sum() == 40 * 32


def test_both_ways_are_drawn_where_they_are_left_open():
    labels = np.broadcast_to(np.array([-1, 1]), (64, 2))
    way, light = seen(trained().sample(64, Key(2), QUICK, labels, 2.0)).T
    assert light.mean() > 0.9
    assert 0.2 < way.mean() < 0.8


def test_a_step_does_not_change_afterwards():
    x, labels = bars()
    steps = fit(TINY, x, Key(0), labels)
    next(steps)
    second = next(steps)
    before = {name: w.copy() for name, w in second.state.weights.items()}
    next(steps)
    assert all(np.array_equal(before[name], w) for name, w in second.state.weights.items())


def test_the_same_key_trains_the_same_painter_however_often_it_is_shown():
    x, labels = bars()
    short = replace(TINY, steps=20)
    a, b, c = (
        deque(fit(replace(short, every=every), x, key, labels), maxlen=1)[0].state
        for every, key in ((20, Key(0)), (7, Key(0)), (20, Key(1)))
    )
    assert all(np.array_equal(a.weights[k], b.weights[k]) for k in a.weights)
    assert not all(np.array_equal(a.weights[k], c.weights[k]) for k in a.weights)


def test_going_on_equals_never_having_stopped():
    x, labels = bars()
    config = replace(TINY, steps=30, every=10, thin=0.1)
    *_, before, last = fit(config, x, Key(0), labels)
    again = next(fit(config, x, Key(0), labels, start=before))
    assert (again.index, again.metrics["update"]) == (last.index, 30)
    assert all(np.array_equal(last.state.weights[k], again.state.weights[k]) for k in last.state.weights)


def test_a_fit_may_begin_at_a_painter():
    x, labels = bars()
    first, second = islice(fit(replace(TINY, rate=1e-5), x, Key(3), labels, start=trained()), 2)
    assert all(np.array_equal(first.state.weights[k], w) for k, w in trained().weights.items())
    assert second.metrics["loss"] < 0.4 * next(fit(TINY, x, Key(3), labels)).metrics["loss"]


def test_labels_are_withheld_each_and_all_together():
    x, labels = bars()
    run = paint_fit.course(replace(TINY, dropout=0.4), x, Key(0), labels)
    told = np.concatenate([run.withheld(labels, (Key(1) / i).generator()) for i in range(40)]) >= 0
    assert told.mean() == pytest.approx(0.36, abs=0.015)
    assert told.all(axis=1).mean() == pytest.approx(0.6**3, abs=0.015)
    assert (~told.any(axis=1)).mean() == pytest.approx(0.4 + 0.6 * 0.16, abs=0.015)


def test_grey_levels_are_spread_over_their_cells():
    x = np.array([0, 2, 4], dtype=np.uint8)[:, None, None, None] * np.ones((3, 1, 8, 8), dtype=np.uint8)
    run = paint_fit.course(replace(TINY, levels=5, batch=300), x, Key(0))
    y = (run.examples().clean + 1) / 2
    k = np.floor(5 * y[:, 0, 0, 0])
    assert set(k) == {0, 2, 4}
    inside = 5 * y - k[:, None, None, None]
    assert 0 <= inside.min() < 0.01 < 0.99 < inside.max() <= 1
    assert inside.mean() == pytest.approx(0.5, abs=0.01)
    whole = paint_fit.course(replace(TINY, levels=5, batch=300), x / 4, Key(0))
    assert np.allclose(whole.examples().clean, run.examples().clean, atol=1e-6)


def test_bytes_are_parts_of_255():
    x = Key(0).generator().integers(256, size=(20, 1, 8, 8)).astype(np.uint8)
    a, b = (paint_fit.course(TINY, given, Key(0)).examples().clean for given in (x, x / 255))
    assert np.allclose(a, b, atol=1e-6)


HALTS = {
    "one picture": lambda x, y: (x[:1], y[:1]),
    "too few labels": lambda x, y: (x, y[:-1]),
    "labels below 0": lambda x, y: (x, y - 1),
    "too bright": lambda x, y: (x + 1, y),
    "not a number": lambda x, y: (x * np.nan, y),
    "too small": lambda x, y: (x[:, :, :3, :3], y),
    "other conditions": lambda x, y: (x, y[:, :1]),
    "more values": lambda x, y: (x, y + 1),
}


@pytest.mark.parametrize("case", HALTS)
def test_what_cannot_be_learned_is_told(case):
    x, labels = HALTS[case](*bars(20))
    with pytest.raises(Halt, match=r"^[A-Z].*\.$"):
        next(fit(TINY, x, Key(0), labels, start=trained()))


def test_a_training_that_runs_away_is_told(monkeypatch):
    monkeypatch.setattr(course, "WARM", 1)
    run = paint_fit.course(TINY, bars()[0], Key(0))
    run.weights.data += np.inf
    with pytest.raises(Halt, match="diverged"):
        run.advance()


def test_targets_that_leave_times_out_are_not_offered():
    with pytest.raises(ValueError, match="target"):
        Config(target="eps")


# Likelihood


def test_the_estimated_trace_is_the_exact_ones_mean():
    painter = rough(shape=(1, 4, 4))
    x = Key(0).generator().standard_normal((3, 16))
    clean, exact = likelihood.Traced(painter).denoise_with_trace(x, 0.4)
    assert np.allclose(clean, painter.denoise(x, 0.4), atol=1e-4)
    h, bumped = 1e-3, []
    for j in range(16):
        step = h * np.eye(16)[j]
        up, down = (likelihood.Traced(painter).denoise_with_trace(x + s, 0.4)[0] for s in (step, -step))
        bumped.append((up - down)[:, j] / (2 * h))
    assert np.allclose(exact, np.sum(bumped, axis=0), atol=1e-4)
    many = np.repeat(x, 200, axis=0)
    probes = likelihood.signs(len(many), 16, Key(1))
    guessed = likelihood.Traced(painter, probes=probes).denoise_with_trace(many, 0.4)[1].reshape(3, 200)
    assert (np.abs(guessed.mean(1) - exact) < 4.5 * guessed.std(1) / np.sqrt(200) + 1e-6).all()


def test_a_painter_that_says_nothing_gives_the_nats_of_a_gaussian():
    """F = 0 leaves unit variance as it is: the flow stands still and log p is that of N(0, 1) in model space."""
    painter = initial(replace(TINY, levels=5), (1, 4, 4), (), Key(0))
    painter.sample(1, Key(0), QUICK)  # painting first must not spoil the derivatives
    pixels = np.repeat(Key(0).generator().integers(5, size=(3, 1, 4, 4)), 60, axis=0).astype(np.uint8)
    found = likelihood.nats(painter, pixels, 1, Key(1), steps=3).reshape(3, 60)
    u = (pixels[::60].reshape(3, -1)[:, :, None] + (np.arange(400) + 0.5) / 400) / 5 * 2 - 1
    wanted = (0.5 * np.log(2 * np.pi) + 0.5 * u**2).mean(-1).sum(1) - 16 * np.log(2 / 5)
    assert (np.abs(found.mean(1) - wanted) < 4.5 * found.std(1) / np.sqrt(60) + 1e-3).all()
    with pytest.raises(ValueError, match="levels"):
        likelihood.nats(rough(), pixels, 1, Key(0))


# Scores


def test_prompts_are_of_real_pictures_and_tell_something():
    labels = bars()[1]
    told = scores.prompts(labels, 400, Key(0))
    assert (told >= 0).any(axis=1).all()
    assert (told >= 0).mean() == pytest.approx(0.75, abs=0.05)
    assert all(scores.right(labels, prompt[None]).all(axis=1).any() for prompt in told)


def test_accuracy_counts_what_is_told():
    seen_, told = np.array([[1, 1], [0, 1], [2, 2]]), np.array([[1, -1], [1, 1], [0, -1]])
    assert scores.accuracy(seen_, told).value == pytest.approx((1 + 0.5 + 0) / 3)
    assert scores.distinct(np.array([[1, 2], [1, 2], [2, 1]])) == 2


def test_a_painter_that_learned_draws_what_it_is_told_and_all_there_is():
    labels = bars()[1]
    found = scores.guided(trained(), seen, labels, 2.0, Key(0), asked=12, each=8, sampler=QUICK)
    assert found.accuracy.value > 0.9
    assert 0.75 < found.variety <= 1.2
    blind = scores.guided(rough(), seen, labels, 2.0, Key(0), asked=12, each=8, sampler=QUICK)
    assert blind.accuracy.value < 0.8


def test_spread_is_the_variance_within_classes():
    g = Key(0).generator()
    labels = np.repeat([0, 1], 4000)
    features = g.standard_normal((8000, 3)) * [1, 2, 3] + 100 * labels[:, None]
    assert scores.spread(features, labels) == pytest.approx(14, rel=0.05)


def test_the_distance_of_real_pictures_is_their_floor():
    x, _ = bars(4000)
    g = Key(0).generator()
    x = np.clip(x + 0.1 * g.standard_normal(x.shape), 0, 1)
    found = scores.distance(lambda x: x.reshape(len(x), -1)[:, ::5], x[:1000], x[1000:3000], x[3000:])
    assert max(found.painted, found.floor) < 0.02
    far = scores.distance(lambda x: x.reshape(len(x), -1)[:, ::5], 1 - x[:1000], x[1000:3000], x[3000:])
    assert far.painted > 1
