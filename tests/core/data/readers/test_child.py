"""The child holds its bounds: time, memory, and a reply that is checked."""

import io
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data import confined
from core.data.confined import Passing
from core.data.read import ReadError, read

GREEDY = """
import sys
from core.data import ReadError
from core.data.readers import child, wire
{first}
def parse(filename, raw, choices):
    {body}
child.parse = parse
child.main(sys.stdin.buffer, sys.stdout.buffer)
"""


def misbehave(monkeypatch, body, first=""):
    """Let the child run `body` instead of reading, and `first` before it begins."""
    real = subprocess.Popen

    def popen(command, **options):
        return real([sys.executable, "-c", GREEDY.format(body=body, first=first)], **options)

    monkeypatch.setattr(confined.subprocess, "Popen", popen)


def gone(pid):
    """Whether there is no such process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture
def started(monkeypatch):
    """The children that were started, in order."""
    found, begin = [], confined.begin

    def remember(module):
        found.append(begin(module))
        return found[-1]

    monkeypatch.setattr(confined, "begin", remember)
    return found


def test_a_reader_that_never_ends_is_killed_and_may_be_asked_again(monkeypatch, started):
    monkeypatch.setattr(confined, "PATIENCE", 0.5)
    with monkeypatch.context() as slow:
        misbehave(slow, "import time; time.sleep(60)")
        start = time.monotonic()
        with pytest.raises(
            Passing, match=r"took longer than 0\.5 seconds, as this machine is busy; try again, or upload"
        ):
            read("a.csv", b"a\n1\n")
        assert time.monotonic() - start < 30
        assert gone(started[0].pid)
    monkeypatch.setattr(confined, "PATIENCE", 30.0)
    assert read("a.csv", b"a\n1\n").rows == 1


@pytest.mark.skipif(sys.platform != "linux", reason="a signal tells that the time is up")
def test_a_file_that_needs_too_much_processor_time_is_judged(monkeypatch):
    monkeypatch.setattr(confined, "SECONDS", 1)
    misbehave(monkeypatch, "while True: pass", "from core.data import confined; confined.SECONDS = 1")
    with pytest.raises(
        ReadError, match=r"^Reading a\.csv needs more than 1 seconds of processor time; upload fewer"
    ) as caught:
        read("a.csv", b"a\n1\n")
    assert not isinstance(caught.value, Passing)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize("seconds", [5, 0])
def test_a_machine_that_stands_still_takes_nothing_away(monkeypatch, started, seconds):
    """A child that gets no processor for a while, longer than any file needs, is still waited for."""
    begin, clocks = confined.begin, []

    def hold(module):
        child = begin(module)
        child.send_signal(signal.SIGSTOP)
        clocks.append(threading.Timer(seconds, child.send_signal, (signal.SIGCONT,)))
        clocks[0].start()
        return child

    monkeypatch.setattr(confined, "begin", hold)
    raw = b"a,b\n" + b"1,2\n" * 37_500
    assert read("a.csv", raw).rows == 37_500
    assert len(clocks) == 1


def test_a_small_file_is_read_on_a_busy_machine():
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4 * (os.cpu_count() or 1))]
    try:
        assert read("a.csv", b"a,b\n" + b"1,2\n" * 37_500).rows == 37_500
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def test_who_waits_is_told_what_is_done(monkeypatch):
    told = []
    monkeypatch.setattr(confined, "SLICE", 0.01)
    monkeypatch.setattr(confined, "turns", threading.BoundedSemaphore(1))
    assert confined.turns.acquire()

    def follow(stage):
        told.append(stage)
        if len(told) == 3:
            confined.turns.release()

    assert read("a.csv", b"a\n1\n", follow=follow).rows == 1
    assert told[:3] == ["waiting"] * 3
    assert set(told[3:]) == {"reading"}
    assert confined.turns.acquire(blocking=False)


class Left(BaseException):
    """Whoever waited has left, as a script of Streamlit is stopped."""


def test_who_leaves_takes_the_child_along(monkeypatch, started):
    misbehave(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(confined, "turns", threading.BoundedSemaphore(1))

    def leave(stage):
        raise Left

    start = time.monotonic()
    with pytest.raises(Left):
        read("a.csv", b"a\n1\n", follow=leave)
    assert time.monotonic() - start < 10
    assert gone(started[0].pid)
    with confined.turns, pytest.raises(Left):
        read("a.csv", b"a\n1\n", follow=leave)
    assert len(started) == 1
    assert confined.turns.acquire(blocking=False)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_a_child_that_the_machine_ends_may_be_asked_again(monkeypatch):
    misbehave(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(Passing, match="was ended by this machine, which may be short of memory; try again"):
        read("a.csv", b"a\n1\n")


def test_a_machine_without_room_for_a_process_is_a_passing_trouble(monkeypatch):
    def full(*_, **__):
        raise BlockingIOError

    monkeypatch.setattr(confined.subprocess, "Popen", full)
    with pytest.raises(Passing, match="can start no reader at this moment; try again"):
        read("a.csv", b"a\n1\n")
    assert confined.turns.acquire(blocking=False)
    confined.turns.release()


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
from core.data.read import ReadError, read
raw = open(sys.argv[1], "rb").read()
try:
    print(read("bomb.parquet", raw).rows)
except ReadError as error:
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
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=confined.ROOT)
    sentence, seconds, peak = done.stdout.splitlines()
    assert "needs more memory to read than is allowed" in sentence
    assert float(seconds) < 5
    assert int(peak) < confined.MEMORY + 300_000_000


def test_the_child_is_given_no_secrets(monkeypatch):
    monkeypatch.setenv("A_SECRET", "s")
    misbehave(monkeypatch, "import os; raise ReadError(' '.join(os.environ))")
    with pytest.raises(ReadError) as caught:
        read("a.csv", b"a\n1\n")
    assert "A_SECRET" in os.environ
    assert "A_SECRET" not in str(caught.value)


def test_a_full_house_is_one_sentence(monkeypatch):
    monkeypatch.setattr(confined, "turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(confined, "PATIENCE", 0.1)
    with confined.turns, pytest.raises(Passing, match="try again in a few seconds"):
        read("a.csv", b"a\n1\n")


def test_a_large_honest_file_is_read_in_time():
    x = np.random.default_rng(0).normal(size=(60_000, 4)).round(6)
    raw = "\n".join(",".join(map(repr, row)) for row in x.tolist()).encode()
    np.testing.assert_array_equal(np.column_stack([c.values for c in read("a.csv", raw).columns]), x)


def test_reading_loads_no_heavy_library_into_the_page():
    code = "import sys, core.data.read, core.data.clinic; print({'pyarrow', 'pandas', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=confined.ROOT)
    assert done.stdout == "set()\n"
