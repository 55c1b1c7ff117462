"""The bell in numbers: its likelihood beside the greatest, the equation with its values, and the self-test."""

import math
from collections.abc import Iterator

import streamlit as st

from core.check import Check
from core.laws.checks import mass, of_law
from core.laws.likelihood import Sufficient, likelihood_underflow
from core.process import Halt
from playground import session
from playground.rungs.fit1 import bell, model, smoothing
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.model import Model
from playground.rungs.fit1.screen import Screen
from playground.shown.closer import SelfTest
from playground.shown.numbers import measured, minus, placed, plain_power, table, tex, written


def figures(screen: Screen, step: Bell) -> str:
    """The hand's choice beside the maximum, with what n points can say, as Markdown."""
    points, column = screen.points, screen.dataset.columns[0]
    top = bell.maximum(points)
    at, best = (points.log_likelihood(b.model.mean, b.model.covariance) for b in (step, top))
    rows = [
        ("mu", placed(step.mu, min(step.sigma, top.sigma)), column),
        ("sigma", written(step.sigma), column),
        ("Log-likelihood", f"{at:.4f}", "nats per point"),
        ("Its maximum, exact", f"{best:.4f}", "nats per point"),
        ("Below it by", f"{best - at:.4f}", "nats per point"),
        ("Best mu", measured(top.mu, top.sigma / math.sqrt(points.n)), "standard error"),
        ("Best sigma", measured(top.sigma, top.sigma / math.sqrt(2 * points.n)), "if normal"),
    ]
    return table("Your bell", rows)


def underflow(screen: Screen, step: Bell) -> str:
    """The product of the likelihoods beside the sum of their logarithms, in a sentence."""
    product, total, zero = likelihood_underflow(step.model.log_prob(screen.dataset.points))
    said = (
        f"is {plain_power(product[-1], 3)}"
        if zero is None
        else f"is exactly 0 in double precision from point {zero + 1:,} on"
    )
    n = screen.points.n
    return f"The product of the {n:,} likelihoods {said}; the sum of their logarithms is {minus(f'{total[-1]:,.1f}')} nats."


def equation(points: Sufficient) -> tuple[str, str]:
    """The mean log-likelihood of a bell, and the column's values in it, in TeX."""
    mean, deviation = points.mean[0], math.sqrt(points.covariance[0, 0])
    return (
        r"\ell(\mu,\sigma) = -\tfrac12\log 2\pi - \log\sigma - \tfrac{s^2 + (\bar x-\mu)^2}{2\sigma^2}",
        rf"\bar x = {tex(placed(mean, deviation))}, \quad s = {tex(written(deviation))}, \quad n = {points.n}",
    )


def self_test(screen: Screen, step: Bell) -> SelfTest:
    """The identities of the law that is chosen; of the hand's bell, those of the maximum and of kernel estimates too."""
    with st.columns([1.35, 1], gap="large")[0]:
        chosen = model.choose(screen, step)
    if chosen.row is None:
        return SelfTest((), lambda: iter(()), waiting=chosen.why)
    spec = (screen.dataset.digest, screen.key, chosen.row.title, None if chosen.column else step)
    note = f"Self-test of **{session.plain(chosen.row.title)}**"
    note += "." if chosen.column else ", of the greatest likelihood, and of the estimates under Bandwidth."
    return SelfTest(spec, lambda: checks(screen, step, chosen), note)


def checks(screen: Screen, step: Bell, chosen: Model) -> Iterator[Check]:
    """The law's own identities, or those of everything a hand can lay over the column."""
    assert chosen.row is not None
    if chosen.column is not None:
        candidate = next(law for law in chosen.column.laws if law.name == chosen.row.name)
        yield from of_law(candidate, chosen.row.fitted, chosen.column.x)  # type: ignore[arg-type]
        return
    yield Check("your bell integrates to 1", mass(chosen.row.fitted), 1.0, 1e-6)  # type: ignore[arg-type]
    yield from of_maximum(screen)
    try:
        yield from smoothing.integrals(screen.dataset.points)
    except Halt:  # a constant column has no kernel estimate
        return


def of_maximum(screen: Screen) -> Iterator[Check]:
    """At the maximum the mean log-density of the points is what their moments say, and the slope in mu is 0."""
    x, points, top = screen.dataset.points, screen.points, bell.maximum(screen.points)
    by_points, by_moments = (
        float(top.model.log_prob(x).mean()),
        points.log_likelihood(top.model.mean, top.model.covariance),
    )
    yield Check("log-likelihood by points equals that by moments", by_points, by_moments, 1e-9)
    yield Check("slope in mu at the maximum", float(top.model.score(x).mean()), 0.0, 1e-9 / top.sigma)
