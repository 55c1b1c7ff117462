"""A Config becomes widgets, and the widgets' values make a Config again.

Each widget's key is the option's name and is bound to the query string, so the link carries every setting. Options
declared with `more=True` are drawn apart, under "More".
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any

import streamlit as st

from core.options import Choice, Option, Range, options

FEW = 4  # words that fit side by side


@dataclass(frozen=True)
class Seed:
    """The seed of a fit's own randomness."""

    seed: Annotated[int, Range(0, 9999, "Seed of the start", more=True)] = 0


def draw(preset: Any, *, more: bool, names: Collection[str] = ()) -> dict[str, Any]:
    """Draw the options of `preset`'s class that are (or are not) declared `more`; its values are the defaults.

    With `names`, draw these instead, however they are declared.
    """
    wanted = (o for o in options(type(preset)) if (o.name in names if names else o.spec.more == more))
    return {option.name: _widget(option, getattr(preset, option.name)) for option in wanted}


def names(preset: Any, *, more: bool) -> list[str]:
    """The options of `preset`'s class that are (or are not) declared `more`."""
    return [option.name for option in options(type(preset)) if option.spec.more == more]


def _widget(option: Option, default: Any) -> Any:
    spec = option.spec
    bound: dict[str, Any] = {"key": option.name, "bind": "query-params", "help": spec.help or None}
    if isinstance(spec, Choice) and len(spec.words) > FEW:
        return st.selectbox(spec.label, spec.words, spec.words.index(default), **bound) or default
    if isinstance(spec, Choice):
        return st.segmented_control(spec.label, spec.words, default=default, required=True, **bound) or default
    if option.kind is int and spec.high - spec.low <= 20:
        return st.slider(spec.label, int(spec.low), int(spec.high), default, **bound)
    if option.kind is int:
        return st.number_input(spec.label, int(spec.low), int(spec.high), default, int(spec.step or 1), **bound)
    low, high, step = float(spec.low), float(spec.high), spec.step or default or None
    if spec.step and not spec.log:
        return st.slider(spec.label, low, high, float(default), float(spec.step), **bound)
    return st.number_input(spec.label, low, high, default, step=step, format="%.3g", **bound)
