"""What a person takes home from the page of pixels: new pictures, the nats, and the script that makes both."""

from collections.abc import Mapping

import pandas as pd

from core.evaluation.metrics import Estimate
from playground.rungs.pixels.learning import Moment
from playground.rungs.pixels.screen import ALONE, MIXTURE, NAME, SEEN, TESTED, TOLD, TREE, Screen
from playground.shown.files import Download, Home, sheet
from playground.shown.files import script as program

NEEDS = {
    "images.": "from core.data import images",
    "products.": "from core.categorical import products",
    "pairs.": "from core.categorical import pairs",
    "read_pictures(": "from core.data.readers.pictures.read import bundle, read_pictures",
    "picture_clinic.": "from core.data import picture_clinic",
    "Cut(": "from core.data.readers.pictures.cut import Cut",
}
FITTED = {
    ALONE: "products.independent(seen, levels, alpha)",
    TOLD: "products.told(seen, pictures.labels[rows], levels, alpha)",
    MIXTURE: "fitted[-1].state",
    TREE: "pairs.tree(seen, levels, alpha)",
}


def home(screen: Screen, step: Moment) -> Home:
    """The script and the files."""
    found = (
        Download("The stage (PNG)", "pixels.png", lambda: sheet(step.pictures / 255, 8)),
        Download("Nats per picture (CSV)", "nats.csv", lambda: as_csv(step.nats, step.parameters)),
    )
    return Home(script(screen), found, notes=screen.shelved.notes)


def as_csv(nats: Mapping[str, Estimate], parameters: Mapping[str, int]) -> bytes:
    """CSV: nats per held-out picture of each model, exact, with standard errors, and how many numbers it counted."""
    rows = [(title, found.value, found.error, parameters[title]) for title, found in nats.items()]
    return pd.DataFrame(rows, columns=["model", "nats", "standard error", "numbers"]).to_csv(index=False).encode()


def script(screen: Screen) -> str:
    """Python that prints each model's nats per held-out picture and draws its new pictures."""
    asked, k = screen.asked, screen.asked.components
    lines = [
        screen.shelved.code,
        f"levels, alpha = {screen.levels}, {asked.alpha!r}",
        "flat = pictures.pixels.reshape(len(pictures), -1).astype(int) * levels // pictures.levels",
        "train, val, test = pictures.split",
        f"train, val, test = train[:{SEEN}], val[:{TESTED}], test[:{TESTED}]",
        "rows = np.concatenate([train, val])",
        "seen = flat[rows]",
    ]
    if MIXTURE in screen.models:
        lines += [
            f"config, key = products.Config({k}, alpha), Key({screen.seed}) / {NAME!r} / 'start'",
            "fitted = list(products.fit(config, flat[train], levels, flat[val], key))",
        ]
    lines += ["models = {", *(f"    {title!r}: {FITTED[title]}," for title in screen.models), "}"]
    lines += [
        "for name, model in models.items():",
        "    nats = -model.log_prob(flat[test])",
        "    print(name, nats.mean(), 'nats per picture,', model.parameters, 'numbers')",
        f"    new = model.sample(8, Key({asked.deal}) / {NAME!r} / 'new').reshape(8, *pictures.shape)",
    ]
    return program(lines, NEEDS)
