"""A law is a formula together with everything needed to judge and to use it.

Inside the search values are SI arrays and formulas are bare trees. A ``Law`` is what leaves it: the formula,
its constants in the user's units with standard errors, how well it does on rows that it was fitted on and on
rows that it has never seen, and ``predict``, which takes and gives the user's units. A ``ParetoFront`` is the
short list worth reading: one law per complexity, each better than every simpler one, and one of them selected
(``selection.py``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from symreg.errors import SymregError
from symreg.formula import Expression, evaluate_tree, variables_of
from symreg.laws.correlation import Correlation, correlations
from symreg.laws.score import Score
from symreg.tables import NewRows, new_rows
from symreg.typesetting import told
from symreg.units import Unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from symreg.laws.exporting import SympyLaw

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConstantInterval:
    """Where a constant lies with probability ``level``, in its unit; an infinite end is open, NaN is unknown."""

    name: str
    lower: float
    upper: float
    unit: Unit
    method: Literal["wald", "profile", "bootstrap"] = "wald"
    level: float = 0.95

    def __repr__(self) -> str:
        from symreg.laws.shown import interval_text

        return told("ConstantInterval", interval_text(self))


@dataclass(frozen=True, slots=True)
class LawConstant:
    """A named constant of a law: ``value`` and ``stderr`` in ``unit``.

    ``snapped`` is the simple number that replaced ``fitted_value`` ("1/2", "pi/4"), or None. ``interval`` is the one
    that was asked for, None where none was.
    """

    name: str
    value: float
    stderr: float
    unit: Unit
    kind: Literal["free", "known"] = "free"
    snapped: str | None = None
    fitted_value: float = float("nan")
    interval: ConstantInterval | None = None

    def __post_init__(self) -> None:
        if np.isnan(self.fitted_value):
            object.__setattr__(self, "fitted_value", self.value)

    def __repr__(self) -> str:
        from symreg.laws.printed import constant_text

        return told("LawConstant", constant_text(self))


@dataclass(frozen=True, slots=True)
class Law:
    """One formula, its constants and its scores.

    ``unit`` is the target's; ``input_units`` holds every input of the problem in order, also those that the
    formula does not use; ``covariance`` is ``(n_free, n_free)`` in the units of the free constants;
    ``held_out`` is the score of refits, each on rows it did without, where no rows are held out: ``judge`` says which
    rows these are ("held-out", "leave-one-out", "5-fold"). ``description_length`` is in bits; ``own_bits`` are those of
    it that the law itself takes, its form and its constants, without what it leaves over; None where nobody counted.
    """

    expression: Expression
    formula: str
    complexity: int
    unit: Unit
    dimension_ok: bool
    train: Score
    held_out: Score
    description_length: float
    constants: tuple[LawConstant, ...] = ()
    covariance: Array = field(default_factory=lambda: np.zeros((0, 0)), compare=False, repr=False)
    backend: str = "native"
    simplified: bool = False
    notes: tuple[str, ...] = ()
    input_units: Mapping[str, Unit] = field(default_factory=dict, hash=False)
    target: str = "y"
    judge: str = "held-out"
    own_bits: float | None = None

    def predict(self, data: Any) -> Array:
        """Values of the target in its own unit, ``(n_rows,)``; NaN where the law is undefined.

        ``data`` is a table that ``read_table`` reads from memory: a DataFrame, a mapping of names to arrays, numbers or
        quantities, an astropy table, an xarray Dataset, an array of records, a ``Table``. Only the columns that the
        formula holds have to be there, in any order; those that state a unit are converted, others are in the units
        the law was found in. Or it is an array ``(n_rows, n_inputs)`` in the order of ``input_units``. An empty cell
        gives NaN. Raises ``PredictionError`` for a missing column, one that holds no numbers or a quantity of another
        dimension, columns of different lengths, and an array of another shape; ``TableError`` and ``UnitError`` for
        cells and units that cannot be read.
        """
        rows = self.rows_of(data)
        leaves: dict[str, Any] = {c.name: float(c.unit.to_si(c.value)) for c in self.constants}
        leaves |= {name: self.input_units[name].to_si(values) for name, values in rows.columns.items()}
        with np.errstate(all="ignore"):
            si = np.asarray(evaluate_tree(self.expression, leaves), dtype=np.float64)
            values = np.asarray(self.unit.from_si(si), dtype=np.float64)
        values = np.where(np.isfinite(values), values, np.nan)
        return np.array(np.broadcast_to(values, (rows.n_rows,)))

    def rows_of(self, data: Any) -> NewRows:
        """The inputs that the formula holds, of ``data`` as ``predict`` takes it, in the units of ``input_units``.

        Columns have the shape ``(n_rows,)``. Raises what ``predict`` raises.
        """
        return new_rows(data, self.input_units, variables_of(self.expression), f"the law {self.formula}")

    @property
    def correlations(self) -> tuple[Correlation, ...]:
        """Correlations of each pair of fitted constants whose errors are known."""
        return correlations(tuple(one.name for one in self.constants if one.kind == "free"), self.covariance)

    @overload
    def to(self, language: Literal["sympy"]) -> SympyLaw: ...  # type: ignore[overload-overlap]
    @overload
    def to(self, language: Literal["torch", "jax"]) -> Any: ...
    @overload
    def to(self, language: str, *, siunitx: bool = False) -> str: ...
    def to(self, language: str, *, siunitx: bool = False) -> Any:
        """The formula as source text: "python", "numpy", "c", "latex", "text", ... (``laws.exporting``).

        Three names give no text but objects with their units: "sympy" a ``SympyLaw``, "jax" a ``JaxLaw``, and "torch" a
        module, whose fitted constants are parameters. ``siunitx`` writes "latex" with that package's quantities. Raises
        ``ReportError`` for another language, and for a library that is not installed.
        """
        from symreg.laws.exporting import law_as

        return law_as(self, language, siunitx=siunitx)

    def summary(self) -> str:
        """One line: ``period = k*a**(3/2), k = 365.21 ± 0.40 day/au**(3/2)``."""
        from symreg.laws.printed import summary

        return summary(self)

    def rename_constants(self, names: Mapping[str, str]) -> Law:
        """The law with its fitted constants under other names, ``{"k": "T"}``, which exports and notes have too.

        Raises ``LawError`` for a constant that is not there, and for a name that a column, another constant, a constant
        of nature or an operator has.
        """
        from symreg.laws.renaming import with_names

        return with_names(self, names)

    def plot(self, data: Any, *, sigma: Any = None, ax: Axes | None = None) -> Axes:
        """Draw the law through ``data``, a table as ``predict`` takes it, and give matplotlib's axes.

        A law of one input is drawn as a curve, with the target as points where the table has it, and error bars of
        ``sigma``: one number or ``(n_rows,)`` in the target's unit, or what a ``Table`` states. For more inputs, or
        none, predicted values are drawn against measured ones. Raises ``PredictionError`` for a missing column.
        """
        from symreg.laws.plotting import plot_law

        return plot_law(self, data, sigma=sigma, ax=ax)

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return told("Law", self.summary())

    def _repr_html_(self) -> str:
        from symreg.laws.shown import law_html

        return law_html(self)

    def _repr_latex_(self) -> str:
        from symreg.laws.printed import law_latex

        return law_latex(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from symreg.laws.shown import law_bundle

        return law_bundle(self)


@dataclass(frozen=True, slots=True)
class ParetoFront:
    """The laws worth reading, in ascending complexity; ``selected`` is the index of the one to believe, -1 for none.

    Where somebody chose another, ``believed`` is the index of the one that the description length selects, else None.
    """

    laws: tuple[Law, ...]
    selected: int
    believed: int | None = None

    @property
    def best(self) -> Law:
        """The selected law; ``SymregError`` where the front is empty."""
        if not self.laws:
            raise SymregError(message="the front is empty: no law was found that is defined on the data")
        return self.laws[self.selected]

    def choose(self, choice: Law | str | int) -> Law:
        """A law of the front: by its complexity (5), by its place in the list ("#2"), or "best", "accuracy", "score".

        "best" is the law that the description length selects, "accuracy" the one of the smallest error on rows that it
        was not fitted to, "score" the one at which the logarithm of that error falls most for each node more
        (``laws.choice.best_score``). Raises ``LawError`` where there is none.
        """
        from symreg.laws.choice import place_of

        return self.laws[place_of(self, choice)]

    def using(self, choice: Law | str | int) -> ParetoFront:
        """The front with that law selected, which may be one of the same question that is not on it.

        Raises ``LawError`` where no law is meant, and for a law of another target or other inputs.
        """
        from symreg.laws.choice import front_using

        return front_using(self, choice)

    def __len__(self) -> int:
        return len(self.laws)

    def __iter__(self) -> Iterator[Law]:
        return iter(self.laws)

    @overload
    def __getitem__(self, index: int) -> Law: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Law, ...]: ...
    def __getitem__(self, index: int | slice) -> Law | tuple[Law, ...]:
        return self.laws[index]

    def to_frame(self) -> pd.DataFrame:
        """A row for each law: formula, complexity, errors in ``unit`` and R² on both parts of the rows, bits, selected.

        ``(n_laws, 11)``; the law itself is the last column.
        """
        from symreg.laws.front_table import front_table

        return front_table(self)

    def to_latex(self, *, siunitx: bool = False) -> str:
        """The front as a table of LaTeX with booktabs; with ``siunitx`` constants are quantities of that package."""
        from symreg.laws.exporting import front_latex

        return front_latex(self, siunitx=siunitx)

    def __str__(self) -> str:
        from symreg.laws.printed import table_text

        return table_text(self)

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw errors over complexity, the selected law ringed, and give matplotlib's axes."""
        from symreg.laws.plotting import plot_front

        return plot_front(self, ax=ax)

    def __repr__(self) -> str:
        from symreg.laws.front_text import front_text

        return front_text(self, shutil.get_terminal_size().columns)

    def _repr_html_(self) -> str:
        from symreg.laws.shown import front_html

        return front_html(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def pareto_front(laws: Iterable[Law]) -> ParetoFront:
    """The front over complexity and held-out error, with one law selected (see ``selection.py``)."""
    from symreg.laws.selection import front_of, select

    every = tuple(laws)
    front = front_of(every)
    # Among all of them: on the front a law may be alone with a neighbour that another, left off it, told from it.
    believed = select(every)
    selected = next((place for place, law in enumerate(front) if believed >= 0 and law is every[believed]), -1)
    return ParetoFront(front, selected)
