"""However what a browser asks and what the server says cross on their way, the address ends as the link to the screen."""

from inspect import unwrap
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state import query_params
from streamlit.runtime.state.query_params import QueryParams
from streamlit.runtime.state.safe_session_state import SafeSessionState

from playground.server import address

POPULATE, SEND = unwrap(QueryParams.populate_from_query_string), unwrap(QueryParams._send_query_param_msg)
"""As Streamlit made them, whoever has begun a server here."""
DEFAULTS = {"k": 8.0, "n": 1.0}  # two sliders
ORDERS = some.lists(
    some.one_of(
        some.tuples(some.sampled_from(sorted(DEFAULTS)), some.integers(1, 9)),
        some.tuples(some.just("rest"), some.integers(0, 3)),  # where the film rests
        some.tuples(some.just("file"), some.sampled_from("ab")),  # which a run names once, when it comes
        some.tuples(some.just("turn"), some.integers(1, 9)),  # to another screen, as the browser's back does
        some.sampled_from(["serve", "receive"]),
    ),
    max_size=25,
)


def test_streamlit_still_has_what_is_watched():
    for place, name in (
        (QueryParams, address.QUERY),
        (QueryParams, address.SEND),
        (ScriptRunContext, address.BEGUN),
        (ScriptRunner, address.ENDED),
    ):
        assert callable(getattr(place, name))


class Controls(dict):
    """A session's state: the values of its controls by their ids, and its address."""

    def __init__(self, params):
        super().__init__(DEFAULTS)
        self.query_params = params

    def get_widget_metadata(self, name):
        deserializer = lambda value: DEFAULTS[name] if value is None else value  # noqa: E731
        return SimpleNamespace(deserializer=deserializer, serializer=lambda value: [value], fragment_id=None)


class Server:
    """Runs one after the other: each is begun with what was asked, writes the frame and ends; all it says is in `said`."""

    def __init__(self, watched):
        self.params, self.said = QueryParams(), []
        state = Controls(self.params)
        self.ctx = SimpleNamespace(
            enqueue=lambda msg: self.said.append(msg.page_info_changed.query_string),
            query_string="",
            is_history_navigation=False,
            session_state=SafeSessionState(state, lambda: None),
            script_requests=SimpleNamespace(_state=ScriptRequestType.CONTINUE),
            fragment_storage=None,
        )
        keep = None if watched else lambda act: act
        self.populate = (keep or address.authored)(POPULATE)
        self.begin = (keep or address.begun)(lambda ctx: None)
        self.end = (keep or address.ended)(lambda *given: None)
        self.shown, self.file, self.frame = dict(DEFAULTS), "", 0
        for name in DEFAULTS:
            self.params.bind_widget(name, name, "double_array_value", "page")

    def run(self, query, values, rest, file="", turned=False):
        state = self.ctx.session_state._state
        self.ctx.is_history_navigation = turned
        self.populate(self.params, query)
        state.update({} if turned else values)
        self.begin(self.ctx)
        state.update(values)  # which a screen that was turned to has only once its controls are drawn
        if file:
            self.params["file"] = file
        self.file = file or ("" if turned else self.file)
        if dict(state) != self.shown or not rest:
            self.params.pop("frame", None)  # another film, on its newest frame
        elif self.params.get("frame") != str(rest):
            self.params["frame"] = str(rest)
        self.frame = 0 if dict(state) != self.shown else rest
        self.shown = dict(state)
        self.end(None, self.ctx, None, False, None)

    def screen(self):
        """What a link to the screen says."""
        frame = {"frame": str(self.frame)} if self.frame else {}
        file = {"file": self.file} if self.file else {}
        return {name: f"{v:g}" for name, v in self.shown.items() if v != DEFAULTS[name]} | frame | file


class Browser:
    """Its address, its controls, and what it has asked and not been heard."""

    def __init__(self):
        self.address, self.values, self.rest, self.asked = {}, dict(DEFAULTS), 0, []

    def change(self, what, value):
        file, turned = value if what == "file" else "", what == "turn"
        if what == "rest":
            self.rest = value
        elif turned:
            self.values, self.rest = DEFAULTS | {"k": float(value)}, 0
            self.address = {"k": str(value)} if value != DEFAULTS["k"] else {}
        elif not file:
            self.values[what], self.rest = float(value), 0
            self.address = {k: v for k, v in self.address.items() if k != what}
            self.address |= {what: str(value)} if value != DEFAULTS[what] else {}
        self.asked.append((urlencode(self.address), dict(self.values), self.rest, file, turned))

    def receive(self, said):
        self.address = dict(parse_qsl(said))


def walked(orders, watched, monkeypatch):
    """The address and the screen, when all has been heard."""
    server, browser = Server(watched), Browser()
    monkeypatch.setattr(query_params, "get_script_run_ctx", lambda: server.ctx)
    monkeypatch.setattr(address, "get_script_run_ctx", lambda: server.ctx)
    monkeypatch.setattr(QueryParams, address.SEND, SEND if not watched else address.remembered(SEND))
    server.run("", dict(DEFAULTS), 0)

    def serve():
        if browser.asked:
            server.run(*browser.asked.pop(0))

    def receive():
        if server.said:
            browser.receive(server.said.pop(0))

    for order in orders:
        if order == "serve":
            serve()
        elif order == "receive":
            receive()
        else:
            browser.change(*order)
    while browser.asked or server.said:
        serve()
        receive()
    return browser.address, server.screen()


CROSSED = [("rest", 2), ("k", 7), "serve", "serve"]  # the frame is said when the key is already pressed


@settings(max_examples=300)
@given(ORDERS)
def test_whatever_crosses_the_address_ends_as_the_link_to_the_screen(orders):
    with pytest.MonkeyPatch.context() as patch:
        shown, screen = walked(orders, True, patch)
    assert shown == screen


def test_without_it_a_key_pressed_during_a_run_is_lost_from_the_address(monkeypatch):
    shown, screen = walked(CROSSED, False, monkeypatch)
    assert screen == {"k": "7"}
    assert shown != screen
    monkeypatch.undo()
    assert walked(CROSSED, True, monkeypatch) == (screen, screen)
