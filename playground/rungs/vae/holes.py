"""The aggregate posterior as a heat map under the hand: click anywhere, a hole above all, and see what it decodes to."""

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.data.images import Pictures
from core.vae.latent import surgery
from core.vae.latent.surgery import Hole
from core.vae.model import VAE
from core.vae.truth.exact import Grid
from playground import session
from playground.instruments import latent_pad
from playground.instruments.latent_pad import Plane, Said, Snapshot
from playground.instruments.stage import Field, Layer, Points
from playground.rungs.vae import film as vae_film
from playground.rungs.vae import plane as vae_plane
from playground.rungs.vae import seen
from playground.rungs.vae.film import Film
from playground.rungs.vae.training import told

BRIGHT = 0.99  # of the lit cells lie below the ramp's end
NUDGE = 1e-7  # a hole that is asked for again is sent a hair away, so that it is news to the pad
Codes = tuple[np.ndarray, Float[np.ndarray, "n d"], Float[np.ndarray, "n d"]]
"""Rows of pictures, and the means and log-variances of their posteriors."""


def panel(
    name: str,
    codes: Codes,
    grid: Grid,
    log_all: Float[np.ndarray, "s s"],
    holes: tuple[Hole, ...],
    model: VAE,
    pictures: Pictures,
    chosen: int,
) -> None:
    """The map with the marker on it and the picture that is decoded there, then what lies nearest; `name` tells runs apart."""
    first = holes[0].z if holes else np.zeros(2)
    at, sent = session.recall(f"vae.holes.{name}", lambda: (first, first))
    st.caption(
        "**Where the codes are, and where they are not.** Click the map: the picture is what the decoder makes there."
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for i, hole in enumerate(holes):
            if st.button(f"Hole {i + 1}", key=f"vae.hole.{i}", help=f"Depth {hole.depth:.1f} nats"):
                at, sent = hole.z, hole.z + (NUDGE if np.array_equal(sent, hole.z) else 0)
    label = seen.told(model, pictures, np.array([chosen]))
    held = () if label is None else tuple(int(k) for k in label[0])
    drawn = plane(name, grid, log_all, holes, model, pictures, sent, held)
    said = latent_pad.read(session.widget(f"pad.vae.holes.{name}", {}), name)
    at = moved(name, said, at)
    session.hold(f"vae.holes.{name}", (at, sent))
    film = Film(name, 0, 1, False, lambda first: [Snapshot(vae_plane.browser(model)[1])])
    vae_film.show(f"vae.holes.{name}", drawn, film, (sent.tobytes(), held))
    under(at, codes, holes, model, pictures, label)


def moved(name: str, said: Said, at: np.ndarray) -> np.ndarray:
    """Where the marker is: where the hand let go, if that is news."""
    news = said.z is not None and session.changed(f"vae.holes.{name}.told", tuple(said.z))
    return said.z if news and said.z is not None else at


def plane(
    name: str,
    grid: Grid,
    log_all: Float[np.ndarray, "s s"],
    holes: tuple[Hole, ...],
    model: VAE,
    pictures: Pictures,
    z: np.ndarray,
    held: tuple[int, ...],
) -> Plane:
    """q(z) under the circles of the prior, with its holes, and the decoder under the hand."""
    density = np.exp(log_all).T
    lit = density[density > 1e-3 * density.max()]
    dug = np.array([hole.z for hole in holes]).reshape(-1, 2)
    layers: list[Layer] = [
        Field(name="q", label="q(z) of all codes", role="model", values=density, vmax=float(np.quantile(lit, BRIGHT))),
        Points(name="holes", label="holes", role="data", xy=dug, size=9.0),
    ]
    known = told(pictures)
    return Plane(
        id=name,
        spec=vae_plane.browser(model)[0],
        layers=layers,
        conditions=known.of(model) if known is not None else (),
        z=z,
        held=held,
        reach=float(grid.axes[0][-1]),
        bare=True,
        alt=f"Density of the codes, with {len(dug)} holes",
    )


def under(
    z: np.ndarray, codes: Codes, holes: tuple[Hole, ...], model: VAE, pictures: Pictures, label: np.ndarray | None
) -> None:
    """How empty this place is, the picture whose code is nearest, and what the holes decode to."""
    rows, means, log_vars = codes
    distance = np.sqrt(((means - z) ** 2).sum(axis=1))
    depth = float(-0.5 * (z @ z) - np.log(2 * np.pi) - surgery.log_aggregate(z[None], means, log_vars)[0])
    ratio = f"{times(depth)} times {'likelier' if depth > 0 else 'less likely'}"
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        st.markdown(
            f"At ({z[0]:.2f}, {z[1]:.2f}) the prior is **{ratio}** than the codes "
            f"(log p(z) - log q(z) = {depth:.2f} nats). A hole is a place the prior goes to and the codes do not."
        )
        if holes:
            dug = np.array([hole.z for hole in holes])
            decoded = model.decode(dug, None if label is None else np.repeat(label, len(dug), axis=0))
            seen.strip(decoded, f"What the {len(dug)} deepest holes decode to", len(dug))
            st.caption("What the holes decode to, the deepest first.")
    with right:
        near = seen.images(pictures, rows[distance.argmin()][None])
        seen.strip(near, "The training picture with the nearest code", 1, 140)
        st.caption(f"The training picture with the nearest code, {distance.min():.2f} away.")


def times(depth: float) -> str:
    """The ratio of two densities whose logs are `depth` apart, in words."""
    ratio = np.exp(min(abs(depth), 30.0))
    if ratio > 1e6:
        return "more than a million"
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"
