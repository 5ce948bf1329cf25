"""Analogies: which columns of a table could be the quantities of a law that is known from elsewhere.

A column may stand for a variable of its dimension, or for a constant of nature that the problem does not list, and so
may a known constant of the problem. What is left becomes a fitted constant where the problem allows its dimension.
Dimensions decide alone; that a column is called like the quantity it stands for makes an analogy likelier, and one that
has to make up for missing variables is less likely.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from symreg.formula import Constant, Expression, Variable, infer_dimensions, substitute
from symreg.problem import FreeConstant
from symreg.search.hypotheses.absorbing import absorbed
from symreg.search.hypotheses.law_library import Quantity, TextbookLaw
from symreg.search.hypotheses.scope import Scope
from symreg.units import physical_constant

MOST_MISSING = 3  # variables of a law that a table may lack
MOST_ASSIGNMENTS = 6_000  # of one law
MISSING_BITS = 6.0  # what it costs that a variable is missing
STRANGE_BITS = 1.0  # and that a column has another name than what it stands for
SHORTEST_WORD = 4
"""Letters of a word of a quantity's meaning that may be one of a column's name. Shorter ones, such as "the" or "per",
say nothing of a quantity; with five letters "mass" and "time" would no longer count."""


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
    names = {name: dimension for name, dimension in scope.dimensions.items() if name != "pi"}
    roles = (*law.variables, *_unlisted(law, scope))
    fitting = {one.name: [name for name, dimension in names.items() if dimension == one.dimension] for one in roles}
    possible = [one.name for one in roles if fitting[one.name]]
    variables = {one.name for one in law.variables}
    for count in range(len(possible), 0, -1):
        for present in itertools.combinations(possible, count):
            absent = [one.name for one in roles if one.name not in present]
            form = _without(law, scope, absent) if len(variables & set(absent)) <= MOST_MISSING else None
            if form is None:
                continue
            for chosen in _distinct([fitting[name] for name in present]):
                if any(name in scope.columns for name in chosen):
                    yield _named(form, scope, [one for one in roles if one.name in present], chosen)


def _unlisted(law: TextbookLaw, scope: Scope) -> list[Quantity]:
    """Constants of nature that the problem does not know by the law's name."""
    unknown = [name for name in law.constants if scope.known.get(name) != law.dimensions[name]]
    return [Quantity(one.name, one.unit, one.description) for one in map(physical_constant, unknown)]


def _distinct(choices: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """One of each list, no name twice."""
    if not choices:
        yield ()
        return
    for rest in _distinct(choices[:-1]):
        yield from ((*rest, name) for name in choices[-1] if name not in rest)


def _without(law: TextbookLaw, scope: Scope, absent: Collection[str]) -> Analogy | None:
    """The law with fitted constants for what is not known, the rest yet to be named; None where none may be."""
    fitted = (*(one.name for one in law.free), *absent)
    numbered = (f"k{number}" for number in itertools.count(1))
    fresh = (name for name in numbered if scope.is_free(name) and name not in law.dimensions)
    names = dict(zip(fitted, fresh, strict=False))
    mapping: dict[Expression, Expression] = {
        leaf: Constant(new) for old, new in names.items() for leaf in (Constant(old), Variable(old))
    }
    expression = absorbed(substitute(law.expression, mapping), list(names.values()))
    known = {name: dimension for name, dimension in law.dimensions.items() if name not in fitted}
    dimensions = infer_dimensions(expression, known, law.target.dimension)
    if not all(map(scope.allows, dimensions.values())):
        return None
    constants = tuple(FreeConstant(name, dimension, 1.0) for name, dimension in dimensions.items())
    missing = sum(one.name in absent for one in law.variables)
    return Analogy(law, expression, constants, (), fitted, MISSING_BITS * missing)


def _named(form: Analogy, scope: Scope, roles: Sequence[Quantity], names: Sequence[str]) -> Analogy:
    """The form with these names of a table in these roles."""
    pairs = list(zip(roles, names, strict=True))
    mapping: dict[Expression, Expression] = {
        leaf: Variable(name) if name in scope.columns else Constant(name)
        for one, name in pairs
        for leaf in (Variable(one.name), Constant(one.name))
    }
    strange = sum(not is_called(one, name) for one, name in [(form.law.target, scope.target), *pairs])
    return replace(
        form,
        expression=substitute(form.expression, mapping),
        roles=tuple((one.name, name) for one, name in pairs),
        bits=form.bits + STRANGE_BITS * strange,
    )


def is_called(quantity: Quantity, name: str) -> bool:
    """Whether a column has the symbol of the quantity, or a word of its meaning."""
    words = {word for word in re.split(r"[^a-z]+", quantity.meaning.lower()) if len(word) >= SHORTEST_WORD}
    return name == quantity.name or bool(words & set(re.split(r"[^a-z]+", name.lower())))
