"""Training on the page: which pictures are learned, what the model is told of them, and the moments that are kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int

from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae import fit
from core.vae.fit import VAE, Config
from playground.runs.runs import Run

MOST = 2000
"""Pictures that are learned from: enough for a latent space worth exploring after a minute on two processors."""
PARTS = ("loss", "reconstruction", "kl", "validation", "beta")
"""The columns of a Step's `history` after the epoch."""


@dataclass(frozen=True)
class Told:
    """What may be told of every picture: the words of each label, and `labels` (n, a), their indices."""

    conditions: tuple[tuple[str, tuple[str, ...]], ...]
    labels: Int[np.ndarray, "n a"]

    def of(self, model: VAE) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The conditions of a model, as many words as it knows; ValueError where it was told something else."""
        if len(model.classes) > len(self.conditions):
            raise ValueError("This model was told more labels than these pictures have.")
        pairs = zip(self.conditions, model.classes, strict=False)
        return tuple(
            (name, (*words, *(str(i) for i in range(len(words), count)))[:count]) for (name, words), count in pairs
        )


def told(pictures: Pictures) -> Told | None:
    """The class of every picture or, where there is none, the attributes that are words; None where neither is known."""
    if pictures.labels is not None and pictures.classes:
        return Told((("class", pictures.classes),), np.array(pictures.labels, dtype=np.int64)[:, None])
    worded = [j for j, column in enumerate(pictures.columns) if column.words]
    if pictures.factors is None or not worded:
        return None
    conditions = tuple((pictures.columns[j].name, pictures.columns[j].words) for j in worded)
    return Told(conditions, np.rint(pictures.factors[:, worded]).astype(np.int64))


def lesson(pictures: Pictures, key: Key) -> Int[np.ndarray, " m"]:
    """The training rows that are learned from: at most `MOST`, drawn by `key / "rows"`."""
    return np.sort((key / "rows").generator().permutation(pictures.split.train)[:MOST])


def steps(
    config: Config, pictures: Pictures, conditional: bool, key: Key, start: VAE | None = None
) -> Iterator[Step[VAE]]:
    """The training, epoch by epoch, without what only resuming needs, so that a recording holds many Steps.

    `arrays`: `rows` (m,) of the pictures shown on the plane and their `means` (m, d), `history` (epochs, 6) with the
    epoch and `PARTS`.
    """
    rows = lesson(pictures, key)
    known = told(pictures) if conditional else None
    labels = None if known is None else known.labels[rows]
    history: list[list[float]] = []
    for step in fit.fit(config, pictures.pixels[rows] / (pictures.levels - 1), key, start=start, labels=labels):
        history.append([step.index, *(step.metrics.get(name, np.nan) for name in PARTS)])
        seen = {"rows": rows[step.arrays["rows"]], "means": step.arrays["means"], "history": np.array(history)}
        yield replace(step, arrays=seen)


def fits(step: Step[VAE], config: Config, pictures: Pictures, conditional: bool) -> bool:
    """Whether a training with these options may go on from the model of `step`."""
    same = ("latent", "architecture", "width", "layers", "likelihood", "levels")
    old = step.state.config
    return (
        all(getattr(old, name) == getattr(config, name) for name in same)
        and step.state.shape == pictures.shape
        and bool(step.state.classes) == (conditional and told(pictures) is not None)
    )


def label(config: Config) -> str:
    """A training in words."""
    words = "convolutions" if config.architecture == "conv" else "dense layers"
    return f"{config.latent} latent, {words}, {config.likelihood}, beta {config.beta:g}"


def since(run: Run, parent: Run | None = None) -> int:
    """How many epochs a run's start had been trained: those before the fork, and those before its `parent`'s."""
    fork = run.spec[-1]
    if not isinstance(fork, tuple):
        return 0
    of, index = fork
    return int(index) + (since(parent) if parent and parent.id == of else 0)
