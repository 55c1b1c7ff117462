"""The diffusion page as a person meets it: links, panels, drags, and a script that says the same numbers."""

import contextlib
import io
from dataclasses import replace

import numpy as np
import pytest

from core.data import builtin
from core.diffusion import walk
from core.diffusion.noise.schedule import Schedule
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import Sampler
from core.key import Key
from playground.instruments.stage import unpack
from playground.rungs.diffusion import film as pictures
from playground.rungs.diffusion import identities, training
from playground.rungs.diffusion.bench import Bench, Noising
from playground.rungs.diffusion.panels import field as fields
from playground.rungs.diffusion.panels import guidance, memory, quality, solvers
from playground.rungs.diffusion.panels import straightness as straight
from playground.rungs.diffusion.screen import PANELS
from playground.shown import closer
from tests import apps

PAGE = "pages/diffusion.py"


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Runs are complete when the page comes; none is left behind. What they compute is short, coarse and few."""
    monkeypatch.setattr(training, "UPDATES", 600)
    monkeypatch.setattr(guidance, "UPDATES", 300)
    monkeypatch.setattr(solvers, "COUNTS", (5, 10, 20))
    monkeypatch.setattr(solvers, "REFERENCE", replace(solvers.REFERENCE, steps=40))
    monkeypatch.setattr(quality, "TESTED", 100)
    monkeypatch.setattr(identities, "SIDE", 21)
    monkeypatch.setattr(fields, "TIMES", 8)
    monkeypatch.setattr(memory, "WALKERS", 60)
    with apps.rested(monkeypatch):
        yield


def opened(**query):
    return apps.opened(PAGE, **query)


def run_of(at, name="diffusion"):
    return at.session_state["held"][f"run.{name}"]


def message(at, i=0):
    return unpack(apps.messages(at)[i])


def test_it_opens_alive_with_the_exact_denoiser():
    at = opened()
    assert not at.warning
    sent = message(at)
    assert len(sent["frames"]) == len(run_of(at).job.trace) == 60
    assert sent["scene"]["autoplay"]
    assert "exact" in apps.words(at)
    last = run_of(at).job.trace[-1]
    dataset = builtin.load("eight_gaussians")
    shift, scale = dataset.points.mean(0), dataset.points.std(0)
    denoiser = ExactMixture(dataset.truth.rescaled(-shift / scale, 1 / scale), Schedule("cosine"))
    start, key = walk.start(denoiser.schedule, pictures.WALKERS, 2, Key(0) / "diffusion"), Key(0) / "diffusion"
    start[0] = [0.9, 0.7]
    *_, wanted = walk.walk(denoiser, start, key, Sampler("DDPM, small variance", 20))
    np.testing.assert_allclose(last.state, wanted.state, atol=1e-9)


@pytest.mark.parametrize("way", ["Backward", "Forward"])
def test_what_stands_beside_at_rest_is_what_the_frame_says_of_itself(way):
    at = opened(steps=4, solver="Heun", way=way, frame=5)
    frame = message(at)["frames"][5]
    assert {name: apps.beside(at, name) for name in frame["beside"]} == frame["beside"]
    told = {name: value for name, value, _ in frame["beside"]["figures"]["rows"]}
    step = run_of(at).job.trace[5]
    assert told["Time t"] == f"{step.metrics['t']:.3f}"
    alpha = float(Schedule("cosine").alpha(step.metrics["t"]))
    assert told["Signal α"] == f"{alpha:.4f}"
    assert told.get("Guesses") == (f"{step.metrics['evaluations']:.0f}" if way == "Backward" else None)


@pytest.mark.parametrize("panel", closer.titles(PANELS))
@pytest.mark.parametrize("data", ["Eight Gaussians", "Old Faithful"])
def test_every_panel_stands(panel, data, monkeypatch):
    short = {name: replace(config, steps=100) for name, config in straight.WAYS.items()}
    monkeypatch.setattr(straight, "WAYS", short)
    at = opened(panel=panel, data=data, n=200, steps=5)
    at.run()
    assert not at.exception
    assert not at.error
    assert not at.warning


@pytest.mark.parametrize("data", ["Two moons", "Swiss roll"])
def test_forward_dissolves_the_cloud(data):
    at = opened(way="Forward", data=data, n=100)
    steps = list(run_of(at).job.trace)
    assert (steps[0].metrics["t"], steps[-1].metrics["t"]) == (0, 1)
    assert "density" in message(at)["frames"][-1]["arrays"]


def test_a_learned_denoiser_walks_and_says_so():
    at = opened(says="learned", panel="Train", steps=5)
    at.run()
    assert "trained here: 600 updates" in apps.words(at)
    course = run_of(at, "diffusion.train")
    assert len(course.job.trace) == 7
    assert len(message(at, 1)["frames"]) == 7
    at.session_state["stage.diffusion.train"] = {"rest": {"frame": 2, "run": course.id, "scene": ""}}
    at.run()
    assert "trained here: 200 updates" in apps.words(at)


def test_a_stored_model_walks_in_its_own_units_and_one_that_is_not_there_is_said():
    from core.diffusion import recipes

    at = opened(says="stored", data="Two moons", steps=5, panel="Quality")
    assert "trained beforehand" in apps.words(at)
    model = recipes.stored("diffusion-two_moons").model
    step = run_of(at).job.trace[-1]
    np.testing.assert_allclose(step.arrays["xy"], model.original(step.state))
    asked = next(s for s in run_of(at).job.trace if s.phase == "guess")
    wanted = model.denoise(run_of(at).job.trace[0].state, asked.metrics["t"])
    np.testing.assert_allclose(asked.arrays["x0"], wanted[:1])
    assert "None is stored" in apps.words(opened(says="stored", data="Old Faithful", steps=5))
    assert "None is stored" in apps.words(opened(says="stored", schedule="flow", solver="DDIM", steps=5))


def test_a_training_is_forked_at_the_part_on_show_with_another_rate():
    at = opened(panel="Train", steps=5)
    course = run_of(at, "diffusion.train")
    at.session_state["stage.diffusion.train"] = {
        "rest": {"frame": 3, "run": course.id, "scene": message(at, 1)["scene"]["id"]}
    }
    at.run()
    at.button(key="diffusion.train.call_split").click().run()
    at.number_input(key="rate").set_value(0.001).run()
    assert not at.exception
    forked = run_of(at, "diffusion.train")
    assert forked is not course
    assert forked.job.trace[0].index == course.job.trace[3].index + 1
    assert forked.job.trace[0].state.config.rate == 0.001
    at.number_input(key="width").set_value(32).run()
    assert run_of(at, "diffusion.train").job.trace[0].index == 0, "another network cannot go on from it"


def test_the_points_on_show_are_the_download():
    at = opened(panel="Code and files", steps=4)
    from playground.rungs.diffusion.files import points

    step = run_of(at).job.trace[-1]
    raw = points(Bench(builtin.load("eight_gaussians"), Noising()), step).decode().splitlines()
    assert raw[0] == "x1,x2"
    np.testing.assert_allclose([float(v) for v in raw[1].split(",")], step.arrays["xy"][0])


def test_the_walk_and_the_network_are_downloads():
    from core import checkpoint
    from playground.rungs.diffusion import files as code

    trace = list(run_of(opened(panel="Code and files", steps=4)).job.trace)
    bench = Bench(builtin.load("two_moons"), Noising())
    held = np.load(io.BytesIO(code.walk(bench, trace)))
    assert held["t"].tolist() == [step.metrics["t"] for step in trace]
    assert held["phase"].tolist() == [step.phase for step in trace]
    np.testing.assert_allclose(held["x"][2], bench.original(trace[2].state))
    moment = training.stored(bench)
    back = checkpoint.load(code.network(moment, bench.dataset, 3), "diffusion")
    x = np.random.default_rng(0).standard_normal((7, 2))
    np.testing.assert_array_equal(back.model.denoise(x, 0.3), moment.state.denoise(x, 0.3))
    assert (back.dataset, back.seed, back.steps) == ("two_moons", 3, int(moment.index))


def test_a_dragged_start_enters_the_link_and_is_where_it_begins():
    at = opened(solver="DDIM", steps=4)
    scene = message(at)["scene"]["id"]
    at.session_state["stage.diffusion"] = {"hands": {"xy": [[1.25, -2.5]], "scene": scene}}
    at.run()
    assert not at.exception
    np.testing.assert_allclose(run_of(at).job.trace[0].arrays["xy"][0], [1.25, -2.5])
    assert at.query_params["means"] == "1.25,-2.5"
    again = opened(solver="DDIM", steps=4, means="1.25,-2.5")
    np.testing.assert_array_equal(run_of(again).job.trace[-1].state, run_of(at).job.trace[-1].state)


def test_the_mismatch_is_said_and_repaired_by_one_click():
    at = opened(data="Old Faithful", far=0.0, steps=5)
    assert "▲ too far" in apps.words(at)
    button = next(b for b in at.button if b.label.startswith("Repair"))
    button.click().run()
    assert not at.exception
    assert "✓ small" in apps.words(at)
    assert at.slider(key="far").value > 0


def test_the_dial_says_what_the_network_remembers():
    at = opened(panel="Memory", steps=5, n=60, share=0.0)
    at.run()
    rows = apps.words(at)
    assert "trained here on these 60 points" in rows
    assert "| s = 0 | **0.00** | copies 100% |" in rows
    assert "s = 0.5" in rows
    assert "s = 1 " in rows


def test_the_field_of_a_stored_model_is_held_against_the_exact_one():
    at = opened(panel="Field", says="stored", steps=5)
    at.run()
    held = run_of(at, "diffusion.field").job.trace[-1].state
    assert "Above the floor" in apps.words(at)
    assert len(held.error) == fields.TIMES
    sent = message(at, 1)
    assert [layer["name"] for layer in sent["scene"]["layers"]] == ["error"]
    cut = opened(panel="Field", says="stored", steps=5, other="cut", at=0.5)
    assert [layer["name"] for layer in message(cut, 1)["scene"]["layers"]] == ["error", "learned", "exact"]


def test_a_strip_shows_the_walk_or_a_line_of_its_own():
    at = opened(panel="Time axis", solver="DDIM", steps=5)
    assert len(message(at, 1)["frames"]) == len(run_of(at).job.trace) == 11
    alone = opened(panel="Time axis", solver="DDIM", steps=5, lane="Galaxies")
    assert len(run_of(alone, "diffusion.strip").job.trace) == 11
    assert message(alone, 1)["scene"]["aspect"] == "wide"


def test_discrete_time_is_in_the_link_the_walk_and_the_script():
    at = opened(solver="DDIM", steps=50, ticks=10, panel="Code and files")
    assert len(run_of(at).job.trace) == 21
    assert "ticks=10" in at.code[0].value
    assert "t = k / 10" in apps.words(opened(way="Forward", ticks=10))


def test_a_network_that_was_told_classes_guides():
    at = opened(panel="Guidance", data="Two moons", n=200, steps=5, guide="trained here")
    at.run()
    assert "of the exact guide" in apps.words(at)


BAD = {
    "schedule": "straight",
    "far": "7",
    "solver": "Newton",
    "steps": "0",
    "way": "Up",
    "says": "guessed",
    "w": "99",
    "ticks": "-3",
    "lane": "Moon",
    "guide": "me",
    "share": "2",
    "axis": "third",
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_link_falls_back_and_says_so(name):
    at = opened(**{name: BAD[name]})
    assert len(at.warning) == 1
    assert BAD[name] in at.warning[0].value
    assert run_of(at).label == "DDPM, small variance, 20 steps"


@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "Heun", "steps": 6, "means": "1,2"},
        {"data": "Two moons", "n": 60, "steps": 5, "schedule": "EDM", "seed": 4},
        {"says": "learned", "steps": 5, "data": "Old Faithful"},
        {"says": "stored", "steps": 5, "data": "Four rings", "means": "1,1"},
    ],
)
def test_the_code_prints_where_the_pink_point_ends(settings):
    at = opened(panel="Code and files", **settings)
    at.run()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(at.code[0].value, {})
    last = run_of(at).job.trace[-1]
    printed = said.getvalue().splitlines()[0].removeprefix("ends at ")
    np.testing.assert_allclose(np.fromstring(printed.strip("[]"), sep=","), last.arrays["xy"][0], rtol=1e-5)


def test_a_run_that_cannot_begin_is_a_sentence():
    at = opened(schedule="flow", solver="Euler-Maruyama")
    assert "Euler-Maruyama cannot begin" in apps.words(at)


def test_a_drawing_is_noised():
    from playground.shelf import sketch

    rng = np.random.default_rng(0)
    at = opened(data="Draw your own", points=sketch.encode(rng.random((60, 2)), rng.integers(0, 2, 60)), steps=4)
    assert len(message(at)["frames"]) == 12
    assert not apps.visit(PAGE, data="Draw your own").exception
