"""Text from outside, made harmless for each markup: whatever a column is called, it prints as its name.

HTML is escaped by ``html.escape`` and the template, LaTeX by ``naming.tex_escaped``; here are the others.
"""

from __future__ import annotations

import unicodedata

__all__ = ["escape_markdown", "one_line", "typst_string"]

_MARKDOWN = {c: f"\\{c}" for c in "\\`*_{}[]()#+-.!|~$^=:\"'"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def escape_markdown(text: str) -> str:
    """Text for Markdown: neither markup nor HTML, and no break of a table's row."""
    return "".join(_MARKDOWN.get(character, character) for character in one_line(text))


def typst_string(text: str) -> str:
    """A string literal of Typst: its text is shown, never read as markup."""
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def one_line(text: str) -> str:
    """Line ends, controls and marks that turn the reading direction become a visible sign."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_control(c) else c for c in text)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
