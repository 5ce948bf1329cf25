"""Hypothesis: a formula that somebody wrote, and the candidate that it is in a problem.

Text from outside is read by our own grammar and never executed. Names that are neither columns nor known constants are
fitted constants where they are called k, k1, k2, ... or declared; each gets the dimension that the formula demands.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symreg.errors import DimensionError, SymregError
from symreg.formula import complexity, constants_of, infer_dimensions, is_plain, parse
from symreg.problem import Candidate, FreeConstant
from symreg.search.hypotheses.scope import Scope
from symreg.search.rejection import Fault, Rejection, printable, rejection

_USUAL = re.compile(r"\bk[0-9]{0,3}\b")


class HypothesisError(SymregError):
    """Hypotheses that cannot be used at all: ``message``."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A formula as text, names of constants to be fitted besides k, k1, ..., and where it comes from."""

    formula: str
    constants: tuple[str, ...] = ()
    source: str = ""


def hypothesis_of(given: Any, source: str) -> Hypothesis:
    """A hypothesis from a text, or from a mapping with ``formula``, ``constants`` and ``source``."""
    if isinstance(given, Hypothesis):
        return given
    if isinstance(given, str):
        return Hypothesis(given, (), source)
    if not isinstance(given, Mapping) or not isinstance(given.get("formula"), str):
        raise HypothesisError(message=f"a hypothesis is a text, or a mapping with 'formula': not {reprlib.repr(given)}")
    unknown = sorted(map(str, set(given) - {"formula", "constants", "source"}))
    if unknown:
        raise HypothesisError(message=f"a hypothesis has formula, constants and source, not {unknown[0]!r:.80}")
    constants = given.get("constants", ())
    if not isinstance(constants, list | tuple) or not all(isinstance(one, str) and is_plain(one) for one in constants):
        raise HypothesisError(message="the constants of a hypothesis are a list of plain names")
    said = given.get("source", source)
    return Hypothesis(given["formula"], tuple(constants), printable(said) if isinstance(said, str) else source)


def read_hypothesis(hypothesis: Hypothesis, scope: Scope, max_complexity: int) -> Candidate | Rejection:
    """The candidate that it is here, or why it is none."""
    free = [name for name in (*hypothesis.constants, *_USUAL.findall(hypothesis.formula)) if scope.is_free(name)]
    constants = [*scope.known, *scope.named, *free]
    try:
        expression = parse(hypothesis.formula, variables=list(scope.columns), constants=constants)
        dimensions = infer_dimensions(expression, scope.dimensions, scope.dimension)
    except DimensionError as error:
        return _rejected(hypothesis, "dimension", str(error))
    except SymregError as error:
        return _rejected(hypothesis, "unreadable", str(error).splitlines()[0])
    names = [name for name in constants_of(expression) if name not in scope.known]
    fitted = tuple(FreeConstant(name, dimensions[name], 1.0) for name in names)
    for one in fitted:
        if not scope.allows(one.dimension):
            reason = f"its constant {one.name} would carry {one.dimension}, which free_constants does not allow"
            return _rejected(hypothesis, "unit", reason)
    if complexity(expression) > max_complexity:
        reason = f"it has {complexity(expression)} nodes, and {max_complexity} are allowed"
        return _rejected(hypothesis, "complexity", reason)
    notes = (f"proposed by {hypothesis.source}",) if hypothesis.source else ()
    return Candidate(expression, fitted, hypothesis.source, notes)


def _rejected(hypothesis: Hypothesis, fault: Fault, reason: str) -> Rejection:
    return rejection(hypothesis.formula, fault, reason, hypothesis.source)
