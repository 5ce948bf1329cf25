"""Find dimensionally exact laws in tables with units.

    import symreg as sr

    data = sr.read_table("pendulum.csv", target="T")
    model = sr.SymbolicRegressor(units=data.units, constants=["g_n"]).fit(data.X, data.y)
    print(model.front_)

The public names of the package, and no more. Each is loaded when it is first asked for, so that ``import
symreg`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symreg.certainty.examination import Examination, Robustness, examined
    from symreg.certainty.intervals import IntervalError, constant_intervals
    from symreg.descriptor.classification import find_thresholds
    from symreg.descriptor.regression import find_descriptors
    from symreg.descriptor.settings import DescriptorError, DescriptorSettings
    from symreg.discovery import Discovery, discover
    from symreg.errors import (
        DimensionError,
        EngineError,
        EstimatorError,
        ExpressionError,
        InfeasibleError,
        LawError,
        OperatorError,
        ParseError,
        PhysicalConstantError,
        PredictionError,
        ProblemError,
        ReportError,
        SymregError,
        TableError,
        TableWarning,
        UnitError,
        UnitWarning,
    )
    from symreg.estimators.descriptor import DescriptorClassifier, DescriptorRegressor
    from symreg.estimators.symbolic import SymbolicRegressor
    from symreg.laws.law import ConstantInterval, Law, ParetoFront
    from symreg.live.shown import show_progress
    from symreg.problem import Problem
    from symreg.problem.making import make_problem
    from symreg.search.backend import Budget, BudgetError
    from symreg.search.native.settings import Native
    from symreg.tables.catalog import CatalogError, dataset_names, load_dataset
    from symreg.tables.table import Table, read_table
    from symreg.units.dimension import Dimension
    from symreg.units.reading import Unit, parse_unit

    __version__: str

__all__ = [
    "Budget",
    "BudgetError",
    "CatalogError",
    "ConstantInterval",
    "DescriptorClassifier",
    "DescriptorError",
    "DescriptorRegressor",
    "DescriptorSettings",
    "Dimension",
    "DimensionError",
    "Discovery",
    "EngineError",
    "EstimatorError",
    "Examination",
    "ExpressionError",
    "InfeasibleError",
    "IntervalError",
    "Law",
    "LawError",
    "Native",
    "OperatorError",
    "ParetoFront",
    "ParseError",
    "PhysicalConstantError",
    "PredictionError",
    "Problem",
    "ProblemError",
    "ReportError",
    "Robustness",
    "SymbolicRegressor",
    "SymregError",
    "Table",
    "TableError",
    "TableWarning",
    "Unit",
    "UnitError",
    "UnitWarning",
    "__version__",
    "constant_intervals",
    "dataset_names",
    "discover",
    "examined",
    "find_descriptors",
    "find_thresholds",
    "load_dataset",
    "make_problem",
    "parse_unit",
    "read_table",
    "show_progress",
]

# Every public name once, under the module that owns it; a test holds this against the imports above.
_OWNERS = {
    "symreg.tables.catalog": ("CatalogError", "dataset_names", "load_dataset"),
    "symreg.descriptor.classification": ("find_thresholds",),
    "symreg.descriptor.regression": ("find_descriptors",),
    "symreg.descriptor.settings": ("DescriptorError", "DescriptorSettings"),
    "symreg.estimators.descriptor": ("DescriptorClassifier", "DescriptorRegressor"),
    "symreg.units.dimension": ("Dimension",),
    "symreg.discovery": ("Discovery", "discover"),
    "symreg.errors": (
        "DimensionError", "EngineError", "EstimatorError", "ExpressionError", "InfeasibleError",
        "LawError", "OperatorError", "ParseError", "PhysicalConstantError", "PredictionError", "ProblemError",
        "ReportError", "SymregError", "TableError", "TableWarning", "UnitError", "UnitWarning",
    ),
    "symreg.estimators.symbolic": ("SymbolicRegressor",),
    "symreg.certainty.intervals": ("IntervalError", "constant_intervals"),
    "symreg.laws.law": ("ConstantInterval", "Law", "ParetoFront"),
    "symreg.live.shown": ("show_progress",),
    "symreg.problem": ("Problem", "make_problem"),
    "symreg.certainty.examination": ("Examination", "Robustness", "examined"),
    "symreg.search.backend": ("Budget", "BudgetError"),
    "symreg.search.native.settings": ("Native",),
    "symreg.tables.table": ("Table", "read_table"),
    "symreg.units.reading": ("Unit", "parse_unit"),
}  # fmt: skip
_OWNER = {name: owner for owner, names in _OWNERS.items() for name in names}


if not TYPE_CHECKING:  # which would otherwise take every misspelt name for granted

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from symreg.version import package_version

            value: Any = package_version()
        elif name in _OWNER:
            from importlib import import_module

            value = getattr(import_module(_OWNER[name]), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
