"""What an examination found, as plain JSON values and back.

``front.json`` shows it to others, ``state.json`` keeps it for later reports; they differ only in how a law is written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from symreg.certainty import Place, Rival, Robustness, Stability
from symreg.experiment.stored_law import restore_law

if TYPE_CHECKING:
    from symreg.laws import Law
    from symreg.problem import Problem


def store_robustness(found: Robustness, law_entry: Callable[[Law], Any]) -> dict[str, Any]:
    """The plain values of ``found``; ``law_entry`` writes the law of a rival."""
    return {
        "judge": found.judge,
        "stability": _store_stability(found.stability),
        "searches": _store_stability(found.searches),
        "rivals": [
            {
                "law": law_entry(rival.law),
                "selected": rival.selected,
                "of_noise": rival.of_noise,
                "bits": rival.bits,
                "chance": rival.chance,
                "within": _store_place(rival.within),
                "beyond": _store_place(rival.beyond),
            }
            for rival in found.rivals
        ],
        "more_rivals": found.more_rivals,
        "notes": list(found.notes),
    }


def _store_stability(found: Stability | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"selected": found.selected, "times": found.times, "of": found.drawn, "counts": dict(found.counts)}


def _store_place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    inputs = [{"name": name, "value": value, "unit": unit} for name, value, unit in place.inputs]
    numbers = {"difference": place.difference, "sigmas": place.sigmas, "repeats": place.repeats}
    return {"inputs": inputs, **numbers}


def restore_robustness(stored: Mapping[str, Any], problem: Problem) -> Robustness:
    """What ``stored`` describes, its laws checked.

    Raises KeyError, TypeError or ValueError where a part is missing or broken, and what ``restore_law`` raises.
    """
    return Robustness(
        judge=str(stored["judge"]),
        stability=_restore_stability(stored["stability"], searched=False),
        searches=_restore_stability(stored["searches"], searched=True),
        rivals=tuple(_restore_rival(rival, problem) for rival in stored["rivals"]),
        more_rivals=int(stored["more_rivals"]),
        notes=tuple(str(note) for note in stored["notes"]),
    )


def _restore_stability(stored: Mapping[str, Any] | None, *, searched: bool) -> Stability | None:
    if stored is None:
        return None
    counts = tuple((str(formula), int(times)) for formula, times in stored["counts"].items())
    if int(stored["of"]) < 1:
        raise ValueError(f"{stored['of']} draws")
    return Stability(str(stored["selected"]), counts, int(stored["of"]), searched)


def _restore_rival(stored: Mapping[str, Any], problem: Problem) -> Rival:
    return Rival(
        law=restore_law(stored["law"], problem),
        selected=str(stored["selected"]),
        of_noise=_number(stored["of_noise"]),
        bits=_number(stored["bits"]),
        chance=_number(stored["chance"]),
        within=_restore_place(stored["within"], problem),
        beyond=_restore_place(stored["beyond"], problem),
    )


def _restore_place(stored: Mapping[str, Any] | None, problem: Problem) -> Place | None:
    if stored is None:
        return None
    inputs = tuple((str(one["name"]), float(one["value"]), str(one["unit"])) for one in stored["inputs"])
    for name, _, unit in inputs:
        if name not in problem.inputs or problem.table[name].unit.text != unit:
            raise ValueError(f"a place in {name[:40]!r}, which is no input in {unit[:40]!r}")
    repeats = None if stored["repeats"] is None else int(stored["repeats"])
    return Place(inputs, _number(stored["difference"]), _number(stored["sigmas"]), repeats)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
