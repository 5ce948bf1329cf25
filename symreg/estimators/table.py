"""What estimators share: tables of any kind, checked by scikit-learn's rules, with units, there and back."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted, validate_data

from symreg.errors import EstimatorError, PredictionError, TableWarning
from symreg.estimators.given import check_given, refuse, rows_text
from symreg.tables import (
    as_series,
    framed,
    header_names,
    in_unit_of,
    is_table,
    magnitudes,
    named_frame,
    new_rows,
    stated_unit,
    training_table,
)

if TYPE_CHECKING:
    from symreg.arrays import Floats
    from symreg.laws import Law
    from symreg.problem import Problem
    from symreg.tables import NewRows, Table


class TableEstimator(BaseEstimator):  # type: ignore[misc]
    """An estimator with the parameters ``units`` and ``target``, whose ``fit`` leaves ``problem_``."""

    units: Mapping[str, str] | None
    target: str | None
    problem_: Problem
    n_features_in_: int

    def _checked(self, X: Any, y: Any, **rules: Any) -> tuple[Floats, Any]:
        """The numbers of both by scikit-learn's rules, ``(n_rows, n_inputs)`` and ``(n_rows,)``."""
        from symreg.problem import MIN_ROWS

        check_given(X, y, MIN_ROWS)
        try:
            numbers, goal = validate_data(
                self, magnitudes(X), y, dtype=np.float64, ensure_all_finite=False, ensure_min_samples=MIN_ROWS, **rules
            )
            goal = np.asarray(goal, dtype=np.float64) if rules.get("y_numeric") else goal
        except (TypeError, ValueError) as error:
            raise refuse(error) from error
        self._check_finite(numbers)
        return numbers, goal

    def _table(self, X: Any, y: Any, numbers: Floats, goal: Floats, sigma: Any) -> Table:
        frame = named_frame(X, self._feature_names(), numbers)
        table = training_table(
            frame,
            y,
            goal,
            target=self._target_name(y),
            sigma=sigma,
            units=self.units or {},
            check_lengths=_check_lengths,
        )
        self._warn_of_lost_units(table)
        return table

    def _warn_of_lost_units(self, table: Table) -> None:
        """A step of a pipeline that hands on an array has dropped names and units, and often changed the numbers."""
        assert table.target is not None
        unit, inputs = table[table.target].unit, [one for one in table.columns if one.name != table.target]
        if hasattr(self, "feature_names_in_") or unit.dimension.is_dimensionless or self.units:
            return
        if all(one.unit.dimension.is_dimensionless for one in inputs):
            text = (
                f"X is an array without names and units, but {table.target!r} is in {unit.text!r}: if a step before "
                "this one has dropped them (a scaler does), leave it out, symreg scales by itself; else give units="
            )
            warnings.warn(text, TableWarning, stacklevel=4)

    def _target_name(self, y: Any) -> str | None:
        """The target's name, where one was given."""
        return self.target

    def _names_at_fit(self) -> list[str]:
        """Names of the columns of X in the table that was searched, without the units of their headers."""
        return [name for name in self.problem_.table.names if name != self.problem_.target]

    def _feature_names(self) -> list[str]:
        names = getattr(self, "feature_names_in_", None)
        return [f"x{i}" for i in range(self.n_features_in_)] if names is None else [str(n) for n in names]

    def _check_finite(self, numbers: Floats) -> None:
        for place, name in enumerate(self._feature_names()):
            _refuse_gaps("X", name, numbers[:, place])

    def _new_rows(self, X: Any) -> Mapping[str, Floats]:
        """The columns of the fit that ``X`` holds, ``(n_rows,)`` each, in the units that they had there."""
        check_is_fitted(self)
        units = {name: self.problem_.table[name].unit for name in self._names_at_fit()}
        named = is_table(X) and header_names(X, units)
        try:
            if named and (hasattr(self, "feature_names_in_") or set(named) & set(units)):
                there = [name for name in units if name in named]
                if not there:
                    message = f"X holds no column of the fit: that had {', '.join(units)}, X has {', '.join(named)}"
                    raise PredictionError(column=None, message=message)
                rows = new_rows(X, units, there, "X")
            else:
                rows = self._by_place(X, units)
        except PredictionError as error:
            raise EstimatorError(reason=f"{error}.") from error
        for name, values in rows.columns.items():
            _refuse_gaps("X", name, values)
        return rows.columns

    def _by_place(self, X: Any, units: Mapping[str, Any]) -> NewRows:
        """Columns of an array in the order of the fit; those of a frame that state a unit are converted."""
        framed_X = framed(X)
        check_given(framed_X, None, 0)
        try:
            numbers = validate_data(
                self, magnitudes(framed_X), reset=False, dtype=np.float64, ensure_all_finite=False,
                ensure_min_samples=0,
            )  # fmt: skip
        except (TypeError, ValueError) as error:
            raise refuse(error) from error
        return new_rows(named_frame(framed_X, list(units), numbers), units, units, "X")

    def _predicted(self, law: Law, columns: Mapping[str, Floats]) -> Floats:
        try:
            return law.predict(columns)
        except PredictionError as error:
            raise EstimatorError(reason=f"{error}.") from error


class TableRegressor(RegressorMixin, TableEstimator):  # type: ignore[misc]
    """A regressor of such tables, whose score takes targets in any unit of the target's dimension."""

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The part of the variance of ``y`` ``(n_rows,)`` that the prediction for ``X`` explains, R².

        ``X`` ``(n_rows, n_inputs)`` is as in ``predict``, ``y`` as in ``fit``; another unit than at ``fit`` is
        converted. ``sample_weight`` is scikit-learn's. Raises ``EstimatorError`` for a unit of another dimension, and
        where the law is undefined on a row.
        """
        check_is_fitted(self)
        series = as_series(y)
        goal = np.asarray(magnitudes(series), dtype=np.float64)
        column, unit = self.problem_.target_column, stated_unit(series)
        try:
            goal = goal if unit is None else in_unit_of(column.name, goal, unit, column.unit)
        except PredictionError as error:
            raise EstimatorError(reason=f"{error}.") from error
        predicted = np.asarray(self.predict(X))
        undefined = np.flatnonzero(~np.isfinite(predicted))
        if len(undefined):
            reason = f"the law is undefined on {rows_text(undefined, len(predicted))}, so it has no score there."
            raise EstimatorError(reason=reason, advice="Score it on the other rows.")
        from sklearn.metrics import r2_score

        return float(r2_score(goal, predicted, sample_weight=sample_weight))


def _check_lengths(first: Any, second: Any) -> None:
    try:
        check_consistent_length(first, second)
    except ValueError as error:
        raise refuse(error) from error


def _refuse_gaps(what: str, name: str, values: Floats) -> None:
    rows = np.flatnonzero(~np.isfinite(values))
    if len(rows):
        reason = f"{what} contains NaN or inf: column {name!r}, {rows_text(rows, len(values))}."
        raise EstimatorError(reason=reason, advice="Leave these rows out, or fill them in.")
