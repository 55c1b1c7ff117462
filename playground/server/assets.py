"""Streamlit's page, scripts and fonts, answered from memory: a visit asks for a hundred, and a thread for each is slow.

Its page also learns here where its server is and what the server's host says, which its own script would ask for with
four requests before it connects; and how our pages look and arrive, before anything is painted.
"""

import base64
import hashlib
import json
import mimetypes
import re
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(st.__file__).parent / "static"
OURS = Path(__file__).parent
PREFIX = "/static/"
FOREVER = b"public, immutable, max-age=31536000"  # a file's name holds a digest of its content
KINDS = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}  # whatever the system calls them
HERE = r"location.href.split(/[?#]/)[0].replace(/\/[^/]*$/, '')"  # a page is one name below the server, also behind a proxy
HOST = {  # as Streamlit's server answers at /_stcore/host-config, but for the origins
    "useExternalAuthToken": False,
    "enableCustomParentMessages": False,
    "enforceDownloadInNewTab": False,
    "metricsUrl": "",
    "blockErrorDialogs": False,
}


class Assets:
    """Middleware that answers for Streamlit's files, and for the page at each of `paths`."""

    def __init__(self, app: ASGIApp, paths: frozenset[str]) -> None:
        self.app, self.paths = app, paths
        self.names = {PREFIX + file.relative_to(FOLDER / "static").as_posix() for file in FOLDER.glob("static/*/*.*")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET of what is known here; pass everything else on."""
        path = scope.get("path")
        if scope["type"] != "http" or scope["method"] != "GET" or not (path in self.names or path in self.paths):
            return await self.app(scope, receive, send)
        body, kind, keep = asset(path) if path in self.names else (page(), b"text/html; charset=utf-8", b"no-cache")
        length = str(len(body)).encode()
        head = [(b"content-type", kind), (b"content-length", length), (b"cache-control", keep)]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})


@cache
def asset(path: str) -> tuple[bytes, bytes, bytes]:
    """A file's content, its type and how long it may be kept; `path` is one that the server has."""
    kind = KINDS.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return (FOLDER / path[1:]).read_bytes(), kind.encode(), FOREVER


@cache
def page() -> bytes:
    """Streamlit's page, with our style and two scripts before its own: where the server is, and how a page arrives."""
    host = HOST | {"allowedOrigins": list(st.get_option("client.allowedOrigins"))}
    told = f"window.__streamlit = {{BACKEND_BASE_URL: {HERE}, HOST_CONFIG: {json.dumps(host)}}}"
    text = (FOLDER / "index.html").read_text(encoding="utf-8")
    style, arrival = ((OURS / name).read_text(encoding="utf-8") for name in ("page.css", "arrival.js"))
    ours = f"<style>{style}</style>\n    <script>{told}</script>\n    <script>{arrival}</script>\n    "
    return text.replace("<script", f"{ours}<script", 1).encode()


def inline_scripts() -> str:
    """The digests of the scripts written out in the page, so that these and no others may run."""
    found = re.findall(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page(), re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in found)
