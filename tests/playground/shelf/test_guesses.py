"""Sentences on what was decided or guessed, each with a press that changes it and one that leads back."""

from dataclasses import replace

import numpy as np
import pytest

from core.data import images
from core.data.picture_clinic import admit, propose
from core.data.readers.pictures.read import parse_pictures
from core.key import Key
from playground.shelf import guesses
from tests.core.data.readers.pictures.test_read import GREY, LABELS, encoded, idx, pngs
from tests.core.data.readers.test_hostile import archive, npy, npz
from tests.core.data.test_picture_choices import NESTED, SQUARES, drawing

DIGITS = images.load("digits").pixels[:40, 0] * np.uint8(15)
WAVES = np.sin(np.arange(12)[:, None, None, None] + np.linspace(0, 9, 768).reshape(16, 16, 3)[None])
COLOURS = np.rint(127.5 + 127.5 * WAVES).astype(np.uint8)

FILES = {  # file -> the choices that there is something to say about
    "plain": (npy(SQUARES), []),
    "labelled": (npz(x=GREY, y=LABELS), []),
    "one level of folders": (pngs(GREY, list("ab") * 6), []),
    "transposed digits": (idx(DIGITS.transpose(0, 2, 1)), ["turn"]),
    "12 bits": (npy(SQUARES.astype(np.uint16) * 16), ["range"]),
    "-1 to 1": (npy(SQUARES / 127.5 - 1), ["range"]),
    "any range": (npy(SQUARES * 3.7), ["range"]),
    "dark": (npy(SQUARES // 16), ["range"]),
    "dark on bright": (npy(255 - DIGITS), ["light"]),
    "bright on dark": (npy(DIGITS), []),
    "planes": (npy(COLOURS.transpose(0, 3, 1, 2).reshape(12, -1)), ["channels"]),
    "clear": (
        archive([(f"{i}.png", encoded(drawing(200 + i) + np.uint8(i))) for i in range(12)]),
        ["ground"],
    ),
    "nested": (
        pngs(SQUARES[..., None], [path.replace("train", "a").replace("test", "b") for path in NESTED]),
        ["classes"],
    ),
    "parts": (pngs(SQUARES[..., None], NESTED), ["classes", "split"]),
    "array parts": (npz(x_train=SQUARES[:20], x_test=SQUARES[20:]), ["split"]),
}


def said(raw, cut):
    return guesses.notices(raw, cut, admit(raw, cut, Key(0))[0])


@pytest.mark.parametrize("case", FILES)
def test_what_there_is_something_to_say_about(case):
    content, wanted = FILES[case]
    raw = parse_pictures("a", content)
    found = said(raw, propose(raw))
    assert [notice.name for notice in found] == wanted
    for notice in found:
        assert notice.sentence.endswith(".")
        assert len(notice.press) < 40


@pytest.mark.parametrize("case", [case for case, (_, wanted) in FILES.items() if wanted])
def test_a_press_changes_what_it_speaks_of_and_the_next_one_leads_back(case):
    raw = parse_pictures("a", FILES[case][0])
    cut = propose(raw)
    for notice in said(raw, cut):
        assert notice.name in guesses.settings(raw)
        changed = replace(cut, **{notice.name: notice.word})
        assert changed != cut
        back = {one.name: one for one in said(raw, changed)}.get(notice.name)
        if case == "dark":  # mended, and nothing is left to say
            assert admit(raw, changed, Key(0))[0].pixels.max() == 255
            continue
        assert back.sentence != notice.sentence
        while back.word != getattr(cut, notice.name):  # three levels of folders go round in more presses
            changed = replace(changed, **{back.name: back.word})
            back = {one.name: one for one in said(raw, changed)}[notice.name]


def test_the_words():
    def sentences(case, **changes):
        raw = parse_pictures("a", FILES[case][0])
        cut = replace(propose(raw), **changes)
        return [(notice.sentence, notice.press) for notice in said(raw, cut)]

    assert sentences("12 bits") == [
        (
            "The numbers run from 0 to 4,080, so of 16 bits only 12 are in use: 0 became black and 4,095 white, in all "
            "pictures alike.",
            "Take the whole range of the file",
        )
    ]
    assert sentences("12 bits", range="as it is")[0][1] == "Take 0 to 4095"
    assert sentences("-1 to 1")[0][0].endswith("−1 became black and 1 white, in all pictures alike, so 0 is grey.")
    assert sentences("dark")[0][0].startswith("The numbers run from 0 to 15 and the brightest pixel is 15 of 255")
    assert sentences("dark on bright")[0] == (
        "Dark on bright: 85 % of the pixels at their borders are bright. Handwritten digits are bright on dark.",
        "Invert",
    )
    assert sentences("dark on bright", light="inverted")[0][1] == "Show them as they were"
    assert sentences("clear") == [
        (
            "12 pictures are partly transparent and laid on black, from which what is drawn differs more.",
            "Lay on white",
        )
    ]
    assert sentences("nested")[0][0] == "Classes are named by folder level 3: n01, n02."
    assert sentences("nested", classes="folder 2") == [
        ("Classes are named by folder level 2: a, b.", "Name them by folder level 3")
    ]
    assert sentences("parts")[1][0] == "The file's own parts are kept: 18 to train on and 6 to judge by."
    assert sentences("planes")[0][0] == (
        "Colours are read as a plane of red, one of green and one of blue: neighbouring pixels differ 0.38 times as much "
        "as the other way."
    )
    assert sentences("transposed digits") == [
        (
            "A guess: these look like letters or digits lying on their side, 1.7 times as wide as high. EMNIST's files "
            "hold them transposed.",
            "Transpose them",
        )
    ]
    assert sentences("transposed digits", turn="transposed") == [
        ("The pictures are transposed.", "Show them as they were")
    ]


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (-2.1, 2.6, "-1 to 1"),
        (0, 1.2, "0 to 1"),
        (0, 943.5, "0 to 1023"),
        (7.5, 300, "0 to 1023"),
        (0, 1e6, "0 to 65535"),
    ],
)
def test_the_usual_range_that_is_offered_instead(low, high, word):
    assert guesses.nearest(low, high) == word


def test_noise_in_rows_is_called_a_guess():
    noise = np.random.default_rng(0).integers(0, 256, (12, 768), dtype=np.uint8)
    raw = parse_pictures("a", npy(noise))
    assert said(raw, propose(raw))[0].sentence.startswith("A guess: colours are read ")


def test_only_settings_that_mean_something_are_offered():
    usual = ["side", "crop", "tone", "light", "turn", "range"]
    for case, more in {
        "plain": [],
        "labelled": [],
        "planes": ["channels"],
        "clear": ["ground"],
        "parts": ["classes", "split"],
    }.items():
        assert guesses.settings(parse_pictures("a", FILES[case][0])) == [*usual, *more]
