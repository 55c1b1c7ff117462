"""Whether a typed formula is a density that every sampler can draw from: on a view of the plane and around it.

It must be finite and nowhere negative, have a gradient wherever it is above 0, and an integral. The integral is looked at
over boxes of 2, 4, 8 and 16 times the view, in cells that widen outwards: m_k is the mass added by box k. A tail of
|x|^-a adds m_k proportional to 2^((d - a) k), so that m_4 / m_3 >= 1 says that the integral grows without end. It is
evidence on a grid, not a proof: what happens between the nodes or beyond the boxes is not seen.
"""

import ast

import numpy as np
from jaxtyping import Float

from core.process import Halt
from core.samplers.formula.density import Formula
from core.samplers.formula.forward import differentiate
from core.samplers.formula.grammar import variables

INNER, OUTER = 200, 40  # cells a side of the view, and of each widening on either side of it
DOUBLINGS = 4
FALLING = 0.97  # m_4 / m_3 from which on a tail counts as one without end
OFF = 0.5034  # nodes are not put where people put their kinks


def admit(formula: Formula, bounds: Float[np.ndarray, "d 2"]) -> Formula:
    """`formula` itself; Halt, saying what is wrong and where, unless it is a density on and about the view `bounds`."""
    edges = [_graded(low, high) for low, high in bounds]
    centres = [(axis[1:] + axis[:-1]) / 2 for axis in edges]
    x = np.stack(np.meshgrid(*centres, indexing="ij"), axis=-1)
    x = np.concatenate([_nodes(bounds).reshape(-1, formula.dim), x.reshape(-1, formula.dim)])
    value = formula.value(x)
    _finite(formula, x, value)
    cells = len(value) - np.prod([len(axis) for axis in centres])
    _slope(formula, x[:cells])
    _kinks(formula, bounds)
    _integral(formula, value[cells:], edges)
    return formula


def _nodes(bounds: np.ndarray, shift: float = 0.0) -> np.ndarray:
    """A lattice of 101 points a side over the view, its middle among them, or shifted by a share of its mesh."""
    axes = [np.linspace(low, high, 101) + shift * (high - low) / 100 for low, high in bounds]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def _graded(low: float, high: float) -> np.ndarray:
    """Edges of cells: even within the view, then coarser with every doubling of it."""
    middle, half = (low + high) / 2, (high - low) / 2
    outwards = [half * 2**k * np.linspace(1, 2, OUTER + 1)[1:] for k in range(DOUBLINGS)]
    beyond = np.concatenate(outwards)
    return middle + np.concatenate([-beyond[::-1], np.linspace(-half, half, INNER + 1), beyond])


def _finite(formula: Formula, x: np.ndarray, value: np.ndarray) -> None:
    """Halt where there is no value, where a density is infinite or negative, or if it is 0 in all places."""
    bad = np.isnan(value) | (value == np.inf) | ((value == -np.inf) & (not formula.log))
    if bad.any():
        raise Halt(f"The formula has no finite value at {_place(x[bad][0])}: it must have one everywhere.")
    if not formula.log and (value < 0).any():
        lowest = int(value.argmin())
        raise Halt(
            f"A density is nowhere negative, and this is {value[lowest]:.3g} at {_place(x[lowest])}: "
            "square it, or type it as log p."
        )
    if not (value > (-np.inf if formula.log else 0)).any():
        raise Halt("The formula is 0 everywhere in view: move or widen what it describes.")


def _slope(formula: Formula, x: np.ndarray) -> None:
    """Halt where there is a density and no finite gradient."""
    bad = ~np.isfinite(formula.score(x)).all(axis=-1)
    if bad.any():
        raise Halt(f"The formula cannot be differentiated at {_place(x[bad][0])}: a smooth one is needed.")


def _kinks(formula: Formula, bounds: np.ndarray) -> None:
    """Halt where abs(u) changes its branch and the score jumps: on each mesh where u changes sign, found by bisection."""
    grid = _nodes(bounds, OFF)
    for node in ast.walk(formula.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "abs"):
            continue
        inside = node.args[0]
        sign = np.sign(differentiate(inside, grid)[0])
        for axis in range(formula.dim):
            left, right = (np.moveaxis(grid, axis, 0)[cut] for cut in (np.s_[:-1], np.s_[1:]))
            signs = np.moveaxis(sign, axis, 0)
            changes = signs[:-1] * signs[1:] < 0
            below, above = _bisected(inside, left[changes], right[changes])
            one, other = formula.score(below), formula.score(above)
            jumps = (np.abs(one - other) > 1e-6 * (1 + np.abs(one))).any(axis=-1)
            if jumps.any():
                raise Halt(
                    f"The formula cannot be differentiated at {_place(below[jumps][0])}, where abs is 0: "
                    "type sqrt(u**2 + 0.01) for abs(u)."
                )


def _bisected(inside: ast.expr, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points on either side of the 0 that lies between each `left` and `right`, within the last digits of each other."""
    first = np.sign(differentiate(inside, left)[0])
    for _ in range(60):
        middle = (left + right) / 2
        same = (np.sign(differentiate(inside, middle)[0]) == first)[:, None]
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return left, right


def _integral(formula: Formula, value: np.ndarray, edges: list[np.ndarray]) -> None:
    """Halt if the mass that the last box adds is not less than the one before it added."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        logs = value if formula.log else np.log(value)
        density = np.exp(logs - logs.max()).reshape([len(axis) - 1 for axis in edges])
    volume, box = np.ones(()), np.zeros((), dtype=int)
    for axis in edges:
        sizes = np.diff(axis)
        step = np.abs(np.arange(len(sizes)) - (len(sizes) - 1) / 2) - INNER / 2
        volume = volume[..., None] * sizes
        box = np.maximum(box[..., None], np.ceil(np.maximum(step, 0) / OUTER).astype(int))
    masses = np.bincount(box.ravel(), (density * volume).ravel(), minlength=DOUBLINGS + 1)
    if masses[-1] > 1e-9 * masses.sum() and masses[-1] > FALLING * masses[-2]:
        raise Halt(
            f"The integral grows without end ({masses[-1] / masses.sum():.0%} of a box {2**DOUBLINGS} times the view lies "
            f"beyond {2 ** (DOUBLINGS - 1)} times): make the formula fall faster far out."
        )


def _place(at: np.ndarray) -> str:
    """Coordinates as a person writes them."""
    return ", ".join(
        f"{name} = {round(float(c), 12) + 0.0:.4g}" for name, c in zip(variables(len(at)), at, strict=True)
    )
