"""What a person takes home from the page of the VAE: the script, codes, samples, losses, the checkpoint; and one back."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core import checkpoint
from core.checkpoint import Checkpoint
from core.data.images import Pictures, contact_sheet
from core.key import Key
from core.process import Step
from core.vae.model import VAE
from playground import session
from playground.rungs.vae import losses, script, seen
from playground.rungs.vae import source as vae_source
from playground.rungs.vae.source import Source

SAMPLES = 64
LINKED = (
    "It holds the set of pictures, the model and all its options, the seed, the chosen picture, the marker and the panel; a "
    "training begins anew and ends in the same model. A fork, a kept run, and pictures, drawings or models of your own are "
    "not in it: send the checkpoint, which can be loaded above."
)
"""What a link restores, and what no link can."""
CODES = 20_000


@dataclass(frozen=True, eq=False)
class Home:
    """What is taken home: the model on show, where it came from, and the row of the chosen picture."""

    model: VAE
    source: Source
    pictures: Pictures
    row: int
    step: Step[VAE] | None
    forked: bool

    @property
    def key(self) -> Key:
        """The key of the draws."""
        return Key(self.source.seed) / "samples"


def panel(name: str, home: Home, code: str) -> None:
    """Script and link at the left, files at the right."""
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        st.caption("A script that makes these numbers again, with `core` alone:")
        st.code(script.script(home.source, home.pictures, code, home.row, home.step, home.forked), language="python")
    with right:
        offer: Callable[..., Any] = partial(st.download_button, on_click="ignore", icon=":material/download:")
        with st.container(horizontal=True):
            offer("Codes (CSV)", partial(codes, home), "codes.csv")
            offer("Samples (PNG)", partial(samples_png, home), "samples.png")
            offer("Samples (NPZ)", partial(samples_npz, home), "samples.npz")
            offer("Checkpoint", partial(saved, home), "vae.safetensors")
            if home.step is not None:
                offer("Losses (CSV)", partial(losses.csv, home.step), "losses.csv")
        st.caption(f"Samples: {SAMPLES} draws from the prior, decoded; the NPZ also holds z and draws of p(x given z).")
        vae_source.upload(name)
        st.caption("A link to this screen:")
        st.code(session.link(), language=None, wrap_lines=True)
        st.caption(LINKED)


def codes(home: Home) -> bytes:
    """CSV: row, label where there is one, mean and standard deviation of q for every picture."""
    model, pictures = home.model, home.pictures
    rows = np.arange(min(len(pictures), CODES))
    mean, log_var = model.encode(seen.images(pictures, rows), seen.told(model, pictures, rows))
    table: dict[str, Any] = {"row": rows + 1}
    if pictures.labels is not None and pictures.classes:
        table["label"] = [pictures.classes[int(k)] for k in pictures.labels[rows]]
    for j in range(model.latent):
        table[f"z{j + 1}"] = mean[:, j]
        table[f"sd{j + 1}"] = np.exp(0.5 * log_var[:, j])
    return pd.DataFrame(table).to_csv(index=False, float_format="%.9g").encode()


def drawn(home: Home) -> dict[str, np.ndarray]:
    """z from the prior, labels where the model is told some, decoded means, and draws of p(x given z)."""
    model = home.model
    z = (home.key / "z").generator().standard_normal((SAMPLES, model.latent))
    labels = None
    if model.classes:
        each = [(home.key / "label" / i).generator().integers(m, size=SAMPLES) for i, m in enumerate(model.classes)]
        labels = np.stack(each, axis=1)
    found = {"z": z, "decoded": model.decode(z, labels), "samples": model.draw(z, home.key / "x", labels)}
    return found if labels is None else found | {"labels": labels}


def samples_png(home: Home) -> bytes:
    """PNG: the decoded draws side by side."""
    sheet = np.rint(255 * contact_sheet(drawn(home)["decoded"], 8, 1)).astype(np.uint8)
    times = max(640 // sheet.shape[1], 1)
    sheet = sheet.repeat(times, axis=0).repeat(times, axis=1)
    out = io.BytesIO()
    Image.fromarray(sheet[..., 0] if sheet.shape[2] == 1 else sheet).save(out, "PNG")
    return out.getvalue()


def samples_npz(home: Home) -> bytes:
    """NPZ: the same with their z, and draws of p(x given z)."""
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **drawn(home))
    return out.getvalue()


def saved(home: Home) -> bytes:
    """The model on show as a checkpoint."""
    held = home.source.checkpoint
    if held is not None:
        return checkpoint.save(held)
    step, pictures = home.step, home.pictures
    assert step is not None
    metrics = {name: value for name, value in step.metrics.items() if np.isfinite(value)}
    return checkpoint.save(
        Checkpoint(home.model, pictures.name, pictures.digest, home.source.seed, step.index, metrics)
    )
