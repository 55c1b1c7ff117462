"""Generative or discriminative by its link: what the page says is what core computes, and bad input gets one sentence."""

import re

import numpy as np
import pytest

from core.classification import curves, discriminative, generative, priors, risk
from core.classification.generative import KERNELS, KINDS
from core.classification.rows import admit, split
from core.data import builtin
from core.evaluation import crossing
from core.key import Key
from core.options import title
from playground.instruments.stage import unpack
from playground.shelf import sketch
from tests import apps

PAGE = "pages/decide.py"
KEY = Key(0) / "decide"


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Quick runs are complete when the page comes; none is left behind."""
    with apps.rested(monkeypatch):
        yield


def stages(at):
    """The layers of both stages by their names."""
    return [{layer["name"]: layer for layer in unpack(raw)["scene"]["layers"]} for raw in apps.messages(at)[:2]]


def fitted(name="two_moons", law="QDA", features="quadratic", ridge=0.01):
    dataset = builtin.load(name)
    learned, held = split(admit(dataset), KEY / "held")
    return dataset, held, generative.fit(law, learned, KEY / "law"), discriminative.fit(features, learned, ridge)


def row(at, first, number=0):
    """The cells of the table row that begins so, of the first table that has one or of a later one."""
    shown = "\n".join(m.value for m in at.markdown)
    found = re.findall(rf"^\| {re.escape(first)} \| (.*) \|$", shown, re.MULTILINE)[number]
    return [cell.strip("* ").replace("\xa0", " ") for cell in found.split("|")]


def test_it_opens_with_a_law_and_its_density_at_the_left_and_regions_at_the_right():
    at = apps.opened(PAGE, panel="Code and files")
    left, right = stages(at)
    assert {"density", "points", "edges", "bayes", "hand"} <= set(left)
    assert {"regions", "points", "edges", "bayes", "hand"} <= set(right)
    assert "density" not in right
    dataset, _, law, logistic = fitted()
    at_nodes = np.stack(np.meshgrid(*(np.linspace(*b, 144) for b in dataset.bounds)), axis=-1).reshape(-1, 2)
    np.testing.assert_allclose(left["density"]["arrays"]["values"].ravel(), np.exp(law.log_prob(at_nodes)), rtol=1e-5)
    dots = right["regions"]["arrays"]
    says = logistic.log_posterior(dots["xy"].reshape(-1, 2).astype(float)).argmax(axis=1)
    assert (says == dots["cls"].ravel()).mean() > 0.998, "but for dots on a boundary, in 32 bits"


@pytest.mark.parametrize(
    ("asked", "of"),
    [
        ({}, {}),
        (
            {"data": "Two circles", "law": "LDA", "features": "Linear"},
            {"name": "circles", "law": "LDA", "features": "linear"},
        ),
        ({"data": "Four rings", "law": "Kernels", "ridge": "1"}, {"name": "rings", "law": KERNELS, "ridge": 1.0}),
    ],
)
def test_errors_are_those_of_the_models_exact_where_the_truth_is_known(asked, of):
    at = apps.opened(PAGE, panel="Code and files", **asked)
    dataset, held, *both = fitted(**of)
    grid = risk.cells(dataset.bounds, 200, 0.15)
    joint = dataset.truth.log_joint(grid.x)
    names = (title(of.get("law", "QDA")), f"Logistic, {of.get('features', 'quadratic')}")
    for name, model in zip(names, both, strict=True):
        shown = row(at, name)
        wrong = (model.log_posterior(held.x).argmax(axis=1) != held.y).mean()
        assert shown[0].startswith(f"{100 * wrong:.1f} % (")
        log_q = model.log_posterior(grid.x)
        assert shown[1] == f"{100 * risk.risk(joint, log_q.argmax(axis=1), grid.area):.1f} %"
        assert shown[2] == f"{risk.excess(joint, log_q, grid.area):.3f}"
    assert row(at, "Bayes rule")[1] == f"{100 * risk.bayes(joint, grid.area):.1f} %"


def test_asked_to_draw_the_one_draws_and_the_other_says_why_it_cannot():
    at = apps.opened(PAGE, panel="Code and files", law="Kernels")
    assert "cannot draw" not in apps.words(at)
    at.button(key="again").click().run()
    assert not at.exception
    left, right = stages(at)
    xy, cls = fitted(law=KERNELS)[2].sample_labelled(300, KEY / "new" / "1")
    np.testing.assert_allclose(left["new"]["arrays"]["xy"].reshape(-1, 2), xy, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(left["new"]["arrays"]["cls"].ravel(), cls)
    assert "new" not in right
    assert "It cannot draw." in apps.words(at)
    assert at.query_params["deal"] == "1"


def test_the_hand_asks_both_models_and_the_truth():
    at = apps.opened(PAGE, panel="Code and files", at="1.5,-0.5")
    dataset, _, law, logistic = fitted()
    x = np.array([[1.5, -0.5]])
    shown = "\n".join(m.value for m in at.markdown)
    truth = dataset.truth.log_joint(x)[0]
    known = {"QDA": f"{np.exp(law.log_prob(x)[0]):.2g}", "Logistic, quadratic": "does not know", "Truth": None}
    for (name, density), log_p in zip(
        known.items(), (law.log_posterior(x)[0], logistic.log_posterior(x)[0], truth), strict=True
    ):
        p = np.exp(log_p - np.logaddexp.reduce(log_p))
        sure = "over 0.999" if p.max() > 0.999 else f"{p.max():.3f}"
        assert re.search(
            rf"\| {name} \| \**{density or '[^|]*'}\** \| {dataset.classes[p.argmax()]}, {sure} \|", shown
        ), name
    assert at.query_params["at"] == "1.5,-0.5"
    for lost in ("90,0", "1,nowhere", "nan,0"):
        assert "at" not in apps.opened(PAGE, panel="Code and files", at=lost).query_params


@pytest.mark.parametrize("law", KINDS)
def test_the_self_test_holds(law):
    at = apps.opened(PAGE, panel="Self-test", law=title(law), features="Linear" if law == "LDA" else "Quadratic")
    assert re.search(r"(\d+) of \1 hold\.", apps.words(at)), apps.words(at)


def test_learning_curves_say_where_they_cross():
    at = apps.opened(PAGE, rho=0.5)
    *_, step = curves.curves(0.5, KEY / "curves")
    crossed = crossing.overtaken(step.state, step.arrays[curves.LOGISTIC], step.arrays[curves.NAIVE])
    assert f"overtakes naive Bayes at about {crossed:.0f} points** (with ridge 1 before 10 points)" in apps.words(at)
    assert "naive Bayes makes fewer errors" in apps.words(apps.opened(PAGE, rho=0.0))
    heavy = apps.words(apps.opened(PAGE, rho=0.2, tails="Student t, ν = 3"))
    *_, step = curves.curves(0.2, KEY / "curves", dof=3.0)
    crossed = crossing.overtaken(step.state, step.arrays[curves.LOGISTIC], step.arrays[curves.NAIVE])
    assert f"at about {crossed:.0f} points" in heavy
    assert f"the best rule errs in {100 * curves.limits(0.2, 3.0)[0]:.1f} %" in heavy
    heavy = apps.words(apps.opened(PAGE, rho=0.0, tails="Student t, ν = 3"))
    assert "has **not overtaken naive Bayes**" in heavy


@pytest.mark.parametrize("hidden", ["Up", "Across"])
def test_a_hidden_coordinate_is_summed_out_at_the_left_and_put_in_at_the_right(hidden):
    at = apps.opened(PAGE, panel="Hidden coordinate", hidden=hidden)
    dataset, held, law, logistic = fitted()
    column = 1 if hidden == "Up" else 0
    seen = held.x[:, 1 - column]
    summed = law.marginal(1 - column).log_posterior(seen[:, None]).argmax(axis=1)
    assert row(at, "Summed out")[0].startswith(f"{100 * (summed != held.y).mean():.1f} %")
    learned, _ = split(admit(dataset), KEY / "held")
    x = held.x.copy()
    x[:, column] = learned.x[:, column].mean()
    put = logistic.log_posterior(x).argmax(axis=1)
    assert row(at, "Mean put in")[0].startswith(f"{100 * (put != held.y).mean():.1f} %")
    at_line = np.linspace(*dataset.bounds[1 - column] * 1.3, 400)
    other = np.linspace(*dataset.bounds[column] * 1.3, 400)
    points = np.stack(np.meshgrid(at_line, other), axis=-1)[..., :: 1 if column else -1].reshape(-1, 2)
    p = np.exp(dataset.truth.log_joint(points)).reshape(400, 400, 2).sum(axis=0)
    best = 1 - p.max(axis=1).sum() / p.sum()
    assert float(row(at, "The best rule")[1].rstrip(" %")) == pytest.approx(100 * best, abs=0.15)


def test_far_away_one_abstains_and_the_other_is_sure():
    at = apps.opened(PAGE, panel="Far away", abstain=10.0)
    _, held, law, _ = fitted()
    learned, _ = split(admit(builtin.load("two_moons")), KEY / "held")
    level = np.quantile(law.log_prob(learned.x), 0.1)
    answers = (law.log_prob(held.x) >= level).mean()
    words = apps.words(at).replace("\xa0", " ")
    assert f"It answers for {100 * answers:.1f} % of the points held out" in words
    assert "logistic regression is over 99.9 % sure" in words


@pytest.mark.parametrize("data", ["Two moons", "Irises"])
def test_where_classes_come_in_other_shares_both_posteriors_are_reweighted(data):
    """The errors are those of the models with the new shares, and the boundary on the stage goes with them."""
    at = apps.opened(PAGE, panel="Other shares", data=data, share=90)
    dataset = at.session_state["held"]["standing.decide"][0].dataset
    learned, held = split(admit(dataset), KEY / "held")
    models = generative.fit("QDA", learned, KEY / "law"), discriminative.fit("quadratic", learned, 0.01)
    x, weight = held.x, np.eye(held.k)[held.y]
    if data == "Two moons":
        grid = risk.cells(dataset.bounds, 200, 0.15)
        x, weight = grid.x, np.exp(dataset.truth.log_joint(grid.x))
    for name, model in zip(("QDA", "Logistic, quadratic"), models, strict=True):
        told = (
            priors.risks(weight, model.log_posterior(x), learned.shares, np.array([0.9]), follows)[0]
            for follows in (True, False)
        )
        assert row(at, name, -1) == [f"{100 * error:.1f} %" for error in told]
    assert bool("Exact. p(x" in apps.words(at)) == (data == "Two moons")
    edges = [unpack(apps.messages(apps.opened(PAGE, panel="Other shares", data=data, share=n))[2]) for n in (10, 90)]
    first, last = ({la["name"]: la for la in told["scene"]["layers"]}["other"]["arrays"]["xy"] for told in edges)
    assert first.shape != last.shape or (first != last).any()


@pytest.mark.parametrize(("data", "how"), [("Two moons", "Exact"), ("Irises", "On the 45 points held out")])
def test_calibration_is_exact_where_the_truth_is_known(data, how):
    at = apps.opened(PAGE, panel="Calibration", data=data, law="Kernels")
    assert how in apps.words(at)
    if data == "Two moons":
        good, bad = (float(row(at, name, -1)[0].rstrip(" %")) for name in ("Kernels", "Logistic, quadratic"))
        assert good < 1 < bad


def drawing(counts):
    rng = Key(3).generator()
    cls = np.repeat(np.arange(len(counts)), counts)
    return sketch.encode(rng.uniform(0.2, 0.8, (len(cls), 2)), cls)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"data": "Banana"}, "no classes"),
        ({"data": "Draw your own", "points": drawing([20])}, "no classes"),
        ({"data": "Draw your own", "points": drawing([20, 1])}, "Class B has 1 point"),
    ],
)
def test_what_cannot_be_told_apart_gets_one_sentence_and_the_sheet_stays(query, says):
    at = apps.opened(PAGE, **query)
    assert says in " ".join(w.value for w in at.warning)
    assert len(apps.messages(at)) == 1


def test_a_file_of_ones_own_is_told_apart_by_its_label_and_a_class_with_one_point_is_named():
    rng = Key(1).generator()
    rows = [(*rng.normal(3 * (i % 2), 1, 2), "cat" if i % 2 else "dog") for i in range(60)]
    files = [rows, [row for i, row in enumerate(rows) if row[2] == "cat" or i == 0]]
    at = apps.opened(PAGE, data="Your own file", panel="Code and files")
    for name, some in zip(("two.csv", "one.csv"), files, strict=True):
        text = "u,v,kind\n" + "\n".join(f"{u:.4f},{v:.4f},{kind}" for u, v, kind in some)
        at.file_uploader(key="file").upload(name, text.encode()).run()
        at.selectbox(key="label").set_value("kind").run()
        assert not at.exception
        if name == "two.csv":
            assert "Error on 18 held out" in apps.words(at)
    assert "Class dog has 1 point" in " ".join(w.value for w in at.warning)


def test_a_drawing_of_two_colours_is_told_apart():
    at = apps.opened(PAGE, data="Draw your own", points=drawing([20, 20, 15]), panel="Code and files")
    assert len(stages(at)) == 2
    assert "Error on 16 held out" in apps.words(at)
    assert "Bayes rule" not in apps.words(at)


def test_without_a_ridge_weights_that_have_no_end_are_said():
    at = apps.opened(PAGE, data="Four rings", ridge=0.0, panel="Code and files")
    assert "weights of logistic regression grow without end" in apps.words(at)


def test_of_many_points_it_is_said_which_got_a_bump():
    at = apps.opened(PAGE, law="Kernels", n=4000, panel="Code and files")
    assert "Of a class with more than 1,000 points" in apps.words(at)
    assert "got a bump each" not in apps.words(apps.opened(PAGE, law="Kernels", panel="Code and files"))


def test_what_is_taken_home_prints_the_numbers_on_screen(capsys):
    at = apps.opened(PAGE, panel="Code and files", data="Two circles", law="Naive Bayes", ridge=0.5)
    exec(compile(at.code[0].value, "home", "exec"), {})
    told = capsys.readouterr().out
    exact = re.findall(r"exact error ([\d.e-]+) excess ([\d.e-]+)", told)
    for (wrong, nats), name in zip(exact, ("Naive Bayes", "Logistic, quadratic"), strict=True):
        shown = row(at, name)
        assert shown[1] == f"{100 * float(wrong):.1f} %"
        assert shown[2] == f"{float(nats):.3f}"
