"""What was made a moment ago, kept; and made once where many ask for it at the same time."""

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from functools import lru_cache, wraps
from threading import Lock
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


def kept(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`functools.lru_cache` of `most` values, but while one is made all who ask for the same wait for it.

    `lru_cache` alone has everybody make it who asks before the first has it: fifty people as good as always do. An exception
    is everybody's own. Whoever asks for anything else waits for nobody.
    """

    def wrap(make: Callable[P, R]) -> Callable[P, R]:
        found = cast(Callable[P, R], lru_cache(maxsize=most)(make))

        @lru_cache(maxsize=most)
        def making(*given: Hashable) -> AbstractContextManager[object]:
            return Lock()

        @wraps(make)
        def ask(*given: P.args, **named: P.kwargs) -> R:
            asked = cast(tuple[Hashable, ...], given)
            with making(*asked, *sorted(named.items())):
                return found(*given, **named)

        return ask

    return wrap
