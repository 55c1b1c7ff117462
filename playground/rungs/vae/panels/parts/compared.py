"""Three codes of the same unseen pictures, the VAE's, PCA's and a plain autoencoder's, and how well each holds what is true."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Float

from core.data.images import Pictures
from core.evaluation import neighbours
from core.evaluation.metrics import Estimate
from core.key import Key
from core.process import Step
from core.vae import fit
from core.vae.latent import ppca, representation
from core.vae.model import VAE
from playground.rungs.vae import seen

LEARNED, EPOCHS = 3000, 60  # pictures and epochs of the autoencoder, at most
FACTORED = 1000  # pictures that PCA learns from, at most
JUDGED = 800  # unseen pictures, at most
EVERY = 4  # epochs between two looks
PCA, AE, OURS = MODELS = ("PPCA", "Autoencoder", "VAE")
Codes = Mapping[str, Float[np.ndarray, "n d"]]


@dataclass(frozen=True)
class Score:
    """How well one code holds the factors: Procrustes R2 (NaN where no factor is a number), information, class accuracy."""

    procrustes: float
    information: tuple[Estimate, ...]
    accuracy: Estimate | None


@dataclass(frozen=True)
class Compared:
    """Codes of the unseen pictures `rows` and their scores, by model; the autoencoder has learned `age` of `epochs`."""

    rows: np.ndarray
    epochs: int
    codes: Codes = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    age: int = 0
    note: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The models whose codes are known or will be."""
        return tuple(name for name in MODELS if name != PCA or not self.note)


def steps(model: VAE, pictures: Pictures, key: Key) -> Iterator[Step[Compared]]:
    """The VAE's codes and scores, then PCA's, then the autoencoder's as it learns; the last Step is of its last epoch."""
    unseen = np.concatenate([pictures.split.test, pictures.split.val])
    rows = (key / "rows").generator().permutation(unseen)[:JUDGED]  # so that the first few are as good as all
    x, config = seen.images(pictures, rows), plain(model)

    def beside(found: Compared, name: str, code: Float[np.ndarray, "n d"]) -> Compared:
        scores = {**found.scores, name: score(code, pictures, rows, key / name)}
        return replace(found, codes={**found.codes, name: code}, scores=scores)

    found = beside(Compared(rows, config.epochs), OURS, model.encode(x, seen.told(model, pictures, rows))[0])
    yield Step(0, found)
    train = pictures.split.train
    try:
        flat = seen.images(pictures, seen.some(train, FACTORED, key / "factored")).reshape(-1, pictures.dim)
        found = beside(found, PCA, ppca.fit(flat, model.latent).encode(x.reshape(len(x), -1))[0])
    except ValueError as error:
        found = replace(found, note=str(error))
    yield Step(1, found)
    for step in fit.fit(config, seen.images(pictures, seen.some(train, LEARNED, key / "learned")), key / "fit"):
        if step.index % EVERY == 0 or step.index == config.epochs:
            found = replace(beside(found, AE, step.state.encode(x)[0]), age=step.index)
            yield Step(2 + step.index, found)


def plain(model: VAE) -> fit.Config:
    """The options of an autoencoder with the model's networks: no noise in its code, no KL."""
    epochs = min(model.config.epochs, EPOCHS)
    return replace(
        model.config, beta=0.0, code="mean", samples=1, warmup=0, free=0.0, patience=0, average=0.0, epochs=epochs
    )


def score(code: Float[np.ndarray, "n d"], pictures: Pictures, rows: np.ndarray, key: Key) -> Score:
    """One model's numbers over the unseen pictures."""
    right = None
    if pictures.labels is not None:
        right = neighbours.accuracy(code, np.asarray(pictures.labels[rows], dtype=np.int64))
    if pictures.factors is None:
        return Score(np.nan, (), right)
    factors, known = pictures.factors[rows], numeric(pictures)
    found = representation.procrustes(code, factors[:, known]) if known else np.nan
    told = tuple(
        representation.information(code, factors[:, j], key / column.name) for j, column in enumerate(pictures.columns)
    )
    return Score(found, told, right)


def numeric(pictures: Pictures) -> list[int]:
    """The columns of the factors that are numbers."""
    return [j for j, column in enumerate(pictures.columns) if not column.words]
