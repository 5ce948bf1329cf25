"""The table of an experiment: where it comes from, noise on it, and what is known of its columns."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic import field_validator as validate

from symreg.experiment.blocks.part import Part, Text, Whole
from symreg.wording import shortened

DIALECT_KEYS = ("separator", "decimal", "header_rows", "units_row", "skip_rows", "encoding", "sheet", "missing")
"""Keys of ``data:`` that say how a file is written."""


class NoisePart(Part):
    """Gaussian noise: ``rms`` times the root mean square of the target, or ``relative`` to each value."""

    rms: float | None = Field(default=None, ge=0.0, le=1000.0)
    relative: float | None = Field(default=None, ge=0.0, le=1000.0)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.rms is None) == (self.relative is None):
            raise ValueError("give one of {rms: LEVEL} and {relative: LEVEL}")
        return self


class InputPart(Part):
    """An input to be drawn between ``low`` and ``high``, in ``unit``; see ``generate``."""

    low: float
    high: float
    unit: Text = "1"
    distribution: Literal["uniform", "loguniform", "integer"] = "uniform"
    above: Text | None = None


class TargetPart(Part):
    """The column that the formula computes."""

    name: Text
    unit: Text = "1"


class ValuePart(Part):
    """A constant of a formula: ``value`` in ``unit``."""

    value: float
    unit: Text = "1"


class GeneratePart(Part):
    """A table drawn from a known law, for experiments with a known answer.

    ``seed`` is the experiment's if absent.
    """

    formula: Text
    target: TargetPart
    inputs: dict[str, InputPart]
    constants: dict[str, str | ValuePart] = {}
    rows: Whole = Field(default=1000, ge=1, le=10_000_000)
    noise: NoisePart | None = None
    seed: Whole | None = Field(default=None, ge=0, lt=2**63)

    @validate("constants", mode="before")
    @classmethod
    def _names_or_values(cls, value: Any) -> Any:
        """``[c, h]``, ``{c: c}``, ``{g: 9.81}`` or ``{g: {value: 9.81, unit: m/s**2}}``."""
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            return {name: name for name in value}
        if isinstance(value, dict):
            return {
                key: {"value": item} if isinstance(item, int | float) else item for key, item in value.items()
            }
        return value


class DataPart(Part):
    """Where the table comes from: one of ``file``, ``dataset``, ``generate``.

    ``noise`` is for training rows only. ``weights`` is the column that says how much each row counts.
    """

    file: Text | None = None
    dataset: Text | None = None
    generate: GeneratePart | None = None
    target: Text | None = None
    inputs: tuple[Text, ...] | None = None
    weights: Text | None = None
    test_fraction: float = Field(default=0.25, ge=0.0, lt=1.0)
    nan: Literal["error", "drop"] = "error"
    noise: NoisePart | None = None
    separator: str | None = Field(default=None, min_length=1, max_length=20)
    decimal: Literal[".", ","] | None = None
    header_rows: Whole | None = Field(default=None, ge=0, le=20)
    units_row: Whole | None = Field(default=None, ge=1, le=20)
    skip_rows: Whole | None = Field(default=None, ge=0, le=1_000_000)
    encoding: Text | None = None
    sheet: Whole | str | None = None
    missing: tuple[float | str, ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [key for key in ("file", "dataset", "generate") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"name one of file, dataset, generate; here: {', '.join(given) or 'none'}")
        if self.file is None and self.dialect:
            raise ValueError(f"{next(iter(self.dialect))} says how a file is written, and there is none")
        return self

    @property
    def dialect(self) -> dict[str, Any]:
        """What is said of how the file is written, as keywords of ``read_table``."""
        given = {key: getattr(self, key) for key in DIALECT_KEYS}
        return {key: value for key, value in given.items() if value not in (None, ())}


class ColumnPart(Part):
    """What is known of a column.

    Its unit, and its uncertainty: a number in that unit, a part of the size such as "5 %", ``{relative: 5 %, floor:
    0.1}``, ``poisson`` for counts, or a column's name.
    """

    unit: Text | None = None
    sigma: float | str | dict[str, float | str | bool] | None = None

    @validate("sigma", mode="before")
    @classmethod
    def _number_or_column(cls, value: object) -> object:
        from symreg.tables import ErrorModelError, read_error_model

        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | str | dict)):
            raise ValueError(f"a number in the column's unit or the name of a column, not {shortened(value)}")
        try:
            read_error_model(value)
        except ErrorModelError as error:
            raise ValueError(str(error)) from None
        return value
