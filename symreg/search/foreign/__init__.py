"""Foreign engines, each in a child process of its own: Operon and PySR."""

from __future__ import annotations

from symreg.search.foreign.operon import Operon
from symreg.search.foreign.pysr import PySR

__all__ = ["Operon", "PySR"]
