"""A checkpoint of any family comes back as it went."""

import inspect
import json
import re
from dataclasses import replace

import numpy as np
import pytest

import core
from core import checkpoint
from core.checkpoint import Checkpoint
from core.key import Key
from tests.catalogue import KEPT, corners, example, fitted
from tests.core.kept import N, good, parts, whole

EACH = pytest.mark.parametrize("name", KEPT)
TOLD = pytest.mark.parametrize("told", [False, True], ids=["untold", "told"])


@EACH
@TOLD
def test_a_model_comes_back_as_it_went(name, told):
    held, data = whole(name, told), good(name, told)
    back = checkpoint.load(data, name)
    assert (back.dataset, back.digest, back.seed, back.steps, back.metrics) == (
        "some", "0123456789ab", 3, 30, {"loss": -11.25}
    )  # fmt: skip
    assert (type(back.model), back.model.config) == (type(held.model), held.model.config)
    assert back.model.described() == held.model.described()
    assert {k: w.tobytes() for k, w in back.model.weights.items()} == {
        k: w.tobytes() for k, w in held.model.weights.items()
    }
    assert np.array_equal(back.model.sample(5, Key(1)), held.model.sample(5, Key(1)))
    assert checkpoint.save(back) == data == checkpoint.save(held)


@EACH
@TOLD
def test_half_precision_is_the_nearest_float16_in_half_the_size(name, told):
    held = whole(name, told)
    data = checkpoint.save(held, half=True)
    back = checkpoint.load(data, name).model
    assert {k: w.tobytes() for k, w in back.weights.items()} == {
        k: w.astype(np.float16).astype(np.float32).tobytes() for k, w in held.model.weights.items()
    }
    assert checkpoint.save(replace(held, model=back), half=True) == data
    assert len(data) < 0.6 * len(good(name, told)) + 2000


@EACH
def test_every_shape_of_model_comes_back(name):
    """Whatever the options, at both ends of each."""
    shapes = set()
    for corner in corners(name):
        try:
            model = fitted(name, 1, replace(example(name)[0], **corner), n=N)[0].state
        except ValueError:
            continue
        if 4 * sum(w.size for w in model.weights.values()) > checkpoint.MOST:
            continue  # more than a file may hold
        data = checkpoint.save(Checkpoint(model))
        back = checkpoint.load(data, name)
        assert back.model.config == model.config, corner
        assert checkpoint.save(back) == data, corner
        shapes.add(tuple(w.shape for w in model.weights.values()))
    assert len(shapes) > 1


@EACH
def test_a_loaded_model_can_be_trained_on(name):
    held = whole(name).model
    model = checkpoint.load(good(name), name).model
    one, other = (fitted(name, 2, n=N, start=start)[1].state.weights for start in (held, model))
    assert all(np.array_equal(one[k], other[k]) for k in one)
    assert not all(np.array_equal(one[k], held.weights[k]) for k in one)


@EACH
@TOLD
def test_the_header_tells_what_it_is_and_where_it_is_from(name, told):
    strings = parts(good(name, told))[0]["__metadata__"]
    assert set(strings) == {*checkpoint.STRINGS, *whole(name).model.described()}
    assert strings["model"] == name
    assert "numpy" in strings["versions"]
    labels = example(name, N)[2]
    classes = [int(column.max()) + 1 for column in labels.reshape(N, -1).T]
    assert json.loads(strings["classes"]) in ([classes] if told else [[], [0]])


def test_the_file_that_reads_checkpoints_names_no_model():
    text = inspect.getsource(checkpoint)
    for name, module in core.MODELS.items():
        assert not re.search(rf"{name}|{re.escape(module.rpartition('.')[0])}", text, re.IGNORECASE), name
