"""The charts of the page of outfits, as plain dictionaries; no Streamlit here."""

from collections.abc import Mapping

import numpy as np

from core.digits import plain_power
from playground.palette import ROLES, SURFACE
from playground.rungs.outfits.screen import TRUTH
from playground.shown import vega
from playground.shown.vega import Part, axis, layer, word

TICKS = {1e-8: "10⁻⁸", 1e-6: "10⁻⁶", 1e-4: "10⁻⁴", 1e-2: "0.01", 1.0: "1"}
SAID = " : ".join([*(f"datum.value < {3 * at} ? '{said}'" for at, said in TICKS.items()), "''"])  # of Vega, by the tick
LOW = 1e-8  # where the axis of probabilities begins; what is impossible stands there


def probabilities(p: Mapping[str, float], chosen: str, dark: bool) -> Part:
    """One outfit's probability by each model and by the truth, on a logarithmic axis; the chosen model's dot is larger."""
    names = list(p)
    values = np.array(list(p.values()))
    columns = {
        "who": names,
        "p": np.maximum(values, LOW),
        "said": [plain_power(v, 2) if v > 0 else "impossible" for v in values],
        "role": ["truth" if name == TRUTH else "model" for name in names],
        "size": [170 if name in (chosen, TRUTH) else 60 for name in names],
    }
    ticks = {"values": list(TICKS), "labelExpr": SAID}
    across = axis("p", "probability of the chosen outfit (log axis)", (LOW, 1.0), log=True, axis=ticks)
    up = word("who", sort=names, title=None, axis={"labelLimit": 120, "ticks": False, "domain": False, "grid": True})
    ramp = {"domain": ["truth", "model"], "range": [ROLES[role][dark] for role in ("truth", "model")]}
    paint = word("role", scale=ramp, legend=None)
    dots = {
        "x": across,
        "y": up,
        "color": paint,
        "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
    }
    said = {"x": across, "y": up, "text": {"field": "said", "type": "nominal"}}
    look = {"align": "left", "dx": 12, "fontSize": 13, "color": SURFACE["text"][dark]}
    return vega.layers(
        [layer("point", columns, dots, filled=True, opacity=1), layer("text", columns, said, **look)], 190
    )


def alt(p: Mapping[str, float]) -> str:
    """The chart in words."""
    return "Probability of the chosen outfit: " + ", ".join(f"{name} {plain_power(v, 2)}" for name, v in p.items())
