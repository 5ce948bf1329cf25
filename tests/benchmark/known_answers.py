"""Searches that know the answer, fail, hang or die: for tests of the benchmark's machinery."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace
from typing import Any

from symreg.benchmark.trial import Settings
from symreg.formula.expression import complexity
from symreg.formula.grammar import parse
from symreg.laws.law import Law, LawConstant, ParetoFront, Score
from symreg.problem.problem import Problem
from symreg.units.reading import DIMENSIONLESS_UNIT

SCORE = Score(rmse=0.0, r2=1.0, n_rows=1)


def law(problem: Problem, formula: str, **values: float | tuple[float, str]) -> Law:
    """A law of the problem with constants ``k=0.5`` or ``k=(0.5, "1/2")``, recognised as a simple number."""
    constants = []
    for name, value in values.items():
        number, snapped = value if isinstance(value, tuple) else (value, None)
        constants.append(LawConstant(name, number, 0.0, DIMENSIONLESS_UNIT, "free", snapped))
    tree = parse(formula, variables=problem.inputs, constants=("pi", *values))
    return Law(
        expression=tree,
        formula=formula,
        complexity=complexity(tree),
        unit=problem.target_column.unit,
        dimension_ok=True,
        train=SCORE,
        held_out=SCORE,
        description_length=0.0,
        constants=tuple(constants),
        input_units={name: problem.table[name].unit for name in problem.inputs},
        target=problem.target,
    )


def found(*laws: Law, selected: int = -1, **fields: Any) -> Any:
    """A discovery with this front."""
    facts = {
        "status": "finished",
        "stop_reason": "residual at the noise",
        "wall_seconds": 0.25,
        "evaluated": 1000,
    }
    return SimpleNamespace(front=ParetoFront(laws, selected), **(facts | fields))


def knows(problem: Problem, settings: Settings, seed: int) -> Any:
    """Kinetic energy exactly; the relativistic one with a wrong factor; the second law of I.12.11's front."""
    if problem.name == "I.13.4":
        return found(law(problem, "k*m*(u**2 + v**2 + w**2)", k=(0.5, "1/2")))
    if problem.name == "I.48.2":
        return found(law(problem, "k*m*c**2/sqrt(1 - (v/c)**2)", k=0.981))
    if problem.name == "I.12.11":
        right = law(problem, "q*(Ef + B*v*sin(theta))")
        return found(law(problem, "q*Ef"), right, law(problem, "2*q*B*v*sin(theta) + q*Ef*1.3"))
    if problem.name == "I.25.13":
        return found()
    if problem.name == "kepler":
        return found(law(problem, "k*a**(3/2)", k=9.1e7))
    raise ValueError(f"no idea about\n{problem.name}")


def dies(problem: Problem, settings: Settings, seed: int) -> Any:
    """The process ends for I.48.2."""
    if problem.name == "I.48.2":
        os._exit(7)
    return knows(problem, settings, seed)


def hangs(problem: Problem, settings: Settings, seed: int) -> Any:
    """I.48.2 never comes to an end."""
    while problem.name == "I.48.2":
        time.sleep(0.1)
    return knows(problem, settings, seed)


def tells_its_process(problem: Problem, settings: Settings, seed: int) -> Any:
    """What I.13.4 is, and which process says so."""
    return found(law(problem, "k*m*(u**2 + v**2 + w**2)", k=(0.5, "1/2")), stop_reason=f"process {os.getpid()}")
