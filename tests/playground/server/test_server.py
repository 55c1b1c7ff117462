"""The server: a strict policy on every answer, and a page that the policy lets live."""

import asyncio
import base64
import hashlib
import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

import pytest
import streamlit
from starlette.websockets import WebSocketDisconnected

from playground.server import assets, server

ROOT = Path(__file__).resolve().parents[3]
DIRECTIVES = {part.split()[0]: part.split()[1:] for part in server.POLICY.split("; ")}


class Scripts(HTMLParser):
    """The texts of the inline scripts and the sources of the others; handlers written as attributes."""

    def __init__(self, text):
        super().__init__()
        self.inline, self.sources, self.handlers, self._open = [], [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag == "script":
            source = dict(attrs).get("src")
            self._open = source is None
            if source is None:
                self.inline.append("")
            else:
                self.sources.append(source)

    def handle_endtag(self, tag):
        self._open = False

    def handle_data(self, data):
        if self._open:
            self.inline[-1] += data


@pytest.fixture(scope="module")
def page():
    return Scripts(assets.page().decode())


def test_nothing_is_evaluated_and_no_inline_script_is_trusted_by_default():
    assert "unsafe-eval" not in server.POLICY
    assert "'unsafe-inline'" not in DIRECTIVES["script-src"]
    assert DIRECTIVES["default-src"] == ["'self'"]
    assert DIRECTIVES["object-src"] == ["'none'"]
    assert "*" not in server.POLICY
    assert not re.search(r"\bhttps?:", server.POLICY)


def test_the_page_is_streamlits_own_with_our_style_and_two_scripts_before_the_others(page):
    own = Scripts((Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8"))
    assert page.inline[2:] == own.inline
    assert page.inline[0].startswith("window.__streamlit = ")
    assert "data-arriving" in page.inline[1]
    assert (page.sources, page.handlers) == (own.sources, own.handlers)
    head = assets.page().decode().split("<script", 1)[0]
    assert (assets.OURS / "page.css").read_text("utf-8") in head


def test_the_inline_scripts_of_the_page_are_named_by_digest(page):
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in page.inline]
    named = {source for source in DIRECTIVES["script-src"] if source.startswith("'sha256-")}
    assert named == {f"'sha256-{digest}'" for digest in digests}
    assert page.handlers == []
    assert not [source for source in page.sources if "//" in source]


def test_sockets_go_home_only():
    assert set(DIRECTIVES["connect-src"]) == {"'self'", "blob:", "data:"}
    assert not {"ws:", "wss:"} & {source for sources in DIRECTIVES.values() for source in sources}


def test_the_server_is_ready_while_the_pages_are_still_being_imported(monkeypatch):
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def prepare(loop):
        begun.set()
        go_on.wait(60)
        done.set()

    monkeypatch.setattr(server, "prepare", prepare)
    monkeypatch.setattr(server.frame, "navigation", lambda: None)

    async def live():
        async with server.ready(None):
            return begun.wait(60), done.is_set()

    assert asyncio.run(live()) == (True, False)
    go_on.set()
    assert done.wait(60)


def answered(app, scope):
    """What the browser gets from an ASGI app."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


@pytest.mark.parametrize("status", [200, 204, 304, 404, 500])
@pytest.mark.parametrize("own", [[], [(b"content-type", b"text/html"), (b"x-a", b"b")]])
def test_headers_are_added_to_an_answer_and_none_is_lost(status, own):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": own})
        await send({"type": "http.response.body", "body": b"hi"})

    start, body = answered(server.Headers(app), {"type": "http"})
    assert start["status"] == status
    assert [pair for pair in start["headers"] if pair not in server.HEADERS] == own
    assert set(server.HEADERS) <= set(start["headers"])
    assert body["body"] == b"hi"


def test_an_answer_without_headers_gets_them():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})

    assert list(server.HEADERS) == answered(server.Headers(app), {"type": "http"})[0]["headers"]


def test_sockets_pass_untouched():
    async def app(scope, receive, send):
        await send({"type": "websocket.accept", "headers": []})

    assert answered(server.Headers(app), {"type": "websocket"}) == [{"type": "websocket.accept", "headers": []}]


@pytest.fixture(scope="module")
def address():
    """The real server, for as long as this file is tested."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "playground.server", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + 120
    while ask(f"{url}/_stcore/health")[0] != 200:
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < end, "the server did not start"
        threading.Event().wait(0.1)
    yield url
    process.terminate()
    process.wait(60)


def ask(url):
    """(status, headers, body) of an answer; status 0 where there is none."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return 0, {}, b""


@pytest.mark.parametrize(
    "path", ["/", "/em", "/em?components=3", "/_stcore/health", "/_stcore/host-config", "/favicon.png", "/nowhere.js",
             "/media/none.png", "/..%2f..%2fpyproject.toml", "/_stcore/bidi-components/none/a.js"]
)  # fmt: skip
def test_every_answer_carries_the_policy(address, path):
    status, headers, _ = ask(address + path)
    assert status
    for name, value in server.HEADERS:
        assert headers.get_all(name.decode()) == [value.decode()]


def test_a_deep_link_is_answered_with_the_page_whose_scripts_the_policy_names(address, page):
    status, headers, body = ask(f"{address}/em")
    served = Scripts(body.decode())
    assert (status, served.inline) == (200, page.inline)
    for source in served.sources:
        assert ask(f"{address}/{source.removeprefix('./').lstrip('/')}")[0] == 200


def test_what_the_page_says_of_the_host_is_what_the_server_says(address, page):
    told = json.loads(re.search(r"HOST_CONFIG: (.*)\}$", page.inline[0])[1])
    asked = json.loads(ask(f"{address}/_stcore/host-config")[2])
    assert told == {name: asked[name] for name in told}
    assert {"allowedOrigins", "useExternalAuthToken"} <= told.keys()  # without these Streamlit asks all the same


def test_a_file_of_streamlit_comes_whole_from_memory_to_be_kept(address, page):
    for source in page.sources:
        path = "/" + source.removeprefix("./")
        status, headers, body = ask(address + path)
        assert (status, body) == (200, (assets.FOLDER / path[1:]).read_bytes())
        assert "immutable" in headers["cache-control"]
        assert headers["content-type"].startswith("text/javascript")
        assert int(headers["content-length"]) == len(body)
    assert ask(f"{address}/em")[1]["cache-control"] == "no-cache"


def passed_on(path, method="GET", kind="http"):
    """Whether a request goes through the middleware to the app behind it."""
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["path"])

    answered(assets.Assets(app, frozenset({"/em"})), {"type": kind, "method": method, "path": path})
    return bool(seen)


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/static/js/../../index.html", "/static/js/none.js", "/static", "/_stcore/health"]
)
def test_only_what_is_streamlits_is_answered_from_memory(path):
    assert passed_on(path)


def test_the_middleware_answers_for_pages_and_scripts_and_leaves_other_methods_and_sockets_alone():
    script = sorted(assets.Assets(None, frozenset()).names)[0]
    for path in ("/em", script):
        assert not passed_on(path)
        assert passed_on(path, method="POST")
        assert passed_on(path, kind="websocket")


@pytest.mark.parametrize(
    ("href", "base"),
    [
        ("http://a:1/", "http://a:1"),
        ("http://a:1/em?x=/y#/z", "http://a:1"),
        ("https://b/proxy/8501/em", "https://b/proxy/8501"),
    ],
)
def test_a_page_finds_its_server_one_name_above_itself(href, base):
    pattern = re.search(r"replace\(/(.*)/, ''\)", assets.HERE)[1]
    assert re.sub(pattern, "", re.split("[?#]", href)[0]) == base


def test_no_file_of_the_project_is_served(address):
    for path in ("/pyproject.toml", "/streamlit_app.py", "/app/static/pyproject.toml", "/static/../pyproject.toml"):
        assert b"generative-playground" not in ask(address + path)[2]


def test_a_browser_that_has_left_is_no_error_and_anything_else_is():
    async def left(scope, receive, send):
        raise WebSocketDisconnected('Cannot call "send" once a close message has been sent.')

    async def wrong(scope, receive, send):
        raise RuntimeError("wrong")

    assert answered(server.Headers(left), {"type": "websocket"}) == []
    for app, kind in ((left, "http"), (wrong, "websocket")):
        with pytest.raises(RuntimeError):
            answered(server.Headers(app), {"type": kind})
