"""The little language of a typed formula: + - * / ** and brackets, numbers, x or x1 and x2, pi, e, and eight functions.

Python's parser reads the text, and this grammar admits what it found, node by node, or refuses it with the place. Nothing
is ever compiled or run: what is admitted is a tree, which `forward` interprets.
"""

import ast
import difflib
import math
import warnings
from typing import NoReturn

from core.process import Halt

LENGTH, DEPTH, NODES, EXPONENT = 500, 30, 200, 100
CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs")
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


def variables(dim: int) -> tuple[str, ...]:
    """What the coordinates are called: x on the line, x1 and x2 in the plane."""
    return ("x",) if dim == 1 else tuple(f"x{axis + 1}" for axis in range(dim))


def parse(text: str, dim: int) -> ast.expr:
    """The formula's tree; Halt, in one sentence, if it is none, too long (500 characters), too deep or too large."""
    text = text.strip()
    if not text:
        raise Halt(f"The formula is empty: type one in {' and '.join(variables(dim))}.")
    if len(text) > LENGTH:
        raise Halt(f"The formula has {len(text)} characters: write it in at most {LENGTH}.")
    tree = _syntax(text)
    if sum(isinstance(node, ast.expr) for node in ast.walk(tree)) > NODES:
        raise Halt(f"The formula has more than {NODES} numbers, names and operations: write a shorter one.")
    _admit(tree, text, variables(dim), DEPTH)
    return tree


def _syntax(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd literals, which are refused below
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        place = (error.offset or len(text) + 1) - 1  # the parser says 0 where the text ends too early
        rest = text[place : place + 12] if error.lineno in (None, 1) else ""
        read = f'at character {place + 1}, "{_plain(rest)}"' if rest else "at its end"
        raise Halt(
            f"The formula cannot be read {read}: look for a bracket that is open or a * that is missing."
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:  # no text, or brackets without end
        raise Halt("The formula cannot be read: write a shorter one in plain letters.") from error


def _plain(text: str) -> str:
    """`text` with nothing in it that cannot be shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _admit(node: ast.expr, text: str, names: tuple[str, ...], depth: int) -> None:
    if depth == 0:
        raise Halt(f"The formula nests deeper than {DEPTH}: take some of its brackets apart.")
    parts: list[ast.expr] = []
    if isinstance(node, ast.BinOp):
        parts = _operands(node, text)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        parts = [node.operand]
    elif isinstance(node, ast.Call):
        parts = _argument(node, text, names)
    elif isinstance(node, ast.Name):
        _known(node.id, (*names, *CONSTANTS))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        _number(node.value)
    else:
        _refuse(node, text)
    for part in parts:
        _admit(part, text, names, depth - 1)


def _operands(node: ast.BinOp, text: str) -> list[ast.expr]:
    if isinstance(node.op, ast.BitXor):
        raise Halt("The formula has a ^: write ** for a power.")
    if not isinstance(node.op, OPERATORS):
        _refuse(node, text)
    return [node.left, node.right]


def _argument(node: ast.Call, text: str, names: tuple[str, ...]) -> list[ast.expr]:
    if not isinstance(node.func, ast.Name):
        raise Halt(f'"{_excerpt(node, text)}" calls what is no function: write a * between two factors.')
    name = node.func.id
    if name in (*names, *CONSTANTS):
        raise Halt(f"{name} is no function: write {name} * ( ... ) for a product.")
    _known(name, FUNCTIONS)
    if len(node.args) != 1 or node.keywords:
        raise Halt(f"{name} takes one argument in brackets, as in {name}({names[0]}).")
    return node.args


def _known(name: str, words: tuple[str, ...]) -> None:
    """Halt with the nearest known word unless `name` is one of `words`."""
    if name in words:
        return
    if name in FUNCTIONS:
        raise Halt(f"{name} needs its argument in brackets, as in {name}({words[0]}).")
    near = difflib.get_close_matches(name.lower(), (*words, *FUNCTIONS), 1, 0.4)
    shown = _plain(name if len(name) <= 24 else name[:24] + "...")
    advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(dict.fromkeys((*words, *FUNCTIONS)))}."
    raise Halt(f'"{shown}" is no known word: {advice}')


def _number(value: int | float) -> None:
    try:
        fine = math.isfinite(float(value))
    except OverflowError:
        fine = False
    if not fine:
        raise Halt("The formula has a number that is too large: stay below 1e308.")


def _refuse(node: ast.expr, text: str) -> NoReturn:
    raise Halt(
        f'"{_excerpt(node, text)}" is none of what a formula is made of: '
        f"numbers, + - * / **, brackets, and {', '.join(FUNCTIONS)}."
    )


def _excerpt(node: ast.expr, text: str) -> str:
    part = ast.get_source_segment(text, node) or text
    return _plain(part if len(part) <= 24 else part[:24] + "...")
