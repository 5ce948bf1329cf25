"""The runs of a folder, each by what its ``front.json`` says: a damaged one costs a line, not the list."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symreg.errors import SymregError
from symreg.experiment import store
from symreg.experiment.errors import NoRunsError, RunFolderError
from symreg.experiment.lock import holder_of
from symreg.wording import why_broken

TAIL_BYTES = 65_536
"""Of a log, whose last line tells when something last happened: a line has some hundred, or as many as its front has
formulas. A run of days has a log of megabytes."""

CUT_OFF = "cut off"
"""A run that is not over, and that no process works at."""


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run as a list shows it: its folder's ``name``, ``status``, ``target`` with its unit, the selected law, if
    there is one, by ``formula``, ``complexity`` and ``r2`` on rows that it was not fitted to; ``seconds``, ``when``."""

    name: str
    status: str
    target: str
    formula: str
    complexity: int | None
    r2: float
    seconds: float
    when: str


@dataclass(frozen=True, slots=True)
class UnreadableRun:
    """A folder of a run that cannot be read, and the ``reason``."""

    name: str
    reason: str


def run_folders(folder: Path) -> tuple[Path, ...]:
    """The folders of runs in ``folder``, by name, or ``folder`` itself; ``NoRunsError`` where there is none such."""
    if not folder.is_dir():
        reason = "there is no such folder; symreg run makes it, or name the one that holds your runs"
        raise NoRunsError(folder=str(folder), reason=reason)
    try:
        return (folder,) if _is_run(folder) else tuple(sorted(one for one in folder.iterdir() if _is_run(one)))
    except OSError as error:
        raise NoRunsError(folder=str(folder), reason=f"cannot be read ({error.strerror or error})") from None


def _is_run(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (store.FRONT, store.STATE, store.EXPERIMENT))


def listed_run(folder: Path) -> ListedRun | UnreadableRun:
    """A run by what its ``front.json`` says, or why that cannot be read."""
    name = folder_name(folder)
    if not (folder / store.FRONT).exists():
        return UnreadableRun(name, f"{store.FRONT}: not there; the run has saved nothing")
    try:
        return _run(folder, name, store.read_json(folder / store.FRONT))
    except RunFolderError as error:
        return UnreadableRun(name, f"{error.file}: {error.reason}")
    except (SymregError, OSError) as error:
        return UnreadableRun(name, str(error))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        return UnreadableRun(name, f"{store.FRONT}: {why_broken(error)}")


def folder_name(folder: Path) -> str:
    """The name of a folder, also of ``.`` and ``..``."""
    return folder.resolve().name if folder.name in ("", "..") else folder.name


def _run(folder: Path, name: str, front: dict[str, Any]) -> ListedRun:
    selected, laws = int(front["selected"]), front["laws"]
    law = laws[selected] if 0 <= selected < len(laws) else None
    status, unit = str(front["status"]), str(front["target"]["unit"])
    if status == "running" and holder_of(folder) is None:
        status = CUT_OFF
    r2 = None if law is None else law["held_out"]["r2"]
    return ListedRun(
        name=name,
        status=status,
        target=str(front["target"]["name"]) + (f" [{unit}]" if unit not in ("1", "dimensionless") else ""),
        formula="" if law is None else str(law["formula"]),
        complexity=None if law is None else int(law["complexity"]),
        r2=math.nan if r2 is None else float(r2),
        seconds=float(front["wall_seconds"]),
        when=last_event(folder),
    )


def last_event(folder: Path) -> str:
    """When something last happened, ``2026-01-31 12:00``, by the log; empty where it does not say."""
    path = folder / store.LOG
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - TAIL_BYTES))
        lines = stream.read().decode("utf-8", "replace").splitlines()
    for line in reversed(lines):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue  # torn by a kill, or by where the tail begins
        if isinstance(event, dict) and "time" in event:
            return str(event["time"])[:16].replace("T", " ")
    return ""
