"""Is it good? Walks and the flow's likelihood judged, and the identities that must hold for what is on screen."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import streamlit as st

from core.check import Check
from core.diffusion import walk as walks
from core.diffusion.noise.target import Denoiser
from core.diffusion.truth import quality
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import Sampler
from core.evaluation import metrics, two_sample
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Step
from playground.rungs.diffusion.bench import Bench
from playground.rungs.diffusion.screen import Screen
from playground.rungs.em.numbers import estimate, self_test, table
from playground.runs import runs
from playground.runs.runs import Run
from playground.runs.watch import watch

NAME = "diffusion.quality"
POINTS = 500  # of each sample
TESTED = 400  # points whose likelihood is worked out
PART = 50  # of them at once
SIDE = 61  # nodes an axis of the integral
TITLES = {"energy": "Energy distance", "sliced wasserstein": "Sliced Wasserstein distance"}
REACH = 4.5  # standard units that the integral covers


def judge(bench: Bench, denoiser: Denoiser, sampler: Sampler, learned: bool, key: Key) -> Iterator[Step[tuple]]:
    """Rows (name, value, unit) and Checks, one Step for each that is found; a state is (rows, checks)."""
    rows: list[tuple[str, str, str]] = []
    found: list[Check] = []
    index = 0

    def step() -> Step[tuple]:
        nonlocal index
        index += 1
        return Step(index - 1, (tuple(rows), tuple(found)))

    *_, last = walks.walk(denoiser, walks.start(bench.schedule, POINTS, 2, key), key, sampler)
    x, fresh = bench.original(last.state), others(bench, key)
    for name in ("energy", "sliced wasserstein"):
        null = two_sample.permuted(name, x / bench.scale, fresh / bench.scale, 99, key / name)
        inside = "✓ inside" if null.observed <= null.limit else "▲ outside"
        unit = f"{inside} the null band, which ends at {null.limit:.4f}"
        rows.append((TITLES[name], f"{null.observed:.4f}", unit))
        yield step()
    if bench.law is not None:
        covered = quality.coverage(last.state, bench.law)
        rows.append(("Modes reached", f"{covered.reached} of {len(covered.shares)}", f"{covered.outside:.1%} outside"))
    found += [same(bench, denoiser, key), slope(bench, key)]
    yield step()
    if bench.law is None and not learned:
        rows.append(("Likelihood", "none", "the exact law of a set of points has no density without noise"))
        yield step()
        return
    from core.diffusion.truth import (
        likelihood,  # here, because it brings torch, which a page that only looks need not wait for
    )

    test = bench.standard(fresh[:TESTED])
    levels, off = [], []
    for part in np.array_split(test, TESTED // PART):  # in parts, so that others get their turn
        told = likelihood.log_prob(denoiser, part)  # type: ignore[arg-type]
        levels.append(told.log_prob)
        off.append(told.error)
        yield step()
    nll = metrics.mean(float(np.log(bench.scale).sum()) - np.concatenate(levels))
    rows.append(("Negative log-likelihood", estimate(nll), "nats per point, by the probability flow"))
    if bench.dataset.entropy is not None:
        rows.append(("Entropy of the truth", f"{bench.dataset.entropy:.4f}", "nats, what it could be at best"))
    rows.append(("Error of the flow", f"{float(np.concatenate(off).mean()):.1e}", "nats, by half as many steps"))
    yield step()
    name, total = "flow's density integrates to 1", 0.0
    if isinstance(denoiser, ExactMixture):
        found.append(Check(name, parts(denoiser), 1.0, 0.01))
    else:
        for part in cells():
            total += mass(denoiser, part)
            yield step()
        found.append(Check(name, total, 1.0, 0.03))
    yield step()


def others(bench: Bench, key: Key) -> np.ndarray:
    """Fresh points of the truth, or a random part of the data where it is not known."""
    truth = bench.dataset.truth
    if truth is not None:
        return truth.sample(POINTS, key / "fresh")
    points = bench.dataset.points
    return points[(key / "part").generator().permutation(len(points))[:POINTS]]


def same(bench: Bench, denoiser: Denoiser, key: Key) -> Check:
    """DDIM with eta = 1 is ancestral sampling, step for step with the same noise."""
    start = walks.start(bench.schedule, 50, 2, key)
    *_, one = walks.walk(denoiser, start, key, Sampler("DDIM", 10, eta=1.0))
    *_, other = walks.walk(denoiser, start, key, Sampler("DDPM, small variance", 10))
    off = float(np.abs(one.state - other.state).max())
    return Check("DDIM with eta = 1 ends where ancestral sampling does (largest difference)", off, 0.0, 1e-9)


def slope(bench: Bench, key: Key, t: float = 0.4, h: float = 1e-5) -> Check:
    """The exact score is the slope of the exact log-density."""
    x = float(bench.schedule.size(t)) * (key / "slope").generator().standard_normal((50, 2))
    score = bench.exact.score(x, t)
    h *= float(bench.schedule.size(t))
    wanted = np.stack(
        [
            (bench.exact.log_density(x + h * e, t) - bench.exact.log_density(x - h * e, t)) / (2 * h)
            for e in np.eye(2)
        ],
        axis=1,
    )  # fmt: skip
    off = float((np.abs(score - wanted) / (1 + np.abs(score))).max())
    return Check("exact score is the slope of log p_t at t = 0.4 (largest relative difference)", off, 0.0, 1e-5)


def cells() -> list[np.ndarray]:
    """The nodes of a lattice over the square of `REACH`, in parts."""
    grid = np.linspace(-REACH, REACH, SIDE)
    return np.array_split(np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2), 16)


def mass(denoiser: Any, nodes: np.ndarray) -> float:
    """What some nodes of the lattice add to the integral of the flow's density over the square."""
    from core.diffusion.truth import likelihood

    density = np.exp(likelihood.flow(denoiser, nodes, 32)[0])
    return float(density.sum()) * (2 * REACH / (SIDE - 1)) ** 2


def parts(denoiser: ExactMixture) -> float:
    """The integral of the flow's density as E_q[p / q] over a lattice around each component of the mixture q it came from."""
    from core.diffusion.truth import likelihood

    gmm: GMM = denoiser.gmm
    node, mass = np.polynomial.hermite_e.hermegauss(12)
    nodes = np.stack([a.ravel() for a in np.meshgrid(node, node)], 1)
    weight = np.prod(np.stack([a.ravel() for a in np.meshgrid(mass, mass)], 1), axis=1) / mass.sum() ** 2
    total = 0.0
    for w, mean, covariance in zip(gmm.weights, gmm.means, gmm.covariances, strict=True):
        x = mean + nodes @ np.linalg.cholesky(covariance).T
        total += float(w * (weight @ np.exp(likelihood.log_prob(denoiser, x, 48).log_prob - gmm.log_prob(x))))
    return total


def show(screen: Screen, step: Step, run: Run) -> None:
    """The panel."""
    bench, sampler, learned = screen.bench, screen.sampler, screen.moment is not None
    key = Key(screen.seed) / "diffusion" / "quality"
    spec = (bench.dataset.digest, bench.noising, sampler, screen.seed, screen.told)
    own = runs.open_run(NAME, spec, "", lambda: judge(bench, screen.denoiser, sampler, learned, key))

    def strip(newest: Step) -> None:
        rows, found = newest.state
        st.markdown(table(f"{sampler.solver}, {sampler.steps} steps", list(rows)))
        against = "fresh draws of the truth" if bench.dataset.truth is not None else "the data"
        st.caption(f"{POINTS} walks against {against}, standard units. {'Trained' if learned else 'Exact'} denoiser.")
        st.subheader("Self-test", anchor=False)
        if found:
            st.markdown(self_test(found))
        if own.job.progress().alive:
            st.caption("The likelihood is being worked out...")

    watch(own, f"Walking {POINTS} points...", strip)
