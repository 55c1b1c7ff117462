"""What can and cannot be said with so many points, in sentences that follow from the numbers."""

import numpy as np

from core.dataset import Dataset
from core.evaluation.two_sample import Null
from core.laws.ranking import Row
from playground.rungs.em import numbers
from playground.rungs.fit2.charts import bare


def known(dataset: Dataset) -> str:
    """How well n points pin down means and correlation, and where they fall silent."""
    x, n = dataset.points, len(dataset)
    errors = x.std(axis=0) / np.sqrt(n)
    means = " and ".join(f"{bare(name)} within ± {2 * e:.2g}" for name, e in zip(dataset.columns, errors, strict=True))
    r = float(np.corrcoef(x.T)[0, 1]) if (np.ptp(x, axis=0) > 0).all() else float("nan")
    said = [f"**With {n:,} points**, the means are known: {means} (two standard errors)."]
    if np.isfinite(r) and abs(r) < 1 and n > 3:
        low, high = np.tanh(np.arctanh(r) + np.array([-1.96, 1.96]) / np.sqrt(n - 3))
        said.append(f"The correlation is {r:.2f}, between {low:.2f} and {high:.2f} with 95 % confidence if normal.")
    said.append(
        f"Where fewer than about one point in {n:,} falls, nothing was seen: there every law on this page speaks from its "
        "form alone, and they disagree."
    )
    if n < 50:
        said.append("So few points cannot tell a bent cloud from a straight one: prefer few parameters, or a prior.")
    return " ".join(said)


def verdict(rows: tuple[Row, ...]) -> str:
    """Which way predicts best, and by how much it is known to."""
    sound = [r for r in rows if np.isfinite(r.held_out.value)]
    if not sound:
        return "No law could be scored on points it had not seen."
    best, rest = sound[0], sound[1:]
    tied = [r.title for r in rest if r.tied]
    said = f"**{best.title}** predicts unseen points best, at {numbers.estimate(best.held_out)} nats per point."
    if tied:
        return f"{said} So close that these points cannot tell them apart: {', '.join(tied)}."
    if rest:
        near = rest[0]
        odds = np.exp(near.behind.value)
        said += (
            f" The next, {near.title}, is {numbers.estimate(near.behind)} nats behind: a new point is on average {odds:.2g} "
            "times as likely under the first."
        )
    return said


def compared(found: Null, title: str, unseen: bool) -> str:
    """What a comparison says, and what it does not."""
    p = found.p_value
    against = "the points that the fit had not seen" if unseen else "the points the law was fitted to"
    if not unseen:
        said = (
            f"**They differ**, even by a p that is too large ({p:.3f}, not calibrated)."
            if p <= 0.05
            else f"**Nothing can be said** (p = {p:.3f}, not calibrated: too large). Compare with unseen points instead."
        )
        return f"{title}: {said} Compared: {found.m:,} samples with {found.n:,} of {against}."
    if p <= 0.05:
        said = (
            f"**They differ** (p = {p:.3f}): samples of one source are this far apart in fewer than 1 of 20 reshuffles."
        )
    else:
        said = (
            f"**No difference seen** (p = {p:.3f}): so far apart, or further, are {p:.0%} of reshuffles of one source."
        )
    tail = (
        "That is no proof that the law is true: more points would see more."
        if p > 0.05
        else "Where they differ, the stage shows: turn the samples on."
    )
    return f"{title}: {said} Compared: {found.m:,} samples with {found.n:,} of {against}. {tail}"
