"""What an experiment's file may say, as JSON Schema, for editors and for programs that write such files.

pydantic's models give the blocks. What people may write shorter than a block is checked there by functions, which no
schema shows: those shorter forms stand here, each beside the place where it is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symreg.experiment.specification import Specification
from symreg.experiment.sweep_schema import with_sweep
from symreg.version import package_version

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Mapping[str, Any] = {"type": "string"}
_NAMES: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}
_AMOUNT: Mapping[str, Any] = {"type": ["number", "string"]}
_OBJECT: Mapping[str, Any] = {"type": "object"}

_SHORTER: Mapping[tuple[str, str], tuple[Mapping[str, Any], ...]] = {
    # A name of a constant of nature, `auto`, or {L0: {value: 3, unit: m}}.
    ("", "constants"): (
        _TEXT, {"type": "array", "items": {"anyOf": [_TEXT, {"$ref": "#/$defs/ConstantPart"}]}}, _OBJECT,
    ),
    ("", "parameters"): (_NAMES, {"type": "object", "additionalProperties": {"type": ["object", "null"]}}),
    ("", "guesses"): ({"type": "array", "items": {"anyOf": [_TEXT, {"$ref": "#/$defs/GuessPart"}]}},),
    ("", "backend"): (
        _TEXT, {"type": "array", "minItems": 1, "items": {"anyOf": [_TEXT, {"$ref": "#/$defs/BackendPart"}]}},
    ),
    ("", "ranking"): (_TEXT,),
    ("BackendPart", "command"): (_TEXT,),
    ("BudgetPart", "time"): (_AMOUNT,),
    ("BudgetPart", "memory"): (_AMOUNT,),
    ("RobustnessPart", "time"): (_AMOUNT,),
    ("RobustnessPart", "search_time"): (_AMOUNT,),
    ("GeneratePart", "constants"): (
        _NAMES, {"type": "object", "additionalProperties": {"anyOf": [{"type": ["string", "number"]}, _OBJECT]}},
    ),
    ("FreeConstantsPart", "units"): ({"type": "array", "items": {"type": ["string", "number"]}},),
}  # fmt: skip
"""A block, "" for the whole file, one of its keys, and what the key may be besides."""


def experiment_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of an experiment's file; defaults and limits are those of the program."""
    from symreg.formula import OPERATORS
    from symreg.report import EXPORT_LANGUAGES, FORMATS

    schema = _numbers_as_texts(Specification.model_json_schema())
    blocks = {"": schema, **schema["$defs"]}
    for (block, key), forms in _SHORTER.items():
        blocks[block]["properties"][key] = _besides(blocks[block]["properties"][key], forms)
    known = {("ReportPart", "formats"): FORMATS, ("ReportPart", "exports"): EXPORT_LANGUAGES}
    known |= {("", "operators"): tuple(OPERATORS)}
    for (block, key), names in known.items():
        place = blocks[block]["properties"][key]
        place = place["anyOf"][0] if "anyOf" in place else place
        place["items"] = {"enum": list(names)}
    schema = with_sweep(schema)
    head = {"$schema": DIALECT, "title": f"An experiment of symreg {package_version()}"}
    return {**head, **{key: value for key, value in schema.items() if key != "title"}}


def _besides(place: dict[str, Any], forms: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    """The place with more forms than the block has; its default and its description stay beside them."""
    kept: dict[str, Any] = {key: place[key] for key in ("default", "description") if key in place}
    alone = {key: value for key, value in place.items() if key not in kept and key != "title"}
    return {"anyOf": [*alone.pop("anyOf", [alone] if alone else []), *forms], **kept}


def _numbers_as_texts(node: Any) -> Any:
    """A name or a unit may be a bare number (``unit: 1``); titles, which repeat the key, are left out."""
    if isinstance(node, list):
        return [_numbers_as_texts(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    made = {key: _numbers_as_texts(value) for key, value in kept.items()}
    if made.get("type") == "string" and "minLength" in made:
        made["type"] = ["string", "number"]
    return made
