"""What Streamlit works out anew in every run and need not, five places; and three more.

It reads its six themes from the configuration whenever a script or a fragment begins, though they do not change while
the server runs; and for each number input it copies the whole session's state, and builds a class for every component in
it, to look one key up. It takes the digest of all that an instrument is sent, megabytes of frames, for the name of a
component without a key, and every one of ours has one; and it has every chart held against Vega-Lite's whole schema, which
the tests do. Where two pages have settings of one name, it takes those of the page one comes to out of the
address, for those of the page one left. And where a fragment begins anew before its last messages have left, it drops them
and keeps what comes after them in the same container: the browser is told of a second child without a first, and is dead
from then on. Where a connection comes back and its session is gone (a laptop that slept, a server that was started again), the
new session is asked for a fragment of the old one, knows none, and every control is dead. And what looks at a run five times a
second is drawn anew each time, whether anything has come or not. None is part of Streamlit's public
face (version 1.67), so each is replaced only where it is found as it is known, and the tests compare what comes out.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial, wraps
from types import SimpleNamespace
from typing import Any

from streamlit.components.v2.bidi_component.main import BidiComponentMixin
from streamlit.elements import vega_charts
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.state.query_params import QueryParams
from streamlit.runtime.state.safe_session_state import SafeSessionState

from playground.runs import baton

THEME, STATE, QUERY, CLEAR = "_populate_theme_msg", "filtered_state", "populate_from_query_string", "clear"
RERUN = "request_rerun"
NAMED, CHART = "_build_bidi_identity_kwargs", "_convert_altair_to_vega_lite_spec"
Populate = Callable[..., None]
Make = Callable[..., dict[str, Any]]


def lighten() -> None:
    """Put what is here in the place of Streamlit's own."""
    if hasattr(app_session, THEME):
        setattr(app_session, THEME, remembered(getattr(app_session, THEME)))
    if isinstance(getattr(SafeSessionState, STATE, None), property):
        setattr(SafeSessionState, STATE, property(Glance))
    if hasattr(QueryParams, QUERY):
        setattr(QueryParams, QUERY, whole(getattr(QueryParams, QUERY)))
    if hasattr(ForwardMsgQueue, CLEAR):
        setattr(ForwardMsgQueue, CLEAR, patient(getattr(ForwardMsgQueue, CLEAR)))
    if hasattr(BidiComponentMixin, NAMED):
        setattr(BidiComponentMixin, NAMED, undigested(getattr(BidiComponentMixin, NAMED)))
    if hasattr(vega_charts, CHART):
        setattr(vega_charts, CHART, trusting(getattr(vega_charts, CHART)))
    if hasattr(app_session.AppSession, RERUN):
        setattr(app_session.AppSession, RERUN, spared(anew(getattr(app_session.AppSession, RERUN))))


def remembered(populate: Populate) -> Populate:
    """`populate(message, section)`, which fills a message in place, with what it filled in the first time."""
    known: dict[str, Any] = {}

    def fill(message: Any, section: str = "theme") -> None:
        if section not in known:
            first = type(message)()
            populate(first, section)
            known[section] = first
        if known[section].ByteSize():  # merging nothing would still mark the message as set
            message.MergeFrom(known[section])

    return fill


def whole(populate: Populate) -> Populate:
    """`populate(params, query)`, which takes every setting of an address, after those of the page one left are let go.

    `trail` turns to addresses of one page only, so nothing in them is of another.
    """

    def take(params: Any, query: str, pages: set[str] | None = None) -> None:
        if pages is not None:
            left = [held.widget_id for held in params._bindings_by_param.values() if held.script_hash not in pages]
            for widget in left:
                params.unbind_widget(widget)
        populate(params, query)

    return take


def patient(clear: Populate) -> Populate:
    """`clear(queue, retain_lifecycle_msgs, nobodys)`, which for the sake of a fragment drops nothing unsent.

    Whatever is new comes after it, for `clear` also forgets where in the queue the messages of each place are.
    """

    def keep(queue: Any, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None) -> None:
        nobodys: list[str] | None = None if fragment_ids_this_run is None else []
        clear(queue, retain_lifecycle_msgs, nobodys)

    return keep


def anew(request: Populate) -> Populate:
    """`request(session, client_state)`, which begins a session that has run nothing with the whole page, whatever was asked."""

    def begin(session: Any, client_state: Any = None) -> None:
        new = session._scriptrunner is None and session._fragment_storage.registration_sequence() == 0
        if new and client_state is not None and client_state.fragment_id:
            client_state.fragment_id, client_state.is_auto_rerun = "", False
        request(session, client_state)

    return begin


def spared(request: Populate) -> Populate:
    """`request(session, client_state)`, which runs no fragment by itself that would show what it shows."""

    def ask(session: Any, client_state: Any = None) -> None:
        polled = client_state is not None and client_state.is_auto_rerun
        if not (polled and baton.idle(session.id, client_state.fragment_id)):
            request(session, client_state)

    return ask


def undigested(build: Make) -> Make:
    """`build(mixin, proto, ...)`, what names a component that has no key, without the digest of bytes it is sent."""

    @wraps(build)
    def name(mixin: Any, *, proto: Any, **given: Any) -> dict[str, Any]:
        return build(mixin, proto=type(proto)(bytes=b"") if proto.bytes else proto, **given)

    return name


def trusting(convert: Make) -> Make:
    """`convert(chart)`, what is sent of a chart, which is not held against its schema."""

    @wraps(convert)
    def spec(chart: Any) -> dict[str, Any]:
        return convert(SimpleNamespace(to_dict=partial(chart.to_dict, validate=False)))

    return spec


class Glance(Mapping[str, Any]):
    """A session's state by its keys, each looked up when it is asked for."""

    def __init__(self, state: SafeSessionState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> Any:
        """The value of one key."""
        return self._state[key]

    def __contains__(self, key: object) -> bool:
        """Whether there is such a key."""
        return self._state.__contains__(str(key))

    def __iter__(self) -> Iterator[str]:
        """The keys, as Streamlit filters them."""
        return iter(self._whole())

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._whole())

    def __repr__(self) -> str:
        """All of it in words."""
        return repr(self._whole())

    def _whole(self) -> dict[str, Any]:
        with self._state._lock:
            return self._state._state.filtered_state
