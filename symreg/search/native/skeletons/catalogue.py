"""Which parts and which questions there are for the inputs of a space: short lists from which everything is made.

The lists are ways in which constants stand in laws of handbooks: decays, poles, powers, peaks, saturations and waves,
each in each; beside a constant, a line, an inverse or a logarithm; over a simple factor; or under a function of the
whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from symreg.formula import Apply, Variable
from symreg.search.native.skeletons.argument import Argument, Inputs, raised
from symreg.search.native.skeletons.part import Chain, Part, Wave
from symreg.search.native.skeletons.question import CONTEXTS, IDENTITY, LOGARITHM, Question
from symreg.search.native.skeletons.step import (
    ATAN,
    BOSE,
    CENTRE,
    EXP,
    FERMI,
    INVERSE,
    LOG,
    OFFSET,
    PEAK,
    POWER,
    ROOT,
    SHIFT,
    TANH,
    Step,
)

FIRST_STEPS = (EXP, POWER, INVERSE, LOG, ROOT, TANH, ATAN, BOSE, FERMI)
INNER = (EXP, POWER, INVERSE, LOG, PEAK, ROOT, TANH)
OUTER = (EXP, INVERSE, LOG, ROOT, TANH, FERMI, PEAK)
DEEP = ((POWER, SHIFT, POWER), (EXP, SHIFT, POWER), (PEAK, SHIFT, POWER), (POWER, INVERSE, EXP), (EXP, EXP, EXP))
SIMPLE_POWERS = tuple(
    Fraction(*one)
    for one in (
        (1, 1), (2, 1), (3, 1), (-1, 1), (-2, 1), (1, 2), (-1, 2), (3, 2), (1, 3), (2, 3), (4, 1), (5, 1), (-3, 1),
        (-4, 1), (6, 1), (-5, 1), (-6, 1), (7, 1), (8, 1), (9, 1), (-3, 2), (-8, 1), (12, 1), (-12, 1),
    )
)  # fmt: skip
FACTORS = tuple(Fraction(*one) for one in ((1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (-3, 1), (-5, 1)))
FEW_POWERS = SIMPLE_POWERS[:11]
MANY_INPUTS = 3
"""Inputs up to which plain terms have all of ``SIMPLE_POWERS``, 24, and beyond which 11: the products of two inputs
grow with the square of inputs, and ``MOST_PLAIN_TERMS`` would cut them off. A larger one crowds them out with odd
powers."""

MOST_PLAIN_TERMS = 450
"""Plain terms from which sums are chosen: more than this and the simplest are kept."""

CATALOGUED_FUNCTIONS = ("sin", "cos", "exp", "log", "tan", "atan")


def singles(inputs: Inputs) -> list[Argument]:
    """The inputs, each alone."""
    return [one for place in inputs.places if (one := inputs.itself(place)) is not None]


def one_step(inputs: Inputs) -> Iterator[Part]:
    """Parts with one constant inside, plain inputs first."""
    plain = singles(inputs)
    powers = [one for place in inputs.places for one in inputs.powers(place)]
    pairs = list(inputs.pairs())
    no_power = tuple(step for step in FIRST_STEPS if step is not POWER)
    for arguments, steps in ((plain, FIRST_STEPS), (powers, no_power), (pairs, FIRST_STEPS)):
        for argument in arguments:
            for step in steps:
                if not _says_the_same(argument, step):
                    yield Chain(argument, (step,))


def _says_the_same(argument: Argument, step: Step) -> bool:
    """``1/(k + 1/x)`` is ``1/(k + x)`` beside a constant, ``exp(k*log(x))`` a power."""
    tree = argument.tree
    name = tree.operator if isinstance(tree, Apply) else ""
    return (step is INVERSE and name == "inv") or (step is EXP and name == "log")


def two_steps(inputs: Inputs) -> Iterator[Part]:
    """Parts with two constants inside."""
    for place in inputs.places:
        alone = inputs.itself(place)
        base = [] if alone is None else [alone]
        for argument in [*base, *inputs.powers(place, (Fraction(2), Fraction(-1), Fraction(1, 2)))]:
            yield from _two_steps_of(argument, argument is alone)
    for argument in inputs.pairs():
        yield from _two_steps_of(argument, True)


def _two_steps_of(argument: Argument, is_base: bool) -> Iterator[Part]:
    for inner, outer in itertools.product(INNER, OUTER):
        same = (inner is INVERSE and outer is INVERSE) or (inner is LOG and outer is EXP)
        same |= inner is PEAK and outer is PEAK
        if not same and (is_base or inner not in (POWER, PEAK)):
            yield Chain(argument, (inner, outer))
    if is_base:
        yield Chain(argument, (CENTRE, TANH))
        yield Chain(argument, (CENTRE, ATAN))
    yield Chain(argument, (SHIFT, POWER))


def blended(inputs: Inputs) -> Iterator[Part]:
    """Functions of one input and a share of another: ``f(a + k*b)``."""
    for first, second in itertools.combinations(singles(inputs), 2):
        for step in (EXP, POWER, INVERSE, LOG, ROOT, TANH):
            yield Chain(first, (step,), second)
        yield Wave(Chain(first, (), second))


def modulated(inputs: Inputs) -> Iterator[Part]:
    """Sines of an input and a share of a function: ``sin(w*(a + k*f(b)) + p)``."""
    space = inputs.space
    for first in singles(inputs):
        for place in inputs.places:
            own = inputs.powers(place, (Fraction(2), Fraction(-1), Fraction(3)))
            for second in [*own, *([] if space.codes[place] else _functions(inputs, place))]:
                if second.tree != first.tree:
                    yield Wave(Chain(first, (), second))


def factor_chains(inputs: Inputs) -> Iterator[Chain]:
    """Factors of a product that hold constants: ``k + u``, ``k + x**p``, ``k + exp(p*x)``, ``exp(k*x)``, ``k +
    log(x)``."""
    for argument in singles(inputs):
        for inner in (EXP, POWER):
            yield Chain(argument, (inner, SHIFT))
    for argument in [
        *singles(inputs), *(one for place in inputs.places for one in inputs.powers(place)), *inputs.pairs()
    ]:  # fmt: skip
        yield Chain(argument, (OFFSET,))
        if not _says_the_same(argument, EXP):
            yield Chain(argument, (EXP,))


def three_steps(inputs: Inputs) -> Iterator[Part]:
    """Some parts with three constants inside."""
    for argument in singles(inputs):
        for steps in DEEP:
            yield Chain(argument, steps)


def waves(inputs: Inputs) -> Iterator[Part]:
    """Sines of any frequency and phase, of inputs, their simple powers, and pairs."""
    for argument in singles(inputs):
        yield Wave(Chain(argument))
    for place in inputs.places:
        for argument in inputs.powers(place, (Fraction(2), Fraction(-1), Fraction(3))):
            yield Wave(Chain(argument))
    for argument in inputs.pairs():
        yield Wave(Chain(argument))


def damped_waves(inputs: Inputs) -> Iterator[Part]:
    """Sines in an envelope of the same input."""
    for argument in singles(inputs):
        for step in (EXP, POWER, INVERSE):
            yield Wave(Chain(argument), Chain(argument, (step,)))
        square = next(iter(inputs.powers(next(iter(argument.inputs)), (Fraction(2),))), None)
        if square is not None:
            yield Wave(Chain(argument), Chain(square, (EXP,)))


def plain_terms(inputs: Inputs) -> list[Argument]:
    """Terms without constants inside, simple ones first: powers, products, and functions of pure numbers."""
    many = len(inputs.places) > MANY_INPUTS
    by_input: list[list[Argument]] = []
    for place in inputs.places:
        own = list(inputs.powers(place, FEW_POWERS if many else SIMPLE_POWERS))
        own += [more for one in own if _is_log(one) for more in _powers_of(inputs, place, one)]
        own += [] if inputs.space.codes[place] else list(_functions(inputs, place))
        by_input.append(own)
    # All inputs themselves come first, then their squares, and so on: no input is likelier than another.
    found = [one for rank in itertools.zip_longest(*by_input) for one in rank if one is not None]
    short = [[one for one in own if _is_short(one)] for own in by_input]
    for i, j in itertools.combinations(range(len(short)), 2):
        found += [one for a, b in itertools.product(short[i], short[j]) if (one := _times(inputs, a, b)) is not None]
    for places in itertools.combinations(range(len(short)), 3):
        triples = itertools.product(*(short[place][:2] for place in places))
        found += [one for a, b, c in triples if (one := _times(inputs, a, b, c)) is not None]
    return found[:MOST_PLAIN_TERMS]


def _powers_of(inputs: Inputs, place: int, log: Argument) -> Iterator[Argument]:
    for power in (Fraction(2), Fraction(3)):
        tree = raised(log.tree, power)
        found = inputs.argument(tree, tree, place)
        if found is not None:
            yield found


def _functions(inputs: Inputs, place: int) -> Iterator[Argument]:
    tree = Variable(inputs.space.names[place])
    for name in CATALOGUED_FUNCTIONS[:3]:
        whole = Apply(name, (tree,))
        found = inputs.argument(whole, whole, place)
        if found is not None and np.abs(found.values).max() < 1e12:
            yield found


def _is_short(one: Argument) -> bool:
    tree = one.tree
    if not isinstance(tree, Apply):
        return True
    return tree.operator in ("square", "inv", "sqrt", *CATALOGUED_FUNCTIONS) and not (
        tree.operator == "inv" and isinstance(tree.arguments[0], Apply)
    )


def _times(inputs: Inputs, *terms: Argument) -> Argument | None:
    tree, pure = terms[0].tree, terms[0].pure
    for one in terms[1:]:
        tree, pure = Apply("*", (tree, one.tree)), Apply("*", (pure, one.pure))
    return inputs.argument(tree, pure, *frozenset().union(*(one.inputs for one in terms)))


def factors(inputs: Inputs) -> list[Argument]:
    """What may stand in front of a sum: simple powers of an input."""
    return [one for place in inputs.places for one in inputs.powers(place, FACTORS) if not _is_log(one)]


def _is_log(one: Argument) -> bool:
    return isinstance(one.tree, Apply) and one.tree.operator == "log"


def logs(inputs: Inputs) -> list[Argument]:
    """Logarithms of the positive inputs."""
    return [one for place in inputs.places for one in inputs.powers(place, ()) if _is_log(one)]


def main_questions() -> list[Question]:
    """Each context without a constant and with one; a product always has its factor."""
    return [Question(one, beside) for one in CONTEXTS for beside in (False, True) if beside or one is not LOGARITHM]


def questions(inputs: Inputs) -> list[Question]:
    """What is asked of parts with one constant inside."""
    found = main_questions()
    beside = [*singles(inputs)]
    powers = (Fraction(-1), Fraction(2))
    if len(inputs.places) == 1:
        beside += [one for place in inputs.places for one in inputs.powers(place, powers)]
    for context in CONTEXTS[:3]:
        found += [Question(context, True, (one,)) for one in beside]
    found += [Question(IDENTITY, False, (one,)) for one in beside]
    every = tuple(singles(inputs))
    if len(every) > 1:
        found.append(Question(IDENTITY, True, every))
        found.append(Question(LOGARITHM, True, every))
        found += [Question(IDENTITY, True, pair) for pair in itertools.combinations(every, 2)]
    for group in _log_groups(logs(inputs)):
        found.append(Question(LOGARITHM, True, group))
    found += [Question(IDENTITY, alone, (), one) for one in factors(inputs) for alone in (True, False)]
    return list({one.key: one for one in found}.values())


def _log_groups(found: Sequence[Argument]) -> Iterator[tuple[Argument, ...]]:
    for size in range(1, len(found) + 1):
        if size in (1, 2, len(found)):
            yield from itertools.combinations(found, size)
