"""From a fitted candidate to a law: simple numbers, a shorter form, rechecks, scores, constants with units."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

import numpy as np

from symreg.arrays import Rows
from symreg.errors import DimensionError
from symreg.finishing.allowed import is_allowed
from symreg.finishing.canonical import Form, Surroundings, canonical_form, ordered, with_leading_signs
from symreg.finishing.constant_notes import constant_notes
from symreg.finishing.constant_origins import known_to, replacement_notes
from symreg.finishing.known_products import Match, with_known_constants
from symreg.finishing.law_constants import law_constants, renamed, with_pretty_names
from symreg.finishing.needless import with_fewer_by_form, without_needless_constants
from symreg.finishing.signs import with_signs_in_form
from symreg.finishing.snapping import (
    Rewritten,
    exponents_of,
    with_shared_constant,
    with_simple_numbers,
    with_tied_constants,
    without_insignificant_terms,
)
from symreg.finishing.tidy import (
    merged_powers,
    with_factor_in_front,
    without_constant_exponents,
)
from symreg.fitting import Fitted, Fitter, Floats
from symreg.formula import (
    NOT_SIMPLE_BITS,
    NOT_SIMPLE_BITS_TO_SCALE,
    OPERATOR_BITS,
    TO_SCALE,
    USUAL,
    Apply,
    Constant,
    Expression,
    Number,
    Recognised,
    Simplifier,
    collected,
    complexity,
    constants_of,
    description_length,
    dimension_of,
    name_bits,
    name_bits_of,
    normalise,
    said_with,
    to_text,
    tree_bits,
    walk,
)
from symreg.laws import Law, Score, bits_left, left_over, score, unseen_notes
from symreg.problem import FreeConstant, Template, has_form, parts_of
from symreg.uncertain_text import uncertain_text
from symreg.units import DIMENSIONLESS_UNIT, Dimension

RESOLUTION = 1e-10  # of the target's spread: residuals below are rounding
ROUNDING = 1e-9  # of the target's spread: what a fit of an exact law leaves at most
ROUNDING_OF_SIZE = 1e-5  # of the target's size, as a spread: values of 1e6 beside a spread of 1 are known no better
UNIT_BITS = 8.0
"""For a fitted constant with a unit where a law with pure numbers could have the target's: it may have one of some
hundreds, and each makes a law of forms that dimensions otherwise forbid. It decides between laws that fit alike, as on
ten rows; one that is needed gains more."""

ROOT_OF_UNIT_BITS = 4.0
"""For a fitted constant with a root of a unit, ``V*s**(1/2)``, where no column has one: of the constants in handbooks
that have a unit hardly one in sixteen is of that kind, Kepler's and those of diffusion."""

TIED_BITS = 7.0
"""To say that a fitted constant is a simple multiple of another, and which: of a regression's coefficients few are.
Nothing where every scale of a law is in the table, as there ``2*a + b`` is what laws are made of."""

SIMPLE_BITS = 3.0
"""To say that a factor or a term is a simple number where some scale of the law is not in the table: so many that a
number that is said to be exact is so in 95 % of cases (``tests/benchmarks/simplified_coverage.py``).
Exponents are simple as often as not, and pay nothing."""

AS_PROPOSED = frozenset({"guess", "hypotheses"})  # sources of formulas that people know by their form
REWRITES = 6  # rounds of rewriting; each has to shorten the description
EXACTLY = 1e-9  # a fitted value that is the simple number to this part needs no mention
# By a constant's former name: the simple number it became, the value that was fitted, and its standard error.
Snapped = Mapping[str, tuple[Recognised, float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A fitted formula with what became of its constants, and its description length in bits.

    ``form_bits`` is the price of the form by its place in a catalogue (``search.native.skeletons``), None where it has
    none: of the two ways to say a form, by its tree and by its place, the shorter one is paid.
    """

    fitted: Fitted
    bits: float
    snapped: Snapped
    snapped_bits: float = 0.0
    simplified: bool = False
    notes: tuple[str, ...] = ()
    source: str = "native"
    form_bits: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Finisher:
    """Turns fitted candidates into laws, on the rows of one problem."""

    fitter: Fitter
    simplifier: Simplifier | None = None

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """Dimensions of inputs, their units and known constants, and of pi unless something else is called that."""
        problem = self.fitter.problem
        units = {one.name: one.unit.dimension for one in problem.units_of_inputs.values()}
        return {"pi": DIMENSIONLESS_UNIT.dimension} | problem.dimensions | units

    def measured(self, fitted: Fitted, source: str, form_bits: float | None = None) -> Finished:
        """The fitted formula with its description length."""
        return Finished(fitted, self._bits(fitted, {}, 0.0, form_bits), {}, source=source, form_bits=form_bits)

    def _bits(
        self, fitted: Fitted, snapped: Snapped, snapped_bits: float, form_bits: float | None = None
    ) -> float:
        problem, fitter = self.fitter.problem, self.fitter
        names = [constant.name for constant in fitted.constants]
        names_in_use = len(problem.inputs) + len(problem.known_constants) + 2  # and a constant, and a number
        # A simple number is sent by its code: in the tree it is one node, however many nodes spell it out.
        numbers = {one.expression for one, _, _ in snapped.values()}
        spelled = [node for node in walk(fitted.expression) if node in numbers]
        # A product of known constants is, even where tidying has put its factors elsewhere.
        names_in_tree = set(constants_of(fitted.expression))
        spelled += [
            one for one in numbers - set(spelled)
            if any(name != "pi" for name in constants_of(one)) and set(constants_of(one)) <= names_in_tree
        ]  # fmt: skip
        twice = sum(tree_bits(one, names_in_use) - name_bits(names_in_use) for one in spelled)
        # That an input stands over its unit goes without saying: dimensions leave nothing else.
        over = sum(_is_over_unit(node, self._units_of_inputs) for node in walk(fitted.expression))
        twice += over * (1.0 + OPERATOR_BITS["/"] + name_bits(names_in_use))
        named = name_bits_of(
            fitted.expression, names, len(problem.inputs), ones=self._units_of_inputs, numbers=numbers
        )
        ways = [bits for bits in (form_bits, named) if bits is not None]
        if ways:
            twice = max(twice, tree_bits(fitted.expression, names_in_use) - min(ways))
        own = self._bits_of_units(fitted, names_in_use) + self._bits_of_literals(fitted, numbers)
        return own - twice + description_length(
            residual_sum_squares=left_over(fitted, self.fitter),
            n_rows=len(fitter.y),
            expression=fitted.expression,
            n_names=names_in_use,
            noise_variance=1.0 if fitter.knows_errors else None,
            values=dict(zip(names, fitted.values.tolist(), strict=True)),
            fisher_diagonal=self._information(fitted),
            snapped_bits=snapped_bits,
            resolution=0.0 if fitter.knows_errors else RESOLUTION * float(np.std(fitter.y)),
            angles=self._angles(),
            not_simple_bits=NOT_SIMPLE_BITS_TO_SCALE if self._to_scale(fitted) else NOT_SIMPLE_BITS,
        )

    def _information(self, fitted: Fitted) -> Floats:
        """What the data know of the constants; of parameters nothing: every law of the form has them and pays alike."""
        template = self.fitter.problem.template
        kept = () if template is None else template.parameter_names
        return replace(fitted, held=tuple({*fitted.held, *(one for one in fitted.names if one in kept)})).information

    @property
    def _units_of_inputs(self) -> frozenset[str]:
        return frozenset(one.name for one in self.fitter.problem.units_of_inputs.values())

    def _to_scale(self, fitted: Fitted) -> bool:
        """Whether every scale of a law is known: units are given, and no constant with a unit is in it or asked for.

        A pure number of such a law is hardly ever an odd one.
        """
        problem = self.fitter.problem
        if any(not one.dimension.is_dimensionless for one in fitted.constants):
            return False
        if self._units_of_inputs & set(constants_of(fitted.expression)):
            return False
        with_units = any(not dimension.is_dimensionless for dimension in problem.dimensions.values())
        asked_for = problem.template is not None and problem.template.parameters
        return with_units and problem.free_constants.policy == "dimensionless" and not asked_for

    def _bits_of_literals(self, fitted: Fitted, recognised: Collection[Expression]) -> float:
        """What a law that is not to scale pays for factors and terms that are written as numbers, as ``2*a + b`` is.

        One of two goes without saying, exponents are paid for in the tree, and numbers that were fitted pay as such.
        """
        if self._to_scale(fitted):
            return 0.0
        spelled = {part for one in recognised for part in walk(one)}
        powers = {id(node.arguments[1]) for node in walk(fitted.expression) if _is_power(node)}
        literals = (node for node in walk(fitted.expression) if isinstance(node, Number) and id(node) not in powers)
        return TIED_BITS * sum(abs(node.value) != 1 and node not in spelled for node in literals)

    def _bits_of_units(self, fitted: Fitted, names_in_use: int) -> float:
        """What coefficients pay for their units.

        One of another unit than those declared is a power of a constant: an operator and a number. One with any unit
        where pure numbers would do makes a law of many forms that dimensions otherwise forbid; so does a pure number
        beside an input over its unit, ``k1*x*(x/x_unit)**k2``, whose size depends on that unit.
        """
        free, roots = self.fitter.problem.free_constants, self._roots_of_units(fitted)
        if free.is_mixed:
            with_units = sum(not constant.dimension.is_dimensionless for constant in fitted.constants)
            is_hidden = with_units == 0 and bool(self._units_of_inputs & set(constants_of(fitted.expression)))
            return roots + UNIT_BITS * (with_units + is_hidden)
        if free.policy != "declared":
            return roots
        declared = {DIMENSIONLESS_UNIT.dimension, *(unit.dimension for unit in free.units)}
        powers = sum(constant.dimension not in declared for constant in fitted.constants)
        return 2 * powers * name_bits(names_in_use)

    def _roots_of_units(self, fitted: Fitted) -> float:
        """What constants pay for roots of units."""
        problem = self.fitter.problem
        columns = (*problem.dimensions.values(), problem.target_column.unit.dimension)
        if any(one.has_roots for one in columns):
            return 0.0
        return ROOT_OF_UNIT_BITS * sum(constant.dimension.has_roots for constant in fitted.constants)

    def _angles(self) -> tuple[str, ...] | None:
        """The inputs that carry an angle; None where no column has a unit, which then says nothing of angles."""
        problem = self.fitter.problem
        units = {name: problem.table[name].unit for name in (*problem.inputs, problem.target)}
        carrying = [name for name, unit in units.items() if unit.is_angle or unit.carries_angle]
        if not carrying and all(unit.dimension.is_dimensionless for unit in units.values()):
            return None
        return tuple(name for name in carrying if name != problem.target)

    def sharing(self, finished: Finished) -> list[Finished]:
        """The formula with one constant where several are its powers; what it is worth shows once it is simplified."""
        preferred = [unit.dimension for unit in self.fitter.problem.free_constants.units]
        shared = with_shared_constant(finished.fitted, preferred)
        proposals = [one for one in shared if self._keeps_limits(finished, one)]
        one = self._best_rewriting(replace(finished, bits=math.inf), proposals)
        return [] if one is None else [one]

    def shortened(self, finished: Finished) -> Finished:
        """Simple numbers, shared and known constants, as long as each rewriting shortens the description."""
        preferred = [unit.dimension for unit in self.fitter.problem.free_constants.units]
        for _ in range(REWRITES):
            known = known_to(self.fitter, finished.fitted)
            to_scale = self._to_scale(finished.fitted)
            proposals = [
                *self._with_known_constants(finished.fitted, known),
                *with_shared_constant(finished.fitted, preferred),
                *without_insignificant_terms(finished.fitted),
                *with_fewer_by_form(finished.fitted),
            ]
            simple = with_simple_numbers(finished.fitted, TO_SCALE if to_scale else USUAL, self._units_of_inputs)
            kept = [one for one in proposals if self._keeps_limits(finished, one)]
            better = self._best_rewriting(finished, kept)
            kept = [one for one in simple if self._keeps_limits(finished, one)]
            better = self._best_rewriting(finished, kept, 0.0 if to_scale else SIMPLE_BITS, better)
            ties = [one for one in with_tied_constants(finished.fitted) if self._keeps_limits(finished, one)]
            better = self._best_rewriting(finished, ties, 0.0 if to_scale else TIED_BITS, better)
            if better is None:
                break
            replaced = {
                name: one for name, one in known.items()
                if name in better.snapped and better.snapped[name][0].expression == one.expression
            }  # fmt: skip
            notes = (*better.notes, *replacement_notes(self.fitter, finished.fitted, replaced))
            finished = replace(better, notes=notes)
        return self.tidied(self.without_needless_constants(finished))

    def without_needless_constants(self, finished: Finished) -> Finished:
        """Of a law that leaves nothing but rounding, the one that leaves no more with the fewest constants.

        The description length does not decide it: below the resolution residuals are noise of the arithmetic.
        """
        while self.is_at_rounding(finished.fitted):
            shorter = (*without_needless_constants(finished.fitted), *with_fewer_by_form(finished.fitted))
            proposals = [one for one in shorter if self._keeps_limits(finished, one)]
            fits = self.fitter.fit([(expression, constants) for expression, constants, _ in proposals])
            before = finished.fitted
            exact = (one for one in fits if one is not None and self.is_at_rounding(one))
            kept = (one for one in exact if self._may_follow(before, one))
            fitted = next(kept, None)
            if fitted is None:
                break
            bits = self._bits(fitted, finished.snapped, finished.snapped_bits, finished.form_bits)
            finished = replace(finished, fitted=fitted, bits=bits)
        return finished

    def is_at_rounding(self, fitted: Fitted) -> bool:
        """Whether the residuals on the training rows are rounding, in parts of the target's spread or its size."""
        y, weights = self.fitter.y, self.fitter.row_weights(fitted)
        size = max(float(np.std(y)), ROUNDING_OF_SIZE * float(np.max(np.abs(y))))
        return bool(fitted.residual_sum <= (ROUNDING * size) ** 2 * float(np.sum(weights)))

    def _with_known_constants(self, fitted: Fitted, known: Mapping[str, Match]) -> list[Rewritten]:
        """Formulas with known constants, as far as they keep the limits on a law's form: a product has more nodes."""
        constraints = self.fitter.problem.constraints
        return [one for one in with_known_constants(fitted, known) if is_allowed(one[0], constraints)]

    def _keeps_limits(self, finished: Finished, proposal: Rewritten) -> bool:
        """Whether constants that the user bounds are still there and mean the same, or became numbers within bounds."""
        kept = {constant.name: constant.dimension for constant in proposal[1]}
        for constant in finished.fitted.constants:
            limit = self.fitter.limits.get(constant.name)
            if limit is None or kept.get(constant.name) == constant.dimension:
                continue
            number = proposal[2].get(constant.name)
            if number is None or constant.name in kept or not limit.holds(number.value):
                return False
        return True

    def tidied(self, finished: Finished) -> Finished:
        """The same law with powers merged, free factors in front and signs in the form, if constants are positive.

        Of a template, each function is tidied in its place.
        """
        template = self.fitter.problem.template
        if template is not None and not template.is_bare:
            return self._tidied_within(finished, template)
        policy = self.fitter.problem.free_constants
        limited = any(name in self.fitter.limits for name in finished.fitted.names)
        units = {unit.dimension for unit in policy.units} | {DIMENSIONLESS_UNIT.dimension}
        fitted = replace(finished.fitted, expression=merged_powers(normalise(finished.fitted.expression)))
        while not limited:  # the factor in front would be another constant than the one that was bounded
            moved = with_factor_in_front(fitted, lambda d: policy.policy == "inferred" or d in units)
            moved = moved or without_constant_exponents(fitted)
            again = None if moved is None else self.fitter.fit([(moved.expression, moved.constants)])[0]
            if again is None or not self._may_follow(fitted, again):
                break
            fitted = replace(again, expression=merged_powers(normalise(again.expression)))
        if policy.positive:
            fitted = with_signs_in_form(fitted, self.fitter.limits)
        names = [constant.name for constant in fitted.constants]
        fitted = replace(fitted, expression=ordered(fitted.expression, names))
        bits = self._bits(fitted, finished.snapped, finished.snapped_bits, finished.form_bits)
        return replace(finished, fitted=fitted, bits=bits)

    def shown(self, finished: Finished) -> Finished:
        """The law as it is shown: shortened in its canonical form, where numbers are told that another form hides.

        What somebody proposed keeps the form in which it was: its constants mean something to those who know it.
        """
        if finished.source in AS_PROPOSED:
            return self.shortened(finished)
        first = self.canonical(finished)
        short = self.shortened(first)
        found = short.snapped != first.snapped or set(short.fitted.names) != set(first.fitted.names)
        return self.canonical(short) if found or first is finished else first

    def canonical(self, finished: Finished) -> Finished:
        """The same law in the form that is shown; of both the shorter message is the law's: it is one law.

        It stays as it is where the user has given its form or bounds on its constants, where the new form breaks a
        limit of the user's, and where it cannot be fitted so well.
        """
        before, template = finished.fitted, self.fitter.problem.template
        given = any(name in self.fitter.limits for name in before.names)
        if given or (template is not None and not template.is_bare):
            return finished
        form = canonical_form(self._form(before))
        constants = tuple(FreeConstant(name, form.dimensions[name], value) for name, value in form.values.items())
        if form.expression == before.expression or not is_allowed(form.expression, self.fitter.problem.constraints):
            return finished
        fitted = self.fitter.fit([(form.expression, constants)])[0]
        if fitted is not None and self.fitter.problem.free_constants.positive:
            fitted = with_signs_in_form(fitted, self.fitter.limits)
        if fitted is None or self._is_worse(fitted, before) or not self._may_follow(before, fitted):
            return finished
        bits = self._bits(fitted, finished.snapped, finished.snapped_bits, finished.form_bits)
        return replace(finished, fitted=fitted, bits=min(bits, finished.bits))

    def _form(self, fitted: Fitted) -> Form:
        """The formula with its constants, beside all that has a name, on the training rows."""
        policy = self.fitter.problem.free_constants
        units = {name: one.name for name, one in self.fitter.problem.units_of_inputs.items()}
        allowed = {unit.dimension for unit in policy.units} | {DIMENSIONLESS_UNIT.dimension}
        allowed |= {one.dimension for one in fitted.constants}
        any_unit = policy.policy == "inferred" or policy.is_mixed
        inputs = dict(zip(self.fitter.problem.inputs, self.fitter.X, strict=True))
        values: dict[str, Floats | float] = {**self.fitter.known, **inputs}
        around = Surroundings(self.dimensions, values, units, lambda one: any_unit or one in allowed)
        dimensions = {one.name: one.dimension for one in fitted.constants}
        return Form.of(
            fitted.expression, dimensions, dict(zip(fitted.names, fitted.values.tolist(), strict=True)), around
        )

    def _is_worse(self, fitted: Fitted, before: Fitted) -> bool:
        """Whether a fit leaves more than another, by more than rounding."""
        if fitted.residual_sum <= before.residual_sum * (1 + 1e-6) + 1e-300:
            return False
        spread = float(np.var(self.fitter.y)) * len(self.fitter.y)
        return fitted.residual_sum > before.residual_sum + RESOLUTION**2 * spread

    def _tidied_within(self, finished: Finished, template: Template) -> Finished:
        names = [constant.name for constant in finished.fitted.constants]
        parts = parts_of(template, finished.fitted.expression) or {}
        short = {name: min(part, collected(part, ()), key=complexity) for name, part in parts.items()}
        tidy = {name: ordered(merged_powers(normalise(part)), names) for name, part in short.items()}
        tidy = {name: with_leading_signs(part) for name, part in tidy.items()}
        fitted = replace(finished.fitted, expression=template.whole(tidy))
        bits = self._bits(fitted, finished.snapped, finished.snapped_bits, finished.form_bits)
        return replace(finished, fitted=fitted, bits=bits) if self.is_exact(fitted) else finished

    def _best_rewriting(
        self, finished: Finished, proposals: Sequence[Rewritten], price: float = 0.0, best: Finished | None = None
    ) -> Finished | None:
        """The rewriting of shortest message, if it is shorter than before and than the ``best`` so far.

        ``price`` is paid for each constant that went and was no exponent.
        """
        before = finished.fitted
        old = {
            # Of a constant with a unit it is a ratio that was recognised, not the value.
            constant.name: (float(value) if constant.dimension.is_dimensionless else math.nan, float(error))
            for constant, value, error in zip(before.constants, before.values, before.stderr, strict=True)
        }
        exponents = exponents_of(before.expression)
        if "pi" in (*self.fitter.problem.inputs, self.fitter.problem.target):  # another pi
            proposals = [one for one in proposals if Constant("pi") not in walk(one[0])]
        fits = self.fitter.fit([(expression, constants) for expression, constants, _ in proposals])
        for fitted, (_, _, found) in zip(fits, proposals, strict=True):
            if fitted is None or not self._may_follow(before, fitted):
                continue
            gone = {one.name for one in before.constants} - {one.name for one in fitted.constants}
            went = len(gone - exponents)
            bits_of_numbers = finished.snapped_bits + sum(one.bits for one in found.values()) + price * went
            snapped = {**finished.snapped, **{name: (one, *old[name]) for name, one in found.items()}}
            bits = self._bits(fitted, snapped, bits_of_numbers, finished.form_bits)
            if bits < (finished.bits if best is None else best.bits):
                best = replace(finished, fitted=fitted, bits=bits, snapped=snapped, snapped_bits=bits_of_numbers)
        return best

    def is_exact(self, fitted: Fitted) -> bool:
        """Whether the formula has exactly the target's dimension, checked anew by the dimension rules alone, and the
        form of the template, if there is one.
        """
        free = {constant.name: constant.dimension for constant in fitted.constants}
        target = self.fitter.problem.target_column.unit.dimension
        try:
            exact = dimension_of(fitted.expression, self.dimensions | free) == target
        except DimensionError:
            return False
        return exact and has_form(self.fitter.problem.template, fitted.expression)

    def _may_follow(self, before: Fitted, after: Fitted) -> bool:
        """Whether a rewriting is exact in its dimension, and can be said as the user wants it where it could before."""
        return self.is_exact(after) and (self.is_sayable(after) or not self.is_sayable(before))

    def is_sayable(self, fitted: Fitted) -> bool:
        """Whether the allowed operators say the formula (``saying.can_be_said``)."""
        return self._in_operators(fitted.expression, scaled=True) is not None

    def said(self, finished: Finished) -> Finished | None:
        """The same law in operators that the user allows; None where it cannot be. What somebody proposed stays."""
        if finished.source in AS_PROPOSED:
            return finished
        tree = self._in_operators(finished.fitted.expression, scaled=False)
        return None if tree is None else replace(finished, fitted=replace(finished.fitted, expression=tree))

    def _in_operators(self, expression: Expression, *, scaled: bool) -> Expression | None:
        """The formula in allowed operators; of a template its unknown functions, because the form is the user's."""
        problem = self.fitter.problem
        if problem.template is None or problem.template.is_bare:
            return said_with(expression, problem.operators, scaled=scaled)
        parts = parts_of(problem.template, expression) or {}
        said = {name: said_with(part, problem.operators, scaled=scaled) for name, part in parts.items()}
        known = {name: part for name, part in said.items() if part is not None}
        return problem.template.whole(known) if len(known) == len(said) else None

    def simplified(self, finished: Sequence[Finished], budget: float) -> list[Finished]:
        """The formulas in their shortest form, rechecked and fitted again; the raw form stays where that fails."""
        template = self.fitter.problem.template
        if self.simplifier is None or not finished or (template is not None and not template.is_bare):
            return list(finished)
        plain = [replace(one, fitted=_normalised(one.fitted)) for one in finished]
        apart = "_" * (1 + max(len(name) for name in self._taken()))  # longer than any column's name
        names = [{c.name: f"{c.name}{apart}{i}" for c in one.fitted.constants} for i, one in enumerate(plain)]
        dimensions, sample = self._facts(plain, names)
        answers = self.simplifier.simplify(
            [renamed(one.fitted.expression, new) for one, new in zip(plain, names, strict=True)],
            dimensions=dimensions,
            sample=sample,
            positive={name for name, values in sample.items() if (values > 0).all()},
            budget=budget,
        )
        return [
            self._refitted(one, renamed(answer.expression, {new: old for old, new in own.items()}), answer.note)
            for one, own, answer in zip(plain, names, answers, strict=True)
        ]

    def _facts(
        self, finished: Sequence[Finished], names: Sequence[Mapping[str, str]]
    ) -> tuple[dict[str, Dimension], dict[str, Floats]]:
        """Dimension and values of every name that occurs; the free constants under the names they go by here."""
        dimensions = dict(self.dimensions)
        sample = {name: values for name, values in zip(self.fitter.problem.inputs, self.fitter.X, strict=True)}
        sample |= {name: np.array([value]) for name, value in self.fitter.known.items()}
        for one, own in zip(finished, names, strict=True):
            for constant, value in zip(one.fitted.constants, one.fitted.values, strict=True):
                dimensions[own[constant.name]] = constant.dimension
                sample[own[constant.name]] = np.array([value])
        return dimensions, {name: np.broadcast_to(values, self.fitter.y.shape) for name, values in sample.items()}

    def _refitted(self, finished: Finished, expression: Expression, note: str | None) -> Finished:
        notes = finished.notes if note is None else (*finished.notes, note)
        kept = set(constants_of(expression))
        constants = tuple(
            FreeConstant(constant.name, constant.dimension, float(value))
            for constant, value in zip(finished.fitted.constants, finished.fitted.values, strict=True)
            if constant.name in kept
        )
        fitted = self.fitter.fit([(expression, constants)])[0]
        before = finished.fitted
        if fitted is None or self._is_worse(fitted, before) or not self._may_follow(before, fitted):
            return replace(finished, notes=notes)
        bits = self._bits(fitted, finished.snapped, finished.snapped_bits, finished.form_bits)
        return replace(finished, fitted=fitted, bits=bits, simplified=note is None, notes=notes)

    def law(self, finished: Finished) -> Law:
        """The law in the user's units, with its scores."""
        problem = self.fitter.problem
        template = problem.template
        own = {*self.fitter.limits, *(() if template is None else template.parameter_names)}
        fitted = self.fitter.finished(with_pretty_names(finished.fitted, self._taken(), own))
        constants, covariance = law_constants(self.fitter, fitted)
        held_out = (
            self._score(*self._held_out(fitted))
            if problem.judge == "held-out"
            else self._score(self.fitter.cross_validated(fitted), self.fitter.y, problem.train_rows)
        )
        train = self._score(self.fitter.predict(fitted, self.fitter.X), self.fitter.y, problem.train_rows)
        return Law(
            expression=fitted.expression,
            formula=to_text(fitted.expression),
            complexity=complexity(fitted.expression),
            unit=problem.target_column.unit,
            dimension_ok=self.is_exact(fitted),
            train=train,
            held_out=held_out,
            description_length=finished.bits,
            constants=constants,
            covariance=covariance,
            backend=finished.source,
            simplified=finished.simplified,
            notes=(
                *finished.notes,
                *_functions(template, fitted.expression),
                *_fitted_values(finished.snapped),
                *constant_notes(self.fitter, fitted, constants, covariance),
                *unseen_notes(train, held_out, len(fitted.values), problem.judge),
            ),
            input_units={name: problem.table[name].unit for name in problem.inputs},
            target=problem.target,
            judge=problem.judge,
            own_bits=finished.bits - bits_left(fitted, self.fitter, RESOLUTION * float(np.std(self.fitter.y))),
        )

    def _taken(self) -> set[str]:
        template = self.fitter.problem.template
        own = () if template is None else (*template.parameter_names, *(one.name for one in template.functions))
        return {*self.fitter.problem.inputs, *self.fitter.known, self.fitter.problem.target, *own}

    def _held_out(self, fitted: Fitted) -> tuple[Floats, Floats, Rows]:
        problem, units = self.fitter.problem, self.fitter.units
        rows = problem.held_out_rows
        return self.fitter.predict(fitted, units.matrix(problem, rows)), units.target_values(problem, rows), rows

    def _score(self, predicted: Floats, actual: Floats, rows: Rows) -> Score:
        problem = self.fitter.problem
        column = problem.target_column
        factor = self.fitter.units.factor(column.unit.dimension)
        with np.errstate(all="ignore"):
            found, given = (np.asarray(column.unit.from_si(values * factor)) for values in (predicted, actual))
            sigma = problem.sigma(rows)
            if sigma is None and problem.sizes is not None:
                sigma = problem.sizes[rows]  # errors are counted as parts of the values
            return score(found, given, None if sigma is None else sigma / abs(column.unit.scale))


def _is_power(node: Expression) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.operator == "pow"


def _is_over_unit(node: Expression, units: Collection[str]) -> bool:
    """Whether the node is an input over its unit."""
    if not isinstance(node, Apply) or node.operator != "/":
        return False
    return isinstance(node.arguments[1], Constant) and node.arguments[1].name in units


def _normalised(fitted: Fitted) -> Fitted:
    return replace(fitted, expression=normalise(fitted.expression))


def _fitted_values(snapped: Snapped) -> list[str]:
    """What the numbers in a law were before they were recognised."""
    return [
        f"the number {simple.text} was fitted as {uncertain_text(value, error)}"
        for simple, value, error in snapped.values()
        if 0 < abs(value - simple.value) < 0.5 * abs(simple.value) and abs(value / simple.value - 1) > EXACTLY
    ]


def _functions(template: Template | None, expression: Expression) -> list[str]:
    """What the unknown functions of a template are in a law."""
    if template is None or template.is_bare:
        return []
    parts = parts_of(template, expression) or {}
    return [f"{one} = {to_text(parts[one.name])}" for one in template.functions if one.name in parts]
