"""Far away: where p(x) is low one model can abstain; the other is as sure as ever, and surer the farther away."""

from typing import Any

import contourpy
import numpy as np
import streamlit as st
from jaxtyping import Float

from core.digits import plain_power
from core.process import Step
from playground import session
from playground.instruments.stage import Contours, Field, Layer, Points, Scene
from playground.rungs.decide.judged import Seen
from playground.rungs.decide.numbers import interval, share
from playground.rungs.decide.screen import NAME, Screen
from playground.runs import film as stage
from playground.shown import points as discs

SIDE = 96
BEYOND = 1.0  # of the axes, beyond each of their ends


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    seen = step.state
    left, right = st.columns([1, 1], gap="large")
    with right:
        percent = st.slider(
            "Abstain on the least likely (%)", 0.0, 20.0, 2.0, 0.5, key="abstain", bind="query-params",
            help="The level of p(x) below which that share of the points that were learned from lies.",
        )  # fmt: skip
    level = float(np.quantile(seen.left.log_prob(seen.learned.x), percent / 100))
    with left:
        stage.still(f"{NAME}.far", scene(screen, seen, level))
    with right:
        st.markdown(said(screen, seen, level))
        st.caption(
            "The deeper the orange, the surer logistic regression is of its class, on three times the axes. Inside the line "
            "p(x) is above the level; outside, the generative model abstains."
        )


def scene(screen: Screen, seen: Seen, level: float) -> Scene:
    """The plane on three times the axes: how sure the one is, and where the other would answer."""
    dataset = screen.dataset
    bounds = wide(dataset.bounds)
    across, up = (np.linspace(low, high, SIDE) for low, high in bounds)
    at = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    spec = (*screen.models, level)
    log_p, sure = session.once(f"{NAME}.far", screen.models, lambda: (seen.left.log_prob(at), certainty(seen, at)))
    lines = [
        np.asarray(line) for line in contourpy.contour_generator(across, up, log_p.reshape(SIDE, SIDE)).lines(level)
    ]
    edge: dict[str, Any] = {
        "xy": np.concatenate(lines) if lines else np.zeros((0, 2)),
        "start": np.cumsum([0, *(len(line) for line in lines)]),
        "level": np.full(len(lines), level),
    }
    layers: list[Layer] = [
        Field(
            name="sure",
            label="How sure the discriminative model is",
            role="model",
            values=sure.reshape(SIDE, SIDE),
            vmin=1 / screen.rows.k,
            vmax=1.0,
        ),
        Points(
            name="points",
            label="Data",
            role="classes",
            xy=discs.visible(dataset),
            cls=screen.rows.y[discs.shown_rows(dataset)].astype(np.uint8),
            classes=screen.rows.classes,
            size=3.0,
        ),
        Contours(name="level", label="The generative model answers inside", role="data", **edge),
    ]
    alt = "How sure logistic regression is far from all points, and where the generative model abstains"
    name = f"{NAME}:far:{session.fingerprint(repr(spec).encode()).hex()[:12]}"
    return Scene(name, bounds, layers, (dataset.columns[0], dataset.columns[1]), alt=alt)


def wide(bounds: Float[np.ndarray, "2 2"]) -> Float[np.ndarray, "2 2"]:
    """Three times the axes."""
    low, high = bounds.T
    return np.stack([low - BEYOND * (high - low), high + BEYOND * (high - low)], axis=1)


def certainty(seen: Seen, at: Float[np.ndarray, "m 2"]) -> Float[np.ndarray, " m"]:
    """The probability of the class it chooses."""
    return np.exp(seen.right.log_posterior(at).max(axis=1))


def said(screen: Screen, seen: Seen, level: float) -> str:
    """What happens at a far corner, and what abstaining costs and spares, in sentences."""
    corner = wide(screen.dataset.bounds)[:, 1][None]
    sure = float(certainty(seen, corner)[0])
    log_p = float(seen.left.log_prob(corner)[0])
    low = (
        f"e to the {log_p:,.0f}".replace("-", "\N{MINUS SIGN}") if log_p < -20 else plain_power(float(np.exp(log_p)), 2)
    )
    inside = seen.left.log_prob(seen.held.x) >= level
    wrong = seen.left.log_posterior(seen.held.x).argmax(axis=1) != seen.held.y
    kept = int(inside.sum())
    answered = f"It answers for {share(kept / len(inside))} of the points held out"
    if kept:
        answered += f" and errs on {interval(int(wrong[inside].sum()), kept)} of those"
    return (
        f"**In the far corner** logistic regression is {'over 99.9 %' if sure > 0.999 else share(sure)} sure of its "
        f"class. To the generative model p(x) there is {low}: it has seen nothing like it.\n\n{answered}; of all, it errs on "
        f"{interval(int(wrong.sum()), len(wrong))}."
    )
