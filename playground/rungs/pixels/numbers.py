"""Nats per picture as the models learn, what is worked out from them in words, and the identities of what is on screen."""

import math
from collections.abc import Iterator

import numpy as np

from core.categorical import pairs, products
from core.categorical.information import entropy, shared
from core.categorical.products import Products
from core.check import Check
from playground.instruments.figures import Table
from playground.rungs.pixels.learning import Moment
from playground.rungs.pixels.screen import MIXTURE, TREE, Screen
from playground.shown.closer import SelfTest
from playground.shown.numbers import estimate, live_table


def figures(moment: Moment) -> Table:
    """Nats per held-out picture of every model so far, exactly, and how many numbers it counted."""
    rows = []
    for title in moment.titles:
        known = title in moment.nats
        count = f"{moment.parameters[title]:,} numbers" if known else "not yet learned"
        rows.append((title, estimate(moment.nats[title]) if known else "", count))
    return live_table("Nats per held-out picture, exact", rows, room=12)


def uniform(screen: Screen) -> float:
    """Nats of a picture under even noise: d log L."""
    return screen.pictures.dim * math.log(screen.levels)


def counted(screen: Screen) -> str:
    """What was counted and judged by, in words, and what cannot be."""
    train, val, test = screen.rows
    fewer = f" They have {screen.levels} levels." if screen.levels < int(screen.asked.levels) else ""
    said = (
        f"{len(train) + len(val):,} pictures are counted, {len(test):,} others are held out; even noise needs "
        f"{uniform(screen):.1f} nats.{fewer}"
    )
    return " ".join([said, *screen.missing.values()])


def self_test(screen: Screen, step: Moment | None) -> SelfTest:
    """The identities of the models."""
    waiting = "" if step and step.models else "The models are still learning."
    note = f"Self-test of {len(screen.models)} models of {screen.pictures.dim:,} pixels at {screen.levels} levels."
    return SelfTest(screen.fitted, lambda: checks(screen, step), note, waiting, of=screen.pictures)


def checks(screen: Screen, moment: Moment | None) -> Iterator[Check]:
    """Levels sum to 1, scores are recomputed by hand, EM never falls, the tree gains what its edges share."""
    assert moment is not None
    for title, model in moment.models.items():
        if isinstance(model, Products):
            sums = np.exp(model.log_theta).sum(axis=2)
            worst = float(sums.ravel()[np.abs(sums - 1).argmax()])
            yield Check(f"{title.lower()}: levels of the worst pixel sum to 1", worst, 1.0, 1e-9)
        if title != TREE:
            assert isinstance(model, Products)
            first = screen.test[0]
            factors = model.log_theta[:, np.arange(len(first)), first].sum(axis=1) + model.log_weights
            by_hand = float(np.logaddexp.reduce(factors))
            found = float(model.log_prob(first[None])[0])
            yield Check(
                f"{title.lower()}: log p of the first held-out picture, pixel by pixel (nats)", found, by_hand, 1e-8
            )
    if MIXTURE in moment.models:
        fitted = products.fit(screen.config, screen.train, screen.levels, screen.val, screen.start)
        risen = [step.metrics[products.OBJECTIVE] for step in fitted if step.phase == "M"]
        yield Check(
            "EM: the least rise of its objective (nats)", float(np.diff(risen).min(initial=0.0)), 0.0, 1e-9, True
        )
    if TREE in moment.models:
        yield gain(screen)
    yield bound(screen)


def gain(screen: Screen) -> Check:
    """With hardly any smoothing, the tree exceeds the product on what was counted by the information on its edges."""
    tiny, seen, levels = 1e-9, screen.seen, screen.levels
    tree = pairs.tree(seen, levels, tiny)
    alone = products.independent(seen, levels, tiny)
    kept = sum(shared(pairs.joint(seen, levels, k, j)) for j, k in enumerate(tree.parents) if k >= 0)
    found = float((tree.log_prob(seen) - alone.log_prob(seen)).mean())
    return Check("α near 0: the tree gains the mutual information of its edges (nats)", found, kept, 1e-4)


def bound(screen: Screen) -> Check:
    """With hardly any smoothing, the product's nats on what was counted are the sum of the pixels' entropies."""
    alone = products.independent(screen.seen, screen.levels, 1e-9)
    found = -float(alone.log_prob(screen.seen).mean())
    theta = np.exp(alone.log_theta[0])
    return Check(
        "α near 0: nats of independent pixels are the sum of their entropies", found, sum(map(entropy, theta)), 1e-4
    )
