"""Is it good? Walks held against the data, and the likelihood by the probability flow."""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from core.diffusion import walk as walks
from core.diffusion.noise.target import Denoiser
from core.diffusion.truth import quality
from core.diffusion.walk import Sampler
from core.evaluation import metrics, two_sample
from core.key import Key
from core.process import Step
from playground.rungs.diffusion.bench import Bench
from playground.rungs.diffusion.screen import Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown.numbers import estimate, plain_power, table

NAME = "diffusion.quality"
POINTS = 500  # of each sample
TESTED = 400  # points whose likelihood is worked out
PART = 50  # of them at once
TITLES = {"energy": "Energy distance", "sliced wasserstein": "Sliced Wasserstein distance"}
WIDE = "…\u2007\u2007\u2007±\u2007\u2007\u2007…"  # as wide as what comes
Rows = tuple[tuple[str, str, str], ...]


def judge(bench: Bench, denoiser: Denoiser, sampler: Sampler, learned: bool, key: Key) -> Iterator[Step[Rows]]:
    """Rows (name, value, unit), one Step for each that is found."""
    rows: Rows = ()
    for i, row in enumerate(found(bench, denoiser, sampler, learned, key)):
        rows = rows if row is None else (*rows, row)
        yield Step(i, rows)


def found(
    bench: Bench, denoiser: Denoiser, sampler: Sampler, learned: bool, key: Key
) -> Iterator[tuple[str, str, str] | None]:
    """The rows one after the other; None where others may have their turn."""
    *_, last = walks.walk(denoiser, walks.start(bench.schedule, POINTS, 2, key), key, sampler)
    x, fresh = bench.original(last.state), others(bench, key)
    for name, title in TITLES.items():
        null = two_sample.permuted(name, x / bench.scale, fresh / bench.scale, 99, key / name)
        inside = "✓ inside" if null.observed <= null.limit else "▲ outside"
        yield title, f"{null.observed:.4f}", f"{inside} the null band, which ends at {null.limit:.4f}"
    if bench.law is not None:
        covered = quality.coverage(last.state, bench.law)
        yield "Modes reached", f"{covered.reached} of {len(covered.shares)}", f"{covered.outside:.1%} outside"
    if bench.law is None and not learned:
        yield "Likelihood", "none", "the exact law of a set of points has no density without noise"
        return
    yield from by_flow(bench, denoiser, bench.standard(fresh[:TESTED]))


def awaited(bench: Bench, learned: bool) -> Rows:
    """The rows that `found` will give, in its order, so that each has its place before its value is known."""
    names = [*TITLES.values(), *(["Modes reached"] if bench.law is not None else [])]
    if bench.law is None and not learned:
        names += ["Likelihood"]
    else:
        names += ["Negative log-likelihood"]
        names += ["Entropy of the truth"] if bench.dataset.entropy is not None else []
        names += ["Error of the flow"]
    return tuple((name, WIDE if name.startswith("Negative") else "…", "") for name in names)


def by_flow(bench: Bench, denoiser: Denoiser, test: np.ndarray) -> Iterator[tuple[str, str, str] | None]:
    """The likelihood of some points by the probability flow."""
    from core.diffusion.truth import (
        likelihood,  # here, in the job: it brings torch, and the page need not wait for that
    )

    levels, off = [], []
    for part in np.array_split(test, TESTED // PART):
        told = likelihood.log_prob(denoiser, part)  # type: ignore[arg-type]
        levels.append(told.log_prob)
        off.append(told.error)
        yield None
    nll = metrics.mean(float(np.log(bench.scale).sum()) - np.concatenate(levels))
    yield "Negative log-likelihood", estimate(nll), "nats per point, by the probability flow"
    if bench.dataset.entropy is not None:
        yield "Entropy of the truth", f"{bench.dataset.entropy:.4f}", "nats, what it could be at best"
    yield "Error of the flow", plain_power(float(np.concatenate(off).mean()), 2), "nats, by half as many steps"


def others(bench: Bench, key: Key) -> np.ndarray:
    """Fresh points of the truth, or a random part of the data where it is not known."""
    truth = bench.dataset.truth
    if truth is not None:
        return truth.sample(POINTS, key / "fresh")
    points = bench.dataset.points
    return points[(key / "part").generator().permutation(len(points))[:POINTS]]


def show(screen: Screen, step: Step) -> None:
    """The panel."""
    bench, sampler, learned = screen.bench, screen.sampler, screen.moment is not None
    key = screen.key / "quality"
    spec = (bench.dataset.digest, bench.noising, sampler, screen.seed, screen.told)
    own = runs.open_run(NAME, spec, "", lambda: judge(bench, screen.denoiser, sampler, learned, key))

    def draw(newest: Step[Rows], progress: Progress) -> None:
        rows = [*newest.state, *awaited(bench, learned)[len(newest.state) :]]
        st.markdown(table(f"{sampler.solver}, {sampler.steps} steps", rows))
        against = "fresh draws of the truth" if bench.dataset.truth is not None else "the data"
        waited = " The likelihood is being worked out..." if progress.alive else ""
        st.caption(
            f"{POINTS} walks against {against}, standard units. {'Trained' if learned else 'Exact'} denoiser.{waited}"
        )

    watch(own, draw, f"Walking {POINTS} points...")
