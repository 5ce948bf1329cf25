"""Candidates without functions of one constant alone: ``x*acos(k)`` is ``k*x``, and has its price.

The digits of a constant that stands in a function cost by another measure, so that the same law would be cheaper or
dearer by the way in which it happened to be met.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

from symreg.formula import TRANSCENDENTAL, Apply, Constant, Expression, evaluate_tree, fold, walk
from symreg.problem import Candidate


def unwrapped(candidate: Candidate) -> Candidate:
    """The candidate with each free constant that stands once, alone in a function, in the place of the function.

    Such functions take and give plain numbers, so the constant keeps its dimension; its start is the function's value.
    """
    counts = Counter(node.name for node in walk(candidate.expression) if isinstance(node, Constant))
    starts = {one.name: one.start for one in candidate.constants if counts[one.name] == 1}
    before = dict(starts)

    def visit(node: Expression, below: tuple[Expression, ...]) -> Expression:
        if not isinstance(node, Apply):
            return node
        made = Apply(node.operator, below)
        only = below[0]
        if node.operator not in TRANSCENDENTAL or not isinstance(only, Constant) or only.name not in starts:
            return made
        value = float(evaluate_tree(made, {only.name: starts[only.name]}))
        if not math.isfinite(value):
            return made
        starts[only.name] = value
        return only

    expression = fold(candidate.expression, visit)
    if starts == before and expression == candidate.expression:
        return candidate
    constants = tuple(replace(one, start=starts.get(one.name, one.start)) for one in candidate.constants)
    return replace(candidate, expression=expression, constants=constants, form_bits=None)
