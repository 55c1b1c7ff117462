"""What is kept is made once, also where many ask for it at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.data import images
from core.kept import kept


def all_at_once(ask, n=8):
    """What `n` threads get that begin together."""
    start = threading.Barrier(n)

    def one(_):
        start.wait(10)
        return ask()

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(one, range(n)))


def test_many_who_ask_at_once_have_it_made_once():
    made, slow = [], threading.Event()

    @kept(2)
    def square(x):
        made.append(x)
        slow.wait(0.1)
        return x * x

    assert all_at_once(lambda: square(3)) == [9] * 8
    assert made == [3]


def test_an_error_is_everybodys_own_and_nothing_is_kept_of_it():
    made = []

    @kept(2)
    def never(x):
        made.append(x)
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            never(1)
    assert made == [1, 1]


def test_the_least_recently_asked_for_goes_first():
    made = []

    @kept(2)
    def same(x):
        made.append(x)
        return x

    for x in (1, 2, 1, 3, 1, 2):
        same(x)
    assert made == [1, 2, 3, 2]


def test_a_set_of_pictures_is_drawn_once_for_all_who_open_it_together(monkeypatch):
    drawn, slow = [], threading.Event()

    class Maker:
        @staticmethod
        def pictures(n, key):
            drawn.append(n)
            slow.wait(0.1)
            return images.Pictures("a", np.zeros((n, 1, 2, 2), np.uint8), levels=2)

    monkeypatch.setattr(images, "import_module", lambda name: Maker)
    sets = all_at_once(lambda: images.load("jars", 13))
    assert drawn == [13]
    assert all(found is sets[0] for found in sets)
