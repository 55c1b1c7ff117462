"""A painter that is trained on this page: its options, its recording, and the painter of the moment it rests at."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import streamlit as st

from core.data.images import Pictures
from core.diffusion.walk import Sampler
from core.key import Key
from core.options import Range, check
from core.painting.config import Config
from core.process import Step
from playground import controls, session
from playground.instruments.easel import bytes_of
from playground.rungs.paint import words
from playground.rungs.paint.source import HERE, Source, given
from playground.runs import runs

if TYPE_CHECKING:
    from core.painting.painter import Painter

NAME = "paint.train"
BASE = Config(width=32, depth=2, batch=32, every=10, average=0.99)
SAMPLES, SAMPLER = 16, Sampler("DPM-Solver++(2M)", 8)
EVERY = 2.0  # seconds of training between two looks at what it paints
SCRATCH = "from scratch"
TRAINING, WALK = VIEWS = ("Its training", "A walk")


@dataclass(frozen=True)
class Learning:
    """How long is learned, how large the network is, and how fast it goes."""

    updates: Annotated[int, Range(100, 100_000, "Updates", "Of the weights, in all.", log=True, step=100)] = 2000
    width: Annotated[int, Range(8, 96, "Width", "Planes of the fine grid; the coarse has twice.", step=8)] = 32
    rate: Annotated[float, Range(1e-5, 0.05, "Learning rate", "Adam's; it falls to 0.", log=True)] = 2e-3

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


@dataclass(eq=False)
class Held:
    """The newest painter of a training, which is too large to be kept for every Step; its thread puts it here."""

    latest: "Step[Painter] | None" = None


@dataclass(frozen=True)
class Task:
    """What is to be learned: the options, the painter to begin at (its name and itself), and the seed."""

    config: Config
    start: str
    painter: "Painter | None"
    seed: int


def steps(task: Task, pictures: Pictures, held: Held) -> Iterator[Step[np.ndarray]]:
    """The training, a Step about every `EVERY` seconds: what the painter of that moment paints, as bytes (n, c, h, w).

    The pictures come from the same noise every time, so that each can be watched growing. Metrics: `loss`, `update`, and
    `pace`, updates a second.
    """
    from core.painting import fit

    key = Key(task.seed) / NAME
    rows = pictures.split.train if len(pictures.split.train) > 1 else np.arange(len(pictures))
    told = told_labels(pictures, task)
    x = pictures.pixels[rows] if pictures.levels == 256 else pictures.pixels[rows] / (pictures.levels - 1)
    wanted = None if told is None else told[rows][np.arange(SAMPLES) % len(rows)]
    worked, losses = 0.0, []
    looked, began = -EVERY, time.perf_counter()
    for step in fit.fit(task.config, x, key, None if told is None else told[rows], start=task.painter):
        held.latest = step
        worked += time.perf_counter() - began
        losses.append(step.metrics["loss"])
        update = step.metrics["update"]
        if worked - looked >= EVERY or update >= task.config.steps:
            drawn = step.state.sample(SAMPLES, key / "samples", SAMPLER, wanted)
            looked = worked
            metrics = {"loss": float(np.mean(losses)), "update": update, "pace": update / max(worked, 1e-9)}
            losses = []
            yield Step(step.index, bytes_of(drawn), "", metrics)
        began = time.perf_counter()


def told_labels(pictures: Pictures, task: Task) -> np.ndarray | None:
    """What is told of every picture; nothing where the painter to begin at knows other conditions."""
    known = words.labels(pictures)
    fits = task.painter is None or task.painter.sizes == words.counts(pictures)
    return known if fits else None


def starts(pictures: Pictures) -> dict[str, "Painter | None"]:
    """Where a training can begin: from scratch, or at a painter of pictures of this shape."""
    from core.checkpoint import CheckpointError
    from core.painting import recipes

    found: dict[str, Any] = {SCRATCH: None}
    for name in recipes.PAINTERS:
        try:
            painter = recipes.stored(name).model
        except CheckpointError:
            continue
        if painter.shape == pictures.shape:
            found[f"the painter of {name.removeprefix('paint-')}"] = painter
    held = given()
    if held is not None and held[1].model.shape == pictures.shape:
        found["the file"] = held[1].model
    return found


def ask(pictures: Pictures, seed: int) -> Task:
    """The controls of a training."""
    offered = starts(pictures)
    session.settle("start", offered, SCRATCH)
    start = controls.choose("Begin", list(offered), "start")
    painter = offered[start]
    names = ["updates", "rate"] if painter is not None else controls.names(Learning(), more=False)
    learning = Learning(**controls.draw(Learning(), more=False, names=names))
    kept = (
        BASE if painter is None else replace(painter.config, batch=BASE.batch, every=BASE.every, average=BASE.average)
    )
    width = learning.width if painter is None else kept.width
    config = replace(kept, steps=learning.updates, rate=learning.rate, width=width)
    return Task(config, start, painter, seed)


def walking() -> bool:
    """Whether a walk is asked for on the easel, and not the training."""
    return session.widget("on") == WALK


def choose(pictures: Pictures, seed: int) -> Source:
    """The controls of a training of these pictures, and it as a Source; its painter is there when the training rests."""
    view = st.segmented_control("On the easel", VIEWS, default=VIEWS[0], key="on", bind="query-params", required=True)
    task = ask(pictures, seed)
    fresh = Held()
    spec = (pictures.digest, task.config, task.start, seed)
    run = runs.open_run(
        NAME, spec, f"width {task.config.width}", lambda: steps(task, pictures, fresh), fresh, stays=True
    )
    held = run.job.beside
    assert isinstance(held, Held)
    phase = run.job.progress().phase
    latest = held.latest if phase not in ("waiting", "running") else None
    if latest is None:
        if view == WALK:
            st.caption("It walks as soon as the training rests: pause it to try.")
        return Source(run.id, HERE, course=run)
    return Source(f"{run.id}-{latest.index}", HERE, latest.state, course=run)


def updates(source: Source) -> int:
    """How many updates the painter of a training has behind it."""
    return int(reached(source)[1]["update"])


def reached(source: Source) -> tuple[int, dict[str, float]]:
    """The Step that a training rests at, and its numbers."""
    assert source.course is not None
    last = source.course.job.trace[-1]
    return last.index, {name: last.metrics[name] for name in ("update", "loss")}
