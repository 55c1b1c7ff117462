"""A message to an instrument: a u32 header length, a JSON header, and the arrays it points to.

Everything is little-endian and every array starts on 8 bytes, so the browser makes typed views without copying. The same
input gives the same bytes, which lets Streamlit recognise a message that the browser already has. `codec.js` reads it.
"""

import json
import math
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from playground.palette import themed


class Chunks:
    """The arrays of one message, one after the other; where each lies is told as [dtype, shape, offset in bytes]."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._size = 0
        self._known: dict[bytes, int] = {}

    def add(self, array: np.ndarray) -> list[Any]:
        """Where the array lies now that it is put there."""
        return [array.dtype.str[1:], list(array.shape), self._put(array.tobytes())]

    def once(self, array: np.ndarray) -> list[Any]:
        """As `add`, but equal bytes are stored once."""
        raw = array.tobytes()
        if raw not in self._known:
            self._known[raw] = self._put(raw)
        return [array.dtype.str[1:], list(array.shape), self._known[raw]]

    def _put(self, raw: bytes) -> int:
        at = self._size
        self.parts.append(raw + bytes(-len(raw) % 8))
        self._size += len(self.parts[-1])
        return at


def message(
    scene: Mapping[str, Any],
    frames: Sequence[Mapping[str, Any]],
    chunks: Chunks,
    *,
    run: str,
    first: int = 0,
    live: bool = False,
) -> bytes:
    """The message that puts `frames`, whose arrays lie in `chunks`, at index `first` and after of recording `run`."""
    header = {
        "run": run,
        "first": first,
        "live": live,
        "scene": scene,
        "frames": frames,
        "palette": {"light": themed(False), "dark": themed(True)},
    }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-(4 + len(text)) % 8)
    return b"".join([struct.pack("<I", len(text)), text, *chunks.parts])


def unpack(data: bytes) -> dict[str, Any]:
    """The header of a message with its arrays in place; the inverse of packing up to the floats that travelled."""
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


def finite(metrics: Mapping[str, float]) -> dict[str, float | None]:
    """A frame's metrics as JSON can say them: None for what is not finite."""
    return {name: float(v) if math.isfinite(v) else None for name, v in metrics.items()}


def _array(data: bytes, base: int, where: list[Any]) -> np.ndarray:
    dtype, shape, offset = where
    return np.frombuffer(data, f"<{dtype}", math.prod(shape), base + offset).reshape(shape)
