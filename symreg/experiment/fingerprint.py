"""Whether two runs ask the same question of the same data: hashes, and where they differ, how.

What decides is what was read, not where it lay: the same numbers from another path are the same data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from symreg.mapped import parts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from symreg.tables import Column, Table

# These say how long, how fast and where to; a change of them leaves the question as it was.
_NOT_THE_QUESTION = ("budget", "report", "name", "backend.threads", "backend.workers", "data.file", "robustness")
# Runs stored before a key existed were made as its default has it.
_BEFORE_THE_KEY = {"ranking.by": '"held_out"', "ranking.folds": "5"}


def data_fingerprint(table: Table) -> dict[str, Any]:
    """Rows, and for every column its unit and a hash of its values and uncertainties; ``sha256`` over all."""
    columns = {
        column.name: {"unit": column.unit.text, "sha256": _column_hash(column)} for column in table.columns
    }
    whole = {"rows": table.n_rows, "columns": columns}
    return {**whole, "sha256": text_hash(json.dumps(whole))}


def _column_hash(column: Column) -> str:
    digest = hashlib.sha256(repr((column.unit.scale, column.unit.offset)).encode())
    for values in (column.values, column.sigma):
        if values is None:
            digest.update(b"none")
            continue
        for part in parts(len(values)):
            digest.update(_bytes(values[part]))
    return digest.hexdigest()


def _bytes(values: npt.NDArray[np.float64]) -> memoryview:
    """Little-endian, whatever the machine."""
    return values.astype("<f8", copy=False).data


def text_hash(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def question(configuration: Mapping[str, Any]) -> dict[str, str]:
    """The part of a resolved configuration that a stored run depends on, as ``{"data.target": '"T"'}``."""
    return {
        key: text
        for key, text in _flat(configuration, "")
        if not any(key == other or key.startswith(other + ".") for other in _NOT_THE_QUESTION)
    }


def _flat(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from _flat(item, f"{key}.{name}" if key else str(name))
    else:
        yield key, json.dumps(value, ensure_ascii=False)


def configuration_differences(stored: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """``["seed: 0 in the stored run, 1 now"]``; empty when the question is the same."""
    stored = {key: text for key, text in _BEFORE_THE_KEY.items() if key in now} | dict(stored)
    keys = [*stored, *(key for key in now if key not in stored)]
    return [
        f"{key}: {stored.get(key, 'absent')} in the stored run, {now.get(key, 'absent')} now"
        for key in keys
        if stored.get(key) != now.get(key)
    ]


def data_differences(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """How the data differ: rows, columns that came or went, units, values."""
    if stored["sha256"] == now["sha256"]:
        return []
    found = []
    if stored["rows"] != now["rows"]:
        found.append(f"data: {stored['rows']} rows in the stored run, {now['rows']} now")
    before, after = stored["columns"], now["columns"]
    found += [f"data: column {name!r} is gone" for name in before if name not in after]
    found += [f"data: column {name!r} is new" for name in after if name not in before]
    for name in (name for name in before if name in after):
        if before[name]["unit"] != after[name]["unit"]:
            units = f"{before[name]['unit']!r} in the stored run, {after[name]['unit']!r} now"
            found.append(f"data: unit of column {name!r}: {units}")
        elif before[name]["sha256"] != after[name]["sha256"] and stored["rows"] == now["rows"]:
            found.append(f"data: values of column {name!r} have changed")
    return found or ["data: the order of the columns has changed"]
