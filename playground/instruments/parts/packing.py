"""A scene and its frames as a message.

Equal arrays are stored once: a mean that an E-step leaves alone costs nothing.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.instruments.parts.beside import told
from playground.instruments.parts.layers import Points
from playground.instruments.parts.message import Chunks, finite, message
from playground.instruments.parts.scene import Brush, Frame, Layer, Scene


class _Payload:
    """The arrays of one message; `places` answers where arrays lie."""

    def __init__(self, far: bool) -> None:
        self.far = far
        self.chunks = Chunks()

    def places(self, layer: Layer, name: str, values: Sequence[Any]) -> list[list[Any]]:
        """Where each of `values` lies, which a layer holds under `name` at one moment after the other.

        They are cast and checked together where they have one shape, since a recording has thousands of small ones.
        """
        distinct = {id(value): np.asarray(value) for value in values}
        arrays = list(distinct.values())
        alike = len({(array.shape, array.dtype) for array in arrays}) == 1
        together = [np.stack(arrays)] if alike else [array[None] for array in arrays]
        cast = [array for some in together for array in layer.cast(name, some, self.far)]
        where = dict(zip(distinct, map(self.chunks.once, cast), strict=True))
        return [where[id(value)] for value in values]


def pack(scene: Scene, frames: Sequence[Frame], *, run: str, first: int = 0, live: bool = False) -> bytes:
    """The message that puts `frames` at index `first` and after of recording `run`.

    With `first` = 0 it is the whole recording; a live run sends only what is new. `live` says that more will come.
    """
    payload = _Payload(scene.far)
    shown = _scene(scene, payload)
    told = _frames(scene, frames, payload)
    return message(shown, told, payload.chunks, run=run, first=first, live=live)


def _arrays(layer: Layer, arrays: dict[str, Any] | Any, payload: _Payload) -> dict[str, list[Any]]:
    return {name: payload.places(layer, name, [value])[0] for name, value in arrays.items()}


def _scene(scene: Scene, payload: _Payload) -> dict[str, Any]:
    return {
        "id": scene.id,
        "bounds": np.asarray(scene.bounds, float).tolist(),
        "axes": list(scene.axes),
        "aspect": scene.aspect,
        "alt": scene.alt,
        "autoplay": scene.autoplay,
        "roomy": scene.roomy,
        "at": scene.at,
        "turn": scene.turn,
        "brush": scene.brush and _brush(scene.brush, payload),
        "lines": [vars(line) for line in scene.lines],
        "layers": [
            {"kind": type(layer).__name__, **layer.options(), "arrays": _arrays(layer, layer.arrays(), payload)}
            for layer in scene.layers
        ],
    }


def _brush(brush: Brush, payload: _Payload) -> dict[str, Any]:
    start = Points(name="brush", xy=brush.xy, cls=brush.cls)
    return {
        "classes": list(brush.classes),
        "size": brush.size,
        "jitter": brush.jitter,
        "rate": brush.points_per_second,
        "name": brush.name,
        "arrays": _arrays(start, start.arrays(), payload),
    }


def _frames(scene: Scene, frames: Sequence[Frame], payload: _Payload) -> list[dict[str, Any]]:
    layers = {layer.name: layer for layer in scene.layers}
    held: list[dict[str, dict[str, list[Any]]]] = [{name: {} for name in frame.arrays} for frame in frames]
    columns: dict[tuple[str, str], list[int]] = {}
    for i, frame in enumerate(frames):
        if unknown := set(frame.arrays) - set(layers):
            raise ValueError(f"a frame has arrays for layers that the scene lacks: {sorted(unknown)}")
        for layer, arrays in frame.arrays.items():
            for name in arrays:
                columns.setdefault((layer, name), []).append(i)
    for (layer, name), rows in columns.items():
        places = payload.places(layers[layer], name, [frames[i].arrays[layer][name] for i in rows])
        for i, place in zip(rows, places, strict=True):
            held[i][layer][name] = place
    return [
        {
            "caption": frame.caption,
            "metrics": finite(frame.metrics),
            "arrays": arrays,
            "beside": told(frame.beside),
        }
        for frame, arrays in zip(frames, held, strict=True)
    ]
