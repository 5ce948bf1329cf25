"""A law as plain JSON values and back, exactly; what comes back is checked against the data it was found in.

The formula comes back through our own grammar and its dimension through our own check. The scores are
computed again from the stored formula and constants: a number that cannot be repeated is an error, not a
report.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

import numpy as np

from symreg.errors import SymregError
from symreg.formula import complexity, dimension_of, parse
from symreg.laws import ConstantInterval, Law, LawConstant, Score, long_score, score
from symreg.units import Dimension, Unit
from symreg.wording import why_broken

if TYPE_CHECKING:
    from symreg.problem import Problem

SIZING_ROWS = 10_000
"""Rows of a long table that tell how large its target is, where rounding is told from a difference."""


class StoredUnit(TypedDict):
    """A unit with its exact dimension and its scale, so that no text has to be understood again."""

    text: str
    exponents: list[str]
    scale: float
    offset: float
    is_angle: bool
    carries_angle: bool


class StoredInterval(TypedDict):
    """The ends of an interval in the constant's unit; null is an open end, or one that is not known."""

    lower: float | None
    upper: float | None
    open: list[bool]
    method: Literal["wald", "profile", "bootstrap"]
    level: float


class StoredConstant(TypedDict):
    """A constant of a law; ``interval`` is absent where none was asked for, and in runs from before there were any."""

    name: str
    value: float | None
    stderr: float | None
    unit: StoredUnit
    kind: Literal["free", "known"]
    snapped: str | None
    fitted_value: float | None
    interval: NotRequired[StoredInterval]


class StoredLaw(TypedDict):
    """A law without what the problem knows anyway: the target, its unit, the units of the inputs."""

    formula: str
    complexity: int
    train: dict[str, Any]
    held_out: dict[str, Any]
    description_length: float | None
    own_bits: NotRequired[float | None]
    constants: list[StoredConstant]
    covariance: list[list[float | None]]
    backend: str
    simplified: bool
    notes: list[str]


class StoredLawError(SymregError):
    """A stored law that does not hold: ``formula`` and ``reason``."""

    formula: str
    reason: str

    def __str__(self) -> str:
        return f"the stored law {self.formula[:200]} cannot be trusted: {self.reason}"


def store_law(law: Law) -> StoredLaw:
    """The plain values of ``law``."""
    return {
        "formula": law.formula,
        "complexity": law.complexity,
        "train": _store_score(law.train),
        "held_out": _store_score(law.held_out),
        "description_length": law.description_length,
        "own_bits": law.own_bits,
        "constants": [_store_constant(constant) for constant in law.constants],
        "covariance": law.covariance.tolist(),
        "backend": law.backend,
        "simplified": law.simplified,
        "notes": list(law.notes),
    }


def _store_score(given: Score) -> dict[str, Any]:
    stored = {"rmse": given.rmse, "r2": given.r2, "n_rows": given.n_rows, "undefined": given.undefined}
    return stored if given.in_errors is None else stored | {"in_errors": given.in_errors}


def _store_constant(constant: LawConstant) -> StoredConstant:
    unit = constant.unit
    stored: StoredConstant = {
        "name": constant.name,
        "value": constant.value,
        "stderr": constant.stderr,
        "unit": {
            "text": unit.text,
            "exponents": [str(exponent) for exponent in unit.dimension.exponents],
            "scale": unit.scale,
            "offset": unit.offset,
            "is_angle": unit.is_angle,
            "carries_angle": unit.carries_angle,
        },
        "kind": constant.kind,
        "snapped": constant.snapped,
        "fitted_value": constant.fitted_value,
    }
    if constant.interval is not None:
        stored["interval"] = store_interval(constant.interval)
    return stored


def store_interval(interval: ConstantInterval) -> StoredInterval:
    """The plain values of an interval."""
    return {
        "lower": interval.lower,
        "upper": interval.upper,
        "open": [math.isinf(interval.lower), math.isinf(interval.upper)],
        "method": interval.method,
        "level": interval.level,
    }


def restore_law(stored: Mapping[str, Any], problem: Problem) -> Law:
    """The law that ``stored`` describes, checked in dimension and value.

    StoredLawError or a parser's error if not.
    """
    formula = str(stored.get("formula"))
    try:
        law = _rebuild(stored, problem)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise StoredLawError(formula=formula, reason=why_broken(error)) from None
    problem = _told_of(problem, law)
    for rows, told in ((problem.train_rows, law.train), (problem.held_out_rows, law.held_out)):
        if rows.size:
            _check_score(law, problem, rows, told)
    return law


def _told_of(problem: Problem, law: Law) -> Problem:
    """The problem on the rows that a law's scores are of: while a search goes on, those of a sample."""
    if law.train.n_rows >= len(problem.train_rows):
        return problem
    sample = problem.thinned()
    told = (law.train.n_rows, law.held_out.n_rows if problem.judge == "held-out" else 0)
    return sample if told == (len(sample.train_rows), len(sample.held_out_rows)) else problem


def _rebuild(stored: Mapping[str, Any], problem: Problem) -> Law:
    constants = tuple(restore_constant(entry) for entry in stored["constants"])
    expression = parse(
        stored["formula"], variables=problem.inputs, constants=tuple(constant.name for constant in constants)
    )
    target = problem.target_column
    dimensions = problem.dimensions | {constant.name: constant.unit.dimension for constant in constants}
    n_free = sum(constant.kind == "free" for constant in constants)
    return Law(
        expression=expression,
        formula=stored["formula"],
        complexity=complexity(expression),
        unit=target.unit,
        dimension_ok=dimension_of(expression, dimensions) == target.unit.dimension,
        train=_restore_score(stored["train"]),
        held_out=_restore_score(stored["held_out"]),
        description_length=_number(stored["description_length"]),
        own_bits=None if stored.get("own_bits") is None else _number(stored["own_bits"]),
        constants=constants,
        covariance=_restore_covariance(stored["covariance"], n_free),
        backend=str(stored["backend"]),
        simplified=bool(stored["simplified"]),
        notes=tuple(str(note) for note in stored["notes"]),
        input_units={name: problem.table[name].unit for name in problem.inputs},
        target=problem.target,
        judge=problem.judge,
    )


def restore_constant(entry: Mapping[str, Any]) -> LawConstant:
    """The constant that ``entry`` describes; KeyError, TypeError or ValueError where a part is missing or broken."""
    if entry["kind"] not in ("free", "known"):
        raise ValueError(f"kind {str(entry['kind'])[:40]!r}")
    unit = entry["unit"]
    dimension = Dimension(tuple(_fraction(exponent) for exponent in unit["exponents"]))
    restored = Unit(
        str(unit["text"]),
        dimension,
        _number(unit["scale"]),
        _number(unit["offset"]),
        bool(unit["is_angle"]),
        bool(unit["carries_angle"]),
    )
    name = str(entry["name"])
    return LawConstant(
        name=name,
        value=_number(entry["value"]),
        stderr=_number(entry["stderr"]),
        unit=restored,
        kind=entry["kind"],
        snapped=None if entry["snapped"] is None else str(entry["snapped"]),
        fitted_value=_number(entry["fitted_value"]),
        interval=_restore_interval(name, restored, entry.get("interval")),
    )


def _restore_interval(name: str, unit: Unit, entry: Mapping[str, Any] | None) -> ConstantInterval | None:
    if entry is None:
        return None
    if entry["method"] not in ("wald", "profile", "bootstrap"):
        raise ValueError(f"method {str(entry['method'])[:40]!r}")
    lower, upper = (
        infinite if is_open else _number(value)
        for value, is_open, infinite in zip(
            (entry["lower"], entry["upper"]), entry["open"], (-math.inf, math.inf), strict=True
        )
    )
    return ConstantInterval(name, lower, upper, unit, entry["method"], _number(entry["level"]))


def _fraction(text: str) -> Fraction:
    """``Fraction`` alone would make a number of ten million digits of ``1e9999999``."""
    numerator, _, denominator = text[:40].partition("/")
    return Fraction(int(numerator), int(denominator or 1))


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _restore_score(entry: Mapping[str, Any]) -> Score:
    in_errors = _number(entry["in_errors"]) if "in_errors" in entry else None
    return Score(
        _number(entry["rmse"]), _number(entry["r2"]), int(entry["n_rows"]), int(entry["undefined"]), in_errors
    )


def _restore_covariance(rows: Any, n_free: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    matrix = np.array([[_number(value) for value in row] for row in rows], dtype=np.float64)
    if not n_free:
        matrix = matrix.reshape(0, 0)
    if matrix.shape != (n_free, n_free):
        raise ValueError(f"a covariance of shape {matrix.shape} for {n_free} constants")
    return matrix


def _check_score(law: Law, problem: Problem, rows: np.ndarray[Any, np.dtype[np.int64]], told: Score) -> None:
    """Compute the score again; rounding may differ between machines, up to the ninth digit of the target."""
    if problem.is_long:
        largest = float(np.max(np.abs(problem.target_values(rows[:SIZING_ROWS]))))
        _compare(law, told, long_score(law, problem, rows, told.n_rows), largest)
        return
    target = problem.target_column.unit
    actual = np.asarray(target.from_si(problem.target_values(rows)), dtype=np.float64)
    # A law of no inputs still needs to know how many rows there are.
    columns = {name: problem.table[name].user_values for name in problem.inputs or (problem.target,)}
    data = {name: values[rows] for name, values in columns.items() if values is not None}
    found = score(law.predict(data), actual)
    _compare(law, told, found, float(np.max(np.abs(actual))))


def _compare(law: Law, told: Score, found: Score, largest: float) -> None:
    slack = 1e-6 * abs(told.rmse) + 1e-9 * largest
    same = (math.isnan(told.rmse) and math.isnan(found.rmse)) or abs(found.rmse - told.rmse) <= slack
    if not same or found.undefined != told.undefined:
        raise StoredLawError(
            formula=law.formula,
            reason=f"its error on {found.n_rows} rows is {found.rmse:.6g}, stored was {told.rmse:.6g}",
        )
