"""Laws of a given form: unknown functions as smaller questions, parameters from far starts."""

from __future__ import annotations

from symreg.templates.search import propose_within

__all__ = [
    "propose_within",
]
