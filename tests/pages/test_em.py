"""The EM page as a person meets it: links, files, drags and panels, and numbers that are core's own."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.data import builtin
from core.evaluation import metrics
from core.key import Key
from core.mixture import gmm
from core.units import units_of
from playground.instruments.stage import unpack
from playground.runs import drain, hand, runs
from playground.runs.turns import Turns
from playground.shelf import sketch
from playground.shown.criteria import BIC
from tests import apps

ROOT = Path(__file__).resolve().parents[2]
FAITHFUL = (ROOT / "core/data/sets/tables/faithful.csv").read_bytes()


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Quick runs are complete when the page comes; none is left behind."""
    with apps.rested(monkeypatch):
        yield


def visit(**query):
    return apps.visit("pages/em.py", **query)


def opened(**query):
    return apps.opened("pages/em.py", **query)


def figures(at):
    """Name -> number of the live figures."""
    rows = apps.beside(at, "figures")["rows"]
    return {name: float(value.split(" ")[0].replace(",", "").replace("−", "-")) for name, value, _ in rows}


def weights(at):
    """The weights in the table of parameters."""
    text = next(m.value for m in at.markdown if m.value.startswith("|  | weight"))
    return [float(row.split("|")[2].split("\N{EN SPACE}")[0]) for row in text.splitlines()[2:]]


def run_of(at, name="em"):
    return at.session_state["held"][f"run.{name}"]


def message(at, i=0):
    """What the stage was last sent."""
    return unpack(apps.messages(at)[i])


def words(at):
    return [m.value for kind in (at.warning, at.error, at.info) for m in kind]


def test_the_page_stands():
    at = opened()
    assert [title.value for title in at.title] == ["EM by hand"]
    assert words(at) == []
    assert run_of(at).job.progress().phase == "done"
    assert len(message(at)["frames"]) == len(run_of(at).job.trace)


@pytest.mark.parametrize(
    ("title", "name", "options"),
    [
        ("Eight Gaussians", "eight_gaussians", {"components": 5, "covariance": "tied", "seed": 3}),
        ("Two peaks", "bimodal", {"components": 2, "start": "quantiles"}),
        ("Old Faithful", "faithful", {"components": 2, "floor": 0.001, "covariance": "diag"}),
    ],
)
def test_the_figures_are_what_core_computes(title, name, options):
    at = opened(data=title, **options)
    asked = dict(options)
    config, key = gmm.Config(**{k: v for k, v in asked.items() if k != "seed"}), Key(asked.get("seed", 0)) / "em"
    dataset = builtin.load(name)
    units = units_of(dataset)
    *_, last = gmm.fit(config, units.standard(dataset.points), key)
    level = last.metrics["log_likelihood"] + units.log_jacobian
    shown = figures(at)
    assert shown["Log-likelihood"] == pytest.approx(level, abs=6e-5)
    parameters = gmm.parameter_count(config, dataset.dim)
    assert shown["BIC"] == pytest.approx(metrics.bic(level * len(dataset), parameters, len(dataset)), abs=0.6)
    if dataset.truth is not None:
        gap = metrics.divergence(last.state, dataset.truth, Key(0) / "fresh draws")
        assert shown["KL from the truth"] == pytest.approx(gap.value, abs=5 * gap.error + 1e-3)
        assert shown["Entropy of the truth"] == pytest.approx(dataset.entropy, abs=6e-5)
    else:
        assert set(shown) == {"Log-likelihood", "BIC"}


def test_a_link_sets_every_widget():
    at = opened(data="Four rings", components=4, covariance="spherical", start="quantiles",
                floor=0.01, tolerance=0.001, iterations=7, seed=11, n=120, draw=5)  # fmt: skip
    assert at.selectbox(key="data").value == "rings"
    assert at.slider(key="components").value == 4
    numbers = {
        name: at.number_input(key=name).value for name in ("floor", "tolerance", "iterations", "seed", "n", "draw")
    }
    assert numbers == {"floor": 0.01, "tolerance": 0.001, "iterations": 7, "seed": 11, "n": 120, "draw": 5}
    state = run_of(at).job.trace[-1].state
    assert state.means.shape == (4, 2)
    np.testing.assert_allclose(state.covariances[:, 0, 0], state.covariances[:, 1, 1])
    points = next(layer for layer in message(at)["scene"]["layers"] if layer["name"] == "points")["arrays"]["xy"]
    np.testing.assert_array_equal(points, builtin.load("rings", 120, Key(5)).points.astype("f4"))


def test_an_emptied_number_is_its_default():
    at = opened(data="Four rings", n=120)
    at.number_input(key="n").set_value(None).run()
    assert not at.exception
    points = next(layer for layer in message(at)["scene"]["layers"] if layer["name"] == "points")["arrays"]["xy"]
    assert len(points) == 1000


BAD = {
    "components": "99", "covariance": "round", "start": "anywhere", "floor": "-1", "tolerance": "x", "iterations": "0",
    "seed": "-5", "n": "3", "draw": "1e9", "data": "Nothing", "panel": "Nowhere",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_link_falls_back_and_says_so(name):
    at = opened(**{name: BAD[name]})
    assert len(at.warning) == 1
    assert BAD[name] in at.warning[0].value
    last = run_of(at).job.trace[-1]
    assert (last.state.means.shape, run_of(at).label) == ((8, 2), "K = 8, full, from k-means++")


def test_the_default_that_a_wrong_link_names_is_the_one_used():
    assert "8 instead" in opened(components=99).warning[0].value
    assert "Eight Gaussians instead" in opened(data="Nothing").warning[0].value


@pytest.mark.parametrize("name", ["means", "component", "across", "up"])
def test_every_wrong_value_in_a_link_is_said(name):
    assert opened(data="Irises", **{name: "nonsense"}).warning


@pytest.mark.parametrize("name", ["data", "covariance", "components"])
def test_a_link_cannot_write_markup_on_the_page(name):
    said = opened(**{name: "[click](https://a.example)"}).warning[0].value
    assert "click" in said
    assert not re.search(r"(?<!\\)[\[\](]", said.replace("\\\\", ""))


def test_a_warning_does_not_outlive_the_mistake():
    at = opened(components=99).run()
    assert at.warning
    at.query_params["components"] = "5"  # as a browser does
    at.slider(key="components").set_value(5).run()
    assert not at.warning


@pytest.mark.parametrize("panel", ["Numbers", "Basins", "Code and files"])
@pytest.mark.parametrize(("data", "k"), [("Two peaks", 1), ("Two peaks", 3), ("Old Faithful", 1), ("Old Faithful", 3)])
def test_every_panel_stands(panel, data, k):
    at = opened(panel=panel, data=data, components=k, n=60)
    assert not at.error


def test_the_numbers_are_those_of_the_run_and_the_self_test_holds_its_identities():
    at = opened(data="Old Faithful", components=3)
    np.testing.assert_allclose(weights(at), run_of(at).job.trace[-1].state.weights, atol=0.51e-4)
    at = opened(data="Old Faithful", components=3, panel="Self-test")
    strip = next(m.value for m in at.markdown if m.value.startswith("| verdict | identity"))
    assert strip.count("✓") == 5
    assert "broken" not in strip


def test_how_many_sets_k_to_the_choice():
    at = opened(panel="How many?", data="Old Faithful", components=5)
    button = next(b for b in at.button if b.label.startswith("Use K"))
    wanted = int(button.label.split("=")[1])
    assert wanted == 2
    button.click().run()
    assert at.slider(key="components").value == wanted
    assert run_of(at).job.trace[-1].state.means.shape == (wanted, 2)


@pytest.mark.parametrize("components", [6, 8])
def test_one_press_puts_the_best_of_all_starts_on_show_and_both_say_one_bic(components):
    at = opened(panel="How many?", data="Eight Gaussians", components=components, start="random points", seed=1)
    label = "Use K = 8" if components == 8 else f"Best start of K = {components}"
    before = figures(at)["BIC"]
    next(b for b in at.button if b.label == label).click().run()
    assert not at.exception
    table = at.dataframe[0].value.set_index("K")
    shown = figures(at)["BIC"]
    assert shown == pytest.approx(table.loc[components, BIC], abs=0.6)
    assert shown <= before + 0.6
    assert at.query_params["means"]  # so a link begins there, too


def test_a_new_setting_makes_a_new_run_and_a_rerun_does_not():
    at = opened()
    first = run_of(at)
    at.run()
    assert run_of(at) is first
    at.slider(key="components").set_value(3).run()
    assert run_of(at) is not first
    assert run_of(at).job.trace[-1].state.means.shape == (3, 2)


@pytest.mark.parametrize("data", ["Two moons", "Normal"])
def test_too_few_points_for_k_is_a_sentence(data):
    at = visit(data=data, components=12, n=10)
    assert not at.exception
    assert "10 points are too few for 12 components" in " ".join(words(at))


def test_a_collapse_is_a_sentence_and_the_recording_stays():
    at = opened(data="Galaxies", components=9, floor=0, start="random points", seed=1)
    assert "collapsed onto point" in at.warning[0].value
    assert run_of(at).job.progress().phase == "failed"
    assert len(message(at)["frames"]) > 1


@pytest.mark.parametrize("means", ["1e200;1e200", "1e39;-1e39", "1e6;-1e6", "0;0"])
def test_starts_from_a_link_that_are_far_away_do_not_break_the_page(means):
    at = visit(data="Normal", components=2, means=means)
    assert not at.exception
    assert len(at.warning) == (means != "0;0")
    assert np.isfinite(list(figures(at).values())).all()


def report(at, **said):
    """Let the stage of the page say something about the scene it shows."""
    scene = message(at)["scene"]["id"]
    at.session_state["stage.em"] = {name: {**value, "scene": scene} for name, value in said.items()}
    return at.run()


def test_dragging_a_mean_starts_a_run_from_there_and_enters_the_link():
    at = opened(data="Old Faithful", components=2)
    first = run_of(at)
    report(at, hands={"xy": [[2.0, 90.0], [4.5, 50.123456]]})
    assert not at.exception
    assert run_of(at) is not first
    np.testing.assert_allclose(run_of(at).job.trace[0].state.means, [[2.0, 90.0], [4.5, 50.123456]])
    assert at.query_params["means"] == "2,90;4.5,50.123456"
    again = opened(data="Old Faithful", components=2, means=at.query_params["means"])
    assert figures(again) == figures(at)


@pytest.mark.parametrize("told", ["stays", "goes"])
def test_the_way_back_to_the_page_s_own_start(told):
    """The stage's report stands in the session for as long as the component lives, so the first scene's comes again."""
    at = opened(data="Old Faithful", components=2)
    own = run_of(at).job.trace[0].state.means
    report(at, hands={"xy": [[2.0, 90.0], [4.5, 50.0]]})
    if told == "goes":
        at.session_state["stage.em"] = {}
    at.button(key="em.restart_alt").click().run()
    np.testing.assert_array_equal(run_of(at).job.trace[0].state.means, own)
    assert "means" not in at.query_params


def test_scrubbing_moves_the_figures_and_the_table():
    at = opened(data="Old Faithful", components=3)
    steps = list(run_of(at).job.trace)
    for frame in (0, 4):
        report(at, rest={"frame": frame, "run": run_of(at).id})
        assert figures(at)["Log-likelihood"] == pytest.approx(steps[frame].metrics["log_likelihood"], abs=6e-5)
        np.testing.assert_allclose(weights(at), steps[frame].state.weights, atol=0.51e-4)


def test_fork_begins_at_the_frame_on_show_with_the_options_of_now():
    at = opened(data="Old Faithful", components=3)
    first = run_of(at)
    report(at, rest={"frame": 6, "run": first.id})
    at.button(key="em.call_split").click().run()
    at.number_input(key="floor").set_value(0.5).run()
    assert not at.exception
    np.testing.assert_allclose(run_of(at).job.trace[0].state.means, first.job.trace[6].state.means)
    assert "Forked from half-step 6" in " ".join(c.value for c in at.caption)
    assert "kept" in message(at)["frames"][0]["arrays"]
    at.slider(key="components").set_value(4).run()
    assert "Forked" not in " ".join(c.value for c in at.caption)


def test_fork_begins_at_the_frame_that_was_reported_with_the_press():
    at = opened(data="Old Faithful", components=3)
    first = run_of(at)
    report(at, rest={"frame": 6, "run": first.id})
    at.session_state["stage.em"] = {"rest": {"frame": 9, "run": first.id, "scene": message(at)["scene"]["id"]}}
    at.button(key="em.call_split").click().run()
    assert "Forked from half-step 9" in apps.words(at)


def test_the_link_of_a_fork_shows_the_same_screen_in_a_fresh_session():
    at = opened(data="Old Faithful", components=3)
    report(at, rest={"frame": 6, "run": run_of(at).id})
    at.button(key="em.call_split").click().run()
    at.number_input(key="floor").set_value(0.5).run()
    other = opened(**{**at.query_params, "floor": 0.5})
    assert words(other) == []
    for name in ("weights", "means", "covariances"):
        for step in (0, -1):
            theirs, ours = (getattr(run_of(one).job.trace[step].state, name) for one in (other, at))
            np.testing.assert_array_equal(theirs, ours)
    own = opened(data="Old Faithful", components=3, floor=0.5)
    assert not np.array_equal(run_of(own).job.trace[0].state.means, run_of(at).job.trace[0].state.means)


def test_a_damaged_fork_in_the_link_is_said_once_and_the_own_start_is_used():
    at = opened(data="Old Faithful", components=2, fork="3.AAAA")
    assert [said for said in words(at) if "fork" in said]
    assert "fork" not in at.query_params
    np.testing.assert_array_equal(
        run_of(at).job.trace[-1].state.means,
        run_of(opened(data="Old Faithful", components=2)).job.trace[-1].state.means,
    )
    at.slider(key="components").set_value(3).run()
    assert not [said for said in words(at) if "fork" in said]


def test_dragging_on_the_basin_map_lets_a_fork_go():
    """Else the page reruns itself without end: the fork's start wins and the drag is never done."""
    at = opened(data="Old Faithful", components=2, panel="Basins")
    at.button(key="em.call_split").click().run()
    scene = message(at, 1)["scene"]["id"]
    at.session_state["stage.em.basins"] = {"hands": {"xy": [[2.0, 90.0]], "scene": scene}}
    at.run()
    assert not at.exception
    np.testing.assert_allclose(run_of(at).job.trace[0].state.means[0], [2.0, 90.0])


def test_a_fork_is_let_go_with_its_data():
    at = opened(data="Old Faithful", components=3)
    at.button(key="em.call_split").click().run()
    at.selectbox(key="data").set_value("two_moons").run()
    assert not at.exception
    assert "Forked" not in " ".join(c.value for c in at.caption)
    own = opened(data="Two moons", components=3)
    np.testing.assert_array_equal(run_of(at).job.trace[0].state.means, run_of(own).job.trace[0].state.means)


def test_a_kept_run_is_grey_and_can_be_dropped():
    at = opened(data="Old Faithful", components=3)
    at.button(key="em.layers").click().run()
    at.slider(key="components").set_value(2).run()
    assert any("kept run (K = 3" in c.value for c in at.caption)
    at.button(key="em.layers_clear").click().run()
    assert not any("kept run" in c.value for c in at.caption)
    assert "kept" not in message(at)["frames"][0]["arrays"]


def test_a_kept_run_survives_a_change_of_dimension():
    at = opened(data="Old Faithful", components=3)
    at.button(key="em.layers").click().run()
    at.selectbox(key="data").set_value("normal").run()
    assert not at.exception
    assert "kept" not in message(at)["frames"][0]["arrays"]
    at.selectbox(key="data").set_value("faithful").run()
    at.slider(key="components").set_value(2).run()
    assert "kept" in message(at)["frames"][0]["arrays"]


def test_a_page_that_waits_for_a_slot_is_a_page(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0.05)
    monkeypatch.setattr(runs, "AT_FIRST", 0.05)
    turns = Turns(1)
    monkeypatch.setattr(drain, "_turns", turns)
    with turns.turn(0.0):
        at = opened(seed=4)
        assert [title.value for title in at.title] == ["EM by hand"]
        assert run_of(at).job.progress().phase == "waiting"
        assert "Waiting for 1 other..." in [c.value for c in at.caption]
    run_of(at).job.wait(60)
    at.run()
    assert not at.exception
    assert np.isfinite(list(figures(at).values())).all()
    assert "Waiting" not in " ".join(c.value for c in at.caption)


# Drawing


def drawing(n=60, seed=1):
    rng = np.random.default_rng(seed)
    return sketch.encode(rng.random((n, 2)), rng.integers(0, 2, n))


def test_a_drawing_in_a_link_is_fitted():
    at = opened(data="Draw your own", points=drawing(), components=2)
    assert "60 points drawn by hand" in " ".join(c.value for c in at.caption)
    assert len(message(at)["scene"]["brush"]["arrays"]["xy"]) == 60


@pytest.mark.parametrize("points", ["", "abc", drawing()[:-8], drawing(9)])
def test_a_drawing_that_cannot_be_fitted_is_a_sheet(points):
    at = opened(data="Draw your own", points=points)
    assert sum(part.key.startswith("stage.") for part in at.get("bidi_component")) == 1
    assert len(at.warning) == (sketch.decode(points) is None and points != "")


def test_a_small_drawing_with_many_components_is_a_sentence():
    at = visit(data="Draw your own", points=drawing(10), components=12)
    assert not at.exception
    assert "too few" in " ".join(words(at))


# Files


def upload(name, raw, **query):
    at = opened(data="Your own file", **query)
    before = figures(at)
    at.file_uploader(key="file").upload(name, raw).run()
    return at, before


def test_old_faithful_uploaded_is_old_faithful():
    at, before = upload("faithful.csv", FAITHFUL, components=2)
    assert not at.exception
    assert not at.error
    shown, built_in = figures(at), figures(opened(data="Old Faithful", components=2))
    assert shown == built_in != before
    assert (at.selectbox(key="across").value, at.selectbox(key="up").value) == ("eruptions", "waiting")
    assert at.query_params["digest"]


HOSTILE = {
    "empty.csv": b"",
    "words.csv": b"a,b\nx,y\nz,w\nu,v\n",
    "one.csv": b"a,b\n1,2\n",
    "constant.csv": b"a\n" + b"7\n" * 30,
    "nan.csv": b"a,b\n" + b"nan,nan\n" * 20,
    "noise.npy": bytes(range(256)) * 8,
    "objects.npy": b"\x93NUMPY\x01\x00F\x00{'descr': '|O', 'fortran_order': False, 'shape': (3,)}" + b" " * 16 + b"\n",
    "claim.npy": b"\x93NUMPY\x01\x00v\x00"
    + b"{'descr': '<f8', 'fortran_order': False, 'shape': (1250000000, 1)}".ljust(117)
    + b"\n",
    "truncated.parquet": b"PAR1" + bytes(100),
    "broken.npz": b"PK\x03\x04" + bytes(50),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_sentence_and_leaves_the_figures(name):
    at, before = upload(name, HOSTILE[name], components=3)
    assert not at.exception
    assert len(at.error) == 1
    assert "\n" not in at.error[0].value
    assert "Traceback" not in at.error[0].value
    assert figures(at) == before


def test_a_hostile_file_after_a_good_one_leaves_the_good_one():
    at, _ = upload("faithful.csv", FAITHFUL, components=2)
    good = figures(at)
    at.file_uploader(key="file").set_value(("empty.csv", b"", "text/csv")).run()
    assert len(at.error) == 1
    assert figures(at) == good


def table(columns, n=60, seed=0):
    rng = np.random.default_rng(seed)
    values = {name: make(rng, n) for name, make in columns.items()}
    rows = zip(*values.values(), strict=True)
    return "\n".join([",".join(values), *(",".join(map(str, row)) for row in rows)]).encode()


def gaussian(rng, n):
    return rng.normal(size=n).round(4)


def test_another_file_with_other_columns():
    at, _ = upload("faithful.csv", FAITHFUL, components=2)
    other = table({"p": gaussian, "q": gaussian, "r": gaussian})
    at.file_uploader(key="file").set_value(("other.csv", other, "text/csv")).run()
    assert not at.exception
    assert (at.selectbox(key="across").value, at.selectbox(key="up").value) == ("p", "q")


def test_one_column_of_a_file_is_a_strip():
    at, _ = upload("faithful.csv", FAITHFUL, components=2)
    at.selectbox(key="up").set_value("(none: 1-D)").run()
    assert not at.exception
    assert run_of(at).job.trace[-1].state.means.shape == (2, 1)


def test_a_file_with_a_serial_number_and_one_measurement_proposes_the_measurement():
    at, _ = upload("a.csv", table({"id": lambda rng, n: range(1, n + 1), "value": gaussian}), components=2)
    assert at.selectbox(key="across").value == "value"
    assert at.selectbox(key="up").value == "(none: 1-D)"


@pytest.mark.parametrize("far", ["1e7", "1e13"])
def test_a_far_outlier_is_drawn(far):
    at, _ = upload("a.csv", table({"value": gaussian}) + f"\n{far}\n".encode(), components=2)
    assert not at.exception
    assert len(message(at)["frames"]) > 1


@pytest.mark.parametrize("power", [-13, 13])
def test_any_admitted_scale_is_drawn(power):
    scaled = table({"a": lambda r, n: [f"{v}e{power}" for v in gaussian(r, n)], "b": gaussian})
    at, _ = upload("a.csv", scaled, components=2)
    assert not at.exception
    assert not at.error
    assert np.isfinite(list(figures(at).values())).all()


@pytest.mark.parametrize("power", [-30, 18, 60])
def test_a_scale_that_cannot_be_drawn_is_refused_in_a_sentence(power):
    scaled = table({"a": lambda r, n: [f"{v}e{power}" for v in gaussian(r, n)], "b": gaussian})
    at, _ = upload("a.csv", scaled, components=2)
    assert not at.exception
    assert "power of ten" in at.error[0].value


@pytest.mark.parametrize("raw", [b"a,b\n1,2\n", FAITHFUL], ids=["refused", "read"])
def test_a_file_name_is_shown_as_it_is(raw):
    at, _ = upload("[click](https:a.example) $x$.csv", raw, components=2)
    said = [m.value for kind in (at.error, at.caption, at.markdown) for m in kind]
    assert any("click" in text for text in said)
    assert not any("[click](https" in text for text in said)


def test_a_link_to_somebody_elses_file_says_what_to_do():
    at = opened(data="Your own file", digest="0123456789abcdef")
    assert any("upload that file" in text for text in words(at))


def test_hand_and_link_agree_on_what_means_are():
    text = "0.5;-1"
    at = opened(data="Normal", components=2, means=text)
    np.testing.assert_array_equal(run_of(at).job.trace[0].state.means, hand.decode(text, (2, 1)))


def test_the_numbers_open_on_a_component_that_contends_for_the_point_they_speak_of():
    at = opened(data="Eight Gaussians", components=8, panel="Numbers")
    said = next(m.value for m in at.markdown if "least sure of" in m.value or "\\mu_" in m.value)
    last = run_of(at).job.trace[-1]
    dataset = builtin.load("eight_gaussians")
    r = last.state.responsibilities(dataset.points)
    n = int(np.argmin((r * np.log(np.maximum(r, 1e-300))).sum(axis=1)))
    assert at.segmented_control(key="component").value == str(r[n].argmax() + 1)
    assert f"w_{r[n].argmax() + 1}" in said
