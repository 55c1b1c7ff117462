"""The bell in numbers: its figures are core's, and the self-test of whatever can be chosen holds and sees what is broken."""

import re

import numpy as np
import pytest
from scipy import stats

from core.data import builtin
from core.digits import minus
from core.laws import gaussian
from playground.rungs.fit1 import model, numbers
from playground.rungs.fit1.bell import Bell
from tests import apps
from tests.playground.rungs.fit1.sets import screen


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def opened(**query):
    return apps.opened("pages/fit1.py", **query)


def strip(at):
    return next((m.value for m in at.markdown if m.value.startswith("| verdict | identity")), "")


def test_the_figures_are_those_of_the_hand_and_of_the_best_bell():
    at, x = opened(data="Galaxies", means="21,4"), builtin.load("galaxies").points[:, 0]
    text = next(m.value for m in at.markdown if m.value.startswith("| Your bell")).replace("\N{MINUS SIGN}", "-")
    shown = dict(re.findall(r"^\| (.*?) \| \*\*(.*?)\*\* \|", text, re.MULTILINE))
    hand, best = (stats.norm.logpdf(x, *law).mean() for law in ((21, 4), (x.mean(), x.std())))
    assert float(shown["Log-likelihood"]) == pytest.approx(hand, abs=6e-5)
    assert float(shown["Its maximum, exact"]) == pytest.approx(best, abs=6e-5)
    assert float(shown["Below it by"]) == pytest.approx(best - hand, abs=6e-5)
    assert f"the sum of their logarithms is {minus(f'{len(x) * hand:,.1f}')} nats" in apps.words(at)


def test_the_self_test_of_every_model_offered_holds():
    at = opened(panel="Self-test", data="Galaxies")
    models = at.selectbox(key="model").options
    assert models[:3] == ["Your bell", "The best", "Normal"]
    for title in models:
        at.selectbox(key="model").select(title).run()
        assert not at.exception
        assert strip(at).count("✓") >= 2, title
        assert "broken" not in strip(at), title


def test_the_self_test_follows_the_bell():
    at = opened(panel="Self-test", data="Galaxies", means="21,4")
    assert strip(at).count("✓") == 5
    assert "Self-test of **Your bell**" in apps.words(at)


def test_a_constant_column_has_the_identities_of_its_bell_alone():
    x = "\n".join(["same", *["2.0"] * 30]).encode()
    at = opened(panel="Self-test", data="Your own file")
    at.file_uploader(key="file").upload("same.csv", x).run()
    assert not at.exception


@pytest.mark.parametrize(
    ("owner", "name", "broken"),
    [
        (numbers, "mass", "your bell integrates to 1"),
        (gaussian.Gaussian, "score", "slope in mu at the maximum"),
    ],
)
def test_the_identities_of_the_bell_see_what_is_broken(owner, name, broken, monkeypatch):
    shown, bell = screen(builtin.load("skewed")), Bell(1.0, 2.0)
    chosen = model.Model(model.bell_row(shown, bell))
    assert all(check.holds for check in numbers.checks(shown, bell, chosen))
    whole = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *given: whole(*given) + 1e-3)
    assert [check.name for check in numbers.checks(shown, bell, chosen) if not check.holds] == [broken]


def test_the_sums_of_the_maximum_are_compared_with_its_points():
    shown = screen(builtin.load("skewed"))
    shown = type(shown)(
        shown.asked, type(shown.points)(shown.points.n, shown.points.mean, 1.01 * shown.points.covariance)
    )
    assert np.isfinite(shown.points.covariance).all()
    assert [check.holds for check in numbers.of_maximum(shown)] == [False, True]
