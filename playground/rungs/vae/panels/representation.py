"""Representation: do a model's latent numbers hold what the pictures were drawn from? Beside PCA and a plain autoencoder."""

from collections.abc import Callable
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
from playground.rungs.vae.panels.parts.compared import AE, OURS, PCA, Compared, Score, numeric
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import numbers

PENDING = "…"  # what is not known yet


def show(screen: Screen, step: Step[VAE]) -> None:
    """The three codes as small multiples, and their scores."""
    model, pictures = step.state, screen.pictures
    steps = partial(compared.steps, model, pictures, screen.key / "represent")
    run = runs.open_run(f"{NAME}.represent", screen.spec(step), "", steps, of=screen.stored)
    by, shades = "", codes.shades(pictures)
    if shades:
        session.settle("shade", shades, shades[0])
        by = st.segmented_control(
            "Coloured by", shades, default=shades[0], key="shade", bind="query-params", required=True
        )

    def draw(newest: Step[Compared] | None, _: Progress) -> None:
        if newest is None:
            return
        found = newest.state
        st.markdown(finding(found, pictures))
        codes.draw(found, pictures, by or "")
        if (table := scored(found, pictures)) is not None:
            st.dataframe(table, hide_index=True)
        learned = f"The autoencoder has learned {found.age} of {found.epochs} epochs."
        st.progress(found.age / max(found.epochs, 1), learned)  # stays when it is full, so that nothing moves up
        st.caption(explained(found, pictures))

    with st.container(key="place codes"):  # has their room while they are worked out: server/page.css
        watch(run, draw)


def finding(found: Compared, pictures: Pictures) -> str:
    """What the scores say, in a sentence."""
    ours = found.scores[OURS]
    n = len(found.rows)
    if np.isfinite(ours.procrustes) and len(numeric(pictures)) == len(pictures.columns):
        names = [pictures.columns[j].name for j in numeric(pictures)]
        rest = beside(found, lambda score: f"{score.procrustes:.2f}")
        return (
            f"On {n} unseen pictures the VAE's code holds {and_(names)} with Procrustes R² "
            f"**{ours.procrustes:.2f}** (1 is perfect); {rest}."
        )
    if ours.information:
        most = int(np.argmax([e.value for e in ours.information]))
        what = pictures.columns[most].name
        rest = beside(found, lambda score: f"{score.information[most].value:.2f}")
        told = ours.information[most].value
        words = pictures.columns[most].words
        bound = f" of at most {np.log(len(words)):.2f}" if words else ""
        return f"On {n} unseen pictures the VAE's code tells most of **{what}**: {told:.2f} nats{bound} ({rest})."
    if ours.accuracy is None:
        return "These pictures have neither factors nor classes: nothing true is known to compare the codes with."
    rest = beside(found, lambda score: f"{score.accuracy.value:.0%}" if score.accuracy else "")
    labels = np.asarray(pictures.labels)[found.rows]
    return (
        f"No true factors are known here; what can be said is how well classes lie apart: {neighbours_words()} in the "
        f"VAE's code for **{ours.accuracy.value:.0%}** of {n} unseen pictures ({rest}; guessing "
        f"{neighbours.chance(labels):.0%})."
    )


def neighbours_words() -> str:
    """What the accuracy counts."""
    return "the 5 nearest neighbours say the right class"


def beside(found: Compared, say: Callable[[Score], str]) -> str:
    """A score of each of the other codes in words, "…" while it is not known."""
    others = [name for name in (PCA, AE) if name in found.names]
    return ", ".join(f"{name} {say(found.scores[name]) if name in found.scores else PENDING}" for name in others)


def and_(names: list[str]) -> str:
    """Names as a list in words."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def scored(found: Compared, pictures: Pictures) -> pd.DataFrame | None:
    """The scores as a table, a row a model from the start; None where nothing true is known."""
    rows = []
    for name in found.names:
        one, row = found.scores.get(name), {"code": name}
        if numeric(pictures):
            row["Procrustes R²"] = f"{one.procrustes:.3f}" if one else PENDING
        for j, column in enumerate(pictures.columns):
            row[f"I({column.name}) (nats)"] = numbers.estimate(one.information[j]) if one else PENDING
        if pictures.labels is not None:
            right = one.accuracy if one else None
            row["5 nearest, class"] = f"{right.value:.3f} ± {right.error:.3f}" if right else PENDING
        rows.append(row)
    return pd.DataFrame(rows) if len(rows[0]) > 1 else None


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
