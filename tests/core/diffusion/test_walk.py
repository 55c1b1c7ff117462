"""The walks: equal to each other where they should be, to diffusers' schedulers, and of the order they claim."""

import functools
from itertools import pairwise

import numpy as np
import pytest
import torch
from diffusers.schedulers import scheduling_ddpm
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler

from core.diffusion.noise.schedule import NAMES, SPACINGS, Schedule
from core.diffusion.noise.target import guess
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import SOLVERS, STOCHASTIC, Sampler, start, walk
from core.evaluation import two_sample
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Halt

MIXTURE = GMM(
    np.array([0.3, 0.7]),
    np.array([[-1.0, 0.4], [0.9, -0.2]]),
    np.array([[[0.1, 0.03], [0.03, 0.2]], [[0.2, -0.05], [-0.05, 0.1]]]),
)
SMALL, LARGE = SOLVERS[:2]


def exact(name="cosine", gmm=MIXTURE, **ends):
    return ExactMixture(gmm, Schedule(name, **ends))


def walked(denoiser, sampler, n=6, key=Key(0), **options):  # noqa: B008 - a Key is a constant value
    return list(walk(denoiser, start(denoiser.schedule, n, 2, key), key, sampler, **options))


def ends(denoiser, sampler, **options):
    return walked(denoiser, sampler, **options)[-1].state


# A walk is a process


@pytest.mark.parametrize("solver", SOLVERS)
def test_phases_follow_each_other_and_nothing_changes_afterwards(solver):
    steps = []
    for step in walk(exact(), start(Schedule(), 5, 2, Key(1)), Key(1), Sampler(solver, 4)):
        steps.append((step, step.state.copy(), {k: v.copy() for k, v in step.arrays.items()}))
    plain = [step for step, *_ in steps]
    assert [step.index for step in plain] == list(range(len(plain)))
    assert plain[0].phase == "start"
    assert plain[-1].metrics["t"] == 0
    for before, after in pairwise(plain):
        assert (after.phase == "guess") == np.array_equal(before.state, after.state) or after.phase == "noise"
        assert after.metrics["t"] <= before.metrics["t"]
    assert ("noise" in {step.phase for step in plain}) == (solver in STOCHASTIC)
    for step in plain:  # where none is added, nothing says that some is
        assert step.phase != "noise" or np.abs(step.arrays["noise"]).max() > 0
    assert plain[-1].metrics["evaluations"] == sum(step.phase == "guess" for step in plain)
    for step, state, arrays in steps:
        assert not step.state.flags.writeable
        np.testing.assert_array_equal(step.state, state)
        for name, array in arrays.items():
            assert not step.arrays[name].flags.writeable
            np.testing.assert_array_equal(step.arrays[name], array)


def test_the_arrays_are_the_guess_where_it_was_made():
    denoiser = exact()
    for step in walked(denoiser, Sampler("Heun", 3)):
        if step.phase == "guess":
            t = step.metrics["t"]
            at = guess(denoiser, step.state, t)
            for name in ("x0", "eps", "score"):
                np.testing.assert_array_equal(step.arrays[name], getattr(at, name))


def test_noise_is_what_the_noise_phase_adds():
    steps = walked(exact(), Sampler(SMALL, 5))
    for before, after in pairwise(steps):
        if after.phase == "noise":
            np.testing.assert_allclose(before.state + after.arrays["noise"], after.state, rtol=1e-14)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", NAMES)
def test_every_solver_walks_every_schedule_or_says_why_not(name, solver):
    try:
        assert np.isfinite(ends(exact(name), Sampler(solver, 20))).all()
    except Halt as reason:
        assert (name, solver) == ("flow", "Euler-Maruyama")
        assert "no signal" in str(reason)  # noqa: PT017


# Equal to each other


@pytest.mark.parametrize("name", NAMES)
def test_ddim_with_eta_one_is_ancestral(name):
    a, b = (ends(exact(name), sampler) for sampler in (Sampler("DDIM", 30, eta=1.0), Sampler(SMALL, 30)))
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
    assert np.abs(a - ends(exact(name), Sampler("DDIM", 30, eta=0.5))).max() > 1e-3


def test_ddim_without_noise_is_euler_on_straight_lines():
    flow = exact("flow")
    np.testing.assert_allclose(
        ends(flow, Sampler("DDIM", 12)), ends(flow, Sampler("Euler", 12)), rtol=1e-10, atol=1e-10
    )


def test_one_step_of_each_deterministic_solver_to_the_data_is_the_guess():
    denoiser = exact()
    begin = start(denoiser.schedule, 6, 2, Key(0))
    for solver in ("DDIM", "DPM-Solver++(2M)", SMALL):
        np.testing.assert_allclose(ends(denoiser, Sampler(solver, 1)), denoiser.denoise(begin, 1.0), rtol=1e-9)


def test_dpm_solver_of_one_guess_is_ddim():
    a, b = (ends(exact(), Sampler(s, 2, end=0.4), times=np.array([1.0, 0.4])) for s in ("DDIM", "DPM-Solver++(2M)"))
    np.testing.assert_allclose(a, b, rtol=1e-9)


# diffusers' schedulers, with our table in 64 bits and our noise


T = 100
TABLE = Schedule("linear").alpha(np.arange(1, T + 1) / T) ** 2


def scheduler(kind, **options):
    made = kind(num_train_timesteps=T, prediction_type="epsilon", **options)
    made.alphas_cumprod = torch.from_numpy(TABLE)
    return made


def eps_at(denoiser, x, i):
    return torch.from_numpy(guess(denoiser, x.double().numpy(), (int(i) + 1) / T).eps)


def noises(count, n=6):
    return [torch.from_numpy((Key(0) / "noise" / i).generator().standard_normal((n, 2))) for i in range(count)]


def times_of(made):
    return np.append((made.timesteps.numpy() + 1) / T, 0.0)


def states(denoiser, sampler, times):
    """Where our walk stands after each step."""
    steps = walked(denoiser, sampler, times=times)
    last = {step.metrics["t"]: step.state for step in steps}
    return [last[t] for t in times[1:]]


@pytest.mark.parametrize("inferred", [T, 20])
@pytest.mark.parametrize(("kind", "variance"), [(SMALL, "fixed_small"), (LARGE, "fixed_large")])
def test_ancestral_equals_diffusers(kind, variance, inferred, monkeypatch):
    denoiser, made = exact("linear"), scheduler(DDPMScheduler, clip_sample=False, variance_type=variance)
    made.set_timesteps(inferred)
    queue = noises(inferred)
    monkeypatch.setattr(scheduling_ddpm, "randn_tensor", lambda *_, **__: queue[turn])
    ours = states(denoiser, Sampler(kind), times_of(made))
    x = torch.from_numpy(start(denoiser.schedule, 6, 2, Key(0)))
    for turn, t in enumerate(made.timesteps):
        x = made.step(eps_at(denoiser, x, t), t, x).prev_sample
        np.testing.assert_allclose(x.numpy(), ours[turn], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("inferred", [T, 10])
@pytest.mark.parametrize("eta", [0.0, 0.6, 1.0])
def test_ddim_equals_diffusers(eta, inferred):
    denoiser, made = exact("linear"), scheduler(DDIMScheduler, clip_sample=False, set_alpha_to_one=True)
    made.set_timesteps(inferred)
    ours = states(denoiser, Sampler("DDIM", eta=eta), times_of(made))
    x = torch.from_numpy(start(denoiser.schedule, 6, 2, Key(0)))
    for turn, (t, noise) in enumerate(zip(made.timesteps, noises(inferred), strict=True)):
        x = made.step(eps_at(denoiser, x, t), t, x, eta=eta, variance_noise=noise).prev_sample
        np.testing.assert_allclose(x.numpy(), ours[turn], rtol=1e-8, atol=1e-8)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # in their set_timesteps
@pytest.mark.parametrize("inferred", [20, 50])
def test_dpm_solver_equals_diffusers(inferred):
    """Their samples are cut to 32 bits at every step: hence the tolerance."""
    denoiser = exact("linear")
    made = scheduler(DPMSolverMultistepScheduler, solver_order=2, algorithm_type="dpmsolver++", solver_type="midpoint")
    made.set_timesteps(inferred)
    table = np.append(np.sqrt((1 - TABLE) / TABLE)[made.timesteps.numpy()], 0.0)
    made.sigmas = torch.from_numpy(table)
    ours = states(denoiser, Sampler("DPM-Solver++(2M)"), times_of(made))
    x = torch.from_numpy(start(denoiser.schedule, 6, 2, Key(0)))
    for turn, t in enumerate(made.timesteps):
        x = made.step(eps_at(denoiser, x, t), t, x).prev_sample.double()
        np.testing.assert_allclose(x.numpy(), ours[turn], rtol=1e-5, atol=1e-5)


# Orders


@functools.cache
def finest(name, end):
    """Where the flow itself leads, at a time where it is still smooth."""
    denoiser = exact(name, high=0.9)
    return ends(denoiser, Sampler("Heun"), n=3, times=denoiser.schedule.grid(1000, Sampler().spacing, end))


@pytest.mark.parametrize("name", ["cosine", "flow"])
@pytest.mark.parametrize(("solver", "expected"), [("Euler", 1), ("DDIM", 1), ("Heun", 2), ("DPM-Solver++(2M)", 2)])
def test_solvers_have_the_order_they_claim(solver, expected, name):
    """The order is the slope of log error against log steps."""
    end, counts = 0.1, (48, 96, 192)
    walks = (ends(exact(name, high=0.9), Sampler(solver, n, end=end), n=3) for n in counts)
    errors = [np.abs(walk - finest(name, end)).max() for walk in walks]
    assert -np.polyfit(np.log(counts), np.log(errors), 1)[0] == pytest.approx(expected, abs=0.15)


def test_heun_beats_euler_at_the_same_cost():
    denoiser = exact("flow")
    finest = ends(denoiser, Sampler("Heun", 1000))
    euler, heun = (np.abs(ends(denoiser, s) - finest).mean() for s in (Sampler("Euler", 80), Sampler("Heun", 40)))
    assert heun < euler / 3


# Exact scores give the data back


@pytest.mark.parametrize("solver", SOLVERS)
def test_exact_scores_walk_to_the_data(solver):
    name = "linear" if solver == "Euler-Maruyama" else "cosine"
    sampler = Sampler(solver, 150, "time" if solver == "Euler-Maruyama" else "quadratic", ratio=0.1)
    denoiser, n = exact(name), 800
    drawn = ends(denoiser, sampler, n=n, key=Key(3))
    along = two_sample.directions(2, Key(4))
    far = two_sample.sliced_wasserstein(drawn, MIXTURE.sample(n, Key(5)), along)
    null = two_sample.null_band("sliced wasserstein", MIXTURE, n, n, 40, Key(6))
    assert far < 1.3 * null.max()


def test_a_sampler_that_cannot_be_is_refused():
    for bad in ({"solver": "guess"}, {"steps": 0}, {"eta": 2.0}, {"spacing": "x"}):
        with pytest.raises(ValueError, match="must"):
            Sampler(**bad)
    assert Sampler().spacing in SPACINGS
