"""Candidates in the workshop: fitted once, and again when it is found how errors go."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.passes import shortened
from symreg.finishing.workshop import Workshop
from symreg.fitting.fitter import Fitter, make_fitter
from symreg.formula.expression import complexity
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.problem.candidate import Candidate, FreeConstant
from symreg.problem.making import make_problem
from symreg.problem.natural_units import choose_natural_units
from symreg.problem.problem import Problem
from symreg.tables.table import read_table
from symreg.units.dimension import DIMENSIONLESS


def problem() -> Problem:
    rng = np.random.default_rng(4)
    x = np.geomspace(0.5, 50, 60)
    y = 3.217 * x**1.37 * (1 + 0.1 * rng.normal(size=60))
    return make_problem(read_table({"x [1]": x, "y [1]": y}, target="y"))


def fitter_of(one: Problem) -> Fitter:
    return make_fitter(one, choose_natural_units(one), get_engine("auto"), 1)


def candidates() -> list[Candidate]:
    found = []
    for text, names in (("k1*x", "k1"), ("k1*x**k2", "k1 k2"), ("k1*x + k2", "k1 k2"), ("k1*x**2 + k2*x", "k1 k2")):
        tree = parse(text, variables=("x",), constants=tuple(names.split()))
        constants = tuple(FreeConstant(name, DIMENSIONLESS, 1.0) for name in names.split())
        found.append(Candidate(tree, constants, "test", (f"a note on {text}",)))
    return found


def test_many_candidates_do_not_crowd_out_the_simple_end() -> None:
    """Of the best of each complexity all are finished, from the simplest to the shortest message, and a few beyond."""
    one = problem()
    workshop = Workshop(Finisher(fitter_of(one)))
    powers = [f"k1*x**{power}" for power in ("(1/2)", "1", "(4/3)", "(3/2)", "2")]
    sums = [" + ".join(f"k{n}*x**({n}/{d})" for n in range(1, most)) for most in range(3, 8) for d in (2, 3, 4, 5)]
    texts = ["k1", "k1*x", "k1 + x", *powers, "k1*x**k2", *sums]
    found = []
    for text in texts:
        names = [name for name in ("k1", "k2", "k3", "k4", "k5", "k6") if name in text]
        constants = tuple(FreeConstant(name, DIMENSIONLESS, 1.0) for name in names)
        found.append(Candidate(parse(text, variables=("x",), constants=names), constants, "test"))
    workshop.take(found, "test")
    every = workshop.promising(len(texts))
    shortest = min(every, key=lambda each: each.bits)
    few = workshop.promising(10)
    assert complexity(few[0].fitted.expression) == 1 and shortest in few
    least = math.inf
    for each in sorted(every, key=lambda each: (complexity(each.fitted.expression), each.fitted.residual_sum)):
        is_best, least = each.fitted.residual_sum < least, min(least, each.fitted.residual_sum)
        if is_best and complexity(each.fitted.expression) <= complexity(shortest.fitted.expression):
            assert each in few


def test_judged_anew_all_are_fitted_as_if_they_had_been_from_the_start() -> None:
    one = problem()
    relative = one.with_relative_errors()
    changed, fresh = Workshop(Finisher(fitter_of(one))), Workshop(Finisher(fitter_of(relative)))
    changed.take(candidates(), "test")
    before = {finished.fitted.expression: finished for finished in changed.promising(9)}
    changed.judge_by(fitter_of(relative))
    fresh.take(candidates(), "test")
    after, wanted = changed.promising(9), fresh.promising(9)
    assert {finished.fitted.expression for finished in after} == set(before)
    assert [finished.fitted.expression for finished in after] == [finished.fitted.expression for finished in wanted]
    for own, other in zip(after, wanted, strict=True):
        assert own.bits == pytest.approx(other.bits, abs=1e-4)
        assert own.fitted.values == pytest.approx(other.fitted.values, rel=1e-5)
        assert own.notes == other.notes and own.source == other.source
        if len(own.fitted.values) > 1:
            assert own.fitted.values != pytest.approx(before[own.fitted.expression].fitted.values, rel=1e-5)


def test_the_front_is_of_the_laws_as_they_are_judged_now() -> None:
    """Nothing of what was shown before is shown again."""
    one = problem()
    workshop = Workshop(Finisher(fitter_of(one)))
    workshop.take(candidates(), "test")
    first = {law.formula: law for law in workshop.quick_front()}
    workshop.judge_by(fitter_of(one.with_relative_errors()))
    second = {law.formula: law for law in workshop.quick_front()}
    assert any(len(law.constants) == 2 for law in second.values())
    for formula in set(first) & set(second):
        assert first[formula].constants[0].value != second[formula].constants[0].value
    power = next(law for law in second.values() if "**k" in law.formula)
    exponent = power.constants[1]
    assert abs(exponent.value - 1.37) < 4 * exponent.stderr


def test_weights_that_are_not_stated_are_not_taken_at_their_word() -> None:
    """The spread of the residuals says how large errors are: ten times the noise, ten times the standard errors."""
    errors = []
    for size in (0.01, 0.1):
        rng = np.random.default_rng(4)
        x = np.geomspace(0.5, 50, 60)
        y = 3.217 * x**1.37 * (1 + size * rng.normal(size=60))
        one = make_problem(read_table({"x [1]": x, "y [1]": y}, target="y")).with_relative_errors()
        fitter = fitter_of(one)
        assert not fitter.knows_errors and fitter.weights is not None
        tree, constants = candidates()[1].expression, candidates()[1].constants
        fitted = fitter.fit([(tree, constants)])[0]
        assert fitted is not None
        errors.append(fitted.stderr / fitted.values)
    assert errors[1] / errors[0] == pytest.approx(10.0, rel=0.05)


def test_beside_a_law_that_leaves_nothing_only_shorter_ones_are_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the front is the one that all of them have."""
    x = np.geomspace(0.5, 50, 60)
    one = make_problem(read_table({"x [1]": x, "y [1]": 3.217 * x**1.37}, target="y"))
    fronts, rewritten = [], list[set[str]]()
    for is_plain in (False, True):
        met = set[str]()
        rewritten.append(met)

        def noted(finisher: Finisher, finished: Finished, met: set[str] = met) -> Finished:
            met.add(to_text(finished.fitted.expression))
            return shortened(finisher, finished)

        monkeypatch.setattr("symreg.finishing.workshop.shortened", noted)
        if is_plain:
            monkeypatch.setattr(Workshop, "_undominated", lambda self, promising: list(promising))
        workshop = Workshop(Finisher(fitter_of(one)))
        workshop.take(candidates(), "test")
        fronts.append([law.formula for law in workshop.front(1.0)])
    assert fronts[0] == fronts[1]
    assert "k1*x**2 + k2*x" in rewritten[1] and "k1*x**2 + k2*x" not in rewritten[0]
    assert {"k1*x", "k1*x**k2"} <= rewritten[0] < rewritten[1]


def test_a_law_that_leaves_nothing_but_may_not_be_shown_hides_none() -> None:
    x = np.geomspace(0.5, 50, 60)
    table = read_table({"x [1]": x, "y [1]": 3.217 * x**1.37}, target="y")
    one = make_problem(table)
    one = replace(one, constraints=replace(one.constraints, max_complexity=4))
    workshop = Workshop(Finisher(fitter_of(one)))
    workshop.take(candidates(), "test")
    every = workshop.promising(9)
    assert workshop._undominated(every) == every
