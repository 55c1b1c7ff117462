"""A film on its way to the latent pad: which frame is on show, and that nothing is sent twice."""

import numpy as np
import pytest

from core.data import images
from core.data.images import Pictures
from playground.instruments.latent_pad import Said
from playground.instruments.stage import unpack
from playground.rungs.vae import film, pad
from playground.rungs.vae.pad import Film
from tests.core.vae.tiny_vae import spots, trained


@pytest.fixture(scope="module")
def pictures():
    return Pictures("spots", images.quantise(spots()[0], 5), levels=5)


def test_a_film_s_frame_on_show():
    film = Film("r", 0, 5, False, lambda first: [])
    assert pad.shown(Said(), film) == 4
    assert pad.shown(Said(frame=2, run="r"), film) == 2
    assert pad.shown(Said(frame=9, run="r"), film) == 4
    assert pad.shown(Said(frame=2, run="other"), film) == 4


def test_a_film_is_sent_once_then_only_what_is_new(pictures, monkeypatch):
    held = {}
    monkeypatch.setattr(pad.session, "_held", lambda: held)
    monkeypatch.setattr(pad.session, "widget", lambda key, default=None: held.get("said", default))
    monkeypatch.setattr(pad, "latent_pad", lambda data, key, plane: unpack(data))
    model = trained(epochs=3)
    step = film.still(model, pictures.take(np.arange(20)))
    one, plane = film.snapshots([step])[0], film.plane("p", step, pictures)

    def show(total, live=True, over=None, version=0):
        found = Film("r", version, total, live, lambda first: [one] * (total - first))
        sent = pad.show("vae", plane, found, over)
        return sent["first"], len(sent["frames"]), sent["live"]

    assert show(2) == (0, 2, True)
    assert show(2) == (0, 2, True), "the same message, which the browser has"
    assert show(5) == (2, 3, True)
    assert show(5, over="moved") == (5, 0, True), "only what lies over the plane"
    assert show(5, live=False, over="moved") == (5, 0, False), "no snapshot twice"
    assert show(3, version=1) == (0, 3, True), "a thinned recording is sent afresh"
    assert show(4, live=False, version=1) == (2, 2, False), "and its newest may have been replaced"
    held["said"] = {"missing": {"have": 0}}
    assert show(4, live=False, version=1) == (0, 4, False)
