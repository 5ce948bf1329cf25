"""Numbers that a user gives: checked where a setting is made, so that none is first missed deep inside."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

from symreg.errors import SymregError


def is_kind(value: object, kinds: tuple[type, ...]) -> bool:
    """Whether ``value`` is one of these; True and False are numbers only where somebody says ``bool``."""
    return isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)


def are_texts(values: Iterable[object]) -> bool:
    """Whether there are texts alone; a lone text is one."""
    return isinstance(values, str) or all(isinstance(one, str) for one in values)


def check_number(
    setting: object,
    name: str,
    least: float = 0.0,
    most: float = math.inf,
    *,
    whole: bool = False,
    above: bool = False,
    may_be_none: bool = False,
    error: type[SymregError] = SymregError,
) -> None:
    """Raise ``error`` with one sentence unless the attribute ``name`` of ``setting`` is a number that it can be.

    From ``least`` (or ``above`` it) to ``most``, ``whole`` if it counts something; None where that means no limit.
    """
    value: Any = getattr(setting, name)
    if value is None and may_be_none:
        return
    is_number = isinstance(value, Integral if whole else Real) and not isinstance(value, bool)
    if is_number and (least < value if above else least <= value) and value <= most:
        return
    kind = "a whole number" if whole else "a number"
    reach = f"above {least:g}" if above else f"from {least:g}"
    reach += "" if most == math.inf else f" to {most:g}"
    instead = ", or None for no limit" if may_be_none else ""
    raise error(message=f"{name}={value!r}: give {kind} {reach}{instead}")
