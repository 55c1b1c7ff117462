"""What stands beside and below the bell: figures, the surface, the self-test and the script."""

import math

import numpy as np
import streamlit as st

from core.check import Check
from core.dataset import Dataset
from core.laws.gaussian import Gaussian
from core.laws.likelihood import Sufficient, likelihood_underflow
from core.process import Step
from playground import session
from playground.instruments.stage import Result
from playground.rungs.em import numbers
from playground.rungs.fit1 import bell
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.numbers import measured, placed
from playground.runs import film, hand
from playground.runs.runs import Run


def figures(dataset: Dataset, points: Sufficient, now: Bell) -> None:
    """The hand's choice beside the maximum, with what n points can say, and the product of likelihoods beside the sum."""
    top = bell.maximum(points)
    at, best = (points.log_likelihood(b.model.mean, b.model.covariance) for b in (now, top))
    n = points.n
    rows = [
        ("mu", placed(now.mu, min(now.sigma, top.sigma)), dataset.columns[0]),
        ("sigma", f"{now.sigma:.4g}", dataset.columns[0]),
        ("Log-likelihood", f"{at:.4f}", "nats per point"),
        ("Its maximum, exact", f"{best:.4f}", "nats per point"),
        ("Below it by", f"{best - at:.4f}", "nats per point"),
        ("Best mu", measured(top.mu, top.sigma / math.sqrt(n)), "standard error"),
        ("Best sigma", measured(top.sigma, top.sigma / math.sqrt(2 * n)), "if normal"),
    ]
    st.markdown(numbers.table("Your bell", rows))
    logs = now.model.log_prob(dataset.points)
    product, total, zero = likelihood_underflow(logs)
    said = (
        f"is exactly 0 in double precision from point {zero + 1:,} on" if zero is not None else f"is {product[-1]:.3g}"
    )
    st.caption(f"The product of the {n:,} likelihoods {said}; the sum of their logarithms is {total[-1]:,.1f} nats.")


def take(name: str, digest: str, place: np.ndarray | None, now: Bell) -> None:
    """Take where a hand dragged the bell, on either stage; the page runs again with it."""
    chosen = bell.dragged(place, now)
    if chosen is not None:
        hand.put(name, digest, chosen)
        st.rerun(scope="app")


def surface(name: str, dataset: Dataset, points: Sufficient, now: Bell, run: Run | None, version: int) -> Result:
    """The surface with the hand's point on it; its report of where the point was dragged."""
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        st.markdown(
            "Every bell is a point here: **mu** across, **sigma** up, and the deeper the colour the likelier the data. "
            "Drag your point and the bell "
            "follows; the green point is the maximum, which for a Gaussian is known exactly: the mean of the data and "
            "their standard deviation."
        )
        st.latex(r"\ell(\mu,\sigma) = -\tfrac12\log 2\pi - \log\sigma - \frac{s^2 + (\bar x-\mu)^2}{2\sigma^2}")
        mean, deviation = points.mean[0], math.sqrt(points.covariance[0, 0])
        st.latex(rf"\bar x = {placed(mean, deviation)}, \quad s = {deviation:.4g}, \quad n = {points.n}")
        for check in checks(dataset, points):
            st.caption(f"{'✓' if check.holds else '✗'} {check.name}: {check.value:.6g}, within {check.tolerance:.0e}.")
    with left:
        steps: list[Step[Gaussian]] = run.job.trace.snapshot()[1] if run else []
        scene = bell.surface_scene(dataset, points, now, steps, f"{name}:surface:{dataset.digest}:{version}")
        if run is None:
            return film.still(f"{name}.surface", scene)
        return film.show(f"{name}.surface", run, scene, bell.surface_frames)


def checks(dataset: Dataset, points: Sufficient) -> list[Check]:
    """The identities of the maximum: the density integrates to 1, the slope is 0, sums by points and by moments agree."""

    def found() -> list[Check]:
        top = bell.maximum(points).model
        by_points = float(top.log_prob(dataset.points).mean())
        return [
            Check("log-likelihood by points equals that by moments", by_points, top_of(points), 1e-9),
            Check(
                "slope in mu at the maximum",
                float(top.score(dataset.points).mean()),
                0.0,
                1e-9 / bell.maximum(points).sigma,
            ),
        ]

    return session.once("bell.checks", dataset.digest, found)


def top_of(points: Sufficient) -> float:
    """The greatest mean log-likelihood, nats."""
    top = bell.maximum(points).model
    return points.log_likelihood(top.mean, top.covariance)


def script(now: Bell, code: str) -> str:
    """Python that prints the hand's log-likelihood and the maximum again; `code` makes the data set."""
    imports = ["from core.data import builtin"] * ("builtin." in code)
    imports += ["from core.data import clinic", "from core.data.read import read"] * ("clinic." in code)
    head = ["from pathlib import Path\n"] * ("Path(" in code)
    sketch = ["from playground.shelf import sketch"] * ("sketch." in code)
    return "\n".join(
        [
            *head,
            "import numpy as np\n",
            *imports,
            "from core.laws.gaussian import Gaussian",
            "from core.key import Key",
            "from core.laws.likelihood import sufficient",
            *sketch,
            "",
            code,
            "points = sufficient(dataset.points)",
            f"hand = Gaussian(np.array([{now.mu!r}]), np.array([[{now.sigma**2!r}]]))",
            'print("hand", points.log_likelihood(hand.mean, hand.covariance), "nats per point")',
            'print("maximum", points.mean, points.covariance ** 0.5)',
            'print("maximum", points.log_likelihood(points.mean, points.covariance), "nats per point")',
            "",
        ]
    )
