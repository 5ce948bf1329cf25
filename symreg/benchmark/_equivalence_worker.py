"""The child process of ``equivalence``: two formulas in, how they differ out, one JSON line each.

A number with a point is a fitted one. It is rounded before the comparison, as SRBench does it: by itself
after sympy has gathered it with its neighbours, to three decimals, or to three significant digits where it is
small. The truth is compared as it stands and with its own numbers rounded in the same way, so that 0.399 is
1/sqrt(2*pi).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import sympy

from symreg.formula import OPERATORS, Apply, Expression, Number, parse
from symreg.worker import OutOfTimeError, serve

NEAR_ZERO = 1e-4
"""Of a number as it stands, as SRBench states its rule: smaller ones become 0. Three decimals take away what is below
5e-4 anyway, so a smaller value changes nothing; above 5e-4 constants would be lost that SRBench keeps."""

RANK = {"zero": 0, "offset": 1, "factor": 2, "different": 3}
Rounding = Callable[[float], float]
# sympy fails in many ways; a rewriting that fails is one chance less
_FAILURES = (
    ArithmeticError, AttributeError, IndexError, KeyError, NotImplementedError, TypeError, ValueError,
    sympy.PolynomialError,
)  # fmt: skip


def relation(found: Any, truth: Any) -> tuple[str, bool]:
    """The closest relation of two sympy trees, one of ``RANK``, and whether time was enough to be sure."""
    best = "different"
    try:
        for compare in (_cheaply, _thoroughly):
            for one, other in _pairs(found, truth):
                best = min(best, compare(one, other), key=RANK.__getitem__)
                if best == "zero":
                    return best, True
            if best != "different":
                return best, True
    except (OutOfTimeError, RecursionError, MemoryError):
        return best, False
    return best, True


def _pairs(found: Any, truth: Any) -> Iterator[tuple[Any, Any]]:
    """Both formulas under each way of rounding, every pair once.

    A rounding that erases a variable of the truth, as three decimals do to 6.67e-11*x/y, is left out: what is
    left would equal any formula whose numbers are as small.
    """
    seen = set()
    for shape in (lambda tree: tree, sympy.expand):
        try:
            one, other = shape(found), shape(truth)
        except _FAILURES:
            continue
        for rounding in (decimals, significant):
            near = rounded(one, rounding)
            for exact in (other, rounded(other, rounding)):
                pair = near, exact
                if pair not in seen and exact.free_symbols == other.free_symbols:
                    seen.add(pair)
                    yield pair


def _cheaply(found: Any, truth: Any) -> str:
    difference = _constant(found - truth, (sympy.expand, _cancelled))
    if difference is not None:
        return "zero" if difference == 0 else "offset"
    ratio = _constant(found / truth, (sympy.powsimp, _cancelled)) if truth != 0 else None
    return "different" if ratio is None or ratio == 0 else _of_ratio(ratio)


def _thoroughly(found: Any, truth: Any) -> str:
    ways = (sympy.radsimp, _factored, sympy.trigsimp, sympy.simplify)
    difference = _constant(found - truth, ways)
    if difference is not None:
        return "zero" if difference == 0 else "offset"
    ratio = _constant(found / truth, ways) if truth != 0 else None
    return "different" if ratio is None or ratio == 0 else _of_ratio(ratio)


def _of_ratio(ratio: Any) -> str:
    return "zero" if ratio == 1 else "factor"


def _factored(tree: Any) -> Any:
    return sympy.factor(tree, deep=True) if _has_small_powers(tree) else tree


def _cancelled(tree: Any) -> Any:
    return sympy.cancel(sympy.together(tree)) if _has_small_powers(tree) else tree


def _has_small_powers(tree: Any) -> bool:
    """Whether the tree is a fraction of moderate polynomials; x**2.013 would be one of degree 2013."""
    exponents = (power.exp for power in tree.atoms(sympy.Pow) if power.exp.is_Rational)
    return all(abs(exponent.p) <= 24 and exponent.q <= 12 for exponent in exponents)


def _constant(tree: Any, ways: tuple[Callable[[Any], Any], ...]) -> Any:
    """The finite number that the tree is, seen through any of the rewritings; None where it is no number."""
    for rewrite in (None, *ways):
        try:
            form = tree if rewrite is None else rewrite(tree)
        except _FAILURES:
            continue
        if not form.free_symbols:
            return form if form.is_finite else None
    return None


# ------------------------------------------------------------------------------------------------ rounding


def decimals(value: float) -> float:
    """SRBench's rule: three decimals, and nothing below 1e-4."""
    return 0.0 if abs(value) < NEAR_ZERO else round(value, 3)


def significant(value: float) -> float:
    """Three decimals, or three significant digits for what is smaller than 1."""
    return round(value, 3) if abs(value) >= 1 else float(f"{value:.3g}")


def rounded(tree: Any, rounding: Rounding) -> Any:
    """The tree with every number that is no integer rounded, gathered with its neighbours first."""
    if not tree.free_symbols:
        return _rounded_number(tree, rounding)
    if tree.is_Add or tree.is_Mul:
        numbers = [argument for argument in tree.args if not argument.free_symbols]
        others = [rounded(argument, rounding) for argument in tree.args if argument.free_symbols]
        gathered = [_rounded_number(tree.func(*numbers), rounding)] if numbers else []
        return tree.func(*gathered, *others)
    return tree.func(*(rounded(argument, rounding) for argument in tree.args)) if tree.args else tree


def _rounded_number(tree: Any, rounding: Rounding) -> Any:
    if tree.is_Integer:
        return tree
    value = tree.evalf(17)
    if not value.is_Float or not value.is_finite:
        return tree  # complex or infinite: as it is
    return sympy.Rational(repr(rounding(float(value))))


# ---------------------------------------------------------------------------------------------- to sympy


_OWN: dict[str, Callable[..., Any]] = {
    "log10": lambda x: sympy.log(x) / sympy.log(10),
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "pow": lambda a, b: a**b, "neg": lambda a: -a,
    # by the sign, which sympy turns round in a difference; its own power 1/3 is complex below 0
    "step": lambda x: (1 + sympy.sign(x)) / 2,
    "cbrt": lambda x: sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(1, 3),
}  # fmt: skip


def to_sympy(expression: Expression, symbols: dict[str, Any]) -> Any:
    """Our tree as sympy's; a float stays a float until it is rounded."""
    if isinstance(expression, Number):
        value = expression.value
        if isinstance(value, Fraction):
            return sympy.Rational(value.numerator, value.denominator)
        whole = value == int(value) and abs(value) < 1e6
        return sympy.Integer(int(value)) if whole else sympy.Float(value, 17)
    if not isinstance(expression, Apply):
        return symbols[expression.name]
    row = OPERATORS[expression.operator]
    operands = [to_sympy(argument, symbols) for argument in expression.arguments]
    if row.name in _OWN:
        return _OWN[row.name](*operands)
    if row.exponent is not None:
        return operands[0] ** sympy.Rational(row.exponent.numerator, row.exponent.denominator)
    return getattr(sympy, row.sympy_name)(*operands)


# ----------------------------------------------------------------------------------------- the conversation


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """``{"found", "truth", "variables": {name: is positive}}`` becomes ``{"relation", "complete"}``."""
    symbols = {
        name: sympy.Symbol(name, real=True, positive=True if positive else None)
        for name, positive in question["variables"].items()
    }
    names = tuple(symbols)
    symbols["pi"] = sympy.pi
    trees = [
        to_sympy(parse(question[key], variables=names, constants=("pi",)), symbols)
        for key in ("found", "truth")
    ]
    kind, complete = relation(*trees)
    return {"relation": kind, "complete": complete}


def main() -> None:
    """Load what sympy loads late, then answer."""
    sympy.simplify(sympy.Symbol("x") + 0)
    serve(answer, late={"relation": "different", "complete": False})


if __name__ == "__main__":
    main()
