"""The language of a typed formula: what it means, what it refuses and in which words, and that no text breaks it."""

import ast

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.process import Halt
from core.samplers.formula import grammar
from core.samplers.formula.density import Formula
from core.samplers.formula.forward import differentiate
from core.samplers.targets import Banana, Target

WORDS = ("x1", "x2", "pi", "e", "2", "0.5", "1e3", "+", "-", "*", "/", "**", "(", ")", "exp", "abs(", "log(", "sqrt(")
leaves = st.sampled_from(["x1", "x2", "0.7", "2", "pi"])
formulas = st.recursive(
    leaves,
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from("+-*"), part).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        part.map(lambda u: f"({u}) / (2 + cos({u}))"),
        part.map(lambda u: f"(1.5 + tanh({u})) ** sin({u})"),
        st.tuples(st.sampled_from(["sin", "cos", "tanh", "-"]), part).map(lambda t: f"{t[0]}({t[1]})"),
        part.map(lambda u: f"exp(tanh({u})) + log(2 + sin({u})) - sqrt(2 + ({u}) ** 2)"),
        part.map(lambda u: f"({u}) ** 3"),
    ),
    max_leaves=4,
).filter(lambda text: len(text) <= grammar.LENGTH)


@given(formulas)
def test_the_derivative_is_the_limit_of_differences(text):
    assume(sum(isinstance(node, ast.expr) for node in ast.walk(ast.parse(text))) <= grammar.NODES)
    tree = grammar.parse(text, 2)
    x = np.random.default_rng(0).uniform(0.3, 1.2, (20, 2))
    value, slope = differentiate(tree, x)
    h = 1e-5
    moved = [(differentiate(tree, x + h * e)[0] - differentiate(tree, x - h * e)[0]) / (2 * h) for e in np.eye(2)]
    seen = (np.abs(value) < 100) & (np.abs(slope).max(axis=1) < 100)  # where differences have digits to show
    np.testing.assert_allclose(slope[seen], np.stack(moved, axis=-1)[seen], rtol=2e-3, atol=2e-4)


@given(st.one_of(st.text(max_size=600), st.lists(st.sampled_from(WORDS), max_size=300).map("".join)))
def test_no_text_does_more_than_be_refused(text):
    try:
        formula = Formula(text)
    except Halt as refusal:
        sentence = str(refusal)
        assert sentence[-1] in ".?"
        assert "\n" not in sentence
        assert len(sentence) < 250
    else:
        assert formula.score(np.ones((3, 2))).shape == (3, 2)


@pytest.mark.parametrize("log", [False, True])
def test_a_typed_banana_is_the_banana(log):
    inside = "-x1**2 / 2 - 2 * (x2 - x1**2)**2"
    typed, own = Formula(inside if log else f"exp({inside})", log=log), Banana()
    x = np.random.default_rng(1).normal(size=(3, 40, 2))
    assert isinstance(typed, Target)
    np.testing.assert_allclose(typed.log_density(x), own.log_density(x), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(typed.score(x), own.score(x), rtol=1e-9, atol=1e-12)


def test_signs_and_powers_bind_as_in_books():
    at = np.array([[2.0, 3.0]])
    for text, value in {"-x1**2": -4, "2**3**2": 512, "x2 - x1 - 1": 0, "x1 / x2 * 3": 2, " +e ": np.e}.items():
        assert Formula(text).value(at) == pytest.approx([value])


def test_where_nothing_is_the_pull_is_none():
    nowhere = Formula("exp(-x**2)", dim=1)
    assert np.isneginf(nowhere.log_density(np.array([[40.0]])))
    assert nowhere.score(np.array([[40.0]])) == 0


REFUSED = {
    "": "is empty",
    "  ": "is empty",
    "1+" * 300 + "1": "601 characters: write it in at most 500",
    "exq(x1)": 'exq" is no known word: did you mean exp?',
    "x3": r"did you mean x\d\?",
    "gamma": "no known word",
    "exp": r"exp needs its argument in brackets, as in exp\(",
    "exp(x1, x2)": "exp takes one argument",
    "x1(x2)": "x1 is no function",
    "(x1 + 1)(x2)": "write a . between two factors",
    "x1^2": r"write \*\* for a power",
    "2x1": "cannot be read at character",
    "exp(x1": "cannot be read",
    "x1 +": "cannot be read at its end",
    "x1 +\n x2": "cannot be read",
    "x1\0": "cannot be read",
    "\ud800": "cannot be read",
    "(" * 250 + ")" * 250: "cannot be read",
    "-" * 499 + "1": "more than 200",
    "-" * 40 + "x1": "deeper than 30",
    "+".join(["x1"] * 120): "more than 200",
    "x1 ** 1000": "exponent 1e.03 is too large",
    "2 ** (9 ** 9 ** 9)": "exponent",
    "9" * 400: "too large",
    "1e999": "too large",
    "1j": "is none of what",
    "True": "is none of what",
    "'a'": "is none of what",
    "[x1]": "is none of what",
    "x1 if x2 else 1": "is none of what",
    "x1 < x2": "is none of what",
    "x1 // 2": "is none of what",
    "~x1": "is none of what",
    "lambda: x1": "is none of what",
    "__import__('os')": "no known word",
    "x1.real": "is none of what",
    "abs.__class__(x1)": "no function",
    "exp(*x1)": "is none of what",
    "exp(x1, **x2)": "takes one",
    "(x1 := 2)": "is none of what",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:20]))
def test_what_is_refused_is_told_in_a_sentence(text):
    with pytest.raises(Halt, match=REFUSED[text]):
        Formula(text)


def test_the_tree_is_all_there_is():
    """Nothing is compiled: what is kept is a tree of the few kinds of node that are interpreted."""
    kinds = {type(node) for node in ast.walk(Formula("exp(-x1**2) / (1 + abs(x2))").tree)}
    assert kinds <= {*grammar.OPERATORS, ast.BinOp, ast.UnaryOp, ast.USub, ast.Call, ast.Name, ast.Load, ast.Constant}
