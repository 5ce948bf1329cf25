"""An example of a program that is asked for hypotheses: it proposes by analogy from the library of textbook laws.

``command: [python, -m, symreg.search.hypotheses.analogy_program]``. It reads a question (``briefing``) from each line
of its input and answers with one line, ``{"formulas": [...], "done": false}``, the likeliest analogies first. Any
program in any language that does as much can stand in its place.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from symreg.formula import to_text
from symreg.search.hypotheses.analogy import Analogy, analogies
from symreg.search.hypotheses.law_library import TextbookLaw, law_library
from symreg.search.hypotheses.scope import Scope
from symreg.units import parse_unit

ASKED_AT_ONCE = 50
"""Formulas in one answer: within ``MAX_REPLY`` of a conversation that leaves 5,000 bytes for each. Fewer need more
questions, more are fitted before the program hears what became of them. Set by hand."""


def scope_of_question(question: Mapping[str, Any]) -> Scope:
    """The names of a question with their dimensions."""
    columns, constants, target = question["columns"], question["constants"], question["target"]
    allowed = question["free_constants"]
    return Scope(
        columns={one["name"]: parse_unit(one["unit"]).dimension for one in columns},
        known={one["name"]: parse_unit(one["unit"]).dimension for one in constants},
        target=target["name"],
        dimension=parse_unit(target["unit"]).dimension,
        allowed=None if allowed == "any" else frozenset(parse_unit(unit).dimension for unit in allowed),
    )


def proposals(laws: Iterable[TextbookLaw], scope: Scope) -> Iterator[Analogy]:
    """Analogies, the likeliest first: the first of each law, then the second of each."""
    ranked = [sorted(analogies(law, scope), key=lambda one: one.bits) for law in laws]
    for place in range(max(map(len, ranked), default=0)):
        yield from sorted((some[place] for some in ranked if place < len(some)), key=lambda one: one.bits)


def answer(some: Iterable[Analogy]) -> dict[str, Any]:
    """One answer; without formulas it says that there is nothing more to come."""
    formulas = [{"formula": to_text(one.expression), "source": one.law.name} for one in some]
    return {"formulas": formulas, "done": not formulas}


def converse(questions: TextIO, answers: TextIO) -> None:
    """Answer every question until the input ends."""
    left: Iterator[Analogy] | None = None
    for line in questions:
        if left is None:
            left = proposals(law_library(), scope_of_question(json.loads(line)))
        print(json.dumps(answer(itertools.islice(left, ASKED_AT_ONCE))), file=answers, flush=True)


if __name__ == "__main__":
    converse(sys.stdin, sys.stdout)
