"""What the YAML file of an experiment may say, all blocks together, read from it and checked.

A mistake is reported with its line, its place, what is allowed there and the nearest spelling, and all mistakes of a
file are reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic import field_validator as validate

from symreg.document import Document, read_document, read_document_text
from symreg.errors import SpecificationError
from symreg.experiment.blocks import (
    BackendPart,
    BudgetPart,
    ColumnPart,
    ConstantPart,
    ConstraintsPart,
    DataPart,
    DescriptorsPart,
    FreeConstantsPart,
    FunctionPart,
    GuessPart,
    ParameterPart,
    Part,
    RankingPart,
    ReportPart,
    RobustnessPart,
    Text,
    Whole,
    all_known,
)
from symreg.experiment.explanation import explained, explained_by_place
from symreg.problem import AskedLoss
from symreg.wording import shortened

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_NAME = re.compile(r"[^\W_][\w=+,. -]{0,99}")


class Specification(Part):
    """One experiment, complete; ``data.file`` is absolute once the file has been read."""

    version: Literal[1]
    name: Text
    data: DataPart
    columns: dict[str, ColumnPart] = {}
    constants: tuple[ConstantPart, ...] = ()
    free_constants: FreeConstantsPart = FreeConstantsPart()
    operators: tuple[Text, ...] | None = None
    constraints: ConstraintsPart = ConstraintsPart()
    parameters: dict[str, ParameterPart] = {}
    functions: dict[str, FunctionPart] = {}
    guesses: tuple[GuessPart, ...] = ()
    loss: AskedLoss = "auto"
    backend: BackendPart = BackendPart()
    descriptors: DescriptorsPart | None = None
    budget: BudgetPart = BudgetPart(time=60.0)
    ranking: RankingPart = RankingPart()
    robustness: RobustnessPart = RobustnessPart()
    seed: Whole = Field(default=0, ge=0, lt=2**63)
    report: ReportPart = ReportPart()

    @validate("name")
    @classmethod
    def _folder_name(cls, value: str) -> str:
        stem = value.split(".")[0].strip().lower()
        if not _NAME.fullmatch(value) or ".." in value or value[-1] in ". " or stem in _RESERVED:
            raise ValueError(
                f"{shortened(value)} cannot name a folder; use letters, digits, _ and - (at most 100)"
            )
        return value

    @validate("operators")
    @classmethod
    def _known_operators(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        from symreg.formula import OPERATORS

        return None if value is None else all_known(value, tuple(OPERATORS))

    @validate("parameters", mode="before")
    @classmethod
    def _names_or_blocks(cls, value: Any) -> Any:
        """``[a, b]``, or ``{a: {unit: m/s, start: 1, lower: 0}, b: {}}``."""
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            return {name: {} for name in value}
        if isinstance(value, dict):
            return {name: {} if part is None else part for name, part in value.items()}
        return value

    @validate("constants", mode="before")
    @classmethod
    def _names_and_blocks(cls, value: Any) -> Any:
        """``[c, {name: L0, value: 3, unit: m}]``, ``{L0: {value: 3, unit: m}}``, or ``auto``."""
        if isinstance(value, dict):
            return [
                {"name": name, **part} if isinstance(part, dict) else part for name, part in value.items()
            ]
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list):
            return [{"name": part} if isinstance(part, str) else part for part in value]
        return value

    @validate("guesses", mode="before")
    @classmethod
    def _formulas_and_blocks(cls, value: Any) -> Any:
        """``["2*x", {formula: k*x, constants: [k]}]``."""
        if isinstance(value, list):
            return [part if isinstance(part, dict) else {"formula": part} for part in value]
        return value


def read_specification(path: str | Path) -> Specification:
    """Read and check one experiment; ``data.file`` is looked for beside the file that names it."""
    return specification_of(read_document(path), Path(path).parent)


def specification_of(document: Document | str, folder: Path | None = None) -> Specification:
    """Check a document (or YAML text); SpecificationError lists every mistake with its line."""
    if isinstance(document, str):
        document = read_document_text(document)
    try:
        specification = Specification.model_validate(document.value)
    except ValidationError as error:
        raise document.mistakes(explained(error.errors(include_url=False), document, Specification)) from None
    return _with_absolute_file(specification, folder)


def with_changes(specification: Specification, changes: Mapping[str, Any], source: str) -> Specification:
    """``specification`` with other values of some of its keys, checked like those of a file.

    Raises SpecificationError, with ``source`` as the place of the mistake.
    """
    try:
        return Specification.model_validate({**specification.model_dump(), **changes})
    except ValidationError as error:
        problems = explained_by_place(error.errors(include_url=False), Specification)
        raise SpecificationError(source=source, problems=problems) from None


def _with_absolute_file(specification: Specification, folder: Path | None) -> Specification:
    if folder is None:
        return specification
    backend = _with_absolute_files(specification.backend, folder)
    specification = specification.model_copy(update={"backend": backend})
    file = specification.data.file
    if file is None:
        return specification
    data = specification.data.model_copy(update={"file": _absolute(file, folder, "data.file")})
    return specification.model_copy(update={"data": data})


def _with_absolute_files(part: BackendPart, folder: Path) -> BackendPart:
    changes: dict[str, Any] = {"beside": tuple(_with_absolute_files(each, folder) for each in part.beside)}
    if part.file is not None:
        changes["file"] = _absolute(part.file, folder, "backend.file")
    return part.model_copy(update=changes)


def _absolute(file: str, folder: Path, key: str) -> str:
    if "\0" in file:
        raise SpecificationError(source=file[:60], problems=((None, key, "not a file name"),))
    return str((folder / file).absolute())
