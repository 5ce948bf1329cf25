"""The door for scikit-learn: ``fit`` makes a ``Problem`` of a table and hands it to ``discover``.

Nothing is decided here that the experiment runner would decide otherwise. What is added is what scikit-learn
expects: parameters that survive ``clone``, pipelines and grid search, the units among them; learned
attributes with a trailing underscore; and arrays that are checked by scikit-learn's own rules.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_consistent_length, check_random_state, estimator_html_repr
from sklearn.utils.validation import check_is_fitted, validate_data

from symreg.errors import EstimatorError

if TYPE_CHECKING:
    import os

    from symreg.arrays import Floats
    from symreg.discover import Discovery, Progress
    from symreg.law import Law, ParetoFront
    from symreg.problem import FreeConstants, Problem
    from symreg.search.backend import Backend, Budget
    from symreg.table import Table
    from symreg.units import Unit

FIRST_ROWS = 5


class SymbolicRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Find the laws behind a table: short formulas that are exact in their dimensions.

    Parameters
    ----------
    units : unit texts by column name, the target's included ("v": "m/s"). Columns may state their units
        themselves: by a pint dtype, by ``attrs["units"]`` or in their names ("v [m/s]"). A column without a
        unit is a plain number. Names of columns that a pipeline has dropped may stay.
    target : the target's name; by default the name of ``y``, or "y".
    constants : names of physical constants ("c", "g_n"), or mappings with name, value, unit and stderr.
    free_constants : units that fitted coefficients may carry: "auto", "dimensionless", "inferred", or a list.
    operators : names, by default those of ``symreg.problem.DEFAULT_OPERATORS``.
    max_complexity : the longest formula, in leaves and operators.
    nested : limits on nesting; ``{"sin": {"cos": 1}}`` allows one cosine at most inside a sine.
    guesses : formulas to start from ("6.28*sqrt(L/g_n)").
    backend : the search, with its threads; by default ``symreg.Native()``.
    budget : seconds, or a ``symreg.Budget``; with a limit of evaluations alone, results repeat exactly.
    test_fraction : the part of the rows that is held out to judge laws by.
    random_state : seed of the split and of the search; the one in use is ``problem_.seed``.
    verbose : 1 prints the progress of the search.

    Attributes
    ----------
    front_ : the ``ParetoFront`` of laws. best_ : the selected ``Law``. discovery_ : the front, and how it was
    found. problem_ : the question as put to the search. n_features_in_, feature_names_in_ : scikit-learn's.
    """

    front_: ParetoFront
    best_: Law
    discovery_: Discovery
    problem_: Problem

    def __init__(
        self,
        *,
        units: Mapping[str, str] | None = None,
        target: str | None = None,
        constants: Sequence[Any] = (),
        free_constants: str | Sequence[str] | FreeConstants = "auto",
        operators: Sequence[str] | None = None,
        max_complexity: int = 30,
        nested: Mapping[str, Mapping[str, int]] | None = None,
        guesses: Sequence[Any] = (),
        backend: Backend | None = None,
        budget: Budget | float | None = None,
        test_fraction: float = 0.25,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.units = units
        self.target = target
        self.constants = constants
        self.free_constants = free_constants
        self.operators = operators
        self.max_complexity = max_complexity
        self.nested = nested
        self.guesses = guesses
        self.backend = backend
        self.budget = budget
        self.test_fraction = test_fraction
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, *, sigma: Any = None) -> SymbolicRegressor:
        """Search for the laws of ``y`` ``(n_rows,)`` in the columns of ``X`` ``(n_rows, n_inputs)``.

        ``sigma`` is the standard deviation of ``y``: one number, or one for each row, in the target's unit.
        Raises ``EstimatorError`` (a ``ValueError``) for what cannot be used, and before any search what
        ``read_table`` and ``make_problem`` raise: ``TableError``, ``UnitError``, ``InfeasibleError`` ...
        """
        from symreg.discover import discover
        from symreg.problem import MIN_ROWS

        self._check_parameters()
        numbers, goal = validate_data(
            self,
            _magnitudes(X),
            _magnitudes(y),
            dtype=np.float64,
            ensure_all_finite=False,
            ensure_min_samples=MIN_ROWS,
            y_numeric=True,
        )
        self._check_finite(numbers)
        problem = self._problem(self._table(X, y, numbers, np.asarray(goal, dtype=np.float64), sigma))
        discovery = discover(
            problem,
            backend=self.backend,
            budget=self._budget(),
            seed=problem.seed,
            observer=_print_progress if self.verbose else None,
        )
        if not discovery.front.laws:
            reason = f"no law was found that is defined on the data ({discovery.stop_reason})."
            raise EstimatorError(reason=reason, advice="Give a larger budget, or other operators.")
        self.problem_, self.discovery_ = discovery.problem, discovery
        self.front_, self.best_ = discovery.front, discovery.front.best
        return self

    def predict(self, X: Any) -> Floats:
        """The target by ``best_``, ``(n_rows,)``, in its own unit; NaN where the law is undefined.

        Columns that state a unit other than at ``fit`` are converted.
        """
        check_is_fitted(self)
        numbers = validate_data(self, _magnitudes(X), reset=False, dtype=np.float64, ensure_all_finite=False)
        self._check_finite(numbers)
        return self.best_.predict(self._in_units_of_fit(X, numbers))

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write a report of the search; the suffix of ``path`` chooses the format (.html, .tex, .md, .pdf)."""
        from symreg.report import write_report

        check_is_fitted(self)
        return write_report(self.discovery_, path)

    # ----------------------------------------------------------------------------------------- parameters

    def _check_parameters(self) -> None:
        for name, (kinds, wanted) in _PARAMETERS.items():
            value = getattr(self, name)
            if not isinstance(value, kinds) or (isinstance(value, bool) and name != "verbose"):
                raise EstimatorError(reason=f"{name} is {value!r}, and must be {wanted}.")
        if self.backend is not None and not callable(getattr(self.backend, "propose", None)):
            reason = f"backend is {self.backend!r}, and must be a backend such as Native(threads=2)."
            raise EstimatorError(reason=reason)
        self._budget()

    def _budget(self) -> Budget | None:
        from symreg.search.backend import Budget

        if self.budget is None or isinstance(self.budget, Budget):
            return self.budget
        if isinstance(self.budget, Real) and not isinstance(self.budget, bool):
            return Budget(time=float(self.budget))
        raise EstimatorError(reason=f"budget is {self.budget!r}, and must be seconds or a Budget.")

    def _seed(self) -> int:
        if isinstance(self.random_state, Integral):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    # ----------------------------------------------------------------------------------------- the problem

    def _problem(self, table: Table) -> Problem:
        from symreg.problem import Constraints, make_problem

        assert table.target is not None
        return make_problem(
            table,
            constants=self.constants,
            free_constants=self.free_constants,
            operators=self.operators,
            constraints=Constraints(int(self.max_complexity), self.nested or {}),
            guesses=self.guesses,
            test_fraction=self.test_fraction,
            seed=self._seed(),
            name=table.target,
        )

    def _table(self, X: Any, y: Any, numbers: Floats, goal: Floats, sigma: Any) -> Table:
        """Columns of ``X``, then ``y``, then ``sigma``, with the units that each of them states."""
        from symreg.table import read_table

        names = self._feature_names()
        target = self.target if self.target is not None else _own_name(y)
        if target in names:
            reason = f"the target is called {target!r}, and so is a column of X."
            raise EstimatorError(reason=reason, advice="Give it another name: target='...'.")
        frame = _frame(X, names, numbers)
        stated = _stated_by(y)
        if stated is not None:
            frame.attrs["units"] = {**frame.attrs.get("units", {}), target: stated}
        frame[target] = y.array if _is_pint(y) else goal
        spread: dict[str, str | float] = {}
        if isinstance(sigma, Real):
            spread[target] = float(sigma)
        elif sigma is not None:
            check_consistent_length(goal, sigma)
            spread[target] = _name_beside(f"sigma_{target}", frame.columns)
            frame[spread[target]] = sigma.array if _is_pint(sigma) else np.asarray(sigma)
        units = {} if self.units is None else self.units
        if not isinstance(units, Mapping):
            return read_table(frame, target=target, units=units, sigma=spread)
        table = read_table(frame, target=target, units=_known_units(units, frame), sigma=spread)
        _check_spelling(units, frame, table)
        return table

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
        for place, unit in _stated_units(X).items():
            name = self.problem_.inputs[place]
            wanted = self.problem_.table[name].unit
            if unit.dimension != wanted.dimension:
                reason = f"column {name!r} is in {unit.text!r}, but at fit it was in {wanted.text!r}."
                raise EstimatorError(reason=reason)
            if (unit.scale, unit.offset) != (wanted.scale, wanted.offset):
                converted = numbers.copy() if converted is numbers else converted
                converted[:, place] = wanted.from_si(unit.to_si(numbers[:, place]))
        return converted

    # ----------------------------------------------------------------------------------------- notebooks

    def _repr_html_(self) -> str:
        """The front; before fitting, scikit-learn's diagram."""
        return self.front_._repr_html_() if hasattr(self, "front_") else str(estimator_html_repr(self))

    def _repr_mimebundle_(self, **arguments: Any) -> dict[str, str]:
        if hasattr(self, "front_"):
            return {"text/plain": str(self.front_), "text/html": self._repr_html_()}
        bundle: dict[str, str] = super()._repr_mimebundle_(**arguments)
        return bundle


_TEXT = (str, type(None))
_PARAMETERS: dict[str, tuple[tuple[type, ...], str]] = {
    "target": (_TEXT, "a name or None"),
    "max_complexity": ((Integral,), "a whole number"),
    "nested": ((Mapping, type(None)), "a mapping such as {'sin': {'cos': 1}}, or None"),
    "test_fraction": ((Real,), "a number"),
    "verbose": ((Integral,), "0 or 1"),
}


def _print_progress(progress: Progress) -> None:
    best = progress.front.best.summary() if progress.front is not None and len(progress.front) else ""
    level = (
        f"{progress.elapsed:8.1f} s  complexity {progress.complexity:2d}  {progress.evaluated:,} evaluated"
    )
    print(f"{level}  {best}".rstrip(), flush=True)


# --------------------------------------------------------------------------------- names and units of pandas


def _is_frame(data: Any) -> bool:
    """Whether this is a pandas DataFrame, told by what the caller has imported."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def _is_pint(series: Any) -> bool:
    return type(getattr(series, "dtype", None)).__name__ == "PintType"


def _magnitudes(data: Any) -> Any:
    """The same data, with plain numbers in place of pint's quantities."""
    if _is_pint(data):
        import pandas as pd

        return pd.Series(data.array.quantity.magnitude, index=data.index, name=data.name)
    if not _is_frame(data) or not any(_is_pint(data.iloc[:, i]) for i in range(data.shape[1])):
        return data
    plain = data.copy(deep=False)
    for place in range(data.shape[1]):
        if _is_pint(data.iloc[:, place]):
            plain.isetitem(place, data.iloc[:, place].array.quantity.magnitude)
    return plain


def _own_name(y: Any) -> str:
    """The name that a Series, or the one column of a DataFrame, brings along."""
    name = y.columns[0] if _is_frame(y) else getattr(y, "name", None)
    return name if isinstance(name, str) and name else "y"


def _frame(X: Any, names: Sequence[str], numbers: Floats) -> Any:
    """A DataFrame of the columns of ``X`` under these names, which keeps the units that it states."""
    import pandas as pd

    if not _is_frame(X):
        return pd.DataFrame(numbers, columns=list(names))
    frame = X.set_axis(list(names), axis=1)
    units = X.attrs.get("units")
    if isinstance(units, Mapping):
        frame.attrs["units"] = {
            name: units[label] for name, label in zip(names, X.columns, strict=True) if label in units
        }
    return frame


def _stated_by(y: Any) -> str | None:
    """The unit in ``attrs`` of a Series: a text, or a mapping that it inherited from a DataFrame."""
    units = getattr(y, "attrs", {}).get("units")
    return units.get(_own_name(y)) if isinstance(units, Mapping) else units


def _stated_units(X: Any) -> dict[int, Unit]:
    """Units that a DataFrame states by pint dtype or ``attrs``, by the column's place."""
    from symreg.table_assembly import settle_unit
    from symreg.table_reading import pint_text

    if not _is_frame(X):
        return {}
    units = X.attrs.get("units")
    found = {}
    for place, label in enumerate(X.columns):
        series = X.iloc[:, place]
        stated = [("the pint dtype", pint_text(series.dtype.units))] if _is_pint(series) else []
        if isinstance(units, Mapping) and label in units:
            stated.append(("attrs['units']", str(units[label])))
        if stated:
            found[place] = settle_unit("X", str(label), stated)
    return found


def _name_beside(name: str, taken: Any) -> str:
    while name in taken:
        name = f"{name}_"
    return name


def _known_units(units: Mapping[str, str], frame: Any) -> dict[str, str]:
    """The units of columns that are there: ``units=`` may describe a table of which a step kept a part."""
    from symreg.headers import parse_header

    there = {header for header in frame.columns} | {parse_header(header).name for header in frame.columns}
    return {name: text for name, text in units.items() if not isinstance(name, str) or name in there}


def _check_spelling(units: Mapping[str, str], frame: Any, table: Table) -> None:
    """A unit without its column beside a column without its unit is a slip of the pen."""
    from symreg.headers import nearest

    known = _known_units(units, frame)
    unknown = [name for name in units if name not in known]
    bare = [name for name, text in table.units.items() if name not in known and text in ("", "1")]
    if unknown and bare:
        listed = ", ".join(map(repr, bare))
        reason = f"units= names {unknown[0]!r}, which is no column here, and no unit is given for {listed}."
        advice = f"{nearest(unknown[0], list(table.names))} The target is {table.target!r}."
        raise EstimatorError(reason=reason, advice=advice)
