"""The self-test of a fitted law: it holds for every law, and it breaks for one that was tampered with."""

from dataclasses import replace

import numpy as np
import pytest

from core.data import builtin
from core.key import Key
from core.laws import ranking
from core.laws.checks import mass, of_law
from core.laws.families import discrete
from core.laws.families.continuous import NAMED
from core.laws.families.line_kde import Kernels
from core.laws.families.line_mixture import Mixtures
from core.process import Halt

COLUMNS = {
    "waits": lambda: np.random.Generator(np.random.PCG64(0)).gamma(2, 3, 400),
    "half": lambda: np.random.Generator(np.random.PCG64(1)).gamma(0.5, 3, 300),
    "heavy": lambda: 1e3 + 3 * np.random.Generator(np.random.PCG64(2)).standard_t(2, 1000),
    "shares": lambda: np.random.Generator(np.random.PCG64(3)).beta(2, 5, 200),
    "galaxies": lambda: builtin.load("galaxies").points[:, 0],
    "few": lambda: np.random.Generator(np.random.PCG64(4)).normal(size=12),
    "long": lambda: np.random.Generator(np.random.PCG64(5)).lognormal(size=30_000),
}
COUNTS = (*discrete.FAMILIES, discrete.BERNOULLI)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("candidate", ranking.CONTINUOUS, ids=lambda c: c.name)
def test_every_fitted_law_keeps_its_identities(candidate, column):
    x = COLUMNS[column]()
    outside = {"positive": (x <= 0).any(), "non-negative": (x < 0).any()}
    if outside.get(getattr(candidate, "support", ""), False):
        with pytest.raises(Halt, match="takes values"):
            candidate.fit(x)
        pytest.skip(f"{candidate.title} takes no such values.")
    law = candidate.fit(x)
    checks = list(of_law(candidate, law, x))
    assert all(check.holds for check in checks), checks
    assert len(checks) >= 2 - (candidate.name == "beta") or column == "shares"


@pytest.mark.parametrize("law", COUNTS, ids=lambda c: c.name)
def test_so_does_every_law_of_counts(law):
    g = np.random.Generator(np.random.PCG64(0))
    drawn = {
        "negative binomial": lambda: g.negative_binomial(3, 0.4, 500),
        "bernoulli": lambda: g.binomial(1, 0.3, 500),
    }
    x = drawn.get(law.name, lambda: g.binomial(9, 0.4, 500))().astype(float)
    checks = list(of_law(law, law.fit(x), x))
    assert len(checks) == 2
    assert all(check.holds for check in checks)


def verdicts(candidate, law, x):
    return [check.holds for check in of_law(candidate, law, x)]


@pytest.mark.parametrize("name", ["normal", "gamma", "gumbel", "student t", "skew-normal", "beta", "laplace"])
def test_a_law_off_its_maximum_is_seen(name):
    x, family = COLUMNS["waits"](), NAMED[name]
    law = family.fit(x)
    i = 1 if name != "student t" else 2
    moved = replace(law, parameters=tuple(p * (1.03 if j == i else 1) for j, p in enumerate(law.parameters)))
    integral, slope, units = verdicts(family, moved, x)
    assert integral
    assert not slope
    assert not units


def test_a_lost_mass_is_seen():
    x = COLUMNS["galaxies"]()
    kernels, mixture = Kernels().fit(x), Mixtures().fit(x)
    assert mass(kernels) == pytest.approx(1, abs=1e-9)
    object.__setattr__(kernels, "cells", kernels.cells * [[1], [0.99], [1]])
    assert not verdicts(Kernels(), kernels, x)[0]
    object.__setattr__(mixture.model, "weights", mixture.model.weights * 0.999)
    assert not verdicts(Mixtures(), mixture, x)[0]


def test_a_mixture_off_its_maximum_is_seen():
    x = COLUMNS["galaxies"]()
    law = Mixtures().fit(x)
    moved = replace(law, model=replace(law.model, means=law.model.means + 0.05))
    assert not verdicts(Mixtures(), moved, x)[1]


def test_the_integral_of_a_law_is_its_distribution_functions():
    law = NAMED["pareto"].fit(COLUMNS["waits"]())
    assert mass(law) == pytest.approx(1 - 2e-9, abs=1e-7)
    assert law.sample(10, Key(0)).shape == (10, 1)
