"""Choose pictures to learn: a built-in set, or files of one's own and how they are made alike.

`choose` draws the controls and returns what was chosen as a `Shelved`: the Pictures, what was done to them, and the lines
of Python that make the same Pictures. Files that cannot be used take nothing away: the last choice stands.
"""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from core.data import images, picture_clinic
from core.data.examine import ClinicError
from core.data.images import Pictures
from core.data.picture_clinic import Cut
from core.data.read import ReadError
from core.data.readers.pictures.raw import MAX_UPLOAD, RawPictures, count
from core.data.readers.pictures.read import bundle, read_pictures
from core.key import Key
from playground import controls, image, session
from playground.runs import baton
from playground.shelf import guesses
from playground.shelf.reading import offer_again, read_once

UPLOAD = "own"
LABEL = f"Your pictures: a ZIP, PNG, JPEG, WebP, IDX (.gz), NPY or NPZ; at most {MAX_UPLOAD / 1e6:.0f} MB"
COLUMNS, ROWS = 8, 3
SHEET = 640
"""About how wide a contact sheet is made, in pixels, so that it stays crisp."""
GROUND = {False: 0.88, True: 0.22}
"""The brightness between the pictures of a contact sheet: in the dark theme or not."""


@dataclass(frozen=True)
class Shelved:
    """What was chosen: `pictures`, the `code` that makes them and, for files of one's own, `notes` on what was done."""

    pictures: Pictures
    code: str
    notes: tuple[str, ...] = ()


def titles() -> dict[str, str]:
    """Every set that can be chosen, by its name in the link."""
    return images.NAMES | {UPLOAD: "Your own pictures"}


def asked(default: str) -> str:
    """The name of the set that is, or will be, chosen."""
    titled = {title: name for name, title in titles().items()}
    return str(session.widget("pictures") or titled.get(session.from_link("pictures") or "", default))


def choose(default: str) -> Shelved:
    """The controls that choose a set of pictures, and what was chosen."""
    words = titles()
    names = list(words)
    name = st.selectbox("Pictures", names, names.index(default), words.__getitem__, key="pictures", bind="query-params")
    if name == UPLOAD:
        return uploaded(default)
    session.put_in_link("digest", None)
    chosen = session.once("pictures.shelved", name or default, lambda: shelved(name or default))
    session.hold("pictures.last", chosen)
    return chosen


def shelved(name: str) -> Shelved:
    """A built-in set; while it is made, perhaps for somebody else, other pages go on."""
    with baton.down():
        return Shelved(images.load(name), f"pictures = images.load({name!r})")


def uploaded(default: str) -> Shelved:
    """Files of one's own: read them, show what was understood, make them alike; a refusal leaves the last choice."""
    files = st.file_uploader(
        LABEL, accept_multiple_files=True, key="picture_files", max_upload_size=MAX_UPLOAD // 10**6
    )
    last: Shelved = session.recall("pictures.last", lambda: shelved(default))
    if not files:
        asked = session.from_link("digest")
        if asked and not last.pictures.name.startswith("file-"):
            st.caption(
                f"This link was made with somebody's own pictures (digest {session.plain(asked[:12])}); "
                "upload them to see the same screen."
            )
        return last
    try:
        name, sent = bundle({file.name: file.getvalue() for file in files})
        raw = read_once("pictures.held", name, sent, read_pictures)
        above = st.container()
        below = st.expander("How they are made alike")
        with below:
            cut = clinic(raw)
        pictures, said = session.once(
            "pictures.admitted", (raw.digest, cut), lambda: picture_clinic.admit(raw, cut, Key(0))
        )
    except (ReadError, ClinicError) as error:
        st.error(session.plain(str(error)))
        offer_again(error, "pictures.held")
        return last
    with above:
        understood(raw, pictures)
        guesses.show(session.once("pictures.guesses", (raw.digest, cut), lambda: guesses.notices(raw, cut, pictures)))
    with below:
        report((*raw.notes, *said), raw)
    session.put_in_link("digest", raw.digest)
    chosen = Shelved(pictures, code([file.name for file in files], cut), (*raw.notes, *said))
    session.hold("pictures.last", chosen)
    return chosen


def clinic(raw: RawPictures) -> Cut:
    """How the pictures are understood and made alike: what suits them, until somebody says otherwise."""
    proposal = session.once("pictures.proposed", raw.digest, lambda: picture_clinic.propose(raw))
    names = guesses.settings(raw)
    if session.changed("pictures.read", raw.digest) and session.from_link("digest") != raw.digest:
        session.set_widgets({name: getattr(proposal, name) for name in names})
    return replace(proposal, **controls.draw(proposal, more=False, names=names))


def understood(raw: RawPictures, pictures: Pictures) -> None:
    """The contact sheet, what it holds, and what could not be read, each in a sentence."""
    classes = f", {len(pictures.classes)} classes" if len(pictures.classes) > 1 else ""
    kept = f"; {count(len(pictures))} kept" if len(pictures) < len(raw) else ""
    found = f"{count(len(raw))}, {picture_clinic.sizes(raw)}{classes}{kept}"
    image.show(sheet(pictures), f"Contact sheet: {found}.", "stretch")
    st.caption(session.plain(f"Understood: {found}."))
    if raw.lost:
        st.caption(session.plain(f"{count(raw.lost, 'file')} left out. {raw.left_out[0]}"))


def report(notes: tuple[str, ...], raw: RawPictures) -> None:
    """Everything that was done, and what else was left out."""
    for note in (*notes, *raw.left_out[1:]):
        st.caption(session.plain(note))
    if raw.lost > len(raw.left_out):
        st.caption(f"{raw.lost - len(raw.left_out):,} more were left out.")


def sheet(pictures: Pictures) -> np.ndarray:
    """Pictures from the first to the last, tiled, (H, W, 3) of 8 bits, each pixel a crisp square."""
    n = len(pictures)
    rows = np.unique(np.linspace(0, n - 1, min(n, COLUMNS * ROWS)).astype(int))
    tiled = images.contact_sheet(
        pictures.pixels[rows] / (pictures.levels - 1), min(COLUMNS, len(rows)), 1, GROUND[session.dark()]
    )
    scale = max(round(SHEET / tiled.shape[1]), 1)
    crisp = np.rint(255 * tiled).astype(np.uint8).repeat(scale, axis=0).repeat(scale, axis=1)
    return np.broadcast_to(crisp, (*crisp.shape[:2], 3))


def code(names: list[str], cut: Cut) -> str:
    """The lines of Python that make the same Pictures."""
    if len(names) == 1:
        read = f"raw = read_pictures({names[0]!r}, Path({names[0]!r}).read_bytes())"
    else:
        read = f"raw = read_pictures(*bundle({{name: Path(name).read_bytes() for name in {tuple(names)!r}}}))"
    return f"{read}\npictures, notes = picture_clinic.admit(raw, {cut!r}, Key(0))"
