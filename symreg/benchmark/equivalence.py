"""Is the found formula the true one? SRBench's rule, the strict rule, each judged twice.

SRBench counts a law as found when, after its constants are rounded, it differs from the truth by nothing, by
a constant or by a constant factor. The strict rule allows nothing. Both are judged by symbols (sympy, in a
child process with a time limit) and by numbers (values on fresh points in the ranges of the problem), because
a simplification that runs out of time is no evidence; both verdicts are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from symreg.errors import SymregError
from symreg.formula import (
    Constant,
    Expression,
    Number,
    Variable,
    canonical_number,
    constants_of,
    evaluate_tree,
    parse,
    substitute,
    to_text,
    variables_of,
    walk,
)
from symreg.worker import TextWorker, WorkerError

__all__ = ["Judge", "Relation", "Verdict", "judge_formula", "numeric_relation"]

Relation = Literal["zero", "offset", "factor", "different", "undecided"]
Floats = npt.NDArray[np.float64]
Ranges = Mapping[str, tuple[float, float]]

TOLERANCE = 1e-6
"""Relative difference of values up to which they are the same: far above the rounding of float64, far below the third
decimal that numbers are rounded to. A larger one lets close approximations pass, a smaller one counts rounding."""

N_POINTS = 512
"""Fresh points at which values are compared; 2 % of them, ten, may lie near a zero of the truth. Fewer miss regions in
which two formulas differ, more cost time for every verdict; set by hand."""

FEWEST_POINTS = 20
"""Points at which the truth must be defined, or nothing is decided: agreement at a few says little. A larger number
leaves more truths of narrow domain undecided; set by hand."""

WIDE_RANGE = 1e3
"""Highest over lowest value of a range, above which points are even in the logarithm: drawn evenly over three decades,
1 % of the points would lie in the lowest. A smaller ratio leaves fewer points near the upper end."""

_ORDER: tuple[Relation, ...] = ("zero", "offset", "factor", "different", "undecided")
_WORKER = "symreg.benchmark._equivalence_worker"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a formula differs from the truth, by symbols and by numbers."""

    symbolic: Relation
    numeric: Relation
    note: str = ""

    @property
    def recovered(self) -> bool:
        """SRBench's rule: a constant offset or a constant factor is forgiven."""
        return any(kind in ("zero", "offset", "factor") for kind in (self.symbolic, self.numeric))

    @property
    def strict(self) -> bool:
        """The formula is the true one, its constants included."""
        return "zero" in (self.symbolic, self.numeric)


class Judge:
    """A warm sympy for many verdicts: ``with Judge() as judge: judge.judge(found, truth, ranges=...)``."""

    def __init__(self, timeout: float = 10.0) -> None:
        self.timeout = timeout
        self._worker = TextWorker(_WORKER)

    def __enter__(self) -> Judge:
        self._worker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.close()

    def wait_until_ready(self) -> None:
        """Return when the child has sympy at hand, or cannot have it."""
        tree = Variable("x0")
        self._by_symbols(tree, tree, {"x0": (0.0, 1.0)})

    def judge(
        self,
        found: Expression,
        truth: Expression,
        *,
        ranges: Ranges,
        values: Mapping[str, float] | None = None,
        exact: Mapping[str, str] | None = None,
        free: Mapping[str, float] | None = None,
    ) -> Verdict:
        """Compare two formulas whose variables have these ranges.

        ``values`` are those of the named constants in ``found``, ``exact`` the simple forms ("pi/4") of some
        of them; ``pi`` needs no value. ``free`` names the constants of ``truth`` that may take any
        value, with a value to start from: then the forms are compared, by numbers only.
        """
        try:
            found = with_constants(found, values or {}, exact or {})
            if free:
                if not set(variables_of(truth)) <= set(variables_of(found)):  # a constant may be as good as zero
                    return Verdict("undecided", "different", "not all variables occur")
                return Verdict("undecided", _form_relation(found, truth, ranges, free), "any constants")
            numeric = numeric_relation(found, truth, ranges)
        except SymregError as error:
            return Verdict("undecided", "undecided", str(error))
        symbolic, note = self._by_symbols(found, truth, ranges)
        return Verdict(symbolic, numeric, note)

    def _by_symbols(self, found: Expression, truth: Expression, ranges: Ranges) -> tuple[Relation, str]:
        """Ask the child; names never reach sympy, it sees x0, x1, ..."""
        names = {name: f"x{i}" for i, name in enumerate(ranges)}
        renamed: dict[Expression, Expression] = {Variable(old): Variable(new) for old, new in names.items()}
        question = {
            "found": to_text(substitute(found, renamed)),
            "truth": to_text(substitute(truth, renamed)),
            "variables": {new: ranges[old][0] > 0 for old, new in names.items()},
            "seconds": self.timeout,
        }
        try:
            answer = self._worker.ask(question, self.timeout)
        except WorkerError as error:
            return "undecided", f"sympy {error}"
        if "error" in answer:
            return "undecided", f"sympy: {answer['error']}"
        kind = _relation(answer.get("relation"))
        if kind == "different" and not answer.get("complete"):
            return "undecided", "sympy ran out of time"
        return kind, ""


def judge_formula(
    found: str,
    truth: str,
    *,
    ranges: Ranges,
    constants: Mapping[str, float] | None = None,
    timeout: float = 10.0,
) -> Verdict:
    """Compare two formulas given as text of our grammar; ``constants`` are values of names in ``found``."""
    names = ("pi", *(constants or ()))
    trees = [parse(text, variables=tuple(ranges), constants=names) for text in (found, truth)]
    with Judge(timeout) as judge:
        return judge.judge(trees[0], trees[1], ranges=ranges, values=constants)


def with_constants(
    expression: Expression, values: Mapping[str, float], exact: Mapping[str, str], keep: Collection[str] = ()
) -> Expression:
    """The formula with numbers, or simple forms, in place of its named constants; pi and ``keep`` stay."""
    mapping: dict[Expression, Expression] = {}
    for name in constants_of(expression):
        if name in exact:
            mapping[Constant(name)] = parse(exact[name], variables=(), constants=("pi",))
        elif name != "pi" and name not in keep:
            if name not in values:
                raise SymregError(message=f"no value is given for the constant '{name}'")
            mapping[Constant(name)] = canonical_number(values[name])
    return substitute(expression, mapping)


# --------------------------------------------------------------------------------------------- by numbers


def numeric_relation(found: Expression, truth: Expression, ranges: Ranges) -> Relation:
    """How the values differ on fresh points, for the numbers as they are and rounded in two ways."""
    points = _points(ranges)
    expected = _values(truth, points)
    kinds = {
        _value_relation(_values(form, points), expected)
        for form in dict.fromkeys((found, *(_rounded(found, digits) for digits in (_decimals, _significant))))
    }
    return min(kinds, key=_ORDER.index)


def _points(ranges: Ranges) -> dict[str, Floats]:
    """Points in the ranges, the same every time; evenly in the logarithm where a range is wide."""
    rng = np.random.default_rng(20_000)
    points: dict[str, Floats] = {}
    for name, (low, high) in ranges.items():
        if low > 0 and high / low > WIDE_RANGE:
            points[name] = np.exp(rng.uniform(np.log(low), np.log(high), N_POINTS))
        else:
            points[name] = rng.uniform(low, high, N_POINTS)
    return points


def _values(expression: Expression, points: Mapping[str, Floats]) -> Floats:
    leaves: dict[str, Any] = {"pi": np.pi, **points}
    missing = [name for name in variables_of(expression) if name not in points]
    if missing:
        raise SymregError(message=f"the variable '{missing[0]}' has no range")
    return np.array(np.broadcast_to(evaluate_tree(expression, leaves), (N_POINTS,)))


def _value_relation(found: Floats, expected: Floats) -> Relation:
    """Zero, a constant offset or a constant factor to 1e-6, at all points where the truth is defined."""
    defined = np.isfinite(expected)
    both = defined & np.isfinite(found)
    if np.count_nonzero(defined) < FEWEST_POINTS:
        return "undecided"
    if np.count_nonzero(both) < 0.99 * np.count_nonzero(defined):
        return "different"
    f, t = found[both], expected[both]
    if _same(f, t, np.abs(t)):
        return "zero"
    with np.errstate(all="ignore"):
        factor = float(np.median(f[t != 0] / t[t != 0])) if np.any(t != 0) else 0.0
        offset = float(np.median(f - t))
        if np.isfinite(offset) and _same(f - offset, t, np.abs(t - np.median(t))):
            return "offset"
        if np.isfinite(factor) and factor != 0 and _same(f / factor, t, np.abs(t)):
            return "factor"
    return "different"


def _same(found: Floats, expected: Floats, size: Floats) -> bool:
    """Equal up to the tolerance: at 98 % of the points by their own size, at all of them by the largest."""
    deviation = np.abs(found - expected)
    largest = float(np.max(size))
    if largest == 0:
        return bool(np.all(deviation == 0))
    nearly_everywhere = np.mean(deviation <= TOLERANCE * size) >= 0.98
    return bool(nearly_everywhere and np.max(deviation) <= TOLERANCE * largest)


def _rounded(expression: Expression, digits: Any) -> Expression:
    """Every fitted number rounded; a ratio such as 1/3, which no decimal is, was never fitted."""
    mapping: dict[Expression, Expression] = {}
    for node in walk(expression):
        if isinstance(node, Number) and not _is_ratio(node.value):
            mapping[node] = canonical_number(digits(float(node.value)))
    return substitute(expression, mapping)


def _is_ratio(value: Fraction | float) -> bool:
    if not isinstance(value, Fraction):
        return False
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest != 1 or value.denominator == 1


def _decimals(value: float) -> float:
    """SRBench's rule: three decimals, and nothing below 1e-4."""
    return 0.0 if abs(value) < 1e-4 else round(value, 3)


def _significant(value: float) -> float:
    return round(value, 3) if abs(value) >= 1 else float(f"{value:.3g}")


def _relation(text: object) -> Relation:
    return next((kind for kind in _ORDER if kind == text), "undecided")


# ------------------------------------------------------------------------------------- any constants


def _form_relation(
    found: Expression, truth: Expression, ranges: Ranges, free: Mapping[str, float]
) -> Relation:
    """Whether some values of the truth's free constants give the found formula, by least squares."""
    from scipy.optimize import least_squares

    points = _points(ranges)
    target = _values(found, points)
    defined = np.isfinite(target)
    if np.count_nonzero(defined) < FEWEST_POINTS:
        return "undecided"
    size = np.where(np.abs(target) > 0, np.abs(target), 1.0)
    start = np.array([value if value else 1.0 for value in free.values()])

    def of(exponents: Floats) -> Floats:
        mapping: dict[Expression, Expression] = {
            Constant(name): Number(float(value))
            for name, value in zip(free, start * np.exp(exponents), strict=True)
        }
        return _values(substitute(truth, mapping), points)

    def deviation(exponents: Floats, logarithmic: bool) -> Floats:
        with np.errstate(all="ignore"):
            values = of(exponents)
            far = np.log(np.abs(values) / size) if logarithmic else (values - target) / size
        return np.asarray(np.nan_to_num(np.clip(far[defined], -1e3, 1e3), nan=1e3), dtype=np.float64)

    best: Relation = "different"
    precisely = {"bounds": (-100.0, 100.0), "xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
    for begin in (0.0, 0.3, -0.3):
        # Logarithms first: they see the way over many orders of magnitude.
        fit = least_squares(deviation, np.full(len(free), begin), args=(True,), **precisely)
        fit = least_squares(deviation, fit.x, args=(False,), **precisely)
        best = min(best, _value_relation(of(fit.x), target), key=_ORDER.index)
        if best == "zero":
            break
    return best
