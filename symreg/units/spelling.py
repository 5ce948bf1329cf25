"""The nearest valid spelling of a unit that cannot be read, and the spelling of numbers in front of a
unit."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from decimal import Context, Decimal
from fractions import Fraction

from symreg.units.names import COMMON
from symreg.units.text import MAX_LENGTH, Factor
from symreg.units.tokens import UnreadableError

_SIGNS = " */.^+-·()"
_PIECES = frozenset(name for name in COMMON if len(name) <= 3)


def valid_spelling(text: str, fault: UnreadableError, is_unit: Callable[[str], bool]) -> str | None:
    """The first suggestion that really is a unit; for a slip between names also the text without it."""
    if len(text) > MAX_LENGTH:
        return None
    before, after = text[: fault.position], text[fault.position + 1 :]
    repairs = (before + after, before.rstrip(_SIGNS), text.strip(_SIGNS)) if fault.is_slip else ()
    for spelling in (*fault.suggestions, *repairs):
        if spelling != text and any(letter.isalpha() for letter in spelling) and is_unit(spelling):
            return " ".join(spelling.split())
    return None


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
    """Names like this word: another case, pieces run together, a slip of the keys."""
    folded = word.casefold()
    other_case = [name for name in names if name.casefold() == folded]
    # kgm is kg*m, but kgg is a slip: nobody multiplies kg by g.
    run_together = [
        "*".join(each) for each in _split(word, 3) if len({piece[-1] for piece in each}) == len(each)
    ]
    by_folded = {name.casefold(): name for name in reversed(names)}
    slips = difflib.get_close_matches(folded, list(by_folded), n=3, cutoff=0.7) if len(word) > 2 else []
    return [*other_case, *run_together, *(by_folded[slip] for slip in slips), *_prefixed_slips(word, names)]


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
