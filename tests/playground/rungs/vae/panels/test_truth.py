"""The truth beside a VAE: what is drawn is core's, the identities hold, and the panel says exact or bound."""

import dataclasses

import numpy as np
import pytest

from core.vae.truth import exact
from playground.instruments.stage import Curves, Ellipses, Field, pack
from playground.rungs.vae.panels import truth as panel
from tests import apps
from tests.playground.rungs.vae import sets

X = sets.pictures().images


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def page(latent, told):
    from playground.rungs.vae.panels import truth
    from tests.playground.rungs.vae import sets

    truth.show(*sets.shown(latent, told))


def truth(latent=2):
    return list(panel.steps(sets.model(latent), X[3], None))[-1].state


def test_the_map_is_the_true_posterior():
    found, model = truth(), sets.model()
    field, best, q = panel.scene(found, "test").layers
    assert isinstance(field, Field)
    rows = found.density.shape[0]
    for i, j in ((60, 60), (40, 70), (75, 52)):  # row i of the picture is z2, column j is z1
        z = np.array([[found.view.axes[0][j], found.view.axes[1][i]]])
        want = exact.log_joint(model, X[3:4], z)[0, 0] - exact.log_prob(model, X[3:4], side=321)[0]
        assert np.log(field.values[i, j]) == pytest.approx(want, abs=1e-3)
    step = found.view.axes[0][1] - found.view.axes[0][0]
    assert field.values.sum() * step**2 == pytest.approx(1, abs=0.02)  # the view holds nearly all of it
    assert rows == panel.VIEW
    assert isinstance(q, Ellipses)
    mean, log_var = model.encode(X[3:4])
    assert np.allclose(q.mean, mean)
    assert np.allclose(q.cov[0], np.diag(np.exp(log_var[0])))
    assert np.allclose(best.mean[0], found.gap.best.mean)


def test_the_view_is_square_and_holds_both():
    found = truth()
    (x0, x1), (y0, y1) = panel.scene(found, "test").bounds
    assert x1 - x0 == pytest.approx(y1 - y0)
    sd = np.exp(0.5 * found.log_var)
    for low, high, m, s in ((x0, x1, found.mean[0], sd[0]), (y0, y1, found.mean[1], sd[1])):
        assert low < m - 3 * s
        assert high > m + 3 * s


def test_what_the_bound_loses_is_the_divergence_and_the_sum_of_the_gaps():
    found = truth()
    assert found.check.holds
    assert abs(found.check.value) < 1e-3
    rows = {name: value for name, value, _ in panel.figures(found)}
    lost = float(rows["log p(x)"]) - float(rows["ELBO"])
    assert lost == pytest.approx(float(rows["KL(q, p)"]), abs=1e-3)
    assert lost == pytest.approx(float(rows["approximation"]) + float(rows["amortisation"]), abs=1e-3)


def test_a_number_that_is_sought_has_its_row_from_the_start():
    found = truth()
    sought = panel.figures(dataclasses.replace(found, gap=None), alive=True)
    assert [(name, unit) for name, _, unit in sought] == [(name, unit) for name, _, unit in panel.figures(found)]
    assert [value for _, value, _ in sought[-2:]] == ["…", "…"]


def test_a_broken_identity_is_called_broken():
    found = dataclasses.replace(truth(), elbo=truth().elbo - 0.01)
    assert not found.check.holds
    assert any("broken" in unit for _, _, unit in panel.figures(found))


def test_the_sentence_names_the_larger_part():
    found = truth()
    more = found.gap.amortisation > found.gap.approximation
    assert ("encoder" in panel.finding(found)) == more


def test_one_dimension_is_drawn_as_curves():
    found = truth(1)
    posterior, q = panel.scene(found, "test").layers
    assert isinstance(posterior, Curves)
    for layer in (posterior, q):
        assert np.trapezoid(layer.y[0], layer.x) == pytest.approx(1, abs=0.01)
    assert pack(panel.scene(found, "test"), [], run="test")


@pytest.mark.parametrize(("latent", "told", "said"), [(2, False, "exact"), (2, True, "exact"), (3, False, "bound")])
def test_the_panel_says_what_its_number_is(latent, told, said):
    at = apps.opened(page, {"latent": latent, "told": told})
    assert f"badge[{said}]" in apps.words(at)
    assert "nats" in apps.words(at)
