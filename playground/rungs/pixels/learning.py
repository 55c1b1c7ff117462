"""The models of pixels as they learn, one Step each: noise, counts, EM, and the tree; what each draws and scores.

Every Step draws with the same chances: a pixel takes the level at which the cumulated probability passes its own fixed
number. So what moves from frame to frame is the model, and what a model has not learned yet is even noise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from jaxtyping import UInt8

from core.categorical import pairs, products
from core.categorical.models import Tree
from core.categorical.products import Products
from core.categorical.rows import Codes
from core.evaluation.metrics import Estimate, mean
from core.key import Key
from core.process import Step
from playground.rungs.pixels.screen import ACROSS, ALONE, MIXTURE, NAME, TOLD, TREE, Screen
from playground.runs import shared

Model = Products | Tree


@dataclass(frozen=True, eq=False)
class Moment:
    """What stands there after a Step: it in words, the pictures, the `titles` of the models to be
    learned, and of each so far its nats and free numbers.

    `models` are held by the last Step alone.
    """

    said: str
    pictures: UInt8[np.ndarray, "m c h w"]
    titles: tuple[str, ...]
    nats: Mapping[str, Estimate]
    parameters: Mapping[str, int]
    models: Mapping[str, Model] = field(default_factory=dict)


def learned(screen: Screen) -> Iterator[tuple[str, Model, str]]:
    """The models one after the other, the mixture once an iteration of EM, each with a sentence."""
    alpha, levels, seen = screen.asked.alpha, screen.levels, screen.seen
    yield (
        ALONE,
        products.independent(seen, levels, alpha),
        "Independent: the levels of each pixel are counted on their own.",
    )
    if screen.labels is not None:
        yield TOLD, products.told(seen, screen.labels, levels, alpha), "Class told: the same, within each class."
    if MIXTURE in screen.models:
        for step in products.fit(screen.config, screen.train, levels, screen.val, screen.start):
            yield MIXTURE, step.state, em_words(step)
    if TREE in screen.models:
        yield TREE, tree(screen), "Tree: each pixel is drawn after the one that tells most of it."


def tree(screen: Screen) -> Tree:
    """The tree, which follows from no seed: of the house's own pictures it is counted once for all."""
    spec = (screen.levels, screen.asked.alpha)
    count = partial(pairs.tree, screen.seen, *spec)
    return next(shared.steps(f"{NAME}.tree", spec, screen.pictures, lambda: iter((count(),))))


def em_words(step: Step[Products]) -> str:
    """An iteration of EM in words."""
    if step.phase == "all":
        return "Mixture: the best is counted once more, with the pictures that chose it."
    if step.index == 0:
        return f"Mixture: EM starts from {len(step.state.log_weights)} pictures."
    return f"Mixture: iteration {step.index} of EM, {-step.metrics[products.HELD_OUT]:.1f} nats on pictures held out of it."


def noise(screen: Screen, key: Key) -> Codes:
    """Pictures of a model that knows nothing: every level alike."""
    u = (key / "pixels").generator().random((ACROSS, screen.pictures.dim))
    return (u * screen.levels).astype(np.int64)


def steps(screen: Screen) -> Iterator[Step[Moment]]:
    """Nothing learned, then a Step for each that `learned` tells, and one with all of them."""
    key = Key(screen.asked.deal) / NAME / "new"
    drawn = dict.fromkeys(screen.models, noise(screen, key))
    nats: dict[str, Estimate] = {}
    models: dict[str, Model] = {}

    def now(said: str) -> Moment:
        pictures = levelled(screen, np.concatenate([screen.test[:ACROSS], *drawn.values()]))
        counts = {title: model.parameters for title, model in models.items()}
        return Moment(said, pictures, screen.models, dict(nats), counts)

    yield Step(0, now("Nothing is learned yet: every level of every pixel is equally likely."))
    last = 0
    for last, (title, model, said) in enumerate(learned(screen), 1):
        models[title], drawn[title] = model, model.sample(ACROSS, key)
        nats[title] = mean(-model.log_prob(screen.test))
        yield Step(last, now(said))
    yield Step(last + 1, replace(now(f"{len(models)} models, and new pictures of each."), models=models))


def levelled(screen: Screen, codes: Codes) -> UInt8[np.ndarray, "m c h w"]:
    """Pictures of levels as grey levels of 255."""
    return np.rint(codes * (255 / (screen.levels - 1))).astype(np.uint8).reshape(-1, *screen.pictures.shape)
