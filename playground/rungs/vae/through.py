"""A chosen picture through the model: its code, what comes back, what was lost, and the parts of the bound."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.data.images import Pictures
from core.evaluation.metrics import Estimate, mean
from core.key import Key
from core.process import Step
from core.vae.model import VAE, kl
from core.vae.truth import exact as vae_exact
from playground import image, session
from playground.rungs.vae import seen
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import shared
from playground.shelf.picture import Chosen

SIDE = 104  # pixels of a picture as it is shown
DRAWS = 64  # of q, for the reconstruction term
SHOWN = 2  # of them, decoded
LOST = ((33, 102, 172), (213, 94, 0))  # the decoder too bright, too dark


@dataclass(frozen=True, eq=False)
class Through:
    """A picture's way through the model: q's `mean` and `log_var` (d,), the `back` picture, some `draws`, the bound's parts.

    `label` (a,) is what the model was told, `reconstruction` E_q[log p(x given z)] as `bound` says, `kl` exact, nats.
    """

    mean: Float[np.ndarray, " d"]
    log_var: Float[np.ndarray, " d"]
    label: np.ndarray | None
    back: Float[np.ndarray, "c h w"]
    draws: Float[np.ndarray, "m c h w"]
    reconstruction: Estimate
    kl: float

    @property
    def elbo(self) -> Estimate:
        """reconstruction - KL, nats."""
        return Estimate(self.reconstruction.value - self.kl, self.reconstruction.error)


def of(screen: Screen, step: Step[VAE]) -> Through:
    """The chosen picture's way through the model on show, worked out once."""
    label = label_of(step.state, screen.pictures, screen.chosen, screen.said().labels)
    what = (screen.moment(step), screen.chosen.id, None if label is None else tuple(label))
    key = Key(screen.source.seed) / "through"
    make = partial(through, step.state, screen.chosen.x, label, key)
    return shared.once(f"{NAME}.through", what, screen.common, make)


def label_of(model: VAE, pictures: Pictures, chosen: Chosen, held: tuple[int, ...] | None) -> np.ndarray | None:
    """What the model is told of a picture: the truth where it is known, else what the hand holds on the pad."""
    if not model.classes:
        return None
    if chosen.row is not None:
        found = seen.told(model, pictures, np.array([chosen.row]))
        return None if found is None else np.minimum(found[0], np.array(model.classes) - 1)
    return np.array(held if held and len(held) == len(model.classes) else (0,) * len(model.classes))


def through(model: VAE, x: Float[np.ndarray, "c h w"], label: np.ndarray | None, key: Key) -> Through:
    """The picture encoded, decoded and judged; every draw by `key`."""
    one = None if label is None else label[None]
    m, v = model.encode(x[None], one)
    divergence = float(kl(m, v).sum())
    elbo = bound(model, x, one, key)
    eps = (key / "draws").generator().standard_normal((SHOWN, model.latent))
    z = np.concatenate([m, m + np.exp(0.5 * v) * eps])
    decoded = model.decode(z, None if label is None else np.tile(label, (len(z), 1)))
    return Through(
        m[0], v[0], label, decoded[0], decoded[1:], Estimate(elbo.value + divergence, elbo.error), divergence
    )


def exactly(model: VAE) -> bool:
    """Whether the bound is worked out by quadrature: one or two latent numbers, and a decoder that is quick to ask."""
    return model.latent <= 2 and model.config.architecture == "mlp"


def bound(model: VAE, x: Float[np.ndarray, "c h w"], labels: np.ndarray | None, key: Key) -> Estimate:
    """The ELBO of one picture by quadrature, or by `DRAWS` draws of q with their standard error."""
    if exactly(model):
        return Estimate(float(vae_exact.quadrature_elbo(model, x[None], labels)[0]), 0.0)
    told = None if labels is None else np.tile(labels, (DRAWS, 1))
    return mean(model.elbo(np.repeat(x[None], DRAWS, axis=0), key / "elbo", 1, told))


def show(chosen: Chosen, found: Through) -> None:
    """The picture, its reconstruction and the difference side by side, then draws of q decoded."""
    shown = (
        (chosen.title, pixels(chosen.x), "as it was given"),
        ("Reconstruction", pixels(found.back), "what the decoder makes of the mean of q"),
        ("Lost", difference(chosen.x, found.back), "orange where the decoder is too dark, blue where it is too bright"),
        *(("A draw of q", pixels(x), f"decoded, number {i}") for i, x in enumerate(found.draws, 1)),
    )
    with st.container(horizontal=True, gap="small"):
        for caption, bits, said in shown:
            image.show(crisp(bits), f"{caption}: {said}", SIDE, caption)


def pixels(x: Float[np.ndarray, "c h w"]) -> np.ndarray:
    """A picture in 8 bits, (h, w, 3), or (h, w) where it is grey: a third of the work to write it."""
    levels = np.rint(255 * np.clip(x, 0, 1)).astype(np.uint8)
    return levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0)


def difference(x: Float[np.ndarray, "c h w"], back: Float[np.ndarray, "c h w"]) -> np.ndarray:
    """What was lost, mean over colours: nothing is the page's own ground, half of full white is full colour."""
    lost = (x - back).mean(axis=0)
    ground = np.array((22, 26, 33) if session.dark() else (255, 255, 255))
    strength = np.clip(np.abs(lost) / 0.5, 0, 1)[..., None]
    colour = np.where(lost[..., None] < 0, np.array(LOST[0]), np.array(LOST[1]))
    return np.rint(ground + strength * (colour - ground)).astype(np.uint8)


def crisp(bits: np.ndarray) -> np.ndarray:
    """Each pixel a square, about `SIDE` of two pixels each wide."""
    times = max(2 * SIDE // bits.shape[1], 1)
    return bits.repeat(times, axis=0).repeat(times, axis=1)
