"""What kind of thing each part of a question is, looked at before anything is read of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

from symreg.errors import ProblemError
from symreg.given import are_texts, is_kind
from symreg.problem.constants import FreeConstants
from symreg.problem.constraints import Constraints
from symreg.wording import shortened

_NOTHING = type(None)
_NAMES = ((Iterable, _NOTHING), "a list of names, or None")
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "target": ((str, _NOTHING), "the name of a column or the form of a law, a text"),
    "inputs": _NAMES,
    "operators": _NAMES,
    "constants": ((Iterable,), "a list of names and mappings"),
    "guesses": ((Iterable,), "a list of formulas"),
    "parameters": ((Mapping, list, tuple, set, frozenset, str), "a list of names, or a mapping of them"),
    "functions": ((Mapping, _NOTHING), "a mapping such as {'f': {'max_complexity': 8}}, or None"),
    "test_fraction": ((Real,), "a number from 0 to 0.9"),
    "free_constants": ((Iterable, FreeConstants), "'auto', 'dimensionless', 'inferred', a list of units, a mapping"),
    "constraints": ((Constraints, _NOTHING), "a Constraints, or None"),
    "max_complexity": ((Integral,), "a whole number"),
    "nested": ((Mapping,), "a mapping such as {'sin': {'cos': 1}}"),
    "monotonic": ((Mapping,), "a mapping such as {'x': 'increasing'}"),
    "units": ((Iterable, FreeConstants), "'auto', 'dimensionless', 'inferred' or a list of units"),
    "positive": ((bool,), "True or False"),
    "bounds": ((Mapping, _NOTHING), "a mapping such as {'k': [0, 10, 'm/s']}"),
    "integer": ((list, tuple, set, frozenset, str, _NOTHING), "a list of names"),
}


def check_kinds(name: str, **given: Any) -> None:
    """Raise ``ProblemError`` for a part of a question that is no such thing at all; ``name`` is the problem's."""
    for key, value in given.items():
        _check(name, key, value)
    free, limits = given.get("free_constants"), given.get("constraints")
    if isinstance(free, Iterable) and not isinstance(free, str | Mapping):
        _check(name, "units", free, "free_constants: ")
    if isinstance(free, Mapping):
        for key in ("units", "positive", "bounds", "integer"):
            if key in free:
                _check(name, key, free[key], "free_constants: ")
    if isinstance(limits, Constraints):
        for key in ("max_complexity", "nested", "monotonic"):
            _check(name, key, getattr(limits, key))
        for outer, inside in limits.nested.items():
            if not isinstance(inside, Mapping) or not all(isinstance(most, Integral) for most in inside.values()):
                shown = f"{shortened(outer)}: {shortened(inside)}"
                reason = f"nested says {shown}, and takes mappings such as {{'cos': 1}}."
                raise ProblemError(name=name, reason=reason)


def _check(name: str, key: str, value: Any, within: str = "") -> None:
    kinds, wanted = _KINDS[key]
    is_list = key in ("inputs", "operators", "units") and isinstance(value, Iterable)
    if not is_kind(value, kinds) or (is_list and not are_texts(value)):
        raise ProblemError(name=name, reason=f"{within}{key} is {shortened(value)}, and must be {wanted}.")
