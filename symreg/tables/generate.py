"""Tables drawn from a known law, with units and seeded noise: for experiments, examples and benchmarks.

In an experiment's YAML the block ``data: {generate: {...}}`` has these keys::

    formula: m*c**2/sqrt(1 - v**2/c**2)      # our own grammar; pi is always known
    target: {name: E, unit: J}
    inputs:                                  # low and high in the input's own unit
      m: {unit: kg, low: 1, high: 10}
      v: {unit: m/s, low: 3.0e+7, high: 2.8e+8, distribution: uniform}  # loguniform, integer
    constants: {c: c}                        # a known constant by name, or {value: 3.0e+8, unit: m/s}
    rows: 1000
    noise: {rms: 0.1}                        # 0.1 times the root mean square of the target; or relative: 0.1
    seed: 0

The formula is evaluated in SI and must have the dimension of the target; rows where it is undefined are drawn
again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from symreg.errors import SymregError
from symreg.formula import Expression, dimension_of, evaluate_tree, parse
from symreg.tables.table import Column, Table
from symreg.units import Dimension, Unit, parse_unit, physical_constant

__all__ = [
    "GeneratedConstant",
    "GeneratedInput",
    "GeneratedTable",
    "GenerationError",
    "generate_table",
    "read_generated_table",
]

Floats = npt.NDArray[np.float64]
Distribution = Literal["uniform", "loguniform", "integer"]
NoiseKind = Literal["none", "rms", "relative"]
LARGEST_TABLE = 10_000_000
"""Rows that may be drawn: 80 MB for each column, with copies some times that. A slip of the keys is refused before it
fills the memory; set by hand."""

DRAWN_TABLES = 50
"""Tables drawn for one, where the formula is undefined on some of the rows: it has to be defined on a fiftieth of the
ranges. More would only delay the error for a formula that is hardly ever defined; set by hand."""


class GenerationError(SymregError):
    """A table that cannot be drawn: ``key`` says where in the description, ``reason`` why."""

    key: str
    reason: str

    def __str__(self) -> str:
        return f"generate, {self.key}: {self.reason}"


@dataclass(frozen=True, slots=True)
class GeneratedInput:
    """One input: its range in its unit; an integer ``above`` another starts at the next whole number."""

    name: str
    unit: str
    low: float
    high: float
    distribution: Distribution = "uniform"
    above: str | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise GenerationError(
                key=self.name, reason=f"low <= high is needed, not {self.low} to {self.high}"
            )
        if self.distribution not in ("uniform", "loguniform", "integer"):
            raise GenerationError(key=self.name, reason="distribution is uniform, loguniform or integer")
        if self.distribution == "loguniform" and self.low <= 0:
            raise GenerationError(key=self.name, reason="a loguniform range begins above 0")
        if self.above is not None and self.distribution != "integer":
            raise GenerationError(key=self.name, reason="only an integer can be drawn above another input")


@dataclass(frozen=True, slots=True)
class GeneratedConstant:
    """A constant of the formula: ``value`` in ``unit``."""

    value: float
    unit: str = "1"


@dataclass(frozen=True, slots=True)
class GeneratedTable:
    """All that a table is drawn from; a constant is another's name (CODATA) or a value with its unit."""

    formula: str
    target_name: str
    target_unit: str
    inputs: tuple[GeneratedInput, ...]
    constants: Mapping[str, str | GeneratedConstant] = field(default_factory=dict, hash=False)
    rows: int = 1000
    noise_kind: NoiseKind = "none"
    noise_level: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        names = [entry.name for entry in self.inputs]
        if len({*names, self.target_name}) != len(names) + 1:
            raise GenerationError(key="inputs", reason="every input and the target need a name of their own")
        if not 1 <= self.rows <= LARGEST_TABLE:
            raise GenerationError(key="rows", reason=f"1 to {LARGEST_TABLE} rows, not {self.rows}")
        if self.noise_kind not in ("none", "rms", "relative") or not 0 <= self.noise_level < math.inf:
            raise GenerationError(key="noise", reason="give {rms: LEVEL} or {relative: LEVEL}, 0 or more")
        for position, entry in enumerate(self.inputs):
            if entry.above is not None and entry.above not in names[:position]:
                raise GenerationError(key=entry.name, reason=f"above: '{entry.above}' is no earlier input")


def generate_table(specification: GeneratedTable | Mapping[str, Any]) -> Table:
    """Draw the table that is described; equal descriptions give equal tables.

    Raises ``GenerationError`` for a description that cannot be drawn from, and what units and formulas raise.
    """
    if not isinstance(specification, GeneratedTable):
        specification = read_generated_table(specification)
    law = _Law(specification)
    rng = np.random.default_rng(specification.seed)
    columns, target = _draw_defined_rows(law, rng)
    target = with_noise(target, specification.noise_kind, specification.noise_level, rng)
    units = law.input_units
    made = [
        Column(name, units[name], np.asarray(units[name].to_si(values)), user_values=values)
        for name, values in columns.items()
    ]
    made.append(Column(specification.target_name, law.target_unit, target))
    return Table(tuple(made), target=specification.target_name, source=f"generated: {specification.formula}")


def with_noise(values: Floats, kind: NoiseKind, level: float, rng: np.random.Generator) -> Floats:
    """Values ``(n_rows,)`` with Gaussian noise: ``level`` times their root mean square, or times each."""
    if kind == "none" or level == 0:
        return values
    deviation = np.abs(values) if kind == "relative" else root_mean_square(values)
    return np.asarray(values + level * deviation * rng.standard_normal(values.size), dtype=np.float64)


def root_mean_square(values: Floats) -> float:
    """Root mean square of values ``(n_rows,)`` that neither overflows nor vanishes at 1e±200."""
    largest = float(np.max(np.abs(values), initial=0.0))
    return largest * float(np.sqrt(np.mean((values / largest) ** 2))) if largest > 0 else 0.0


class _Law:
    """The formula with its units, parsed and checked once."""

    def __init__(self, specification: GeneratedTable) -> None:
        self.specification = specification
        self.input_units: dict[str, Unit] = {
            entry.name: parse_unit(entry.unit, column=entry.name) for entry in specification.inputs
        }
        self.target_unit = parse_unit(specification.target_unit, column=specification.target_name)
        self.constants, dimensions = _constants(specification)
        dimensions |= {name: unit.dimension for name, unit in self.input_units.items()}
        self.expression: Expression = parse(
            specification.formula, variables=tuple(self.input_units), constants=tuple(self.constants)
        )
        found = dimension_of(self.expression, dimensions)
        if found != self.target_unit.dimension:
            reason = f"has the dimension {found}, not that of {self.target_unit.text}"
            raise GenerationError(key="formula", reason=reason)

    def values(self, columns: Mapping[str, Floats]) -> Floats:
        """The target in SI, ``(n_rows,)``."""
        leaves: dict[str, Any] = dict(self.constants)
        leaves |= {name: self.input_units[name].to_si(values) for name, values in columns.items()}
        n_rows = len(next(iter(columns.values()))) if columns else 1
        return np.array(np.broadcast_to(evaluate_tree(self.expression, leaves), (n_rows,)))


def _constants(specification: GeneratedTable) -> tuple[dict[str, float], dict[str, Dimension]]:
    """SI values and dimensions of the named constants; pi needs no mention."""
    values: dict[str, float] = {"pi": math.pi}
    dimensions: dict[str, Dimension] = {"pi": Dimension.of()}
    for name, source in specification.constants.items():
        if isinstance(source, str):
            known = physical_constant(source)
            values[name], dimensions[name] = known.value, known.unit.dimension
        else:
            unit = parse_unit(source.unit, column=name)
            values[name], dimensions[name] = float(unit.to_si(source.value)), unit.dimension
    return values, dimensions


def _draw_defined_rows(law: _Law, rng: np.random.Generator) -> tuple[dict[str, Floats], Floats]:
    """Inputs in their own units and the target in SI, of rows where the formula has a finite value."""
    rows = law.specification.rows
    columns: list[dict[str, Floats]] = []
    targets: list[Floats] = []
    missing = rows
    for _ in range(DRAWN_TABLES):
        drawn = _draw(law.specification, rows, rng)
        target = law.values(drawn)
        defined = np.flatnonzero(np.isfinite(target))[:missing]
        columns.append({name: values[defined] for name, values in drawn.items()})
        targets.append(target[defined])
        missing -= defined.size
        if missing == 0:
            joined = {name: np.concatenate([part[name] for part in columns]) for name in columns[0]}
            return joined, np.concatenate(targets)
    reason = f"only {rows - missing} of {DRAWN_TABLES * rows} drawn rows have a finite value"
    raise GenerationError(key="formula", reason=reason)


def _draw(specification: GeneratedTable, rows: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Values of every input ``(rows,)`` in its own unit."""
    drawn: dict[str, Floats] = {}
    for entry in specification.inputs:
        if entry.distribution == "integer":
            low = np.full(rows, math.ceil(entry.low), dtype=np.int64)
            if entry.above is not None:
                low = np.maximum(low, np.floor(drawn[entry.above]).astype(np.int64) + 1)
            high = np.maximum(low, math.floor(entry.high))
            drawn[entry.name] = rng.integers(low, high, endpoint=True).astype(np.float64)
        elif entry.distribution == "loguniform":
            drawn[entry.name] = np.exp(rng.uniform(math.log(entry.low), math.log(entry.high), rows))
        else:
            drawn[entry.name] = rng.uniform(entry.low, entry.high, rows)
    return drawn


def read_generated_table(block: Mapping[str, Any]) -> GeneratedTable:
    """Read the mapping of a ``generate:`` block; the error names the key that is wrong."""
    _only(block, "the block", {"formula", "target", "inputs", "constants", "rows", "noise", "seed"})
    target = _mapping(block, "target")
    inputs = tuple(_read_input(name, entry) for name, entry in _mapping(block, "inputs").items())
    kind, level = read_noise(block.get("noise"))
    return GeneratedTable(
        formula=str(_required(block, "formula", "the block")),
        target_name=str(_required(target, "name", "target")),
        target_unit=str(target.get("unit", "1")),
        inputs=inputs,
        constants=_read_constants(block.get("constants") or {}),
        rows=_whole(block.get("rows", 1000), "rows"),
        noise_kind=kind,
        noise_level=level,
        seed=_whole(block.get("seed", 0), "seed"),
    )


def _read_input(name: str, entry: Any) -> GeneratedInput:
    if not isinstance(entry, Mapping):
        raise GenerationError(key=name, reason="give {unit: ..., low: ..., high: ...}")
    _only(entry, name, {"unit", "low", "high", "distribution", "above"})
    above = entry.get("above")
    return GeneratedInput(
        name=str(name),
        unit=str(entry.get("unit", "1")),
        low=_number(_required(entry, "low", name), f"{name}.low"),
        high=_number(_required(entry, "high", name), f"{name}.high"),
        distribution=entry.get("distribution", "uniform"),
        above=None if above is None else str(above),
    )


def _read_constants(entry: Any) -> dict[str, str | GeneratedConstant]:
    """``{c: c}``, ``[c, h]`` or ``{g: {value: 9.81, unit: m/s**2}}``."""
    if isinstance(entry, list | tuple):
        return {str(name): str(name) for name in entry}
    if not isinstance(entry, Mapping):
        raise GenerationError(key="constants", reason="give {c: c} or {c: {value: ..., unit: ...}}")
    constants: dict[str, str | GeneratedConstant] = {}
    for name, source in entry.items():
        if isinstance(source, Mapping):
            _only(source, f"constants.{name}", {"value", "unit"})
            value = _number(_required(source, "value", f"constants.{name}"), f"constants.{name}.value")
            constants[str(name)] = GeneratedConstant(value, str(source.get("unit", "1")))
        elif isinstance(source, str):
            constants[str(name)] = source
        else:
            constants[str(name)] = GeneratedConstant(_number(source, f"constants.{name}"))
    return constants


def read_noise(entry: Any) -> tuple[NoiseKind, float]:
    """``{rms: 0.1}`` or ``{relative: 0.1}``; nothing is no noise, anything else a ``GenerationError``."""
    if entry is None:
        return "none", 0.0
    if isinstance(entry, Mapping) and len(entry) == 1:
        kind, level = next(iter(entry.items()))
        if kind in ("rms", "relative"):
            return kind, _number(level, f"noise.{kind}")
    raise GenerationError(key="noise", reason="give {rms: LEVEL} or {relative: LEVEL}")


def _mapping(block: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    entry = _required(block, key, "the block")
    if not isinstance(entry, Mapping):
        raise GenerationError(key=key, reason="a mapping is needed here")
    return entry


def _required(entry: Mapping[str, Any], key: str, where: str) -> Any:
    if entry.get(key) is None:
        raise GenerationError(key=where, reason=f"'{key}' is missing")
    return entry[key]


def _only(entry: Mapping[str, Any], where: str, known: set[str]) -> None:
    for key in entry:
        if key not in known:
            raise GenerationError(key=where, reason=f"'{key}' is no key; known: {', '.join(sorted(known))}")


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise GenerationError(key=where, reason=f"a finite number is needed, not {str(value)[:40]!r}")
    return float(value)


def _whole(value: Any, where: str) -> int:
    number = _number(value, where)
    if number != int(number) or number < 0:
        raise GenerationError(key=where, reason=f"a whole number is needed, not {value!r}")
    return int(number)
