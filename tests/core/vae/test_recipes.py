"""The stored checkpoints are what their recipes say, and are judged by images they have not seen."""

import numpy as np
import pytest

from core import checkpoint
from core.checkpoint import FORMAT, Checkpoint, CheckpointError
from core.data import images
from core.data.images import load
from core.key import Key
from core.vae import fit, recipes
from core.vae.recipes import FOLDER, RECIPES, stored
from core.vae.truth import exact as vae_exact
from tests.core.kept import joined, parts
from tests.core.vae.tiny_vae import trained

EVERY = pytest.mark.parametrize("name", RECIPES)


@EVERY
def test_a_stored_model_is_its_recipes(name):
    held, recipe = stored(name), RECIPES[name]
    assert held.model.config == recipe.config
    assert (held.dataset, held.seed) == (recipe.dataset, recipe.seed)
    assert held.digest == load(recipe.dataset).digest
    assert (FOLDER / f"{name}.safetensors").stat().st_size < 1_000_000
    assert f"`{name}`" in (FOLDER / "README.md").read_text("utf-8")


def test_every_set_has_a_checkpoint():
    assert {recipe.dataset for recipe in RECIPES.values()} == set(images.NAMES)


@EVERY
def test_a_stored_model_scores_what_its_header_says(name):
    held, pictures = stored(name), load(RECIPES[name].dataset)
    rows = pictures.split.test[:400]
    x = pictures.pixels[rows] / (pictures.levels - 1)
    labels = recipes.labels_of(RECIPES[name], pictures, rows)
    score = held.model.elbo(x, Key(held.seed) / "test" / "elbo", 16, labels).mean()
    assert score == pytest.approx(held.metrics["test_elbo"], abs=2e-3 * abs(score))  # the file may hold 16 bits


def test_the_digits_reach_the_goals_set_for_them():
    pictures = load("digits")
    x = pictures.pixels[pictures.split.test] / (pictures.levels - 1)
    exact = vae_exact.log_prob(stored("vae-digits").model, x, side=121)
    assert -exact.mean() < 95.5
    wide = stored("vae-digits-16")
    assert -wide.model.iwae(x[:90], Key(1), 100).mean() < 92
    assert -wide.metrics["test_iwae_1000"] < 92


@EVERY
def test_training_leaves_the_test_images_out(name):
    recipe = RECIPES[name]
    step = next(iter(recipes.fit(recipe)))
    pictures = load(recipe.dataset)
    assert step.arrays["rows"].max() < len(pictures.split.train)
    assert step.state.shape == pictures.shape
    assert bool(step.state.classes) == recipe.labelled


@pytest.mark.parametrize("name", ["vae-nobody", "../README", "x" * 500])
def test_an_unknown_checkpoint_is_refused(name):
    with pytest.raises(CheckpointError, match="no checkpoint called"):
        stored(name)


def test_the_format_is_written_down():
    assert FORMAT.startswith("generative-playground")
    assert np.isfinite(list(stored("vae-digits").metrics.values())).all()


def test_half_precision_is_taken_where_it_leaves_the_pictures_the_same():
    z = Key(0).generator().normal(size=(200, 2))
    assert recipes.same(Checkpoint(trained()), z)
    far = {name: np.array(value) for name, value in trained().weights.items()}
    far["decoder.0.bias"] += 1000  # what follows takes it off again, but 16 bits cannot hold both
    far["decoder.1.bias"] -= 1000 * far["decoder.1.weight"].sum(axis=1)
    assert not recipes.same(Checkpoint(fit.VAE(trained().config, (1, 4, 4), (), far)), z)


@pytest.mark.parametrize(
    ("strings", "said"),
    [
        ({"shape": "[4, 4]"}, "too large, or none"),
        ({"shape": "[1, 0, 4]"}, "too large, or none"),
        ({"shape": "[1, 1000000, 1000000]"}, "too large, or none"),
        ({"shape": "[3, 256, 257]"}, "too large, or none"),
        ({"classes": "[3, 0]"}, "too large, or none"),
        ({"classes": "[1001]"}, "1,000 classes"),
        ({"classes": "[1000]"}, "should have the shape"),
    ],
)
def test_pictures_and_classes_of_a_file_are_limited(strings, said):
    table, rest = parts(checkpoint.save(Checkpoint(trained())))
    table["__metadata__"] |= strings
    with pytest.raises(CheckpointError, match=said):
        checkpoint.load(joined(table, rest), "vae")
