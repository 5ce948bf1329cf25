"""The search before backdrops: what a law holds beside many simple terms, for tables that are exact.

First every view of the target is fitted by a backdrop alone: sums of many terms, over simple expressions, under a
function, with a denominator; products in logarithms. Then one more part is sought, of a hundred thousand rich terms and
of parts with constants inside, with the backdrop projected out of it: so a law may hold one thing that is far from
simple, and any number of things that are. What is found is exact or it is nothing: near formulas are for skeletons.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Expression, Variable, can_be_said, constants_of, normalise
from symreg.search.native.backdrops.backdrop import BENEATH, Backdrop, backdrop, monomials, simple_terms
from symreg.search.native.backdrops.coefficients import summed, terms_of_part
from symreg.search.native.backdrops.composed import composed_terms, simplest_of
from symreg.search.native.backdrops.enveloped import Enveloped, enveloped
from symreg.search.native.backdrops.product import AT_ONCE, HOPEFUL, LOOKED_CLOSER, Product, factored, products
from symreg.search.native.backdrops.refining import refined
from symreg.search.native.backdrops.sparse import NEARLY, ROUNDING, needed
from symreg.search.native.backdrops.term import Term
from symreg.search.native.backdrops.tuned import COSINE, SINE, TANGENT, nested, shared, swift, tuned, waves_of
from symreg.search.native.backdrops.view import ONE, SUMS, View, views
from symreg.search.native.hunt import Workplace
from symreg.search.native.proposal import Draft, shortest_said
from symreg.search.native.refine import Refined, Refiner
from symreg.search.native.skeletons import (
    IDENTITY,
    Argument,
    Chain,
    Columns,
    Inputs,
    Part,
    PlainTerms,
    Terms,
    catalogue,
    inputs_of,
    place_bits,
    rich_terms,
    terms_of,
)
from symreg.search.space import SearchSpace

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Stage = Callable[[], list[Refined]]
SOURCE = "backdrops"
FEWEST_ROWS = 40
"""Rows of a table that backdrops are tried on: half of them are terms (``PORTION``), so that with 40 twenty terms leave
twenty rows to disagree. With fewer a fit of so many terms proves less, and fewer terms are no backdrop."""

MOST_ROWS = 240
"""Rows that are looked at: of exact tables no more are needed to tell a hundred terms apart."""

DIGITS = 9
"""Up to which values may have been rounded."""

MOST_TERMS, FEW = 80, 9
"""Terms of a backdrop, a third of ``MOST_ROWS``; and of one with a single input while parts are sought, since many
terms of one input follow any curve and leave a part nothing to explain. Cost goes as the square; fewer cover fewer
laws."""

PORTION = 0.5
"""Of the rows, terms of a backdrop at most."""

MANY = 3
"""Inputs up to which parts with two constants inside are looked at."""

MOST_NEEDED = 12
"""Terms of a law, beside its part."""

EXACT_FIT = 1e-25
"""Loss of a law that is exact: what follows a smooth curve with a handful of constants leaves more."""

MOST_FREE, MOST_FREE_ALONE = 5, 2
"""Constants of such a law that are no plain numbers: of one input fewer, where series and approximants come near."""

MOST_OF_RICH = 160_000
"""Rich terms: with functions of functions of the simplest, which are the last of them."""

CHEAPER = 100
"""Columns before views that cost as much as one combination of a hunt."""

PLAIN_SIGHT = 0.02
"""What the right part may leave of what a backdrop leaves, where no constant has to be found: rounding only."""

IN_SIGHT = 0.7
"""The same where its constants lie beside a grid's."""

REFINED_OF_A_VIEW, REFINED = 12, 240
"""Parts that are kept of a view in each batch, and of all views together, to be refined: the best by what they leave at
a constant of the grid. More cost a refinement each, fewer lose the right part behind those that look better. Set by
hand."""

WAVING, FACTORS = 300, 120
"""Of the simplest terms of which waves of any frequency are looked at."""

SIZES = {0: (), 1: (64,), 2: (24, 16), 3: (10, 8, 8)}
FINE = 256
"""Constants of a grid on which waves are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A view before a backdrop: what that leaves of it."""

    view: View
    backdrop: Backdrop
    rest: Floats


@dataclass(eq=False)
class Backdrops:
    """The stages for one space, each with what the hunts look at before it; ``run`` does the next one."""

    workplace: Workplace
    space: SearchSpace
    inputs: Inputs
    rows: Rows
    full: Refiner
    evaluated: int = 0
    _next: int = 0
    _stages: list[tuple[int, Stage]] = field(init=False)

    def __post_init__(self) -> None:
        self._stages = self._plan() if self._is_wanted else []

    @property
    def _is_wanted(self) -> bool:
        space = self.space
        pure = not space.target_code and not any(space.codes) and space.is_whole
        exact = space.sigma is None and len(self.rows) >= FEWEST_ROWS and bool(np.ptp(space.target) > 0)
        return pure and exact and bool(self.inputs.places) and not self.workplace.settings.lacks("backdrops")

    def _plan(self) -> list[tuple[int, Stage]]:
        own = self.inputs
        stages = [
            (60_000, self._alone),
            (150_000, self._rich),
            (200_000, lambda: self._parts(catalogue.one_step(own))),
            (200_000, lambda: self._parts(catalogue.waves(own))),
            (250_000, lambda: self._exact(factored(self._product, self._simplest[:FACTORS], self.workplace.stop))),
            (300_000, lambda: self._parts(swift(own))),
            (350_000, lambda: self._parts(shared(own))),
            (400_000, lambda: self._parts(nested(own))),
            (500_000, lambda: self._parts(enveloped(own), self._plainest)),
            (500_000, lambda: self._parts(tuned(own), self._few)),
            (700_000, self._composed),
            (900_000, lambda: self._parts(waves_of(self._simplest))),
            (1_000_000, lambda: self._parts(catalogue.blended(own))),
            (1_200_000, lambda: self._parts(catalogue.two_steps(own), self._few)),
        ]
        if is_rounded(self.y):
            return stages[:1]
        return stages if len(own.places) <= MANY else stages[:-1]

    @property
    def is_done(self) -> bool:
        """Whether every stage has been run."""
        return self._next >= len(self._stages)

    @property
    def stages_run(self) -> int:
        """How many stages have been run."""
        return self._next

    @property
    def is_heavy(self) -> bool:
        """Whether the next stage is one that takes seconds: all but the first do."""
        return self._next > 0

    @property
    def due(self) -> float:
        """After how many combinations of the hunts the next stage has its turn."""
        return math.inf if self.is_done else self._stages[self._next][0]

    def run(self) -> list[Refined]:
        """The next stage: its laws, fitted on all rows."""
        _, stage = self._stages[self._next]
        self._next += 1
        with np.errstate(all="ignore"):
            return stage()

    # -- stages

    def _alone(self) -> list[Refined]:
        """What backdrops explain without anything else."""
        drafts: list[Draft] = []
        powers = backdrop(monomials(self.inputs, self.rows, self._most), ())
        of_sums = [(one, self._sights(one, self._all_views)) for one in (powers, self._plain)]
        for shown, sights in (*of_sums, *self._rational, *self._implicit):
            self.evaluated += len(sights) * len(shown.trees) // CHEAPER
            near = sorted(sights, key=_share)[:LOOKED_CLOSER]
            drafts += [draft for one in near if _share(one) < HOPEFUL for draft in self._written(one, None, None)]
        drafts += products(self._product, None)
        return self._exact(drafts)

    def _rich(self) -> list[Refined]:
        """One rich term before a backdrop, and one rich factor before a product's."""
        terms = rich_terms(self._terms, self.inputs, self.rows, MOST_OF_RICH)
        self.evaluated += len(terms.values)
        drafts = [draft for sights in self._main for draft in self._before(sights, [terms])]
        return self._exact([*drafts, *products(self._product, terms)])

    def _composed(self) -> list[Refined]:
        """One function of two simple expressions."""
        return self._exact(
            [
                draft
                for sights in self._few
                for draft in self._before(sights, composed_terms(self._terms, self.inputs))
            ]
        )

    def _before(self, sights: Sequence[Sight], blocks: Iterable[PlainTerms]) -> Iterator[Draft]:
        found: list[tuple[float, int, Argument, Sight]] = []
        before = 0
        for terms in blocks:
            for low in range(0, len(terms.values), AT_ONCE):
                if self.workplace.stop():
                    break
                left = _left_by_one(sights, terms.values[low : low + AT_ONCE].astype(self._precision))
                self.evaluated += left.size // CHEAPER
                for place, sight in enumerate(sights):
                    near = np.flatnonzero(left[place] < PLAIN_SIGHT)
                    for index in near[np.argsort(left[place][near], kind="stable")][:LOOKED_CLOSER]:
                        argument = terms.argument(low + int(index))
                        if argument is not None:
                            found.append((float(left[place, index]), before + low + int(index), argument, sight))
            before += len(terms.values)
        found.sort(key=lambda one: one[0])
        for _, index, argument, sight in found[: 2 * LOOKED_CLOSER]:
            yield from self._written(sight, Chain(argument), np.empty(0), place_bits(index))

    def _parts(self, parts: Iterable[Part], before: Sequence[Sequence[Sight]] | None = None) -> list[Refined]:
        """One part with constants inside before a backdrop."""
        found: list[tuple[float, int, Part, Floats, Sight]] = []
        for some in _batches(parts, self.rows):
            values = np.concatenate([one[2].values for one in some]).astype(self._precision)
            starts = np.cumsum([0, *(len(one[2].values) for one in some)])
            for sights in self._main if before is None else before:
                look = {1: _left_by_one, 2: _left_by_two}.get(values.shape[1], _left_by_many)
                left = look(sights, values)
                self.evaluated += left.size // CHEAPER
                least = np.minimum.reduceat(left, starts[:-1], axis=1)
                for place, sight in enumerate(sights):
                    for index in np.argsort(least[place])[:REFINED_OF_A_VIEW]:
                        if least[place, index] < IN_SIGHT:
                            rank, part, columns = some[index]
                            at = int(np.argmin(left[place, starts[index] : starts[index + 1]]))
                            found.append((float(least[place, index]), rank, part, columns.constants[at], sight))
            found = sorted(found, key=lambda one: one[0])[:REFINED]
            if self.workplace.stop():
                break
        return self._exact(list(self._refined(found)))

    def _refined(self, found: Sequence[tuple[float, int, Part, Floats, Sight]]) -> Iterator[Draft]:
        near = []
        for _, rank, part, inner, sight in found:
            at, rest = (lambda k, part=part: part.at(self.rows, k)), sight.backdrop.rest
            point, left = refined(at, rest, sight.rest, inner)
            if left * _share(sight) < HOPEFUL:
                near.append((left, rank, part, point, sight))
            if self.workplace.stop():
                break
        near.sort(key=lambda one: one[0])
        for _, rank, part, point, sight in near[:LOOKED_CLOSER]:
            yield from self._written(sight, part, point, place_bits(rank))

    # -- from what is left to laws

    def _written(self, sight: Sight, part: Part | None, inner: Floats | None, bits: float = 0.0) -> list[Draft]:
        """The laws that a view before a backdrop stands for, with a part where there is one."""
        shown, view = sight.backdrop, sight.view
        columns = np.empty((0, len(self.rows))) if part is None or inner is None else part.at(self.rows, inner)
        every = np.concatenate([columns, shown.values])
        kept = needed(
            every, view.values, MOST_NEEDED + len(columns), np.concatenate([np.zeros(len(columns)), shown.bits]),
            ROUNDING if inner is None or not len(inner) else NEARLY,
        )  # fmt: skip
        if kept is None:
            return []
        coefficients = np.linalg.lstsq(every[kept].T, view.values, rcond=None)[0]
        above: list[Term] = []
        beneath: list[Term] = []
        whole = np.zeros(len(columns))
        for place, coefficient in zip(kept.tolist(), coefficients.tolist(), strict=True):
            if place < len(columns):
                whole[place] = coefficient
                continue
            index = place - len(columns)
            (above if index < shown.n_plain else beneath).append(Term(shown.trees[index], coefficient))
            bits += float(shown.bits[index])
        drafts = []
        for plainly in (True, False):
            names = [f"k{number}" for number in range(1, 1 + (0 if inner is None else len(inner)))]
            values = [] if inner is None else inner.tolist()
            own = [] if part is None else terms_of_part(part, whole, names, values)
            numerator = summed([*own, *above], names, values, plainly=plainly)
            if numerator is None:
                continue
            tree = normalise(view.write(numerator, summed(beneath, names, values, plainly=plainly)))
            if can_be_said(tree, self.space.operators) and set(names) <= set(constants_of(tree)):
                drafts.append(Draft(tree, tuple(names), tuple(values), (0,) * len(names), bits + view.bits))
        return drafts

    def _exact(self, drafts: Sequence[Draft]) -> list[Refined]:
        """Those of the laws that are exact on all rows."""
        most = MOST_FREE if len(self.inputs.places) > 1 else MOST_FREE_ALONE
        each = shortest_said([one for one in drafts if len(one.names) <= most])
        found = self.full._fit([(one, SOURCE) for one in each.values()], 60)
        return sorted((one for one in found if one.loss < EXACT_FIT), key=lambda one: one.draft.form_bits or 0.0)

    # -- what stages share

    @cached_property
    def y(self) -> Floats:
        """The target on the rows looked at."""
        return self.space.target[self.rows]

    @property
    def _precision(self) -> type[np.floating[Any]]:
        """Of columns while they are screened: of one input smooth ones differ by little."""
        return np.float64 if len(self.inputs.places) == 1 else np.float32

    @cached_property
    def _most(self) -> int:
        return min(MOST_TERMS, int(PORTION * len(self.rows)))

    @cached_property
    def _plain(self) -> Backdrop:
        return backdrop(simple_terms(self.inputs, self.rows, self._most), ())

    @cached_property
    def _behind(self) -> Backdrop:
        """What parts are sought before: of one input a few terms, as many follow any curve."""
        if len(self.inputs.places) > 1:
            return self._plain
        return backdrop(simple_terms(self.inputs, self.rows, FEW), ())

    @cached_property
    def _product(self) -> Product:
        return Product(self.inputs, self.rows, self.y, self._most)

    @cached_property
    def _terms(self) -> Terms:
        return terms_of(self.workplace, self.space, self.rows)

    @cached_property
    def _simplest(self) -> list[Argument]:
        """The simplest terms, as arguments."""
        trees = (self._terms.tree(place) for place in simplest_of(self._terms, WAVING))
        return [one for tree in trees if (one := self.inputs.argument(tree, tree)) is not None]

    @cached_property
    def _all_views(self) -> list[View]:
        """Through every context, times every simple expression."""
        terms = self._terms
        times: list[tuple[Expression, Floats, float]] = [(ONE, np.ones(len(self.rows)), 0.0)]
        times += [(terms.tree(place), row, 2.0 + place_bits(place)) for place, row in enumerate(terms.values)]
        return list(views(self.y, times, self.space.operators))

    @cached_property
    def _main_views(self) -> list[View]:
        """Through every context, times simple powers of inputs, and products and ratios of two."""
        times: list[tuple[Expression, Floats, float]] = [(ONE, np.ones(len(self.rows)), 0.0)]
        powers = tuple(Fraction(*one) for one in ((1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2)))
        arguments = [one for place in self.inputs.places for one in self.inputs.powers(place, powers)]
        arguments += list(self.inputs.pairs())
        times += [(one.tree, one.values[self.rows], 2.0 + place_bits(rank)) for rank, one in enumerate(arguments)]
        return list(views(self.y, times, self.space.operators))

    @cached_property
    def _plainest(self) -> list[list[Sight]]:
        """The target itself and its inverse."""
        names = ("y", "inv")
        return [[one for one in some if one.view.times == ONE and one.view.context.name in names] for some in self._few]

    @cached_property
    def _few(self) -> list[list[Sight]]:
        """The sights of the simplest views."""
        first = {ONE, *(tree for place in self.inputs.places for tree in _and_inverse(self.inputs.space.names[place]))}
        names = [one.name for one in SUMS[:5]]
        return [
            [one for one in sights if one.view.times in first and one.view.context.name in names]
            for sights in self._main[:1]
        ]

    @cached_property
    def _main(self) -> list[list[Sight]]:
        """Sights of which parts are sought, those before one backdrop together."""
        return [self._sights(self._behind, self._main_views), *(sights for _, sights in self._implicit[:1])]

    def _sights(self, shown: Backdrop, seen: Sequence[View]) -> list[Sight]:
        if not seen:
            return []
        left = shown.rest(np.array([one.values for one in seen]))
        return [Sight(view, shown, rest) for view, rest in zip(seen, left, strict=True)]

    @cached_property
    def _implicit(self) -> list[tuple[Backdrop, list[Sight]]]:
        """Laws with a denominator of several terms: the target times terms among the terms."""
        if "/" not in self.space.operators:
            return []
        return self._beneath(simple_terms(self.inputs, self.rows, max(2, self._most // 2), BENEATH))

    @cached_property
    def _rational(self) -> list[tuple[Backdrop, list[Sight]]]:
        """The same of monomials alone."""
        if "/" not in self.space.operators:
            return []
        return self._beneath(monomials(self.inputs, self.rows, max(2, self._most // 2)))

    def _beneath(self, half: Sequence[tuple[Expression, Floats]]) -> list[tuple[Backdrop, list[Sight]]]:
        found = []
        for index, (tree, values) in enumerate(half):
            if self.workplace.stop():
                break
            beneath = [(one, self.y * column) for place, (one, column) in enumerate(half) if place != index]
            shown = backdrop(half, beneath)
            view = View(IDENTITY, tree, self.y * values, 4.0 + place_bits(index))
            found.append((shown, self._sights(shown, [view])))
        return found


def is_rounded(target: Floats) -> bool:
    """Whether all values are written with few digits, as what is measured is: no law leaves nothing of them."""
    return all(float(f"{value:.{DIGITS}g}") == value for value in target.tolist())


def _and_inverse(name: str) -> tuple[Expression, Expression]:
    return Variable(name), Apply("inv", (Variable(name),))


def _share(sight: Sight) -> float:
    """What a backdrop leaves of a view."""
    return float(sight.rest @ sight.rest) / float(sight.view.values @ sight.view.values)


def _batches(parts: Iterable[Part], rows: Rows) -> Iterator[list[tuple[int, Part, Columns]]]:
    """Parts with their ranks and columns, of one width together."""
    some: list[tuple[int, Part, Columns]] = []
    count = 0
    for rank, part in enumerate(parts):
        columns = part.columns(rows, _sizes(part))
        if not len(columns.values):
            continue
        if some and (count > AT_ONCE or columns.values.shape[1] != some[0][2].values.shape[1]):
            yield some
            some, count = [], 0
        some.append((rank, part, columns))
        count += len(columns.values)
    if some:
        yield some


DISTINCT = 1e-9
"""As below, in double precision, where the square is known to about 1e-15: at 1e-9 what is left has six digits. A
smaller one lets rounding look like a gain, a larger one leaves out columns that smooth terms nearly follow."""

DISTINCT_SINGLE = 1e-4
"""Of its square by which a column has to stand out of a backdrop, in double and in single precision."""

RIDGE = 1e-6
"""Of a column's square: columns that hang on others bring nothing."""


def _sizes(part: Part) -> tuple[int, ...]:
    if isinstance(part, Chain) and part.steps and part.steps[0] in (SINE, COSINE, TANGENT):
        return (FINE,)
    return SIZES[part.n_inner] if not isinstance(part, Enveloped) else _sizes(part.part)


def _seen_by(sights: Sequence[Sight], values: Floats) -> tuple[Floats, Floats]:
    """The backdrop's basis and what it leaves of each view, of norm one, in the precision of the columns."""
    rest = np.array([one.rest for one in sights])
    rest = rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-300)
    return sights[0].backdrop.basis.astype(values.dtype), rest.astype(values.dtype)


def _distinct(values: Floats) -> float:
    return DISTINCT if values.dtype == np.float64 else DISTINCT_SINGLE


def _scaled(values: Floats) -> Floats:
    """Columns of norm one."""
    sizes = np.sqrt(np.einsum("...j,...j->...", values, values, dtype=np.float64))
    return np.asarray(values / np.maximum(sizes, 1e-300)[..., None].astype(values.dtype))


def _left_by_one(sights: Sequence[Sight], values: Floats) -> Floats:
    """What each column ``(n, n_rows)`` leaves of what the backdrop leaves of each view, ``(n_sights, n)``."""
    basis, rest = _seen_by(sights, values)
    columns = _scaled(values[:, 0] if values.ndim == 3 else values)
    inside = columns @ basis
    size = 1 - np.einsum("ij,ij->i", inside, inside)
    gain = np.square(columns @ rest.T) / size[:, None]
    good = (size > _distinct(values))[:, None] & np.isfinite(gain)
    return np.where(good, np.maximum(1 - gain, 0.0), np.inf).T


def _left_by_two(sights: Sequence[Sight], values: Floats) -> Floats:
    """The same for pairs of columns ``(n, 2, n_rows)``."""
    basis, rest = _seen_by(sights, values)
    both = _scaled(values)
    a, b = both[:, 0], both[:, 1]
    inside_a, inside_b = a @ basis, b @ basis
    aa = 1 - np.einsum("ij,ij->i", inside_a, inside_a)
    bb = 1 - np.einsum("ij,ij->i", inside_b, inside_b)
    ab = np.einsum("ij,ij->i", a, b) - np.einsum("ij,ij->i", inside_a, inside_b)
    at, bt = a @ rest.T, b @ rest.T
    determinant = aa * bb - ab**2
    gain = (bb[:, None] * at**2 - 2 * ab[:, None] * at * bt + aa[:, None] * bt**2) / determinant[:, None]
    least = _distinct(values)
    good = (aa > least) & (bb > least) & (determinant > least * aa * bb)
    return np.where(good[:, None] & np.isfinite(gain), np.maximum(1 - gain, 0.0), np.inf).T


def _left_by_many(sights: Sequence[Sight], values: Floats) -> Floats:
    """The same for groups of columns ``(n, b, n_rows)``."""
    basis, rest = _seen_by(sights, values)
    columns = _scaled(values)
    own = columns - (columns @ basis) @ basis.T
    normal = (own @ np.swapaxes(own, 1, 2)).astype(np.float64) + RIDGE * np.eye(values.shape[1])
    wanted = (own @ rest.T).astype(np.float64)
    gain = np.einsum("nbs,nbs->ns", wanted, np.linalg.solve(normal, wanted))
    return np.where(np.isfinite(gain), np.maximum(1 - gain, 0.0), np.inf).T


def backdrops_of(workplace: Workplace, space: SearchSpace, fit_rows: Rows) -> Backdrops:
    """The search before backdrops on these rows."""
    from symreg.search.native.probes import target_at

    rows = fit_rows if len(fit_rows) <= MOST_ROWS else fit_rows[:: -(-len(fit_rows) // MOST_ROWS)]
    threads = workplace.settings.threads
    full = Refiner(space, workplace.engine, threads, target_at(space, fit_rows), fit_rows)
    return Backdrops(workplace, space, inputs_of(space), rows, full)
