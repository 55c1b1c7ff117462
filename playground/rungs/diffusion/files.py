"""What a person takes home from the diffusion page: the script that walks again with core alone, points, and the link."""

import io
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import checkpoint
from core.checkpoint import Checkpoint
from core.dataset import Dataset
from core.diffusion.walk import Sampler
from core.process import Step
from playground import session
from playground.rungs.diffusion import film as pictures
from playground.rungs.diffusion.bench import MOST, Bench
from playground.rungs.diffusion.screen import Screen
from playground.rungs.diffusion.training import Learning
from playground.rungs.em.files import safe
from playground.runs.runs import Run


def script(
    bench: Bench,
    sampler: Sampler,
    learning: Learning,
    seed: int,
    moment: Step | None,
    chosen: np.ndarray | None,
    code: str,
) -> str:
    """Python that prints where the walk ends, with `core` alone (and `sketch` for a drawing)."""
    schedule = bench.schedule
    imports = ["from pathlib import Path\n"] * ("Path(" in code) + ["import numpy as np\n"]
    imports += ["from core.data import builtin"] * ("builtin." in code)
    imports += ["from core.data import clinic\nfrom core.data.read import read"] * ("clinic." in code)
    imports += [
        "from core.diffusion import walk",
        f"from core.diffusion.truth.exact import {type(bench.exact).__name__}",
    ]
    if moment is not None:
        made = ["from core.diffusion.config import Config", "from core.diffusion.fit import fit"]
        imports = [*imports[:-1], *(["from core.diffusion import recipes"] if moment.phase == "stored" else made)]
    else:
        imports += ["from core.diffusion.noise.schedule import Schedule"]
    imports += (
        ["from core.key import Key", "from playground.shelf import sketch"]
        if "sketch." in code
        else ["from core.key import Key"]
    )
    first = "np.array([0.9, 0.7]) * denoiser.schedule.prior_scale"
    if chosen is not None:
        first = f"(np.array({chosen[0].tolist()}) - shift) / scale * {bench.zoom(1.0)!r}"
    options = ", ".join(f"{name}={value!r}" for name, value in vars(sampler).items())
    return "\n".join(
        [
            *imports,
            "",
            code,
            "shift, scale = dataset.points.mean(axis=0), dataset.points.std(axis=0)"
            if bench.units is None
            else f"shift, scale = np.array({list(bench.units[0])}), np.array({list(bench.units[1])})",
            *asked(bench, schedule, learning, seed, moment),
            f'key = Key({seed}) / "diffusion"',
            f"start = walk.start(denoiser.schedule, {pictures.WALKERS}, 2, key)",
            f"start[0] = {first}",
            f"*_, last = walk.walk(denoiser, start, key, walk.Sampler({options}))",
            "",
            'print("ends at", (last.state * scale + shift)[0].tolist())',
            'print("mean of all", (last.state * scale + shift).mean(axis=0).tolist())',
            "",
        ]
    )


def asked(bench: Bench, schedule: Any, learning: Learning, seed: int, moment: Step | None) -> list[str]:
    """The lines that make the denoiser."""
    if moment is not None and moment.phase == "stored":
        return [f'denoiser = recipes.stored("diffusion-{bench.dataset.name}").model']
    if moment is not None:
        options = ", ".join(f"{k}={v!r}" for k, v in vars(learning.config(bench)).items())
        fit = f'fit(Config({options}), dataset.points, Key({seed}) / "diffusion" / "training")'
        return [f"denoiser = next(step.state for step in {fit} if step.index == {moment.index})"]
    made = f"Schedule({schedule.name!r}, None, {schedule.high!r})"
    if bench.law is not None:
        return [f"denoiser = ExactMixture(dataset.truth.rescaled(-shift / scale, 1 / scale), {made})"]
    return [f"denoiser = ExactPoints(((dataset.points - shift) / scale)[:{MOST}], {made})"]


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


def show(screen: Screen, step: Step, run: Run) -> None:
    """The panel."""
    asked = screen.asked
    written = script(
        screen.bench, screen.sampler, asked.learning, screen.seed, screen.moment, screen.chosen, asked.shelved.code
    )
    st.code(written, language="python")
    offer: Callable[..., Any] = partial(st.download_button, on_click="ignore", icon=":material/download:")
    with st.container(horizontal=True):
        offer("Points on show (CSV)", partial(points, screen.bench, step), "points.csv")
        offer("The whole walk (NPZ)", partial(walk, screen.bench, list(run.job.trace)), "walk.npz")
        if screen.moment is not None:
            offer(
                "Network (checkpoint)",
                partial(network, screen.moment, screen.bench.dataset, screen.seed),
                "diffusion.safetensors",
            )
    st.caption("A link to this screen:")
    st.code(session.link(), language=None, wrap_lines=True)
