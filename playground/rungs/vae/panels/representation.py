"""Representation: do a model's latent numbers hold what the pictures were drawn from? Beside PCA and a plain autoencoder."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.data.images import Pictures
from core.evaluation import neighbours
from core.process import Step
from core.vae.model import VAE
from playground import session
from playground.rungs.vae.panels.parts import codes, compared
from playground.rungs.vae.panels.parts.compared import AE, MODELS, OURS, PCA, Compared, Score, numeric
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import numbers


def show(screen: Screen, step: Step[VAE]) -> None:
    """The three codes as small multiples, and their scores."""
    model, pictures = step.state, screen.pictures
    steps = partial(compared.steps, model, pictures, screen.key / "represent")
    run = runs.open_run(f"{NAME}.represent", screen.spec(step), "", steps)
    by, shades = "", codes.shades(pictures)
    if shades:
        session.settle("shade", shades, shades[0])
        by = st.segmented_control(
            "Coloured by", shades, default=shades[0], key="shade", bind="query-params", required=True
        )

    def draw(newest: Step[Compared] | None, progress: Progress) -> None:
        if newest is None:
            return
        found = newest.state
        if found.scores:
            st.markdown(finding(found, pictures))
        elif progress.alive:
            last = compared.plain(model).epochs
            st.progress(found.age / last, f"The autoencoder has learned {found.age} of {last} epochs.")
        codes.draw(found, pictures, by or "")
        if found.scores and (table := scored(found, pictures)) is not None:
            st.dataframe(table, hide_index=True)
        st.caption(explained(found, pictures))

    watch(run, draw)


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
    for name in MODELS:
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
