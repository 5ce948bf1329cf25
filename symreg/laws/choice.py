"""Which law of a front somebody means: by a word, by its complexity, by its place in the list, or the law itself.

Everyone who lets a law be chosen asks here, so that ``7``, ``"#2"`` and ``"accuracy"`` mean the same on the command
line, in ``fit``, in ``predict`` and in a report.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral

from symreg.errors import LawError
from symreg.formula import Constant, Expression, substitute
from symreg.laws.law import Law, ParetoFront
from symreg.laws.selection import held_out_errors

WORDS = ("best", "accuracy", "score")
Choice = Law | str | int

HOW = "Give a complexity (5), a place in the list ('#2'), 'best', 'accuracy' or 'score'."


def place_of(front: ParetoFront, choice: Choice) -> int:
    """The place on the front of the law that is meant, from 0.

    A whole number is a complexity, ``"#2"`` the second law of the list, ``"best"`` the one that the description length
    selects, ``"accuracy"`` the one of the smallest held-out error, ``"score"`` that of ``best_score``; a number may be
    written as text. Raises ``LawError`` where there is none.
    """
    if not front.laws:
        raise LawError(reason="the front is empty, so there is no law to choose.")
    if isinstance(choice, Law):
        return _place_of_law(front, choice)
    if isinstance(choice, Integral) and not isinstance(choice, bool):
        return _of_complexity(front, int(choice))
    if not isinstance(choice, str):
        raise LawError(reason=f"{choice!r} names no law.", advice=HOW)
    text = choice.strip()
    if text.removeprefix("#").isdecimal() and len(text) < 10:
        return _of_number(front, int(text[1:])) if text.startswith("#") else _of_complexity(front, int(text))
    if text not in WORDS:
        raise LawError(reason=f"{choice!r} names no law.", advice=HOW)
    if text == "best":
        return front.selected if front.believed is None else front.believed
    errors = held_out_errors(front.laws)
    return errors.index(min(errors)) if text == "accuracy" else best_score(front.laws, errors)


def best_score(laws: Sequence[Law], errors: Sequence[float]) -> int:
    """The law at which the logarithm of the error falls most for each node that it has more than the one before it.

    This is the score of PySR (Cranmer 2023, "Interpretable machine learning for science with PySR and
    SymbolicRegression.jl", arXiv:2305.01582), on the errors of the front; its squares have the same largest drop. The
    first law has the score 0, and of equal scores the simplest law wins.
    """
    best, largest = 0, 0.0
    for place in range(1, len(laws)):
        nodes = max(1, laws[place].complexity - laws[place - 1].complexity)
        before, after = errors[place - 1], errors[place]
        drop = math.inf if after == 0 < before else math.log(before / after) if 0 < after < math.inf and before else 0.0
        if drop / nodes > largest:
            best, largest = place, drop / nodes
    return best


def _place_of_law(front: ParetoFront, law: Law) -> int:
    for place, one in enumerate(front.laws):
        if one is law or one == law:
            return place
    raise LawError(reason=f"the law {law.formula} is not on this front.", advice=_laws_in_words(front))


def _of_number(front: ParetoFront, number: int) -> int:
    if not 1 <= number <= len(front):
        raise LawError(reason=f"there is no law #{number} on the front.", advice=_laws_in_words(front))
    return number - 1


def _of_complexity(front: ParetoFront, complexity: int) -> int:
    places = [place for place, law in enumerate(front.laws) if law.complexity == complexity]
    if not places:
        reason = f"there is no law of complexity {complexity} on the front."
        raise LawError(reason=reason, advice=_laws_in_words(front))
    return front.selected if front.selected in places else places[0]


def _laws_in_words(front: ParetoFront) -> str:
    lines = (f"\n  #{place}, complexity {law.complexity}: {law.formula}" for place, law in enumerate(front.laws, 1))
    return f"There are:{''.join(lines)}"


def front_using(front: ParetoFront, choice: Choice) -> ParetoFront:
    """The front with another law selected; one that is not on it is put there, in place of the same formula under
    other names of its constants, or where its complexity puts it.

    Raises ``LawError`` where no law is meant, and for a law of another question.
    """
    if isinstance(choice, Law) and front.laws:
        check_same_question(front.laws[0], choice)
        front = _with_law(front, choice)
    place, believed = place_of(front, choice), place_of(front, "best")
    return replace(front, selected=place, believed=None if place == believed else believed)


def check_same_question(own: Law, other: Law) -> None:
    """Raise ``LawError`` unless both laws explain the same target, in the same unit, from the same inputs."""
    if own.target != other.target or own.unit != other.unit:
        theirs, ours = (f"{law.target} [{law.unit.in_headers}]" for law in (other, own))
        reason = f"the law {other.formula} explains {theirs}, and this problem asks for {ours}."
    elif dict(own.input_units) != dict(other.input_units):
        theirs, ours = (
            ", ".join(f"{name} [{unit.in_headers}]" for name, unit in law.input_units.items()) for law in (other, own)
        )
        reason = f"the law {other.formula} was found for the inputs {theirs}, and this problem has {ours}."
    else:
        return
    raise LawError(reason=reason, advice="Take a law of this front.")


def _with_law(front: ParetoFront, law: Law) -> ParetoFront:
    if any(one is law or one == law for one in front.laws):
        return front
    form = _without_names(law)
    for place, one in enumerate(front.laws):
        if _without_names(one) == form:
            return replace(front, laws=(*front.laws[:place], law, *front.laws[place + 1 :]))
    place = sum(one.complexity <= law.complexity for one in front.laws)

    def moved(index: int) -> int:
        return index + (index >= place)

    believed = None if front.believed is None else moved(front.believed)
    return ParetoFront((*front.laws[:place], law, *front.laws[place:]), moved(front.selected), believed)


def _without_names(law: Law) -> Expression:
    free = [one.name for one in law.constants if one.kind == "free"]
    # No column and no constant of a user is called so: a name has no line end.
    mapping: dict[Expression, Expression] = {Constant(name): Constant(f"\n{place}") for place, name in enumerate(free)}
    return substitute(law.expression, mapping)
