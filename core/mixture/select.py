"""How many components? Every K fitted from several starts, judged by BIC, AIC and points it has not seen.

BIC approximates the log-evidence and AIC the held-out log-likelihood; both count parameters instead of holding points
out. Schwarz (1978), Akaike (1974); for mixtures: Fraley and Raftery (2002).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from core.evaluation import held_out, metrics
from core.evaluation.held_out import NOTHING
from core.key import Key
from core.mixture import basin, gmm
from core.process import Halt, Step

RESTARTS = 20  # starts of the fit to all points
UNSEEN_RESTARTS = 5  # of each fit to four fifths of them


@dataclass(frozen=True)
class Judged:
    """One K: `log_likelihood` (mean, nats), `bic` and `aic` (minus twice the log-likelihood), the `held_out` score (nats).

    `model` is the best one and `start` (k, d) the means that EM reached it from; both are None where all starts collapsed.
    """

    components: int
    parameters: int
    log_likelihood: float
    bic: float
    aic: float
    held_out: metrics.Estimate
    model: gmm.GMM | None
    start: Float[np.ndarray, "k d"] | None = None

    def shifted(self, log_jacobian: float, n: int) -> "Judged":
        """The same judgement of densities that are larger by `log_jacobian` (nats) at each of `n` points."""
        return replace(
            self,
            log_likelihood=self.log_likelihood + log_jacobian,
            bic=self.bic - 2 * n * log_jacobian,
            aic=self.aic - 2 * n * log_jacobian,
            held_out=metrics.Estimate(self.held_out.value + log_jacobian, self.held_out.error),
        )


def best_of(config: gmm.Config, x: Float[np.ndarray, "n d"], key: Key, restarts: int = RESTARTS) -> gmm.GMM | None:
    """The most likely of `restarts` fits that did not collapse; None if all did."""
    return best_run(config, x, key, restarts)[0]


def best_run(
    config: gmm.Config, x: Float[np.ndarray, "n d"], key: Key, restarts: int = RESTARTS
) -> tuple[gmm.GMM | None, Float[np.ndarray, "k d"] | None]:
    """The same, and the means (k, d) that it began from."""
    starts = [gmm.initial(config, x, key / i) for i in range(restarts)]
    ends = basin.settle(config, x, starts[0], np.stack([start.means for start in starts]))
    best = ends.best()
    return (None, None) if best is None else (ends.model(best), starts[best].means)


def judge(config: gmm.Config, x: Float[np.ndarray, "n d"], key: Key) -> Judged:
    """Fit one K to all points for BIC and AIC, and to four fifths of them at a time for the held-out score."""
    return replace(counted(config, x, key), held_out=judged_unseen(config, x, key))


def counted(config: gmm.Config, x: Float[np.ndarray, "n d"], key: Key) -> Judged:
    """One K fitted to all points, by the criteria that count parameters; its held-out score is yet to be found."""
    (n, d), nan = x.shape, float("nan")
    parameters = gmm.parameter_count(config, d)
    model, start = best_run(config, x, key / "all")
    if model is None:
        return Judged(config.components, parameters, nan, nan, nan, NOTHING, None)
    total = float(model.log_prob(x).sum())
    criteria = metrics.bic(total, parameters, n), metrics.aic(total, parameters)
    return Judged(config.components, parameters, total / n, *criteria, NOTHING, model, start)


def judged_unseen(config: gmm.Config, x: Float[np.ndarray, "n d"], key: Key) -> metrics.Estimate:
    """The held-out score (`core.evaluation.held_out`); NaN where there are too few points or all starts collapse."""

    def fit(train: np.ndarray) -> gmm.GMM:
        if (model := best_of(config, train, key / "train", UNSEEN_RESTARTS)) is None:
            raise Halt("Every start collapsed.")
        return model

    try:
        cut = held_out.parts(len(x))
        return held_out.average(held_out.scores(fit, x, cut)) if cut else NOTHING
    except Halt:
        return NOTHING


def sweep(
    config: gmm.Config, x: Float[np.ndarray, "n d"], key: Key, most: int = 12
) -> Iterator[Step[tuple[Judged, ...]]]:
    """Yield the growing table of K = 1, 2, ..., `most` (fewer if there are too few points), then their held-out scores.

    Metrics: `progress`, and `scored`, how many rows have been held out.
    """
    most, key = min(most, max(1, len(x) * 4 // 5 // 2)), key / "select"
    rows: tuple[Judged, ...] = ()
    for k in range(1, most + 1):
        rows = (*rows, counted(replace(config, components=k), x, key))
        yield Step(k - 1, rows, metrics={"progress": k / most / 2, "scored": 0.0})
    for i, row in enumerate(rows):
        score = judged_unseen(replace(config, components=row.components), x, key)
        rows = (*rows[:i], replace(row, held_out=score), *rows[i + 1 :])
        yield Step(most + i, rows, metrics={"progress": 0.5 + (i + 1) / most / 2, "scored": i + 1.0})


def chosen(rows: tuple[Judged, ...], by: str = "bic") -> Judged | None:
    """The row with the least `by` ("bic" or "aic"), None if no row has one."""
    sound = [row for row in rows if np.isfinite(getattr(row, by))]
    return min(sound, key=lambda row: getattr(row, by)) if sound else None
