"""From a specification to what a search takes: a table, a problem, a backend and a budget."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symreg.errors import ReportError, SpecificationError
from symreg.experiment.amounts import duration_text, memory_text
from symreg.experiment.blocks import DIALECT_KEYS, ColumnPart, DataPart, NoisePart
from symreg.experiment.errors import NotAvailableError
from symreg.experiment.specification import Specification

if TYPE_CHECKING:
    from symreg.certainty import Examination
    from symreg.problem import Problem
    from symreg.search import Backend, Budget
    from symreg.tables import Column, Table


def problem_of(specification: Specification) -> Problem:
    """Read or draw the table and check the question against its units; raises before any search."""
    table = table_of(specification)
    problem = _problem(specification, table)
    if specification.data.noise is None:
        return problem
    return _problem(specification, _with_noise_in_training(table, problem, specification.data.noise))


def table_of(specification: Specification) -> Table:
    """The table of ``data``, with the units and uncertainties of ``columns``."""
    data, columns = specification.data, specification.columns
    if data.generate is not None:
        return _declared(_generated(specification), columns)
    if data.dataset is not None:
        from symreg.tables import load_dataset

        return _declared(load_dataset(data.dataset), columns)
    from symreg.tables import read_table

    target, inputs = _asked(data)
    return read_table(
        Path(str(data.file)),
        target=target,
        inputs=inputs,
        units={name: part.unit for name, part in columns.items() if part.unit is not None},
        sigma={name: part.sigma for name, part in columns.items() if part.sigma is not None},
        nan=data.nan,
        **data.dialect,
    )


def _asked(data: DataPart) -> tuple[str | None, tuple[str, ...] | None]:
    """The target and the inputs. What holds an equals sign may be a form, which names its target and all columns that
    it may hold, or the name of a column."""
    from symreg.problem import target_of

    text = data.target or ""
    if "=" not in text:
        return data.target, data.inputs
    quoted = re.findall(r"`([^`]*)`", text)
    return None, tuple(dict.fromkeys([text, target_of(text), *quoted, *re.findall(r"[^\W\d]\w*", text)]))


def _generated(specification: Specification) -> Table:
    from symreg.tables import generate_table

    block = specification.data.model_dump(mode="json", exclude_none=True)["generate"]
    return generate_table({"seed": specification.seed, **block})


def _declared(table: Table, columns: dict[str, ColumnPart]) -> Table:
    """``table`` with the uncertainties of ``columns``; the units of a table that is not a user's file are
    fixed.
    """
    from symreg.tables import read_error_model

    changed: dict[str, Column] = {}
    spent: set[str] = set()
    for name, part in columns.items():
        if name not in table.names:
            raise _column_mistake(table, name, f"there is no such column; there are {', '.join(table.names)}")
        column = table[name]
        if part.unit is not None:
            _check_unit(table, column, part.unit)
        named = isinstance(part.sigma, str) and part.sigma in table.names
        errors = None if named else read_error_model(part.sigma)
        if errors is not None:
            sigma = errors.at(column.user_numbers * abs(column.unit.scale), abs(column.unit.scale))
            changed[name] = replace(column, sigma=sigma, user_sigma=None, errors=errors)
        elif isinstance(part.sigma, str):
            changed[name] = replace(
                column, sigma=_sigma_column(table, part.sigma, column), user_sigma=None, errors=None
            )
            spent.add(part.sigma)
        elif isinstance(part.sigma, float):
            sigma = column.values * 0.0 + part.sigma * abs(column.unit.scale)
            changed[name] = replace(column, sigma=sigma, user_sigma=None, errors=None)
    kept = tuple(changed.get(column.name, column) for column in table.columns if column.name not in spent)
    return replace(table, columns=kept)


def _sigma_column(table: Table, name: str, column: Column) -> Any:
    if name not in table.names or table[name].unit.dimension != column.unit.dimension:
        unit = column.unit.text
        raise _column_mistake(table, column.name, f"sigma: {name!r} is not a column in a unit like {unit}")
    return table[name].values


def _check_unit(table: Table, column: Column, text: str) -> None:
    from symreg.units import parse_unit

    unit, own = parse_unit(text, column=column.name), column.unit
    if (unit.dimension, unit.scale, unit.offset) != (own.dimension, own.scale, own.offset):
        raise _column_mistake(table, column.name, f"its unit is {own.text}, not {text}")


def _column_mistake(table: Table, name: str, reason: str) -> SpecificationError:
    return SpecificationError(source=table.source, problems=((None, f"columns.{name}", reason),))


def _problem(specification: Specification, table: Table) -> Problem:
    from symreg.problem import Constraints, make_problem

    data, limits = specification.data, specification.constraints
    return make_problem(
        table,
        target=data.target,
        inputs=data.inputs,
        constants=[_known_constant(part) for part in specification.constants],
        free_constants=specification.free_constants.model_dump(),
        operators=specification.operators,
        constraints=Constraints(limits.max_complexity, limits.nested, limits.monotonic, limits.range),
        parameters={label: part.model_dump(exclude_none=True) for label, part in specification.parameters.items()},
        functions={label: part.model_dump(exclude_none=True) for label, part in specification.functions.items()},
        guesses=[guess.model_dump() for guess in specification.guesses],
        test_fraction=data.test_fraction,
        folds=specification.ranking.folds if specification.ranking.by == "cross_validation" else None,
        seed=specification.seed,
        name=specification.name,
    )


def _known_constant(part: Any) -> Any:
    """By name alone a constant is looked up; with a value it is the user's own."""
    return part.name if part.value is None else part.model_dump()


def _with_noise_in_training(table: Table, problem: Problem, noise: NoisePart) -> Table:
    """``table`` with seeded noise on the target in the training rows: what is held out stays the truth."""
    import numpy as np

    from symreg.tables import with_noise

    rng = np.random.default_rng([problem.seed, 1])
    values = problem.target_column.values.copy()
    rows = problem.train_rows
    kind, level = ("rms", noise.rms) if noise.rms is not None else ("relative", noise.relative)
    values[rows] = with_noise(values[rows], kind, level or 0.0, rng)  # type: ignore[arg-type]
    noisy = replace(problem.target_column, values=values, user_values=None)
    columns = tuple(noisy if column.name == problem.target else column for column in table.columns)
    return replace(table, columns=columns)


def check_tools(specification: Specification) -> None:
    """Raise before any work where a backend, an engine or what a report needs is missing."""
    from symreg.engine import get_engine
    from symreg.search import check_backend

    backend = backend_of(specification)
    check_backend(backend)
    get_engine(backend.engine)
    if "pdf" in specification.report.formats and find_spec("typst") is None:
        raise ReportError(
            reason="A PDF report needs the package typst, which is not installed.",
            advice="Install it (pip install typst), or leave pdf out of report: {formats: [...]}.",
        )


def backend_of(specification: Specification) -> Backend:
    """The backend that searches, or several that share the budget."""
    from symreg.search import backend_from, backend_named

    part, descriptors = specification.backend, specification.descriptors
    if descriptors is None:
        return backend_from([backend_named(each.name, **each.own) for each in part.all])
    if part.all != (part,) or part.name != "native":
        raise NotAvailableError(what=f"backend {part.name} for descriptors", advice="leave backend: {name: ...} away")
    from symreg.descriptor import Descriptors, DescriptorSettings

    return Descriptors(
        DescriptorSettings(
            n_descriptors=descriptors.most, max_complexity=descriptors.max_complexity,
            max_pairs=descriptors.max_pairs, dimensionless=descriptors.dimensionless, threads=part.threads,
            engine=part.engine,
        )
    )  # fmt: skip


def budget_of(specification: Specification) -> Budget:
    """The budget in seconds, evaluations and bytes."""
    from symreg.search import Budget

    part = specification.budget
    return Budget(time=part.time, evaluations=part.evaluations, memory=part.memory, end_early=part.end_early)


def examination_of(specification: Specification) -> Examination:
    """What is examined at the end; seconds are not counted where the budget counts evaluations alone."""
    from symreg.certainty import Examination
    from symreg.search import Budget

    part, unhurried = specification.robustness, specification.budget.time is None
    search_budget = Budget(time=part.search_time, memory=specification.budget.memory)
    return Examination(part.resamples, None if unhurried else part.time, part.searches, search_budget)


def resolved(specification: Specification, problem: Problem) -> Specification:
    """The specification with what the data decided written out: target, inputs, operators, the seed of a
    drawn table.
    """
    target = problem.target if problem.template is None else problem.template.text
    data = specification.data.model_copy(update={"target": target, "inputs": problem.inputs})
    if data.generate is not None and data.generate.seed is None:
        drawn = data.generate.model_copy(update={"seed": specification.seed})
        data = data.model_copy(update={"generate": drawn})
    return specification.model_copy(update={"data": data, "operators": problem.operators})


def configuration(specification: Specification, folder: Path) -> dict[str, Any]:
    """The specification as plain values for ``folder/experiment.yaml``: files as seen from there, amounts as
    text.
    """
    plain: dict[str, Any] = specification.model_dump(mode="json")
    data = plain["data"]
    for key in ("file", "dataset", "generate", *DIALECT_KEYS):
        if data[key] in (None, []):
            del data[key]
    if "file" in data:
        data["file"] = seen_from(Path(data["file"]), folder)
    _without_unused_limits(plain)
    plain["constants"] = [part["name"] if part["value"] is None else part for part in plain["constants"]]
    plain["backend"] = _plain_backend(plain["backend"], folder)
    if plain["descriptors"] is None:
        del plain["descriptors"]
    budget = plain["budget"]
    budget["time"] = None if budget["time"] is None else duration_text(budget["time"])
    budget["memory"] = memory_text(budget["memory"])
    for key in ("time", "search_time"):
        plain["robustness"][key] = duration_text(plain["robustness"][key])
    return plain


def _without_unused_limits(plain: dict[str, Any]) -> None:
    """What says nothing is left out, so that a run from before it could be said asks the same question."""
    free = plain["free_constants"]
    for key in ("positive", "bounds", "integer", "names"):
        if not free[key]:
            del free[key]
    plain["guesses"] = [one if one["constants"] else one["formula"] for one in plain["guesses"]]


def _plain_backend(part: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A backend's block without the keys that say nothing."""
    plain = {key: value for key, value in part.items() if value not in (None, [], {})}
    if "file" in plain:
        plain["file"] = seen_from(Path(plain["file"]), folder)
    if "beside" in plain:
        plain["beside"] = [_plain_backend(each, folder) for each in plain["beside"]]
    return plain


def seen_from(file: Path, folder: Path) -> str:
    """A relative path, so that a project can move as a whole; absolute where there is none."""
    try:
        return Path(os.path.relpath(file, folder.absolute())).as_posix()
    except ValueError:
        return str(file)
