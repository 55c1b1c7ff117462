"""The chosen outfit worked out, the models beside the truth, and the identities of what is on screen."""

import math
from collections.abc import Iterator

import numpy as np

from core.categorical import information, models, unseen
from core.categorical.models import FullTable
from core.categorical.rows import cells
from core.check import Check
from core.digits import minus, plain_power
from playground.rungs.outfits.screen import ALONE, FULL, MODELS, SMOOTHED, TRUTH, Screen, factor_words, words
from playground.shown.closer import SelfTest


def probabilities(screen: Screen) -> dict[str, float]:
    """The chosen outfit's probability by the truth and by each model."""
    code = screen.chosen[None]
    found = {TRUTH: float(np.exp(screen.law.log_prob(code)[0]))}
    return found | {title: float(np.exp(model.log_prob(code)[0])) for title, model in screen.models.items()}


def seen(screen: Screen) -> str:
    """The chosen outfit in words, and how often it was seen."""
    times = int(screen.times(screen.chosen[None])[0])
    often = {0: "never seen", 1: "seen once"}.get(times, f"seen {times} times")
    return f"**{words(screen.chosen).capitalize()}**: {often} among {len(screen.rows):,}."


def worked(screen: Screen) -> str:
    """The product behind the chosen outfit's probability, factor by factor with the counts in it, as Markdown."""
    lines = [f"| {screen.asked.model} | counts | factor |", "|---|--:|--:|"]
    product = 1.0
    for factor in screen.model.factors(screen.chosen):
        product *= factor.value
        alpha = f" + {factor.alpha:g}" if factor.alpha else ""
        below = f"{factor.out_of:,}" + (f" + {times(factor.alpha)}{factor.levels:,}" if factor.alpha else "")
        fraction = f"({factor.count:,}{alpha}) / ({below})".replace(" ", "\xa0")
        lines.append(f"| {factor_words(factor, screen.chosen)} | {fraction} | {plain_power(factor.value, 3)} |")
    log = minus(f"{math.log(product):.2f} nats") if product else "impossible"
    lines.append(f"| **Their product** | {log} | **{plain_power(product, 3) if product else '0'}** |")
    return "\n".join(lines)


def times(alpha: float) -> str:
    """A factor before a number, where it is not 1."""
    return "" if alpha == 1 else f"{alpha:g}\xa0\N{MULTIPLICATION SIGN}\xa0"


def divergences(screen: Screen) -> dict[str, float]:
    """KL(truth, model) over all outfits, exactly, nats."""
    p = screen.law.p.ravel()
    return {title: information.divergence(p, table) for title, table in screen.tables.items()}


def news(screen: Screen) -> dict[str, float]:
    """The probability of an outfit that was never seen, by the truth and by each model."""
    table = screen.models[FULL]
    assert isinstance(table, FullTable)
    found = {TRUTH: unseen.observed(screen.law.p.ravel(), table)}
    return found | {title: unseen.observed(np.exp(log_p), table) for title, log_p in screen.tables.items()}


def self_test(screen: Screen, step: object) -> SelfTest:
    """The identities of the four models."""
    note = f"Self-test of the four models of {len(screen.rows):,} outfits, over all {cells(screen.rows.sizes):,}."
    spec = (*screen.spec, screen.picked)
    return SelfTest(spec, lambda: checks(screen), note, of=screen.rows)


def checks(screen: Screen) -> Iterator[Check]:
    """Sums, products, the floor of independence, the tree's gain, and what smoothing gives to the unseen."""
    p, log_p = screen.law.p, screen.tables
    for title in MODELS:
        yield Check(f"{title.lower()}: probabilities sum to 1", math.fsum(np.exp(log_p[title])), 1.0, 1e-9)
    yield Check("truth: probabilities sum to 1", math.fsum(p.ravel()), 1.0, 1e-9)
    for title in MODELS:
        product = math.prod(factor.value for factor in screen.models[title].factors(screen.chosen))
        told = float(np.exp(screen.models[title].log_prob(screen.chosen[None])[0]))
        yield Check(f"{title.lower()}: p of the chosen outfit is the product of its factors", told, product, 1e-12)
    floor = information.total_correlation(p)
    yield Check(
        "independent: KL to the truth is at least the total correlation", divergences(screen)[ALONE], floor, 1e-9, True
    )
    table = screen.models[SMOOTHED]
    assert isinstance(table, FullTable)
    whole, alpha = cells(screen.rows.sizes), screen.asked.alpha
    share = alpha * (whole - len(table.seen)) / (len(screen.rows) + alpha * whole)
    yield Check("smoothed table: the unseen have α (V − s) / (n + α V)", news(screen)[SMOOTHED], share, 1e-9)
    yield gain(screen)


def gain(screen: Screen) -> Check:
    """Without smoothing, the tree's likelihood of the data exceeds the product's by the information on its edges."""
    codes, sizes = screen.rows.codes, screen.rows.sizes
    tree, alone = models.chow_liu(codes, sizes, 0.0), models.independent(codes, sizes, 0.0)
    pairs = information.mutual(codes, sizes)
    kept = sum(pairs[j, k] for j, k in enumerate(tree.parents) if k >= 0)
    found = float((tree.log_prob(codes) - alone.log_prob(codes)).mean())
    return Check("α = 0: the tree gains the mutual information of its edges (nats)", found, kept, 1e-9)
