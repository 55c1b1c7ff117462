"""What no link can hold is said beside it, only where it is on show; and the picture chosen on the easel is in the link."""

import io

import numpy as np
import pytest

from core.painting import recipes
from playground.instruments.stage import unpack
from playground.rungs.vae.screen import HERE
from playground.shown import unlinked
from tests import apps, painters

FILES = {"panel": "Code and files"}


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Painters are tiny, quick runs complete when the page comes; none is left behind."""
    monkeypatch.setattr(recipes, "stored", painters.stored)
    with apps.rested(monkeypatch):
        yield


def npy(x):
    held = io.BytesIO()
    np.save(held, x)
    return held.getvalue()


def left_out(at):
    return [caption.value for caption in at.caption if "not in the link" in caption.value]


@pytest.mark.parametrize(
    "page", ["em", "fit1", "fit2", "vae", "diffusion", "paint", "game", "outfits", "pixels", "decide"]
)
def test_nothing_is_said_of_a_screen_that_is_all_in_its_link(page):
    quick = {"steps": 4, "samples": 4} if page == "paint" else {}
    assert left_out(apps.opened(f"pages/{page}.py", **FILES, **quick)) == []


@pytest.mark.parametrize("page", ["em", "fit1", "fit2", "diffusion"])
def test_ones_own_file(page):
    at = apps.opened(f"pages/{page}.py", data="Your own file", **FILES)
    assert left_out(at) == []
    x = np.random.default_rng(0).normal(size=(60, 2))
    at.file_uploader(key="file").upload("mine.npy", npy(x)).run()
    assert left_out(at) == [unlinked.FILE]


def test_ones_own_pictures_and_what_is_there_instead():
    at = apps.opened("pages/vae.py", pictures="Your own pictures", model=HERE, epochs=2, **FILES)
    x = np.random.default_rng(0).integers(0, 255, (40, 16, 16), dtype=np.uint8)
    at.file_uploader(key="picture_files").upload("mine.npy", npy(x), "application/octet-stream").run()
    pictures, training = left_out(at)
    assert pictures.startswith("Your pictures are not in the link; whoever opens it sees Handwritten digits instead")
    assert training == unlinked.TRAINING
    there = apps.opened("pages/vae.py", **FILES, pictures="Your own pictures", digest=at.query_params["digest"][-1])
    assert "somebody's own pictures" in apps.words(there)
    assert "images.load('digits')" in there.code[0].value


def test_a_training_and_the_fork_it_began_at():
    query = {"pictures": "Jars", "model": HERE, "epochs": 2, **FILES}
    at = apps.opened("pages/vae.py", **query)
    assert left_out(at) == [unlinked.TRAINING]
    next(button for button in at.button if button.label == "Fork here").click().run()
    assert left_out(at) == [unlinked.FORK, unlinked.KEPT]


def test_a_drawing_and_the_picture_that_is_there_instead():
    at = apps.opened("pages/vae.py", encode="Draw one", **FILES)
    assert left_out(at) == []
    at.session_state["held"]["screen."]["vae.ink"] = np.array([[0.4, 0.4], [0.6, 0.6]])
    assert left_out(at.run()) == [
        "Your drawing is not in the link; whoever opens it sees picture 1 of the set instead."
    ]


def test_a_kept_run():
    at = apps.opened("pages/em.py", **FILES)
    at.button(key="em.layers").click().run()
    at.slider(key="components").set_value(3).run()
    assert left_out(at) == [unlinked.KEPT]


def test_a_training_that_says_where_the_walk_goes(monkeypatch):
    monkeypatch.setattr("playground.rungs.diffusion.training.UPDATES", 600)
    at = apps.opened("pages/diffusion.py", says="learned", steps=3, **FILES)
    assert left_out(at) == [unlinked.TRAINING]


@pytest.mark.parametrize(("asked", "row"), [("3", 2), ("99", 3), ("0", 0), ("x", 0)])
def test_the_link_chooses_a_picture_of_the_easel(asked, row):
    at = apps.opened("pages/paint.py", picked=asked, panel="Edit", steps=4, samples=4)
    assert unpack(apps.messages(at)[0])["scene"]["picked"] == row
    assert f"Picture {row + 1} of the easel" in apps.words(at)
    assert at.query_params.get("picked", "1")[-1] == str(row + 1)
