"""A law's samples beside points, by four two-sample tests at once, and the places where there are too many or too few."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.dataset import Dataset
from core.evaluation import metrics, mmd, two_sample
from core.evaluation.mmd import Witness
from core.evaluation.two_sample import Null
from core.joint.joint import Joint, Way
from core.key import Key
from core.process import Halt, Step
from playground.rungs.fit2.numbers import part

REPEATS = 499
SIDE = 72  # nodes of the map along each side
TESTS = {
    "energy": "Energy distance",
    "sliced wasserstein": "Sliced Wasserstein",
    "neighbours": "Nearest neighbours",
    "mmd": "Kernels (MMD)",
}
WHOLE = ("energy", "sliced wasserstein")  # look at whole clouds, the others at small places too


@dataclass(frozen=True)
class Compared:
    """The tests so far, the points `x` and samples `y` compared (data units), and the map once it is drawn."""

    tests: Mapping[str, Null]
    x: Float[np.ndarray, "n 2"]
    y: Float[np.ndarray, "n 2"]
    places: Witness | None = None

    @property
    def level(self) -> float:
        """The p below which one test of all of them speaks: 0.05 shared out (Bonferroni)."""
        return 0.05 / len(self.tests)

    @property
    def seen(self) -> tuple[str, ...]:
        """The tests that tell the samples from the points."""
        return tuple(name for name, null in self.tests.items() if null.p_value <= self.level)


def comparison(way: Way, dataset: Dataset, law: Joint, unseen: bool, key: Key) -> Iterator[Step[Compared]]:
    """Yield the tests with more and more reshuffles, and from the second Step on the map.

    The samples of the law against the points: if `unseen`, of one fitted to a random half, against the other half.
    """
    x = dataset.points
    if unseen:
        train, held = metrics.split(len(x), 0.5, key / "half")
        if len(train) < 5:
            raise Halt("These points are too few to hold half of them out: compare with all of them.")
        law, x = way.fit(x[train]), x[held]
    x = part(x, two_sample.MOST, key / "part")
    y = law.sample(len(x), key / "samples")
    spread, places = dataset.points.std(axis=0), None
    runs = {name: two_sample.compare(x / spread, y / spread, key / name, name, REPEATS) for name in TESTS}
    for steps in zip(*runs.values(), strict=True):
        if steps[0].index == 1:
            places = where(dataset, x / spread, y / spread, spread, key)
        found = Compared({name: step.state for name, step in zip(runs, steps, strict=True)}, x, y, places)
        done = len(steps[0].state.null)
        yield Step(steps[0].index, found, "", {"progress": done / REPEATS, "repeats": float(done)})


def where(
    dataset: Dataset, x: Float[np.ndarray, "n 2"], y: Float[np.ndarray, "n 2"], spread: np.ndarray, key: Key
) -> Witness:
    """The witness, samples over points, on the nodes of the stage, at the width that tells the two apart best."""
    pooled = np.concatenate([x, y])
    pair = two_sample.distances(pooled, pooled)
    best = int(mmd.quotients(pair, len(x))((np.arange(len(pooled)) < len(x))[None])[0].argmax())
    across, up = (np.linspace(low, high, SIDE) for low, high in dataset.bounds)
    nodes = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2) / spread
    return mmd.witness(nodes, y, x, float(mmd.widths(pair)[best]), key / "where")
