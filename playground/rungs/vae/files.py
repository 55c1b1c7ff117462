"""What a person takes home from the page of the VAE: the script, codes, samples, losses, the checkpoint; and one back."""

import io
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import checkpoint
from core.checkpoint import Checkpoint, CheckpointError
from core.data import images
from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae.model import VAE
from playground import session
from playground.rungs.vae import losses, seen, source, training
from playground.rungs.vae.screen import DATA, FILE, NAME, Screen
from playground.rungs.vae.through import DRAWS, exactly
from playground.shown import files, unlinked
from playground.shown.files import Download, Home

SAMPLES = 64
CODES = 20_000
MOST = 64  # MB of a checkpoint
NEEDS = {
    "recipes.": "from core.vae import recipes",
    "fit.": "from core.vae import fit",
    "exact.": "from core.vae.truth import exact",
}


def home(screen: Screen, step: Step[VAE]) -> Home:
    """The script that makes these numbers again, the files, and the way back for a checkpoint."""
    model, pictures, key = step.state, screen.pictures, Key(screen.source.seed) / "samples"
    offered = [
        Download("Codes (CSV)", "codes.csv", partial(codes, model, pictures)),
        Download("Samples (PNG)", "samples.png", lambda: files.sheet(drawn(model, key)["decoded"], 8)),
        Download("Samples (NPZ)", "samples.npz", partial(samples, model, key)),
        Download("Checkpoint", "vae.safetensors", partial(saved, screen, step)),
    ]
    if screen.run is not None:
        offered.append(Download("Losses (CSV)", "losses.csv", partial(losses.csv, step)))
    note = f"Samples: {SAMPLES} draws from the prior, decoded; the NPZ also holds z and draws of p(x given z)."
    return Home(script(screen, step), offered, (note,), upload, unlinked=left_out(screen))


def left_out(screen: Screen) -> list[str]:
    """What is on show and not in the link."""
    found = unlinked.pictures(DATA)
    if screen.run is not None:
        found += unlinked.training(NAME, screen.pictures.digest)
    elif screen.source.id.startswith("file-"):
        title = next(iter(source.offered(screen.pictures)), "")
        found.append(unlinked.model(f"the stored {title} model" if title else "a training"))
    if screen.chosen.row is None:
        instead = f"picture {screen.row + 1:,} of the set"
        found.append(f"{screen.chosen.title} is not in the link; whoever opens it sees {instead} instead.")
    return found


def codes(model: VAE, pictures: Pictures) -> bytes:
    """CSV: row, label where there is one, mean and standard deviation of q for every picture."""
    rows = np.arange(min(len(pictures), CODES))
    mean, log_var = model.encode(seen.images(pictures, rows), seen.told(model, pictures, rows))
    table: dict[str, Any] = {"row": rows + 1}
    if pictures.labels is not None and pictures.classes:
        table["label"] = [pictures.classes[int(k)] for k in pictures.labels[rows]]
    for j in range(model.latent):
        table[f"z{j + 1}"] = mean[:, j]
        table[f"sd{j + 1}"] = np.exp(0.5 * log_var[:, j])
    return pd.DataFrame(table).to_csv(index=False, float_format="%.9g").encode()


def drawn(model: VAE, key: Key) -> dict[str, np.ndarray]:
    """z from the prior, labels where the model is told some, decoded means, and draws of p(x given z)."""
    z = (key / "z").generator().standard_normal((SAMPLES, model.latent))
    labels = None
    if model.classes:
        each = [(key / "label" / i).generator().integers(m, size=SAMPLES) for i, m in enumerate(model.classes)]
        labels = np.stack(each, axis=1)
    found = {"z": z, "decoded": model.decode(z, labels), "samples": model.draw(z, key / "x", labels)}
    return found if labels is None else found | {"labels": labels}


def samples(model: VAE, key: Key) -> bytes:
    """NPZ: all that is `drawn`."""
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **drawn(model, key))
    return out.getvalue()


def saved(screen: Screen, step: Step[VAE]) -> bytes:
    """The model on show as a checkpoint."""
    if screen.source.checkpoint is not None:
        return checkpoint.save(screen.source.checkpoint)
    pictures = screen.pictures
    metrics = {name: value for name, value in step.metrics.items() if np.isfinite(value)}
    return checkpoint.save(
        Checkpoint(step.state, pictures.name, pictures.digest, screen.source.seed, step.index, metrics)
    )


def upload() -> None:
    """Load a checkpoint from a file: it becomes the model under the hand, or one sentence says why not."""
    key = f"{NAME}.checkpoint"

    def take() -> None:
        file = session.widget(key)
        if file is None:
            return
        raw = file.getvalue()
        try:
            found = checkpoint.load(raw, "vae")
        except CheckpointError as error:
            session.hold(f"{NAME}.refused", str(error))
            return
        session.hold(f"{NAME}.refused", "")
        session.hold(f"{NAME}.file", (session.fingerprint(raw).hex()[:12], found))
        known = {"pictures": found.dataset} if found.dataset in images.NAMES else {}
        session.set_widgets({"model": FILE, **known})

    st.file_uploader("Load a checkpoint", ["safetensors"], key=key, on_change=take, max_upload_size=MOST)
    if refused := session.recall(f"{NAME}.refused", str):
        st.error(session.plain(refused))


def script(screen: Screen, step: Step[VAE]) -> str:
    """Python that prints the code of a picture and its bound.

    A model from a file, or one that was forked, is read from the checkpoint that the page offers.
    """
    told = bool(step.state.classes)
    lines = [
        screen.shelved.code,
        *(labels_of(screen.pictures) if told else ()),
        f"labels = {'labels_of(pictures)' if told else None}",
        *model_of(screen, step),
        "",
        f"row = {screen.row}  # the picture on show, counted from 0",
        "x = pictures.pixels[row : row + 1] / (pictures.levels - 1)",
        "told = None if labels is None else labels[row : row + 1]",
        "mean, log_var = model.encode(x, told)",
        *bound(step.state, screen.source.seed),
        'print("code", mean[0].tolist(), "sd", np.exp(0.5 * log_var[0]).tolist())',
        'print("ELBO", elbo.mean(), "nats")',
    ]
    return files.script(lines, NEEDS)


def bound(model: VAE, seed: int) -> Sequence[str]:
    """The bound as the page works it out."""
    if exactly(model):
        return ["elbo = exact.quadrature_elbo(model, x, told)"]
    return [
        f"many, all_told = np.repeat(x, {DRAWS}, axis=0), None if told is None else np.repeat(told, {DRAWS}, axis=0)",
        f'elbo = model.elbo(many, Key({seed}) / "through" / "elbo", 1, all_told)',
    ]


def model_of(screen: Screen, step: Step[VAE]) -> Sequence[str]:
    """The model on show: stored, in the file one downloads beside this script, or trained again up to its Step."""
    source = screen.source
    if screen.forked or source.id.startswith("file-"):
        return ['model = checkpoint.load(Path("vae.safetensors").read_bytes(), "vae").model  # the one offered beside']
    if source.config is None:
        return [f"model = recipes.stored({source.id!r}).model"]
    options = ", ".join(f"{name}={value!r}" for name, value in vars(source.config).items())
    return [
        f'key = Key({source.seed}) / "{NAME}"',
        f'rows = np.sort((key / "rows").generator().permutation(pictures.split.train)[:{training.MOST}])',
        "images = pictures.pixels[rows] / (pictures.levels - 1)",
        f"config = fit.Config({options})",
        "steps = fit.fit(config, images, key, labels=None if labels is None else labels[rows])",
        f"model = next(step.state for step in steps if step.index == {step.index})",
    ]


def labels_of(pictures: Pictures) -> Sequence[str]:
    """How the labels are taken from the pictures."""
    if pictures.labels is not None and pictures.classes:
        body = "np.array(pictures.labels)[:, None]"
    else:
        worded = [j for j, column in enumerate(pictures.columns) if column.words]
        body = f"np.rint(pictures.factors[:, {worded}]).astype(int)"
    return ["", "", "def labels_of(pictures):", f"    return {body}", "", ""]
