"""A Config becomes widgets, and the widgets' values make a Config again.

Each widget's key is the option's name and is bound to the query string, so the link carries every setting; of a choice
it carries the title. Options declared with `more=True` are drawn apart, under "More".
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import streamlit as st

from core.options import Choice, Option, Range, options, title
from playground import session

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


def choose(label: str, words: Sequence[str], key: str, default: str = "", help: str = "") -> str:
    """One of a few words, the first unless there is another `default`; shown by their titles, many of them in a list."""
    default = default or words[0]
    said = session.from_link(key) or ""
    if said in words and title(said) != said and session.reword(key, title(said)):  # a link older than titles
        st.rerun()
    bound: dict[str, Any] = {"key": key, "bind": "query-params", "help": help or None, "format_func": title}
    if len(words) > FEW:
        return st.selectbox(label, words, words.index(default), **bound) or default
    return st.segmented_control(label, words, default=default, required=True, wrap=True, **bound) or default


def _widget(option: Option, default: Any) -> Any:
    spec = option.spec
    if isinstance(spec, Choice):
        return choose(spec.label, spec.words, option.name, default, spec.help)
    bound: dict[str, Any] = {"key": option.name, "bind": "query-params", "help": spec.help or None}
    if option.kind is int and spec.high - spec.low <= 20:
        return st.slider(spec.label, int(spec.low), int(spec.high), default, **bound)
    if option.kind is int:
        return st.number_input(spec.label, int(spec.low), int(spec.high), default, int(spec.step or 1), **bound)
    low, high, step = float(spec.low), float(spec.high), spec.step or default or None
    if spec.step and not spec.log:
        return st.slider(spec.label, low, high, float(default), float(spec.step), **bound)
    return st.number_input(spec.label, low, high, default, step=step, format="%.3g", **bound)
