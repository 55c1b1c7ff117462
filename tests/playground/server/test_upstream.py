"""What stands in the place of Streamlit's own gives what that gave, and no more work is done for it than promised."""

from inspect import unwrap
from types import SimpleNamespace

import altair as alt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.components.v2.bidi_component import main
from streamlit.components.v2.bidi_component.main import BidiComponentMixin
from streamlit.elements import vega_charts
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig, NewSession
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.state.query_params import QueryParams
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from playground.server import upstream

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


def test_streamlit_still_has_what_is_replaced():
    assert callable(getattr(app_session, upstream.THEME))
    assert isinstance(getattr(SafeSessionState, upstream.STATE), property)
    assert callable(getattr(QueryParams, upstream.QUERY))
    assert callable(getattr(ForwardMsgQueue, upstream.CLEAR))
    assert callable(getattr(app_session.AppSession, upstream.RERUN))
    assert MemoryFragmentStorage().registration_sequence() == 0
    assert callable(getattr(BidiComponentMixin, upstream.NAMED))
    assert callable(getattr(vega_charts, upstream.CHART))


def told(populate):
    """The message of a new session's themes, filled as Streamlit fills it."""
    theme = NewSession().custom_theme
    parts = (theme, theme.light, theme.dark, theme.sidebar, theme.light.sidebar, theme.dark.sidebar)
    for part, section in zip(parts, SECTIONS, strict=True):
        populate(part, section)
    return theme.SerializeToString(deterministic=True)


def test_the_message_is_streamlits_own_the_first_time_and_ever_after():
    original = getattr(app_session, upstream.THEME)
    fill = upstream.remembered(original)
    assert told(fill) == told(fill) == told(original)


def test_each_section_is_worked_out_once_and_an_empty_one_leaves_no_mark():
    asked = []

    def populate(message, section="theme"):
        asked.append(section)
        if section == "theme":
            message.primary_color = "#0072B2"

    fill = upstream.remembered(populate)
    for _ in range(3):
        message = CustomThemeConfig()
        fill(message)
        fill(message.light, "theme.light")
        assert message.primary_color == "#0072B2"
        assert not message.HasField("light")
    assert asked == ["theme", "theme.light"]


def session():
    state = SessionState()
    for key, value in {"a": 1, "b": None, "held": {"x": [1, 2]}}.items():
        state[key] = value
    state["$$ID-1-None"] = "a widget without a key"
    return SafeSessionState(state, lambda: None)


def test_a_glance_shows_what_the_whole_copy_holds():
    state = session()
    whole, glance = state.filtered_state, upstream.Glance(state)
    assert dict(glance) == whole == {"a": 1, "b": None, "held": {"x": [1, 2]}}
    assert (len(glance), list(glance), repr(glance)) == (len(whole), list(whole), repr(whole))
    for key in ("a", "b", "none"):
        assert (key in glance, glance.get(key)) == (key in whole, whole.get(key))


def test_a_glance_looks_up_one_key_and_copies_nothing(monkeypatch):
    state, copied = session(), []
    monkeypatch.setattr(SessionState, "filtered_state", property(lambda self: copied.append(1) or {}))
    assert upstream.Glance(state)["held"] is state["held"]
    assert "a" in upstream.Glance(state)
    assert not copied


def enqueue(queue, path, parts, owner=""):
    """A block and what is in it, as a script writes them: a letter is a text, a tuple a block, a list another fragment."""
    msg = ForwardMsg()
    msg.metadata.delta_path.extend(path)
    msg.delta.fragment_id = owner
    msg.delta.add_block.SetInParent()
    queue.enqueue(msg)
    for k, part in enumerate(parts):
        at = (*path, k)
        if isinstance(part, str):
            msg = ForwardMsg()
            msg.metadata.delta_path.extend(at)
            msg.delta.fragment_id = owner
            msg.delta.new_element.markdown.body = part
            queue.enqueue(msg)
        else:
            enqueue(queue, at, part, str(at) if isinstance(part, list) else owner)


def fragments(path, parts, found):
    """The fragments in a block, by their names: where they are and what is in them."""
    for k, part in enumerate(parts):
        if not isinstance(part, str):
            if isinstance(part, list):
                found[str((*path, k))] = ((*path, k), part)
            fragments((*path, k), part, found)
    return found


def receive(page, queue):
    """What a browser makes of all that has not been sent: a block keeps what is in it, a child follows its sisters."""
    for msg in queue.flush():
        *way, last = msg.metadata.delta_path
        block = page
        for k in way:
            block = block[k]
            assert isinstance(block, list)
        assert last <= len(block), f"Bad delta path index {last} (should be between [0, {len(block)}])"
        new = msg.delta.new_element.markdown.body if msg.delta.WhichOneof("type") == "new_element" else []
        if last == len(block):
            block.append(new)
        elif not (new == [] and isinstance(block[last], list)):
            block[last] = new


def plain(parts):
    return [part if isinstance(part, str) else plain(part) for part in parts]


TEXTS = some.sampled_from("abc")
PARTS = some.recursive(
    TEXTS, lambda inner: some.lists(inner, max_size=4) | some.lists(inner, max_size=4).map(tuple), max_leaves=12
)


@given(some.lists(PARTS, min_size=1, max_size=4), some.lists(some.booleans()), some.data())
def test_whichever_fragments_begin_anew_a_browser_is_never_told_of_a_child_without_its_elder_sisters(parts, sent, data):
    """Parts of a page that run again before or after what they said has left: the browser ends with the whole page."""
    clear = upstream.patient(ForwardMsgQueue.clear)
    queue, page, known = ForwardMsgQueue(), [], fragments((0,), parts, {})
    enqueue(queue, (0,), parts)
    for flush in sent if known else ():
        if flush:
            receive(page, queue)
        name = data.draw(some.sampled_from(sorted(known)))
        clear(queue, True, [name])
        enqueue(queue, *known[name], name)
    receive(page, queue)
    assert page == [plain(parts)]


def test_a_whole_page_that_begins_anew_drops_what_has_not_been_sent():
    queue = ForwardMsgQueue()
    enqueue(queue, (0,), ["a", ["b"]])
    upstream.patient(ForwardMsgQueue.clear)(queue, True, None)
    assert queue.is_empty()


def test_a_component_with_a_key_is_named_alike_without_the_digest_of_its_bytes(monkeypatch):
    digested = []
    monkeypatch.setattr(main, "calc_hash", lambda data: digested.append(len(data)) or "digest")

    def page():
        import streamlit as st

        st.components.v2.component("told", html="<p></p>")(key="one", data=b"frames")

    build = unwrap(getattr(BidiComponentMixin, upstream.NAMED))  # as Streamlit made it, whoever has begun a server here
    monkeypatch.setattr(BidiComponentMixin, upstream.NAMED, build)
    said = [one.proto for one in AppTest.from_function(page).run().get("bidi_component")]
    assert digested == [6]
    monkeypatch.setattr(BidiComponentMixin, upstream.NAMED, upstream.undigested(build))
    assert [one.proto for one in AppTest.from_function(page).run().get("bidi_component")] == said
    assert digested == [6, 0]


def test_a_chart_is_sent_as_it_is_and_held_against_no_schema(monkeypatch):
    asked, validate = [], alt.Chart.validate
    monkeypatch.setattr(alt.Chart, "validate", lambda *a, **k: asked.append(1) or validate(*a, **k))
    convert = unwrap(getattr(vega_charts, upstream.CHART))

    def chart():
        base = alt.Chart(pd.DataFrame({"x": [1.0, 2.0]})).mark_line(color="#0072B2").encode(x="x:Q")
        return base.properties(height=100)

    def spec(made):
        told = made(chart())
        return told | {"data": None, "datasets": [*told["datasets"].values()]}

    known = spec(convert)
    assert asked
    asked.clear()
    assert spec(upstream.trusting(convert)) == known
    assert not asked


def test_lightened_streamlit_glances_and_remembers(monkeypatch):
    monkeypatch.setattr(app_session, upstream.THEME, getattr(app_session, upstream.THEME))
    for place, name in (
        (SafeSessionState, upstream.STATE),
        (QueryParams, upstream.QUERY),
        (ForwardMsgQueue, upstream.CLEAR),
        (BidiComponentMixin, upstream.NAMED),
        (vega_charts, upstream.CHART),
        (app_session.AppSession, upstream.RERUN),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))
    before = told(getattr(app_session, upstream.THEME))
    upstream.lighten()
    assert isinstance(session().filtered_state, upstream.Glance)
    assert told(getattr(app_session, upstream.THEME)) == before


def test_nothing_is_done_where_streamlit_is_another(monkeypatch):
    monkeypatch.delattr(app_session, upstream.THEME)
    monkeypatch.delattr(SafeSessionState, upstream.STATE)
    monkeypatch.delattr(QueryParams, upstream.QUERY)
    monkeypatch.delattr(ForwardMsgQueue, upstream.CLEAR)
    monkeypatch.delattr(BidiComponentMixin, upstream.NAMED)
    monkeypatch.delattr(vega_charts, upstream.CHART)
    monkeypatch.delattr(app_session.AppSession, upstream.RERUN)
    upstream.lighten()
    assert not hasattr(app_session, upstream.THEME)
    assert not hasattr(SafeSessionState, upstream.STATE)
    assert not hasattr(QueryParams, upstream.QUERY)
    assert not hasattr(ForwardMsgQueue, upstream.CLEAR)
    assert not hasattr(BidiComponentMixin, upstream.NAMED)
    assert not hasattr(vega_charts, upstream.CHART)


@pytest.mark.parametrize(("runner", "registered", "asked"), [(None, 0, ""), (None, 3, "part"), (object(), 0, "part")])
def test_a_session_that_has_run_nothing_begins_with_the_whole_page_and_any_other_does_what_it_is_asked(
    runner, registered, asked
):
    seen = []
    begin = upstream.anew(lambda session, state: seen.append(state and (state.fragment_id, state.query_string)))
    storage = SimpleNamespace(registration_sequence=lambda: registered)
    session = SimpleNamespace(_scriptrunner=runner, _fragment_storage=storage)
    begin(session, ClientState(fragment_id="part", query_string="a=1"))
    begin(session, None)
    assert seen == [(asked, "a=1"), None]


def test_of_what_is_looked_at_again_and_again_only_that_is_run_which_has_news(monkeypatch):
    seen = []
    monkeypatch.setattr(upstream.baton, "idle", lambda owner, fragment: (owner, fragment) == ("me", "still"))
    ask = upstream.spared(lambda session, state: seen.append(state and (state.fragment_id, state.is_auto_rerun)))
    for owner, fragment, polled in (
        ("me", "still", True),
        ("me", "still", False),
        ("me", "new", True),
        ("you", "still", True),
    ):
        ask(SimpleNamespace(id=owner), ClientState(fragment_id=fragment, is_auto_rerun=polled))
    ask(SimpleNamespace(id="me"), None)
    assert seen == [("still", False), ("new", True), ("still", True), None]
