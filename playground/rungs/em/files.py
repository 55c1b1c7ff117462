"""What a person takes home: responsibilities, samples and parameters as files, and a script that makes them again."""

import json

import numpy as np
import pandas as pd

from core.dataset import Dataset
from core.key import Key
from core.mixture.gmm import GMM, Config
from core.process import Step
from playground.rungs.em.screen import NAME, Screen
from playground.shown import files, unlinked
from playground.shown.files import Download, Home, safe

SAMPLES = 1000
NEEDS = {"gmm.": "from core.mixture import gmm", "units_of(": "from core.units import units_of"}


def home(screen: Screen, step: Step[GMM]) -> Home:
    """The script that makes these parameters again, and the files."""
    dataset, model, seed = screen.dataset, step.state, screen.asked.seed
    return Home(
        script(screen.asked.shelved.code, screen.config, seed, screen.given, step.index),
        (
            Download("Responsibilities (CSV)", "responsibilities.csv", lambda: responsibilities(model, dataset)),
            Download("Samples (CSV)", "samples.csv", lambda: samples(model, dataset, seed)),
            Download("Parameters (JSON)", "parameters.json", lambda: as_json(model, dataset)),
        ),
        pandas=screen.asked.shelved.pandas,
        unlinked=[*unlinked.points(), *unlinked.run(NAME, dataset.digest)],
    )


def responsibilities(model: GMM, dataset: Dataset) -> bytes:
    """CSV: the points and p(component given point), one row a point."""
    table = pd.DataFrame(dataset.points, columns=[safe(name) for name in dataset.columns])
    for k, column in enumerate(model.responsibilities(dataset.points).T, start=1):
        table[f"component {k}"] = column
    return table.to_csv(index=False).encode()


def samples(model: GMM, dataset: Dataset, seed: int) -> bytes:
    """CSV: draws from the mixture and the component each came from."""
    x, component = model.sample_labelled(SAMPLES, Key(seed) / "samples")
    table = pd.DataFrame(x, columns=[safe(name) for name in dataset.columns])
    table["component"] = component + 1
    return table.to_csv(index=False).encode()


def as_json(model: GMM, dataset: Dataset) -> bytes:
    """JSON: weights, means and covariances in the original units."""
    content = {
        "model": "Gaussian mixture",
        "data": dataset.name,
        "digest": dataset.digest,
        "columns": dataset.columns,
        "weights": model.weights.tolist(),
        "means": model.means.tolist(),
        "covariances": model.covariances.tolist(),
    }
    return json.dumps(content, indent=1).encode()


def script(data: str, config: Config, seed: int, start: GMM | None, index: int) -> str:
    """Python that prints the parameters on the screen, with `core` alone (and `sketch` for a drawing).

    `data` makes the data set, `start` is written out if a hand or a fork chose it (None: by the key), `index` is the Step
    on show.
    """
    options = ", ".join(f"{name}={value!r}" for name, value in vars(config).items())
    lines = [
        data,
        "units = units_of(dataset)  # fitted in standard units, reported in the data's own",
        f"config = gmm.Config({options})",
        "start = None" if start is None else f"start = units.into({written(start)})",
        f'steps = units.report(gmm.fit(config, units.standard(dataset.points), Key({seed}) / "em", start=start))',
        f"step = next(step for step in steps if step.index == {index})",
        "",
        'print("weights", step.state.weights.tolist())',
        'print("means", step.state.means.tolist())',
        'print("covariances", step.state.covariances.tolist())',
        'print("mean log-likelihood", step.metrics["log_likelihood"], "nats")',
    ]
    return files.script(lines, NEEDS)


def written(model: GMM) -> str:
    """A mixture as the Python that makes it, to the last bit."""
    parts = (model.weights, model.means, model.covariances)
    arrays = (np.array2string(a, separator=", ", threshold=10**6, floatmode="unique") for a in parts)
    return "gmm.GMM(\n" + "".join(f"    np.array({array}),\n" for array in arrays) + ")"
