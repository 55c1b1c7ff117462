"""A variational autoencoder, trained one epoch a Step.

Fitting raises the mean of ELBO(x) = E_q[log p(x given z)] - beta KL(q(z given x), N(0, I)) over encoder and decoder together.
Every Step's state is a complete `VAE`: before, during and after training one can encode, decode and sample with it.
Kingma and Welling (2014); Higgins et al. (2017) for beta; Bowman et al. (2016) for warm-up; Polyak and Juditsky (1992) for
averaged weights. The model itself is in `core.vae.model`, one update in `core.vae.step`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, Int

from core import nets
from core.checkpoint import CheckpointError, Form
from core.evaluation import metrics
from core.key import Key
from core.process import Halt, Step
from core.vae.config import Config
from core.vae.course import BEST, PROBE, Lesson, begin, beta_at, resume
from core.vae.model import VAE, layout, unweighted
from core.vae.truth.likelihood import SPREAD, marginal_bias

__all__ = ["BEST", "VAE", "Config", "example", "fit", "form", "initial"]
MOST_PIXELS, MOST_CLASSES = 3 * 256 * 256, 1000  # of a file


def initial(config: Config, x: Float[np.ndarray, "n c h w"], key: Key, classes: tuple[int, ...] = ()) -> VAE:
    """The model a fit starts from: random weights, and a decoder whose bias is each pixel's own distribution over `x`."""
    shape = (int(x.shape[1]), int(x.shape[2]), int(x.shape[3]))
    blank = unweighted(config, shape, classes)
    weights: dict[str, np.ndarray] = {}
    for prefix, layers in blank.nets.items():
        weights |= nets.initial(layers, prefix, key / "weights")
    last = list(nets.shapes(blank.nets["decoder"], "decoder"))[-1][0]
    pixelwise = config.architecture == "mlp"
    seen = x if pixelwise else x.transpose(0, 2, 3, 1).reshape(-1, shape[0], 1, 1)
    weights[last] = marginal_bias(blank.likelihood, seen)
    if config.likelihood == "gaussian":
        weights[SPREAD] = np.array(np.log(max(float(x.std()), 0.01)), dtype=np.float32)
    return VAE(config, shape, classes, {name: weights[name] for name, _ in layout(blank)})


def fit(
    config: Config,
    x: Float[np.ndarray, "n c h w"],
    key: Key,
    *,
    start: VAE | Step[VAE] | None = None,
    device: str = "cpu",
    labels: Int[np.ndarray, "n a"] | None = None,
    held: Int[np.ndarray, " m"] | None = None,
) -> Iterator[Step[VAE]]:
    """Yield the start, then the model after every epoch, until `config.epochs` or until patience runs out.

    Metrics, nats per image: `reconstruction` = -E_q[log p(x given z)], `kl` and `loss`, the sum that is minimised with
    all that `config` adds to it (means over the epoch's batches); `beta` of that epoch; `validation`, the ELBO (beta 1,
    one fixed draw) of the held-out rows (`held`, or drawn by `config.validation`), `best_validation` and `best_epoch`.
    `arrays`: `means` and `log_vars` (m, d) of the encoder at the probe `rows` (m,), and what resuming needs: Adam's
    `moments` (2, p), with averaging the `raw` weights (p,), with patience the `best` (p,) so far. `start` is a Step to
    resume from or a model to begin at; with patience, the last Step has the phase "best" and is the model of the best
    validation. Raises Halt where nothing can be trained or the training diverges.
    """
    n = len(x)
    if n < 4 or not (x >= 0).all() or not (x <= 1).all():
        raise Halt("A VAE needs at least 4 images with numbers between 0 and 1.")
    resumed = start if isinstance(start, Step) else None
    if resumed is not None and resumed.phase == BEST:
        return
    classes = () if labels is None else tuple(int(column.max()) + 1 for column in labels.T)
    known = start.state if isinstance(start, Step) else start
    model = initial(config, x, key, classes) if known is None else replace(known, config=config)
    if model.shape != x.shape[1:] or len(model.classes) != len(classes):
        raise Halt(f"The start is a model of {model.shape} pictures with {len(model.classes)} labels: not of these.")
    lesson = prepared(config, x, model.hot(labels, n), key, held, device)
    course = begin(model, lesson) if resumed is None else resume(resumed, model, lesson)
    step = resumed
    if step is None:
        yield (step := course.step(course.evaluate(lesson.kept, key / "start", beta_at(config, 1))))
    while not course.done:
        yield (step := course.step(course.epoch()))
    if config.patience > 0 and len(lesson.held):
        yield course.last(step)


def prepared(
    config: Config,
    x: Float[np.ndarray, "n c h w"],
    hot: torch.Tensor,
    key: Key,
    held: Int[np.ndarray, " m"] | None,
    device: str,
) -> Lesson:
    """The data on the device, and its rows dealt out; Halt where too few are left to train on."""
    n = len(x)
    if held is None:
        held = metrics.split(n, config.validation, key / "split")[1] if config.validation > 0 else np.arange(0)
    kept = np.setdiff1d(np.arange(n), held)
    if len(kept) < 2:
        raise Halt("Too few images are left to train on: hold out fewer.")
    probe = np.sort((key / "probe").generator().permutation(kept)[:PROBE])
    images = torch.tensor(x, dtype=torch.float32, device=device)
    return Lesson(images, hot.to(device, torch.float32), kept, held, probe, key)


def form(config: Config, shape: tuple[int, ...], classes: tuple[int, ...], header: Mapping[str, str]) -> Form[VAE]:
    """What a checkpoint must hold for this model; CheckpointError for pictures or classes that none here has."""
    if len(shape) != 3 or not all(side >= 1 for side in (*shape, *classes)) or np.prod(shape) > MOST_PIXELS:
        raise CheckpointError(f"The checkpoint is of pictures of shape {shape}: too large, or none.")
    if sum(classes) > MOST_CLASSES:
        raise CheckpointError(f"The checkpoint has more than {MOST_CLASSES:,} classes.")
    whole = (shape[0], shape[1], shape[2])
    return Form(dict(layout(unweighted(config, whole, classes))), partial(VAE, config, whole, classes))


def example(n: int) -> tuple[Config, Float[np.ndarray, "n c h w"], Int[np.ndarray, "n a"]]:
    """The options of a small model, and `n` pictures of random greys with a label each."""
    draw = (Key(0) / "example").generator()
    return Config(width=16, levels=16), draw.random((n, 1, 4, 4)), draw.integers(3, size=(n, 1))
