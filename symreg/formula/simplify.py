"""Shorter equal formulas, from sympy, believed only after a check.

sympy can hang, and it knows nothing of units, so it works in a child process (``worker``,
``_sympy_worker``): a formula goes there as text with neutral names and numbers, and comes back as text for
our own grammar. Then the dimension must be what it was and the values must agree; otherwise the formula stays
as it is and a note says why. Free constants stay symbols: the result has the same ones or fewer.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symreg.errors import SymregError
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import (
    Constant,
    Expression,
    Number,
    Variable,
    complexity,
    constants_of,
    evaluate_tree,
    substitute,
    variables_of,
    walk,
)
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.units import DIMENSIONLESS, Dimension
from symreg.worker import TextWorker, WorkerError

SMALL = 3
"""Nothing of this complexity or less can be said shorter by more than our own parser already does."""

LEAST_SECONDS = 0.01
"""Seconds below which sympy is not asked: the question and the answer alone take about a thousandth, and a formula of a
few terms some hundredths."""

AGREEMENT = 1e-9
"""Relative difference in value up to which two formulas are the same one in floating point."""

_LARGEST_INTEGER = 10**6
"""Numerator or denominator that goes to sympy as a number; with larger ones numbers go as symbols. Longer fractions
would cost sympy time, shorter ones hide numbers that might cancel; set by hand."""

_N_POINTS = 64
"""Random points at which two formulas are compared where the sample has no arrays. More costs evaluations for each
check, fewer may miss a part of the domain where they differ; set by hand."""

_PI = "pi"
_WORKER = "symreg.formula._sympy_worker"


@dataclass(frozen=True, slots=True)
class Simplified:
    """A shorter formula (``changed``), or the one that was given, with a ``note`` where sympy failed."""

    expression: Expression
    changed: bool
    note: str | None = None


class Simplifier:
    """A warm sympy for many formulas: ``with Simplifier() as s: s.start(); ...; s.simplify(...)``.

    ``start`` returns at once; sympy is imported in the child meanwhile (about half a second, paid once). ``timeout`` is
    how many seconds one formula may take.
    """

    def __init__(self, timeout: float = 5.0) -> None:
        self.timeout = timeout
        self._worker = TextWorker(_WORKER)

    def __enter__(self) -> Simplifier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the child, None where there is none."""
        return self._worker.pid

    @property
    def gave_up(self) -> bool:
        """Whether sympy could not be started, so often that it is not tried again."""
        return self._worker.gave_up

    def start(self) -> None:
        """Start the child in the background; one that cannot be started is noted when it is needed."""
        try:
            self._worker.start()
        except WorkerError:
            return

    def close(self) -> None:
        """End the child."""
        self._worker.close()

    def simplify(
        self,
        expressions: Sequence[Expression],
        *,
        dimensions: Mapping[str, Dimension],
        positive: Collection[str] = (),
        sample: Mapping[str, ArrayLike] | None = None,
        budget: float | None = None,
    ) -> list[Simplified]:
        """One result per expression, in order.

        ``dimensions`` by name of variable and constant; ``positive`` names what is known to be above 0;
        ``sample`` holds values in SI or in natural units, arrays ``(n_rows,)`` or scalars, where results are
        compared; names that it lacks get random values. ``budget`` is the number of seconds for all of them; what does
        not fit stays raw.
        """
        end = float("inf") if budget is None else time.monotonic() + budget
        results: dict[Expression, Simplified] = {}
        for expression in expressions:
            if expression not in results:
                results[expression] = self._simplified(
                    expression, dimensions, frozenset(positive), sample or {}, end - time.monotonic()
                )
        return [results[expression] for expression in expressions]

    def _simplified(
        self,
        expression: Expression,
        dimensions: Mapping[str, Dimension],
        positive: frozenset[str],
        sample: Mapping[str, ArrayLike],
        left: float,
    ) -> Simplified:
        if complexity(expression) <= SMALL:
            return Simplified(expression, False)
        if left <= LEAST_SECONDS:
            return Simplified(expression, False, "not simplified: no time was left")
        try:
            found = self._ask(expression, positive, left)
        except SymregError as error:
            return Simplified(expression, False, f"not simplified: sympy {error}")
        if complexity(found) >= complexity(expression):
            return Simplified(expression, False)
        fault = disagreement(expression, found, dimensions=dimensions, positive=positive, sample=sample)
        if fault is not None:
            return Simplified(expression, False, f"not simplified: sympy's form {fault}")
        return Simplified(found, True)

    def _ask(self, expression: Expression, positive: frozenset[str], left: float) -> Expression:
        """Ask the child, which may take ``timeout`` seconds once it is ready, and no more than are left."""
        seconds = min(self.timeout, left)
        neutral = _neutral_names(expression)
        text = to_text(substitute(expression, neutral))
        names = {leaf.name for leaf in neutral.values()}
        variables = sorted(name for name in names if name.startswith("x"))
        constants = sorted(names - set(variables))
        above_zero = [
            leaf.name
            for original, leaf in neutral.items()
            if (original.value > 0 if isinstance(original, Number) else _name(original) in positive)
        ]
        question = {
            "text": text,
            "variables": variables,
            "constants": [*constants, _PI],
            "positive": above_zero,
            "seconds": seconds,
        }
        reply = self._worker.ask(question, seconds, left)
        if not isinstance(reply.get("text"), str):
            raise WorkerError(message=f"failed: {reply.get('error', 'no answer')}")
        found = parse(reply["text"], variables=variables, constants=[*constants, _PI])
        return substitute(found, {leaf: original for original, leaf in neutral.items()})


_idle: list[tuple[int, Simplifier]] = []  # at most one warm simplifier, and the process that started it
_idle_lock = threading.Lock()


@contextlib.contextmanager
def warm_simplifier(timeout: float) -> Iterator[Simplifier]:
    """A simplifier that outlives the block for the next caller: importing sympy is paid once in a process.

    ``timeout`` is how many seconds one formula may take.

    Two blocks at the same time get one each. A child that a fork inherited is left to the parent.
    """
    with _idle_lock:
        owner, simplifier = _idle.pop() if _idle else (0, Simplifier(timeout))
    if owner not in (0, os.getpid()):
        simplifier = Simplifier(timeout)
    simplifier.timeout = timeout
    simplifier.start()
    try:
        yield simplifier
    finally:
        with _idle_lock:
            spare = bool(_idle) or simplifier.gave_up
            if not spare:
                _idle.append((os.getpid(), simplifier))
        if spare:
            simplifier.close()


def simplify(
    expressions: Sequence[Expression],
    *,
    dimensions: Mapping[str, Dimension],
    timeout: float = 5.0,
    positive: Collection[str] = (),
    sample: Mapping[str, ArrayLike] | None = None,
    budget: float | None = None,
) -> list[Simplified]:
    """Simplify with a child of its own, ``timeout`` seconds per expression (see ``Simplifier.simplify``)."""
    with Simplifier(timeout) as simplifier:
        return simplifier.simplify(
            expressions, dimensions=dimensions, positive=positive, sample=sample, budget=budget
        )


def disagreement(
    original: Expression,
    found: Expression,
    *,
    dimensions: Mapping[str, Dimension],
    positive: Collection[str] = (),
    sample: Mapping[str, ArrayLike] | None = None,
) -> str | None:
    """Why ``found`` may not stand for ``original`` (names, dimension, values, undefined rows), or None."""
    names = {*variables_of(original), *constants_of(original)}
    alien = {*variables_of(found), *constants_of(found)} - names - {_PI}
    if alien:
        return f"speaks of {', '.join(sorted(alien))}"
    dimensions = {_PI: DIMENSIONLESS, **dimensions}
    try:
        if dimension_of(found, dimensions) != dimension_of(original, dimensions):
            return "has another dimension"
    except SymregError as error:
        return f"breaks the dimensions: {error}"
    points = {_PI: np.asarray(np.pi), **_points(names, positive, sample or {})}
    before, after = np.broadcast_arrays(evaluate_tree(original, points), evaluate_tree(found, points))
    defined = np.isfinite(before)
    if not defined.any():
        return "cannot be compared: the formula is undefined at every point"
    if not np.isfinite(after[defined]).all():
        return "is undefined where the formula is not"
    before, after = before[defined], after[defined]
    sizes = np.maximum(np.abs(before), np.abs(after))
    if (np.abs(before - after) > AGREEMENT * sizes + 1e-14 * sizes.max()).any():
        return "has other values"
    return None


def _points(
    names: Collection[str], positive: Collection[str], sample: Mapping[str, ArrayLike]
) -> dict[str, NDArray[np.float64]]:
    """Values by name: the sample's, and random ones of either sign where it has none."""
    given = {name: np.asarray(sample[name], dtype=np.float64) for name in names if name in sample}
    n_rows = max((values.size for values in given.values() if values.ndim), default=_N_POINTS)
    random = np.random.default_rng(20_160_421)
    for name in sorted(set(names) - set(given)):
        values = np.exp(random.normal(0.0, 0.7, n_rows))
        flips = random.random(n_rows) < (0.0 if name in positive or name == _PI else 0.4)
        given[name] = np.where(flips, -values, values)
    return given


def _neutral_names(expression: Expression) -> dict[Expression, Variable | Constant]:
    """x0 ... for variables, c0 ... for constants, n0 ... for numbers that sympy would round or grind on."""
    neutral: dict[Expression, Variable | Constant] = {}
    for node in walk(expression):
        if node in neutral or node == Constant(_PI):
            continue
        if isinstance(node, Variable):
            neutral[node] = Variable(f"x{len(neutral)}")
        elif isinstance(node, Constant):
            neutral[node] = Constant(f"c{len(neutral)}")
        elif isinstance(node, Number) and _is_long(node.value):
            neutral[node] = Constant(f"n{len(neutral)}")
    return neutral


def _is_long(value: Fraction | float) -> bool:
    return (
        not isinstance(value, Fraction)
        or abs(value.numerator) > _LARGEST_INTEGER
        or value.denominator > _LARGEST_INTEGER
    )


def _name(leaf: Expression) -> str | None:
    return leaf.name if isinstance(leaf, Variable | Constant) else None
