"""Scope: the names that a formula from outside may use, with their dimensions, and what its constants may carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symreg.formula import Constant, Variable
from symreg.search.space import SearchSpace
from symreg.units import DIMENSIONLESS, Dimension


@dataclass(frozen=True, slots=True)
class Scope:
    """Columns and known constants by name; ``allowed`` dimensions of a fitted constant, None for any.

    ``target`` is the name of the target, which no formula may use. ``named`` are fitted constants that the problem has
    a name for, because it limits their values.
    """

    columns: Mapping[str, Dimension]
    known: Mapping[str, Dimension]
    target: str
    dimension: Dimension
    allowed: frozenset[Dimension] | None
    named: frozenset[str] = frozenset()

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """Dimensions of all names."""
        return {**self.known, **self.columns}

    def allows(self, dimension: Dimension) -> bool:
        """Whether a fitted constant may have this dimension."""
        return self.allowed is None or dimension.is_dimensionless or dimension in self.allowed

    def is_free(self, name: str) -> bool:
        """Whether nothing else is called that, so that a fitted constant may be."""
        return not any(name in names for names in (self.columns, self.known, self.named, (self.target,)))


def scope_of(space: SearchSpace) -> Scope:
    """The names of a search space, known constants under the names that their user gave them."""
    columns, known = {}, {name: DIMENSIONLESS for name in space.numbers}
    for leaf, code in zip(space.leaves, space.codes, strict=True):
        if isinstance(leaf, Variable):
            columns[leaf.name] = space.coding.decode(code)
        elif isinstance(leaf, Constant):
            known[space.own_names.get(leaf.name, leaf.name)] = space.coding.decode(code)
    codes = space.coefficient_codes
    return Scope(
        columns=columns,
        known=known,
        target=space.target_name,
        dimension=space.coding.decode(space.target_code),
        allowed=None if codes is None else frozenset(space.coding.decode(code) for code in codes),
        named=space.taken - {*columns, *known, *space.scales, space.target_name},
    )
