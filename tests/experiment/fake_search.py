"""A search that knows the answer: real laws, a real front, as slowly or as badly as a test needs.

``python -m tests.experiment.fake_search FILE RUNS SECONDS`` runs an experiment with it in a process of its
own.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from symreg.discovery import Discovery, Progress
from symreg.formula.expression import complexity, evaluate_tree
from symreg.formula.grammar import parse
from symreg.laws.law import Law, LawConstant, ParetoFront, Score
from symreg.laws.score import score
from symreg.problem.problem import Problem
from symreg.units.reading import Unit, combine_units

PLANETS = """a [au],P [day]
0.38710,87.9693
0.72333,224.7008
1.00000,365.2564
1.52369,686.9796
5.20280,4332.8201
9.54000,10775.599
"""

KEPLER = """version: 1
name: kepler
data: {file: planets.csv, target: P}
free_constants: {units: inferred}
report: {formats: [], exports: []}
"""


def write_kepler(folder: Path, experiment: str = KEPLER) -> Path:
    """The experiment's file, with its table beside it."""
    (folder / "planets.csv").write_text(PLANETS, encoding="utf-8")
    path = folder / "kepler.yaml"
    path.write_text(experiment, encoding="utf-8")
    return path


def law_of(problem: Problem, formula: str, exponent: float) -> Law:
    """``k`` times a power of the one input, fitted by its ratio to the target."""
    name = problem.inputs[0]
    expression = parse(formula, variables=problem.inputs, constants=("k",))
    rows = problem.train_rows
    base = evaluate_tree(expression, {name: problem.table[name].values[rows], "k": 1.0})
    value = float(np.mean(problem.target_values(rows) / base))
    unit = _unit_of_constant(problem, exponent)
    k = LawConstant("k", float(unit.from_si(value)), 0.01 * float(unit.from_si(value)), unit)
    empty = Score(0.0, 0.0, 0)
    fields: dict[str, Any] = {
        "expression": expression,
        "formula": formula,
        "complexity": complexity(expression),
        "unit": problem.target_column.unit,
        "dimension_ok": True,
        "description_length": 10.0 + complexity(expression),
        "constants": (k,),
        "covariance": np.array([[k.stderr**2]]),
        "input_units": {name: problem.table[name].unit for name in problem.inputs},
        "target": problem.target,
        "judge": problem.judge,
    }
    train = _score(Law(train=empty, held_out=empty, **fields), problem)
    return Law(train=train, held_out=_leave_one_out(base, problem), **fields)


def _leave_one_out(base: np.ndarray, problem: Problem) -> Score:
    """Every row as least squares through all others has it."""
    y = problem.target_values(problem.train_rows)
    fitted = (np.sum(base * y) - base * y) / (np.sum(base**2) - base**2)
    column = problem.target_column
    return score(np.asarray(column.unit.from_si(base * fitted)), column.user_values[problem.train_rows])


def _unit_of_constant(problem: Problem, exponent: float) -> Unit:
    from fractions import Fraction

    power = Fraction(exponent).limit_denominator(10)
    target, name = problem.target_column.unit, problem.inputs[0]
    return combine_units([(target, Fraction(1)), (problem.table[name].unit, -power)])


def _score(law: Law, problem: Problem) -> Score:
    inputs = {name: problem.table[name].user_values[problem.train_rows] for name in problem.inputs}
    return score(law.predict(inputs), problem.target_column.user_values[problem.train_rows])


@dataclass
class FakeSearch:
    """Reports a worse law, then a better one; ``pause`` is the time of one step, ``steps`` how many there
    are.
    """

    steps: int = 4
    pause: float = 0.0
    status: str = "finished"
    stop_reason: str = "residual at the noise"
    failure: Exception | None = None
    complete: int | None = 7
    given: list[tuple[str, ...]] = field(default_factory=list)
    on_step: Callable[[int], None] | None = None

    def __call__(
        self,
        problem: Problem,
        *,
        backend: Any = None,
        budget: Any = None,
        seed: int | None = None,
        observer: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
        resume_from: Sequence[str] = (),
    ) -> Discovery:
        self.given.append(tuple(resume_from))
        began = time.monotonic()
        laws = (
            law_of(problem, f"k*{problem.inputs[0]}", 1.0),
            law_of(problem, f"k*{problem.inputs[0]}**(3/2)", 1.5),
        )
        front = ParetoFront((), -1)
        status, reason = self.status, self.stop_reason
        for step in range(self.steps):
            if self.on_step is not None:
                self.on_step(step)
            if stop is not None and stop():
                status, reason = "interrupted", "stopped by Ctrl-C"
                break
            count = 1 if step < self.steps // 2 else 2
            front = ParetoFront(laws[:count], count - 1)
            if observer is not None:
                elapsed = time.monotonic() - began
                observer(Progress(elapsed, 100 * step, step, step, front, "search", budget=budget))
            time.sleep(self.pause)
            if self.failure is not None and step == self.steps - 1:
                raise self.failure
        return Discovery(
            problem=problem, front=front, status=status, stop_reason=reason,
            complete_to_complexity=self.complete,
            pruned_by_dimension=12, evaluated=100 * self.steps, wall_seconds=time.monotonic() - began,
            engine="numpy", backend="native", notes=(),
        )  # fmt: skip


def _tell(step: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # whoever waited for a step may have gone
        print(step, flush=True)


def main() -> None:
    """Run the experiment of the first argument in the folder of the second, in steps of the third."""
    from symreg.experiment.runner import run_experiment
    from symreg.experiment.specification import read_specification

    search = FakeSearch(steps=1000, pause=float(sys.argv[3]), on_step=_tell)
    discovery = run_experiment(read_specification(sys.argv[1]), sys.argv[2], discover=search, interval=0.0)
    sys.exit(130 if discovery.status == "interrupted" else 0)


if __name__ == "__main__":
    main()
