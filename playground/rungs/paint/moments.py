"""The moments of a walk from noise to pictures that are kept of it: what is seen, what is guessed, and where it ends."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.diffusion.noise.schedule import Schedule
from core.diffusion.walk import Sampler
from core.process import Step
from playground.instruments.easel import bytes_of

SHOWN = 40  # moments of a walk that are kept
CONTRAST = 6.0  # standard deviations of noise from black to white


def of(
    walk: Iterator[Step[np.ndarray]], schedule: Schedule, guesses: int, levels: int = 0
) -> Iterator[Step[np.ndarray]]:
    """A walk as the moments of its guesses, at most `SHOWN` of about `guesses`, and where it ends.

    States and arrays are bytes (n, c, h, w): x_t, the guess `clean` and the `noise` that it sees there. The last Step
    also holds the pictures `ends`, in [0, 1], on the grey levels of a set of `levels`. Metrics: t, `snr` in nats, `alpha`,
    `sigma`, the spread of x_t (`size`) and of the noise (`eps`) in units of N(0, 1), by how much the guess `moved` in
    levels of 255, and the `gap` of x_t = alpha x_0 + sigma eps.
    """
    every, kept, before, last = max(1, -(-guesses // SHOWN)), 0, None, None
    for step in walk:
        last = step
        if step.phase != "guess":
            continue
        metrics = {**step.metrics, **measures(step, schedule, before)}
        before = step.arrays["x0"]
        if kept % every == 0:
            yield moment(kept // every, step, metrics)
        kept += 1
    if last is not None:
        metrics = {**last.metrics, **measures(last, schedule, before)}
        yield end(moment(-(-kept // every), last, metrics), last.state, levels)


def moment(index: int, step: Step[np.ndarray], metrics: dict[str, float]) -> Step[np.ndarray]:
    """A guess as bytes."""
    x = step.state
    clean, eps = step.arrays.get("x0", x), step.arrays.get("eps", np.zeros_like(x))
    told = {"clean": bytes_of(clean), "noise": bytes_of(0.5 + eps / CONTRAST)}
    return Step(index, bytes_of(x), step.phase, metrics, told)


def end(last: Step[np.ndarray], x: np.ndarray, levels: int) -> Step[np.ndarray]:
    """The last moment, with the pictures that the walk ended at."""
    ends = np.clip(x, 0.0, 1.0)
    if levels:
        ends = np.minimum(np.floor(ends * levels), levels - 1) / (levels - 1)
    arrays = {"noise": last.arrays["noise"], "clean": bytes_of(ends), "ends": ends}
    return replace(last, phase="end", arrays=arrays)


def measures(step: Step[np.ndarray], schedule: Schedule, before: np.ndarray | None) -> dict[str, float]:
    """What the numbers beside the easel say of a half-step."""
    t = step.metrics["t"]
    alpha, sigma = float(schedule.alpha(t)), float(schedule.sigma(t))
    u = 2 * step.state - 1
    found = {"alpha": alpha, "sigma": sigma, "snr": float(schedule.log_snr(t)), "size": rms(u)}
    if "x0" in step.arrays:
        clean, eps = step.arrays["x0"], step.arrays["eps"]
        found["eps"] = rms(eps)
        found["moved"] = 255 * rms(clean - before) if before is not None else float("nan")
        if step.phase == "guess":
            found["gap"] = float(np.abs(u - alpha * (2 * clean - 1) - sigma * eps).max())
    return found


def rms(x: np.ndarray) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(np.square(x))))


def guesses(sampler: Sampler) -> int:
    """About how often a walk asks the painter."""
    return sampler.steps * (2 if sampler.solver in ("Heun", "predictor-corrector") else 1)


def expected(guesses: int) -> int:
    """About how many moments are kept of a walk of so many guesses."""
    return min(guesses, SHOWN) + 1
