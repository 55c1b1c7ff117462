"""A chosen picture through the model: its code, what comes back, what was lost, and the parts of the bound."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.data.images import Pictures
from core.evaluation.metrics import Estimate, mean
from core.key import Key
from core.process import Step
from core.vae.forward import Forward, forward
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
    """A picture's `way` through the model, which was told its `label` (a,): q, what comes back, and draws of q decoded."""

    way: Forward
    label: np.ndarray | None

    @property
    def mean(self) -> Float[np.ndarray, " d"]:
        """The mean of q."""
        return self.way.mean

    @property
    def log_var(self) -> Float[np.ndarray, " d"]:
        """The log-variance of q."""
        return self.way.log_var


@dataclass(frozen=True)
class Bound:
    """The parts of a picture's bound: `reconstruction`, E_q[log p(x given z)], and `kl`, exact; nats."""

    reconstruction: Estimate
    kl: float

    @property
    def elbo(self) -> Estimate:
        """reconstruction - KL, nats."""
        return Estimate(self.reconstruction.value - self.kl, self.reconstruction.error)


def of(screen: Screen, step: Step[VAE]) -> Through:
    """The chosen picture's way through the model on show, worked out once."""
    label = label_of(step.state, screen.pictures, screen.chosen, screen.said().labels)
    make = partial(through, step.state, screen.chosen.x, label, Key(screen.source.seed) / "through")
    return shared.once(f"{NAME}.through", spec(screen, step, label), screen.common, make)


def bound_of(screen: Screen, step: Step[VAE]) -> Bound:
    """Its bound, worked out once: far dearer than the way, so asked for only where it is said."""
    found = of(screen, step)
    make = partial(bound, step.state, screen.chosen.x, found, Key(screen.source.seed) / "through")
    return shared.once(f"{NAME}.bound", spec(screen, step, found.label), screen.common, make)


def spec(screen: Screen, step: Step[VAE], label: np.ndarray | None) -> tuple[Hashable, ...]:
    """What decides a picture's way through a model, and its bound."""
    return screen.moment(step), screen.chosen.id, None if label is None else tuple(label)


def label_of(model: VAE, pictures: Pictures, chosen: Chosen, held: tuple[int, ...] | None) -> np.ndarray | None:
    """What the model is told of a picture: the truth where it is known, else what the hand holds on the pad."""
    if not model.classes:
        return None
    if chosen.row is not None:
        found = seen.told(model, pictures, np.array([chosen.row]))
        return None if found is None else np.minimum(found[0], np.array(model.classes) - 1)
    return np.array(held if held and len(held) == len(model.classes) else (0,) * len(model.classes))


def through(model: VAE, x: Float[np.ndarray, "c h w"], label: np.ndarray | None, key: Key) -> Through:
    """The picture encoded and decoded, each network asked once; every draw by `key`."""
    noise = (key / "draws").generator().standard_normal((SHOWN, model.latent))
    return Through(forward(model, x, label, noise=noise), label)


def exactly(model: VAE) -> bool:
    """Whether the bound is worked out by quadrature: one or two latent numbers, and a decoder that is quick to ask."""
    return model.latent <= 2 and model.config.architecture == "mlp"


def bound(model: VAE, x: Float[np.ndarray, "c h w"], found: Through, key: Key) -> Bound:
    """The bound of a picture whose way was found: by quadrature, or by `DRAWS` draws of q with their standard error."""
    q, label = (found.mean, found.log_var), found.label
    divergence = float(kl(q[0][None], q[1][None]).sum())
    if exactly(model):
        return Bound(Estimate(vae_exact.reconstruction(model, x, q, label), 0.0), divergence)
    told = None if label is None else np.tile(label, (DRAWS, 1))
    many = np.tile(q[0], (DRAWS, 1)), np.tile(q[1], (DRAWS, 1))
    log_p = model.reconstruction(np.repeat(x[None], DRAWS, axis=0), many, key / "elbo", 1, told)
    return Bound(mean(log_p), divergence)


def show(chosen: Chosen, found: Through) -> None:
    """The picture, its reconstruction and the difference side by side, then draws of q decoded."""
    shown = (
        (chosen.title, pixels(chosen.x), "as it was given"),
        ("Reconstruction", pixels(found.way.picture), "what the decoder makes of the mean of q"),
        (
            "Lost",
            difference(chosen.x, found.way.picture),
            "orange where the decoder is too dark, blue where it is too bright",
        ),
        *(("A draw of q", pixels(x), f"decoded, number {i}") for i, x in enumerate(found.way.draws, 1)),
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
