"""What was decided about somebody's pictures on evidence, or only guessed: a sentence each, and a press that changes it.

`notices` are pure: a sentence, the words of its button, and the one choice of the `Cut` that the button sets.
"""

from dataclasses import dataclass

import streamlit as st

from core.data.images import Pictures
from core.data.picture_clinic import DIM
from core.data.readers.pictures.cut import Cut, level, tone_ends
from core.data.readers.pictures.evidence import RANGES, contrasting, lying, roughness, usual_range
from core.data.readers.pictures.folders import LEVELS, candidates
from core.data.readers.pictures.levels import LEAST
from core.data.readers.pictures.raw import MAX_CLASSES, RawPictures, count
from core.data.readers.table import listed
from core.digits import raised, written
from playground import session
from playground.shelf import ink

SURE = 0.8
"""If the smoother order of channels is not smoother than this share of the other, it is called a guess."""


@dataclass(frozen=True)
class Notice:
    """A `sentence` on what was decided or guessed, and the `press` that sets the choice `name` to `word`."""

    sentence: str
    press: str
    name: str
    word: str


def notices(raw: RawPictures, cut: Cut, pictures: Pictures) -> list[Notice]:
    """What stands above the settings, in the order in which a person would see that something is wrong."""
    seen = (turned(raw, cut), toned(raw, cut, pictures), lit(cut, pictures), ordered(raw, cut), grounded(raw, cut))
    return [notice for notice in (*seen, classed(raw, cut), parted(raw, cut)) if notice]


def turned(raw: RawPictures, cut: Cut) -> Notice | None:
    """A guess that letters lie on their side, or the way back."""
    if cut.turn != "as it is":
        how = cut.turn.replace("upside", "turned upside")
        return Notice(f"The pictures are {how}.", "Show them as they were", "turn", "as it is")
    wide = lying(raw)
    if wide is None:
        return None
    return Notice(
        f"A guess: these look like letters or digits lying on their side, {written(wide, 2)} times as wide as high. "
        "EMNIST's files hold them transposed.",
        "Transpose them",
        "turn",
        "transposed",
    )


def toned(raw: RawPictures, cut: Cut, pictures: Pictures) -> Notice | None:
    """The range that was taken for black to white where it is not the usual one, and dark pictures."""
    usual, (black, white), (low, high) = usual_range(raw), tone_ends(raw, cut), raw.extent
    found = f"The numbers run from {raised(f'{low:,.6g}')} to {raised(f'{high:,.6g}')}"
    ends = f"{raised(f'{black:,.6g}')} became black and {raised(f'{white:,.6g}')} white, in all pictures alike"
    brightest = pictures.pixels.max()
    if cut.range != "as found" and brightest < DIM and high > low:
        said = f"{found} and the brightest pixel is {brightest} of 255, so the pictures are dark: {ends}."
        return take(said, "as found" if usual in ("as it is", cut.range) else usual)
    if usual == cut.range == "as it is":
        return None
    if cut.range != usual:
        return take(f"{found}: {ends}.", usual)
    if usual == "as found":
        return take(f"{found}, which is no usual range: {ends}.", nearest(low, high))
    if usual == "-1 to 1":
        return take(f"{found}: {ends}, so 0 is grey.", "0 to 1")
    bits = (int(white) + 1).bit_length() - 1
    return take(f"{found}, so of 16 bits only {bits} are in use: {ends}.", "as it is")


def lit(cut: Cut, pictures: Pictures) -> Notice | None:
    """Grey pictures on a bright ground, which may be inverted to be like the built-in sets, or the way back."""
    if cut.light == "inverted":
        return Notice("Inverted: dark on bright became bright on dark.", "Show them as they were", "light", "as it is")
    bright = ink.bright(pictures)
    if pictures.shape[0] > 1 or bright < ink.SURE:
        return None
    said = f"Dark on bright: {100 * bright:.0f} % of the pixels at their borders are bright."
    return Notice(f"{said} Handwritten digits are bright on dark.", "Invert", "light", "inverted")


def take(sentence: str, word: str) -> Notice:
    """A sentence on the range of tones, with the press for another."""
    press = {"as it is": "Take the whole range of the file", "as found": "Take the range found"}
    return Notice(sentence, press.get(word, f"Take {word}"), "range", word)


def nearest(low: float, high: float) -> str:
    """The usual range that numbers of no usual range may be meant in, those beyond it cut off."""
    if low < 0 or high < LEAST:
        return "-1 to 1" if low < 0 else "0 to 1"
    return next((word for word, (black, white) in RANGES.items() if black <= low and high <= white), "0 to 65535")


def ordered(raw: RawPictures, cut: Cut) -> Notice | None:
    """The order of the channels, where both fit."""
    if raw.planar is None:
        return None
    last, first = roughness(raw)
    here, there = (last, first) if cut.channels == "last" else (first, last)
    how = "pixel by pixel" if cut.channels == "last" else "as a plane of red, one of green and one of blue"
    unsure = min(last, first) > SURE * max(last, first)
    compared = (
        f": neighbouring pixels differ {written(here / there, 2)} times as much as the other way" if there else ""
    )
    return Notice(
        f"{'A guess: colours' if unsure else 'Colours'} are read {how}{compared}.",
        "Read them the other way",
        "channels",
        "first" if cut.channels == "last" else "last",
    )


def grounded(raw: RawPictures, cut: Cut) -> Notice | None:
    """What lies under transparent pictures."""
    clear = int((raw.shapes[:, 2] % 2 == 0).sum())
    if not clear:
        return None
    other = "black" if cut.ground == "white" else "white"
    why = ", from which what is drawn differs more" if cut.ground == contrasting(raw) else ""
    verb = "is" if clear == 1 else "are"
    return Notice(
        f"{count(clear)} {verb} partly transparent and laid on {cut.ground}{why}.", f"Lay on {other}", "ground", other
    )


def classed(raw: RawPictures, cut: Cut) -> Notice | None:
    """Which folders name the classes, where there is more than one level of them."""
    if raw.folders is None or not (raw.folders.places[:, 1] >= 0).any():
        return None
    offered = [LEVELS[i] for i in candidates(raw.folders) if len(raw.folders.different(i)) <= MAX_CLASSES]
    if not offered:
        return None
    if cut.classes not in LEVELS:
        return Notice("No folder names the classes.", f"Name them by {level(offered[-1])}", "classes", offered[-1])
    names = sorted(raw.folders.different(LEVELS.index(cut.classes)))
    others = [word for word in offered if word != cut.classes]
    press = f"Name them by {level(others[-1])}" if others else "No classes"
    word = others[-1] if others else "none"
    return Notice(f"Classes are named by {level(cut.classes)}: {listed(names)}.", press, "classes", word)


def parted(raw: RawPictures, cut: Cut) -> Notice | None:
    """Whether the file's own parts are kept as the split."""
    if raw.parts is None:
        return None
    if cut.split == "drawn":
        return Notice("The file's train and test are mixed, and drawn anew.", "Keep them as read", "split", "as read")
    train, val, test = (f"{int((raw.parts == part).sum()):,}" for part in range(3))
    named = " and ".join(
        f"{n} {what}" for n, what in ((train, "to train on"), (val, "to choose by"), (test, "to judge by")) if n != "0"
    )
    return Notice(f"The file's own parts are kept: {named}.", "Mix and draw anew", "split", "drawn")


def show(found: list[Notice]) -> None:
    """The sentences, each with its press under it."""
    for notice in found:
        st.caption(session.plain(notice.sentence))
        change = {notice.name: notice.word}
        st.button(notice.press, key=f"guess.{notice.name}", on_click=session.set_widgets, args=(change,))


def settings(raw: RawPictures) -> list[str]:
    """The choices of a Cut that mean something for these pictures."""
    special = {"channels": raw.planar is not None, "ground": bool((raw.shapes[:, 2] % 2 == 0).any())}
    special |= {"classes": raw.folders is not None, "split": raw.parts is not None}
    usual = ("side", "crop", "tone", "light", "turn", "range")
    return [*usual, *(name for name, meant in special.items() if meant)]
