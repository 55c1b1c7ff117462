"""An easel and a sheet alone: outfits that come out of the noise, made here, for the tests that need eyes and hands."""

import numpy as np
import streamlit as st

from core.data import images
from core.key import Key
from playground.instruments import easel
from playground.instruments.easel import Easel, Frame
from playground.instruments.stage import Line

FRAMES = 11


def clean(name: str, n: int) -> np.ndarray:
    """`n` pictures of a set, (n, c, h, w) in [0, 1]."""
    pictures = images.load(name)
    return pictures.images[:: max(len(pictures) // n, 1)][:n]


def frames(x: np.ndarray) -> list[Frame]:
    """x_t = (1 - t) x_0 + t noise, t from 1 to 0, with x_0 softened as the guess."""
    noise = Key(0).generator().standard_normal(x.shape)
    found = []
    for t in np.linspace(1, 0, FRAMES):
        guess = (1 - t**2) * x + t**2 * x.mean(axis=0)
        pictures = {"x": (1 - t) * x + t * (0.5 + 0.5 * noise), "clean": guess, "noise": 0.5 + noise / 6}
        told = {name: easel.bytes_of(value) for name, value in pictures.items()}
        found.append(Frame(f"Guess at t = {t:.2f}.", told, {"snr": float(-5 * t)}))
    return found


def main() -> None:
    """The mode says what is shown."""
    mode = st.query_params.get("mode", "outfits")
    st.html("<style>[data-testid=stMainBlockContainer] { padding: 1rem; max-width: 760px; }</style>")
    if mode == "mask":
        x = easel.bytes_of(clean("outfits", 16)[5])
        data = easel.pack_mask("sheet:5", x, alt="Outfit to mask")
        found = easel.masking(data, key="sheet", scene="sheet:5", shape=x.shape[1:])
        st.write("nothing" if found is None else f"covered {int(found.covered.sum())} at change {found.count}")
        if found is not None and found.covered.any():
            rows, columns = np.nonzero(found.covered)
            st.write(f"rows {rows.min()} to {rows.max()}, columns {columns.min()} to {columns.max()}")
        return
    n = 6 if mode == "labels" else 16
    x = clean("digits" if mode == "digits" else "outfits", n)
    many = frames(x)
    shown = Easel(
        f"test:{mode}",
        x.shape[1:],
        n,
        names=tuple(f"picture {i}" for i in range(n)),
        labels=tuple(f"t = {i / 5:.1f}" for i in range(n)) if mode == "labels" else (),
        groups=(("A: red hair", 3), ("B: black hair", 3)) if mode == "labels" else (),
        columns=3 if mode == "labels" else 0,
        lines=(Line("snr", "log SNR", "noise", unit="nats"),),
        alt="Test pictures",
        expected=FRAMES,
    )
    if mode == "live":
        live(shown, many)
        return
    said = easel.easel(easel.pack(shown, many, run="run-1"), key="easel", scene=shown.id)
    st.write(f"rests on {said.frame}, picked {said.picked}")


def live(shown: Easel, many: list[Frame]) -> None:
    """One more frame at every look."""

    @st.fragment(run_every=0.2)
    def look() -> None:
        state = st.session_state
        first, state.missing = state.get("missing"), None
        sent = state.get("sent", 0)
        total = min(sent + 1, FRAMES)
        if total > sent or first is not None:
            first = sent if first is None else first
            state.data = easel.pack(shown, many[first:total], run="run-1", first=first, live=total < FRAMES)
            state.sent = total
        state.missing = easel.easel(state.data, key="easel", scene=shown.id).missing

    look()


if __name__ == "__main__":
    main()
