"""TODO."""

from __future__ import annotations

from symreg.templates.search import propose_within

__all__ = [
    "propose_within",
]
