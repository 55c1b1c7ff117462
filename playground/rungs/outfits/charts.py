"""The charts of the page of outfits, as plain dictionaries; no Streamlit here."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.categorical.models import Tree
from core.digits import plain_power
from playground.palette import CLASSES, ROLES, SURFACE
from playground.rungs.outfits.screen import TREE, TRUTH
from playground.rungs.outfits.tree import edges, places
from playground.shown import vega
from playground.shown.vega import Part, axis, layer, number, word

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


def bars(words: Sequence[str], counts: np.ndarray, p: np.ndarray, truth: np.ndarray, title: str, dark: bool) -> Part:
    """One feature's probabilities as bars with their counts, and the truth as marks."""
    columns = {"value": list(words), "count": counts, "p": p, "truth": truth}
    across = axis("p", "probability", (0.0, 0.75), axis={"tickCount": 3})
    up = word(
        "value",
        sort=list(words),
        title=None,
        axis={"labelLimit": 110, "labelOverlap": False, "ticks": False, "domain": False},
    )
    tip = [number(name) if name != "value" else word(name) for name in columns]
    encoding = {"x": across, "y": up, "tooltip": tip}
    beside = {"x": number("p"), "y": up, "text": number("count")}
    parts = [
        layer("bar", columns, encoding, color=ROLES["model"][dark], opacity=0.75, height=11),
        layer("text", columns, beside, align="left", dx=6, fontSize=12, color=SURFACE["text"][dark]),
        layer("tick", columns, {"x": number("truth"), "y": up}, color=ROLES["truth"][dark], thickness=3, size=17),
    ]
    return vega.layers(parts, 265, title={"text": title, "anchor": "start", "fontSize": 13})


def bars_alt(title: str, words: Sequence[str], counts: np.ndarray, p: np.ndarray) -> str:
    """The bars in words."""
    return f"{title}: " + ", ".join(f"{w} {c} seen, {v:.3f}" for w, c, v in zip(words, counts, p, strict=True))


NAMES = {"full": "Smoothed table", "independent": "Independent"}


def curve(
    sizes: Sequence[int],
    means: Mapping[str, np.ndarray],
    bands: Mapping[str, np.ndarray],
    floor: float,
    here: tuple[int, Mapping[str, float]],
    dark: bool,
) -> Part:
    """KL to the truth over the outfits seen: means, bands, the floor of independence, and the models of the stage as dots."""
    colours = {"full": CLASSES[0][dark], "independent": ROLES["model"][dark]}
    across = axis("n", "outfits seen (log axis)", (10, 5000), log=True, axis={"values": [10, 50, 200, 1000, 5000]})
    top = 1.5
    up = axis("kl", "KL to the truth (nats)", (0.0, top))
    parts = []
    for name, mean in means.items():
        low, high = np.minimum(bands[name], top)
        band = {"n": list(sizes), "kl": low, "high": high}
        parts.append(
            layer("area", band, {"x": across, "y": up, "y2": {"field": "high"}}, color=colours[name], opacity=0.18)
        )
        line = {"n": list(sizes), "kl": np.minimum(mean, top)}
        parts.append(layer("line", line, {"x": across, "y": up}, color=colours[name], strokeWidth=2.5))
        last = {"n": [sizes[0]], "kl": [min(mean[0], top)], "said": [NAMES[name]]}
        look = {"align": "left", "dx": 6, "dy": -9, "fontSize": 13, "fontWeight": 600, "color": colours[name]}
        parts.append(layer("text", last, {"x": across, "y": up, "text": word("said")}, **look))
    rule = {"kl": [floor]}
    parts.append(layer("rule", rule, {"y": up}, color=ROLES["truth"][dark], strokeDash=[6, 4], strokeWidth=2))
    words = {"n": [10], "kl": [floor], "said": [f"floor of independence {floor:.3f}"]}
    look = {"align": "left", "dx": 6, "dy": 11, "fontSize": 12, "color": ROLES["truth"][dark]}
    parts.append(layer("text", words, {"x": across, "y": up, "text": word("said")}, **look))
    n, now = here
    dots = {"n": [min(n, 5000)] * len(now), "kl": [min(v, top) for v in now.values()], "said": list(now)}
    held = {"x": across, "y": up, "tooltip": [word("said"), number("kl")]}
    parts.append(layer("point", dots, held, color=ROLES["hand"][dark], filled=True, size=60, opacity=1))
    named = {"x": across, "y": up, "text": word("said")}
    tree = {"n": [min(n, 5000)], "kl": [min(now[TREE], top)], "said": [TREE]}
    parts.append(layer("text", tree, named, align="left", dx=8, fontSize=12, color=ROLES["hand"][dark]))
    return vega.layers(parts, 330)


def squares(names: Sequence[str], counted: np.ndarray, true: np.ndarray, dark: bool) -> Part:
    """Mutual information of every pair as a map: by the counts below the diagonal, in truth above it."""
    rows = [
        (i, j, counted[i, j] if i > j else true[i, j]) for i in range(len(names)) for j in range(len(names)) if i != j
    ]
    columns = {
        "row": [names[i] for i, _, _ in rows],
        "column": [names[j] for _, j, _ in rows],
        "nats": [v for _, _, v in rows],
        "said": [f"{v:.2f}" for _, _, v in rows],
    }
    place = {
        "x": word(
            "column",
            sort=list(names),
            title=None,
            axis={"labelAngle": -30, "labelOverlap": False, "domain": False, "ticks": False},
        ),
        "y": word("row", sort=list(names), title=None, axis={"domain": False, "ticks": False}),
    }
    ramp = {
        "domain": [0, 0.4],
        "range": [SURFACE["stage"][dark], ROLES["model"][dark]],
        "clamp": True,
        "interpolate": "rgb",
    }
    paint = {"color": number("nats", scale=ramp, legend=None), "tooltip": [word("row"), word("column"), number("nats")]}
    text = {**place, "text": word("said")}
    parts = [
        layer("rect", columns, place | paint, stroke=SURFACE["grid"][dark]),
        layer("text", columns, text, fontSize=12, color=SURFACE["text"][dark]),
    ]
    return vega.layers(parts, 330)


def squares_alt(names: Sequence[str], counted: np.ndarray) -> str:
    """The map in words."""
    i, j = divmod(int(counted.argmax()), len(names))
    return (
        f"Mutual information of every pair of features; the most is {names[i]} and {names[j]}, {counted[i, j]:.2f} nats"
    )


def tree(names: Sequence[str], made: Tree, shared: np.ndarray, dark: bool) -> Part:
    """A tree of columns, with the mutual information on its edges; thicker where they share more."""
    at = places(made)
    deep, wide = max(y for _, y in at), max(x for x, _ in at)
    across, down = {"domain": [-0.6, wide + 0.6]}, {"domain": [deep + 0.4, -0.4]}
    bare = {"axis": None}
    x, y = number("x", scale=across, **bare), number("y", scale=down, **bare)
    held, parts = edges(made), []
    if held:
        most = max(shared[e] for e in held) or 1.0
        lines = {
            "x": [at[k][0] for k, _ in held],
            "y": [at[k][1] for k, _ in held],
            "x2": [at[j][0] for _, j in held],
            "y2": [at[j][1] for _, j in held],
            "width": [1 + 4 * shared[e] / most for e in held],
        }
        size = {"strokeWidth": {"field": "width", "type": "quantitative", "scale": None}}
        ends = {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}} | size
        parts.append(layer("rule", lines, ends, color=ROLES["model"][dark], opacity=0.7))
        middle = {
            "x": [(at[k][0] + at[j][0]) / 2 for k, j in held],
            "y": [(at[k][1] + at[j][1]) / 2 for k, j in held],
            "said": [f"{shared[e]:.3f}" for e in held],
        }
        place = {"x": x, "y": y, "text": word("said")}
        parts += haloed(middle, place, dark, fontSize=12, color=SURFACE["quiet"][dark])
    nodes = {"x": [a for a, _ in at], "y": [b for _, b in at], "said": list(names)}
    spot = {"x": x, "y": y}
    parts.append(layer("point", nodes, spot, filled=True, size=90, opacity=1, color=ROLES["data"][dark]))
    named = {**spot, "text": word("said")}
    parts += haloed(nodes, named, dark, fontSize=12, fontWeight=600, dy=-13, color=SURFACE["text"][dark])
    return vega.layers(parts, 80 + 60 * (deep + 1))


def haloed(columns: Mapping[str, Any], encoding: Part, dark: bool, **look: Any) -> list[Part]:
    """Words with the page's colour around them, so that a line may pass behind."""
    ring = {**look, "color": SURFACE["page"][dark], "stroke": SURFACE["page"][dark], "strokeWidth": 5}
    return [layer("text", columns, encoding, **ring), layer("text", columns, encoding, **look)]


def tree_alt(names: Sequence[str], made: Tree, shared: np.ndarray) -> str:
    """The tree in words."""
    told = (f"{names[k]} – {names[j]} {shared[k, j]:.3f} nats" for k, j in edges(made))
    return "Tree: " + (", ".join(told) or "no edges")
