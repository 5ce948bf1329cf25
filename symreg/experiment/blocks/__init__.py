"""Blocks of an experiment's YAML file: each is one frozen model of pydantic with every default in sight."""

from __future__ import annotations

from symreg.experiment.blocks.answer import RankingPart, ReportPart, RobustnessPart
from symreg.experiment.blocks.part import Part, Text, Whole, all_known
from symreg.experiment.blocks.question import (
    ConstantPart,
    ConstraintsPart,
    FreeConstantsPart,
    FunctionPart,
    GuessPart,
    ParameterPart,
)
from symreg.experiment.blocks.search import BackendPart, BudgetPart, DescriptorsPart
from symreg.experiment.blocks.table import DIALECT_KEYS, ColumnPart, DataPart, NoisePart

__all__ = [
    "DIALECT_KEYS",
    "BackendPart",
    "BudgetPart",
    "ColumnPart",
    "ConstantPart",
    "ConstraintsPart",
    "DataPart",
    "DescriptorsPart",
    "FreeConstantsPart",
    "FunctionPart",
    "GuessPart",
    "NoisePart",
    "ParameterPart",
    "Part",
    "RankingPart",
    "ReportPart",
    "RobustnessPart",
    "Text",
    "Whole",
    "all_known",
]
