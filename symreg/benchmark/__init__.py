"""The SRBench protocol: draw rows from a known law, search, and judge whether the law came back.

``problems`` reads what is to be found, ``sampling`` draws the rows, ``equivalence`` judges a formula, ``run``
does it all for a set of problems and keeps ``results.csv``. ``forms`` asks another question, with the same
processes and files: of tables that people bring, how often is the form of the law found?
"""

from __future__ import annotations

from symreg.benchmark.forms.live import run_form_benchmark_command
from symreg.benchmark.forms.problems import holds_forms
from symreg.benchmark.live import run_benchmark_command
from symreg.benchmark.record.files import write_record

__all__ = [
    "holds_forms",
    "run_benchmark_command",
    "run_form_benchmark_command",
    "write_record",
]
