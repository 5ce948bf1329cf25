"""Laws whose form a test chooses; constants, scores and description lengths are the pipeline's own."""

from __future__ import annotations

from typing import Any

from symreg.discovery import Discovery
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_law
from symreg.formula.dimensioning import infer_dimensions
from symreg.formula.grammar import parse
from symreg.laws.law import Law, ParetoFront
from symreg.laws.refitting import fitter_of
from symreg.problem.candidate import FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.tables.table import read_table


def problem_of(data: dict[str, Any], target: str = "y", sigma: Any = None, **options: Any) -> Problem:
    table = read_table(data, target=target, sigma=None if sigma is None else {target: sigma})
    return make_problem(table, free_constants="inferred", **options)


def law_of(problem: Problem, formula: str) -> Law:
    """``formula`` with its constants k, k1, k2, ... fitted to the training rows."""
    free = ["k", "k1", "k2", "k3"]
    known = list(problem.known_values)
    expression = parse(formula, variables=problem.inputs, constants=[*free, *known, "pi"])
    target = problem.target_column.unit.dimension
    found = infer_dimensions(expression, problem.dimensions, target)
    constants = [FreeConstant(name, found[name], 1.0) for name in free if name in formula and name in found]
    fitter = fitter_of(problem)
    fitted = fitter.fit([(expression, constants)])[0]
    assert fitted is not None
    finisher = Finisher(fitter)
    return as_law(finisher, finisher.measured(fitted, "by hand"))


def discovery_of(problem: Problem, selected: str, *others: str) -> Discovery:
    """A discovery that selected one law, with others that came near."""
    return Discovery(
        problem=problem,
        front=ParetoFront((law_of(problem, selected),), 0),
        status="finished",
        stop_reason="residual at the noise",
        complete_to_complexity=5,
        pruned_by_dimension=12,
        evaluated=1000,
        wall_seconds=1.0,
        engine="numpy",
        backend="native",
        notes=("said before",),
        runners_up=tuple(law_of(problem, one) for one in others),
    )
