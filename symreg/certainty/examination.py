"""How much of the answer depends on just these rows: examined after a search, told in plain sentences.

Would other rows have selected the same law (``stability.py``)? Which laws of another form fit as well (``rivals.py``),
and where would a measurement tell (``separation.py``)?
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from symreg.certainty.rivals import Rival, rivals_of
from symreg.certainty.separation import SEPARATED, Place
from symreg.certainty.stability import Stability, drawn_again, is_same_form, stability_of
from symreg.discovery import Discovery, discover
from symreg.given import check_number
from symreg.laws import Law, fitter_of
from symreg.search import Backend, Budget
from symreg.typesetting import bundle, html_list, html_table, plain_html, to_mathml, told
from symreg.uncertain_text import number_text
from symreg.watching import EXAMINE, Observer

if TYPE_CHECKING:
    from symreg.fitting import Fitter

FEWEST_RESAMPLES = 10  # fewer say nothing


@dataclass(frozen=True, slots=True)
class Examination:
    """What to examine and how long: ``resamples`` weightings of the rows within ``time`` seconds (None: no limit), and
    ``searches``, the whole search again on other draws of the rows, each within ``search_budget``.

    0 of either: none are made. Raises ``SymregError`` for what counts and is no whole number from zero on, and for
    a time that is not above zero.
    """

    resamples: int = 50
    time: float | None = 2.0
    searches: int = 0
    search_budget: Budget = field(default_factory=lambda: Budget(time=5.0))

    def __post_init__(self) -> None:
        for name in ("resamples", "searches"):
            check_number(self, name, whole=True)
        check_number(self, "time", above=True, may_be_none=True)


@dataclass(frozen=True, slots=True)
class Robustness:
    """The findings: ``stability`` under resampled rows, ``searches`` of drawn rows, ``rivals`` of the selected law.

    ``judge`` names the rows that rank the laws. ``notes`` say what was not examined, and why.
    """

    judge: str
    stability: Stability | None = None
    searches: Stability | None = None
    rivals: tuple[Rival, ...] = ()
    more_rivals: int = 0
    notes: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """For each rival that it fits alike and where to measure; one sentence for those that are only counted."""
        told = ["; ".join([alike(rival), *advice(rival)]) for rival in self.rivals]
        if self.more_rivals:
            more = "1 more law fits" if self.more_rivals == 1 else f"{self.more_rivals} more laws fit"
            told.append(f"{more} the data as well")
        return tuple(told)

    @property
    def findings(self) -> tuple[str, ...]:
        """How often the law came back, and what was not examined."""
        return (*(str(one) for one in (self.stability, self.searches) if one is not None), *self.notes)

    def __str__(self) -> str:
        return "\n".join([*self.findings, *self.warnings])

    def __repr__(self) -> str:
        return told("Robustness", "; ".join([*self.findings, *self.warnings]) or "nothing was examined")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """How often which form was selected, the rivals, and where to measure to tell them apart."""
        several = [one for one in (self.stability, self.searches) if one is not None]
        counts = [
            (plain_html(formula), f"{times} of {one.drawn} {'searches' if one.searched else 'resamples'}")
            for one in several
            for formula, times in one.counts
        ]
        rivals = [
            (to_mathml(one.law.expression, display=False), plain_html(alike(one)), plain_html("; ".join(advice(one))))
            for one in self.rivals
        ]
        html = html_table(("form", "selected"), counts) if counts else ""
        html += html_table(("rival", "how alike", "where to measure"), rivals) if rivals else ""
        return bundle(str(self) or repr(self), f"<div>{html}{html_list(self.findings)}</div>")


def examined(
    discovery: Discovery,
    examination: Examination = Examination(),
    *,
    backend: Backend | None = None,
    stop: Callable[[], bool] | None = None,
    observer: Observer | None = None,
) -> Discovery:
    """The discovery with its ``robustness``; ``notes`` gain a warning for each rival.

    ``backend`` makes the searches on drawn rows. When ``stop()`` turns true, what is known by then is told.
    ``observer``, such as ``show_progress()``, is told that the stage "examine" begins and that it is over. The same
    seed gives the same answer as long as no time is short. A discovery without a law comes back as it is.
    """
    if not 0 <= discovery.front.selected < len(discovery.front):
        return discovery
    stop = stop or (lambda: False)
    started = time.monotonic()
    if observer is not None:
        observer(discovery.at(EXAMINE))
    fitter = fitter_of(discovery.problem)
    laws, best = [*discovery.front, *discovery.runners_up], discovery.front.best
    rivals = rivals_of(laws, best, fitter, seed=discovery.problem.seed)
    stability, notes = _resampled(laws, best, fitter, examination, stop)
    if fitter.problem.sample_of is not None:
        notes = (*notes, f"how sure the law is was examined on {fitter.problem.table.n_rows:,} rows, drawn at random")
    searches = _searched(discovery, fitter, examination, backend, stop)
    if searches is not None and searches.drawn < examination.searches:
        notes = (*notes, f"{searches.drawn} of {examination.searches} searches on drawn rows were made")
    found = Robustness(
        judge=discovery.problem.judge,
        stability=stability,
        searches=searches,
        rivals=rivals.described,
        more_rivals=rivals.more,
        notes=notes,
    )
    if observer is not None:
        observer(discovery.at(discovery.status, discovery.wall_seconds + time.monotonic() - started))
    return replace(discovery, robustness=found, notes=(*discovery.notes, *found.warnings))


def _resampled(
    laws: Sequence[Law], best: Law, fitter: Fitter, examination: Examination, stop: Callable[[], bool]
) -> tuple[Stability | None, tuple[str, ...]]:
    """The stability under resampled rows, and what is to be said where it is missing or short."""
    asked, started = examination.resamples, time.monotonic()
    if not asked:
        return None, ()

    def spent() -> bool:
        return stop() or (examination.time is not None and time.monotonic() - started > examination.time)

    found = stability_of(laws, best, fitter, resamples=asked, seed=fitter.problem.seed, spent=spent)
    if found is not None and found.drawn >= min(FEWEST_RESAMPLES, asked):
        short = f"{found.drawn} of {asked} resamples were made in the time for them"
        return found, (short,) if found.drawn < asked else ()
    return None, ("the rows were not resampled: there was no time for it",)


def _searched(
    discovery: Discovery,
    fitter: Fitter,
    examination: Examination,
    backend: Backend | None,
    stop: Callable[[], bool],
) -> Stability | None:
    """The search again on draws of the rows; forms are told apart by fits to all training rows."""
    generator = np.random.default_rng([discovery.problem.seed, 5])
    known = [discovery.front.best]
    counts: Counter[str] = Counter()
    for number in range(examination.searches):
        if stop():
            break
        problem = drawn_again(fitter.problem, generator)
        again = discover(
            problem, backend=backend, budget=examination.search_budget, seed=problem.seed + number + 1, stop=stop
        )
        if not again.front.laws or again.status == "interrupted":
            continue
        law = again.front.best
        form = next((one for one in known if is_same_form(law, one, fitter)), law)
        known += [] if form in known else [form]
        counts[form.formula] += 1
    if not counts:
        return None
    return Stability(known[0].formula, tuple(counts.most_common()), sum(counts.values()), searched=True)


def alike(rival: Rival) -> str:
    """``sin(x) and x + k*x**3 fit alike: over the rows they differ by 0.3 times the noise``."""
    pair = f"{rival.selected} and {rival.law.formula}"
    return f"{pair} fit alike: over the rows they differ by {_number(rival.of_noise)} times the noise"


def advice(rival: Rival) -> tuple[str, ...]:
    """Where to measure: the place in the range of the data, and one beyond it where that separates the laws better."""
    if rival.within is None and rival.beyond is None:
        return ("no measurement in twice the range of the data would tell them apart",)
    told = [] if rival.within is None else [_measure(rival.within, "within the range of the data")]
    if rival.beyond is not None and rival.best_place is rival.beyond:
        told.append(_measure(rival.beyond, "in twice the range of the data"))
    return tuple(told)


def _measure(place: Place, where: str) -> str:
    apart = f"they differ there by {_sigmas(place.sigmas)}"
    if place.sigmas >= SEPARATED:
        return f"measure at {place} ({where}): {apart}"
    if place.repeats is None:
        return f"{where} they differ by {_sigmas(place.sigmas)} at most ({place}), however often it is measured"
    return f"measure {place.repeats:,} times at {place} ({where}): {apart} of one measurement"


def _sigmas(value: float) -> str:
    return "more than 1000 sigma" if value > 1000 else f"{_number(value)} sigma"


def _number(value: float) -> str:
    if value < 0.001:
        return "less than 0.001"
    return f"{value:.0f}" if value >= 10 else number_text(value, 2)
