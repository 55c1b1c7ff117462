"""The course of a VAE's training: what changes from epoch to epoch, and how a Step holds all that resuming needs.

Epoch k draws its order, its noise and its dropout from `key / "epoch" / k` alone, so going on from Step k equals never having
stopped. The model shown is the average a_t = m a_(t-1) + (1 - m) w_t of the weights w_t, with m growing to `config.average`
(Polyak and Juditsky, 1992; the growing memory follows Abadi et al., 2016), or w_t itself where that is 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from core.key import Key
from core.process import Halt, Step
from core.vae.config import Config
from core.vae.model import VAE, gaussian
from core.vae.step import Losses, adam, flat, plan

PROBE = 512  # training images whose means every Step carries
BEST = "best"  # the phase of the last Step of a fit that stops by held-out images
AT_ONCE = 512  # images evaluated together


@dataclass(frozen=True)
class Lesson:
    """The data of a training: images and one-hot labels on the device, rows to learn from, to judge by, and to show."""

    x: torch.Tensor
    hot: torch.Tensor
    kept: np.ndarray
    held: np.ndarray
    probe: np.ndarray
    key: Key


@dataclass
class Course:
    """Where a training stands after `index` epochs; its tensors change in place and never leave it uncopied."""

    model: VAE
    lesson: Lesson
    weights: torch.Tensor
    moments: torch.Tensor
    average: torch.Tensor
    best: torch.Tensor
    index: int = 0
    best_epoch: int = 0
    best_validation: float = -np.inf

    @property
    def config(self) -> Config:
        """The options it follows."""
        return self.model.config

    @property
    def done(self) -> bool:
        """Whether the epochs or the patience are used up."""
        waiting = self.config.patience > 0 and len(self.lesson.held) > 0
        return self.index >= self.config.epochs or (waiting and self.index - self.best_epoch >= self.config.patience)

    def epoch(self) -> Mapping[str, float]:
        """Train for one epoch; the mean losses of its batches. Halt where the loss is no longer a number."""
        self.index += 1
        lesson, config, steps = self.lesson, self.config, plan(self.model)
        generator = (lesson.key / "epoch" / self.index).generator()
        order, beta, thin = generator.permutation(lesson.kept), beta_at(config, self.index), steps.thin(generator)
        batches = np.array_split(order, -(-len(order) // config.batch))
        total = np.zeros(3)
        for i, rows in enumerate(batches):
            count = (self.index - 1) * len(batches) + i + 1
            weights = self.weights.detach().requires_grad_()
            noise = generator.standard_normal((config.samples, len(rows), config.latent), dtype=np.float32)
            losses = steps.losses(weights, lesson.x[rows], lesson.hot[rows], self._to(noise), beta, thin)
            total += len(rows) * _numbers(losses)
            losses.loss.backward()
            if weights.grad is None or not torch.isfinite(weights.grad).all():
                raise Halt(f"The training diverged in epoch {self.index}: give it a smaller learning rate.")
            adam(self.weights, weights.grad, self.moments, count, config.rate, config.decay)
            memory = min(config.average, (1 + count) / (10 + count))
            self.average.lerp_(self.weights, 1 - memory)
        return _metrics(total / len(order), beta)

    def evaluate(self, rows: np.ndarray, key: Key, beta: float) -> Mapping[str, float]:
        """The losses of the averaged weights on `rows`, without dropout, with one draw of the noise by `key`."""
        steps, total = plan(self.model), np.zeros(3)
        noise = key.generator().standard_normal((1, len(rows), self.config.latent), dtype=np.float32)
        steps = replace(steps, config=replace(self.config, samples=1, free=0.0, smooth=0.0))
        with torch.inference_mode():
            for first in range(0, len(rows), AT_ONCE):
                part = slice(first, first + AT_ONCE)
                x, hot = self.lesson.x[rows[part]], self.lesson.hot[rows[part]]
                losses = steps.losses(self.average, x, hot, self._to(noise[:, part]), beta)
                total += len(x) * _numbers(losses)
        return _metrics(total / len(rows), beta)

    def step(self, metrics: Mapping[str, float]) -> Step[VAE]:
        """The Step of this moment, with the held-out ELBO among the metrics."""
        metrics = dict(metrics)
        if len(self.lesson.held):
            score = -self.evaluate(self.lesson.held, self.lesson.key / "validation", 1.0)["loss"]
            if score > self.best_validation:
                self.best_validation, self.best_epoch, self.best = score, self.index, self.average.clone()
            metrics |= {
                "validation": score,
                "best_validation": self.best_validation,
                "best_epoch": self.best_epoch,
            }
        held = {"moments": self.moments}
        held |= {"raw": self.weights} if self.config.average > 0 else {}
        held |= {"best": self.best} if self.config.patience > 0 else {}
        arrays = {name: value.cpu().numpy().copy() for name, value in held.items()}
        return Step(self.index, self._model(self.average), "", metrics, arrays | self._seen(self.average))

    def last(self, step: Step[VAE]) -> Step[VAE]:
        """The Step after the newest, `step`: the model of the best validation."""
        arrays = dict(step.arrays) | self._seen(self.best)
        return Step(step.index + 1, self._model(self.best), BEST, step.metrics, arrays)

    def _seen(self, weights: torch.Tensor) -> dict[str, np.ndarray]:
        """The probe's rows and what the encoder makes of them."""
        steps, probe = plan(self.model), self.lesson.probe
        with torch.inference_mode():
            seen = gaussian(steps.nets, steps.named(weights), self.lesson.x[probe], self.lesson.hot[probe])
        mean, log_var = (part.cpu().double().numpy() for part in seen)
        return {"rows": probe, "means": mean, "log_vars": log_var}

    def _model(self, weights: torch.Tensor) -> VAE:
        named = plan(self.model).named(weights.cpu().clone())
        return replace(self.model, weights={name: value.numpy() for name, value in named.items()})

    def _to(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array).to(self.weights.device)


def begin(model: VAE, lesson: Lesson) -> Course:
    """The course before its first epoch, at `model`."""
    weights = torch.tensor(flat(model.weights), device=lesson.x.device)
    moments = torch.zeros(2, len(weights), device=weights.device)
    return Course(model, lesson, weights, moments, weights.clone(), weights.clone())


def resume(step: Step[VAE], model: VAE, lesson: Lesson) -> Course:
    """The course as it was when it yielded `step`; `model` is its state, with the options to go on by."""
    device, average = lesson.x.device, flat(model.weights)
    held = (step.arrays.get(name, average) for name in ("raw", "moments", "best"))
    raw, moments, best = (torch.tensor(array, device=device) for array in held)
    best_validation = step.metrics.get("best_validation", -np.inf)
    best_epoch = int(step.metrics.get("best_epoch", 0))
    shown = torch.tensor(average, device=device)
    return Course(model, lesson, raw, moments, shown, best, step.index, best_epoch, best_validation)


def beta_at(config: Config, epoch: int) -> float:
    """Beta in an epoch (from 1): it grows evenly over the warm-up."""
    return config.beta * min(1.0, epoch / (config.warmup + 1))


def _numbers(losses: Losses) -> np.ndarray:
    return np.array([float(part.detach()) for part in (losses.loss, losses.reconstruction, losses.kl)])


def _metrics(parts: np.ndarray, beta: float) -> dict[str, float]:
    return {"loss": parts[0], "reconstruction": parts[1], "kl": parts[2], "beta": beta}
