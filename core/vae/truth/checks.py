"""Identities that must hold for a VAE and a few pictures, each with its value and tolerance.

    KL(q, prior) in closed form = mean of log q(z) - log p(z) over draws of q       (Kingma and Welling, 2014)
    ELBO <= IWAE_k <= log p(x)                                                     (Burda, Grosse and Salakhutdinov, 2016)
    log p(x) - ELBO = KL(q, p(z given x)), by quadrature, where there are one or two latent dimensions

and the decoder that a browser is sent, run again from its bytes in 32 bits, paints what the model's own decoder paints.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from core.check import Check
from core.evaluation.metrics import mean
from core.key import Key
from core.vae import export
from core.vae.model import VAE, Labels, kl
from core.vae.truth import exact as vae_exact

DRAWS = 20_000  # for the KL
FEW = 64  # pictures of the bounds
K = 50
REPLAYED = 32  # latent points of the decoder's test
SIDE, LARGE = 161, 81  # nodes an axis of the quadrature, for small and for large pictures
SMALL = 256  # pixels of a small picture


def of_vae(model: VAE, x: Float[np.ndarray, "n c h w"], key: Key, labels: Labels | None = None) -> Iterator[Check]:
    """The checks, the cheap ones first; the first picture of `x` is the one that is looked at closely."""
    yield divergence(model, x[:1], key / "kl", None if labels is None else labels[:1])
    yield replayed(model, key / "replay")
    few, told = x[:FEW], None if labels is None else labels[:FEW]
    elbo = model.elbo(few, key / "elbo", K, told)
    iwae = model.iwae(few, key / "iwae", K, told)
    gain = mean(iwae - elbo)
    yield Check(f"IWAE-{K} - ELBO over {len(few)} pictures, nats", gain.value, 0.0, 4 * slack(gain.error), True)
    if model.latent <= 2:
        side = SIDE if x[0].size <= SMALL else LARGE
        truth = vae_exact.posterior(model, x[0], None if labels is None else labels[0], side)
        bound = mean(
            np.array([model.iwae(x[:1], key / "one" / i, K, None if told is None else told[:1])[0] for i in range(16)])
        )
        yield Check(f"log p(x) - IWAE-{K} of this picture, nats", truth.log_prob - bound.value, 0.0,
                    4 * slack(bound.error), True)  # fmt: skip
        exact = vae_exact.quadrature_elbo(model, x[:1], None if labels is None else labels[:1])[0]
        gap = truth.log_prob - exact - truth.divergence
        yield Check("log p(x) - ELBO - KL(q, true posterior), nats", gap, 0.0, 1e-3)


def slack(error: float) -> float:
    """A standard error as a tolerance: one picture alone has none."""
    return error if np.isfinite(error) else 1e-9


def divergence(model: VAE, x: Float[np.ndarray, "1 c h w"], key: Key, labels: Labels | None) -> Check:
    """The closed form of KL(q, prior) against draws."""
    m, v = (a[0] for a in model.encode(x, labels))
    eps = key.generator().standard_normal((DRAWS, len(m)))
    z = m + np.exp(0.5 * v) * eps
    drawn = mean(0.5 * (z**2 - eps**2 - v).sum(axis=1))
    gap = drawn.value - float(kl(m[None], v[None]).sum())
    return Check("KL(q, prior) by draws - in closed form, nats", gap, 0.0, 4 * slack(drawn.error))


def replayed(model: VAE, key: Key) -> Check:
    """The largest difference of a pixel, in units of 1/255, between the browser's decoder and the model's."""
    z = key.generator().standard_normal((REPLAYED, model.latent))
    labels, hot = None, np.zeros((REPLAYED, 0))
    if model.classes:
        columns = [(key / "label" / i).generator().integers(m, size=REPLAYED) for i, m in enumerate(model.classes)]
        labels = np.stack(columns, axis=1)
        hot = np.hstack([np.eye(m)[c] for m, c in zip(model.classes, columns, strict=True)])
    spec, blob = export.browser(model)
    painted = replay(spec, blob, np.hstack([z, hot]))
    worst = 255 * float(np.abs(painted - model.decode(z, labels)).max())
    return Check("the browser's decoder against the model's, in 1/255", worst, 0.0, 0.5)


def replay(spec: Sequence[Mapping[str, Any]], blob: bytes, inputs: Float[np.ndarray, "n i"]) -> np.ndarray:
    """The pictures (n, c, h, w) of a decoder as a browser is told it: its layers, and their weights as float32."""
    floats, at = np.frombuffer(blob, "<f4"), 0
    h = inputs.astype(np.float32)
    for layer in spec[:-1]:
        if layer["kind"] == "reshape":
            h = h.reshape(len(h), layer["c"], layer["h"], layer["w"])
            continue
        taps = 9 if layer["kind"] == "conv" else 1
        size = layer["in"] * layer["out"] * taps
        weight, bias = floats[at : at + size], floats[at + size : at + size + layer["out"]]
        at += size + layer["out"]
        if layer["kind"] == "dense":
            h = h.reshape(len(h), -1) @ weight.reshape(layer["out"], layer["in"]).T + bias
        else:
            h = convolved(h, weight.reshape(layer["out"], layer["in"], 3, 3), layer["up"]) + bias[:, None, None]
        h = h / (1 + np.exp(-np.clip(h, -80, 80))) if layer["act"] == "silu" else h
    return pictured(spec[-1], h)


def convolved(h: np.ndarray, weight: Float[np.ndarray, "o i 3 3"], up: int) -> np.ndarray:
    """Enlarged by `up`, then a 3 x 3 cross-correlation with a border of zeros."""
    h = h.repeat(up, axis=2).repeat(up, axis=3)
    padded = np.pad(h, ((0, 0), (0, 0), (1, 1), (1, 1)))
    rows, columns = h.shape[2:]
    return sum(
        np.einsum("nihw,oi->nohw", padded[:, :, dy : dy + rows, dx : dx + columns], weight[:, :, dy, dx], optimize=True)
        for dy in range(3)
        for dx in range(3)
    )


def pictured(last: Mapping[str, Any], h: np.ndarray) -> np.ndarray:
    """The mean picture of the likelihood's parameters."""
    c, rows, columns = last["c"], last["h"], last["w"]
    p = h.reshape(len(h), -1, c, rows, columns).astype(float)
    if last["likelihood"] == "gaussian":
        return np.clip(p[:, 0], 0, 1)
    if last["likelihood"] == "categorical":
        weight = np.exp(p - p.max(axis=1, keepdims=True))
        level = np.arange(last["levels"])[:, None, None, None] / (last["levels"] - 1)
        return (weight * level).sum(axis=1) / weight.sum(axis=1)
    return 1 / (1 + np.exp(-p[:, 0]))
