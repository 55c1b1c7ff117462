"""Train the checkpoints again: `python -m checkpoints` for all, `python -m checkpoints vae-jars` for some.

Each is trained by its recipe in `core.vae.recipes`, `core.diffusion.recipes` or `core.painting.recipes`, judged once
on the test rows or on fresh draws (`checkpoints.diffusion`, `checkpoints.paint`), and written as `<name>.safetensors`; then
`README.md` is written from the files' own headers.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from checkpoints import diffusion, paint
from core import checkpoint
from core.checkpoint import Checkpoint
from core.data.images import Pictures, load
from core.evaluation import metrics
from core.key import Key
from core.vae import recipes
from core.vae.model import VAE
from core.vae.recipes import RECIPES, Recipe
from core.vae.truth import exact

HERE = Path(__file__).parent
JUDGED = 400  # test images, at most
HEAD = """# Checkpoints

Written by `make checkpoints`, which trains each again by its recipe in `core/vae/recipes.py` on one thread. Scores are
log-likelihoods of test images, by which no choice was made, in nats per image with standard errors. `exact` is log p(x)
by quadrature over the latent space; IWAE-k and ELBO are lower bounds. They are comparable between models of one data set
only where the likelihood is of the same kind: `categorical` and `logistic` give probabilities of grey levels, `gaussian`
a density, `bernoulli` a score of grey pixels that is no likelihood of them.

| file | data | kB | model | likelihood | CPU s | test score (nats) | kind | ELBO |
|---|---|---|---|---|---|---|---|---|
"""


def judged(model: VAE, recipe: Recipe, pictures: Pictures) -> dict[str, float]:
    """Scores on the test rows, with standard errors."""
    rows = pictures.split.test[:JUDGED]
    x = pictures.pixels[rows] / (pictures.levels - 1)
    labels = recipes.labels_of(recipe, pictures, rows)
    key = Key(recipe.seed) / "test"
    scores = {"test_elbo": metrics.mean(model.elbo(x, key / "elbo", 16, labels))}
    small = pictures.dim <= 64
    for k in (100, 1000) if small else (100,):
        scores[f"test_iwae_{k}"] = metrics.mean(model.iwae(x, key / "iwae", k, labels))
    if model.latent <= 2 and small:
        scores["test_exact"] = metrics.mean(exact.log_prob(model, x, labels))
    return {name: e.value for name, e in scores.items()} | {f"{name}_error": e.error for name, e in scores.items()}


def train(name: str, recipe: Recipe) -> None:
    """Train, judge and write one checkpoint."""
    pictures, began = load(recipe.dataset), time.process_time()
    step = None
    for step in recipes.fit(recipe, pictures):
        if step.index % 20 == 0:
            print(name, step.index, {k: round(v, 2) for k, v in step.metrics.items()}, flush=True)
    seconds = time.process_time() - began
    scores = {k: step.metrics[k] for k in ("validation", "best_epoch") if k in step.metrics}
    scores |= judged(step.state, recipe, pictures) | {"cpu_seconds": round(seconds, 1)}
    made = Checkpoint(step.state, recipe.dataset, pictures.digest, recipe.seed, step.index, scores)
    z = Key(0).generator().standard_normal((500, step.state.latent))
    told = (
        np.stack([Key(0).generator().integers(m, size=500) for m in step.state.classes], 1) if recipe.labelled else None
    )
    data = checkpoint.save(made, half=recipes.same(made, z, told))
    (HERE / f"{name}.safetensors").write_bytes(data)
    print(name, f"{len(data) / 1000:.0f} kB", json.dumps(scores), flush=True)


def row(name: str) -> str:
    """A line of the README's table."""
    path = HERE / f"{name}.safetensors"
    held = checkpoint.load(path.read_bytes(), "vae")
    config, scores = held.model.config, held.metrics
    kind = next(k for k in ("exact", "iwae_1000", "iwae_100") if f"test_{k}" in scores)
    words = f"{config.latent} latent, {config.architecture} {config.width}" + (
        ", class told" if held.model.classes else ""
    )
    levels = f" {config.levels}" if held.model.likelihood.discrete else ""
    score, elbo = (f"{scores[f'test_{k}']:.2f} ± {scores[f'test_{k}_error']:.2f}" for k in (kind, "elbo"))
    size = f"{path.stat().st_size / 1000:.0f}"
    shown = kind if kind == "exact" else f"IWAE-{kind.removeprefix('iwae_')}"
    cells = (
        f"`{name}`",
        held.dataset,
        size,
        words,
        config.likelihood + levels,
        f"{scores['cpu_seconds']:.0f}",
        score,
        shown,
        elbo,
    )
    return "| " + " | ".join(cells) + " |\n"


def main(names: list[str]) -> None:
    """Train the named checkpoints, or all; then write the README."""
    judges = [f"judge-{dataset}" for dataset in paint.judge.UPDATES]
    for name in names or [*RECIPES, *diffusion.RECIPES, *judges, *paint.PAINTERS]:
        if name in diffusion.RECIPES:
            diffusion.train(name)
        elif name in judges:
            paint.train_judge(name.removeprefix("judge-"))
        elif name in paint.PAINTERS:
            paint.train(name)
        else:
            train(name, RECIPES[name])
    made = [name for name in RECIPES if (HERE / f"{name}.safetensors").exists()]
    (HERE / "README.md").write_text(HEAD + "".join(map(row, made)) + diffusion.table() + paint.table(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
