"""The plane of a VAE and the chosen picture over it: ellipses to scale, one latent number, drawings, and the film's chunks."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.data import images
from core.data.images import Pictures
from core.key import Key
from core.vae import fit
from core.vae.model import kl
from core.vae.truth import checks
from playground.instruments.stage import unpack
from playground.rungs.vae import film as vae_film
from playground.rungs.vae import plane as vae_plane
from playground.rungs.vae import through
from playground.rungs.vae.film import Film
from playground.shelf import ink, picture
from tests.core.vae.tiny_vae import spots, trained


@pytest.fixture(scope="module")
def pictures():
    return Pictures("spots", images.quantise(spots()[0], 5), levels=5)


def test_the_ellipse_is_q_and_the_draws_are_its():
    mean, log_var = np.array([0.5, -1.0, 0.2]), np.log([0.04, 0.25, 1.0])
    (ellipse, points), draws = vae_plane.over(mean, log_var, Key(0))
    np.testing.assert_allclose(ellipse.mean, [[0.5, -1.0]])
    np.testing.assert_allclose(ellipse.cov[0], np.diag([0.04, 0.25]))
    np.testing.assert_array_equal(points.xy, draws[:, :2])
    assert np.abs((draws - mean) / np.exp(0.5 * log_var)).max() < 5


def test_one_latent_number_gets_an_idle_second():
    model = trained(latent=1, epochs=3)
    spec, blob = vae_plane.browser(model)
    assert spec[0]["in"] == 2
    z = Key(1).generator().standard_normal((10, 2))
    np.testing.assert_allclose(checks.replay(spec, blob, z), model.decode(z[:, :1]), atol=2e-5)


def test_one_latent_number_and_labels():
    x, where = spots()
    labels = (where[:, :1] > 1.5).astype(int)
    config = fit.Config(latent=1, width=16, levels=5, epochs=1)
    *_, step = fit.fit(config, x, Key(0), labels=labels)
    spec, blob = vae_plane.browser(step.state)
    inputs = np.array([[0.7, -0.4, 0.0, 1.0]])
    want = step.state.decode(np.array([[0.7]]), np.array([[1]]))
    np.testing.assert_allclose(checks.replay(spec, blob, inputs), want, atol=2e-5)


def test_the_plane_packs(pictures):
    model = trained(epochs=3)
    codes = vae_plane.encoded(model, pictures)
    plane = vae_plane.plane("spots", model, pictures, codes.rows)
    sent = unpack(vae_film.pack(plane, [vae_plane.snapshot(model, codes.means)], run="r"))
    np.testing.assert_allclose(sent["frames"][0]["arrays"]["codes"]["z"], codes.means, atol=1e-6)
    assert sent["scene"]["alt"].startswith("240 pictures")


def test_the_rows_shown_are_bounded():
    many = Pictures("many", np.zeros((3000, 3, 32, 32), np.uint8))
    rows = vae_plane.rows_of(many)
    assert len(rows) * many.dim <= vae_plane.VALUES
    assert (np.diff(rows) > 0).all()


@pytest.mark.parametrize("architecture", ["mlp", "conv"])
def test_through_the_model(pictures, architecture):
    model = trained(architecture=architecture, epochs=3)
    x = pictures.images[3]
    found = through.through(model, x, None, Key(0))
    mean, log_var = model.encode(x[None])
    assert found.kl == pytest.approx(kl(mean, log_var).sum())
    np.testing.assert_allclose(found.back, model.decode(mean)[0], rtol=1e-12)
    exact = checks.vae_exact.quadrature_elbo(model, x[None])[0]
    assert found.elbo.value == pytest.approx(exact, abs=5 * found.elbo.error + 1e-9)
    assert (found.elbo.error == 0) == (architecture == "mlp")
    text = through.equation(found)
    assert f"{found.kl:.2f}" in text


def test_what_was_lost_is_blue_where_the_decoder_is_too_bright(monkeypatch):
    monkeypatch.setattr(through.session, "dark", lambda: False)
    x = np.array([[[0.0, 0.5, 1.0]]])
    back = np.array([[[1.0, 0.5, 0.0]]])
    bright, same, dim = through.difference(x, back)[0].tolist()
    assert bright[2] > bright[0]
    assert same == [255, 255, 255]
    assert dim[0] > dim[2]


def test_a_picture_travels_exactly():
    pixels = np.arange(75, dtype=np.uint8).reshape(5, 5, 3)
    head, text = through.written_out(pixels).split(",")
    assert head == "data:image/png;base64"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(text)))), pixels)


def test_a_drawing_is_in_the_light_of_its_set():
    points = np.array([[0.5, 0.9], [0.5, 0.5]])
    dark = Pictures("dark", np.zeros((4, 1, 8, 8), np.uint8), levels=17)
    light = Pictures("light", np.full((4, 3, 32, 32), 255, np.uint8))
    on_dark, on_light = ink.painted(points, dark), ink.painted(points, light)
    assert (on_dark.shape, on_light.shape) == (dark.shape, light.shape)
    assert on_dark[0, 0, 3] > 0.3, "the top of the sheet is the first row"
    assert on_dark[0, 7].max() == 0
    assert on_light[0, 3, 16] == 0
    assert on_light[0, 0, 0] == 1
    np.testing.assert_array_equal(on_dark * 16, np.rint(on_dark * 16))


def test_the_ways_to_choose_a_picture_differ():
    assert len(set(picture.WAYS)) == 3


def test_a_film_s_frame_on_show():
    film = Film("r", 0, 5, False, lambda first: [])
    said = vae_film.Said
    assert vae_film.shown(said(), film) == 4
    assert vae_film.shown(said(frame=2, run="r"), film) == 2
    assert vae_film.shown(said(frame=9, run="r"), film) == 4
    assert vae_film.shown(said(frame=2, run="other"), film) == 4


def test_a_film_is_sent_once_then_only_what_is_new(pictures, monkeypatch):
    held = {}
    monkeypatch.setattr(vae_film.session, "recall", lambda name, make: held.setdefault(name, make()))
    monkeypatch.setattr(vae_film.session, "hold", held.__setitem__)
    monkeypatch.setattr(vae_film.session, "widget", lambda key, default=None: held.get("said", default))
    monkeypatch.setattr(vae_film, "latent_pad", lambda data, key, plane: unpack(data))
    model = trained(epochs=3)
    rows = np.arange(20)
    one = vae_plane.snapshot(model, model.encode(pictures.images[rows])[0])
    plane = vae_plane.plane("p", model, pictures, rows)

    def show(total, live=True, over=None, version=0):
        film = Film("r", version, total, live, lambda first: [one] * (total - first))
        sent = vae_film.show("vae", plane, film, over)
        return sent["first"], len(sent["frames"]), sent["live"]

    assert show(2) == (0, 2, True)
    assert show(2) == (0, 2, True), "the same message, which the browser has"
    assert show(5) == (1, 4, True), "the newest may have been replaced"
    assert show(5, over="moved") == (5, 0, True), "only what lies over the plane"
    assert show(5, live=False, over="moved") == (4, 1, False)
    assert show(4, live=False, version=1) == (0, 4, False), "a thinned recording is sent afresh"
    held["said"] = {"missing": {"have": 0}}
    assert show(4, live=False, version=1) == (0, 4, False)
