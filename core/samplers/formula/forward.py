"""Values and exact derivatives of a formula's tree at many points at once, by forward mode.

Every part of the tree becomes a dual number v + v' epsilon, epsilon^2 = 0, with v' its gradient: a product is u v and
u' v + u v', a function f(v) and f'(v) v'. Nothing is differenced, so nothing is lost to a step size. Wengert (1964).
"""

import ast
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from core.process import Halt
from core.samplers.formula.grammar import CONSTANTS, EXPONENT, variables


class Dual(NamedTuple):
    """A value (...,) and its gradient, with the axes first: (d, ...), or 0 for what is constant."""

    value: np.ndarray
    slope: np.ndarray


ZERO = np.zeros(())


def differentiate(tree: ast.expr, x: Float[np.ndarray, "*n d"]) -> tuple[Float[np.ndarray, "*n"], np.ndarray]:
    """The formula's value (...) and gradient (..., d) at `x`; not finite where it has none, and abs has slope 0 at 0."""
    d = x.shape[-1]
    unit = np.eye(d).reshape(d, d, *(1,) * (x.ndim - 1))
    names = {name: Dual(x[..., axis], unit[axis]) for axis, name in enumerate(variables(d))}
    names |= {name: Dual(np.array(value), ZERO) for name, value in CONSTANTS.items()}
    with np.errstate(all="ignore"):
        value, slope = _dual(tree, names)
    shape = x.shape[:-1]
    return np.broadcast_to(value, shape), np.moveaxis(np.broadcast_to(slope, (d, *shape)), 0, -1)


def _dual(node: ast.expr, names: dict[str, Dual]) -> Dual:
    match node:
        case ast.Constant(value=number):
            return Dual(np.array(float(number)), ZERO)  # type: ignore[arg-type]  # the grammar admits only numbers
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=op, operand=operand):
            v = _dual(operand, names)
            return Dual(-v.value, -v.slope) if isinstance(op, ast.USub) else v
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _dual(left, names), _dual(right, names))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _function(name, _dual(argument, names))
    raise TypeError(f"The grammar admits no {type(node).__name__}.")


def _binary(op: ast.operator, u: Dual, v: Dual) -> Dual:
    match op:
        case ast.Add():
            return Dual(u.value + v.value, u.slope + v.slope)
        case ast.Sub():
            return Dual(u.value - v.value, u.slope - v.slope)
        case ast.Mult():
            return Dual(u.value * v.value, u.slope * v.value + u.value * v.slope)
        case ast.Div():
            quotient = u.value / v.value
            return Dual(quotient, (u.slope - quotient * v.slope) / v.value)
    return _power(u, v)


def _power(u: Dual, v: Dual) -> Dual:
    """u^v; with an exponent that varies it is exp(v log u), which needs a base above 0."""
    value = np.power(u.value, v.value)
    if v.slope.ndim:
        return Dual(value, value * (v.slope * np.log(u.value) + v.value / u.value * u.slope))
    if not abs(v.value) <= EXPONENT:
        raise Halt(f"The exponent {float(v.value):.3g} is too large: stay between -{EXPONENT} and {EXPONENT}.")
    outer = np.zeros(()) if v.value == 0 else v.value * np.power(u.value, v.value - 1)
    return Dual(value, outer * u.slope)


def _function(name: str, v: Dual) -> Dual:
    match name:
        case "exp":
            value = outer = np.exp(v.value)
        case "log":
            value, outer = np.log(v.value), 1 / v.value
        case "sqrt":
            value = np.sqrt(v.value)
            outer = 0.5 / value
        case "sin":
            value, outer = np.sin(v.value), np.cos(v.value)
        case "cos":
            value, outer = np.cos(v.value), -np.sin(v.value)
        case "tanh":
            value = np.tanh(v.value)
            outer = 1 - value**2
        case _:
            value, outer = np.abs(v.value), np.sign(v.value)
    return Dual(value, outer * v.slope)
