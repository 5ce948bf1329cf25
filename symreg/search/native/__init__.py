"""The embedded search: levels of complexity, meeting in the middle, skeletons, backdrops and evolution beside them."""

from __future__ import annotations

from symreg.search.native.probes import Floats, Probes, target_at
from symreg.search.native.questions.nondimensional import pi_question

__all__ = [
    "Floats",
    "Probes",
    "pi_question",
    "target_at",
]
