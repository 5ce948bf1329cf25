"""``constants: auto``: the constants of nature that a law of these columns can need, by their dimensions.

A constant matters if its dimension can be balanced by columns and other constants: without a temperature k_B cannot
occur. Of all small sets that bring the target within reach, the one comes first that lets most inputs take part; of
like ones the smallest, then the most familiar by ``FAMILIAR``. Everyday constants that would do alone follow (a
column may have nothing to do with the law), and then relatives: constants that appear with the first in the same laws
(``FAMILIES``), as far as they can be balanced. Where the columns reach the target by themselves, everyday constants
that can be balanced are offered: mass and speed may want c. Five at most, so that the search is not swamped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from symreg.units import Dimension, PhysicalConstant, in_span, physical_constant

AUTO = "auto"
MOST_OFFERED = 5
"""Constants offered together. Each is one more leaf in every level of the search, so that more would find more laws in
principle and fewer within a budget (decision 0019)."""

MOST_NEEDED = 3
"""Constants in the sets that are tried: of 18 there are 816 sets of three, and 3,060 of four, each with its linear
algebra in exact fractions. Larger sets would reach more targets, by chance too."""

FAMILIAR = (
    "c", "g_n", "G", "k_B", "h", "R", "e", "epsilon_0",
    "sigma", "m_e", "N_A", "F", "mu_0", "m_p", "R_inf", "mu_B", "a_0", "lambda_C",
)  # fmt: skip
"""A prior: the constants that textbooks use most, first. What others spell (hbar, Z_0, K_J) is left to the law."""

EVERYDAY = FAMILIAR[:8]
"""Those that are offered alone, whatever else is: one of them may be the law's where a column is beside the point."""

KINDS = ("A", "K", "mol")

FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"h", "c", "k_B", "sigma"}),  # radiation
    frozenset({"k_B", "R", "N_A"}),  # gases
    frozenset({"R", "F", "e", "k_B", "N_A"}),  # electrochemistry, transport
    frozenset({"e", "epsilon_0", "mu_0", "c"}),  # electromagnetism
    frozenset({"h", "e", "m_e", "epsilon_0", "c", "R_inf", "a_0"}),  # atoms
    frozenset({"e", "h", "m_e", "mu_B", "k_B"}),  # electrons in fields and solids
    frozenset({"G", "c", "g_n"}),  # gravitation
    frozenset({"h", "c", "m_e", "m_p", "lambda_C"}),  # particles
)


def offered_constants(
    target: Dimension,
    inputs: Mapping[str, Dimension],
    known: Mapping[str, Dimension],
    *,
    taken: Collection[str] = (),
    must_reach: bool = True,
) -> tuple[PhysicalConstant, ...]:
    """Constants to offer to a search, the most needed first; ``known`` are those that the user gives anyway.

    ``taken`` are names that columns have. Where coefficients carry units, the target need not be reached by constants
    (``must_reach``). Empty where no constant can matter.
    """
    own = {**inputs, **known}
    constants = {
        name: dimension
        for name in FAMILIAR
        if name not in {*taken, *known}
        and _is_at_home(dimension := physical_constant(name).unit.dimension, [*own.values(), target])
    }
    question = _Question(target, inputs, own, constants)
    sets = question.sets(must_reach)
    best = min(sets, key=question.merit, default=())
    offered = question.joined((), best)
    for alone in EVERYDAY:
        if alone in constants and (not best or (alone,) in sets):
            offered = question.joined(offered, (alone,))
    for family in sorted(FAMILIES, key=lambda family: not family >= set(best)):
        if family & set(best):
            offered = question.joined(offered, [name for name in constants if name in family])
    return tuple(physical_constant(name) for name in offered)


def _is_at_home(constant: Dimension, columns: Sequence[Dimension]) -> bool:
    """Whether a constant of heat, electricity or matter is asked about columns of that kind."""
    return all(any(one.exponent(base) for one in columns) for base in KINDS if constant.exponent(base))


@dataclass(frozen=True)
class _Question:
    """Dimensions of the target, of the inputs, of all that is given (``own``), and of the constants to choose from."""

    target: Dimension
    inputs: Mapping[str, Dimension]
    own: Mapping[str, Dimension]
    constants: Mapping[str, Dimension]

    @cached_property
    def _own(self) -> Counter[Dimension]:
        return Counter(self.own.values())

    def sets(self, must_reach: bool) -> list[tuple[str, ...]]:
        """Sets of constants that bring the target within reach and are all balanced, up to the size that is needed."""
        found: list[tuple[str, ...]] = []
        for size in range(MOST_NEEDED + 1):
            for names in combinations(self.constants, size):
                if self.is_balanced(names) and (not must_reach or self.reaches(names)):
                    found.append(names)
            if any(self.left_out(names) == 0 for names in found):
                break  # a larger set cannot do better
        return found

    def merit(self, names: Sequence[str]) -> tuple[int, int, int]:
        """Inputs left out, size, unfamiliarity: the least is the best."""
        order = list(self.constants)
        return self.left_out(names), len(names), sum(order.index(name) for name in names)

    def joined(self, offered: tuple[str, ...], more: Sequence[str]) -> tuple[str, ...]:
        """``offered`` and what of ``more`` is balanced beside it, as long as there is room."""
        beside = [name for name in more if name not in offered]
        while beside:
            chosen = (*offered, *beside[: MOST_OFFERED - len(offered)])
            lonely = [name for name in chosen if not self._is_balanced(name, chosen)]
            if not lonely:
                return chosen
            beside = [name for name in beside if name not in lonely]
        return offered

    def reaches(self, names: Sequence[str]) -> bool:
        """Whether the target is a product of powers of what is given and these constants."""
        return in_span(self.target.exponents, [d.exponents for d in self._available(names)])

    def is_balanced(self, names: Sequence[str]) -> bool:
        """Whether each of the constants can be part of a law."""
        return all(self._is_balanced(name, names) for name in names)

    def left_out(self, names: Sequence[str]) -> int:
        """How many inputs can be in no law, because nothing cancels their dimension."""
        available, alike = self._available(names), Counter(self.inputs.values())
        return sum(count for one, count in alike.items() if not self._cancels(one, available))

    def _available(self, names: Sequence[str]) -> Counter[Dimension]:
        """How many of the given and of these constants have each dimension: of many columns few differ in it."""
        return self._own + Counter(self.constants[name] for name in names)

    def _is_balanced(self, name: str, names: Sequence[str]) -> bool:
        return self._cancels(self.constants[name], self._available(names))

    def _cancels(self, dimension: Dimension, available: Counter[Dimension]) -> bool:
        """Whether what is available beside one of this dimension cancels it."""
        if available[dimension] > 1:
            return True
        others = [one.exponents for one in available if one != dimension]
        return in_span(dimension.exponents, [*others, self.target.exponents])
