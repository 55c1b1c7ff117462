"""The share of neighbours that say the class: against scikit-learn, and where it is known."""

import numpy as np
import pytest
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from core.evaluation import neighbours
from core.key import Key


def test_it_is_leave_one_out_of_scikit_learn():
    g = Key(0).generator()
    code, labels = g.standard_normal((150, 3)), g.integers(0, 2, 150)  # two classes and odd k: no ties
    code[:, 0] += labels
    want = cross_val_score(KNeighborsClassifier(5), code, labels, cv=LeaveOneOut()).mean()
    found = neighbours.accuracy(code, labels)
    assert found.value == pytest.approx(want, abs=1e-12)
    assert found.error == pytest.approx(np.sqrt(want * (1 - want) / 150))


def test_apart_is_one_and_noise_is_chance():
    g = Key(1).generator()
    labels = np.repeat(np.arange(4), 200)
    assert neighbours.accuracy(g.standard_normal((800, 2)) + 50 * labels[:, None], labels).value == 1
    found = neighbours.accuracy(g.standard_normal((800, 2)), labels)
    assert abs(found.value - neighbours.chance(labels)) < 4 * found.error


def test_a_tie_goes_to_the_nearer_class():
    code = np.array([[0.0], [0.1], [-0.1], [1.0], [-1.0]])
    labels = np.array([0, 0, 0, 1, 1])
    assert neighbours.accuracy(code[:, :1], labels, k=4).value == pytest.approx(3 / 5)  # the far two are outvoted


def test_a_code_is_not_its_own_neighbour():
    labels = np.tile([0, 1], 20)
    code = np.repeat(np.arange(20.0), 2)[:, None]  # each beside one equal code, of the other class
    assert neighbours.accuracy(code, labels, k=1).value == 0


def test_equal_codes_and_too_few():
    labels = np.arange(12) % 3
    assert 0 <= neighbours.accuracy(np.zeros((12, 2)), labels).value <= 1
    with pytest.raises(ValueError, match="too few"):
        neighbours.accuracy(np.zeros((5, 2)), labels[:5])


def test_chance_is_the_largest_class():
    assert neighbours.chance(np.array([0, 0, 0, 1])) == 0.75
