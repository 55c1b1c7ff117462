"""The outfits that are seen: drawn from the law, or changed by hand, and then in the link, two letters an outfit."""

import string

import numpy as np
from jaxtyping import Int

from core.categorical import truth
from core.categorical.rows import Rows, cells, number, unnumber
from core.data.renderers.outfit_words import ATTRIBUTES, VALUES
from core.data.renderers.outfits import COUNTS
from core.key import Key
from playground import session
from playground.rungs.outfits.screen import NAME, TOGETHER, Asked

ROWS = "rows"
MOST = 300  # outfits that a hand may change: a link holds no more
LETTERS = string.ascii_letters + string.digits + "-_"
PLACES = {letter: i for i, letter in enumerate(LETTERS)}


def drawn(asked: Asked, seed: int) -> Rows:
    """The outfits of this seed."""
    return truth.observed(asked.n, asked.dependence == TOGETHER, Key(seed) / NAME)


def rows(asked: Asked, seed: int) -> tuple[Rows, list[str]]:
    """The outfits that are seen, and what is wrong with those of the link, if anything is."""
    link = session.from_link(ROWS) or ""
    try:
        held = session.recall(ROWS, lambda: decode(link) if link else None, screen=True)
    except ValueError as error:
        session.hold(ROWS, None, screen=True)
        session.put_in_link(ROWS, None)
        return drawn(asked, seed), [f"In this link: {error}"]
    if held is None:
        return drawn(asked, seed), []
    made, before = session.recall(f"{ROWS}.for", lambda: (held, mark(asked, seed)), screen=True)
    if made is held and before != mark(asked, seed):  # another draw was asked for
        put(None)
        return drawn(asked, seed), []
    return by_hand(held), []


def by_hand(codes: Int[np.ndarray, "n 5"]) -> Rows:
    """Outfits as a hand has left them."""
    return Rows(NAME, ATTRIBUTES, VALUES, codes, f"{len(codes):,} outfits", "Changed by hand.")


def mark(asked: Asked, seed: int) -> tuple[object, ...]:
    """What a draw follows from."""
    return asked.n, asked.dependence, seed


def put(codes: Int[np.ndarray, "n 5"] | None, drawn_by: tuple[object, ...] = ()) -> None:
    """See these outfits from now on, until others are drawn; with None, those of the seed."""
    session.hold(ROWS, codes, screen=True)
    session.hold(f"{ROWS}.for", (codes, drawn_by), screen=True)
    session.put_in_link(ROWS, None if codes is None else encode(codes))


def encode(codes: Int[np.ndarray, "n 5"]) -> str:
    """Outfits as text, two letters each."""
    return "".join(LETTERS[at // 64] + LETTERS[at % 64] for at in number(codes, COUNTS).tolist())


def decode(text: str) -> Int[np.ndarray, "n 5"]:
    """`encode` read backwards; ValueError for anything else."""
    if not 0 < len(text) <= 2 * MOST or len(text) % 2 or not set(text) <= PLACES.keys():
        raise ValueError("its outfits cannot be read. Those of the seed are seen instead.")
    at = np.array([64 * PLACES[a] + PLACES[b] for a, b in zip(text[::2], text[1::2], strict=True)])
    if at.max() >= cells(COUNTS):
        raise ValueError("it names an outfit that there is not. Those of the seed are seen instead.")
    return unnumber(at, COUNTS)
