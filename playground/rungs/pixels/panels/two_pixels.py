"""Two pixels: what one tells of every other, and the joint table of two beside the product of their margins."""

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.categorical import pairs
from core.categorical.information import entropy, shared
from core.categorical.products import Products
from playground import controls, image, session
from playground.instruments import easel
from playground.instruments.easel import Easel, Frame, Kind
from playground.rungs.pixels import charts
from playground.rungs.pixels.learning import Moment
from playground.rungs.pixels.screen import MIXTURE, NAME, Screen

FIRST, SECOND = "pixel", "other"
RIGHT, BELOW, MOST, CHOSEN = WAYS = ("To its right", "Below it", "Tells most", "By number")


def show(screen: Screen, step: Moment) -> None:
    """The panel: the map with the pixel that is chosen on it, and the tables of the two."""
    _, h, w = screen.pictures.shape
    codes = screen.seen[:, : h * w]
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        one = mapped(screen, codes)
    with right:
        other = partner(one, h, w, codes, screen.levels)
        tables(screen, step, one, other)


def mapped(screen: Screen, codes: np.ndarray) -> int:
    """The map of mutual information, on which a press or the arrow keys choose the pixel; the pixel, from 0."""
    _, h, w = screen.pictures.shape
    spec = (screen.pictures.digest, screen.levels)
    default = session.once(f"{NAME}.varied", spec, lambda: varied(codes, screen.levels))
    one = chosen(h * w, default)
    found = pairs.with_one(codes, screen.levels, one)
    others = np.delete(found, one)
    top = float(others.max(initial=0.0))
    colours = charts.shaded(np.where(np.arange(h * w) == one, 0, found), top, "model", session.dark())
    names = tuple(f"{place(i, w)}: {v:.3f} nats" for i, v in enumerate(found))
    scene = Easel(
        f"{NAME}:map:{session.fingerprint(colours.tobytes()).hex()[:12]}:{one}",
        (3, 1, 1),
        h * w,
        (Kind("x", "mutual information", "model"),),
        names=names,
        columns=w,
        alt="Mutual information of the chosen pixel with every other",
        autoplay=False,
        close=False,
        pick=True,
        picked=one,
    )
    data = easel.pack(scene, [Frame("", {"x": colours[:, :, None, None]})], run=f"{scene.id}:still")
    pressed = easel.easel(data, key=f"easel.{NAME}.map", scene=scene.id).picked
    if pressed is not None and pressed != one:
        session.hold(FIRST, pressed, screen=True)
        st.rerun()
    session.put_in_link(FIRST, str(one + 1) if one != default else None)
    colour = " Of colour pictures this is the red." if screen.pictures.shape[0] > 1 else ""
    st.caption(
        f"Press a pixel, or go on to the next by the arrow keys down and up. {place(one, w).capitalize()} shares up to "
        f"{top:.3f} nats with another: the stronger the colour, the more.{colour}"
    )
    return one


def chosen(most: int, default: int) -> int:
    """The pixel that is chosen, from 0: the one that was pressed, else the link's, else the default."""
    asked = session.from_link(FIRST) or ""
    first = int(asked) - 1 if asked.isdecimal() and len(asked) < 6 and int(asked) else None
    found = session.recall(FIRST, lambda: first, screen=True)
    return default if found is None else min(found, most - 1)


def varied(codes: np.ndarray, levels: int) -> int:
    """The pixel of the greatest entropy, from 0."""
    return int(np.argmax([entropy(np.bincount(column, minlength=levels) / len(column)) for column in codes.T]))


def place(i: int, w: int) -> str:
    """A pixel in words."""
    return f"row {i // w + 1}, column {i % w + 1}"


def partner(one: int, h: int, w: int, codes: np.ndarray, levels: int) -> int:
    """The other pixel, from 0: a neighbour, the one that tells most, or one by its number."""
    way = controls.choose("The other pixel", WAYS, "way")
    if way == CHOSEN:
        return int(st.number_input("Its number", 1, h * w, min(2, h * w), key=SECOND, bind="query-params")) - 1
    if way == MOST:
        found = pairs.with_one(codes, levels, one)
        found[one] = -1
        return int(found.argmax())
    if way == BELOW:
        return one + w if one + w < h * w else one - w
    return one + 1 if (one + 1) % w else one - 1


def tables(screen: Screen, moment: Moment, one: int, other: int) -> None:
    """The joint table as it is, as independence has it, and as the mixture has it, on one scale."""
    _, _, w = screen.pictures.shape
    counts = pairs.joint(screen.seen, screen.levels, one, other)
    p = counts / counts.sum()
    shown: dict[str, tuple[Float[np.ndarray, "L L"], str]] = {
        "As counted": (p, "data"),
        "Product of margins": (np.outer(p.sum(axis=1), p.sum(axis=0)), "model"),
    }
    model = moment.models.get(MIXTURE)
    if isinstance(model, Products):
        theta = np.exp(model.log_theta)
        weights = np.exp(model.log_weights)[:, None]
        shown["Mixture"] = ((weights * theta[:, one]).T @ theta[:, other], "model")
    top = max(float(q.max()) for q, _ in shown.values())
    for column, (title, (q, role)) in zip(st.columns(3), shown.items(), strict=False):
        with column:
            alt = f"{title}: the joint table of {place(one, w)} and {place(other, w)}, {shared(q):.3f} nats shared"
            image.show(charts.table(q, top, role, session.dark()), alt, "stretch")
            st.caption(f"{title}: {shared(q):.3f} nats shared")
    st.caption(
        f"Levels of {place(one, w)} downwards, of {place(other, w)} to the right, dark first; stronger colour is likelier, "
        "by its square root. A product of margins has no diagonal: knowing one pixel, it knows nothing of the other."
    )
