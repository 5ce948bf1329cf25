"""The page of a run that goes on: served to this machine alone, to whoever has the token, as long as the run lasts.

What may go wrong here is no matter of the search: whoever closes a connection, asks for what is not there or has no
token is answered in a word or not at all.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from symreg.errors import SymregError
from symreg.live.board import NEVER

if TYPE_CHECKING:
    from symreg.live.board import Board

LOOPBACK = "127.0.0.1"
HERE = frozenset({LOOPBACK, "localhost"})
"""Hosts that a request may be for: a page of another name whose address was turned to this machine asks for its own.
Any port: it may be forwarded from another machine."""

TOKEN_BYTES = 16
"""128 bits of chance in an address that still fits a line of 60 characters."""

PATIENCE_SECONDS = 5.0
"""How long a connection may take to say what it wants, and how long the end of a run waits for a page that was there
lately to fetch the report."""

LATELY = 3.0
"""Seconds since a page has asked, within which it is taken to be there still: it asks every second."""

SHUT_DOWN = 0.1  # seconds between two looks of the server at whether it should end
LARGEST_PORT = 65535  # of TCP


NOTHING = "default-src 'none'; frame-ancestors 'none'"
OF_A_REPORT = "img-src 'none'; frame-ancestors 'none'"
"""A report states its own policy; without images no browser asks for an icon, which would be without the token."""


class ServeError(SymregError):
    """The page cannot be served: ``port`` and ``reason``."""

    port: int
    reason: str

    def __str__(self) -> str:
        return f"port {self.port} cannot be used: {self.reason}. Give another with --port, or none for one that is free"


@contextlib.contextmanager
def served(board: Board, port: int = 0) -> Iterator[str]:
    """Serve the page of ``board`` during the block; gives its address, token included.

    ``port`` 0 is one that is free. When the block ends, pages that are open may still fetch the report, for seconds.
    Raises ``ServeError`` where the port is taken or not allowed.
    """
    if not 0 <= port <= LARGEST_PORT:
        raise ServeError(port=port, reason=f"ports are numbers up to {LARGEST_PORT}")
    try:
        server = _Server(board, port)
    except OSError as error:
        raise ServeError(port=port, reason=(error.strerror or str(error)).lower()) from error
    thread = threading.Thread(target=server.serve_forever, args=(SHUT_DOWN,), name="page", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}/{server.token}/"
        server.wait_for_pages()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name == "posix"  # elsewhere it would share the port with another program

    def __init__(self, board: Board, port: int) -> None:
        self.board, self.token = board, secrets.token_urlsafe(TOKEN_BYTES)
        self.asked_at, self.fetched = float("-inf"), threading.Event()
        super().__init__((LOOPBACK, port), _Handler)

    def wait_for_pages(self) -> None:
        """Until a page that was there lately has what it shows at the end."""
        if self.board.ended and time.monotonic() - self.asked_at < LATELY:
            with contextlib.suppress(KeyboardInterrupt):
                self.fetched.wait(PATIENCE_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever closes a connection early does not trouble the terminal."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE_SECONDS

    def do_GET(self) -> None:
        """The page, how the run stands, or the report."""
        where = self._allowed()
        if where is None:
            return
        asked = urlsplit(self.path)
        if where == "":
            policy, page = _page()
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", page, policy)
        elif where == "state":
            self.server.asked_at = time.monotonic()
            state = self.server.board.state(_number(parse_qs(asked.query).get("seen", [""])[0]))
            self._answer(HTTPStatus.OK, "application/json", json.dumps(state, allow_nan=False).encode())
            if state["ended"] and not state["report"]:
                self.server.fetched.set()
        elif where == "report" and self.server.board.report is not None:
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", self.server.board.report.read_bytes(), OF_A_REPORT)
            self.server.fetched.set()
        else:
            self._say(HTTPStatus.NOT_FOUND, "There is no such page here.")

    def do_POST(self) -> None:
        """Ask the search to stop, with the best it has."""
        where, origin = self._allowed(), self.headers.get("Origin")
        if where is None:
            return
        if origin is not None and origin != f"http://{self.headers.get('Host')}":
            self._say(HTTPStatus.FORBIDDEN, "Only this page may ask that.")
        elif where == "stop":
            self.server.board.ask_to_stop()
            self._answer(HTTPStatus.NO_CONTENT, "", b"")
        else:
            self._say(HTTPStatus.NOT_FOUND, "There is no such page here.")

    def _other(self) -> None:
        if self._allowed() is not None:
            self._say(HTTPStatus.METHOD_NOT_ALLOWED, "That cannot be done here.")

    do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _other  # noqa: N815, as http.server calls them

    def _allowed(self) -> str | None:
        """What is asked for behind the token; None, with the answer given, for whoever has none."""
        host = self.headers.get("Host", "").rpartition(":")
        name = host[0] or host[2]
        _, token, *rest = [*urlsplit(self.path).path.split("/", 2), ""][:3]
        has_token = hmac.compare_digest(token.encode(), self.server.token.encode())
        if name in HERE and has_token:
            return rest[0]
        self._say(HTTPStatus.FORBIDDEN, "This page needs the address that symreg has printed.")
        return None

    def _say(self, status: HTTPStatus, sentence: str) -> None:
        self._answer(status, "text/plain; charset=utf-8", sentence.encode())

    def _answer(self, status: HTTPStatus, kind: str, content: bytes, policy: str = NOTHING) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        }.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def version_string(self) -> str:
        """What answers, without the versions of what it is made of."""
        return "symreg"

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are no matter of the terminal."""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NEVER


@cache
def _page() -> tuple[str, bytes]:
    """The policy and the page; a browser runs the script and the style whose hashes the policy names, and no others."""
    from symreg.report import page_style

    folder = files("symreg.live").joinpath("page")
    html, own, script = (folder.joinpath(f"live.{end}").read_text(encoding="utf-8") for end in ("html", "css", "js"))
    style = f"{page_style()}\n{own}"
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return policy, html.replace("/*style*/", style).replace("/*script*/", script).encode()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
