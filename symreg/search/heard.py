"""A backend whose formulas in text have become candidates, so that the pipeline meets trees alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from symreg.search.backend import Budget, Round
from symreg.search.reading import Reader
from symreg.search.space import SearchSpace
from symreg.search.wrapped import Wrapped


@dataclass(frozen=True, slots=True)
class Heard(Wrapped):
    """A backend whose formulas in text have become candidates."""

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        """The backend's rounds, each with what its text says; the last with how much of that was rejected."""
        readers: dict[str, Reader] = {}
        for one in self.backend.propose(space, budget, seed=seed, stop=stop):
            name = one.backend or self.name
            reader = readers.setdefault(name, Reader(space, name))
            candidates = (*one.candidates, *reader.candidates(one.formulas))
            notes = one.notes if one.stop_reason is None else (*one.notes, *_all_notes(readers))
            yield replace(one, candidates=candidates, formulas=(), notes=notes)


def _all_notes(readers: dict[str, Reader]) -> Iterator[str]:
    for reader in readers.values():
        yield from reader.notes()
