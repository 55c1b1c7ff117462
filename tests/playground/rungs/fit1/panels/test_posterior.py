"""The posterior's panel: its table is core's, and the MAP slides from the prior to the MLE."""

import numpy as np
import pytest

from core.data import builtin
from core.laws import bins
from core.laws.conjugate.normal import Config, NormalInverseGamma
from core.laws.gaussian import Gaussian
from core.laws.likelihood import sufficient
from playground.rungs.fit1 import beliefs
from playground.rungs.fit1.panels import posterior
from playground.shown.density import Curve
from tests.playground.rungs.fit1 import sets
from tests.playground.shown import specs


def opened(name="skewed", **query):
    return sets.opened("posterior", name, 1000, **query)


def laws(name, first=None, **values):
    dataset = builtin.load(name)
    points = sufficient(dataset.points)
    prior = Config(**values).prior(float(points.mean[0]), float(np.sqrt(points.covariance[0, 0])))
    x = dataset.points[(posterior.Key(0) / "posterior").generator().permutation(len(dataset)), 0]
    return prior, prior.posterior(x[:first]), x[:first]


def shown(at):
    table = at.dataframe[0].value
    return {row.iloc[0]: (row["mu"].replace("\N{MINUS SIGN}", "-"), row["sigma"]) for _, row in table.iterrows()}


@pytest.mark.parametrize(("name", "first"), [("skewed", 20), ("galaxies", None), ("normal", 1)])
def test_the_table_is_cores(name, first):
    at = opened(name, strength=5, mean=1, **({"first": first} if first else {}))
    _, law, x = laws(name, first, strength=5.0, mean=1.0)
    rows, best = shown(at), law.mode("sigma")
    assert rows["MAP"] == (f"{best.mean[0]:#.5g}", f"{best.covariance[0, 0] ** 0.5:.5g}")
    assert rows["MLE"] == (f"{x.mean():.5g}", f"{x.std():.5g}")
    ends = [float(rows[end][i]) for i in (0, 1) for end in ("95 % from", "95 % to")]
    assert ends == pytest.approx([*law.interval_mu(), *law.interval_sigma()], rel=1e-4)


def test_log_evidence_and_predictive_are_cores():
    prior, law, x = laws("galaxies", 50)
    text = " ".join(m.value for m in opened("galaxies", first=50).markdown).replace("\N{MINUS SIGN}", "-")
    assert f"{prior.evidence(x):,.3f}" in text
    assert f"**{law.predictive().degrees:.5g}**" in text


def test_the_map_slides_from_the_prior_to_the_mle():
    dataset = builtin.load("normal")
    s, m = dataset.points.std(), dataset.points.mean()
    one = float(shown(opened("normal", first=1, mean=2, strength=50))["MAP"][0])
    every = shown(opened("normal", mean=2, strength=1))
    assert abs(one - (m + 2 * s)) < 0.1 * s
    assert abs(float(every["MAP"][0]) - m) < 0.01 * s
    assert float(every["MAP"][1]) == pytest.approx(s, rel=0.01)


def test_a_flat_prior_is_told_in_words():
    at = opened("normal", strength=0, shape=-1.5, scale=0, first=1)
    text = " ".join(m.value for m in at.markdown)
    assert "flat" in text
    assert "cannot yet" in text
    assert "**none**" in text
    assert shown(at)["MAP"] == ("none yet", "none yet")
    every = shown(opened("normal", strength=0, shape=-1.5, scale=0))
    assert every["MAP"][0] == every["MLE"][0]


@pytest.mark.parametrize("first", [1, 2, 5, None])
@pytest.mark.parametrize("prior", [{}, {"strength": 0}, {"shape": -1}, {"scale": 0}])
def test_every_prior_and_every_n_has_a_page(prior, first):
    opened("galaxies", zoom=True, **prior, **({"first": first} if first else {}))


def test_the_likelihood_is_the_profile_and_has_unit_area():
    _, _, x = laws("skewed", 7)
    law = posterior.PROFILE.posterior(x).marginal_mu()
    mu = np.linspace(x.mean() - 400, x.mean() + 400, 2_000_001)
    assert np.trapezoid(law.pdf(mu), mu) == pytest.approx(1, abs=1e-6)
    near = np.array([x.mean() - 0.3, x.mean() + 1.0])
    profile = -len(x) / 2 * np.log(x.var() + (near - x.mean()) ** 2)
    assert np.diff(law.log_prob(near)) == pytest.approx(np.diff(profile))


def test_the_chart_holds_the_laws_and_the_marks():
    law = NormalInverseGamma(0.0, 4.0, 3.0, 2.0)
    flat = NormalInverseGamma(0.0, 0.0, -1.5, 0.0)
    marked = {"MLE": (0.5, "data"), "MAP": (0.25, "model")}
    chart = beliefs.parameter(
        (("prior", "noise", flat), ("posterior", "model", law)), 0, marked, "mu", (-3.0, 3.0), False
    )
    rows = specs.rows(chart)
    curve = [(r["x"], r["y"]) for r in rows if r.get("curve") == "posterior"]
    x, y = np.array(curve).T
    assert y == pytest.approx(law.marginal_mu().pdf(x) / law.marginal_mu().pdf(x).max())
    assert not [r for r in rows if r.get("curve") == "prior"]
    assert {r["mark"]: r["x"] for r in rows if "mark" in r} == {"MLE": 0.5, "MAP": 0.25}
    band = next(r for r in rows if "high" in r)
    assert (band["x"], band["high"]) == pytest.approx(law.interval_mu())


def test_the_axes_stay_while_the_slider_moves():
    dataset = builtin.load("galaxies")
    points = sufficient(dataset.points)
    wide = posterior.reach(dataset, points, None)
    close = posterior.reach(dataset, points, laws("galaxies")[1])
    assert wide[0][0] <= dataset.bounds[0, 0]
    assert wide[0][1] >= dataset.bounds[0, 1]
    assert close[0][1] - close[0][0] < wide[0][1] - wide[0][0]


def test_a_curve_is_named_above_the_picture():
    x = np.linspace(0, 1, 3)
    chart = beliefs.beliefs([Curve("prior", "noise", x, x)], {}, None, "mu", (0.0, 1.0), True)
    assert [{"word": "prior"}] in [rows for _, _, rows in specs.layers(chart)]


def test_the_plane_holds_the_way_of_the_map_and_the_points():
    law, way = NormalInverseGamma(0.0, 4.0, 3.0, 2.0), [(0, 0.0, 1.0), (5, 0.5, 0.8)]
    marked = {"MLE": (0.5, 0.7, "data"), "MAP": (0.4, 0.8, "model")}
    found = specs.layers(beliefs.joint(law, way, marked, "cm", ((-2.0, 2.0), (0.0, 2.0)), False))
    (_, _, cells), (_, _, trodden), *_ = found
    assert max(cell["height"] for cell in cells) == 1.0
    assert trodden == [{"n": n, "x": m, "y": s} for n, m, s in way]
    assert {r["mark"]: (r["x"], r["y"]) for _, _, rows in found for r in rows if "mark" in r} == {
        "MLE": (0.5, 0.7), "MAP": (0.4, 0.8),
    }  # fmt: skip


def test_the_next_points_law_is_drawn_beside_the_plug_in():
    dataset = builtin.load("galaxies")
    student, plug = (
        laws("galaxies")[1].predictive(),
        Gaussian(dataset.points.mean(axis=0), np.cov(dataset.points.T, bias=True).reshape(1, 1)),
    )
    rows = specs.rows(beliefs.predictive(dataset, bins.histogram(dataset.points), student, plug, True))
    x, y = np.array([(r["x"], r["y"]) for r in rows if r.get("curve") == "predictive"]).T
    assert y == pytest.approx(student.pdf(x))
    assert len([r for r in rows if r.get("curve") == "plug-in normal"]) == len(x)
