"""Editing: what is known is kept exactly, what is not is painted, and turning everything turns the result."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from core.diffusion.noise.schedule import Schedule
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import SOLVERS, Sampler
from core.key import Key
from core.mixture.gmm import GMM
from core.painting import editing
from core.painting.painter import Painter
from tests.core.painting.tiny_painter import bars, rough, seen, trained

SHAPE = (1, 4, 4)
QUICK = Sampler("DPM-Solver++(2M)", 6)


def gaussian(mean=None, covariance=None):
    """The exact denoiser of pictures in model space that follow a Gaussian."""
    mean = np.zeros(16) if mean is None else mean
    covariance = 0.2 * np.eye(16) if covariance is None else covariance
    return ExactMixture(GMM(np.ones(1), mean[None], covariance[None]), Schedule("cosine"))


@dataclass
class Counted:
    """A denoiser that counts how often it is asked."""

    denoiser: object
    asked: list = field(default_factory=list)

    @property
    def schedule(self):
        return self.denoiser.schedule

    def denoise(self, x, t):
        self.asked.append(t)
        return self.denoiser.denoise(x, t)


def last(steps):
    *_, step = steps
    return step.state


def pictures(n=3, seed=0, shape=SHAPE):
    return (Key(seed) / "pictures").generator().random((n, *shape))


def mask(n=1, seed=0, side=4):
    return (Key(seed) / "mask").generator().random((n, 1, side, side)) < 0.5


# In-painting


@pytest.mark.parametrize("rounds", [1, 2])
@pytest.mark.parametrize("solver", SOLVERS)
def test_known_pixels_are_exact_bit_for_bit(solver, rounds):
    known, free = pictures(), mask(3)
    steps = list(editing.inpaint(gaussian(), known, free, Key(1), Sampler(solver, 5), rounds))
    end = steps[-1]
    assert end.phase == "settle"
    assert np.array_equal(end.state[~free], known[~free])
    assert not np.isclose(end.state[free], known[free]).any()
    assert end.state.min() >= 0
    assert end.state.max() <= 1
    assert [b.index - a.index for a, b in pairwise(steps)] == [1] * (len(steps) - 1)
    if solver.startswith("D"):  # those whose last step is to the guess itself
        assert np.allclose(steps[-2].state[~free], known[~free], atol=1e-9)


def test_planes_of_colour_share_a_mask():
    known, free = pictures(2, shape=(3, 8, 8)), mask(1, side=8)
    end = last(editing.inpaint(rough((3, 8, 8)).told(None), known, free, Key(1), QUICK))
    kept = np.broadcast_to(~free, known.shape)
    assert np.array_equal(end[kept], known[kept])


def test_a_whole_mask_is_plain_painting_and_an_empty_one_the_picture():
    painter, known = rough(), pictures(3, shape=(1, 8, 8))
    whole = last(editing.inpaint(painter.told(None), known, np.ones((1, 1, 8, 8), bool), Key(1), QUICK, 1))
    assert np.array_equal(whole, painter.sample(3, Key(1), QUICK))
    none = last(editing.inpaint(painter.told(None), known, np.zeros((1, 1, 8, 8), bool), Key(1), QUICK))
    assert np.array_equal(none, known)


@pytest.mark.parametrize("turn", [lambda a: a[..., ::-1], lambda a: a[..., ::-1, :], lambda a: a.swapaxes(2, 3)])
def test_turning_all_turns_the_result(turn, monkeypatch):
    """With a denoiser that is the same for every pixel, mask, picture and noise may be mirrored before or after."""
    known, free = pictures(), mask(3)
    plain = last(editing.inpaint(gaussian(), known, free, Key(1), QUICK, 1))
    start = editing.walk.start

    def turned_start(*arguments):
        return turn(start(*arguments).reshape(-1, *SHAPE)).reshape(-1, 16)

    monkeypatch.setattr(editing.walk, "start", turned_start)
    turned = last(editing.inpaint(gaussian(), turn(known).copy(), turn(free).copy(), Key(1), QUICK, 1))
    assert np.allclose(turned, turn(plain), atol=1e-12)


def test_the_painted_part_follows_the_known_one():
    """Pixels that the law ties to the known ones are painted as those say: exact Gaussian pictures of one grey."""
    tied = gaussian(covariance=0.1 * np.ones((16, 16)) + 1e-4 * np.eye(16))
    greys = np.array([0.3, 0.5, 0.7])
    known = np.ones((3, *SHAPE)) * greys[:, None, None, None]
    free = np.ones((1, 1, 4, 4), bool)
    free[..., :2] = False
    end = last(editing.inpaint(tied, known, free, Key(1), Sampler("DPM-Solver++(2M)", 20), 3))
    assert np.allclose(end[..., 2:], known[..., 2:], atol=0.03)


def test_a_bar_is_finished():
    x, labels = bars(48, seed=5)
    free = np.ones((1, 1, 8, 8), bool)
    free[..., :4, :4] = False
    end = last(editing.inpaint(trained().told(None), x, free, Key(1), Sampler("DPM-Solver++(2M)", 12), 3))
    assert (seen(end) == labels).mean() > 0.9
    assert np.array_equal(end[..., :4, :4], x[..., :4, :4])


def test_rounds_ask_again_and_are_counted():
    for rounds, wanted in ((1, 6), (3, 3 * 5 + 1)):
        counted = Counted(gaussian())
        *_, step = editing.inpaint(counted, pictures(), mask(), Key(1), QUICK, rounds)
        assert len(counted.asked) == wanted == step.metrics["evaluations"]


def test_a_mask_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="mask"):
        last(editing.inpaint(gaussian(), pictures(), mask(2), Key(1), QUICK))
    with pytest.raises(ValueError, match="rounds"):
        last(editing.inpaint(gaussian(), pictures(), mask(), Key(1), QUICK, 0))


# Super-resolution


@pytest.mark.parametrize("rounds", [1, 2])
def test_block_means_are_exact(rounds):
    small = pictures(4, shape=(3, 2, 4))
    small[0] = 0.0
    small[1, 0] = 1.0
    end = last(editing.super_resolve(rough((3, 8, 8)).told(None), small, (3, 8, 8), Key(1), QUICK, rounds))
    assert np.abs(editing.block_means(end, (2, 4)) - small).max() < 1e-9
    assert end.min() >= 0
    assert end.max() <= 1


def test_a_bar_is_made_sharp():
    x, labels = bars(48, seed=6)
    small = editing.block_means(x, (4, 4))
    end = last(editing.super_resolve(trained().told(None), small, (1, 8, 8), Key(1), Sampler("DPM-Solver++(2M)", 12)))
    assert (seen(end) == labels).mean() > 0.9
    blurred = editing.enlarged(small, (1, 8, 8))
    assert np.abs(end - x).mean() < 0.5 * np.abs(blurred - x).mean()


def test_blocks_and_their_means_belong_together():
    small = pictures(2, shape=(3, 2, 5))
    assert np.allclose(editing.block_means(editing.enlarged(small, (3, 6, 10)), (2, 5)), small)
    x = pictures(2, shape=(1, 4, 6))
    assert editing.block_means(x, (2, 3))[1, 0, 1, 2] == pytest.approx(x[1, 0, 2:, 4:].mean())


def test_pictures_that_have_their_means_are_left_alone():
    x = pictures(5, shape=(1, 8, 8))
    assert np.allclose(editing.with_means(x, editing.block_means(x, (2, 2))), x, atol=1e-12)


@pytest.mark.parametrize(("shape", "top"), [((1, 9, 8), 1), ((3, 8, 8), 1), ((1, 8, 8), 2)])
def test_small_pictures_that_do_not_fit_are_refused(shape, top):
    with pytest.raises(ValueError, match="[Pp]ictures"):
        last(editing.super_resolve(rough().told(None), top * pictures(2), shape, Key(1), QUICK))


# There and back


def test_little_noise_leaves_a_picture_and_much_does_not():
    x, _ = bars(24, seed=7)
    apart = []
    for t in (0.02, 0.3, 1.0):
        steps = list(editing.restore(trained().told(None), x, t, Key(1), Sampler("DPM-Solver++(2M)", 20)))
        assert steps[0].metrics["t"] == t
        assert steps[-1].phase == "settle"
        apart.append(np.abs(steps[-1].state - x).mean())
    assert apart[0] < 0.05
    assert apart[0] < apart[1] < apart[2]


def test_the_picture_is_put_through_the_schedules_noise():
    denoiser, x = gaussian(), pictures(400)
    first = next(iter(editing.restore(denoiser, x, 0.6, Key(1), QUICK)))
    u, noised = Painter.to_model(x), Painter.to_model(first.state)
    rest = noised - denoiser.schedule.alpha(0.6) * u
    assert rest.std() == pytest.approx(float(denoiser.schedule.sigma(0.6)), rel=0.05)
    assert abs((rest * u).mean()) < 0.03


@pytest.mark.parametrize("t", [0.0, -1.0, 1.5])
def test_a_time_outside_the_schedule_is_refused(t):
    with pytest.raises(ValueError, match="time"):
        last(editing.restore(gaussian(), pictures(), t, Key(1), QUICK))


def test_a_noisy_picture_is_cleaned():
    x, _ = bars(24, seed=8)
    noisy = x + 0.2 * Key(9).generator().standard_normal(x.shape)
    steps = list(editing.clean(trained().told(None), noisy, 0.2, Key(1), Sampler("DPM-Solver++(2M)", 20)))
    s = trained().schedule
    t = steps[0].metrics["t"]
    assert s.sigma(t) / s.alpha(t) == pytest.approx(0.4)
    assert np.abs(steps[-1].state - x).mean() < 0.5 * np.abs(noisy - x).mean()
    with pytest.raises(ValueError, match="spread"):
        last(editing.clean(gaussian(), pictures(), 0.0, Key(1), QUICK))
