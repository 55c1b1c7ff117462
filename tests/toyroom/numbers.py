"""Its numbers."""

from core.check import Check
from playground.shown.closer import SelfTest


def self_test(screen, step):
    found = (Check("one is one", 1.0, 1.0, 1e-9), Check("two is three", 2.0, 3.0, 1e-9))
    return SelfTest(("data", screen), lambda: iter(found), "About numbers.")
