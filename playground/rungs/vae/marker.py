"""Where the marker of the pad is sent, and its place in the link.

It goes to the chosen picture's code, until a hand has moved it. A link that was made then brings it back there.
"""

import numpy as np

from core.process import Step
from core.vae.model import VAE
from playground import session
from playground.instruments.latent_pad import Said
from playground.rungs.vae import film
from playground.rungs.vae.screen import NAME, Screen
from playground.rungs.vae.through import Through

LINK = "z"
NEAR = 1e-3  # a marker so close to the code is on it
FAR = 10.0  # no link sends it further out
Marker = tuple[np.ndarray, tuple[int, ...]]


def sent(screen: Screen, step: Step[VAE], found: Through, before: Said) -> Marker:
    """The latent point and the labels that the pad is sent; `found` is the chosen picture's way through the model.

    A picture that was pressed on the pad has the marker already, so nothing new is sent.
    """
    here, rows = (screen.film, screen.chosen.id), step.arrays["rows"]
    at_first, asked = session.recall(
        "marker.asked", lambda: (here, parsed(session.from_link(LINK) or "", step.state)), screen=True
    )
    own: Marker = film.wide(found.mean[None])[0], () if found.label is None else tuple(int(k) for k in found.label)
    of, last = session.recall("marker", lambda: (here, asked or own), screen=True)
    if of is not None and of != here:
        session.hold("marker.asked", (None, None), screen=True)
        session.put_in_link(LINK, None)
    pressed = before.point is not None and rows[before.point] == screen.chosen.row
    same = len(last[0]) == len(own[0]) and len(last[1]) == len(own[1])
    if asked and at_first == here and same and before.z is None:
        last = asked
    elif not same or before.z is None or (of != here and not pressed):
        last = own
    session.hold("marker", (here, last), screen=True)
    news = before.z is not None and session.changed(f"{NAME}.hand", (tuple(before.z), before.labels, before.point))
    if of == here and news:
        remember(before, own)
    return last


def remember(said: Said, own: Marker) -> None:
    """Write where a hand has put the marker in the link; nothing where it is on the chosen picture's code."""
    assert said.z is not None
    labels = said.labels or ()
    on_code = len(said.z) == len(own[0]) and np.abs(said.z - own[0]).max() < NEAR and labels == own[1]
    text = ",".join(f"{v:.4g}" for v in said.z) + "".join(f";{k}" for k in labels)
    session.put_in_link(LINK, None if said.point is not None or on_code else text)


def parsed(text: str, model: VAE) -> Marker | None:
    """The marker that a link asks for; None where it fits no such model."""
    numbers, *labels = text[:400].split(";")
    try:
        z, held = np.array([float(v) for v in numbers.split(",")]), tuple(int(k) for k in labels)
    except ValueError:
        return None
    fits = len(z) == max(model.latent, 2) and len(held) == len(model.classes) and (np.abs(z) <= FAR).all()
    known = fits and all(0 <= k < m for k, m in zip(held, model.classes, strict=True))
    return (z, held) if known else None
