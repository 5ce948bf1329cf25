"""Numbers of the command line, or a word about them: the library's own speaks of parsing strings."""

from __future__ import annotations

import typer


def whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"give a whole number, not {text[:60]!r}") from None


def from_one(text: str) -> int:
    """A whole number from 1."""
    if (given := whole(text)) < 1:
        raise typer.BadParameter(f"give a whole number from 1, not {given}")
    return given


def number(text: str) -> float:
    """Any number."""
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"give a number, not {text[:60]!r}") from None
