"""Problems with a known answer: formula, units and ranges, read from YAML files such as feynman.yaml.

A file is a list of entries. Needed are ``id``, ``formula``, ``target: {name, unit}`` and ``variables`` with
``name``, ``unit`` and a range (``low``, ``high``, both in that unit). Optional: ``set``, ``in_srbench``,
``note``, ``distribution`` and ``above`` of a variable, ``constants`` (``name``, ``value``, ``unit``, and
``free: true`` where any value counts as found), ``rows``, ``noise``, and ``table``: a CSV file beside, whose
rows are used instead of drawn ones (``column`` names the header). ``entries`` tells of a shorter notation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symreg.benchmark.entries import in_full
from symreg.errors import EntryError, SymregError
from symreg.formula import Apply, Constant, Expression, canonical_number, dimension_of, fold, parse, substitute
from symreg.tables import (
    CatalogError,
    Distribution,
    GenerationError,
    NoiseKind,
    datasets_folder,
    problem_set_names,
    read_noise,
)
from symreg.units import Dimension, parse_unit

__all__ = [
    "ProblemConstant",
    "ProblemDefinition",
    "ProblemFileError",
    "ProblemVariable",
    "load_problem_set",
    "read_problems",
    "select_problems",
]


class ProblemFileError(EntryError):
    """A problem file that cannot be used."""


@dataclass(frozen=True, slots=True)
class ProblemVariable:
    """One input: its range in ``unit``; with a table, ``column`` is the header it stands under."""

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    distribution: Distribution = "uniform"
    above: str | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemConstant:
    """A constant of the true law: ``value`` in ``unit``; ``free`` when any value counts as found."""

    name: str
    value: float
    unit: str = "dimensionless"
    free: bool = False


@dataclass(frozen=True, slots=True)
class ProblemDefinition:
    """A law to be found and the rows to find it in; reading parses the formula and checks its unit."""

    id: str
    set_name: str
    formula: str
    target_name: str
    target_unit: str
    variables: tuple[ProblemVariable, ...]
    constants: tuple[ProblemConstant, ...] = ()
    in_srbench: bool = True
    note: str = ""
    rows: int | None = None
    noise_kind: NoiseKind = "none"
    noise_level: float = 0.0
    table: Path | None = None
    target_column: str | None = None

    @property
    def expression(self) -> Expression:
        """The true law as a tree."""
        return parse(
            self.formula,
            variables=tuple(entry.name for entry in self.variables),
            constants=("pi", *(entry.name for entry in self.constants)),
        )

    @property
    def measured(self) -> Expression:
        """The true law with numbers for the constants in its exponents: ``c**n`` has a dimension only then."""
        numbers: dict[Expression, Expression] = {
            Constant(entry.name): canonical_number(entry.value)
            for entry in self.constants
            if parse_unit(entry.unit).dimension.is_dimensionless
        }

        def visit(node: Expression, operands: tuple[Expression, ...]) -> Expression:
            if not isinstance(node, Apply):
                return node
            if node.operator == "pow":
                operands = (operands[0], substitute(operands[1], numbers))
            return Apply(node.operator, operands)

        return fold(self.expression, visit)

    @property
    def dimension(self) -> Dimension:
        """The dimension of the true law, by the rules and from the units of its names."""
        dimensions = {"pi": Dimension.of()}
        dimensions |= {entry.name: parse_unit(entry.unit).dimension for entry in self.constants}
        dimensions |= {entry.name: parse_unit(entry.unit).dimension for entry in self.variables}
        return dimension_of(self.measured, dimensions)

    @property
    def free_constants(self) -> dict[str, float]:
        """SI values of the constants that may take any value."""
        return {entry.name: self.constant_values[entry.name] for entry in self.constants if entry.free}

    @property
    def constant_values(self) -> dict[str, float]:
        """SI values of all constants but pi."""
        return {entry.name: float(parse_unit(entry.unit).to_si(entry.value)) for entry in self.constants}


def read_problems(path: str | Path) -> tuple[ProblemDefinition, ...]:
    """Read a problem file; every formula must parse and have the dimension of its target."""
    from symreg.document import read_document

    path = Path(path)
    content = read_document(path).value
    if not isinstance(content, list) or not content:
        raise ProblemFileError(source=path.name, entry="file", reason="a list of problems is needed")
    problems = tuple(_problem(entry, position, path) for position, entry in enumerate(content, start=1))
    seen: set[str] = set()
    for problem in problems:
        if problem.id in seen:
            raise ProblemFileError(source=path.name, entry=problem.id, reason="this id stands here twice")
        seen.add(problem.id)
    return problems


def load_problem_set(name: str) -> tuple[ProblemDefinition, ...]:
    """Read a problem set that comes with the package, such as "feynman"; see ``problem_set_names``."""
    known = problem_set_names()
    if name not in known:
        raise CatalogError(name=name, kind="problem set", known=known)
    return read_problems(datasets_folder() / name / f"{name}.yaml")


def select_problems(
    problems: Sequence[ProblemDefinition], ids: Sequence[str] | None
) -> tuple[ProblemDefinition, ...]:
    """The problems with these ids, in the order of the file; all of them for None."""
    if ids is None:
        return tuple(problems)
    known = {problem.id for problem in problems}
    for wanted in ids:
        if wanted not in known:
            raise ProblemFileError(source="problems", entry=wanted, reason="no problem has this id")
    return tuple(problem for problem in problems if problem.id in set(ids))


def _problem(entry: Any, position: int, path: Path) -> ProblemDefinition:
    """One entry, its mistakes told with the name of the file and of the entry."""
    where = str(entry.get("id", f"entry {position}")) if isinstance(entry, Mapping) else f"entry {position}"
    try:
        problem = _read(in_full(entry), path)
        expected = parse_unit(problem.target_unit).dimension
        if problem.dimension != expected:
            raise ValueError(f"the formula has the dimension {problem.dimension}, its target {expected}")
        return problem
    except (KeyError, TypeError, ValueError, SymregError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ProblemFileError(source=path.name, entry=where, reason=reason) from error


def _read(entry: Any, path: Path) -> ProblemDefinition:
    if not isinstance(entry, Mapping):
        raise TypeError("a mapping with id, formula, target and variables is needed")
    noise_kind, noise_level = read_noise(entry.get("noise"))
    table = entry.get("table")
    problem = ProblemDefinition(
        id=str(entry["id"]),
        set_name=str(entry.get("set", path.stem)),
        formula=str(entry["formula"]),
        target_name=str(entry["target"]["name"]),
        target_unit=str(entry["target"].get("unit", "dimensionless")),
        variables=tuple(_variable(item) for item in entry["variables"]),
        constants=tuple(_constant(item) for item in entry.get("constants") or ()),
        in_srbench=bool(entry.get("in_srbench", True)),
        note=str(entry.get("note", "")),
        rows=None if entry.get("rows") is None else int(entry["rows"]),
        noise_kind=noise_kind,
        noise_level=noise_level,
        table=None if table is None else _beside(path, str(table)),
        target_column=_text_or_none(entry["target"].get("column")),
    )
    for variable in problem.variables:
        if problem.table is None and (variable.low is None or variable.high is None):
            raise GenerationError(key=variable.name, reason="a range (low, high) or a table is needed")
    return problem


def _variable(item: Mapping[str, Any]) -> ProblemVariable:
    return ProblemVariable(
        name=str(item["name"]),
        unit=str(item.get("unit", "dimensionless")),
        low=None if item.get("low") is None else float(item["low"]),
        high=None if item.get("high") is None else float(item["high"]),
        distribution=item.get("distribution", "uniform"),
        above=_text_or_none(item.get("above")),
        column=_text_or_none(item.get("column")),
    )


def _constant(item: Mapping[str, Any]) -> ProblemConstant:
    return ProblemConstant(
        name=str(item["name"]),
        value=float(item["value"]),
        unit=str(item.get("unit", "dimensionless")),
        free=bool(item.get("free", False)),
    )


def _beside(path: Path, text: str) -> Path:
    """A table of a problem file stands beside it or in a sister folder, never anywhere else."""
    root = path.resolve().parent.parent
    table = (path.resolve().parent / text).resolve()
    if not table.is_relative_to(root):
        raise ValueError(f"the table '{text}' must stand beside the problem file or in a folder beside it")
    return table


def _text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)
