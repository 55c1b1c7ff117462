"""Markov chains as processes: a kernel is a pure function of a key and a state, a chain the Steps it makes.

    chain(kernel, target, x0, key) -> Iterator[Step[State]]

m chains run side by side. Every kernel keeps what it proposed also where it was refused, log alpha (the logarithm of the
Metropolis-Hastings ratio; nats, not cut at 0) and the uniform number u that judged it: accepted where log u < log alpha.
A proposal of density 0, or none (not finite), is refused. Metropolis et al. (1953), Hastings (1970).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float

from core.key import Key
from core.process import Halt, Step, frozen
from core.samplers.targets import Target


@dataclass(frozen=True)
class State:
    """Where m chains are, and the target's log-density (nats, not normalised) there."""

    x: Float[np.ndarray, "m d"]
    log_density: Float[np.ndarray, " m"]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        object.__setattr__(self, "x", frozen(self.x))
        object.__setattr__(self, "log_density", frozen(self.log_density))


@dataclass(frozen=True)
class Info:
    """What one step did: proposals (m, d), log alpha (m,), u (m,), which were accepted (m,).

    `path` (m, p, d) holds what lies between a state and its proposal, where the kernel walks there: a leapfrog's points.
    """

    proposal: Float[np.ndarray, "m d"]
    log_alpha: Float[np.ndarray, " m"]
    u: Float[np.ndarray, " m"]
    accepted: Bool[np.ndarray, " m"]
    path: Float[np.ndarray, "m p d"] = field(default_factory=lambda: np.empty((0, 0, 0)))


@runtime_checkable
class Kernel(Protocol):
    """One way to move: pure, so that the same key, state and target give the same step."""

    @property
    def scale(self) -> float:
        """The step size."""

    def step(self, key: Key, state: State, target: Target) -> tuple[State, Info]:
        """The next state, and what was proposed on the way."""


K = TypeVar("K", bound=Kernel)


def begin(target: Target, x0: Float[np.ndarray, "m d"]) -> State:
    """The chains' first state; Halt if one starts where the density is 0 or not a number."""
    x = np.array(x0, dtype=float)
    log_density = target.log_density(x)
    bad = np.flatnonzero(~np.isfinite(log_density))
    if bad.size:
        raise Halt(f"Chain {bad[0] + 1} starts where the density is 0 or not finite: start it elsewhere.")
    return State(x, log_density)


def judge(
    generator: np.random.Generator,
    state: State,
    proposal: Float[np.ndarray, "m d"],
    target: Target,
    hastings: Float[np.ndarray, " m"] | float = 0.0,
    path: np.ndarray | None = None,
    always: bool = False,
) -> tuple[State, Info]:
    """Accept or refuse: log alpha = log p(proposal) - log p(x) + `hastings`; with `always` nothing finite is refused."""
    log_density = target.log_density(proposal)
    with np.errstate(invalid="ignore", over="ignore"):
        log_alpha = log_density - state.log_density + hastings
    log_alpha = np.where(np.isnan(log_alpha), -np.inf, log_alpha)
    u = 1.0 - generator.random(len(proposal))  # in (0, 1], so that its logarithm is finite
    accepted = np.isfinite(log_density) if always else (np.log(u) < log_alpha) & np.isfinite(log_density)
    x = np.where(accepted[:, None], proposal, state.x)
    kept = {} if path is None else {"path": path}
    info = Info(proposal, log_alpha, u, accepted, **kept)
    return State(x, np.where(accepted, log_density, state.log_density)), info


def chain(kernel: Kernel, target: Target, x0: Float[np.ndarray, "m d"] | State, key: Key) -> Iterator[Step[State]]:
    """The endless process: Step 0 is the start, each later one a step of the kernel.

    Metrics: `acceptance`, the mean over chains of min(1, alpha), which has less noise than the share accepted. Arrays: the
    fields of `Info`. `x0` may be a State, to go on from one.
    """
    state = x0 if isinstance(x0, State) else begin(target, x0)
    yield Step(0, state)
    index = 0
    while True:
        state, info = kernel.step(key / index, state, target)
        index += 1
        yield Step(index, state, metrics={"acceptance": acceptance(info)}, arrays=_arrays(info))


def acceptance(info: Info) -> float:
    """The mean over chains of min(1, alpha)."""
    return float(np.exp(np.minimum(info.log_alpha, 0.0)).mean())


def _arrays(info: Info) -> dict[str, np.ndarray]:
    named = {name: getattr(info, name) for name in ("proposal", "log_alpha", "u", "accepted")}
    return named | ({"path": info.path} if info.path.size else {})


def warm_up(
    kernel: K, target: Target, x0: Float[np.ndarray, "m d"], key: Key, goal: float, steps: int = 300
) -> Iterator[Step[tuple[K, State]]]:
    """`steps` steps that adapt the kernel's scale until it accepts the share `goal`, by dual averaging.

        log scale_t = log(10 scale_0) - sqrt(t) / gamma * mean error,   error = goal - acceptance

    with weights (t + 10) for the mean and the average of log scale_t in t^-0.75 as the answer; gamma = 0.05. The state is
    the kernel in use and where the chains are; the last Step's kernel has the averaged scale, which is then kept fixed:
    a chain that goes on adapting need not keep its target. Nesterov (2009); Hoffman and Gelman (2014), section 3.2.
    """
    state = begin(target, x0)
    anchor, mean_error, averaged = np.log(10 * kernel.scale), 0.0, 0.0
    yield Step(0, (kernel, state), metrics={"scale": kernel.scale})
    for t in range(1, steps + 1):
        state, info = kernel.step(key / (t - 1), state, target)
        rate = acceptance(info)
        mean_error += (goal - rate - mean_error) / (t + 10)
        log_scale = anchor - np.sqrt(t) / 0.05 * mean_error
        averaged += t**-0.75 * (log_scale - averaged)
        scale = float(np.exp(averaged if t == steps else log_scale))
        kernel = replace(kernel, scale=scale)  # type: ignore[type-var]  # every kernel is a frozen dataclass
        yield Step(t, (kernel, state), metrics={"scale": scale, "acceptance": rate}, arrays=_arrays(info))
