"""What ``Law.to`` gives: objects of the libraries that have some for a law, source text for all other names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from symreg.errors import ReportError
from symreg.laws.exporting.exporters import export_law
from symreg.laws.exporting.sympy_law import sympy_law
from symreg.laws.exporting.trainable import jax_law, torch_law
from symreg.laws.law import Law

OBJECTS: Mapping[str, Callable[[Law], Any]] = MappingProxyType(
    {"sympy": sympy_law, "torch": torch_law, "jax": jax_law}
)
"""Names that give an object."""


def law_as(law: Law, name: str, *, siunitx: bool) -> Any:
    """The law as an object, or as text; ``ReportError`` for another name, and for ``siunitx`` without LaTeX."""
    if siunitx and name not in ("latex", "siunitx"):
        raise ReportError(
            reason=f"siunitx is a package for LaTeX, not for {name!r}.", advice='Use to("latex", siunitx=True).'
        )
    if name in OBJECTS:
        return OBJECTS[name](law)
    return export_law(law, "siunitx" if siunitx else name)
