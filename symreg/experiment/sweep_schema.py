"""What ``sweep`` and ``extends`` may say, as JSON Schema, in the words of ``symreg.sweeps``, which reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

RANGE_WORDS = ("from", "to", "count", "step", "spacing")
"""Keys of a range; no value with a name may be called so."""

_NUMBER: Mapping[str, Any] = {"type": "number"}
_PATTERN: Mapping[str, Any] = {"type": "string", "minLength": 1}
_LIST: Mapping[str, Any] = {"type": "array", "minItems": 1}
_RANGE: Mapping[str, Any] = {
    "description": "Values from one end to the other: count of them, evenly or in equal ratios, or one every step.",
    "type": "object",
    "properties": {
        "from": _NUMBER, "to": _NUMBER, "count": {"type": "integer", "minimum": 2}, "step": _NUMBER,
        "spacing": {"enum": ["linear", "log"]},
    },
    "additionalProperties": False,
    "required": ["from", "to"],
    "oneOf": [{"required": ["count"]}, {"required": ["step"]}],
}  # fmt: skip
_FILES: Mapping[str, Any] = {
    "description": "The files that fit a pattern, or any of several, seen from the experiment's file.",
    "type": "object",
    "properties": {"files": {"anyOf": [_PATTERN, {"type": "array", "minItems": 1, "items": _PATTERN}]}},
    "additionalProperties": False,
    "required": ["files"],
}
_OTHER_NAMES: Mapping[str, Any] = {"not": {"enum": [*RANGE_WORDS, "files"]}}


def with_sweep(schema: dict[str, Any], own: Iterable[str] = ("name", "version")) -> dict[str, Any]:
    """The schema of one experiment as that of files that may stand for many, or share parts with others.

    What a file must say it may leave to the files that it extends, or to the values of a sweep.
    """
    places = [key for key in schema["properties"] if key not in own]
    properties = {
        "extends": {
            "description": "Files whose keys this one has too, where it does not say them itself; the later wins.",
            "anyOf": [_PATTERN, {"type": "array", "items": _PATTERN}],
        },
        **schema["properties"],
        "sweep": _sweep(places),
    }
    required = _drawn_tables_freed(schema)
    joined = {"anyOf": [{"required": ["extends"]}, {"required": ["sweep"]}]}
    head = {"anyOf": [{"required": ["extends"]}, {"required": list(own)}]}
    rest = {key: value for key, value in schema.items() if key not in ("properties", "required")}
    return {**rest, "properties": properties, "if": joined, "then": head, "else": required}


def _drawn_tables_freed(schema: dict[str, Any]) -> dict[str, Any]:
    """What a file must say that stands alone, taken away from the blocks that may be joined of several files."""
    blocks = schema["$defs"]
    generate, target, inputs = (blocks[name].pop("required") for name in ("GeneratePart", "TargetPart", "InputPart"))
    within = {"target": {"required": target}, "inputs": {"additionalProperties": {"required": inputs}}}
    drawn = {"properties": {"generate": {"required": generate, "properties": within}}}
    return {"required": schema["required"], "properties": {"data": drawn}}


def _sweep(places: list[str]) -> dict[str, Any]:
    place = f"^(({'|'.join(places)})(\\..+)?|noise)$"
    values = {"type": "object", "minProperties": 1, "propertyNames": _OTHER_NAMES}
    piece = {"type": "object", "minProperties": 1, "propertyNames": {"pattern": place}}
    axes = {
        "type": "object",
        "patternProperties": {place: {"anyOf": [_LIST, _RANGE, _FILES, values]}},
        "additionalProperties": {**values, "additionalProperties": piece},
    }
    together = {**axes, "minProperties": 2}
    return {
        "description": "Every combination of the axes is a run. An axis is a place in the file, with dots, or noise, "
        "over a list, a range, files, or values with names; or a name of its own with named pieces of the file. "
        "Axes that stand together go side by side.",
        **axes,
        "minProperties": 1,
        "properties": {"together": {"anyOf": [together, {"type": "array", "items": together}]}},
    }
