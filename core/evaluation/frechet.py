"""Frechet's distance between two samples of feature vectors, a Gaussian fitted to each.

    d^2 = |m_a - m_b|^2 + tr(A + B - 2 (A^(1/2) B A^(1/2))^(1/2))

is the squared 2-Wasserstein distance of N(m_a, A) and N(m_b, B) (Dowson and Landau, 1982); with features of a network it is
the distance by which painters are compared (Heusel et al., 2017). It grows as samples get smaller even when both are of one
law, so it means something only beside the distance of two real samples of the same sizes. Units: features squared.
"""

import numpy as np
from jaxtyping import Float

Matrix = Float[np.ndarray, "f f"]


def gaussians(mean_a: Float[np.ndarray, " f"], a: Matrix, mean_b: Float[np.ndarray, " f"], b: Matrix) -> float:
    """d^2 of two Gaussians; their covariances may be singular."""
    values, vectors = np.linalg.eigh(a)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    middle = np.linalg.eigvalsh(root @ b @ root)
    apart = ((mean_a - mean_b) ** 2).sum() + np.trace(a) + np.trace(b) - 2 * np.sqrt(np.maximum(middle, 0)).sum()
    return float(max(apart, 0.0))


def frechet(a: Float[np.ndarray, "n f"], b: Float[np.ndarray, "m f"]) -> float:
    """d^2 of the Gaussians fitted to two samples; ValueError for fewer than two rows or features that are not finite."""
    if min(len(a), len(b)) < 2 or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("Frechet's distance needs at least two rows of finite features on either side.")
    of_a, of_b = (np.atleast_2d(np.cov(x, rowvar=False)) for x in (a, b))
    return gaussians(a.mean(axis=0), of_a, b.mean(axis=0), of_b)
