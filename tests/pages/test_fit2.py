"""The 2-D page as a person meets it: every model, every panel, every kind of data, and links that say what they mean."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import builtin
from core.joint import ranking
from core.joint.joint import Copula, Kernels, Mixture, OneGaussian, WithPrior
from core.key import Key
from core.laws.conjugate import normal
from playground.instruments.stage import unpack
from playground.rungs.fit2 import apart, film, joint, ways
from playground.rungs.fit2.panels import conditionals
from playground.runs import jobs, runs
from playground.shelf import sketch
from tests.apps import messages

ROOT = Path(__file__).resolve().parents[2]
KEY = Key(0) / "fit2"
PANELS = ("Conditionals", "Numbers", "Two samples?", "Self-test", "Code and files")
WAYS = {
    "Kernel density": Kernels(key=KEY),
    "Gaussian": OneGaussian(),
    "Gaussian with a prior": WithPrior(normal.Config()),
    "Gaussian mixture": Mixture(2, KEY),
    "Gaussian copula": Copula(),
}


def once(scored):
    """The same way judged on the same points and parts once for all tests."""
    found = {}

    def again(way, x, held):
        asked = (way, x.tobytes(), *(part.tobytes() for part in held))
        if asked not in found:
            found[asked] = scored(way, x, held)
        return found[asked]

    return again


SCORED = once(ranking.scored)


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Quick runs are complete when the page comes; none is left behind. A way is judged once for all tests."""
    monkeypatch.setattr(runs, "AT_ONCE", 60.0)
    monkeypatch.setattr("playground.rungs.fit2.panels.two_samples.REPEATS", 39)
    monkeypatch.setattr(ranking, "scored", SCORED)
    yield
    left = list(jobs._jobs.values())
    jobs.release("")
    for job in left:
        job.wait(60)


def opened(**query):
    at = AppTest.from_file(str(ROOT / "pages/fit2.py"), default_timeout=120)
    for name, value in query.items():
        at.query_params[name] = str(value)
    at.run()
    assert not at.exception, [e.message for e in at.exception]
    return at


def run_of(at, name="fit2"):
    return at.session_state["held"][f"run.{name}"]


def law(at):
    return run_of(at).job.trace[-1].state.law


def scene(at, i=0):
    return unpack(messages(at)[i])["scene"]


def layer(at, name, i=0):
    return next(found for found in scene(at, i)["layers"] if found["name"] == name)


def words(at):
    return [m.value for kind in (at.warning, at.error, at.info) for m in kind]


def test_the_page_is_alive_at_first_paint():
    at = opened()
    assert [title.value for title in at.title] == ["Fit in 2-D"]
    assert words(at) == []
    found = [[entry["name"] for entry in scene(at, i)["layers"]] for i in (0, 1)]
    assert {"density", "points", "contours", "samples", "line"} <= set(found[0])
    assert {"near", "alone", "given"} <= set(found[1])


@pytest.mark.parametrize("model", WAYS)
@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_of_every_model_stands(model, panel):
    at = opened(model=model, panel=panel)
    assert words(at) == []
    assert run_of(at).job.progress().phase == "done"
    x = builtin.load("faithful").points
    np.testing.assert_allclose(law(at).log_prob(x), WAYS[model].fit(x).log_prob(x), atol=1e-9)


def test_one_visitor_walks_through_everything():
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120).run()
    at.switch_page("pages/fit2.py").run()
    at.selectbox(key="data").set_value("banana").run()
    for model, panel in zip(ways.MODELS, PANELS, strict=True):
        at.selectbox(key="model").set_value(model).run()
        at.segmented_control(key="panel").set_value(panel).run()
        assert not at.exception, [model, panel, [e.message for e in at.exception]]
    assert words(at) == []


@pytest.mark.parametrize(
    ("query", "way"),
    [
        ({"model": "Gaussian", "covariance": "spherical"}, OneGaussian("spherical")),
        ({"model": "Gaussian mixture", "components": 4, "seed": 3}, Mixture(4, Key(3) / "fit2")),
        ({"model": "Gaussian copula", "margins": "kernels"}, Copula("kernels")),
        ({"rule": "Scott", "wider": "2"}, Kernels("Scott", 2.0, KEY)),
        (
            {"model": "Gaussian with a prior", "strength": 20, "mean": 1.0, "shape": 4, "scale": 2},
            WithPrior(normal.Config(mean=1.0, strength=20.0, shape=4.0, scale=2.0)),
        ),
    ],
)
def test_a_link_sets_the_law(query, way):
    at = opened(data="Two circles", n=150, **query)
    x = builtin.load("circles", 150).points
    assert words(at) == []
    np.testing.assert_allclose(law(at).log_prob(x), way.fit(x).log_prob(x), atol=1e-9)


def test_the_figures_are_those_of_the_law():
    at = opened(data="Two moons", model="Gaussian", n=300)
    text = next(m.value for m in at.markdown if m.value.startswith("| Gaussian, full"))
    shown = dict(re.findall(r"^\| (.*?) \| \*\*(.*?)\*\* \|", text.replace("−", "-"), re.MULTILINE))
    dataset = builtin.load("two_moons", 300)
    level = OneGaussian().fit(dataset.points).log_prob(dataset.points).mean()
    assert float(shown["Log-likelihood"]) == pytest.approx(level, abs=6e-5)
    assert float(shown["BIC"].replace(",", "")) == pytest.approx(5 * np.log(300) - 600 * level, abs=0.06)
    assert float(shown["Of the truth"]) == pytest.approx(-dataset.entropy, abs=6e-5)
    assert any("exact" in m.value and "closed form" in m.value for m in at.markdown)


def test_the_line_of_a_link_stands_where_it_says_and_a_bad_one_does_not():
    assert layer(opened(line=2.5), "line")["arrays"]["xy"][0, 0] == pytest.approx(2.5)
    default = float(np.quantile(builtin.load("faithful").points[:, 0], 0.75))
    for bad in ("x", "1e9", "nan"):
        assert layer(opened(line=bad), "line")["arrays"]["xy"][0, 0] == pytest.approx(default)
    upward = opened(line=60, given="up")
    assert layer(upward, "line")["axis"] == "y"
    assert layer(upward, "given", 1)["at"] == 60


def test_the_words_beside_the_line_are_the_exact_conditional():
    at = opened(model="Gaussian", line=3)
    other = OneGaussian().fit(builtin.load("faithful").points).model.conditional(0, 3.0)
    said = next(m.value for m in at.markdown if "the law expects" in m.value).replace("\\", "")
    mean, sd = re.search(r"\*\*waiting \(min\)\*\* ([\d.]+) with sd ([\d.]+)\.", said).groups()
    assert float(mean) == pytest.approx(other.mean[0], abs=0.06)
    assert float(sd) == pytest.approx(np.sqrt(other.covariance[0, 0]), abs=0.06)


def test_the_ranking_marks_what_is_shown_and_knows_the_best():
    at = opened(panel="Numbers", model="Gaussian", covariance="diag")
    table = at.dataframe[0].value
    assert table["way"].iloc[0].startswith("Mixture")
    assert sum(way.startswith("▸") for way in table["way"]) == 1
    assert any("predicts unseen points best" in m.value for m in at.markdown)
    assert any("272 points" in m.value.replace("\\", "") for m in at.markdown)


@pytest.mark.parametrize("model", WAYS)
def test_the_self_test_holds(model):
    at = opened(panel="Self-test", model=model, n=300, data="Pinwheel")
    strip = next(m.value for m in at.markdown if m.value.startswith("| verdict | identity"))
    assert strip.count("✓") == 7
    assert "broken" not in strip


def test_the_hand_over_to_em_takes_data_and_k():
    at = opened(model="Gaussian mixture", components=5, data="Pinwheel", n=240)
    link = next(link for link in at.get("page_link") if "by hand" in link.proto.label)
    assert link.proto.page.endswith("em")
    assert dict(parse_qsl(link.proto.query_string)) == {
        "data": "Pinwheel", "n": "240", "draw": "0", "components": "5", "covariance": "Full", "panel": "Numbers",
    }  # fmt: skip


def test_drawn_points_are_fitted_and_an_empty_sheet_waits():
    sheet = opened(data="Draw your own").get("bidi_component")
    assert sum(part.key.startswith("stage.") for part in sheet) == 1
    generator = np.random.Generator(np.random.PCG64(0))
    text = sketch.encode(generator.uniform(0.2, 0.8, (60, 2)), np.zeros(60, np.int64))
    for model in ways.MODELS:
        at = opened(data="Draw your own", points=text, model=model)
        assert words(at) == []
        assert len(law(at).log_prob(np.zeros((1, 2)))) == 1


def test_points_on_a_line_are_answered_in_a_sentence():
    text = sketch.encode(np.repeat(np.linspace(0.1, 0.9, 30)[:, None], 2, axis=1), np.zeros(30, np.int64))
    for model in ways.MODELS:
        at = opened(data="Draw your own", points=text, model=model)
        assert not at.exception
        soft = model in ("Gaussian with a prior", "Gaussian mixture")  # a prior and a floor have a width of their own
        assert bool(words(at)) != soft
    names = [found["name"] for found in scene(opened(data="Draw your own", points=text))["layers"]]
    assert names == ["points"]


def test_wide_sets_and_files_pick_two_columns():
    assert words(opened(data="Wines")) == []
    at = opened(data="Your own file")
    at.file_uploader(key="file").upload(
        "mine.csv", (ROOT / "core/data/sets/tables/faithful.csv").read_bytes(), "text/csv"
    ).run()
    assert not at.exception
    assert len(run_of(at).spec[0]) == 12


def test_a_link_with_a_wrong_word_says_so():
    at = opened(model="Oracle", wider="7", components="99")
    assert all(name in words(at)[0] for name in ("model", "wider", "components"))


# What depends on what


LAW = {"law": 1, "contours": 1, "score": 1, "stage": 1, "alone": 1, "columns": 2, "sentence": 1}
"""All that stands on the page of a law, beside the rule that chooses the width of kernels and the gap to a known truth."""
COUNTED = {  # what is counted: where it is looked up, and its name there
    "rule": (Kernels, "ruled"),
    "law": (joint, "lay"),
    "contours": (joint, "contours"),
    "score": (joint, "asked"),
    "gap": (joint.metrics, "divergence"),
    "stage": (film, "everywhere"),
    "alone": (joint, "alone"),
    "columns": (conditionals, "marginal"),
    "sentence": (conditionals, "said"),
    "moments": (joint, "moments"),
    "ranked": (ranking, "scored"),
    "compared": (apart, "where"),
}


@pytest.fixture
def counts(monkeypatch):
    """How often each of `COUNTED` was worked out."""
    monkeypatch.setattr(
        ways, "hand_over", lambda settings: None
    )  # no link to another page can be drawn twice without it
    found = Counter()
    for name, (holder, attribute) in COUNTED.items():
        made = getattr(holder, attribute)
        monkeypatch.setattr(
            holder, attribute, lambda *a, name=name, made=made, **k: found.update([name]) or made(*a, **k)
        )
    return found


def drag(at, place):
    """The line, as a hand leaves it."""
    held = at.session_state["held"]["screen."]
    held["line"] = (held["line"][0], place)


def put(key, value):
    """A control, as a hand sets it."""

    def change(at):
        at.session_state[key] = value

    return change


KERNELS, NUMBERS, TESTS = {}, {"panel": "Numbers"}, {"panel": "Two samples?"}
MANY = {"data": "Two moons", "n": 1500}
CHANGES = {  # a kind of change: the screen before it, the change, and what it works out
    "nothing": (KERNELS, lambda at: None, {}),
    "the line": (KERNELS, lambda at: drag(at, 2.5), {"sentence": 1}),
    "the line, under the numbers": (NUMBERS, lambda at: drag(at, 2.5), {}),
    "the line, under the tests": (TESTS, lambda at: drag(at, 2.5), {}),
    "what the line says": (KERNELS, put("given", "up"), {"alone": 1, "sentence": 1}),
    "how many samples": (KERNELS, put("samples", 700), {"stage": 1}),
    "the panel": (KERNELS, put("panel", "Code and files"), {}),
    "the seed": (KERNELS, put("seed", 1), {"contours": 1, "score": 1, "stage": 1}),
    "the seed of a copula": ({"model": "Gaussian copula"}, put("seed", 1), {"contours": 1, "score": 1, "stage": 1}),
    "the seed of a mixture": ({"model": "Gaussian mixture"}, put("seed", 1), LAW),
    "the seed that draws the points a width is tried on": (MANY, put("seed", 1), {"rule": 1, "gap": 1} | LAW),
    "the seed, where the truth is known": (
        {"data": "Two moons", "model": "Gaussian"},
        put("seed", 1),
        {"contours": 1, "score": 1, "gap": 1, "stage": 1},
    ),
    "the seed, under the numbers": (
        NUMBERS,
        put("seed", 1),
        {"contours": 1, "score": 1, "stage": 1, "moments": 1, "ranked": 2},
    ),
    "how wide the bumps are, under the numbers": (
        NUMBERS,
        put("wider", "2"),
        {
            "law": 1,
            "contours": 1,
            "score": 1,
            "stage": 1,
            "alone": 1,
            "moments": 1,
            "ranked": 1,
            "rule": 6,
        },  # of the fifths
    ),
    "the seed, under the tests": (
        TESTS,
        put("seed", 1),
        {"contours": 1, "score": 1, "stage": 1, "compared": 1, "rule": 1},
    ),
    "how wide the bumps are": (KERNELS, put("wider", "2"), LAW),
    "the rule": (KERNELS, put("rule", "Scott"), {"rule": 1} | LAW),
    "the model": (KERNELS, put("model", "Gaussian"), LAW),
    "the data": (KERNELS, put("data", "two_moons"), {"rule": 1, "gap": 1} | LAW),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_works_out_what_depends_on_it_and_nothing_else(change, counts):
    before, made, expected = CHANGES[change]
    at = opened(**before)
    at.run()
    counts.clear()
    made(at)
    at.run()
    assert not at.exception
    assert counts == expected
    at.run()
    assert counts == expected


def test_a_persons_own_points_are_worked_out_once_too_and_are_nobody_elses(counts):
    text = sketch.encode(np.random.default_rng(1).uniform(0.2, 0.8, (60, 2)), np.zeros(60, np.int64))
    for _ in range(2):
        at = opened(data="Draw your own", points=text)
        assert counts == {"rule": 1} | LAW
        put("seed", 1)(at)
        at.run()
        assert counts == {"rule": 1} | LAW | {"contours": 2, "score": 2, "stage": 2}
        put("wider", "2")(at)
        at.run()
        assert (counts["rule"], counts["law"]) == (1, 2)
        counts.clear()
