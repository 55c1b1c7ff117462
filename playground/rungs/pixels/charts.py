"""The charts and maps of the page of pixels: plain dictionaries and pixels; no Streamlit here."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, UInt8

from core.evaluation.metrics import Estimate
from playground.palette import ROLES, SURFACE
from playground.shown import vega
from playground.shown.vega import Part, axis, layer, word


def ladder(scores: Mapping[str, tuple[Estimate, str]], dark: bool) -> Part:
    """Nats per picture as dots with two standard errors each way, one row a model; a bound's dot is hollow."""
    names = list(scores)
    values = np.array([nats.value for nats, _ in scores.values()])
    errors = np.nan_to_num([nats.error for nats, _ in scores.values()])
    said = [f"{v:.1f}" for v in values]
    across = axis("nats", "nats per held-out picture (less is better)", (0.0, 1.25 * float(values.max())))
    up = word("model", sort=names, title=None, axis={"labelLimit": 120, "ticks": False, "domain": False, "grid": True})
    spans = {"model": names, "nats": values - 2 * errors, "high": values + 2 * errors}
    colour = ROLES["model"][dark]
    parts = [layer("rule", spans, {"x": across, "x2": {"field": "high"}, "y": up}, color=colour, strokeWidth=2)]
    for kind, filled in (("exact", True), ("bound", False)):
        here = [i for i, (_, of) in enumerate(scores.values()) if of == kind]
        dots = {"model": [names[i] for i in here], "nats": values[here]}
        if here:
            parts.append(layer("point", dots, {"x": across, "y": up}, color=colour, filled=filled, size=90, opacity=1))
    columns = {"model": names, "nats": values, "said": said}
    text = {"x": across, "y": up, "text": word("said")}
    parts.append(layer("text", columns, text, align="left", dx=12, fontSize=13, color=SURFACE["text"][dark]))
    return vega.layers(parts, 46 * len(names) + 50)


def ladder_alt(scores: Mapping[str, tuple[Estimate, str]]) -> str:
    """The chart in words."""
    return "Nats per held-out picture: " + ", ".join(f"{title} {nats.value:.1f}" for title, (nats, _) in scores.items())


def shaded(values: Float[np.ndarray, "..."], top: float, role: str, dark: bool) -> UInt8[np.ndarray, "... 3"]:
    """Values from 0 to `top` as colours, from the stage's to the role's."""
    low, high = (
        np.array([int(paint[i : i + 2], 16) for i in (1, 3, 5)])
        for paint in (SURFACE["stage"][dark], ROLES[role][dark])
    )
    share = np.clip(values / top if top > 0 else values * 0, 0, 1)[..., None]
    return np.rint(low + share * (high - low)).astype(np.uint8)


def table(p: Float[np.ndarray, "L L"], top: float, role: str, dark: bool) -> UInt8[np.ndarray, "H H 3"]:
    """A joint table as a crisp picture: rows are the first pixel's levels, darkest at the top; by the square root of p."""
    made = shaded(np.sqrt(p), np.sqrt(top), role, dark)
    times = max(272 // len(p), 1)
    return made.repeat(times, axis=0).repeat(times, axis=1)
