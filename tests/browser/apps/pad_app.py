"""A harness for the latent pad: random weights, nothing learned. ?mode= a decoder, decoders, vae, film, half, live, over."""

from dataclasses import replace
from functools import cache

import numpy as np
import streamlit as st

from core.key import Key
from core.vae import export, fit
from playground.instruments.latent_pad import Plane, Snapshot, latent_pad, pack
from playground.instruments.stage import Ellipses, Field, Line, Paths, Points
from tests.browser.apps.pad_models import SPECS, decode, weights

CONDITIONS = (("class", ("A", "B", "C")), ("hat", ("no", "yes")))
STEEP = 2.2  # random weights whose pictures are far from grey
GENTLE = 1.3  # random weights of about the gain of a trained decoder
NAMES = ("zero", "one", "two", "three")


@cache
def model():
    """A conditional VAE of the core, its first weights made steeper so that its pictures differ."""
    config = fit.Config(latent=3, architecture="conv", likelihood="logistic", width=64)
    start = fit.initial(config, (Key(3) / "x").generator().random((16, 3, 32, 32)), Key(3), (3,))
    return fit.VAE(config, start.shape, start.classes, {name: 1.7 * w for name, w in start.weights.items()})


def show_model():
    spec, blob = export.browser(model())
    plane = Plane(id="vae", spec=spec, conditions=CONDITIONS[:1])
    said = latent_pad(pack(plane, [Snapshot(blob)], run="vae"), key="pad", plane="vae")
    st.text(f"z={said.z}")


@cache
def data(kind, latent, extra, n=300):
    """Codes in four clouds, their classes, and the pictures the decoder makes of them."""
    spec, rng = SPECS[kind], (Key(1) / "codes").generator()
    cls = rng.integers(0, 4, n)
    angle = np.pi / 2 * cls
    z = 0.45 * rng.normal(size=(n, latent))
    z[:, 0] += 1.5 * np.cos(angle + 0.4)
    z[:, 1] += 1.5 * np.sin(angle + 0.4)
    labels = np.zeros((n, extra))
    labels[:, :1] = extra > 0
    labels[:, 3:4] = extra > 0
    return z, cls, decode(spec, weights(spec), np.hstack([z, labels]))


def overlays():
    axis = np.linspace(-3.5, 3.5, 48)
    x, y = np.meshgrid(axis, axis)
    t = np.linspace(0, 1, 40)[:, None]
    straight = (1 - t) * [-1.5, -0.8] + t * [1.4, 1.3]
    bent = straight + 0.5 * np.sin(np.pi * t) * [-1.0, 1.0]
    ellipse = {"mean": np.array([[1.2, -0.9]]), "cov": np.array([[[0.06, 0.02], [0.02, 0.1]]])}
    draws = ellipse["mean"] + 0.28 * (Key(2) / "draws").generator().normal(size=(40, 2))
    return (
        Field(name="aggregate", label="aggregate posterior", role="model", values=np.exp(-(x**2 + y**2) / 3), on=False),
        Ellipses(name="q", label="q(z|x)", role="hand", **ellipse),
        Points(name="draws", label="its draws", role="hand", xy=draws, size=3.5),
        Paths(name="straight", label="straight", role="noise", xy=straight[None]),
        Paths(name="geodesic", label="geodesic", role="model", xy=bent[None]),
    )


def show_decoders():
    """A pad for every kind of decoder."""
    for kind in SPECS:
        plane, z = plane_of(kind)
        latent_pad(pack(plane, list(film(plane, z, 1, gain=STEEP)), run=kind), key=kind, plane=kind)


def plane_of(mode, **options):
    name = mode if mode in SPECS else "conv"
    spec = SPECS[name]
    conditional = name == "conditional"
    latent, extra = (5, 5) if conditional else (2, 0)
    z, cls, pictures = data(name, latent, extra)
    plane = Plane(
        id=mode,
        spec=spec,
        layers=() if conditional else overlays(),
        conditions=CONDITIONS if conditional else (),
        labels=cls,
        classes=NAMES,
        pictures=pictures,
        numbers=3 * np.arange(len(z)) + 700,
        alt="Three hundred codes in four clouds",
        **options,
    )
    return plane, z


def film(plane, z, n=7, half=False, gain=GENTLE):
    """Snapshots that unfold: the codes grow from the origin, the weights from one draw to another."""
    first, last = (np.frombuffer(weights(plane.spec, seed, gain), "<f4") for seed in (1, 0))
    for i in range(n):
        t = i / (n - 1) if n > 1 else 1.0
        blob = ((1 - t) * first + t * last).astype("<f4").tobytes()
        yield Snapshot(blob, z * t, f"Step {100 * i}", {}, {"loss": 40.0 - 12 * t}, half and i < n - 1)


@st.fragment(run_every=0.2)
def show_live():
    """At every look a snapshot arrives, and only the new one is sent."""
    plane, z = plane_of("live", autoplay=True)
    snapshots = list(film(plane, z, 12))
    state = st.session_state
    ready = min(12, 1 + state.get("sent", 0))
    first = max(0, min(state.get("sent", 0), ready) - 1)
    if (missing := state.get("missing")) is not None:
        first, state.missing = missing, None
        state.gaps = state.get("gaps", 0) + 1
    said = latent_pad(
        pack(plane, snapshots[first:ready], run="live", first=first, live=ready < 12), key="pad", plane="live"
    )
    state.sent, state.missing = ready, said.missing
    st.text(f"sent={ready} gaps={state.get('gaps', 0)}")


def show_over():
    """The film is sent when the pad asks for it; after that, only what lies over the plane."""
    plane, z = plane_of("film")
    held = st.session_state.get("held")
    if held is not None:
        ellipse = Ellipses(
            name="posterior", label="posterior", role="truth", mean=z[[held]], cov=0.05 * np.eye(2)[None]
        )
        plane = replace(plane, layers=(ellipse,))
    snapshots = list(film(plane, z)) if st.session_state.pop("asked", False) else []
    data = pack(plane, snapshots, run="over", first=0 if snapshots else 7)
    said = latent_pad(data, key="pad", plane=plane.id)
    st.session_state.asks = st.session_state.get("asks", 0) + (said.missing is not None)
    st.text(f"point={said.point} frames={len(snapshots)} bytes={len(data)} asks={st.session_state.asks}")
    if said.missing is not None or said.point != held:
        st.session_state.update(asked=said.missing is not None, held=said.point)
        st.rerun()


def main():
    st.set_page_config(layout="wide")
    mode = st.query_params.get("mode", "conv")
    st.subheader("Drag two numbers and the picture follows")
    if mode == "live":
        return show_live()
    other = {"vae": show_model, "over": show_over, "decoders": show_decoders}
    if mode in other:
        return other[mode]()
    films = mode in ("film", "half")
    plane, z = plane_of(mode, lines=(Line("loss", "loss", unit="nats"),) if films else ())
    snapshots = list(film(plane, z, 7, mode == "half") if films else film(plane, z, 1, gain=STEEP))
    said = latent_pad(pack(plane, snapshots, run=mode), key="pad", plane=plane.id)
    held = "none" if said.z is None else " ".join(f"{v:.3f}" for v in said.z)
    st.text(f"z={held} point={said.point} labels={said.labels} axes={said.axes} frame={said.frame}")
    return None


if __name__ == "__main__":
    main()
