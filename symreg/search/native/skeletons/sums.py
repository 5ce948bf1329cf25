"""Sums: forward selection with a beam over many plain terms, under each context.

Two thousand terms beside two dozen sums are one matrix product, so that a regression of five inputs, a polynomial, a
determinant or ``x**2 + k*cos(z) - c`` come out in a moment (orthogonal matching pursuit, Pati et al. 1993, with a
beam). Sums are rows of term numbers in ascending order, ``(n_sums, n_terms_of_a_sum)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symreg.search.native.skeletons.argument import Argument
from symreg.search.native.skeletons.part import Chain
from symreg.search.native.skeletons.question import INDEPENDENT_COMPANION, Projected, Question
from symreg.search.native.skeletons.screen import DISTINCT, EXACT_LOSS, Hit, places_bits

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
BEAM = 24
"""Sums that go on from each number of terms. Narrower misses sums whose first terms mean little without the last."""

GOING_ON = 400
"""First terms that go on: so pairs of simple terms are all looked at, or nearly."""

LOSSES_AT_ONCE = 1_000_000
"""Losses at once: eight megabytes each of a few arrays."""

NO_CONSTANTS = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class PlainTerms:
    """Terms with their values at the screen's rows ``(n_terms, n_rows)``; ``argument`` makes one on all rows, or
    None."""

    values: Floats
    argument: Callable[[int], Argument | None]


def sums(
    question: Projected, terms: PlainTerms, most: int, stop: Callable[[], bool], wide: int = GOING_ON
) -> tuple[list[Hit], int]:
    """The best sums of up to ``most`` terms for a question, ``wide`` first terms going on; how many were looked at."""
    if most < 1 or not len(terms.values):
        return [], 0
    beside = Beside(question, terms.values)
    said = 1.0 + places_bits(len(terms.values))
    beam: Numbers = np.empty((1, 0), dtype=np.int64)
    hits: list[Hit] = []
    looked = 0
    for size in range(1, most + 1):
        found, losses, count = beside.next_terms(beam, min(wide if size == 1 else BEAM, len(terms.values) - 1))
        looked += count
        if size > 2 and len(found):
            found, losses, count = _exchanged(beside, found, losses)
            looked += count
        bits = said[found].sum(axis=1)
        # Among many sums that follow the noise alike, the simplest goes on.
        order = np.argsort(0.5 * len(question.rest) * np.log2(np.maximum(losses, EXACT_LOSS)) + bits, kind="stable")
        best = order[:BEAM]
        left = beside.left(found[best])
        beam = found[order[: wide if size == 1 else BEAM]]
        if size == 1:  # the simplest terms go on too: a law often has one long term beside short ones
            simplest = np.arange(min(BEAM, len(terms.values)))
            beam = np.concatenate([beam, simplest[~np.isin(simplest, beam)][:, None]])
        made = (_hit(question.question, terms, *one) for one in zip(found[best], left, bits[best], strict=True))
        hits += [hit for hit in made if hit is not None]
        if not len(best) or stop() or (size > 1 and left.min() < EXACT_LOSS):
            break
    return hits, looked


class Beside:
    """Terms beside sums of terms, for one question: what each would leave of it.

    The matrix of all terms is scaled once, and companions of the question are taken out of all sums alike.
    """

    def __init__(self, question: Projected, values: Floats) -> None:
        self.question = question
        with np.errstate(all="ignore"):
            self.scaled = values * question.scale
            self.sizes = np.einsum("ij,ij->i", self.scaled, self.scaled)
            self.free = self.sizes - np.square(self.scaled @ question.basis).sum(axis=1)

    def losses(self, chosen: Numbers) -> Floats:
        """What is left beside each of these sums with one more term, ``(n_sums, n_terms)``; inf where that is none."""
        left, gains = self._gains(chosen)
        return np.asarray(np.maximum(left[:, None] - gains, 0.0))

    def _gains(self, chosen: Numbers) -> tuple[Floats, Floats]:
        """What these sums leave and what one more term takes of it; -inf where that is none."""
        basis, rest = self.projected(chosen)
        with np.errstate(all="ignore"):
            inside = basis.reshape(-1, basis.shape[-1]) @ self.scaled.T
            np.square(inside, out=inside)
            size = self.free - inside.reshape(*basis.shape[:2], len(self.scaled)).sum(axis=1)
            gains = rest @ self.scaled.T
            np.square(gains, out=gains)
            gains /= size
            gains /= self.question.total
            gains[~((size > DISTINCT * self.sizes) & (gains < np.inf))] = -np.inf
        return np.einsum("ij,ij->i", rest, rest) / self.question.total, gains

    def left(self, chosen: Numbers) -> Floats:
        """What these sums leave, to the last digit: a difference of sums of squares is rounding where nothing is
        left."""
        rest = self.projected(chosen)[1]
        return np.asarray(np.einsum("ij,ij->i", rest, rest) / self.question.total)

    def projected(self, chosen: Numbers) -> tuple[Floats, Floats]:
        """Orthonormal bases ``(n_sums, n_terms, n_rows)`` of what terms add to companions, zero for one that adds
        nothing, and what the target keeps beside them, ``(n_sums, n_rows)``."""
        own, basis = self.question.basis, np.zeros((*chosen.shape, self.scaled.shape[1]))
        rest = np.repeat(self.question.rest[None], len(chosen), axis=0)
        with np.errstate(all="ignore"):
            for place in range(chosen.shape[1]):
                column = self.scaled[chosen[:, place]]
                size = np.linalg.norm(column, axis=1)
                for _ in range(2):
                    column = column - (column @ own) @ own.T
                    for earlier in range(place):
                        column -= _along(basis[:, earlier], column)
                left = np.linalg.norm(column, axis=1)
                good = (left > INDEPENDENT_COMPANION * size) & (left > 0)
                basis[good, place] = column[good] / left[good, None]
        for _ in range(2):
            for place in range(chosen.shape[1]):
                rest -= _along(basis[:, place], rest)
        return basis, rest

    def next_terms(self, beam: Numbers, count: int) -> tuple[Numbers, Floats, int]:
        """Sums of a beam with one more term, the ``count`` + 1 best of each, no sum twice; how many were looked at."""
        step = max(1, LOSSES_AT_ONCE // (len(self.scaled) * (beam.shape[1] + 1)))
        found, losses = [], []
        for low in range(0, len(beam), step):
            some = beam[low : low + step]
            left, gains = self._gains(some)
            nearest = np.argpartition(gains, -1 - count, axis=1)[:, -1 - count :]
            found.append(np.column_stack([np.repeat(some, count + 1, axis=0), nearest.reshape(-1)]))
            taken = np.take_along_axis(gains, nearest, axis=1)
            losses.append(np.maximum(left[:, None] - taken, 0.0).reshape(-1))
        every, every_loss = np.sort(np.concatenate(found), axis=1), np.concatenate(losses)
        good = np.isfinite(every_loss)
        every, every_loss = every[good], every_loss[good]
        first = np.sort(self._distinct(every))
        return every[first], every_loss[first], len(beam) * len(self.scaled)

    def _distinct(self, every: Numbers) -> Numbers:
        """Where each sum stands first; sums as one number where that holds them."""
        count, size = len(self.scaled), every.shape[1]
        if count**size < 2**62:
            every = every @ (count ** np.arange(size))
        return np.asarray(np.unique(every, axis=0, return_index=True)[1])


def _along(unit: Floats, columns: Floats) -> Floats:
    """The part of each column that lies along its unit vector."""
    return np.asarray(unit * np.einsum("ij,ij->i", unit, columns)[:, None])


EXCHANGED = 4
"""Sums of a size, the best, whose terms are exchanged one by one: powers of a positive input resemble each other so
much that the first ones chosen are seldom those of the law."""


def _exchanged(beside: Beside, found: Numbers, losses: Floats) -> tuple[Numbers, Floats, int]:
    """The sums and those of the best with each term in turn exchanged, while that helps; how many were looked at."""
    known = {tuple(one) for one in found.tolist()}
    more: list[tuple[int, ...]] = []
    more_losses: list[float] = []
    looked = 0
    for place in np.argsort(losses, kind="stable")[:EXCHANGED]:
        chosen, loss = tuple(found[place].tolist()), float(losses[place])
        while True:
            rest = np.array([[one for one in chosen if one != gone] for gone in chosen])
            left = beside.losses(rest)
            looked += left.size
            gone, index = np.unravel_index(int(np.argmin(left)), left.shape)
            better = tuple(sorted((*rest[gone].tolist(), int(index))))
            if not left[gone, index] < 0.99 * loss or better in known or len(set(better)) < len(chosen):
                break
            chosen, loss = better, float(left[gone, index])
            known.add(chosen)
            more.append(chosen)
            more_losses.append(loss)
    if more:
        found, losses = np.concatenate([found, more]), np.concatenate([losses, more_losses])
    return found, losses, looked


def _hit(question: Question, terms: PlainTerms, chosen: Sequence[int], loss: float, bits: float) -> Hit | None:
    arguments = [terms.argument(int(index)) for index in chosen]
    parts = tuple(Chain(one) for one in arguments if one is not None)
    if len(parts) < len(chosen):
        return None
    return Hit(question, parts, (NO_CONSTANTS,) * len(parts), float(loss), float(bits))
