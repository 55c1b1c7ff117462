"""A variational autoencoder as a value: its weights, and what it can do with a picture.

    z ~ N(0, I),   x ~ p(x given z) from the decoder,   q(z given x) = N(mean(x), diag exp log_var(x)) from the encoder

    ELBO(x)   = E_q[log p(x given z)] - KL(q(z given x), N(0, I))                              <=  log p(x)
    IWAE_k(x) = E log 1/k sum_i p(x given z_i) p(z_i) / q(z_i given x),  z_i ~ q               <=  log p(x), rising with k

Kingma and Welling (2014), Rezende, Mohamed and Wierstra (2014); Burda, Grosse and Salakhutdinov (2016) for IWAE; Sohn, Lee and
Yan (2015) for labels. Nats per image. Images x are (n, c, h, w) in [0, 1], latent points z (n, d), labels (n, a) whole numbers.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float, Int

from core import nets
from core.key import Key
from core.process import frozen
from core.vae import nets as vae_nets
from core.vae.config import Config
from core.vae.truth.likelihood import SPREAD, Likelihood

CHUNK = 1 << 22  # decoder outputs worked out at once
Labels = Int[np.ndarray, "n a"]


@dataclass(frozen=True)
class VAE:
    """A variational autoencoder: `config`, the `shape` (c, h, w) of its pictures, `classes` of its labels, `weights`.

    `classes` is how many values each label column takes; () for a model that is told no label. `weights` are read-only
    float32 arrays by name. Everything it returns is float64 and on the CPU.
    """

    config: Config
    shape: tuple[int, int, int]
    classes: tuple[int, ...]
    weights: Mapping[str, np.ndarray] = field(repr=False)

    def __post_init__(self) -> None:
        """Freeze the weights; raise ValueError unless they have the names and shapes of the networks and are finite."""
        expected = dict(layout(self))
        if set(expected) != set(self.weights):
            raise ValueError(f"The model's weights should be {len(expected)} arrays with the names of its layers.")
        held = {}
        for name, shape in expected.items():
            value = np.asarray(self.weights[name], dtype=np.float32)
            if value.shape != shape:
                raise ValueError(f"The model's {name} has shape {value.shape}; {shape} is needed.")
            if not np.isfinite(value).all():
                raise ValueError(f"The model's {name} holds numbers that are not finite.")
            held[name] = frozen(value)
        object.__setattr__(self, "weights", MappingProxyType(held))

    def described(self) -> dict[str, str]:
        """What a checkpoint's header says of it, besides its options."""
        return {"model": "vae", "shape": json.dumps(self.shape), "classes": json.dumps(self.classes)}

    @cached_property
    def digest(self) -> str:
        """Of its content, by which a model is known again: options, shapes and weights."""
        found = sha256(repr((self.config, self.shape, self.classes)).encode())
        for name in sorted(self.weights):
            found.update(np.ascontiguousarray(self.weights[name]).tobytes())
        return found.hexdigest()

    @property
    def latent(self) -> int:
        """The number of latent dimensions d."""
        return self.config.latent

    @cached_property
    def likelihood(self) -> Likelihood:
        """What the decoder's output means."""
        return Likelihood(self.config.likelihood, self.config.levels)

    @cached_property
    def nets(self) -> dict[str, nets.Layers]:
        """The layers of `eye`, `head` (the encoder) and `decoder`."""
        c, told = self.config, sum(self.classes)
        planes = c.width if c.architecture == "mlp" else max(c.width // 8, 2)
        return {
            "eye": vae_nets.eye(c.architecture, self.shape, planes),
            "head": vae_nets.head(self.shape, c.architecture, planes, c.layers, c.latent, told),
            "decoder": vae_nets.decoder(
                self.shape, c.architecture, planes, c.layers, c.latent + told, self.likelihood.per_pixel
            ),
        }

    def tensors(self, dtype: torch.dtype = torch.float64) -> dict[str, torch.Tensor]:
        """The weights as torch tensors on the CPU (copies)."""
        return {name: torch.tensor(value, dtype=dtype) for name, value in self.weights.items()}

    @cached_property
    def _double(self) -> dict[str, torch.Tensor]:
        with torch.inference_mode(False):  # whoever asks first, they are for gradients too
            return self.tensors()

    def hot(self, labels: Labels | None, n: int) -> torch.Tensor:
        """The one-hot columns of `labels`, (n, sum of classes); ValueError where they do not fit the model."""
        if labels is None and self.classes:
            raise ValueError(f"This model needs {len(self.classes)} label(s) for every picture.")
        table = np.zeros((n, 0), dtype=int) if labels is None or not self.classes else labels
        if table.shape != (n, len(self.classes)):
            raise ValueError(f"The labels have shape {table.shape}; {(n, len(self.classes))} is needed.")
        if not all(
            ((column >= 0) & (column < count)).all() for column, count in zip(table.T, self.classes, strict=True)
        ):
            raise ValueError("A label lies outside the classes of the model.")
        columns = [np.eye(count)[column] for column, count in zip(table.T, self.classes, strict=True)]
        return torch.from_numpy(np.concatenate([np.zeros((n, 0)), *columns], axis=1))

    def encode(
        self, x: Float[np.ndarray, "n c h w"], labels: Labels | None = None
    ) -> tuple[Float[np.ndarray, "n d"], Float[np.ndarray, "n d"]]:
        """Mean and log-variance of q(z given x), each (n, d)."""
        if x.shape[1:] != self.shape:
            raise ValueError(f"The pictures have shape {x.shape[1:]}; the model knows {self.shape}.")
        with torch.inference_mode():
            mean, log_var = gaussian(self.nets, self._double, torch.from_numpy(np.array(x)), self.hot(labels, len(x)))
        return mean.numpy(), log_var.numpy()

    def outputs(self, z: torch.Tensor, labels: Labels | None = None) -> torch.Tensor:
        """The likelihood's parameters at float64 points z, (n, K c, h, w), with gradients where z asks for them."""
        return nets.run(self.nets["decoder"], "decoder", self._double, torch.cat([z, self.hot(labels, len(z))], 1))

    def decode(self, z: Float[np.ndarray, "n d"], labels: Labels | None = None) -> Float[np.ndarray, "n c h w"]:
        """The mean picture at each latent point, in [0, 1] (see `Likelihood.mean`)."""
        with torch.inference_mode():
            return self.likelihood.mean(self.outputs(torch.from_numpy(np.array(z)), labels)).numpy()

    def draw(self, z: Float[np.ndarray, "n d"], key: Key, labels: Labels | None = None) -> Float[np.ndarray, "n c h w"]:
        """One picture drawn from p(x given z) for each latent point."""
        with torch.inference_mode():
            out = self.outputs(torch.from_numpy(np.array(z)), labels)
            return self.likelihood.draw(out, self._double, key.generator())

    def sample(self, n: int, key: Key, labels: Labels | None = None) -> Float[np.ndarray, "n c h w"]:
        """`n` pictures drawn from p(x): z from the prior, then x given z; labels not given are drawn evenly."""
        z = (key / "z").generator().standard_normal((n, self.latent))
        if labels is None and self.classes:
            labels = np.stack(
                [(key / "label" / i).generator().integers(m, size=n) for i, m in enumerate(self.classes)], 1
            )
        return self.draw(z, key / "x", labels)

    def elbo(
        self, x: Float[np.ndarray, "n c h w"], key: Key, k: int = 1, labels: Labels | None = None
    ) -> Float[np.ndarray, " n"]:
        """The bound on log p(x), nats, the reconstruction averaged over `k` draws and the KL exact."""
        mean, log_var = self.encode(x, labels)
        return self.reconstruction(x, (mean, log_var), key, k, labels) - kl(mean, log_var).sum(axis=1)

    def reconstruction(
        self, x: Float[np.ndarray, "n c h w"], q: tuple[np.ndarray, np.ndarray], key: Key, k: int, labels: Labels | None
    ) -> Float[np.ndarray, " n"]:
        """E log p(x given z), nats, averaged over `k` draws of N(mean, exp log_var), the two (n, d) of `q`."""
        rows = [log_p.mean(axis=0) for log_p, _ in self._drawn(x, *q, key, k, labels)]
        return np.concatenate([np.zeros(0), *rows])

    def iwae(
        self, x: Float[np.ndarray, "n c h w"], key: Key, k: int = 100, labels: Labels | None = None
    ) -> Float[np.ndarray, " n"]:
        """The importance-weighted bound with `k` draws, nats; k = 1 is the ELBO with a sampled KL."""
        mean, log_var = self.encode(x, labels)
        drawn = self._drawn(x, mean, log_var, key, k, labels)
        rows = [np.logaddexp.reduce(log_p + ratio, axis=0) - np.log(k) for log_p, ratio in drawn]
        return np.concatenate([np.zeros(0), *rows])

    def _drawn(
        self, x: np.ndarray, mean: np.ndarray, log_var: np.ndarray, key: Key, k: int, labels: Labels | None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """log p(x given z_i) and log p(z_i) / q(z_i given x), both (k, rows), a few rows at a time."""
        rows = max(1, CHUNK // (k * self.likelihood.per_pixel * int(np.prod(self.shape))))
        for first in range(0, len(x), rows):
            part = slice(first, first + rows)
            eps = np.stack([(key / i).generator().standard_normal((k, self.latent)) for i in range(len(x))[part]], 1)
            z = mean[part] + np.exp(0.5 * log_var[part]) * eps
            told = None if labels is None else np.tile(labels[part], (k, 1))
            images = torch.from_numpy(np.array(x[part])).expand(k, *x[part].shape).flatten(0, 1)
            with torch.inference_mode():
                out = self.outputs(torch.from_numpy(z.reshape(-1, self.latent)), told)
                log_p = self.likelihood.log_prob(out, images, self._double).numpy()
            yield log_p.reshape(k, -1), 0.5 * (eps**2 - z**2 + log_var[part]).sum(axis=2)


def unweighted(config: Config, shape: tuple[int, int, int], classes: tuple[int, ...]) -> VAE:
    """A model that has its layers but no weights yet: only to ask what `layout` it needs."""
    blank = object.__new__(VAE)
    for name, value in (("config", config), ("shape", shape), ("classes", classes), ("weights", MappingProxyType({}))):
        object.__setattr__(blank, name, value)
    return blank


def layout(model: VAE) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(name, shape) of every weight a model needs."""
    for prefix, layers in model.nets.items():
        yield from nets.shapes(layers, prefix)
    if model.config.likelihood == "gaussian":
        yield SPREAD, ()


def gaussian(
    layers: Mapping[str, nets.Layers],
    weights: nets.Tensors,
    x: torch.Tensor,
    hot: torch.Tensor,
    thin: nets.Thin | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and log-variance of q(z given x), for tensors."""
    seen = nets.run(layers["eye"], "eye", weights, x)
    mean, log_var = nets.run(layers["head"], "head", weights, torch.cat([seen, hot], 1), thin).chunk(2, 1)
    return mean, log_var


def kl(mean: Float[np.ndarray, "n d"], log_var: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    """KL(N(mean, exp log_var), N(0, 1)) of every latent dimension, nats."""
    return 0.5 * (mean**2 + np.exp(log_var) - log_var - 1)
