"""The stretch move leaves its target as it is, and follows a linear map of target and start."""

from itertools import islice

import numpy as np
import pytest

from core.key import Key
from core.process import Halt
from core.samplers import targets
from core.samplers.chain import chain
from core.samplers.stretch import Stretch


def last(target, x0, steps=8, key=5):
    return list(islice(chain(Stretch(), target, x0, Key(key)), steps + 1))[-1]


TARGETS = (targets.tilted(0.9), targets.Banana(), targets.Normal(np.zeros(5), np.eye(5)))


@pytest.mark.parametrize("target", TARGETS, ids=("tilted", "banana", "five"))
def test_draws_stay_draws(target):
    x = last(target, target.sample(20_001, Key(1))).state.x
    off = x - target.mean
    found = np.hstack([off, np.einsum("ni,nj->nij", off, off).reshape(len(x), -1)])
    true = np.hstack([np.zeros(target.dim), target.covariance.ravel()])
    assert (np.abs(found.mean(axis=0) - true) / (found.std(axis=0) / np.sqrt(len(x)))).max() < 4.5


def test_a_linear_map_of_target_and_start_maps_the_chain():
    matrix, shift = np.array([[30.0, -4.0], [0.5, 0.02]]), np.array([5.0, -7.0])
    plain = targets.tilted(0.3)
    mapped = targets.Normal(shift, matrix @ plain.covariance @ matrix.T)
    start = plain.sample(40, Key(2))
    one, other = last(plain, start, 60), last(mapped, start @ matrix.T + shift, 60)
    np.testing.assert_allclose(other.state.x, one.state.x @ matrix.T + shift, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(other.arrays["log_alpha"], one.arrays["log_alpha"], atol=1e-8)
    assert not np.allclose(one.state.x, start)


def test_bad_input_is_one_sentence():
    with pytest.raises(ValueError, match="above 1"):
        Stretch(1.0)
    with pytest.raises(Halt, match="at least 4 walkers"):
        last(targets.tilted(0.3), np.zeros((3, 2)), 1)
