"""The nearest valid spelling of a unit that cannot be read, and the spelling of numbers in front of a
unit."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from decimal import Context, Decimal
from fractions import Fraction

from symreg.units.dimension import Dimension
from symreg.units.names import COMMON
from symreg.units.text import MAX_LENGTH, Factor
from symreg.units.tokens import UnreadableError

ALIKE = 0.8
"""Likeness above which a long word is a slip of another, after difflib: five letters of six. Lower ones suggest units
of other quantities (0.7 a volt for a volume), higher ones let a slip of a short word go; set by hand."""

_PIECES = frozenset(name for name in COMMON if len(name) <= 3)


def valid_spelling(
    text: str, fault: UnreadableError, dimension_of: Callable[[str], Dimension | None]
) -> str | None:
    """The first suggestion that is a unit, where all that are agree in their dimension: a unit of something else than
    the writer has measured helps nobody. A sign too many between names is left out."""
    if len(text) > MAX_LENGTH:
        return None
    before, after = text[: fault.position], text[fault.position + 1 :]
    too_many = fault.is_slip and text[fault.position : fault.position + 1] in ("/", "*", ")")
    found: dict[str, Dimension] = {}
    for spelling in (*fault.suggestions, *([before + after] if too_many else [])):
        dimension = dimension_of(spelling)
        if spelling != text and any(letter.isalpha() for letter in spelling) and dimension is not None:
            found[" ".join(spelling.split())] = dimension
    return next(iter(found)) if len(set(found.values())) == 1 else None


def respelled(text: str, factor: Factor, names: Sequence[str]) -> list[str]:
    """The text with this unknown name replaced by each of the nearest ones."""
    before, after = text[: factor.start], text[factor.stop :]
    divided = before.rstrip().endswith("/")
    spellings = []
    for name in _nearest(str(factor.base), names):
        product = "*" in name and (divided or after.lstrip().startswith(("**", "^")))
        spellings.append(f"{before}({name}){after}" if product else f"{before}{name}{after}")
    return spellings


def _nearest(word: str, names: Sequence[str]) -> list[str]:
    """Names like this word: another case, pieces run together, and of longer words a slip of the keys."""
    folded = word.casefold()
    # A letter alone may be anything, and mw is no more a megawatt than a milliwatt.
    other_case = [name for name in names if name.casefold() == folded and len(name) > 1]
    other_case = [name for name in other_case if name[0] == word[0] or word[0] not in "mM"]
    if other_case:
        return other_case
    # kgm is kg*m, but kgg is a slip: nobody multiplies kg by g.
    run_together = [
        "*".join(each) for each in _split(word, 2) if len({piece[-1] for piece in each}) == len(each)
    ]
    twice = [name for name in COMMON if len(name) > 1 and name.casefold() + name[-1].casefold() == folded]
    twice += [name for name in names if len(name) > 2 and name + name[-1] == word]
    if run_together or twice:
        return [*twice, *run_together]
    by_folded = {name.casefold(): name for name in reversed(names) if len(name) > 3}
    close = difflib.get_close_matches(folded, list(by_folded), n=3, cutoff=ALIKE) if len(word) > 4 else []
    return [*(by_folded[slip] for slip in close), *_prefixed_slips(word, names)]


def _split(word: str, most: int) -> Iterator[list[str]]:
    if word in _PIECES:
        yield [word]
    if most > 1:
        for end in range(min(3, len(word) - 1), 0, -1):
            if word[:end] in _PIECES:
                yield from ([word[:end], *rest] for rest in _split(word[end:], most - 1))


def _prefixed_slips(word: str, names: Sequence[str]) -> list[str]:
    """``kilometrs`` is near no name of the list, but its rest behind ``kilo`` is."""
    for prefix in (
        "kilo",
        "mega",
        "giga",
        "tera",
        "milli",
        "micro",
        "nano",
        "pico",
        "centi",
        "deci",
        "hecto",
    ):
        if word.lower().startswith(prefix):
            rest = word[len(prefix) :]
            return [prefix + name for name in difflib.get_close_matches(rest, names, n=2, cutoff=0.6)]
    return []


def number_text(number: Fraction) -> str:
    """Print a positive number as people do: ``100``, ``1e-20``, ``0.25``, ``169/180``."""
    if max(number.numerator, number.denominator) < 10**6 and not _is_decimal(number):
        return f"{number.numerator}/{number.denominator}"
    exact = Context(prec=400).divide(Decimal(number.numerator), Decimal(number.denominator)).normalize()
    if not _is_decimal(number) or len(exact.as_tuple().digits) > 30:
        return repr(float(number)).replace("e+", "e")
    return f"{exact:f}" if -5 < exact.adjusted() < 6 else f"{exact:e}".replace("e+", "e")


def _is_decimal(number: Fraction) -> bool:
    below = number.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    return below == 1
