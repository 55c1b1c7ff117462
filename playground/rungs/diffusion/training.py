"""Training on the diffusion page: its options, its recording, and the model that a walk may ask."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from jaxtyping import Float

from core.diffusion.config import Config
from core.diffusion.noise import coupling as couplings
from core.diffusion.noise import target as targets
from core.diffusion.truth import floor as floors
from core.diffusion.walk import Sampler
from core.evaluation.metrics import Estimate
from core.key import Key
from core.options import Choice, Range, check, title
from core.process import Step
from playground import session
from playground.instruments.stage import Arrows, Field, Frame, Line, Points, Scene
from playground.rungs.diffusion.bench import Bench
from playground.runs import runs
from playground.runs.runs import Run
from playground.shown.points import size_of, visible

NAME = "diffusion.train"
UPDATES, EVERY = 6000, 100
RAW, RIPE = 5, 20  # Steps after which a walk may ask the model
SAMPLES, SAMPLER = 400, Sampler("DPM-Solver++(2M)", 12)
GRID, SIDE = 15, 40  # arrows and cells an axis
DRAWS = 2000  # of the data, for the floor
LINES = (Line("loss", "loss", "model", unit="squared error per dimension"),)


@dataclass(frozen=True)
class Learning:
    """What is learned, and how."""

    target: Annotated[str, Choice(targets.NAMES, "Target", "What the network is asked to say.", more=True)] = "v"
    coupling: Annotated[
        str, Choice(couplings.NAMES, "Coupling", "Which noise goes with which point of a batch.", more=True)
    ] = "independent"
    width: Annotated[int, Range(8, 256, "Width", "Units of a hidden layer, three of them.", step=8, more=True)] = 64
    rate: Annotated[float, Range(1e-5, 0.05, "Learning rate", "Adam's; it falls to 0.", more=True)] = 3e-3

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)

    def config(self, bench: Bench) -> Config:
        """All options of the fit."""
        schedule = bench.schedule
        return Config(
            schedule=schedule.name,
            high=float(schedule.high or 0),
            steps=UPDATES,
            every=EVERY,
            **vars(self),
        )


def steps(config: Config, bench: Bench, key: Key, start: Any = None) -> Iterator[Step]:
    """The training, each Step with `samples` (n, 2) from the model of that moment, in the data's units."""
    from core.diffusion.fit import fit

    for step in fit(config, bench.dataset.points, key, start=start):
        drawn = step.state.sample(SAMPLES, key / "samples", sampler=SAMPLER)
        yield replace(step, arrays={**step.arrays, "samples": drawn})


def open_training(bench: Bench, learning: Learning, seed: int) -> Run:
    """The session's training for these settings, or what goes on from a fork of an earlier one."""
    config, key = learning.config(bench), Key(seed) / "diffusion" / "training"
    fork = runs.fork_of(NAME, bench.dataset.digest, lambda step: step.state.config.width == config.width)
    spec = (bench.dataset.digest, config, seed, fork and (fork.run, fork.step.index))
    start = fork.step if fork else None
    return runs.open_run(NAME, spec, label(learning, bench), lambda: steps(config, bench, key, start), stays=True)


def label(learning: Learning, bench: Bench) -> str:
    """A training in words."""
    return f"{title(bench.noising.schedule)}, {title(learning.target)}, width {learning.width}, rate {learning.rate:g}"


def scene(bench: Bench, run: str, t: float) -> Scene:
    """The data, what the half-trained model draws, both scores at t and where they differ."""
    layers = [
        Field(name="difference", label=f"Error at t = {t:g}", role="hand", vmax=1.0),
        Points(name="data", label="Data", role="data", xy=visible(bench.dataset), size=max(2.0, size_of(bench.dataset) - 2.5)),
        Arrows(name="exact", label="Exact score", role="truth", xy=bench.lattice(GRID)),
        Arrows(name="learned", label="Learned score", role="model", xy=bench.lattice(GRID)),
        Points(name="samples", label="Samples", role="model", size=4.5),
    ]  # fmt: skip
    columns = bench.dataset.columns
    name = f"{NAME}:{run}:{t:g}"
    alt = "samples from the model in training beside the data"
    return Scene(name, bench.bounds, layers, axes=(columns[0], columns[1]), lines=LINES, alt=alt)


def frames(bench: Bench, steps: list[Step], t: float) -> list[Frame]:
    """One Frame a Step."""
    nodes, cells = bench.lattice(GRID), bench.lattice(SIDE)
    exact, density = arrows(bench, bench.exact, nodes, t), weight(bench, cells, t)
    found = []
    for step in steps:
        off = np.linalg.norm(pull(bench, step.state, cells, t) - pull(bench, bench.exact, cells, t), axis=1)
        arrays = {
            "samples": {"xy": step.arrays["samples"]},
            "exact": {"uv": exact},
            "learned": {"uv": arrows(bench, step.state, nodes, t)},
            "difference": {"values": np.minimum(off * density, 1).reshape(SIDE, SIDE)},
        }
        words = f"After {step.metrics['steps']:,.0f} updates: loss {step.metrics['loss']:.3f}."
        found.append(Frame(words, arrays, {"loss": step.metrics["loss"]}))
    return found


def pull(bench: Bench, denoiser: Any, x: Float[np.ndarray, "m 2"], t: float) -> Float[np.ndarray, "m 2"]:
    """sigma(t) times the score at places of the stage: minus the noise a denoiser sees there."""
    alpha, sigma = float(bench.schedule.alpha(t)), float(bench.schedule.sigma(t))
    u = bench.standard(x) * bench.zoom(t)
    return np.asarray((alpha * denoiser.denoise(u, t) - u) / sigma)


def arrows(bench: Bench, denoiser: Any, x: Float[np.ndarray, "m 2"], t: float) -> Float[np.ndarray, "m 2"]:
    """`pull` with its length squashed to at most a cell."""
    found = pull(bench, denoiser, x, t)
    cell = np.diff(bench.bounds, axis=1)[:, 0] / (GRID - 1)
    return np.asarray(0.95 * cell * found / (1 + np.linalg.norm(found, axis=1, keepdims=True)))


def weight(bench: Bench, x: Float[np.ndarray, "m 2"], t: float) -> Float[np.ndarray, " m"]:
    """The density of x_t as a share of its top."""
    density = bench.exact.log_density(bench.standard(x) * bench.zoom(t), t)
    return np.asarray(np.exp(density - density.max()))


def floor(bench: Bench, target: str, bins: int) -> tuple[Float[np.ndarray, " b"], list[Estimate]]:
    """The middles of the bins of t, and the loss no network can avoid there."""
    middles, key = (np.arange(bins) + 0.5) / bins, Key(0) / "floor"
    clean = bench.law.sample(DRAWS, key / "clean") if bench.law else bench.known[:DRAWS]
    return middles, floors.floor(bench.exact, clean, middles, target, "plain", key)


def excess(loss: Float[np.ndarray, " b"], examples: np.ndarray, floor_: list[Estimate]) -> float:
    """The mean of loss - floor over the examples: the network's own squared error."""
    gap = loss - np.array([f.value for f in floor_])
    return float((gap * examples).sum() / examples.sum())


def rested(run: Run) -> int | None:
    """The frame on which the training's own stage rests, if it was touched."""
    rest = (session.widget(f"stage.{NAME}") or {}).get("rest") or {}
    return rest.get("frame") if rest.get("run") == run.id else None


def stored(bench: Bench) -> Step | None:
    """The model of the checkpoint for these data and this schedule as a Step with what it scored, if there is one."""
    from core.checkpoint import CheckpointError
    from core.diffusion import recipes

    try:
        held = recipes.stored(f"diffusion-{bench.dataset.name}")
    except CheckpointError:
        return None
    model = held.model
    return Step(held.steps, model, "stored", held.metrics) if model.schedule == bench.schedule else None


def stage_of(run: Run) -> int:
    """How far a training is, for those who follow it: 0 too raw to walk, 1 begun, 2 well on, 3 over."""
    count = len(run.job.trace)
    return 3 if count and not run.job.progress().alive else (count >= RAW) + (count >= RIPE)


def moment(run: Run) -> Step | None:
    """The Step whose model walks: where the training's stage rests, else the newest at each `stage_of`; None while raw."""
    steps, stage, at = run.job.trace.snapshot()[1], stage_of(run), rested(run)
    if not steps or not stage:
        return None
    at = None if at is None else min(at, len(steps) - 1)
    return session.once(f"{NAME}.moment", (run.id, stage, at), lambda: steps[-1 if at is None else at])
