"""A law with fewer and simpler constants: each rewriting is a proposal, fitted again, and its description decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from symreg.finishing.allowed import is_allowed
from symreg.finishing.bits import TIED_BITS, is_to_scale, units_of_inputs
from symreg.finishing.finished import Finished
from symreg.finishing.finisher import Finisher
from symreg.finishing.known_products import Match, with_known_constants
from symreg.finishing.needless import with_fewer_by_form
from symreg.finishing.notes import known_to, replacement_notes
from symreg.finishing.snapping import (
    Rewritten,
    exponents_of,
    with_shared_constant,
    with_simple_numbers,
    with_tied_constants,
    without_insignificant_terms,
)
from symreg.fitting import Fitted
from symreg.formula import TO_SCALE, USUAL, Constant, walk

SIMPLE_BITS = 3.0
"""To say that a factor or a term is a simple number where some scale of the law is not in the table: so many that a
number that is said to be exact is so in 95 % of cases (``tests/benchmarks/simplified_coverage.py``).
Exponents are simple as often as not, and pay nothing."""

REWRITES = 6
"""Rounds of rewriting; each has to shorten the description, and a law has hardly more constants to lose."""

Known = Mapping[str, Match]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A way to say a law with fewer constants; ``price`` is paid for each that goes and was no exponent.

    Nothing is paid where every scale of a law is in the table: there such numbers are what laws are made of.
    """

    what: str
    proposals: Callable[[Finisher, Fitted, Known], Iterable[Rewritten]]
    price: float = 0.0


def _with_known_constants(finisher: Finisher, fitted: Fitted, known: Known) -> list[Rewritten]:
    """As far as they keep the limits on a law's form: a product has more nodes."""
    constraints = finisher.fitter.problem.constraints
    return [one for one in with_known_constants(fitted, known) if is_allowed(one[0], constraints)]


def _with_shared_constant(finisher: Finisher, fitted: Fitted, known: Known) -> Iterable[Rewritten]:
    return with_shared_constant(fitted, [unit.dimension for unit in finisher.fitter.problem.free_constants.units])


def _with_simple_numbers(finisher: Finisher, fitted: Fitted, known: Known) -> Iterable[Rewritten]:
    tolerance = TO_SCALE if is_to_scale(finisher.fitter, fitted) else USUAL
    return with_simple_numbers(fitted, tolerance, units_of_inputs(finisher.fitter))


def _without_insignificant_terms(finisher: Finisher, fitted: Fitted, known: Known) -> Iterable[Rewritten]:
    return without_insignificant_terms(fitted)


def _with_fewer_by_form(finisher: Finisher, fitted: Fitted, known: Known) -> Iterable[Rewritten]:
    return with_fewer_by_form(fitted)


def _with_tied_constants(finisher: Finisher, fitted: Fitted, known: Known) -> Iterable[Rewritten]:
    return with_tied_constants(fitted)


REWRITINGS = (
    Rewriting("constants of nature for fitted ones", _with_known_constants),
    Rewriting("one constant for several that are its powers", _with_shared_constant),
    Rewriting("without terms that are not told from nothing", _without_insignificant_terms),
    Rewriting("without constants that the form of the law does not need", _with_fewer_by_form),
    Rewriting("simple numbers for fitted ones", _with_simple_numbers, SIMPLE_BITS),
    Rewriting("simple multiples of each other", _with_tied_constants, TIED_BITS),
)


def rewritten(finisher: Finisher, finished: Finished) -> Finished:
    """The law rewritten as long as that shortens its description: each time the rewriting that shortens it most."""
    first = finished
    for _ in range(REWRITES):
        known = known_to(finisher.fitter, finished.fitted)
        is_free = is_to_scale(finisher.fitter, finished.fitted)
        better: Finished | None = None
        for one in REWRITINGS:
            proposals = one.proposals(finisher, finished.fitted, known)
            kept = [proposal for proposal in proposals if finisher.keeps_limits(finished, proposal)]
            better = _best_of(finisher, finished, kept, 0.0 if is_free else one.price, better)
        if better is None:
            break
        replaced = {
            name: match for name, match in known.items()
            if name in better.snapped and better.snapped[name][0].expression == match.expression
        }  # fmt: skip
        notes = (*better.notes, *replacement_notes(finisher.fitter, finished.fitted, replaced))
        finished = replace(better, notes=notes, freed=first.freed or first)
    return finished


def sharing(finisher: Finisher, finished: Finished) -> list[Finished]:
    """The formula with one constant where several are its powers; what it is worth shows once it is simplified."""
    shared = _with_shared_constant(finisher, finished.fitted, {})
    proposals = [one for one in shared if finisher.keeps_limits(finished, one)]
    one = _best_of(finisher, replace(finished, bits=math.inf), proposals)
    return [] if one is None else [one]


def _best_of(
    finisher: Finisher,
    finished: Finished,
    proposals: Sequence[Rewritten],
    price: float = 0.0,
    best: Finished | None = None,
) -> Finished | None:
    """The proposal of shortest message, if it is shorter than before and than the ``best`` so far."""
    before = finished.fitted
    old = {
        # Of a constant with a unit it is a ratio that was recognised, not the value.
        constant.name: (float(value) if constant.dimension.is_dimensionless else math.nan, float(error))
        for constant, value, error in zip(before.constants, before.values, before.stderr, strict=True)
    }
    exponents, problem = exponents_of(before.expression), finisher.fitter.problem
    if "pi" in (*problem.inputs, problem.target):  # another pi
        proposals = [one for one in proposals if Constant("pi") not in walk(one[0])]
    fits = finisher.fitter.fit([(expression, constants) for expression, constants, _ in proposals])
    for fitted, (_, _, found) in zip(fits, proposals, strict=True):
        if fitted is None or not finisher.may_follow(before, fitted):
            continue
        gone = {one.name for one in before.constants} - {one.name for one in fitted.constants}
        went = len(gone - exponents)
        snapped_bits = finished.snapped_bits + sum(one.bits for one in found.values()) + price * went
        snapped = {**finished.snapped, **{name: (one, *old[name]) for name, one in found.items()}}
        one = finisher.told(replace(finished, snapped=snapped, snapped_bits=snapped_bits), fitted)
        if one.bits < (finished.bits if best is None else best.bits):
            best = one
    return best
