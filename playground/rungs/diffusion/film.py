"""Both directions as films for the stage: from noise to data in half-steps, and from data to noise with its density."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float

from core.diffusion import walk as walks
from core.diffusion.noise.target import Denoiser
from core.diffusion.truth.exact import ExactPoints
from core.diffusion.walk import Sampler
from core.key import Key
from core.process import Step
from playground.instruments.stage import Arrows, Brush, Field, Frame, Handles, Layer, Line, Paths, Points, Role, Scene
from playground.rungs.diffusion import landing as landings
from playground.rungs.diffusion.bench import Bench
from playground.shown.points import size_of, visible

WALKERS = 300
TIED = 60  # walkers with a line to the guess
CLOUD = 800  # points of the forward film
FOLLOWED = 8  # walkers with a path
GRID = 15  # arrows an axis
SIDE = 48  # nodes of the density an axis
NIGHT = 40  # frames of the forward film
SHOWN = 40  # steps of a walk on the film
QUICK = 100  # steps up to which one start is walked by every solver before the film begins
LEAST = 0.06  # noise below which a set of points has no density worth drawing
LINES = (Line("snr", "log signal-to-noise", "noise", unit="nats"),)


def begin(bench: Bench, key: Key, hand: Float[np.ndarray, "1 d"] | None) -> Float[np.ndarray, "n d"]:
    """Where the walkers start, standard units; `hand` is where the first is drawn, if one chose it."""
    start = walks.start(bench.schedule, WALKERS, 2, key)
    if hand is not None:
        start[:1] = bench.standard(hand) * bench.zoom(1.0)
    else:
        start[0] = np.array([0.9, 0.7]) * bench.schedule.prior_scale
    return start


def either(
    bench: Bench, sampler: Sampler, key: Key, hand: np.ndarray | None, back: bool, learned: Denoiser | None
) -> Iterator[Step[np.ndarray]]:
    """The Steps of the direction chosen, walked by what was learned or (None) by the exact denoiser."""
    if back:
        return backward(bench, learned or bench.exact, sampler, key, hand)
    return forward(bench, key, sampler.ticks)


def backward(
    bench: Bench, denoiser: Denoiser, sampler: Sampler, key: Key, hand: np.ndarray | None
) -> Iterator[Step[np.ndarray]]:
    """The half-steps of a walk, at most `SHOWN` steps of it with all their halves, and what the stage draws of each.

    States are in standard units. `arrays`, in the places where they are drawn: `xy` (n, 2), the guess `clean` (n, 2), the
    latest score at the lattice as arrows `uv` (m, 2), and the `past` (f, s, 2) of the first walkers; and `x0`, `score`.
    Up to `QUICK` steps also where every solver takes the first walker: `landed` (l, 2), the `solver` (l,) of each.
    """
    times, start = sampler.times(bench.schedule), begin(bench, key, hand)
    kept = {float(t) for t in times[:: max(1, -(-(len(times) - 1) // SHOWN))]}
    landed = landings.arrays(bench, denoiser, start[:1], sampler, key) if len(times) <= QUICK + 1 else {}
    arrows, asked, last = np.zeros((GRID * GRID, 2)), float(times[0]), None
    length, trail, shown = min(len(times) - 1, SHOWN) + 3, [], False
    for step in walks.walk(denoiser, start, key, sampler):
        t = step.metrics["t"]
        xy = bench.drawn(step.state, t)
        if step.phase == "start":
            shown = True
        if step.phase == "guess":
            shown, asked = t in kept, t
            if shown:
                arrows = push(bench, denoiser, t)
        if step.phase in ("start", "guess") and shown:
            trail.append(xy[:FOLLOWED])
        past = np.stack([*trail, *[xy[:FOLLOWED]] * (length - len(trail))][:length], axis=1)
        clean = bench.original(step.arrays["x0"]) if "x0" in step.arrays else xy
        told = {name: step.arrays[name][:1] for name in ("x0", "score") if name in step.arrays}
        drawn = {"xy": xy, "clean": clean, "uv": arrows, "past": past, **told, **landed}
        snr = float(bench.schedule.log_snr(t))
        last = replace(step, arrays=drawn, metrics={**step.metrics, "snr": snr, "asked": asked})
        if shown:
            yield last
    if last is not None and not shown:
        yield last


def push(bench: Bench, denoiser: Denoiser, t: float) -> Float[np.ndarray, "m 2"]:
    """sigma(t) times the score at the lattice, its length squashed to at most a cell of the lattice."""
    alpha, sigma = float(bench.schedule.alpha(t)), float(bench.schedule.sigma(t))
    if sigma == 0:
        return np.zeros((GRID * GRID, 2))
    x = bench.standard(bench.lattice(GRID)) * bench.zoom(t)
    pull = (alpha * denoiser.denoise(x, t) - x) / sigma
    size = np.linalg.norm(pull, axis=1, keepdims=True)
    cell = np.diff(bench.bounds, axis=1)[:, 0] / (GRID - 1)
    return 0.95 * cell * pull / (1 + size)


def forward(bench: Bench, key: Key, ticks: int = 0) -> Iterator[Step[np.ndarray]]:
    """x_t = alpha(t) x_0 + sigma(t) eps of the same points and the same noise, t from 0 to 1, and the density of x_t.

    In discrete time t stops at multiples of 1 / `ticks`, at most `NIGHT` of them.

    States are in standard units. `arrays`: `xy` (n, 2) and the `past` (1, s, 2) of the first point, where they are drawn,
    and the `density` of x_t at the lattice as a share of its top (0 where a set of points has none).
    """
    clean = bench.standard(visible(bench.dataset)[:CLOUD])
    noise = (key / "forward").generator().standard_normal(clean.shape)
    times, trail = np.linspace(0, 1, NIGHT + 1), []
    if ticks:
        times = bench.schedule.on_ticks(times, ticks)[::-1]
    for i, t in enumerate(times):
        alpha, sigma = float(bench.schedule.alpha(t)), float(bench.schedule.sigma(t))
        x = alpha * clean + sigma * noise
        density = seen(bench, float(t))
        xy = bench.drawn(x, float(t))
        trail.append(xy[:1])
        past = np.stack([*trail, *[xy[:1]] * (len(times) - len(trail))], axis=1)
        arrays = {"xy": xy, "past": past, "density": density}
        snr = float(bench.schedule.log_snr(t))
        yield Step(i, x, "noising", {"t": float(t), "snr": snr, "asked": float(t), "evaluations": 0.0}, arrays)


def seen(bench: Bench, t: float) -> Float[np.ndarray, "s s"]:
    """The density of x_t at the lattice as a share of its top there; 0 where a set of points has none worth drawing.

    A point's kernel is a product of one over x and one over y, so that of a set is one product of matrices.
    """
    if not isinstance(bench.exact, ExactPoints):
        log_density = bench.exact.log_density(bench.standard(bench.lattice(SIDE)) * bench.zoom(t), t)
        return np.asarray(np.exp(log_density - log_density.max()).reshape(SIDE, SIDE))
    alpha, sigma = (float(curve) / bench.zoom(t) for curve in (bench.schedule.alpha(t), bench.schedule.sigma(t)))
    if sigma < LEAST:
        return np.zeros((SIDE, SIDE))
    nodes = bench.standard(np.linspace(bench.bounds[:, 0], bench.bounds[:, 1], SIDE))
    across, up = (np.exp(-0.5 * ((nodes[:, i, None] - alpha * bench.known[:, i]) / sigma) ** 2) for i in (0, 1))
    density = up @ across.T
    return np.asarray(density / density.max())


def scene(
    bench: Bench,
    name: str,
    back: bool,
    learned: bool,
    brush: Brush | None,
    handle: np.ndarray | None,
    chosen: bool = False,
) -> Scene:
    """The stage of one direction; `handle` (1, 2) is where the followed walker starts; if `chosen`, its landings show."""
    dataset = bench.dataset
    role: Role = "model" if learned else "truth"
    size, title = size_of(dataset), dataset.title or dataset.name
    layers: list[Layer] = []
    if back:
        faint = max(2.0, size - 2.5)
        layers = [
            Points(name="data", label="Data", role="data", xy=visible(dataset), size=faint),
            Arrows(name="score", label="Score", role=role, xy=bench.lattice(GRID)),
            Paths(name="past", label="Past", role="noise"),
            Paths(name="ties", label="Aim", role="noise"),
            Points(name="clean", label="Guess", role=role, size=3.5),
            Points(name="walkers", label="xₜ", role="noise" if learned else "model", size=5.5),
            Points(name="followed", label="Yours", role="hand", size=11),
            Points(name="landed", label="Landings", role="classes", size=7.5, classes=landings.NAMES, on=chosen),
        ]
        alt = f"{WALKERS} points walking from noise to {title}, with their guesses of where they came from"
    else:
        layers = [
            Field(name="density", label="Density of xₜ", role="truth"),
            Points(name="walkers", label="xₜ", role="data", size=max(2.0, size - 1.5)),
            Paths(name="past", label="One path", role="hand"),
            Points(name="followed", label="One point", role="hand", size=11),
        ]
        alt = f"{len(dataset):,} points of {title} dissolving into noise"
    if handle is not None:
        layers.append(Handles(name="start", label="Start", xy=handle, on=brush is None))
    axes = (dataset.columns[0], dataset.columns[1])
    return Scene(name, bench.bounds, layers, axes=axes, lines=LINES, alt=alt, brush=brush)


def frames(steps: Sequence[Step[np.ndarray]], first: int = 0) -> list[Frame]:
    """One Frame a Step."""
    return [frame(step) for step in steps]


def frame(step: Step[np.ndarray]) -> Frame:
    """What the stage holds at one half-step."""
    seen = step.arrays
    arrays: dict[str, dict[str, Any]] = {
        "walkers": {"xy": seen["xy"]},
        "past": {"xy": seen["past"]},
        "followed": {"xy": seen["xy"][:1]},
    }
    if "density" in seen:
        arrays["density"] = {"values": seen["density"]}
    else:
        arrays["clean"] = {"xy": seen["clean"]}
        arrays["ties"] = {"xy": np.stack([seen["xy"][:TIED], seen["clean"][:TIED]], axis=1)}
        arrays["score"] = {"uv": seen["uv"]}
    if "landed" in seen:
        arrays["landed"] = {"xy": seen["landed"], "cls": seen["solver"]}
    return Frame(caption=caption(step), arrays=arrays, metrics={"snr": step.metrics["snr"]})


def caption(step: Step[np.ndarray]) -> str:
    """The half-step in words."""
    t, asked = f"t = {step.metrics['t']:.3f}", f"t = {step.metrics['asked']:.3f}"
    return {
        "start": f"Start: pure noise, {t}.",
        "guess": f"Guess at {t}: where did each point come from? Nothing moves.",
        "move": f"Move: towards the guess made at {asked}, to {t}.",
        "correct": f"Correct: the same step again with the guess at both ends, {t}.",
        "noise": f"Noise: fresh noise is added, {t}.",
        "noising": f"Signal fades and noise grows: {t}.",
    }[step.phase]
