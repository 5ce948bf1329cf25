"""The child process of ``simplify``: formula in, simpler formula out, one JSON line each.

A formula is read by our own grammar, rebuilt node by node as a sympy tree, rewritten in several ways, and
each result is read back node by node: whatever has no counterpart among our operators is no result. The
shortest by *our* count of complexity goes back as text. Names never reach sympy: the parent sends ``x0, x1,
..., c0, c1, ...``, which here become symbols of that name, made by hand and never parsed by sympy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import sympy

from symreg.formula.expression import Apply, Constant, Expression, Number, Variable, canonical, complexity, walk
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS, POWER_NAMES
from symreg.formula.printing import to_text
from symreg.worker import OutOfTimeError, serve

MEMORY_BYTES = 4 * 2**30
"""Bytes of address space of the child, four GiB: a rewriting that grows without end fails here and not the machine.
With less, long formulas stay as they are; set by hand."""

_PI = "pi"
_LOG10 = sympy.Function("log10", real=True)


class _CubeRoot(sympy.Function):  # type: ignore[misc]
    """The real cube root, of negative numbers too; sympy's power 1/3 is complex there."""

    is_real = True

    @classmethod
    def eval(cls, x: Any) -> Any:
        """What needs no root."""
        if x.is_zero:
            return x
        if x.could_extract_minus_sign():
            return -cls(-x)
        base, exponent = x.as_base_exp()
        return base ** (exponent / 3) if exponent.is_Integer and exponent % 3 == 0 and base.is_real else None

    def _eval_power(self, exponent: Any) -> Any:
        return self.args[0] ** (exponent / 3) if exponent.is_Integer and exponent % 3 == 0 else None


_ALGEBRA: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
}
_FUNCTIONS = {
    name: getattr(sympy, row.sympy_name)
    for name, row in OPERATORS.items()
    if name not in _ALGEBRA and row.exponent is None
} | {"log10": _LOG10, "cbrt": _CubeRoot}


class _NoCounterpartError(Exception):
    """A sympy node that none of our operators can say."""


def simplest(expression: Expression, positive: frozenset[str]) -> Expression:
    """The shortest of several equal forms, the expression itself among them."""
    best = expression
    try:
        symbols = {
            name: sympy.Symbol(name, real=True, positive=True if name in positive else None)
            for node in walk(expression)
            if isinstance(node, Variable | Constant)
            for name in (node.name,)
        }
        symbols[_PI] = sympy.pi
        constants = {node.name for node in walk(expression) if isinstance(node, Constant)} | {_PI}
        for form in _forms(to_sympy(expression, symbols)):
            try:
                found = canonical(from_sympy(form, constants))
            except (_NoCounterpartError, ValueError, OverflowError):
                continue
            if complexity(found) < complexity(best):
                best = found
    except (OutOfTimeError, _NoCounterpartError, RecursionError, MemoryError):
        pass
    return best


def _forms(start: Any) -> Iterator[Any]:
    """The same value in many shapes, cheap rewritings first, so that a timeout loses the least."""
    yield start
    rewritings: tuple[Callable[[Any], Any], ...] = (
        _compared,
        lambda form: _shared(_compared(form)),
        sympy.powsimp,
        sympy.powdenest,
        sympy.together,
        sympy.factor_terms,
        sympy.cancel,
        sympy.radsimp,
        sympy.expand,
        *(partial(sympy.collect, syms=symbol) for symbol in _sorted_symbols(start)),
        sympy.factor,
        sympy.logcombine,
        sympy.trigsimp,
        sympy.simplify,
    )
    seen = {start}
    for rewrite in rewritings:
        try:
            form = rewrite(start)
        except MemoryError:
            raise
        except Exception:  # sympy fails in many ways; a rewriting that fails is one form less
            continue
        for shape in (form, _common_root(form)):
            if shape not in seen:
                seen.add(shape)
                yield shape


def _sorted_symbols(form: Any) -> list[Any]:
    return sorted(form.free_symbols, key=lambda symbol: str(symbol.name))


def _compared(form: Any) -> Any:
    """Positive factors inside of a comparison: ``c*max(1, a/c)`` is ``max(c, a)``."""

    def inside(product: Any) -> Any:
        place = next((i for i, one in enumerate(product.args) if isinstance(one, sympy.Max | sympy.Min)), None)
        if place is None:
            return product
        compared, factor = product.args[place], product.func(*product.args[:place], *product.args[place + 1 :])
        return compared.func(*(factor * one for one in compared.args)) if factor.is_positive else product

    return form.replace(lambda node: node.is_Mul, inside) if form.has(sympy.Max, sympy.Min) else form


def _shared(form: Any) -> Any:
    """What is compared without the positive factors of both: ``max(a*c, b*c)`` is ``c*max(a, b)``."""

    def outside(compared: Any) -> Any:
        factor = sympy.gcd_list(compared.args).as_coeff_Mul()[1]
        if not factor.is_positive:
            return compared
        return factor * compared.func(*(sympy.cancel(one / factor) for one in compared.args))

    found = (sympy.Max, sympy.Min)
    return form.replace(lambda node: isinstance(node, found), outside) if form.has(*found) else form


def _common_root(form: Any) -> Any:
    """``sqrt(a)*sqrt(b)/sqrt(c)`` under one root, where the signs allow it."""
    try:
        return sympy.powsimp(sympy.powdenest(form), combine="base")
    except Exception:  # as above
        return form


# ------------------------------------------------------------------------------------------------ there


def to_sympy(expression: Expression, symbols: dict[str, Any]) -> Any:
    """Our tree as sympy's."""
    if isinstance(expression, Number):
        value = expression.value
        if not isinstance(value, Fraction):
            raise _NoCounterpartError("a float")  # the parent sends none
        return sympy.Rational(value.numerator, value.denominator)
    if not isinstance(expression, Apply):
        return symbols[expression.name]
    name, row = expression.operator, OPERATORS[expression.operator]
    operands = [to_sympy(argument, symbols) for argument in expression.arguments]
    if name in _ALGEBRA:
        return _ALGEBRA[name](*operands)
    if name in _FUNCTIONS:
        return _function_of(name, operands)
    exponent = row.exponent or Fraction(1)
    return operands[0] ** sympy.Rational(exponent.numerator, exponent.denominator)


def _function_of(name: str, operands: list[Any]) -> Any:
    try:
        return _FUNCTIONS[name](*operands)
    except (TypeError, ValueError) as error:  # of what may be complex, such as the logarithm of an unknown sign
        raise _NoCounterpartError(name) from error


# ----------------------------------------------------------------------------------------- and back again


def from_sympy(tree: Any, constants: set[str]) -> Expression:
    """Sympy's tree as ours; raises where a node has no counterpart (imaginary unit, infinities, cases)."""
    if tree is sympy.pi:
        return Constant(_PI)
    if tree is sympy.E:
        return Apply("exp", (Number(Fraction(1)),))
    if tree.is_Rational:
        return Number(Fraction(int(tree.p), int(tree.q)))
    if tree.is_Symbol:
        return Constant(tree.name) if tree.name in constants else Variable(tree.name)
    if tree.is_Add:
        return _sum(tree, constants)
    if tree.is_Mul:
        return _product(tree, constants)
    if tree.is_Pow:
        return _power(from_sympy(tree.base, constants), tree.exp, constants)
    for name, function in _FUNCTIONS.items():
        if tree.func == function:
            operands = [from_sympy(one, constants) for one in tree.args]
            if name in ("max", "min"):
                return _chain(name, sorted(operands, key=to_text))
            return Apply(name, (operands[0],))  # beside it a step has its value at 0
    raise _NoCounterpartError(str(tree.func))


def _sum(tree: Any, constants: set[str]) -> Expression:
    """Positive terms first, so that ``b - a`` is no ``-a + b``."""
    terms = [(term.could_extract_minus_sign(), term) for term in tree.as_ordered_terms()]
    plus = [from_sympy(term, constants) for minus, term in terms if not minus]
    minus = [from_sympy(-term, constants) for minus, term in terms if minus]
    if not plus:
        return Apply("neg", (_chain("+", minus),))
    return _chain("-", [_chain("+", plus), *minus])


def _product(tree: Any, constants: set[str]) -> Expression:
    coefficient, rest = tree.as_coeff_Mul(rational=True)
    powers = [_base_and_exponent(factor) for factor in rest.as_ordered_factors()]
    shapes = [_scaled(coefficient, *_split(powers, constants))]
    roots = [power for power in powers if _is_half(power[1])]
    if len(roots) > 1 and sum(base.is_nonnegative is not True for base, _ in roots) <= 1:
        above, below = _split([power for power in powers if power not in roots], constants)
        root = Apply("sqrt", (_quotient(*_split([(base, 2 * half) for base, half in roots], constants)),))
        shapes.append(_scaled(coefficient, [*above, root], below))
    return min(shapes, key=complexity)


def _base_and_exponent(factor: Any) -> tuple[Any, Any]:
    base, exponent = factor.as_base_exp()
    return (factor, sympy.S.One) if base is sympy.E else (base, exponent)


def _is_half(exponent: Any) -> bool:
    """An odd number of halves: a square root, which can share its sign with others."""
    return bool(exponent.is_Rational and exponent.q == 2)


def _split(powers: list[tuple[Any, Any]], constants: set[str]) -> tuple[list[Expression], list[Expression]]:
    """What stands above and what stands below the line."""
    above, below = [], []
    for base, exponent in powers:
        if exponent.could_extract_minus_sign():
            below.append(_power(from_sympy(base, constants), -exponent, constants))
        else:
            above.append(_power(from_sympy(base, constants), exponent, constants))
    return above, below


def _scaled(coefficient: Any, above: list[Expression], below: list[Expression]) -> Expression:
    place = next((i for i, one in enumerate(above) if _is_root_of_difference(one)), None)
    if coefficient < 0 and place is not None:  # -cbrt(a - b) is cbrt(b - a)
        turned = Apply("cbrt", (Apply("-", above[place].arguments[0].arguments[::-1]),))  # type: ignore[union-attr]
        return _scaled(-coefficient, [*above[:place], turned, *above[place + 1 :]], below)
    size = abs(Fraction(int(coefficient.p), int(coefficient.q)))
    if size.numerator == 1 and size != 1:
        below = [Number(Fraction(size.denominator)), *below]  # x/2 and 1/(2*x) read better than 1/2*x, 1/2/x
    elif size != 1:
        above = [Number(size), *above]
    found = _quotient(above, below)
    return Apply("neg", (found,)) if coefficient < 0 else found


def _is_root_of_difference(expression: Expression) -> bool:
    return (
        isinstance(expression, Apply)
        and expression.operator == "cbrt"
        and isinstance(expression.arguments[0], Apply)
        and expression.arguments[0].operator == "-"
    )


def _quotient(above: list[Expression], below: list[Expression]) -> Expression:
    if not below:
        return _chain("*", above)
    if not above:
        return Apply("inv", (_chain("*", below),))
    return Apply("/", (_chain("*", above), _chain("*", below)))


def _power(base: Expression, exponent: Any, constants: set[str]) -> Expression:
    if not exponent.is_Rational:
        return Apply("pow", (base, from_sympy(exponent, constants)))
    power = Fraction(int(exponent.p), int(exponent.q))
    if power == 1:
        return base
    if power in POWER_NAMES:
        return Apply(POWER_NAMES[power], (base,))
    if power < 0:
        return Apply("inv", (_power(base, -exponent, constants),))
    return Apply("pow", (base, Number(power)))


def _chain(name: str, operands: list[Expression]) -> Expression:
    found = operands[0]
    for operand in operands[1:]:
        found = Apply(name, (found, operand))
    return found


# ------------------------------------------------------------------------------------------- the conversation


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """``{"text": formula, ...}`` becomes ``{"text": simpler formula}``."""
    tree = parse(question["text"], variables=question["variables"], constants=question["constants"])
    return {"text": to_text(simplest(tree, frozenset(question["positive"])))}


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        return  # no such limit on this system: the time limit remains


def main() -> None:
    """Load what sympy loads late, then answer."""
    _limit_memory()
    sympy.simplify(sympy.Symbol("x") + 0)
    serve(answer, late={"error": "out of time"})


if __name__ == "__main__":
    main()
