"""``runs/NAME/``: the files of a run, each of them whole at every instant.

``front.json`` and ``front.csv`` are for others to read, ``state.json`` is what resuming needs, ``log.jsonl``
tells what happened. A run that was killed anywhere leaves files that can all be read, at worst from one
interval ago.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symreg.atomic import TEMPORARY_SUFFIX, atomic_write_text
from symreg.experiment.errors import RunFolderError
from symreg.experiment.fingerprint import text_hash
from symreg.experiment.standing import Standing, Status, finite, front_csv, front_json, json_text
from symreg.experiment.stored_law import StoredLaw, store_law
from symreg.experiment.stored_robustness import store_robustness
from symreg.plain_file import open_to_append, read_plain
from symreg.wording import why_broken, why_unread

EXPERIMENT, FRONT, TABLE, LOG = "experiment.yaml", "front.json", "front.csv", "log.jsonl"
ENVIRONMENT, STATE = "environment.json", "state.json"
POSITION = "position.jsonl"  # only of a search that can go on after its turns
CURVES = "events.out.tfevents.*"  # of TensorBoard, where a run is told to it
KNOWN_FILES = (EXPERIMENT, FRONT, TABLE, LOG, ENVIRONMENT, STATE)

STATE_VERSION = 1
"""Of the layout of ``state.json``, to be raised where an older file can no longer be read: a run of another version is
refused and started over with ``--fresh``."""

MAX_STATE_BYTES = 50_000_000
"""Of a JSON file of a run that is read back: a front with its runners-up is far below. It keeps a damaged or foreign
file from filling the memory; a smaller one might refuse a run that was stored. Set by hand."""

# Of a run that was stored before answers were examined.
_BEFORE_THE_KEY: dict[str, Any] = {
    "runners_up": [], "robustness": None, "noise": "constant", "loss": "squared", "screening": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """What a run left for the next one: its question, its data, and how it stood.

    ``question`` holds the resolved configuration by dotted keys, ``data`` the fingerprint of the table,
    ``elapsed`` the seconds of all sessions together.
    """

    question: dict[str, str]
    data: dict[str, Any]
    laws: tuple[StoredLaw, ...]
    selected: int
    status: Status
    stop_reason: str
    complete_to_complexity: int | None
    pruned_by_dimension: int | None
    evaluated: int
    wall_seconds: float
    elapsed: float
    engine: str = ""
    backend: str = ""
    notes: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    runners_up: tuple[StoredLaw, ...] = ()
    robustness: dict[str, Any] | None = None
    noise: str = "constant"
    loss: str = "squared"
    screening: dict[str, Any] | None = None

    @property
    def formulas(self) -> tuple[str, ...]:
        """What the next session starts from: the front, and what an unfinished session had been given."""
        return tuple(dict.fromkeys([*(law["formula"] for law in self.laws), *self.carried]))


def state_of(
    standing: Standing,
    question: dict[str, str],
    data: dict[str, Any],
    elapsed: float,
    carried: tuple[str, ...] = (),
) -> State:
    """The state that belongs to ``standing``; ``elapsed`` counts the sessions before this one too."""
    return State(
        question=question,
        data=data,
        laws=tuple(store_law(law) for law in standing.front.laws),
        selected=standing.front.selected,
        status=standing.status,
        stop_reason=standing.stop_reason,
        complete_to_complexity=standing.complete_to_complexity,
        pruned_by_dimension=standing.pruned_by_dimension,
        evaluated=standing.evaluated,
        wall_seconds=standing.wall_seconds,
        elapsed=elapsed,
        engine=standing.engine,
        backend=standing.backend,
        notes=standing.notes,
        carried=carried,
        runners_up=tuple(store_law(law) for law in standing.runners_up),
        robustness=None if standing.robustness is None else store_robustness(standing.robustness, store_law),
        noise=standing.noise,
        loss=standing.loss,
        screening=None if standing.screening is None else standing.screening.stored(),
    )


def write_state(folder: Path, state: State) -> None:
    """Write ``state.json``."""
    fields = {name: getattr(state, name) for name in State.__slots__}
    question_hash = text_hash(json.dumps(state.question, sort_keys=True))
    atomic_write_text(
        folder / STATE, json_text({"version": STATE_VERSION, "configuration_hash": question_hash, **fields})
    )


def read_state(folder: Path) -> State | None:
    """The state that a run left in ``folder``, None if it left none; RunFolderError if it cannot be used."""
    path = folder / STATE
    if not os.path.lexists(path):
        return None
    document = read_json(path)
    if not isinstance(document, dict) or document.get("version") != STATE_VERSION:
        raise _unusable(path, "it was written by another version; search again: symreg run EXPERIMENT --fresh")
    try:
        document = _BEFORE_THE_KEY | document
        fields = {name: document[name] for name in State.__slots__}
        fields |= {name: tuple(fields[name]) for name in ("laws", "notes", "carried", "runners_up")}
        wrong = [name for name, value in fields.items() if not _is_of_its_kind(name, value)]
        if wrong:
            raise _unusable(path, f"{wrong[0]} is of the wrong kind")
        state = State(**fields)
        consistent = text_hash(json.dumps(state.question, sort_keys=True)) == document["configuration_hash"]
        usable = consistent and all(isinstance(formula, str) for formula in state.formulas)
        usable = usable and isinstance(state.data["sha256"], str)
    except (KeyError, TypeError, AttributeError) as error:
        raise _unusable(path, why_broken(error)) from None
    if not usable:
        raise _unusable(path, "its parts do not belong together")
    return state


def _is_of_its_kind(name: str, value: Any) -> bool:
    """Whether a part of the state is what was written there; laws are looked at one by one when they are restored."""
    if name in _KINDS:
        return isinstance(value, _KINDS[name]) and not isinstance(value, bool)
    return all(isinstance(each, dict if name in ("laws", "runners_up") else str) for each in value)


_NOTHING = type(None)
_KINDS: dict[str, type | tuple[type, ...]] = {
    "question": dict, "data": dict, "selected": int, "status": str, "stop_reason": str,
    "complete_to_complexity": (int, _NOTHING), "pruned_by_dimension": (int, _NOTHING), "evaluated": int,
    "wall_seconds": (int, float), "elapsed": (int, float), "engine": str, "backend": str,
    "robustness": (dict, _NOTHING), "noise": str, "loss": str, "screening": (dict, _NOTHING),
}  # fmt: skip


def read_json(path: Path) -> Any:
    """JSON of at most 50 MB; RunFolderError when it is larger, broken, or no plain file."""
    try:
        data = read_plain(path, MAX_STATE_BYTES)
        if len(data) > MAX_STATE_BYTES:
            raise _unusable(path, f"larger than {MAX_STATE_BYTES // 10**6} MB")
        return json.loads(data.decode("utf-8"))
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise _unusable(path, f"cannot be read: {why_unread(error)}") from None


def _unusable(path: Path, reason: str) -> RunFolderError:
    return RunFolderError(folder=str(path.parent), file=path.name, reason=reason)


def write_front(folder: Path, standing: Standing) -> None:
    """Write ``front.json`` and ``front.csv``."""
    atomic_write_text(folder / FRONT, front_json(standing))
    atomic_write_text(folder / TABLE, front_csv(standing))


def append_log(folder: Path, event: str, **fields: Any) -> None:
    """Add one line to ``log.jsonl`` and force it to the disk.

    A line torn by an earlier kill is closed first. OSError where the file is a link, a pipe or a device: nothing is
    ever added to a file outside the folder.
    """
    moment = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    line = json.dumps(finite({"time": moment, "event": event, **fields}), ensure_ascii=False, allow_nan=False)
    with open_to_append(folder / LOG) as stream:
        if stream.seek(0, os.SEEK_END):
            stream.seek(-1, os.SEEK_END)
            line = line if stream.read(1) == b"\n" else "\n" + line
        stream.write(line.encode("utf-8") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def read_log(folder: Path) -> list[dict[str, Any]]:
    """The events of ``log.jsonl``; a line that a kill tore is left out."""
    events: list[dict[str, Any]] = []
    if os.path.lexists(folder / LOG):
        for line in read_plain(folder / LOG, MAX_STATE_BYTES).decode("utf-8", "replace").splitlines():
            with contextlib.suppress(ValueError):
                events.append(json.loads(line))
    return events


def remove_leftovers(folder: Path) -> None:
    """Delete temporary files of writers that were killed; call this while holding the lock."""
    for path in folder.glob(f".*{TEMPORARY_SUFFIX}"):
        path.unlink(missing_ok=True)


def remove_run(folder: Path) -> None:
    """Delete the files of the run in ``folder``, its reports too, and nothing else.

    The state goes first, so that nothing is left that another run could be taken for.
    """
    from symreg.laws import EXPORT_SUFFIXES
    from symreg.report import FIGURE_FOLDER, FIGURE_NAMES

    reports = [f"report{suffix}" for suffix in (".html", ".tex", ".md", ".pdf")]
    reports += [f"law{suffix}" for suffix in EXPORT_SUFFIXES.values()]
    reports += [f"{FIGURE_FOLDER}/{name}" for name in FIGURE_NAMES]
    for name in (STATE, POSITION, *(name for name in KNOWN_FILES if name != STATE), *reports):
        (folder / name).unlink(missing_ok=True)
    for path in folder.glob(CURVES):
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # other figures are there, or it never was
        (folder / FIGURE_FOLDER).rmdir()
