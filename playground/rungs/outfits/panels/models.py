"""Models: what each of the four has to learn, how far it is from the truth, and what it leaves to the unseen."""

import pandas as pd
import streamlit as st

from core.categorical import information, unseen
from core.categorical.models import FullTable
from core.categorical.rows import cells
from core.data.renderers.outfit_words import ATTRIBUTES
from playground.rungs.outfits import numbers
from playground.rungs.outfits.screen import ALONE, FULL, MODELS, TREE, TRUTH, Screen
from playground.shown import tables

FREE, AWAY, NEW = "Free parameters", "KL to the truth (nats)", "Never seen before (%)"


def show(screen: Screen, step: object) -> None:
    """The panel."""
    left, right = st.columns([1.35, 1], gap="large")
    away, new = numbers.divergences(screen), numbers.news(screen)
    table = pd.DataFrame(
        {
            "Model": [*MODELS, TRUTH],
            FREE: [f"{screen.models[title].parameters:,}" for title in MODELS] + [""],
            AWAY: [*(away[title] for title in MODELS), 0.0],
            NEW: [100 * new[title] for title in (*MODELS, TRUTH)],
        }
    )
    with left:
        heads = {FREE: "Free", AWAY: "KL (nats)", NEW: "New (%)"}
        tables.show(table, {AWAY: ".3f", NEW: ".1f"}, heads, first=130)
        st.caption(
            f"Exact, by sums over all {cells(screen.rows.sizes):,} outfits: free parameters, KL to the truth, and the "
            "probability of an outfit that was never seen."
        )
    with right:
        st.markdown(said(screen))


def said(screen: Screen) -> str:
    """What the truth says of the next outfit, and what independence costs."""
    table = screen.models[FULL]
    assert isinstance(table, FullTable)
    p, n = screen.law.p.ravel(), len(screen.rows)
    chance, guess = unseen.expected(p, n), unseen.good_turing(table)
    there = unseen.observed(p, table)
    floor = information.total_correlation(screen.law.p)
    tree = screen.models[TREE]
    edges = [(ATTRIBUTES[k], ATTRIBUTES[j]) for j, k in enumerate(getattr(tree, "parents", ())) if k >= 0]
    return (
        f"**The next outfit** was never seen with probability **{there:.3f}** by the truth (expected after {n:,} outfits: "
        f"{chance:.3f}). Good and Turing guess {guess:.3f} without knowing it: the share of outfits seen once.\n\n"
        f"**Independence costs {floor:.3f} nats** for ever: the mutual information that a product of single features "
        f"throws away. {ALONE} comes no nearer to the truth, however many outfits are seen. This product is what is left "
        "of naive Bayes where there is no class.\n\n"
        f"**The tree** keeps the pairs {', '.join(f'{a} – {b}' for a, b in edges)}."
    )
