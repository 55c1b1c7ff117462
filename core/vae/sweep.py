"""Models of several betas trained together, one epoch of each a Step: posterior collapse as it happens.

All share the key, so they begin at the same weights and see the same batches and the same noise; only beta differs. With a
large beta the KL is not worth paying and dimensions fall onto the prior, one after the other (Higgins et al., 2017; Lucas
et al., 2019).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from core.key import Key
from core.process import Step
from core.vae import fit as vae
from core.vae.config import Config
from core.vae.latent import surgery
from core.vae.model import VAE

BETAS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


@dataclass(frozen=True)
class Sweep:
    """One model for each of `betas`."""

    betas: tuple[float, ...]
    models: tuple[VAE, ...]


def fit(
    config: Config,
    x: Float[np.ndarray, "n c h w"],
    key: Key,
    betas: Sequence[float] = BETAS,
    *,
    start: Step[Sweep] | None = None,
    labels: Int[np.ndarray, "n a"] | None = None,
) -> Iterator[Step[Sweep]]:
    """Yield the models of all betas after every epoch; patience and averaging are left out, so that all run as long.

    `arrays`, one row a beta, nats: `reconstruction`, `kl`, `validation` (b,) as in `vae.fit`; on the probe `activity` (b, d),
    the variance of the encoder's means, and `divergence` (b, d), the mean KL of each dimension; and `moments` for
    resuming at `start`.
    """
    plain = replace(config, patience=0, average=0.0)
    begun = [
        None
        if start is None
        else Step(start.index, start.state.models[i], arrays={"moments": start.arrays["moments"][i]})
        for i in range(len(betas))
    ]
    fits = [
        vae.fit(replace(plain, beta=beta), x, key, start=first, labels=labels)
        for beta, first in zip(betas, begun, strict=True)
    ]
    for steps in zip(*fits, strict=True):
        yield Step(steps[0].index, Sweep(tuple(betas), tuple(step.state for step in steps)), "", {}, _table(steps))


def _table(steps: tuple[Step[VAE], ...]) -> dict[str, np.ndarray]:
    names = [name for name in ("reconstruction", "kl", "validation") if name in steps[0].metrics]
    columns = {name: np.array([step.metrics[name] for step in steps]) for name in names}
    means, log_vars = ([step.arrays[name] for step in steps] for name in ("means", "log_vars"))
    return columns | {
        "activity": np.stack([surgery.activity(m) for m in means]),
        "divergence": np.stack([surgery.mean_divergence(m, v) for m, v in zip(means, log_vars, strict=True)]),
        "moments": np.stack([step.arrays["moments"] for step in steps]),
    }
