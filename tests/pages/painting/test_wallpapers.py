"""The page of painting with wallpapers: the average over the group told, in the equation, the self-test and the script."""

import contextlib
import io

import numpy as np
import pytest

from core.painting import recipes
from playground.instruments.stage import unpack
from tests import apps

PAGE = "pages/paint.py"
SMALL = {"pictures": "Wallpapers", "steps": 6, "samples": 4}


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def run_of(at):
    return at.session_state["held"]["run.paint"]


def test_told_a_group_its_motions_are_averaged_over_and_every_identity_holds():
    at = apps.opened(PAGE, **SMALL, wallpapers_class="p4m")
    assert not at.error
    sent = unpack(apps.messages(at)[0])
    assert sent["frames"][1]["beside"]["equation"]["form"] == "guided, averaged"
    (table,) = (m.value for m in at.markdown if m.value.startswith("| verdict | identity"))
    assert table.count("| ✓ |") == len(table.splitlines()) - 2 == 7
    assert "A after each motion of its group is A" in table
    assert "is no network" in apps.words(at)


def test_asked_for_nothing_every_picture_is_told_a_group_and_the_script_paints_the_same(tmp_path, monkeypatch):
    at = apps.opened(PAGE, **SMALL, panel="Code and files")
    steps = list(run_of(at).job.trace)
    assert steps[-1].phase == "end"
    assert "obey" not in steps[-1].metrics
    (code,) = (c.value for c in at.code if "painter.sample" in c.value)
    assert f"Wish(({tuple(range(17))},))" in code
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "script", "exec"), {})
    np.testing.assert_allclose(np.load("pictures.npz")["x"], steps[-1].arrays["ends"], atol=1e-6)
    assert recipes.stored("paint-wallpapers").model.averages
