"""One form for every law: what no fit can tell apart is written in one way."""

from __future__ import annotations

from symreg.finishing.canonical.canonical_form import canonical_form, ordered, with_leading_signs
from symreg.finishing.canonical.reparametrising import Form, Surroundings

__all__ = [
    "Form",
    "Surroundings",
    "canonical_form",
    "ordered",
    "with_leading_signs",
]
