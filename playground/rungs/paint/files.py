"""What a person takes home from painting: the script, pictures, the checkpoint, the link; and a painter brought back."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from core import checkpoint
from core.checkpoint import Checkpoint
from core.data.images import contact_sheet
from core.process import Step
from playground import session
from playground.rungs.paint import source as paint_source
from playground.rungs.paint import training
from playground.rungs.paint.screen import NAME, Screen
from playground.runs import runs

WIDE = 640  # about how wide a sheet of pictures is made, in pixels


def show(screen: Screen, step: Step[np.ndarray], picked: int | None) -> None:
    """The panel."""
    left, right = st.columns([1.35, 1], gap="large")
    run = runs.open_run(NAME, screen.spec, "", screen.steps)
    last = run.job.trace[-1]
    with left:
        st.caption("A script that paints these pictures again, with `core` alone:")
        st.code(script(screen), language="python")
    with right:
        offer: Callable[..., Any] = partial(st.download_button, on_click="ignore", icon=":material/download:")
        with st.container(horizontal=True):
            if last.phase == "end":
                offer("Pictures (PNG)", partial(png, last.arrays["ends"]), "pictures.png")
                offer("Pictures (NPZ)", partial(npz, last.arrays["ends"], screen), "pictures.npz")
            offer("Painter (checkpoint)", partial(saved, screen), "painter.safetensors")
        paint_source.upload()
        st.caption("A link to this screen:")
        st.code(session.link(), language=None, wrap_lines=True)


def script(screen: Screen) -> str:
    """Python that paints the pictures on show, with `core` alone."""
    options = ", ".join(f"{name}={value!r}" for name, value in vars(screen.sampler).items())
    told = "None" if screen.labels is None else f"np.array({list(screen.wish.told)})"
    body = [
        *painter(screen),
        f"told = {told}  # {screen.wish.words}",
        f"sampler = Sampler({options})",
        f'key = Key({screen.seed}) / "{NAME}"',
        f"x = painter.sample({screen.push.samples}, key, sampler, told, {screen.push.guidance!r})",
        "",
        'np.savez("pictures.npz", x=x)',
        'print("means", x.mean(axis=(1, 2, 3)).round(6).tolist())',
        "",
    ]
    text = "\n".join(body)
    paths = ["from pathlib import Path", ""] * ("Path(" in text)
    return "\n".join([*paths, "import numpy as np", "", *sorted(imports(text)), "", text])


def painter(screen: Screen) -> list[str]:
    """The lines that make the painter."""
    source = screen.source
    if source.course is not None:
        return training.lines(source, screen.pictures, screen.shelved.code)
    if source.way == paint_source.STORED:
        return [f'painter = recipes.stored("paint-{screen.pictures.name}").model']
    return ['painter = checkpoint.load(Path("painter.safetensors").read_bytes(), "painter").model']


def imports(text: str) -> set[str]:
    """The imports that a script needs."""
    needed = {
        "checkpoint.": "from core import checkpoint",
        "recipes.": "from core.painting import recipes",
        "Config(": "from core.painting.config import Config",
        " fit(": "from core.painting.fit import fit",
        "images.": "from core.data import images",
        "picture_clinic.": "from core.data import picture_clinic",
        "Cut(": "from core.data.picture_clinic import Cut",
        "read_pictures(": "from core.data.readers.pictures.read import bundle, read_pictures",
        "Sampler(": "from core.diffusion.walk import Sampler",
        "Key(": "from core.key import Key",
    }
    return {line for word, line in needed.items() if word in text}


def png(x: np.ndarray) -> bytes:
    """PNG: the pictures side by side, each pixel a crisp square."""
    columns = int(np.ceil(np.sqrt(len(x))))
    sheet = np.rint(255 * contact_sheet(np.asarray(x), columns, 1)).astype(np.uint8)
    times = max(WIDE // sheet.shape[1], 1)
    sheet = sheet.repeat(times, axis=0).repeat(times, axis=1)
    out = io.BytesIO()
    Image.fromarray(sheet[..., 0] if sheet.shape[2] == 1 else sheet).save(out, "PNG")
    return out.getvalue()


def npz(x: np.ndarray, screen: Screen) -> bytes:
    """NPZ: the pictures `x` (n, c, h, w) in [0, 1], and what was `told`."""
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, x=np.asarray(x), told=np.array(screen.wish.told, dtype=np.int64))
    return out.getvalue()


def saved(screen: Screen) -> bytes:
    """The painter on show as a checkpoint."""
    held = screen.source.checkpoint
    if held is not None:
        return checkpoint.save(held)
    pictures, (steps, metrics) = screen.pictures, training.reached(screen.source)
    return checkpoint.save(Checkpoint(screen.painter, pictures.name, pictures.digest, screen.seed, steps, metrics))
