"""What a person takes home: samples, the density on a grid and the parameters as files, and a script that makes them."""

import io
import json

import numpy as np
import pandas as pd

from core.dataset import Dataset
from core.joint.copula import GaussianCopula
from core.joint.joint import Copula, Kernels, Mixture, OneGaussian, Way, WithPrior
from core.joint.margins import KernelMargin, Margin
from core.kernels.kde import KDE
from core.key import Key
from core.laws.families.continuous import Fitted
from core.laws.gaussian import Gaussian
from core.mixture.gmm import GMM
from core.process import Step
from playground.rungs.fit2 import joint
from playground.rungs.fit2.joint import Seen
from playground.rungs.fit2.screen import Screen
from playground.shown import unlinked
from playground.shown.files import Download, Home, safe
from playground.shown.files import script as program

PRINTED = {  # a way: the parameters of its law
    OneGaussian: ("mean", "covariance"),
    WithPrior: ("mean", "covariance"),
    Kernels: ("bandwidth",),
    Mixture: ("weights", "means", "covariances"),
    Copula: ("correlation",),
}
NEEDS = {f"{way.__name__}(": f"from core.joint.joint import {way.__name__}" for way in PRINTED}
NEEDS["normal."] = "from core.laws.conjugate import normal"


def home(screen: Screen, step: Step[Seen]) -> Home:
    """The script that makes these parameters again, and the files."""
    dataset, seen, n, key = screen.dataset, step.state, screen.samples, screen.key / "samples"
    notes = [f"Samples are drawn with `{key}`: the same key, the same samples. How many is set under More."]
    if isinstance(seen.law.model, KDE):
        notes.append("A kernel density is its points and its bandwidth: the points are the data.")
    return Home(
        script(screen.shelved.code, screen.way, key, n),
        (
            Download(f"{n:,} samples (CSV)", "samples.csv", lambda: samples(seen, dataset, n, key)),
            Download("Density grid (CSV)", "density.csv", lambda: grid_csv(seen, dataset)),
            Download("Density grid (NPY)", "density.npy", lambda: grid_npy(seen, dataset)),
            Download("Parameters (JSON)", "parameters.json", lambda: as_json(seen, dataset, screen.way)),
        ),
        notes,
        pandas=screen.shelved.pandas,
        unlinked=unlinked.points(),
    )


def samples(seen: Seen, dataset: Dataset, n: int, key: Key) -> bytes:
    """CSV: n draws from the law, in the data's units."""
    return (
        pd.DataFrame(seen.law.sample(n, key), columns=[safe(c) for c in dataset.columns]).to_csv(index=False).encode()
    )


def grid_csv(seen: Seen, dataset: Dataset) -> bytes:
    """CSV: place and log-density (nats) of every node."""
    across, up = np.meshgrid(*joint.axes(dataset))
    x, y = (safe(c) for c in dataset.columns)
    with np.errstate(divide="ignore"):
        height = np.log(seen.density)
    table = pd.DataFrame({x: across.ravel(), y: up.ravel(), "log density (nats)": height.ravel()})
    return table.to_csv(index=False, float_format="%.9g").encode()


def grid_npy(seen: Seen, dataset: Dataset) -> bytes:
    """NPY: the density (h, w), rows from the lowest y."""
    out = io.BytesIO()
    np.save(out, seen.density, allow_pickle=False)
    return out.getvalue()


def as_json(seen: Seen, dataset: Dataset, way: Way) -> bytes:
    """JSON: the parameters in the original units."""
    content = {
        "model": way.title,
        "data": dataset.name,
        "digest": dataset.digest,
        "columns": dataset.columns,
        "log_likelihood": seen.log_likelihood.value,
        **described(seen.law.model),
    }
    return json.dumps(content, indent=1).encode()


def described(model: Gaussian | KDE | GMM | GaussianCopula) -> dict:
    """The parameters by their names; a kernel density's points are in the data and are left out."""
    if isinstance(model, Gaussian):
        return {"mean": model.mean.tolist(), "covariance": model.covariance.tolist()}
    if isinstance(model, KDE):
        return {"bandwidth": model.bandwidth.tolist(), "points": len(model.points)}
    if isinstance(model, GMM):
        names = ("weights", "means", "covariances")
        return {name: getattr(model, name).tolist() for name in names}
    return {"correlation": model.correlation.tolist(), "margins": [law(margin) for margin in model.margins]}


def law(margin: Margin) -> dict:
    """One margin's name and parameters."""
    if isinstance(margin, Fitted):
        return {"law": margin.family.name} | {word: value for word, value, _ in margin.describe()}
    assert isinstance(margin, KernelMargin)
    return {"law": "kernels", "h": margin.model.h}


def script(data: str, way: Way, key: Key, n: int) -> str:
    """Python that prints the parameters on the screen, with `core` alone (and `sketch` for a drawing)."""
    made = repr(way).replace("prior=Config", "prior=normal.Config")
    lines = [data, f"law = {made}.fit(dataset.points)", ""]
    lines += [f'print("{name}", law.model.{name}.tolist())' for name in PRINTED[type(way)]]
    if isinstance(way, Copula):
        lines += ["for margin in law.model.margins:", "    print(margin)"]
    lines += [
        'print("mean log-likelihood", law.log_prob(dataset.points).mean(), "nats")',
        f"samples = law.sample({n}, {key})",
    ]
    return program(lines, NEEDS)
