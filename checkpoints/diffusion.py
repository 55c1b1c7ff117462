"""The diffusion models of the toys in the plane: trained by `core.diffusion.recipes`, judged on fresh draws of the truth.

`python -m checkpoints.diffusion diffusion-rings` judges the stored model again, without training.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from core import checkpoint
from core.checkpoint import Checkpoint
from core.dataset import Dataset
from core.diffusion import recipes
from core.diffusion.model import Diffusion
from core.diffusion.recipes import RECIPES, Recipe
from core.diffusion.truth import likelihood
from core.evaluation import metrics, two_sample
from core.key import Key

HERE = Path(__file__).parent
TESTED, JUDGED, DRAWN, REPEATS = 50_000, 4000, 5, 40  # points of the likelihood: as many as the anchors have
HEAD = """
## Diffusion in the plane

By the recipes in `core/diffusion/recipes.py`, each from 12,000 points, on one thread. The gap is the mean of
log p(x) - log q(x) over fresh draws of the truth, as many as the row says, nats, q by the probability flow with its true
trace. SW2 is the sliced Wasserstein distance of 4,000 draws at 50 evaluations (DPM-Solver++(2M)) from as many fresh draws
of the truth, the median of 5, beside the 95 % point of its null: two samples of the truth.

| file | data | kB | network | schedule, target | CPU s | gap to the truth (nats) | draws | SW2 | its null, 95 % |
|---|---|---|---|---|---|---|---|---|---|
"""


def judged(model: Diffusion, recipe: Recipe, dataset: Dataset) -> dict[str, float]:
    """Scores on fresh draws of the truth."""
    truth, key = dataset.truth, Key(recipe.seed) / "test"
    assert truth is not None
    test = truth.sample(TESTED, key)
    gap = metrics.mean(truth.log_prob(test) - likelihood.log_prob_of(model, test).log_prob)
    along = two_sample.directions(dataset.dim, key)
    far = [
        two_sample.sliced_wasserstein(model.sample(JUDGED, key / "model" / i), truth.sample(JUDGED, key / i), along)
        for i in range(DRAWN)
    ]
    null = two_sample.null_band("sliced wasserstein", truth, JUDGED, JUDGED, REPEATS, key)
    limit = float(np.quantile(null, 0.95))
    return {
        "test_gap": gap.value,
        "test_gap_error": gap.error,
        "test_points": TESTED,
        "sliced_w2": float(np.median(far)),
        "sliced_w2_null": limit,
    }


def train(name: str) -> None:
    """Train, judge and write one checkpoint."""
    recipe, began = RECIPES[name], time.process_time()
    step = None
    for step in recipes.fit(recipe):
        if step.index % 20 == 0:
            print(name, step.index, {k: round(v, 4) for k, v in step.metrics.items()}, flush=True)
    assert step is not None
    write(name, step.state, step.index, step.metrics["loss"], time.process_time() - began)


def write(name: str, model: Diffusion, steps: int, loss: float, seconds: float) -> None:
    """Judge and write a trained model."""
    recipe = RECIPES[name]
    dataset = recipe.points()
    scores = {"loss": loss, "cpu_seconds": round(seconds, 1)} | judged(model, recipe, dataset)
    data = checkpoint.save(Checkpoint(model, recipe.dataset, dataset.digest, recipe.seed, steps, scores))
    (HERE / f"{name}.safetensors").write_bytes(data)
    print(name, f"{len(data) / 1000:.0f} kB", json.dumps(scores), flush=True)


def judge_again(name: str) -> None:
    """Judge the model that is stored, and write it with its new scores."""
    held = checkpoint.load((HERE / f"{name}.safetensors").read_bytes(), "diffusion")
    write(name, held.model, held.steps, held.metrics["loss"], held.metrics["cpu_seconds"])


def row(name: str) -> str:
    """A line of the README's table."""
    path = HERE / f"{name}.safetensors"
    held = checkpoint.load(path.read_bytes(), "diffusion")
    config, scores = held.model.config, held.metrics
    gap = f"{scores['test_gap']:.4f} ± {scores['test_gap_error']:.4f}"
    size, network = f"{path.stat().st_size / 1000:.0f}", f"{config.layers} layers of {config.width}"
    distances = f"{scores['sliced_w2']:.3f}", f"{scores['sliced_w2_null']:.3f}"
    told, draws = f"{config.schedule}, {config.target}", f"{scores.get('test_points', JUDGED):,.0f}"
    cells = (f"`{name}`", held.dataset, size, network, told, f"{scores['cpu_seconds']:.0f}", gap, draws, *distances)
    return "| " + " | ".join(cells) + " |\n"


def table() -> str:
    """The section of the README."""
    made = [name for name in RECIPES if (HERE / f"{name}.safetensors").exists()]
    return HEAD + "".join(map(row, made)) if made else ""


if __name__ == "__main__":
    for asked in sys.argv[1:]:
        judge_again(asked)
