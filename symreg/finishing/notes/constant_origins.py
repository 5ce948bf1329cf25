"""What a law's fitted constants may be made of: notes, where the law itself is not written with it.

Of a fitted constant with a unit one of three things is said: that it equals a product of the user's known constants,
where that is no shorter message and the law keeps the constant; that it is such a product but for one quantity that
the table does not hold, ``k2 = h*c/(k_B*T)`` with a temperature T; or that it equals constants of nature which the user
did not give. The last is a guess among many, and is held back unless chance is out of the question.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from symreg.finishing.known_products import (
    CHANCE_OF_GIVEN,
    POWERS_OF_KNOWN,
    Factor,
    Match,
    Product,
    known_products,
    matching,
    product_of,
    product_tree,
    products_of,
)
from symreg.finishing.law_constants import law_constants
from symreg.fitting import Fitted, Fitter
from symreg.formula import Tolerance, constants_of, to_text
from symreg.laws import LawConstant
from symreg.problem import FAMILIAR, Problem
from symreg.uncertain_text import uncertain_text
from symreg.units import Dimension, physical_constant, physical_constant_names

CHANCE_OF_NATURE = 0.005
"""Expected matches by chance of a constant with those of nature: nobody asked for them, so one false note in 200."""

LARGEST_ERROR = 0.01  # of a constant's value: with two digits it equals too much
SHORT_LIST = Tolerance(bits=8.0)  # 1, 2, 1/2, pi, 4*pi, 3/2 and their like
IN_PAIRS = (*FAMILIAR, "hbar")
SPELLED_BY_OTHERS = frozenset({"pi", "alpha", "Z_0", "Phi_0", "K_J", "R_K", "G_0", "c_1"})
"""Names of laboratories for what everyone else writes with two constants, as h/e; and what has no unit."""

_OF_NATURE = tuple(name for name in physical_constant_names() if name not in SPELLED_BY_OTHERS)

UNSEEN = {"K": "T", "kg": "m", "mol": "n", "A": "I"}
"""A quantity of one base unit that experiments keep fixed and tables leave out, with its letter. Lengths and times are
no such thing: with c known every wavelength is c times a time."""


def origin_notes(fitter: Fitter, fitted: Fitted, constants: Sequence[LawConstant]) -> Iterator[str]:
    """What is to be said of the fitted constants; ``constants`` in the user's units."""
    problem = fitter.problem
    given, taken = factors_of(problem), _taken(problem)
    asked = [one for one in constants if one.kind == "free" and not one.unit.dimension.is_dimensionless]
    asked = [one for one in asked if one.name not in fitted.held]
    known = {one.name: match for one in asked if (match := _match_with(given, one)) is not None}
    used = set(constants_of(fitted.expression)) | {name for one in known.values() for name, _ in one.product.powers}
    in_vain = {one.name for one in given} - used - set(problem.offered)
    for constant in asked:
        if (found := known.get(constant.name)) is not None:
            yield f"{_stated(constant)} equals {found} ({found.distance_text})"
        elif (unseen := _unseen_quantity(problem, fitted, constant, in_vain)) is not None:
            yield unseen
        elif (nature := match_in_nature(constant, taken)) is not None:
            yield f"{_stated(constant)} equals {nature} ({nature.distance_text}); {_advice(nature, problem)}"


def known_to(fitter: Fitter, fitted: Fitted) -> dict[str, Match]:
    """What fitted constants are in terms of known ones; constants that the user bounds or names are his."""
    problem = fitter.problem
    template = problem.template
    kept = {*fitter.limits, *(() if template is None else template.parameter_names)}
    scales = [fitter.units.factor(constant.unit.dimension) for constant in problem.known_constants]
    return known_products(fitted, factors_of(problem, scales), kept)


def replacement_notes(fitter: Fitter, before: Fitted, replaced: Mapping[str, Match]) -> list[str]:
    """``2*h*c**2 was fitted as ...``, for constants of the formula ``before`` that known products have replaced."""
    shown = {one.name: one for one in law_constants(fitter, before)[0]} if replaced else {}
    return [
        f"{match} was fitted as {_value_text(shown[name])} ({match.distance_text})"
        for name, match in replaced.items()
    ]


def factors_of(problem: Problem, scales: Sequence[float] = ()) -> tuple[Factor, ...]:
    """The known constants of a problem in SI, or each over its one of ``scales``."""
    each = scales or [1.0] * len(problem.known_constants)
    return tuple(
        Factor(one.name, one.unit.dimension, one.value / scale, abs(one.stderr / one.value))
        for one, scale in zip(problem.known_constants, each, strict=True)
    )


def _si(constant: LawConstant) -> tuple[float, float]:
    """Value and standard error, as a coefficient: a temperature's is per kelvin, whatever its zero."""
    return constant.value * constant.unit.scale, constant.stderr * abs(constant.unit.scale)


def _match_with(given: tuple[Factor, ...], constant: LawConstant) -> Match | None:
    return matching(*_si(constant), products_of(constant.unit.dimension, given), CHANCE_OF_GIVEN)


def _stated(constant: LawConstant) -> str:
    return f"{constant.name} = {_value_text(constant)}"


def _value_text(constant: LawConstant) -> str:
    return f"{uncertain_text(constant.value, constant.stderr)} {constant.unit.text}"


def _taken(problem: Problem) -> frozenset[str]:
    """Names that a constant of nature cannot have in this problem: they stand for something else."""
    own = {one.name: one.value for one in problem.known_constants}
    names = {name: physical_constant(name).value for name in physical_constant_names() if name in own}
    others = {name for name, value in names.items() if not math.isclose(own[name], value, rel_tol=1e-9)}
    return frozenset({*problem.inputs, problem.target, *others})


def _advice(match: Match, problem: Problem) -> str:
    own = {one.name for one in problem.known_constants}
    names = [name for name, _ in match.product.powers if name not in own]
    if own:
        return f"add {' and '.join(map(repr, names))} to constants to use it"
    return f"give constants={names!r} to use it"


# ------------------------------------------------------------------------------------------ constants of nature


def match_in_nature(constant: LawConstant, taken: Collection[str] = ()) -> Match | None:
    """The constant of nature, or product of two, that a fitted constant is, times a number from a short list."""
    value, error = _si(constant)
    if not error <= LARGEST_ERROR * abs(value):
        return None
    products = products_in_nature(constant.unit.dimension, frozenset(taken))
    return matching(value, error, products, CHANCE_OF_NATURE, SHORT_LIST)


@lru_cache(maxsize=256)
def products_in_nature(dimension: Dimension, taken: frozenset[str] = frozenset()) -> tuple[Product, ...]:
    """Powers of one constant of nature, or of two familiar ones, that have this dimension."""
    wanted = [2 * exponent for exponent in dimension.exponents]
    if any(exponent.denominator != 1 for exponent in wanted):
        return ()
    twice = np.array([int(exponent) for exponent in wanted])
    found = [
        product_of([_natural(name) for name in names], [POWERS_OF_KNOWN[place] for place in places], len(_OF_NATURE))
        for sets, reached in _reached()
        for index, *places in np.argwhere((reached == twice).all(axis=-1)).tolist()
        if taken.isdisjoint(names := sets[index])
    ]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.bits))


@lru_cache(maxsize=1)
def _reached() -> tuple[tuple[list[tuple[str, ...]], NDArray[np.int64]], ...]:
    """Sets of names, and twice the exponents that powers of them reach, ``(n_sets, n_powers, ..., 7)``."""
    powers = np.array([int(2 * power) for power in POWERS_OF_KNOWN])
    exponents = {name: np.array([int(one) for one in _natural(name).dimension.exponents]) for name in _OF_NATURE}
    alone = [(name,) for name in _OF_NATURE]
    pairs = list(combinations(IN_PAIRS, 2))
    never = 99 * (powers == 0)[:, None]  # a constant without a power takes no part
    each = {name: powers[:, None] * one + never for name, one in exponents.items()}
    two = np.array([each[first][:, None] + each[second][None, :] for first, second in pairs])
    return (list(alone), np.array([each[name] for name in _OF_NATURE])), (list(pairs), two)


@lru_cache
def _natural(name: str) -> Factor:
    one = physical_constant(name)
    return Factor(name, one.unit.dimension, one.value, one.stderr / abs(one.value))


# ------------------------------------------------------------------------------------------ one quantity unseen


def _unseen_quantity(
    problem: Problem, fitted: Fitted, constant: LawConstant, in_vain: Collection[str]
) -> str | None:
    """``k2 = h*c/(k_B*T) with T = 2850.1 ± 0.3 K``, where that uses up all constants that the user named in vain."""
    given = factors_of(problem)
    if not in_vain or not math.isfinite(constant.stderr):
        return None
    found = [
        (product, base, side)
        for base in UNSEEN
        for side in (1, -1)
        for product in products_of(constant.unit.dimension / Dimension.of(**{base: side}), given)
        if set(in_vain) <= {name for name, _ in product.powers}
        and all(power.denominator == 1 for _, power in product.powers)
    ]
    value, _ = _si(constant)
    if len(found) != 1 or value / found[0][0].value <= 0:
        return None  # of two possible readings neither is said
    product, base, side = found[0]
    quantity = (value / product.value) ** side
    error = quantity * math.hypot(constant.stderr / constant.value, product.relative_error)
    taken = {*problem.inputs, problem.target, *problem.known_values, *fitted.names}
    letter = _letter(UNSEEN[base], taken)
    tree = product_tree([*product.powers, (letter, Fraction(side))])
    return f"{constant.name} = {to_text(tree)} with {letter} = {uncertain_text(quantity, error)} {base}"


def _letter(letter: str, taken: Collection[str]) -> str:
    while letter in taken:
        letter += "_0"
    return letter
