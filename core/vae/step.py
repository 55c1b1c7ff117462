"""One update of a variational autoencoder: the loss in its parts, and Adam on one flat vector of weights.

    loss = reconstruction + beta KL,    reconstruction = -E_q[log p(x given z)],  z = mean + exp(log_var / 2) eps

the reparameterisation of Kingma and Welling (2014); a KL below the free nats of a dimension costs nothing (Kingma et
al., 2016); with k importance samples the loss is the IWAE bound (Burda, Grosse and Salakhutdinov, 2016). A categorical
likelihood may pay `smooth` sum_k |w_(k+1) - w_k|^2 for the difference of the weights of neighbouring levels, for levels are
ordered and few pictures show them all (Gertheiss and Tutz, 2009). Adam: Kingma and Ba (2015), weight decay kept apart from
the gradient (Loshchilov and Hutter, 2019). Noise is drawn on the CPU and moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from core import nets
from core.vae.config import Config
from core.vae.model import VAE, gaussian
from core.vae.truth.likelihood import Likelihood

FIRST, SECOND, TINY = 0.9, 0.999, 1e-8  # Adam's memories of gradient and square


@dataclass(frozen=True)
class Losses:
    """Parts of the loss, mean over images, nats: scalars that carry gradients."""

    loss: torch.Tensor
    reconstruction: torch.Tensor
    kl: torch.Tensor


@dataclass(frozen=True)
class Plan:
    """What stays the same while a model is trained: its options, layers and likelihood, and where each weight lies."""

    config: Config
    nets: Mapping[str, nets.Layers]
    likelihood: Likelihood
    places: tuple[tuple[str, tuple[int, ...]], ...]

    def named(self, flat: torch.Tensor) -> dict[str, torch.Tensor]:
        """Views of the flat vector by the weights' names."""
        parts = flat.split([int(np.prod(shape)) for _, shape in self.places])
        return {name: part.reshape(shape) for (name, shape), part in zip(self.places, parts, strict=True)}

    def thin(self, generator: np.random.Generator) -> nets.Thin | None:
        """Dropout, None where there is none."""
        p = self.config.dropout
        if p == 0:
            return None

        def drop(h: torch.Tensor) -> torch.Tensor:
            kept = generator.random(tuple(h.shape), dtype=np.float32) >= p
            return h * torch.from_numpy(kept).to(h.device) / (1 - p)

        return drop

    def losses(
        self,
        flat: torch.Tensor,
        x: torch.Tensor,
        hot: torch.Tensor,
        eps: torch.Tensor,
        beta: float,
        thin: nets.Thin | None = None,
    ) -> Losses:
        """The loss of a batch `x` with noise `eps` (k, n, d)."""
        weights = self.named(flat)
        mean, log_var = gaussian(self.nets, weights, x, hot, thin)
        z = mean + (torch.exp(0.5 * log_var) * eps if self.config.code == "sampled" else torch.zeros_like(eps))
        told = torch.cat([z, hot.expand(len(eps), *hot.shape)], 2).flatten(0, 1)
        out = nets.run(self.nets["decoder"], "decoder", weights, told, thin)
        images = x.expand(len(eps), *x.shape).flatten(0, 1)
        log_p = self.likelihood.log_prob(out, images, weights).reshape(len(eps), -1)
        if self.config.samples > 1:
            ratio = 0.5 * (eps**2 - z**2 + log_var).sum(2)
            loss = -(torch.logsumexp(log_p + beta * ratio, 0) - float(np.log(len(eps)))).mean()
            return Losses(loss + self.roughness(weights), -log_p.mean(), -ratio.mean())
        kl = 0.5 * (mean**2 + torch.exp(log_var) - log_var - 1).mean(0)
        paid = torch.clamp(kl, min=self.config.free).sum() if self.config.free > 0 else kl.sum()
        return Losses(-log_p.mean() + beta * paid + self.roughness(weights), -log_p.mean(), kl.sum())

    def roughness(self, weights: nets.Tensors) -> torch.Tensor | float:
        """What the decoder pays for neighbouring levels that differ; 0 but for a categorical likelihood."""
        if self.config.smooth == 0 or self.config.likelihood != "categorical":
            return 0.0
        last = [name for name, _ in nets.shapes(self.nets["decoder"], "decoder")][-2]
        by_level = weights[last].reshape(self.config.levels, -1)
        return self.config.smooth * ((by_level[1:] - by_level[:-1]) ** 2).sum()


def plan(model: VAE) -> Plan:
    """The plan of a model's training."""
    places = tuple((name, value.shape) for name, value in model.weights.items())
    return Plan(model.config, model.nets, model.likelihood, places)


def flat(weights: Mapping[str, np.ndarray]) -> np.ndarray:
    """All weights in one float32 vector."""
    return np.concatenate([value.ravel() for value in weights.values()])


def adam(
    weights: torch.Tensor, gradient: torch.Tensor, moments: torch.Tensor, count: int, rate: float, decay: float
) -> None:
    """The `count`-th update (from 1) of `weights` in place; `moments` (2, p) are Adam's memory, changed in place."""
    moments[0].lerp_(gradient, 1 - FIRST)
    moments[1].mul_(SECOND).addcmul_(gradient, gradient, value=1 - SECOND)
    scale = (1 - SECOND**count) ** 0.5
    weights.mul_(1 - rate * decay)
    weights.addcdiv_(moments[0], moments[1].sqrt() / scale + TINY, value=-rate / (1 - FIRST**count))
