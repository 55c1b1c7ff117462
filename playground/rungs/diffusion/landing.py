"""Where one start lands under every solver at once: those without noise near each other, the others anywhere."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from core.diffusion import walk as walks
from core.diffusion.noise.target import Denoiser
from core.diffusion.walk import SOLVERS, STOCHASTIC, Sampler
from core.digits import minus
from core.key import Key
from core.process import Halt, Step
from playground.rungs.diffusion.bench import Bench

AGAIN = 12  # walks of a solver that adds noise
SHORT = {
    "DDPM, small variance": "DDPM, small",
    "DDPM, large variance": "DDPM, large",
    "Euler-Maruyama": "Euler-Maruyama",
    "predictor-corrector": "corrected",
    "DPM-Solver++(2M)": "DPM++",
}
NAMES = tuple(SHORT.get(name, name) for name in SOLVERS)


@dataclass(frozen=True)
class Landing:
    """Ends (n, 2), where they are drawn, the number of the solver of each, and of each solver its evaluations (0: none)."""

    xy: Float[np.ndarray, "n 2"]
    solver: Int[np.ndarray, " n"]
    evaluations: Int[np.ndarray, " s"]


def landing(bench: Bench, denoiser: Denoiser, begin: Float[np.ndarray, "1 2"], sampler: Sampler, key: Key) -> Landing:
    """Walk from `begin`, standard units, by every solver with the sampler's other options; those that cannot are left out.

    A solver that adds noise walks `AGAIN` times, the first time with the noise that row 0 of any walk with this key gets.
    """
    ends, which, evaluations = [], [], np.zeros(len(SOLVERS), dtype=int)
    for i, name in enumerate(SOLVERS):
        fresh = name in STOCHASTIC or (name == "DDIM" and sampler.eta > 0)
        start = np.repeat(begin, AGAIN if fresh else 1, axis=0)
        try:
            *_, last = walks.walk(denoiser, start, key, replace(sampler, solver=name))
        except Halt:
            continue
        ends.append(bench.drawn(last.state, last.metrics["t"]))
        which.append(np.full(len(start), i))
        evaluations[i] = int(last.metrics["evaluations"])
    return Landing(
        np.concatenate([np.empty((0, 2)), *ends]), np.concatenate([np.empty(0, dtype=int), *which]), evaluations
    )


def arrays(
    bench: Bench, denoiser: Denoiser, begin: Float[np.ndarray, "1 2"], sampler: Sampler, key: Key
) -> dict[str, np.ndarray]:
    """The same as a Step carries it: `landed`, `solver`, `asked_of`."""
    found = landing(bench, denoiser, begin, sampler, key)
    return {"landed": found.xy, "solver": found.solver, "asked_of": found.evaluations}


def rows(step: Step) -> list[tuple[str, str, str]]:
    """Of each solver: where it lands, or the middle and spread of where it lands, and what it took."""
    said, found = [], Landing(step.arrays["landed"], step.arrays["solver"], step.arrays["asked_of"])
    for i, name in enumerate(SOLVERS):
        ends = found.xy[found.solver == i]
        if not len(ends):
            continue
        x, y = ends.mean(axis=0)
        spread = float(np.sqrt(ends.var(axis=0).sum()))
        note = f"{len(ends)} walks, spread {spread:.2f}" if len(ends) > 1 else "always here"
        said.append(
            (name, f"({minus(f'{x:.2f}')}, {minus(f'{y:.2f}')})", f"{note}; {found.evaluations[i]} evaluations")
        )
    return said
