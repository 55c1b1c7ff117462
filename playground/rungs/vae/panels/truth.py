"""The truth beside a VAE: the exact log p(x) and posterior of one picture, what the bound loses there, and where it loses it.

With more than two latent dimensions there is no quadrature, and the importance-weighted bound stands in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.check import Check
from core.data.images import Pictures
from core.evaluation.metrics import Estimate, mean
from core.key import Key
from core.process import Step
from core.vae.model import VAE
from core.vae.truth import exact
from core.vae.truth import gap as vae_gap
from core.vae.truth.exact import Grid, Posterior
from core.vae.truth.gap import Gap
from playground import session
from playground.instruments.stage import Curves, Ellipses, Field, Layer, Scene
from playground.rungs.em import numbers
from playground.rungs.fit1.panels.families import watch
from playground.rungs.vae import charts, seen
from playground.runs import film, runs
from playground.runs.jobs import Progress

VIEW = 121  # nodes a side of the posterior as it is drawn
REACH = 3.7  # standard deviations of q and of the posterior that the picture holds
TOLERANCE = 1e-3  # nats, of the identity
JUDGED = 100  # test pictures, at most
SIDE = 81  # of the quadrature over the test set
SCORE = "A Bernoulli likelihood of grey pixels is a score: comparable between models like this one, not with others."
DRAWS = ((1, 256), (10, 64), (100, 16), (1000, 8))  # k of a bound, and how often it is drawn afresh


@dataclass(frozen=True)
class Truth:
    """One picture: its `posterior` by quadrature, q's `mean` and `log_var` (d,), and `elbo` without a grid, nats.

    `density` is p(z given x) at `view`, an even grid that is as wide as high; `gap` comes last.
    """

    posterior: Posterior
    mean: Float[np.ndarray, " d"]
    log_var: Float[np.ndarray, " d"]
    elbo: float
    view: Grid
    density: Float[np.ndarray, "..."]
    gap: Gap | None = None

    @property
    def covariance(self) -> Float[np.ndarray, "d d"]:
        """The covariance of q."""
        return np.diag(np.exp(self.log_var))

    @property
    def check(self) -> Check:
        """log p(x) - ELBO - KL(q, p), which is 0; the ELBO is by points laid over q, the others by the posterior's."""
        difference = self.posterior.log_prob - self.elbo - self.posterior.divergence
        return Check("log p(x) - ELBO - KL(q, p)", difference, 0.0, TOLERANCE)


@dataclass(frozen=True)
class Gaps:
    """The split over some pictures, nats."""

    approximation: Float[np.ndarray, " m"]
    amortisation: Float[np.ndarray, " m"]


def steps(model: VAE, x: Float[np.ndarray, "c h w"], label: np.ndarray | None) -> Iterator[Step[Truth]]:
    """The truth of one picture, then its gap split too."""
    labels = None if label is None else label[None]
    found = exact.posterior(model, x, label)
    average, log_var = (a[0] for a in model.encode(x[None], labels))
    view = square(found, average, log_var)
    density = np.exp(exact.log_joint(model, x[None], view.points, labels)[0] - found.log_prob)
    elbo = float(exact.quadrature_elbo(model, x[None], labels)[0])
    truth = Truth(found, average, log_var, elbo, view, density.reshape([VIEW] * model.latent))
    yield Step(0, truth)
    yield Step(1, replace(truth, gap=vae_gap.split(model, x, label)))


def square(found: Posterior, average: Float[np.ndarray, " d"], log_var: Float[np.ndarray, " d"]) -> Grid:
    """An even grid, as wide as high, that holds q and the posterior."""
    centre = found.weight @ found.points
    spread = np.sqrt(found.weight @ (found.points - centre) ** 2)
    means, sds = np.stack([centre, average]), np.stack([spread, np.exp(0.5 * log_var)])
    low, high = (means - REACH * sds).min(axis=0), (means + REACH * sds).max(axis=0)
    middle, half = (low + high) / 2, float((high - low).max()) / 2
    return exact.even(middle - half, middle + half, VIEW)


def over(model: VAE, pictures: Pictures, rows: np.ndarray) -> Iterator[Step[Gaps]]:
    """The split of one picture after the other."""
    found: list[Gap] = []
    for row in rows:
        label = seen.told(model, pictures, np.array([row]))
        image = seen.images(pictures, np.array([row]))[0]
        found.append(vae_gap.split(model, image, None if label is None else label[0], side=SIDE))
        gaps = Gaps(np.array([g.approximation for g in found]), np.array([g.amortisation for g in found]))
        yield Step(len(found), gaps, metrics={"progress": len(found) / len(rows)})


def bounds(
    model: VAE, x: Float[np.ndarray, "c h w"], labels: np.ndarray | None, key: Key
) -> Iterator[Step[dict[int, Estimate]]]:
    """The importance-weighted bound with more and more draws, each with its standard error over repeats."""
    found: dict[int, Estimate] = {}
    for k, times in DRAWS:
        told = None if labels is None else np.repeat(labels, times, axis=0)
        found |= {k: mean(model.iwae(np.repeat(x[None], times, axis=0), key / k, k, told))}
        yield Step(len(found), dict(found))


def panel(name: str, model: VAE, pictures: Pictures, chosen: int, key: Key) -> None:
    """The truth of the chosen picture, and the gap over the test set."""
    row = np.array([chosen])
    x, labels = seen.images(pictures, row)[0], seen.told(model, pictures, row)
    spec = (pictures.digest, seen.fingerprint(model), chosen)
    if model.latent > 2:
        weighted(name, spec, partial(bounds, model, x, labels, key / "bound"), model.latent)
        return
    run = runs.open_run(f"{name}.truth", spec, "", partial(steps, model, x, None if labels is None else labels[0]))

    def draw(progress: Progress) -> None:
        if not len(run.job.trace):
            if progress.alive:
                st.caption("Working out log p(x) on a grid over the latent space...")
            return
        truth: Truth = run.job.trace[-1].state
        left, right = st.columns([1.35, 1], gap="large")
        with left:
            film.still(f"{name}.posterior", scene(truth, f"{name}:{run.id}"))
        with right:
            st.markdown(":green-badge[exact] by quadrature over the latent space, all but the encoder's q.")
            st.markdown(finding(truth))
            st.markdown(numbers.table("This picture", figures(truth)))
            seen.strip(x[None], "The chosen picture", width=140)
            if truth.gap is None and progress.alive:
                st.caption("Looking for the best Gaussian...")
            if model.config.likelihood == "bernoulli":
                st.caption(SCORE)

    watch(run, draw)
    split(name, run, over_test(name, spec[:2], model, pictures, key))


def figures(truth: Truth) -> list[tuple[str, str, str]]:
    """The picture's numbers."""
    check, found = truth.check, truth.posterior
    rows = [
        ("log p(x)", f"{found.log_prob:.4f}", "nats, exact"),
        ("ELBO", f"{truth.elbo:.4f}", "nats, a bound"),
        ("log p(x) - ELBO", f"{found.log_prob - truth.elbo:.4f}", "nats"),
        ("KL(q, p)", f"{found.divergence:.4f}", "nats"),
        ("their difference", f"{check.value:.1e}", f"{'✓ holds' if check.holds else '✗ broken'} to {TOLERANCE:g}"),
    ]
    if truth.gap is not None:
        rows.append(("approximation", f"{truth.gap.approximation:.4f}", "nats, the Gaussian's shape"))
        rows.append(("amortisation", f"{truth.gap.amortisation:.4f}", "nats, the encoder's guess"))
    return rows


def finding(truth: Truth) -> str:
    """What the numbers say of this picture, in a sentence."""
    lost = truth.posterior.log_prob - truth.elbo
    if truth.gap is None:
        return f"The bound loses **{lost:.3f} nats** on this picture, as much as q is away from the true posterior."
    share = truth.gap.amortisation / max(truth.gap.amortisation + truth.gap.approximation, 1e-12)
    who = "the encoder's guess" if share > 0.5 else "the Gaussian's shape"
    return f"The bound loses **{lost:.3f} nats** on this picture, {max(share, 1 - share):.0%} of it by {who}."


def scene(truth: Truth, name: str) -> Scene:
    """The true posterior, green, with the encoder's q over it, orange, and the best Gaussian, pink, to scale."""
    bounds = [[float(axis[0]), float(axis[-1])] for axis in truth.view.axes]
    if len(bounds) == 1:
        return on_line(truth, bounds[0], name)
    layers: list[Layer] = [
        Field(
            name="posterior",
            label="True posterior p(z given x)",
            role="truth",
            values=truth.density.T,
            vmax=float(truth.density.max()),
            log=True,
        ),
        Ellipses(name="q", label="Encoder's q, 1 and 2 sd", role="model", **gaussian(truth.mean, truth.covariance)),
    ]
    if truth.gap is not None:
        best = gaussian(truth.gap.best.mean, truth.gap.best.covariance)
        layers.insert(1, Ellipses(name="best", label="Best such Gaussian", role="hand", **best))
    alt = f"True posterior of one picture; the encoder's q is {truth.posterior.divergence:.3f} nats away from it"
    return Scene(name, bounds, layers, seen.AXES, alt=alt)


def gaussian(average: np.ndarray, covariance: np.ndarray) -> dict[str, Any]:
    """One Gaussian as the arrays of an Ellipses layer."""
    return {"mean": average[None], "cov": covariance[None]}


def on_line(truth: Truth, bounds: list[float], name: str) -> Scene:
    """The same for one latent dimension."""
    z = truth.view.points
    q = np.exp(exact.normal(z, truth.mean, truth.log_var))
    top = 1.15 * max(float(truth.density.max()), float(q.max()))
    layers: list[Layer] = [
        Curves(name="posterior", label="True posterior p(z given x)", role="truth", x=z[:, 0], y=truth.density[None]),
        Curves(name="q", label="Encoder's q", role="model", x=z[:, 0], y=q[None]),
    ]
    return Scene(name, [bounds, [0.0, top]], layers, (seen.AXES[0], "density"), alt="True posterior and q")


def over_test(name: str, spec: tuple[str, ...], model: VAE, pictures: Pictures, key: Key) -> runs.Run | None:
    """The job that splits the gap over the test set, once it is asked for."""
    asked = f"{name}.over"
    rows = (key / "over").generator().permutation(pictures.split.test)[:JUDGED]
    wanted = session.recall(asked, lambda: None) == spec
    if not wanted:
        st.button(
            f"Split the gap over {len(rows)} test pictures",
            on_click=session.hold,
            args=(asked, spec),
            key=asked,
            icon=":material/stacked_bar_chart:",
        )
        return None
    return runs.open_run(asked, (*spec, key), "", partial(over, model, pictures, rows))


def split(name: str, run: runs.Run, test: runs.Run | None) -> None:
    """The gap in its two parts as bars: of this picture, and of the test set's mean."""

    def draw(progress: Progress) -> None:
        truth = run.job.trace[-1].state if len(run.job.trace) else None
        gap = truth.gap if truth else None
        step = test.job.trace[-1] if test and len(test.job.trace) else None
        parts = {}
        if gap is not None:
            parts["this picture"] = (Estimate(gap.approximation, np.nan), Estimate(gap.amortisation, np.nan))
        if step is not None:
            found: Gaps = step.state
            n = len(found.approximation)
            parts[f"{n} test pictures"] = (mean(found.approximation), mean(found.amortisation))
            if progress.alive and test is not None:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.progress(step.metrics["progress"], f"{n} test pictures split.")
                    st.button("Cancel", on_click=test.job.cancel, key=f"{name}.cancel", icon=":material/stop:")
            st.markdown(over_words(found))
        if parts:
            alt = "Approximation and amortisation gap in nats"
            st.altair_chart(charts.split(parts, session.dark()), key=f"{name}.split", alt=alt)

    watch(test if test is not None else run, draw)


def over_words(found: Gaps) -> str:
    """What the test pictures say, in a sentence."""
    a, b = mean(found.approximation), mean(found.amortisation)
    total = numbers.estimate(mean(found.approximation + found.amortisation))
    larger = "the encoder" if b.value > a.value else "the Gaussian's shape"
    return (
        f"Over {len(found.approximation)} test pictures the bound loses **{total} nats** on average: "
        f"{numbers.estimate(a)} by the Gaussian's shape (approximation) and {numbers.estimate(b)} by the encoder "
        f"(amortisation); mostly {larger}. Standard errors."
    )


def weighted(name: str, spec: tuple[Any, ...], job: Any, latent: int) -> None:
    """The importance-weighted bound of the chosen picture, over its number of draws."""
    run = runs.open_run(f"{name}.bound", spec, "", job)

    def draw(progress: Progress) -> None:
        if not len(run.job.trace):
            return
        found: dict[int, Estimate] = run.job.trace[-1].state
        k = max(found)
        gained = found[k].value - found[1].value
        st.markdown(
            f":orange-badge[bound] {latent} latent dimensions are too many for a grid: log p(x) is bounded from below, in "
            "expectation, by k weighted draws from q."
        )
        st.markdown(
            f"With k = {k:,} the bound on this picture is **{numbers.estimate(found[k])} nats** (standard error over "
            f"repeats), {gained:.2f} nats above the ELBO, which is k = 1."
        )
        st.altair_chart(charts.bound(found, session.dark()), key=f"{name}.bound", alt="The bound over k draws")
        if progress.alive:
            st.caption("Drawing more...")

    watch(run, draw)
