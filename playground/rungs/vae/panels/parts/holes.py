"""The aggregate posterior as a heat map under the hand: click anywhere, a hole above all, and see what it decodes to."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.digits import plain_power
from core.vae.latent import surgery
from core.vae.latent.surgery import Hole
from core.vae.model import VAE
from core.vae.truth.lattice import Grid
from playground import session
from playground.instruments import latent_pad
from playground.instruments.latent_pad import Plane, Said, Snapshot
from playground.instruments.stage import Field, Layer, Points
from playground.rungs.vae import film, pad, seen
from playground.rungs.vae.pad import Film
from playground.rungs.vae.screen import NAME, Screen
from playground.rungs.vae.training import told

BRIGHT = 0.99  # of the lit cells lie below the ramp's end
NUDGE = 1e-7  # a hole that is asked for again is sent a hair away, so that it is news to the pad


@dataclass(frozen=True)
class Codes:
    """Posteriors of training pictures `rows` as their `means` and `log_vars` (n, 2), log q(z) on a grid, and its holes."""

    rows: np.ndarray
    means: Float[np.ndarray, "n 2"]
    log_vars: Float[np.ndarray, "n 2"]
    grid: Grid
    log_all: Float[np.ndarray, "s s"]
    holes: tuple[Hole, ...]

    @property
    def dug(self) -> Float[np.ndarray, "k 2"]:
        """Where the holes are."""
        return np.array([hole.z for hole in self.holes]).reshape(-1, 2)


def draw(name: str, codes: Codes, screen: Screen, model: VAE) -> None:
    """The map with the marker on it and the picture that is decoded there, then what lies nearest; `name` tells runs apart."""
    first = codes.dug[0] if codes.holes else np.zeros(2)
    at, sent = session.recall(f"{NAME}.holes.{name}", lambda: (first, first))
    st.caption(
        "**Where the codes are, and where they are not.** Click the map: the picture is what the decoder makes there."
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for i, hole in enumerate(codes.holes):
            if st.button(f"Hole {i + 1}", key=f"{NAME}.hole.{i}", help=f"Depth {hole.depth:.1f} nats"):
                at, sent = hole.z, hole.z + (NUDGE if np.array_equal(sent, hole.z) else 0)
    label = seen.told(model, screen.pictures, np.array([screen.row]))
    held = () if label is None else tuple(int(k) for k in label[0])
    said = latent_pad.read(session.widget(f"pad.{NAME}.holes.{name}", {}), name)
    at = moved(name, said, at)
    session.hold(f"{NAME}.holes.{name}", (at, sent))
    one = Film(name, 0, 1, False, lambda first: [Snapshot(film.browser(model)[1])])
    pad.show(f"{NAME}.holes.{name}", plane(name, codes, screen, model, sent, held), one, (sent.tobytes(), held))
    under(at, codes, screen, model, label)


def moved(name: str, said: Said, at: np.ndarray) -> np.ndarray:
    """Where the marker is: where the hand let go, if that is news."""
    news = said.z is not None and session.changed(f"{NAME}.holes.{name}.told", tuple(said.z))
    return said.z if news and said.z is not None else at


def plane(
    name: str, codes: Codes, screen: Screen, model: VAE, z: Float[np.ndarray, " 2"], held: tuple[int, ...]
) -> Plane:
    """q(z) under the circles of the prior, with its holes, and the decoder under the hand."""
    density = np.exp(codes.log_all).T
    lit = density[density > 1e-3 * density.max()]
    layers: list[Layer] = [
        Field(name="q", label="q(z) of all codes", role="model", values=density, vmax=float(np.quantile(lit, BRIGHT))),
        Points(name="holes", label="Holes", role="data", xy=codes.dug, size=9.0),
    ]
    known = told(screen.pictures)
    return Plane(
        id=name,
        spec=film.browser(model)[0],
        layers=layers,
        conditions=known.of(model) if known is not None else (),
        z=z,
        held=held,
        reach=float(codes.grid.axes[0][-1]),
        bare=True,
        alt=f"Density of the codes, with {len(codes.holes)} holes",
    )


def under(z: Float[np.ndarray, " 2"], codes: Codes, screen: Screen, model: VAE, label: np.ndarray | None) -> None:
    """How empty this place is, the picture whose code is nearest, and what the holes decode to."""
    distance = np.sqrt(((codes.means - z) ** 2).sum(axis=1))
    log_q = surgery.log_aggregate(z[None], codes.means, codes.log_vars)[0]
    depth = float(-0.5 * (z @ z) - np.log(2 * np.pi) - log_q)
    ratio = f"{times(depth)} times {'likelier' if depth > 0 else 'less likely'}"
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        st.markdown(
            f"At ({z[0]:.2f}, {z[1]:.2f}) the prior is **{ratio}** than the codes "
            f"(log p(z) - log q(z) = {depth:.2f} nats). A hole is a place the prior goes to and the codes do not."
        )
        if n := len(codes.holes):
            decoded = model.decode(codes.dug, None if label is None else np.repeat(label, n, axis=0))
            seen.strip(decoded, f"What the {n} deepest holes decode to", n)
            st.caption("What the holes decode to, the deepest first.")
    with right:
        near = seen.images(screen.pictures, codes.rows[distance.argmin()][None])
        seen.strip(near, "The training picture with the nearest code", 1, 140)
        st.caption(f"The training picture with the nearest code, {distance.min():.2f} away.")


def times(depth: float) -> str:
    """The ratio of two densities whose logs are `depth` apart, in words."""
    ratio = np.exp(min(abs(depth), 30.0))
    if ratio > 1e6:
        return "more than a million"
    return f"{ratio:,.0f}" if ratio >= 10 else plain_power(ratio, 2)
