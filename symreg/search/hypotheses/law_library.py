"""Laws of textbooks, with units: ``datasets/textbook_laws/laws.yaml`` as frozen values, each checked as it is read.

An entry has ``id``, ``name``, ``field``, ``formula``, ``target``, ``variables``, ``source``, and where it needs them
``constants`` (of nature, by name) and ``free`` ones, whose value differs from case to case. A quantity is written as
the header of a table is, with what it means: ``a [m] semi-major axis``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from symreg.errors import EntryError, SymregError
from symreg.formula import Expression, constants_of, dimension_of, parse, variables_of
from symreg.units import DIMENSIONLESS, Dimension, Unit, parse_unit, physical_constant

_QUANTITY = re.compile(r"(\w+) \[([^\]]+)\] (.+)")
_KEYS = frozenset(("id", "name", "field", "formula", "target", "variables", "constants", "free", "source"))


class LawLibraryError(EntryError):
    """A library that cannot be read."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A name in a law, its unit, and what it means in words."""

    name: str
    unit: Unit
    meaning: str

    @property
    def dimension(self) -> Dimension:
        """The dimension of its unit."""
        return self.unit.dimension


@dataclass(frozen=True, slots=True)
class TextbookLaw:
    """A law: ``variables`` are measured, ``constants`` known by name, ``free`` constants differ from case to case."""

    id: str
    name: str
    field: str
    formula: str
    expression: Expression
    target: Quantity
    variables: tuple[Quantity, ...]
    constants: tuple[str, ...]
    free: tuple[Quantity, ...]
    source: str

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """Dimensions of all names in the formula."""
        named = {one.name: one.dimension for one in (*self.variables, *self.free)}
        return named | {name: physical_constant(name).unit.dimension for name in (*self.constants, "pi")}

    def __str__(self) -> str:
        return f"{self.target.name} = {self.formula}"


@lru_cache(maxsize=1)
def law_library() -> tuple[TextbookLaw, ...]:
    """The laws that come with the package."""
    from symreg.tables import datasets_folder

    return read_laws(datasets_folder() / "textbook_laws" / "laws.yaml")


def read_laws(path: str | Path) -> tuple[TextbookLaw, ...]:
    """Read a library; every formula must parse, use all its names and have the dimension of its target."""
    from symreg.document import read_document

    path = Path(path)
    content = read_document(path).value
    if not isinstance(content, list) or not content:
        raise LawLibraryError(source=path.name, entry="file", reason="a list of laws is needed")
    laws: dict[str, TextbookLaw] = {}
    for position, entry in enumerate(content, start=1):
        where = str(entry.get("id", position)) if isinstance(entry, Mapping) else f"entry {position}"
        try:
            law = _checked(_law(entry))
        except (KeyError, TypeError, ValueError, SymregError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise LawLibraryError(source=path.name, entry=where, reason=reason) from error
        if law.id in laws:
            raise LawLibraryError(source=path.name, entry=law.id, reason="this id stands here twice")
        laws[law.id] = law
    return tuple(laws.values())


def _law(entry: Any) -> TextbookLaw:
    if not isinstance(entry, Mapping):
        raise TypeError("a mapping with id, name, field, formula, target, variables and source is needed")
    if unknown := set(entry) - _KEYS:
        raise ValueError(f"the key {min(unknown)!r} is not known")
    variables = tuple(_quantity(text) for text in entry["variables"])
    free = tuple(_quantity(text) for text in entry.get("free") or ())
    constants = tuple(str(name) for name in entry.get("constants") or ())
    return TextbookLaw(
        id=str(entry["id"]),
        name=str(entry["name"]),
        field=str(entry["field"]),
        formula=str(entry["formula"]),
        expression=parse(
            str(entry["formula"]),
            variables=[one.name for one in variables],
            constants=["pi", *constants, *(one.name for one in free)],
        ),
        target=_quantity(entry["target"]),
        variables=variables,
        constants=constants,
        free=free,
        source=str(entry["source"]),
    )


def _quantity(text: Any) -> Quantity:
    found = _QUANTITY.fullmatch(str(text))
    if found is None:
        raise ValueError(f"a quantity is written NAME [UNIT] meaning, not {text!r}")
    return Quantity(found[1], _unit(found[2]), found[3])


@lru_cache(maxsize=1000)
def _unit(text: str) -> Unit:
    return parse_unit(text)


def _checked(law: TextbookLaw) -> TextbookLaw:
    names = [*(one.name for one in (*law.variables, *law.free)), *law.constants]
    used = {*variables_of(law.expression), *constants_of(law.expression)} - {"pi"}
    if len(set(names)) < len(names):
        raise ValueError("a name stands here twice")
    if set(names) != used:
        raise ValueError(f"the formula does not use {min(set(names) - used)!r}")
    found = dimension_of(law.expression, law.dimensions | {"pi": DIMENSIONLESS})
    if found != law.target.dimension:
        raise ValueError(f"the formula has the dimension {found}, its target {law.target.dimension}")
    return law
