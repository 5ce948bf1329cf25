"""Laws of a table that is too long to be finished on: fitted to all its rows, scored there, and doubted there.

On some rows a constant may be said as a simple number, or left out, while all rows tell it from that: there a law is
judged as it is and as it was before it was said with fewer constants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.law_making import as_followed_law, as_law
from symreg.fitting import EveryRow, Fitter
from symreg.laws import Law

MOST_BESIDE = 12
"""Laws beside the front that are fitted to all rows of a long table: as many as a front has, and each takes its
time."""

Freeing = Callable[[Finished], Finished | None]
"""A law as it was before it was said with fewer constants; None where it was not."""


@dataclass(slots=True, eq=False)
class AllRows:
    """``rows`` are all there are, at once or in passes; the ``finisher`` has some of them."""

    finisher: Finisher
    rows: Fitter | EveryRow
    _judge: Finisher = field(init=False)  # keeps the rows that judge

    def __post_init__(self) -> None:
        self._judge = replace(self.finisher, fitter=self.rows) if isinstance(self.rows, Fitter) else self.finisher

    def laws_of(self, finished: Sequence[Finished], freeing: Freeing, due: float | None) -> list[Law]:
        """Each once, with more constants where that is the shorter message; passes are over at ``due``, by
        ``time.monotonic()``."""
        freed = [freeing(one) for one in finished]
        laws = self._judged([*finished, *(one for one in freed if one is not None)], due)
        others, kept = iter(laws[len(finished) :]), list[Law]()
        for law, twin in zip(laws, freed, strict=False):
            ways = [one for one in (law, None if twin is None else next(others)) if one is not None]
            kept.extend(sorted(ways, key=lambda one: one.description_length)[:1])
        return each_law_once(kept)

    def _judged(self, finished: Sequence[Finished], due: float | None) -> list[Law | None]:
        """Each as all rows have it; None where it is undefined in one of them."""
        if isinstance(self.rows, EveryRow):
            return self._followed(self.rows, finished, due)
        again = self.rows.fit([(one.fitted.expression, one.fitted.restarted()) for one in finished])
        return [
            None if fitted is None else as_law(self._judge, self._judge.told(one, fitted))
            for one, fitted in zip(finished, again, strict=True)
        ]

    def _followed(self, rows: EveryRow, finished: Sequence[Finished], due: float | None) -> list[Law | None]:
        found = rows.follow([one.fitted for one in finished], due)
        return [
            None if law is None else as_followed_law(self.finisher, one, law, rows)
            for one, law in zip(finished, found, strict=True)
        ]

    def laws_beside(self, rows: EveryRow, near: Sequence[Finished], seconds: float) -> list[Law]:
        """The first of these laws, as many as there is time for, on the rows that those of the front were judged on."""
        turns, count = rows.turns, int(seconds / max(rows.seconds, 1e-9))
        found = self._followed(rows, near[: min(count, MOST_BESIDE)], None)
        return [law for law in found if law is not None] if rows.turns == turns else []


def each_law_once(laws: Iterable[Law]) -> list[Law]:
    """Of laws that became one formula with the same names the one with the shortest message."""
    return list({law.expression: law for law in sorted(laws, key=lambda law: -law.description_length)}.values())
