"""Sums: forward selection with a beam over many plain terms, under each context.

Two thousand terms beside two dozen sums are one matrix product, so that a regression of five inputs, a polynomial, a
determinant or ``x**2 + k*cos(z) - c`` come out in a moment (orthogonal matching pursuit, Pati et al. 1993, with a
beam).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from symreg.search.skeletons.argument import Argument
from symreg.search.skeletons.part import Chain
from symreg.search.skeletons.question import Projected, Question, orthonormal
from symreg.search.skeletons.screen import EXACT, Hit, losses_of, place_bits

Floats = npt.NDArray[np.float64]
BEAM = 24
"""Sums that go on from each number of terms. Narrower misses sums whose first terms mean little without the last."""

WIDE = 400
"""First terms that go on: so pairs of simple terms are all looked at, or nearly."""

NO_CONSTANTS = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class PlainTerms:
    """Terms with their values at the screen's rows ``(n_terms, n_rows)``; ``argument`` makes one on all rows, or
    None."""

    values: Floats
    argument: Callable[[int], Argument | None]


def sums(
    question: Projected, terms: PlainTerms, most: int, stop: Callable[[], bool], wide: int = WIDE
) -> tuple[list[Hit], int]:
    """The best sums of up to ``most`` terms for a question, ``wide`` first terms going on; how many were looked at."""
    beam: list[tuple[int, ...]] = [()]
    hits: list[Hit] = []
    looked = 0
    for size in range(1, most + 1):
        found: dict[tuple[int, ...], float] = {}
        count = min(wide if size == 1 else BEAM, len(terms.values) - 1)
        for some in (beam[place : place + BEAM] for place in range(0, len(beam), BEAM)):
            asked = [_beside(question, terms.values[list(chosen)]) for chosen in some]
            losses = losses_of(asked, terms.values[:, None, :])
            looked += losses.size
            for place, chosen in enumerate(some):
                for index in np.argpartition(losses[place], count)[: count + 1]:
                    if np.isfinite(losses[place, index]):
                        found.setdefault(tuple(sorted((*chosen, int(index)))), float(losses[place, index]))
        if size > 2 and found:
            looked += _exchanged(question, terms, found)
        best = sorted(found, key=lambda one: _bits(one, found[one], len(question.rest)))
        beam = best[: wide if size == 1 else BEAM]
        if size == 1:  # the simplest terms go on too: a law often has one long term beside short ones
            beam += [one for one in ((index,) for index in range(min(BEAM, len(terms.values)))) if one not in beam]
        hits += [hit for one in best[:BEAM] if (hit := _hit(question.question, terms, one, found[one])) is not None]
        if not best or stop() or (size > 1 and min(found.values()) < EXACT):
            break
    return hits, looked


EXCHANGED = 4
"""Sums of a size, the best, whose terms are exchanged one by one: powers of a positive input resemble each other so
much that the first ones chosen are seldom those of the law."""


def _exchanged(question: Projected, terms: PlainTerms, found: dict[tuple[int, ...], float]) -> int:
    """Add to ``found`` the best sums with each term in turn exchanged, while that helps; how many were looked at."""
    looked = 0
    for chosen in sorted(found, key=found.__getitem__)[:EXCHANGED]:
        while True:
            rest = [tuple(one for one in chosen if one != gone) for gone in chosen]
            losses = losses_of([_beside(question, terms.values[list(one)]) for one in rest], terms.values[:, None, :])
            looked += losses.size
            place, index = np.unravel_index(int(np.argmin(losses)), losses.shape)
            better = tuple(sorted((*rest[place], int(index))))
            if not losses[place, index] < 0.99 * found[chosen] or better in found or len(set(better)) < len(chosen):
                break
            found[better] = float(losses[place, index])
            chosen = better
    return looked


def _beside(question: Projected, values: Floats) -> Projected:
    """The question with further terms projected out."""
    if not len(values):
        return question
    basis = orthonormal(np.concatenate([question.basis.T, values * question.scale]))
    rest = question.rest - basis @ (basis.T @ question.rest)
    rest -= basis @ (basis.T @ rest)
    return replace(question, basis=basis, rest=rest, left=float(rest @ rest) / question.total)


def _bits(chosen: Sequence[int], loss: float, n_rows: int) -> float:
    """What rows and terms cost: among many sums that follow the noise alike, the simplest goes on."""
    return 0.5 * n_rows * float(np.log2(max(loss, EXACT))) + _form_bits(chosen)


def _form_bits(chosen: Sequence[int]) -> float:
    return sum(1.0 + place_bits(index) for index in chosen)


def _hit(question: Question, terms: PlainTerms, chosen: Sequence[int], loss: float) -> Hit | None:
    arguments = [terms.argument(index) for index in chosen]
    parts = tuple(Chain(one) for one in arguments if one is not None)
    if len(parts) < len(chosen):
        return None
    return Hit(question, parts, (NO_CONSTANTS,) * len(parts), loss, _form_bits(chosen))
