"""Does the library of textbook laws name the right law? ``python -m tests.benchmarks.textbook_laws``, at the root.

For each real table: rows, fits, seconds, the place of the law that its SOURCE.md expects, whether the law that a run
with the library alone selects names it, the law that explains the table best, and which others are the same function
there. With ``--set feynman`` the tables are drawn from the equations of a problem set instead (200 rows, no noise, all
constants as columns): of how many is the equation itself in the library, in any names?
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from symreg.benchmark.problems import load_problem_set
from symreg.benchmark.sampling import sample_problem
from symreg.discovery import discover
from symreg.engine import get_engine
from symreg.problem.making import make_problem
from symreg.problem.problem import Problem
from symreg.search.backend import Budget
from symreg.search.hypotheses.assessment import Assessment
from symreg.search.hypotheses.backend import Hypotheses
from symreg.search.hypotheses.law_library import law_library
from symreg.search.hypotheses.scope import scope_of
from symreg.search.hypotheses.textbook import Explanation, explanations
from symreg.search.space import probe_rows, search_space
from tests.search.known_tables import KNOWN_TABLES, known_problem

FIT_ROWS = 1000
EXACT = 1e-20


def explained(problem: Problem) -> tuple[list[Explanation], Assessment]:
    """What the library says, and the fits that were made for it."""
    space = search_space(problem, problem.train_rows)
    rows = probe_rows(space, FIT_ROWS, np.random.default_rng(0))
    assessment = Assessment(space, get_engine("auto"), 1, rows)
    return explanations(law_library(), scope_of(space), assessment, lambda: False), assessment


def real_tables() -> None:
    """A line for each table."""
    right = selected = 0
    print(f"{'table':20} {'rows':>5} {'tried':>6} {'s':>5} {'place':>5} {'selected':>8}  best explanation (R2)")
    for name, (_, expected) in KNOWN_TABLES.items():
        problem = known_problem(name)
        started = time.perf_counter()
        found, assessment = explained(problem)
        seconds = time.perf_counter() - started
        place = next((n for n, one in enumerate(found, start=1) if one.analogy.law.id in expected), None)
        right += place == 1
        best = found[0]
        told = f"{best.analogy.law.name}: {best.assessed.text} ({1 - best.assessed.loss:.5f})"
        alike = f"; also {', '.join(best.alike)}" if best.alike else ""
        names = [law.name for law in law_library() if law.id in expected]
        answer = discover(problem, backend=Hypotheses(library=True), budget=Budget(time=20)).front.best
        told_so = any(f"form of {law}," in note for law in names for note in answer.notes)
        selected += told_so
        facts = f"{name:20} {assessment.n_rows:5} {assessment.evaluated:6} {seconds:5.2f} {place or '-':>5}"
        print(f"{facts} {'yes' if told_so else 'no':>8}  {told}{alike}")
    of = f"of {len(KNOWN_TABLES)} tables"
    print(f"the right law comes first for {right} {of}, and is selected and named by a run for {selected} {of}")


def problem_set(name: str) -> None:
    """A line for each equation that is in the library."""
    definitions = load_problem_set(name)
    exact, started = 0, time.perf_counter()
    for one in definitions:
        table = sample_problem(one, rows=200).train
        problem = make_problem(table, target=one.target_name, free_constants="dimensionless", test_fraction=0.0)
        found, _ = explained(problem)
        if found and found[0].assessed.loss < EXACT and not found[0].analogy.constants:
            exact += 1
            print(f"{one.id:12} {one.formula:44} {found[0].analogy.law.name}")
    seconds = time.perf_counter() - started
    print(f"{exact} of {len(definitions)} equations are in the library; {seconds:.1f} s for all")


def main() -> None:
    """Ask about the real tables, or about a problem set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", help="a problem set, such as feynman")
    asked = parser.parse_args()
    print(f"{len(law_library())} laws")
    if asked.set is None:
        real_tables()
    else:
        problem_set(asked.set)


if __name__ == "__main__":
    main()
