"""A fit in standard units, reported in the data's own, is a density in the data's own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core import units
from core.data import builtin
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


# Far values


def draws(n=400, name="draws"):
    return (Key(7) / name).generator().normal(3.0, 2.0, (n, 1))


def brute_scale(column):
    """The quantile of all distances between different values, by two loops, over that of a standard normal."""
    values = sorted(set(column.tolist()))
    share = min(max(8 / len(values), 1 / 16), 1 / 4)
    distances = [b - a for i, a in enumerate(values) for b in values[i + 1 :]]
    return np.quantile(distances, share) / stats.norm(scale=np.sqrt(2)).ppf((1 + share) / 2)


@pytest.mark.parametrize("n", [2, 5, 31, 90, 300])
def test_the_robust_scale_is_its_definition(n):
    x = np.column_stack([draws(n), draws(n, "rounded").round(1)])
    assert units.robust_scale(x) == pytest.approx([brute_scale(c) for c in x.T], rel=1e-12)


@pytest.mark.parametrize("n", [500, 20_000])
def test_the_robust_scale_of_a_normal_is_its_deviation(n):
    assert units.robust_scale(draws(n)) == pytest.approx([2.0], rel=0.08)


@given(power=st.floats(-6, 6), sign=st.sampled_from([-1, 1]), shift=st.floats(-100, 100), far=st.booleans())
def test_scales_follow_the_unit(power, sign, shift, far):
    x = np.append(draws(60), [[-9999.0]], axis=0) if far else draws(60)
    factor = sign * 10.0**power
    moved = factor * (x + shift)
    assert units.robust_scale(moved) == pytest.approx(abs(factor) * units.robust_scale(x), rel=1e-8)
    assert units.spread(moved) == pytest.approx(abs(factor) * units.spread(x), rel=1e-8)
    assert np.array_equal(units.ordinary(moved), units.ordinary(x))


@pytest.mark.parametrize("groups", [2, 3, 5, 8, 12])
def test_gaps_between_groups_hardly_move_the_robust_scale(groups):
    x = draws(1200) + 1e7 * (np.arange(1200) % groups)[:, None]
    assert 1.5 < units.robust_scale(x)[0] < 3 * groups
    assert not units.ordinary(x).any()
    assert units.ordinary_rows(x).all()


@pytest.mark.parametrize("share", [0.01, 0.1, 0.24])
@pytest.mark.parametrize("far", [-99.0, -9999.0, 2e6])
def test_a_value_that_stands_for_missing_does_not_move_the_units(far, share):
    values = draws(400)
    x = np.insert(values, 17, np.full((int(share * 400 / (1 - share)), 1), far), axis=0)
    assert np.array_equal(units.ordinary(x), x != far)
    assert units.spread(x) == pytest.approx(values.std(axis=0), rel=1e-12)
    own, alone = (units.units_of(Dataset("a", v, around(v), ("a",), standardise=True)) for v in (x, values))
    assert (own.shift, own.scale) == (pytest.approx(alone.shift), pytest.approx(alone.scale))


def test_where_a_good_part_is_missing_the_robust_scale_is_that_of_the_rest():
    values = draws(400)
    x = np.append(values, np.full((300, 1), -9999.0), axis=0)
    assert not units.ordinary(x).any()
    assert units.spread(x) == pytest.approx(units.robust_scale(values), rel=0.05)


def test_a_long_tail_loses_no_more_than_its_end():
    x = np.exp(2 * (Key(8) / "tail").generator().normal(size=(2000, 1)))
    assert x.std() > 10 * units.robust_scale(x)[0]
    assert units.ordinary(x).mean() > 0.98


@pytest.mark.parametrize("name", builtin.NAMES)
def test_built_in_data_are_scaled_by_their_deviations_to_the_last_bit(name):
    x = builtin.load(name).points
    assert np.array_equal(units.spread(x), x.std(axis=0))
    assert np.array_equal(units.standing(x)[0], x.mean(axis=0))
    assert units.ordinary(x).all()


def test_a_column_of_which_most_is_one_value_still_has_a_scale():
    x = np.append(np.zeros((300, 1)), draws(100), axis=0)
    assert units.robust_scale(x) == pytest.approx([2.0], rel=0.2)
    assert units.robust_scale(np.full((9, 1), 0.1)).tolist() == [0.0]
    assert units.spread(np.full((9, 1), 0.1)).tolist() == [0.0]


def test_the_standing_of_the_same_values_is_worked_out_once(monkeypatch):
    worked, ordinary = [], units.ordinary
    monkeypatch.setattr(units, "ordinary", lambda x: worked.append(len(x)) or ordinary(x))
    x = Key(5).generator().normal(size=(211, 2))
    first = units.standing(x)
    centre, scale = units.standing(x.copy())
    assert worked == [211]
    assert (centre == first[0]).all()
    assert (scale == first[1]).all()
    scale[:] = 0.0  # whoever changes an answer changes nobody else's
    assert (units.standing(x)[1] > 0).all()
    other = x.copy()
    other[0, 0] += 1.0
    assert (units.standing(other)[0] != first[0]).any()
    assert worked == [211, 211]


def test_few_standings_are_kept(monkeypatch):
    monkeypatch.setattr(units, "_standings", {})
    for seed in range(units.KNOWN + 5):
        units.standing(Key(seed).generator().normal(size=(9, 1)))
    assert len(units._standings) == units.KNOWN
