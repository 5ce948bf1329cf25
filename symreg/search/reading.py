"""Formulas that come as text: read by our own parser, given dimensions, or turned away with a reason.

A backend that knows numbers alone proposes ``1.99*sqrt(x1)`` where the law is ``2*pi*sqrt(L/g_n)``. Its coefficients
get the dimensions that the formula demands of them, exactly (``dimensioning.infer_dimensions``). Where the problem does
not allow such a coefficient, it is written as a pure number times the product of known constants that has its
dimension; where there is none, the formula is rejected.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from symreg.errors import DimensionError, SymregError
from symreg.formula import (
    OPERATORS,
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    canonical,
    infer_dimensions,
    parse,
    substitute,
    walk,
)
from symreg.problem import Candidate, FreeConstant
from symreg.search.coefficients import Coefficients
from symreg.search.dimension_code import DimensionRangeError
from symreg.search.space import SearchSpace
from symreg.units import DIMENSIONLESS, Dimension, power_product

SHOWN = 3  # reasons for rejection
LONGEST_REASON = 160
"""Characters of a reason for rejection: reasons are counted by this text and a few are shown, each a line or two. A
longer one spends lines on what a formula's own text repeats. Set by hand."""

# Sums, products and powers are spelled in many ways; these are not.
FUNCTIONS = frozenset(OPERATORS) - {"+", "-", "*", "/", "pow", "neg", "inv", "square", "cube", "sqrt"}


class RejectedError(SymregError):
    """A formula that cannot be a candidate, and why."""


@dataclass(slots=True)
class Reader:
    """Reads formulas over the leaves of a space; ``names`` are those by which a text calls them, or trees of them.

    Every formula stands behind the factor ``front``, if there is one.

    ``rejected`` counts by reason; ``of_wrong_dimension`` those that no dimensions of their coefficients can save.
    """

    space: SearchSpace
    source: str
    names: Mapping[str, Expression] = field(default_factory=dict)
    front: Expression | None = None
    rejected: Counter[str] = field(default_factory=Counter)
    of_wrong_dimension: int = 0
    _met: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.names:
            self.names = {leaf.name: leaf for leaf in self.space.leaves if isinstance(leaf, Variable | Constant)}

    def candidates(self, formulas: Iterable[str]) -> tuple[Candidate, ...]:
        """Candidates of the formulas that were not met before."""
        new = dict.fromkeys(text for text in formulas if text not in self._met)
        return tuple(candidate for text in new for candidate in self._read(text))

    def notes(self) -> tuple[str, ...]:
        """How many formulas were rejected, and the usual reasons."""
        if not self.rejected:
            return ()
        count, usual = self.rejected.total(), self.rejected.most_common(SHOWN)
        reasons = "; ".join(f"{number:,}: {reason}" for reason, number in usual)
        return (f"{count:,} of {len(self._met):,} formulas of backend {self.source} were rejected ({reasons})",)

    def _read(self, text: str) -> tuple[Candidate, ...]:
        self._met[text] = ()
        try:
            self._met[text] = self._understood(text)
        except DimensionError as error:
            self.of_wrong_dimension += 1
            self.rejected[_short(error.reason)] += 1
        except SymregError as error:
            self.rejected[_short(getattr(error, "reason", str(error)))] += 1
        return self._met[text]

    def _understood(self, text: str) -> tuple[Candidate, ...]:
        tree = parse(text, variables=self.names)
        tree = substitute(tree, {Variable(name): leaf for name, leaf in self.names.items()})
        tree = tree if self.front is None else Apply("*", (tree, self.front))
        used = {node.operator for node in walk(tree) if isinstance(node, Apply)}
        foreign = sorted(used & FUNCTIONS - self.space.operators)
        if foreign:
            raise RejectedError(message=f"it holds {foreign[0]}, which is no operator of the problem")
        # First as it stands; what has no dimension may have one once every term has a coefficient.
        faults: list[DimensionError | RejectedError] = []
        for everywhere in (False, True):
            coefficients = Coefficients(everywhere)
            try:
                return tuple(self._with_dimensions(coefficients.tree(tree), coefficients.values))
            except (DimensionError, RejectedError) as error:
                faults.append(error)
        raise faults[0]

    def _with_dimensions(self, tree: Expression, values: Mapping[str, float]) -> Iterator[Candidate]:
        space = self.space
        known = {
            leaf.name: space.coding.decode(code)
            for leaf, code in zip(space.leaves, space.codes, strict=True)
            if isinstance(leaf, Variable | Constant)
        }
        inferred = infer_dimensions(tree, known, space.coding.decode(space.target_code))
        constants = {name: dimension for name, dimension in known.items() if name in space.known}
        made = {name: power_product(inferred[name], constants) for name in values if name in inferred}
        allowed = [name for name in values if name not in inferred or self._allows(inferred[name])]
        missing = [name for name in values if name not in allowed and made[name] is None]
        if missing:
            unit = inferred[missing[0]]
            raise RejectedError(message=f"it needs a constant in {unit}, which the problem does not allow")
        if len(allowed) == len(values):
            yield self._named(tree, values, inferred, {})
        with_unit = [name for name in values if not inferred.get(name, DIMENSIONLESS).is_dimensionless]
        spelled = {name: powers for name in with_unit if (powers := made[name])}
        if spelled and all(name in spelled or name in allowed for name in values):
            yield self._named(tree, values, inferred, spelled)

    def _allows(self, dimension: Dimension) -> bool:
        codes = self.space.coefficient_codes
        try:
            return codes is None or dimension.is_dimensionless or self.space.coding.encode(dimension) in codes
        except DimensionRangeError:
            return False

    def _named(
        self, tree: Expression, values: Mapping[str, float], dimensions: Mapping[str, Dimension],
        spelled: Mapping[str, Mapping[str, Fraction]],
    ) -> Candidate:  # fmt: skip
        """The candidate with names k1, k2, ... that nothing else has, and some constants by known ones."""
        fresh = (name for number in itertools.count(1) if (name := f"k{number}") not in self.space.taken)
        mapping: dict[Expression, Expression] = {}
        free = []
        for (old, value), name in zip(values.items(), fresh, strict=False):
            dimension, start, mapping[Constant(old)] = dimensions.get(old, DIMENSIONLESS), value, Constant(name)
            for known, power in spelled.get(old, {}).items():
                start /= self.space.known[known] ** float(power)
                mapping[Constant(old)] = _times_power(mapping[Constant(old)], Constant(known), power)
                dimension = DIMENSIONLESS
            free.append(FreeConstant(name, dimension, start))
        for here, own in self.space.own_names.items():
            mapping.setdefault(Constant(here), Constant(own))
        return Candidate(canonical(substitute(tree, mapping)), tuple(free), self.source)


def _times_power(tree: Expression, base: Expression, power: Fraction) -> Expression:
    raised = base if abs(power) == 1 else Apply("pow", (base, Number(abs(power))))
    return Apply("*" if power > 0 else "/", (tree, raised))


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 3] + "..."
