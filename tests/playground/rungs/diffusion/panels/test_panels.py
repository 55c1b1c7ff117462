"""The panels' arithmetic: orders, guided walks, floors and the identities they claim."""

import numpy as np
import pytest

from core.data import builtin
from core.diffusion.walk import Sampler
from core.key import Key
from playground.rungs.diffusion import identities, training
from playground.rungs.diffusion.bench import Bench, Noising
from playground.rungs.diffusion.dials import Push
from playground.rungs.diffusion.panels import guidance, quality, solvers

KEY = Key(1)


def bench(name="eight_gaussians", schedule="cosine", n=300):
    return Bench(builtin.load(name, n, Key(0)), Noising(schedule))


def test_the_orders_are_one_and_two_and_no_step_keeps_others_waiting():
    b = bench()
    steps = list(solvers.race(b, b.exact, Sampler("Heun", 20), KEY))
    assert [step.index for step in steps] == list(range(len(steps)))
    assert len(steps) > 50
    last = steps[-1]
    found = {name: solvers.order(last.state.rows, name) for name in solvers.PLAIN}
    for name, wanted in (("DDIM", 1), ("Euler", 1), ("Heun", 2), ("DPM-Solver++(2M)", 2)):
        assert found[name] == pytest.approx(wanted, abs=0.25), found
    assert [count for count, _ in last.state.ends] == list(solvers.SHOWN)


def test_guidance_of_one_draws_the_class_and_of_three_does_not_draw_the_tilted_density():
    b = bench("two_moons")
    gmm = guidance.law(b)[0]
    one = list(guidance.steps(b, gmm, 0, Push(1.0), KEY))[-1]
    three = list(guidance.steps(b, gmm, 0, Push(3.0), KEY))[-1]
    assert one.metrics["distance"] < one.metrics["limit"]
    assert three.metrics["distance"] > three.metrics["limit"]
    assert guidance.law(bench("swiss_roll")) is None


def test_the_exact_denoiser_passes_its_own_tests_and_a_wrong_one_fails(monkeypatch):
    monkeypatch.setattr(quality, "TESTED", 100)
    b = bench()
    *_, last = quality.judge(b, b.exact, Sampler("DPM-Solver++(2M)", 50), False, KEY)
    found = [check for check in identities.checks(b, b.exact, False, KEY) if check]
    assert [check.holds for check in found] == [True] * 3, found
    values = {name: value for name, value, _ in last.state}
    level, error = (float(v) for v in values["Negative log-likelihood"].split(" ± "))
    assert level == pytest.approx(b.dataset.entropy, abs=5 * error)
    assert values["Modes reached"] == "8 of 8"
    assert abs(identities.parts(Crooked(b.exact)) - 1) > 0.01


@pytest.mark.parametrize("name", ["eight_gaussians", "two_moons", "faithful"])
def test_every_figure_of_quality_has_its_row_before_it_is_known(monkeypatch, name):
    monkeypatch.setattr(quality, "TESTED", 50)
    b = bench(name)
    *_, last = quality.judge(b, b.exact, Sampler("DDIM", 10), False, KEY)
    assert [row[0] for row in quality.awaited(b, False)] == [row[0] for row in last.state]


class Crooked:
    """The exact denoiser with its Jacobian's trace told too small."""

    def __init__(self, exact):
        self.exact, self.schedule, self.gmm = exact, exact.schedule, exact.gmm

    def denoise_with_trace(self, x, t):
        mean, trace = self.exact.denoise_with_trace(x, t)
        return mean, 0.9 * trace


def test_the_flow_of_a_stored_model_integrates_to_one_over_the_square():
    b = bench("two_moons")
    model = training.stored(b).state
    assert sum(identities.mass(model, part) for part in identities.cells()) == pytest.approx(1, abs=0.03)


def test_the_loss_of_a_trained_network_lies_on_its_floor(monkeypatch):
    monkeypatch.setattr(training, "UPDATES", 1200)
    b, learning = bench(n=1000), training.Learning()
    steps = list(training.steps(learning.config(b), b, KEY))
    first, last = steps[0], steps[-1]
    assert last.metrics["steps"] == 1200
    _, floor = training.floor(b, "v", len(last.arrays["loss_by_time"]))
    excesses = [training.excess(s.arrays["loss_by_time"], s.arrays["examples"], floor) for s in (first, last)]
    assert excesses[0] > 0.05
    assert -0.01 < excesses[1] < 0.03
    assert last.arrays["samples"].shape == (training.SAMPLES, 2)
    frame = training.frames(b, [last], 0.3)[0]
    off = frame.arrays["learned"]["uv"] - frame.arrays["exact"]["uv"]
    assert np.median(np.linalg.norm(off, axis=1)) < 0.3
    assert frame.arrays["difference"]["values"].min() >= 0
