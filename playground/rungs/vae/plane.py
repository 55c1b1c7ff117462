"""The latent plane of a VAE: its codes coloured by class, thumbnails, and what lies over it for a chosen picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae import export
from core.vae.model import VAE
from playground.instruments.latent_pad import Plane, Snapshot
from playground.instruments.stage import Ellipses, Layer, Points
from playground.rungs.vae import seen
from playground.rungs.vae.training import told

SHOWN = 1000
VALUES = 1_600_000
"""At most so many codes, and so many pixel values of their thumbnails."""
DRAWS = 24
REACH = 3.5


@dataclass(frozen=True, eq=False)
class Codes:
    """The data on the plane: `rows` of the pictures, and their means (m, d) under one model."""

    rows: Int[np.ndarray, " m"]
    means: Float[np.ndarray, "m d"]


def rows_of(pictures: Pictures) -> Int[np.ndarray, " m"]:
    """The rows that are shown: all, or as many as travel well, drawn by a fixed key."""
    most = min(SHOWN, max(VALUES // pictures.dim, 200))
    if len(pictures) <= most:
        return np.arange(len(pictures))
    return np.sort((Key(0) / "shown").generator().permutation(len(pictures))[:most])


def encoded(model: VAE, pictures: Pictures) -> Codes:
    """The codes of the shown rows under a model."""
    rows = rows_of(pictures)
    return Codes(rows, model.encode(seen.images(pictures, rows), seen.told(model, pictures, rows))[0])


def plane(
    name: str,
    model: VAE,
    pictures: Pictures,
    rows: Int[np.ndarray, " m"],
    layers: Sequence[Layer] = (),
    z: Float[np.ndarray, " d"] | None = None,
    reach: float = REACH,
    live: bool = False,
    twin: str = "",
    axes: tuple[int, int] = (0, 1),
) -> Plane:
    """The pad of a model of these pictures, the data of `rows` on it; `z` is where the marker starts, `axes` the plane."""
    known = told(pictures)
    labels: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    if known is not None and len(known.conditions) == 1:
        labels, classes = known.labels[rows, 0], known.conditions[0][1]
    return Plane(
        id=name,
        spec=browser(model)[0],
        layers=layers,
        conditions=known.of(model) if known is not None else (),
        labels=labels,
        classes=classes,
        pictures=seen.images(pictures, rows),
        z=None if z is None else wide(z[None])[0],
        axes=axes,
        reach=reach,
        alt=f"{len(rows):,} pictures of {pictures.title or pictures.name} as points of the latent plane",
        autoplay=live,
        twin=twin,
    )


def snapshot(
    model: VAE, means: Float[np.ndarray, "m d"], caption: str = "", half: bool = False, epoch: int = 0
) -> Snapshot:
    """A model as the pad takes it; two pads that move together do so by their `epoch`."""
    return Snapshot(browser(model)[1], wide(means), caption, metrics={"epoch": epoch}, half=half)


def films(steps: Sequence[Step[VAE]], since: int = 0) -> list[Snapshot]:
    """The moments of a training that was forked `since` epochs after a start, all but the newest in half precision."""
    return [
        snapshot(
            step.state, step.arrays["means"], caption(step, since), i < len(steps) - 1, epoch=int(step.index) + since
        )
        for i, step in enumerate(steps)
    ]


def caption(step: Step[VAE], since: int = 0) -> str:
    """What a moment of a training is, in words."""
    if step.phase:
        return "Best on held-out pictures"
    if since:
        return f"Epoch {step.index} of the fork, {step.index + since} in all"
    return f"Epoch {step.index}" if step.index else "Before the first epoch"


def widest(means: Float[np.ndarray, "m d"]) -> tuple[int, int]:
    """The two dimensions along which the codes vary most: the others may be asleep."""
    if means.shape[1] < 3:
        return 0, 1
    first, second = np.sort(np.argsort(-means.var(axis=0), kind="stable")[:2])
    return int(first), int(second)


def over(
    mean: Float[np.ndarray, " d"], log_var: Float[np.ndarray, " d"], key: Key, axes: tuple[int, int] = (0, 1)
) -> tuple[tuple[Layer, ...], Float[np.ndarray, "n d"]]:
    """q(z given x) as its ellipses of one and two standard deviations over the plane `axes`, and draws from it."""
    draws = mean + np.exp(0.5 * log_var) * key.generator().standard_normal((DRAWS, len(mean)))
    flat = wide(np.stack([mean, np.exp(log_var)]))[:, axes]
    spread = np.maximum(flat[1], 1e-8)
    ellipse = Ellipses(name="q", label="q(z|x)", role="hand", mean=flat[:1], cov=np.diag(spread)[None])
    points = Points(name="draws", label="its draws", role="hand", xy=wide(draws)[:, axes], size=3.5)
    return (ellipse, points), draws


def wide(z: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n e"]:
    """Codes with at least the two numbers a plane needs: one latent number gets a second that says nothing."""
    return z if z.shape[1] > 1 else np.hstack([z, np.zeros_like(z)])


def browser(model: VAE) -> tuple[list[dict], bytes]:
    """The decoder for the pad; of one latent number, with a second that has no weight."""
    spec, blob = export.browser(model)
    if model.latent > 1:
        return spec, blob
    first = spec[0]
    floats = np.frombuffer(blob, "<f4")
    weight = floats[: first["in"] * first["out"]].reshape(first["out"], first["in"])
    weight = np.insert(weight, 1, 0, axis=1)
    rest = floats[first["in"] * first["out"] :]
    return [first | {"in": first["in"] + 1}, *spec[1:]], np.concatenate([weight.ravel(), rest]).astype("<f4").tobytes()
