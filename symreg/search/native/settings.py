"""How the embedded search is set up, and what it can do without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from symreg.errors import SymregError
from symreg.given import check_number

if TYPE_CHECKING:
    from symreg.search.backend import Budget, Round
    from symreg.search.space import SearchSpace

MECHANISMS = (
    "smoothing", "peeling", "together", "groups", "products", "contexts", "families", "triples", "offsets", "monomials",
    "evolution", "skeletons", "backdrops",
)  # fmt: skip
"""Parts of the native search that can be switched off (docs/decisions/0011)."""


@dataclass(frozen=True, slots=True)
class Native:
    """The embedded search: bank, joins and fits (see ``search``).

    ``engine`` is "auto", "compiled" or "numpy" (``symreg.engine.get_engine``). ``probes`` rows are looked at while
    joining; the best are fitted on ``fit_rows`` rows. ``without`` switches parts of it off (``MECHANISMS``), to measure
    what they are worth. ``earlier`` are turns that a search of the same question did before (``repeating``).
    ``workers``
    are processes that share what is dear in one search (``together``); each has ``threads`` of its own, and memory up
    to the budget's. Under a budget of evaluations the answer is the same for any number of them.
    Raises ``SymregError`` for a part that is not there, and for what counts and is no whole number
    above zero.
    """

    threads: int = 2
    engine: str = "auto"
    probes: int = 128
    fit_rows: int = 1000
    without: tuple[str, ...] = ()
    earlier: tuple[Mapping[str, Any], ...] = field(default=(), repr=False, compare=False)
    workers: int = 1

    def __post_init__(self) -> None:
        for name in ("threads", "probes", "fit_rows", "workers"):
            check_number(self, name, 1, whole=True)
        for name in self.without:
            if name not in MECHANISMS:
                raise SymregError(message=f"no part of the search is called '{name}': {', '.join(MECHANISMS)}")

    def lacks(self, mechanism: str) -> bool:
        """Whether this part of the search is switched off."""
        return mechanism in self.without

    @property
    def name(self) -> str:
        """The backend's name in files and reports."""
        return "native"

    def going_on(self, turns: Iterable[Mapping[str, Any]]) -> Native:
        """The same search, with these turns done before (``backend.Round.turn``)."""
        return replace(self, earlier=tuple(one for one in turns if one.get("backend") == self.name))

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        """Yield a round of candidates after every level of complexity."""
        if self.workers > 1:
            from symreg.search.native.workers import search_together

            return search_together(self, space, budget, seed=seed, stop=stop)
        from symreg.search.native.search import search

        return search(self, space, budget, seed=seed, stop=stop)
