"""Run a set of problems, keep ``results.csv``, and go on where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from symreg.benchmark.discipline import Discipline
from symreg.benchmark.pool import run_here, run_in_processes
from symreg.benchmark.problems import ProblemDefinition, read_problems, select_problems
from symreg.benchmark.results import ResultsFile
from symreg.benchmark.trial import SRBENCH, Discover, Settings, Trial, TrialResult

__all__ = ["BenchmarkProgress", "load_set", "run_benchmark", "run_trials"]

T = TypeVar("T")
R = TypeVar("R")
SETS = ("feynman", "bonus", "strogatz", "empiricalbench")


@dataclass(frozen=True, slots=True)
class BenchmarkProgress(Generic[R]):
    """What an observer is told: results (earlier runs included), trials done and in all, the newest one."""

    results: tuple[R, ...]
    done: int
    total: int
    newest: R | None


def load_set(name_or_path: str | Path) -> tuple[ProblemDefinition, ...]:
    """The problems of a set by its name, or of a problem file.

    "feynman" is the 116 equations that SRBench scores (97 of the lectures, 19 bonus ones),
    "bonus" all 20 bonus equations.
    """
    from symreg.benchmark.problems import load_problem_set

    if str(name_or_path) == "feynman":
        return tuple(problem for problem in load_problem_set("feynman") if problem.in_srbench)
    if str(name_or_path) == "bonus":
        return tuple(problem for problem in load_problem_set("feynman") if problem.set_name == "bonus")
    if str(name_or_path) in SETS:
        return load_problem_set(str(name_or_path))
    return read_problems(name_or_path)


def run_benchmark(
    problems: str | Path | Sequence[ProblemDefinition],
    *,
    output: str | Path,
    ids: Sequence[str] | None = None,
    noise: Sequence[float] = (0.0,),
    seeds: Sequence[int] = (0,),
    settings: Settings | None = None,
    jobs: int = 1,
    discover: Discover | None = None,
    observer: Callable[[BenchmarkProgress[TrialResult]], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[TrialResult]:
    """Run every problem at every level of noise with every seed; return the results, earlier ones included.

    ``output`` is the CSV file; trials that stand in it with the same settings are not run again. ``jobs``
    processes share the work, 0 runs everything in this one. ``discover`` replaces the search (a function of a
    module where there are processes). ``observer`` is called after every trial, ``stop`` is asked often.
    """
    settings = settings or Settings()
    chosen = load_set(problems) if isinstance(problems, str | Path) else tuple(problems)
    trials = [
        Trial(definition, float(level), int(seed))
        for seed in dict.fromkeys(seeds)
        for level in dict.fromkeys(noise)
        for definition in select_problems(chosen, ids)
    ]
    return run_trials(
        trials, SRBENCH, settings, output=output, jobs=jobs, discover=discover, observer=observer, stop=stop
    )


def run_trials(
    trials: Sequence[T],
    discipline: Discipline[T, R],
    settings: Settings,
    *,
    output: str | Path,
    jobs: int = 1,
    discover: Discover | None = None,
    observer: Callable[[BenchmarkProgress[R]], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[R]:
    """The same for trials of any kind that were made already."""
    file = ResultsFile(output, discipline)
    todo = [trial for trial in trials if not file.has(trial, settings)]
    done = len(trials) - len(todo)

    def tell(newest: R | None) -> None:
        if observer is not None:
            observer(BenchmarkProgress(tuple(file.results), done, len(trials), newest))

    tell(None)
    asked_to_stop = stop or (lambda: False)
    if jobs > 0 and todo:
        running = run_in_processes(todo, discipline, settings, discover, asked_to_stop, jobs)
    else:
        running = run_here(todo, discipline, settings, discover, asked_to_stop)
    for result in running:
        file.append(result)
        done += 1
        tell(result)
    return list(file.results)
