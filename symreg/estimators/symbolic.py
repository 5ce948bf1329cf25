"""The door for scikit-learn: ``fit`` makes a ``Problem`` of a table and hands it to ``discover``.

Nothing is decided here that the experiment runner would decide otherwise. What is added is what scikit-learn
expects: parameters that survive ``clone``, pipelines and grid search, the units among them; learned
attributes with a trailing underscore; and arrays that are checked by scikit-learn's own rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from sklearn.utils import check_random_state, estimator_html_repr
from sklearn.utils.validation import check_is_fitted

from symreg.errors import EstimatorError
from symreg.estimators.choosing import ChoosesLaws
from symreg.estimators.given import checked_weights
from symreg.estimators.table import TableRegressor
from symreg.laws import band_of
from symreg.live import first_interrupt_asks, show_progress
from symreg.problem import is_template, target_of
from symreg.tables import as_series, framed, magnitudes

if TYPE_CHECKING:
    import os

    from symreg.arrays import Floats
    from symreg.certainty import Examination, IntervalMethod
    from symreg.discovery import Discovery
    from symreg.laws import Choice, Intervals
    from symreg.problem import FreeConstants, Problem
    from symreg.search import Backend, Budget
    from symreg.tables import Table


class SymbolicRegressor(ChoosesLaws, TableRegressor):
    """Find the laws behind a table: short formulas that are exact in their dimensions.

    Parameters
    ----------
    units : unit texts by column name, the target's included ("v": "m/s"). Columns may state their units
        themselves: by a pint dtype, by ``attrs["units"]`` or in their names ("v [m/s]"). A column without a
        unit is a plain number. Names of columns that a pipeline has dropped may stay.
    target : the target's name; by default the name of ``y``, or "y". With an equals sign it is the form of the law,
        "rate = Vmax*c/(K + c)" or "T = f(L, g_n)", whose inputs are the columns that it names.
    parameters : the form's named numbers, as names or as a mapping to unit, start, lower and upper.
    functions : limits on the form's unknown functions; ``{"f": {"unit": "m", "max_complexity": 8}}``.
    constants : names of physical constants ("c", "g_n"), or mappings with name, value, unit and stderr; "auto"
        offers constants of nature by their dimensions.
    free_constants : units that fitted coefficients may carry: "auto", "dimensionless", "inferred", or a list; or a
        mapping with units, positive, bounds, integer and names ({"T": "K"} calls a fitted temperature T).
    operators : names, by default those of ``symreg.problem.DEFAULT_OPERATORS``.
    max_complexity : the longest formula, in leaves and operators.
    nested : limits on nesting; ``{"sin": {"cos": 1}}`` allows one cosine at most inside a sine.
    monotonic : inputs with which the target only rises or falls; ``{"x": "increasing"}``.
    value_range : the lowest and the highest value of the target, in its unit; None for no bound.
    guesses : formulas to start from ("6.28*sqrt(L/g_n)").
    loss : how a residual counts: "squared"; "huber" or "student" where some rows may lie far off, a little or by a lot;
        "log" where errors multiply the values, which are positive; "auto": squares, unless rows turn out far off.
    backend : the search, with its threads, or its name ("operon"); a list runs all under one budget and merges what
        they find. By default ``symreg.Native()``.
    budget : seconds, or a ``symreg.Budget``; with a limit of evaluations alone, results repeat exactly. By default 60
        seconds.
    test_fraction : the part of the rows that is held out to judge laws by, from 0 to 0.9; for 0, or of fewer than 20
        rows, each row is left out in turn.
    folds : judge laws by cross-validation instead, with so many folds; no rows are held out then.
    examination : ``symreg.Examination()`` to learn after the search how sure the form is: ``discovery_.robustness``.
    model_selection : the law that predicts: "best" by description length, "accuracy" by the smallest held-out error,
        "score" where its logarithm falls most for each node more (PySR's score), or a complexity. See ``use``.
    random_state : seed of the split and of the search; None draws one. The one in use is ``problem_.seed``.
    verbose : 1 tells how the search goes: a line every few seconds, or a bar in a notebook.

    Attributes
    ----------
    front_ : the ``ParetoFront`` of laws. best_ : the selected ``Law``. discovery_ : the front, and how it was
    found, with its ``history``. problem_ : the question as put to the search. screening_ : of more than 24 columns,
    why each entered the search or did not (a ``Screening``); None of fewer. n_features_in_, feature_names_in_ :
    scikit-learn's.
    """

    def __init__(
        self,
        *,
        units: Mapping[str, str] | None = None,
        target: str | None = None,
        constants: str | Sequence[Any] = (),
        free_constants: str | Sequence[str] | Mapping[str, Any] | FreeConstants = "auto",
        operators: Sequence[str] | None = None,
        max_complexity: int = 40,
        nested: Mapping[str, Mapping[str, int]] | None = None,
        parameters: Mapping[str, Any] | Sequence[str] = (),
        functions: Mapping[str, Any] | None = None,
        monotonic: Mapping[str, Any] | None = None,
        value_range: tuple[float | None, float | None] | None = None,
        guesses: Sequence[Any] = (),
        loss: str = "auto",
        backend: Backend | str | Sequence[Backend | str] | None = None,
        budget: Budget | float | None = None,
        test_fraction: float = 0.25,
        folds: int | None = None,
        examination: Examination | None = None,
        model_selection: str | int = "best",
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
        self.parameters = parameters
        self.functions = functions
        self.monotonic = monotonic
        self.value_range = value_range
        self.guesses = guesses
        self.loss = loss
        self.backend = backend
        self.budget = budget
        self.test_fraction = test_fraction
        self.folds = folds
        self.examination = examination
        self.model_selection = model_selection
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, *, sigma: Any = None, sample_weight: Any = None) -> Self:
        """Search for the laws of ``y`` ``(n_rows,)`` in the columns of ``X`` ``(n_rows, n_inputs)``.

        ``X`` is a DataFrame (units in headers, in ``attrs["units"]``, by pint dtypes or in a second level of labels), a
        mapping of names to arrays or quantities, an astropy table, an xarray Dataset, an array of records, a ``Table``,
        or an array, whose columns are x0, x1, ... ``y`` is one column of such a kind.
        ``sigma`` is the standard deviation of ``y``: one number, or one for each row, in the target's unit. A
        mapping gives it by name for inputs too, each in its own unit: ``{"y": 0.1, "x": [0.02, ...]}``.
        ``sample_weight`` ``(n_rows,)`` says how much each row counts: the variance of its error goes with the inverse
        of its weight, as that of a mean of so many readings does. Beside ``sigma``, that is divided by the root of the
        weight; without, only ratios of weights mean anything, and errors are not asked whether they grow with the
        target. Rows of weight zero have no part at all.
        Raises ``EstimatorError`` (a ``ValueError``) for what cannot be used, and where no law is defined on the data;
        before any search what ``read_table`` and ``make_problem`` raise: ``TableError``, ``UnitError``,
        ``InfeasibleError`` ...

        Ctrl-C, or the stop button of a notebook, ends the search with the best so far: ``fit`` returns, ``front_`` and
        ``best_`` are there, and ``discovery_.status`` is "interrupted". A second one before that raises
        ``KeyboardInterrupt``, as does one within three seconds after (such as in the next fit of a grid search), and
        the first where no law is known yet; then nothing has changed.
        """

        self._check_parameters()
        X, y = framed(X), as_series(y)
        numbers, goal = self._checked(X, magnitudes(y), y_numeric=True)
        problem = self._problem(self._table(X, y, numbers, goal, sigma), checked_weights(sample_weight, len(goal)))
        with first_interrupt_asks(then_raise=True) as stop:
            discovery = self._discovered(problem, stop)
        self._select(discovery)
        return self

    def _discovered(self, problem: Problem, stop: Callable[[], bool]) -> Discovery:
        """What the search finds, examined if that is asked for."""
        from symreg.discovery import discover

        show = show_progress() if self.verbose else None
        discovery = discover(
            problem, backend=self._backend(), budget=self._budget(), seed=problem.seed, observer=show, stop=stop
        )
        if not discovery.front.laws:
            if discovery.status == "interrupted":
                raise KeyboardInterrupt
            reason = f"no law was found that is defined on the data ({discovery.stop_reason})."
            raise EstimatorError(reason=reason, advice=_advice(problem))
        if self.examination is None or discovery.status == "interrupted":
            return discovery
        from symreg.certainty import examined

        return examined(discovery, self.examination, backend=self._backend(), stop=stop, observer=show)

    @overload
    def predict(self, X: Any, return_std: Literal[False] = False, *, law: Choice | None = None) -> Floats: ...
    @overload
    def predict(self, X: Any, return_std: Literal[True], *, law: Choice | None = None) -> tuple[Floats, Floats]: ...
    def predict(
        self, X: Any, return_std: bool = False, *, law: Choice | None = None
    ) -> Floats | tuple[Floats, Floats]:
        """The target by ``best_`` or another ``law`` (see ``use``), ``(n_rows,)``, in its own unit; NaN if undefined.

        ``X`` is any table that ``fit`` takes, with the columns that the law holds, in any order and among any others;
        one that states another unit than at ``fit`` is converted, one that states none is in that unit. An array
        ``(n_rows, n_inputs)`` has all columns in the order of ``fit``. With ``return_std`` the values come with the
        standard deviation of a new measurement from them, ``(n_rows,)`` in the target's unit: the error of the law and
        the scatter around it together, as scikit-learn's ``BayesianRidge`` gives them. About 68 % of new measurements
        lie within one of it, 95 % within 1.96, if the form is right and the rows were many; ``symreg.laws.band_of``
        keeps both parts apart and knows how few the rows were. Raises ``EstimatorError`` for a missing column, for NaN,
        infinity and text in ``X``, for a unit of another dimension, and where no law is meant.
        """
        columns, chosen = self._new_rows(X), self._law(law)
        values = self._predicted(chosen, columns)
        return (values, band_of(chosen, self.problem_, columns).measurement_error) if return_std else values

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write a report about ``best_``; the suffix of ``path`` chooses the format: .html, .tex, .md, .pdf.

        Raises ``ReportError`` for another suffix.
        """
        from symreg.report import write_report

        check_is_fitted(self)
        return write_report(self.discovery_, path)

    def intervals(self, *, method: IntervalMethod = "profile", level: float = 0.95, **how: Any) -> Intervals:
        """Where the constants of ``best_`` lie with probability ``level``, in their units.

        ``method`` is "profile", "bootstrap" or "wald"; ``how``, and what is raised: see ``symreg.constant_intervals``.
        """
        from symreg.certainty import constant_intervals

        check_is_fitted(self)
        return constant_intervals(self.problem_, self.best_, method=method, level=level, **how)

    # ----------------------------------------------------------------------------------------- parameters

    def _check_parameters(self) -> None:
        for name, (kinds, wanted) in _PARAMETERS.items():
            value = getattr(self, name)
            if not isinstance(value, kinds) or (isinstance(value, bool) and name != "verbose"):
                raise EstimatorError(reason=f"{name} is {value!r}, and must be {wanted}.")
        self._backend()
        self._check_examination()
        self._check_model_selection()
        self._budget()

    def _check_examination(self) -> None:
        if self.examination is None:
            return
        from symreg.certainty import Examination

        if not isinstance(self.examination, Examination):
            reason = f"examination is {self.examination!r}, and must be None or such as Examination(resamples=50)."
            raise EstimatorError(reason=reason)

    def _backend(self) -> Backend | None:
        from symreg.search import BackendError, backend_from

        try:
            return None if self.backend is None else backend_from(self.backend)
        except BackendError as error:
            raise EstimatorError(reason=f"{error}.") from error

    def _budget(self) -> Budget | None:
        from symreg.search import Budget

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

    def _problem(self, table: Table, weights: Floats | None) -> Problem:
        from symreg.problem import Constraints, make_problem

        assert table.target is not None
        return make_problem(
            table,
            target=None if self.target == table.target else self.target,
            parameters=self.parameters,
            functions=self.functions,
            constants=self.constants,
            free_constants=self.free_constants,
            operators=self.operators,
            constraints=Constraints(
                int(self.max_complexity), self.nested or {}, self.monotonic or {}, self.value_range
            ),
            guesses=self.guesses,
            loss=self.loss,
            weights=weights,
            test_fraction=self.test_fraction,
            folds=self.folds,
            seed=self._seed(),
            name=table.target,
        )

    def _target_name(self, y: Any) -> str | None:
        """The target's name where one was given, alone or in front of the form of its law."""
        if self.target is None or not is_template(self.target, [str(getattr(y, "name", ""))]):
            return self.target
        return target_of(self.target)

    # ----------------------------------------------------------------------------------------- notebooks

    def _repr_html_(self) -> str:
        """The front; before fitting, scikit-learn's diagram."""
        return self.front_._repr_html_() if hasattr(self, "front_") else str(estimator_html_repr(self))

    def _repr_mimebundle_(self, **arguments: Any) -> dict[str, str]:
        if hasattr(self, "front_"):
            return self.front_._repr_mimebundle_()
        bundle: dict[str, str] = super()._repr_mimebundle_(**arguments)
        return bundle


_PARAMETERS: dict[str, tuple[tuple[type, ...], str]] = {
    "units": ((Mapping, type(None)), "a mapping from column names to units, such as {'v': 'm/s'}, or None"),
    "target": ((str, type(None)), "a name or None"),
    "max_complexity": ((Integral,), "a whole number"),
    "nested": ((Mapping, type(None)), "a mapping such as {'sin': {'cos': 1}}, or None"),
    "monotonic": ((Mapping, type(None)), "a mapping such as {'x': 'increasing'}, or None"),
    "functions": ((Mapping, type(None)), "a mapping such as {'f': {'max_complexity': 8}}, or None"),
    "test_fraction": ((Real,), "a number"),
    "verbose": ((Integral,), "0 or 1"),
}


def _advice(problem: Problem) -> str:
    """What to do where no law was found."""
    if problem.template is None or problem.template.functions:
        return "Give a larger budget, or other operators."
    return "Look where the form is undefined (a root or logarithm below 0, a division by 0); give parameters a start."
