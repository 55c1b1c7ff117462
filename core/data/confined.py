"""A child process for what a stranger sent: its memory and processor time limited, and its parent never stuck.

    confine()            the child's side: gives up what it does not need
    confined(...)        the parent's side: the reply of a child, or one sentence why there is none

The child is a plain subprocess (multiprocessing would run the page's script again); it is given no environment to speak of.
What a file needs is measured by the child's own processor time, which does not depend on what else the machine does: too
much of it is a verdict about the file. Waiting too long, for a turn or for the child, is not: such a trouble is `Passing`.
Several times a second the parent tells whoever waits what is being done; an exception raised by that ends the child.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from core.data.readers.table import ReadError

MEMORY = 1 << 30
"""Address space for reading, in bytes, above what the interpreter and its libraries take."""
SECONDS = 5
"""Processor time for reading, the interpreter's start included."""
PATIENCE = 30.0
"""Seconds after which a turn, and then a child, is no longer waited for."""
SLICE = 0.1
"""Seconds between two looks at who waits."""
CHILDREN = 4
"""The most files that are read at the same time; the others wait their turn."""
MAX_REPLY = 512_000_000
"""The longest reply that is taken from a child, in bytes."""

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    # One thread and one arena: otherwise address space goes to threads rather than to the file.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYTHONDONTWRITEBYTECODE": "1",
}
PASSED_ON = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH")

Stage = Literal["waiting", "reading"]
Follow = Callable[[Stage], None]
turns = threading.BoundedSemaphore(CHILDREN)


class Passing(ReadError):
    """A trouble that says nothing of the file: it passes, and the same file may be read later."""


def unwatched(stage: Stage) -> None:
    """Nobody looks at how far a reading is."""


def confine() -> None:
    """Lower the limits of this process for good, where the system has any; on others the parent's clock alone holds."""
    try:
        import resource
    except ImportError:
        return
    limits = {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    try:
        with open("/proc/self/statm", encoding="ascii") as stat:
            limits[resource.RLIMIT_AS] = int(stat.read().split()[0]) * resource.getpagesize() + MEMORY
    except OSError:
        # Without /proc (macOS) the interpreter's own share is unknown; 1 GiB is a fair guess.
        limits[resource.RLIMIT_AS] = 2 * MEMORY
    both = {limit: (value, value) for limit, value in limits.items()}
    # The signal at the first of the two says why the process ended; the second would only kill it.
    both[resource.RLIMIT_CPU] = (SECONDS, SECONDS + 1)
    for limit, pair in both.items():
        try:
            resource.setrlimit(limit, pair)
        except (ValueError, OSError):
            continue


def confined(name: str, raw: bytes, module: str, advice: str, asked: str = "", follow: Follow = unwatched) -> bytes:
    """The reply of a child that runs `module` on `raw`, or what it left of one; ReadError, with `advice`, for none in time.

    Arguments:
        asked: a line for the child beside the file's name.
        follow: is told, in this thread, that the file waits for its turn or is being read.
    """
    start = time.monotonic()
    while not turns.acquire(timeout=SLICE):
        if time.monotonic() - start > PATIENCE:
            raise Passing("Too many files are being read at this moment; try again in a few seconds.")
        follow("waiting")
    try:
        reply, ended = ask_child(f"{name}\n{asked}\n".encode(), raw, module, follow)
    finally:
        turns.release()
    if reply is None:
        raise Passing(
            f"Reading {name} took longer than {PATIENCE:g} seconds, as this machine is busy; try again, or {advice}."
        )
    if not reply and ended == -getattr(signal, "SIGXCPU", 0):
        raise ReadError(f"Reading {name} needs more than {SECONDS:g} seconds of processor time; {advice}.")
    if not reply and ended == -getattr(signal, "SIGKILL", 0):
        raise Passing(f"Reading {name} was ended by this machine, which may be short of memory; try again.")
    return reply


def ask_child(head: bytes, raw: bytes, module: str, follow: Follow) -> tuple[bytes | None, int | None]:
    """The reply of a child that reads `raw`, which follows the lines of `head`, None if late; and how a mute one ended."""
    child = begin(module)
    heard: list[bytes] = []
    feeder = threading.Thread(target=feed, args=(child, head, raw), daemon=True)
    listener = threading.Thread(target=listen, args=(child, heard), daemon=True)
    start = time.monotonic()
    try:
        feeder.start()
        listener.start()
        listener.join(SLICE)
        while listener.is_alive():
            if time.monotonic() - start > PATIENCE:
                return None, None
            follow("reading")
            listener.join(SLICE)
        reply = b"".join(heard)
        return reply, None if reply else status(child)
    finally:
        child.kill()
        child.wait()
        for thread in (feeder, listener):
            if thread.ident:
                thread.join()
        if child.stdout:
            child.stdout.close()


def begin(module: str) -> subprocess.Popen[bytes]:
    """A child that runs `module`; Passing if there is no room for another process."""
    try:
        return subprocess.Popen(
            [sys.executable, "-s", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=ENVIRONMENT | {key: os.environ[key] for key in PASSED_ON if key in os.environ},
        )
    except OSError:
        raise Passing("This machine can start no reader at this moment; try again in a few seconds.") from None


def feed(child: subprocess.Popen[bytes], *parts: bytes) -> None:
    """Write `parts` to a child and close its input; a child that has ended is no error here."""
    assert child.stdin is not None
    try:
        for part in parts:
            child.stdin.write(part)
        child.stdin.close()
    except OSError:
        pass


def listen(child: subprocess.Popen[bytes], heard: list[bytes]) -> None:
    """Add what a child says, up to its end or the longest reply, to `heard`."""
    assert child.stdout is not None
    heard.append(child.stdout.read(MAX_REPLY))


def status(child: subprocess.Popen[bytes]) -> int | None:
    """How a child ended that has closed its output, None if it has not."""
    try:
        return child.wait(1)
    except subprocess.TimeoutExpired:
        return None
