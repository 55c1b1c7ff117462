"""Messages: whatever is put in comes out, on 8 bytes, and once if it is asked for once."""

import json
import math
import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from playground.instruments.parts.message import Chunks, finite, message, unpack

KINDS = st.sampled_from(["<f4", "<f8", "u1", "<u2", "<i4"])
SHAPES = hnp.array_shapes(max_dims=3, min_side=0, max_side=5)
ARRAYS = st.lists(KINDS.flatmap(lambda kind: hnp.arrays(kind, SHAPES)), max_size=6)
SCENE = {"id": "s", "layers": [], "brush": None}


def packed(arrays, put):
    """A message with one frame, whose layer "a" holds the arrays by their numbers; `put` is Chunks.add or Chunks.once."""
    chunks = Chunks()
    places = {str(i): put(chunks, array) for i, array in enumerate(arrays)}
    return message(SCENE, [{"caption": "Σ", "metrics": {}, "arrays": {"a": places}}], chunks, run="r"), places


@settings(deadline=None)
@given(ARRAYS, st.sampled_from([Chunks.add, Chunks.once]))
def test_what_is_put_in_comes_out(arrays, put):
    data, places = packed(arrays, put)
    header = unpack(data)
    assert (header["run"], header["first"], header["live"], header["frames"][0]["caption"]) == ("r", 0, False, "Σ")
    for i, array in enumerate(arrays):
        found = header["frames"][0]["arrays"]["a"][str(i)]
        assert found.dtype == array.dtype
        np.testing.assert_array_equal(found, array)
    size = struct.unpack_from("<I", data)[0]
    assert (4 + size) % 8 == 0
    assert all(at % 8 == 0 for _, _, at in places.values())


@settings(deadline=None)
@given(ARRAYS)
def test_equal_bytes_are_stored_once_where_that_is_asked_for(arrays):
    (single, _), (double, places) = packed(arrays, Chunks.once), packed(arrays * 2, Chunks.once)
    ends = [struct.unpack_from("<I", data)[0] + 4 for data in (single, double)]
    assert single[ends[0] :] == double[ends[1] :]
    n = len(arrays)
    assert all(places[str(i)] == places[str(i + n)] for i in range(n))
    whole, _ = packed(arrays * 2, Chunks.add)
    assert len(whole) - 4 - struct.unpack_from("<I", whole)[0] == 2 * sum(8 * math.ceil(a.nbytes / 8) for a in arrays)


def test_metrics_are_json_even_where_they_are_not_finite():
    told = finite({"a": np.float32(0.5), "b": np.inf, "c": np.nan})
    assert told == {"a": 0.5, "b": None, "c": None}
    assert json.loads(json.dumps(told, allow_nan=False)) == told
