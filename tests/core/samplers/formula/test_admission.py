"""Which formulas are densities: those with a finite integral, a gradient and no negative value; the rest, and where."""

import numpy as np
import pytest

from core.process import Halt
from core.samplers.formula.admission import admit
from core.samplers.formula.density import Formula

VIEW = np.array([[-4.0, 4.0]])

DENSITIES = [
    (1, False, "exp(-x**2 / 2)"),
    (1, False, "1 / (1 + x**2)"),
    (1, False, "exp(-abs(x)**3)"),  # smooth enough: its kink has the same slope on either side
    (1, False, "exp(-x**2) * (1 + sin(5*x)**2)"),
    (1, True, "-sqrt(1 + x**2)"),
    (1, False, "x**2 * exp(-x**2)"),  # 0 in one place
    (2, False, "exp(-x1**2 / 2 - 2*(x2 - x1**2)**2)"),
    (2, False, "1 / (1 + x1**2 + x2**2)**1.5"),  # a Cauchy in the plane
    (2, True, "-(x1**2 + x2**2 - 4)**2"),
]

REFUSED = [
    (1, False, "1 - x**2", r"negative, and this is -\S+ at x = -?6\d"),
    (1, False, "sin(x)", r"nowhere negative, and this is -1 at x = "),
    (1, False, "1 / x**2", "no finite value at x = 0:"),
    (1, False, "sqrt(x)", "no finite value at x = -"),
    (1, True, "log(x)", "no finite value at x = -"),
    (1, True, "x**2", "grows without end"),
    (1, False, "1", r"without end \(50% of a box 16 times the view lies beyond 8 times\):"),
    (1, False, "1 / sqrt(1 + x**2)", "grows without end"),
    (2, False, "1 / (1 + x1**2 + x2**2)", "grows without end"),
    (2, False, "exp(-20 * x1**2)", "grows without end"),
    (2, False, "exp(-20 * x2**2)", "grows without end"),
    (1, True, "-x", "grows without end"),
    (1, False, "exp(-abs(x))", "differentiated at x = 0, where abs is 0"),
    (1, True, "-2*abs(x - 0.3) - x**2", "differentiated at x = 0.3, where abs is 0"),
    (2, True, "-abs(x1 - 2*x2) - x1**2 - x2**2", r"differentiated at x1 = \S+, x2 = \S+, where abs is 0"),
    (2, True, "-sqrt(x1**2 + x2**2)", "differentiated at x1 = 0, x2 = 0:"),
    (1, False, "0", "0 everywhere in view"),
    (1, False, "exp(-1000 - x**2)", "0 everywhere in view"),
]


@pytest.mark.parametrize(("dim", "log", "text"), DENSITIES)
def test_a_density_is_let_in(dim, log, text):
    formula = Formula(text, dim, log)
    assert admit(formula, np.repeat(VIEW, dim, axis=0)) is formula


@pytest.mark.parametrize(("dim", "log", "text", "why"), REFUSED)
def test_what_is_none_is_refused_with_its_place(dim, log, text, why):
    with pytest.raises(Halt, match=why):
        admit(Formula(text, dim, log), np.repeat(VIEW, dim, axis=0))
