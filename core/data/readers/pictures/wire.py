"""RawPictures as bytes and back, for the pipe between the child that reads a file and the page that asked.

The frame of `core.data.readers.wire`: a JSON header, then shapes, sizes and labels as int32 and the pixels as bytes. The
receiving side trusts nothing: every length and type is checked, and RawPictures checks that they agree.
"""

import json

import numpy as np

from core.data.readers.pictures.raw import MAX_KEPT, MAX_SENTENCES, RawPictures
from core.data.readers.wire import frame, refused, text

WORDS = ("notes", "left_out", "classes")


def pack(raw: RawPictures) -> bytes:
    """A reading as bytes."""
    head = {key: getattr(raw, key) for key in ("name", "lost", "digest", *WORDS)}
    head |= {"n": len(raw), "total": len(raw.flat), "labelled": raw.labels is not None}
    columns = [raw.shapes, raw.found, *([] if raw.labels is None else [raw.labels])]
    return frame(head, [*(column.astype("<i4").tobytes() for column in columns), raw.flat.tobytes()])


def unpack(reply: bytes) -> RawPictures:
    """The reading in a reply; ReadError if the reply is a refusal, ValueError if it is not a reply at all."""
    end = 8 + int.from_bytes(reply[:8], "little")
    if not 8 < end <= len(reply):
        raise ValueError("the header is longer than the reply")
    head = json.loads(reply[8:end])
    refused(head)
    try:
        n, total, labelled = int(head["n"]), int(head["total"]), head["labelled"] is True
        if not (0 < n <= MAX_KEPT and 0 < total <= MAX_KEPT):
            raise ValueError("there are no pictures or too many")
        numbers = n * (6 if labelled else 5)
        if len(reply) != end + 4 * numbers + total:
            raise ValueError("the reply is not as long as it says")
        table = np.frombuffer(reply, "<i4", numbers, end).astype(np.int64)
        words = {key: tuple(map(text, head[key])) for key in WORDS}
        if len(words["left_out"]) > MAX_SENTENCES:
            raise ValueError("there are too many sentences")
        return RawPictures(
            text(head["name"]),
            np.frombuffer(reply, np.uint8, total, end + 4 * numbers),
            table[: 3 * n].reshape(n, 3),
            table[3 * n : 5 * n].reshape(n, 2),
            table[5 * n :] if labelled else None,
            lost=int(head["lost"]),
            digest=text(head["digest"], 12),
            **words,
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"the header is not of pictures: {error!r}") from None
