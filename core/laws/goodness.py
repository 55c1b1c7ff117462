"""Does the fitted law fit? p-values that can be trusted, and the proof that they can.

The tables of the statistics in `core.evaluation.distances` are for a law named beforehand. A law fitted to the same sample lies
closer to it, so its naive p-value is far too large: for a normal with 50 values, p < 0.05 comes about once in a thousand
samples instead of fifty times. `bootstrap` repeats the whole procedure instead: draw n values from the fitted law, fit
again, measure. If k of B replicates lie at least as far off as the sample, p = (1 + k) / (1 + B) is valid (Stute,
Gonzalez-Manteiga and Presedo, 1993). `check_the_check` shows it: where the law is true, p is uniform.

The QQ band is that of equal local levels: each order statistic in the central 1 - g of its Beta law, with one g for all,
such that the whole sample lies inside with probability 0.95. g is the quantile of the QQ statistic in the same
bootstrap, so the band allows for the fit (Aldor-Noiman and others, 2013, for a law that is known). More than `MOST`
values are tested on a random `MOST` of them, fitted afresh. Values that were rounded are rejected for being rounded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import betaincinv

from core.evaluation import metrics
from core.evaluation.distances import FREE, NAMES, known_null, naive, ranks, statistics
from core.key import Key
from core.laws.families.continuous import Family, Fitted, column
from core.process import Halt, Step, frozen

MOST = 2_000
CHUNK = 200_000  # values drawn at a time


@runtime_checkable
class Tested(Protocol):
    """A law that can be tested: its distribution function from below and from above, its quantiles, and draws."""

    def cdf(self, x: np.ndarray) -> np.ndarray: ...  # noqa: D102
    def sf(self, x: np.ndarray) -> np.ndarray: ...  # noqa: D102
    def ppf(self, p: np.ndarray) -> np.ndarray: ...  # noqa: D102
    def sample(self, n: int, key: Key) -> np.ndarray: ...  # noqa: D102


@dataclass(frozen=True)
class Calibrated:
    """What the test knows so far: `observed` statistics, those of the replicates (`null`), and p-values.

    `x` are the values tested, in order, and `fitted` the law tested (fitted to them); `naive` the p-values that
    ignore the fit; `failed` counts replicates that could not be fitted and are left out; `pinned` as in
    `core.evaluation.distances.statistics`.
    """

    names: tuple[str, ...]
    fitted: Tested
    x: Float[np.ndarray, " n"]
    observed: Float[np.ndarray, " s"]
    naive: Float[np.ndarray, " s"]
    null: Float[np.ndarray, "b s"]
    failed: int = 0
    pinned: tuple[bool, bool] = FREE

    @property
    def p(self) -> Float[np.ndarray, " s"]:
        """(1 + k) / (1 + B), k the replicates at least as far off; 1 before there are any."""
        return (1 + (self.null >= self.observed).sum(axis=0)) / (1 + len(self.null))

    @property
    def error(self) -> Float[np.ndarray, " s"]:
        """The Monte Carlo standard error of p."""
        return np.sqrt(self.p * (1 - self.p) / (1 + len(self.null)))


def refitted(family: Family, theta: Float[np.ndarray, "rows k"], n: int, generator: np.random.Generator) -> tuple:
    """A sample of n from each row's law, that law fitted again: (u, v, theta) of the rows that could be fitted."""
    with np.errstate(all="ignore"):
        x = np.sort(family.draw(theta, (len(theta), n), generator), axis=1)
        again, _ = family.estimate(x[np.isfinite(x).all(axis=1)])
        x = x[np.isfinite(x).all(axis=1)]
        sound = np.isfinite(again).all(axis=1)
        x, again = x[sound], again[sound]
        return family.call("cdf", x, again), family.call("sf", x, again), again


def bootstrap(
    fitted: Tested,
    x: np.ndarray,
    key: Key,
    *,
    names: tuple[str, ...] = NAMES,
    replicates: int = 999,
    refit: Callable[[np.ndarray], Tested] | None = None,
) -> Iterator[Step[Calibrated]]:
    """Yield the test of `fitted` to x, better calibrated with every Step; Step 0 has the statistics and naive p-values.

    A `Fitted` family refits itself, many samples at a time; for another law, `refit` turns values (n,) into one.
    """
    x = column(x)
    if refit is None and not isinstance(fitted, Fitted):
        raise Halt("This law does not say how it is fitted again, so its test cannot be calibrated.")
    if len(x) > MOST:
        x = x[(key / "subset").generator().choice(len(x), MOST, replace=False)]
        fitted = refit(x) if refit else fitted.family.fit(x)  # type: ignore[attr-defined]
    x = frozen(np.sort(x))
    u, v = fitted.cdf(x)[None], fitted.sf(x)[None]
    pinned = fitted.family.pinned if isinstance(fitted, Fitted) else FREE
    observed = statistics(u, v, names, pinned)
    null, n = np.empty((0, len(names))), len(x)
    plain = naive(u, observed, names, pinned)[0]
    state = Calibrated(names, fitted, x, frozen(observed[0]), frozen(plain), frozen(null), pinned=pinned)
    yield Step(0, state, metrics={"progress": 0.0})
    size = 1 if refit else max(1, min(CHUNK // n, replicates // 20))
    for index, begin in enumerate(range(0, replicates, size)):
        rows, stream = min(size, replicates - begin), key / "replicates" / index
        if refit or not isinstance(fitted, Fitted):
            values = np.sort(column(fitted.sample(n, stream)))
            try:
                law = refit(values)  # type: ignore[misc]
                u, v = law.cdf(values)[None], law.sf(values)[None]
            except Halt:
                u = v = np.empty((0, n))
        else:
            u, v, _ = refitted(fitted.family, np.tile(fitted.theta, (rows, 1)), n, stream.generator())
        null = np.concatenate([null, statistics(u, v, names, pinned)])
        done = begin + rows
        state = replace(state, null=frozen(null), failed=done - len(null))
        yield Step(index + 1, state, metrics={"progress": done / replicates})


@dataclass(frozen=True)
class Recheck:
    """p-values of samples drawn from the law itself, which should be uniform: `calibrated` and `naive`, (repeats, s).

    A calibrated p takes the values 1 / (1 + B), ..., 1, each with the same probability; `replicates` is B.
    """

    names: tuple[str, ...]
    replicates: int
    calibrated: Float[np.ndarray, "r s"]
    naive: Float[np.ndarray, "r s"]

    def rejected(self, level: float = 0.05, which: str = "calibrated") -> tuple[metrics.Estimate, ...]:
        """For every statistic, the share of samples with p <= level, which should be `level`, and its standard error."""
        return tuple(metrics.mean(column) for column in (getattr(self, which) <= level).T.astype(float))


def check_the_check(
    fitted: Fitted,
    n: int,
    key: Key,
    *,
    names: tuple[str, ...] = NAMES,
    repeats: int = 200,
    replicates: int = 99,
) -> Iterator[Step[Recheck]]:
    """Yield the p-values of more and more samples of `n` (at most `MOST`) drawn from the fitted law.

    Every sample is tested as the data were: fitted, then held against `replicates` samples from its own fit, each
    fitted again. That is repeats x (1 + replicates) fits, done many at a time.
    """
    n, p, plain = min(n, MOST), np.empty((0, len(names))), np.empty((0, len(names)))
    size, pinned = max(1, min(CHUNK // (n * replicates), repeats // 10)), fitted.family.pinned
    for index, begin in enumerate(range(0, repeats, size)):
        rows, generator = min(size, repeats - begin), (key / "repeats" / index).generator()
        u, v, theta = refitted(fitted.family, np.tile(fitted.theta, (rows, 1)), n, generator)
        observed = statistics(u, v, names, pinned)
        ps = np.ones_like(observed)
        for i, own in enumerate(theta):
            inner, outer, _ = refitted(fitted.family, np.tile(own, (replicates, 1)), n, generator)
            null = statistics(inner, outer, names, pinned)
            ps[i] = (1 + (null >= observed[i]).sum(axis=0)) / (1 + len(null))
        p, plain = np.concatenate([p, ps]), np.concatenate([plain, naive(u, observed, names, pinned)])
        state = Recheck(names, replicates, frozen(p), frozen(plain))
        yield Step(index, state, metrics={"progress": (begin + rows) / repeats})


@dataclass(frozen=True)
class QQ:
    """Quantiles of the law against the sample's, with a simultaneous band in the units of the data."""

    theoretical: Float[np.ndarray, " r"]
    observed: Float[np.ndarray, " r"]
    lower: Float[np.ndarray, " r"]
    upper: Float[np.ndarray, " r"]

    @property
    def outside(self) -> Bool[np.ndarray, " r"]:
        """Which order statistics leave the band."""
        return (self.observed < self.lower) | (self.observed > self.upper)


def qq(test: Calibrated, level: float = 0.95, known: bool = False) -> QQ:
    """The QQ points of a test at `ranks(n)` and the band that holds all of them with probability `level`.

    The band is calibrated by the test's own replicates (at least 19 for 0.95; until then, and if `known`, it is that
    of a law known beforehand, which is too wide for one fitted to the sample).
    """
    n = len(test.x)
    i, null = ranks(n, test.pinned), known_null(n, test.pinned)
    if not known and "QQ" in test.names and len(test.null) + 1 >= 1 / (1 - level):
        null = np.sort(test.null[:, test.names.index("QQ")])
    tail = np.exp(-null[min(int(np.ceil(level * (len(null) + 1))), len(null)) - 1]) / 2
    band = [betaincinv(i, n + 1 - i, tail), 1 - betaincinv(n + 1 - i, i, tail)]
    return QQ(test.fitted.ppf((i - 0.5) / n), test.x[i - 1], *(test.fitted.ppf(edge) for edge in band))
