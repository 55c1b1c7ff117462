"""What is taken home is the model on show: its codes, draws and checkpoint; and the script says where the model comes from."""

import io

import numpy as np
import pytest
from PIL import Image

from core import checkpoint
from core.data import images
from core.vae import recipes
from playground.rungs.vae import files, film
from playground.rungs.vae.screen import Screen, Source
from playground.shelf import picture
from playground.shelf.pictures import Shelved


@pytest.fixture(scope="module")
def digits():
    """The stored model of the digits on the screen, and what is offered by the words on its button."""
    held, pictures = recipes.stored("vae-digits"), images.load("digits")
    step = film.still(held.model, pictures)
    screen = Screen(
        Shelved(pictures, "pictures = images.load('digits')"),
        Source("vae-digits", "2-D", held, step),
        picture.of_set(pictures, 4, ""),
    )
    home = files.home(screen, step)
    return held, pictures, {file.label: file.make for file in home.files}, home.script


def test_the_files_hold_the_model_on_show(digits):
    held, pictures, offered, _ = digits
    table = offered["Codes (CSV)"]().decode().splitlines()
    assert table[0] == "row,label,z1,sd1,z2,sd2"
    assert len(table) == 1 + len(pictures)
    mean, log_var = held.model.encode(pictures.images[:1])
    np.testing.assert_allclose(
        [float(v) for v in table[1].split(",")[2:]], np.stack([mean[0], np.exp(0.5 * log_var[0])], 1).ravel(), rtol=1e-6
    )
    assert Image.open(io.BytesIO(offered["Samples (PNG)"]())).size[0] >= 500
    arrays = np.load(io.BytesIO(offered["Samples (NPZ)"]()), allow_pickle=False)
    np.testing.assert_array_equal(arrays["decoded"], held.model.decode(arrays["z"]))
    back = checkpoint.load(offered["Checkpoint"](), "vae")
    assert back.digest == held.digest
    np.testing.assert_array_equal(back.model.decode(arrays["z"]), arrays["decoded"])
    assert "Losses (CSV)" not in offered, "nothing was trained here"


def test_the_script_reads_a_stored_model_and_imports_what_it_uses(digits):
    lines = digits[-1].splitlines()
    assert "model = recipes.stored('vae-digits').model" in lines
    assert "row = 4  # the picture on show, counted from 0" in lines
    assert [line for line in lines if line.startswith(("import", "from"))] == [
        "import numpy as np",
        "from core.data import images",
        "from core.vae import recipes",
        "from core.vae.truth import exact",
    ]
