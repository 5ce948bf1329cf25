"""What a table and its units say before any search: the answer of ``symreg check``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from symreg.problem.constant_names import names_in_words
from symreg.problem.feasibility import in_words, out_of_balance
from symreg.problem.limits import limits_in_words
from symreg.typesetting import bundle, html_list, html_table, name_mathml, plain_html, unit_html
from symreg.units import missing_base_units, pi_groups, power_product, power_text, rank_of

if TYPE_CHECKING:
    from symreg.problem.problem import Problem
    from symreg.tables import Column


MOST_GROUPED = 60
"""Inputs and constants of which all Pi groups are listed: some fifty, which can be read; of hundreds nobody
would read them, and making them takes the square of their number. Set by hand."""

MIXED = "pure numbers, or with a unit at a price (auto)"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A column or constant; ``role`` is target, input or constant; numbers are in the user's unit."""

    name: str
    role: str
    unit: str
    dimension: str
    low: float
    high: float
    has_sigma: bool = False


@dataclass(frozen=True, slots=True)
class ProblemDescription:
    """Data, units, Pi groups of inputs and constants, and what the dimensions allow.

    ``product`` maps names to the exponents of a product of powers that has the target's dimension; None where
    there is none, and ``missing`` then names base units that coefficients have to bring. ``cannot_appear``
    names inputs and constants that no law can hold as long as its coefficients are pure numbers. Of more than
    ``MOST_GROUPED`` inputs and constants no Pi group is listed, and ``more_pi_groups`` says how many there are.
    """

    name: str
    source: str
    n_rows: int
    n_train: int
    n_held_out: int
    target: str
    quantities: tuple[Quantity, ...]
    free_constants: str
    pi_groups: tuple[Mapping[str, int], ...]
    product: Mapping[str, Fraction] | None
    missing: tuple[str, ...]
    cannot_appear: tuple[str, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    judge: str = "held-out"
    understood: str = ""
    more_pi_groups: int = 0

    @property
    def reachable(self) -> bool:
        """Whether inputs and known constants alone make the target's dimension."""
        return self.product is not None

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return bundle(str(self), description_html(self))

    def __str__(self) -> str:
        known = {"held-out": f"{self.n_held_out} held out", "leave-one-out": "ranked by leaving out one at a time"}
        judged = known.get(self.judge, f"ranked by {self.judge} refits")
        lines = [f"{self.name}: {self.source}, {self.n_rows} rows ({self.n_train} to fit, {judged})"]
        lines += [f"Read as {self.understood}", ""] if self.understood else [""]
        lines += _aligned(
            [("name", "role", "unit", "SI base units", "range")]
            + [(q.name, q.role, q.unit, q.dimension, _range(q)) for q in self.quantities]
        )
        lines += [
            "",
            f"Free constants: {self.free_constants}",
            "",
            "What the dimensions allow",
            self._allowed(),
        ]
        groups = [power_text([(name, Fraction(e)) for name, e in group.items()]) for group in self.pi_groups]
        only = "" if self.product is None else "; the product above is the only form"
        many = f"{self.more_pi_groups:,}, too many to list" if self.more_pi_groups else ""
        lines += [f"Pi groups: {', '.join(groups) or many or 'none' + only}"]
        if self.cannot_appear:
            names = ", ".join(self.cannot_appear)
            law = "law with pure numbers" if MIXED in self.free_constants else "law"
            lines += [f"No {law} can hold {names}: nothing else carries the units to balance it."]
        if self.labels:
            lines += ["", f"Text columns, not used: {', '.join(self.labels)}"]
        lines += ["", *(f"Note: {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines)

    def _allowed(self) -> str:
        if self.product is None:
            return (
                f"No product of powers of inputs and known constants has the unit of {self.target}: "
                f"a coefficient has to bring {in_words(self.missing)}."
            )
        function = "f(Pi groups)" if self.pi_groups or self.more_pi_groups else "number"
        product = power_text(list(self.product.items())) if self.product else ""
        return f"{self.target} = {product} * {function}" if product else f"{self.target} = {function}"


def description_html(told: ProblemDescription) -> str:
    """The quantities as a table, then what the dimensions allow, for a notebook."""
    headings = ("name", "role", "unit", "SI base units", "range")
    rows = [
        (name_mathml(q.name), q.role, unit_html(q.unit), unit_html(q.dimension), plain_html(_range(q)))
        for q in told.quantities
    ]
    groups = [power_text([(name, Fraction(e)) for name, e in group.items()]) for group in told.pi_groups]
    said = [
        f"{told.source}, {told.n_rows} rows ({told.n_train} to fit)",
        f"Free constants: {told.free_constants}",
        told._allowed(),
        f"Pi groups: {', '.join(groups) or (f'{told.more_pi_groups:,}' if told.more_pi_groups else 'none')}",
        *told.notes,
    ]
    return f"<div>{html_table(headings, rows)}{html_list(said)}</div>"


def describe(problem: Problem) -> ProblemDescription:
    """Gather what is known about a problem before a search."""
    target = problem.target_column.unit.dimension
    dimensions = problem.dimensions
    free = problem.free_constants
    pure = free.policy == "dimensionless"
    with_units = {
        name: dimension
        for name, dimension in dimensions.items()
        if name in problem.inputs or not dimension.is_dimensionless
    }
    many = len(with_units) > MOST_GROUPED
    constants = (
        Quantity(c.name, "constant", c.unit.text, str(c.unit.dimension), value, value, c.stderr > 0)
        for c in problem.known_constants
        for value in (float(c.unit.from_si(c.value)),)
    )
    columns = [_quantity(problem.table[name], "input") for name in problem.inputs]
    return ProblemDescription(
        name=problem.name,
        source=problem.table.source,
        n_rows=problem.table.n_rows,
        n_train=len(problem.train_rows),
        n_held_out=len(problem.held_out_rows),
        target=problem.target,
        quantities=(_quantity(problem.target_column, "target"), *columns, *constants),
        free_constants="; ".join(
            [_policy_text(problem), *limits_in_words(free.positive, free.limits), *names_in_words(free.names)]
        ),
        pi_groups=() if many else pi_groups(with_units),
        more_pi_groups=len(with_units) - rank_of(with_units) if many else 0,
        product=power_product(target, dimensions),
        missing=missing_base_units(target, dimensions),
        cannot_appear=out_of_balance(problem.dimensions, target, ()) if pure else (),
        labels=problem.table.labels,
        notes=problem.notes,
        judge=problem.judge,
        understood="" if problem.table.understood is None else str(problem.table.understood),
    )


def _quantity(column: Column, role: str) -> Quantity:
    low, high = float(column.user_numbers.min()), float(column.user_numbers.max())
    return Quantity(
        column.name, role, column.unit.text, str(column.unit.dimension), low, high, column.sigma is not None
    )


def _policy_text(problem: Problem) -> str:
    free = problem.free_constants
    if free.policy == "declared":
        return "units " + ", ".join(unit.text for unit in free.units) + ", their powers and products"
    if free.is_mixed:
        return MIXED
    return "any unit that a law needs (inferred)" if free.policy == "inferred" else "dimensionless"


def _range(quantity: Quantity) -> str:
    ends = (
        f"{quantity.low:.6g}"
        if quantity.low == quantity.high
        else f"{quantity.low:.6g} to {quantity.high:.6g}"
    )
    return ends + (" (with uncertainty)" if quantity.has_sigma else "")


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
