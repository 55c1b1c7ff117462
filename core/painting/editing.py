"""Editing pictures with a denoiser: what is known of the result is put into every guess of it.

Each asks a denoiser in model space for x_0 and replaces what is known of it, so that every solver walks to a picture that
has it (Wang, Yu and Zhang, 2023: the known range of x_0 is given, its null space painted):

    in-paint        x_0 where the mask is off           out-painting is the same with another mask
    super-resolve   the mean of x_0 over every block

Going back up in time and down again (`rounds`) lets the painted part settle with the known one (Lugmayr et al., 2022).
`restore` puts a picture through noise to a time and walks back (Meng et al., 2022); `clean` takes the picture's own noise
for that of the model. States are pictures (n, c, h, w), not clipped but for the last, of phase "settle", which lies in
[0, 1] and has what is known exactly.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from core.diffusion import walk
from core.diffusion.noise.schedule import Schedule
from core.diffusion.noise.target import Denoiser
from core.diffusion.solvers import Between
from core.diffusion.walk import Sampler
from core.key import Key
from core.painting.painter import Painter, in_planes
from core.process import Step, frozen

Images = Float[np.ndarray, "n c h w"]
Small = Float[np.ndarray, "n c a b"]  # one pixel a block
Points = Float[np.ndarray, "n d"]
USUAL = Sampler("DPM-Solver++(2M)", 20)
HALVINGS = 60  # of the shift that keeps a block's mean


@dataclass(frozen=True)
class Projected:
    """A denoiser whose guesses are brought `onto` what is known."""

    denoiser: Denoiser
    onto: Callable[[Points], Points]

    @property
    def schedule(self) -> Schedule:
        """The denoiser's."""
        return self.denoiser.schedule

    def denoise(self, x: Points, t: float) -> Points:
        """The nearest to E[x_0 given x_t = x] that has what is known."""
        return self.onto(self.denoiser.denoise(x, t))


def inpaint(
    denoiser: Denoiser,
    known: Images,
    mask: Bool[np.ndarray, "_ 1 h w"],
    key: Key,
    sampler: Sampler = USUAL,
    rounds: int = 3,
) -> Iterator[Step[np.ndarray]]:
    """Paint where `mask` (n or 1, 1, h, w) is True; elsewhere the end has the values of `known` bit for bit.

    Every step from t to s is taken `rounds` times, with fresh noise back to t in between. ValueError for rounds below 1
    or a mask of another size.
    """
    shape = _shape(known)
    if mask.shape[0] not in (1, len(known)):
        raise ValueError(f"The mask should be one for all pictures or one for each of the {len(known)}.")
    free = np.broadcast_to(mask, known.shape)
    given, flat = Painter.to_model(known), free.reshape(len(known), -1)
    course = _travel(Projected(denoiser, lambda x0: np.where(flat, x0, given)), given.shape, key, sampler, rounds)
    yield from _settled(course, shape, lambda x: np.where(free, np.clip(x, 0, 1), known))


def super_resolve(
    denoiser: Denoiser,
    small: Small,
    shape: tuple[int, int, int],
    key: Key,
    sampler: Sampler = USUAL,
    rounds: int = 1,
) -> Iterator[Step[np.ndarray]]:
    """Paint pictures of `shape` whose means over blocks are the pixels of `small`, within 1e-6 at the end.

    ValueError where the sides of `shape` are no multiples of those of `small`, or its pixels lie outside [0, 1].
    """
    n, c, h, w = small.shape
    if shape[0] != c or shape[1] % h or shape[2] % w:
        raise ValueError(f"Pictures of {shape} have no blocks that are the pixels of {small.shape[1:]}.")
    if not ((small >= 0) & (small <= 1)).all():
        raise ValueError("The small pictures' values should lie between 0 and 1.")
    given = 2 * small - 1

    def onto(x0: Points) -> Points:
        x = x0.reshape(n, *shape)
        return (x + enlarged(given - block_means(x, (h, w)), shape)).reshape(x0.shape)

    course = _travel(Projected(denoiser, onto), (n, int(np.prod(shape))), key, sampler, rounds)
    yield from _settled(course, shape, lambda x: with_means(x, small))


def restore(denoiser: Denoiser, x: Images, t: float, key: Key, sampler: Sampler = USUAL) -> Iterator[Step[np.ndarray]]:
    """Put pictures through noise to time t in (0, 1] and walk back over the sampler's times below t."""
    if not 0 < t <= 1:
        raise ValueError(f"The time to go back from should lie in (0, 1], not {t:g}.")
    schedule, u = denoiser.schedule, Painter.to_model(x)
    noise = (key / "forward").generator().standard_normal(u.shape)
    begin = float(schedule.alpha(t)) * u + float(schedule.sigma(t)) * noise
    yield from _back(denoiser, begin, t, _shape(x), key, sampler)


def clean(
    denoiser: Denoiser, x: Images, spread: float, key: Key, sampler: Sampler = USUAL
) -> Iterator[Step[np.ndarray]]:
    """Walk back from pictures that hold noise of standard deviation `spread` > 0 already, on the scale of [0, 1]."""
    if not spread > 0:
        raise ValueError(f"The noise's spread should be above 0, not {spread:g}.")
    t = float(denoiser.schedule.at_log_snr(-2 * np.log(2 * spread)))
    yield from _back(denoiser, float(denoiser.schedule.alpha(t)) * Painter.to_model(x), t, _shape(x), key, sampler)


def _back(
    denoiser: Denoiser, begin: Points, t: float, shape: tuple[int, int, int], key: Key, sampler: Sampler
) -> Iterator[Step[np.ndarray]]:
    """From x_t to a picture."""
    times = sampler.times(denoiser.schedule)
    below = np.concatenate([[t], times[times < t]])
    yield from _settled(walk.walk(denoiser, begin, key, sampler, times=below), shape, lambda x: np.clip(x, 0, 1))


def _travel(
    denoiser: Denoiser, shape: tuple[int, ...], key: Key, sampler: Sampler, rounds: int
) -> Iterator[Step[np.ndarray]]:
    """A walk in model space whose every step is taken `rounds` times; one round is the plain walk."""
    if rounds < 1:
        raise ValueError("A step is taken at least once: rounds should be 1 or more.")
    schedule = denoiser.schedule
    begin = walk.start(schedule, shape[0], shape[1], key)
    if rounds == 1:
        yield from walk.walk(denoiser, begin, key, sampler)
        return
    times, x, index, asked = sampler.times(schedule), begin, 0, 0.0
    yield Step(0, frozen(begin), "start", {"t": float(times[0]), "evaluations": 0.0})
    for i, (t, s) in enumerate(zip(times, times[1:], strict=False)):
        for turn in range(rounds if schedule.sigma(s) > 0 else 1):
            if turn:
                x = _noised(schedule, x, float(s), float(t), key / "back" / i / turn)
            _, *steps = walk.walk(denoiser, x, key / "down" / i / turn, sampler, times=np.array([t, s]))
            for step in steps:
                index += 1
                metrics = dict(step.metrics) | {"evaluations": asked + step.metrics["evaluations"]}
                yield replace(step, index=index, metrics=metrics)
            x, asked = steps[-1].state, asked + steps[-1].metrics["evaluations"]


def _noised(schedule: Schedule, x: Points, s: float, t: float, key: Key) -> Points:
    """x_t given x_s, for s < t."""
    ratio = float(schedule.alpha(t) / schedule.alpha(s))
    return ratio * x + np.sqrt(Between(schedule, t, s).fresh) * key.generator().standard_normal(x.shape)


def _settled(
    course: Iterator[Step[np.ndarray]], shape: tuple[int, int, int], finish: Callable[[Images], Images]
) -> Iterator[Step[np.ndarray]]:
    """The Steps as pictures, and after them the picture that `finish` makes of the last."""
    for step in course:
        last = in_planes(step, shape)
        yield last
    yield replace(last, index=last.index + 1, phase="settle", state=frozen(finish(last.state)))


def _shape(x: Images) -> tuple[int, int, int]:
    c, h, w = x.shape[1:]
    return c, h, w


def block_means(x: Images, sides: tuple[int, int]) -> Small:
    """The means over the blocks that cut pictures into `sides` (rows, columns)."""
    n, c, h, w = x.shape
    return x.reshape(n, c, sides[0], h // sides[0], sides[1], w // sides[1]).mean(axis=(3, 5))


def enlarged(small: Small, shape: tuple[int, int, int]) -> Images:
    """Every pixel as a block."""
    down, across = shape[1] // small.shape[2], shape[2] // small.shape[3]
    return small.repeat(down, axis=2).repeat(across, axis=3)


def with_means(x: Images, small: Small) -> Images:
    """Pictures in [0, 1] whose block means are `small`: every block of `x` shifted as far as it needs, then clipped."""
    sides, shape = (small.shape[2], small.shape[3]), _shape(x)
    low, high = -1 - x.max() + np.zeros_like(small), 2 - x.min() + np.zeros_like(small)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        short = block_means(np.clip(x + enlarged(middle, shape), 0, 1), sides) < small
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.clip(x + enlarged((low + high) / 2, shape), 0, 1)
