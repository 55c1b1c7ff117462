"""Train a diffusion or flow-matching model, a few hundred updates a Step.

The loss is the mean over points, noise and time of weight(t) |F_hat(x_t, t) - F|^2 / d, F the target that `config` names
(Ho, Jain and Abbeel, 2020; Salimans and Ho, 2022; Lipman et al., 2023). Every Step's state is a complete `Diffusion`.
Rows far from all others (`core.units.ordinary_rows`) are left out: noise of the size of the others never comes from
them, and a value of -9999 would take all others for one. With labels the network is told the class of an example, or not,
so that it can be guided (Ho and Salimans, 2022). The model is in `core.diffusion.model`, one update in
`core.diffusion.course`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from jaxtyping import Float, Int

from core.checkpoint import CheckpointError, Form
from core.diffusion import net, walk
from core.diffusion.config import Config
from core.diffusion.course import Lesson, begin, resume
from core.diffusion.model import Diffusion
from core.diffusion.walk import Sampler
from core.key import Key
from core.process import Halt, Step
from core.units import ordinary_rows

STRAIGHT = Sampler("Heun", 40)
MOST_COLUMNS, MOST_CLASSES = 64, 1000  # of a file
__all__ = ["Config", "Diffusion", "example", "fit", "form", "initial", "reflow"]


def initial(config: Config, x: Float[np.ndarray, "n d"], key: Key, classes: int = 0) -> Diffusion:
    """The model a fit starts from: the units of `x` and random weights; Halt where `x` has no spread to be learned."""
    if len(x) < 2:
        raise Halt("A diffusion model needs at least 2 points.")
    x = x[ordinary_rows(x)]
    spread = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 0.0)
    if not (spread > 0).all():
        raise Halt(f"Column {int(np.argmin(spread)) + 1} is constant: a diffusion model needs values that differ.")
    shift, scale = tuple(map(float, x.mean(axis=0))), tuple(map(float, spread))
    weights = net.initial(net.of(config, x.shape[1], classes), key / "weights")
    return Diffusion(config, shift, scale, classes, weights)


def fit(
    config: Config,
    x: Float[np.ndarray, "n d"],
    key: Key,
    *,
    start: Diffusion | Step[Diffusion] | None = None,
    device: str = "cpu",
    labels: Int[np.ndarray, " m"] | None = None,
    noise: Float[np.ndarray, "m d"] | None = None,
) -> Iterator[Step[Diffusion]]:
    """Yield the start, then the model after every `config.every` updates, `config.steps` in all.

    `labels` (n,) are classes from 0; `noise` (n, d) is the noise that goes with each point, in standard units (`reflow`).
    Metrics: `loss`, the mean over the updates since the Step before, and `steps`, the updates so far. `arrays`:
    `loss_by_time` (b,) over b even bins of t with `examples` (b,) in each, and what resuming needs, Adam's `moments`
    (2, p) and the `raw` weights (p,) behind the averaged ones of the state. `start` is a Step to resume from or a model
    to begin at; its units stay. Raises Halt where nothing can be trained or the training diverges.
    """
    classes = 0 if labels is None else int(labels.max(initial=-1)) + 1
    known = start.state if isinstance(start, Step) else start
    if known is None:
        model = initial(config, x, key, classes)
    else:
        if known.dim != x.shape[1] or known.net != net.of(config, known.dim, classes):
            raise Halt("The start is a model of another shape: keep its network, its columns and its classes.")
        model = replace(known, config=config)
    if (labels is not None and len(labels) != len(x)) or (noise is not None and noise.shape != x.shape):
        raise Halt("The labels and the noise must be as many as the points.")
    rows = ordinary_rows(x)
    told, pushed = (None if given is None else given[rows] for given in (labels, noise))
    lesson = Lesson(model.standard(x[rows]), told, pushed, key, device)
    if isinstance(start, Step):
        course = resume(start, model, lesson)
    else:
        course = begin(model, lesson)
        yield course.first()
    while not course.done:
        yield course.advance()


def reflow(
    model: Diffusion, n: int, key: Key, sampler: Sampler = STRAIGHT
) -> tuple[Float[np.ndarray, "n d"], Float[np.ndarray, "n d"]]:
    """Pairs for a straighter flow: `n` points, in the data's units, and the noise, in standard units, each came from.

    Fit on them with `fit(config, points, key, start=model, noise=noise)` (Liu, Gong and Liu, 2023). ValueError for a
    sampler that adds noise.
    """
    if sampler.solver in walk.STOCHASTIC or sampler.eta > 0:
        raise ValueError(
            "Reflow joins the ends of a walk without noise: choose DDIM with eta 0, Euler, Heun or DPM-Solver++."
        )
    noise = walk.start(model.schedule, n, model.dim, key)
    *_, last = walk.walk(model, noise, key, sampler)
    return model.original(last.state), noise / model.schedule.prior_scale


def form(
    config: Config, shape: tuple[int, ...], classes: tuple[int, ...], header: Mapping[str, str]
) -> Form[Diffusion]:
    """What a checkpoint must hold for this model; CheckpointError for columns, classes or units that none here has."""
    if len(shape) != 1 or not 1 <= shape[0] <= MOST_COLUMNS or len(classes) != 1 or not 0 <= classes[0] <= MOST_CLASSES:
        raise CheckpointError("The checkpoint is of points with too many columns or classes, or with none.")
    units = json.loads(header.get("units", "null"))
    if not isinstance(units, list) or [len(row) for row in units] != [shape[0]] * 2:
        raise CheckpointError("The checkpoint's header does not tell the units of its columns.")
    shift, scale = (tuple(float(value) for value in row) for row in units)
    if not np.isfinite([shift, scale]).all():
        raise CheckpointError("The units of the checkpoint's columns are not finite.")
    shapes = dict(net.of(config, shape[0], classes[0]).shapes)
    return Form(shapes, partial(Diffusion, config, shift, scale, classes[0]))


def example(n: int) -> tuple[Config, Float[np.ndarray, "n d"], Int[np.ndarray, " n"]]:
    """The options of a short fit, and `n` points around three places with the place of each as its label."""
    draw = (Key(0) / "example").generator()
    labels = draw.integers(3, size=n)
    x = np.array([[-2.0, 0.0], [2.0, 1.0], [0.5, -2.0]])[labels] + draw.normal(size=(n, 2)) * [0.9, 0.6]
    return Config(steps=17, every=2), x, labels
