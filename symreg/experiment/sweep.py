"""One file that stands for many runs: ``sweep: {noise: [0, 0.01], seed: [0, 1]}`` is every combination, in
order.

Keys are places in the file with dots (``constraints.max_complexity``), ``seed``, or ``noise``, which is noise
of that many times the root mean square: in the drawn table for ``data.generate``, else on the training rows
of the target.
"""

from __future__ import annotations

import copy
import itertools
import math
import re
from pathlib import Path
from typing import Any

from symreg.document import Document, KeyPath, Value, read_document
from symreg.errors import SpecificationError
from symreg.experiment.specification import Specification, specification_of
from symreg.wording import shortened

MAX_RUNS = 1000
"""Runs that one file may stand for: all are checked before the first begins, and each is a search. A bound on slips
such as one list too many, which a larger one lets pass; set by hand."""

_PLAIN = re.compile(r"[\w.+-]{1,20}")


def read_specifications(path: str | Path) -> tuple[Specification, ...]:
    """Read a file with or without ``sweep``: one specification per run, each with its own name."""
    return expanded(read_document(path), Path(path).parent)


def expanded(document: Document, folder: Path | None = None) -> tuple[Specification, ...]:
    """The runs that ``document`` stands for; SpecificationError for the first that is wrong."""
    value = document.value
    if not isinstance(value, dict) or "sweep" not in value:
        return (specification_of(document, folder),)
    axes = _axes(value["sweep"], document)
    combinations = itertools.product(*(range(len(values)) for values in axes.values()))
    found = tuple(specification_of(_variant(document, axes, positions), folder) for positions in combinations)
    names = [specification.name for specification in found]
    if len(set(names)) < len(names):
        raise _mistake(
            document, ("sweep",), "two of these runs would have the same name; is a value there twice?"
        )
    return found


def _axes(sweep: Value, document: Document) -> dict[str, list[Value]]:
    if not isinstance(sweep, dict) or not sweep:
        raise _mistake(document, ("sweep",), "should be a block such as {noise: [0, 0.01], seed: [0, 1, 2]}")
    axes: dict[str, list[Value]] = {}
    for key, values in sweep.items():
        if not isinstance(values, list) or not values:
            reason = f"should be a list of values, not {shortened(values)}"
            raise _mistake(document, ("sweep", key), reason)
        axes[key] = values
    runs = math.prod(len(values) for values in axes.values())
    if runs > MAX_RUNS:
        raise _mistake(document, ("sweep",), f"stands for {runs} runs; {MAX_RUNS} at most")
    return axes


def _variant(document: Document, axes: dict[str, list[Value]], positions: tuple[int, ...]) -> Document:
    """The document of one run: the values put in their places, and a name that tells them."""
    value: Any = copy.deepcopy(document.value)
    del value["sweep"]
    lines = dict(document.lines)
    name = str(value.get("name", ""))
    for (key, values), position in zip(axes.items(), positions, strict=True):
        path, chosen = _place(key, values[position], value)
        _put(value, path, chosen, document, key)
        _move_lines(lines, path, ("sweep", key, position))
        text = str(values[position])
        name += f"-{key.rpartition('.')[2]}={text if _PLAIN.fullmatch(text) else position}"
    return Document({**value, "name": name}, lines, document.source)


def _place(key: str, chosen: Value, value: dict[str, Any]) -> tuple[KeyPath, Value]:
    if key != "noise":
        return tuple(key.split(".")), chosen
    data = value.get("data")
    drawn = isinstance(data, dict) and isinstance(data.get("generate"), dict)
    return ("data", "generate", "noise") if drawn else ("data", "noise"), {"rms": chosen}


def _put(value: dict[str, Any], path: KeyPath, chosen: Value, document: Document, key: str) -> None:
    block: Any = value
    for part in path[:-1]:
        block = block.setdefault(part, {}) if isinstance(block, dict) else None
    if not isinstance(block, dict) or path[0] in ("name", "version", "sweep"):
        raise _mistake(document, ("sweep", key), "this is not a place in the file whose value can vary")
    block[path[-1]] = copy.deepcopy(chosen)


def _move_lines(lines: dict[KeyPath, int], path: KeyPath, origin: KeyPath) -> None:
    """Let a mistake in a swept value be reported on the line where the value stands."""
    for length in range(1, len(path)):
        lines.setdefault(path[:length], lines[origin])
    for known in [known for known in lines if known[: len(path)] == path]:
        del lines[known]
    for known in [known for known in lines if known[: len(origin)] == origin]:
        lines[(*path, *known[len(origin) :])] = lines[known]
    lines[path] = lines[origin]


def _mistake(document: Document, path: KeyPath, reason: str) -> SpecificationError:
    from symreg.document import path_text

    return SpecificationError(
        source=document.source, problems=((document.line_of(path), path_text(path), reason),)
    )
