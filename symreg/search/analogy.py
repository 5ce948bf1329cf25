"""Analogies: which columns of a table could be the quantities of a law that is known from elsewhere.

A column may stand for a variable of its dimension, and so may a known constant of the problem. What the table does not
have, a variable or a constant of nature that nobody listed, becomes a fitted constant where the problem allows its
dimension. Dimensions decide alone; that a column is called like the quantity it stands for makes an analogy likelier,
and one that has to make up for missing variables is less likely.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symreg.dimensioning import infer_dimensions
from symreg.expression import Constant, Expression, Variable, constants_of, substitute, variables_of
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
    if law.target.dimension != scope.dimension:
        return
    for roles in itertools.islice(_assignments(law.variables, scope), MOST_ASSIGNMENTS):
        found = _analogy(law, scope, roles)
        if found is not None:
            yield found


def _assignments(variables: Sequence[Quantity], scope: Scope) -> Iterator[dict[str, str | None]]:
    """A name for each variable, or None where it is missing; at least one column is used."""
    fitting = {
        one.name: [name for name, dimension in scope.dimensions.items() if dimension == one.dimension and name != "pi"]
        for one in variables
    }
    for missing in range(min(MOST_MISSING, len(variables) - 1) + 1):
        for absent in itertools.combinations(variables, missing):
            if not all(scope.allows(one.dimension) for one in absent):
                continue
            present = [one.name for one in variables if one not in absent]
            for names in _distinct([fitting[name] for name in present]):
                if any(name in scope.columns for name in names):
                    yield {one.name: None for one in absent} | dict(zip(present, names, strict=True))


def _distinct(choices: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """One of each list, no name twice."""
    if not choices:
        yield ()
        return
    for rest in _distinct(choices[:-1]):
        yield from ((*rest, name) for name in choices[-1] if name not in rest)


def _analogy(law: TextbookLaw, scope: Scope, roles: Mapping[str, str | None]) -> Analogy | None:
    """The law over the names of the table; None where a constant would have a unit that is not allowed."""
    unlisted = [name for name in law.constants if scope.known.get(name) != law.dimensions[name]]
    free = [*(one.name for one in law.free), *unlisted, *(name for name, given in roles.items() if given is None)]
    fresh = (name for number in itertools.count(1) if scope.is_free(name := f"k{number}"))
    names = dict(zip(free, fresh, strict=False))
    mapping: dict[Expression, Expression] = {Constant(name): Constant(new) for name, new in names.items()}
    for role, given in roles.items():
        name = given or names[role]
        mapping[Variable(role)] = Variable(name) if name in scope.columns else Constant(name)
    expression = absorbed(substitute(law.expression, mapping), list(names.values()))
    if not variables_of(expression):
        return None
    dimensions = infer_dimensions(expression, scope.dimensions, scope.dimension)
    constants = []
    for new in names.values():
        if new not in constants_of(expression):
            continue
        if not scope.allows(dimensions[new]):
            return None
        constants.append(FreeConstant(new, dimensions[new], 1.0))
    taken = tuple((role, given) for role, given in roles.items() if given is not None)
    return Analogy(law, expression, tuple(constants), taken, tuple(free), _unlikely(law, scope, roles))


def _unlikely(law: TextbookLaw, scope: Scope, roles: Mapping[str, str | None]) -> float:
    """Bits for what is missing and for names that say something else."""
    pairs = [(law.target, scope.target)]
    pairs += [(one, name) for one in law.variables if (name := roles[one.name]) is not None]
    missing = len(law.variables) + 1 - len(pairs)
    return MISSING_BITS * missing + STRANGE_BITS * sum(not is_called(one, name) for one, name in pairs)


def is_called(quantity: Quantity, name: str) -> bool:
    """Whether a column has the symbol of the quantity, or a word of its meaning."""
    words = {word for word in re.split(r"[^a-z]+", quantity.meaning.lower()) if len(word) >= SHORTEST_WORD}
    return name == quantity.name or bool(words & set(re.split(r"[^a-z]+", name.lower())))
