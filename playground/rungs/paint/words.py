"""What is to be painted, in words: a prompt read as attributes, or classes."""

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st
from jaxtyping import Int

from core.data.images import Pictures
from core.data.renderers.outfit_words import ATTRIBUTES, VALUES
from core.painting.wish import Wish
from playground import controls
from playground.rungs.paint.prompt import box

if TYPE_CHECKING:
    from core.painting.painter import Painter

FIRST = "red hair, round glasses, hoodie"


def conditions(pictures: Pictures) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a painter of these pictures can be told: the name and the words of every condition."""
    if pictures.name == "outfits":
        return tuple(zip(ATTRIBUTES, VALUES, strict=True))
    return (("class", pictures.classes),) if len(pictures.classes) > 1 and pictures.labels is not None else ()


def counts(pictures: Pictures) -> tuple[int, ...]:
    """How many values each condition of these pictures has."""
    return tuple(len(values) for _, values in conditions(pictures))


def labels(pictures: Pictures) -> Int[np.ndarray, "n a"] | None:
    """What is known of every picture, in the order of `conditions`; None where nothing is."""
    if pictures.name == "outfits" and pictures.factors is not None:
        return np.asarray(pictures.factors, dtype=np.int64)
    if not conditions(pictures) or pictures.labels is None:
        return None
    return np.array(pictures.labels, dtype=np.int64)[:, None]


def heard(pictures: Pictures, sizes: tuple[int, ...] | None) -> bool:
    """Whether a painter told `sizes` (None: one that learns here) can be told anything of these pictures, and so be guided."""
    return bool(counts(pictures)) and sizes in (None, counts(pictures))


def push(pictures: Pictures, sizes: tuple[int, ...] | None, preset: Any) -> dict[str, Any]:
    """The controls of how hard the words push, if such a painter hears any."""
    return controls.draw(preset, more=False) if heard(pictures, sizes) else {}


def choose(painter: "Painter", pictures: Pictures, key: str = "", first: str = FIRST) -> Wish:
    """The controls that say what is wanted of a painter, and the wish; one that averages over groups is told one always.

    `key` tells two of them apart, `first` is the prompt they begin with.
    """
    if not heard(pictures, painter.sizes):
        st.caption("This painter is told nothing: it paints whatever it likes.")
        return Wish()
    if pictures.name == "outfits":
        return box.prompted(key, "Paint", first)
    names = conditions(pictures)[0][1]
    name = f"{key}{pictures.name}_class" if not pictures.name.startswith("file-") else f"{key}own_class"
    bind: Literal["query-params"] | None = None if pictures.name.startswith("file-") else "query-params"
    picked = st.pills(
        "Which? Of several: any of them. None: all.", names, selection_mode="multi", key=name, bind=bind, wrap=True
    )
    chosen = tuple(sorted({names.index(word) for word in picked}))
    if len(chosen) in (0, len(names)):
        return Wish(((),), sizes=painter.sizes if painter.averages else ())
    return Wish((chosen,), said(names, chosen))


def said(names: tuple[str, ...], chosen: tuple[int, ...]) -> str:
    """Classes in words; those that are left out where they are fewer."""
    other = tuple(i for i in range(len(names)) if i not in chosen)
    few, no = (other, "not ") if len(other) < len(chosen) else (chosen, "")
    return no + " or ".join(names[i] for i in few)
