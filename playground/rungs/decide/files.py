"""What a person takes home: new points of every class, what both models say everywhere, and the script that makes them."""

import numpy as np
import pandas as pd

from core.classification import generative
from core.process import Step
from playground.rungs.decide.film import DRAWN, draws
from playground.rungs.decide.judged import Seen, nodes
from playground.rungs.decide.screen import Screen
from playground.shown import unlinked
from playground.shown.files import Download, Home, safe
from playground.shown.files import script as program

NEEDS = {
    "discriminative.": "from core.classification import discriminative",
    "generative.": "from core.classification import generative",
    "risk.": "from core.classification import risk",
    "admit(": "from core.classification.rows import admit, split",
}


def home(screen: Screen, step: Step[Seen]) -> Home:
    """The script and the files."""
    seen = step.state
    files = (
        Download(f"{DRAWN} new points (CSV)", "new-points.csv", lambda: new(screen, seen)),
        Download("p(y | x) everywhere (CSV)", "posterior.csv", lambda: posterior(screen, seen)),
    )
    notes = ["New points are the generative model's: the discriminative one has no p(x) to draw from."]
    return Home(script(screen, seen), files, notes, pandas=screen.shelved.pandas, unlinked=unlinked.points())


def new(screen: Screen, seen: Seen) -> bytes:
    """CSV: new points with their classes."""
    xy, cls = draws(screen, seen)
    names = np.array([safe(name) for name in screen.rows.classes], dtype=object)
    table = pd.DataFrame(xy, columns=[safe(c) for c in screen.dataset.columns]).assign(**{"class": names[cls]})
    return table.to_csv(index=False, float_format="%.9g").encode()


def posterior(screen: Screen, seen: Seen) -> bytes:
    """CSV: every node of the stage, the density there, and every class's probability by both models."""
    at = nodes(screen.dataset)
    table = pd.DataFrame(at, columns=[safe(c) for c in screen.dataset.columns])
    table["p(x), generative"] = np.exp(seen.left.log_prob(at))
    for word, model in zip(("generative", "discriminative"), seen.both, strict=True):
        p = np.exp(model.log_posterior(at))
        for k, name in enumerate(screen.rows.classes):
            table[f"p({safe(name)} | x), {word}"] = p[:, k]
    return table.to_csv(index=False, float_format="%.6g").encode()


def script(screen: Screen, seen: Seen) -> str:
    """Python that prints the errors on the screen."""
    asked, key = screen.asked, screen.key
    mixed = f", components={asked.components}" if asked.law == generative.MIXTURE else ""
    lines = [
        screen.shelved.code,
        "rows = admit(dataset)",
        f"learned, held = split(rows, {key / 'held'})",
        f"left = generative.fit({asked.law!r}, learned, {key / 'law'}{mixed})",
        f"right = discriminative.fit({asked.features!r}, learned, {asked.ridge!r})",
        'for name, model in (("generative", left), ("discriminative", right)):',
        "    wrong = model.log_posterior(held.x).argmax(axis=1) != held.y",
        '    print(name, "error on points held out", wrong.mean())',
    ]
    if seen.truth is not None:
        lines += [
            "cells = risk.cells(dataset.bounds, 200, 0.15)",
            "log_joint = dataset.truth.log_joint(cells.x)",
            'print("Bayes risk", risk.bayes(log_joint, cells.area))',
            'for name, model in (("generative", left), ("discriminative", right)):',
            "    log_q = model.log_posterior(cells.x)",
            "    exact = risk.risk(log_joint, log_q.argmax(axis=1), cells.area)",
            '    print(name, "exact error", exact, "excess", risk.excess(log_joint, log_q, cells.area), "nats")',
        ]
    lines += [f"x, y = left.sample_labelled({DRAWN}, {key / 'new' / str(asked.deal)})"]
    return program(lines, NEEDS)
