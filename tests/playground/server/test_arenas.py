"""Many threads, few arenas: counted in a process of its own, by what glibc says of its heaps."""

import subprocess
import sys

import pytest

from playground.server import arenas
from tests.apps import ROOT

COUNT = """
import ctypes, sys, threading
from playground.server import arenas
if sys.argv[1] == "few" and not arenas.few():
    sys.exit(2)
libc, inside = ctypes.CDLL(None), threading.Barrier(12)
def work():
    held = [ctypes.create_string_buffer(50_000) for _ in range(40)]
    inside.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.fopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, out)
libc.fclose(out)
"""


def heaps(how, where):
    """How many heaps a process has whose twelve threads have all worked at once."""
    code = subprocess.run([sys.executable, "-c", COUNT, how, str(where)], cwd=ROOT).returncode
    if code == 2:
        pytest.skip("the allocator is not glibc's")
    assert code == 0
    return where.read_text().count("<heap ")


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own affair")
def test_threads_share_a_few_arenas(tmp_path):
    assert heaps("few", tmp_path / "few") <= arenas.MOST < heaps("many", tmp_path / "many")
