"""The importance-weighted bound of one picture over its number of draws, where there is no exact log p(x)."""

from collections.abc import Hashable, Iterator
from functools import partial

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.evaluation.metrics import Estimate, mean
from core.key import Key
from core.process import Step
from core.vae.model import VAE
from playground import plot, session
from playground.rungs.vae.screen import NAME
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import numbers, vega
from playground.shown.density import paint
from playground.shown.vega import Part, axis, layer, number

DRAWS = ((1, 256), (10, 64), (100, 16), (1000, 8))  # k of a bound, and how often it is drawn afresh
Bounds = dict[int, Estimate]  # by k


def draw(
    model: VAE, x: Float[np.ndarray, "c h w"], labels: np.ndarray | None, spec: tuple[Hashable, ...], key: Key
) -> None:
    """The bound as more and more is drawn; `spec` is what decides it."""
    run = runs.open_run(f"{NAME}.bound", spec, "", partial(bounds, model, x, labels, key))
    watch(run, partial(told, model.latent))


def told(latent: int, newest: Step[Bounds] | None, progress: Progress) -> None:
    """What is known of the bound so far."""
    if newest is None:
        return
    found = newest.state
    k = max(found)
    gained = found[k].value - found[1].value
    st.markdown(
        f":orange-badge[bound] {latent} latent dimensions are too many for a grid: log p(x) is bounded from below, in "
        "expectation, by k weighted draws from q."
    )
    st.markdown(
        f"With k = {k:,} the bound on this picture is **{numbers.estimate(found[k])} nats** (standard error over "
        f"repeats), {gained:.2f} nats above the ELBO, which is k = 1."
    )
    plot.show(chart(found, session.dark()), key=f"{NAME}.bound", alt="The bound over k draws")
    if progress.alive:
        st.caption("Drawing more...")


def bounds(model: VAE, x: Float[np.ndarray, "c h w"], labels: np.ndarray | None, key: Key) -> Iterator[Step[Bounds]]:
    """The importance-weighted bound with more and more draws, each with its standard error over repeats."""
    found: Bounds = {}
    for k, times in DRAWS:
        told = None if labels is None else np.repeat(labels, times, axis=0)
        found |= {k: mean(model.iwae(np.repeat(x[None], times, axis=0), key / k, k, told))}
        yield Step(len(found), dict(found))


def chart(found: Bounds, dark: bool) -> Part:
    """The importance-weighted bound with its standard error, over k."""
    value, error = (np.array([getattr(e, name) for e in found.values()]) for name in ("value", "error"))
    table = {"k": list(found), "nats": value, "low": value - error, "high": value + error}
    domain = float(np.floor(table["low"].min() - 0.5)), float(np.ceil(table["high"].max() + 0.5))
    across, colour = axis("k", "draws k (log)", (0.7, 1500), log=True), paint("model", dark)
    up, tip = axis("nats", "bound on log p(x) (nats)", domain), [number("k"), number("nats", format=".2f")]
    ends, dots = {"y": number("low"), "y2": {"field": "high"}}, {"color": colour, "size": 60}
    layers = [
        layer("line", table, {"x": across, "y": up, "tooltip": tip}, color=colour, point=dots),
        layer("rule", table, {"x": across, **ends}, color=colour, strokeWidth=2),
    ]
    return vega.layers(layers, 230)
