"""Checkpoints of small models of every family, and their files taken apart and put together again."""

import json
import struct
from functools import cache

from core import checkpoint
from core.checkpoint import Checkpoint
from tests.catalogue import example, fitted

N = 40  # data they have learned from


@cache
def whole(name, told=False):
    """A checkpoint of a model that has learned a little, with labels or without."""
    labels = example(name, N)[2] if told else None
    return Checkpoint(fitted(name, 3, n=N, labels=labels)[-1].state, "some", "0123456789ab", 3, 30, {"loss": -11.25})


@cache
def good(name, told=False):
    return checkpoint.save(whole(name, told))


def parts(data):
    """The header's table and the bytes after it."""
    n = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + n]), data[8 + n :]


def joined(table, rest):
    header = json.dumps(table).encode()
    return struct.pack("<Q", len(header)) + header + rest
