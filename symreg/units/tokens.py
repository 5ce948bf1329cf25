"""Tokens: the numbers, names and signs of a unit's text, whichever of the many signs of Unicode people write."""

# ruff: noqa: RUF001  (the signs that people write are the matter of this file)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


class UnreadableError(Exception):
    """Why a text is no unit, and where.

    ``suggestions`` are whole texts that might be one; ``is_slip`` marks a fault of the signs between the
    names, which may be mended by leaving the faulty sign out.
    """

    def __init__(self, position: int, reason: str, *suggestions: str, is_slip: bool = False) -> None:
        super().__init__(position, reason, *suggestions)
        self.position = position
        self.reason = reason
        self.suggestions = suggestions
        self.is_slip = is_slip


@dataclass(frozen=True, slots=True)
class Token:
    """One number, name or sign, and its place ``start:stop`` in the text."""

    kind: str
    text: str
    start: int
    stop: int
    glued: bool  # nothing stands between this token and the one before


SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_LOOKALIKES = {
    **dict.fromkeys("−–‐‑", "-"),
    **dict.fromkeys("⋅∙•‧・", "·"),
    **dict.fromkeys("×✕∗", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("☉⊙", "_sun"),
    **dict.fromkeys("⊕♁", "_earth"),
    "♃": "_jupiter",
    "\t": " ",
}
_BEFORE_FOLDING = dict.fromkeys("º˚ᵒ", "°")
"""Signs that stand for a degree, and that Unicode folds to a letter or to an accent."""

_LETTER = r"[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹]"
_LETTER_OR_DIGIT = r"[^\W⁰¹²³⁴⁵⁶⁷⁸⁹]"
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<superscript>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    rf"|(?P<name>Δ?°{_LETTER}*|(?:mol|at|wt|vol|mass)%|{_LETTER}{_LETTER_OR_DIGIT}*|[%‰]|′{{1,2}})"
    r"|(?P<power>\*\*|\^)"
    r"|(?P<times>\*|·|\.)"
    r"|(?P<slash>/)"
    r"|(?P<open>\()|(?P<close>\))"
    r"|(?P<sign>[+-])"
    r"|(?P<space> +)"
)
_FLUIDS = frozenset({"Hg", "H2O"})
_DEGREES = frozenset({"deg", "degree", "degrees", "°"})
_SCALES = {
    "C": "degC",
    "Celsius": "degC",
    "celsius": "degC",
    "F": "degF",
    "Fahrenheit": "degF",
    "fahrenheit": "degF",
}


def tokens_of(letters: str, places: Sequence[int]) -> list[Token]:
    """The tokens of a unit's text in plain letters, each with the place it came from."""
    found: list[Token] = []
    place, glued = 0, True
    while place < len(letters):
        match = _TOKEN.match(letters, place)
        if match is None:
            reason = f"{_visible(letters[place])} has no meaning in a unit"
            raise UnreadableError(places[place], reason, is_slip=True)
        kind = match.lastgroup or ""
        if kind == "space":
            glued = False
        else:
            found.append(Token(kind, match.group(), places[place], places[match.end()], glued))
            glued = True
        place = match.end()
    return _merge_words(found)


def plain(text: str) -> tuple[str, list[int]]:
    """Rewrite the many signs of Unicode to the few that the grammar knows, with the place each came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        letter = _BEFORE_FOLDING.get(sign, sign)
        if letters and unicodedata.combining(letter):
            composed = unicodedata.normalize("NFC", letters[-1] + letter)
            if len(composed) == 1:  # an accent that no letter of Unicode carries stands by itself
                letters[-1] = composed
                continue
        replacement = letter if letter in SUPERSCRIPTS else unicodedata.normalize("NFKC", letter)
        replacement = "".join(_LOOKALIKES.get(part, part) for part in replacement)
        if replacement.startswith("_") and letters and letters[-1] == "_":
            replacement = replacement[1:]  # M_☉ and M☉ are both M_sun
        letters.extend(replacement)
        places.extend([place] * len(replacement))
    return "".join(letters), [*places, len(text)]


def _visible(letter: str) -> str:
    return repr(letter) if letter.isprintable() else f"the invisible character U+{ord(letter):04X}"


def _merge_words(tokens: list[Token]) -> list[Token]:
    """Read ``deg C`` as a temperature and ``mm Hg`` as a pressure: two words, but one unit."""
    merged: list[Token] = []
    for token in tokens:
        before = merged[-1] if merged else None
        if before and before.text in _DEGREES and token.text in _SCALES:
            merged[-1] = Token("name", _SCALES[token.text], before.start, token.stop, before.glued)
        elif before and before.kind == "name" and token.text in _FLUIDS:
            merged[-1] = Token("name", before.text + token.text, before.start, token.stop, before.glued)
        else:
            merged.append(token)
    return merged
