"""Which law, with which options: the few widgets of each way of fitting."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
import streamlit as st

from core.joint import joint
from core.key import Key
from core.laws import gaussian
from core.laws.conjugate import normal
from core.options import Range, check, title
from playground import controls, session
from playground.frame import page
from playground.shelf import points

KERNELS, GAUSSIAN, PRIOR, MIXTURE, COPULA = MODELS = (
    "Kernel density",
    "Gaussian",
    "Gaussian with a prior",
    "Gaussian mixture",
    "Gaussian copula",
)
WIDER = tuple(f"{f:.3g}" for f in np.geomspace(0.25, 4, 17))
CARRIED = ("data", "n", "draw", "across", "up")  # widgets that say which data
LINKED = ("points", "digest", "file", "read")  # what only the link says of them


@dataclass(frozen=True)
class Few:
    """How many Gaussians a mixture adds up, and how many samples are drawn."""

    components: Annotated[int, Range(1, 8, "Components K", "How many Gaussians are added up.")] = 2
    samples: Annotated[int, Range(1, 100_000, "Samples", "How many the model draws.", step=100, more=True)] = 500

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


WORDS: Mapping[str, tuple[str, ...]] = {
    "model": MODELS,
    "covariance": gaussian.COVARIANCES,
    "rule": joint.RULES,
    "wider": ("1", *WIDER),
    "margins": joint.MARGINS,
}


def model() -> str:
    """The law chosen."""
    return st.selectbox("Model", MODELS, key="model", bind="query-params") or MODELS[0]


def chosen(kind: str, key: Key) -> joint.Way:
    """The law's own controls, and the way of fitting that they ask for."""
    if kind == GAUSSIAN:
        return joint.OneGaussian(controls.choose("Covariance", gaussian.COVARIANCES, "covariance"))
    if kind == PRIOR:
        return joint.WithPrior(normal.Config(**controls.draw(normal.Config(), more=False)))
    if kind == MIXTURE:
        count = st.slider("Components K", 1, 8, Few().components, key="components", bind="query-params")
        hand_over({"components": count, "covariance": title("full"), "panel": "Numbers"})
        return joint.Mixture(count, key)
    if kind == COPULA:
        return joint.Copula(controls.choose("Law of each column", joint.MARGINS, "margins"))
    left, right = st.columns(2)
    rule = left.selectbox("Width of the bumps", joint.RULES, key="rule", bind="query-params")
    wider = right.select_slider("Times", WIDER, "1", key="wider", bind="query-params")
    return joint.Kernels(rule or joint.RULES[0], float(wider), key)


def hand_over(settings: dict[str, Any]) -> None:
    """A link that opens the EM page on the same data with these settings."""
    held = {name: value for name in CARRIED if (value := session.widget(name)) is not None}
    linked = {name: value for name in LINKED if (value := session.from_link(name)) is not None}
    data = {"data": points.titles((2,))[held.pop("data")], **held, **linked}
    query = {name: str(value) for name, value in (settings | data).items()}
    st.page_link(page("em"), label="Fit it by hand, step by step", icon=":material/join_inner:", query_params=query)


def further(way: joint.Way) -> joint.Way:
    """What belongs under "More": the rest of the prior."""
    if isinstance(way, joint.WithPrior):
        return joint.WithPrior(replace(way.prior, **controls.draw(normal.Config(), more=True)))
    return way


def others(way: joint.Way, key: Key) -> tuple[joint.Way, ...]:
    """All ways of fitting, with `way` among them as it is set and the others as they come."""
    presets: list[Any] = [joint.OneGaussian(kind) for kind in gaussian.COVARIANCES]
    presets += [joint.WithPrior(normal.Config()), *(joint.Copula(kind) for kind in joint.MARGINS[:2])]
    presets += [joint.Mixture(2, key), joint.Mixture(4, key), joint.Kernels(key=key)]
    return (*(p for p in presets if p.name != way.name), way)
