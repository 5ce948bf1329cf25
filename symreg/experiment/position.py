"""``position.jsonl``: the turns that a search has done to their end, which the next session does not search again.

The first line says of what question, data, settings and version they are; each further line is one turn, as the backend
wrote it down (``search.Round.turn``). Lines are added and forced to the disk; one that a kill tore is none.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from symreg.atomic import atomic_write_text
from symreg.experiment.fingerprint import text_hash
from symreg.experiment.store import POSITION
from symreg.plain_file import open_to_append, read_plain
from symreg.version import package_version

POSITION_VERSION = 1
"""Of what a turn holds, to be raised where an older one can no longer be gone on after: such a file is not used."""

MOST_POSITION_BYTES = 200_000_000
"""Of the file that is read and written. A turn of a second or more takes 20 kB, so that this is hours; what comes later
is not written down, and is searched again after a kill. Set by hand."""

OTHER = "what was searched before was of another version or with other settings"
BROKEN = "what was written down of the search before cannot be read"

Turn = Mapping[str, Any]


def fingerprint(question: Mapping[str, str], data_hash: str, engine: str, memory: int) -> str:
    """What turns depend on: question, data, engine, the bytes that banks may take, and the versions of the code."""
    versions = [POSITION_VERSION, package_version(), np.__version__]
    return text_hash(json.dumps([dict(question), data_hash, engine, memory, *versions], sort_keys=True))


@dataclass
class PositionFile:
    """The file in ``folder``, of turns with this ``fingerprint``; what is told to it is written at intervals."""

    folder: Path
    fingerprint: str
    interval: float
    size: int = 0
    _waiting: list[Turn] = field(default_factory=list)
    _is_there: bool = False
    _written_at: float = field(default_factory=time.monotonic)

    def begin(self) -> tuple[tuple[Turn, ...], str | None]:
        """The turns of earlier sessions, and why there are none where a file is there that cannot be used.

        What cannot be used is deleted, and what can is written anew without torn lines.
        """
        path = self.folder / POSITION
        if not os.path.lexists(path):
            return (), None
        try:
            data = read_plain(path, MOST_POSITION_BYTES)
            header, *lines = data[:MOST_POSITION_BYTES].decode("utf-8", "replace").splitlines() or [""]
            is_ours = json.loads(header) == self._header
        except (OSError, ValueError, RecursionError):
            path.unlink(missing_ok=True)
            return (), BROKEN
        if not is_ours:
            path.unlink(missing_ok=True)
            return (), OTHER
        turns = turns_of(lines)
        self._is_there = True
        text = "".join(_line(one) for one in (self._header, *turns))
        self.size = len(text)
        atomic_write_text(path, text)
        return turns, None

    def add(self, turn: Turn) -> None:
        """Write this turn down, now or with the next ones."""
        self._waiting.append(turn)
        if time.monotonic() - self._written_at >= self.interval:
            self.write()

    def write(self) -> None:
        """Write what waits; OSError where that is not possible, and then it still waits."""
        text = "".join(map(_line, self._waiting))
        if not text or self.size + len(text) > MOST_POSITION_BYTES:
            return
        self._written_at = time.monotonic()
        path = self.folder / POSITION
        if not self._is_there:
            atomic_write_text(path, _line(self._header))
            self._is_there = True
        with open_to_append(path) as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        self.size += len(text)
        self._waiting.clear()

    @property
    def _header(self) -> dict[str, Any]:
        return {"version": POSITION_VERSION, "of": self.fingerprint}


def turns_of(lines: list[str]) -> tuple[Turn, ...]:
    """The turns of these lines, without those that are torn and those that a later session did otherwise.

    A session that could not repeat all turns begins with an earlier number, from where on its own count.
    """
    kept: dict[str, list[Turn]] = {}
    for line in lines:
        try:
            turn = json.loads(line)
            name = str(turn["backend"])
            place, _ = (int(turn["part"]), int(turn["number"])), (int(turn["level"]), int(turn["evaluated"]))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            continue
        own = kept.setdefault(name, [])
        while own and (int(own[-1]["part"]), int(own[-1]["number"])) >= place:
            own.pop()
        own.append(turn)
    return tuple(one for own in kept.values() for one in own)


def _line(document: Turn) -> str:
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")) + "\n"
