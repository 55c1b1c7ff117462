"""The losses of a training over its epochs, in their parts, with a kept run in grey under them."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.process import Step
from core.vae.model import VAE
from playground.palette import ROLES
from playground.rungs.vae.training import PARTS
from playground.shown.numbers import nice

DRAWN = {"reconstruction": ("Reconstruction loss", "data"), "kl": ("KL", "model")}
"""The parts that are drawn: a title and a role."""


def table(step: Step[VAE]) -> pd.DataFrame:
    """The history a Step carries, one row an epoch."""
    return pd.DataFrame(step.arrays["history"], columns=["epoch", *PARTS])


def since(step: Step[VAE], begun: int) -> pd.DataFrame:
    """The same with the epochs that came before its start counted in."""
    history = table(step)
    return history.assign(epoch=history["epoch"] + begun)


def csv(step: Step[VAE]) -> bytes:
    """The history as a file."""
    return table(step).to_csv(index=False).encode()


Run = tuple[Step[VAE], int]
"""The newest Step of a run, and how many epochs its start had been trained."""


def charts(run: Run, kept: Run | None, shown: Step[VAE] | None, most: int, dark: bool) -> dict[str, Any]:
    """Reconstruction and KL over the epochs; the epoch on show is marked, a kept run lies under in grey.

    A fork is drawn where it left the run it came from.
    """
    colour = {role: pair[dark] for role, pair in ROLES.items()}
    both = [since(*one) for one in (run, *([kept] if kept else []))]
    now, past, begun = both[0], both[1] if kept else None, run[1]
    last = max(most + begun, *(int(t["epoch"].max()) for t in both))
    x = alt.X("epoch:Q", scale=alt.Scale(domain=[0, last], nice=False), title="epoch", axis=alt.Axis(tickCount=5))
    found = {}
    for name, (title, role) in DRAWN.items():
        high = max(nice(float(np.nanmax(t[name].to_numpy()))) for t in both)
        y = alt.Y(f"{name}:Q", scale=alt.Scale(domain=[0, high], nice=False), title="nats", axis=alt.Axis(tickCount=4))
        tip = [alt.Tooltip("epoch"), alt.Tooltip(name, format=".2f", title=f"{title} (nats)")]
        said = title
        if shown is not None:
            said += f", {table(shown)[name].iloc[-1]:.2f} at epoch {shown.index + begun}"
        layers = [alt.Chart(now).mark_line(color=colour[role], strokeWidth=2).encode(x, y, tooltip=tip)]
        if past is not None:
            layers.insert(0, alt.Chart(past).mark_line(color=colour["noise"], strokeWidth=1.5).encode(x, y))
        if shown is not None:
            at = alt.Chart(pd.DataFrame({"epoch": [shown.index + begun]}))
            layers.append(at.mark_rule(color=colour["hand"], strokeWidth=1.5).encode(x))
        found[title] = alt.layer(*layers).properties(
            height=220, title=alt.TitleParams(said, fontSize=13, color=colour[role], anchor="start")
        )
    return found
