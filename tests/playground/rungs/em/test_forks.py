"""A fork in the link: the mixture comes back to the last bit, and nonsense is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.mixture.gmm import GMM
from core.process import Step
from playground.rungs.em import forks

PROFILE = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def mixture(k, d, seed, power=0):
    g = np.random.default_rng(seed)
    roots = g.normal(size=(k, d, d)) * 10.0**power
    covariances = np.einsum("kij,klj->kil", roots, roots) + 0.01 * 10.0 ** (2 * power) * np.eye(d)
    return GMM(g.dirichlet(np.ones(k)), g.normal(size=(k, d)) * 10.0**power, (covariances + covariances.mT) / 2)


@given(some.integers(1, 12), some.integers(1, 2), some.integers(0, 10**6), some.integers(-6, 6), some.integers(0, 4000))
@PROFILE
def test_a_fork_comes_back_to_the_last_bit(k, d, seed, power, index):
    model = mixture(k, d, seed, power)
    text = forks.encode(Step(index, model))
    back = forks.decode(text, (k, d))
    assert back.index == index
    for name in ("weights", "means", "covariances"):
        np.testing.assert_array_equal(getattr(back.state, name), getattr(model, name))
    assert forks.decode(text, (k + 1, d)) is None
    assert len(text) < 1000  # it fits in an address


def spoiled(**arrays):
    """The text of a mixture one of whose arrays was put wrong behind the constructor's back."""
    model = mixture(2, 2, 0)
    for name, value in arrays.items():
        object.__setattr__(model, name, np.asarray(value, float))
    return forks.encode(Step(3, model))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "3.",
        "3.AAAA",
        "3.%%%%",
        "x" + forks.encode(Step(3, mixture(2, 2, 0)))[1:],
        "-" + forks.encode(Step(3, mixture(2, 2, 0))),
        forks.encode(Step(3, mixture(2, 2, 0)))[:-8],
        spoiled(weights=[0.5, 0.6]),
        spoiled(weights=[-0.5, 1.5]),
        spoiled(means=[[np.nan, 0], [0, 0]]),
        spoiled(covariances=[-np.eye(2), np.eye(2)]),
        spoiled(covariances=[[[1, 0.5], [0, 1]], np.eye(2)]),
        "3." + "A" * 100_000,
    ],
)
def test_what_is_not_a_mixture_of_this_shape_is_refused(text):
    assert forks.decode(text, (2, 2)) is None
