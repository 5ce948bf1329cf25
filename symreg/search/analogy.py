"""Analogies: which columns of a table could be the quantities of a law that is known from elsewhere.

A column may stand for a variable of its dimension, and so may a known constant of the problem. What the table does not
have, a variable or a constant of nature that nobody listed, becomes a fitted constant where the problem allows its
dimension. Dimensions decide alone; that a column is called like the quantity it stands for makes an analogy likelier,
and one that has to make up for missing variables is less likely.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from symreg.dimensioning import infer_dimensions
from symreg.expression import Constant, Expression, Variable, substitute, variables_of
from symreg.search.absorbing import absorbed
from symreg.search.backend import FreeConstant
from symreg.search.law_library import Quantity, TextbookLaw
from symreg.search.scope import Scope

MOST_MISSING = 3  # variables of a law that a table may lack
MOST_ASSIGNMENTS = 6_000  # of one law
MISSING_BITS = 6.0  # what it costs that a variable is missing
STRANGE_BITS = 1.0  # and that a column has another name than what it stands for
SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class Analogy:
    """A law in the names of a table: ``roles`` names the column or known constant for each variable that has one.

    ``fitted`` are names of the law that became fitted constants, ``bits`` what is unlikely about it.
    """

    law: TextbookLaw
    expression: Expression
    constants: tuple[FreeConstant, ...]
    roles: tuple[tuple[str, str], ...]
    fitted: tuple[str, ...]
    bits: float

    @property
    def note(self) -> str:
        """One sentence: which law, in which names, from which source."""
        roles = [f"{name} for {role}" for role, name in self.roles if name != role]
        fitted = [f"{' and '.join(self.fitted)} fitted"] if self.fitted else []
        words = f", with {', '.join([*roles, *fitted])}" if roles or fitted else ""
        return f"has the form of {self.law.name}, {self.law}{words} ({self.law.source})"


def analogies(law: TextbookLaw, scope: Scope) -> Iterator[Analogy]:
    """All ways to read the columns as quantities of the law, those with least missing first; bounded in number."""
    if law.target.dimension == scope.dimension:
        yield from itertools.islice(_analogies(law, scope), MOST_ASSIGNMENTS)


def _analogies(law: TextbookLaw, scope: Scope) -> Iterator[Analogy]:
    names = scope.dimensions
    fitting = {
        one.name: [name for name, dimension in names.items() if dimension == one.dimension and name != "pi"]
        for one in law.variables
    }
    for missing in range(min(MOST_MISSING, len(law.variables) - 1) + 1):
        for absent in itertools.combinations([one.name for one in law.variables], missing):
            form = _without(law, scope, absent)
            if form is None:
                continue
            present = [one.name for one in law.variables if one.name not in absent]
            for chosen in _distinct([fitting[name] for name in present]):
                if any(name in scope.columns for name in chosen):
                    yield _named(form, scope, dict(zip(present, chosen, strict=True)))


def _distinct(choices: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """One of each list, no name twice."""
    if not choices:
        yield ()
        return
    for rest in _distinct(choices[:-1]):
        yield from ((*rest, name) for name in choices[-1] if name not in rest)


def _without(law: TextbookLaw, scope: Scope, absent: Collection[str]) -> Analogy | None:
    """The law with fitted constants for what is not known, its variables yet to be named; None where none may be."""
    unlisted = [name for name in law.constants if scope.known.get(name) != law.dimensions[name]]
    fitted = (*(one.name for one in law.free), *unlisted, *absent)
    numbered = (f"k{number}" for number in itertools.count(1))
    fresh = (name for name in numbered if scope.is_free(name) and name not in law.dimensions)
    names = dict(zip(fitted, fresh, strict=False))
    mapping: dict[Expression, Expression] = {
        leaf: Constant(new) for old, new in names.items() for leaf in (Constant(old), Variable(old))
    }
    expression = absorbed(substitute(law.expression, mapping), list(names.values()))
    known = {name: dimension for name, dimension in law.dimensions.items() if name not in fitted}
    dimensions = infer_dimensions(expression, known, law.target.dimension)
    if not variables_of(expression) or not all(map(scope.allows, dimensions.values())):
        return None
    constants = tuple(FreeConstant(name, dimension, 1.0) for name, dimension in dimensions.items())
    return Analogy(law, expression, constants, (), fitted, MISSING_BITS * len(absent))


def _named(form: Analogy, scope: Scope, roles: Mapping[str, str]) -> Analogy:
    """The form over the names of a table."""
    mapping: dict[Expression, Expression] = {
        Variable(role): Variable(name) if name in scope.columns else Constant(name) for role, name in roles.items()
    }
    called = [(one, roles[one.name]) for one in form.law.variables if one.name in roles]
    strange = sum(not is_called(one, name) for one, name in [(form.law.target, scope.target), *called])
    expression = substitute(form.expression, mapping)
    return replace(form, expression=expression, roles=tuple(roles.items()), bits=form.bits + STRANGE_BITS * strange)


def is_called(quantity: Quantity, name: str) -> bool:
    """Whether a column has the symbol of the quantity, or a word of its meaning."""
    words = {word for word in re.split(r"[^a-z]+", quantity.meaning.lower()) if len(word) >= SHORTEST_WORD}
    return name == quantity.name or bool(words & set(re.split(r"[^a-z]+", name.lower())))
