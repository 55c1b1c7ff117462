"""A harness for the stage: real arithmetic, no model. ?mode= mixture, live, lost, late, torn, brush, strip or many."""

import numpy as np
import streamlit as st

from playground.instruments.stage import (
    Arrows,
    Brush,
    Contours,
    Curves,
    Ellipses,
    Field,
    Frame,
    Handles,
    Histogram,
    Line,
    Mesh,
    Paths,
    Points,
    Scene,
    pack,
    stage,
)

BOUNDS = np.array([[-4.0, 4.0], [-4.0, 4.0]])
CENTRES = np.array([[-1.5, -1.0], [1.6, -0.6], [0.0, 1.8]])


def rotation(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


def gaussians(x, mean, cov):
    """Densities (n, k) of k two-dimensional Gaussians."""
    d = x[:, None] - mean
    inverse = np.linalg.inv(cov)
    square = np.einsum("nki,kij,nkj->nk", d, inverse, d)
    return np.exp(-square / 2) / (2 * np.pi * np.sqrt(np.linalg.det(cov)))


def moment(t, start):
    """The mixture at time t in [0, 1]: it turns, and it shrinks onto the truth."""
    mean = (1 - t) * start + t * CENTRES
    scale = 1.6 - t
    turned = [rotation(2 * t + k) @ np.diag([0.7, 0.2]) @ rotation(2 * t + k).T for k in range(len(start))]
    return mean, scale * np.array(turned), np.array([0.5, 0.3, 0.2])


def mixture(start, n=600, steps=41, size=64, rng_seed=0):
    rng = np.random.default_rng(rng_seed)
    label = rng.integers(0, 3, n)
    points = CENTRES[label] + rng.normal(size=(n, 2)) @ np.diag([0.6, 0.45])
    axis = np.linspace(-4, 4, size)
    nodes = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    frames = []
    for i in range(steps):
        mean, cov, weight = moment(i / (steps - 1), start)
        each = gaussians(points, mean, cov) * weight
        density = (gaussians(nodes, mean, cov) @ weight).reshape(size, size)
        score = np.log(each.sum(1)).mean()
        words = "E: each point asks which component it came from" if i % 2 else "M: each component moves to its points"
        frames.append(
            Frame(
                caption=words if i else "The start",
                arrays={
                    "density": {"values": density},
                    "points": {"mean": mean, "cov": cov, "weight": weight},
                    "model": {"mean": mean, "cov": cov, "weight": weight},
                },
                metrics={"loglik": score, "bound": score - 0.5 * (1 - i / steps)},
            )
        )
    layers = (
        Field(name="density", label="model density", role="model", vmax=0.35),
        Points(name="points", label="data", role="classes", xy=points),
        Ellipses(name="model", label="components"),
        Handles(name="start", label="start mean", xy=start, moves=("model",)),
    )
    lines = (Line("loglik", "log-likelihood", "model", unit="nats"), Line("bound", "bound", "noise", unit="nats"))
    alt = "A mixture of three Gaussians turns and shrinks onto three clouds of points."
    return Scene(id="mixture", bounds=BOUNDS, layers=layers, lines=lines, alt=alt), frames


def show_mixture():
    if "start" not in st.session_state:
        st.session_state.start = np.array([[-3.0, 3.0], [3.0, 3.0], [0.0, -3.0]])
    start = st.session_state.start
    scene, frames = mixture(start)
    result = stage(pack(scene, frames, run=f"fit-{start.sum():.6f}"), key="stage", scene=scene.id)
    if result.handles is not None and not np.allclose(result.handles, start):
        st.session_state.start = result.handles
        st.rerun()
    st.text(f"frame={result.frame} run={result.run}")
    st.text("start=" + " ".join(f"{v:.3f}" for v in start.ravel()))


def show_many():
    scene, frames = mixture(np.array([[-3.0, 3.0], [3.0, 3.0], [0.0, -3.0]]), n=5000, steps=41)
    means = np.concatenate([CENTRES, -CENTRES, [[3.0, 3.0], [-3.0, -3.0]]])
    covs = np.array([rotation(k) @ np.diag([0.5, 0.1]) @ rotation(k).T for k in range(8)])
    rng = np.random.default_rng(1)
    moving = scene.layers[1].xy
    steps = []
    for frame in frames:
        moving = moving + 0.1 * rng.normal(size=moving.shape)
        arrays = {
            **frame.arrays,
            "model": {"mean": means, "cov": covs},
            "points": {**frame.arrays["points"], "xy": moving},
        }
        covs = np.einsum("ij,kjl,ml->kim", rotation(0.1), covs, rotation(0.1))
        steps.append(Frame(frame.caption, arrays, frame.metrics))
    stage(pack(scene, steps, run="many"), key="stage", scene=scene.id)


@st.fragment(run_every=0.2)
def show_live(lose):
    """At every look frames arrive by threes, and only the new ones are sent; `lose` drops one message on its way."""
    scene, frames = mixture(np.array([[-3.0, 3.0], [3.0, 3.0], [0.0, -3.0]]), steps=60, size=32)
    state = st.session_state
    state.setdefault("sent", 0)
    ready = min(60, 3 + state.sent)
    first, state.asked = state.get("asked"), None
    first = max(0, min(state.sent, ready) - 1) if first is None else first
    if lose and not state.get("lost") and state.sent > 12:
        first, state.lost = first + 6, True
        ready = min(60, ready + 12)
    result = stage(
        pack(scene, frames[first:ready], run="live", first=min(first, ready), live=ready < 60),
        key="stage",
        scene=scene.id,
    )
    state.sent = ready
    if result.missing is not None:
        state.asked = result.missing
        state.gaps = state.get("gaps", 0) + 1
    st.text(f"sent={ready} gaps={state.get('gaps', 0)}")


@st.fragment(run_every=0.2)
def show_late(begun):
    """A finished recording without its frames from `begun` to 5, which it sends only the second time that it is asked."""
    scene, frames = mixture(np.array([[-3.0, 3.0], [3.0, 3.0], [0.0, -3.0]]), steps=12, size=32)
    state = st.session_state
    state.looks, asks = state.get("looks", 0) + 1, state.get("asks", 0)
    first, last = (0, begun) if begun and state.looks < 5 else (0 if asks > 1 else 6, 12)
    result = stage(
        pack(scene, frames[first:last], run="late", first=first, live=last < 12), key="stage", scene=scene.id
    )
    state.asks = asks + (result.missing is not None)
    st.text(f"asks={state.asks} have={result.missing}")


def show_brush():
    brush = Brush(classes=("A", "B"), points_per_second=120)
    scene = Scene(id="sheet", bounds=BOUNDS, layers=(), alt="An empty sheet", brush=brush)
    result = stage(pack(scene, [], run="sheet"), key="stage", scene=scene.id)
    if result.drawn is None:
        st.text("drawn=0")
    else:
        points, cls = result.drawn
        mean = " ".join(f"{v:.2f}" for v in points.mean(0)) if len(points) else "none"
        st.text(f"drawn={len(points)} b={int(cls.sum())} mean={mean}")


def show_strip():
    """Every kind of layer that the mixture lacks, on a wide sheet."""
    x = np.linspace(-4, 4, 200)
    rng = np.random.default_rng(0)
    sample = rng.normal(size=400)
    heights, edges = np.histogram(sample, bins=24, range=(-4, 4), density=True)
    u = np.stack(np.meshgrid(np.linspace(-3.5, -1.5, 7), np.linspace(0.3, 0.55, 5)), -1)
    turn = np.linspace(0, 2 * np.pi, 40)
    ring = np.stack([2.6 + 0.48 * np.cos(turn), 0.4 + 0.06 * np.sin(turn)], 1)
    waves = np.stack([np.stack([x[::8], 0.5 + 0.03 * np.sin(x[::8] + k)], 1) for k in range(3)])
    layers = (
        Histogram(name="bars", label="data", role="data", edges=edges, heights=heights),
        Curves(name="truth", label="truth", role="truth", x=x, y=np.exp(-(x**2) / 2)[None] / np.sqrt(2 * np.pi)),
        Curves(name="fit", label="model", role="model", x=x),
        Mesh(name="mesh", label="lattice", role="noise", grid=u),
        Contours(name="rings", label="level", role="model", xy=ring, start=[0, 40], level=[1.0]),
        Arrows(name="score", label="score", role="truth", xy=[[-2.0, 0.1], [2.0, 0.1]], uv=[[1.0, 0.05], [-1.0, 0.05]]),
        Paths(name="paths", label="paths", role="data", xy=waves),
        Handles(name="mu", label="mu", xy=[[0.0, 0.0]], axis="x"),
    )
    frames = []
    for i in range(9):
        sd = 2.4 - i * 0.17
        bell = np.exp(-((x / sd) ** 2) / 2) / sd / np.sqrt(2 * np.pi)
        frames.append(Frame(f"standard deviation {sd:.2f}", {"fit": {"y": bell[None]}}))
    scene = Scene(
        id="strip",
        bounds=[[-4, 4], [0, 0.6]],
        axes=("x", "density"),
        layers=layers,
        aspect="strip",
        alt="A bell",
        autoplay=False,
    )
    stage(pack(scene, frames, run="strip"), key="stage", scene=scene.id)


def main():
    st.set_page_config(layout="wide")
    mode = st.query_params.get("mode", "mixture")
    st.subheader("Expectation and maximisation")
    left, right = st.columns([11, 9])
    with right:
        st.slider("Components K", 1, 12, 3)
    with left:
        if mode in ("live", "lost"):
            show_live(mode == "lost")
        else:
            shows = {
                "mixture": show_mixture,
                "many": show_many,
                "late": lambda: show_late(0),
                "torn": lambda: show_late(3),
                "brush": show_brush,
                "strip": show_strip,
            }
            shows[mode]()


if __name__ == "__main__":
    main()
