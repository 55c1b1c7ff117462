"""The painters of the built-in sets and their judges: trained by `core.painting.recipes`, judged on held-out rows."""

import json
import time
from pathlib import Path

import numpy as np
from scipy.stats import kstest

from checkpoints import pixelcnn
from core import checkpoint
from core.checkpoint import Checkpoint
from core.data.renderers import jars, outfits
from core.diffusion.truth import quality
from core.evaluation import metrics
from core.key import Key
from core.painting import judge, likelihood, recipes
from core.painting import scores as paint_scores
from core.painting.judge import Judge
from core.painting.painter import Painter
from core.painting.recipes import PAINTERS, Recipe, conditions

HERE = Path(__file__).parent
GUIDANCE = (1.0, 1.5, 2.0, 4.0)
JUDGED = 200  # held-out pictures, at most, and as many painted ones
ENOUGH = 0.97  # of the labels right: the least guidance that gives it is shown
DRAWS = 10  # of the dequantising noise
HEAD = """
## Painters

By the recipes in `core/painting/recipes.py`, on one thread, from the training rows alone; 20 evaluations of
DPM-Solver++(2M). Right: the share of told labels that are seen in the pictures, at the least guidance w of 1, 1.5, 2 and 4
that makes it 97 %, or else where it is largest; outfits are told a random part of their five attributes and read exactly,
the other sets are told their class and read by a small classifier, whose own share on real test pictures stands beside it
and bounds what it can see. The guesses of `paint-wallpapers` are mixed with their averages over the motions of the group
told (`core/painting/symmetry`). Variety: at that w, distinct combinations of the attributes left open (outfits) or the variance
of features within a class, over the real pictures'. Frechet: squared distance of the classifier's features from those of the
training pictures, and its floor, that of as many real pictures that were held out. Memory: the median distance of painted
pictures to the nearest training picture over that of held-out ones. A file is in float16 where that moves no pixel of 32
pictures by more than 1/255, else in float32 (a digit's pixel moves by a whole grey level or not at all).

| file | data | kB | weights | updates | CPU s | right (%) | w | classifier (%) | variety | Frechet | its floor | memory |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def judged(painter: Painter, recipe: Recipe) -> dict[str, float]:
    """Scores against held-out pictures."""
    pictures, key = recipe.pictures(), Key(recipe.seed) / "test"
    if recipe.dataset == "jars":
        return measured(painter.sample(JUDGED, key / "untold"))
    labels, jury = conditions(pictures), judge.stored(recipe.dataset)
    train, val, test = pictures.split
    held = np.concatenate([val, test]) if len(test) < JUDGED else test
    held = np.sort((key / "held").generator().permutation(held)[:JUDGED])  # rows of a set may be in an order
    scores = {"classifier": float(np.mean(jury.accuracy))}
    for w in GUIDANCE:
        found = guided(painter, recipe, jury, held, w, key)
        scores |= {f"right_{w:g}": found.accuracy.value, f"right_error_{w:g}": found.accuracy.error}
        scores |= {f"variety_{w:g}": found.variety}
    painted = painter.sample(len(held), key / "untold", labels=labels[held])
    real, unseen = (pictures.take(rows).images for rows in (train, held))
    apart = paint_scores.distance(jury.features, painted, real, unseen)
    memory = quality.memory(*(x.reshape(len(x), -1) for x in (painted, real, unseen)))
    scores |= {"frechet": apart.painted, "frechet_floor": apart.floor, "memory": memory.ratio, "copies": memory.copies}
    if painter.config.levels:
        nats = metrics.mean(likelihood.nats(painter, pictures.pixels[test], DRAWS, key, steps=12))
        scores |= {"test_nats": nats.value, "test_nats_error": nats.error}
        peer = pixelcnn.judged(pictures)
        scores |= {"pixelcnn_nats": peer.value, "pixelcnn_nats_error": peer.error}
    return scores


def measured(painted: np.ndarray) -> dict[str, float]:
    """How far painted jars are from the jar of their height and width (median and largest rms, of 255), and both sizes from
    uniform (Kolmogorov and Smirnov's distance)."""
    factors = jars.measure(painted)
    off = 255 * np.sqrt(((painted - jars.render(factors)) ** 2).mean(axis=(1, 2, 3)))
    scores = {"off": float(np.median(off)), "off_most": float(off.max())}
    for column, sizes in zip(jars.COLUMNS, factors.T, strict=True):
        apart = kstest(sizes, "uniform", (column.low, column.high - column.low))
        scores |= {column.name: float(apart.statistic), f"{column.name}_p": float(apart.pvalue)}
    return scores


def guided(painter: Painter, recipe: Recipe, jury: Judge, held: np.ndarray, w: float, key: Key) -> paint_scores.Guided:
    """Right and various under guidance w."""
    pictures = recipe.pictures()
    labels = conditions(pictures)
    if recipe.dataset == "outfits":
        return paint_scores.guided(painter, outfits.measure, labels, w, key, 24, 12)
    return paint_scores.guided_classes(painter, jury, pictures.take(held).images, labels[held], w, key)


def train(name: str) -> None:
    """Train, judge and write one painter."""
    recipe, began = PAINTERS[name], time.process_time()
    step = None
    for step in recipes.fit(recipe):
        if step.index % 20 == 0:
            print(name, {k: round(v, 4) for k, v in step.metrics.items()}, flush=True)
    assert step is not None
    write(name, step.state, step.index, step.metrics["loss"], time.process_time() - began)


def changed(painter: Painter, rounded: Painter, recipe: Recipe) -> float:
    """By how much of 1/255 float16 weights move a pixel of 32 pictures at most, half of them told their conditions."""
    key, labels = Key(recipe.seed) / "half", conditions(recipe.pictures())[:16]
    pairs = [(p.sample(16, key), p.sample(16, key, labels=labels)) for p in (painter, rounded)]
    return 255 * float(max(np.abs(a - b).max() for a, b in zip(*pairs, strict=True)))


def write(name: str, painter: Painter, steps: int, loss: float, seconds: float) -> None:
    """Judge a trained painter and write it: in float16, which is then what is judged, if no picture minds."""
    recipe, rounded = PAINTERS[name], painter.rounded()
    moved = changed(painter, rounded, recipe)
    painter = rounded if moved <= 1 else painter
    scores = {"loss": loss, "cpu_seconds": round(seconds, 1), "half": moved} | judged(painter, recipe)
    made = Checkpoint(painter, recipe.dataset, recipe.pictures().digest, recipe.seed, steps, scores)
    data = checkpoint.save(made, half=moved <= 1)
    (HERE / f"{name}.safetensors").write_bytes(data)
    print(name, f"{len(data) / 1000:.0f} kB", json.dumps(scores), flush=True)


def train_judge(dataset: str) -> None:
    """Train and write the classifier of a set."""
    made = judge.train(dataset, Key(0))
    (HERE / f"judge-{dataset}.safetensors").write_bytes(judge.save(made))
    print("judge of", dataset, [round(share, 4) for share in made.accuracy], flush=True)


def row(name: str) -> str:
    """A line of the README's table."""
    path = HERE / f"{name}.safetensors"
    held = checkpoint.load(path.read_bytes(), "painter")
    painter, scores = held.model, held.metrics
    start = (f"`{name}`", held.dataset, f"{path.stat().st_size / 1000:.0f}", f"{painter.net.size / 1e6:.2f} M")
    start += (f"{painter.config.steps:,} of {painter.config.batch}", f"{scores['cpu_seconds']:.0f}")
    if "right_1" not in scores:  # nothing can be told, so none is right or wrong: what it is judged by stands below
        return "| " + " | ".join((*start, *7 * ["-"])) + " |\n"
    most = max(GUIDANCE, key=lambda w: scores[f"right_{w:g}"])
    best = next((w for w in GUIDANCE if scores[f"right_{w:g}"] >= ENOUGH), most)
    right = f"{100 * scores[f'right_{best:g}']:.1f} ± {100 * scores[f'right_error_{best:g}']:.1f}"
    exact = "exact" if held.dataset == "outfits" else f"{100 * scores['classifier']:.1f}"
    cells = (
        *start,
        right,
        f"{best:g}",
        exact,
        f"{scores[f'variety_{best:g}']:.2f}",
        f"{scores['frechet']:.2f}",
        f"{scores['frechet_floor']:.2f}",
        f"{scores['memory']:.2f}",
    )
    return "| " + " | ".join(cells) + " |\n"


def jars_in_words() -> str:
    """What the jars' painter is judged by: that each is the jar of its height and width, and these are uniform."""
    scores = checkpoint.load((HERE / "paint-jars.safetensors").read_bytes(), "painter").metrics
    sizes = " and ".join(f"{scores[c.name]:.3f} (p = {scores[f'{c.name}_p']:.2f})" for c in jars.COLUMNS)
    off, most = scores["off"], scores["off_most"]
    words = f"\n`paint-jars` is told nothing. Of {JUDGED} jars it painted the median is {off:.1f} grey levels of 255 (rms),\n"
    words += f"the worst {most:.1f}, from the jar drawn with its measured height and width; heights and widths are\n"
    return words + f"from uniform (Kolmogorov and Smirnov's distance) by {sizes}.\n"


def table() -> str:
    """The section of the README."""
    made = [name for name in PAINTERS if (HERE / f"{name}.safetensors").exists()]
    if not made:
        return ""
    words = jars_in_words() if "paint-jars" in made else ""
    path = HERE / "paint-digits.safetensors"
    if path.exists():
        scores = checkpoint.load(path.read_bytes(), "painter").metrics
        words += f"\n`paint-digits` on the 360 test images, told nothing: {scores['test_nats']:.2f} ± "
        words += (
            f"{scores['test_nats_error']:.2f} nats per image, the mean over {DRAWS} draws of u of the probability\n"
        )
        words += "flow's -log p(k + u), an upper bound of -log P(k); its trace is estimated by one probe a draw. A PixelCNN\n"
        words += (
            f"(`checkpoints/pixelcnn.py`) reaches {scores['pixelcnn_nats']:.2f} ± {scores['pixelcnn_nats_error']:.2f}, "
        )
        words += "exact; the VAEs stand in the first table.\n"
    return HEAD + "".join(map(row, made)) + words
