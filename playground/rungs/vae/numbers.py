"""Numbers of a VAE: the identities it must keep, and its score on unseen pictures beside three classical densities."""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from core.check import Check
from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae import scores as vae_scores
from core.vae.model import VAE
from core.vae.scores import Row
from core.vae.truth import checks
from playground import session
from playground.rungs.em import numbers
from playground.rungs.fit1.panels.families import watch
from playground.rungs.vae import seen
from playground.runs import runs
from playground.runs.jobs import Progress
from playground.shelf.picture import Chosen

ANCHORS = ("VAE", "VAE, ELBO", "PCA (probabilistic)", "Mixture of Gaussians", "Kernels (KDE)")


def panel(
    name: str, model: VAE, pictures: Pictures, chosen: Chosen, label: np.ndarray | None, of: str, key: Key
) -> None:
    """The self-test strip at the left, the scores at the right; `of` names the model."""
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        self_test(name, model, pictures, chosen, label, of, key / "checks")
    with right:
        scores(name, model, pictures, of, key / "scores")


def self_test(
    name: str, model: VAE, pictures: Pictures, chosen: Chosen, label: np.ndarray | None, of: str, key: Key
) -> None:
    """The identities, as they are worked out: of the chosen picture first, and of test pictures."""
    st.markdown("**Self-test** of the model on show")

    def steps() -> Iterator[Step[tuple[Check, ...]]]:
        rows = pictures.split.test[: checks.FEW - 1]
        x = np.concatenate([chosen.x[None], seen.images(pictures, rows)])
        told = seen.told(model, pictures, rows)
        labels = None if told is None or label is None else np.concatenate([label[None], told])
        found: tuple[Check, ...] = ()
        for i, one in enumerate(checks.of_vae(model, x, key, labels)):
            found = (*found, one)
            yield Step(i, found)

    what = (pictures.digest, of, chosen.id, None if label is None else tuple(label))
    run = runs.open_run(f"{name}.checks", what, "", steps)

    def draw(progress: Progress) -> None:
        if len(run.job.trace):
            st.markdown(numbers.self_test(run.job.trace[-1].state))
        elif progress.alive:
            st.caption("Testing...")

    watch(run, draw)


def scores(name: str, model: VAE, pictures: Pictures, of: str, key: Key) -> None:
    """The table of scores, growing."""
    st.markdown("**Unseen pictures**, nats each; more is better")
    if problem := vae_scores.comparable(model, pictures):
        st.caption(f"{problem} Choose `categorical` (up to 64 grey levels) or `logistic`, or the handwritten digits.")
        return
    labels = seen.told(model, pictures, np.arange(len(pictures)))
    shared = judged(seen.fingerprint(model), pictures.digest)

    def steps() -> Iterator[Step[tuple[Row, ...]]]:
        if shared:
            yield shared[-1]
            return
        for step in vae_scores.rank(model, pictures, key, labels):
            yield step
        shared.append(step)

    run = runs.open_run(f"{name}.scores", (pictures.digest, of), "", steps)

    def draw(progress: Progress) -> None:
        rows: tuple[Row, ...] = run.job.trace[-1].state if len(run.job.trace) else ()
        if rows:
            st.markdown(table(rows))
        if progress.alive:
            st.caption(f"{len(rows)} of {len(ANCHORS)} judged...")
        elif rows:
            test = min(len(pictures.split.test), vae_scores.TESTED)
            st.caption(
                f"log p(x) of {test} test pictures that no choice was made by, with standard errors. *exact*: by quadrature "
                "over the latent plane. *bound*: the true number is at least this; densities by uniform noise in each pixel. "
                "What a model chose, it chose on the validation pictures."
            )

    watch(run, draw)


@st.cache_resource(max_entries=64, show_spinner=False)
def judged(model: str, pictures: str) -> list[Step[tuple[Row, ...]]]:
    """The finished table of a model and a set, by their digests, for everybody: empty until somebody's job has made it."""
    return []


def table(rows: tuple[Row, ...]) -> str:
    """The scores as Markdown."""
    lines = ["| model | nats per picture | |", "|---|--:|---|"]
    for row in rows:
        badge = f":{'green' if row.kind == 'exact' else 'orange'}-badge[{row.kind}]"
        score = numbers.estimate(row.score).replace(" ", chr(0xA0))
        lines.append(f"| {row.model} | **{score}** | {badge} {session.plain(row.note)} |")
    return "\n".join(lines)
