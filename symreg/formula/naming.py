"""Names: how a column's name, whatever a stranger put into it, is written in a formula, in TeX and in code.

In a formula a name that is no plain identifier stands in backticks, with escapes for what would break out of
them or would upset a terminal. In TeX and in code nothing of a name survives but letters, digits and what is
escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from symreg.formula.languages import PYTHON, Language
from symreg.formula.operators import FUNCTION_NAMES

# -- text

_ESCAPES: Final = {"\\": "\\", "`": "`", "n": "\n", "t": "\t", "r": "\r"}
_BACK: Final = {char: letter for letter, char in _ESCAPES.items()}


def is_plain(name: str) -> bool:
    """Return whether a formula can hold the name without backticks."""
    letters = all(c.isascii() or c.isalpha() for c in name)
    return name.isidentifier() and letters and name not in FUNCTION_NAMES


def quoted(name: str) -> str:
    """Return the name as a formula writes it: itself, or in backticks with escapes."""
    return name if is_plain(name) else "`" + "".join(map(_escaped, name)) + "`"


def _escaped(char: str) -> str:
    if char in _BACK:
        return "\\" + _BACK[char]
    return char if char.isprintable() else f"\\u{ord(char):06x}"


def unquoted(text: str, start: int) -> tuple[str, int] | None:
    """Return the name whose opening backtick is at ``start``, and the position after it; None when it is
    broken.
    """
    name: list[str] = []
    i = start + 1
    while i < len(text):
        if text[i] == "`":
            return "".join(name), i + 1
        if text[i] != "\\":
            name.append(text[i])
            i += 1
        elif text[i + 1 : i + 2] in _ESCAPES:
            name.append(_ESCAPES[text[i + 1]])
            i += 2
        elif (code := re.compile(r"u([01][0-9a-f]{5})").match(text, i + 1)) and int(code[1], 16) < 0x110000:
            name.append(chr(int(code[1], 16)))
            i = code.end()
        else:
            return None
    return None


# -- LaTeX

_GREEK: Final = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi
    chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""
_SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {name: "\\" + name for name in (*_GREEK.split(), "hbar", "ell")}
)
_TEX_CHARS: Final = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
} | {char: "\\" + char for char in "{}$&#_%"}  # fmt: skip
_COMMANDS: Final = """
    mathrm mathbf mathcal mathit text hat bar vec dot ddot tilde prime star odot oplus ast parallel perp circ
    infty varepsilon vartheta varphi varrho
"""
_SYMBOL: Final = re.compile(
    r"(?:\\(?:" + "|".join([*_SYMBOLS, *_COMMANDS.split()]) + r")(?![A-Za-z])"
    r"|\\,|[A-Za-z0-9 ,.'()+\-=/*{}]|[_^](?=[A-Za-z0-9{\\*]))+"
)


def greek_name(char: str) -> str | None:
    """Return ``lambda`` for the letter itself, None for any other character."""
    words = unicodedata.name(char, "").split()
    if len(words) != 4 or words[0] != "GREEK" or words[2] != "LETTER":
        return None
    name = "lambda" if words[3] == "LAMDA" else words[3].lower()
    name = name.capitalize() if words[1] == "CAPITAL" else name
    return name if name in _SYMBOLS else None


def tex_escaped(text: str) -> str:
    r"""Return text for ``\text{...}``: every active character escaped, the unprintable and the exotic as
    U+0000.
    """

    def one(char: str) -> str:
        if char in _TEX_CHARS:
            return _TEX_CHARS[char]
        if (char.isascii() and char.isprintable()) or (char.isalpha() and ord(char) < 0x180):
            return char
        greek = greek_name(char)
        return f"${_SYMBOLS[greek]}$" if greek else f"U+{ord(char):04X}"

    return "".join(map(one, text))


def _tex_word(word: str) -> str:
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    greek = greek_name(word) if len(word) == 1 else None
    if greek:
        return _SYMBOLS[greek]
    if re.fullmatch(r"[A-Za-z]|[0-9]+", word):
        return word
    return rf"\mathrm{{{word}}}" if re.fullmatch(r"[A-Za-z0-9]+", word) else rf"\text{{{tex_escaped(word)}}}"


MOST_SUBSCRIPTS = 2
"""Words behind the first that are set as its subscripts, as in r_p,A: more are no symbol but a phrase."""

SHORT_WORD, SHORT_CAPITALS = 2, 3
"""Letters of a first word that still is a symbol, as in dT_max or Re_x, and of one in capitals, as in IP_A or EA_B."""


def is_phrase(name: str) -> bool:
    """Whether a name is words rather than a symbol with subscripts: ``semi_major_axis``, but not ``T_hot`` or ``v``.

    Set as a symbol, ``semi`` would stand above a long subscript and its exponent far behind.
    """
    head, *others = name.split("_")
    if not others or not all(re.fullmatch(r"\w+", part) for part in (head, *others)):
        return False
    numbered = re.fullmatch(r"([A-Za-z]+?)([0-9]+)", head)
    letters = numbered[1] if numbered else head
    is_symbol = len(letters) <= SHORT_WORD or (len(letters) <= SHORT_CAPITALS and letters.isupper())
    is_symbol = is_symbol or letters in _SYMBOLS or letters.lower() in _SYMBOLS
    return not is_symbol or len(others) > MOST_SUBSCRIPTS


def latex_name(name: str) -> str:
    r"""Return the name in TeX's mathematics: ``\gamma``, ``T_{0}``, ``v_{\mathrm{max}}``, ``\text{a\&b}``.

    A phrase is text with hyphens, ``\text{semi-major-axis}``: with spaces it would look like a product.
    """
    if is_phrase(name):
        return rf"\text{{{tex_escaped(name.replace('_', '-'))}}}"
    head, *subscripts = name.split("_")
    digits = re.fullmatch(r"([A-Za-z]+?)([0-9]+)", head)
    if digits and (len(digits[1]) == 1 or digits[1] in _SYMBOLS):
        head, subscripts = digits[1], [digits[2], *subscripts]
    if not subscripts:
        return _tex_word(head)
    if not all(re.fullmatch(r"\w+", part) for part in (head, *subscripts)):
        return rf"\text{{{tex_escaped(name)}}}"
    return f"{_tex_word(head)}_{{{','.join(map(_tex_word, subscripts))}}}"


def is_safe_symbol(symbol: str) -> bool:
    r"""Return whether a caller's TeX symbol holds only letters, groups, scripts and harmless commands.

    ``^^`` is refused: TeX reads ``^^5c`` as a backslash.
    """
    level = 0
    levels: list[int] = []
    for char in symbol:
        level += (char == "{") - (char == "}")
        levels.append(level)
    balanced = bool(levels) and level == 0 and min(levels) == 0
    return balanced and len(symbol) <= 100 and "^^" not in symbol and _SYMBOL.fullmatch(symbol) is not None


# -- code


def safe_identifiers(
    names: Iterable[str], language: Language = PYTHON, functions: Collection[str] = ()
) -> dict[str, str]:
    """Return an ASCII identifier for each name: not taken, no two alike (``lambda`` -> ``lambda_``).

    ``functions`` are those of the names that functions will have.
    """
    fold = str.lower if language.ignores_case else str  # Fortran does not tell T from t
    given: set[str] = set()
    safe: dict[str, str] = {}
    for name in dict.fromkeys(names):
        stem = _ascii_identifier(name)
        candidate, n = stem, 1
        while fold(candidate) in given or language.has_taken(fold(candidate), is_function=name in functions):
            candidate, n = (f"{stem}_{n}" if n > 1 else f"{stem}_"), n + 1
        given.add(fold(candidate))
        safe[name] = candidate
    return safe


def _ascii_identifier(name: str) -> str:
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,49}", name):
        return name
    spelled = unicodedata.normalize("NFKD", "".join(greek_name(char) or char for char in name))
    plain = "".join(char for char in spelled if not unicodedata.combining(char))
    stem = re.sub(r"[^A-Za-z0-9]+", "_", plain)[:50].strip("_")
    return stem if stem[:1].isalpha() else f"x{stem}"
