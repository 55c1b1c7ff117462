"""Surgery on the bound: what the KL is made of, what the holes of the aggregate posterior decode to, and collapse over beta."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.check import Check
from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae import sweep as vae_sweep
from core.vae.latent import surgery
from core.vae.latent.surgery import Hole, Surgery
from core.vae.model import VAE
from core.vae.truth.exact import Grid
from playground import session
from playground.rungs.em import numbers
from playground.rungs.fit1.panels.families import watch
from playground.rungs.vae import charts as vae_charts
from playground.rungs.vae import holes as vae_holes
from playground.rungs.vae import seen as vae_seen
from playground.runs import runs
from playground.runs.jobs import Progress

CODED = 2000  # training pictures whose posteriors make q(z), at most
HALF = 3.5  # prior standard deviations that the plane shows
SIGMAS = 4  # standard errors that the identity may be off
HOLES = 5
CEILING = 0.5  # nats under log n, where the number of pictures hides how much is known
SWEPT, EPOCHS = 1500, 30


@dataclass(frozen=True)
class Seen:
    """Posteriors of training pictures `rows`, the `parts` of their KL and, in the plane, `log_all` = log q(z) and `holes`."""

    rows: np.ndarray
    means: Float[np.ndarray, "n d"]
    log_vars: Float[np.ndarray, "n d"]
    parts: Surgery
    grid: Grid | None = None
    log_all: Float[np.ndarray, "s s"] | None = None
    holes: tuple[Hole, ...] = ()

    @property
    def check(self) -> Check:
        """The two parts add up to the mean KL, but for the noise of their draws."""
        both = self.parts.information, self.parts.marginal
        error = float(np.hypot(both[0].error, both[1].error))
        found = both[0].value + both[1].value
        return Check("information + KL(q(z), p(z))", found, self.parts.kl, SIGMAS * error)


def steps(model: VAE, pictures: Pictures, key: Key) -> Iterator[Step[Seen]]:
    """The parts of the KL, then the plane with its holes where there is one."""
    rows = vae_seen.some(pictures.split.train, CODED, key / "rows")
    means, log_vars = model.encode(vae_seen.images(pictures, rows), vae_seen.told(model, pictures, rows))
    seen = Seen(rows, means, log_vars, surgery.surgery(means, log_vars, key / "draws"))
    yield Step(0, seen)
    if model.latent == 2:
        grid, log_all = surgery.aggregate(means, log_vars, HALF)
        found = tuple(surgery.holes(grid, log_all, HOLES))
        yield Step(1, replace(seen, grid=grid, log_all=log_all, holes=found))


def sweep(model: VAE, pictures: Pictures, key: Key) -> Iterator[Step[tuple[float, ...]]]:
    """Models of several betas trained together; what they learned is kept, the models are not."""
    rows = vae_seen.some(pictures.split.train, SWEPT, key / "rows")
    config = replace(model.config, epochs=EPOCHS, warmup=0, free=0.0, code="sampled")
    x, labels = vae_seen.images(pictures, rows), vae_seen.told(model, pictures, rows)
    for step in vae_sweep.fit(config, x, key / "fit", labels=labels):
        kept = {name: step.arrays[name] for name in ("reconstruction", "kl", "activity")}
        yield Step(step.index, step.state.betas, arrays=kept)


def panel(name: str, model: VAE, pictures: Pictures, chosen: int, key: Key) -> None:
    """The parts of the KL, the holes, and the sweep."""
    spec = (pictures.digest, vae_seen.fingerprint(model), key)
    run = runs.open_run(f"{name}.surgery", spec, "", partial(steps, model, pictures, key / "surgery"))

    def draw(progress: Progress) -> None:
        if not len(run.job.trace):
            return
        seen: Seen = run.job.trace[-1].state
        parts(name, seen)
        if seen.log_all is not None:
            assert seen.grid is not None
            codes = seen.rows, seen.means, seen.log_vars
            vae_holes.panel(f"{name}:{run.id}", codes, seen.grid, seen.log_all, seen.holes, model, pictures, chosen)
        elif progress.alive and model.latent == 2:
            st.caption("Looking for holes in the codes...")
        elif model.latent != 2:
            st.caption(f"Holes are shown in a plane; this model has {model.latent} latent dimensions.")

    watch(run, draw)
    over_beta(name, spec, model, pictures, key)


def parts(name: str, seen: Seen) -> None:
    """The mean KL as the sum of its parts, and how much each dimension holds."""
    found, check = seen.parts, seen.check
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        st.markdown(finding(seen))
        rows = {"mean KL": {"mutual information": found.information, "KL(q(z), p(z))": found.marginal}}
        roles = {"mutual information": "data", "KL(q(z), p(z))": "model"}
        bar = vae_charts.stacked(rows, roles, "nats per picture", session.dark())
        st.altair_chart(bar, key=f"{name}.parts", alt=f"Mean KL {found.kl:.2f} nats in its two parts")
        each = surgery.mean_divergence(seen.means, seen.log_vars)
        awake = surgery.active(seen.means)
        drawn = vae_charts.dimensions(each, awake, session.dark())
        st.altair_chart(drawn, key=f"{name}.dimensions", alt=f"{awake.sum()} of {len(awake)} dimensions are active")
    n = len(seen.means)
    right.markdown(
        numbers.table(
            f"Over {n:,} training pictures",
            [
                ("mean KL(q(z given x), p(z))", f"{found.kl:.3f}", "nats, exact"),
                ("mutual information", numbers.estimate(found.information), f"nats, at most log n = {np.log(n):.2f}"),
                ("KL(q(z), p(z))", numbers.estimate(found.marginal), "nats"),
                ("their sum", f"{check.value:.3f}", "✓ the mean KL" if check.holds else "✗ not the mean KL"),
            ],
        )
    )
    right.caption(
        f"The parts are averages over draws, with standard errors; the sum may be off by {check.tolerance:.2g}."
    )
    if np.log(n) - found.information.value < CEILING:
        right.caption(
            f"The information is at its ceiling, log n: {n:,} pictures cannot show more. With more of them, more of the KL "
            "would count as information and less as distance from the prior."
        )


def finding(seen: Seen) -> str:
    """What the parts say, in a sentence."""
    share = seen.parts.information.value / max(seen.parts.kl, 1e-12)
    awake = surgery.active(seen.means)
    return (
        f"Of **{seen.parts.kl:.2f} nats** of KL, {share:.0%} tell which picture it was; the rest is how far the codes together "
        f"are from the prior. {awake.sum()} of {len(awake)} dimensions are active."
    )


def over_beta(name: str, spec: tuple[object, ...], model: VAE, pictures: Pictures, key: Key) -> None:
    """Models of several betas, trained together once they are asked for."""
    asked = f"{name}.sweep"
    betas = ", ".join(f"{beta:g}" for beta in vae_sweep.BETAS)
    words = f"Train betas {betas} together"
    st.button(words, on_click=session.hold, args=(asked, spec), key=asked, icon=":material/ssid_chart:")
    if session.recall(asked, lambda: None) != spec:
        st.caption(f"Same start, same batches, {EPOCHS} epochs on at most {SWEPT:,} pictures; only beta differs.")
        return
    run = runs.open_run(asked, spec, "", partial(sweep, model, pictures, key / "sweep"))

    def draw(progress: Progress) -> None:
        if not len(run.job.trace):
            return
        step = run.job.trace[-1]
        if progress.alive:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.progress(step.index / EPOCHS, f"Epoch {step.index} of {EPOCHS}, all betas together.")
                st.button("Cancel", on_click=run.job.cancel, key=f"{name}.cancel", icon=":material/stop:")
        st.markdown(collapse(step))
        charts = vae_charts.over_beta(step, session.dark())
        for where, (title, chart) in zip(st.columns(3, gap="medium"), charts.items(), strict=True):
            where.altair_chart(chart, key=f"{name}.{title}", alt=f"{title} over beta")

    watch(run, draw)


def collapse(step: Step[tuple[float, ...]]) -> str:
    """What the sweep says, in a sentence."""
    awake = (step.arrays["activity"] > surgery.ACTIVE).sum(axis=1)
    betas, latent = np.array(step.state), step.arrays["activity"].shape[1]
    whole, dead = betas[awake == latent], betas[awake == 0]
    said = (
        f"All {latent} dimensions are active up to beta = {whole.max():g}"
        if len(whole)
        else "Some dimension always sleeps"
    )
    if not len(dead):
        return f"After {step.index} epochs: {said}, and nowhere have all collapsed."
    kl = step.arrays["kl"][awake == 0].max()
    return f"After {step.index} epochs: {said}; from beta = {dead.min():g} on it has **collapsed** (KL {kl:.2g} nats)."
