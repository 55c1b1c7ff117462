"""The course of a diffusion model's training: what an update looks at, and how a Step holds all that resuming needs.

Step k draws its examples from `key / "step" / k` alone, so going on from Step k equals never having stopped. The noise
levels of a batch are stratified (Kingma et al., 2021), which steadies the loss. The examples of all updates of a Step
are made at once, for an update costs little more than its matrix products.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int

from core.diffusion import net
from core.diffusion.model import Diffusion
from core.diffusion.noise import coupling, target, times
from core.key import Key
from core.process import Halt, Step

BINS = 16  # of t, for the loss by time
FIRST, SECOND, TINY = 0.9, 0.999, 1e-8  # Adam's memories of gradient and square
ROWS = 1 << 15  # examples made at once


@dataclass(frozen=True)
class Lesson:
    """The data of a training, in standard units: points, their labels, and, where it is settled, each one's own noise."""

    x: Float[np.ndarray, "n d"]
    labels: Int[np.ndarray, " n"] | None
    noise: Float[np.ndarray, "n d"] | None
    key: Key
    device: str


@dataclass(frozen=True)
class Examples:
    """What updates look at, row by row: clean points, noise, times, and labels (-1: not told)."""

    clean: Float[np.ndarray, "m d"]
    noise: Float[np.ndarray, "m d"]
    t: Float[np.ndarray, " m"]
    labels: Int[np.ndarray, " m"] | None

    def part(self, rows: slice) -> "Examples":
        """Some of the rows."""
        labels = None if self.labels is None else self.labels[rows]
        return Examples(self.clean[rows], self.noise[rows], self.t[rows], labels)


@dataclass
class Course:
    """Where a training stands; its tensors change in place and never leave it uncopied."""

    model: Diffusion
    lesson: Lesson
    weights: torch.Tensor
    moments: torch.Tensor
    average: torch.Tensor
    index: int = 0
    count: int = 0

    def __post_init__(self) -> None:
        """Make room for the gradient."""
        config = self.model.config
        self.gradient = net.Gradient(self.model.net, config.batch, self.lesson.device)
        self.views = self.model.net.views(self.weights)
        self.room = torch.empty_like(self.weights)
        self.level_times = times_by_level(self.model)

    @property
    def done(self) -> bool:
        """Whether the updates are used up."""
        return self.count >= self.model.config.steps

    def examples(self, updates: int) -> Examples:
        """The examples of this Step's updates, in order."""
        config, lesson = self.model.config, self.lesson
        key = lesson.key / "step" / self.index
        n = updates * config.batch
        rows = (key / "rows").generator().integers(len(lesson.x), size=n)
        strata = np.tile(np.arange(config.batch), updates)
        level = (strata + (key / "levels").generator().random(n)) / config.batch
        t = np.interp(level, np.linspace(0, 1, times.NODES), self.level_times)
        clean = lesson.x[rows]
        if lesson.noise is not None:
            noise = lesson.noise[rows]
        else:
            noise = (key / "noise").generator().standard_normal(clean.shape)
            if config.coupling == "optimal transport":
                noise = noise[coupling.partners(clean, noise)]
        labels = None
        if lesson.labels is not None:
            told = (key / "told").generator().random(n) >= config.dropout
            labels = np.where(told, lesson.labels[rows], -1)
        return Examples(clean, noise, t, labels)

    def tensors(self, e: Examples) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What the network is told, what it should say, and the weight of each row."""
        config, s = self.model.config, self.model.schedule
        alpha, sigma, *_ = s.curves(e.t)
        a, b = target.mix(config.target, s, e.t)
        unit, size = np.hypot(a, b), np.hypot(alpha, sigma)
        y = (alpha / size)[:, None] * e.clean + (sigma / size)[:, None] * e.noise
        wanted = (a / unit)[:, None] * e.clean + (b / unit)[:, None] * e.noise
        weight = target.weight(config.weighting, config.target, s, e.t) * unit**2
        told = self.model.net.told(y.astype(np.float32), (2 * np.log(alpha / sigma)).astype(np.float32), e.labels)
        made = (torch.from_numpy(array.astype(np.float32, copy=False)) for array in (told, wanted, weight))
        return tuple(tensor.to(self.lesson.device) for tensor in made)  # type: ignore[return-value]

    @torch.inference_mode()
    def advance(self) -> Step[Diffusion]:
        """The next Step: `config.every` updates, or as many as are left. Halt where the weights stop being numbers."""
        config = self.model.config
        self.index += 1
        updates = min(config.every, config.steps - self.count)
        examples = self.examples(updates)
        losses, portion = [], max(1, ROWS // config.batch) * config.batch
        for first in range(0, updates * config.batch, portion):
            parts = (
                tensor.split(config.batch) for tensor in self.tensors(examples.part(slice(first, first + portion)))
            )
            for told, wanted, weight in zip(*parts, strict=True):
                losses.append(self.gradient.losses(self.views, told, wanted, weight))
                self.update()
        if not torch.isfinite(self.weights).all():
            raise Halt(f"The training diverged within {self.count} updates: give it a smaller learning rate.")
        return self.step(torch.cat(losses).cpu().numpy().astype(float), examples.t)

    def update(self) -> None:
        """Adam, and the average of the weights."""
        config = self.model.config
        self.count += 1
        rate = config.rate * 0.5 * (1 + np.cos(np.pi * self.count / config.steps))
        gradient, (first, second) = self.gradient.flat, self.moments
        first.lerp_(gradient, 1 - FIRST)
        second.mul_(SECOND).addcmul_(gradient, gradient, value=1 - SECOND)
        torch.sqrt(second, out=self.room)
        self.room.mul_((1 - SECOND**self.count) ** -0.5).add_(TINY)
        self.weights.addcdiv_(first, self.room, value=-rate / (1 - FIRST**self.count))
        self.average.lerp_(self.weights, 1 - min(config.average, (1 + self.count) / (10 + self.count)))

    @torch.inference_mode()
    def first(self) -> Step[Diffusion]:
        """The Step before any update: its loss is that of one batch."""
        examples = self.examples(1)
        losses = self.gradient.losses(self.views, *self.tensors(examples))
        return self.step(losses.cpu().numpy().astype(float), examples.t)

    def step(self, losses: np.ndarray, t: np.ndarray) -> Step[Diffusion]:
        """The Step of this moment: the averaged model, and the loss of the examples since the one before."""
        which = np.minimum((t * BINS).astype(int), BINS - 1)
        counts = np.bincount(which, minlength=BINS)
        sums = np.bincount(which, losses, minlength=BINS)
        raw, moments = (tensor.cpu().numpy().copy() for tensor in (self.weights, self.moments))
        arrays = {"loss_by_time": sums / np.maximum(counts, 1), "examples": counts, "raw": raw, "moments": moments}
        metrics = {"loss": losses.mean(), "steps": float(self.count)}
        return Step(self.index, self._model(), "", metrics, arrays)

    def _model(self) -> Diffusion:
        flat = self.average.cpu().clone()
        named = zip(self.model.net.shapes, self.model.net.views(flat), strict=True)
        return replace(self.model, weights={name: view.numpy() for (name, _), view in named})


def times_by_level(model: Diffusion) -> Float[np.ndarray, " m"]:
    """The times at even levels from 0 to 1, within the schedule's span: even in t, in angle, or in log-SNR."""
    return times.times_by_level(model.schedule, model.config.times)


def flat(model: Diffusion) -> np.ndarray:
    """All weights in one float32 vector."""
    return np.concatenate([model.weights[name].ravel() for name, _ in model.net.shapes])


def begin(model: Diffusion, lesson: Lesson) -> Course:
    """The course before its first update, at `model`."""
    weights = torch.tensor(flat(model), device=lesson.device)
    return Course(model, lesson, weights, torch.zeros(2, len(weights), device=lesson.device), weights.clone())


def resume(step: Step[Diffusion], model: Diffusion, lesson: Lesson) -> Course:
    """The course as it was when it yielded `step`; `model` is its state, with the options to go on by."""
    weights = torch.tensor(step.arrays["raw"], device=lesson.device)
    moments = torch.tensor(step.arrays["moments"], device=lesson.device)
    average = torch.tensor(flat(model), device=lesson.device)
    return Course(model, lesson, weights, moments, average, step.index, int(step.metrics["steps"]))
