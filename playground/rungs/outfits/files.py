"""What a person takes home from the page of outfits: rows, new outfits, every probability, and the script that makes them."""

import numpy as np
import pandas as pd

from core.categorical.rows import every
from core.data.renderers.outfit_words import ATTRIBUTES, VALUES
from core.data.renderers.outfits import render
from playground import session
from playground.rungs.outfits.screen import ALONE, FULL, MODELS, NAME, SMOOTHED, TOGETHER, TREE, TRUTH, Screen
from playground.shown.files import Download, Home, sheet
from playground.shown.files import script as program

NEEDS = {
    "truth.": "from core.categorical import truth",
    "models.": "from core.categorical import models",
    "information.": "from core.categorical import information",
    "every(": "from core.categorical.rows import every",
}
OWN = "The table of your own is not in the link; whoever opens it is asked for one under Own table."
FITTED = {
    FULL: "models.full(codes, sizes, 0.0)",
    SMOOTHED: "models.full(codes, sizes, {alpha!r})",
    ALONE: "models.independent(codes, sizes, {alpha!r})",
    TREE: "models.chow_liu(codes, sizes, {alpha!r})",
}


def home(screen: Screen, step: object) -> Home:
    """The script and the files."""
    found = (
        Download("Outfits seen (CSV)", "outfits.csv", lambda: as_csv(screen.rows.codes)),
        Download("New outfits (CSV)", "new.csv", lambda: new(screen)),
        Download("Every probability (CSV)", "probabilities.csv", lambda: probabilities(screen)),
        Download("The stage (PNG)", "outfits.png", lambda: sheet(render(screen.outfits), 8)),
    )
    own = session.recall(f"{NAME}.own", lambda: None)
    return Home(script(screen), found, unlinked=(OWN,) if own else ())


def as_csv(codes: np.ndarray) -> bytes:
    """CSV: outfits in words."""
    return frame(codes).to_csv(index=False).encode()


def frame(codes: np.ndarray) -> pd.DataFrame:
    """Outfits in words, a column for each feature."""
    pairs = zip(ATTRIBUTES, VALUES, codes.T, strict=True)
    return pd.DataFrame({name: np.array(values)[column] for name, values, column in pairs})


def new(screen: Screen) -> bytes:
    """CSV: the new outfits of every model, and how often each was seen."""
    parts = [frame(codes).assign(model=title, seen=screen.times(codes)) for title, codes in screen.drawn.items()]
    return pd.concat(parts).to_csv(index=False).encode()


def probabilities(screen: Screen) -> bytes:
    """CSV: every outfit, how often it was seen, and its probability by the truth and by each model."""
    codes = every(screen.rows.sizes)
    columns = {TRUTH: screen.law.p.ravel()} | {title: np.exp(screen.tables[title]) for title in MODELS}
    return frame(codes).assign(seen=screen.times(codes), **columns).to_csv(index=False).encode()


def script(screen: Screen) -> str:
    """Python that prints the chosen outfit's probability, each model's distance from the truth and its new outfits."""
    asked = screen.asked
    together = asked.dependence == TOGETHER
    codes = f"np.array({screen.rows.codes.tolist()})"
    if not screen.edited:
        codes = f"truth.observed({asked.n}, {together}, Key({screen.seed}) / 'outfits').codes"
    fitted = [f"    {title!r}: {made.format(alpha=asked.alpha)}," for title, made in FITTED.items()]
    lines = [
        f"law = truth.outfits({together})",
        f"codes, sizes = {codes}, law.sizes",
        f"chosen = np.array([{screen.chosen.tolist()}])",
        "fitted = {",
        *fitted,
        "}",
        "print('truth', np.exp(law.log_prob(chosen))[0])",
        "for name, model in fitted.items():",
        "    kl = information.divergence(law.p.ravel(), model.log_prob(every(sizes)))",
        "    print(name, np.exp(model.log_prob(chosen))[0], 'KL to the truth', kl, 'nats')",
        f"    print(model.sample(8, Key({asked.deal}) / 'outfits' / 'new' / name))",
    ]
    return program(lines, NEEDS)
