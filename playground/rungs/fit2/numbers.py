"""A law of two columns in numbers: its likelihood, its parameters with their units, and the self-test."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float

from core.check import Check
from core.dataset import Dataset
from core.evaluation import metrics
from core.joint import checks
from core.joint.copula import GaussianCopula
from core.joint.grid import contours
from core.joint.joint import Copula, Joint, Kernels, Mixture, OneGaussian, Way, WithPrior
from core.joint.margins import KernelMargin, Margin
from core.kernels.kde import KDE
from core.key import Key
from core.laws.families.continuous import Fitted
from core.laws.gaussian import Gaussian
from core.mixture.gmm import GMM
from core.process import Step
from playground.rungs.fit2.joint import MASSES, Seen
from playground.rungs.fit2.screen import Screen
from playground.shown.closer import SelfTest
from playground.shown.criteria import LESS
from playground.shown.numbers import bare, estimate, placed, table, unit_of, written

CHECKED = 5000  # points that the self-test looks at
Fact = tuple[str, str, str]  # what, how much, and of what
HOW = {
    OneGaussian: ("exact", "The top of the likelihood, in closed form."),
    WithPrior: ("exact", "The top of the posterior, in closed form."),
    Kernels: ("exact", "A bump on every point; a rule chose how wide."),
    Mixture: ("fitted", "The best of six runs of EM; another start may end higher."),
    Copula: ("fitted", "Each column's law first, then their correlation."),
}


def chip(way: Way) -> str:
    """Whether the law is exact or found by a search, as a badge, and how it was fitted."""
    word, why = HOW[type(way)]
    return f":{'green' if word == 'exact' else 'orange'}-badge[{word}] {why}"


def caveat(way: Way) -> str:
    """What the figures of some laws do not say."""
    if isinstance(way, Kernels):
        return "Every point lies under its own bump, so this log-likelihood flatters; see the held-out scores."
    if isinstance(way, WithPrior):
        return "This is the top of the posterior, not of the likelihood: AIC and BIC do not apply."
    return ""


def figures(screen: Screen, step: Step[Seen]) -> str:
    """The live numbers of the law on the stage, as Markdown."""
    dataset, seen = screen.dataset, step.state
    n, total, count = len(dataset), seen.log_likelihood.value * len(dataset), seen.law.count
    rows = [("Log-likelihood", f"{seen.log_likelihood.value:.4f}", "nats per point")]
    if count is not None:
        rows.append(("BIC", f"{metrics.bic(total, count, n):,.1f}", LESS))
    if seen.gap is not None:
        rows.append(("KL from the truth", estimate(seen.gap), "nats, 0 is perfect"))
    if dataset.entropy is not None:
        rows.append(("Of the truth", f"{-dataset.entropy:.4f}", "nats per point, exact"))
    return table(screen.way.title, rows)


def self_test(screen: Screen, step: Step[Seen]) -> SelfTest:
    """The identities that must hold for the law on the stage; of many points, for the fit to some of them."""
    points, key = screen.dataset.points, screen.key
    x = part(points, CHECKED, key / "checked")

    def found() -> Iterator[Check]:
        whole = len(x) == len(points)
        law = step.state.law if whole else screen.way.fit(x)
        level = step.state.contours if whole else contours(law, MASSES, key)
        yield from checks.of_law(screen.way, law, x, level, key / "checks")

    note = f"Tested on the fit to a random {CHECKED:,} of the points." if len(x) < len(points) else ""
    return SelfTest((screen.dataset.digest, key, screen.way), found, note)


def part(x: np.ndarray, most: int, key: Key) -> np.ndarray:
    """At most so many of the points, at random."""
    return x if len(x) <= most else x[np.sort(key.generator().choice(len(x), most, replace=False))]


def parameters(law: Joint, dataset: Dataset) -> list[Fact]:
    """What was fitted, in words, numbers and units."""
    model, (x, y) = law.model, dataset.columns
    if isinstance(model, KDE):
        bump = shape(model.bandwidth, (x, y))
        return [
            ("Bumps", f"{len(model.points):,}", "one on every point"),
            *(("of a bump, " + a, b, c) for a, b, c in bump),
        ]
    if isinstance(model, Gaussian):
        return [*means(model.mean, np.sqrt(np.diag(model.covariance)), (x, y)), *shape(model.covariance, (x, y))]
    if isinstance(model, GMM):
        return components(model)
    assert isinstance(model, GaussianCopula)
    return [
        ("correlation of normal scores", f"{model.correlation[0, 1]:.3f}", ""),
        *margin(model.margins[0], x),
        *margin(model.margins[1], y),
    ]


def components(model: GMM) -> list[Fact]:
    """The weight and the place of every component, the heaviest first."""
    rows = []
    for k in np.argsort(-model.weights):
        sd = np.sqrt(np.diag(model.covariances[k]))
        at = ", ".join(placed(m, s) for m, s in zip(model.means[k], sd, strict=True))
        rows.append((f"component {k + 1}: weight", f"{model.weights[k]:.3f}", f"around ({at})"))
    return rows


def margin(law: Margin, column: str) -> list[Fact]:
    """The parameters of one column's law; empirical ones have none."""
    name, of = bare(column), unit_of(column)
    if isinstance(law, KernelMargin):
        return [(f"{name}: width of a bump", written(law.model.h), of)]
    if not isinstance(law, Fitted):
        return []
    rows = [(f"{name}: {word}", written(value), u) for word, value, u in law.describe(of)]
    word, value, u = rows[-1]
    return [*rows[:-1], (word, value, f"{u} {law.family.title} law".strip())]


def means(mean: Float[np.ndarray, " d"], sd: Float[np.ndarray, " d"], columns: Sequence[str]) -> list[Fact]:
    """A mean, a row a column, with the digits that its standard deviation deserves."""
    shown = (placed(m, s) for m, s in zip(mean, sd, strict=True))
    return [(f"mean, {bare(name)}", value, unit_of(name)) for name, value in zip(columns, shown, strict=True)]


def shape(covariance: Float[np.ndarray, "2 2"], columns: tuple[str, str]) -> list[Fact]:
    """Standard deviations and correlation of a covariance."""
    sd = np.sqrt(np.diag(covariance))
    rows = [(f"sd, {bare(n)}", written(s), unit_of(n)) for n, s in zip(columns, sd, strict=True)]
    return [
        *rows,
        ("covariance", written(covariance[0, 1]), ""),
        ("correlation", f"{covariance[0, 1] / sd.prod():.3f}", ""),
    ]
