"""A remembered theme is the theme, and it is worked out once."""

import pytest
from streamlit.proto.NewSession_pb2 import CustomThemeConfig, NewSession
from streamlit.runtime import app_session

from playground import themes

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


def test_streamlit_still_has_what_is_replaced():
    assert callable(getattr(app_session, themes.NAME))


def told(populate):
    """The message of a new session's themes, filled as Streamlit fills it."""
    theme = NewSession().custom_theme
    parts = (theme, theme.light, theme.dark, theme.sidebar, theme.light.sidebar, theme.dark.sidebar)
    for part, section in zip(parts, SECTIONS, strict=True):
        populate(part, section)
    return theme.SerializeToString(deterministic=True)


def test_the_message_is_streamlits_own_the_first_time_and_ever_after():
    original = getattr(app_session, themes.NAME)
    fill = themes.remembered(original)
    assert told(fill) == told(fill) == told(original)


def test_each_section_is_worked_out_once_and_an_empty_one_leaves_no_mark():
    asked = []

    def populate(message, section="theme"):
        asked.append(section)
        if section == "theme":
            message.primary_color = "#0072B2"

    fill = themes.remembered(populate)
    for _ in range(3):
        message = CustomThemeConfig()
        fill(message)
        fill(message.light, "theme.light")
        assert message.primary_color == "#0072B2"
        assert not message.HasField("light")
    assert asked == ["theme", "theme.light"]


def test_nothing_is_done_where_streamlit_is_another(monkeypatch):
    monkeypatch.delattr(app_session, themes.NAME)
    themes.remember()
    with pytest.raises(AttributeError):
        getattr(app_session, themes.NAME)
