"""What belongs to one person: the only module that touches the session's state and the query string.

Widgets that carry a setting are bound to the query string by their key, so the address bar always holds a link to the
screen. What is not a widget (start means that were dragged, points that were drawn) is written there by `put_in_link`.
"""

import re
from collections.abc import Callable, Container, Hashable, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from core.options import meant, options

Value = TypeVar("Value")
HELD = "playground_held"  # of Streamlit's context of a run, which is one thread's of one session


def enter() -> None:
    """Note that the frame has been drawn in this session."""
    st.session_state["frame.entered"] = True


def entered() -> bool:
    """Whether the frame has been drawn in this session."""
    return st.session_state.get("frame.entered", False)


def owner() -> str:
    """A name for this session that nobody can guess."""
    return recall("owner", lambda: uuid4().hex)


def before() -> str:
    """The `owner` of the session that this tab had before it was reloaded, as its cookie (of `trail.js`) says; or ""."""
    port = urlsplit(st.context.url or "").port or ""
    said = str(st.context.cookies.get(f"playground-tab-{port}", ""))
    return said if re.fullmatch("[0-9a-f]{32}", said) and said != owner() else ""


def recall(name: str, make: Callable[[], Value], *, screen: bool = False) -> Value:
    """The session's value called `name`, made on first use; of a `screen` it is made anew when an address is turned to."""
    held = _screen() if screen else _held()
    if name not in held:
        held[name] = make()
    return held[name]


def hold(name: str, value: Any, *, screen: bool = False) -> None:
    """Keep `value` under `name` for this session, or for as long as the page stays with this `screen`."""
    (_screen() if screen else _held())[name] = value


def _held() -> dict[str, Any]:
    """All that is held, under one key, as Streamlit looks through every key at each widget. A run asks a hundred times: it is
    found once, and each of them still ends the run if another is asked for."""
    ctx = get_script_run_ctx(suppress_warning=True)
    held: dict[str, Any] | None = getattr(ctx, HELD, None)
    if ctx is not None and held is not None:
        ctx.yield_check()
        return held
    held = st.session_state.setdefault("held", {})
    if ctx is not None:
        setattr(ctx, HELD, held)
    return held


def _screen() -> dict[str, Any]:
    """What the page on show has read in its address, and what a hand made of that since."""
    return recall(f"screen.{page()}", dict)


def open_page(name: str) -> None:
    """Note which page is on show. If its address was turned to (by the browser's back and forward, or by `trail`), what it
    held of another screen is forgotten, and the address is read as a fresh session reads it.

    Streamlit itself then sets every widget that the address can name, to its default if the address does not, but only when
    it is drawn: until then none may answer for what it was.
    """
    hold("page", name)
    ctx = get_script_run_ctx()
    if ctx is not None and ctx.is_history_navigation:
        hold(f"screen.{name}", {})
        hold(f"turn.{name}", turn() + 1)
        for key in [key for key in st.session_state if isinstance(key, str) and key.isidentifier() and key != "held"]:
            del st.session_state[key]


def page() -> str:
    """The page on show, as its address calls it; "" for the first."""
    return recall("page", str)


def turn() -> int:
    """How often an address of the page on show was turned to."""
    return recall(f"turn.{page()}", lambda: 0)


def turned(scene: str) -> str:
    """The id of a scene on this screen: what an instrument reported before an address was turned to is of another one."""
    return f"{scene}@{now}" if (now := turn()) else scene


def part() -> tuple[str, str] | None:
    """Streamlit's names of this session and of the fragment that is drawn now; None outside of any."""
    ctx, fragment = get_script_run_ctx(suppress_warning=True), ThreadState.get().fragment_id
    return (ctx.session_id, fragment) if ctx is not None and fragment else None


def heed() -> None:
    """End this run of the script here if another is asked for, or if its person has left.

    Streamlit ends a script only where it is called; whoever waits long for something else lets it in by this.
    """
    _held()


def set_widgets(values: Mapping[str, Any]) -> None:
    """Set keyed widgets (from a callback, before they are drawn); the link follows."""
    for key, value in values.items():
        st.session_state[key] = value


def widget(key: str, default: Any = None) -> Any:
    """The present value of a keyed widget that may not have been drawn yet."""
    return st.session_state.get(key, default)


def settle(name: str, allowed: Container[Any], default: Any) -> None:
    """Put a keyed widget, about to be drawn, whose `allowed` values or `default` follow the data, where it belongs.

    What a person or the link chose stands wherever it is allowed, and waits where it is not; who chose nothing, or what is
    the default, gets the default of these very data. So it does not matter which data were on show in between.
    """
    now = widget(name)
    chosen, before, usual = recall(f"settled.{name}", lambda: (None, default, default), screen=True)
    if now not in (None, before):
        chosen = None if now == usual else now
    settled = chosen if chosen is not None and chosen in allowed else default
    if settled != (default if now is None else now):
        set_widgets({name: settled})
    hold(f"settled.{name}", (chosen, settled, default), screen=True)


def unchosen(held: Mapping[str, Any], name: str, value: Any) -> bool:
    """Whether a widget has this value because the page `settle`d it there, and nobody chose it: then no link says so.

    `held` is all that the session holds.
    """
    chosen, now, _ = held.get(f"screen.{held.get('page', '')}", {}).get(f"settled.{name}", ("somebody", None, None))
    return chosen is None and value == now


def from_link(name: str) -> str | None:
    """The link's value of something that is not a widget."""
    return st.query_params.get(name)


def put_in_link(name: str, value: str | None) -> None:
    """Write (or, with None, remove) something that is not a widget in the link."""
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def reword(name: str, word: str) -> bool:
    """Say a setting of the link in another word, for its widget to read when it is first drawn; False once it was drawn."""
    try:
        put_in_link(name, word)
    except StreamlitAPIException:  # the widget alone may say it
        return False
    return True


def link() -> str:
    """The address that shows this screen."""
    path = (st.context.url or "").split("?")[0]
    query = urlencode([(k, v) for k in st.query_params for v in st.query_params.get_all(k)])
    return f"{path}?{query}" if query else path


def complaints(presets: Sequence[Any], choices: Mapping[str, Sequence[str]]) -> list[str]:
    """One sentence for each setting in the link that cannot be used; read once, before the page draws its widgets.

    Streamlit drops such values without a word; this says so. `presets` are the Configs whose values are the defaults,
    `choices` further keyed widgets with their allowed words, the default first.
    """

    def read() -> list[str]:
        said = []
        for preset in presets:
            for option in options(type(preset)):
                text = st.query_params.get(option.name, "")[:40]
                try:
                    option.parse(text or str(getattr(preset, option.name)))
                except ValueError as error:
                    said.append(f"In this link: {plain(str(error))} It is {getattr(preset, option.name)} instead.")
        for name, words in choices.items():
            asked = st.query_params.get(name)
            if asked is not None and meant(asked, words) not in words:
                said.append(f"In this link: there is no {name} called {plain(asked[:40])}. It is {words[0]} instead.")
        return said

    watched = [*(option.name for preset in presets for option in options(type(preset))), *choices]
    now = {name: st.query_params.get_all(name) for name in watched}
    said, before, runs = recall("complaints", lambda: (read(), now, 0), screen=True)
    if runs > 1 and now != before:  # the first run still sees the wrong values; after that a change is the person's
        said = []
    hold("complaints", (said, now, runs + 1), screen=True)
    return said


def plain(text: str) -> str:
    """A stranger's words with Markdown's signs made harmless."""
    return "".join("\\" + c if c in r"\`*_{}[]()<>#+-.!|$~:" else c for c in text)


def fingerprint(raw: bytes) -> bytes:
    """A digest of bytes, to recognise what was seen before in this session."""
    return sha256(raw).digest()


def once(name: str, key: Hashable, make: Callable[[], Value]) -> Value:
    """What `make` gave for this `key` the last time, made again only when the key is another."""
    found = recall(name, lambda: None)
    if found is None or found[0] != key:
        found = (key, make())
        hold(name, found)
    return found[1]


def changed(name: str, value: Any) -> bool:
    """Whether `value` differs from the one given last under this name; remembers it."""
    before = recall(name, lambda: None)
    hold(name, value)
    return before != value


def dark() -> bool:
    """Whether the person's theme is dark."""
    return st.context.theme.type == "dark"
