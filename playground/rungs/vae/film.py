"""A VAE, or its training, as the latent pad shows it: a plane with the codes on it, and one Snapshot for each Step."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae import export
from core.vae.forward import Forward
from core.vae.forward import Layer as Computed
from core.vae.model import VAE
from playground.instruments.latent_pad import Path, Plane, Snapshot
from playground.instruments.stage import Ellipses, Layer, Points
from playground.rungs.vae import seen
from playground.rungs.vae.training import told

SHOWN = 1000
VALUES = 1_600_000
"""At most so many codes, and so many pixel values of their thumbnails."""
DRAWS = 24
UNKNOWN = 4.0  # where the axes of a training end, whose codes are not known before it does
KEPT = "kept"
MEANS = {  # of a likelihood, what its picture is of its parameters
    "bernoulli": "sigmoid",
    "gaussian": "clipped",
    "logistic": "sigmoid",
    "categorical": "softmax mean",
}


def rows_of(pictures: Pictures) -> Int[np.ndarray, " m"]:
    """The rows that are shown: all, or as many as travel well, drawn by a fixed key."""
    most = min(SHOWN, max(VALUES // pictures.dim, 200))
    if len(pictures) <= most:
        return np.arange(len(pictures))
    return np.sort((Key(0) / "shown").generator().permutation(len(pictures))[:most])


def still(model: VAE, pictures: Pictures) -> Step[VAE]:
    """A model that is trained already as the only Step of its film: the shown rows, and the means of their codes."""
    rows = rows_of(pictures)
    means = model.encode(seen.images(pictures, rows), seen.told(model, pictures, rows))[0]
    return Step(0, model, KEPT, arrays={"rows": rows, "means": means})


def plane(name: str, step: Step[VAE], pictures: Pictures, live: bool = False, twin: str = "") -> Plane:
    """The pad of the film called `name` before anything lies over it; `step` is the film's first.

    Its axes hold all codes of a kept model, and do not jump in a training.
    """
    model, rows, means = step.state, step.arrays["rows"], step.arrays["means"]
    kept, known = step.phase == KEPT, told(pictures)
    labels: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    if known is not None and len(known.conditions) == 1:
        labels, classes = known.labels[rows, 0], known.conditions[0][1]
    return Plane(
        id=name,
        spec=browser(model)[0],
        conditions=known.of(model) if known is not None else (),
        labels=labels,
        classes=classes,
        pictures=seen.images(pictures, rows),
        numbers=rows + 1,
        axes=widest(means) if kept else (0, 1),
        reach=reach(means) if kept else UNKNOWN,
        alt=f"{len(rows):,} pictures of {pictures.title or pictures.name} as points of the latent plane",
        autoplay=live,
        twin=twin,
    )


def reach(means: Float[np.ndarray, "m d"]) -> float:
    """How far from 0 the axes go, so that nearly all codes are between them."""
    return float(np.clip(np.ceil(2 * np.quantile(np.abs(means), 0.999)) / 2, 3.0, 5.0))


def snapshots(steps: Sequence[Step[VAE]], since: int = 0) -> list[Snapshot]:
    """The Steps of a film as the pad takes them, all but the newest in half precision.

    `since` is how many epochs the film's start had been trained; two pads that move together do so by their `epoch`.
    """
    last = len(steps) - 1
    return [
        Snapshot(
            browser(step.state)[1],
            wide(step.arrays["means"]),
            caption(step, since),
            metrics={"epoch": int(step.index) + since},
            half=i < last,
        )
        for i, step in enumerate(steps)
    ]


def caption(step: Step[VAE], since: int = 0) -> str:
    """What a moment of a training is, in words; nothing is said of a model that was kept."""
    if step.phase == KEPT:
        return ""
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
    points = Points(name="draws", label="Its draws", role="hand", xy=wide(draws)[:, axes], size=3.5)
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


def path(model: VAE, found: Forward, x: Float[np.ndarray, "c h w"], at: int = 0) -> Path:
    """The way of a picture `x` through a model, which is snapshot `at` of its film."""
    seen = (x, *(layer.values for layer in found.encoder[:-1]))
    last = len(found.decoder) - 1
    means = MEANS[model.config.likelihood]
    return Path(
        name="path",
        role="hand",
        values=np.concatenate([values.ravel() for values in seen]),
        mean=found.mean,
        sd=np.exp(0.5 * found.log_var),
        encoder=tuple(map(described, found.encoder)),
        decoder=tuple(
            described(layer) | ({"means": means} if i == last else {}) for i, layer in enumerate(found.decoder)
        ),
        at=at,
    )


def described(layer: Computed) -> dict[str, Any]:
    """A layer in words."""
    return {
        "word": layer.kind,
        "equation": layer.equation,
        "shape": list(layer.values.shape),
        "parameters": layer.parameters,
    }
