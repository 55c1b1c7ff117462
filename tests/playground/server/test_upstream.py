"""What stands in the place of Streamlit's own gives what that gave, and no more work is done for it than promised."""

from streamlit.proto.NewSession_pb2 import CustomThemeConfig, NewSession
from streamlit.runtime import app_session
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from playground.server import upstream

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


def test_streamlit_still_has_what_is_replaced():
    assert callable(getattr(app_session, upstream.THEME))
    assert isinstance(getattr(SafeSessionState, upstream.STATE), property)


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


def test_lightened_streamlit_glances_and_remembers(monkeypatch):
    monkeypatch.setattr(app_session, upstream.THEME, getattr(app_session, upstream.THEME))
    monkeypatch.setattr(SafeSessionState, upstream.STATE, getattr(SafeSessionState, upstream.STATE))
    plain = told(getattr(app_session, upstream.THEME))
    upstream.lighten()
    assert isinstance(session().filtered_state, upstream.Glance)
    assert told(getattr(app_session, upstream.THEME)) == plain


def test_nothing_is_done_where_streamlit_is_another(monkeypatch):
    monkeypatch.delattr(app_session, upstream.THEME)
    monkeypatch.delattr(SafeSessionState, upstream.STATE)
    upstream.lighten()
    assert not hasattr(app_session, upstream.THEME)
    assert not hasattr(SafeSessionState, upstream.STATE)
