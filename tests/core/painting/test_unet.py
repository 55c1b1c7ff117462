"""The U-Net: its sizes, what it is told, and that each pixel of the answer sees the whole picture."""

import numpy as np
import pytest
import torch

from core.key import Key
from core.painting import unet
from core.painting.config import Config
from core.painting.unet import UNet

SMALL = UNet((3, 8, 8), (3, 5), 8, 2)


def weights(net, seed=0, zero=False):
    """Random weights with nothing at 0, unless as they begin."""
    drawn = unet.initial(net, Key(seed))
    if not zero:
        g = (Key(seed) / "all").generator()
        drawn = {k: v if v.any() else (0.2 * g.standard_normal(v.shape)).astype("f") for k, v in drawn.items()}
    return {name: torch.tensor(value, dtype=torch.float64) for name, value in drawn.items()}


def asked(net, w, n=2, level=0.5, labels=None, y=None):
    g = Key(1).generator()
    y = torch.tensor(g.standard_normal((n, *net.shape))) if y is None else y
    told = torch.tensor(net.conditions(np.full(len(y), level), labels))
    return unet.run(net, w, y, told)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32), (1, 28, 28), (3, 13, 18), (1, 4, 9), (1, 64, 50)])
def test_the_answer_has_the_pictures_shape(shape):
    net = UNet(shape, (), 8, 1)
    assert asked(net, weights(net), 2).shape == (2, *shape)


def test_it_begins_by_saying_nothing():
    assert not asked(SMALL, weights(SMALL, zero=True)).any()


def test_every_weight_matters():
    w = weights(SMALL)
    for value in w.values():
        value.requires_grad_()
    labels = np.array([[0, 1], [1, 2], [2, 3], [-1, 4], [-1, 0]])
    (asked(SMALL, w, 5, labels=labels) ** 2).sum().backward()
    assert [name for name, value in w.items() if not value.grad.abs().amax() > 0] == []


def test_every_pixel_sees_the_whole_picture():
    net = UNet((1, 16, 16), (), 8, 1)
    y = torch.zeros((1, 1, 16, 16), dtype=torch.float64).requires_grad_()
    asked(net, weights(net), y=y)[0, 0, 3, 2].backward()
    assert (y.grad != 0).all()


def test_pictures_of_a_batch_do_not_meet():
    y = torch.tensor(Key(2).generator().standard_normal((3, *SMALL.shape)))
    w = weights(SMALL)
    assert torch.allclose(asked(SMALL, w, y=y)[1:2], asked(SMALL, w, y=y[1:2]), atol=1e-12)


def test_what_is_told_changes_the_answer_and_what_is_not_told_does_not():
    w, rows = weights(SMALL), {}
    for labels in ([-1, -1], [0, -1], [1, -1], [-1, 0], [2, 4]):
        rows[tuple(labels)] = asked(SMALL, w, 1, labels=np.array([labels]))
    different = list(rows.values())
    assert all(not torch.allclose(a, b) for i, a in enumerate(different) for b in different[:i])
    assert torch.equal(asked(SMALL, w, 1), rows[-1, -1])


def test_the_conditions_are_one_number_for_each_value():
    hot = SMALL.conditions(np.zeros(3), np.array([[0, 4], [-1, 2], [-1, -1]]))[:, unet.EMBEDDING :]
    assert np.flatnonzero(hot[0]).tolist() == [0, 7]
    assert np.flatnonzero(hot[1]).tolist() == [5]
    assert not hot[2].any()


def test_dropout_silences_whole_planes():
    """With every plane of every block silenced the answer is that of the same network without the blocks' insides."""
    w = weights(SMALL)
    planes = sum(m for *_, m in SMALL.blocks)
    y, told = torch.ones((1, *SMALL.shape), dtype=torch.float64), torch.tensor(SMALL.conditions(np.zeros(1), None))
    silent = unet.run(SMALL, w, y, told, torch.zeros((1, planes), dtype=torch.float64))
    emptied = {k: torch.zeros_like(v) if k.endswith(".1.weight") else v for k, v in w.items()}
    assert torch.allclose(silent, unet.run(SMALL, emptied, y, told))
    whole = unet.run(SMALL, w, y, told, torch.ones((1, planes), dtype=torch.float64))
    assert torch.equal(whole, unet.run(SMALL, w, y, told))
    assert not torch.allclose(silent, whole)


def test_the_views_share_one_vector():
    flat = torch.arange(SMALL.size, dtype=torch.float32)
    views = SMALL.views(flat)
    assert {name: tuple(view.shape) for name, view in views.items()} == dict(SMALL.shapes)
    flat.zero_()
    assert not any(view.any() for view in views.values())


def test_the_painters_for_32_by_32_have_one_to_four_million_weights():
    assert 0.8e6 < unet.of(Config(), (3, 32, 32), (3, 8, 4, 6, 7)).size < 4e6
