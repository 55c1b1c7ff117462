"""Ladder: nats per held-out picture of every factorisation, from even noise to the stored VAE, on one axis."""

import pandas as pd
import streamlit as st

from core.evaluation.metrics import Estimate
from core.vae import recipes
from playground import plot, session
from playground.rungs.pixels import charts, numbers
from playground.rungs.pixels.learning import Moment
from playground.rungs.pixels.screen import ALONE, MODELS, TREE, Screen
from playground.shown import tables
from playground.shown.numbers import estimate

NATS, FREE, KIND = "Nats per picture", "Numbers counted", "Kind"
STORED = {
    "vae-digits": ("VAE, 2 latent", "test_exact", "exact"),
    "vae-digits-16": ("VAE, 16 latent", "test_iwae_1000", "bound"),
}


def deep(screen: Screen) -> dict[str, tuple[Estimate, int, str]]:
    """The stored VAEs where they were judged by these pictures at these levels: nats, weights and kind of number."""
    found = {}
    for name, (title, score, kind) in STORED.items():
        recipe = recipes.RECIPES[name]
        if recipe.dataset == screen.pictures.name and recipe.config.levels == screen.levels:
            held = recipes.stored(name)
            nats = Estimate(-held.metrics[score], held.metrics[f"{score}_error"])
            found[title] = (nats, sum(w.size for w in held.model.weights.values()), kind)
    return found


def show(screen: Screen, step: Moment) -> None:
    """The panel."""
    rungs = {"Even noise": (Estimate(numbers.uniform(screen), 0.0), 0, "exact")}
    rungs |= {title: (step.nats[title], step.parameters[title], "exact") for title in MODELS if title in step.nats}
    rungs |= deep(screen)
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        scores = {title: (nats, kind) for title, (nats, _, kind) in rungs.items()}
        plot.show(charts.ladder(scores, session.dark()), "pixels.ladder", charts.ladder_alt(scores))
    with right:
        table = pd.DataFrame(
            {
                "Model": list(rungs),
                NATS: [estimate(nats) if nats.error else f"{nats.value:.1f}" for nats, _, _ in rungs.values()],
                FREE: [f"{count:,}" for _, count, _ in rungs.values()],
                KIND: [kind for _, _, kind in rungs.values()],
            }
        )
        tables.right(table, {NATS: "Nats", FREE: "Numbers"})
        st.caption(said(screen, step))


def said(screen: Screen, moment: Moment) -> str:
    """How to read it."""
    n = len(screen.rows[2])
    text = (
        f"The mean of −log p over the same {n:,} held-out pictures, ± its standard error. Less is better: 1 nat less, and a "
        "picture is e times as likely."
    )
    if ALONE in moment.nats and TREE in moment.nats:
        gap = moment.nats[ALONE].value - moment.nats[TREE].value
        text += f" Looking at one other pixel for each is worth {gap:.1f} nats."
    if deep(screen):
        text += " The VAE with 16 latent numbers needs at most its nats: a bound."
    return text
