"""The decoder as a surface: how much it magnifies, and the shortest way over it from one picture to another.

    J(z) = d mean picture / d z,   magnification = sqrt det J'J          (area of the surface per area of the latent space)
    length of a path = sum of |g(z_i+1) - g(z_i)|,   energy = (m - 1) sum of |g(z_i+1) - g(z_i)|^2 >= length^2

A geodesic is the path of least energy between its ends; its pictures change at an even pace. Lengths are Euclidean
distances of pictures, in units of full white. Where a Gaussian's mean picture is clipped to be shown, the surface is that
of the mean itself. Arvanitidis, Hansen and Hauberg (2018); Shao, Kumar and Fletcher (2018).
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from core.process import frozen
from core.vae.model import VAE

ROUNDS = 4
AT_ONCE = 256  # latent points differentiated together


@dataclass(frozen=True)
class Path:
    """A way through the latent space: points `z` (m, d), their `pictures` (m, c, h, w), `length` and `energy`."""

    z: Float[np.ndarray, "m d"]
    pictures: Float[np.ndarray, "m c h w"]
    length: float
    energy: float


def jacobian(model: VAE, z: Float[np.ndarray, "n d"], label: np.ndarray | None = None) -> Float[np.ndarray, "n p d"]:
    """J at each latent point, p = c h w rows, exact: the derivative of a backward pass, which is linear in what it is given."""
    found = []
    for first in range(0, len(z), AT_ONCE):
        where = torch.from_numpy(np.array(z[first : first + AT_ONCE])).requires_grad_()
        surface = _surface(model, where, label)
        given = torch.zeros_like(surface, requires_grad=True)
        back = torch.autograd.grad(surface, where, given, create_graph=True)[0]  # J' given, row by row
        columns = [
            torch.autograd.grad(back[:, axis].sum(), given, retain_graph=True)[0] for axis in range(model.latent)
        ]
        found.append(torch.stack(columns, -1).numpy())
    return np.concatenate(found)


def magnification(model: VAE, z: Float[np.ndarray, "n d"], label: np.ndarray | None = None) -> Float[np.ndarray, " n"]:
    """sqrt det J'J at each latent point."""
    j = jacobian(model, z, label)
    return np.exp(0.5 * np.linalg.slogdet(j.transpose(0, 2, 1) @ j)[1])


def straight(
    model: VAE,
    a: Float[np.ndarray, " d"],
    b: Float[np.ndarray, " d"],
    points: int = 24,
    label: np.ndarray | None = None,
) -> Path:
    """The line from `a` to `b` in the latent space, `points` of it."""
    return path(model, a + np.linspace(0, 1, points)[:, None] * (b - a), label)


def path(model: VAE, z: Float[np.ndarray, "m d"], label: np.ndarray | None = None) -> Path:
    """The path through these latent points, measured."""
    with torch.inference_mode():
        surface = _surface(model, torch.from_numpy(np.array(z)), label).numpy()
    legs = ((surface[1:] - surface[:-1]) ** 2).sum(axis=1)
    pictures = np.clip(surface, 0, 1).reshape(len(z), *model.shape)
    return Path(frozen(z), frozen(pictures), float(np.sqrt(legs).sum()), float(len(legs) * legs.sum()))


def geodesic(
    model: VAE,
    a: Float[np.ndarray, " d"],
    b: Float[np.ndarray, " d"],
    points: int = 24,
    label: np.ndarray | None = None,
) -> Path:
    """A path of locally least energy from `a` to `b`, by L-BFGS from several bent lines; never longer than the straight one."""
    line = straight(model, a, b, points, label)
    found = [line]
    t = np.linspace(0, 1, points)[:, None]
    across = b - a
    side = np.zeros(model.latent)
    if model.latent > 1:
        side[:2] = [-across[1], across[0]]
    for bend in (0.0, 0.4, -0.4) if model.latent > 1 else (0.0,):
        found.append(_relaxed(model, line.z + bend * np.sin(np.pi * t) * side, label))
    shorter = [one for one in found if one.length <= line.length]
    return min(shorter, key=lambda one: one.energy)


def _relaxed(model: VAE, z: Float[np.ndarray, "m d"], label: np.ndarray | None) -> Path:
    """The path after its inner points have slid to the nearest minimum of the energy."""
    ends = torch.from_numpy(np.array(z))
    inner = ends[1:-1].clone().requires_grad_()

    def energy() -> torch.Tensor:
        surface = _surface(model, torch.cat([ends[:1], inner, ends[-1:]]), label)
        return (len(z) - 1) * ((surface[1:] - surface[:-1]) ** 2).sum()

    for _ in range(ROUNDS):
        descent = torch.optim.LBFGS([inner], max_iter=60, line_search_fn="strong_wolfe")

        def closure(descent: torch.optim.LBFGS = descent) -> torch.Tensor:
            descent.zero_grad()
            value = energy()
            value.backward()
            return value

        descent.step(closure)
    return path(model, torch.cat([ends[:1], inner.detach(), ends[-1:]]).numpy(), label)


def _surface(model: VAE, z: torch.Tensor, label: np.ndarray | None) -> torch.Tensor:
    """The mean pictures as vectors, (n, c h w), not clipped."""
    out = model.outputs(z, None if label is None else np.tile(label, (len(z), 1)))
    return (out if model.config.likelihood == "gaussian" else model.likelihood.mean(out)).flatten(1)
