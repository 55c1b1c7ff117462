"""A fit in standard units, reported in the data's own, is a density in the data's own."""

import numpy as np
import pytest

from core import units
from core.dataset import Dataset, around
from core.key import Key
from core.mixture import gmm
from core.mixture.gmm import Config
from core.units import Units

UNITS = Units(np.array([3.0, 70.0]), np.array([0.4, 15.0]))


def table(standardise=True):
    """Two columns in very different units, like minutes and kilometres."""
    g = Key(0).generator()
    u = np.concatenate([g.normal(-1, 0.4, (60, 2)), g.normal(1, 0.6, (90, 2))])
    x = UNITS.shift + UNITS.scale * u
    return Dataset("table", x, around(x), ("minutes", "kilometres"), standardise=standardise)


def reported(dataset, config=None):
    own = units.units_of(dataset)
    config = config or Config(2, iterations=8)
    return list(own.report(gmm.fit(config, own.standard(dataset.points), Key(0))))


def grid(model, side=400, sigmas=9):
    reach = sigmas * np.sqrt(np.einsum("kii->ki", model.covariances).max(axis=0))
    axes = [
        np.linspace(low, high, side)
        for low, high in zip(model.means.min(axis=0) - reach, model.means.max(axis=0) + reach, strict=True)
    ]
    cell = np.prod([axis[1] - axis[0] for axis in axes])
    return np.stack([a.ravel() for a in np.meshgrid(*axes)], axis=1), cell


def test_every_reported_density_integrates_to_one_in_original_units():
    for step in reported(table()):
        points, cell = grid(step.state)
        assert np.exp(step.state.log_prob(points)).sum() * cell == pytest.approx(1, abs=1e-8), step.index


@pytest.mark.parametrize("standardise", [True, False])
def test_the_log_likelihood_reported_is_the_mean_log_density_of_the_state_reported(standardise):
    dataset = table(standardise)
    for step in reported(dataset):
        expected = step.state.log_prob(dataset.points).mean()
        assert step.metrics["log_likelihood"] == pytest.approx(expected, abs=1e-10), step.index


def test_the_bound_is_reported_in_the_same_units_as_the_log_likelihood():
    for step in reported(table()):
        if step.phase == "E":
            assert step.metrics["bound"] == pytest.approx(step.metrics["log_likelihood"], abs=1e-12)


def test_a_gain_does_not_depend_on_units():
    dataset = table()
    own = units.units_of(dataset)
    plain = gmm.fit(Config(2, iterations=8), own.standard(dataset.points), Key(0))
    assert [s.metrics["gain"] for s in plain] == [s.metrics["gain"] for s in reported(dataset)]


def test_fitting_in_standard_units_is_fitting_in_the_datas_own():
    dataset, config = table(), Config(2, floor=0.0, tolerance=0.0, iterations=8)
    own = units.units_of(dataset)
    start = gmm.initial(config, dataset.points, Key(0))
    direct = list(gmm.fit(config, dataset.points, Key(0), start=start))[-1].state
    carried = list(own.report(gmm.fit(config, own.standard(dataset.points), Key(0), start=own.into(start))))[-1].state
    assert carried.means == pytest.approx(direct.means, rel=1e-9)
    assert carried.covariances == pytest.approx(direct.covariances, rel=1e-9)


def test_samples_reported_have_the_mean_of_the_data():
    dataset = table()
    model = reported(dataset)[-1].state
    x = model.sample(20_000, Key(1))
    assert (np.abs(x.mean(axis=0) - dataset.points.mean(axis=0)) < 5 * x.std(axis=0) / np.sqrt(20_000)).all()


@pytest.mark.parametrize("first", ["into", "back"])
def test_into_and_back_are_inverses(first):
    model = gmm.initial(Config(2), table().points, Key(0))
    second = {"into": UNITS.back, "back": UNITS.into}[first]
    again = second(getattr(UNITS, first)(model))
    assert again.means == pytest.approx(model.means, rel=1e-13)
    assert again.covariances == pytest.approx(model.covariances, rel=1e-13)


def test_the_jacobian_is_that_of_the_change_of_variables():
    x, model = table().points, gmm.initial(Config(2), table().points, Key(0))
    difference = model.log_prob(x) - UNITS.into(model).log_prob(UNITS.standard(x))
    assert difference == pytest.approx(np.full(len(x), UNITS.log_jacobian), abs=1e-11)


def test_standard_columns_have_mean_zero_and_deviation_one():
    dataset = table()
    u = units.units_of(dataset).standard(dataset.points)
    assert u.mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert u.std(axis=0) == pytest.approx([1, 1], abs=1e-12)


def test_a_data_set_with_one_unit_is_left_alone():
    dataset = table(standardise=False)
    own = units.units_of(dataset)
    assert np.array_equal(own.standard(dataset.points), dataset.points)
    assert own.log_jacobian == 0


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3])
def test_a_constant_column_is_refused_by_the_fit_and_not_by_a_division(value):
    x = np.column_stack([np.arange(30.0), np.full(30, value)])
    dataset = Dataset("constant", x, around(x), ("a", "b"), standardise=True)
    with pytest.raises(ValueError, match="Column 2 is constant"):
        reported(dataset)
