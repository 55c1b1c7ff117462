"""Several processes behind one port: a browser stays with its own, and none of them outlives the main one."""

import asyncio
import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.sync.client import connect

from playground.server import server, sibling, sticky
from tests.bench import servers
from tests.bench.people import bench_people
from tests.bench.people.person import Person

ROOT = Path(__file__).resolve().parents[3]
NAME = sticky.cookie(8501)
PROFILE = settings(max_examples=80, deadline=None, derandomize=True, database=None)
LOOPS = [pytest.param(asyncio.new_event_loop, id="asyncio")]
with contextlib.suppress(ImportError):
    import uvloop

    LOOPS.append(pytest.param(uvloop.new_event_loop, id="uvloop"))
pytestmark = pytest.mark.skipif(not hasattr(socket, "send_fds"), reason="descriptors cannot be handed over here")


def head(*cookies, target="/em", end=b"\r\n"):
    """A request with these Cookie headers."""
    lines = [f"GET {target} HTTP/1.1", "Host: localhost", *(f"Cookie: {cookie}" for cookie in cookies), "Accept: */*"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n" + end


@PROFILE
@given(st.binary(), st.binary())
def test_whatever_comes_names_a_process_or_none_and_never_raises(before, after):
    for raw in (before, b"GET / HTTP/1.1\r\nCookie: " + before + NAME + b"=" + after + b"\r\n\r\n"):
        found = sticky.asked(raw, NAME)
        assert found is None or 0 <= found < 10**6
        assert sticky.bound(raw) in (False, True)


@PROFILE
@given(st.integers(0, 999_999), st.lists(st.text("abcxyz0129=_-|", max_size=9), max_size=4), st.data())
def test_the_process_is_found_among_other_cookies_once_its_line_is_whole(number, others, data):
    place = data.draw(st.integers(0, len(others)))
    raw = head("; ".join([*others[:place], f"{NAME.decode()}={number}", *others[place:]]))
    assert sticky.asked(raw, NAME) == number
    whole = raw.index(b"\r\nAccept") + 2
    for length in range(len(raw)):
        assert sticky.asked(raw[:length], NAME) == (number if length >= whole else None)


@pytest.mark.parametrize(
    ("cookies", "process"),
    [
        (["{}=0"], 0), (["{}=12"], 12), (["a=1; {}=3;b"], 3), (["{}=4", "{}=4"], 4), (["a={}=5"], None),
        ([], None), (["{}="], None), (["{}"], None), (["{}=-1"], None), (["{}=01"], None), (["{}= 1"], None),
        (["{}=1x"], None), (["{}=1.0"], None), (["{}=" + "9" * 6], 999_999), (["{}=" + "9" * 5000], None),
        (["{}=1; {}=2"], None), (["{}=1", "{}=2"], None), (["{}=\xb2"], None), (["x{}=1"], None), (["{}1=1"], None),
    ],
)  # fmt: skip
def test_wrong_doubled_and_huge_cookies(cookies, process):
    assert sticky.asked(head(*(text.format(*[NAME.decode()] * 2) for text in cookies)), NAME) == process


def test_the_cookie_is_one_servers_and_in_the_first_requests_head_alone():
    assert sticky.cookie(8501) != sticky.cookie(8502)
    assert sticky.asked(head() + head(f"{NAME.decode()}=1"), NAME) is None
    assert sticky.asked(head().replace(b"Host", b"coOKie: " + NAME + b"=7\r\nHost"), NAME) == 7


@pytest.mark.parametrize(
    ("target", "is_bound"),
    [("/", False), ("/em?a=/_stcore/", False), ("/static/js/a.js", False), ("/mediation", False),
     ("/_stcore/stream", True), ("/_stcore/upload_file/a/b", True), ("/media/a.png", True)],
)  # fmt: skip
def test_what_only_a_sessions_own_process_has(target, is_bound):
    assert sticky.bound(head(target=target)) is is_bound


def aside(work, loop):
    """Run `work(near, far)` on a pair of connected sockets, the near one as the server has it."""

    async def both():
        near, far = socket.socketpair()
        with near, far:
            near.setblocking(False)
            return await asyncio.wait_for(work(near, far), 60)

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(both())


@pytest.mark.parametrize("loop", LOOPS)
def test_a_head_in_several_packets_is_seen_whole_and_left_there(loop):
    raw = head(f"{NAME.decode()}=2")

    async def work(near, far):
        seen = asyncio.create_task(sticky.peek(near))
        for i in range(0, len(raw), 40):
            await asyncio.sleep(0.03)
            assert not seen.done()
            far.send(raw[i : i + 40])
        return await seen, near.recv(1 << 16)

    assert aside(work, loop) == (raw, raw)


@pytest.mark.parametrize("loop", LOOPS)
def test_silence_is_waited_for_a_late_rest_is_not(loop, monkeypatch):
    monkeypatch.setattr(sticky, "PATIENCE", 0.1)

    async def work(near, far):
        seen = asyncio.create_task(sticky.peek(near))
        await asyncio.sleep(0.3)
        assert not seen.done()
        far.send(b"GET")
        return await seen

    assert aside(work, loop) == b"GET"


def test_a_long_head_is_seen_in_part_and_an_end_as_nothing():
    async def long(near, far):
        far.send(b"a" * (sticky.HEAD + 1))
        return await sticky.peek(near)

    async def end(near, far):
        far.close()
        return await sticky.peek(near)

    assert aside(long, asyncio.new_event_loop) == b"a" * sticky.HEAD
    assert aside(end, asyncio.new_event_loop) == b""


@pytest.mark.parametrize("asked", [None, 0, 1, 9])
@pytest.mark.parametrize("now", [None, 0, 1, 9])
def test_an_answer_leads_the_browser_back_or_lets_it_go_where_it_was_sent(asked, now):
    adds = dict(sticky.Door(1, NAME, asked).adds([(b"cookie", NAME + b"=%d" % now)] if now is not None else []))
    if now == 1:
        assert adds == {}
    elif now in (None, asked):
        assert adds == {b"set-cookie": NAME + b"=1; Path=/; HttpOnly; SameSite=Lax"}
    else:
        assert adds == {b"connection": b"close"}


@pytest.mark.parametrize(("kind", "start"), [("http", "http.response.start"), ("websocket", "websocket.accept")])
def test_the_apps_answers_carry_the_cookie_until_the_browser_has_it(kind, start):
    async def app(scope, receive, send):
        await send({"type": start, "status": 200, "headers": [(b"a", b"b")]})

    async def answer(headers):
        sent = []

        async def send(message):
            sent.append(message)

        door = sticky.Door(3, NAME, None)
        await server.Headers(app)({"type": kind, "headers": headers, "state": {"door": door}}, None, send)
        return [value for name, value in sent[0]["headers"] if name == b"set-cookie"], sent[0]["headers"][0]

    assert asyncio.run(answer([])) == ([NAME + b"=3; Path=/; HttpOnly; SameSite=Lax"], (b"a", b"b"))
    assert asyncio.run(answer([(b"cookie", NAME + b"=3")])) == ([], (b"a", b"b"))


STUB = """
import socket, struct, sys, time
line = socket.socket(fileno=int(sys.argv[-1]))
for report in ((5, 0), (7, 2)):
    line.send(struct.pack("!II", *report))
    line.recv(1)
time.sleep(60)
"""


def test_the_load_of_a_sibling_is_what_it_has_and_what_is_on_the_way():
    one = sibling.Sibling(1, [sys.executable, "-c", STUB])
    try:
        assert not one.ready
        heard(one, 5)
        assert one.ready
        with socket.socket() as sock:
            for sent in (6, 7, 8):
                assert one.take(sock)
                assert one.load == sent
        heard(one, 7 + 3 - 2)
        one.process.kill()
        while one.hear():
            time.sleep(0.01)
    finally:
        one.end()
    with socket.socket() as sock:
        assert not one.take(sock)


def heard(one, load):
    """Wait for a report after which the load is this."""
    one.line.setblocking(True)
    assert one.hear()
    one.line.setblocking(False)
    assert one.load == load


TOY = """
import argparse, asyncio, os, sys, threading
import uvicorn
from playground.server import doors
doors.CROWDED, doors.processors = 1, lambda: 3
parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
parser.add_argument("--sibling", nargs=2, type=int)
options = parser.parse_args()
if os.environ.get("siblings") == "absent":
    sys.executable = "/nowhere/python"
if options.sibling and os.environ.get("siblings") == "barren":
    print("trying", file=sys.stderr, flush=True)
    sys.exit(5)

async def app(scope, receive, send):
    door = scope["state"]["door"]
    size, more = 0, scope["type"] == "http"
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body")
    said = f"{door.process} {size}"
    if scope["path"] == "/slow":
        print("begun", file=sys.stderr, flush=True)
        while not os.path.exists(os.environ["finish"]):
            await asyncio.sleep(0.02)
    if more is None or scope["type"] == "http":
        headers = [*door.adds(scope["headers"]), (b"content-length", b"%d" % len(said))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        return await send({"type": "http.response.body", "body": said.encode()})
    await receive()
    await send({"type": "websocket.accept", "headers": door.adds(scope["headers"])})
    while (message := await receive())["type"] == "websocket.receive":
        size += len(message["text"])
        await send({"type": "websocket.send", "text": f"{door.process} {size}"})

warm = threading.Event()
warm.set()
config = uvicorn.Config(app, port=options.port, log_level="warning", access_log=False, lifespan="off", ws_max_size=64 << 20)
doors.run(config, options.sibling, warm)
"""


class Toy:
    """A server of the toy app with at most three processes, crowded from two websockets on."""

    def __init__(self, log, **environment):
        self.port, self.log = servers.free_port(), log
        self.name = sticky.cookie(self.port).decode()
        command = [sys.executable, "-c", TOY, "--port", str(self.port)]
        with log.open("w") as file:
            self.process = subprocess.Popen(command, cwd=ROOT, stderr=file, env=os.environ | environment)
        until(lambda: self.answers(), "the server did not start")

    def answers(self):
        """Whether somebody listens."""
        with contextlib.suppress(OSError):
            return bool(self.ask())

    def cookie(self, process):
        """The headers of a browser that was sent to a process."""
        return {} if process is None else {"Cookie": f"{self.name}={process}"}

    def ask(self, process=None, path="/", body=None, connection=None):
        """(process, bytes received, headers) of an answer, on a new connection unless one is given."""
        to = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            to.request("PUT" if body else "GET", path, body, self.cookie(process))
            answer = to.getresponse()
            by, size = answer.read().split()
            return int(by), int(size), answer.headers
        finally:
            if connection is None:
                to.close()

    def call(self, process=None):
        """A websocket."""
        url = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        return connect(url, additional_headers=self.cookie(process), max_size=None, close_timeout=1)

    def pids(self):
        """The main process and its siblings."""
        family = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [tuple(map(int, line.split())) for line in family.splitlines()]
        return [self.process.pid, *(pid for pid, parent in pairs if parent == self.process.pid)]

    def crowd(self, stack, siblings=1):
        """Fill the processes until so many siblings serve; they are crowded while `stack` is open."""
        for number in range(siblings):
            for _ in range(2):
                assert said(stack.enter_context(self.call(number)), "")[0] == number
            until(lambda: self.ask(number + 1)[0] == number + 1, "no sibling came")  # noqa: B023

    def stop(self):
        """Kill what is left."""
        self.process.kill()
        self.process.wait()


def said(stream, text):
    """What the toy answers: its process, and how much it received so far."""
    stream.send(text)
    by, size = stream.recv(60).split()
    return int(by), int(size)


def body(sock):
    """What the toy answers to a request without a body; it may come in several packets."""
    got = b""
    while not got.partition(b"\r\n\r\n")[2]:
        got += sock.recv(4096) or pytest.fail("no answer")
    return got.partition(b"\r\n\r\n")[2]


def until(true, sorry, seconds=60):
    """Wait for something."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, sorry
        time.sleep(0.02)


def living(pids):
    """Those of these processes that have not ended (zombies have)."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", ",".join(map(str, pids))], capture_output=True, text=True).stdout
    return [line for line in found.split() if not line.startswith("Z")]


@pytest.fixture
def toy(tmp_path):
    one = Toy(tmp_path / "log")
    yield one
    one.stop()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """Three processes, each with two websockets open (the last has none)."""
    one = Toy(tmp_path_factory.mktemp("toy") / "log")
    with contextlib.ExitStack() as stack:
        stack.callback(one.stop)
        one.crowd(stack, siblings=2)
        yield one


def test_below_a_crowd_there_is_one_process_and_above_it_another(toy):
    with contextlib.ExitStack() as stack:
        stack.enter_context(toy.call())
        assert [toy.ask()[0] for _ in range(20)] == [0] * 20
        assert len(toy.pids()) == 1
        toy.crowd(stack)
        assert len(toy.pids()) == 2


@pytest.mark.parametrize("process", [0, 1, 2])
def test_a_browser_with_a_cookie_always_comes_to_the_same_process(crowded, process):
    big = b"x" * (3 << 20)
    for path, body in (("/", None), ("/em?seed=1", None), ("/_stcore/health", None), ("/media/a.png", None)):
        for _ in range(5):
            by, _, headers = crowded.ask(process, path, body)
            assert (by, headers["set-cookie"]) == (process, None)
    for _ in range(3):
        assert crowded.ask(process, "/_stcore/upload_file/a/b", big)[:2] == (process, len(big))
        with crowded.call(process) as stream:
            assert said(stream, "x" * (20 << 20)) == (process, 20 << 20)
            assert "set-cookie" not in stream.response.headers


def test_a_head_in_packets_is_served_by_the_process_it_names(crowded):
    raw = head(f"{crowded.name}=2")
    with socket.create_connection(("127.0.0.1", crowded.port), 60) as sock:
        for i in range(0, len(raw), 30):
            sock.send(raw[i : i + 30])
            time.sleep(0.03)
        assert body(sock) == b"2 0"


def test_newcomers_go_where_the_fewest_are_and_are_told_to_stay_there(crowded):
    time.sleep(3 * sibling.REPORT)
    with contextlib.ExitStack() as stack:
        came = Counter()
        for _ in range(16):  # faster than reports
            browser = stack.enter_context(
                contextlib.closing(http.client.HTTPConnection("127.0.0.1", crowded.port, timeout=60))
            )
            by, _, headers = crowded.ask(connection=browser)
            assert headers["set-cookie"].startswith(f"{crowded.name}={by}; Path=/; HttpOnly")
            came[by] += 1
    assert max(came[0] + 2, came[1] + 2, came[2]) - min(came[0] + 2, came[1] + 2, came[2]) <= 2, came


def test_who_keeps_no_cookie_has_one_process_for_the_session_and_what_belongs_to_it(crowded):
    for path in ("/_stcore/upload_file/a/b", "/media/a.png", "/_stcore/health"):
        assert {crowded.ask(path=path)[0] for _ in range(5)} == {0}
    for _ in range(3):
        with crowded.call() as stream:
            assert said(stream, "")[0] == 0
            assert stream.response.headers["set-cookie"].startswith(f"{crowded.name}=0;")


@pytest.mark.parametrize("process", [3, 77, 999_999, "1x", "", "-1"])
def test_a_cookie_for_a_process_that_is_not_there_is_none(crowded, process):
    by, _, headers = crowded.ask(process)
    assert headers["set-cookie"].startswith(f"{crowded.name}={by};")
    assert crowded.ask(process, "/_stcore/health")[0] == 0


def test_a_browser_sent_elsewhere_meanwhile_is_let_go(crowded):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", crowded.port, timeout=60)) as browser:
        assert crowded.ask(1, connection=browser)[0] == 1
        by, _, headers = crowded.ask(2, connection=browser)
        assert (by, headers["connection"], headers["set-cookie"]) == (1, "close", None)
        assert crowded.ask(2, connection=browser)[0] == 2  # http.client opens a new connection, as browsers do


def test_the_people_of_a_dead_sibling_are_served_and_its_number_does_not_come_again(toy):
    with contextlib.ExitStack() as stack:
        toy.crowd(stack)
        os.kill(toy.pids()[1], signal.SIGKILL)
        until(lambda: "process 1" in toy.log.read_text(), "nothing in the log")
        by, _, headers = toy.ask(1, "/_stcore/health")
        assert (by, headers["set-cookie"].split(";")[0]) == (0, f"{toy.name}=0")
        until(lambda: toy.ask(2)[0] == 2, "no other sibling came")
        assert toy.ask(1, "/_stcore/health")[0] == 0
        assert toy.log.read_text().count("has ended") == 1
        assert len(toy.pids()) == 2


@pytest.mark.parametrize(("how", "once"), [("barren", "trying"), ("absent", "/nowhere/python")])
def test_a_sibling_that_does_not_come_up_is_tried_once(tmp_path, how, once):
    toy = Toy(tmp_path / "log", siblings=how)
    try:
        with toy.call(), toy.call():
            for _ in range(3):
                assert toy.ask(1)[0] == 0
                time.sleep(0.3)
        until(lambda: re.search("process.* behind this port", toy.log.read_text()), "nothing in the log")
        assert toy.ask()[0] == 0
        assert toy.log.read_text().count(once) == 1
    finally:
        toy.stop()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_end_of_the_main_process_is_the_end_of_all(toy, how):
    with contextlib.ExitStack() as stack:
        toy.crowd(stack)
        stack.enter_context(toy.call(1))
        stack.enter_context(socket.create_connection(("127.0.0.1", toy.port)))  # silent: it waits at the door
        pids = toy.pids()
        assert len(pids) >= 2
        began = time.monotonic()
        toy.process.send_signal(how)
        toy.process.wait(60)
        if how != signal.SIGKILL:
            assert not living(pids)
        until(lambda: not living(pids), "an orphan")
        assert time.monotonic() - began < sibling.ENDING + 30
    assert "Traceback" not in toy.log.read_text()


def test_at_the_end_the_door_is_closed_and_an_answer_begun_is_finished(tmp_path):
    toy = Toy(tmp_path / "log", finish=str(tmp_path / "finish"))
    try:
        with (
            socket.create_connection(("127.0.0.1", toy.port), 60) as silent,
            socket.create_connection(("127.0.0.1", toy.port), 60) as slow,
        ):
            slow.send(head(target="/slow"))
            until(lambda: "begun" in toy.log.read_text(), "no answer was begun")
            toy.process.terminate()
            assert silent.recv(1) == b""
            slow.setblocking(False)
            with pytest.raises(BlockingIOError):
                slow.recv(1)
            (tmp_path / "finish").touch()
            slow.settimeout(60)
            assert body(slow) == b"0 0"
        toy.process.wait(60)
    finally:
        toy.stop()


REAL = """
from playground.server import doors, server
from tests.bench import watched
doors.CROWDED, doors.processors = 0, lambda: 2
server.warm.rest = lambda: None
server.app = watched.watched(server.app)
server.main()
"""


class Guest(Person):
    """A person who knows the name of the session."""

    session = ""

    def _take(self, message):
        if message.WhichOneof("type") == "new_session":
            self.session = message.new_session.initialize.session_id
        super()._take(message)


def put(url, process, session):
    """The status of an upload to a session by a browser that was sent to a process."""
    cookie = f"{sticky.cookie(int(url.rpartition(':')[2])).decode()}={process}"
    with urllib.request.urlopen(urllib.request.Request(f"{url}/_stcore/health", headers={"Cookie": cookie})) as answer:
        token = re.search("_streamlit_xsrf=([^;]*)", str(answer.headers))[1]
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n1,2\r\n--b--\r\n'
    request = urllib.request.Request(f"{url}/_stcore/upload_file/{session}/1", body, method="PUT", headers={
        "Cookie": f"{cookie}; _streamlit_xsrf={token}", "X-Xsrftoken": token,
        "Content-Type": "multipart/form-data; boundary=b"})  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


async def guests(url):
    """Somebody in each of two processes of the real app: what uploads by way of either answer, and exceptions seen."""
    async with Guest(url, "em") as one:
        await one.run()
        while (await asyncio.to_thread(bench_people.ask, url, 1))["process"] == 0:
            await asyncio.sleep(0.1)
        await asyncio.sleep(
            3 * sibling.REPORT
        )  # the answer above was a connection, and counts until it is reported gone
        async with Guest(url, "em") as two:
            await two.run()
            return [
                ([await asyncio.to_thread(put, url, process, guest.session) for process in (0, 1)], guest.exceptions)
                for guest in (one, two)
            ]


def test_two_processes_of_the_real_app_each_have_their_own_people_and_uploads():
    with servers.serving("-c", REAL, "--port") as app:
        assert asyncio.run(asyncio.wait_for(guests(app.url), 120)) == [([204, 400], []), ([400, 204], [])]
        assert "Traceback" not in app.log.read_text()
