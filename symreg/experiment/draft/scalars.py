"""Texts and numbers as YAML writes them, and words as its comments: whatever a column is called, it stays one name."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

WIDTH = 118
"""Characters of a line: what is longer is folded, where it is a remark. As wide as the experiments that come along."""

_PLAIN = re.compile(r"(?:\.\./)*[^\W\d][\w./-]*(?: [^\W_][\w./-]*)*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "nan", "inf"})
"""Read by YAML, of this version or an older one, as no text."""


def scalar(value: str | float) -> str:
    """A number or a name as a value, a key or an item of a list; quoted where it could be read otherwise."""
    if not isinstance(value, str):
        return repr(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and value.isprintable():
        return value
    return quoted(value)


def quoted(text: str) -> str:
    """The text in double quotes, with escapes for what does not print."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    if char == "\t":
        return "\\t"
    number = ord(char)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def listed(values: Iterable[str | float]) -> str:
    """``[L, m, "p, bar"]``."""
    return f"[{', '.join(scalar(value) for value in values)}]"


def one_line(text: str) -> str:
    """A text from outside as part of a comment, which ends with its line."""
    return "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))


def remark(text: str, indent: str = "") -> list[str]:
    """Lines of comment, folded."""
    lead = f"{indent}# "
    return textwrap.wrap(
        one_line(text), WIDTH, initial_indent=lead, subsequent_indent=lead, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
