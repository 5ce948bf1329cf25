"""The choice among the laws that a fit has found: which of them predicts, scores and is reported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral
from typing import TYPE_CHECKING, Any, Self

from sklearn.utils.validation import check_is_fitted

from symreg.errors import EstimatorError, LawError
from symreg.laws import WORDS, check_same_question

if TYPE_CHECKING:
    from symreg.discovery import Discovery
    from symreg.laws import Choice, Law, ParetoFront
    from symreg.problem import Problem
    from symreg.search import Screening


class ChoosesLaws:
    """What an estimator has whose ``fit`` leaves a discovery with a front of laws."""

    model_selection: Any
    front_: ParetoFront
    best_: Law
    discovery_: Discovery
    problem_: Problem
    screening_: Screening | None

    def use(self, law: Choice) -> Self:
        """Let another law predict, score and be reported: ``best_`` from now on, and the selected one of ``front_``.

        ``law`` is a complexity (5), a place in the list ("#2"), "best", "accuracy" or "score" as for
        ``model_selection``, or a law: one of ``front_`` or of ``discovery_.runners_up``, also with other names of its
        constants. Raises ``EstimatorError`` where there is none, and for a law of another problem.
        """
        check_is_fitted(self)
        with _as_estimator_error():
            self._take(self.discovery_.using(law))
        return self

    def _take(self, discovery: Discovery) -> None:
        self.problem_, self.discovery_ = discovery.problem, discovery
        self.front_, self.best_ = discovery.front, discovery.front.best
        self.screening_ = discovery.screening

    def _select(self, discovery: Discovery) -> None:
        """Keep what was found, with the law that ``model_selection`` asks for."""
        self._take(discovery)
        if self.model_selection == "best":
            return
        try:
            self.use(self.model_selection)
        except EstimatorError as error:
            advice = f"{error.advice}\nThe search is not lost: front_ has its laws, and use(...) takes one."
            raise EstimatorError(reason=f"model_selection: {error.reason}", advice=advice) from None

    def _law(self, choice: Choice | None) -> Law:
        """The law that is meant; ``best_`` for None."""
        from symreg.laws import Law

        check_is_fitted(self)
        with _as_estimator_error():
            if isinstance(choice, Law):
                check_same_question(self.best_, choice)
                return choice
            return self.best_ if choice is None else self.front_.choose(choice)

    def _check_model_selection(self) -> None:
        given = self.model_selection
        if isinstance(given, str) and (given in WORDS or given.startswith("#")):
            return
        if not isinstance(given, Integral) or isinstance(given, bool) or given < 1:
            reason = f"model_selection is {given!r}, and must be 'best', 'accuracy', 'score' or a complexity."
            raise EstimatorError(reason=reason)


@contextmanager
def _as_estimator_error() -> Iterator[None]:
    try:
        yield
    except LawError as error:
        raise EstimatorError(reason=error.reason, advice=error.advice) from None
