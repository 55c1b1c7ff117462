"""The truth beside a VAE: the exact log p(x) and posterior of one picture, and what the bound loses there.

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
from core.process import Step
from core.vae.model import VAE
from core.vae.truth import exact
from core.vae.truth import gap as core_gap
from core.vae.truth.exact import Posterior
from core.vae.truth.gap import Gap
from core.vae.truth.lattice import Grid, even
from playground.instruments.stage import Curves, Ellipses, Field, Layer, Scene
from playground.rungs.vae import seen
from playground.rungs.vae.panels.parts import bound, gap
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import film, runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import numbers

VIEW = 121  # nodes a side of the posterior as it is drawn
REACH = 3.7  # standard deviations of q and of the posterior that the picture holds
TOLERANCE = 1e-3  # nats, of the identity
SCORE = "A Bernoulli likelihood of grey pixels is a score: comparable between models like this one, not with others."


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


def show(screen: Screen, step: Step[VAE]) -> None:
    """The truth of the chosen picture, and the gap over the test set."""
    model, row = step.state, np.array([screen.row])
    x, labels = seen.images(screen.pictures, row)[0], seen.told(model, screen.pictures, row)
    spec = (*screen.spec(step), screen.row)
    if model.latent > 2:
        return bound.draw(model, x, labels, spec, screen.key / "bound")
    label = None if labels is None else labels[0]
    run = runs.open_run(f"{NAME}.truth", spec, "", partial(steps, model, x, label), of=screen.stored)

    def draw(newest: Step[Truth] | None, progress: Progress) -> None:
        assert newest is not None
        left, right = st.columns([1.35, 1], gap="large")
        with left.container(key="place posterior"):
            film.still(f"{NAME}.posterior", scene(newest.state, f"{NAME}:{run.id}"))
        with right:
            told(newest.state, x, progress.alive, model.config.likelihood == "bernoulli")

    with st.container(key="place truth"):
        watch(run, draw, "Working out log p(x) on a grid over the latent space...")
    gap.draw(screen, step, run)


def told(truth: Truth, x: Float[np.ndarray, "c h w"], alive: bool, score: bool) -> None:
    """What is known of the picture so far; `score` says that its likelihood is one."""
    st.markdown(":green-badge[exact] by quadrature over the latent space, all but the encoder's q.")
    st.markdown(finding(truth))
    st.markdown(numbers.table("This picture", figures(truth, alive)))
    seen.strip(x[None], "The chosen picture", width=140)
    if score:
        st.caption(SCORE)


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
    yield Step(1, replace(truth, gap=core_gap.split(model, x, label)))


def square(found: Posterior, average: Float[np.ndarray, " d"], log_var: Float[np.ndarray, " d"]) -> Grid:
    """An even grid, as wide as high, that holds q and the posterior."""
    centre = found.weight @ found.points
    spread = np.sqrt(found.weight @ (found.points - centre) ** 2)
    means, sds = np.stack([centre, average]), np.stack([spread, np.exp(0.5 * log_var)])
    low, high = (means - REACH * sds).min(axis=0), (means + REACH * sds).max(axis=0)
    middle, half = (low + high) / 2, float((high - low).max()) / 2
    return even(middle - half, middle + half, VIEW)


def figures(truth: Truth, alive: bool = False) -> list[tuple[str, str, str]]:
    """The picture's numbers; the parts of the gap have their rows while it is `alive`, so that nothing moves when they come."""
    check, found = truth.check, truth.posterior
    rows = [
        ("log p(x)", f"{found.log_prob:.4f}", "nats, exact"),
        ("ELBO", f"{truth.elbo:.4f}", "nats, a bound"),
        ("log p(x) - ELBO", f"{found.log_prob - truth.elbo:.4f}", "nats"),
        ("KL(q, p)", f"{found.divergence:.4f}", "nats"),
        (
            "their difference",
            numbers.plain_power(check.value, 2),
            f"{'✓ holds' if check.holds else '✗ broken'} to {numbers.plain_power(TOLERANCE, 1)}",
        ),
    ]
    if truth.gap is not None:
        rows.append(("approximation", f"{truth.gap.approximation:.4f}", "nats, the Gaussian's shape"))
        rows.append(("amortisation", f"{truth.gap.amortisation:.4f}", "nats, the encoder's guess"))
    elif alive:
        rows.append(("approximation", "…", "nats, the Gaussian's shape"))
        rows.append(("amortisation", "…", "nats, the encoder's guess"))
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
