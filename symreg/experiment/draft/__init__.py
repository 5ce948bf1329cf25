"""A table as an experiment, without a file that says so: asked in a few words, or written down to be edited.

``asking`` makes a specification of a table and of what a command line says; ``draft`` writes the YAML file of it, with
every column and what was understood of it.
"""

from __future__ import annotations

from symreg.experiment.draft.asking import is_experiment_file, specification_of_table
from symreg.experiment.draft.draft import Draft, draft_experiment

__all__ = ["Draft", "draft_experiment", "is_experiment_file", "specification_of_table"]
