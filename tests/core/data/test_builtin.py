"""The built-in sets: names, axes, digests; published summaries of the real ones."""

import hashlib

import numpy as np
import pytest

from core.data.builtin import NAMES, REAL, TOYS, columns, dim, load
from core.dataset import Dataset
from core.key import Key


@pytest.mark.parametrize("name", NAMES)
def test_every_set_loads_and_says_what_it_is(name):
    data = load(name, 200)
    assert (data.name, data.title, data.dim) == (name, NAMES[name], dim(name))
    assert data.source.endswith(".")
    assert (data.labels is None) == (data.classes == ())
    if data.labels is not None:
        assert set(np.unique(data.labels)) == set(range(len(data.classes)))
    assert data.standardise == (name in ("faithful", "galaxies", "iris", "wine"))
    assert (data.truth is None) == (data.entropy is None) == data.standardise


def test_names_run_from_the_line_to_the_plane_to_the_real():
    toys = [dim(name) for name in TOYS]
    assert toys == sorted(toys)
    assert list(NAMES) == [*TOYS, *REAL]


@pytest.mark.parametrize("name", TOYS)
def test_axes_hold_the_mass_and_do_not_move(name):
    """At least 99.9 % of 50,000 draws lie inside the bounds (heavy tails: 99.84 %, less five standard errors)."""
    data, other = load(name, 50_000), load(name, 10, Key(1))
    assert np.array_equal(data.bounds, other.bounds)
    inside = ((data.points >= data.bounds[:, 0]) & (data.points <= data.bounds[:, 1])).all(axis=1).mean()
    assert inside > (0.9975 if name == "heavy_tailed" else 0.999)


@pytest.mark.parametrize("name", TOYS)
def test_a_toy_is_its_truth_drawn_from_the_data_stream(name):
    data = load(name, 50, Key(5))
    assert np.array_equal(data.points, data.truth.sample(50, Key(5) / "data"))
    assert data.digest == load(name, 50, Key(5)).digest != load(name, 50, Key(6)).digest


@pytest.mark.parametrize("n", [9, 100_001])
def test_sizes_outside_the_range_are_refused(n):
    with pytest.raises(ValueError, match="between 10 and 100,000"):
        load("normal", n)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="no built-in set"):
        load("nothing")


def test_faithful_has_the_published_summary():
    x = load("faithful").points
    assert x.shape == (272, 2)
    np.testing.assert_allclose(x.mean(axis=0), [3.487783, 70.897059], atol=5e-7)
    np.testing.assert_allclose(x.var(axis=0, ddof=1), [1.302728, 184.823312], atol=5e-7)
    assert abs(np.corrcoef(x.T)[0, 1] - 0.9008112) < 5e-8
    assert x.min(axis=0).tolist() == [1.6, 43]
    assert x.max(axis=0).tolist() == [5.1, 96]


def test_galaxies_have_the_corrected_value():
    x = load("galaxies").points
    assert x.shape == (82, 1)
    assert (x.min(), x.max(), x[77, 0]) == (9.172, 34.279, 26.960)
    # R's mean(galaxies) is 20828.17 with the misprinted 26690, 270 too low in one of 82 values.
    assert abs(1000 * x.mean() - (20828.17 + 270 / 82)) < 0.005


def test_iris_and_wine():
    iris, wine = load("iris"), load("wine")
    assert np.bincount(iris.labels).tolist() == [50, 50, 50]
    np.testing.assert_allclose(iris.points.mean(axis=0), [5.843333, 3.057333, 3.758, 1.199333], atol=1e-6)
    assert np.bincount(wine.labels).tolist() == [59, 71, 48]
    assert wine.columns[0] == "alcohol"


def test_demonstration_is_the_classic_stream():
    data = load("demonstration", 10, Key(99))
    assert data.points.shape == (600, 1)
    assert data.labels.tolist() == [0] * 300 + [1] * 300
    # The legacy normal is Marsaglia's polar method on pairs of uniforms: the first accepted pair gives the first two.
    uniform = 2 * np.random.RandomState(42).random_sample(40).reshape(-1, 2) - 1
    u, v = uniform[(uniform**2).sum(axis=1) < 1][0]
    factor = np.sqrt(-2 * np.log(u * u + v * v) / (u * u + v * v))
    np.testing.assert_allclose(data.points[:2, 0], [-2 + v * factor, -2 + u * factor], rtol=1e-14)


def test_columns_project_a_set():
    iris = load("iris")
    part = columns(iris, ("petal width (cm)", "sepal length (cm)"))
    assert np.array_equal(part.points, iris.points[:, [3, 0]])
    assert np.array_equal(part.bounds, iris.bounds[[3, 0]])
    assert np.array_equal(part.labels, iris.labels)
    assert (part.source, part.classes, part.standardise) == (iris.source, iris.classes, True)
    assert part.digest != iris.digest
    whole = load("banana", 20)
    assert columns(whole, ("x2",)).truth is None
    assert columns(whole, ("x2",)).entropy is None
    with pytest.raises(ValueError, match="not height"):
        columns(iris, ("height",))
    with pytest.raises(ValueError, match="at least one"):
        columns(iris, ())


def test_digest_is_of_shape_type_and_bytes():
    points, labels = np.arange(6.0).reshape(3, 2), np.array([0, 1, 0])
    plain = Dataset("a", points, np.ones((2, 2)), ("x", "y"))
    expected = hashlib.sha256(b"(3, 2) <f8 " + points.tobytes()).hexdigest()[:12]
    assert plain.digest == expected
    assert Dataset("b", points, np.zeros((2, 2)), ("u", "v")).digest == expected
    assert Dataset("a", points, np.ones((2, 2)), ("x", "y"), labels=labels).digest != expected
    assert Dataset("a", points.reshape(2, 3), np.ones((3, 2)), ("x", "y", "z")).digest != expected
