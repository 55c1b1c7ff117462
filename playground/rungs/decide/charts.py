"""Charts of the page: learning curves, p(class) where one coordinate is known, calibration. No Streamlit here."""

from collections.abc import Mapping, Sequence

import numpy as np

from core.classification import curves
from playground.palette import CLASSES, ROLES, SURFACE
from playground.shown import vega
from playground.shown.vega import Part, axis, layer, number, word

OTHER = CLASSES[4]  # the discriminative model beside the orange of the generative one
RULES = {  # rule: (its words, its colour, dashed)
    curves.NAIVE: ("naive Bayes", ROLES["model"], False),
    curves.LDA: ("LDA", ROLES["model"], True),
    curves.LOGISTIC: ("logistic", OTHER, False),
    curves.RIDGED: ("logistic, ridge 1", OTHER, True),
}
TOP = 0.5


def learning(
    sizes: Sequence[int],
    risks: Mapping[str, np.ndarray],
    limits: tuple[float, float],
    crossed: float | None,
    dark: bool,
) -> Part:
    """Exact error over the points learned from: means with bands, the Bayes risk, the limit of naive Bayes, the crossing."""
    ends = (curves.SIZES[0], curves.SIZES[-1])
    across = axis("n", "points n (log axis)", ends, log=True, axis={"values": [10, 30, 100, 300, 1000]})
    up = axis("error", "error, exact", (0.1, TOP), axis={"format": ".0%"})
    parts = []
    for name in (curves.NAIVE, curves.LOGISTIC):
        low, high = np.quantile(risks[name], (0.05, 0.95), axis=0)
        band = {"n": list(sizes), "error": low, "high": np.minimum(high, TOP)}
        shape: Part = {"x": across, "y": up, "y2": {"field": "high"}}
        parts.append(layer("area", band, shape, color=RULES[name][1][dark], opacity=0.15))
    for name, (_, colour, dashed) in RULES.items():
        line = {"n": list(sizes), "error": risks[name].mean(axis=0), "rule": [name] * len(sizes)}
        tip = [word("rule"), number("n"), number("error", format=".1%")]
        dash = [3, 3] if dashed else [1, 0]
        place: Part = {"x": across, "y": up, "tooltip": tip}
        parts.append(layer("line", line, place, color=colour[dark], strokeWidth=2.4, strokeDash=dash))
    for value in limits:
        look = {"color": ROLES["truth"][dark], "strokeDash": [6, 4], "strokeWidth": 2}
        parts.append(layer("rule", {"error": [value]}, {"y": up}, **look))
    if crossed is not None and crossed > sizes[0]:
        mark = {"n": [crossed], "said": [f"{crossed:.0f}"]}
        parts.append(layer("rule", mark, {"x": across}, color=ROLES["noise"][dark], strokeWidth=1.5))
        look = {"align": "left", "dx": 4, "fontSize": 12, "color": SURFACE["quiet"][dark]}
        parts.append(layer("text", mark, {"x": across, "y": {"value": 10}, "text": word("said")}, **look))
    return vega.layers(parts, 340)


def known(at: np.ndarray, lines: Mapping[str, np.ndarray], title: str, of: str, dark: bool) -> Part:
    """p(class given one coordinate) over that coordinate: generative, discriminative with the mean put in, truth."""
    low, high = float(at[0]), float(at[-1])
    across, up = axis("x", title, (low, high)), axis("p", f"p({of} | what is known)", (0.0, 1.0))
    colours = {"Truth": ROLES["truth"], "Summed out": ROLES["model"], "Mean put in": OTHER}
    parts = []
    for name, p in lines.items():
        table = {"x": at, "p": p, "line": [name] * len(at)}
        dash = [6, 4] if name == "Truth" else [1, 0]
        tip = [word("line"), number("x", format=".3g"), number("p", format=".3f")]
        place = {"x": across, "y": up, "tooltip": tip}
        parts.append(
            layer("line", table, place, color=colours[name][dark], strokeDash=dash, strokeWidth=2.4, clip=True)
        )
    return vega.layers(parts + named({name: colours[name][dark] for name in lines}), 320)


def named(colours: Mapping[str, str]) -> list[Part]:
    """The lines' words in their colours, in a row above the picture."""
    parts, place = [], 0.0
    for name, colour in colours.items():
        encoding = {"text": word("said"), "x": {"value": place}, "y": {"value": -7}}
        look = {"align": "left", "baseline": "bottom", "fontWeight": 600, "color": colour}
        parts.append(layer("text", {"said": [name]}, encoding, **look))
        place += 7.4 * len(name) + 16
    return parts


def at_shares(
    firsts: np.ndarray, found: Mapping[str, tuple[np.ndarray, np.ndarray]], now: float, of: str, dark: bool
) -> Part:
    """Error over the share of the first class: of each rule told of it, dotted where it is not, and the share that is set."""
    top = max(0.05, *(float(lines.max()) for pair in found.values() for lines in pair))
    across = axis("share", f"share of {of}", (0.0, 1.0), axis={"format": ".0%"})
    up = axis("error", "error", (0.0, min(1.0, 1.05 * top)), axis={"format": ".0%"})
    colours = dict(zip(found, (ROLES["model"][dark], OTHER[dark], ROLES["truth"][dark]), strict=False))
    parts = [layer("rule", {"share": [now]}, {"x": across}, color=ROLES["noise"][dark], strokeWidth=1.5)]
    for name, pair in found.items():
        for line, dash in zip(pair, ([1, 0], [2, 4]), strict=True):
            data = {"share": firsts, "error": line, "rule": [name] * len(line)}
            tip = [word("rule"), number("share", format=".0%"), number("error", format=".1%")]
            look = {"color": colours[name], "strokeWidth": 2.2, "strokeDash": dash}
            parts.append(layer("line", data, {"x": across, "y": up, "tooltip": tip}, **look))
    return vega.layers(parts + named(colours), 260)


def calibration(found: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]], dark: bool) -> Part:
    """The true share over what was said, a disc a bin, as large as its mass; the diagonal is calibrated."""
    across, up = axis("said", "probability that was said", (0.0, 1.0)), axis("true", "true share", (0.0, 1.0))
    ends = {"said": [0.0, 1.0], "true": [0.0, 1.0]}
    parts = [layer("line", ends, {"x": across, "y": up}, color=ROLES["truth"][dark], strokeDash=[6, 4], strokeWidth=2)]
    colours = dict(zip(found, (ROLES["model"][dark], OTHER[dark]), strict=True))
    for name, (said, true, mass) in found.items():
        there = mass > 0
        table = {"said": said[there], "true": true[there], "mass": mass[there], "model": [name] * int(there.sum())}
        place = {"x": across, "y": up}
        parts.append(layer("line", table, place, color=colours[name], strokeWidth=2))
        size = number("mass", scale={"range": [20, 320], "domain": [0, 0.5], "clamp": True}, legend=None)
        tip = [word("model"), *(number(c, format=".3f") for c in ("said", "true", "mass"))]
        parts.append(
            layer("point", table, place | {"size": size, "tooltip": tip}, color=colours[name], filled=True, opacity=0.9)
        )
    return vega.layers(parts + named(colours), 340)
