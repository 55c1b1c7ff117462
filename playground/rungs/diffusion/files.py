"""What a person takes home from the diffusion page: the script that walks again, points, the walk, the network."""

import io
from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from core import checkpoint
from core.checkpoint import Checkpoint
from core.dataset import Dataset
from core.process import Step
from playground.rungs.diffusion import film as pictures
from playground.rungs.diffusion import training
from playground.rungs.diffusion.bench import MOST, Bench
from playground.rungs.diffusion.screen import Screen
from playground.shown import files, unlinked
from playground.shown.files import Download, Home, safe

NEEDS = {  # beside the house's imports
    "walk.": "from core.diffusion import walk",
    "recipes.": "from core.diffusion import recipes",
    "Config(": "from core.diffusion.config import Config",
    "fit(": "from core.diffusion.fit import fit",
    "Schedule(": "from core.diffusion.noise.schedule import Schedule",
    "ExactMixture(": "from core.diffusion.truth.exact import ExactMixture",
    "ExactPoints(": "from core.diffusion.truth.exact import ExactPoints",
    "ordinary_rows(": "from core.units import ordinary_rows",
}


def home(screen: Screen, step: Step) -> Home:
    """The script that walks again, and the files."""
    bench, moment, steps = screen.bench, screen.moment, screen.run().job.trace.snapshot()[1]
    offered = [
        Download("Points on show (CSV)", "points.csv", partial(points, bench, step)),
        Download("The whole walk (NPZ)", "walk.npz", partial(walk, bench, list(steps))),
    ]
    if moment is not None:
        saved = partial(network, moment, bench.dataset, screen.seed)
        offered.append(Download("Network (checkpoint)", "diffusion.safetensors", saved))
    left_out = unlinked.points()
    if screen.asked.says == "learned" and screen.course:
        left_out += unlinked.training(training.NAME, bench.dataset.digest)
    return Home(script(screen), offered, pandas=screen.asked.shelved.pandas, unlinked=left_out)


def script(screen: Screen) -> str:
    """Python that prints where the walk ends, with `core` alone (and `sketch` for a drawing)."""
    bench, chosen = screen.bench, screen.chosen
    first = "np.array([0.9, 0.7]) * denoiser.schedule.prior_scale"
    if chosen is not None:
        first = f"(np.array({chosen[0].tolist()}) - shift) / scale * {bench.zoom(1.0)!r}"
    options = ", ".join(f"{name}={value!r}" for name, value in vars(screen.sampler).items())
    units = "near.mean(axis=0), near.std(axis=0)"
    if bench.units is not None:
        units = f"np.array({list(bench.units[0])}), np.array({list(bench.units[1])})"
    lines = [
        screen.asked.shelved.code,
        "near = dataset.points[ordinary_rows(dataset.points)]",
        f"shift, scale = {units}",
        *denoiser(screen),
        f'key = Key({screen.seed}) / "diffusion"',
        f"start = walk.start(denoiser.schedule, {pictures.WALKERS}, 2, key)",
        f"start[0] = {first}",
        f"*_, last = walk.walk(denoiser, start, key, walk.Sampler({options}))",
        "",
        'print("ends at", (last.state * scale + shift)[0].tolist())',
        'print("mean of all", (last.state * scale + shift).mean(axis=0).tolist())',
    ]
    return files.script(lines, NEEDS)


def denoiser(screen: Screen) -> list[str]:
    """The lines that make the denoiser."""
    bench, moment, learning = screen.bench, screen.moment, screen.asked.learning
    if moment is not None and moment.phase == "stored":
        return [f'denoiser = recipes.stored("diffusion-{bench.dataset.name}").model']
    if moment is not None:
        options = ", ".join(f"{k}={v!r}" for k, v in vars(learning.config(bench)).items())
        fit = f'fit(Config({options}), dataset.points, Key({screen.seed}) / "diffusion" / "training")'
        return [f"denoiser = next(step.state for step in {fit} if step.index == {moment.index})"]
    made = f"Schedule({bench.schedule.name!r}, None, {bench.schedule.high!r})"
    if bench.law is not None:
        return [f"denoiser = ExactMixture(dataset.truth.rescaled(-shift / scale, 1 / scale), {made})"]
    return [f"denoiser = ExactPoints(((near - shift) / scale)[:{MOST}], {made})"]


def points(bench: Bench, step: Step) -> bytes:
    """CSV: where every walker is at the Step on show, in the data's units."""
    columns = [safe(name) for name in bench.dataset.columns]
    return pd.DataFrame(bench.original(step.state), columns=columns).to_csv(index=False).encode()


def walk(bench: Bench, steps: Sequence[Step]) -> bytes:
    """NPZ: `t` (s,) and `x` (s, n, 2) of every half-step, in the data's units, and its `phase` in words."""
    out = io.BytesIO()
    x = np.stack([bench.original(step.state) for step in steps])
    t, phase = np.array([step.metrics["t"] for step in steps]), np.array([step.phase for step in steps])
    np.savez_compressed(out, allow_pickle=False, t=t, x=x, phase=phase)
    return out.getvalue()


def network(moment: Step, dataset: Dataset, seed: int) -> bytes:
    """The network that walks, as a checkpoint that `core.checkpoint.load` reads."""
    steps = int(moment.metrics.get("steps", moment.index))
    return checkpoint.save(Checkpoint(moment.state, dataset.name, dataset.digest, seed, steps, moment.metrics))
