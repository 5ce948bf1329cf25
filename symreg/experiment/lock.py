"""One run per folder: a lock file that says which process holds it.

The file holds the process's number and the moment that it began, because numbers are given out again: a lock
is stale when no process of that number is alive or when the one that is alive began at another moment. The
file is made complete under another name and then linked into place, so that a lock is never half written and
never taken by two.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from symreg.experiment.errors import FolderLockedError

LOCK_NAME = "lock.json"


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock.

    Its number, the system's word for when it began, and when it took the lock.
    """

    pid: int
    process_start: str
    since: str

    def is_alive(self) -> bool:
        """Whether this very process is still there."""
        return process_start(self.pid) == self.process_start


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for the time of the block; FolderLockedError names the process that has it."""
    path = folder / LOCK_NAME
    mine = Holder(os.getpid(), process_start(os.getpid()) or "", time.strftime("%Y-%m-%d %H:%M:%S"))
    text = json.dumps({"pid": mine.pid, "process_start": mine.process_start, "since": mine.since}) + "\n"
    _take(path, text)
    try:
        yield
    finally:
        if _text(path) == text:
            path.unlink(missing_ok=True)


def holder_of(folder: Path) -> Holder | None:
    """The living process that holds ``folder``, or None (also when the lock is stale)."""
    holder = _parse(_text(folder / LOCK_NAME))
    return holder if holder is not None and holder.is_alive() else None


def _take(path: Path, text: str) -> None:
    complete = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.partial")
    with complete.open("x", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        for _ in range(20):
            if _place(complete, path):
                return
            found = _text(path)
            holder = _parse(found)
            if holder is not None and holder.is_alive():
                raise FolderLockedError(folder=str(path.parent), pid=holder.pid, began=holder.since)
            _remove_stale(path, found)
        raise FolderLockedError(folder=str(path.parent), pid=0, began="just now")
    finally:
        complete.unlink(missing_ok=True)


def _place(complete: Path, path: Path) -> bool:
    """Make ``path`` appear with its whole content, unless it is there already."""
    try:
        os.link(complete, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: create, then fill
        try:
            with path.open("xb") as stream:
                stream.write(complete.read_bytes())
        except FileExistsError:
            return False
    return True


def _remove_stale(path: Path, found: str | None) -> None:
    """Remove the lock whose text was ``found``; put back what somebody else placed there meanwhile."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.stale.partial")
    with contextlib.suppress(FileNotFoundError):
        path.rename(aside)
        if found is not None and _text(aside) != found:
            _place(aside, path)
        aside.unlink(missing_ok=True)


def _text(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            return stream.read(10_000).decode("utf-8", "replace")
    except FileNotFoundError:
        return None


def _parse(text: str | None) -> Holder | None:
    """None for what no run of ours wrote; our own locks are always whole."""
    try:
        fields = json.loads(text or "")
        holder = Holder(fields["pid"], fields["process_start"], fields["since"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    valid = isinstance(holder.pid, int) and 0 < holder.pid < 2**31
    return holder if valid and isinstance(holder.process_start, str) else None


def process_start(pid: int) -> str | None:
    """When process ``pid`` began, in the system's own words, or None when there is no such process."""
    if sys.platform == "win32":
        return _windows_start(pid)
    try:
        # Field 22 of stat, counted after the command's name, which may hold blanks and brackets.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return None if fields[0] in ("Z", "X") else f"{_boot()} {fields[19]}"
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C"},
    )
    return found.stdout.strip() or None


def _boot() -> str:
    """Which start of the machine this is: process times are counted from it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "boot"


if sys.platform == "win32":

    def _windows_start(pid: int) -> str | None:
        import ctypes
        from ctypes import wintypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if not handle:
            return None
        try:
            times = [wintypes.FILETIME() for _ in range(4)]
            kernel.GetProcessTimes(wintypes.HANDLE(handle), *map(ctypes.byref, times))
            created, ended = times[0], times[1]
            if ended.dwHighDateTime or ended.dwLowDateTime:
                return None
            return f"{created.dwHighDateTime}:{created.dwLowDateTime}"
        finally:
            kernel.CloseHandle(wintypes.HANDLE(handle))
