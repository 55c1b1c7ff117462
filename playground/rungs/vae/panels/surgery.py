"""Surgery on the bound: what the KL is made of, what the holes of the aggregate posterior decode to, and collapse over beta."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.check import Check
from core.data.images import Pictures
from core.evaluation.metrics import Estimate
from core.key import Key
from core.process import Step
from core.vae.latent import surgery
from core.vae.latent.surgery import Surgery
from core.vae.model import VAE
from playground import plot, session
from playground.rungs.vae import seen
from playground.rungs.vae.panels.parts import bars, collapse, holes
from playground.rungs.vae.panels.parts.holes import Codes
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import numbers, vega
from playground.shown.density import paint
from playground.shown.numbers import nice
from playground.shown.vega import Part, axis, layer, number, word

CODED = 2000  # training pictures whose posteriors make q(z), at most
HALF = 3.5  # prior standard deviations that the plane shows
SIGMAS = 4  # standard errors that the identity may be off
HOLES = 5
SUMMANDS = {"mutual information": "data", "KL(q(z), p(z))": "model"}  # what the mean KL adds up from, and its colour
CEILING = 0.5  # nats under log n, where the number of pictures hides how much is known


@dataclass(frozen=True)
class Opened:
    """Posteriors of training pictures `rows`, the `parts` of their KL and, in the plane, the `codes` with their holes."""

    rows: np.ndarray
    means: Float[np.ndarray, "n d"]
    log_vars: Float[np.ndarray, "n d"]
    parts: Surgery
    codes: Codes | None = None

    @property
    def check(self) -> Check:
        """The two parts add up to the mean KL, but for the noise of their draws."""
        both = self.parts.information, self.parts.marginal
        error = float(np.hypot(both[0].error, both[1].error))
        found = both[0].value + both[1].value
        return Check("information + KL(q(z), p(z))", found, self.parts.kl, SIGMAS * error)


def show(screen: Screen, step: Step[VAE]) -> None:
    """The parts of the KL, the holes, and the sweep."""
    model, pictures = step.state, screen.pictures
    run = runs.open_run(
        f"{NAME}.surgery", screen.spec(step), "", partial(steps, model, pictures, screen.key / "surgery")
    )

    def draw(newest: Step[Opened] | None, progress: Progress) -> None:
        if newest is None:
            return
        parts(newest.state)
        if newest.state.codes is not None:
            holes.draw(f"{NAME}:{run.id}", newest.state.codes, screen, model)
        elif progress.alive and model.latent == 2:
            st.caption("Looking for holes in the codes...")
        elif model.latent != 2:
            st.caption(f"Holes are shown in a plane; this model has {model.latent} latent dimensions.")

    with st.container(key="place surgery"):
        watch(run, draw)
    collapse.draw(screen, step)


def steps(model: VAE, pictures: Pictures, key: Key) -> Iterator[Step[Opened]]:
    """The parts of the KL, then the plane with its holes where there is one."""
    rows = seen.some(pictures.split.train, CODED, key / "rows")
    means, log_vars = model.encode(seen.images(pictures, rows), seen.told(model, pictures, rows))
    opened = Opened(rows, means, log_vars, surgery.surgery(means, log_vars, key / "draws"))
    yield Step(0, opened)
    if model.latent == 2:
        grid, log_all = surgery.aggregate(means, log_vars, HALF)
        found = tuple(surgery.holes(grid, log_all, HOLES))
        yield Step(1, replace(opened, codes=Codes(rows, means, log_vars, grid, log_all, found)))


def parts(opened: Opened) -> None:
    """The mean KL as the sum of its parts, and how much each dimension holds."""
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        st.markdown(finding(opened))
        bar = bars.stacked({"mean KL": summands(opened)}, SUMMANDS, "nats per picture", session.dark())
        plot.show(bar, key=f"{NAME}.parts", alt=f"Mean KL {opened.parts.kl:.2f} nats in its two parts")
        each = surgery.mean_divergence(opened.means, opened.log_vars)
        awake = surgery.active(opened.means)
        drawn = dimensions(each, awake, session.dark())
        plot.show(drawn, key=f"{NAME}.dimensions", alt=f"{awake.sum()} of {len(awake)} dimensions are active")
    with right:
        figures(opened)


def summands(opened: Opened) -> dict[str, Estimate]:
    """The two parts of the mean KL by their names."""
    return dict(zip(SUMMANDS, (opened.parts.information, opened.parts.marginal), strict=True))


def figures(opened: Opened) -> None:
    """The parts as a table, and what limits them."""
    found, check, n = opened.parts, opened.check, len(opened.means)
    rows = [
        ("mean KL(q(z given x), p(z))", f"{found.kl:.3f}", "nats, exact"),
        ("mutual information", numbers.estimate(found.information), f"nats, at most log n = {np.log(n):.2f}"),
        ("KL(q(z), p(z))", numbers.estimate(found.marginal), "nats"),
        ("their sum", f"{check.value:.3f}", "✓ the mean KL" if check.holds else "✗ not the mean KL"),
    ]
    st.markdown(numbers.table(f"Over {n:,} training pictures", rows))
    st.caption(
        "The parts are averages over draws, with standard errors; the sum may be off by "
        f"{numbers.plain_power(check.tolerance, 2)}."
    )
    if np.log(n) - found.information.value < CEILING:
        st.caption(
            f"The information is at its ceiling, log n: {n:,} pictures cannot show more. With more of them, more of the KL "
            "would count as information and less as distance from the prior."
        )


def finding(opened: Opened) -> str:
    """What the parts say, in a sentence."""
    share = opened.parts.information.value / max(opened.parts.kl, 1e-12)
    awake = surgery.active(opened.means)
    return (
        f"Of **{opened.parts.kl:.2f} nats** of KL, {share:.0%} tell which picture it was; the rest is how far the codes "
        f"together are from the prior. {awake.sum()} of {len(awake)} dimensions are active."
    )


def dimensions(divergence: Float[np.ndarray, " d"], awake: Sequence[bool] | np.ndarray, dark: bool) -> Part:
    """The mean KL of each latent dimension, the active ones in the model's colour."""
    names = [f"z{i + 1}" for i in range(len(divergence))]
    table = {"z": names, "nats": divergence, "state": np.where(awake, "active", "asleep").tolist()}
    top = nice(1.15 * max(float(divergence.max()), 0.1))
    at = {
        "x": axis("nats", "mean KL of the dimension (nats)", (0, top), axis={"tickCount": 6}),
        "y": word("z", title=None, sort=names),
        "tooltip": [word("z"), word("state"), number("nats", format=".3f")],
    }
    colours = {"domain": ["active", "asleep"], "range": [paint("model", dark), paint("noise", dark)]}
    said = {"text": word("state"), "color": {"value": paint("quiet", dark)}, "opacity": {"value": 1}}
    layers = [
        layer("bar", table, at | {"color": word("state", scale=colours, legend=None)}, height={"band": 0.62}),
        layer("text", table, at | said, align="left", dx=5),
    ]
    return vega.layers(layers, 24 * len(names) + 64)
