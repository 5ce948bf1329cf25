"""Variation: how evolution makes a formula from another.

Every way hands on the dimension of what it replaces, so a formula that is right in its dimensions stays so; what cannot
be done on a formula gives None. Constants keep their fitted values, from which the next fit starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from symreg.formula import TRANSCENDENTAL, Apply, Constant, Expression
from symreg.search.native.evolution.graft import Grafter
from symreg.search.native.evolution.supplies import Supplies
from symreg.search.native.evolution.typed_tree import SAME, Part, constants_in, draft_of, parts_of, renamed, replaced
from symreg.search.native.proposal import Draft
from symreg.search.space import SearchSpace

NEW = "new"  # a constant's name until it is numbered
SUPPLIED = "supplied "  # before the names of a supply's own constants
AT_THE_ROOT = 0.4  # of the grafts: further terms of the whole
KEPT_SPLIT = 500  # formulas whose parts are not worked out again
STEPS = ("square", "cube", "sqrt", "inv", *TRANSCENDENTAL, "cbrt", "step")
PARTNERS = {
    "+": "-", "-": "+", "*": "/", "/": "*", "sin": "cos", "cos": "sin", "square": "cube", "cube": "square",
    "max": "min", "min": "max",
}  # fmt: skip
Floats = npt.NDArray[np.float64]
Vary = Callable[[Draft, np.random.Generator], Draft | None]


@dataclass(frozen=True, slots=True, eq=False)
class Variation:
    """The ways, over one space and its supplies.

    With a ``grafter`` what is inserted is what residuals ask for; without, or where nothing can be added, it is drawn.
    """

    space: SearchSpace
    supplies: Supplies
    grafter: Grafter | None
    exchanging: float = 2.0
    _ways: list[tuple[Vary, float]] = field(init=False)  # with how often each is taken
    _until: Floats = field(init=False)  # the sums of these
    _known: dict[tuple[Expression, tuple[int, ...]], list[Part]] = field(default_factory=dict)

    def varied(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """The draft varied in one of the ways."""
        chosen = int(np.searchsorted(self._until, generator.random() * self._until[-1], side="right"))
        return self._ways[chosen][0](draft, generator)

    def __post_init__(self) -> None:
        ways: list[tuple[Vary, float]] = [
            (self.with_another_leaf, 1.0), (self.with_another_operator, 0.5), (self.with_a_step, 1.0),
            (self.without_a_step, 1.5), (self.with_a_constant, 0.5),
        ]  # fmt: skip
        if self.grafter is None or "+" not in self.space.operators:
            ways += [(self.with_another_part, 1.0), (self.with_a_factor, 0.5)]
        else:
            ways += [(self.with_a_term_grafted, 3.0), (self.with_a_term_exchanged, self.exchanging)]
            if "*" in self.space.operators:
                ways += [(self.with_a_factor_grafted, 1.0)]
        object.__setattr__(self, "_ways", ways)
        object.__setattr__(self, "_until", np.cumsum([weight for _, weight in ways]))

    # ---------------------------------------------------------------------------------------- parts for others

    def with_another_part(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """A part replaced by a supply of its dimension."""
        part = _chosen(self._parts(draft), generator)
        fresh = self._supply(part.code, generator)
        return None if fresh is None else self._with(draft, part, fresh)

    def with_another_leaf(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """A leaf replaced by another of its dimension."""
        leaves = set(self.space.leaves)
        parts = [part for part in self._parts(draft) if part.tree in leaves]
        if not parts:
            return None
        part = _chosen(parts, generator)
        others = [
            leaf for leaf, code in zip(self.space.leaves, self.space.codes, strict=True)
            if code == part.code and leaf != part.tree
        ]  # fmt: skip
        return self._with(draft, part, others[int(generator.integers(len(others)))]) if others else None

    def with_another_operator(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """An operator replaced by another that gives the same dimension here."""
        parts = [part for part in self._parts(draft) if isinstance(part.tree, Apply)]
        if not parts:
            return None
        part = _chosen(parts, generator)
        assert isinstance(part.tree, Apply)
        name = part.tree.operator
        if name in TRANSCENDENTAL:
            others = [one for one in TRANSCENDENTAL if one != name and one in self.space.operators]
            name = others[int(generator.integers(len(others)))] if others else name
        elif name in PARTNERS and (name in SAME or not self._carries(draft, part)):
            name = PARTNERS[name]
        if name == part.tree.operator or name not in self.space.operators:
            return None
        return self._with(draft, part, Apply(name, part.tree.arguments))

    def _carries(self, draft: Draft, part: Part) -> bool:
        """Whether the last operand of a part has a dimension."""
        assert isinstance(part.tree, Apply)
        path = (*part.path, len(part.tree.arguments) - 1)
        return any(one.code for one in self._parts(draft) if one.path == path)

    # --------------------------------------------------------------------------------------------------- steps

    def with_a_step(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """A function, root or power around a dimensionless part."""
        parts = [part for part in self._parts(draft) if not part.code]
        steps = [name for name in STEPS if name in self.space.operators]
        if not parts or not steps:
            return None
        part = _chosen(parts, generator)
        return self._with(draft, part, Apply(steps[int(generator.integers(len(steps)))], (part.tree,)))

    def without_a_step(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """A part replaced by a smaller one inside it, of the same dimension."""
        parts = self._parts(draft)
        part = _chosen(parts, generator)
        inside = [
            one for one in parts
            if len(one.path) > len(part.path) and one.path[: len(part.path)] == part.path and one.code == part.code
        ]  # fmt: skip
        near = [one for one in inside if len(one.path) == len(part.path) + 1] or inside
        return self._with(draft, part, _chosen(near, generator).tree) if near else None

    def with_a_factor(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """A part times a dimensionless supply, or divided by it."""
        names = [name for name in ("*", "/") if name in self.space.operators]
        fresh = self._supply(0, generator)
        if fresh is None or not names:
            return None
        part = _chosen(self._parts(draft), generator)
        name = names[int(generator.integers(len(names)))]
        return self._with(draft, part, Apply(name, (part.tree, fresh)))

    def with_a_constant(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """A part times a constant, or with one beside it where that may carry the part's unit."""
        part = _chosen(self._parts(draft), generator)
        codes = self.space.coefficient_codes
        beside = generator.random() < 0.5 and (codes is None or part.code in codes) and "+" in self.space.operators
        if not beside and "*" not in self.space.operators:
            return None
        constant = Constant(NEW)
        tree = Apply("+", (part.tree, constant)) if beside else Apply("*", (constant, part.tree))
        value, code = (0.1, part.code) if beside else (1.0, 0)
        return draft_of(replaced(draft.expression, part.path, tree), constants_in(draft) | {NEW: (value, code)})

    # -------------------------------------------------------------------------------------------------- grafts

    def with_a_term_grafted(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """A term that the residuals ask for, beside the whole or a part."""
        assert self.grafter is not None
        return self.grafter.term(draft, self._place(draft, generator), generator)

    def with_a_term_exchanged(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """A step left out, and a term that the residuals then ask for."""
        smaller = self.without_a_step(draft, generator)
        return None if smaller is None else self.with_a_term_grafted(smaller, generator)

    def with_a_factor_grafted(self, draft: Draft, generator: np.random.Generator) -> Draft | None:
        """A factor that the residuals ask for, behind a part."""
        assert self.grafter is not None
        return self.grafter.factor(draft, self._place(draft, generator), generator)

    def _place(self, draft: Draft, generator: np.random.Generator) -> Part:
        parts = self._parts(draft)
        return parts[-1] if generator.random() < AT_THE_ROOT else _chosen(parts, generator)

    # ----------------------------------------------------------------------------------------------- new lines

    def random(self, generator: np.random.Generator) -> Draft | None:
        """A supply with a coefficient in front: where formulas come from that descend from no other."""
        usable = np.flatnonzero(self.supplies.usable(self.space.target_code, self.space.coefficient_codes))
        if not len(usable):
            return None
        chosen = int(usable[int(generator.integers(len(usable)))])
        code = self.space.target_code - int(self.supplies.codes[chosen])
        supply = renamed(self.supplies.drafts[chosen], SUPPLIED)
        tree = Apply("*", (Constant(NEW), supply.expression))
        return draft_of(tree, constants_in(supply) | {NEW: (1.0, code)})

    def _parts(self, draft: Draft) -> list[Part]:
        """Its parts, kept for as long as it is likely to be varied again."""
        key = draft.expression, draft.codes
        if key not in self._known:
            if len(self._known) >= KEPT_SPLIT:
                self._known.clear()
            self._known[key] = parts_of(draft, self.space)
        return self._known[key]

    def _supply(self, code: int, generator: np.random.Generator) -> Expression | None:
        like = self.supplies.of(code)
        if not len(like):
            return None
        # Small ones come first and are taken more often.
        return self.supplies.drafts[int(like[int(len(like) * generator.random() ** 2)])].expression

    def _with(self, draft: Draft, part: Part, tree: Expression) -> Draft:
        return draft_of(replaced(draft.expression, part.path, tree), constants_in(draft))


def _chosen(parts: Sequence[Part], generator: np.random.Generator) -> Part:
    return parts[int(generator.integers(len(parts)))]
