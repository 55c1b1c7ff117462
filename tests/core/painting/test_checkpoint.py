"""A painter's file holds it exactly; whatever else is offered as one is answered by a sentence; the stored ones are sound."""

import json
import struct

import numpy as np
import pytest

from core import checkpoint
from core.checkpoint import PAINTER_KIND, Checkpoint, CheckpointError
from core.data.renderers import outfits
from core.diffusion.walk import Sampler
from core.key import Key
from core.painting import recipes
from core.painting import scores as paint_scores
from core.painting.recipes import PAINTERS, conditions, stored
from tests.core.painting.tiny_painter import rough

QUICK = Sampler("DPM-Solver++(2M)", 6)
EVERY = pytest.mark.parametrize("name", PAINTERS)


def whole():
    return Checkpoint(rough().rounded(), "bars", "0123456789ab", 3, 30, {"loss": 0.25})


def parts(data):
    n = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + n]), data[8 + n :]


def joined(table, rest):
    header = json.dumps(table).encode()
    return struct.pack("<Q", len(header)) + header + rest


def altered(**strings):
    """A good file with some strings of its header replaced."""
    table, rest = parts(checkpoint.save(whole(), half=True))
    table["__metadata__"] |= strings
    return joined(table, rest)


def optioned(**options):
    config = json.loads(parts(checkpoint.save(whole()))[0]["__metadata__"]["config"]) | options
    return altered(config=json.dumps(config))


def rewritten(name, **entry):
    table, rest = parts(checkpoint.save(whole(), half=True))
    table[name] = table[name] | entry
    return joined(table, rest)


def poisoned():
    table, rest = parts(checkpoint.save(whole(), half=True))
    return joined(table, struct.pack("<e", float("nan")) + rest[2:])


def test_saving_and_loading_changes_nothing():
    held = whole()
    back = checkpoint.load(checkpoint.save(held, half=True), PAINTER_KIND)
    assert (back.dataset, back.digest, back.seed, back.steps, back.metrics) == (
        "bars", "0123456789ab", 3, 30, {"loss": 0.25}
    )  # fmt: skip
    assert (back.model.config, back.model.shape, back.model.sizes) == (rough().config, (1, 8, 8), (2, 2))
    assert all(np.array_equal(back.model.weights[k], held.model.weights[k]) for k in held.model.weights)
    assert np.array_equal(back.model.sample(3, Key(1), QUICK), held.model.sample(3, Key(1), QUICK))


def test_rounding_is_to_the_nearest_float16_and_is_done_once():
    once = rough().rounded()
    assert all(np.array_equal(once.weights[k], once.rounded().weights[k]) for k in once.weights)
    assert all(np.array_equal(once.weights[k], w.astype(np.float16)) for k, w in rough().weights.items())
    assert any(not np.array_equal(once.weights[k], w) for k, w in rough().weights.items())


def test_the_same_painter_gives_the_same_bytes():
    assert checkpoint.save(whole(), half=True) == checkpoint.save(whole(), half=True)


def test_a_painter_without_conditions_comes_back():
    painter = rough((3, 9, 8), ())
    assert checkpoint.load(checkpoint.save(Checkpoint(painter)), PAINTER_KIND).model.sizes == ()


BAD = {
    "nothing": b"",
    "zeros": bytes(100),
    "a pickle": b"\x80\x04\x95" + bytes(60),
    "a header longer than the file": struct.pack("<Q", 2**60) + b"{}",
    "another kind": lambda: altered(model="vae"),
    "an unknown kind": lambda: altered(model="gan"),
    "an unknown option": lambda: optioned(eta=1),
    "an option outside its range": lambda: optioned(width=100_000),
    "an option of another type": lambda: optioned(width="wide"),
    "a wider network than weights": lambda: optioned(width=16),
    "a deeper network than weights": lambda: optioned(depth=2),
    "a shape of two numbers": lambda: altered(shape="[8, 8]"),
    "a shape of halves": lambda: altered(shape="[1, 8.5, 8]"),
    "an endless shape": lambda: altered(shape="[1, 1000000, 1000000]"),
    "a negative shape": lambda: altered(shape="[1, -8, 8]"),
    "a shape of another fold": lambda: altered(shape="[1, 32, 32]"),
    "colours without weights": lambda: altered(shape="[3, 8, 8]"),
    "endless conditions": lambda: altered(classes="[1000000000]"),
    "negative conditions": lambda: altered(classes="[2, -2]"),
    "other conditions": lambda: altered(classes="[2, 3]"),
    "conditions in words": lambda: altered(classes='["two"]'),
    "an array of another shape": lambda: rewritten("in.bias", shape=[7]),
    "an array of whole numbers": lambda: rewritten("in.bias", dtype="I16"),
    "an array beyond the file": lambda: rewritten("in.bias", data_offsets=[0, 10**9]),
    "a number that is none": poisoned,
    "cut short": lambda: checkpoint.save(whole(), half=True)[:-5],
}


@pytest.mark.parametrize("case", BAD)
def test_whatever_else_is_answered_by_a_sentence(case):
    data = BAD[case] if isinstance(BAD[case], bytes) else BAD[case]()
    with pytest.raises(CheckpointError, match=r"^[A-Z].*\.$"):
        checkpoint.load(data, PAINTER_KIND)


def test_an_unknown_name_is_told():
    with pytest.raises(CheckpointError, match="no checkpoint called"):
        stored("paint-cats")


# The stored ones


@EVERY
def test_a_stored_painter_is_of_its_recipe_and_its_data(name):
    held, recipe = stored(name), PAINTERS[name]
    assert held.model.config == recipe.config
    assert (held.dataset, held.seed, held.digest) == (recipe.dataset, recipe.seed, recipe.pictures().digest)
    assert held.steps == -(-recipe.config.steps // recipe.config.every)
    assert held.model.shape == recipe.pictures().shape
    assert held.model.sizes == tuple(conditions(recipe.pictures()).max(axis=0) + 1)


@EVERY
def test_a_stored_painter_is_in_half_precision_just_where_no_picture_minds(name):
    held = stored(name)
    half = all(np.array_equal(w, w.astype(np.float16)) for w in held.model.weights.values())
    assert half == (held.metrics["half"] <= 1)


def test_the_files_are_small():
    sizes = [(recipes.FOLDER / f"{name}.safetensors").stat().st_size for name in PAINTERS]
    assert sum(sizes) < 16e6


def test_the_outfits_recorded_accuracy_is_that_of_fresh_pictures():
    held, w = stored("paint-outfits"), 1.0
    told = paint_scores.prompts(outfits.EVERY, 48, Key(5))
    found = paint_scores.accuracy(outfits.measure(held.model.sample(48, Key(6), labels=told, guidance=w)), told)
    recorded, error = held.metrics["right_1"], held.metrics["right_error_1"]
    assert abs(found.value - recorded) < 4 * np.hypot(max(found.error, 0.01), error)


def test_outfits_obey_their_words_and_stay_as_various_as_the_data():
    scores = stored("paint-outfits").metrics
    assert scores["right_1.5"] >= 0.97
    assert scores["variety_1.5"] >= 0.95


@EVERY
def test_guidance_helps_and_nobody_only_remembers(name):
    scores = stored(name).metrics
    assert max(scores["right_2"], scores["right_4"]) >= scores["right_1"] - 0.01
    assert scores["memory"] > 0.5
