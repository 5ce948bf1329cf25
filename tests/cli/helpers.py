"""The command line as a user meets it: what it prints, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from symreg.cli import main
from symreg.discovery import Discovery
from symreg.experiment.runner import run_experiment
from symreg.experiment.specification import read_specification
from symreg.laws.law import ParetoFront
from symreg.problem.problem import Problem
from tests.laws_by_hand import discovery_of, law_of

PENDULUM = """L [m],m [kg],T [s]
1.7,0.254,2.617
2.5,0.491,3.167
1.6,0.186,2.540
0.7,0.24,1.681
2.2,0.388,2.975
1.2,0.389,2.204
"""


def symreg_(*arguments: object) -> int:
    """Exit code of the command."""
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return 0 if end.value.code is None else int(end.value.code)


def table(folder: Path, text: str = PENDULUM, name: str = "pendulum.csv") -> Path:
    """A table in ``folder``."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def made_run(folder: Path, formulas: list[str], rows: str, experiment: str = "") -> Path:
    """The folder of a run on the table ``rows``, whose front holds these laws and whose last one is selected.

    ``experiment`` is what else the file says; the target is ``y``.
    """
    table(folder, rows, "old.csv")
    path = folder / "old.yaml"
    text = "version: 1\nname: old\nreport: {formats: []}\nrobustness: {resamples: 0}\n"
    text += "free_constants: {units: inferred}\n"
    data = "" if "data:" in experiment else "data: {file: old.csv, target: y, test_fraction: 0}\n"
    path.write_text(text + data + experiment, encoding="utf-8")

    def by_hand(problem: Problem, **_: object) -> Discovery:
        found = discovery_of(problem, formulas[-1])
        laws = tuple(law_of(problem, formula) for formula in formulas)
        return replace(found, front=ParetoFront(laws, len(laws) - 1))

    run_experiment(read_specification(path), folder / "runs", discover=by_hand)
    return folder / "runs" / "old"
