"""Which smaller questions a search asks beside the whole one."""

from __future__ import annotations

from symreg.search.native.questions import (
    Reduction,
    Smoother,
    taken_together,
    whole_question,
    without_dimensions,
    without_powers,
)
from symreg.search.native.settings import Native
from symreg.search.space import SearchSpace


def reductions_of(settings: Native, space: SearchSpace, smoother: Smoother | None) -> list[Reduction]:
    """With fewer inputs, where the data show how, and in Pi groups; none where neither is smaller."""
    if smoother is None:
        return []
    whole = whole_question(space, smoother)
    fewer = whole
    while (further := _fewer_inputs(settings, fewer)) is not None:
        fewer = further
    found = [] if fewer is whole else [fewer]
    groups = None if settings.lacks("groups") else without_dimensions(fewer)
    return found if groups is None else [*found, groups]


def _fewer_inputs(settings: Native, question: Reduction) -> Reduction | None:
    found = None if settings.lacks("peeling") else without_powers(question)
    return taken_together(question) if found is None and not settings.lacks("together") else found
