"""Every way of fitting two columns, what it finds, and the screens that show it."""

import pytest

from core.data import builtin
from core.joint.joint import Copula, Kernels, Mixture, OneGaussian, WithPrior
from core.key import Key
from core.laws.conjugate import normal
from playground.rungs.fit2 import joint
from playground.rungs.fit2.screen import Screen
from playground.shelf.shelved import Shelved

FAITHFUL, MOONS = builtin.load("faithful"), builtin.load("two_moons", 200)
WAYS = [OneGaussian(), WithPrior(normal.Config()), Kernels("Scott"), Mixture(2, Key(3) / "fit2"), Copula()]
EACH = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
KEY = Key(0) / "test"


def step(way, dataset=FAITHFUL):
    *_, last = joint.steps(lambda: joint.lay(way.fit(dataset.points), dataset), dataset, KEY)
    return last


def seen(way, dataset=FAITHFUL):
    return step(way, dataset).state


def screen(way, dataset=FAITHFUL, column=0, place=3.0, samples=50):
    return Screen(Shelved(dataset, ""), way, column, place, samples, KEY)
