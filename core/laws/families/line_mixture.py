"""A Gaussian mixture of one column whose K the data choose, as a candidate of `core.laws.ranking`.

    p(x) = sum_k w_k N(x | m_k, v_k),   K = argmin (3K - 1) log n - 2 log L

For every K from 1 up EM climbs from the best mixture of K - 1 components with each of its components cut in two, and
from K quantiles; the search ends when BIC has risen twice. No random start is drawn, so the fit follows a change of
unit exactly. Beyond `CELLS` values the starts are tried on cells of equal count, and the best of each K is climbed on
all of them. Variances have a floor, without which the likelihood has no top (Hathaway, 1985): a component is no
narrower than `NARROWEST` of the data's spread, nor than the grain of rounded values. Dempster, Laird and Rubin (1977);
Schwarz (1978). Nats.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

from core.evaluation import metrics
from core.kernels import bandwidth
from core.key import Key
from core.laws.families.continuous import column
from core.mixture import em
from core.mixture.gmm import GMM
from core.process import Halt

MOST = 6  # components
CELLS = 400  # cells of equal count on which starts are tried
PER_COMPONENT = 5  # values, at least
NARROWEST = 0.02
Start = tuple[np.ndarray, np.ndarray, np.ndarray]  # weights, means, variances, (starts, k) each


@dataclass(frozen=True)
class LineMixture:
    """A fitted mixture; `note` says where it leans on a limit."""

    model: GMM
    note: str = ""

    @property
    def title(self) -> str:
        """Words for the table."""
        return f"Gaussian mixture, K = {len(self.model.weights)}"

    @property
    def count(self) -> int:
        """The number of free parameters: 3K - 1."""
        return 3 * len(self.model.weights) - 1

    def log_prob(self, x: np.ndarray) -> Float[np.ndarray, " n"]:
        """log p(x) at values (n,) or (n, 1), nats."""
        weights, means, variances = parts(self.model)
        return em.soften(log_joint(column(x), weights[None], means[None], variances[None]))[0]

    def cdf(self, x: np.ndarray) -> Float[np.ndarray, " n"]:
        """P(X <= x)."""
        weights, means, variances = parts(self.model)
        return ndtr((column(x)[:, None] - means) / np.sqrt(variances)) @ weights

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 1"]:
        """`n` independent draws."""
        return self.model.sample(n, key)

    def rescaled(self, shift: float, scale: float) -> "LineMixture":
        """The law of scale * x + shift."""
        return LineMixture(self.model.rescaled(np.full(1, shift), np.full(1, scale)), self.note)

    def describe(self, unit: str = "") -> tuple[tuple[str, float, str], ...]:
        """(word, value, unit) of every parameter, components from left to right."""
        said: list[tuple[str, float, str]] = []
        for k, (w, m, v) in enumerate(zip(*parts(self.model), strict=True), start=1):
            said += [
                (f"weight {k}", float(w), ""),
                (f"mean {k}", float(m), unit),
                (f"deviation {k}", float(np.sqrt(v)), unit),
            ]
        return tuple(said)


def parts(model: GMM) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, means and variances, (k,) each."""
    return model.weights, model.means[:, 0], model.covariances[:, 0, 0]


def log_joint(x: np.ndarray, weights: np.ndarray, means: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """log w_k N(x | m_k, v_k) of several mixtures, (starts, k, n)."""
    with np.errstate(divide="ignore"):
        constant = np.log(weights) - 0.5 * (np.log(variances) + em.LOG_2PI)
    return constant[..., None] - 0.5 * (x - means[..., None]) ** 2 / variances[..., None]


@dataclass(frozen=True)
class Mixtures:
    """The candidate: mixtures of up to `most` components."""

    most: int = MOST
    name: str = "mixture"
    title: str = "Gaussian mixture"

    def fit(self, x: np.ndarray) -> LineMixture:
        """The mixture of least BIC for values (n,) or (n, 1); `Halt` with a sentence if there is none."""
        x = np.sort(column(x))
        n = len(x)
        if n < 2 * PER_COMPONENT:
            raise Halt(f"{n} values are too few for a mixture: give at least {2 * PER_COMPONENT}.")
        if not np.isfinite(x).all() or np.ptp(x) <= 1e-12 * np.abs(x).max():
            raise Halt("A mixture needs finite values that differ.")
        middle, spread = float(np.median(x)), bandwidth.spread(x[:, None])
        u = (x - middle) / spread
        floor = max(NARROWEST, bandwidth.grain(u[:, None])) ** 2
        found = chosen(u, floor, min(self.most, n // PER_COMPONENT))
        order = np.argsort(found[1][0])
        weights, means, variances = (a[0][order] for a in found)
        at_floor = (variances <= floor * 1.001).any()
        note = "A component is as narrow as is allowed." if at_floor else ""
        if len(weights) == self.most:
            note = f"{note} K = {self.most} is the most that is tried.".strip()
        model = GMM(weights / weights.sum(), means[:, None], variances[:, None, None])
        return LineMixture(model.rescaled(np.full(1, middle), np.full(1, spread)), note)


def chosen(u: Float[np.ndarray, " n"], floor: float, most: int) -> Start:
    """The mixture of least BIC for values in order, in units of their spread."""
    cells = np.array_split(u, min(len(u), CELLS))
    count = np.array([len(part) for part in cells], dtype=float)
    centre, within = np.array([part.mean() for part in cells]), np.array([part.var() for part in cells])
    single = (np.ones((1, 1)), np.full((1, 1), u.mean()), np.full((1, 1), max(u.var(), floor)))
    best, last, least, rises = single, single, np.inf, 0
    for k in range(1, most + 1):
        if k > 1:
            starts = beginnings(u, last)
            starts, level = climb(starts, centre, count, within, floor, 30)
            good = np.argsort(-level)[:2]
            starts, level = climb(pick(starts, good), centre, count, within, floor, 300)
            last = pick(starts, [int(level.argmax())])
            if len(u) > CELLS:
                last, _ = climb(last, u, np.ones(len(u)), np.zeros(len(u)), floor, 12)
        bic = metrics.bic(float(em.soften(log_joint(u, *last)).sum()), 3 * k - 1, len(u))
        best, least, rises = (last, bic, 0) if bic < least else (best, least, rises + 1)
        if rises == 2:
            break
    return best


def pick(starts: Start, rows: "list[int] | np.ndarray") -> Start:
    """Some of the mixtures."""
    weights, means, variances = starts
    return weights[rows], means[rows], variances[rows]


def beginnings(u: Float[np.ndarray, " n"], last: Start) -> Start:
    """Mixtures of one component more than `last`: each of its components cut in two, and the quantiles of the values."""
    weights, means, variances = (a[0] for a in last)
    k = len(weights)
    groups = np.array_split(u, k + 1)
    even = np.full(k + 1, 1 / (k + 1))
    made = [(even, np.array([group.mean() for group in groups]), even * u.var())]
    for j in range(k):
        half, off = weights[j] / 2, 0.8 * np.sqrt(variances[j])
        made.append(
            (
                np.append(np.where(np.arange(k) == j, half, weights), half),
                np.append(np.where(np.arange(k) == j, means - off, means), means[j] + off),
                np.append(np.where(np.arange(k) == j, variances / 2, variances), variances[j] / 2),
            )
        )
    begin_weights, begin_means, begin_variances = (np.array(stack) for stack in zip(*made, strict=True))
    return begin_weights, begin_means, begin_variances


def climb(
    starts: Start, centre: np.ndarray, count: np.ndarray, within: np.ndarray, floor: float, most: int
) -> tuple[Start, Float[np.ndarray, " s"]]:
    """EM from every start on cells (centre, count, variance within), and the mean log-likelihoods reached."""
    (weights, means, variances), n = starts, count.sum()
    before, level = np.full(len(weights), -np.inf), np.full(len(weights), -np.inf)
    for i in range(most + 1):
        r = log_joint(centre, weights, means, np.maximum(variances, floor))
        level = em.soften(r) @ count / n
        if i == most or (level - before < 1e-7).all():
            break
        before = level
        mass = r @ count + em.EMPTY
        weights, means = mass / n, (r @ (count * centre)) / mass
        off = (centre - means[..., None]) ** 2 + within
        variances = np.maximum(np.einsum("skn,skn,n->sk", r, off, count) / mass, floor)
    return (weights, means, np.maximum(variances, floor)), level
