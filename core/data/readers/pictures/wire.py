"""RawPictures as bytes and back, for the pipe between the child that reads a file and the page that asked.

The frame of `core.data.readers.wire`: a JSON header, then shapes, sizes and what else is said of each picture as int32,
and the levels in 8 or 16 bits. The receiving side trusts nothing: every length and type is checked, and RawPictures checks
that they agree.
"""

import json
from collections.abc import Mapping

import numpy as np
from jaxtyping import Int

from core.data.readers.pictures.folders import LEVELS, Folders
from core.data.readers.pictures.raw import MAX_KEPT, MAX_SENTENCES, RawPictures
from core.data.readers.wire import frame, refused, text

WORDS = ("notes", "left_out", "classes")
COLUMNS = {"shapes": 3, "found": 2}
OPTIONAL = {"labels": 1, "planar": 3, "parts": 1, "places": len(LEVELS)}
"""What may be said of each picture, in how many numbers."""
DEPTHS = {8: "<u1", 16: "<u2"}


def pack(raw: RawPictures) -> bytes:
    """A reading as bytes."""
    head = {key: getattr(raw, key) for key in ("name", "lost", "digest", "span", *WORDS)}
    said = {key: getattr(raw, key) for key in ("shapes", "found", "labels", "planar", "parts")}
    said["places"] = None if raw.folders is None else raw.folders.places
    head |= {"n": len(raw), "total": len(raw.flat), "bits": 8 * raw.flat.itemsize}
    head |= {"said": [key for key in OPTIONAL if said[key] is not None]}
    head |= {"folders": () if raw.folders is None else raw.folders.names}
    columns = [said[key].astype("<i4").tobytes() for key in (*COLUMNS, *head["said"])]
    return frame(head, [*columns, raw.flat.astype(DEPTHS[head["bits"]], copy=False).tobytes()])


def unpack(reply: bytes) -> RawPictures:
    """The reading in a reply; ReadError if the reply is a refusal, ValueError if it is not a reply at all."""
    end = 8 + int.from_bytes(reply[:8], "little")
    if not 8 < end <= len(reply):
        raise ValueError("the header is longer than the reply")
    head = json.loads(reply[8:end])
    refused(head)
    try:
        n, total, depth = int(head["n"]), int(head["total"]), np.dtype(DEPTHS[head["bits"]])
        if not (0 < n <= MAX_KEPT and 0 < total <= MAX_KEPT):
            raise ValueError("there are no pictures or too many")
        widths = COLUMNS | {key: width for key, width in OPTIONAL.items() if key in head["said"]}
        if len(reply) != end + 4 * n * sum(widths.values()) + total * depth.itemsize:
            raise ValueError("the reply is not as long as it says")
        said, end = columns(reply, n, widths, end)
        words = {key: tuple(map(text, head[key])) for key in WORDS}
        if len(words["left_out"]) > MAX_SENTENCES:
            raise ValueError("there are too many sentences")
        places, (low, high) = said.pop("places", None), head["span"]
        return RawPictures(
            text(head["name"]),
            np.frombuffer(reply, depth, total, end),
            said["shapes"],
            said["found"],
            said.get("labels"),
            words["classes"],
            words["notes"],
            words["left_out"],
            int(head["lost"]),
            text(head["digest"], 12),
            (float(low), float(high)),
            said.get("planar"),
            None if places is None else Folders(tuple(map(text, head["folders"])), places),
            said.get("parts"),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"the header is not of pictures: {error!r}") from None


def columns(reply: bytes, n: int, widths: Mapping[str, int], end: int) -> tuple[dict[str, Int[np.ndarray, "..."]], int]:
    """What is said of each of n pictures, by its name, from `end` on, and where that ends."""
    said = {}
    for key, width in widths.items():
        column = np.frombuffer(reply, "<i4", n * width, end).astype(np.int64)
        said[key], end = column.reshape((n, width) if width > 1 else n), end + 4 * n * width
    return said, end
