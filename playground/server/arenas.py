"""Few arenas for many threads: glibc gives each thread memory of its own, and keeps there what it once needed.

A page's script and a job are threads, by the hundred when a class is here; with a few arenas for all of them fifty people
take a third less memory, and nobody waits longer (`make bench`).
"""

import ctypes

M_ARENA_MAX = -8  # glibc's name of it, for mallopt
MOST = 2


def few() -> bool:
    """Let all threads share `MOST` arenas from now on; False where the allocator is not glibc's."""
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, MOST))
    except (OSError, AttributeError, TypeError):
        return False
