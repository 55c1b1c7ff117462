"""A scripted person: Streamlit's own protocol over a websocket, without a browser.

It does what a browser and Streamlit's page in it do: opens the page and keeps its cookies, sends the widgets' values and
the hashes of the large messages it holds, polls a `run_every` fragment at its interval until a full run stops it, and
clears the timers when a full run begins.
"""

import asyncio
import contextlib
import json
import re
import struct
import time
from collections import deque
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 20.0
FIELDS = {"slider": "double_array_value", "number_input": "double_value", "button_group": "string_array_value",
          "selectbox": "string_value"}  # fmt: skip


class Person:
    """One open session on one page; use it as an async context manager."""

    def __init__(self, url: str, page: str, **settings: object) -> None:
        self.address, self.page, self.settings = url, page, {k: str(v) for k, v in settings.items()}
        self.widgets: dict[str, tuple[str, str, str]] = {}  # key: (id, field, the fragment it is in)
        self.values: dict[str, WidgetState] = {}
        self.exceptions: list[str] = []
        self.full_runs = self.fragment_runs = self.received = 0
        self._hashes: deque[str] = deque(maxlen=12)
        self._timers: dict[str, asyncio.Task] = {}
        self._began = self._finished = asyncio.Event()
        self._script = self._awaited = ""
        self._asked, self._shown = time.perf_counter(), {}
        self.visible: float | None = None  # seconds from the last change to the first new frames of an instrument
        self._cut = False  # the awaited fragment was said to have ended early

    async def __aenter__(self) -> "Person":
        stream = self.address.replace("http", "ws") + "/_stcore/stream"
        async with self._arrived() as cookies:
            self._socket: ClientConnection = await connect(
                stream, subprotocols=["streamlit"], max_size=None, open_timeout=PATIENCE, additional_headers=cookies
            )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop_timers()
        self._reader.cancel()
        await self._socket.close()

    @contextlib.asynccontextmanager
    async def _arrived(self) -> AsyncIterator[dict[str, str]]:
        """The page's document has come, on a connection that stays open meanwhile: the headers that go with what follows."""
        place = urlsplit(self.address)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        try:
            writer.write(f"GET /{self.page} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
            cookies = re.findall(r"(?i)set-cookie: ([^;\r]*)", head.decode())
            yield {"Cookie": "; ".join(cookies)} if cookies else {}
        except asyncio.IncompleteReadError:
            raise ConnectionError("the server hung up") from None
        finally:
            writer.close()

    @property
    def polling(self) -> bool:
        """Whether a fragment asked to be run again and again: a run is live."""
        return bool(self._timers)

    async def run(self, fragment: str = "") -> float:
        """Have the page (or a fragment of it) run with the present values; seconds until the last such run has finished."""
        self._began, self._finished, self._awaited = asyncio.Event(), asyncio.Event(), fragment
        began = self._asked = time.perf_counter()
        self.visible = None
        await self._send(fragment)
        finished = asyncio.create_task(self._finished.wait())
        await asyncio.wait((finished, self._reader), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        finished.cancel()
        if self._reader.done():
            await self._reader  # raises what went wrong, if anything did
            raise ConnectionError("the server hung up")
        if not self._finished.is_set():
            raise TimeoutError
        return time.perf_counter() - began

    async def change(self, key: str, value: object) -> float:
        """Set one widget as a hand would; seconds until the page has finished."""
        name, field, fragment = self.widgets[key]
        state = WidgetState(id=name)
        if field.endswith("array_value"):
            getattr(state, field).data.append(value)
        else:
            setattr(state, field, value)
        self.values[key] = state
        self.settings[key] = str(value)
        return await self.run(fragment)

    async def _send(self, fragment: str = "", polled: bool = False) -> None:
        message = BackMsg()
        ask = message.rerun_script
        ask.query_string = urlencode(self.settings)
        ask.page_script_hash, ask.page_name = self._script, "" if self._script else self.page
        ask.fragment_id, ask.is_auto_rerun = fragment, polled
        ask.context_info.url = f"{self.address}/{self.page}"
        ask.cached_message_hashes.extend(self._hashes)
        for key, state in self.values.items():
            if self.widgets[key][0] == state.id:
                ask.widget_states.widgets.append(state)
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for raw in self._socket:
                self.received += len(raw)
                message = ForwardMsg()
                message.ParseFromString(raw)
                self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if message.metadata.cacheable and message.hash:
            self._hashes.append(message.hash)
        if kind == "delta":
            self._element(message)
        elif kind == "new_session" and not message.metadata.run.fragment_ids:
            self._stop_timers()
            self._script = message.new_session.page_script_hash or self._script
            self.full_runs += 1
            self._began.set()
        elif kind == "new_session" and self._awaited in message.metadata.run.fragment_ids:
            self._began.set()
        elif kind == "new_session" and self._cut:  # by a poll, after its own end: only the word of it was overtaken
            self._finished.set()
        elif kind == "navigation":
            self._script = message.navigation.page_script_hash or self._script
        elif kind == "auto_rerun":
            self._start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop_timer(fragment)
        elif kind == "page_info_changed":
            self.settings = dict(parse_qsl(message.page_info_changed.query_string))
        elif kind == "script_finished":
            self._ended(message.script_finished, self._awaited in message.metadata.run.fragment_ids)
        self._cut = self._cut and kind != "new_session"

    def _ended(self, status: int, awaited: bool) -> None:
        if status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY and not awaited:
            self.fragment_runs += 1
            return
        if status != ForwardMsg.FINISHED_EARLY_FOR_RERUN and self._began.is_set():
            self._finished.set()
        self._cut = status == ForwardMsg.FINISHED_EARLY_FOR_RERUN and awaited

    def _element(self, message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.exceptions.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "bidi_component" and element.bidi_component.bytes:
            self._paint(element.bidi_component)
        elif kind in FIELDS:
            name = getattr(element, kind).id
            self.widgets[name.rpartition("-")[2]] = (name, FIELDS[kind], message.delta.fragment_id)

    def _paint(self, component: BidiComponent) -> None:
        """An instrument's message: new frames are what a person sees of a change."""
        told = component.bytes
        header = json.loads(told[4 : 4 + struct.unpack_from("<I", told)[0]])
        if header["frames"] and self._shown.get(component.component_name) != told:
            self._shown[component.component_name] = told
            self.visible = self.visible or time.perf_counter() - self._asked

    async def seen(self) -> float | None:
        """Seconds from the last change until new frames were seen, waiting for them; None where none came in time."""
        while self.visible is None and self.polling and time.perf_counter() - self._asked < PATIENCE:
            await asyncio.sleep(0.02)
        return self.visible

    def _start_timer(self, fragment: str, interval: float) -> None:
        self._stop_timer(fragment)
        self._timers[fragment] = asyncio.create_task(self._poll(fragment, interval))

    def _stop_timer(self, fragment: str) -> None:
        if fragment in self._timers:
            self._timers.pop(fragment).cancel()

    def _stop_timers(self) -> None:
        for fragment in list(self._timers):
            self._stop_timer(fragment)

    async def _poll(self, fragment: str, interval: float) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(interval)
                await self._send(fragment, polled=True)
