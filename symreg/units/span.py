"""Exact linear algebra on small vectors: which of them depend on each other, and how a target is made of
them.

Dimensions are vectors of seven rationals, so everything here is Gaussian elimination in ``Fraction``; no
rounding, no tolerance. Of the many correct answers people want the one that is easy to read, so both
questions walk through the independent subsets by size, smallest first, and take the simplest answer. The walk
is bounded (``MAX_STEPS``): past the bound an answer is still exact and complete, only perhaps less pretty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

Vector = tuple[Fraction, ...]

MAX_STEPS = 3000
"""Eliminations that one walk may spend on looking for a prettier answer; with fewer the answer is right and has larger
exponents. Set by hand."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A reduced vector with its pivot, and the combination of the original vectors that it is."""

    vector: Vector
    pivot: int
    made_of: dict[int, Fraction]


@dataclass(frozen=True, slots=True)
class _Basis:
    """Independent vectors, reduced one against the other in the order in which they came."""

    rows: tuple[_Row, ...] = ()
    last: int = -1

    def reduce(self, vector: Vector) -> tuple[Vector, dict[int, Fraction]]:
        """Split a vector: what the basis cannot make, and the combination that makes the rest."""
        made_of: dict[int, Fraction] = {}
        for row in self.rows:
            factor = vector[row.pivot] / row.vector[row.pivot]
            if factor:
                vector = tuple(a - factor * b for a, b in zip(vector, row.vector, strict=True))
                for index, share in row.made_of.items():
                    made_of[index] = made_of.get(index, Fraction(0)) + factor * share
        return vector, {index: share for index, share in made_of.items() if share}

    def extended(self, index: int, rest: Vector, made_of: dict[int, Fraction]) -> _Basis:
        """Add vector ``index``, of which ``reduce`` left ``rest``."""
        pivot = next(place for place, entry in enumerate(rest) if entry)
        return _Basis((*self.rows, _Row(rest, pivot, _relation(index, made_of))), index)


def _relation(index: int, made_of: dict[int, Fraction]) -> dict[int, Fraction]:
    """Vector ``index`` minus what it is made of."""
    return {index: Fraction(1), **{other: -share for other, share in made_of.items()}}


def in_span(target: Vector, vectors: Sequence[Vector]) -> bool:
    """Whether some combination of the vectors is the target."""
    basis, _ = _greedy(vectors)
    return not any(basis.reduce(target)[0])


def rank(vectors: Sequence[Vector]) -> int:
    """How many of the vectors are independent."""
    return len(_greedy(vectors)[0].rows)


def representation(target: Vector, vectors: Sequence[Vector]) -> Vector | None:
    """Write the target as a combination of the vectors, with few and simple coefficients; None where none
    exists."""
    basis, _ = _greedy(vectors)
    rest, made_of = basis.reduce(target)
    if any(rest):
        return None
    choices = [made_of, *_smallest_representations(target, vectors)]
    best = min(choices, key=_simplicity)
    return tuple(best.get(index, Fraction(0)) for index in range(len(vectors)))


def _simplicity(made_of: dict[int, Fraction]) -> tuple[int, int, int, list[int]]:
    shares = made_of.values()
    return (
        len(made_of),
        sum(share.denominator - 1 for share in shares),
        sum(abs(share.numerator) for share in shares),
        sorted(made_of),
    )


def _smallest_representations(target: Vector, vectors: Sequence[Vector]) -> list[dict[int, Fraction]]:
    """All combinations with as few vectors as possible; none where the walk was cut short before."""
    found: list[dict[int, Fraction]] = []
    size = 0
    for basis, circuit in _walk(_representatives(vectors)):
        if circuit:
            continue
        if found and len(basis.rows) > size:
            break
        rest, made_of = basis.reduce(target)
        if not any(rest) and len(made_of) == len(basis.rows):
            found.append(made_of)
            size = len(basis.rows)
    return found


def dependencies(vectors: Sequence[Vector]) -> tuple[tuple[int, ...], ...]:
    """A basis of all ``sum(n_i * vector_i) = 0``, each in integers without a common factor, the simplest
    first.

    Every minimal dependency is a circuit of a matroid, and taking circuits greedily by weight while they are
    independent gives a basis of least weight.
    """
    _, needed = _greedy(vectors)
    circuits = [_whole(relation, len(vectors)) for relation in [*needed, *_small_circuits(vectors)]]
    chosen: list[tuple[int, ...]] = []
    echelon: dict[int, dict[int, Fraction]] = {}
    for circuit in sorted(set(circuits), key=_weight):
        if len(chosen) == len(needed):
            break
        if _extends(echelon, circuit):
            chosen.append(circuit)
    return tuple(chosen)


def _extends(echelon: dict[int, dict[int, Fraction]], circuit: tuple[int, ...]) -> bool:
    """Add the circuit to the echelon if it is independent; sparse, because circuits are short."""
    rest = {index: Fraction(entry) for index, entry in enumerate(circuit) if entry}
    while rest:
        pivot = max(rest)
        row = echelon.get(pivot)
        if row is None:
            echelon[pivot] = rest
            return True
        factor = rest[pivot] / row[pivot]
        for index, entry in row.items():
            rest[index] = rest.get(index, Fraction(0)) - factor * entry
        rest = {index: entry for index, entry in rest.items() if entry}
    return False


def _weight(circuit: tuple[int, ...]) -> tuple[int, int, int, list[int]]:
    support = [index for index, entry in enumerate(circuit) if entry]
    sizes = [abs(entry) for entry in circuit]
    return len(support), sum(sizes), max(sizes), support


def _whole(relation: dict[int, Fraction], length: int) -> tuple[int, ...]:
    """Clear denominators and common factors; the sign makes the exponents positive on the whole."""
    scale = lcm(*(share.denominator for share in relation.values()))
    entries = [int(relation.get(index, Fraction(0)) * scale) for index in range(length)]
    common = gcd(*entries)
    leading = next(entry for entry in entries if entry)
    sign = 1 if (sum(entries), leading) > (0, 0) else -1
    return tuple(sign * entry // common for entry in entries)


def _greedy(vectors: Sequence[Vector]) -> tuple[_Basis, list[dict[int, Fraction]]]:
    """A basis from the first independent vectors, and how each of the others depends on it."""
    basis = _Basis()
    relations = []
    for index, vector in enumerate(vectors):
        rest, made_of = basis.reduce(vector)
        if any(rest):
            basis = basis.extended(index, rest, made_of)
        else:
            relations.append(_relation(index, made_of))
    return basis, relations


def _representatives(vectors: Sequence[Vector]) -> dict[int, Vector]:
    """The first vector of each value; the zero vector stands for nothing and is left out."""
    first: dict[Vector, int] = {}
    for index, vector in enumerate(vectors):
        if any(vector):
            first.setdefault(vector, index)
    return {index: vector for vector, index in first.items()}


def _small_circuits(vectors: Sequence[Vector]) -> Iterator[dict[int, Fraction]]:
    """Minimal dependencies by size: equal vectors first, then those among the distinct ones."""
    distinct = _representatives(vectors)
    first = {vector: index for index, vector in distinct.items()}
    for index, vector in enumerate(vectors):
        if index not in distinct:
            yield {index: Fraction(1), **({first[vector]: Fraction(-1)} if any(vector) else {})}
    for _, circuit in _walk(distinct):
        if circuit:
            yield circuit


def _walk(vectors: dict[int, Vector]) -> Iterator[tuple[_Basis, dict[int, Fraction]]]:
    """Visit the independent subsets by size, and every minimal dependency, until the allowed steps are used
    up.

    Each visit is a subset with no dependency, or the subset before it was closed by one more vector, with the
    dependency that this made. A dependency that leaves out a vector of the subset was met at a smaller size.
    """
    level = [_Basis()]
    steps = 0
    while level:
        following = []
        for basis in level:
            for index, vector in vectors.items():
                if index <= basis.last:
                    continue
                steps += 1
                if steps > MAX_STEPS:
                    return
                rest, made_of = basis.reduce(vector)
                if any(rest):
                    following.append(basis.extended(index, rest, made_of))
                    yield following[-1], {}
                elif len(made_of) == len(basis.rows):
                    yield basis, _relation(index, made_of)
        level = following
