"""The numbers beside the picture are the numbers of the model, found again by another road."""

import re
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.optimize import linear_sum_assignment
from scipy.stats import multivariate_normal

from core.data import builtin
from core.evaluation.metrics import Estimate
from core.key import Key
from core.mixture.gmm import GMM, Config
from core.mixture.select import Judged
from playground.rungs.em import fitting, numbers
from playground.shown.criteria import AIC, BIC

PROFILE = settings(max_examples=60, deadline=None, derandomize=True, database=None)
NUMBER = r"-?\d+(?:\.\d+)?(?:\\cdot 10\^\{-?\d+\})?"


def value(text):
    """The number that a piece of TeX shows."""
    mantissa, _, power = text.partition(r"\cdot 10^{")
    return float(mantissa) * 10.0 ** int(power.rstrip("}") or 0)


def values(text):
    return [value(found) for found in re.findall(NUMBER, text)]


def groups(text, command):
    """The brace groups that follow each `command` in a piece of TeX."""
    found = []
    for match in re.finditer(re.escape(command), text):
        at, parts = match.end(), []
        while text[at : at + 1] == "{":
            depth, end = 0, at
            while depth or end == at:
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            parts.append(text[at + 1 : end - 1])
            at = end
        found.append(parts)
    return found


def fitted(name, k=3):
    dataset = builtin.load(name, 300)
    config = Config(components=k, iterations=6)
    return dataset, list(fitting.steps(dataset, config, Key(0), fitting.begin(dataset, config, Key(0), None)))


@pytest.mark.parametrize("name", ["faithful", "bimodal", "eight_gaussians"])
@pytest.mark.parametrize("component", [0, 2])
def test_the_e_equation_computes_what_it_says(name, component):
    dataset, steps = fitted(name)
    step = steps[3]
    text = numbers.equation(step, dataset, component)
    assert step.phase == "E"
    (above, below), shown = groups(text, r"\frac")[1], value(groups(text, r"\mathbf")[0][0])
    (weight, density), total = map(value, above.split(r" \times ")), value(below)
    n = int(re.search(r"point n = (\d+)", text)[1]) - 1
    model, x = step.state, dataset.points[n]
    each = [
        w * multivariate_normal(m, c).pdf(x)
        for w, m, c in zip(model.weights, model.means, model.covariances, strict=True)
    ]
    assert weight == pytest.approx(model.weights[component], rel=1e-3)
    assert density == pytest.approx(each[component] / model.weights[component], rel=1e-3)
    assert total == pytest.approx(sum(each), rel=1e-3)
    assert shown == pytest.approx(each[component] / sum(each), abs=6e-4)
    np.testing.assert_allclose(values(text.split("at $")[1]), x, rtol=1e-3)
    assert rf"r_{{n,{component + 1}}}" in text


def test_the_point_of_the_e_equation_is_the_least_certain():
    dataset, steps = fitted("faithful")
    n = int(re.search(r"point n = (\d+)", numbers.equation(steps[3], dataset, 0))[1]) - 1
    r = steps[3].state.responsibilities(dataset.points)
    entropy = -(r * np.log(np.maximum(r, 1e-300))).sum(axis=1)
    assert entropy[n] == pytest.approx(entropy.max())


@pytest.mark.parametrize("name", ["faithful", "bimodal", "eight_gaussians"])
@pytest.mark.parametrize("component", [0, 2])
def test_the_m_equation_computes_what_it_says(name, component):
    dataset, steps = fitted(name)
    step = steps[4]
    text = numbers.equation(step, dataset, component)
    assert step.phase == "M"
    r = steps[3].state.responsibilities(dataset.points)[:, component]
    _, (mass, count), _, (weighted, divisor) = groups(text, r"\frac")
    (new_weight,), (new_mean,) = groups(text, r"\mathbf")
    assert value(mass) == value(divisor) == pytest.approx(r.sum(), rel=1e-3)
    assert int(count.replace(r"\,", "")) == len(dataset)
    np.testing.assert_allclose(values(weighted), r @ dataset.points, rtol=1e-3, atol=1e-6)
    assert float(new_weight) == pytest.approx(r.mean(), abs=6e-4)
    np.testing.assert_allclose(values(new_mean), r @ dataset.points / r.sum(), rtol=1e-3, atol=1e-6)


def test_a_start_shows_the_model():
    dataset, steps = fitted("faithful")
    assert r"\sum_{k=1}^{K}" in numbers.equation(steps[0], dataset, 0)


@given(some.integers(0, 10**6), some.integers(1, 6), some.sampled_from((1, 2)))
@PROFILE
def test_true_components_are_paired_by_least_squares(seed, k, d):
    rng = np.random.default_rng(seed)
    eye = np.broadcast_to(np.eye(d), (k, d, d))
    model, truth = (GMM(np.full(k, 1 / k), rng.normal(size=(k, d)), eye) for _ in range(2))
    cost = ((model.means[:, None] - truth.means) ** 2).sum(-1)
    best = min(sum(cost[i, p] for i, p in enumerate(order)) for order in permutations(range(k)))
    paired = numbers.matched(model, truth)
    assert sorted(paired) == list(range(k))
    assert cost[np.arange(k), paired].sum() == pytest.approx(best)


@pytest.mark.parametrize("k", [7, 8, 12])
def test_components_are_paired_as_scipy_pairs_them(k):
    rng = np.random.default_rng(k)
    eye = np.broadcast_to(np.eye(2), (k, 2, 2))
    model, truth = (GMM(np.full(k, 1 / k), rng.normal(size=(k, 2)), eye) for _ in range(2))
    cost = ((model.means[:, None] - truth.means) ** 2).sum(-1)
    np.testing.assert_array_equal(numbers.matched(model, truth), linear_sum_assignment(cost)[1])


def read(table):
    """Column -> (values, true values) of a table of parameters, none of the latter where there are none."""
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    found = {name: [] for name in head}
    for row in rows:
        for name, cell in zip(head, row, strict=True):
            plain = cell.replace("\N{MINUS SIGN}", "-").replace(",", "")
            found[name].append([float(text) for text in re.findall(r"-?\d[\d.]*(?:e[-+]\d+)?", plain)])
    return {name: np.array(values).T for name, values in found.items()}


def test_the_table_holds_the_parameters_and_the_true_ones_beside_them():
    dataset, steps = fitted("eight_gaussians", 8)
    model, truth = steps[-1].state, dataset.truth
    table = read(numbers.parameters(model, dataset))
    paired = numbers.matched(model, truth)
    np.testing.assert_array_equal(table[""][0], np.arange(1, 9))
    for got, want in zip(table["weight"], (model.weights, truth.weights[paired]), strict=True):
        np.testing.assert_allclose(got, want, atol=0.51e-4)
    for i, column in enumerate(dataset.columns):
        for got, want in zip(table[f"mean {column}"], (model.means, truth.means[paired]), strict=True):
            np.testing.assert_allclose(got, want[:, i], atol=0.51e-3)
        np.testing.assert_allclose(table[f"sd {column}"][0], np.sqrt(model.covariances[:, i, i]), atol=0.51e-3)
    r = [c[0, 1] / np.sqrt(c[0, 0] * c[1, 1]) for c in model.covariances]
    np.testing.assert_allclose(table["correlation"][0], r, atol=0.51e-3)


@pytest.mark.parametrize(("name", "k"), [("faithful", 2), ("bimodal", 3), ("pinwheel", 5)])
def test_without_comparable_truth_the_table_stands_alone(name, k):
    dataset, steps = fitted(name, k)
    table = numbers.parameters(steps[-1].state, dataset)
    assert "green" not in table
    assert all(len(column) == 1 for column in read(table).values())


def test_a_strangers_column_cannot_write_in_the_table():
    dataset, steps = fitted("faithful", 2)
    odd = replace(dataset, columns=("a | b", "**c** :red[d]"), digest="")
    head = numbers.parameters(steps[-1].state, odd).splitlines()[0]
    assert len(re.findall(r"(?<!\\)\|", head)) == 8
    assert r"\*\*c\*\* \:red\[d\]" in head


def rows(*levels):
    return tuple(
        Judged(k, 3 * k - 1, level, 100.0 - level, 90.0 - level, Estimate(level - 0.1, 0.01), None)
        for k, level in enumerate(levels, start=1)
    )


def test_the_table_of_k():
    table = numbers.judged(rows(-1.0, -0.5))
    assert list(table["K"]) == [1, 2]
    assert list(table[BIC]) == [101.0, 100.5]
    assert table["held out"][1] == "\N{MINUS SIGN}0.60 ± 0.01"


def test_no_nan_is_shown_where_every_start_collapsed():
    nan = float("nan")
    table = numbers.judged((Judged(9, 26, nan, nan, nan, Estimate(nan, nan), None),))
    assert not [cell for cell in table.iloc[0] if isinstance(cell, str) and "nan" in cell]
    assert "collapsed" in table["held out"][0]
    assert table[["log L", BIC, AIC]].isna().all(axis=None)  # empty cells


@pytest.mark.parametrize("k", [2, 8])
def test_the_numbers_open_on_a_component_that_contends_for_the_least_sure_point(k):
    dataset, steps = fitted("eight_gaussians", k)
    for step in (steps[1], steps[-1]):
        n = numbers.doubtful(step, dataset)
        r = step.state.responsibilities(dataset.points[n : n + 1])[0]
        opened = numbers.contender(step, dataset)
        assert r[opened] == r.max()
        assert 0.01 < r[opened] < 0.99
    assert numbers.contender(steps[0], dataset) == 0
