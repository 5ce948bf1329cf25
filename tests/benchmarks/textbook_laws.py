"""Does the library of textbook laws name the right law of real tables? `python tests/benchmarks/textbook_laws.py`

For each table: rows, fits, seconds, the place of the law that its SOURCE.md expects, the law that explains it best, and
which others are the same function there.
"""

from __future__ import annotations

import time

import numpy as np

from symreg.engine import get_engine
from symreg.search.assessment import Assessment
from symreg.search.law_library import law_library
from symreg.search.scope import scope_of
from symreg.search.space import probe_rows, search_space
from symreg.search.textbook import explanations
from tests.search.known_tables import KNOWN_TABLES, known_problem

FIT_ROWS = 1000


def main() -> None:
    laws = law_library()
    right = 0
    print(f"{len(laws)} laws\n{'table':20} {'rows':>5} {'tried':>6} {'s':>5} {'place':>5}  best explanation (R2)")
    for name, (_, expected) in KNOWN_TABLES.items():
        problem = known_problem(name)
        started = time.perf_counter()
        space = search_space(problem, problem.train_rows)
        rows = probe_rows(space, FIT_ROWS, np.random.default_rng(0))
        assessment = Assessment(space, get_engine("auto"), 1, rows)
        found = explanations(laws, scope_of(space), assessment, lambda: False)
        seconds = time.perf_counter() - started
        place = next((n for n, one in enumerate(found, start=1) if one.analogy.law.id in expected), None)
        right += place == 1
        best = found[0]
        told = f"{best.analogy.law.name}: {best.assessed.text} ({1 - best.assessed.loss:.5f})"
        alike = f"; also {', '.join(best.alike)}" if best.alike else ""
        print(f"{name:20} {len(rows):5} {assessment.evaluated:6} {seconds:5.2f} {place or '-':>5}  {told}{alike}")
    print(f"the right law comes first for {right} of {len(KNOWN_TABLES)} tables")


if __name__ == "__main__":
    main()
