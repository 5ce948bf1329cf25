"""Optional packages, and the sentence for one that is absent."""

from __future__ import annotations

from symreg.errors import TableError


def missing_package(source: str, what: str, package: str, extra: str) -> TableError:
    """The error for a source that needs an optional package, which the ``extra`` of this one brings."""
    return TableError(
        source=source,
        problem=f"{what} need the package {package}, which is not installed",
        advice=f"Install it: pip install 'symreg-laws[{extra}]'.",
    )
