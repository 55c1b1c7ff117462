"""The script that makes the numbers on the page of the VAE again, with `core` alone."""

from core.data.images import Pictures
from core.process import Step
from core.vae.model import VAE
from playground.rungs.vae import training
from playground.rungs.vae.source import Source
from playground.rungs.vae.through import DRAWS, exactly


def script(source: Source, pictures: Pictures, code: str, row: int, step: Step[VAE] | None, forked: bool) -> str:
    """Python that prints the code of a picture and its bound.

    `code` makes the pictures. A model from a file, or one that was forked, is read from the checkpoint that the page offers.
    """
    from_file = forked or (step is None and source.id.startswith("file-"))
    if from_file:
        imports, model = ["from core import checkpoint"], of_file()
    elif step is None:
        imports, model = ["from core.vae import recipes"], [f"model = recipes.stored({source.id!r}).model"]
    else:
        imports, model = ["from core.vae import fit"], trained(source, pictures, step)
    held = source.checkpoint.model if source.checkpoint else step.state if step else None
    told = "labels_of(pictures)" if held is not None and held.classes else "None"
    labelled = labels(pictures) if told != "None" else []
    paths = ["from pathlib import Path", ""] * ("Path(" in "\n".join([code, *model]))
    return "\n".join(
        [
            *paths,
            "import numpy as np",
            "",
            *sorted({*imports, *imported(code), *needed("\n".join([code, *model, *judged(source, held)]))}),
            "",
            code,
            *labelled,
            f"labels = {told}",
            *model,
            "",
            f"row = {row}  # the picture on show, counted from 0",
            "x = pictures.pixels[row : row + 1] / (pictures.levels - 1)",
            "told = None if labels is None else labels[row : row + 1]",
            "mean, log_var = model.encode(x, told)",
            *judged(source, held),
            'print("code", mean[0].tolist(), "sd", np.exp(0.5 * log_var[0]).tolist())',
            'print("ELBO", elbo.mean(), "nats")',
            "",
        ]
    )


def judged(source: Source, model: VAE | None) -> list[str]:
    """The bound as the page works it out."""
    if model is None or exactly(model):
        return ["elbo = exact.quadrature_elbo(model, x, told)"]
    return [
        f"many, all_told = np.repeat(x, {DRAWS}, axis=0), None if told is None else np.repeat(told, {DRAWS}, axis=0)",
        f'elbo = model.elbo(many, Key({source.seed}) / "through" / "elbo", 1, all_told)',
    ]


def of_file() -> list[str]:
    """The model is the file one downloads beside this script."""
    return [
        'model = checkpoint.load(Path("vae.safetensors").read_bytes(), "vae").model  # the checkpoint offered beside'
    ]


def trained(source: Source, pictures: Pictures, step: Step[VAE]) -> list[str]:
    """The training again, up to the Step on show."""
    assert source.config is not None
    options = ", ".join(f"{name}={value!r}" for name, value in vars(source.config).items())
    return [
        f'key = Key({source.seed}) / "vae"',
        f'rows = np.sort((key / "rows").generator().permutation(pictures.split.train)[:{training.MOST}])',
        "images = pictures.pixels[rows] / (pictures.levels - 1)",
        f"config = fit.Config({options})",
        "steps = fit.fit(config, images, key, labels=None if labels is None else labels[rows])",
        f"model = next(step.state for step in steps if step.index == {step.index})",
    ]


def labels(pictures: Pictures) -> list[str]:
    """How the labels are taken from the pictures."""
    if pictures.labels is not None and pictures.classes:
        body = "np.array(pictures.labels)[:, None]"
    else:
        worded = [j for j, column in enumerate(pictures.columns) if column.words]
        body = f"np.rint(pictures.factors[:, {worded}]).astype(int)"
    return ["", "", "def labels_of(pictures):", f"    return {body}", "", ""]


def needed(lines: str) -> list[str]:
    """Imports that only some scripts need."""
    return ["from core.key import Key"] * ("Key(" in lines) + ["from core.vae.truth import exact"] * ("exact." in lines)


def imported(code: str) -> list[str]:
    """The imports that the lines which make the pictures need."""
    if "images.load" in code:
        return ["from core.data import images"]
    reader = "bundle, read_pictures" if "bundle(" in code else "read_pictures"
    return [
        "from core.data import picture_clinic",
        "from core.data.picture_clinic import Cut",
        f"from core.data.readers.pictures.read import {reader}",
    ]
