"""What a painter's file says of pictures and conditions is checked; the stored painters are sound."""

import json

import numpy as np
import pytest
from scipy.stats import kstest

from core import checkpoint
from core.checkpoint import Checkpoint, CheckpointError
from core.data.renderers import jars, outfits
from core.diffusion.walk import Sampler
from core.key import Key
from core.painting import recipes
from core.painting import scores as paint_scores
from core.painting.recipes import PAINTERS, conditions, stored
from tests.core.kept import joined, parts
from tests.core.painting.tiny_painter import rough

QUICK = Sampler("DPM-Solver++(2M)", 6)
EVERY = pytest.mark.parametrize("name", PAINTERS)


def test_rounding_is_to_the_nearest_float16_and_is_done_once():
    once = rough().rounded()
    assert all(np.array_equal(once.weights[k], once.rounded().weights[k]) for k in once.weights)
    assert all(np.array_equal(once.weights[k], w.astype(np.float16)) for k, w in rough().weights.items())
    assert any(not np.array_equal(once.weights[k], w) for k, w in rough().weights.items())


BAD = {  # shape and conditions of a file
    "many colours": ([2, 8, 8], [2, 2]),
    "too small": ([1, 3, 8], [2, 2]),
    "too large": ([1, 8, 65], [2, 2]),
    "another fold": ([1, 32, 32], [2, 2]),
    "colours without weights": ([3, 8, 8], [2, 2]),
    "no value": ([1, 8, 8], [4, 0]),
    "many values": ([1, 8, 8], [2, 999]),
    "other conditions": ([1, 8, 8], [2, 3]),
}


@pytest.mark.parametrize("case", BAD)
def test_pictures_and_conditions_of_a_file_are_held_against_its_arrays(case):
    shape, classes = (json.dumps(value) for value in BAD[case])
    table, rest = parts(checkpoint.save(Checkpoint(rough()), half=True))
    table["__metadata__"] |= {"shape": shape, "classes": classes}
    with pytest.raises(CheckpointError, match=r"^[A-Z].*\.$"):
        checkpoint.load(joined(table, rest), "painter")


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


@pytest.mark.parametrize("name", [name for name in PAINTERS if stored(name).model.sizes])
def test_guidance_helps_and_nobody_only_remembers(name):
    scores = stored(name).metrics
    assert max(scores["right_2"], scores["right_4"]) >= scores["right_1"] - 0.01
    assert scores["memory"] > 0.5


def test_painted_jars_are_jars_of_all_heights_and_widths():
    """Each is nearly the jar drawn with its own measures, and these are uniform on their rectangle, as recorded."""
    held = stored("paint-jars")
    painted = held.model.sample(60, Key(9))
    factors = jars.measure(painted)
    off = 255 * np.sqrt(((painted - jars.render(factors)) ** 2).mean(axis=(1, 2, 3)))
    assert np.median(off) < 1.3 * held.metrics["off"] < 8
    for column, sizes in zip(jars.COLUMNS, factors.T, strict=True):
        assert kstest(sizes, "uniform", (column.low, column.high - column.low)).pvalue > 0.01
        assert held.metrics[f"{column.name}_p"] > 0.05
