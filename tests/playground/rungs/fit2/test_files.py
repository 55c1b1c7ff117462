"""What is taken home of two columns: a script that makes the same law, and files that hold what is shown."""

import contextlib
import io
import json

import numpy as np

from playground.rungs.fit2 import files
from tests.playground.rungs.fit2.laws import EACH, FAITHFUL, KEY, screen, seen, step


def ran(script):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(script, found := {})
    return out.getvalue(), found


@EACH
def test_the_script_makes_the_same_law_and_the_same_samples(way):
    printed, found = ran(files.script("dataset = builtin.load('faithful')", way, KEY, 30))
    shown = seen(way)
    np.testing.assert_allclose(found["law"].log_prob(FAITHFUL.points), shown.law.log_prob(FAITHFUL.points))
    np.testing.assert_array_equal(found["samples"], shown.law.sample(30, KEY))
    assert f"{shown.log_likelihood.value:.10g}"[:9] in printed


@EACH
def test_files_hold_what_is_shown(way):
    shown = seen(way)
    parameters = json.loads(files.as_json(shown, FAITHFUL, way))
    assert parameters["columns"] == list(FAITHFUL.columns)
    assert len(parameters) > 6
    grid = np.load(io.BytesIO(files.grid_npy(shown, FAITHFUL)))
    np.testing.assert_array_equal(grid, shown.density)
    table = np.genfromtxt(io.BytesIO(files.grid_csv(shown, FAITHFUL)), delimiter=",", skip_header=1)
    at = table[1000:1005]
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(at[:, 2], shown.law.log_prob(at[:, :2]), rtol=1e-5)
    draws = np.genfromtxt(io.BytesIO(files.samples(shown, FAITHFUL, 12, KEY)), delimiter=",", skip_header=1)
    np.testing.assert_allclose(draws, shown.law.sample(12, KEY))


@EACH
def test_a_person_is_offered_what_the_screen_shows(way):
    home = files.home(screen(way, samples=12), step(way))
    made = {file.name: file.make() for file in home.files}
    assert list(made) == ["samples.csv", "density.csv", "density.npy", "parameters.json"]
    draws = np.genfromtxt(io.BytesIO(made["samples.csv"]), delimiter=",", skip_header=1)
    np.testing.assert_allclose(draws, seen(way).law.sample(12, KEY / "samples"))
    assert f"law.sample(12, {KEY / 'samples'})" in home.script
    assert "same samples" in home.notes[0]
