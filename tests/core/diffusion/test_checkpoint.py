"""What a file says of columns and their units is checked; the stored models are sound."""

import json
import struct

import numpy as np
import pytest

from core import checkpoint
from core.checkpoint import Checkpoint, CheckpointError
from core.data import builtin
from core.diffusion.config import Config
from core.diffusion.fit import initial
from core.diffusion.recipes import FOLDER, RECIPES, Recipe, fit, stored
from core.key import Key

EVERY = pytest.mark.parametrize("name", RECIPES)
HELD_TO = {  # nats: the goals of the house but for the checkerboard, whose goal of 0.05 is not reached yet
    "eight_gaussians": 0.02,
    "two_moons": 0.01,
    "checkerboard": 0.06,
    "pinwheel": 0.02,
    "two_spirals": 0.03,
    "rings": 0.05,
}
X = (Key(0) / "x").generator().normal(size=(50, 2)) * [1.0, 3.0]


def altered(**strings):
    """The bytes of a good checkpoint with some strings of its header replaced (None: left out)."""
    model = initial(Config(width=16, features=3, schedule="flow", target="velocity"), X, Key(0))
    data = checkpoint.save(Checkpoint(model))
    n = struct.unpack("<Q", data[:8])[0]
    table = json.loads(data[8 : 8 + n])
    table["__metadata__"] |= strings
    table["__metadata__"] = {k: v for k, v in table["__metadata__"].items() if v is not None}
    header = json.dumps(table).encode()
    return struct.pack("<Q", len(header)) + header + data[8 + n :]


@pytest.mark.parametrize(
    ("strings", "said"),
    [
        ({"units": None}, "units"),
        ({"units": "[[0, 0], [1]]"}, "units"),
        ({"units": "[[0, 0], [1, NaN]]"}, "finite"),
        ({"units": "[[0, 0], [1, 0]]"}, "units"),
        ({"shape": "[99]"}, "too many"),
        ({"shape": "[0]"}, "with none"),
        ({"classes": "[1001]"}, "too many"),
        ({"classes": "[2]"}, "should have the shape"),
    ],
)
def test_a_damaged_file_is_answered_by_a_sentence(strings, said):
    with pytest.raises(CheckpointError, match=said) as caught:
        checkpoint.load(altered(**strings), "diffusion")
    assert str(caught.value).endswith(".")


@EVERY
def test_a_stored_model_is_its_recipes_and_within_two_errors_of_what_it_is_held_to(name):
    held, recipe = stored(name), RECIPES[name]
    assert held.model.config == recipe.config
    assert (held.dataset, held.seed, held.digest) == (recipe.dataset, recipe.seed, recipe.points().digest)
    assert f"`{name}`" in (FOLDER / "README.md").read_text("utf-8")
    assert held.metrics["test_gap"] < HELD_TO[recipe.dataset] + 2 * held.metrics["test_gap_error"]
    assert held.metrics["sliced_w2"] < held.metrics["sliced_w2_null"]
    assert held.metrics["cpu_seconds"] < 61


@EVERY
def test_a_stored_model_draws_what_it_learned(name):
    truth = builtin.TOYS[RECIPES[name].dataset].truth
    drawn, fresh = stored(name).model.sample(500, Key(1)), truth.sample(500, Key(2))
    np.testing.assert_allclose(drawn.mean(0), fresh.mean(0), atol=0.4)
    np.testing.assert_allclose(drawn.std(0), fresh.std(0), rtol=0.15)


def test_a_recipe_trains_and_an_unknown_checkpoint_is_told():
    step = next(fit(Recipe("two_moons", Config(width=8, steps=1))))
    assert step.state.dim == 2
    with pytest.raises(CheckpointError, match="no checkpoint called"):
        stored("diffusion-none")
