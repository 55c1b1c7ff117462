"""What a person takes home: responsibilities, samples and parameters as files, and a script that makes them again."""

import json

import numpy as np
import pandas as pd

from core.dataset import Dataset
from core.key import Key
from core.mixture.gmm import GMM, Config

SAMPLES = 1000


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


def safe(name: str) -> str:
    """A column's name that no spreadsheet takes for a formula."""
    return "'" + name if name[:1] in "=+-@\t\r" else name


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
    imports = ["from core.mixture import gmm"]
    imports += ["from core.data import builtin"] * ("builtin." in data)
    imports += ["from core.data import clinic\nfrom core.data.read import read"] * ("clinic." in data)
    imports += ["from core.key import Key", "from core.units import units_of"]
    imports += ["from playground.shelf import sketch"] * ("sketch." in data)
    head = ["from pathlib import Path\n"] * ("Path(" in data) + ["import numpy as np\n"] * (start is not None)
    begin = "start = None"
    if start is not None:
        weights, means, covariances = (np.array2string(a, separator=", ", threshold=10**6, floatmode="unique") for a in
                                       (start.weights, start.means, start.covariances))  # fmt: skip
        begin = (
            f"start = units.into(gmm.GMM(\n    np.array({weights}),\n    np.array({means}),\n"
            f"    np.array({covariances}),\n))"
        )
    options = ", ".join(f"{name}={value!r}" for name, value in vars(config).items())
    return "\n".join(
        [
            *head,
            *imports,
            "",
            data,
            "units = units_of(dataset)  # fitted in standard units, reported in the data's own",
            f"config = gmm.Config({options})",
            begin,
            f'steps = units.report(gmm.fit(config, units.standard(dataset.points), Key({seed}) / "em", start=start))',
            f"step = next(step for step in steps if step.index == {index})",
            "",
            'print("weights", step.state.weights.tolist())',
            'print("means", step.state.means.tolist())',
            'print("covariances", step.state.covariances.tolist())',
            'print("mean log-likelihood", step.metrics["log_likelihood"], "nats")',
            "",
        ]
    )
