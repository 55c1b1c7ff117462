"""Whatever the bytes, `parse` gives a Table or a ReadError: no other exception, no warning."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.read import ReadError, Table, parse
from core.data.readers import wire
from tests.core.data.readers.test_hostile import npy, npz, parquet

quick = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

SEEDS = {
    "csv": b'a,b,"c"\n1,2.5,x\n-3,nan,"y,\n z"\n1e5,,w\n',
    "utf16": "a;b\n1,5;ä\n2,5;b\n".encode("utf-16"),
    "npy": npy(np.arange(12.0).reshape(4, 3)),
    "npy-int": npy(np.arange(6, dtype=">u2")),
    "npz": npz(x=np.arange(5.0), y=np.arange(10.0).reshape(5, 2)),
    "npz-stored": npz(compress=False, x=np.arange(5), w=np.array(["a", "b"])),
    "parquet": parquet({"x": np.arange(5.0), "w": ["a", "b", None, "a", "b"], "n": [[1], [2], [], None, [3]]}),
    "parquet-plain": parquet({"x": np.arange(5)}, compression="none", use_dictionary=False),
}


def outcome(raw):
    """`parse`, its refusal a sentence, its table sound and able to cross the wire."""
    try:
        table = parse("file", raw)
    except ReadError as error:
        table, sentence = None, str(error)
    if table is None:
        assert re.fullmatch(r"[^\n]{5,238}\.", sentence), sentence
        return
    assert isinstance(table, Table)
    assert wire.unpack(wire.pack(table)).rows == table.rows
    for column in table.columns:
        if column.numeric:
            assert column.missing == np.isnan(column.values).sum()
            assert column.infinite == np.isinf(column.values).sum()


@quick
@given(st.binary(max_size=300))
def test_any_bytes(raw):
    outcome(raw)


@quick
@given(st.sampled_from([b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"a,b\n"]), st.binary(max_size=300))
def test_any_bytes_after_a_magic(magic, rest):
    outcome(magic + rest)


cell = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.sampled_from(
        ["", "NA", "1,5", "12%", "007", '"', '"a"', "2020-01-01", "1_0", "=x", "٣", "é", "\x00", "\u2028", "inf"]
    ),
    st.text(max_size=6),
)


@quick
@given(
    st.lists(st.lists(cell, min_size=1, max_size=4), max_size=8),
    st.sampled_from(",;\t| "),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_text_table(rows, separator, newline):
    outcome(newline.join(separator.join(row) for row in rows).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("seed", SEEDS)
@settings(quick, max_examples=300)
@given(data=st.data())
def test_a_mutated_file(seed, data):
    raw = bytearray(SEEDS[seed])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 40))
    outcome(bytes(raw[: len(raw) - cut] if cut < 20 else raw))
