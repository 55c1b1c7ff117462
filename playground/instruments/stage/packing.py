"""A scene and its frames as bytes: a u32 header length, a JSON header, and the arrays it points to.

Everything is little-endian and every array starts on 8 bytes, so the browser makes typed views without copying. Equal
arrays are stored once: a mean that an E-step leaves alone costs nothing. The same input gives the same bytes, which lets
Streamlit recognise a message that the browser already has.
"""

import json
import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.instruments.stage.scene import Brush, Frame, Layer, Points, Scene
from playground.palette import themed


class _Payload:
    """The arrays of one message; `places` answers where arrays lie."""

    def __init__(self, far: bool) -> None:
        self.far = far
        self.chunks: list[bytes] = []
        self.size = 0
        self._known: dict[bytes, int] = {}

    def places(self, layer: Layer, name: str, values: Sequence[Any]) -> list[list[Any]]:
        """Where each of `values` lies, which a layer holds under `name` at one moment after the other.

        They are cast and checked together where they have one shape, since a recording has thousands of small ones.
        """
        distinct = {id(value): np.asarray(value) for value in values}
        arrays = list(distinct.values())
        alike = len({(array.shape, array.dtype) for array in arrays}) == 1
        together = [np.stack(arrays)] if alike else [array[None] for array in arrays]
        cast = [array for some in together for array in layer.cast(name, some, self.far)]
        where = dict(zip(distinct, map(self._add, cast), strict=True))
        return [where[id(value)] for value in values]

    def _add(self, array: np.ndarray) -> list[Any]:
        raw = array.tobytes()
        if raw not in self._known:
            self._known[raw] = self.size
            padded = raw + bytes(-len(raw) % 8)
            self.chunks.append(padded)
            self.size += len(padded)
        return [array.dtype.str[1:], list(array.shape), self._known[raw]]


def pack(scene: Scene, frames: Sequence[Frame], *, run: str, first: int = 0, live: bool = False) -> bytes:
    """The message that puts `frames` at index `first` and after of recording `run`.

    With `first` = 0 it is the whole recording; a live run sends only what is new. `live` says that more will come.
    """
    payload = _Payload(scene.far)
    header = {
        "run": run,
        "first": first,
        "live": live,
        "scene": _scene(scene, payload),
        "frames": _frames(scene, frames, payload),
        "palette": {"light": themed(False), "dark": themed(True)},
    }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-(4 + len(text)) % 8)
    return b"".join([struct.pack("<I", len(text)), text, *payload.chunks])


def unpack(data: bytes) -> dict[str, Any]:
    """The header of a message with its arrays in place; the inverse of `pack` up to the floats that travelled."""
    size = struct.unpack_from("<I", data)[0]
    header = json.loads(data[4 : 4 + size])
    layers = header["scene"]["layers"]
    for holder in layers + ([header["scene"]["brush"]] if header["scene"]["brush"] else []):
        holder["arrays"] = {name: _array(data, 4 + size, where) for name, where in holder["arrays"].items()}
    for frame in header["frames"]:
        frame["arrays"] = {
            layer: {name: _array(data, 4 + size, where) for name, where in arrays.items()}
            for layer, arrays in frame["arrays"].items()
        }
    return header


def _array(data: bytes, base: int, where: list[Any]) -> np.ndarray:
    dtype, shape, offset = where
    return np.frombuffer(data, f"<{dtype}", math.prod(shape), base + offset).reshape(shape)


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
        "at": scene.at,
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
            "metrics": {name: float(v) if math.isfinite(v) else None for name, v in frame.metrics.items()},
            "arrays": arrays,
        }
        for frame, arrays in zip(frames, held, strict=True)
    ]
