"""What estimators share: arrays checked by scikit-learn's rules, as tables with units, there and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length

from symreg.errors import EstimatorError
from symreg.tables import as_series, named_frame, stated_units, training_table

if TYPE_CHECKING:
    from symreg.arrays import Floats
    from symreg.problem import Problem
    from symreg.tables import Table

FIRST_ROWS = 5
"""Row numbers that an error lists before it says "...": enough to find the fault, and still one line. Set by hand."""


class TableEstimator(BaseEstimator):  # type: ignore[misc]
    """An estimator with the parameters ``units`` and ``target``, whose ``fit`` leaves ``problem_``."""

    units: Mapping[str, str] | None
    target: str | None
    problem_: Problem
    n_features_in_: int

    def _table(self, X: Any, y: Any, numbers: Floats, goal: Floats, sigma: Any) -> Table:
        return training_table(
            named_frame(X, self._feature_names(), numbers),
            as_series(y),
            goal,
            target=self._target_name(y),
            sigma=sigma,
            units=self.units or {},
            check_lengths=check_consistent_length,
        )

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
        bad = ~np.isfinite(numbers)
        if not bad.any():
            return
        place = int(np.flatnonzero(bad.any(axis=0))[0])
        rows = np.flatnonzero(bad[:, place])
        listed = ", ".join(str(row + 1) for row in rows[:FIRST_ROWS]) + ", ..." * (len(rows) > FIRST_ROWS)
        reason = (
            f"X contains NaN or inf: column {self._feature_names()[place]!r}, {len(rows)} of {len(numbers)} "
            f"rows ({listed})."
        )
        raise EstimatorError(reason=reason, advice="Leave these rows out, or fill them in.")

    def _in_units_of_fit(self, X: Any, numbers: Floats) -> Floats:
        converted = numbers
        for place, unit in stated_units(X).items():
            name = self._names_at_fit()[place]
            wanted = self.problem_.table[name].unit
            if unit.dimension != wanted.dimension:
                reason = f"column {name!r} is in {unit.text!r}, but at fit it was in {wanted.text!r}."
                raise EstimatorError(reason=reason)
            if (unit.scale, unit.offset) != (wanted.scale, wanted.offset):
                converted = numbers.copy() if converted is numbers else converted
                converted[:, place] = wanted.from_si(unit.to_si(numbers[:, place]))
        return converted
