"""Mistakes in an experiment's file as sentences: where, what is wrong, what is allowed, what was probably
meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from symreg.document import Document, KeyPath, path_text
from symreg.wording import choices, shortened


def explained(
    mistakes: Iterable[Mapping[str, Any]], document: Document, root: type[Any]
) -> tuple[tuple[KeyPath, str], ...]:
    """Place and reason of each mistake that the models of ``root`` found in ``document``."""
    found = ((_path_in_file(mistake["loc"], document), _reason(mistake, root)) for mistake in mistakes)
    return tuple(dict.fromkeys(found))


def explained_by_place(
    mistakes: Iterable[Mapping[str, Any]], root: type[Any]
) -> tuple[tuple[int | None, str, str], ...]:
    """Place and reason of each mistake in values that stand in no file, such as those of the command line."""
    found = ((None, path_text(tuple(mistake["loc"])), _reason(mistake, root)) for mistake in mistakes)
    return tuple(dict.fromkeys(found))


def _path_in_file(location: KeyPath, document: Document) -> KeyPath:
    """The part of pydantic's location that stands in the file; the rest names members of a union."""
    path: KeyPath = ()
    for part in location:
        if (*path, part) not in document.lines:
            break
        path = (*path, part)
    return path


_PLAIN_WORDS = {
    "dict_type": "should be a block of keys",
    "tuple_type": "should be a list",
    "string_type": "should be a text",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "finite_number": "should be a finite number",
    "int_type": "should be a whole number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
}


def _reason(item: Mapping[str, Any], root: type[Any]) -> str:
    kind, context, given = item["type"], item.get("ctx", {}), item.get("input")
    if kind == "missing":
        return f"the key {item['loc'][-1]!r} is missing"
    if kind == "extra_forbidden":
        key = item["loc"][-1]
        allowed = _block_at(item["loc"][:-1], root).model_fields
        return f"unknown key {shortened(key)}; {choices(str(key), allowed)}"
    if kind == "model_type":
        keys = ", ".join(_block_at(item["loc"], root).model_fields)
        return f"should be a block with the keys {keys}, not {shortened(given)}"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]]
        return f"{shortened(given)} is not allowed here; {choices(str(given), allowed)}"
    if kind == "value_error":
        return str(context["error"])
    wording = _PLAIN_WORDS.get(kind, str(item["msg"]).replace("Input should", "should"))
    return f"{wording}, not {shortened(given)}"


def _block_at(location: KeyPath, root: type[Any]) -> type[Any]:
    """The model of the block at ``location``; keys of mappings and positions in lists lead no deeper."""
    block = root
    for key in location:
        if key in block.model_fields:
            block = next(_blocks_in(block.model_fields[str(key)].annotation), block)
    return block


def _blocks_in(annotation: Any) -> Iterator[type[Any]]:
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        yield annotation
    for member in get_args(annotation):
        yield from _blocks_in(member)
