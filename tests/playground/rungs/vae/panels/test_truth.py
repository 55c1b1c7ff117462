"""The truth beside a VAE: what is drawn is core's, the identities hold, and the panel says exact or bound."""

import dataclasses

import numpy as np
import pytest

from core.evaluation.metrics import Estimate
from core.key import Key
from core.vae.truth import exact
from core.vae.truth import gap as vae_gap
from playground.instruments.stage import Curves, Ellipses, Field, pack
from playground.rungs.vae import charts, seen
from playground.rungs.vae.panels import truth as vae_truth
from tests import apps
from tests.playground.rungs.vae import sets

X = sets.pictures().images


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def page(latent, told):
    from core.key import Key
    from playground.rungs.vae.panels import truth as vae_truth
    from tests.playground.rungs.vae import sets

    kind = "classes" if told else "factors"
    vae_truth.panel("test", sets.model(latent, told), sets.pictures(kind), 3, Key(0))


def truth(latent=2):
    return list(vae_truth.steps(sets.model(latent), X[3], None))[-1].state


def test_the_map_is_the_true_posterior():
    found, model = truth(), sets.model()
    field, best, q = vae_truth.scene(found, "test").layers
    assert isinstance(field, Field)
    rows = found.density.shape[0]
    for i, j in ((60, 60), (40, 70), (75, 52)):  # row i of the picture is z2, column j is z1
        z = np.array([[found.view.axes[0][j], found.view.axes[1][i]]])
        want = exact.log_joint(model, X[3:4], z)[0, 0] - exact.log_prob(model, X[3:4], side=321)[0]
        assert np.log(field.values[i, j]) == pytest.approx(want, abs=1e-3)
    step = found.view.axes[0][1] - found.view.axes[0][0]
    assert field.values.sum() * step**2 == pytest.approx(1, abs=0.02)  # the view holds nearly all of it
    assert rows == vae_truth.VIEW
    assert isinstance(q, Ellipses)
    mean, log_var = model.encode(X[3:4])
    assert np.allclose(q.mean, mean)
    assert np.allclose(q.cov[0], np.diag(np.exp(log_var[0])))
    assert np.allclose(best.mean[0], found.gap.best.mean)


def test_the_view_is_square_and_holds_both():
    found = truth()
    (x0, x1), (y0, y1) = vae_truth.scene(found, "test").bounds
    assert x1 - x0 == pytest.approx(y1 - y0)
    sd = np.exp(0.5 * found.log_var)
    for low, high, m, s in ((x0, x1, found.mean[0], sd[0]), (y0, y1, found.mean[1], sd[1])):
        assert low < m - 3 * s
        assert high > m + 3 * s


def test_what_the_bound_loses_is_the_divergence_and_the_sum_of_the_gaps():
    found = truth()
    assert found.check.holds
    assert abs(found.check.value) < 1e-3
    rows = {name: value for name, value, _ in vae_truth.figures(found)}
    lost = float(rows["log p(x)"]) - float(rows["ELBO"])
    assert lost == pytest.approx(float(rows["KL(q, p)"]), abs=1e-3)
    assert lost == pytest.approx(float(rows["approximation"]) + float(rows["amortisation"]), abs=1e-3)


def test_a_broken_identity_is_called_broken():
    found = dataclasses.replace(truth(), elbo=truth().elbo - 0.01)
    assert not found.check.holds
    assert any("broken" in unit for _, _, unit in vae_truth.figures(found))


def test_the_sentence_names_the_larger_part():
    found = truth()
    more = found.gap.amortisation > found.gap.approximation
    assert ("encoder" in vae_truth.finding(found)) == more


def test_the_test_set_is_split_as_core_does():
    pictures, model = sets.pictures(), sets.model()
    rows = pictures.split.test[:3]
    steps = list(vae_truth.over(model, pictures, rows))
    assert [step.metrics["progress"] for step in steps] == pytest.approx([1 / 3, 2 / 3, 1])
    for i, row in enumerate(rows):
        gap = vae_gap.split(model, X[row], side=vae_truth.SIDE)
        assert steps[-1].state.approximation[i] == gap.approximation
        assert steps[-1].state.amortisation[i] == gap.amortisation
    assert f"Over {len(rows)} test pictures" in vae_truth.over_words(steps[-1].state)


def test_one_dimension_is_drawn_as_curves():
    found = truth(1)
    posterior, q = vae_truth.scene(found, "test").layers
    assert isinstance(posterior, Curves)
    for layer in (posterior, q):
        assert np.trapezoid(layer.y[0], layer.x) == pytest.approx(1, abs=0.01)
    assert pack(vae_truth.scene(found, "test"), [], run="test")


def test_the_bound_rises_with_its_draws():
    steps = list(vae_truth.bounds(sets.model(3), X[3], None, Key(0)))
    found = steps[-1].state
    assert list(found) == [k for k, _ in vae_truth.DRAWS]
    noise = np.hypot(found[1].error, found[1000].error)
    assert found[1000].value > found[1].value - 3 * noise
    spec = charts.bound(found, True).to_dict()
    rows = [row for table in spec["datasets"].values() for row in table]
    assert {row["k"]: row["nats"] for row in rows} == {k: e.value for k, e in found.items()}


def test_the_bars_add_up():
    parts = {"this": (Estimate(1.0, np.nan), Estimate(2.0, np.nan)), "test": (Estimate(0.5, 0.3), Estimate(0.2, 0.4))}
    spec = charts.split(parts, False).to_dict()
    rows = [row for table in spec["datasets"].values() for row in table]
    assert [(r["from"], r["to"]) for r in rows if "part" in r] == [(0, 1), (1, 3), (0, 0.5), (0.5, 0.7)]
    ends = {r["row"]: (r["low"], r["high"]) for r in rows if "low" in r}
    assert ends["this"] == (3, 3)
    assert ends["test"] == pytest.approx((0.2, 1.2))


@pytest.mark.parametrize(("value", "end"), [(0.3, 0.5), (1.0, 1.0), (1.01, 2), (7, 10), (12, 20), (0.011, 0.02)])
def test_axes_end_at_round_numbers(value, end):
    assert charts.nice(value) == pytest.approx(end)


@pytest.mark.parametrize(("latent", "told", "said"), [(2, False, "exact"), (2, True, "exact"), (3, False, "bound")])
def test_the_panel_says_what_its_number_is(latent, told, said):
    at = apps.opened(page, {"latent": latent, "told": told})
    assert f"badge[{said}]" in apps.words(at)
    assert "nats" in apps.words(at)


def test_the_gap_over_the_test_set_is_asked_for():
    at = apps.opened(page, {"latent": 2, "told": False})
    at.button(key="test.over").click().run(timeout=60)
    assert not at.exception
    n = len(sets.pictures().split.test)
    assert f"Over {n} test pictures the bound loses" in apps.words(at)


def test_a_model_is_known_by_its_content():
    assert seen.fingerprint(sets.model()) == seen.fingerprint(sets.model())
    assert seen.fingerprint(sets.model()) != seen.fingerprint(sets.model(3))
    model = sets.model()
    weights = {name: value + (name == "decoder.0.bias") for name, value in model.weights.items()}
    assert seen.fingerprint(model) != seen.fingerprint(dataclasses.replace(model, weights=weights))


def test_a_model_is_told_what_it_was_trained_with():
    told, rows = sets.model(told=True), np.array([0, 5])
    classes, words = sets.pictures("classes"), sets.pictures("words")
    assert seen.told(sets.model(), classes, rows) is None
    assert (seen.told(told, classes, rows)[:, 0] == classes.labels[rows]).all()
    unnamed = dataclasses.replace(words, labels=None, classes=())
    assert (seen.told(told, unnamed, rows)[:, 0] == words.labels[rows]).all()
    with pytest.raises(ValueError, match="labels"):
        seen.told(told, sets.pictures("factors"), rows)
