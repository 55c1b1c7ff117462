"""A law of two columns in numbers: every parameter is named, and the self-test sees what is broken."""

import numpy as np

from core.joint.joint import OneGaussian
from core.key import Key
from playground.rungs.fit2 import numbers
from tests.playground.rungs.fit2.laws import EACH, FAITHFUL, screen, seen, step


@EACH
def test_parameters_are_told_in_words(way):
    rows = numbers.parameters(seen(way).law, FAITHFUL)
    assert all(name and value for name, value, _ in rows)


@EACH
def test_the_self_test_holds_for_the_law_on_the_stage(way):
    test = numbers.self_test(screen(way), step(way))
    assert [check.holds for check in test.checks()] == [True] * 7
    assert not test.note


def test_the_self_test_sees_another_law_on_the_stage():
    other = step(OneGaussian("spherical"))
    assert not all(check.holds for check in numbers.self_test(screen(OneGaussian()), other).checks())


def test_of_many_points_a_random_part_is_tested_and_it_is_said(monkeypatch):
    monkeypatch.setattr(numbers, "CHECKED", 200)
    fitted = []

    class Watched(OneGaussian):
        def fit(self, x):
            fitted.append(x)
            return super().fit(x)

    test = numbers.self_test(screen(Watched()), step(OneGaussian()))
    assert "random 200 of the points" in test.note
    assert all(check.holds for check in test.checks())
    assert {len(x) for x in fitted} == {200}


def test_a_part_is_so_many_different_points_in_their_order():
    found = numbers.part(np.arange(1000)[:, None], 200, Key(1))[:, 0]
    assert len(found) == 200
    assert (np.diff(found) > 0).all()
    assert len(numbers.part(np.arange(50)[:, None], 200, Key(1))) == 50
