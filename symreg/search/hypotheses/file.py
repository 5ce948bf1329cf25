"""Hypotheses from a file: YAML, JSON lines, or plain text with one formula a line; read with limits, never executed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from symreg.search.hypotheses.hypothesis import Hypothesis, HypothesisError, hypothesis_of

MAX_BYTES = 1_000_000
"""Bytes of a file that is text or JSON lines, as ``document.MAX_BYTES`` for YAML: 100 for each of ``MAX_HYPOTHESES``. A
limit on memory, so that a wrong file is refused before it is read whole. A whole number of MB: the message says it
so."""

MAX_HYPOTHESES = 10_000
"""Hypotheses of one file. Each may take up to 27 fits (``assessment.MOST_STARTS``), so that the limit is one on time; a
larger file is refused, not cut. Set by hand."""


def read_hypotheses(path: str | Path) -> tuple[Hypothesis, ...]:
    """The hypotheses of a file, in order.

    A ``.yaml`` file is a list, a ``.jsonl`` file has one JSON value a line: formulas, or mappings with ``formula``,
    ``constants`` and ``source``. In any other file each line is a formula, but blank ones and those that begin with #.
    """
    path = Path(path)
    entries = _yaml(path) if path.suffix in (".yaml", ".yml") else _lines(path)
    if len(entries) > MAX_HYPOTHESES:
        raise HypothesisError(message=f"{path.name} holds {len(entries):,} hypotheses, more than {MAX_HYPOTHESES:,}")
    found = []
    for place, entry in entries:
        try:
            found.append(hypothesis_of(entry, path.name))
        except HypothesisError as error:
            raise HypothesisError(message=f"{path.name}, {place}: {error}") from error
    return tuple(found)


def _yaml(path: Path) -> list[tuple[str, Any]]:
    from symreg.document import read_document

    value = read_document(path).value
    if not isinstance(value, list):
        raise HypothesisError(message=f"{path.name} must hold a list of formulas")
    return [(f"entry {number}", entry) for number, entry in enumerate(value, start=1)]


def _lines(path: Path) -> list[tuple[str, Any]]:
    lines = [(f"line {number}", line.strip()) for number, line in enumerate(_text(path).splitlines(), start=1)]
    written = [(place, line) for place, line in lines if line and not line.startswith("#")]
    return [(place, _json(path, place, line)) for place, line in written] if path.suffix == ".jsonl" else [*written]


def _json(path: Path, place: str, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise HypothesisError(message=f"{path.name}, {place}: this is not JSON") from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise HypothesisError(message=f"the hypotheses of {path.name} cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise HypothesisError(message=f"{path.name} is larger than {MAX_BYTES // 10**6} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HypothesisError(message=f"{path.name} is not UTF-8 text") from None
