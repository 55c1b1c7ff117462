"""A file of one's own is taken home from every page of points: with its choices, and with pandas alone."""

import io

import numpy as np
import pytest

from tests import apps

LYING = np.random.default_rng(2).normal(size=(4, 60))


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Quick runs are complete when the page comes; none is left behind."""
    with apps.rested(monkeypatch):
        yield


@pytest.mark.parametrize("page", ["em", "fit1", "fit2", "diffusion"])
def test_what_is_taken_home_reads_the_file_as_it_was_read(page):
    held = io.BytesIO()
    np.save(held, LYING)
    at = apps.opened(f"pages/{page}.py", data="Your own file", panel="Code and files")
    at.file_uploader(key="file").upload("few.npy", held.getvalue()).run()
    (turn,) = (button for button in at.button if button.label == "Turn rows into columns")
    turn.click().run()
    assert not at.exception
    ours, theirs, _ = (code.value for code in at.code)
    assert "from core.data.readers.choices import Choices" in ours
    assert "read_bytes(), Choices(turned=True))" in ours
    assert "np.load('few.npy').T" in theirs
    assert "core" not in theirs
    assert at.query_params["read"]
