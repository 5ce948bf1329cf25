"""What kind of thing each argument of ``read_table`` is, looked at before anything is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from symreg.errors import TableError
from symreg.given import are_texts, is_kind
from symreg.wording import shortened

_NOTHING = type(None)
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "target": ((str, _NOTHING), "the name of a column, a text"),
    "units": ((Mapping, _NOTHING), "a mapping from columns to units, such as {'v': 'm/s'}"),
    "sigma": ((Mapping, _NOTHING), "a mapping from columns to uncertainties, such as {'v': 0.1}"),
    "columns": ((Iterable, _NOTHING), "a list of names"),
    "inputs": ((Iterable, _NOTHING), "a list of names"),
    "nan": ((str,), "'error' or 'drop'"),
    "separator": ((str, _NOTHING), "a text"),
    "decimal": ((str, _NOTHING), "'.' or ','"),
    "missing": ((str, int, float, list, tuple, set, frozenset), "a list of texts and numbers"),
}


def check_kinds(**given: Any) -> None:
    """Raise ``TableError`` for an argument that is no such thing at all."""
    for name, value in given.items():
        kinds, wanted = _KINDS[name]
        if not is_kind(value, kinds) or (name in ("columns", "inputs") and value is not None and not are_texts(value)):
            advice = f"Give {wanted}."
            raise TableError(source="read_table", problem=f"{name}={shortened(value)} cannot be read", advice=advice)
