"""Train a painter: a diffusion model of small pictures that may be told conditions.

The loss is the mean over pictures, noise and time of weight(t) |F_hat(x_t, t, labels) - F|^2 / d, F the target that `config`
names (Ho, Jain and Abbeel, 2020; Salimans and Ho, 2022; Lipman et al., 2023). Every label is left untold now and then, so
that any of them may be left open later and the rest be guided (Ho and Salimans, 2022). Every Step's state is a complete
`Painter`. One update is in `core.painting.course`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from jaxtyping import Float, Int, UInt8

from core.checkpoint import Form
from core.key import Key
from core.painting import unet
from core.painting.config import Config
from core.painting.course import Course, Lesson, begin, resume
from core.painting.painter import Painter, possible
from core.process import Halt, Step

Shape = tuple[int, int, int]
__all__ = ["Config", "Painter", "course", "example", "fit", "form", "initial"]


def initial(config: Config, shape: Shape, sizes: tuple[int, ...], key: Key) -> Painter:
    """The painter a fit starts from: random weights, which say 0; ValueError for a shape no painter has."""
    return Painter(config, shape, sizes, unet.initial(unet.of(config, shape, sizes), key / "weights"))


def course(
    config: Config,
    x: UInt8[np.ndarray, "n c h w"] | Float[np.ndarray, "n c h w"],
    key: Key,
    labels: Int[np.ndarray, "m a"] | None = None,
    *,
    start: Painter | Step[Painter] | None = None,
    device: str = "cpu",
) -> Course:
    """The training that `fit` runs, as it stands at its beginning or, where `start` is a Step, after that."""
    if len(x) < 2:
        raise Halt("A painter needs at least 2 pictures.")
    if labels is not None and (len(labels) != len(x) or labels.min(initial=0) < 0):
        raise Halt("Every picture needs labels from 0 on, or none has any.")
    top = (config.levels or 256) - 1 if x.dtype == np.uint8 else 1
    if not (x.min() >= 0 and x.max() <= top):  # NaN fails too
        raise Halt(f"The pictures' values should lie between 0 and {top}.")
    c, h, w = x.shape[1:]
    sizes = () if labels is None else tuple(int(n) + 1 for n in labels.max(axis=0))
    known = start.state if isinstance(start, Step) else start
    try:
        painter = initial(config, (c, h, w), sizes, key) if known is None else replace(known, config=config)
    except ValueError as error:
        raise Halt(str(error)) from error
    fits = labels is None or (len(painter.sizes) == len(sizes) and all(np.less_equal(sizes, painter.sizes)))
    if painter.shape != (c, h, w) or not fits:
        raise Halt("The start is a painter of other pictures: keep its size, its colours and its conditions.")
    lesson = Lesson(x, labels, key, device)
    return resume(start, painter, lesson) if isinstance(start, Step) else begin(painter, lesson)


def fit(
    config: Config,
    x: UInt8[np.ndarray, "n c h w"] | Float[np.ndarray, "n c h w"],
    key: Key,
    labels: Int[np.ndarray, "m a"] | None = None,
    *,
    start: Painter | Step[Painter] | None = None,
    device: str = "cpu",
) -> Iterator[Step[Painter]]:
    """Yield the start, then the painter after every `config.every` updates, `config.steps` in all.

    `x` are grey levels 0 .. L - 1 (L = `config.levels` or 256) or numbers in [0, 1]; `labels` (n, a) count from 0. Metrics:
    `loss`, the mean over the updates since the Step before, and `update`, the updates so far. `arrays`: `loss_by_time`
    (b,) over b even bins of t with `examples` (b,) in each, and what resuming needs, Adam's `moments` (2, p) and the `raw`
    weights (p,) behind the averaged ones of the state. `start` is a Step to resume from or a painter to begin at, its
    network kept. Raises Halt where nothing can be trained or the training diverges.
    """
    run = course(config, x, key, labels, start=start, device=device)
    if not isinstance(start, Step):
        yield run.first()
    while not run.done:
        yield run.advance()


def form(config: Config, shape: tuple[int, ...], classes: tuple[int, ...], header: Mapping[str, str]) -> Form[Painter]:
    """What a checkpoint must hold for this painter; ValueError for pictures or conditions that none has."""
    possible(shape, classes)
    whole = (shape[0], shape[1], shape[2])
    return Form(dict(unet.of(config, whole, classes).shapes), partial(Painter, config, whole, classes))


def example(n: int) -> tuple[Config, Float[np.ndarray, "n c h w"], Int[np.ndarray, "n a"]]:
    """The options of a small painter, and `n` pictures of random greys with two labels each."""
    draw = (Key(0) / "example").generator()
    return (
        Config(width=8, depth=1, steps=15, batch=4, every=2),
        draw.random((n, 1, 4, 4)),
        draw.integers(2, size=(n, 2)),
    )
