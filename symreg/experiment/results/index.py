"""``runs/index.sqlite``: the list of runs kept, so that of thousands only those are read again that have changed.

The truth stays in the folders. A row is taken where the files of its run have the age, size and number that they had
when it was read; whatever is wrong with the index, the list is made from the folders, and where they may not be
written to there is none. Anyone may ask it: ``sqlite3 runs/index.sqlite "select name, r2 from runs where r2 > 0.99"``.
"""

from __future__ import annotations

import contextlib
import math
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from symreg.experiment import store
from symreg.experiment.results.listing import (
    CUT_OFF,
    ListedRun,
    UnreadableRun,
    listed_run,
    run_folders,
)

INDEX = "index.sqlite"

INDEX_VERSION = 1
"""Of the columns, to be raised when they change: an index of another version is made anew."""

WRITER_WAIT = 2.0
"""Seconds to wait for another process that writes the index, which takes some milliseconds; after that the list is made
without it. Set by hand."""

FLEETING = ("running", CUT_OFF)
"""Which of the two a run is hangs by a living process, and no file of the run tells."""

_NOT_NOW = (
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM,
)  # fmt: skip
"""Another process writes, the disk is full, or nothing may be written here: the index is not at fault, and is left."""

_COLUMNS = ("name", "stamp", "status", "target", "formula", "complexity", "r2", "seconds", "changed", "reason")
_TABLE = (
    "create table runs (name text primary key, stamp text not null, status text, target text, formula text, "
    "complexity integer, r2 real, seconds real, changed text, reason text)"
)

Listed = ListedRun | UnreadableRun


def list_runs(folder: Path) -> tuple[Listed, ...]:
    """The runs in ``folder``, by name; or the one that it is itself. ``NoRunsError`` where there is no such folder.

    The index of the folder is brought up to date where it may be written.
    """
    folders = run_folders(folder)
    if folders == (folder,) or not _may_be_used(folder / INDEX):
        return tuple(map(listed_run, folders))
    stamps = {one.name: _stamp(one) for one in folders}
    known = _known(folder / INDEX)
    kept = {name: run for name, (stamp, run) in known.items() if stamps.get(name) == stamp}
    found = tuple(kept.get(one.name) or listed_run(one) for one in folders)
    fresh = {run.name: run for run in found if run.name not in kept and _lasts(run)}
    gone = known.keys() - {run.name for run in found if _lasts(run)}
    if fresh or gone or not (folder / INDEX).exists():
        _update(folder / INDEX, {name: (stamps[name], run) for name, run in fresh.items() if name in stamps}, gone)
    return found


def _lasts(run: Listed) -> bool:
    return isinstance(run, UnreadableRun) or run.status not in FLEETING


def _stamp(folder: Path) -> str:
    """Which files lie there: a file that is replaced has another number, one that grows another size."""
    parts = []
    for name in (store.FRONT, store.LOG):
        try:
            found = (folder / name).stat()
            parts.append(f"{found.st_mtime_ns}:{found.st_size}:{found.st_ino}")
        except OSError:
            parts.append("-")
    return " ".join(parts)


def _may_be_used(path: Path) -> bool:
    """Whether the index is a plain file, or may be made in a folder that may be written to."""
    if not os.access(path.parent, os.W_OK):
        return False
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return True
    except OSError:
        return False


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=WRITER_WAIT, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _known(path: Path) -> dict[str, tuple[str, Listed]]:
    """The rows of the index; none where there is no index, or it is damaged, busy, or of another version."""
    if not path.exists():
        return {}
    try:
        with _opened(path) as connection:
            if connection.execute("pragma user_version").fetchone() != (INDEX_VERSION,):
                return {}
            rows = connection.execute(f"select {', '.join(_COLUMNS)} from runs").fetchall()
        return {str(row[0]): (str(row[1]), _run(dict(zip(_COLUMNS, row, strict=True)))) for row in rows}
    except (sqlite3.Error, TypeError, ValueError):
        return {}


def _run(row: Mapping[str, object]) -> Listed:
    """The run of a row; TypeError or ValueError where it holds what we never wrote."""
    name, reason = str(row["name"]), row["reason"]
    if reason is not None:
        return UnreadableRun(name, str(reason))
    complexity, r2, seconds = row["complexity"], row["r2"], row["seconds"]
    if not isinstance(complexity, int | None) or not isinstance(r2, float | None) or not isinstance(seconds, float):
        raise TypeError(name)
    return ListedRun(
        name=name,
        status=str(row["status"]),
        target=str(row["target"]),
        formula=str(row["formula"]),
        complexity=complexity,
        r2=math.nan if r2 is None else r2,
        seconds=seconds,
        when=str(row["changed"]),
    )


def _row(stamp: str, run: Listed) -> tuple[object, ...]:
    if isinstance(run, UnreadableRun):
        return (run.name, stamp, None, None, None, None, None, None, None, run.reason)
    r2 = run.r2 if math.isfinite(run.r2) else None
    shown = (run.status, run.target, run.formula, run.complexity, r2, float(run.seconds), run.when)
    return (run.name, stamp, *shown, None)


def _update(path: Path, fresh: Mapping[str, tuple[str, Listed]], gone: set[str]) -> None:
    """Write the rows that are new and take away those that are gone; an index that cannot be used is made anew once."""
    for last in (False, True):
        try:
            return _write(path, fresh, gone)
        except (sqlite3.Error, UnicodeError) as error:
            if last or getattr(error, "sqlite_errorcode", 0) % 256 in _NOT_NOW:
                return None
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
    return None


def _write(path: Path, fresh: Mapping[str, tuple[str, Listed]], gone: set[str]) -> None:
    with _opened(path) as connection:
        connection.execute("begin immediate")
        if connection.execute("pragma user_version").fetchone() != (INDEX_VERSION,):
            connection.execute("drop table if exists runs")
            connection.execute(_TABLE)
            connection.execute(f"pragma user_version = {INDEX_VERSION}")
        connection.executemany("delete from runs where name = ?", [(name,) for name in gone])
        places = ", ".join("?" * len(_COLUMNS))
        rows = [_row(stamp, run) for stamp, run in fresh.values()]
        connection.executemany(f"insert or replace into runs ({', '.join(_COLUMNS)}) values ({places})", rows)
        connection.execute("commit")
