"""The answer of an experiment: how laws are ranked, how the selected one is examined, and what is reported."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationInfo, model_validator
from pydantic import field_validator as validate

from symreg.experiment.amounts import parse_duration
from symreg.experiment.blocks.part import Part, Text, Whole, all_known


class RankingPart(Part):
    """By which rows laws are ranked: those held out, or by ``folds`` refits, each judged on rows it did without."""

    by: Literal["held_out", "cross_validation"] = "held_out"
    folds: Whole = Field(default=5, ge=2, le=500)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"by": value} if isinstance(value, str) else value


class RobustnessPart(Part):
    """How the answer is examined: resampled rows, seconds for them, and whole searches on other draws of the rows."""

    resamples: Whole = Field(default=50, ge=0, le=10_000)
    time: float = 2.0
    searches: Whole = Field(default=0, ge=0, le=1000)
    search_time: float = 5.0

    @validate("time", "search_time", mode="before")
    @classmethod
    def _seconds(cls, value: Any) -> float:
        return parse_duration(value)


class ReportPart(Part):
    """Which reports are written at the end, and into which languages the selected law is exported.

    ``intervals`` says how those of the selected law's constants are computed, ``level`` what they hold.
    """

    formats: tuple[Text, ...] = ("html",)
    exports: tuple[Text, ...] = ()
    intervals: Literal["wald", "profile", "bootstrap"] = "wald"
    level: float = Field(default=0.95, gt=0.0, lt=1.0)

    @validate("formats", "exports")
    @classmethod
    def _known_names(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        from symreg.report import EXPORT_LANGUAGES, FORMATS

        return all_known(value, FORMATS if info.field_name == "formats" else EXPORT_LANGUAGES)
