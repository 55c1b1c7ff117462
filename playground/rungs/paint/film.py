"""A walk from noise to pictures as a film for the easel, and its way there: everything once, then only what is new."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.diffusion.noise.schedule import Schedule
from core.process import Step
from playground import session
from playground.instruments import easel
from playground.instruments.easel import Easel, Frame, Said, bytes_of
from playground.instruments.stage import Line
from playground.runs import film
from playground.runs.runs import Run

SHOWN = 40  # moments of a walk that are kept
CONTRAST = 6.0  # standard deviations of noise from black to white
LINES = (
    Line("snr", "log SNR", "noise", unit="nats"),
    Line("size", "spread of xₜ", "noise", unit=""),
    Line("eps", "spread of ε̂", "noise", unit=""),
    Line("moved", "guess moved by", "model", unit="grey levels"),
)


def course(
    walk: Iterator[Step[np.ndarray]], schedule: Schedule, guesses: int, levels: int = 0
) -> Iterator[Step[np.ndarray]]:
    """A walk as the moments of its guesses, at most `SHOWN` of about `guesses`, and where it ends.

    States and arrays are bytes (n, c, h, w): x_t, the guess `clean` and the `noise` that it sees there. The last Step
    also holds the pictures `ends`, in [0, 1], on the grey levels of a set of `levels`. Metrics: t, `snr` in nats, `alpha`,
    `sigma`, the spread of x_t (`size`) and
    of the noise (`eps`) in units of N(0, 1), by how much the guess `moved` in levels of 255, and the `gap` of
    x_t = alpha x_0 + sigma eps.
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
    if last is None:
        return
    metrics = {**last.metrics, **measures(last, schedule, before)}
    ended = moment(-(-kept // every), last, metrics)
    ends = np.clip(last.state, 0.0, 1.0)
    if levels:
        ends = np.minimum(np.floor(ends * levels), levels - 1) / (levels - 1)
    shown = {name: ended.arrays[name] for name in ("noise",)} | {"clean": bytes_of(ends)}
    yield replace(ended, phase="end", arrays={**shown, "ends": ends})


def moment(index: int, step: Step[np.ndarray], metrics: dict[str, float]) -> Step[np.ndarray]:
    """A guess as bytes."""
    x = step.state
    clean, eps = step.arrays.get("x0", x), step.arrays.get("eps", np.zeros_like(x))
    told = {"clean": bytes_of(clean), "noise": bytes_of(0.5 + eps / CONTRAST)}
    return Step(index, bytes_of(x), step.phase, metrics, told)


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


def frames(steps: Sequence[Step[np.ndarray]], first: int = 0) -> list[Frame]:
    """One Frame a Step."""
    return [Frame(caption(step), {"x": step.state, **pictures(step)}, step.metrics) for step in steps]


def pictures(step: Step[np.ndarray]) -> dict[str, np.ndarray]:
    """The kinds of picture that a Step holds beside its state."""
    return {name: step.arrays[name] for name in ("clean", "noise")}


def caption(step: Step[np.ndarray]) -> str:
    """The moment in words."""
    m = step.metrics
    if step.phase == "end":
        return f"The end, after {m['evaluations']:.0f} guesses."
    return (
        f"Guess {m['evaluations']:.0f} at t = {m['t']:.2f}: {m['alpha']:.2f} of the picture, {m['sigma']:.2f} of noise."
    )


@dataclass(frozen=True)
class Sent:
    """What the browser was last sent: frames up to `total` of the recording called `key`, as `data`."""

    key: tuple[str, str, int]
    total: int
    live: bool
    data: bytes


Frames = Callable[[Sequence[Step[Any]], int], list[Frame]]


def show(name: str, run: Run, made: Easel, frames: Frames = frames, *, linked: bool = False) -> Said:
    """Show a run on the easel called `name`; `frames` makes the Frames of some Steps, the first of which has an index.

    One that is `linked` opens on the frame that the link asks for.
    """
    version, steps = run.job.trace.snapshot()
    live = run.job.progress().phase in ("waiting", "running")
    key = (run.id, made.id, version)
    sent: Sent | None = session.recall(f"film.{name}", lambda: None)
    made = replace(made, at=film.opening(name, run) if linked else None)
    missing = session.widget(f"easel.{name}", {}).get("missing") if sent else None
    first = None
    if sent is None or sent.key != key or missing:
        first = 0
    elif (sent.total, sent.live) != (len(steps), live):
        first = max(sent.total - 1, 0)  # the newest may have been replaced
    if first is not None:
        data = easel.pack(made, frames(steps[first:], first), run=run.id, first=first, live=live)
        sent = Sent(key, len(steps), live, data)
        session.hold(f"film.{name}", sent)
    assert sent is not None
    return easel.easel(sent.data, key=f"easel.{name}", scene=made.id)


def still(name: str, made: Easel, shown: dict[str, np.ndarray], caption: str = "") -> Said:
    """Pictures that were not walked to: one frame."""
    data = session.once(
        f"still.{name}", made.id, lambda: easel.pack(made, [Frame(caption, shown)], run=f"{made.id}:still")
    )  # fmt: skip
    return easel.easel(data, key=f"easel.{name}", scene=made.id)


def at(run: Run, said: Said, name: str) -> int:
    """The index of the Step on show: where the playhead rests, else where the link said, else the newest."""
    last = len(run.job.trace) - 1
    asked = film.opening(name, run)
    rested = said.frame if said.run == run.id else None
    return last if rested is None and asked is None else min(rested if rested is not None else asked or 0, last)


def rest(run: Run, said: Said) -> tuple[str, int | None, bool, int | None]:
    """What the numbers beside the easel depend on."""
    return run.id, said.frame if said.run == run.id else None, run.job.progress().alive, said.picked
