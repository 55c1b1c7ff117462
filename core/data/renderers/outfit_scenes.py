"""The portrait behind an outfit: flat shapes, back to front, whose hair and clothes colours are left open.

A shape of a free colour may be a darker share of it. What a pixel takes of the fixed colours, of the hair's and of the
clothes' is kept apart, so one scene serves every colour. Chest and brows are laid so that they stay bare.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from jaxtyping import Float

from core.data.renderers import drawing as d

SIZE = 32
NO_GLASSES, ROUND, SUN = range(3)
HOODIE, OVERALL, CREW, V_NECK = range(4)
BALD, FLAT, CURLY, WAVED, STRAIGHT, BUN, LONG_CURLY = range(7)
KINDS = (3, 4, 7)  # accessories, clothes types, hair types
LEFT, RIGHT = -1, 1


def rgb(*codes: str) -> Float[np.ndarray, "k 3"]:
    """Red, green, blue in [0, 1] of hexadecimal codes."""
    return np.array([[int(code[i : i + 2], 16) for i in (0, 2, 4)] for code in codes]) / 255


GROUND, SKIN, SHADE, DARK, LENS, GLINT, LIP, CREAM = rgb(
    "d9e7f0", "dda47e", "c58b67", "2b2b33", "15161a", "6f7682", "a04a48", "efdfbf"
)
X, Y = d.centres(SIZE)


@dataclass
class Canvas:
    """A picture in the making: what is fixed (3, s, s), and each pixel's share of the hair's and of the clothes' colour."""

    fixed: np.ndarray = field(default_factory=lambda: np.tile(GROUND[:, None, None], (1, SIZE, SIZE)))
    hair: np.ndarray = field(default_factory=lambda: np.zeros((SIZE, SIZE)))
    clothes: np.ndarray = field(default_factory=lambda: np.zeros((SIZE, SIZE)))

    def lay(
        self, distance: np.ndarray, colour: np.ndarray | None = None, hair: float | int = 0, clothes: float | int = 0
    ) -> None:
        """Lay a shape over the rest: of a fixed colour, or of shares of the free ones."""
        alpha = d.coverage(distance)
        solid = np.zeros(3) if colour is None else colour
        self.fixed = self.fixed * (1 - alpha) + solid[:, None, None] * alpha
        self.hair = self.hair * (1 - alpha) + hair * alpha
        self.clothes = self.clothes * (1 - alpha) + clothes * alpha


@cache
def scenes() -> tuple[Float[np.ndarray, "a k h 3 s s"], Float[np.ndarray, "a k h s s"], Float[np.ndarray, "a k h s s"]]:
    """For every accessory, clothes type and hair type: the fixed part, the hair's share and the clothes' share."""
    drawn = [draw(a, k, h) for a, k, h in np.ndindex(*KINDS)]
    fixed, hair, clothes = (np.array([getattr(c, name) for c in drawn]) for name in ("fixed", "hair", "clothes"))
    return (
        fixed.reshape(*KINDS, *fixed.shape[1:]),
        hair.reshape(*KINDS, *hair.shape[1:]),
        clothes.reshape(*KINDS, *clothes.shape[1:]),
    )


def draw(accessory: int, kind: int, cut: int) -> Canvas:
    """One scene, back to front."""
    canvas = Canvas()
    _hair_behind(canvas, cut)
    if kind == HOODIE:
        canvas.lay(d.ellipse(X, Y, 16, 23.5, 8.2, 4.2), clothes=0.72)
    canvas.lay(d.box(X, Y, 13.3, 16, 18.7, 26, 2.4), SHADE)  # neck
    _clothes(canvas, kind)
    _locks(canvas, cut)
    for side in (LEFT, RIGHT):
        canvas.lay(d.circle(X, Y, 16 + 5.7 * side, 13.4, 1.3), SHADE)  # ears
    canvas.lay(d.ellipse(X, Y, 16, 12.6, 5.7, 6.9), SKIN)
    _hair_in_front(canvas, cut)
    _face(canvas)
    _accessory(canvas, accessory)
    for side in (LEFT, RIGHT):  # on the pixel grid, so that their pixels are bare hair colour
        canvas.lay(d.box(X, Y, 14.5 + 3.5 * side, 10, 17.5 + 3.5 * side, 11, 0), hair=1)
    return canvas


def _clothes(canvas: Canvas, kind: int) -> None:
    body = d.box(X, Y, 4.4, 23.2, 27.6, 40, 6.5)
    if kind == OVERALL:
        canvas.lay(body, CREAM)
        canvas.lay(d.ellipse(X, Y, 16, 23.0, 3.3, 2.0), SHADE)
        for side in (LEFT, RIGHT):
            canvas.lay(d.line(X, Y, (16 + 5.6 * side, 22.5), (16 + 4.6 * side, 28), 1.25), clothes=1)
        canvas.lay(d.box(X, Y, 9.5, 26.6, 22.5, 40, 1.2), clothes=1)
        for side in (LEFT, RIGHT):
            canvas.lay(d.circle(X, Y, 16 + 4.6 * side, 27.9, 0.75), GLINT)
        return
    canvas.lay(body, clothes=1)
    if kind == HOODIE:
        canvas.lay(d.ellipse(X, Y, 16, 23.4, 6.2, 3.2), clothes=0.72)
        canvas.lay(d.ellipse(X, Y, 16, 22.6, 3.6, 2.6), SHADE)
        for side in (LEFT, RIGHT):
            canvas.lay(d.line(X, Y, (16 + 2.6 * side, 25), (16 + 3.0 * side, 29), 0.5), CREAM)
    if kind == CREW:
        canvas.lay(d.ellipse(X, Y, 16, 22.8, 4.5, 3.0), clothes=0.72)
        canvas.lay(d.ellipse(X, Y, 16, 22.4, 3.4, 2.1), SHADE)
    if kind == V_NECK:
        for width, colour, share in ((1.2, None, 0.72), (0.0, SHADE, 0.0)):
            slope = d.overlap(0.79 * np.abs(X - 16) + 0.61 * (Y - 26.7) - width, 22 - Y)
            canvas.lay(d.overlap(slope, Y - 28), colour, clothes=share)


def _curls(*centres: tuple[float | int, ...]) -> np.ndarray:
    return d.union(*(d.circle(X, Y, 16 + side * cx, cy, r) for cx, cy, r in centres for side in (LEFT, RIGHT)))


def _hair_behind(canvas: Canvas, cut: int) -> None:
    if cut == STRAIGHT:
        canvas.lay(d.box(X, Y, 8.4, 5, 23.6, 27, 6), hair=0.8)
    if cut == LONG_CURLY:
        canvas.lay(_curls((6.5, 10, 3.2), (7.2, 14.5, 3.2), (7.4, 19, 3.2), (6.2, 23, 3.0), (3, 20, 4)), hair=0.8)
    if cut == BUN:
        canvas.lay(d.circle(X, Y, 16, 3.6, 3.1), hair=1)
        canvas.lay(d.box(X, Y, 13.6, 5.6, 18.4, 6.4, 0.3), hair=0.6)


def _locks(canvas: Canvas, cut: int) -> None:
    """Long hair over the shoulders."""
    if cut == STRAIGHT:
        for side in (LEFT, RIGHT):
            canvas.lay(d.line(X, Y, (16 + 6.2 * side, 11), (16 + 6.4 * side, 26), 1.5), hair=1)
    if cut == LONG_CURLY:
        canvas.lay(_curls((7.4, 17.5, 2.1), (7.9, 20.5, 2.1), (7.0, 23.4, 2.1), (7.6, 26, 1.7)), hair=1)


def _hair_in_front(canvas: Canvas, cut: int) -> None:
    crown = d.ellipse(X, Y, 16, 11.6, 6.5, 7.6)
    if cut == FLAT:
        top = d.box(X, Y, 9.7, 4.2, 22.3, 14, 2.0)
        canvas.lay(d.overlap(top, d.union(Y - 7.6, d.overlap(5.0 - np.abs(X - 16), Y - 11.6))), hair=1)
    if cut == CURLY:
        curls = _curls(
            (0.0, 4.6, 2.3), (2.7, 5.0, 2.3), (5.0, 6.8, 2.2), (6.2, 9.4, 1.9), (1.4, 7.0, 1.6), (4, 7.6, 1.5)
        )
        canvas.lay(curls, hair=1)
    if cut == WAVED:
        sweep = d.union(d.ellipse(X, Y, 13.2, 6.2, 5.0, 3.4), d.ellipse(X, Y, 19.4, 6.6, 4.2, 3.0), crown)
        fringe = Y - 8.0 - 1.1 * np.sin(0.95 * (X - 10.5))
        canvas.lay(d.overlap(sweep, d.union(fringe, d.overlap(5.2 - np.abs(X - 16), Y - 12.2))), hair=1)
    if cut in (STRAIGHT, BUN):
        parted = d.union(*(d.ellipse(X, Y, 16 + 2.4 * side, 15.6, 3.4, 8.2) for side in (LEFT, RIGHT)))
        high = d.ellipse(X, Y, 16, 15.2, 5.3, 7.6)
        canvas.lay(d.overlap(crown, -(parted if cut == STRAIGHT else high), Y - 15), hair=1)
    if cut == LONG_CURLY:
        canvas.lay(_curls((0, 4.9, 2.4), (3.0, 5.2, 2.6), (5.6, 7.4, 2.5), (6.6, 10.6, 2.1), (6.9, 14, 1.8)), hair=1)


def _face(canvas: Canvas) -> None:
    for side in (LEFT, RIGHT):
        canvas.lay(d.circle(X, Y, 16 + 3.0 * side, 13.5, 0.9), DARK)
    canvas.lay(d.line(X, Y, (16, 14.6), (16, 15.4), 0.4), SHADE)
    smile = np.abs(d.circle(X, Y, 16, 14.9, 2.6)) - 0.4
    canvas.lay(d.overlap(smile, 16.6 - Y), LIP)


def _accessory(canvas: Canvas, accessory: int) -> None:
    if accessory == NO_GLASSES:
        return
    canvas.lay(d.box(X, Y, 10.2, 12.7, 21.8, 13.4, 0.1) if accessory == SUN else _bridge(), DARK)
    for side in (LEFT, RIGHT):
        middle = 16 + 3.0 * side
        if accessory == ROUND:
            canvas.lay(np.abs(d.circle(X, Y, middle, 13.5, 2.2)) - 0.42, DARK)
        else:
            canvas.lay(d.box(X, Y, middle - 2.4, 11.6, middle + 2.4, 15.4, 1.5), LENS)
            canvas.lay(d.line(X, Y, (middle - 1.2, 12.8), (middle - 0.2, 12.8), 0.4), GLINT)


def _bridge() -> np.ndarray:
    return d.union(
        *(d.line(X, Y, (16 + a, 13.2), (16 + b, 13.2), 0.35) for a, b in ((-0.6, 0.6), (-5.8, -5.2), (5.2, 5.8)))
    )
