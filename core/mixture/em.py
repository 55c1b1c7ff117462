"""The arithmetic of expectation-maximisation for Gaussian mixtures, for one start or ten thousand at once.

A Gaussian's log-density is linear in the features phi(x) = (1, x, vech(x x')):

    log w_k N(x | mu_k, S_k) = a_k . phi(x)

so the E-step for all points and components is one matrix product followed by a soft maximum, and the sums the M-step
needs, sum_n r_nk phi(x_n), are a second one. Both run over blocks of points that stay in the processor's cache. Points
are centred first: what is lost to cancellation is then about 1e-16 (range / sigma)^2 of a log-density, 1e-10 at a
thousandth of the range. Where a point lies too far from the others for that (`far`), each component's features are taken
about its own mean, so that differences are formed before squares and no digits go; the moments are then about it too.

Leading axes of parameters are independent starts: shapes below say `*s k ...`. Dempster, Laird and Rubin (1977);
constraints on covariances as in Celeux and Govaert (1995).
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
from jaxtyping import Bool, Float

from core.process import frozen
from core.units import spread

BLOCK = 1 << 16  # entries of a block of responsibilities: 512 kB of float64
EMPTY = 10 * np.finfo(float).eps  # added to every component's mass, so that an empty one divides by no zero
SINGULAR = 1e-10  # a component's smallest variance, as a share of the data's, below which it has collapsed
LOG_2PI = float(np.log(2 * np.pi))
FAR = 100.0  # spreads from the centre, beyond which features are taken about each component's own mean
NEVER = -1e300  # in place of log 0 in a product of matrices, where some processors multiply -inf by zeros of padding


def features(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "f n"]:
    """phi(x): 1, the d coordinates, and their d (d + 1) / 2 products, one row a feature."""
    rows, columns = pairs(x.shape[1])
    return np.concatenate([np.ones((1, len(x))), x.T, x.T[rows] * x.T[columns]])


def far(x: Float[np.ndarray, "n d"]) -> bool:
    """Whether a point of `x`, which is centred, lies so far out that products about the centre would lose its digits."""
    return bool((np.abs(x) > FAR * spread(x)).any())


def variance(x: Float[np.ndarray, "n d"]) -> float:
    """The data's variance, of the widest column, held to what far values may make of it (squared units of x)."""
    own, plain = spread(x), x.std(axis=0)
    return float(np.where(own < plain, own**2, x.var(axis=0)).max())


def about(phi: Float[np.ndarray, "f n"], place: Float[np.ndarray, "*s k d"]) -> Float[np.ndarray, "*s k f n"]:
    """phi(x - place) of every component, from the coordinates in phi(x)."""
    rows, columns = pairs(place.shape[-1])
    off = phi[1 : 1 + place.shape[-1]] - place[..., None]
    return np.concatenate([np.ones_like(off[..., :1, :]), off, off[..., rows, :] * off[..., columns, :]], axis=-2)


@cache
def pairs(d: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows and columns of the d (d + 1) / 2 products, i <= j."""
    return np.triu_indices(d)


def coefficients(
    weights: Float[np.ndarray, "*s k"], means: Float[np.ndarray, "*s k d"], covariances: Float[np.ndarray, "*s k d d"]
) -> Float[np.ndarray, "*s k f"]:
    """a_k with a_k . phi(x) = log w_k N(x | mu_k, S_k), in nats."""
    d = means.shape[-1]
    precision = np.linalg.inv(covariances)
    linear = (precision @ means[..., None])[..., 0]
    log_det = np.linalg.slogdet(covariances)[1]
    with np.errstate(divide="ignore"):
        constant = np.log(weights) - 0.5 * ((linear * means).sum(-1) + log_det + d * LOG_2PI)
    rows, columns = pairs(d)
    quadratic = np.where(rows == columns, -0.5, -1.0) * precision[..., rows, columns]
    return np.concatenate([constant[..., None], linear, quadratic], axis=-1)


def soften(logits: Float[np.ndarray, "*s k n"]) -> Float[np.ndarray, "*s n"]:
    """Turn log-joints into responsibilities in place; return the log-evidence log sum_k exp(logits) of each point."""
    top = logits.max(axis=-2)
    logits -= top[..., None, :]
    np.exp(logits, out=logits)
    total = logits.sum(axis=-2)
    logits /= total[..., None, :]
    return top + np.log(total)


def expect(
    a: Float[np.ndarray, "k f"], phi: Float[np.ndarray, "f n"], place: Float[np.ndarray, "k d"] | None = None
) -> tuple[Float[np.ndarray, "k n"], Float[np.ndarray, "k f"], float, float]:
    """The E-step of one mixture: responsibilities, moments sum_n r phi(x), mean log-likelihood and mean entropy of r.

    With a `place` for every component, its coefficients and its moments are those of phi(x - place).
    """
    k, n = len(a), phi.shape[1]
    r, finite = np.empty((k, n)), np.maximum(a, NEVER)
    moments, log_evidence = np.zeros_like(a), 0.0
    for block in blocks(n, max(BLOCK // k, 1)):
        logits, seen = r[:, block], phi[:, block]
        if place is None:
            np.matmul(finite, seen, out=logits)
            log_evidence += soften(logits).sum()
            moments += logits @ seen.T
        else:
            own = about(seen, place)
            logits[:] = np.einsum("kf,kfn->kn", finite, own)
            log_evidence += soften(logits).sum()
            moments += np.einsum("kn,kfn->kf", logits, own)
    entropy = (log_evidence - expected(finite, moments)) / n  # H(r) = log p(x) - E_r log joint
    return r, moments, log_evidence / n, entropy


def expected(a: Float[np.ndarray, "k f"], moments: Float[np.ndarray, "k f"]) -> float:
    """sum_nk r_nk a_k . phi(x_n), nats, from the moments of r."""
    return float((np.maximum(a, NEVER) * moments).sum())  # a component of weight 0 has no moments either


def expect_many(
    a: Float[np.ndarray, "s k f"], phi: Float[np.ndarray, "f n"], place: Float[np.ndarray, "s k d"] | None = None
) -> tuple[Float[np.ndarray, "s k f"], Float[np.ndarray, " s"]]:
    """The E-step of many mixtures on the same points: moments and mean log-likelihood of each start; `place` as above."""
    s, k, f = a.shape
    n = phi.shape[1]
    moments, log_likelihood, finite = np.empty((s, k, f)), np.empty(s), np.maximum(a, NEVER)
    for block in blocks(s, max(BLOCK // (k * n * (1 if place is None else f)), 1)):
        if place is None:
            logits = (finite[block].reshape(-1, f) @ phi).reshape(-1, k, n)
            log_likelihood[block] = soften(logits).mean(axis=-1)
            moments[block] = logits @ phi.T
        else:
            own = about(phi, place[block])
            logits = np.einsum("skf,skfn->skn", finite[block], own)
            log_likelihood[block] = soften(logits).mean(axis=-1)
            moments[block] = np.einsum("skn,skfn->skf", logits, own)
    return moments, log_likelihood


def blocks(n: int, size: int) -> Iterator[slice]:
    """Consecutive slices of at most `size` that cover range(n)."""
    return (slice(i, min(i + size, n)) for i in range(0, n, size))


def maximise(
    moments: Float[np.ndarray, "*s k f"],
    d: int,
    covariance: str,
    floor: float,
    place: Float[np.ndarray, "*s k d"] | None = None,
) -> tuple[Float[np.ndarray, "*s k"], Float[np.ndarray, "*s k d"], Float[np.ndarray, "*s k d d"]]:
    """The M-step: the weights, means and covariances that maximise the bound under the `covariance` constraint.

    `floor` is added to every variance. full: a matrix each; tied: one for all; diag: no correlation; spherical: one
    variance each. With a `place` for every component, its moments are about it.
    """
    mass = moments[..., 0] + EMPTY
    means = moments[..., 1 : 1 + d] / mass[..., None]
    rows, columns = pairs(d)
    second = np.empty((*mass.shape, d, d))
    second[..., rows, columns] = second[..., columns, rows] = moments[..., 1 + d :]
    scatter = second / mass[..., None, None] - means[..., :, None] * means[..., None, :]
    share = mass / mass.sum(-1, keepdims=True)
    covariances = constrain(scatter, share, covariance) + floor * eye(d)
    return share, means if place is None else means + place, covariances


@cache
def eye(d: int) -> np.ndarray:
    """The identity matrix, made once."""
    return frozen(np.eye(d))


def constrain(
    scatter: Float[np.ndarray, "*s k d d"], share: Float[np.ndarray, "*s k"], covariance: str
) -> Float[np.ndarray, "*s k d d"]:
    """The covariances of kind `covariance` with the greatest likelihood, given each component's scatter and share."""
    d = scatter.shape[-1]
    if covariance == "tied":
        pooled = (share[..., None, None] * scatter).sum(-3, keepdims=True)
        return np.broadcast_to(pooled, scatter.shape).copy()
    if covariance == "diag":
        return scatter * eye(d)
    if covariance == "spherical":
        return np.einsum("...ii->...", scatter)[..., None, None] / d * eye(d)
    return scatter


def collapsed(covariances: Float[np.ndarray, "*s k d d"], variance: float) -> Bool[np.ndarray, "*s k"]:
    """Which components have become singular: smallest eigenvalue at most `SINGULAR` times the data's `variance`."""
    finite = np.isfinite(covariances).all(axis=(-2, -1))
    if not finite.all():
        covariances = np.where(finite[..., None, None], covariances, 0.0)
    return ~(finite & (np.linalg.eigvalsh(covariances)[..., 0] > SINGULAR * variance))
