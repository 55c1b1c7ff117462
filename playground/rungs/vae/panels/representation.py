"""Representation: do a model's latent numbers hold what the pictures were drawn from? Beside PCA and a plain autoencoder."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Float

from core.data.images import Pictures
from core.evaluation import neighbours
from core.evaluation.metrics import Estimate
from core.key import Key
from core.process import Step
from core.vae import fit
from core.vae.latent import ppca, representation
from core.vae.model import VAE
from playground import session
from playground.rungs.em import numbers
from playground.rungs.fit1.panels.families import watch
from playground.rungs.vae import charts, seen
from playground.runs import runs
from playground.runs.jobs import Progress

LEARNED, EPOCHS = 3000, 60  # pictures and epochs of the autoencoder, at most
FACTORED = 1000  # pictures that PCA learns from, at most
JUDGED = 800  # unseen pictures, at most
DRAWN = 500  # of them in the charts
EVERY = 4  # epochs between two looks
PCA, AE, OURS = "PPCA", "Autoencoder", "VAE"
CLASS = "class"
Codes = Mapping[str, Float[np.ndarray, "n d"]]


@dataclass(frozen=True)
class Score:
    """How well one code holds the factors: Procrustes R2 (NaN where no factor is a number), information, class accuracy."""

    procrustes: float
    information: tuple[Estimate, ...]
    accuracy: Estimate | None


@dataclass(frozen=True)
class Compared:
    """Codes of the unseen pictures `rows` by model, the autoencoder's age in epochs, and scores once all are trained."""

    rows: np.ndarray
    codes: Codes
    age: int = 0
    note: str = ""
    scores: Mapping[str, Score] = field(default_factory=dict)


def numeric(pictures: Pictures) -> list[int]:
    """The columns of the factors that are numbers."""
    return [j for j, column in enumerate(pictures.columns) if not column.words]


def steps(model: VAE, pictures: Pictures, key: Key) -> Iterator[Step[Compared]]:
    """The VAE's codes, PCA's, the autoencoder's as it learns, then the scores."""
    unseen = np.concatenate([pictures.split.test, pictures.split.val])
    rows = (key / "rows").generator().permutation(unseen)[:JUDGED]  # so that the first few are as good as all
    x = seen.images(pictures, rows)
    codes = {OURS: model.encode(x, seen.told(model, pictures, rows))[0]}
    found = Compared(rows, dict(codes))
    yield Step(0, found)
    train = pictures.split.train
    try:
        flat = seen.images(pictures, seen.some(train, FACTORED, key / "factored")).reshape(-1, pictures.dim)
        codes[PCA] = ppca.fit(flat, model.latent).encode(x.reshape(len(x), -1))[0]
    except ValueError as error:
        found = replace(found, note=str(error))
    found = replace(found, codes=dict(codes))
    yield Step(1, found)
    config = plain(model)
    for step in fit.fit(config, seen.images(pictures, seen.some(train, LEARNED, key / "learned")), key / "fit"):
        if step.index % EVERY == 0 or step.index == config.epochs:
            codes[AE] = step.state.encode(x)[0]
            found = replace(found, codes=dict(codes), age=step.index)
            yield Step(2 + step.index, found)
    scores = {name: score(code, pictures, rows, key / name) for name, code in codes.items()}
    yield Step(3 + config.epochs, replace(found, scores=scores))


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


def panel(name: str, model: VAE, pictures: Pictures, chosen: int, key: Key) -> None:
    """The three codes as small multiples, and their scores."""
    spec = (pictures.digest, seen.fingerprint(model), key)
    run = runs.open_run(f"{name}.represent", spec, "", partial(steps, model, pictures, key / "represent"))
    shades = [column.name for column in pictures.columns]
    if pictures.labels is not None and CLASS not in shades:
        shades.append(CLASS)
    by = st.segmented_control("Coloured by", shades, default=shades[0], key="shade", bind="query-params", required=True) \
        if shades else ""  # fmt: skip

    def draw(progress: Progress) -> None:
        if not len(run.job.trace):
            return
        found: Compared = run.job.trace[-1].state
        if found.scores:
            st.markdown(finding(found, pictures))
        elif progress.alive:
            last = plain(model).epochs
            st.progress(found.age / last, f"The autoencoder has learned {found.age} of {last} epochs.")
        pictured(name, found, pictures, by or "")
        if found.scores and (table := scored(found, pictures)) is not None:
            st.dataframe(table, hide_index=True)
        st.caption(explained(found, pictures))

    watch(run, draw)


def pictured(name: str, found: Compared, pictures: Pictures, by: str) -> None:
    """A chart for each code, all on the same axes, coloured by a factor or the class."""
    rows = found.rows[:DRAWN]
    value, words, unit = shade(pictures, rows, by)
    places = st.columns(3, gap="medium")
    for where, model in zip(places, (PCA, AE, OURS), strict=True):
        if model in found.codes:
            xy, axes = placed(found.codes[model], pictures, found.rows)
            chart = charts.codes(model, xy[:DRAWN], axes, value, words, (by, unit), session.dark())
            where.altair_chart(
                chart, key=f"{name}.codes.{model}", alt=f"Codes of {model}, coloured by {by or 'nothing'}"
            )


def shade(pictures: Pictures, rows: np.ndarray, by: str) -> tuple[np.ndarray, tuple[str, ...], str]:
    """What colours these pictures: numbers or class numbers, the classes' words, and the unit."""
    for j, column in enumerate(pictures.columns):
        if column.name == by and pictures.factors is not None:
            return pictures.factors[rows, j], column.words, column.unit
    if pictures.labels is not None and by == CLASS:
        return np.asarray(pictures.labels[rows], dtype=float), pictures.classes, ""
    return np.zeros(len(rows)), (), ""


def placed(
    code: Float[np.ndarray, "n d"], pictures: Pictures, rows: np.ndarray
) -> tuple[Float[np.ndarray, "n 2"], tuple[tuple[str, tuple[float, float]], ...]]:
    """The code in the plane: turned and scaled onto two true factors where there are just two, else in units of its spread.

    With the axes: a title and a range each, the same for every code.
    """
    known = numeric(pictures)
    if pictures.factors is not None and len(pictures.columns) == len(known) == 2:
        axes = []
        for column in pictures.columns:
            room = 0.15 * (column.high - column.low)
            axes.append((f"code turned onto {column.name} ({column.unit})", (column.low - room, column.high + room)))
        return representation.aligned(code, pictures.factors[rows]), tuple(axes)
    centred = code - code.mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    spread = (u * s)[:, :2] if code.shape[1] > 2 else centred
    spread = spread / np.maximum(spread.std(axis=0), 1e-12)
    if spread.shape[1] == 1:
        spread = np.column_stack([spread, np.zeros(len(spread))])
    title = "z{} (sd of the code)" if code.shape[1] <= 2 else "direction {} (sd of the code)"
    return spread, tuple((title.format(i), (-3.5, 3.5)) for i in (1, 2))


def finding(found: Compared, pictures: Pictures) -> str:
    """What the scores say, in a sentence."""
    ours = found.scores[OURS]
    others = [name for name in (PCA, AE) if name in found.scores]
    n = len(found.rows)
    if np.isfinite(ours.procrustes) and len(numeric(pictures)) == len(pictures.columns):
        names = [pictures.columns[j].name for j in numeric(pictures)]
        rest = ", ".join(f"{name} {found.scores[name].procrustes:.2f}" for name in others)
        return (
            f"On {n} unseen pictures the VAE's code holds {and_(names)} with Procrustes R² "
            f"**{ours.procrustes:.2f}** (1 is perfect); {rest}."
        )
    if ours.information:
        most = int(np.argmax([e.value for e in ours.information]))
        what = pictures.columns[most].name
        rest = ", ".join(f"{name} {found.scores[name].information[most].value:.2f}" for name in others)
        told = ours.information[most].value
        words = pictures.columns[most].words
        bound = f" of at most {np.log(len(words)):.2f}" if words else ""
        return f"On {n} unseen pictures the VAE's code tells most of **{what}**: {told:.2f} nats{bound} ({rest})."
    if ours.accuracy is None:
        return "These pictures have neither factors nor classes: nothing true is known to compare the codes with."
    rest = ", ".join(f"{name} {_accuracy(found.scores[name]):.0%}" for name in others)
    labels = np.asarray(pictures.labels)[found.rows]
    return (
        f"No true factors are known here; what can be said is how well classes lie apart: {neighbours_words()} in the "
        f"VAE's code for **{ours.accuracy.value:.0%}** of {n} unseen pictures ({rest}; guessing "
        f"{neighbours.chance(labels):.0%})."
    )


def neighbours_words() -> str:
    """What the accuracy counts."""
    return "the 5 nearest neighbours say the right class"


def _accuracy(found: Score) -> float:
    return found.accuracy.value if found.accuracy is not None else np.nan


def and_(names: list[str]) -> str:
    """Names as a list in words."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def scored(found: Compared, pictures: Pictures) -> pd.DataFrame | None:
    """The scores as a table, a row a model."""
    rows = []
    for name in (PCA, AE, OURS):
        if name not in found.scores:
            continue
        one, row = found.scores[name], {"code": name}
        if np.isfinite(one.procrustes):
            row["Procrustes R²"] = f"{one.procrustes:.3f}"
        for column, told in zip(pictures.columns, one.information, strict=False):
            row[f"I({column.name}) (nats)"] = numbers.estimate(told)
        if one.accuracy is not None:
            row["5 nearest, class"] = f"{one.accuracy.value:.3f} ± {one.accuracy.error:.3f}"
        rows.append(row)
    return pd.DataFrame(rows) if rows and len(rows[0]) > 1 else None


def explained(found: Compared, pictures: Pictures) -> str:
    """What the numbers are, and what they cannot say."""
    said = [f"All codes are of {len(found.rows):,} pictures that no model was trained on."]
    if pictures.columns:
        said.append(
            "I: mutual information of the code with one factor by nearest neighbours, with the spread over quarters; "
            "for a class or word it is at most the log of how many there are."
        )
    if numeric(pictures):
        said.append(
            "Procrustes R²: after the best shift, turn, mirror and one scale onto the numeric factors together."
        )
    said.append(f"The autoencoder is trained here with the same networks, without noise and KL. {found.note}")
    return session.plain(" ".join(said))
