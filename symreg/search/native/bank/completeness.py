"""What is said of everything that was looked at: up to which complexity, and what that leaves out."""

from __future__ import annotations

from collections.abc import Collection

from symreg.formula import PRINTED_AS, left_out
from symreg.search.native.bank.vocabulary import FAMILY


def completeness(complexity: int, operators: Collection[str]) -> str:
    """The sentence for a certificate up to this complexity, with what the bank leaves out (``bank``)."""
    nested = nested_pairs(operators)
    said = (
        f"Every dimensionally consistent expression of complexity {complexity} or less, of the inputs, the known "
        "constants, the number 1 and these operators, was considered"
    )
    return said + (f", but for functions of one family inside each other ({', '.join(nested)})" if nested else "")


def nested_pairs(operators: Collection[str]) -> tuple[str, ...]:
    """One example for each family of functions that are not put inside each other: ``sin(cos(x))``, ``exp(exp(x))``."""
    families: dict[int, list[str]] = {}
    for name, family in FAMILY.items():
        if name in operators:
            families.setdefault(family, []).append(name)
    return tuple(f"{names[0]}({names[min(1, len(names) - 1)]}(x))" for names in families.values())


def not_asked(operators: Collection[str]) -> str:
    """Operators that were not among those of the search; empty where all were."""
    names = [name for name in left_out(operators) if PRINTED_AS.get(name) not in operators]
    return f"Not among these operators: {', '.join(names)}." if names else ""
