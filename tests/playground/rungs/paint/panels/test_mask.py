"""The mask in the link: the same when it comes back, and nothing else is taken for one."""

import numpy as np
import pytest

from playground.rungs.paint.panels.parts.mask import decoded, encoded

MASK = np.zeros((32, 32), bool)
MASK[3:9, 20:] = True


@pytest.mark.parametrize("shape", [(32, 32), (28, 28), (5, 3)])
def test_a_mask_comes_back(shape):
    mask = np.random.default_rng(0).random(shape) < 0.3
    np.testing.assert_array_equal(decoded(encoded(mask), shape), mask)


@pytest.mark.parametrize("wrong", ["", "abc", "?" * 172, encoded(MASK)[:-4], "é" * 8])
def test_anything_else_is_no_mask(wrong):
    assert decoded(encoded(MASK), MASK.shape) is not None
    assert decoded(wrong, MASK.shape) is None
