"""Which laws are worth showing, and which one to believe.

Two judges who know different things. The *held-out error* sees overfitting but is coarse: with n rows a root
mean square error is itself uncertain by a part in sqrt(2n). The *description length*
(``description_length.py``) uses every training row and the size of the formula, but trusts its noise model.
So held-out error makes the front, description length selects on it, and held-out error may veto: a law that
does clearly worse on unseen rows than a simpler one is never selected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from symreg.law import Law, Score

EXACT = 1e-10
"""Errors below this part of the target's spread are rounding, not misfit: all such laws are equally exact."""


def front_of(laws: Sequence[Law]) -> tuple[Law, ...]:
    """The laws that no simpler or equally simple law matches on held-out rows, in ascending complexity.

    A longer law stays only if its held-out error is smaller. One exception: the law that ``select`` would
    believe among all of them is never dropped for a simpler one whose error is smaller by less than the
    held-out rows can tell, and it stands for its complexity.
    """
    if not laws:
        return ()
    floor = EXACT * _spread(laws)
    believed = laws[select(laws)]
    front: list[Law] = []
    smallest: tuple[float, float] = (math.inf, math.inf)
    for law in sorted(laws, key=lambda law: (law.complexity, _error(law, floor), _bits(law), law.formula)):
        error = _error(law, floor)
        if law is believed or (error < smallest and law.complexity != believed.complexity):
            front.append(law)
            smallest = min(smallest, error)
    return tuple(front)


def select(laws: Sequence[Law]) -> int:
    """Index of the law of smallest description length that no simpler law clearly beats; -1: no law."""
    floor = EXACT * _spread(laws)
    eligible = [
        i for i, law in enumerate(laws) if not any(_clearly_beats(other, law, floor) for other in laws)
    ]
    if not eligible:
        return len(laws) - 1
    return min(
        eligible, key=lambda i: (_bits(laws[i]), laws[i].complexity, _error(laws[i], floor), laws[i].formula)
    )


def _clearly_beats(other: Law, law: Law, floor: float) -> bool:
    """Is ``other`` no longer than ``law``, and better on held-out rows by more than two standard errors?"""
    if other is law or other.complexity > law.complexity:
        return False
    undefined, error = _error(law, floor)
    other_undefined, other_error = _error(other, floor)
    if undefined != other_undefined:
        return other_undefined < undefined
    rows = max(judged_by(law).n_rows, 1)
    return error > other_error * (1.0 + 2.0 / math.sqrt(2.0 * rows))


def judged_by(law: Law) -> Score:
    """The held-out score, or the training score where no rows were held out."""
    return law.held_out if law.held_out.n_rows > 0 else law.train


def _error(law: Law, floor: float) -> tuple[float, float]:
    """Held-out error that can be ordered: rows where a law is undefined weigh more than any misfit."""
    score = judged_by(law)
    rmse = score.rmse if math.isfinite(score.rmse) else math.inf
    return score.undefined / max(score.n_rows, 1), max(rmse, floor)


def _bits(law: Law) -> float:
    return law.description_length if math.isfinite(law.description_length) else math.inf


def _spread(laws: Sequence[Law]) -> float:
    """Standard deviation of the target, read off the law for which 1 - R² is known best: the worst one."""
    known = [judged_by(law) for law in laws]
    usable = [s for s in known if math.isfinite(s.rmse) and s.r2 < 1.0 - 1e-12]
    if not usable:
        return 0.0
    worst = min(usable, key=lambda s: s.r2)
    return worst.rmse / math.sqrt(1.0 - worst.r2)
