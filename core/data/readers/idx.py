"""IDX files, the format of MNIST and Fashion-MNIST, plain or in gzip: a claim is checked before anything is allocated.

    00 00, type (08 = unsigned byte), number of dimensions, each size as 4 bytes (big-endian), then the numbers

Format: LeCun, Cortes and Burges, "The MNIST database of handwritten digits" (1998), section on file formats.
"""

import math
import zlib

import numpy as np
from jaxtyping import UInt8

from core.data.readers.pictures.raw import MAX_INFLATED
from core.data.readers.table import ReadError

TYPES = {8: "", 9: "signed bytes", 11: "2-byte", 12: "4-byte", 13: "floating-point", 14: "floating-point"}
GZIP = b"\x1f\x8b"
CHUNK = 1 << 14
"""Packed bytes that are unpacked at a time."""


def is_idx(raw: bytes) -> bool:
    """Whether the bytes begin like an IDX file."""
    return len(raw) >= 4 and raw[:2] == b"\0\0" and raw[2] in TYPES and 1 <= raw[3] <= 4


def read_idx(name: str, raw: bytes) -> UInt8[np.ndarray, "..."]:
    """The array of unsigned bytes in an IDX file, not copied; ReadError unless its length is what its header claims."""
    start = 4 + 4 * raw[3]
    if TYPES[raw[2]]:
        raise ReadError(f"{name} is an IDX file of {TYPES[raw[2]]} numbers; save it as unsigned bytes (0 to 255).")
    sizes = tuple(int.from_bytes(raw[i : i + 4], "big") for i in range(4, start, 4))
    claimed, held = math.prod(sizes), len(raw) - start
    if claimed != held:
        raise ReadError(
            f"The header of {name} claims {' x '.join(f'{size:,}' for size in sizes)} bytes but {max(held, 0):,} follow; "
            "it is damaged or cut short, so fetch it again."
        )
    return np.frombuffer(raw, np.uint8, claimed, start).reshape(sizes)


def gunzip(name: str, raw: bytes, most: int) -> bytes:
    """What a gzip file holds, at most `most` bytes of it; ReadError for more, and for one that is damaged."""
    pieces: list[bytes] = []
    stream = zlib.decompressobj(wbits=31)
    try:
        for start in range(0, len(raw), CHUNK):  # a chunk grows a thousandfold at most
            rest = raw[start : start + CHUNK]
            while rest:
                if stream.eof:  # what follows is another member, or zeros that fill up a block
                    stream, rest = zlib.decompressobj(wbits=31), rest.lstrip(b"\0")
                pieces.append(stream.decompress(rest, most + 1))
                most -= len(pieces[-1])
                if most < 0:
                    raise ReadError(
                        f"{name} brings what is unpacked beyond {MAX_INFLATED / 1e6:.0f} MB, which is the limit; "
                        "keep fewer pictures."
                    )
                rest = stream.unused_data
    except zlib.error:
        raise ReadError(f"{name} is damaged; pack it again with gzip.") from None
    if not stream.eof:
        raise ReadError(f"{name} is cut short; fetch it again.")
    return b"".join(pieces)
