"""One run per folder: a lock file that says which process holds it.

Who comes again for a process that was given up, on another machine or because it no longer answers, takes the folder
over with a claim: the same campaign, a later attempt. Whoever held it may be alive after all; it finds before its next
write that the lock is not its own, and writes nothing any more.

The file holds the process's number and the moment that it began, because numbers are given out again: a lock
is stale when no process of that number is alive or when the one that is alive began at another moment. The
file is made complete under another name and then renamed into place, so that a lock is never half written.
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

from symreg.atomic import atomic_write_text
from symreg.experiment.errors import FolderLockedError, TakenOverError
from symreg.plain_file import read_plain

LOCK_NAME = "lock.json"
LONGEST_LOCK = 10_000
"""Bytes that are read of a lock: ours have about a hundred. A bound on what a stranger may have put there."""


@dataclass(frozen=True, slots=True)
class Claim:
    """By what a folder may be taken over: the ``attempt``, from 1, of a ``campaign`` that gave up the one before."""

    campaign: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock.

    Its number, the system's word for when it began, when it took the lock, and the claim that it came with, if any.
    """

    pid: int
    process_start: str
    since: str
    claim: Claim | None = None

    def is_alive(self) -> bool:
        """Whether this very process is still there."""
        return process_start(self.pid) == self.process_start


@dataclass(frozen=True, slots=True)
class Hold:
    """A folder that is held, by the ``text`` of its lock and the ``claim`` in it, if any."""

    folder: Path
    text: str
    claim: Claim | None = None

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Nobody takes the folder over during the block; TakenOverError where somebody has. Blocks do not nest.

        A lock that somebody has deleted is put back, unless it had a claim: a later attempt may have come and gone.
        """
        with _one_at_a_time(self.folder):
            path = self.folder / LOCK_NAME
            found = _text(path)
            if found is None and self.claim is None and not os.path.lexists(path):
                atomic_write_text(path, self.text)
            elif found != self.text:
                raise TakenOverError(folder=str(self.folder))
            yield


@contextlib.contextmanager
def locked(folder: Path, claim: Claim | None = None) -> Iterator[Hold]:
    """Hold ``folder`` for the time of the block; FolderLockedError names the process that has it, TakenOverError is for
    who comes with a ``claim`` that is older than that of the holder."""
    path = folder / LOCK_NAME
    mine = Holder(os.getpid(), process_start(os.getpid()) or "", time.strftime("%Y-%m-%d %H:%M:%S"), claim)
    said: dict[str, object] = {"pid": mine.pid, "process_start": mine.process_start, "since": mine.since}
    said |= {} if claim is None else {"campaign": claim.campaign, "attempt": claim.attempt}
    said["token"] = secrets.token_hex(8)
    text = json.dumps(said) + "\n"
    _take(path, text, claim)
    try:
        yield Hold(folder, text, claim)
    finally:
        with contextlib.suppress(OSError):  # the folder has gone, or may not be written to: the lock is stale then
            if _text(path) == text:
                path.unlink(missing_ok=True)


def holder_of(folder: Path) -> Holder | None:
    """The living process that holds ``folder``, or None (also when the lock is stale)."""
    holder = _parse(_text(folder / LOCK_NAME))
    return holder if holder is not None and holder.is_alive() else None


def _take(path: Path, text: str, claim: Claim | None) -> None:
    complete = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.partial")
    with complete.open("x", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        with _one_at_a_time(path.parent):
            holder = _parse(_text(path))
            theirs = None if holder is None else holder.claim
            is_ours = claim is not None and theirs is not None and theirs.campaign == claim.campaign
            if claim is not None and theirs is not None and is_ours and theirs.attempt > claim.attempt:
                raise TakenOverError(folder=str(path.parent))
            gives_way = claim is not None and theirs is not None and is_ours and theirs.attempt < claim.attempt
            if holder is not None and not gives_way and holder.is_alive():
                raise FolderLockedError(folder=str(path.parent), pid=holder.pid, began=holder.since)
            os.replace(complete, path)
    finally:
        complete.unlink(missing_ok=True)


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Nobody else may come between looking at a lock and replacing it; a death of the process lifts this."""
    if sys.platform == "win32":
        import msvcrt

        with (folder / f".{LOCK_NAME}.guard").open("a+b") as guard:
            msvcrt.locking(guard.fileno(), msvcrt.LK_LOCK, 1)
            yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a network drive that cannot: then there is a moment's risk
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _text(path: Path) -> str | None:
    if path.is_symlink():
        return None  # not ours: it is replaced, and what it points to is not looked at
    try:
        return read_plain(path, LONGEST_LOCK).decode("utf-8", "replace")
    except FileNotFoundError:
        return None


def _parse(text: str | None) -> Holder | None:
    """None for what no run of ours wrote; our own locks are always whole."""
    try:
        fields = json.loads(text or "")
        claim = Claim(str(fields["campaign"]), int(fields["attempt"])) if "campaign" in fields else None
        holder = Holder(fields["pid"], fields["process_start"], fields["since"], claim)
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
