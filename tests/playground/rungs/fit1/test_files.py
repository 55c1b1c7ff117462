"""Code and files of the 1-D page: the script prints the table, and the files hold the law."""

import io
import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.data import builtin
from core.laws import ranking
from core.laws.families import discrete
from playground.rungs.fit1 import files
from playground.rungs.fit1.column import Ranked
from tests import apps
from tests.playground.rungs.fit1.sets import KEY, RANK, data


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    monkeypatch.setattr(ranking, "rank", RANK)
    with apps.rested(monkeypatch):
        yield


def opened(**query):
    return apps.opened("pages/fit1.py", **{"panel": "Code and files", **query})


def rows_of(at):
    return at.session_state["held"]["run.fit1.families"].job.trace[-1].state


def alone(code, folder):
    """What the script prints in a Python of its own."""
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(apps.ROOT)}, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout


def assert_printed(said, rows):
    """Titles, scores and likelihoods, and every parameter with its error, but for the last digit of a sum."""
    lines = iter(said.splitlines())
    for row in rows:
        title, *scores = next(lines).rsplit(", ", 3)
        assert title == row.title
        held = row.held_out.value, row.held_out.error, row.log_likelihood
        np.testing.assert_allclose([float(v) for v in scores], held, rtol=1e-9, err_msg=title)
        described = row.fitted.describe() if row.fitted else ()
        for i, (word, value, _) in enumerate(described):
            shown, error = next(lines).removeprefix(f"    {word} ").split(" +- ")
            assert float(shown) == pytest.approx(value, rel=1e-9)
            assert float("nan" if error == "none" else error) == pytest.approx(
                row.errors.values[i] if row.errors else np.nan, rel=1e-6, nan_ok=True
            )
        assert next(lines).strip() == row.note
    assert next(lines, None) is None


def script(at):
    return next(block.value for block in at.code if "import" in block.value)


@pytest.mark.parametrize("link", [{"data": "Galaxies"}, {"data": "Two peaks", "n": 120, "draw": 2, "seed": 3}])
def test_the_script_prints_the_table_on_the_screen(link, tmp_path):
    at = opened(model="The best", **link)
    assert_printed(alone(script(at), tmp_path), rows_of(at))


def upload(at, name, raw):
    at.file_uploader(key="file").upload(name, raw).run()
    assert not at.exception, [e.message for e in at.exception]
    return at


def test_the_script_of_an_uploaded_column_of_counts(tmp_path):
    counts = np.random.Generator(np.random.PCG64(0)).poisson(3, 150)
    raw = "\n".join(["calls (per hour)", *map(str, counts)]).encode()
    (tmp_path / "calls.csv").write_bytes(raw)
    at = upload(opened(data="Your own file", model="The best"), "calls.csv", raw)
    rows = rows_of(at)
    assert {row.name for row in rows} == {law.name for law in discrete.FAMILIES}
    assert (
        rows[0].name == "poisson"
        or rows[0].held_out.value - next(r for r in rows if r.name == "poisson").held_out.value < rows[0].held_out.error
    )
    assert_printed(alone(script(at), tmp_path), rows)


def test_the_script_of_two_values_is_their_bernoulli(tmp_path):
    kind = discrete.recognise(data("binary", 400).points)
    column = Ranked(np.zeros(1), kind, (discrete.BERNOULLI,), "x")
    code = files.ranking_script(
        "from tests.playground.rungs.fit1.sets import data\ndataset = data('binary', 400)", column, KEY
    )
    x = (data("binary", 400).points[:, 0] == 2).astype(float)
    *_, last = ranking.rank(x, KEY, (discrete.BERNOULLI,))
    assert_printed(alone(code, tmp_path), last.state)


def test_the_script_of_the_bell_prints_its_likelihood(tmp_path):
    at = opened(data="Galaxies", means="21,4")
    x = builtin.load("galaxies").points[:, 0]
    said = alone(script(at), tmp_path)
    assert float(re.search(r"hand (\S+) nats", said).group(1)) == pytest.approx(stats.norm.logpdf(x, 21, 4).mean())


def fitted(name="waits", n=300, law="gamma"):
    dataset = data(name, n)
    *_, last = ranking.rank(dataset.points, KEY)
    return dataset, next(row for row in last.state if row.name == law)


def read(raw):
    return pd.read_csv(io.BytesIO(raw))


@pytest.mark.parametrize("law", ["gamma", "mixture", "kernel"])
def test_draws_are_the_laws_and_follow_their_key(law):
    dataset, row = fitted(law=law)
    table = read(files.samples(row.fitted, dataset.columns[0], 4000, KEY / "samples"))
    assert list(table.columns) == [dataset.columns[0]]
    assert stats.kstest(table.iloc[:, 0], row.fitted.cdf).pvalue > 1e-3
    again = files.samples(row.fitted, dataset.columns[0], 4000, KEY / "samples")
    assert read(again).equals(table)
    assert not read(files.samples(row.fitted, "x", 4000, KEY / "other")).iloc[:, 0].equals(table.iloc[:, 0])


def test_the_grid_is_the_density_and_the_points_have_theirs():
    dataset, row = fitted()
    table = read(files.grid(row.fitted, dataset, dataset.points[:, 0], False))
    x = table.iloc[:, 0].to_numpy()
    assert (x[0], x[-1]) == pytest.approx(tuple(dataset.bounds[0]))
    np.testing.assert_allclose(table["density"], np.exp(row.fitted.log_prob(x)), rtol=1e-12)
    assert np.trapezoid(table["density"], x) == pytest.approx(1, abs=0.01)
    every = read(files.pointwise(row.fitted, dataset.columns[0], dataset.points[:, 0]))
    assert every["log density"].mean() == pytest.approx(row.log_likelihood, abs=1e-12)


def test_probabilities_of_counts():
    dataset = data("counts", 300)
    law = discrete.POISSON.fit(dataset.points)
    table = read(files.grid(law, dataset, dataset.points[:, 0], True))
    np.testing.assert_allclose(table["probability"], stats.poisson.pmf(table.iloc[:, 0], law.parameters[0]))


@pytest.mark.parametrize("law", ["gamma", "mixture", "kernel", "uniform"])
def test_parameters_come_back_from_json(law):
    dataset, row = fitted(law=law)
    content = json.loads(files.as_json(row, dataset, KEY))
    assert [(p["name"], p["value"], p["unit"]) for p in content["parameters"]] == [
        (w, v, u) for w, v, u in row.fitted.describe("min")
    ]
    errors = [p["standard error"] for p in content["parameters"]]
    assert errors == (list(row.errors.values) if row.errors else [None] * len(errors))
    assert content["errors by"] == (row.errors.how if row.errors else None)
    assert (content["digest"], content["points"], content["key"]) == (dataset.digest, 300, str(KEY))
    assert content["AIC (-2 log-likelihood)"] == (None if law == "kernel" else row.aic)


def test_no_name_is_a_formula():
    _, row = fitted()
    assert read(files.samples(row.fitted, "=1+1", 5, KEY)).columns[0] == "'=1+1"
    assert read(files.pointwise(row.fitted, "@x", np.ones(3))).columns[0] == "'@x"


def test_the_key_of_the_draws_is_shown():
    at = opened(seed=7, samples=50)
    assert at.number_input(key="samples").value == 50
    assert "Key\\(7\\) / 'fit1' / 'samples'" in apps.words(at)
