"""From noise to data as a process: guess, move, noise.

A walk begins at x_T ~ N(0, s^2 I) and steps through the times of a grid. Every step of it shows its halves: in the phase
"guess" the denoiser is asked and nothing moves, in "move" the points go where the solver's formula leads, and in "noise" the
fresh noise is added, where a solver has any. Heun's second guess, at the end of its step, is followed by a "correct";
the predictor-corrector's Langevin step is one more guess, move and noise. The solvers take any denoiser, learned or exact.
Their formulas and sources are in `core.diffusion.solvers` (Ho, Jain and Abbeel, 2020, and after).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from jaxtyping import Float

from core.diffusion import solvers
from core.diffusion.noise import schedule as schedules
from core.diffusion.noise.schedule import Schedule
from core.diffusion.noise.target import Denoiser, Guess, Points, guess
from core.diffusion.solvers import Between, Move
from core.key import Key
from core.options import Choice, Range, check
from core.process import Halt, Step, frozen

SOLVERS = (
    "DDPM, small variance",
    "DDPM, large variance",
    "DDIM",
    "Euler",
    "Heun",
    "DPM-Solver++(2M)",
    "Euler-Maruyama",
    "predictor-corrector",
)
STOCHASTIC = ("DDPM, small variance", "DDPM, large variance", "Euler-Maruyama", "predictor-corrector")


@dataclass(frozen=True)
class Sampler:
    """How to walk: the solver, its steps, where the steps lie, and the two solvers' own options.

    Heun and the predictor-corrector ask the denoiser about twice a step: the metric `evaluations` counts.
    """

    solver: Annotated[str, Choice(SOLVERS, "Solver", "How a guess becomes a step.")] = "DDIM"
    steps: Annotated[int, Range(1, 1000, "Steps", "From noise to data.", log=True)] = 50
    spacing: Annotated[str, Choice(schedules.SPACINGS, "Spacing", "Where the steps lie in time.", more=True)] = "time"
    eta: Annotated[float, Range(0, 1, "Eta", "DDIM's share of fresh noise; 1 is DDPM.", step=0.05, more=True)] = 0.0
    ratio: Annotated[
        float, Range(0, 1, "Corrector's step", "A Langevin step's root, in units of the noise.", step=0.01, more=True)
    ] = 0.3
    end: Annotated[float, Range(0, 0.5, "Last time", "0 walks to the data.", step=0.01, more=True)] = 0.0
    ticks: Annotated[
        int, Range(0, 1000, "Time steps T", "Time is k / T, k = 0 to T; 0: time is continuous.", step=10, more=True)
    ] = 0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)

    def times(self, schedule: Schedule) -> Float[np.ndarray, " m"]:
        """The falling times that a walk stops at; in discrete time at most `ticks` steps lie between them."""
        times = schedule.grid(self.steps, self.spacing, self.end)
        return schedule.on_ticks(times, self.ticks) if self.ticks else times


PLAIN = Sampler()


def start(schedule: Schedule, n: int, d: int, key: Key) -> Float[np.ndarray, "n d"]:
    """`n` draws of x_T ~ N(0, s^2 I), s = `schedule.prior_scale`."""
    return schedule.prior_scale * (key / "start").generator().standard_normal((n, d))


def walk(
    denoiser: Denoiser, begin: Points, key: Key, sampler: Sampler = PLAIN, *, times: np.ndarray | None = None
) -> Iterator[Step[np.ndarray]]:
    """Yield the start, then every half-step; a state is x_t (n, d), in the denoiser's units.

    `times` (falling, from 1) stand in for the sampler's own grid. Metrics: `t`, the time the points are at, and
    `evaluations` so far. `arrays` from the first guess on: `x0`, `eps`, `score` of the latest guess, (n, d) each; after
    "noise" also the `noise` added. The noise of step i is drawn from `key / "noise" / i` alone. Halt where the solver cannot
    run on the schedule, or the points run away.
    """
    schedule = denoiser.schedule
    if sampler.solver == "Euler-Maruyama" and schedule.alpha(1.0) == 0:
        raise Halt("Euler-Maruyama cannot begin where no signal is left: choose another schedule, or another solver.")
    if times is None:
        times = sampler.times(schedule)
    course = Course(denoiser, key, np.array(begin, dtype=float), float(times[0]))
    yield course.show("start")
    before = None
    for i, (t, s) in enumerate(zip(times, times[1:], strict=False)):
        step = Between(schedule, float(t), float(s))
        yield course.ask(step.t)
        asked = course.guess
        yield course.go(_move(course, step, sampler, before), step.s)
        if course.spread > 0:  # ancestral noise is none on the way to t = 0
            yield course.shake(i)
        if sampler.solver == "Heun" and schedule.sigma(step.s) > 0:
            begun = course.origin
            yield course.ask(step.s)
            yield course.go(solvers.heun(begun, asked, course.guess, step), step.s, "correct")
        if sampler.solver == "predictor-corrector" and schedule.sigma(step.s) > 0:
            yield course.ask(step.s)
            yield course.go(solvers.langevin(course.x, course.guess, schedule, step.s, sampler.ratio), step.s)
            if course.spread > 0:
                yield course.shake(len(times) + i)
        before = (asked, step)


def _move(course: "Course", step: Between, sampler: Sampler, before: tuple[Guess, Between] | None) -> Move:
    """Where the solver leads from the latest guess."""
    x, now, name = course.x, course.guess, sampler.solver
    if name == "DDIM":
        return solvers.ddim(now, step, sampler.eta)
    if name in ("Euler", "Heun"):
        return solvers.euler(x, now, step)
    if name == "DPM-Solver++(2M)":
        return solvers.dpm(x, now, before, step)
    if name == "Euler-Maruyama":
        return solvers.maruyama(x, now, step)
    return solvers.ancestral(x, now, step, name == "DDPM, large variance")


@dataclass
class Course:
    """Where a walk stands; its arrays are replaced, never changed in place."""

    denoiser: Denoiser
    key: Key
    x: Points
    t: float
    origin: Points = field(init=False)  # before the latest move
    guess: Guess = field(init=False)  # the latest
    index: int = -1
    evaluations: int = 0
    spread: float = 0.0
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def ask(self, t: float) -> Step[np.ndarray]:
        """The denoiser's guess here."""
        self.guess = guess(self.denoiser, self.x, t)
        self.evaluations += 1
        self.arrays = {"x0": self.guess.x0, "eps": self.guess.eps, "score": self.guess.score}
        return self.show("guess")

    def go(self, move: Move, t: float, phase: str = "move") -> Step[np.ndarray]:
        """To the move's mean, at time t."""
        if not np.isfinite(move.mean).all():
            raise Halt(f"The points ran away at t = {self.t:.3g}: take more steps, or another solver or spacing.")
        self.origin, self.x, self.t, self.spread = self.x, move.mean, t, move.spread
        return self.show(phase)

    def shake(self, i: int) -> Step[np.ndarray]:
        """The move's noise, added."""
        noise = self.spread * (self.key / "noise" / i).generator().standard_normal(self.x.shape)
        self.x = self.x + noise
        return self.show("noise", {"noise": noise})

    def show(self, phase: str, more: dict[str, np.ndarray] | None = None) -> Step[np.ndarray]:
        """This moment."""
        self.index += 1
        metrics = {"t": self.t, "evaluations": float(self.evaluations)}
        return Step(self.index, frozen(self.x), phase, metrics, self.arrays | (more or {}))
