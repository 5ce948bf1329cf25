"""Laws of another form that these rows cannot tell from the selected one.

A law is a rival if all of these hold.

- *Its message is hardly longer*: by ``LONGER`` bits at most, formula and all.
- *The training rows do not decide*: their residuals, each fitted constant counted as Akaike (1974) and for few rows
  Hurvich and Tsai (1989) do, favour neither law by more than ``DECISIVE`` bits, odds of a hundred to one.
- *The rows that judge do not decide*: the squared residuals of the two laws, row by row, differ by no more than chance
  (paired t-test; of the kind of Vuong 1989 and of Diebold and Mariano 1995).
- *It is another function*: somewhere in twice the range of the data the predictions differ by more than the errors of
  its constants explain. A law that holds the selected one as a special case, with a further constant that might as well
  be zero, is none; nor is the same function in another writing.
- *That is within reach*: somewhere there they differ by ``REACHABLE`` standard deviations of a measurement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symreg.arrays import Floats
from symreg.certainty.input_box import InputBox, box_of
from symreg.certainty.separation import SEPARATED, Contest, Place, best_place, contest_of
from symreg.certainty.stability import agree
from symreg.errors import SymregError
from symreg.finishing import RESOLUTION
from symreg.fitting import Fitted, Fitter
from symreg.laws import Law, bits_of_rows, fitted_again

LONGER = 25.0
"""Bits by which a rival's message may be longer: a tangent of a plain number costs 21 before any row is seen, and no
row near zero tells it from a line. Fewer would drop such laws, more lets in laws that nobody believes."""

DECISIVE = float(np.log2(100.0))
SIGNIFICANT = 0.05
"""Chance of a difference of squared residuals, below which the judging rows have decided: the customary 5 %. A larger
value drops rivals that are open, a smaller one keeps laws that rows speak against."""

ANOTHER = 3.0  # standard errors of the difference
REACHABLE = 0.3  # a hundred measurements tell
COMPARED = 500  # points


@dataclass(frozen=True, slots=True)
class Rival:
    """A law that the rows cannot tell from the selected one, whose formula is ``selected``.

    ``of_noise`` is the root mean square difference over all rows as a part of the noise, ``bits`` how much longer its
    message is, ``chance`` that of a difference of the squared residuals like theirs. ``within`` and ``beyond`` are the
    places where one measurement separates the two most: in the range of the data and in twice that range.
    """

    law: Law
    selected: str
    of_noise: float
    bits: float
    chance: float
    within: Place | None
    beyond: Place | None

    @property
    def best_place(self) -> Place | None:
        """The place to measure at: within the range of the data, unless only one beyond tells the laws apart."""
        if self.within is None or self.beyond is None:
            return self.within or self.beyond
        enough = self.within.sigmas >= SEPARATED or self.beyond.sigmas < 1.2 * self.within.sigmas
        return self.within if enough else self.beyond


@dataclass(frozen=True, slots=True)
class Rivals:
    """Those that are described, and how many ``more`` there are."""

    described: tuple[Rival, ...] = ()
    more: int = 0


def rivals_of(laws: Sequence[Law], selected: Law, fitter: Fitter, *, seed: int, most: int = 3) -> Rivals:
    """The rivals of ``selected`` among ``laws``, shortest message first: ``most`` of them, and how many more."""
    longest = selected.description_length + LONGER
    near = [law for law in laws if law is not selected and law.description_length < longest]
    best, *others = fitted_again([selected, *near], fitter)
    if best is None:
        return Rivals()
    box = box_of(fitter.problem, fitter)
    found: list[tuple[Law, float, Contest]] = []
    known: list[Floats] = []
    for law, other in sorted(zip(near, others, strict=True), key=lambda pair: pair[0].description_length):
        if other is None or not _is_open(best, other, fitter):
            continue
        chance, contest = _chance(best, other, fitter), contest_of(best, other, fitter, box)
        if chance < SIGNIFICANT or not _is_another(contest, box, seed):
            continue
        values = fitter.predict(other, fitter.X)
        if not any(agree(values, one, fitter.y) for one in known):
            known.append(values)
            found.append((law, chance, contest))
    described = tuple(_rival(law, selected, chance, contest, box, seed) for law, chance, contest in found[:most])
    return Rivals(described, len(found[most:]))


def contest_between(selected: Law, other: Law, fitter: Fitter) -> Contest:
    """The contest of two laws, from the constants they state; SymregError where one is undefined on a training row."""
    one, two = fitted_again([selected, other], fitter)
    if one is None or two is None:
        raise SymregError(message="one of the laws is undefined on rows of the table: they cannot be compared there")
    return contest_of(one, two, fitter, box_of(fitter.problem, fitter))


def _is_open(best: Fitted, other: Fitted, fitter: Fitter) -> bool:
    """Whether the training rows leave it open which law is right."""
    resolution = RESOLUTION * float(np.std(fitter.y))
    return abs(bits_of_rows(other, fitter, resolution) - bits_of_rows(best, fitter, resolution)) <= DECISIVE


def _chance(best: Fitted, other: Fitted, fitter: Fitter) -> float:
    """Two-sided p of the paired t-test on the judging rows; 0 where the other law is undefined on one of them."""
    from scipy.stats import ttest_1samp

    squares = [_judging_residuals(one, fitter) ** 2 for one in (best, other)]
    differences = squares[0] - squares[1]
    if not np.isfinite(differences).all() or len(differences) < 2:
        return 0.0
    if np.ptp(differences) == 0:
        return 1.0 if differences[0] == 0 else 0.0
    return float(ttest_1samp(differences, 0.0).pvalue)


def _judging_residuals(fitted: Fitted, fitter: Fitter) -> Floats:
    """Residuals on the rows that judge, in standard deviations where the table states them."""
    problem, units = fitter.problem, fitter.units
    if problem.judge == "held-out":
        rows = problem.held_out_rows
        residuals = units.target_values(problem, rows) - fitter.predict(fitted, units.matrix(problem, rows))
        weights = problem.weights(rows)
    else:
        residuals, weights = fitter.y - fitter.cross_validated(fitted), problem.weights(problem.train_rows)
    return residuals if weights is None else np.asarray(residuals * np.sqrt(weights))


def _is_another(contest: Contest, box: InputBox, seed: int) -> bool:
    """Whether the laws differ by more than the errors of their constants and within reach, in twice the range."""
    wide = box.stretched()
    X = wide.at(wide.sample(COMPARED, wide.low < wide.high, np.random.default_rng([seed, 4])))
    return bool((contest.sigmas(X) >= REACHABLE).any() and (contest.beyond_errors(X) > ANOTHER).any())


def _rival(law: Law, selected: Law, chance: float, contest: Contest, box: InputBox, seed: int) -> Rival:
    fitter = contest.fitter
    inputs = fitter.units.matrix(fitter.problem, np.arange(fitter.problem.table.n_rows))
    difference, _ = contest.predictions(inputs)
    return Rival(
        law=law,
        selected=selected.formula,
        of_noise=_root_mean_square(difference / contest.noise(inputs)),
        bits=law.description_length - selected.description_length,
        chance=chance,
        within=best_place(contest, box, seed),
        beyond=best_place(contest, box.stretched(), seed),
    )


def _root_mean_square(values: Floats) -> float:
    """Over the rows on which both laws are defined; all training rows are."""
    return float(np.sqrt(np.mean(values[np.isfinite(values)] ** 2)))
