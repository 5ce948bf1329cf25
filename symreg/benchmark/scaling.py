"""The same problem with other magnitudes: a law must not depend on whether its numbers are large or small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symreg.benchmark.problems import ProblemDefinition, ProblemFileError
from symreg.formula import Apply, Expression, Variable, canonical_number, substitute, to_text

__all__ = ["scaled"]


def scaled(
    problems: Sequence[ProblemDefinition], *, target: float = 1.0, inputs: float = 1.0
) -> tuple[ProblemDefinition, ...]:
    """Each problem with its target, and one of its inputs, multiplied by these factors in an unchanged unit.

    The true law is rewritten so that it holds for the multiplied columns. The problems are a set of their
    own: its name says what was done, so that nothing counts them with the others. The input is the first that
    no other one has to exceed. A problem that brings a table is refused.
    """
    if target == 1.0 and inputs == 1.0:
        return tuple(problems)
    return tuple(_scaled(problem, target, inputs) for problem in problems)


def _scaled(problem: ProblemDefinition, target: float, inputs: float) -> ProblemDefinition:
    if problem.table is not None:
        reason = "only drawn rows can be multiplied, and this problem brings a table"
        raise ProblemFileError(source="scaling", entry=problem.id, reason=reason)
    law, variables, name = problem.expression, list(problem.variables), problem.set_name
    if inputs != 1.0:
        bounds = {entry.above for entry in variables}
        free = (at for at, entry in enumerate(variables) if entry.above is None and entry.name not in bounds)
        at = next(free, None)
        if at is None:
            reason = "no input can be multiplied alone: each one bounds another"
            raise ProblemFileError(source="scaling", entry=problem.id, reason=reason)
        entry = variables[at]
        assert entry.low is not None and entry.high is not None
        variables[at] = replace(entry, low=entry.low * inputs, high=entry.high * inputs)
        law = substitute(law, {Variable(entry.name): _times(Variable(entry.name), 1 / inputs)})
        name += f", an input times {inputs:g}"
    if target != 1.0:
        law = _times(law, target)
        name += f", target times {target:g}"
    return replace(problem, formula=to_text(law), variables=tuple(variables), set_name=name)


def _times(tree: Expression, factor: float) -> Expression:
    return Apply("*", (canonical_number(factor), tree))
