"""From a table and what is asked of it to a problem, or an error that says what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symreg.arrays import Floats, Rows, read_only_rows
from symreg.errors import ProblemError
from symreg.formula import operator
from symreg.problem.constants import FreeConstants, KnownConstant, read_known_constants
from symreg.problem.constraints import Constraints
from symreg.problem.copies import groups_of_copies, with_copies_together
from symreg.problem.framing import Frame, framed, unframed
from symreg.problem.guesses import read_guesses
from symreg.problem.kinds import check_kinds
from symreg.problem.limits import settle_limits
from symreg.problem.offered import AUTO, offered_constants
from symreg.problem.problem import Problem, with_sizes
from symreg.problem.template import is_template, target_of
from symreg.tables import Table, is_constant, warn_of_twins
from symreg.units import PhysicalConstant

if TYPE_CHECKING:
    from symreg.units import Dimension

MIN_ROWS = 3
"""Rows of a table: a line goes through any two, so the third is the first that can tell one law from another. Fewer
would give answers that mean nothing."""

TINY = 20
"""Rows below which none is held out and each is left out in turn: a quarter of 20 are five, and fewer judge by chance.
A larger bound spends a refit for each row and law, a smaller one takes rows from fits that need them."""

MAX_LEAVE_ONE_OUT = 500
"""Rows that may be left out in turn, and so folds: each is a refit of every law that is judged. More would take longer
than a search, and with so many rows some can be held out; set by hand."""

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
    {"k": [0, 10, "m/s"]}, "integer": ["n"]}``, with names that a guess declares (see ``symreg.problem.limits``).
    ``operators`` are names, by default ``DEFAULT_OPERATORS``. ``constraints`` limit form and values of laws
    (``symreg.problem.Constraints``). ``guesses``: see ``symreg.problem.guesses``.
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
    chosen = _choose_inputs(name, table, target, inputs)
    _check_rows(name, table, target)
    unit = table[target].unit
    columns = {column: table[column].unit.dimension for column in chosen}
    own = [constants] if isinstance(constants, (str, Mapping)) else list(constants)
    known = read_known_constants(name, [one for one in own if one != AUTO], [*chosen, target])
    offered = _offered(unit.dimension, columns, known, table, free_constants) if AUTO in own else ()
    known += read_known_constants(name, offered, [*chosen, target])
    names = _read_operators(name, operators)
    asked = name, (target, unit), columns, known, free_constants, names
    frame = unframed(*asked, parameters, functions) if text is None else framed(*asked, text, parameters, functions)
    suspected = read_guesses(
        guesses, name=name, inputs=frame.inputs, known={**frame.dimensions, **frame.stated},
        target=unit.dimension, free_constants=frame.free,
    )  # fmt: skip
    form = [] if frame.template is None or frame.template.functions else [frame.template.outer]
    limits = settle_limits(
        name, frame.free.limits, frame.free.positive, (*suspected, *form), frame.dimensions, unit.dimension,
        frame.stated,
    )  # fmt: skip
    values = np.array([table[column].values for column in (*frame.inputs, target)])
    train, held_out = _draw_rows(name, values, test_fraction, folds, seed)
    problem = Problem(
        name=name, table=table, target=target, inputs=frame.inputs, known_constants=frame.known,
        free_constants=replace(frame.free, limits=limits),
        operators=names,
        constraints=_checked(name, constraints or Constraints(), frame),
        guesses=suspected,
        train_rows=train,
        held_out_rows=held_out,
        seed=seed, notes=(*table.notes, *frame.notes, *_notes(table, target, frame.inputs, offered, frame.free, names)),
        offered=tuple(one.name for one in frame.known if one.name in {constant.name for constant in offered}),
        template=frame.template,
        folds=folds or 0,
    )  # fmt: skip
    return problem if table[target].errors is None else with_sizes(problem)


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
    if uncertain and table[target].sigma is None:
        listed = ", ".join(map(repr, uncertain))
        notes.append(f"uncertainties of {listed} are not used: they count beside one of the target {target!r}")
    return notes


def _choose_inputs(name: str, table: Table, target: str, inputs: Sequence[str] | None) -> tuple[str, ...]:
    chosen = tuple(column for column in table.names if column != target) if inputs is None else tuple(inputs)
    for place, column in enumerate(chosen):
        table[column]
        if column == target:
            raise ProblemError(name=name, reason=f"the target {target!r} is also among the inputs.")
        if column in chosen[:place]:
            raise ProblemError(name=name, reason=f"the input {column!r} is listed twice.")
    if not chosen:
        raise ProblemError(name=name, reason=f"besides the target {target!r} there is no column of numbers.")
    return chosen


def _check_rows(name: str, table: Table, target: str) -> None:
    column = table[target]
    if table.n_rows < MIN_ROWS:
        rows = "1 row" if table.n_rows == 1 else f"{table.n_rows} rows"
        reason = (
            f"{table.source} has {rows}, and at least {MIN_ROWS} are needed to tell one law from another."
        )
        raise ProblemError(name=name, reason=reason)
    if is_constant(column.values):
        value = f"{column.user_numbers[0]:g} {column.unit.text}"
        reason = f"the target {target!r} is {value} in every row, so there is nothing to explain."
        raise ProblemError(name=name, reason=reason)


def _draw_rows(name: str, values: Floats, test_fraction: float, folds: int | None, seed: int) -> tuple[Rows, Rows]:
    """Rows to fit on and rows to judge by: with folds none is held out, and copies of a row are never parted.

    ``values`` ``(n_columns, n_rows)`` are those by which rows are copies of each other.
    """
    if folds is not None:
        return _all_rows(name, values.shape[1], folds, seed)
    train, held_out = split_rows(name, values.shape[1], test_fraction, seed)
    copies = groups_of_copies(values) if held_out.size else None
    return (train, held_out) if copies is None else with_copies_together(train, held_out, copies)


def split_rows(name: str, n_rows: int, test_fraction: float, seed: int) -> tuple[Rows, Rows]:
    """Rows to fit on and rows to judge by, drawn by ``seed``; a tiny table keeps all its rows for fitting."""
    if not 0 <= test_fraction <= 0.9:
        reason = f"test_fraction is {test_fraction!r}, and must be a number from 0 to 0.9."
        raise ProblemError(name=name, reason=reason)
    _check_seed(name, seed)
    if n_rows < TINY or test_fraction == 0:
        if n_rows > MAX_LEAVE_ONE_OUT:
            reason = f"leaving out each of {n_rows} rows in turn, because none is held out, is too slow."
            advice = f"Hold some out, or give {MAX_LEAVE_ONE_OUT} rows at most."
            raise ProblemError(name=name, reason=reason, advice=advice)
        return read_only_rows(np.arange(n_rows)), read_only_rows([])
    shuffled = np.random.default_rng(seed).permutation(n_rows)
    n_held_out = max(1, round(test_fraction * n_rows))
    return read_only_rows(shuffled[n_held_out:]), read_only_rows(shuffled[:n_held_out])


def _check_seed(name: str, seed: int) -> None:
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ProblemError(name=name, reason=f"seed is {seed!r}, and must be a whole number from 0.")


def _all_rows(name: str, n_rows: int, folds: int, seed: int) -> tuple[Rows, Rows]:
    """All rows to fit on, none held out, after a look at the number of folds and the seed that fills them."""
    _check_seed(name, seed)
    whole = isinstance(folds, (int, np.integer)) and not isinstance(folds, bool)
    if not whole or not 2 <= folds <= min(n_rows, MAX_LEAVE_ONE_OUT):
        reason = f"folds is {folds!r}, and must be a whole number from 2 to {min(n_rows, MAX_LEAVE_ONE_OUT)}."
        raise ProblemError(name=name, reason=reason)
    return read_only_rows(np.arange(n_rows)), read_only_rows([])


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
