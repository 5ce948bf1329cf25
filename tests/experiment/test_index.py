"""``runs/index.sqlite``: the list is that of the folders, whatever the index holds or whoever writes it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from symreg.experiment.lock import locked
from symreg.experiment.results import index
from symreg.experiment.results.index import INDEX, list_runs
from symreg.experiment.results.listing import ListedRun, UnreadableRun, listed_run, run_folders

FRONT = {
    "status": "finished", "selected": 0, "target": {"name": "y", "unit": "m"}, "wall_seconds": 2,
    "laws": [{"formula": "k*x", "complexity": 3, "held_out": {"r2": 0.5}}],
}  # fmt: skip


def made(runs: Path, name: str, **changes: Any) -> Path:
    folder = runs / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ".front"
    path.write_text(json.dumps(FRONT | changes), encoding="utf-8")
    os.replace(path, folder / "front.json")
    (folder / "log.jsonl").write_text('{"time": "2024-05-06T07:08:09+0000", "event": "x"}\n')
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        made(tmp_path / "runs", name)
    return tmp_path / "runs"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the runs that were read from their folders."""
    read: list[str] = []
    monkeypatch.setattr(index, "listed_run", lambda folder: (read.append(folder.name), listed_run(folder))[1])
    return read


def truth(runs: Path) -> tuple[ListedRun | UnreadableRun, ...]:
    return tuple(map(listed_run, run_folders(runs)))


def test_a_run_is_read_once(runs: Path, reads: list[str]) -> None:
    first = list_runs(runs)
    assert reads == ["a", "b", "c"] and (runs / INDEX).is_file()
    assert list_runs(runs) == first == truth(runs) and reads == ["a", "b", "c"]


def test_what_has_changed_is_read_again(runs: Path, reads: list[str]) -> None:
    list_runs(runs)
    reads.clear()
    made(runs, "b", selected=-1)
    (runs / "c" / "log.jsonl").write_text('{"time": "2025-05-06T07:08:09+0000", "event": "y"}\n')
    shutil.rmtree(runs / "a")
    made(runs, "d")
    found = list_runs(runs)
    assert found == truth(runs) and reads == ["b", "c", "d"]
    assert [run.name for run in found] == ["b", "c", "d"] and isinstance(found[1], ListedRun)
    assert found[1].when == "2025-05-06 07:08"
    with sqlite3.connect(runs / INDEX) as connection:
        assert connection.execute("select name, complexity from runs order by name").fetchall() == [
            ("b", None), ("c", 3), ("d", 3),
        ]  # fmt: skip
    connection.close()


def test_whether_a_run_goes_on_is_never_taken_from_the_index(runs: Path) -> None:
    made(runs, "b", status="running")
    assert [run.status for run in list_runs(runs) if isinstance(run, ListedRun)] == ["finished", "cut off", "finished"]
    with locked(runs / "b"):
        assert list_runs(runs)[1].status == "running"  # type: ignore[union-attr]
    assert list_runs(runs)[1].status == "cut off"  # type: ignore[union-attr]


def test_broken_runs_are_kept_as_broken_until_they_change(runs: Path, reads: list[str]) -> None:
    (runs / "b" / "front.json").write_text("{")
    assert list_runs(runs) == list_runs(runs) == truth(runs) and reads.count("b") == 1
    assert isinstance(list_runs(runs)[1], UnreadableRun)
    made(runs, "b")
    assert isinstance(list_runs(runs)[1], ListedRun)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"no database at all" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:3000] + b"\xff" * 4000), lambda path: path.unlink(),
        lambda path: changed(path, "pragma user_version = 99"), lambda path: changed(path, "drop table runs"),
        lambda path: changed(path, "update runs set seconds = 'long'"), lambda path: changed(path, "delete from runs"),
        lambda path: changed(path, "drop table runs; create table runs (name text, other text)"),
        lambda path: changed(path, "update runs set stamp = 'x'"),
    ],
)  # fmt: skip
def test_a_damaged_index_costs_nothing_but_time(damage: Any, runs: Path) -> None:
    list_runs(runs)
    damage(runs / INDEX)
    assert list_runs(runs) == truth(runs)
    assert list_runs(runs) == truth(runs)
    with sqlite3.connect(runs / INDEX) as connection:
        assert connection.execute("select count(*) from runs where seconds = 2.0").fetchone() == (3,)
    connection.close()


def changed(path: Path, commands: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(commands)
    connection.close()


def test_where_nothing_may_be_written_the_list_is_made_from_the_folders(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.os, "access", lambda path, mode: False)  # whoever runs this may write everywhere
    assert list_runs(runs) == truth(runs)
    assert not (runs / INDEX).exists()


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_plain_file_is_left_alone(kind: str, runs: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    if kind == "link":
        (runs / INDEX).symlink_to(elsewhere)
    elif kind == "folder":
        (runs / INDEX).mkdir()
    else:
        os.mkfifo(runs / INDEX)
    assert list_runs(runs) == truth(runs)
    assert elsewhere.read_text() == "mine"


def test_an_index_that_somebody_holds_is_not_waited_for(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    list_runs(runs)
    made(runs, "d")
    monkeypatch.setattr(index, "WRITER_WAIT", 0.05)
    held = sqlite3.connect(runs / INDEX, isolation_level=None)
    held.execute("begin exclusive")
    assert list_runs(runs) == truth(runs)
    held.execute("rollback")
    held.close()
    assert list_runs(runs) == truth(runs)


def test_a_run_alone_has_no_index(runs: Path) -> None:
    assert [run.name for run in list_runs(runs / "a")] == ["a"]
    assert not (runs / "a" / INDEX).exists()


LOOK = """
import json, sys
from pathlib import Path
from symreg.experiment import list_runs
runs = Path(sys.argv[1])
for _ in range(15):
    print(json.dumps([run.name for run in list_runs(runs)]))
"""


def test_two_processes_while_runs_come_and_go(runs: Path) -> None:
    """Every list holds the runs that are always there, and at the end the index is whole."""
    stop = threading.Event()

    def come_and_go() -> None:
        number = 0
        while not stop.is_set():
            made(runs, f"z{number % 5}", wall_seconds=number)
            shutil.rmtree(runs / f"z{(number + 2) % 5}", ignore_errors=True)
            number += 1

    writer = threading.Thread(target=come_and_go)
    writer.start()
    lookers = [
        subprocess.Popen([sys.executable, "-c", LOOK, str(runs)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [one.communicate(timeout=60)[0] for one in lookers]
    stop.set()
    writer.join()
    assert [one.returncode for one in lookers] == [0, 0]
    lists = [json.loads(line) for text in said for line in text.splitlines()]
    assert len(lists) == 30 and all(one[:3] == ["a", "b", "c"] for one in lists)
    assert list_runs(runs) == truth(runs)
    connection = sqlite3.connect(runs / INDEX)
    assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()


def test_the_index_can_be_asked(runs: Path) -> None:
    made(runs, "d", laws=[{"formula": "x", "complexity": 1, "held_out": {"r2": 0.999}}])
    list_runs(runs)
    connection = sqlite3.connect(runs / INDEX)
    assert connection.execute("select name, formula from runs where r2 > 0.99").fetchall() == [("d", "x")]
    connection.close()
