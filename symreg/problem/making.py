"""From a table and what is asked of it to a problem, or an error that says what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symreg.arrays import Floats, Rows
from symreg.errors import ProblemError
from symreg.formula import operator
from symreg.mapped import is_long
from symreg.problem.constant_names import check_constant_names
from symreg.problem.constants import FreeConstants, KnownConstant, read_known_constants
from symreg.problem.constraints import Constraints
from symreg.problem.framing import Frame, framed, unframed
from symreg.problem.guesses import read_guesses
from symreg.problem.kinds import check_kinds
from symreg.problem.limits import ConstantLimit, settle_limits
from symreg.problem.loss import ROBUST, Loss, read_loss
from symreg.problem.offered import AUTO, offered_constants
from symreg.problem.problem import Problem, with_counts, with_sizes
from symreg.problem.rows import draw_long_rows, draw_rows, read_row_weights
from symreg.problem.template import is_template, target_of
from symreg.tables import Table, is_constant, warn_of_twins
from symreg.units import PhysicalConstant

if TYPE_CHECKING:
    from symreg.formula import Expression
    from symreg.units import Dimension, Unit

MIN_ROWS = 3
"""Rows of a table: a line goes through any two, so the third is the first that can tell one law from another. Fewer
would give answers that mean nothing."""

MAX_COMPLEXITY = 1_000
"""Largest limit on complexity that may be asked for, half the nodes that the grammar reads (2,000): far beyond what a
search completes, it catches slips of the keys. Set by hand."""

DEFAULT_OPERATORS = (
    "+", "-", "*", "/", "neg", "inv", "square", "cube", "sqrt", "pow",
    "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "tanh",
)  # fmt: skip


def make_problem(
    table: Table,
    *,
    target: str | None = None,
    inputs: Sequence[str] | None = None,
    constants: str | Sequence[str | KnownConstant | PhysicalConstant | Mapping[str, Any]] = (),
    free_constants: str | Sequence[str] | Mapping[str, Any] | FreeConstants = "auto",
    operators: Sequence[str] | None = None,
    constraints: Constraints | None = None,
    guesses: Sequence[Any] = (),
    parameters: Mapping[str, Any] | Sequence[str] = (),
    functions: Mapping[str, Any] | None = None,
    loss: str = "auto",
    weights: Any = None,
    test_fraction: float = 0.25,
    folds: int | None = None,
    seed: int = 0,
    name: str = "problem",
) -> Problem:
    """Hold the question against the units and split the rows; every fault is raised here, before any search.

    ``target`` is the table's unless given, ``inputs`` are all other columns. A target with an equals sign is the
    form of its law, a template, ``"y = A*f(x) + B"``: ``parameters`` declares A and B, as names or as a mapping to
    ``unit``, ``start``, ``lower`` and ``upper``, ``functions`` limits f by ``unit`` and ``max_complexity``, and inputs
    and constants are those that it names (``symreg.problem.template``). ``constants`` are names of
    physical constants, or mappings ``{"name": "c0", "value": 3e8, "unit": "m/s", "stderr": 1e6}`` with both numbers
    in that unit; "auto" among them, or instead of them, adds constants of nature by their dimensions (see
    ``symreg.problem.offered``).
    ``free_constants`` says which units a fitted coefficient may carry: "dimensionless"; "inferred", whatever
    a law needs; a list of units, with their powers and products; or "auto", which is "dimensionless" where
    inputs and known constants make the target's unit by a product of powers and some input can be part of a
    law, and "inferred" where not. Limits make it a mapping: ``{"units": "inferred", "positive": True, "bounds":
    {"k": [0, 10, "m/s"]}, "integer": ["n"]}``, with names that a guess declares (see ``symreg.problem.limits``);
    ``"names": {"T": "K"}`` calls fitted constants by their units (see ``symreg.problem.constant_names``).
    ``operators`` are names, by default ``DEFAULT_OPERATORS``. ``constraints`` limit form and values of laws
    (``symreg.problem.Constraints``). ``guesses``: see ``symreg.problem.guesses``. ``loss`` says how residuals count
    (``symreg.problem.loss``): "squared"; "huber" or "student" where some rows may be far off; "log" where errors
    multiply positive values; "auto", which begins with squares and goes on with "student" where some rows turn out far
    off for no reason that lies in the inputs. ``weights`` are the rows', as numbers ``(n_rows,)`` or a column's name
    (``symreg.problem.rows.weights``).
    ``test_fraction`` of the rows, from 0 to 0.9 and drawn by ``seed``, is held out; of fewer than 20 rows, or
    for 0, none is (leave one out, of 500 rows at most). With ``folds`` (2 to 500) none is either: laws are
    ranked by cross-validation, by that many refits of their constants, each judged on the rows that it did
    without (Stone 1974), and all rows serve the final fit. ``name`` is what messages call the problem.
    Raises ``ProblemError``, ``InfeasibleError`` and what tables, units, formulas and operators raise.
    """
    check_kinds(
        name, target=target, inputs=inputs, operators=operators, constants=constants, guesses=guesses,
        parameters=parameters, functions=functions, test_fraction=test_fraction, free_constants=free_constants,
        constraints=constraints,
    )  # fmt: skip
    target, text = _read_target(name, table, target)
    table = table if table.target == target else warn_of_twins(table, target)
    chosen = _choose_inputs(name, table, target, inputs, weights)
    row_weights, counting = _counting(name, table, target, weights)
    own_loss = read_loss(name, loss, target, _at(table[target].values, counting))
    unit = table[target].unit
    columns = {column: table[column].unit.dimension for column in chosen}
    known, offered = _known(name, constants, (target, unit), columns, table, free_constants)
    names = _read_operators(name, operators)
    asked = name, (target, unit), columns, known, free_constants, names
    frame = framed(*asked, text, parameters, functions) if text else unframed(*asked, parameters, functions)
    suspected = _suspected(name, frame, guesses, unit.dimension)
    free = _free(name, table, frame, suspected, unit.dimension)
    train, held_out = _drawn(name, table, (*frame.inputs, target), (row_weights, counting), test_fraction, folds, seed)
    problem = Problem(
        name=name,
        table=table,
        target=target,
        inputs=frame.inputs,
        known_constants=frame.known,
        free_constants=free,
        operators=names,
        constraints=_checked(name, constraints or Constraints(), frame),
        guesses=suspected,
        train_rows=train,
        held_out_rows=held_out,
        seed=seed,
        notes=(*table.notes, *frame.notes, *_notes(table, target, frame.inputs, offered, frame.free, names, own_loss)),
        offered=tuple(one.name for one in frame.known if one.name in {constant.name for constant in offered}),
        template=frame.template,
        folds=folds or 0,
        loss=own_loss,
        may_change_loss=loss == "auto",
        row_weights=row_weights,
    )
    return _with_trend(problem)


def _counting(name: str, table: Table, target: str, weights: Any) -> tuple[Floats | None, Rows | None]:
    """The weights of rows, and the numbers of those that have any; None for all, and in a long table."""
    row_weights = read_row_weights(name, weights, table)
    counting = None
    if row_weights is not None and not is_long(table.n_rows):
        counting = np.flatnonzero(row_weights)
    _check_rows(name, table, target, counting)
    return row_weights, counting


def _at(values: Floats, rows: Rows | None) -> Floats:
    return values if rows is None else values[rows]


def _drawn(
    name: str, table: Table, columns: Sequence[str], counted: tuple[Floats | None, Rows | None], part: float,
    folds: int | None, seed: int,
) -> tuple[Rows, Rows]:  # fmt: skip
    """Numbers of rows to fit on and to judge by, of those that count; a ``part`` is held out."""
    weights, counting = counted
    if is_long(table.n_rows):
        return draw_long_rows(name, [table[column].values for column in columns], weights, (part, folds, seed))
    values = np.array([_at(table[column].values, counting) for column in columns])
    train, held_out = draw_rows(name, values, part, folds, seed)
    return (train, held_out) if counting is None else (counting[train], counting[held_out])


def _suspected(name: str, frame: Frame, guesses: Sequence[Any], target: Dimension) -> tuple[Expression, ...]:
    return read_guesses(
        guesses, name=name, inputs=frame.inputs, known={**frame.dimensions, **frame.stated}, target=target,
        free_constants=frame.free,
    )  # fmt: skip


def _with_trend(problem: Problem) -> Problem:
    """The problem with what is to be known of its target before any law is: how errors go, and which rows lie off."""
    column = problem.target_column
    if column.errors is not None:
        problem = with_sizes(problem)
    elif problem.loss == "log" and column.sigma is None:
        problem = replace(problem, noise="relative", sizes=column.values)
    return with_counts(problem) if problem.loss in ROBUST else problem


def _free(
    name: str, table: Table, frame: Frame, guesses: Sequence[Expression], target: Dimension
) -> FreeConstants:  # fmt: skip
    """The policy of free constants, its limits and names held against the formulas and names that there are."""
    form = [] if frame.template is None or frame.template.functions else [frame.template.outer]
    limits = settle_limits(
        name, frame.free.limits, frame.free.positive, (*guesses, *form), frame.dimensions, target, frame.stated
    )
    free = replace(frame.free, limits=limits)
    check_constant_names(name, free, _taken(table, frame, limits))
    return free


def _taken(table: Table, frame: Frame, limits: Sequence[ConstantLimit]) -> dict[str, str]:
    """Names that a fitted constant cannot have, and what they are."""
    taken = {limit.name: "a constant of a guess" for limit in limits}
    if frame.template is not None:
        taken |= {one: "a parameter of the form" for one in frame.template.parameter_names}
        taken |= {one.name: "an unknown function of the form" for one in frame.template.functions}
    taken |= {one.name: "a known constant of this problem" for one in frame.known}
    return taken | {column: "a column of the table" for column in table.names}


def _read_target(name: str, table: Table, target: str | None) -> tuple[str, str | None]:
    """The target's name, and the form of its law where that was given in its place."""
    target = target if target is not None else table.target
    text = target if target is not None and is_template(target, table.names) else None
    target = target if text is None else target_of(text)
    if target is None:
        raise ProblemError(
            name=name, reason="no target was named.", advice=f"Columns: {', '.join(table.names)}."
        )
    return target, text


def _known(
    name: str, constants: Any, target: tuple[str, Unit], inputs: Mapping[str, Dimension], table: Table,
    free_constants: Any,
) -> tuple[list[KnownConstant], tuple[PhysicalConstant, ...]]:  # fmt: skip
    """The user's constants with those that "auto" offers, and the latter alone."""
    own = [constants] if isinstance(constants, (str, Mapping)) else list(constants)
    taken = [*inputs, target[0]]
    known = list(read_known_constants(name, [one for one in own if one != AUTO], taken))
    offered = _offered(target[1].dimension, inputs, known, table, free_constants) if AUTO in own else ()
    return [*known, *read_known_constants(name, offered, taken)], offered


def _offered(
    target: Dimension,
    inputs: Mapping[str, Dimension],
    known: Sequence[KnownConstant],
    table: Table,
    free_constants: str | Sequence[str] | Mapping[str, Any] | FreeConstants,
) -> tuple[PhysicalConstant, ...]:
    """Constants for "auto"; coefficients with units, where the user allows them, may reach the target instead."""
    given = free_constants.get("units", AUTO) if isinstance(free_constants, Mapping) else free_constants
    policy = given.policy if isinstance(given, FreeConstants) else given
    own = {constant.name: constant.unit.dimension for constant in known}
    must_reach = policy in (AUTO, "dimensionless")
    return offered_constants(target, inputs, own, taken=table.names, must_reach=must_reach)


def _notes(
    table: Table,
    target: str,
    inputs: Sequence[str],
    offered: Sequence[PhysicalConstant],
    free: FreeConstants,
    operators: Sequence[str],
    loss: Loss,
) -> list[str]:
    notes = []
    if offered:
        notes.append(f"constants offered for their dimensions: {', '.join(one.name for one in offered)}")
        if free.policy == "dimensionless":
            notes[-1] += "; coefficients are pure numbers, free_constants='inferred' lets them carry units too"
    if "*" not in operators:
        notes.append("without the operator '*' no law has a coefficient")
    shifted = {name: table[name].unit for name in (target, *inputs) if table[name].unit.offset}
    notes += [
        f"{name} is given in {unit.text}: in formulas it stands in {unit.in_formulas.text} ({unit.conversion()})"
        for name, unit in shifted.items()
    ]
    uncertain = [name for name in inputs if table[name].sigma is not None]
    if uncertain and (table[target].sigma is None or loss != "squared"):
        listed, why = ", ".join(map(repr, uncertain)), f"they count beside one of the target {target!r}"
        why = why if loss == "squared" else f"the loss {loss!r} counts those of the target alone"
        notes.append(f"uncertainties of {listed} are not used: {why}")
    return notes


def _choose_inputs(
    name: str, table: Table, target: str, inputs: Sequence[str] | None, weights: Any
) -> tuple[str, ...]:
    own = {target, weights} if isinstance(weights, str) else {target}
    chosen = tuple(column for column in table.names if column not in own) if inputs is None else tuple(inputs)
    for place, column in enumerate(chosen):
        table[column]
        if column == target:
            raise ProblemError(name=name, reason=f"the target {target!r} is also among the inputs.")
        if column in chosen[:place]:
            raise ProblemError(name=name, reason=f"the input {column!r} is listed twice.")
    if not chosen:
        raise ProblemError(name=name, reason=f"besides the target {target!r} there is no column of numbers.")
    return chosen


def _check_rows(name: str, table: Table, target: str, counting: Rows | None) -> None:
    column, n_rows = table[target], table.n_rows if counting is None else len(counting)
    if n_rows < MIN_ROWS:
        rows = "1 row" if n_rows == 1 else f"{n_rows} rows"
        rows += "" if n_rows == table.n_rows else " of a weight above zero"
        reason = (
            f"{table.source} has {rows}, and at least {MIN_ROWS} are needed to tell one law from another."
        )
        raise ProblemError(name=name, reason=reason)
    if is_constant(_at(column.values, counting)):
        value = f"{column.user_numbers[0]:g} {column.unit.text}"
        reason = f"the target {target!r} is {value} in every row, so there is nothing to explain."
        raise ProblemError(name=name, reason=reason)


def _read_operators(name: str, given: Sequence[str] | None) -> tuple[str, ...]:
    if given is None:
        return DEFAULT_OPERATORS
    if isinstance(given, str):
        raise ProblemError(name=name, reason=f"operators is {given!r}, and must be a list of names.")
    names = tuple(dict.fromkeys(operator(each).name for each in given))
    if not names:
        raise ProblemError(name=name, reason="the list of operators is empty.")
    return names


def _checked(name: str, constraints: Constraints, frame: Frame) -> Constraints:
    if not 1 <= constraints.max_complexity <= MAX_COMPLEXITY:
        reason = f"max_complexity is {constraints.max_complexity!r}, and must be from 1 to {MAX_COMPLEXITY}."
        raise ProblemError(name=name, reason=reason)
    nested = {}
    for outer, inside in constraints.nested.items():
        nested[operator(outer).name] = {operator(inner).name: int(most) for inner, most in inside.items()}
        if any(most < 0 for most in nested[operator(outer).name].values()):
            raise ProblemError(
                name=name, reason=f"the limits of operators nested in {outer!r} must not be negative."
            )
    for column, direction in constraints.monotonic.items():
        if column not in frame.inputs or direction not in ("increasing", "decreasing"):
            reason = f"monotonic says {column!r}: {direction!r}, and takes inputs that are increasing or decreasing."
            raise ProblemError(name=name, reason=reason, advice=f"Inputs: {', '.join(frame.inputs)}.")
    _check_range(name, constraints.range)
    most = constraints.max_complexity
    if frame.template is not None and frame.template.is_bare:
        most = min(most, frame.template.functions[0].max_complexity or most)
    own = 0 if frame.template is None else frame.template.own_complexity
    return replace(constraints, max_complexity=most + own, nested=nested)


def _check_range(name: str, given: Any) -> None:
    if given is None:
        return
    ends = tuple(given) if isinstance(given, Sequence) and len(given) == 2 else ("", "")
    numbers = all(end is None or isinstance(end, int | float) for end in ends)
    low, high = (other if end is None else end for end, other in zip(ends, (-np.inf, np.inf), strict=True))
    if not numbers or not low < high:
        reason = f"range is {given!r}, and must be two numbers in the target's unit, the lower one first."
        raise ProblemError(name=name, reason=reason, advice="None stands for no bound.")
