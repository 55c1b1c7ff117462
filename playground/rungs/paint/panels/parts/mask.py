"""The mask under the hand: which pixels of a picture are to be painted anew, in this session and in the link."""

import base64

import numpy as np
from jaxtyping import Bool

from playground import session
from playground.instruments import easel
from playground.rungs.paint.screen import NAME, Screen
from playground.shelf.picture import Chosen

LINK = "mask"
EYES = (slice(10, 18), slice(8, 24))  # of an outfit: rows, columns


def choose(screen: Screen, chosen: Chosen) -> Bool[np.ndarray, "h w"]:
    """The sheet on which it is painted, and the mask: True where the picture is to be painted anew."""
    shape, usual = screen.pictures.shape, first(screen)
    name = session.turned(f"{NAME}.mask:{chosen.id}")
    before = session.recall("mask", lambda: None, screen=True)
    known = before[1] if before is not None and before[0] == name else usual
    if before is None and (linked := decoded(session.from_link(LINK) or "", known.shape)) is not None:
        known = linked
    x = easel.bytes_of(chosen.x[None])[0]
    sheet = easel.pack_mask(name, x, known, f"{chosen.title}, to be masked", max(0.9, shape[2] / 13))
    said = easel.masking(sheet, key=f"{NAME}.sheet", scene=name, shape=(shape[1], shape[2]))
    mask = known if said is None else said.covered
    session.hold("mask", (name, mask), screen=True)
    session.put_in_link(LINK, None if (mask == usual).all() else encoded(mask))
    return mask


def encoded(mask: Bool[np.ndarray, "h w"]) -> str:
    """A mask for the link: a bit a pixel."""
    return base64.urlsafe_b64encode(np.packbits(mask).tobytes()).decode().rstrip("=")


def decoded(text: str, shape: tuple[int, ...]) -> Bool[np.ndarray, "h w"] | None:
    """The mask of a link; None for anything else."""
    size = int(np.prod(shape))
    try:
        bits = np.unpackbits(np.frombuffer(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), np.uint8))
    except ValueError:
        return None
    return bits[:size].reshape(shape).astype(bool) if len(bits) == -(-size // 8) * 8 else None


def first(screen: Screen) -> Bool[np.ndarray, "h w"]:
    """A mask to begin with: the eyes of an outfit, else the right half."""
    _, h, w = screen.pictures.shape
    mask = np.zeros((h, w), dtype=bool)
    if screen.pictures.name == "outfits":
        mask[EYES] = True
    else:
        mask[:, w // 2 :] = True
    return mask
