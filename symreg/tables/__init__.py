"""Tables: every source that carries units becomes one frozen table in SI, or a sentence about what cannot be read."""

from __future__ import annotations

from symreg.tables.as_pandas import as_series, framed, stated_unit
from symreg.tables.catalog import (
    CatalogError,
    dataset_folder,
    dataset_names,
    datasets_folder,
    load_dataset,
    problem_set_names,
)
from symreg.tables.checks import is_constant, warn_of_twins
from symreg.tables.error_model import ErrorModelError, read_error_model
from symreg.tables.frames import magnitudes, named_frame, training_table
from symreg.tables.generate import (
    Distribution,
    GeneratedConstant,
    GeneratedInput,
    GeneratedTable,
    GenerationError,
    NoiseKind,
    generate_table,
    read_noise,
    root_mean_square,
    with_noise,
)
from symreg.tables.headers import check_name, column_unit, is_plain_name, nearest
from symreg.tables.holders import is_table
from symreg.tables.new_rows import NewRows, header_names, in_unit_of, new_rows
from symreg.tables.rows import read_rows
from symreg.tables.table import Column, Table, read_table

__all__ = [
    "CatalogError",
    "Column",
    "Distribution",
    "ErrorModelError",
    "GeneratedConstant",
    "GeneratedInput",
    "GeneratedTable",
    "GenerationError",
    "NewRows",
    "NoiseKind",
    "Table",
    "as_series",
    "check_name",
    "column_unit",
    "dataset_folder",
    "dataset_names",
    "datasets_folder",
    "framed",
    "generate_table",
    "header_names",
    "in_unit_of",
    "is_constant",
    "is_plain_name",
    "is_table",
    "load_dataset",
    "magnitudes",
    "named_frame",
    "nearest",
    "new_rows",
    "problem_set_names",
    "read_error_model",
    "read_noise",
    "read_rows",
    "read_table",
    "root_mean_square",
    "stated_unit",
    "training_table",
    "warn_of_twins",
    "with_noise",
]
