"""Coefficients of exact laws: which are plain numbers, which are multiples of others, which are waves' two halves.

On an exact table coefficients are known to ten digits: a fraction of small numbers that agrees is no chance, and
neither is a ratio. So ``9.72*a + 14.58*b + 0.81*c`` comes as ``k*(12*a + 18*b + c)``, with one constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from symreg.formula import Apply, Constant, Expression, Number
from symreg.search.native.backdrops.enveloped import Enveloped
from symreg.search.native.backdrops.factoring import factored
from symreg.search.native.backdrops.term import Term
from symreg.search.native.skeletons import Part

Floats = npt.NDArray[np.float64]
ONE = Number(Fraction(1))
AGREES = 3e-10
"""Relative difference up to which a number is the fraction near it."""

LARGEST_FRACTION, DEEPEST = 300, 30
"""Numerator and denominator of a fraction that is one."""


def fraction_of(value: float) -> Fraction | None:
    """The simple fraction that this number is; None where it is none."""
    if not np.isfinite(value) or value == 0:
        return None
    near = Fraction(value).limit_denominator(DEEPEST)
    if near == 0 or abs(near.numerator) > LARGEST_FRACTION or abs(float(near) / value - 1) > AGREES:
        return None
    return near


def merged_waves(terms: Sequence[Term]) -> list[Term]:
    """The terms, ``a*g*sin(u) + b*g*cos(u)`` as ``c*g*sin(u + p)`` where ``p`` is a simple fraction."""
    found = list(terms)
    for sine in terms:
        for place, cosine in enumerate(terms):
            other = _as_cosine(sine.tree)
            if other is None or cosine.tree != other or sine not in found or cosine not in found:
                continue
            phase = float(np.arctan2(cosine.coefficient, sine.coefficient))
            size = float(np.hypot(cosine.coefficient, sine.coefficient))
            for turns in range(-2, 3):
                simple = fraction_of(phase + turns * np.pi)
                if simple is not None and abs(simple.numerator) <= 12:
                    whole = Term(_shifted(sine.tree, simple), size * (-1) ** turns)
                    found[found.index(sine)] = whole
                    found.remove(terms[place])
                    break
    return found


def _as_cosine(tree: Expression) -> Expression | None:
    """The tree with its one sine, outermost or a factor, as a cosine; None where it has none."""
    if not isinstance(tree, Apply):
        return None
    if tree.operator == "sin":
        return Apply("cos", tree.arguments)
    if tree.operator != "*":
        return None
    for place, one in enumerate(tree.arguments):
        other = _as_cosine(one)
        if other is not None:
            return Apply("*", (*tree.arguments[:place], other, *tree.arguments[place + 1 :]))
    return None


def _shifted(tree: Expression, phase: Fraction) -> Expression:
    assert isinstance(tree, Apply)
    if tree.operator == "sin":
        return Apply("sin", (Apply("+", (tree.arguments[0], Number(phase))),))
    for place, one in enumerate(tree.arguments):
        if _as_cosine(one) is not None:
            return Apply("*", (*tree.arguments[:place], _shifted(one, phase), *tree.arguments[place + 1 :]))
    return tree


def terms_of_part(part: Part, whole: Floats, names: list[str], values: list[float]) -> list[Term]:
    """A part with these coefficients of its columns as terms; ``names`` begin with those of its inner constants.

    Phases that waves need are appended to names and values; envelopes of one wave share theirs where they agree.
    """
    inner = [Constant(name) for name in names[: part.n_inner]]
    around: tuple[Expression, ...] = (ONE,)
    own: Part = part
    if isinstance(part, Enveloped):
        around, own = (ONE, *(one.tree for one in part.envelopes)), part.part
    found: list[Term] = []
    phases: list[tuple[float, str]] = []
    for place, tree in enumerate(around):
        coefficients = whole[place * own.n_columns : (place + 1) * own.n_columns]
        if not coefficients.any():
            continue
        if own.n_columns == 1:
            found.append(_times(tree, own.inside(inner), float(coefficients[0])))
            continue
        sine, (a, b) = own.inside(inner), coefficients
        assert isinstance(sine, Apply)
        if a == 0 or b == 0:
            wave = sine if b == 0 else _with_waves_turned(sine)
            found.append(_times(tree, wave, float(a + b)))
            continue
        phase, size = float(np.arctan2(b, a)), float(np.hypot(a, b))
        known = next((one for one in phases if abs(np.sin(one[0] - phase)) < SAME_PHASE), None)
        if known is None:
            names.append(f"k{len(names) + 1}")
            values.append(phase)
            known = phase, names[-1]
            phases.append(known)
        size *= float(np.sign(np.cos(known[0] - phase)))
        wave = _phased(sine, Constant(known[1]))
        found.append(_times(tree, wave, size))
    return found


SAME_PHASE = 1e-7
"""Sine of the difference, in radians, of two envelopes' phases that are one. On exact tables a fit knows them to some
ten digits: a smaller one would leave a constant more for the same wave, a larger one merge waves that differ."""


def _times(envelope: Expression, tree: Expression, coefficient: float) -> Term:
    return Term(tree if envelope == ONE else Apply("*", (envelope, tree)), coefficient)


def _with_waves_turned(tree: Expression) -> Expression:
    turned = _as_cosine(tree)
    assert turned is not None
    return turned


def _phased(tree: Expression, phase: Expression) -> Expression:
    """The tree with a phase in its one sine."""
    assert isinstance(tree, Apply)
    if tree.operator == "sin":
        return Apply("sin", (Apply("+", (tree.arguments[0], phase)),))
    for place, one in enumerate(tree.arguments):
        if _as_cosine(one) is not None:
            return Apply("*", (*tree.arguments[:place], _phased(one, phase), *tree.arguments[place + 1 :]))
    return tree


def summed(terms: Sequence[Term], names: list[str], values: list[float], *, plainly: bool) -> Expression | None:
    """The sum of the terms; constants that it needs are appended to names and values.

    ``plainly`` says that fractions, ratios and phases are taken for what they are, and products of sums written so.
    None where there are no terms.
    """
    product = factored(merged_waves(terms)) if plainly else None
    if product is not None:
        both = [summed(some, names, values, plainly=True) for some in product]
        if both[0] is not None and both[1] is not None:
            return Apply("*", (both[0], both[1]))
    groups: list[tuple[float | None, list[tuple[Fraction, Expression]]]] = []
    for one in merged_waves(terms) if plainly else terms:
        plain = fraction_of(one.coefficient) if plainly else None
        if plain is not None:
            _group(groups, None).append((plain, one.tree))
            continue
        for size, members in groups if plainly else ():
            ratio = None if size is None else fraction_of(one.coefficient / size)
            if ratio is not None and max(abs(ratio.numerator), ratio.denominator) <= DEEPEST:
                members.append((ratio, one.tree))
                break
        else:
            groups.append((one.coefficient, [(Fraction(1), one.tree)]))
    whole: Expression | None = None
    for size, members in groups:
        part: Expression | None = None
        for number, tree in members:
            part = _plus(part, number, tree)
        if part is None:
            continue
        if size is not None:
            names.append(f"k{len(names) + 1}")
            values.append(float(size))
            part = Constant(names[-1]) if part == ONE else Apply("*", (Constant(names[-1]), part))
        whole = part if whole is None else Apply("+", (whole, part))
    return whole


def _group(
    groups: list[tuple[float | None, list[tuple[Fraction, Expression]]]], size: float | None
) -> list[tuple[Fraction, Expression]]:
    for known, members in groups:
        if known == size:
            return members
    groups.append((size, []))
    return groups[-1][1]


def _plus(whole: Expression | None, number: Fraction, tree: Expression) -> Expression:
    """``whole + number*tree`` written as people do."""
    size = abs(number)
    term = tree if size == 1 else Number(size) if tree == ONE else Apply("*", (Number(size), tree))
    if whole is None:
        return term if number > 0 else Apply("neg", (term,))
    return Apply("+" if number > 0 else "-", (whole, term))
