"""The address bar says what the screen is, whoever spoke last.

The browser writes a setting in the address when it is changed, and asks for a run; a run writes the whole address when it
changes what is no setting (the frame on show). The two cross: a run that was begun before a key was pressed ends with an
address that does not know the key, the browser takes it, and the setting is lost from the link though the control keeps
it; or the browser asks with an address that does not know the frame. So here a setting is what its control says, what is
no setting is what the server said, whatever came with the question, and a run begins and ends by saying the address when it
is not the one that was said last. Whatever a hand changed asks for a run, so the last word is right. Streamlit 1.67 does
none of it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state.query_params import QueryParams, _coerce_value_for_query_url, parse_url_param

from playground import session

QUERY, SEND, BEGUN, ENDED = (
    "populate_from_query_string",
    "_send_query_param_msg",
    "on_script_start",
    "_on_script_finished",
)
Act = Callable[..., None]


def watch() -> None:
    """Put what is here around Streamlit's own."""
    for place, name, around in (
        (QueryParams, QUERY, authored),
        (QueryParams, SEND, remembered),
        (ScriptRunContext, BEGUN, begun),
        (ScriptRunner, ENDED, ended),
    ):
        if hasattr(place, name):
            setattr(place, name, around(getattr(place, name)))


def authored(populate: Act) -> Act:
    """`populate(params, query)`, in which what is no setting stays as the server has it, unless another screen is turned to."""

    @wraps(populate)
    def take(params: Any, query: str, pages: set[str] | None = None) -> None:
        ctx = get_script_run_ctx()
        stays = hasattr(params, "said") and pages is None and not (ctx and ctx.is_history_navigation)
        ours = dict(params._query_params)
        populate(params, query, pages)
        if stays:
            theirs = {name: words for name, words in params._query_params.items() if params.is_bound(name)}
            params._query_params = theirs | {name: words for name, words in ours.items() if not params.is_bound(name)}
        if not hasattr(params, "said"):
            params.said = _text(params)  # the browser's own word

    return take


def remembered(send: Act) -> Act:
    """`send(params)`, after which it is known what was said."""

    @wraps(send)
    def say(params: Any) -> None:
        send(params)
        params.said = _text(params)

    return say


def begun(start: Act) -> Act:
    """`start(ctx)`, what a run begins with; from then on the address has the settings that the controls have."""

    @wraps(start)
    def begin(ctx: Any) -> None:
        start(ctx)
        if not ctx.is_history_navigation:  # there the controls take what the address has, when they are drawn
            _say(ctx)

    return begin


def ended(finish: Act) -> Act:
    """`finish(runner, ctx, event, stopped, run)`, after which the address is said if another was said last."""

    @wraps(finish)
    def end(runner: Any, ctx: Any, event: Any, stopped: bool, run: Any) -> None:
        finish(runner, ctx, event, stopped, run)
        if not stopped:
            _say(ctx)

    return end


def _say(ctx: Any) -> None:
    """Say the address of the screen, if another was said last and no further run is waiting, which says its own."""
    with ctx.session_state.query_params() as params:
        _settings(ctx.session_state._state, ctx.fragment_storage)
        if _text(params) != params.said and ctx.script_requests._state is ScriptRequestType.CONTINUE:
            params._send_query_param_msg()


def _text(params: Any) -> str:
    return urlencode(sorted(params._query_params.items()), doseq=True)


def _settings(state: Any, fragments: Any) -> None:
    """Write every setting as its control on show has it; one that has its default, or what the page chose, is not written."""
    params, held = state.query_params, state["held"] if "held" in state else {}  # noqa: SIM401 - it has no `get`
    for widget, binding in params._bindings_by_widget.items():
        control, name, kind = state.get_widget_metadata(widget), binding.param_key, binding.value_type
        if (
            control is None
            or widget not in state
            or (control.fragment_id and not fragments.contains(control.fragment_id))
        ):
            continue
        value = state[widget]
        if value == control.deserializer(None) or session.unchosen(held, name, value):
            params._query_params.pop(name, None)
            continue
        serial = control.serializer(value)
        if serial is None or serial == []:
            continue  # emptied: the browser's word for it stays
        words = _coerce_value_for_query_url(serial, kind)
        if not _same(params._query_params.get(name), words, kind):
            params._query_params[name] = words


def _same(one: Any, other: Any, kind: str) -> bool:
    """Whether two spellings mean the same value."""
    try:
        return one is not None and bool(parse_url_param(one, kind) == parse_url_param(other, kind))
    except ValueError:
        return False
