"""Real discoveries in miniature: the six planets Kepler knew, a relativistic energy, and a table of hostile
names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.formula.expression import Expression, Variable, complexity, constants_of
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.laws.law import Law, LawConstant, ParetoFront, Score
from symreg.laws.score import score
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.tables.table import read_table
from symreg.units.reading import DIMENSIONLESS_UNIT, Unit, parse_unit

SCORE = Score(0.1, 0.9, 4)

PLANETS = {
    "a": [0.38710, 0.72333, 1.00000, 1.52369, 5.20280, 9.54000],
    "P": [87.9693, 224.7008, 365.2564, 686.9796, 4332.8201, 10775.599],
}
HOSTILE_TARGET = '<script>alert("P")</script>'
HOSTILE_INPUTS = (
    r"\input{/etc/passwd}",
    "$(rm -rf ~)",
    '"""; import os #',
    "*/ int main(",
    "a|b -- #[",
    "$x^2$ & {#%_~}",
)


def plain_law(expression: Expression, units: Mapping[str, Unit], **fields: Any) -> Law:
    """A law of which only the formula matters."""
    said: dict[str, Any] = {"unit": DIMENSIONLESS_UNIT, "target": "y", "input_units": units, **fields}
    return Law(
        expression, to_text(expression), complexity(expression), said.pop("unit"), True, SCORE, SCORE, 1.0, **said
    )


def make_law(
    problem: Problem, text: str, free: Mapping[str, tuple[float, float, str]] | None = None, **fields: Any
) -> Law:
    """A law with given constants ``name: (value, stderr, unit)``, and the scores that it really has."""
    free = free or {}
    known = {c.name: c for c in problem.known_constants}
    expression = parse(text, variables=problem.inputs, constants=[*free, *known])
    constants = [LawConstant(n, value, err, parse_unit(unit)) for n, (value, err, unit) in free.items()]
    constants += [
        LawConstant(c.name, c.unit.from_si(c.value), c.stderr, c.unit, "known")
        for c in known.values()
        if c.name in constants_of(expression)
    ]
    return finished(problem, expression, tuple(constants), **fields)


def finished(
    problem: Problem, expression: Expression, constants: tuple[LawConstant, ...], **fields: Any
) -> Law:
    """Score a law by what it predicts."""
    empty = Score(float("nan"), float("nan"), 0)
    units = {name: problem.table[name].unit for name in problem.inputs}
    law = Law(
        expression, to_text(expression), complexity(expression), problem.target_column.unit, True, empty,
        empty, 0.0, constants=constants, input_units=units, target=problem.target, **fields,
    )  # fmt: skip
    given = {name: problem.table[name].user_values for name in problem.inputs}
    predicted = law.predict(given)
    actual = np.asarray(problem.target_column.user_values)
    train, held_out = problem.train_rows, problem.held_out_rows
    judged = score(predicted[held_out], actual[held_out])
    if problem.leave_one_out:
        judged = score(leave_one_out(law, given, actual), actual)
    return Law(
        expression, law.formula, law.complexity, law.unit, True, score(predicted[train], actual[train]),
        judged, 10.0 + 5 * law.complexity, constants=constants,
        input_units=units, target=law.target, **fields,
    )  # fmt: skip


def leave_one_out(law: Law, given: Mapping[str, Any], actual: np.ndarray) -> np.ndarray:
    """Leave-one-out predictions of a law that is linear in its constants, by linear algebra alone."""
    constants = law.constants
    design = np.column_stack(
        [
            replace(law, constants=tuple(replace(c, value=float(c is one)) for c in constants)).predict(given)
            for one in constants
        ]
    )
    predicted = np.empty_like(actual)
    for row in range(len(actual)):
        others = np.arange(len(actual)) != row
        fitted = np.linalg.lstsq(design[others], actual[others], rcond=None)[0]
        predicted[row] = design[row] @ fitted
    return predicted


def make_discovery(problem: Problem, laws: Sequence[Law], selected: int, **fields: Any) -> Discovery:
    """A discovery that ended well."""
    said: dict[str, Any] = {
        "status": "finished", "stop_reason": "residual at the noise", "complete_to_complexity": 9,
        "pruned_by_dimension": 48213, "evaluated": 1250233, "wall_seconds": 1.84, "engine": "numpy",
        "backend": "native", "notes": (),
    }  # fmt: skip
    return Discovery(problem=problem, front=ParetoFront(tuple(laws), selected), **(said | fields))


@pytest.fixture(scope="session")
def kepler() -> Discovery:
    """P = k*a**(3/2) from six planets: a tiny table, judged by leaving one out."""
    table = read_table(PLANETS, target="P", units={"a": "au", "P": "day"})
    problem = make_problem(table, free_constants="inferred", name="kepler")
    laws = [
        make_law(problem, "k1*a", {"k1": (1103.7, 92.0, "day/au")}),
        make_law(
            problem, "k1*a**(3/2)", {"k1": (365.68, 0.05, "day/au**(3/2)")}, notes=("residual at the noise",)
        ),
        make_law(
            problem, "k1*a**(3/2) + k2", {"k1": (365.7, 0.06, "day/au**(3/2)"), "k2": (-0.6, 0.7, "day")}
        ),
    ]
    return make_discovery(problem, laws, 1)


@pytest.fixture(scope="session")
def relativity() -> Discovery:
    """E = m c**2/sqrt(1 - v**2/c**2) with 10 % noise, c known, rows held out."""
    draw = np.random.default_rng(1)
    m, v = draw.uniform(1.0, 5.0, 90), draw.uniform(0.1, 0.95, 90) * 299792.458
    energy = m * 1e-3 * 299792458.0**2 / np.sqrt(1 - (v / 299792.458) ** 2) * draw.normal(1.0, 0.1, 90)
    table = read_table(
        {"m": m, "v": v, "E": energy / 1e12},
        target="E",
        units={"m": "g", "v": "km/s", "E": "TJ"},
        sigma={"E": 10.0},
    )
    problem = make_problem(table, constants=["c"], name="relativistic energy", seed=3)
    laws = [
        make_law(problem, "m*c**2"),
        make_law(problem, "m*c**2/sqrt(1 - v**2/c**2)", simplified=True),
        make_law(problem, "m*c**2*(1 + exp(-1/(v/c)**2))/sqrt(1 - v**2/c**2) - m*v*c/1000"),
    ]
    return make_discovery(problem, laws, 1, notes=("searched on 90 of 90 rows",))


@pytest.fixture(scope="session")
def hostile() -> Discovery:
    """Names that try to break out of every markup and every language."""
    draw = np.random.default_rng(2)
    data = {name: draw.uniform(1.0, 2.0, 30) for name in HOSTILE_INPUTS}
    data[HOSTILE_TARGET] = np.prod([data[name] for name in HOSTILE_INPUTS], axis=0)
    units = dict.fromkeys(data, "m") | {HOSTILE_TARGET: "m**6"}
    problem = make_problem(read_table(data, target=HOSTILE_TARGET, units=units), name="<b>\\name</b> $x$")
    quoted = [to_text(leaf) for leaf in _variables(problem)]
    laws = [make_law(problem, "*".join(quoted), notes=('<img src=x onerror="alert(1)"> \\end{document}',))]
    return make_discovery(
        problem, laws, 0, stop_reason="<script>stop</script> \\bye #exit", notes=("#eval(1) `x`",)
    )


def _variables(problem: Problem) -> list[Expression]:
    return [Variable(name) for name in problem.inputs]
