"""Collapse over beta: models of several betas trained together, what each of them learns and which dimensions sleep."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Float

from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae import sweep
from core.vae.latent.surgery import ACTIVE
from core.vae.model import VAE
from playground import plot, session
from playground.rungs.vae import seen
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown.density import paint
from playground.shown.numbers import nice, plain_power

SWEPT, EPOCHS = 1500, 30
ASKED = f"{NAME}.sweep"
Betas = tuple[float, ...]


def draw(screen: Screen, step: Step[VAE]) -> None:
    """The sweep, once it is asked for."""
    spec = screen.spec(step)
    words = f"Train betas {', '.join(f'{beta:g}' for beta in sweep.BETAS)} together"
    st.button(words, on_click=session.hold, args=(ASKED, spec), key=ASKED, icon=":material/ssid_chart:")
    if session.recall(ASKED, lambda: None) != spec:
        st.caption(f"Same start, same batches, {EPOCHS} epochs on at most {SWEPT:,} pictures; only beta differs.")
        return
    run = runs.open_run(ASKED, spec, "", partial(steps, step.state, screen.pictures, screen.key / "sweep"), stays=True)

    def told(newest: Step[Betas] | None, progress: Progress) -> None:
        if newest is None:
            return
        if progress.alive:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.progress(newest.index / EPOCHS, f"Epoch {newest.index} of {EPOCHS}, all betas together.")
                st.button("Cancel", on_click=run.job.cancel, key=f"{NAME}.cancel", icon=":material/stop:")
        st.markdown(finding(newest))
        drawn = charts(newest, session.dark())
        for where, (title, chart) in zip(st.columns(3, gap="medium"), drawn.items(), strict=True):
            plot.show(chart, key=f"{NAME}.{title}", alt=f"{title} over beta", where=where)

    watch(run, told)


def steps(model: VAE, pictures: Pictures, key: Key) -> Iterator[Step[Betas]]:
    """Models of several betas trained together; what they learned is kept, the models are not."""
    rows = seen.some(pictures.split.train, SWEPT, key / "rows")
    config = replace(model.config, epochs=EPOCHS, warmup=0, free=0.0, code="sampled")
    x, labels = seen.images(pictures, rows), seen.told(model, pictures, rows)
    for step in sweep.fit(config, x, key / "fit", labels=labels):
        kept = {name: step.arrays[name] for name in ("reconstruction", "kl", "activity")}
        yield Step(step.index, step.state.betas, arrays=kept)


def finding(step: Step[Betas]) -> str:
    """What the sweep says, in a sentence."""
    awake = (step.arrays["activity"] > ACTIVE).sum(axis=1)
    betas, latent = np.array(step.state), step.arrays["activity"].shape[1]
    whole, dead = betas[awake == latent], betas[awake == 0]
    said = (
        f"All {latent} dimensions are active up to beta = {whole.max():g}"
        if len(whole)
        else "Some dimension always sleeps"
    )
    if not len(dead):
        return f"After {step.index} epochs: {said}, and nowhere have all collapsed."
    kl = plain_power(step.arrays["kl"][awake == 0].max(), 2)
    return f"After {step.index} epochs: {said}; from beta = {dead.min():g} on it has **collapsed** (KL {kl} nats)."


def ends_of(values: Float[np.ndarray, " n"]) -> tuple[float, float]:
    """Round ends of an axis that holds the values and need not begin at 0."""
    step = nice(max(float(np.ptp(values)), 1.0))
    return float(np.floor(values.min() / step) * step), float(np.ceil(values.max() / step) * step)


def charts(step: Step[Betas], dark: bool) -> dict[str, Any]:
    """Reconstruction, KL and active units of a sweep over beta."""
    betas, latent = step.state, step.arrays["activity"].shape[1]
    awake = (step.arrays["activity"] > ACTIVE).sum(axis=1)
    found = {
        "reconstruction": (step.arrays["reconstruction"], "-E log p(x given z) (nats)", "data"),
        "KL": (step.arrays["kl"], "KL (nats)", "model"),
        "active units": (awake, f"active dimensions of {latent}", "hand"),
    }
    ends = (betas[0] / 1.4, betas[-1] * 1.4)
    drawn = {}
    for title, (values, unit, role) in found.items():
        low, high = ends_of(values) if title == "reconstruction" else (0.0, nice(1.1 * max(float(values.max()), 1e-3)))
        low, high = (0.0, latent + 0.3) if title == "active units" else (low, high)
        across = alt.X("beta:Q", title="beta (log)", scale=alt.Scale(domain=list(ends), type="log", nice=False),
                       axis=alt.Axis(values=list(betas), format="~g"))  # fmt: skip
        up = alt.Y("y:Q", title=unit, scale=alt.Scale(domain=[low, high], nice=False), axis=alt.Axis(tickMinStep=1))
        tip = [alt.Tooltip("beta:Q"), alt.Tooltip("y:Q", format=".4g", title=unit)]
        line = alt.Chart(pd.DataFrame({"beta": betas, "y": values})).encode(across, up, tooltip=tip)
        colour = paint(role, dark)
        drawn[title] = line.mark_line(color=colour, point={"color": colour, "size": 55}).properties(height=210)
    return drawn
