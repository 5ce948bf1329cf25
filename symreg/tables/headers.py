"""Column headers: a name and, where the writer gave one, a unit.

    v [m/s]      v (m/s)      v {m/s}      v / (m/s)      v / s      v

Square brackets always hold a unit, braces after a space one that reads as such. Round ones do too after a space
("v (kmm)" is a spelling mistake, not a name); without the space they are a unit only if they read as one, so that
``f(x)`` stays a name. A slash begins a unit where spaces or brackets set it off and what follows reads as a unit;
``c/a`` stays a name. So do ``p, bar`` and ``F in N``, with a warning that says how the unit is written.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from symreg.errors import SymregError, TableError, TableWarning
from symreg.units import DIMENSIONLESS_UNIT, Unit, parse_unit

MAX_NAME = 200
"""Characters of a column's name, which stands in formulas, tables and messages: a longer one hides all else. Far above
names that people give; set by hand."""

LABEL = "label"
NO_UNIT = frozenset(
    {"", "-", "\N{EN DASH}", "\N{EM DASH}", "1", "none", "unitless", "dimensionless", "no unit"}
)
HEADER_FUNCTIONS = frozenset({"log", "log10", "ln", "lg", "exp", "sqrt", "sin", "cos", "tan", "abs", "f", "d"})

_SQUARE = re.compile(r"(?P<name>.*?)\s*\[(?P<unit>[^\[\]]*)\]$")
_BRACES = re.compile(r"(?P<name>.*?\S)\s+\{(?P<unit>[^{}]*)\}$")
_ROUND = re.compile(r"(?P<name>.*?)(?P<space>\s*)\((?P<unit>.*)\)$")
_SLASH = re.compile(r"(?P<name>.*?\S)(?P<space>\s*)/(?P<after>\s*)(?P<unit>\S.*)$")
_SAID = re.compile(r"(?P<name>[^,]*[^\s,])(?:,\s*|\s+in\s+)(?P<unit>[^\s,]+)$")


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says: the column's ``name`` and the text of its unit, None where it gives none."""

    name: str
    unit: str | None = None


def parse_header(text: str) -> Header:
    """Split a header into name and unit text; the unit of square brackets is not checked here."""
    text = tidy(text)
    if (square := _SQUARE.match(text)) is not None and square["name"]:
        return Header(square["name"], square["unit"].strip())
    if (braces := _BRACES.match(text)) is not None and reads_as_unit(braces["unit"]):
        return Header(braces["name"], braces["unit"].strip())
    if (slash := _SLASH.match(text)) is not None and "(" not in slash["name"]:
        header = _after_slash(text, slash)
        if header is not None:
            return header
    if (rounded := _ROUND.match(text)) is not None and rounded["name"] and not rounded["name"].endswith("/"):
        return _in_round_brackets(text, rounded)
    if (said := _SAID.match(text)) is not None and reads_as_unit(said["unit"]):
        _warn_of_plain_name(text, said["name"], said["unit"], "no unit")
    return Header(text)


def is_plain_name(text: str) -> bool:
    """Whether a header of this text is a name and nothing else: no part of it is taken for a unit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parse_header(text) == Header(text)


def _warn_of_plain_name(text: str, name: str, unit: str, otherwise: str) -> None:
    advice = f"If {unit!r} is its unit, write '{name} [{unit}]'; if it is {otherwise}, '{text} [1]'."
    warnings.warn(
        f"column {text!r} was read as a plain name without a unit. {advice}", TableWarning, stacklevel=3
    )


def _after_slash(text: str, found: re.Match[str]) -> Header | None:
    unit = found["unit"].strip()
    inner = _inside_brackets(unit)
    if not reads_as_unit(inner):
        return None
    if inner != unit or (found["space"] and found["after"]):
        return Header(found["name"], inner)
    _warn_of_plain_name(text, found["name"], unit, "a ratio")
    return Header(text)


def _inside_brackets(text: str) -> str:
    """The text without the pair of round brackets that encloses all of it, if there is one."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth <= 0:
            return text[1:-1].strip() if place and place == len(text) - 1 and text[0] == "(" else text
    return text


def _in_round_brackets(text: str, found: re.Match[str]) -> Header:
    name, unit = found["name"].strip(), found["unit"].strip()
    if name.lower() in HEADER_FUNCTIONS and not found["space"]:
        return Header(text)
    if found["space"] or (unit and reads_as_unit(unit)):
        return Header(name, unit)
    return Header(text)


def reads_as_unit(text: str) -> bool:
    """Whether this text is a unit, a sign for "no unit", or the word that declares a column of labels."""
    if is_label(text) or text.strip().lower() in NO_UNIT:
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parse_unit(text)
    except SymregError:
        return False
    return True


def is_label(unit: str) -> bool:
    """Whether this unit text declares that the column holds names and not numbers."""
    return unit.strip().lower() == LABEL


def column_unit(text: str, column: str) -> Unit:
    """The unit of a column, where a dash or nothing between brackets means none."""
    return DIMENSIONLESS_UNIT if text.strip().lower() in NO_UNIT else parse_unit(text, column=column)


def tidy(text: str) -> str:
    """One spelling for one name: composed characters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_name(name: str, source: str) -> None:
    """Refuse names that cannot be shown or quoted safely: empty, endless, or with invisible characters."""
    if not name:
        raise TableError(source=source, problem="a column has no name", advice="Give every column a header.")
    if len(name) > MAX_NAME:
        problem = f"a column name has {len(name)} characters, more than {MAX_NAME}"
        raise TableError(source=source, column=name[:40] + "…", problem=problem, advice="Shorten it.")
    for character in name:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            problem = f"the column name holds the invisible character U+{ord(character):04X}"
            raise TableError(source=source, column=name, problem=problem, advice="Remove it from the header.")
    if "`" in name:
        problem = "the column name holds a backtick, which formulas need for quoting names"
        raise TableError(source=source, column=name, problem=problem, advice="Replace it in the header.")


def nearest(name: str, names: Collection[str]) -> str:
    """Advice for a name that is not there: the nearest one that is, and the list."""
    close = get_close_matches(name, list(names), n=1, cutoff=0.5)
    listed = ", ".join(list(names)[:20]) + (", ..." if len(names) > 20 else "")
    return (f"Did you mean {close[0]!r}? " if close else "") + f"There are: {listed}."
