"""One run per folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from symreg.experiment.errors import FolderLockedError
from symreg.experiment.lock import LOCK_NAME, holder_of, locked, process_start


def write_lock(folder: Path, pid: int, start: str) -> None:
    text = json.dumps({"pid": pid, "process_start": start, "since": "2020-01-01 00:00:00"})
    (folder / LOCK_NAME).write_text(text, encoding="utf-8")


def test_the_lock_is_there_during_the_block_only(tmp_path: Path) -> None:
    with locked(tmp_path):
        holder = holder_of(tmp_path)
        assert holder is not None and holder.pid == os.getpid()
    assert list(tmp_path.iterdir()) == []


def test_the_lock_goes_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError), locked(tmp_path):
        raise KeyError("x")
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_is_refused_and_names_the_first(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(FolderLockedError, match=f"in use by process {os.getpid()}"),
        locked(tmp_path),
    ):
        pass
    with locked(tmp_path):
        pass


def test_a_lock_of_another_living_process_holds(tmp_path: Path) -> None:
    parent = os.getppid()
    write_lock(tmp_path, parent, process_start(parent) or "")
    with pytest.raises(FolderLockedError, match=f"process {parent} \\(since 2020-01-01"), locked(tmp_path):
        pass
    assert (tmp_path / LOCK_NAME).exists()


def dead_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    return child.pid


def test_a_lock_of_a_dead_process_is_stale(tmp_path: Path) -> None:
    write_lock(tmp_path, dead_process(), "boot 1")
    assert holder_of(tmp_path) is None
    with locked(tmp_path):
        assert holder_of(tmp_path) is not None
    assert list(tmp_path.iterdir()) == []


def test_a_number_given_out_again_does_not_keep_a_lock_alive(tmp_path: Path) -> None:
    write_lock(tmp_path, os.getpid(), "another boot, another start")
    with locked(tmp_path):
        assert (holder_of(tmp_path) or pytest.fail("no holder")).pid == os.getpid()


@pytest.mark.parametrize(
    "garbage",
    ["", "{", "[]", "null", '{"pid": -1, "process_start": "x", "since": ""}', '{"pid": 1e99}', "\x00" * 50],
)
def test_what_no_run_wrote_is_stale(tmp_path: Path, garbage: str) -> None:
    (tmp_path / LOCK_NAME).write_text(garbage, encoding="utf-8")
    with locked(tmp_path):
        pass


def test_of_many_that_come_at_once_upon_a_stale_lock_one_gets_it(tmp_path: Path) -> None:
    write_lock(tmp_path, dead_process(), "boot 1")
    inside, most, refused = [0], [0], [0]
    guard, everybody = threading.Lock(), threading.Barrier(8)

    def enter() -> None:
        everybody.wait()
        try:
            with locked(tmp_path):
                with guard:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                everybody.wait(timeout=10)
                with guard:
                    inside[0] -= 1
        except FolderLockedError:
            refused[0] += 1
            everybody.wait(timeout=10)

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most[0], refused[0]) == (1, 7)


def test_there_is_no_start_of_a_process_that_is_not_there() -> None:
    assert process_start(os.getpid()) == process_start(os.getpid()) != None  # noqa: E711
    assert process_start(dead_process()) is None
