"""A mixture on the stage: what is painted is what the Steps say, and the truth is the truth."""

from dataclasses import replace

import numpy as np
import pytest

from core.data import builtin
from core.data.clinic import ClinicError, admit
from core.data.read import parse
from core.dataset import Dataset, around
from core.key import Key
from core.mixture.gmm import GMM, Config, fit
from core.units import units_of
from playground.instruments.stage import Brush, pack, unpack
from playground.rungs.em import film, fitting
from playground.runs.runs import Run
from playground.shown import points as discs
from playground.shown import truth

KEY = Key(0) / "em"
FLAT = [name for name in builtin.NAMES if builtin.dim(name) == 1]
PLANE = [name for name in builtin.NAMES if builtin.dim(name) == 2]
TRUE_2D = [name for name in PLANE if name in builtin.TOYS]
TRUE_1D = [name for name in FLAT if builtin.load(name).truth is not None]


def fitted(dataset, k=3, **options):
    config = Config(components=k, iterations=8, **options)
    start = fitting.begin(dataset, config, KEY, None)
    return start, list(fitting.steps(dataset, config, KEY, start))


def message(dataset, start, steps, before=(), handles=True):
    scene = film.scene(dataset, start if handles else None, bool(before), None, "s")
    return unpack(pack(scene, film.frames(dataset, steps, 0, before), run="r"))


@pytest.mark.parametrize("name", [*FLAT, *PLANE])
def test_every_set_packs_and_its_frames_are_its_steps(name):
    dataset = builtin.load(name, 100, Key(1))
    start, steps = fitted(dataset)
    header = message(dataset, start, steps)
    assert len(header["frames"]) == len(steps)
    spread = "var" if dataset.dim == 1 else "cov"
    assert {layer["name"] for layer in header["scene"]["layers"] if layer["of"] == "components"} == (
        {"sum"} if dataset.dim == 1 else {"density", "samples"}
    )
    for step, frame in zip(steps, header["frames"], strict=True):
        covariances = step.state.covariances[:, 0, 0] if dataset.dim == 1 else step.state.covariances
        means = step.state.means[:, 0] if dataset.dim == 1 else step.state.means
        told = frame["arrays"]["components"]
        np.testing.assert_array_equal(told["mean"], means.astype("f4"))
        np.testing.assert_array_equal(told[spread], covariances.astype("f4"))
        np.testing.assert_array_equal(told["weight"], step.state.weights.astype("f4"))
        assert frame["metrics"] == {n: step.metrics[n] for n in ("log_likelihood", "bound") if n in step.metrics}


@pytest.mark.parametrize("name", ["bimodal", "faithful"])
def test_points_are_coloured_by_the_responsibilities_of_the_step(name):
    dataset = builtin.load(name)
    _, steps = fitted(dataset)
    made = film.frames(dataset, steps)
    assert "points" not in made[0].arrays
    points = truth.rug(dataset) if dataset.dim == 1 else dataset.points
    exact = core_fit(dataset)
    assert fitting.responsibilities(steps[0], dataset) is None
    for step, frame, theirs in zip(steps[1:], made[1:], exact[1:], strict=True):
        told = frame.arrays["points"]
        asked = GMM(told["weight"], told["mean"], told["cov"])
        np.testing.assert_allclose(asked.responsibilities(points), theirs, atol=1e-9)
        np.testing.assert_allclose(fitting.responsibilities(step, dataset), theirs, atol=1e-9)


def core_fit(dataset):
    """The responsibilities that the core's own fit reports at every Step, from the same start."""
    config, units = Config(components=3, iterations=8), units_of(dataset)
    start = units.into(fitting.begin(dataset, config, KEY, None))
    return [
        step.arrays.get("responsibilities") for step in fit(config, units.standard(dataset.points), KEY, start=start)
    ]


def test_captions_tell_the_half_steps_apart_and_count_iterations():
    dataset = builtin.load("faithful")
    _, steps = fitted(dataset)
    captions = [frame.caption for frame in film.frames(dataset, steps)]
    assert captions[0] == film.CAPTIONS["start"]
    for i, caption in enumerate(captions[1:], start=1):
        phase = "EM"[(i + 1) % 2]
        assert steps[i].phase == phase
        assert caption.endswith(film.CAPTIONS[phase])
        assert [word.strip(",") for word in caption.split() if word.strip(",").isdigit()] == [str((i + 1) // 2)]


def test_points_beyond_what_is_shown_are_a_fixed_choice():
    dataset = builtin.load("two_moons", 5000)
    rows = discs.shown_rows(dataset)
    assert len(rows) == len(set(rows)) == discs.SHOWN
    np.testing.assert_array_equal(rows, discs.shown_rows(dataset))
    layer = next(a for a in film.layers_2d(dataset, None, False, False) if a.name == "points")
    np.testing.assert_array_equal(dataset.points[layer.numbers - 1], layer.xy)
    start, steps = fitted(dataset, 2)
    header = message(dataset, start, steps[:3])
    layer = next(layer for layer in header["scene"]["layers"] if layer["name"] == "points")
    np.testing.assert_array_equal(layer["arrays"]["xy"], dataset.points[rows].astype("f4"))
    told = header["frames"][2]["arrays"]["points"]
    np.testing.assert_array_equal(told["mean"], steps[1].state.means.astype("f4"))
    before = steps[1].state.responsibilities(dataset.points[rows])
    np.testing.assert_allclose(fitting.responsibilities(steps[2], dataset), before, atol=1e-9)


@pytest.mark.parametrize("name", ["bimodal", "pinwheel"])
def test_a_kept_run_lies_under_the_present_one(name):
    dataset = builtin.load(name, 100)
    start, steps = fitted(dataset, 2)
    _, before = fitted(dataset, 4)
    before = before[:3]
    header = message(dataset, start, steps, before)
    assert header["scene"]["lines"][-1]["metric"] == "kept"
    for i, frame in enumerate(header["frames"]):
        old = before[min(i, 2)]
        assert frame["metrics"]["kept"] == old.metrics["log_likelihood"]
        np.testing.assert_array_equal(frame["arrays"]["kept"]["weight"], old.state.weights.astype("f4"))


def test_new_frames_go_on_beside_the_kept_run_where_the_sent_ones_ended():
    dataset = builtin.load("bimodal", 100)
    _, steps = fitted(dataset, 2)
    _, before = fitted(dataset, 4)
    whole, rest = film.frames(dataset, steps, 0, before[:5]), film.frames(dataset, steps[3:], 3, before[:5])
    assert len(rest) == len(whole) - 3
    for one, other in zip(whole[3:], rest, strict=True):
        assert one.metrics == other.metrics
        np.testing.assert_array_equal(one.arrays["kept"]["mean"], other.arrays["kept"]["mean"])


def draws_of_the_browser(u, z, mean, cov, weight):
    """The rule of `paintDraws`: the first component whose cumulative weight exceeds u, and its mean + L z."""
    xy, total = np.empty((len(u), 2)), weight.sum(dtype=float)
    for n in range(len(u)):
        i, cumulated = 0, float(weight[0])
        while i < len(weight) - 1 and cumulated <= u[n] * total:
            i += 1
            cumulated += float(weight[i])
        (c11, c21), (_, c22) = cov[i].astype(float)
        l11 = np.sqrt(max(c11, 0.0))
        l21 = c21 / l11 if l11 else 0.0
        l22 = np.sqrt(max(c22 - l21 * l21, 0.0))
        xy[n] = mean[i][0] + l11 * z[n][0], mean[i][1] + l21 * z[n][0] + l22 * z[n][1]
    return xy


@pytest.mark.parametrize(("name", "k"), [("faithful", 3), ("pinwheel", 5), ("two_moons", 1)])
def test_the_browser_s_draws_are_the_model_s(name, k):
    """What travels as u and z makes, at every frame, what `GMM.sample` makes from the same generator."""
    dataset = builtin.load(name, 300)
    start, steps = fitted(dataset, k)
    header = message(dataset, start, steps)
    layer = next(layer for layer in header["scene"]["layers"] if layer["kind"] == "Draws")
    u, z = layer["arrays"]["u"], layer["arrays"]["z"]
    assert (u.shape, z.shape) == ((film.SAMPLES,), (film.SAMPLES, 2))
    for step, frame in zip(steps, header["frames"], strict=True):
        exact = step.state.sample(film.SAMPLES, Key(0) / "samples on stage")
        made = draws_of_the_browser(u, z, **frame["arrays"]["components"])
        np.testing.assert_allclose(made, exact, atol=1e-4 * np.ptp(dataset.points, axis=0).max())


def test_numbers_for_the_draws_travel_once():
    dataset = builtin.load("faithful")
    start, steps = fitted(dataset)
    for frame in message(dataset, start, steps)["frames"]:
        assert all({"u", "z"}.isdisjoint(arrays) for arrays in frame["arrays"].values())


def test_a_brush_puts_the_handles_out_of_its_way():
    for name in ("bimodal", "pinwheel"):
        dataset = builtin.load(name, 100)
        start, _ = fitted(dataset)
        for brush in (None, Brush(classes=("A",))):
            layers = film.scene(dataset, start, False, brush, "s").layers
            assert next(layer for layer in layers if layer.name == "start").on == (brush is None)


def test_the_handles_are_the_starts_and_can_be_left_out():
    for name in ("bimodal", "pinwheel"):
        dataset = builtin.load(name, 100)
        start, steps = fitted(dataset)
        kinds = {layer["kind"]: layer for layer in message(dataset, start, steps)["scene"]["layers"]}
        assert kinds["Handles"]["arrays"]["xy"][:, : dataset.dim].tolist() == start.means.astype("f4").tolist()
        bare = message(dataset, start, steps, handles=False)["scene"]["layers"]
        assert "Handles" not in {layer["kind"] for layer in bare}


def test_the_axes_of_the_stage_hold_every_part_of_a_strip():
    for name in FLAT:
        dataset = builtin.load(name, 300)
        scene = film.scene(dataset, None, False, None, "s")
        (x0, x1), (y0, y1) = scene.bounds
        assert (x0, x1) == tuple(dataset.bounds[0])
        assert y1 >= truth.histogram(dataset)[1].max()
        rug = truth.rug(dataset)
        assert y0 <= rug[:, 1].min() < rug[:, 1].max() < 0
        np.testing.assert_array_equal(rug[:, 0], dataset.points[:, 0])


@pytest.mark.parametrize("name", ["faithful", "bimodal"])
def test_a_start_chosen_by_hand_changes_the_means_alone(name):
    dataset = builtin.load(name)
    config = Config(components=2)
    own = fitting.begin(dataset, config, KEY, None)
    moved = fitting.begin(dataset, config, KEY, own.means + 1)
    np.testing.assert_array_equal(moved.means, own.means + 1)
    np.testing.assert_array_equal(moved.covariances, own.covariances)
    first = next(iter(fitting.steps(dataset, config, KEY, moved)))
    np.testing.assert_allclose(first.state.means, moved.means)


def test_numbers_are_in_the_units_of_the_data():
    dataset = builtin.load("faithful")
    _, steps = fitted(dataset, 2)
    for step in steps:
        assert step.metrics["log_likelihood"] == pytest.approx(step.state.log_prob(dataset.points).mean(), abs=1e-9)
    judged = list(fitting.sweep(dataset, Config(iterations=20), Key(0)))[1].state
    for row in judged[:2]:
        again = row.model.log_prob((dataset.points - dataset.points.mean(axis=0)) / dataset.points.std(axis=0)).mean()
        assert row.log_likelihood == pytest.approx(again - np.log(dataset.points.std(axis=0)).sum(), abs=1e-9)
        assert row.bic == pytest.approx(row.parameters * np.log(272) - 2 * 272 * row.log_likelihood)
    np.testing.assert_allclose(fitting.floors(dataset, Config(floor=0.5)), 0.5 * dataset.points.var(axis=0))


def test_the_scene_is_another_one_when_start_data_version_or_kept_run_change():
    dataset, other = builtin.load("faithful"), builtin.load("two_moons")
    config = Config(components=2)
    start = fitting.begin(dataset, config, KEY, None)
    ids = {
        film.scene_id("em", data, version, at, kept)
        for data in (dataset, other)
        for at in (start, fitting.begin(dataset, config, KEY, start.means + 1))
        for version in (0, 1)
        for kept in (None, Run("em-1", (dataset.digest,), "", None), Run("em-2", (dataset.digest,), "", None))
    }
    assert len(ids) == 24
    again = replace(start, means=start.means.copy())
    assert film.scene_id("em", dataset, 0, start, None) == film.scene_id("em", dataset, 0, again, None) in ids


@pytest.mark.parametrize("offset", [0.0, 1e4, 1e9])
def test_the_stage_can_tell_points_apart(offset):
    """Points travel as float32, or as float64 where that is too coarse."""
    x = np.random.default_rng(0).normal(size=(200, 2)) + offset
    dataset = Dataset("a", x, around(x), ("a", "b"), standardise=True)
    start, steps = fitted(dataset)
    layers = message(dataset, start, steps[:1])["scene"]["layers"]
    xy = next(layer for layer in layers if layer["name"] == "points")["arrays"]["xy"]
    assert np.abs(xy - x).max() < 1e-3 * np.ptp(x)


def test_far_away_the_fit_is_the_same_and_as_sharp():
    """Clock readings of a second apart since 1970, or micrometres a kilometre away: only the place differs."""
    x = np.random.default_rng(0).normal(size=(300, 2)) * [1, 3] + np.repeat([[0, 0], [6, 4], [0, 9]], 100, axis=0)
    far = x + [1.7e8, -1e9]
    sets = [Dataset("a", points, around(points), ("a", "b"), standardise=True) for points in (x, far)]
    (_, near), (_, away) = (fitted(dataset) for dataset in sets)
    assert len(near) == len(away)
    assert near[-1].metrics["log_likelihood"] == pytest.approx(away[-1].metrics["log_likelihood"], abs=1e-6)
    np.testing.assert_allclose(away[-1].state.means - [1.7e8, -1e9], near[-1].state.means, atol=1e-5)
    seen = away[-1].state.log_prob(far).mean()
    assert seen == pytest.approx(near[-1].state.log_prob(x).mean(), abs=1e-5)


def test_labels_are_a_layer_of_their_own_where_the_data_has_any():
    labelled, bare = (
        builtin.columns(builtin.load("iris"), ("petal length (cm)", "petal width (cm)")),
        builtin.load("banana"),
    )
    for dataset in (labelled, builtin.columns(labelled, ("petal width (cm)",)), bare):
        start, steps = fitted(dataset)
        layers = {layer["name"]: layer for layer in message(dataset, start, steps[:1])["scene"]["layers"]}
        assert ("labels" in layers) == (dataset.labels is not None)
        if dataset.labels is not None:
            shown = layers["labels"]
            assert (shown["on"], shown["classes"]) == (False, ["setosa", "versicolor", "virginica"])
            np.testing.assert_array_equal(shown["arrays"]["cls"], dataset.labels)
            np.testing.assert_array_equal(shown["arrays"]["xy"], layers["points"]["arrays"]["xy"])


def test_another_label_makes_another_scene_of_the_same_fit():
    dataset = builtin.columns(builtin.load("iris"), ("petal length (cm)", "petal width (cm)"))
    start = fitting.begin(dataset, Config(components=2), KEY, None)
    others = [dataset, replace(dataset, labels=dataset.labels[::-1]), replace(dataset, labels=None, classes=())]
    others.append(replace(dataset, classes=("a", "b", "c")))
    assert len({film.scene_id("em", other, 0, start, None) for other in others}) == 4


def test_columns_that_float64_cannot_tell_apart_are_refused_at_the_door():
    text = "t\n" + "\n".join(f"{1e12 + second / 8:.3f}" for second in range(60))
    with pytest.raises(ClinicError, match="subtract a constant"):
        admit(parse("a.csv", text.encode()), ("t",), None, Key(0))


def test_a_label_says_what_was_asked_for():
    assert fitting.label(Config(components=5, covariance="tied", start="quantiles")) == "K = 5, tied, from quantiles"


def test_labels_follow_their_points_when_only_some_are_shown():
    x = np.arange(9000.0)[:, None] ** 1.1
    dataset = Dataset("a", x, around(x), ("a",), labels=(np.arange(9000) % 5), classes=tuple("abcde"))
    (layer,) = discs.labelled(dataset, truth.rug(dataset))
    rows = np.rint(layer.xy[:, 0] ** (1 / 1.1)).astype(int)
    np.testing.assert_array_equal(layer.cls, rows % 5)
