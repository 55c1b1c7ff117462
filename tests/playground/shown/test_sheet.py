"""The stage without a model."""

import pytest

from core.data import builtin
from playground.instruments.stage import Brush, pack, unpack
from playground.shelf.points import Shelved
from playground.shown import sheet, truth


def test_a_sheet_is_the_data_without_a_fit_or_an_empty_square():
    brush = Brush(classes=("A", "B"))
    empty = sheet.sheet("em", Shelved(None, "", brush))
    assert (list(empty.layers), empty.brush) == ([], brush)
    dataset = builtin.load("pinwheel", 100)
    bare = sheet.sheet("em", Shelved(dataset, "", None))
    assert "points" in {layer.name for layer in bare.layers}
    assert "start" not in {layer.name for layer in bare.layers}
    assert dataset.digest in bare.id
    for scene in (empty, bare):
        assert unpack(pack(scene, [], run="r"))["frames"] == []


@pytest.mark.parametrize("name", [name for name in builtin.NAMES if builtin.dim(name) <= 2])
def test_the_sheet_holds_every_point_and_the_truth_and_no_model(name):
    dataset = builtin.load(name)
    scene = sheet.sheet("em", Shelved(dataset, "", None))
    kinds = {layer.name for layer in scene.layers}
    assert kinds <= {"histogram", "points", "labels", "truth"}
    assert ("truth" in kinds) == (dataset.truth is not None)
    (x0, x1), (y0, y1) = scene.bounds
    xy = next(layer for layer in scene.layers if layer.name == "points").xy
    assert ((xy >= (x0, y0)) & (xy <= (x1, y1))).all(axis=1).mean() > 0.99  # a set may have a point or two off its axes
    if dataset.dim == 1:
        assert y1 >= truth.histogram(dataset)[1].max()
