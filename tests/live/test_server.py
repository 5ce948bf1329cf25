"""The page of a run: who may see it, what it says, and that it ends with the run."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from symreg.discovery import Discovery
from symreg.live.board import Board
from symreg.live.server import ServeError, served
from symreg.search.backend import Budget
from symreg.watching import Progress


@pytest.fixture
def board(kepler: Discovery) -> Board:
    """A search that goes on."""
    found = Board()
    found.begin("kepler", "P")
    found.pace.clock = lambda: 0.0
    for step in (1, 2):
        found(Progress(5.0 * step, 1000 * step, 3, 2, kepler.front, "search", budget=Budget(time=20.0)))
    return found


@pytest.fixture
def address(board: Board) -> Iterator[str]:
    with served(board) as at:
        yield at


def ask(address: str, path: str = "", method: str = "GET", **headers: str) -> tuple[int, bytes, Any]:
    """Status, content and headers of an answer; ``path`` that begins with a slash stands for the whole."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(method, path if path.startswith("/") else parts.path + path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def test_without_the_token_nothing_is_told(address: str, board: Board) -> None:
    token = urlsplit(address).path.strip("/")
    assert len(token) >= 22 and address.startswith("http://127.0.0.1:")
    wrong = ["/", "/state", f"/{token[:-1]}/", f"/{token}x/state", f"/x{token}/", "//", f"/state/{token}/", "/%ff/"]
    for path in wrong:
        for method in ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"):
            status, said, _ = ask(address, path, method)
            assert status == 403 and token.encode() not in said and b"kepler" not in said, (path, method)
    assert ask(address, f"/{token[:-1]}/stop", "POST")[0] == 403 and not board.stop.is_set()
    assert ask(address)[0] == 200 and ask(address, "nothing")[0] == 404 and ask(address, "", "PUT")[0] == 405


def test_another_name_for_this_machine_is_refused(address: str, board: Board) -> None:
    """A page elsewhere whose name was turned to this machine sends its own name."""
    for host in ("evil.example", "127.0.0.1.evil.example:80", "evil.example:80", ""):
        assert ask(address, "state", Host=host)[0] == 403, host
    assert ask(address, "state", Host="localhost:8000")[0] == 200  # forwarded from another machine
    assert ask(address, "stop", "POST", Origin="http://evil.example")[0] == 403
    assert ask(address, "stop", "POST", Origin="null")[0] == 403
    assert not board.stop.is_set()


def test_the_page_runs_its_own_script_alone(address: str) -> None:
    status, page, headers = ask(address)
    policy = headers["Content-Security-Policy"]
    assert status == 200 and b"<script>" in page and b"kepler" not in page
    assert "default-src 'none'" in policy and "'sha256-" in policy and "unsafe" not in policy and "*" not in policy
    assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"


def test_the_state_says_how_it_stands(address: str, board: Board, kepler: Discovery) -> None:
    status, text, _ = ask(address, "state?seen=-1")
    state = json.loads(text)
    assert status == 200
    said = {name: state[name] for name in ("name", "target", "stage", "left", "evaluated", "rate", "complete", "ended")}
    assert said == {
        "name": "kepler", "target": "P", "stage": "search", "left": "10 s", "evaluated": "2,000", "rate": "200",
        "complete": 2, "ended": "",
    }  # fmt: skip
    assert state["share"] == 0.5 and state["formula"] == "P = k1*a**(3/2)"
    front = state["front"]
    assert [one["complexity"] for one in front["laws"]] == [law.complexity for law in kepler.front]
    assert front["drawing"].count("<circle") == 3 and "<math" in front["law"] and "365.680" in str(front["quantities"])
    assert state["course"].count("<circle") == 1  # the same law was the best twice
    again = json.loads(ask(address, f"state?seen={state['number']}")[1])
    assert "front" not in again
    for seen in ("x", "9" * 99, "%00", "-5"):
        assert "front" in json.loads(ask(address, f"state?seen={seen}")[1])


def test_hostile_names_are_escaped(hostile: Discovery) -> None:
    board = Board()
    board.begin("<script>name</script>", hostile.problem.target)
    board(Progress(1.0, 5, 3, 2, hostile.front, "search"))
    state = board.state(-1)
    markup = [state["course"], state["front"]["drawing"], state["front"]["law"], *state["front"]["quantities"]]
    markup += [part for law in state["front"]["laws"] for part in (law["law"], law["unit"])]
    for text in markup:
        assert "<script" not in text and "<img" not in text and 'onerror="' not in text
    assert "&lt;script&gt;" in state["front"]["drawing"]


def test_stop_asks_and_tells(address: str, board: Board) -> None:
    told: list[str] = []
    board.on_stop = lambda: told.append("page")
    assert ask(address, "stop")[0] == 404 and not board.stop.is_set()  # not by a link
    origin = address[: address.index("/", 8)]
    assert ask(address, "stop", "POST", Origin=origin)[0] == 204
    assert board.stop.is_set() and told == ["page"] and json.loads(ask(address, "state")[1])["stopping"]


def test_at_the_end_the_report_is_fetched_and_the_server_is_gone(
    board: Board, kepler: Discovery, tmp_path: Path
) -> None:
    began = time.monotonic()
    with served(board) as address:
        assert ask(address, "report")[0] == 404
        (tmp_path / "report.html").write_text("<p>the report</p>", encoding="utf-8")
        board.end(kepler, tmp_path)
        state = json.loads(ask(address, "state")[1])
        assert state["report"] and state["ended"] == "finished: residual at the noise"
        assert ask(address, "report")[1] == b"<p>the report</p>"
    assert time.monotonic() - began < 4  # it does not wait for who has come already
    parts = urlsplit(address)
    with pytest.raises(OSError):
        socket.create_connection((parts.hostname, parts.port), timeout=1)


def test_nobody_at_the_page_keeps_nothing_waiting(board: Board, kepler: Discovery, tmp_path: Path) -> None:
    began = time.monotonic()
    with served(board):
        board.end(kepler, tmp_path)
    assert time.monotonic() - began < 4


def test_closed_connections_and_nonsense_leave_no_trace(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    parts = urlsplit(address)
    half = b"GET " + parts.path.encode() + b" HTTP/1.1\r\n"
    for sent in (b"", b"\x00\xff\n\n", b"GET\r\n\r\n", b"GET /\xff/ HTTP/1.1\r\nHost: localhost\r\n\r\n", half):
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as one:
            one.sendall(sent)
    assert ask(address, "state")[0] == 200
    assert capfd.readouterr() == ("", "")


def test_a_port_that_cannot_be_had_is_told(address: str, board: Board) -> None:
    for port in (urlsplit(address).port or 0, 70_000):
        with pytest.raises(ServeError, match=f"port {port} cannot be used: .* --port"), served(board, port):
            pass
