"""What one name means: the library of units (pint), which is imported here and nowhere else, when first needed.

It is asked in exact fractions: a microbar is 1/10 Pa and a microbar to the tenth power still is what it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from symreg.units.dimension import DIMENSIONLESS, Dimension
from symreg.units.doubtful import refusal
from symreg.units.names import COMMON, COUNTED, DEFINITIONS, SPELLINGS, ZERO_POINTS
from symreg.units.prefixes import is_written

NO_UNIT = frozenset({"", "-", "1", "dimensionless", "unitless", "none"})
_SI_NAMES = {
    "meter": "m",
    "gram": "kg",
    "second": "s",
    "ampere": "A",
    "kelvin": "K",
    "mole": "mol",
    "candela": "cd",
}


@dataclass(frozen=True, slots=True)
class Named:
    """What one name means: ``si = factor * value + offset``, and the power of an angle in it."""

    factor: Fraction
    dimension: Dimension
    angle: Fraction
    offset: float = 0.0
    difference: str | None = None  # the name of the same degree without the zero point


def is_known(word: str) -> bool:
    return named(word) is not None or refusal(word) is not None


def known(name: str) -> Named:
    """What a name means that is known to be one."""
    found = named(name)
    assert found is not None, name
    return found


@lru_cache(maxsize=4096)
def named(name: str) -> Named | None:
    """Ask the library what one name means; None when it knows no such name."""
    if name in NO_UNIT:
        return Named(Fraction(1), DIMENSIONLESS, Fraction(0))
    found = library_name(name)
    if found is None or refusal(found[1]) is not None:
        return None
    prefix, base = found
    if base in ZERO_POINTS and prefix:
        return None
    size, roots = _registry().get_root_units(prefix + base)
    powers = {root: Fraction(power) for root, power in roots._units.items()}
    unknown = set(powers) - set(_SI_NAMES) - COUNTED
    if unknown:
        return None
    dimension = Dimension.of(
        **{_SI_NAMES[root]: power for root, power in powers.items() if root in _SI_NAMES}
    )
    gram = powers.get("gram", Fraction(0))
    if gram.denominator != 1:
        return None  # Gaussian units that were not given an SI value
    factor = Fraction(size) / 1000**gram.numerator
    zero, difference = ZERO_POINTS.get(base, (Fraction(0), None))
    angle = powers.get("radian", Fraction(0))
    return Named(factor, dimension, angle, float(zero * factor), difference)


@lru_cache(maxsize=4096)
def library_name(name: str) -> tuple[str, str] | None:
    """The library's prefix and full name for a word; None where the word is no unit."""
    word = SPELLINGS.get(name, name)
    if not re.fullmatch(r"[^\W\d]\w*", word):
        return None
    found = _registry().parse_unit_name(word)
    if not found and word.istitle() and len(word) > 3:  # Kelvin, Pascal
        found = _registry().parse_unit_name(word.lower())
    if not found:
        return None
    prefix, base = next(((one[0], one[1]) for one in found if is_written(one[0], one[1], word)), ("", ""))
    if not base:
        return None
    if word.endswith("s") and 3 <= len(word) <= 4 and _only_as_plural(word) and base != word[:-1]:
        return None  # "mass" is not the plural of mas, nor "gas" that of Ga
    return prefix, base


def _only_as_plural(word: str) -> bool:
    """Whether the library takes off a final s to find this word: it never takes off two."""
    return not word.startswith("da") and not _registry().parse_unit_name(word + "s")


@lru_cache(maxsize=1)
def _registry() -> Any:
    """The library of units, with our definitions, counting in exact fractions."""
    import pint

    registry: Any = pint.UnitRegistry(non_int_type=Fraction, on_redefinition="ignore", cache_folder=None)
    for definition in DEFINITIONS:
        registry.define(definition)
    return registry


@lru_cache(maxsize=1)
def all_names() -> tuple[str, ...]:
    """Names that may be suggested, the common ones first."""
    spelled = [name for name in _registry() if name.isidentifier() and refusal(name) is None]
    return tuple(dict.fromkeys((*COMMON, *spelled)))
