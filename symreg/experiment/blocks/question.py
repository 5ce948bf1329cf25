"""The question of an experiment: constants, guesses and limits, and the parameters and functions of a given form."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic import field_validator as validate

from symreg.experiment.blocks.part import Part, Text, Whole, as_text
from symreg.wording import choices, shortened


class ConstantPart(Part):
    """A known constant: by name alone (CODATA), or with its own ``value``, ``unit`` and ``stderr``."""

    name: Text
    value: float | None = None
    unit: Text = "1"
    stderr: float = Field(default=0.0, ge=0.0)


class FreeConstantsPart(Part):
    """Units that fitted coefficients may carry, and where their values may lie.

    ``units`` is ``auto``, ``dimensionless``, ``inferred``, or a list of units. ``bounds`` are ``[lower, upper]`` or
    ``[lower, upper, unit]``, null for none; they and ``integer`` name constants of guesses. ``names: {T: K}`` calls a
    fitted constant that is a temperature T.
    """

    units: Literal["auto", "dimensionless", "inferred"] | tuple[Text, ...] = "auto"
    positive: bool = False
    bounds: dict[str, tuple[float | None, float | None] | tuple[float | None, float | None, Text]] = {}
    integer: tuple[Text, ...] = ()
    names: dict[Text, Text] = {}

    @validate("units", mode="before")
    @classmethod
    def _policy_or_list(cls, value: object) -> object:
        allowed = ("auto", "dimensionless", "inferred")
        if isinstance(value, list | tuple) and all(isinstance(as_text(unit), str) for unit in value):
            return [as_text(unit) for unit in value]
        if value in allowed:
            return value
        raise ValueError(
            f"{shortened(value)} is no policy; {choices(str(value), allowed)}, or a list of units"
        )


class GuessPart(Part):
    """A formula to start from, with the names of its free constants."""

    formula: Text
    constants: tuple[Text, ...] = ()


class ConstraintsPart(Part):
    """Limits on the form of a law and its values.

    ``nested: {sin: {cos: 1}}`` allows one cosine at most inside a sine. ``monotonic: {x: increasing}`` and ``range:
    [0, null]``, in the target's unit, hold over the table's box.
    """

    max_complexity: Whole = Field(default=40, ge=1, le=1000)
    nested: dict[str, dict[str, Annotated[Whole, Field(ge=0)]]] = {}
    monotonic: dict[str, Literal["increasing", "decreasing"]] = {}
    range: tuple[float | None, float | None] | None = None


class ParameterPart(Part):
    """A named number of the form that ``data.target`` gives: its unit, where its fit starts, and its bounds."""

    unit: Text | None = None
    start: float | None = None
    lower: float | None = None
    upper: float | None = None


class FunctionPart(Part):
    """Limits on an unknown function of the form that ``data.target`` gives."""

    unit: Text | None = None
    max_complexity: Whole | None = Field(default=None, ge=1, le=1000)
