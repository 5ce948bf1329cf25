"""How sure the form of the law is, for every report: what an examination found, its numbers computed again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symreg.certainty import Contest, Rival, Robustness, advice, alike, box_of, contest_between, sigmas_at
from symreg.errors import ReportError
from symreg.formula import variables_of
from symreg.laws import Law, constant_text, fitter_of

if TYPE_CHECKING:
    from symreg.discovery import Discovery

__all__ = ["Certainty", "RivalCurve", "RivalFact", "certainty_of"]

Array = NDArray[np.float64]
CURVE_POINTS = 201
"""Points of a rival's curve: 200 steps over twice the range, and one in the middle. More makes the page larger, fewer
shows corners; set by hand."""

_RELATIVE = 1e-2  # the laws are fitted again, and errors of errors are no better


@dataclass(frozen=True, slots=True, eq=False)
class RivalCurve:
    """Two laws of one input, over twice the range of the data: ``x``, ``selected``, ``rival`` in the user's units,
    ``sigmas`` what one measurement would tell, all ``(n,)``; ``low`` and ``high`` bound the data, ``at`` is the place
    to measure, or NaN."""

    name: str
    unit: str
    x: Array
    selected: Array
    rival: Array
    sigmas: Array
    low: float
    high: float
    at: float


@dataclass(frozen=True, slots=True)
class RivalFact:
    """A law that fits as well as the selected one: what is said of it, where to measure, and a picture's data."""

    law: Law
    constants: str
    text: str
    advice: tuple[str, ...]
    curve: RivalCurve | None


@dataclass(frozen=True, slots=True)
class Certainty:
    """``findings`` are sentences, ``counts`` the forms that were selected, with how often, where there are several."""

    findings: tuple[str, ...]
    counts: tuple[tuple[str, str], ...]
    rivals: tuple[RivalFact, ...]
    more: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything as plain text, for reports without pictures of it."""
        lines = [*self.findings, *(f"{formula}: {times}" for formula, times in self.counts)]
        lines += [" ".join([rival.text, *rival.advice]) for rival in self.rivals]
        return (*lines, self.more) if self.more else tuple(lines)


def certainty_of(discovery: Discovery) -> Certainty | None:
    """What was found about the answer, or None; raises ``ReportError`` where a stored number is not what comes out."""
    found = discovery.robustness
    if discovery.front.believed is not None:
        return None  # it was found about the law that was selected, and this one was chosen by hand
    if found is None or not 0 <= discovery.front.selected < len(discovery.front):
        return None
    if not found.findings and not found.rivals:
        return None
    return Certainty(
        findings=tuple(f"{one}." for one in found.findings),
        counts=_counts(found),
        rivals=tuple(_fact(rival, discovery) for rival in found.rivals),
        more=found.warnings[-1] + "." if found.more_rivals else "",
    )


def _counts(found: Robustness) -> tuple[tuple[str, str], ...]:
    several = [one for one in (found.stability, found.searches) if one is not None and len(one.counts) > 1]
    return tuple(
        (formula, f"{times} of {one.drawn} {'searches' if one.searched else 'resamples'}")
        for one in several
        for formula, times in one.counts
    )


def _fact(rival: Rival, discovery: Discovery) -> RivalFact:
    selected = discovery.front.best
    contest = contest_between(selected, rival.law, fitter_of(discovery.problem))
    for place in (rival.within, rival.beyond):
        if place is not None:
            inputs = {name: np.array([value]) for name, value, _ in place.inputs}
            _compare(rival, float(sigmas_at(contest, inputs)[0]), place.sigmas)
    return RivalFact(
        law=rival.law,
        constants=", ".join(constant_text(constant) for constant in rival.law.constants),
        text=f"{alike(rival)}.",
        advice=tuple(f"{_capital(one)}." for one in advice(rival)),
        curve=_curve(rival, selected, contest, discovery),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _compare(rival: Rival, found: float, told: float) -> None:
    if not math.isclose(found, told, rel_tol=_RELATIVE, abs_tol=_RELATIVE):
        raise ReportError(
            reason=f"The laws {rival.selected} and {rival.law.formula} are stored as {told:.6g} standard deviations "
            f"apart at a point, but they are {found:.6g}.",
            advice="The table or the front has changed since the search: run the search again.",
        )


def _curve(rival: Rival, selected: Law, contest: Contest, discovery: Discovery) -> RivalCurve | None:
    """The picture's data where one input is all that both laws use."""
    names = {*variables_of(selected.expression), *variables_of(rival.law.expression)}
    problem = discovery.problem
    if len(names) != 1:
        return None
    (name,) = names
    column, row = problem.table[name], problem.inputs.index(name)
    box = box_of(contest.fitter.problem, contest.fitter).stretched()
    places = np.full((len(problem.inputs), CURVE_POINTS), 0.5)
    places[row] = np.linspace(0, 1, CURVE_POINTS)
    x = np.asarray(column.unit.from_si(box.at(places)[row] * contest.fitter.units.factor(column.unit.dimension)))
    best = rival.best_place
    return RivalCurve(
        name=name,
        unit=column.unit.text,
        x=x,
        selected=selected.predict({name: x}),
        rival=rival.law.predict({name: x}),
        sigmas=sigmas_at(contest, {name: x}),
        low=float(column.user_numbers.min()),
        high=float(column.user_numbers.max()),
        at=math.nan if best is None else best.inputs[0][1],
    )
