"""Whether a law is the one that its table was drawn from.

``exact``: it has the values of the true formula at fresh points, to a millionth. ``form``: it has its shape, and other
numbers, as noise moves them. ``no``: neither, though its error may be small. SRBench's own rule, by which the benchmark
judges, rounds numbers and forgives an offset and a factor; it is another.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from symreg.arrays import Floats
from symreg.errors import SymregError
from symreg.experiment import RecordedLaw, Specification
from symreg.formula import evaluate_tree, parse
from symreg.sweeps.shape import shape_of
from symreg.units import parse_unit, physical_constant

Recovered = Literal["exact", "form", "no"]

SAME_VALUE = 1e-6
"""Relative difference up to which values are the same: far above the rounding of float64, below what noise moves."""

FRESH_POINTS = 512
"""At which values are compared. Fewer miss regions in which two formulas differ; set by hand."""

NEARLY_ALL = 0.98
"""Part of the points at which values agree by their own size; near a zero of the truth they may not."""

FRESH_SEED = 20_000
"""Of the points: another than people give, so that no search has seen them."""

KEPT_TRUTHS = 64
"""Formulas whose points are kept while a summary is made: a sweep has a handful."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The formula that tables were drawn from: its ``shape``, points ``(n_points,)`` in SI, and its values there."""

    shape: str
    points: Mapping[str, Floats]
    values: Floats


def recovered(law: RecordedLaw, specification: Specification) -> Recovered | None:
    """How ``law`` compares with the formula of ``data.generate``; None where there is none, or it cannot be drawn."""
    block = specification.data.model_dump(mode="json", exclude_none=True).get("generate")
    if block is None:
        return None
    still = {key: value for key, value in block.items() if key not in ("noise", "seed", "rows")}
    truth = _truth(json.dumps(still, sort_keys=True))
    if truth is None:
        return None
    if _agrees(law, truth):
        return "exact"
    return "form" if shape_of(law.expression, law.si_values) == truth.shape else "no"


@lru_cache(maxsize=KEPT_TRUTHS)
def _truth(text: str) -> Truth | None:
    from symreg.tables import generate_table

    block = json.loads(text)
    try:
        table = generate_table({**block, "rows": FRESH_POINTS, "seed": FRESH_SEED})
        constants = {name: _constant(source) for name, source in block.get("constants", {}).items()}
        names = ("pi", *constants)
        expression = parse(block["formula"], variables=tuple(block["inputs"]), constants=names)
    except SymregError:
        return None
    points = {name: table[name].values for name in block["inputs"]}
    return Truth(shape_of(expression, constants), points, table[block["target"]["name"]].values)


def _constant(source: Any) -> float:
    if isinstance(source, str):
        return physical_constant(source).value
    return float(parse_unit(source["unit"]).to_si(source["value"]))


def _agrees(law: RecordedLaw, truth: Truth) -> bool:
    values: dict[str, Any] = {"pi": math.pi, **truth.points, **law.si_values}
    with np.errstate(all="ignore"):
        found = np.broadcast_to(evaluate_tree(law.expression, values), truth.values.shape)
        away = np.abs(found - truth.values)
        sizes = np.abs(truth.values)
        largest = float(np.max(sizes))
        nearly = np.mean(away <= SAME_VALUE * sizes) >= NEARLY_ALL
        return bool(nearly and np.max(away) <= SAME_VALUE * largest)
