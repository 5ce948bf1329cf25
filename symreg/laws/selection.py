"""Which laws are worth showing, and which one to believe.

Two judges who know different things. The *held-out error* sees overfitting but is coarse: with n rows a root
mean square error is itself uncertain by a part in sqrt(2n). The *description length*
(``formula/bits.py``) uses every training row and the size of the formula, but trusts its noise model.
So held-out error makes the front, description length selects on it, and held-out error may veto: a law that
does clearly worse on unseen rows than a simpler one is never selected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from symreg.formula import FEW_ROWS
from symreg.laws.law import Law
from symreg.laws.score import Score

EXACT_ERROR = 1e-10
"""Errors below this part of the target's spread are rounding, not misfit: all such laws are equally exact."""

REFITTED = 1e-6
"""Least squares started elsewhere ends a little elsewhere: errors that differ by less than this part are the same."""

STANDARD_ERRORS = 2.0
"""By how many standard errors of a root mean square error a law must do worse to do so clearly."""

ALIKE_BITS = 2.0
"""Description lengths are not known better: the prices of operators and forms are set by hand, each to about a bit."""

MANY_TIMES = 3.0
"""How much worse a law does on rows held out than one with more fitted constants, to do clearly worse."""

MOST_PLAIN = 2
"""Fitted constants of the simplest laws, a line among them."""

MOST_PLAIN_NODES = 9
"""Of such a law: lines take 5, saturations and power laws 7. Where the list holds no short one with two constants, the
simplest of those that it holds is one of millions, and three times better on ten rows by chance."""

UNSEEN_SHARE = 0.5
"""Of what unseen rows say between two laws, ``n log2(ratio of errors)`` bits, that counts where the longer one is
better: they are few, and rows left out in turn share all the others."""

MOST_UNDEFINED = 0.05
"""A law that is silent on more than this part of the rows is selected only where all are."""


def front_of(laws: Sequence[Law]) -> tuple[Law, ...]:
    """The laws that no simpler or equally simple law matches on held-out rows, in ascending complexity.

    A longer law stays only if its held-out error is smaller. One exception: the law that ``select`` would
    believe among all of them is never dropped for one whose error is smaller by less than the held-out rows
    can tell, and it stands for its complexity.
    """
    laws = tuple({id(law): law for law in laws}.values())
    if not laws:
        return ()
    errors = held_out_errors(laws)
    believed = select(laws)
    front: list[Law] = []
    smallest = math.inf
    for i in sorted(range(len(laws)), key=lambda i: (laws[i].complexity, errors[i], *_preference(laws[i]))):
        twin = laws[i].complexity == laws[believed].complexity
        if i == believed or (not twin and (errors[i] < smallest * (1 - REFITTED) or not front)):
            front.append(laws[i])
            smallest = min(smallest, errors[i])
    return tuple(front)


def select(laws: Sequence[Law]) -> int:
    """Index of the law of smallest description length that no simpler law clearly beats; -1: no law.

    Of laws whose descriptions differ by less than ``ALIKE_BITS`` the one that itself takes the fewest, as long as
    unseen rows do not tell them apart: one whose error is clearly larger than another's is not alike.
    """
    errors, sizes = held_out_errors(laws), _sizes(laws)
    silences = [_silence(judged_by(law)) for law in laws]
    speaking = [i for i, silence in enumerate(silences) if silence <= MOST_UNDEFINED] or range(len(laws))
    eligible = [i for i in speaking if not _is_vetoed(i, laws, errors, sizes)] or speaking
    eligible = [i for i in eligible if not _is_too_plain(i, speaking, laws, errors, sizes)] or eligible
    shortest = min((laws[i].description_length for i in eligible), default=math.inf)
    alike = [i for i in eligible if laws[i].description_length <= shortest + ALIKE_BITS] or eligible
    alike = [i for i in alike if not any(_does_worse(i, j, laws, errors) for j in alike)] or alike
    return min(alike, key=lambda i: (sizes[i], _preference(laws[i])), default=-1)


def _is_too_plain(
    i: int, speaking: Sequence[int], laws: Sequence[Law], errors: Sequence[float], sizes: Sequence[float]
) -> bool:
    """Is the simplest law with one or two constants, and more than this one has, many times better on rows left out?

    Only one short law for each number of constants is asked, so that none of many wins by chance. Of few rows alone:
    there the bits of a form and its constants outweigh what rows can say.
    """
    if laws[i].judge != "leave-one-out":
        return False
    for count in range(_fitted(laws[i]) + 1, MOST_PLAIN + 1):
        of_count = [j for j in speaking if _fitted(laws[j]) == count and laws[j].complexity <= MOST_PLAIN_NODES]
        simplest = min(of_count, key=lambda j: sizes[j], default=None)
        if simplest is not None and errors[i] > MANY_TIMES * errors[simplest]:
            return True
    return False


def _does_worse(i: int, j: int, laws: Sequence[Law], errors: Sequence[float]) -> bool:
    """Whether law ``i`` does clearly worse on unseen rows than law ``j``.

    Many times worse, where that has more constants and a part of the rows is held out: so few rows choose among many
    such laws by chance. And of fewer than a dozen rows, where the descriptions have counted those left out already.
    """
    is_longer = _fitted(laws[j]) > _fitted(laws[i])
    few = is_longer if laws[i].judge == "held-out" else judged_by(laws[i]).n_rows < FEW_ROWS
    return errors[i] > errors[j] * (max(_margin(laws[i]), MANY_TIMES) if few else _margin(laws[i]))


def held_out_errors(laws: Sequence[Law]) -> list[float]:
    """Errors on held-out rows (on training rows where none were held out) that can be compared.

    A row on which a law is undefined is one it says nothing about: its error is the spread of the target. Where
    uncertainties are stated, errors are counted in them, and the worst law's stands for the spread.
    """
    scores = [judged_by(law) for law in laws]
    stated = [one.in_errors for one in scores if one.in_errors is not None and math.isfinite(one.in_errors)]
    if stated:
        scores = [replace(one, rmse=math.nan if one.in_errors is None else one.in_errors) for one in scores]
    spread = max(stated) if stated else target_spread(laws)
    return [_error(one, spread, EXACT_ERROR * spread) for one in scores]


def judged_by(law: Law) -> Score:
    """The held-out score, or the training score where no rows were held out."""
    return law.held_out if law.held_out.n_rows > 0 else law.train


def target_spread(laws: Sequence[Law]) -> float:
    """Standard deviation of the target, from the law for which 1 - R² is known best: the worst one; or 0."""
    scores = [score for score in map(judged_by, laws) if math.isfinite(score.rmse) and score.r2 < 1.0 - 1e-12]
    if not scores:
        return 0.0
    worst = min(scores, key=lambda score: score.r2)
    return worst.rmse / math.sqrt(1.0 - worst.r2)


def _error(score: Score, spread: float, floor: float) -> float:
    if not math.isfinite(score.rmse) or score.n_rows == 0:
        return math.inf
    if score.undefined == 0:
        return max(score.rmse, floor)
    if spread == 0.0:
        return math.inf
    silent = _silence(score)
    return math.hypot(math.sqrt(1.0 - silent) * score.rmse, math.sqrt(silent) * spread)


def _silence(score: Score) -> float:
    """The part of the rows on which a law is undefined."""
    return score.undefined / max(score.n_rows, 1)


def _is_vetoed(i: int, laws: Sequence[Law], errors: Sequence[float], sizes: Sequence[float]) -> bool:
    """Does a law that says no more itself do better on held-out rows by more than their number lets chance do?

    Short trees of odd parts, ``pi*atan(sqrt(x)) - k``, are no simpler than a saturation, and there are many. One that
    says more must do better by what it says more, in bits of the unseen rows, and with no more fitted constants: these
    follow a few left-out rows too.
    """
    rows, margin, constants = judged_by(laws[i]).n_rows, _margin(laws[i]), _fitted(laws[i])
    for law, error, size in zip(laws, errors, sizes, strict=True):
        if errors[i] > error * margin:
            says = UNSEEN_SHARE * rows * _octaves(errors[i], error * margin)
            if size <= sizes[i] or (_fitted(law) <= constants and says > size - sizes[i]):
                return True
    return False


def _fitted(law: Law) -> int:
    """Number of fitted constants."""
    return sum(constant.kind == "free" for constant in law.constants)


def _octaves(error: float, other: float) -> float:
    """log2 of the ratio of two errors."""
    return math.inf if other == 0 or not math.isfinite(error) else math.log2(error / other)


def _sizes(laws: Sequence[Law]) -> list[float]:
    """What each law itself takes to say; nodes stand for bits where nobody counted these."""
    bits = [law.own_bits for law in laws if law.own_bits is not None]
    return bits if len(bits) == len(laws) else [float(law.complexity) for law in laws]


def _margin(law: Law) -> float:
    """By which factor errors on unseen rows differ clearly, for so many of them."""
    return 1.0 + STANDARD_ERRORS / math.sqrt(2.0 * max(judged_by(law).n_rows, 1))


def _preference(law: Law) -> tuple[float, int, str]:
    bits = law.description_length
    return (bits if math.isfinite(bits) else math.inf, law.complexity, law.formula)
