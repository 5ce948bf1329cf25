"""Two notations of an entry in a problem file: this turns the short one into the one that ``problems`` reads.

The short one is for forms with constants of their own::

    inputs: {p: {unit: kPa, low: 0.2, high: 100, log: true}}      # log: drawn evenly in the logarithm
    constants: {K: {value: 1.94, unit: mmol/g}, n: {value: 2.5}}  # any value counts as found
    one: {p1: kPa}                                                # p1 is 1 kPa, exactly
    known: [R]                                                    # a constant of nature

Its ``rows`` and ``noise`` are lists (see ``forms.problems``) and no part of the law. A variable that brings its
``values`` has their range. In a formula a temperature scale with a zero of its own is read as written: T in
degrees Celsius becomes ``T - T_zero`` of the absolute temperature that the table holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symreg.formula import Apply, Constant, Variable, parse, substitute, to_text
from symreg.units import parse_unit, physical_constant

__all__ = ["in_full", "is_short"]

ZERO = "_zero"


def is_short(entry: Any) -> bool:
    """Whether an entry is written in the short notation."""
    return isinstance(entry, Mapping) and "inputs" in entry


def in_full(entry: Any) -> Any:
    """The entry in the notation of ``problems``; one that is written so already is what it was."""
    if is_short(entry):
        return _from_short(entry)
    if isinstance(entry, Mapping) and "values" in entry:
        return {**entry, "variables": [_with_range(item) for item in entry["variables"]]}
    return entry


def _from_short(entry: Mapping[str, Any]) -> dict[str, Any]:
    inputs = {str(name): dict(item or {}) for name, item in _mapping(entry, "inputs").items()}
    variables = [
        {"name": name, **item, "distribution": "loguniform" if item.get("log") else "uniform"}
        for name, item in inputs.items()
    ]
    constants = [{"name": name, **item, "free": True} for name, item in _mapping(entry, "constants").items()]
    constants += [{"name": name, "value": 1.0, "unit": unit} for name, unit in _mapping(entry, "one").items()]
    constants += [_of_nature(str(name)) for name in entry.get("known") or ()]
    names = [str(constant["name"]) for constant in constants]
    zeros = {name: zero for name, item in inputs.items() if (zero := _zero_of(str(item.get("unit", "1"))))}
    kept = {key: value for key, value in entry.items() if key not in ("inputs", "rows", "noise", "one", "known")}
    return {
        **kept,
        "formula": _as_read(str(entry["formula"]), list(inputs), names, zeros),
        "variables": variables,
        "constants": [
            *constants,
            *({"name": name + ZERO, "value": zero, "unit": "K"} for name, zero in zeros.items()),
        ],
    }


def _mapping(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = entry.get(key) or {}
    if not isinstance(found, Mapping):
        raise TypeError(f"{key} is a mapping of names")
    return found


def _of_nature(name: str) -> dict[str, Any]:
    known = physical_constant(name)
    return {"name": name, "value": float(known.unit.from_si(known.value)), "unit": known.unit.text}


def _zero_of(unit: str) -> float:
    """Where a scale begins, in kelvin; 0 for all but temperatures such as degC."""
    return parse_unit(unit).offset


def _as_read(formula: str, inputs: list[str], constants: list[str], zeros: Mapping[str, float]) -> str:
    if not zeros:
        return formula
    tree = parse(formula, variables=inputs, constants=("pi", *constants))
    return to_text(substitute(tree, {
        Variable(name): Apply("-", (Variable(name), Constant(name + ZERO))) for name in zeros
    }))  # fmt: skip


def _with_range(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"low": min(item["values"]), "high": max(item["values"]), **item}
