"""What a program that is asked for hypotheses is told: the problem in SI, the best so far, reasons for rejection.

``columns``, ``constants`` and ``target`` have a ``name``, a ``unit`` in base units and their range or value in it.
``free_constants`` says which units a fitted constant may carry: "any", or a list; ``named_constants`` are fitted ones
that the problem has limits for. ``front`` holds formulas that no simpler one matches, ``rejected`` those that did not
hold since the last question, with the reason. No row of the table is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symreg.search.hypotheses.assessment import Assessed
from symreg.search.hypotheses.scope import Scope
from symreg.search.native import Floats
from symreg.search.rejection import Rejection
from symreg.search.space import SearchSpace
from symreg.units import Dimension

VERSION = 1
"""Of the question's format, told with each question: to be raised where a program that reads the old one would fail."""

MOST_REJECTED = 100
"""Rejections that are told in one question, the latest ones. More make the line longer and tell a program little that
is new, fewer leave formulas of one answer without a reason. Twice what ``analogy_program`` proposes at once; set by
hand."""

MOST_UNITS = 50
"""Units of fitted constants that are listed, those with the shortest names first. A longer list only makes the question
longer; units that are cut off are still allowed, but a program is not told so. Set by hand."""


def briefing(
    space: SearchSpace, scope: Scope, best: Sequence[Assessed], rejected: Sequence[Rejection], seconds: float
) -> dict[str, Any]:
    """The question as a value that JSON can hold."""
    inputs = dict(zip(space.names, space.inputs, strict=True))
    own = {space.own_names.get(name, name): value for name, value in space.known.items()} | dict(space.numbers)
    front = sorted(best, key=lambda one: one.complexity)
    return {
        "version": VERSION,
        "target": _column(space, space.target_name, scope.dimension, space.target),
        "columns": [_column(space, name, scope.columns[name], values) for name, values in inputs.items()],
        "constants": [
            {"name": name, "unit": str(dimension), "value": own[name] * space.units.factor(dimension)}
            for name, dimension in scope.known.items()
        ],
        "free_constants": "any" if scope.allowed is None else _units(scope.allowed),
        "named_constants": sorted(scope.named),
        "operators": sorted(space.operators),
        "max_complexity": space.max_complexity,
        "rows": len(space.target),
        "front": [{"formula": one.text, "complexity": one.complexity, "r2": 1 - one.loss} for one in front],
        "rejected": [
            {"formula": one.formula, "fault": one.fault, "reason": one.reason} for one in rejected[-MOST_REJECTED:]
        ],
        "seconds": seconds,
    }


def _column(space: SearchSpace, name: str, dimension: Dimension, values: Floats) -> dict[str, Any]:
    factor = space.units.factor(dimension)
    low, high = float(np.min(values)) * factor, float(np.max(values)) * factor
    return {"name": name, "unit": str(dimension), "low": low, "high": high}


def _units(allowed: frozenset[Dimension]) -> list[str]:
    return sorted(map(str, allowed), key=lambda text: (len(text), text))[:MOST_UNITS]
