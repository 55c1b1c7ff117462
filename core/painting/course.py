"""The course of a painter's training: what an update looks at, and the update.

Update k draws its examples from `key / "update" / k` alone, so going on from a Step equals never having stopped. The noise
levels of a batch are stratified (Kingma et al., 2021), which steadies the loss. Where the processor multiplies bfloat16
numbers faster than float32 ones, the network runs on them; weights, their averages and the loss stay float32
(Micikevicius et al., 2018).
"""

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8

from core.diffusion.noise import target
from core.diffusion.noise.times import times_by_level
from core.key import Key
from core.painting import unet
from core.painting.painter import Painter
from core.process import Halt, Step

BINS = 16  # of t, for the loss by time
FIRST, SECOND, TINY = 0.9, 0.99, 1e-8  # Adam's memories of gradient and square
WARM = 100  # updates in which the rate rises to its height; a tenth of them all where that is fewer


def precision(device: str) -> torch.dtype:
    """What the network is trained in: bfloat16 where the device has instructions for it, else float32."""
    if torch.device(device).type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    able = torch.cpu.get_capabilities()
    return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") else torch.float32


@dataclass(frozen=True)
class Lesson:
    """The pictures of a training, as whole grey levels or as numbers in [0, 1], and their labels."""

    x: UInt8[np.ndarray, "n c h w"] | Float[np.ndarray, "n c h w"]
    labels: Int[np.ndarray, "n a"] | None
    key: Key
    device: str = "cpu"


@dataclass(frozen=True)
class Examples:
    """What an update looks at: clean pictures and noise in model space, float32, times, and labels (-1: not told)."""

    clean: np.ndarray
    noise: np.ndarray
    t: Float[np.ndarray, " n"]
    labels: Int[np.ndarray, "n a"] | None


@dataclass
class Course:
    """Where a training stands; its tensors change in place and never leave it uncopied."""

    painter: Painter
    lesson: Lesson
    weights: torch.Tensor
    moments: torch.Tensor
    average: torch.Tensor
    count: int = 0
    index: int = 0
    seen: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)  # times and losses since the Step before

    def __post_init__(self) -> None:
        """Settle the precision and the times."""
        self.weights.requires_grad_()
        self.precision = precision(self.lesson.device)
        self.level_times = times_by_level(self.painter.schedule, self.painter.config.times)

    @property
    def done(self) -> bool:
        """Whether the updates are used up."""
        return self.count >= self.painter.config.steps

    def examples(self) -> Examples:
        """The examples of the next update."""
        config, lesson, key = self.painter.config, self.lesson, self.lesson.key / "update" / self.count
        draw, n = key.generator(), self.painter.config.batch
        rows = draw.integers(len(lesson.x), size=n)
        level = (np.arange(n) + draw.random(n)) / n
        t = np.interp(level, np.linspace(0, 1, len(self.level_times)), self.level_times)
        x = lesson.x[rows].astype(np.float32)
        if lesson.x.dtype == np.uint8:
            x /= (config.levels or 256) - 1
        if config.levels:
            x = (np.rint(x * (config.levels - 1)) + draw.random(x.shape, dtype=np.float32)) / np.float32(config.levels)
        noise = draw.standard_normal(x.shape, dtype=np.float32)
        labels = None if lesson.labels is None else self.withheld(lesson.labels[rows], draw)
        return Examples(2 * x - 1, noise, t, labels)

    def withheld(self, labels: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        """Labels of which each, and all of a picture at once, are left untold with probability `dropout`."""
        rate = self.painter.config.dropout
        told = draw.random((len(labels), 1)) >= rate
        if labels.shape[1] > 1:
            told = told & (draw.random(labels.shape) >= rate)
        return np.where(told, labels, -1)

    def thinned(self) -> torch.Tensor | None:
        """The factors of every picture's planes within the blocks."""
        config = self.painter.config
        if not config.thin:
            return None
        planes = sum(m for _, _, m in self.painter.net.blocks)
        kept = (self.lesson.key / "thin" / self.count).generator().random((config.batch, planes)) >= config.thin
        return self._tensor(kept / (1 - config.thin)).to(self.precision)

    def losses(self, e: Examples) -> torch.Tensor:
        """weight |F - F_hat|^2 / d of each example (n,)."""
        config, s = self.painter.config, self.painter.schedule
        alpha, sigma, *_ = s.curves(e.t)
        a, b = target.mix(config.target, s, e.t)
        unit, size = np.hypot(a, b), np.hypot(alpha, sigma)
        weight = target.weight(config.weighting, config.target, s, e.t) * unit**2
        told = self._tensor(self.painter.net.conditions(2 * np.log(alpha / sigma), e.labels)).to(self.precision)
        clean, noise = self._tensor(e.clean), self._tensor(e.noise)
        shares = np.stack([alpha / size, sigma / size, a / unit, b / unit])[:, :, None, None, None]
        signal, grain, first, second = self._tensor(shares)
        views = self.painter.net.views(self.weights.to(self.precision))
        y = (signal * clean + grain * noise).to(self.precision)
        said = unet.run(self.painter.net, views, y, told, self.thinned())
        error = said.float() - (first * clean + second * noise)
        return self._tensor(weight) * (error * error).mean(dim=(1, 2, 3))

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.asarray(array, dtype=np.float32)).to(self.lesson.device)

    def advance(self) -> Step[Painter]:
        """The next Step: `config.every` updates, or as many as are left. Halt where the weights stop being numbers."""
        config = self.painter.config
        self.index += 1
        for _ in range(min(config.every, config.steps - self.count)):
            examples = self.examples()
            losses = self.losses(examples)
            (gradient,) = torch.autograd.grad(losses.mean(), self.weights)
            self.update(gradient)
            self.seen.append((examples.t, losses.detach().cpu().numpy().astype(float)))
        if not torch.isfinite(self.weights).all():
            raise Halt(f"The training diverged within {self.count} updates: give it a smaller learning rate.")
        return self.step()

    @torch.no_grad()
    def update(self, gradient: torch.Tensor) -> None:
        """Adam, and the average of the weights."""
        config = self.painter.config
        self.count += 1
        warmth = min(1.0, self.count / min(WARM, 1 + config.steps // 10))
        rate = config.rate * warmth * 0.5 * (1 + np.cos(np.pi * self.count / config.steps))
        first, second = self.moments
        first.lerp_(gradient, 1 - FIRST)
        second.mul_(SECOND).addcmul_(gradient, gradient, value=1 - SECOND)
        root = second.sqrt().mul_((1 - SECOND**self.count) ** -0.5).add_(TINY)
        self.weights.addcdiv_(first, root, value=-rate / (1 - FIRST**self.count))
        self.average.lerp_(self.weights, 1 - min(config.average, (1 + self.count) / (10 + self.count)))

    @torch.no_grad()
    def first(self) -> Step[Painter]:
        """The Step before any update: its loss is that of one batch."""
        examples = self.examples()
        self.seen.append((examples.t, self.losses(examples).cpu().numpy().astype(float)))
        return self.step()

    def step(self) -> Step[Painter]:
        """The Step of this moment: the averaged painter, and the loss of the examples since the one before."""
        t, losses = (np.concatenate(parts) for parts in zip(*self.seen, strict=True))
        self.seen.clear()
        which = np.minimum((t * BINS).astype(int), BINS - 1)
        counts = np.bincount(which, minlength=BINS)
        sums = np.bincount(which, losses, minlength=BINS)
        kept = {"raw": self.weights, "moments": self.moments}
        arrays = {name: tensor.detach().cpu().numpy().copy() for name, tensor in kept.items()}
        arrays |= {"loss_by_time": sums / np.maximum(counts, 1), "examples": counts}
        metrics = {"loss": losses.mean(), "update": float(self.count)}
        return Step(self.index, self.averaged(), "", metrics, arrays)

    def averaged(self) -> Painter:
        """The painter of the averaged weights."""
        views = self.painter.net.views(self.average.detach().cpu().clone())
        return replace(self.painter, network=None, weights={name: view.numpy() for name, view in views.items()})


def flat(painter: Painter) -> np.ndarray:
    """All weights in one float32 vector."""
    return np.concatenate([painter.weights[name].ravel() for name, _ in painter.net.shapes])


def begin(painter: Painter, lesson: Lesson) -> Course:
    """The course before its first update, at `painter`."""
    weights = torch.tensor(flat(painter), device=lesson.device)
    return Course(painter, lesson, weights, torch.zeros(2, len(weights), device=lesson.device), weights.clone())


def resume(step: Step[Painter], painter: Painter, lesson: Lesson) -> Course:
    """The course as it was when it yielded `step`; `painter` is its state, with the options to go on by."""
    held = (step.arrays["raw"], step.arrays["moments"], flat(painter))
    weights, moments, average = (torch.tensor(array, device=lesson.device) for array in held)
    return Course(painter, lesson, weights, moments, average, int(step.metrics["update"]), step.index)
