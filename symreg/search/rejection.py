"""Rejection: a hypothesis that is no candidate, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fault = Literal["unreadable", "dimension", "unit", "domain", "complexity", "undetermined", "worse"]

LONGEST = 300  # characters of what others wrote, where it is shown


@dataclass(frozen=True, slots=True)
class Rejection:
    """The formula as it was given, the kind of fault, the reason in words, and who proposed it."""

    formula: str
    fault: Fault
    reason: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.formula}: {self.reason}"


def rejection(formula: str, fault: Fault, reason: str, source: str) -> Rejection:
    """A rejection that can be shown: text from outside is short, and moves no cursor."""
    return Rejection(printable(formula), fault, printable(reason), printable(source))


def printable(text: str) -> str:
    """The text without control characters, shortened."""
    short = text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
    return "".join(letter if letter.isprintable() else " " for letter in short)
