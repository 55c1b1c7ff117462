"""The plane of a VAE: ellipses to scale, one latent number, a kept model and a training as Snapshots."""

import numpy as np
import pytest

from core.data import images
from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae import fit
from core.vae.forward import forward
from core.vae.truth import checks
from playground.instruments.latent_pad import pack
from playground.instruments.stage import unpack
from playground.rungs.vae import film
from tests.core.vae.tiny_vae import spots, trained


@pytest.fixture(scope="module")
def pictures():
    return Pictures("spots", images.quantise(spots()[0], 5), levels=5)


def test_the_ellipse_is_q_and_the_draws_are_its():
    mean, log_var = np.array([0.5, -1.0, 0.2]), np.log([0.04, 0.25, 1.0])
    (ellipse, points), draws = film.over(mean, log_var, Key(0))
    np.testing.assert_allclose(ellipse.mean, [[0.5, -1.0]])
    np.testing.assert_allclose(ellipse.cov[0], np.diag([0.04, 0.25]))
    np.testing.assert_array_equal(points.xy, draws[:, :2])
    assert np.abs((draws - mean) / np.exp(0.5 * log_var)).max() < 5


def test_one_latent_number_gets_an_idle_second():
    model = trained(latent=1, epochs=3)
    spec, blob = film.browser(model)
    assert spec[0]["in"] == 2
    z = Key(1).generator().standard_normal((10, 2))
    np.testing.assert_allclose(checks.replay(spec, blob, z), model.decode(z[:, :1]), atol=2e-5)


def test_one_latent_number_and_labels():
    x, where = spots()
    labels = (where[:, :1] > 1.5).astype(int)
    config = fit.Config(latent=1, width=16, levels=5, epochs=1)
    *_, step = fit.fit(config, x, Key(0), labels=labels)
    spec, blob = film.browser(step.state)
    inputs = np.array([[0.7, -0.4, 0.0, 1.0]])
    want = step.state.decode(np.array([[0.7]]), np.array([[1]]))
    np.testing.assert_allclose(checks.replay(spec, blob, inputs), want, atol=2e-5)


def test_the_plane_packs(pictures):
    model = trained(epochs=3)
    step = film.still(model, pictures)
    np.testing.assert_array_equal(step.arrays["rows"], np.arange(240))
    np.testing.assert_array_equal(step.arrays["means"], model.encode(pictures.images)[0])
    plane = film.plane("spots", step, pictures)
    np.testing.assert_array_equal(
        plane.numbers, step.arrays["rows"] + 1, "what a picture is called in the link and the text"
    )
    sent = unpack(pack(plane, film.snapshots([step]), run="r"))
    np.testing.assert_allclose(sent["frames"][0]["arrays"]["codes"]["z"], step.arrays["means"], atol=1e-6)
    assert sent["frames"][0]["caption"] == ""
    assert sent["scene"]["alt"].startswith("240 pictures")


def test_the_axes_hold_the_codes_of_a_kept_model_and_do_not_jump_in_a_training(pictures):
    means = np.linspace(-4.2, 4.2, 40).reshape(20, 2)
    arrays = {"rows": np.arange(20), "means": means}
    kept = Step(0, trained(epochs=3), film.KEPT, arrays=arrays)
    assert film.plane("spots", kept, pictures).reach == 4.5
    first = Step(0, kept.state, arrays=arrays | {"means": 100 * means})
    assert film.plane("spots", first, pictures).reach == film.UNKNOWN


def test_the_rows_shown_are_bounded():
    many = Pictures("many", np.zeros((3000, 3, 32, 32), np.uint8))
    rows = film.rows_of(many)
    assert len(rows) * many.dim <= film.VALUES
    assert (np.diff(rows) > 0).all()


def steps(n):
    means = np.zeros((3, 2))
    history = [[i, 5.0 - i, 4.0 - i, 1.0, np.nan, 1.0] for i in range(n)]
    arrays = [{"means": means, "rows": np.arange(3), "history": np.array(history[: i + 1])} for i in range(n)]
    return [Step(i, trained(epochs=3), arrays=arrays[i]) for i in range(n)]


def test_snapshots_say_their_epoch_so_that_two_pads_can_meet():
    found = film.snapshots(steps(3), 8)
    assert [s.metrics["epoch"] for s in found] == [8, 9, 10]
    assert [s.half for s in found] == [True, True, False]
    assert film.caption(steps(3)[2], 8) == "Epoch 2 of the fork, 10 in all"
    assert film.caption(steps(3)[0]) == "Before the first epoch"


def test_the_plane_is_the_one_the_codes_vary_along():
    means = np.random.default_rng(0).normal(size=(50, 5)) * [0.1, 2.0, 0.1, 0.1, 1.0]
    assert film.widest(means) == (1, 4)
    assert film.widest(means[:, :2] * [1, 0]) == (0, 1)
    mean, log_var = np.arange(5.0), np.log(np.arange(1.0, 6.0))
    (ellipse, points), draws = film.over(mean, log_var, Key(0), (1, 4))
    np.testing.assert_allclose(ellipse.mean, [[1, 4]])
    np.testing.assert_allclose(ellipse.cov[0], np.diag([2.0, 5.0]))
    np.testing.assert_array_equal(points.xy, draws[:, [1, 4]])


@pytest.mark.parametrize("architecture", ["mlp", "conv"])
def test_the_path_holds_the_picture_and_what_the_encoder_s_layers_make_of_it(architecture):
    model, x = trained("bernoulli", architecture, epochs=2), spots()[0][3]
    found = forward(model, x)
    path = film.path(model, found, x, 4)
    sizes = [x.size, *(int(np.prod(layer["shape"])) for layer in path.encoder[:-1])]
    parts = np.split(path.values, np.cumsum(sizes)[:-1])
    for part, meant in zip(parts, [x, *(layer.values for layer in found.encoder[:-1])], strict=True):
        np.testing.assert_array_equal(part, meant.ravel())
    np.testing.assert_allclose(np.log(path.sd), 0.5 * found.log_var)
    assert (path.at, path.decoder[-1]["means"]) == (4, "sigmoid")
    told = sum(layer["parameters"] for layer in (*path.encoder, *path.decoder))
    assert told == sum(weight.size for weight in model.weights.values())
