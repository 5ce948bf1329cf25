"""The doors for scikit-learn to descriptors: ``DescriptorRegressor`` and ``DescriptorClassifier``.

Like ``SymbolicRegressor`` they make a ``Problem`` of a table and hand it on; nothing is decided here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from symreg.errors import EstimatorError
from symreg.estimators.table import TableEstimator, TableRegressor
from symreg.tables import as_series, framed, magnitudes

if TYPE_CHECKING:
    from symreg.arrays import Floats
    from symreg.descriptor import DescriptorFront, DescriptorModel, DescriptorSettings, ThresholdFront, ThresholdModel
    from symreg.problem import Problem


class _DescriptorEstimator(TableEstimator):
    """What both have: a feature space, limits, and a clock."""

    constants: Sequence[Any]
    operators: Sequence[str] | None
    time_limit: float | None
    random_state: int

    def _problem_of(self, X: Any, y: Any, numbers: Floats, goal: Floats, test_fraction: float) -> Problem:
        from symreg.descriptor import DEFAULT_OPERATORS
        from symreg.problem import make_problem

        table = self._table(X, y, numbers, goal, None)
        return make_problem(
            table,
            constants=self.constants,
            free_constants="inferred",
            operators=DEFAULT_OPERATORS if self.operators is None else self.operators,
            test_fraction=test_fraction,
            seed=self.random_state,
            name=str(table.target),
        )

    def _settings(self, names: Sequence[str]) -> DescriptorSettings:
        from symreg.descriptor import DescriptorSettings

        if self.time_limit is not None and not float(self.time_limit) > 0:
            reason = f"time_limit is {self.time_limit!r}, and must be a number of seconds above 0, or None."
            raise EstimatorError(reason=reason)
        return DescriptorSettings(**{name: getattr(self, name) for name in names})

    def _stop(self) -> Callable[[], bool]:
        end = None if self.time_limit is None else time.monotonic() + float(self.time_limit)
        return lambda: end is not None and time.monotonic() > end


class DescriptorRegressor(_DescriptorEstimator, TableRegressor):
    """Explain a property by a sum of one to three descriptors: short expressions of features, dimensionally exact.

    Parameters
    ----------
    n_descriptors : the largest number of descriptors in a model, 1 to 3.
    units, target, constants : as in ``SymbolicRegressor``.
    operators : names, by default + - * / square abs.
    max_complexity : the longest descriptor, in leaves and operators (functions count one or two more).
    max_pairs : how many pairs are looked at; where there are more, screening chooses.
    keep : models of each number of descriptors that are kept.
    dimensionless : leave only descriptors without a unit.
    folds : repeat the whole search in so many folds; 0: do not.
    test_fraction : the part of the rows held out to judge by, up to 0.9; 0: leave out one row at a time.
    memory : bytes for the feature space. threads : of the engine. time_limit : seconds, or None for no limit.
    random_state : seed of the split and the folds.

    Attributes
    ----------
    front_ : the ``DescriptorFront``. best_ : the ``DescriptorModel`` with the least error on rows held out, with
    ``law``, ``descriptors`` and ``describe()``. problem_ : the question as it was put. screening_ : of more than 40
    columns, why features were made of each or not (a ``Screening``); None of fewer.
    """

    front_: DescriptorFront
    best_: DescriptorModel

    def __init__(
        self,
        *,
        n_descriptors: int = 2,
        units: Mapping[str, str] | None = None,
        target: str | None = None,
        constants: Sequence[Any] = (),
        operators: Sequence[str] | None = None,
        max_complexity: int = 6,
        max_pairs: float = 2e10,
        keep: int = 5,
        dimensionless: bool = False,
        folds: int = 0,
        test_fraction: float = 0.0,
        memory: float = 2 * 2**30,
        threads: int = 1,
        time_limit: float | None = None,
        random_state: int = 0,
    ) -> None:
        self.n_descriptors = n_descriptors
        self.units = units
        self.target = target
        self.constants = constants
        self.operators = operators
        self.max_complexity = max_complexity
        self.max_pairs = max_pairs
        self.keep = keep
        self.dimensionless = dimensionless
        self.folds = folds
        self.test_fraction = test_fraction
        self.memory = memory
        self.threads = threads
        self.time_limit = time_limit
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Search for models of ``y`` ``(n_rows,)`` in the columns of ``X`` ``(n_rows, n_inputs)``.

        Raises ``EstimatorError`` and what tables, units, problems and ``find_descriptors`` raise.
        """
        from symreg.descriptor import find_descriptors

        settings, X, y = self._settings(_SHARED), framed(X), as_series(y)
        numbers, goal = self._checked(X, magnitudes(y), y_numeric=True)
        self.problem_ = self._problem_of(X, y, numbers, goal, self.test_fraction)
        self.front_ = find_descriptors(
            self.problem_, settings, folds=self.folds, memory=self.memory, stop=self._stop(), seconds=self.time_limit
        )
        self.screening_ = self.front_.screening
        self.best_ = self.front_.best
        return self

    def predict(self, X: Any) -> Floats:
        """The target by ``best_``, ``(n_rows,)``, in its own unit; NaN where a descriptor is undefined.

        ``X`` ``(n_rows, n_inputs)`` and errors are as in ``SymbolicRegressor.predict``.
        """
        return self._predicted(self.best_.law, self._new_rows(X))


class DescriptorClassifier(ClassifierMixin, _DescriptorEstimator):  # type: ignore[misc]
    """Tell two classes by one descriptor with a threshold, or by two with a linear boundary.

    Parameters
    ----------
    n_descriptors : 1, or 2 for boundaries beside thresholds.
    balanced : count each class alike, however many rows it has.
    grown : the complexity up to which pairs of features are combined to longer descriptors; 0: do not.
    others : as in ``DescriptorRegressor``.

    Attributes
    ----------
    front_ : the ``ThresholdFront``. best_ : the ``ThresholdModel`` that does best on rows left out, with ``rule()``.
    classes_ : the two classes; a rule says where the second is. problem_ : the question as it was put.
    """

    front_: ThresholdFront
    best_: ThresholdModel
    classes_: Any

    def __init__(
        self,
        *,
        n_descriptors: int = 1,
        units: Mapping[str, str] | None = None,
        target: str | None = None,
        constants: Sequence[Any] = (),
        operators: Sequence[str] | None = None,
        max_complexity: int = 6,
        grown: int = 0,
        balanced: bool = False,
        max_pairs: float = 2e9,
        keep: int = 5,
        dimensionless: bool = False,
        folds: int = 0,
        memory: float = 2 * 2**30,
        threads: int = 1,
        time_limit: float | None = None,
        random_state: int = 0,
    ) -> None:
        self.n_descriptors = n_descriptors
        self.units = units
        self.target = target
        self.constants = constants
        self.operators = operators
        self.max_complexity = max_complexity
        self.grown = grown
        self.balanced = balanced
        self.max_pairs = max_pairs
        self.keep = keep
        self.dimensionless = dimensionless
        self.folds = folds
        self.memory = memory
        self.threads = threads
        self.time_limit = time_limit
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: Any, y: Any) -> Self:
        """Search for descriptors that tell the two classes of ``y`` ``(n_rows,)`` by ``X`` ``(n_rows, n_inputs)``.

        Raises ``EstimatorError``, for more or fewer classes too, and what tables, units, problems and
        ``find_thresholds`` raise.
        """
        import pandas as pd

        from symreg.descriptor import find_thresholds

        settings, X, y = self._settings([*_SHARED, "grown", "balanced"]), framed(X), as_series(y)
        numbers, labels = self._checked(X, y)
        check_classification_targets(labels)
        self.classes_, place = np.unique(labels, return_inverse=True)
        if len(self.classes_) != 2:
            reason = f"y holds {len(self.classes_)} classes, and a threshold tells two."
            raise EstimatorError(reason=reason, advice="Only binary classification is there: take one class at a time.")
        goal = np.where(place == 1, 1.0, -1.0)
        signs = pd.Series(goal, name=getattr(y, "name", None))
        problem = self._problem_of(X, signs, numbers, goal, 0.5)
        rows = np.arange(len(goal))
        self.problem_ = replace(problem, train_rows=rows, held_out_rows=rows[:0])
        self.front_ = find_thresholds(
            self.problem_, settings, folds=self.folds, memory=self.memory, stop=self._stop(), seconds=self.time_limit
        )
        self.screening_ = self.front_.screening
        self.best_ = self.front_.best
        return self

    def decision_function(self, X: Any) -> Floats:
        """How far each row lies beyond the threshold on the side of the second class, ``(n_rows,)``; NaN: undefined.

        In the unit of ``best_.law``. ``X`` ``(n_rows, n_inputs)`` and errors are as in ``SymbolicRegressor.predict``.
        """
        distance = self._predicted(self.best_.law, self._new_rows(X)) - self.best_.threshold
        return distance if self.best_.above else -distance

    def predict(self, X: Any) -> Any:
        """The class of each row, ``(n_rows,)``; the first where the descriptor is undefined.

        ``X`` ``(n_rows, n_inputs)`` and errors are as in ``SymbolicRegressor.predict``.
        """
        columns = self._new_rows(X)
        self._predicted(self.best_.law, columns)
        return self.classes_[self.best_.decide(columns).astype(int)]


_SHARED = ("n_descriptors", "max_complexity", "max_pairs", "keep", "dimensionless", "threads")
