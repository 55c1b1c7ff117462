"""The child holds its bounds: time, memory, and a reply that is checked."""

import io
import os
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.read import ReadError, read
from core.data.readers import child

reading = sys.modules["core.data.read"]  # the module: `core.data.read` is the function

GREEDY = """
import sys
from core.data import ReadError
from core.data.readers import child, wire
def parse(filename, raw, choices):
    {body}
child.parse = parse
child.main(sys.stdin.buffer, sys.stdout.buffer)
"""


def misbehave(monkeypatch, body):
    """Let the child run `body` instead of reading."""
    real = subprocess.Popen

    def popen(command, **options):
        return real([sys.executable, "-c", GREEDY.format(body=body)], **options)

    monkeypatch.setattr(reading.subprocess, "Popen", popen)


def test_a_reader_that_never_ends_is_killed_at_the_deadline(monkeypatch):
    assert reading.DEADLINE < 5
    monkeypatch.setattr(reading, "DEADLINE", 1.5)
    misbehave(monkeypatch, "import time; time.sleep(60)")
    start = time.monotonic()
    with pytest.raises(ReadError, match=r"took longer than 1\.5 seconds; upload fewer"):
        read("a.csv", b"a\n1\n")
    assert time.monotonic() - start < 30


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux")
def test_a_reader_that_takes_all_memory_is_refused_it(monkeypatch):
    misbehave(monkeypatch, "return bytes(3 << 30)")
    with pytest.raises(ReadError, match="needs more memory"):
        read("a.csv", b"a\n1\n")


@pytest.mark.parametrize(
    "body", ["import os; os.abort()", "raise RuntimeError", "import os; os.write(1, b'x' * 99); os._exit(0)"]
)
def test_a_reader_that_dies_or_lies_is_one_sentence(monkeypatch, body):
    misbehave(monkeypatch, body)
    with pytest.raises(ReadError, match=r"^Reading a\.csv failed within a library; save .*\.$"):
        read("a.csv", b"a\n1\n")


def test_a_child_cannot_write_a_file(monkeypatch, tmp_path):
    misbehave(monkeypatch, f"open({str(tmp_path / 'x')!r}, 'w').write('x' * 100_000)")
    with pytest.raises(ReadError, match="failed within a library"):
        read("a.csv", b"a\n1\n")
    assert not (tmp_path / "x").exists() or (tmp_path / "x").stat().st_size == 0


MEASURE = """
import resource, sys
import core.data.read
reading = sys.modules["core.data.read"]
reading.DEADLINE = 60  # the machine may be busy: what counts is the time that the child works
raw = open(sys.argv[1], "rb").read()
try:
    print(reading.read("bomb.parquet", raw).rows)
except reading.ReadError as error:
    print(error)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
print(used.ru_maxrss * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux")
def test_a_bomb_stays_within_time_and_memory(tmp_path):
    # One word of 8 kB in a dictionary of 1 MB rows: 100 kB that spell out 8 GB, and whose footer says nothing of it.
    words = pa.table({"x": pa.DictionaryArray.from_arrays(pa.array(np.zeros(10_000, np.int32)), ["w" * 8000])})
    bomb = io.BytesIO()
    with pq.ParquetWriter(bomb, words.schema, store_schema=False) as writer:
        for _ in range(100):
            writer.write_table(words)
    assert pq.read_schema(bomb) == pa.schema({"x": pa.string()})
    (tmp_path / "bomb").write_bytes(bomb.getvalue())
    # Measured from a small process, since a forked child counts its parent's memory as its own.
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "bomb")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=reading.ROOT)
    sentence, seconds, peak = done.stdout.splitlines()
    assert "needs more memory to read than is allowed" in sentence
    assert float(seconds) < 5
    assert int(peak) < child.MEMORY + 300_000_000


def test_the_child_is_given_no_secrets(monkeypatch):
    monkeypatch.setenv("A_SECRET", "s")
    misbehave(monkeypatch, "import os; raise ReadError(' '.join(os.environ))")
    with pytest.raises(ReadError) as caught:
        read("a.csv", b"a\n1\n")
    assert "A_SECRET" in os.environ
    assert "A_SECRET" not in str(caught.value)


def test_a_full_house_is_one_sentence(monkeypatch):
    monkeypatch.setattr(reading, "turns", reading.threading.BoundedSemaphore(1))
    monkeypatch.setattr(reading, "DEADLINE", 0.1)
    with reading.turns, pytest.raises(ReadError, match="try again in a few seconds"):
        read("a.csv", b"a\n1\n")


def test_a_large_honest_file_is_read_in_time():
    x = np.random.default_rng(0).normal(size=(60_000, 4)).round(6)
    raw = "\n".join(",".join(map(repr, row)) for row in x.tolist()).encode()
    np.testing.assert_array_equal(np.column_stack([c.values for c in read("a.csv", raw).columns]), x)


def test_reading_loads_no_heavy_library_into_the_page():
    code = "import sys, core.data.read, core.data.clinic; print({'pyarrow', 'pandas', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=reading.ROOT)
    assert done.stdout == "set()\n"
