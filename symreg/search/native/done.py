"""Done: what the parts of a search are like after a turn, as far as it cannot be made again from the question.

Banks, grids and tables of terms are no part of it: they are large, and made again in a fraction of the time that it
took to look through them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from symreg.formula import Expression
from symreg.search.native.refine import Refined

Who = Literal["hunt", "skeletons", "backdrops", "evolution", "weighed"]


@dataclass(frozen=True, slots=True)
class LevelDone:
    """A hunt after a level.

    ``extended``: the numbers of the joins of sums that were extended, in order; ``learned``: constants of exponentials
    by the number of their join of products, as (join, entry, constant, loss). Both decide what the bank holds later.
    ``pairs`` and ``bank`` are what joins and the bank have looked at so far, ``least`` the losses that proposals have
    to beat, by nodes.
    """

    extended: tuple[int, ...]
    learned: tuple[tuple[int, int, float, float], ...]
    pairs: int
    bank: int
    least: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class StagesDone:
    """Skeletons or backdrops after a stage: the ``next`` one, the nearest formulas, and which of them have grown."""

    next: int
    evaluated: int
    near: tuple[Refined, ...] = ()
    grown: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Lives:
    """Evolution: who lives on each island, its chance (the state of a generator), the best of each complexity, the fits
    so far, the marks of formulas met since the last time, and whether nothing was left to try."""

    islands: tuple[tuple[Refined, ...], ...]
    chances: tuple[Mapping[str, Any], ...]
    best: tuple[Refined, ...]
    fits: int
    marks: tuple[int, ...]
    is_idle: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """How far it was asked how errors go (``noise.Wonder``)."""

    next: int
    open: bool
    other: StagesDone | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a search that was done to its end.

    ``number`` counts the turns from zero, again from zero once rows are ``weighed`` (``part`` 1). ``who`` had it, and
    ``place`` is the number of the hunt. Counts and the certificate are those after it. ``found`` are the formulas that
    anything later depends on, best first, and ``reported`` those of them that were proposed, by their places;
    ``fitted`` are marks of all that were fitted (``marks``).
    """

    part: int
    number: int
    who: Who
    place: int
    level: int
    evaluated: int
    pruned: int
    complete: int | None
    found: tuple[Refined, ...]
    reported: tuple[int, ...]
    own: LevelDone | StagesDone | None = None
    lives: Lives | None = None
    asked: Asked | None = None
    fitted: tuple[int, ...] = ()
