"""Repeating: turns that an earlier search of the same question did to their end are not searched again.

A search is a sequence of turns that follows from the question, the seed and what each turn finds. A turn that is
written down says what it found and what its parts came to (``done``); from that a later search stands where the turn
ended. It fills its banks again, and then goes on: the turn that was cut off is the first that it searches, from its
beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symreg.search.native.done import LevelDone, StagesDone, Turn
from symreg.search.native.refine import Refined
from symreg.search.native.searchers import Searchers
from symreg.search.native.written import StrangeTurnError, TurnReader
from symreg.search.space import SearchSpace


@dataclass(frozen=True, slots=True)
class Past:
    """Turns of an earlier search, in order; the last of them may be that rows were ``weighed``."""

    turns: tuple[Turn, ...] = ()

    @property
    def is_weighed(self) -> bool:
        """Whether it had begun again with relative errors."""
        return bool(self.turns) and self.turns[-1].who == "weighed"

    @property
    def level(self) -> int:
        """The level that the hunt in the whole space had come to."""
        return max((one.level for one in self.turns), default=-1)

    @property
    def evaluated(self) -> int:
        """Combinations that were looked at."""
        return max((one.evaluated for one in self.turns), default=0)

    @property
    def pruned(self) -> int:
        """Combinations that units ruled out."""
        return max((one.pruned for one in self.turns), default=0)

    @property
    def complete(self) -> int | None:
        """The complexity up to which every expression was looked at."""
        return max((one.complete for one in self.turns if one.complete is not None), default=None)

    @property
    def reported(self) -> list[Refined]:
        """What was proposed, in order."""
        return [one.found[place] for one in self.turns for place in one.reported]

    def repeat(self, searchers: Searchers, generator: np.random.Generator, stop: Callable[[], bool]) -> int:
        """Let searchers be as after these turns; how many that were, where one of them cannot be as it was.

        Then these searchers are of no use: some of that turn counts as done, and was not looked through.
        """
        for number, turn in enumerate(self.turns):
            if stop() or not _repeated(searchers, turn):
                return number
            found = searchers.progress.taken(searchers.reach, turn.found)
            searchers.refiner.has_fitted(turn.fitted)
            searchers.turns.go_on_after(found, turn.lives, searchers.whole)
            if turn.asked is not None:
                searchers.wonder.go_on_after(turn.asked)
            searchers.look_closer(generator)
        return len(self.turns)


def standing_after(
    past: Past, anew: Callable[[], tuple[Searchers, np.random.Generator]], stop: Callable[[], bool]
) -> tuple[Past, Searchers, np.random.Generator]:
    """Searchers as after these turns, or as many of them as can be as they were, up to the first that cannot; ``anew``
    makes some that have done nothing."""
    searchers, generator = anew()
    number = past.repeat(searchers, generator, stop)
    while number < len(past.turns) and not stop():
        del searchers  # two at a time would take the memory twice
        past = Past(past.turns[:number])
        searchers, generator = anew()
        number = past.repeat(searchers, generator, stop)
    return past, searchers, generator


def past_of(documents: Sequence[Mapping[str, Any]], space: SearchSpace, part: int) -> Past:
    """The turns of this part of a search (see ``done.Turn``), as far as they follow each other and can be read."""
    reader, turns = TurnReader(space), list[Turn]()
    for document in documents:
        if document.get("part") != part:
            continue
        try:
            turn = reader.turn(document)
        except StrangeTurnError:
            break
        if turn.number != len(turns):
            break
        turns.append(turn)
        if turn.who == "weighed":
            break
    return Past(tuple(turns))


def turn_of(
    searchers: Searchers, part: int, number: int, complete: int | None, found: Sequence[Refined],
    chosen: Sequence[Refined],
) -> Turn:  # fmt: skip
    """What is written down of the turn that ended now, with what it ``found``, of which ``chosen`` are proposed."""
    who, place = searchers.last
    proposed = {id(one) for one in chosen}
    kept = [one for one in found if id(one) in proposed or searchers.turns.is_listed(one)]
    places = {id(one): at for at, one in enumerate(kept)}
    fitted, searchers.refiner.new_marks = tuple(searchers.refiner.new_marks), []
    return Turn(
        part=part, number=number, who=who, place=place, level=searchers.whole.level, evaluated=searchers.evaluated,
        pruned=searchers.whole.bank.pruned, complete=complete, found=tuple(kept),
        reported=tuple(places[id(one)] for one in chosen), own=_own(searchers), lives=searchers.turns.done(),
        asked=searchers.wonder.done(), fitted=fitted,
    )  # fmt: skip


def _own(searchers: Searchers) -> LevelDone | StagesDone | None:
    who, place = searchers.last
    if who == "hunt":
        return searchers.hunts[place].done()
    if who == "skeletons":
        return searchers.skeletons.done()
    return searchers.backdrops.done() if who == "backdrops" else None


def _repeated(searchers: Searchers, turn: Turn) -> bool:
    """Whether the part that had this turn could be made as it was after it."""
    own = turn.own
    if isinstance(own, LevelDone):
        return turn.place < len(searchers.hunts) and searchers.hunts[turn.place].repeat(own)
    if isinstance(own, StagesDone):
        stages = searchers.skeletons if turn.who == "skeletons" else searchers.backdrops
        stages.go_on_after(own)
        return True
    return turn.who == "evolution" and turn.lives is not None
