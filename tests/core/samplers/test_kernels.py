"""Kernels: closed forms of acceptance, memory and bias; every one leaves its target as it is, and each break is seen."""

from itertools import islice

import numpy as np
import pytest

from core.key import Key
from core.process import Halt
from core.samplers import modes, targets
from core.samplers.chain import begin, chain, warm_up
from core.samplers.gibbs import Gibbs
from core.samplers.hamiltonian import Hamiltonian, euler, leapfrog
from core.samplers.walks import Langevin, RandomWalk

LINE = targets.Normal(np.zeros(1), np.eye(1))
KERNELS = (RandomWalk(0.8), Langevin(0.4), Hamiltonian(0.2, 6), Hamiltonian(0.2, 6, jitter=0.3), Gibbs(-6.0, 16.0, 500))
BROKEN = (Langevin(1.0, "no correction"), Langevin(1.0, "no Hastings term"), Hamiltonian(0.3, 6, broken="Euler"))


def moved(kernel, target, m, steps, key=0):
    """Exact draws after some steps of a kernel."""
    return list(islice(chain(kernel, target, target.sample(m, Key(key)), Key(key) / "chain"), steps + 1))[-1].state.x


def deviations(x, target):
    """By how many standard errors the first two moments of `x` miss the target's."""
    off = x - target.mean
    second = np.einsum("ni,nj->nij", off, off).reshape(len(x), -1)
    found, true = np.hstack([x, second]), np.hstack([target.mean, target.covariance.ravel()])
    return np.abs(found.mean(axis=0) - true) / (found.std(axis=0) / np.sqrt(len(x)))


@pytest.mark.parametrize(
    "target", [targets.Banana(), targets.tilted(0.7), modes.three_modes()], ids=lambda t: type(t).__name__
)
@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_draws_stay_draws(kernel, target):
    """Invariance: what began at the target is at the target after eight steps."""
    m = 4000 if isinstance(kernel, Gibbs) else 20_000
    assert deviations(moved(kernel, target, m, 8), target).max() < 4.5


@pytest.mark.parametrize("kernel", BROKEN, ids=str)
def test_what_is_broken_is_seen(kernel):
    assert deviations(moved(kernel, targets.tilted(0.5), 20_000, 8), targets.tilted(0.5)).max() > 6


@pytest.mark.parametrize("scale", [0.5, 2.0, 5.0])
def test_the_random_walk_accepts_as_it_must(scale):
    """(2 / pi) atan(2 / scale) on N(0, 1)."""
    state = begin(LINE, LINE.sample(400_000, Key(1)))
    accepted = RandomWalk(scale).step(Key(2), state, LINE)[1].accepted
    assert accepted.mean() == pytest.approx(2 / np.pi * np.arctan(2 / scale), abs=4 * 0.5 / np.sqrt(4e5))


def test_gibbs_forgets_as_rho_squared():
    rho = 0.9
    target = targets.tilted(rho)
    x = target.sample(200_000, Key(4))
    y = Gibbs().step(Key(5), begin(target, x), target)[0].x
    assert np.corrcoef(x[:, 1], y[:, 1])[0, 1] == pytest.approx(rho**2, abs=0.005)


@pytest.mark.parametrize("scale", [0.5, 1.0])
def test_langevin_uncorrected_is_too_wide(scale):
    """Its own variance on N(0, 1) is 1 / (1 - scale^2 / 4)."""
    x = moved(Langevin(scale, "no correction"), LINE, 100_000, 40)
    assert x.var() == pytest.approx(1 / (1 - scale**2 / 4), rel=0.02)


def test_the_leapfrog_runs_backwards_and_keeps_volume():
    target = targets.Banana()
    x, p = np.random.default_rng(0).normal(size=(2, 20, 2))
    xs, ps = leapfrog(target, x, p, 0.1, 12)
    back, turned = leapfrog(target, xs[:, -1], -ps[:, -1], 0.1, 12)
    np.testing.assert_allclose(back[:, -1], x, atol=1e-10)
    np.testing.assert_allclose(-turned[:, -1], p, atol=1e-10)
    for slide, volume in ((leapfrog, 1.0), (euler, None)):
        h, z = 1e-5, np.concatenate([x[0], p[0]])
        nudged = np.concatenate([z + h * np.eye(4), z - h * np.eye(4)])
        ends = np.hstack([part[:, -1] for part in slide(target, nudged[:, :2], nudged[:, 2:], 0.1, 12)])
        determinant = np.linalg.det((ends[:4] - ends[4:]) / (2 * h))
        assert abs(determinant - 1) < 1e-6 if volume else abs(determinant - 1) > 0.05


def test_the_leapfrog_s_error_is_of_order_two():
    x, p = np.array([[1.0]]), np.array([[0.5]])
    scales = np.array([0.1, 0.05, 0.025, 0.0125])
    errors = []
    for scale in scales:
        xs, ps = leapfrog(LINE, x, p, scale, round(1.3 / scale))
        errors.append(abs(float((xs[0, -1] ** 2 + ps[0, -1] ** 2)[0] - 1.25)))
    assert np.polyfit(np.log(scales), np.log(errors), 1)[0] == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(("scale", "stable"), [(1.99, True), (2.01, False)])
def test_the_leapfrog_is_stable_below_two(scale, stable):
    xs, _ = leapfrog(LINE, np.array([[1.0]]), np.array([[0.0]]), scale, 200)
    assert (np.abs(xs).max() < 10) == stable


def test_refused_proposals_are_kept():
    steps = list(islice(chain(RandomWalk(4.0), targets.Banana(), np.zeros((50, 2)), Key(1)), 3))
    before, after = steps[1].state, steps[2]
    refused = ~after.arrays["accepted"]
    assert refused.any()
    np.testing.assert_array_equal(after.state.x[refused], before.x[refused])
    assert (after.arrays["proposal"][refused] != before.x[refused]).any(axis=1).all()
    np.testing.assert_array_equal(after.arrays["accepted"], np.log(after.arrays["u"]) < after.arrays["log_alpha"])


def test_a_slide_that_diverges_is_refused():
    state = begin(targets.Banana(), np.full((3, 2), 2.0))
    after, info = Hamiltonian(50.0, 60).step(Key(0), state, targets.Banana())
    assert not info.accepted.any()
    np.testing.assert_array_equal(after.x, state.x)


def test_the_same_key_is_the_same_chain():
    runs = [moved(Hamiltonian(), targets.Banana(), 5, 4, key=7) for _ in range(2)]
    np.testing.assert_array_equal(*runs)


def test_warm_up_finds_the_scale():
    """On N(0, 1) the random walk accepts 0.44 at scale 2 / tan(0.44 pi / 2)."""
    *_, last = warm_up(RandomWalk(0.01), LINE, LINE.sample(200, Key(1)), Key(2), goal=0.44)
    assert last.state[0].scale == pytest.approx(2 / np.tan(0.44 * np.pi / 2), rel=0.05)
    assert last.metrics["scale"] == last.state[0].scale


def test_a_start_of_density_zero_is_refused():
    with pytest.raises(Halt, match="Chain 2 starts where"):
        begin(targets.Banana(), np.array([[0.0, 0.0], [np.inf, 0.0]]))
    with pytest.raises(Halt, match="widen the grid"):
        Gibbs(400.0, 401.0, 5).step(Key(0), begin(targets.Funnel(), np.zeros((1, 2))), Outside())


class Outside:
    """A density without mass."""

    dim = 2

    def log_density(self, x):
        return np.full(x.shape[:-1], -np.inf)

    def score(self, x):
        return np.zeros_like(x)
