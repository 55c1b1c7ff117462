"""A chart as a plain dictionary: a Vega-Lite specification (Satyanarayan, Moritz, Wongsuphasawat and Heer, 2017).

Where Vega-Lite has `data`, these have columns, name -> values, which `plot.show` sends as they are. Nothing looks a chart
over while a page runs, which would take longer than all the rest of it: tests hold every chart to Vega-Lite's own schema.
"""

from collections.abc import Mapping
from typing import Any

Part = dict[str, Any]
Domain = tuple[float, float]


def layer(kind: str, columns: Mapping[Any, Any], encoding: Part, **look: Any) -> Part:
    """A mark of this kind for the rows of these columns."""
    return {"data": columns, "mark": {"type": kind, **look}, "encoding": encoding}


def layers(parts: list[Part], height: int, **more: Any) -> Part:
    """Some layers as one chart."""
    return {"layer": parts, "height": height, **more}


def number(field: str, **more: Any) -> Part:
    """A column of numbers as a channel."""
    return {"field": field, "type": "quantitative", **more}


def word(field: str, **more: Any) -> Part:
    """A column of words as a channel."""
    return {"field": field, "type": "nominal", **more}


def axis(field: str, title: str, domain: Domain, log: bool = False, **more: Any) -> Part:
    """A column of numbers along an axis that does not move."""
    scale = {"domain": list(domain), "nice": False} | ({"type": "log"} if log else {})
    return number(field, title=title, scale=scale, **more)
