"""The question: a table, its target and inputs, constants, operators, a given form, and the rows that are held out."""

from __future__ import annotations

from symreg.arrays import Floats
from symreg.problem.candidate import SHRINKS, Candidate, FreeConstant, most_constants
from symreg.problem.constant_names import ConstantName, fault_of_name
from symreg.problem.constants import FreeConstants
from symreg.problem.constraints import Constraints
from symreg.problem.feasibility import out_of_balance
from symreg.problem.form import has_form, is_short, parts_of
from symreg.problem.limits import ConstantLimit, limits_in_words
from symreg.problem.loss import ROBUST, AskedLoss, Loss
from symreg.problem.making import MIN_ROWS, make_problem
from symreg.problem.natural_units import NaturalUnits, choose_natural_units
from symreg.problem.offered import FAMILIAR
from symreg.problem.problem import THINNED_ROWS, Problem
from symreg.problem.reach import beyond_reach, least_complexities
from symreg.problem.rows import TINY, combed, combed_to, designed_rows, sizes_of, trend, turns_of
from symreg.problem.summary import describe
from symreg.problem.template import Parameter, Template, UnknownFunction, is_template, target_of

__all__ = [
    "FAMILIAR",
    "MIN_ROWS",
    "ROBUST",
    "SHRINKS",
    "THINNED_ROWS",
    "TINY",
    "AskedLoss",
    "Candidate",
    "ConstantLimit",
    "ConstantName",
    "Constraints",
    "Floats",
    "FreeConstant",
    "FreeConstants",
    "Loss",
    "NaturalUnits",
    "Parameter",
    "Problem",
    "Template",
    "UnknownFunction",
    "beyond_reach",
    "choose_natural_units",
    "combed",
    "combed_to",
    "describe",
    "designed_rows",
    "fault_of_name",
    "has_form",
    "is_short",
    "is_template",
    "least_complexities",
    "limits_in_words",
    "make_problem",
    "most_constants",
    "out_of_balance",
    "parts_of",
    "sizes_of",
    "target_of",
    "trend",
    "turns_of",
]
