"""Notes in three kinds: what a reader has to look at, what is good to know, and what the program did.

A page that warns of everything warns of nothing. A sentence is told by its words, since tables, searches and fits each
write their own; what no rule knows is good to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

TO_CHECK = (
    r"looks like the uncertainty of", r"same value in every row", r"as a scaler leaves it", r"rows? left out",
    r"times what the stated uncertainties say", r"apart: other values of them fit as well",
    r"moves no value of the law", r"before its sum of squares had settled", r"is no noise",
    r"no more rows than constants", r"have no standard errors", r"is on its (lower|upper) bound",
    r"may not hold beyond these", r"dimension not checked", r"if letters look wrong",
    r"columns, those that the target follows most", r"no law has a coefficient", r"are not used: they count beside",
    r"was left out", r"(copies?|straight line)", r"usually mean", r"often mean", r"could not be saved",
)  # fmt: skip
BY_THE_PROGRAM = (
    r"not simplified", r"searched on .* rows", r"the number .* was fitted as", r"proposed by",
    r"of the same form in this", r"fitted with the errors of", r"offered for their dimensions",
    r"the compiled core is not installed", r"^sheet .* was read", r"thousands are separated",
    r"holds dates and was read", r"a nameless column of", r"there is no header",
    r"holds values with their standard deviations", r"comment",
)  # fmt: skip
_CHECK, _DONE = (re.compile("|".join(rules)) for rules in (TO_CHECK, BY_THE_PROGRAM))
_UNSIMPLIFIED = re.compile(r"^not simplified: .*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Notes:
    """Sentences by kind, each once, in their order."""

    check: tuple[str, ...] = ()
    know: tuple[str, ...] = ()
    done: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.check or self.know or self.done)


def sorted_notes(notes: Iterable[str]) -> Notes:
    """The sentences by kind; what only a developer understands is said in other words."""
    kinds: dict[str, list[str]] = {"check": [], "know": [], "done": []}
    for note in dict.fromkeys(map(_plain, notes)):
        kind = "check" if _CHECK.search(note) else "done" if _DONE.search(note) else "know"
        kinds[kind].append(note)
    return Notes(*(tuple(kinds[kind]) for kind in ("check", "know", "done")))


def _plain(note: str) -> str:
    return _UNSIMPLIFIED.sub("not simplified: no time was left to look for a shorter way to write it", note)
