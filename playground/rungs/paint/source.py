"""Which painter is asked: one that is stored, one that is trained here, or one from a file; and of which pictures."""

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core.data.images import Pictures
from playground import controls, session
from playground.runs.runs import Run
from playground.runs.together import Together

if TYPE_CHECKING:
    from core.checkpoint import Checkpoint
    from core.painting.painter import Painter

STORED, HERE, FILE = "stored", "trained here", "from a file"
WAYS = (STORED, HERE, FILE)
MOST = 64  # MB of a checkpoint
AVERAGED = (
    "A is no network: it is what is seen, averaged over the motions of the group told (the Reynolds operator) on its "
    "likeliest lattice, by the law this set is drawn from."
)
TOGETHER = 32  # pictures that are guessed at once: a picture of 32 costs a third of one alone, one of 64 hardly less
_together: "deque[tuple[Painter, Painter]]" = deque(maxlen=8)  # of each painter lately asked, by itself and together
HELD, REFUSED, FIELD = "paint.file", "paint.refused", "paint.checkpoint"  # of a painter from a file, in the session


@dataclass(frozen=True, eq=False)
class Source:
    """The painter that is asked; `id` names it in this session, `way` says where it is from.

    `painter` is None where there is none (yet), and `problem` the sentence that says why. `course` is its training.
    """

    id: str
    way: str
    painter: "Painter | None" = None
    checkpoint: "Checkpoint | None" = None
    course: Run | None = None
    problem: str = ""


def stored(pictures: Pictures) -> "Checkpoint | str":
    """The checkpoint of a painter of these pictures, or the sentence that says why there is none."""
    from core.checkpoint import CheckpointError
    from core.painting import recipes

    try:
        return recipes.stored(f"paint-{pictures.name}")
    except CheckpointError:
        title = pictures.title or "these pictures"
        return f"No painter of {title.lower()} is stored here, so one is trained before your eyes."


def given() -> "tuple[str, Checkpoint] | None":
    """The painter from a file, if one was loaded in this session: a name for it, and its checkpoint."""
    return session.recall(HELD, lambda: None)


def choose(pictures: Pictures) -> tuple[str, "Checkpoint | None"]:
    """The control that says which painter is asked: the way, and the checkpoint where there is one."""
    held = given()
    found = "" if pictures.name.startswith("file-") else stored(pictures)
    ways = [*([] if isinstance(found, str) else [STORED]), HERE, *([FILE] if held else [])]
    session.settle("painter", ways, ways[0])
    way = controls.choose("Painter", ways, "painter")
    if isinstance(found, str) and found:
        st.caption(found)
    if way == FILE and held:
        return FILE, held[1]
    return (HERE, None) if way != STORED or isinstance(found, str) else (STORED, found)


def kept(way: str, found: "Checkpoint", pictures: Pictures) -> Source:
    """A painter that was made before, or why it cannot paint these pictures."""
    painter: Any = found.model
    held = given()
    name = f"file-{held[0]}" if way == FILE and held else f"{way}-{pictures.name}"
    if painter.shape != pictures.shape:
        mine, theirs = (f"{h} x {w}" + (" in colour" if c == 3 else "") for c, h, w in (painter.shape, pictures.shape))
        return Source(name, way, problem=f"This painter knows pictures of {mine} pixels; those chosen have {theirs}.")
    return Source(name, way, together(painter) if way == STORED else painter, found)


def together(painter: "Painter") -> "Painter":
    """A stored painter whose guesses of few pictures are made together, whoever asks for them."""
    for alone, shared in _together:
        if alone is painter:
            return shared
    _together.append((painter, replace(painter, network=Together(painter.run, TOGETHER))))
    return _together[-1][1]


def chip(source: Source) -> str:
    """What is asked, and that it is trained."""
    if source.course is not None:
        return ":orange-badge[trained] here, by these pictures alone."
    held = source.checkpoint
    assert held is not None
    updates = held.metrics.get("update", held.steps * held.model.config.every)
    weights = sum(value.size for value in held.model.weights.values())
    where = "beforehand" if source.way == STORED else "elsewhere"
    said = f":orange-badge[trained] {where}: {updates:,.0f} updates of {weights / 1e6:.1f} million weights."
    if held.model.averages:
        said = f"{said} {AVERAGED}"
    if "right_1.5" not in held.metrics:
        return said
    right, error = (100 * held.metrics[name] for name in ("right_1.5", "right_error_1.5"))
    told = f"{right:.1f} ± {error:.1f} % were obeyed at w = 1.5"
    if held.dataset == "outfits":
        return f"{said} Of random words, {told}."
    known = 100 * held.metrics.get("classifier", np.nan)
    return f"{said} Of the classes told, {told}, by a classifier that is right on {known:.0f} % of real pictures."


def upload() -> None:
    """Load a painter from a file: it is asked from the next run on, or one sentence says why not."""
    from core import checkpoint

    def take() -> None:
        file = session.widget(FIELD)
        if file is None:
            return
        raw = file.getvalue()
        try:
            found = checkpoint.load(raw, "painter")
        except checkpoint.CheckpointError as error:
            session.hold(REFUSED, str(error))
            return
        session.hold(REFUSED, "")
        session.hold(HELD, (session.fingerprint(raw).hex()[:12], found))
        session.set_widgets({"painter": FILE})

    st.file_uploader("Load a painter (safetensors)", ["safetensors"], key=FIELD, on_change=take, max_upload_size=MOST)
    if refused := session.recall(REFUSED, str):
        st.error(session.plain(refused))
