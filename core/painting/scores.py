"""Does a painter draw what it is told, does it draw all there is, and does it only remember?

    accuracy      the share of told labels seen in the pictures, over random prompts
    distinct      combinations of the labels left open among the pictures of one prompt, beside those among as many
                  real pictures of that prompt
    spread        the features' variance within a class, beside the real pictures'
    Frechet       squared distance of features from the training pictures', beside its floor: held-out real pictures'

Guidance buys accuracy with variety (Ho and Salimans, 2022), so both are read over it. Memory is read by
`core.diffusion.truth.quality`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from core.diffusion.walk import Sampler
from core.evaluation import metrics
from core.evaluation.frechet import frechet
from core.evaluation.metrics import Estimate
from core.key import Key
from core.painting.judge import Judge
from core.painting.painter import USUAL, Painter

Images = Float[np.ndarray, "n c h w"]
Labels = Int[np.ndarray, "n a"]
Reader = Callable[[Images], np.ndarray]


def prompts(labels: Labels, n: int, key: Key) -> Int[np.ndarray, "m a"]:
    """`n` prompts that real pictures fulfil: of a random row of `labels`, each label told or not, at least one."""
    draw = key.generator()
    rows = labels[draw.integers(len(labels), size=n)]
    told = draw.random(rows.shape) < 0.5
    told[np.arange(n), draw.integers(rows.shape[1], size=n)] = True
    return np.where(told, rows, -1)


def right(seen: Labels, told: Int[np.ndarray, "_ a"]) -> Bool[np.ndarray, "n a"]:
    """Whether each label is as told; an untold one is."""
    return (told < 0) | (seen == told)


def accuracy(seen: Labels, told: Labels) -> Estimate:
    """The share of told labels that are seen, and its standard error over pictures."""
    held = right(seen, told) & (told >= 0)
    count = (told >= 0).sum(axis=1)
    return metrics.mean(held.sum(axis=1) / np.maximum(count, 1))


def distinct(seen: Labels) -> int:
    """How many different rows; rows of nothing are one."""
    return len(np.unique(seen, axis=0)) if seen.shape[1] else 1


@dataclass(frozen=True)
class Guided:
    """What guidance `w` makes of prompts: `accuracy`, and how various the pictures `drawn` and the `real` ones are."""

    w: float
    accuracy: Estimate
    drawn: float
    real: float

    @property
    def variety(self) -> float:
        """Drawn over real, 1 where nothing is lost."""
        return self.drawn / self.real


def guided(
    painter: Painter,
    read: Reader,
    labels: Labels,
    w: float,
    key: Key,
    asked: int = 32,
    each: int = 16,
    sampler: Sampler = USUAL,
) -> Guided:
    """Paint `each` pictures of `asked` prompts of several labels under guidance w and `read` theirs.

    `labels` are real pictures', from which the prompts are. Various: the mean number of distinct combinations of a
    prompt's open labels.
    """
    told = prompts(labels, asked, key / "prompts")
    seen = read(painter.sample(asked * each, key / "paint", sampler, told.repeat(each, axis=0), w))
    drawn, real = np.empty(asked), np.empty(asked)
    for i, prompt in enumerate(told):
        left = prompt < 0
        drawn[i] = distinct(seen[i * each : (i + 1) * each][:, left])
        fulfil = np.flatnonzero(right(labels, prompt[None]).all(axis=1))
        chosen = (key / "real" / i).generator().choice(fulfil, size=(64, each))
        real[i] = np.mean([distinct(labels[rows][:, left]) for rows in chosen])
    return Guided(w, accuracy(seen, told.repeat(each, axis=0)), float(drawn.mean()), float(real.mean()))


def guided_classes(
    painter: Painter,
    judge: Judge,
    real: Images,
    labels: Int[np.ndarray, "n 1"],
    w: float,
    key: Key,
    sampler: Sampler = USUAL,
) -> Guided:
    """Paint as many pictures as there are `real` ones, told their classes. Various: the `spread` of the features."""
    painted = painter.sample(len(labels), key / "paint", sampler, labels, w)
    drawn, given = (spread(judge.features(x), labels[:, 0]) for x in (painted, real))
    return Guided(w, accuracy(judge.labels(painted), labels), drawn, given)


def spread(features: Float[np.ndarray, "n f"], labels: Int[np.ndarray, " n"]) -> float:
    """The features' variance within a class, summed over features and averaged over classes (of at least 2 pictures)."""
    parts = [features[labels == label] for label in np.unique(labels)]
    return float(np.mean([part.var(axis=0, ddof=1).sum() for part in parts if len(part) > 1]))


@dataclass(frozen=True)
class Distance:
    """Frechet's distance of painted pictures from real ones, and of as many held-out real ones: its `floor`."""

    painted: float
    floor: float


def distance(features: Reader, painted: Images, real: np.ndarray, held: np.ndarray) -> Distance:
    """Both against the features of `real`; `painted` and `held` are cut to the same number."""
    n, ours = min(len(painted), len(held)), features(real)
    return Distance(frechet(features(painted[:n]), ours), frechet(features(held[:n]), ours))
