"""Text from outside, made harmless for each markup language: whatever a column is called, it prints as its name."""

from __future__ import annotations

import unicodedata

from symreg.report.layout import GREEK

__all__ = ["escape_latex", "escape_markdown", "typst_string"]

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}",
    "±": r"\ensuremath{\pm}", "−": r"\ensuremath{-}", "·": r"\ensuremath{\cdot}", "×": r"\ensuremath{\times}",
    "µ": r"\ensuremath{\mu}", "°": r"\ensuremath{^{\circ}}", "²": r"\ensuremath{^{2}}", "³": r"\ensuremath{^{3}}",
    "→": r"\ensuremath{\to}", "≤": r"\ensuremath{\leq}", "≥": r"\ensuremath{\geq}", "ħ": r"\ensuremath{\hbar}",
    "ℓ": r"\ensuremath{\ell}", "Å": r"\r{A}", "–": "--", "…": r"\ldots{}", "½": "1/2",
}  # fmt: skip
# Capital Greek letters that look Latin have no command of their own.
_LATIN_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))
_MARKDOWN = frozenset("\\`*_{}[]<>()#+-.!|~&$^=:\"'")


def escape_latex(text: str) -> str:
    """Text for LaTeX, outside of mathematics; letters no standard font has are shown by their code point."""
    return "".join(_latex_character(character) for character in _one_line(text))


def _latex_character(character: str) -> str:
    if character in _LATEX:
        return _LATEX[character]
    if character.isascii() or character in "äöüÄÖÜßéèêàâçñøæåØÆôûîïëóáíúÉ":
        return character
    greek = greek_command(character)
    return rf"\ensuremath{{{greek}}}" if greek else rf"\texttt{{U+{ord(character):04X}}}"


def greek_command(letter: str) -> str | None:
    r"""``\alpha`` for α; a Greek capital that looks like a Latin one is that one."""
    if letter in _LATIN_CAPITALS:
        return rf"\mathrm{{{_LATIN_CAPITALS[letter]}}}"
    names = {sign: name for name, sign in GREEK.items()}
    names |= {"ε": "varepsilon", "ο": "mathrm{o}", "ϕ": "varphi", "ς": "varsigma"}
    return "\\" + names[letter] if letter in names else None


def escape_markdown(text: str) -> str:
    """Text for Markdown: neither markup nor HTML, and no break of a table's row."""
    return "".join(f"\\{c}" if c in _MARKDOWN and c not in "<>&" else _ENTITIES.get(c, c) for c in _one_line(text))


_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def typst_string(text: str) -> str:
    """A string literal of Typst: its text is shown, never read as markup."""
    return '"' + _one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one_line(text: str) -> str:
    """Line ends, controls and marks that turn the reading direction become a visible sign."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_control(c) else c for c in text)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
