"""Columns of every kind, the screens that show them, and panels opened on them."""

import functools

import numpy as np

from core.data import builtin
from core.dataset import Dataset, around
from core.key import Key
from core.laws import ranking
from core.laws.likelihood import sufficient
from playground.rungs.fit1.screen import NAME, Asked, Screen
from playground.shelf.shelved import Shelved
from tests import apps

KEY = Key(0) / NAME
RANK = apps.remembered(ranking.rank)  # in place of it: a column is ranked once for all tests


def data(name, n):
    generator = np.random.default_rng(3)
    made = {
        "counts": lambda: generator.poisson(3, n),
        "binary": lambda: 1 + (generator.random(n) < 0.3),
        "dated": lambda: generator.integers(0, 40, n),
        "constant": lambda: np.full(n, 2.0),
        "waits": lambda: generator.gamma(2, 10, n),
        "few": lambda: generator.normal(size=5),
    }
    if name not in made:
        return builtin.load(name, n, Key(0))
    x = made[name]().astype(float)[:, None]
    column = "when (days since 2024-01-01)" if name == "dated" else "waiting *here* (min)"
    return Dataset(name, x, around(x), (column,), title=name)


def screen(dataset, **asked):
    """The screen of a data set as it is before any hand has touched it."""
    return Screen(Asked(Shelved(dataset, ""), **asked), sufficient(dataset.points))


def page(panel, name, n, asked):
    from importlib import import_module

    from tests.playground.rungs.fit1.sets import data, screen

    shown = screen(data(name, n), **asked)
    import_module(f"playground.rungs.fit1.panels.{panel}").show(shown, shown.bell)


def opened(panel, name, n=240, asked=None, **query):
    """A panel on a column, with these settings in its link."""
    return apps.opened(page, {"panel": panel, "name": name, "n": n, "asked": asked or {}}, **query)


@functools.cache
def ranked(name, n=240, laws=ranking.CONTINUOUS):
    *_, last = RANK(data(name, n).points[:, 0], KEY, laws)
    return last.state
