"""What is taken home: files that say what was on the screen, and a script that makes it again."""

import ast
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.data import builtin
from core.dataset import Dataset, around
from core.key import Key
from core.mixture.gmm import GMM, Config
from playground.instruments.stage import unpack
from playground.rungs.em import files, fitting
from playground.runs import hand, jobs, runs
from playground.shelf import sketch
from playground.shown.files import safe
from tests.apps import messages

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def fitted():
    dataset = builtin.load("faithful")
    config = Config(components=3, iterations=5)
    return dataset, list(fitting.steps(dataset, config, Key(0), fitting.begin(dataset, config, Key(0), None)))[-1].state


def test_responsibilities_sum_to_one_beside_the_points(fitted):
    dataset, model = fitted
    table = pd.read_csv(io.BytesIO(files.responsibilities(model, dataset)))
    assert list(table.columns) == [*dataset.columns, "component 1", "component 2", "component 3"]
    np.testing.assert_array_equal(table[list(dataset.columns)], dataset.points)
    r = table.iloc[:, 2:].to_numpy()
    assert np.abs(r.sum(axis=1) - 1).max() < 1e-12
    np.testing.assert_array_equal(r, model.responsibilities(dataset.points))


def test_samples_are_draws_of_the_model_with_their_components(fitted):
    dataset, model = fitted
    table = pd.read_csv(io.BytesIO(files.samples(model, dataset, 7)))
    assert len(table) == files.SAMPLES
    assert set(table["component"]) == {1, 2, 3}
    for k, rows in table.groupby("component"):
        mean, sd = model.means[k - 1], np.sqrt(np.diag(model.covariances[k - 1]))
        assert (np.abs(rows[list(dataset.columns)].mean() - mean) < 5 * sd / np.sqrt(len(rows))).all()
    assert files.samples(model, dataset, 7) == files.samples(model, dataset, 7)
    assert files.samples(model, dataset, 7) != files.samples(model, dataset, 8)


def test_parameters_come_back_from_json_exactly(fitted):
    dataset, model = fitted
    content = json.loads(files.as_json(model, dataset))
    back = GMM(*(np.array(content[name]) for name in ("weights", "means", "covariances")))
    for name in ("weights", "means", "covariances"):
        np.testing.assert_array_equal(getattr(back, name), getattr(model, name))
    assert (content["columns"], content["digest"]) == (list(dataset.columns), dataset.digest)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", '=HYPERLINK("http://a")'])
def test_no_name_is_a_formula(name):
    assert safe(name) == "'" + name
    x = np.random.default_rng(0).normal(size=(20, 1))
    dataset = Dataset("a", x, around(x), (name,))
    model = GMM(np.ones(1), np.zeros((1, 1)), np.ones((1, 1, 1)))
    for raw in (files.responsibilities(model, dataset), files.samples(model, dataset, 0)):
        assert pd.read_csv(io.BytesIO(raw)).columns[0][0] == "'"


# The script that the page shows, run by a Python that knows the repository and nothing else


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 10.0)
    yield
    jobs.release("")


def opened(**query):
    at = AppTest.from_file(str(ROOT / "pages/em.py"), default_timeout=120)
    for name, value in {"panel": "Code and files", **query}.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


DRIVER = """
import contextlib, io, json, os, sys, traceback
for line in sys.stdin:
    code, folder = json.loads(line)
    os.chdir(folder)
    said, error = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(code, {"__name__": "__main__"})
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps([said.getvalue(), error]), flush=True)
"""


@pytest.fixture(scope="module")
def python():
    """Another Python that runs one script after the other, each in a namespace of its own."""
    command = [sys.executable, "-W", "error", "-c", DRIVER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": {"PYTHONPATH": str(ROOT)}}
    with subprocess.Popen(command, **pipes) as process:

        def run(code, folder):
            process.stdin.write(json.dumps([code, str(folder)]) + "\n")
            process.stdin.flush()
            said, error = json.loads(process.stdout.readline())
            assert not error, error
            return said

        yield run
        process.stdin.close()


def script(at):
    """The script on the page."""
    return next(block.value for block in at.code if "gmm.fit" in block.value)


def alone(code, folder):
    """The script in a Python of its own."""
    command = [sys.executable, "-W", "error", "-c", code]
    env = {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True).stdout


def reproduced(at, folder, run):
    """The run's newest Step, and what the page's script prints about it."""
    step = at.session_state["held"]["run.em"].job.trace[-1]
    lines = (line.removeprefix("mean ").removesuffix(" nats") for line in run(script(at), folder).splitlines())
    return step, {name: np.array(ast.literal_eval(text)) for name, text in (line.split(" ", 1) for line in lines)}


def assert_same(step, printed):
    for name in ("weights", "means", "covariances"):
        exact = getattr(step.state, name)
        np.testing.assert_allclose(printed[name], exact, rtol=0, atol=1e-12 * np.abs(exact).max(), err_msg=name)
    assert printed["log-likelihood"] == pytest.approx(step.metrics["log_likelihood"], abs=1e-12)


def drawing():
    rng = np.random.default_rng(2)
    xy = np.concatenate([rng.normal(0.3, 0.05, (40, 2)), rng.normal(0.7, 0.08, (40, 2))]).clip(0, 1)
    return sketch.encode(xy, np.repeat([0, 1], 40))


LINKS = {
    "toy": {"data": "Pinwheel", "n": "200", "draw": "3", "components": "4", "seed": "2"},
    "toy-1d": {"data": "Skewed", "covariance": "spherical", "start": "quantiles", "components": "2"},
    "demonstration": {"data": "The classic demonstration", "components": "2", "tolerance": "0.001"},
    "faithful": {"data": "Old Faithful", "components": "3", "covariance": "tied", "floor": "0.01"},
    "iris": {"data": "Irises", "components": "3", "across": "sepal length (cm)", "up": "petal width (cm)"},
    "wine-1d": {"data": "Wines", "components": "2", "across": "alcohol", "up": "(none: 1-D)"},
    "drawing": {"data": "Draw your own", "points": drawing(), "components": "2"},
    "drawing-1d": {"data": "Draw your own", "points": drawing(), "components": "2", "flat": "true"},
    "hand": {"data": "Old Faithful", "components": "2", "means": "2.1,90;4.25,51.5"},
}


@pytest.mark.parametrize("name", LINKS)
def test_the_script_prints_the_parameters_on_the_screen(name, tmp_path, python):
    at = opened(**LINKS[name])
    step, printed = reproduced(at, tmp_path, alone if name == "toy" else python)
    assert_same(step, printed)
    wanted = int(LINKS[name]["components"]), 1 if "1d" in name or name in ("demonstration",) else 2
    assert step.state.means.shape == wanted, "the link was not followed"


@pytest.mark.parametrize("label", [None, "kind"])
def test_the_script_of_an_upload_reads_the_file_beside_it(label, tmp_path, python):
    rng = np.random.default_rng(0)
    rows = [f"{a:.4f};{b:.4f};{'up' if a > 0 else 'down'}" for a, b in rng.normal(size=(80, 2)) * [1, 40]]
    raw = "\n".join(["first (cm);=second;kind", *rows]).encode()
    (tmp_path / "my file.csv").write_bytes(raw)
    at = opened(data="Your own file", components="2")
    at.file_uploader(key="file").upload("my file.csv", raw).run()
    if label:
        at.selectbox(key="label").set_value(label).run()
    assert not at.exception
    step, printed = reproduced(at, tmp_path, python)
    assert_same(step, printed)
    assert step.state.dim == 2


def test_the_script_of_a_fork_begins_at_its_step(tmp_path, python):
    at = opened(data="Old Faithful", components="3")
    at.button(key="em.call_split").click().run()
    at.number_input(key="seed").set_value(5).run()
    assert not at.exception
    step, printed = reproduced(at, tmp_path, python)
    assert_same(step, printed)
    assert "np.array" in script(at)


def test_the_script_prints_the_step_on_show(tmp_path, python):
    at = opened(data="Old Faithful", components="3")
    run = at.session_state["held"]["run.em"]
    scene = unpack(messages(at)[0])["scene"]["id"]
    at.session_state["stage.em"] = {"rest": {"frame": 3, "run": run.id, "scene": scene}}
    at.run()
    _, printed = reproduced(at, tmp_path, python)
    assert_same(run.job.trace[3], printed)


def test_the_script_of_a_start_dragged_back_to_its_place(tmp_path, python):
    dataset, config = builtin.load("faithful"), Config(components=3)
    own = fitting.begin(dataset, config, Key(0) / "em", None)
    text = hand.encode(own.means * (1 + 4e-6))
    assert text != hand.encode(own.means)
    at = opened(data="Old Faithful", components="3", tolerance="0.01", means=text)
    assert text in (at.query_params["means"], *at.query_params["means"])
    assert "np.array" in script(at)
    step, printed = reproduced(at, tmp_path, python)
    assert_same(step, printed)
