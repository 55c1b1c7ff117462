"""A mixture in numbers: its parameters beside the true ones, and the half-step's equation with the values in it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.check import Check
from core.dataset import Dataset
from core.evaluation import metrics
from core.mixture import checks
from core.mixture.gmm import GMM, parameter_count
from core.mixture.select import Judged
from core.process import Step
from playground.instruments.figures import Beside, Table
from playground.rungs.em import fitting
from playground.rungs.em.fitting import responsibilities
from playground.rungs.em.screen import Screen
from playground.session import plain
from playground.shown.closer import SelfTest
from playground.shown.criteria import AIC, BIC, LESS
from playground.shown.numbers import aligned, estimate, live_table, number, unhaired, vector
from playground.shown.points import shown_rows

if TYPE_CHECKING:
    import pandas as pd

COLLAPSED = "none: every start collapsed"


def beside(steps: Sequence[Step[GMM]], screen: Screen) -> Iterator[dict[str, Beside]]:
    """What stands beside the stage while each of the Steps is on show."""
    for step in steps:
        yield {"figures": figures(step, screen, fitting.gap(step))}


def figures(step: Step[GMM], screen: Screen, gap: metrics.Estimate | None) -> Table:
    """The numbers of a Step: log-likelihood, BIC, and `gap`, the distance to the truth, where that is known."""
    dataset, level, n = screen.dataset, step.metrics["log_likelihood"], len(screen.dataset)
    bic = metrics.bic(level * n, parameter_count(screen.config, dataset.dim), n)
    rows = [("Log-likelihood", f"{level:.4f}", "nats per point"), ("BIC", f"{bic:,.0f}", LESS)]
    if gap is not None and dataset.entropy is not None:
        rows.append(("KL from the truth", estimate(gap), "nats, 0 is perfect"))
        rows.append(("Entropy of the truth", f"{dataset.entropy:.4f}", "nats, exact"))
    return live_table(f"Half-step {step.index} ({step.phase})", rows, room=8 if gap is None else 12)


def self_test(screen: Screen, step: Step[GMM]) -> SelfTest:
    """The identities of the fit up to the Step on show."""
    run = screen.run()
    steps = run.job.trace.snapshot()[1]
    at = next((i for i, one in enumerate(steps) if one.index == step.index), len(steps) - 1)

    def found() -> Iterator[Check]:
        floors = fitting.floors(screen.dataset, screen.config)
        yield from checks.of_mixture(steps, at, floors, fitting.responsibilities(step, screen.dataset))

    return SelfTest((screen.dataset.digest, run.id, len(steps), at), found)


def parameters(model: GMM, dataset: Dataset) -> str:
    """One row a component as Markdown: weight, mean and standard deviation per column, correlation.

    Where the true components are known each value is followed by the true one, in the colour of the truth.
    """
    columns = described(model, dataset.columns)
    truth, true = dataset.truth, {}
    if isinstance(truth, GMM) and len(truth.weights) == len(model.weights):
        order = matched(model, truth)
        true = {name: unhaired(values[order]) for name, values in described(truth, dataset.columns).items()}
    k = len(model.weights)
    rows = [[str(i + 1)] for i in range(k)]
    for name, values in columns.items():
        shown = aligned([*values, *true.get(name, ())])
        for i, row in enumerate(rows):
            row.append(f"{shown[i]}\N{EN SPACE}:green[{shown[k + i]}]" if true else shown[i])
    head = ["", *map(plain, columns)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["--:"] * len(head), *rows))


def described(model: GMM, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Weights, means, standard deviations and correlations, one entry a component."""
    deviations = np.sqrt(np.einsum("kii->ki", model.covariances))
    table = {"weight": model.weights}
    table |= {f"mean {name}": model.means[:, i] for i, name in enumerate(columns)}
    table |= {f"sd {name}": deviations[:, i] for i, name in enumerate(columns)}
    if model.dim == 2:
        table["correlation"] = model.covariances[:, 0, 1] / deviations.prod(axis=1)
    return table


def matched(model: GMM, truth: GMM) -> np.ndarray:
    """For each component, the true one paired with it so that the squared distances of means sum to the least.

    Exact, by the best pairing of the first i components with each set of i true ones (Held and Karp, 1962), in K 2^K steps
    for K of a dozen at most: SciPy's solver would take a tenth of a cold start to import.
    """
    distance = ((model.means[:, None] - truth.means) ** 2).sum(axis=-1).tolist()
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}  # a set as bits: the least sum, and the pairing
    for row in distance:
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for used, (total, pairing) in best.items():
            for j, cost in enumerate(row):
                key, found = used | 1 << j, total + cost
                if key != used and (key not in longer or found < longer[key][0]):
                    longer[key] = found, (*pairing, j)
        best = longer
    return np.array(best[(1 << len(distance)) - 1][1])


def doubtful(step: Step[GMM], dataset: Dataset) -> int:
    """The row, among those on the stage, whose responsibilities are most evenly spread."""
    r = responsibilities(step, dataset)
    assert r is not None
    return int(shown_rows(dataset)[(r * np.log(np.maximum(r, 1e-300))).sum(axis=1).argmin()])


def contender(step: Step[GMM], dataset: Dataset) -> int:
    """The component (from 0) that answers most for the point of which the mixture is least sure."""
    if responsibilities(step, dataset) is None:
        return 0  # at the start no point has been asked
    n = doubtful(step, dataset)
    return int(step.state.log_joint(dataset.points[n : n + 1])[0].argmax())


def equation(step: Step[GMM], dataset: Dataset, component: int) -> str:
    """The half-step that led to `step`, in symbols and in numbers, for one component (from 0), as Markdown."""
    if step.phase == "E":
        return e_equation(step, dataset, component)
    if step.phase == "M":
        return m_equation(step, dataset, component)
    return "$$\np(x) = \\sum_{k=1}^{K} w_k\\,\\mathcal{N}(x \\mid \\mu_k, \\Sigma_k)\n$$\nStep forward for the first half-step."


def e_equation(step: Step[GMM], dataset: Dataset, component: int) -> str:
    """Responsibility of a component for the most doubtful point."""
    n, k = doubtful(step, dataset), component
    x, model = dataset.points[n : n + 1], step.state
    joint = np.exp(model.log_joint(x)[0])
    density = joint[k] / model.weights[k]
    return (
        "$$\n\\begin{aligned}"
        rf"r_{{n,{k + 1}}} &= \frac{{w_{k + 1}\,\mathcal{{N}}(x_n \mid \mu_{k + 1}, \Sigma_{k + 1})}}{{p(x_n)}} \\[6pt] &= "
        rf"\frac{{{number(model.weights[k])} \times {number(density)}}}{{{number(joint.sum())}}} = "
        rf"\mathbf{{{joint[k] / joint.sum():.3f}}}"
        "\\end{aligned}\n$$\n"
        f"for point n = {n + 1}, the one this mixture is least sure of, at ${vector(x[0])}$."
    )


def m_equation(step: Step[GMM], dataset: Dataset, component: int) -> str:
    """A component's new weight and mean from the responsibilities."""
    k, mass, total = component, step.arrays["mass"][component], step.arrays["weighted"][component]
    count = f"{len(dataset):,}".replace(",", r"\,")
    return (
        "$$\n\\begin{aligned}"
        rf"w_{k + 1} &= \frac{{\sum_n r_{{n,{k + 1}}}}}{{N}} = \frac{{{number(mass)}}}{{{count}}} = "
        rf"\mathbf{{{step.state.weights[k]:.3f}}} \\[6pt] \mu_{k + 1} &= "
        rf"\frac{{\sum_n r_{{n,{k + 1}}}\,x_n}}{{\sum_n r_{{n,{k + 1}}}}} \\[6pt] &= "
        rf"\frac{{{vector(total)}}}{{{number(mass)}}} = \mathbf{{{vector(step.state.means[k])}}}"
        "\\end{aligned}\n$$\n"
        "The covariance is the same average of (x - mean) squared, plus the floor."
    )


def judged(rows: tuple[Judged, ...]) -> "pd.DataFrame":
    """The table behind the chart of K; log L and held out in nats per point."""
    import pandas as pd  # here, because a first page need not wait for it

    return pd.DataFrame(
        {
            "K": [r.components for r in rows],
            "parameters": [r.parameters for r in rows],
            "log L": [r.log_likelihood for r in rows],
            "held out": [estimate(r.held_out, COLLAPSED if np.isnan(r.bic) else "") for r in rows],
            BIC: [r.bic for r in rows],
            AIC: [r.aic for r in rows],
        }
    )
