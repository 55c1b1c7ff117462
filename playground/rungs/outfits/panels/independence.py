"""Independence: what each pair of features says of one another, by the counts and in truth, and whether it is chance."""

import pandas as pd
import streamlit as st

from core.categorical import information
from core.data.renderers.outfit_words import ATTRIBUTES
from playground import plot, session
from playground.rungs.outfits import charts
from playground.rungs.outfits.screen import NAME, Screen
from playground.shown import tables
from playground.shown.numbers import p_value

PAIR, SHARED, IN_TRUTH, G, FREEDOM, P = "Pair", "I (nats)", "In truth (nats)", "G", "Degrees of freedom", "p-value"


def show(screen: Screen, step: object) -> None:
    """The panel."""
    codes, sizes, p = screen.rows.codes, screen.rows.sizes, screen.law.p
    found, true = information.tested(codes, sizes), information.mutual_of(p)
    counted = information.mutual(codes, sizes)
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        drawn = charts.squares(ATTRIBUTES, counted, true, session.dark())
        plot.show(drawn, f"{NAME}.pairs", charts.squares_alt(ATTRIBUTES, counted))
        st.caption("Mutual information: below the diagonal by the counts, above it in truth.")
    with right:
        table = pd.DataFrame(
            {
                PAIR: [f"{ATTRIBUTES[d.one]} – {ATTRIBUTES[d.other]}" for d in found],
                SHARED: [d.information for d in found],
                IN_TRUTH: [true[d.one, d.other] for d in found],
                G: [d.g for d in found],
                FREEDOM: [d.freedom for d in found],
                P: [p_value(d.p_value) for d in found],
            }
        )
        heads = {IN_TRUTH: "Truth", FREEDOM: "df", P: "p"}
        tables.show(table, {SHARED: ".3f", IN_TRUTH: ".3f", G: ".1f"}, heads, first=210)
        st.caption(said(screen, found))


def said(screen: Screen, found: tuple[information.Dependence, ...]) -> str:
    """How to read it: chance alone gives information, and few outfits make p-values rough."""
    n, floor = len(screen.rows), information.total_correlation(screen.law.p)
    chance = max(found, key=lambda d: d.freedom)
    thin = sum(d.thin for d in found)
    rough = (
        f" In {thin} of {len(found)} pairs some cell is expected fewer than 5 times: those p-values are rough."
        if thin
        else ""
    )
    return (
        f"Counts find information even where there is none: about degrees of freedom / 2n, up to "
        f"{chance.freedom / (2 * n):.2f} nats here. The G-test asks whether it is more than that.{rough} In truth all features "
        f"together share {floor:.3f} nats, the floor of the independent model."
    )
