"""Where a VAE's bound loses: the encoder, or the Gaussian it is confined to (Cremer, Li and Duvenaud, 2018).

    log p(x) - ELBO(q_encoder)  =  [log p(x) - ELBO(q_best)]  +  [ELBO(q_best) - ELBO(q_encoder)]
                                   approximation: no Gaussian     amortisation: the encoder answers every
                                   is the true posterior          picture with the same few weights

q_best maximises the ELBO of this one image over N(m, L L'), L lower triangular (`full`) or diagonal, by L-BFGS on
quadrature, so there is no noise in it. One or two latent dimensions. Nats.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from core.process import frozen
from core.vae.model import VAE
from core.vae.truth.exact import SIDE, posterior, rule

NODES, JUDGED = 21, 37  # nodes a dimension while it is looked for, and when it is judged
ROUNDS = 4  # L-BFGS is begun afresh this often


@dataclass(frozen=True)
class Gaussian:
    """A Gaussian over the latent space: `mean` (d,), `factor` (d, d) with covariance factor factor', and its ELBO."""

    mean: Float[np.ndarray, " d"]
    factor: Float[np.ndarray, "d d"]
    elbo: float

    @property
    def covariance(self) -> Float[np.ndarray, "d d"]:
        """factor factor'."""
        return self.factor @ self.factor.T


@dataclass(frozen=True)
class Gap:
    """The split for one image: `log_prob` >= `best.elbo` (up to quadrature) >= `elbo` of the encoder."""

    log_prob: float
    elbo: float
    best: Gaussian

    @property
    def approximation(self) -> float:
        """log p(x) - ELBO of the best Gaussian, at least 0."""
        return self.log_prob - self.best.elbo

    @property
    def amortisation(self) -> float:
        """ELBO of the best Gaussian - ELBO of the encoder's, at least 0."""
        return self.best.elbo - self.elbo


def split(
    model: VAE, x: Float[np.ndarray, "c h w"], label: np.ndarray | None = None, full: bool = False, side: int = SIDE
) -> Gap:
    """The gap of one image. `full` lets the best Gaussian tilt, which the encoder's cannot."""
    truth = posterior(model, x, label, side)
    mean, log_var = model.encode(x[None], None if label is None else label[None])
    began = np.diag(np.exp(0.5 * log_var[0]))
    centre = truth.weight @ truth.points
    spread = np.sqrt(np.maximum(truth.weight @ (truth.points - centre) ** 2, 1e-8))
    top = truth.points[int(truth.log_density.argmax())]
    starts = [(mean[0], began), (centre, np.diag(spread)), (top, began)]
    found = [best(model, x, m, f, label, full) for m, f in starts]
    return Gap(truth.log_prob, truth.elbo, max(found, key=lambda q: q.elbo))


def best(
    model: VAE,
    x: Float[np.ndarray, "c h w"],
    mean: Float[np.ndarray, " d"],
    factor: Float[np.ndarray, "d d"],
    label: np.ndarray | None = None,
    full: bool = False,
) -> Gaussian:
    """The Gaussian of greatest ELBO near the one given; never worse than it."""
    d = model.latent
    image, weights = torch.from_numpy(np.array(x[None])), model.tensors()
    below = torch.tril(torch.ones(d, d, dtype=torch.float64), -1) * float(full)

    def loss(free: torch.Tensor, side: int = NODES) -> torch.Tensor:
        nodes, weight = (torch.from_numpy(a) for a in rule(d, side))
        m, log_scale, off = free[0], free[1], free[2:] * below
        lower = torch.diag(torch.exp(log_scale)) + off
        out = model.outputs(m + nodes @ lower.T, None if label is None else np.tile(label, (len(nodes), 1)))
        expected = (weight * model.likelihood.pairwise(out, image, weights)[0]).sum()
        divergence = 0.5 * ((lower**2).sum() + (m**2).sum() - d) - log_scale.sum()
        return divergence - expected

    free = np.concatenate([mean[None], np.log(np.diag(factor))[None], np.tril(factor, -1)])
    where = torch.tensor(free, dtype=torch.float64, requires_grad=True)
    kept, least = where.detach().clone(), float(loss(where).detach())
    for _ in range(ROUNDS):
        descent = torch.optim.LBFGS([where], max_iter=40, line_search_fn="strong_wolfe", tolerance_change=1e-10)

        def closure(descent: torch.optim.LBFGS = descent) -> torch.Tensor:
            descent.zero_grad()
            value = loss(where)
            value.backward()
            return value

        descent.step(closure)
        value = float(loss(where).detach())
        if not value < least - 1e-9:
            break
        kept, least = where.detach().clone(), value
    m, log_scale, off = kept[0].numpy(), kept[1].numpy(), (kept[2:] * below).numpy()
    return Gaussian(frozen(m.copy()), frozen(np.diag(np.exp(log_scale)) + off), -float(loss(kept, JUDGED)))
