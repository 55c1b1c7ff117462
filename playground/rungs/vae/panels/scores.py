"""The model's score on unseen pictures, beside three classical densities on the same split."""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from core.process import Step
from core.vae import scores
from core.vae.model import VAE
from core.vae.scores import Row
from playground import session
from playground.rungs.vae import seen
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import numbers

ANCHORS = ("VAE", "VAE, ELBO", "PCA (probabilistic)", "Mixture of Gaussians", "Kernels (KDE)")
Rows = tuple[Row, ...]


def show(screen: Screen, step: Step[VAE]) -> None:
    """The table of scores, growing."""
    st.markdown("**Unseen pictures**, nats each; more is better")
    if problem := scores.comparable(step.state, screen.pictures):
        st.caption(f"{problem} Choose `categorical` (up to 64 grey levels) or `logistic`, or the handwritten digits.")
        return
    run = runs.open_run(f"{NAME}.scores", screen.spec(step), "", lambda: ranked(screen, step.state), of=screen.stored)
    test = min(len(screen.pictures.split.test), scores.TESTED)
    watch(run, lambda newest, progress: draw(newest, progress, test))


def ranked(screen: Screen, model: VAE) -> Iterator[Step[Rows]]:
    """The scores so far, a Step after each part of the work."""
    pictures = screen.pictures
    labels = seen.told(model, pictures, np.arange(len(pictures)))
    return scores.rank(model, pictures, screen.key / "scores", labels)


def draw(newest: Step[Rows] | None, progress: Progress, test: int) -> None:
    """The scores as far as they are known, of so many `test` pictures."""
    rows: Rows = newest.state if newest else ()
    st.markdown(table(rows))
    if progress.alive:
        st.caption(f"{len(rows)} of {len(ANCHORS)} judged...")
    elif rows:
        st.caption(
            f"log p(x) of {test} test pictures that no choice was made by, with standard errors. *exact*: by quadrature "
            "over the latent plane. *bound*: the true number is at least this; densities by uniform noise in each pixel. "
            "What a model chose, it chose on the validation pictures."
        )


def table(rows: Rows) -> str:
    """The scores as Markdown; each has its line before it is known, so that nothing moves when it comes."""
    lines = ["| model | nats per picture | |", "|---|--:|---|"]
    known = {("VAE" if row.model.startswith("VAE, IWAE") else row.model): row for row in rows}
    for model in ANCHORS:
        if (row := known.get(model)) is None:
            lines.append(f"| {model} | … | |")
            continue
        badge = f":{'green' if row.kind == 'exact' else 'orange'}-badge[{row.kind}]"
        score = numbers.estimate(row.score).replace(" ", chr(0xA0))
        lines.append(f"| {row.model} | **{score}** | {badge} {session.plain(row.note)} |")
    return "\n".join(lines)
