"""What a decoder's output says about pixels: p(x given z) of four kinds, each a product over pixels, in nats.

    bernoulli     x log s(a) + (1 - x) log(1 - s(a)), s the logistic function      exact for black and white; for grey x
                                                                                   a score, not a density
    gaussian      N(x | a, exp(2 b)), one learnt b for all pixels                  density of x in units of full white
    logistic      P(level) = F(x + d/2) - F(x - d/2), F logistic with location     exact on L levels, d = 1 / (L - 1);
                  s(a), scale exp(b), the outer levels taking the tails            the levels sum to one
    categorical   P(level k) = softmax(a)_k                                        exact on L levels

Parameters come as (n, K c, h, w), K planes of each channel, plane k of channel ch at index k c + ch. Kingma and Welling (2014);
Salimans et al. (2017) for the discretised logistic; Rybkin, Daniilidis and Levine (2021) for the learnt variance.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from core.nets import Tensors

SPREAD = "spread"  # the name of the Gaussian's learnt log standard deviation among the weights
LOG_2PI = float(np.log(2 * np.pi))
NARROWEST = -6.0  # least log-scale of a logistic: an eighth of an 8-bit level
TABLE = 64  # most levels for which a table of log-probabilities is kept


@dataclass(frozen=True)
class Likelihood:
    """One of the four kinds, on `levels` grey levels where it counts them."""

    kind: str
    levels: int = 256

    @property
    def per_pixel(self) -> int:
        """How many parameters K the decoder gives each pixel."""
        return {"logistic": 2, "categorical": self.levels}.get(self.kind, 1)

    @property
    def discrete(self) -> bool:
        """Whether it is a probability of grey levels, not a density or a score."""
        return self.kind in ("logistic", "categorical")

    def log_prob(self, out: torch.Tensor, x: torch.Tensor, weights: Tensors) -> torch.Tensor:
        """log p(x given z) of each image, (n,), for parameters `out` (n, K c, h, w) and images `x` (n, c, h, w)."""
        if self.kind == "bernoulli":
            each = x * out - functional.softplus(out)
        elif self.kind == "gaussian":
            spread = weights[SPREAD]
            each = -0.5 * ((x - out) * torch.exp(-spread)) ** 2 - spread - 0.5 * LOG_2PI
        elif self.kind == "logistic":
            each = self._bin(*self._located(out), torch.round(x * (self.levels - 1)))
        else:
            level = torch.round(x * (self.levels - 1)).long()
            each = torch.gather(self._log_levels(out), 1, level[:, None])[:, 0]
        return each.flatten(1).sum(1)

    def pairwise(self, out: torch.Tensor, x: torch.Tensor, weights: Tensors) -> torch.Tensor:
        """log p(x_n given z_g) for every image and every latent point, (n, g)."""
        flat = x.flatten(1)
        if self.kind == "bernoulli":
            a = out.flatten(1)
            return flat @ a.T - functional.softplus(a).sum(1)
        if self.kind == "gaussian":
            a, spread = out.flatten(1), weights[SPREAD]
            square = (flat**2).sum(1)[:, None] - 2 * flat @ a.T + (a**2).sum(1)
            return -0.5 * square * torch.exp(-2 * spread) - flat.shape[1] * (spread + 0.5 * LOG_2PI)
        if self.levels <= TABLE:
            level = torch.round(x * (self.levels - 1)).long()
            hot = functional.one_hot(level, self.levels).movedim(-1, 1).flatten(1).to(out.dtype)
            return hot @ self.table(out).flatten(1).T
        return torch.stack([self.log_prob(out, image.expand(len(out), *image.shape), weights) for image in x])

    def table(self, out: torch.Tensor) -> torch.Tensor:
        """log P(level) of every level, (n, levels, c, h, w); discrete kinds only."""
        if self.kind == "categorical":
            return self._log_levels(out)
        location, scale = self._located(out)
        level = torch.arange(self.levels, dtype=out.dtype, device=out.device).reshape(1, -1, 1, 1, 1)
        return self._bin(location[:, None], scale[:, None], level)

    def mean(self, out: torch.Tensor) -> torch.Tensor:
        """The picture shown, (n, c, h, w) in [0, 1]: the mean, a Gaussian's clipped; of a logistic the location."""
        if self.kind == "bernoulli":
            return torch.sigmoid(out)
        if self.kind == "gaussian":
            return out.clip(0, 1)
        if self.kind == "logistic":
            return self._located(out)[0]
        level = torch.arange(self.levels, dtype=out.dtype, device=out.device).reshape(1, -1, 1, 1, 1)
        return (torch.exp(self._log_levels(out)) * level).sum(1) / (self.levels - 1)

    def draw(self, out: torch.Tensor, weights: Tensors, generator: np.random.Generator) -> np.ndarray:
        """One x from p(x given z) for each row, (n, c, h, w); a Gaussian's is not clipped."""
        if self.kind == "gaussian":
            noise = generator.standard_normal(tuple(out.shape))
            return out.numpy() + float(torch.exp(weights[SPREAD])) * noise
        u = generator.random((len(out), out.shape[1] // self.per_pixel, *out.shape[2:]))
        if self.kind == "bernoulli":
            return (u < torch.sigmoid(out).numpy()).astype(float)
        if self.kind == "logistic":
            location, scale = (t.numpy() for t in self._located(out))
            x = location + np.exp(scale) * (np.log(u) - np.log1p(-u))
            return np.clip(np.rint(x * (self.levels - 1)), 0, self.levels - 1) / (self.levels - 1)
        upto = torch.cumsum(torch.exp(self._log_levels(out)), 1).numpy()
        return np.minimum((u[:, None] > upto).sum(1), self.levels - 1) / (self.levels - 1)

    def _planes(self, out: torch.Tensor) -> torch.Tensor:
        n, planes, h, w = out.shape
        return out.reshape(n, self.per_pixel, planes // self.per_pixel, h, w)

    def _log_levels(self, out: torch.Tensor) -> torch.Tensor:
        return functional.log_softmax(self._planes(out), 1)

    def _located(self, out: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        a = self._planes(out)
        return torch.sigmoid(a[:, 0]), NARROWEST + functional.softplus(a[:, 1] - NARROWEST)

    def _bin(self, location: torch.Tensor, scale: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
        """log [F(upper edge) - F(lower edge)], with F(u) = s((u - location) / exp(scale)); stable in both tails."""
        width = torch.exp(-scale) / (self.levels - 1)
        centre = (level - location * (self.levels - 1)) * width
        upper, lower = centre + width / 2, centre - width / 2
        # s(u) - s(l) = s(u) s(-l) (1 - exp(l - u))
        inner = functional.logsigmoid(upper) + functional.logsigmoid(-lower) + torch.log(-torch.expm1(-width))
        first, last = level == 0, level == self.levels - 1
        return torch.where(first, functional.logsigmoid(upper), torch.where(last, functional.logsigmoid(-lower), inner))


def marginal_bias(kind: Likelihood, x: np.ndarray) -> np.ndarray:
    """Output biases (K c h w) under which every pixel has, whatever z, about its own distribution over the images `x`."""
    mean = x.mean(axis=0).ravel()
    logit = np.log((mean + 0.01) / (1.01 - mean))
    bias = {"gaussian": mean, "bernoulli": logit, "logistic": np.concatenate([logit, np.full(mean.size, -2.0)])}
    if kind.kind == "categorical":
        level = np.rint(x * (kind.levels - 1)).astype(int).reshape(len(x), -1)
        count = np.stack([(level == k).sum(axis=0) for k in range(kind.levels)]) + 1 / kind.levels
        bias["categorical"] = np.log(count / count.sum(axis=0)).ravel()
    return bias[kind.kind].astype(np.float32)
