"""The importance-weighted bound: it rises with its draws, and the chart holds what was found."""

import numpy as np

from core.key import Key
from playground.rungs.vae.panels.parts import bound
from tests.playground.rungs.vae import sets
from tests.playground.shown import specs

X = sets.pictures().images


def test_the_bound_rises_with_its_draws():
    steps = list(bound.bounds(sets.model(3), X[3], None, Key(0)))
    found = steps[-1].state
    assert list(found) == [k for k, _ in bound.DRAWS]
    noise = np.hypot(found[1].error, found[1000].error)
    assert found[1000].value > found[1].value - 3 * noise
    rows = specs.rows(bound.chart(found, True))
    assert {row["k"]: row["nats"] for row in rows} == {k: e.value for k, e in found.items()}
