"""What the YAML file of an experiment may say: the only importer of pydantic.

Each block of the file is one frozen model with every default in sight. A mistake is reported with its line,
its place, what is allowed there and the nearest spelling, and all mistakes of a file are reported at once.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic import field_validator as validate

from symreg.document import Document, read_document, read_document_text
from symreg.errors import SpecificationError
from symreg.experiment.amounts import parse_duration, parse_memory
from symreg.experiment.explanation import explained
from symreg.wording import choices, shortened

__all__ = [
    "BackendPart",
    "BudgetPart",
    "ColumnPart",
    "ConstantPart",
    "ConstraintsPart",
    "DataPart",
    "DescriptorsPart",
    "FreeConstantsPart",
    "FunctionPart",
    "GeneratePart",
    "GuessPart",
    "InputPart",
    "NoisePart",
    "ParameterPart",
    "RankingPart",
    "ReportPart",
    "RobustnessPart",
    "Specification",
    "TargetPart",
    "ValuePart",
    "read_specification",
    "specification_of",
]

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_NAME = re.compile(r"[^\W_][\w=+,. -]{0,99}")


def _as_text(value: object) -> object:
    """A name or a unit written as a bare number (``unit: 1``) is meant as text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=10_000)]
Whole = Annotated[int, Field(strict=True)]


def _all_known(names: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in allowed:
            raise ValueError(f"{shortened(name)} is not known; {choices(name, allowed)}")
    return names


class Part(BaseModel):
    """A block of the file: frozen, and an unknown key is an error that names the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


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

    ``noise`` is for training rows only.
    """

    file: Text | None = None
    dataset: Text | None = None
    generate: GeneratePart | None = None
    target: Text | None = None
    inputs: tuple[Text, ...] | None = None
    test_fraction: float = Field(default=0.25, ge=0.0, lt=1.0)
    nan: Literal["error", "drop"] = "error"
    noise: NoisePart | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [key for key in ("file", "dataset", "generate") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"name one of file, dataset, generate; here: {', '.join(given) or 'none'}")
        return self


class ColumnPart(Part):
    """What is known of a column.

    Its unit, and its uncertainty (a number in that unit, a part of each value such as "5 %", or a column's name).
    """

    unit: Text | None = None
    sigma: float | str | None = None

    @validate("sigma", mode="before")
    @classmethod
    def _number_or_column(cls, value: object) -> object:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | str)):
            raise ValueError(f"a number in the column's unit or the name of a column, not {shortened(value)}")
        return value


class ConstantPart(Part):
    """A known constant: by name alone (CODATA), or with its own ``value``, ``unit`` and ``stderr``."""

    name: Text
    value: float | None = None
    unit: Text = "1"
    stderr: float = Field(default=0.0, ge=0.0)


class FreeConstantsPart(Part):
    """Units that fitted coefficients may carry, and where their values may lie.

    ``units`` is ``auto``, ``dimensionless``, ``inferred``, or a list of units. ``bounds`` are ``[lower, upper]`` or
    ``[lower, upper, unit]``, null for none; they and ``integer`` name constants of guesses.
    """

    units: Literal["auto", "dimensionless", "inferred"] | tuple[Text, ...] = "auto"
    positive: bool = False
    bounds: dict[str, tuple[float | None, float | None] | tuple[float | None, float | None, Text]] = {}
    integer: tuple[Text, ...] = ()

    @validate("units", mode="before")
    @classmethod
    def _policy_or_list(cls, value: object) -> object:
        allowed = ("auto", "dimensionless", "inferred")
        if isinstance(value, list) and all(isinstance(_as_text(unit), str) for unit in value):
            return [_as_text(unit) for unit in value]
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


class BackendPart(Part):
    """Who searches, on how many threads, with which engine; ``beside`` are backends that share the budget with it.

    A list of backends is the first with the others beside it. ``formulas``, ``file``, ``command`` and ``library`` are
    for hypotheses, ``settings`` for what else a backend takes.
    """

    name: Text = "native"
    threads: Whole = Field(default=2, ge=1, le=1024)
    engine: Literal["auto", "compiled", "numpy"] = "auto"
    formulas: tuple[Text | dict[str, Any], ...] = ()
    file: Text | None = None
    command: tuple[Text, ...] = ()
    library: bool | None = None
    settings: dict[str, Any] = {}
    beside: tuple[BackendPart, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _names_and_lists(cls, value: Any) -> Any:
        if isinstance(value, list):
            if not value:
                raise ValueError("the list of backends is empty; name one")
            parts = [{"name": part} if isinstance(part, str) else part for part in value]
            if not all(isinstance(part, dict) for part in parts):
                raise ValueError("a backend is a name or a block of keys")
            return {**parts[0], "beside": parts[1:]}
        return {"name": value} if isinstance(value, str) else value

    @validate("command", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        """``command: guess`` is a program without arguments; no shell ever reads it."""
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _known(self) -> Self:
        from symreg.search import backend_names

        _all_known((self.name,), backend_names())
        given = [key for key in ("formulas", "file", "command", "library") if getattr(self, key) not in ((), None)]
        if given and self.name != "hypotheses":
            raise ValueError(f"{given[0]} is for backend hypotheses; backend {self.name} takes settings: {{...}}")
        return self

    @property
    def all(self) -> tuple[BackendPart, ...]:
        """This backend and those beside it."""
        return (self, *(each for part in self.beside for each in part.all))

    @property
    def own(self) -> dict[str, Any]:
        """What its constructor takes."""
        given = {key: getattr(self, key) for key in ("formulas", "file", "command", "library")}
        given = {key: value for key, value in given.items() if value not in ((), None)}
        return {"threads": self.threads, "engine": self.engine, **given, **self.settings}


class DescriptorsPart(Part):
    """Search for sums of ``most`` descriptors at most, and for nothing else; see ``symreg.descriptor``."""

    most: Whole = Field(default=2, ge=1, le=3)
    max_complexity: Whole = Field(default=6, ge=1, le=40)
    max_pairs: float = Field(default=2e10, ge=1.0)
    dimensionless: bool = False


class BudgetPart(Part):
    """When to stop: seconds, evaluations, bytes. Without either of the first two, the time is one minute.

    ``end_early`` says what is reason to stop before.
    """

    time: float | None = None
    evaluations: Whole | None = Field(default=None, ge=1)
    memory: int = 2 * 2**30
    end_early: Literal["noise", "exact", "never"] = "noise"

    @validate("time", mode="before")
    @classmethod
    def _seconds(cls, value: Any) -> float | None:
        return None if value is None else parse_duration(value)

    @validate("memory", mode="before")
    @classmethod
    def _bytes(cls, value: Any) -> int:
        return parse_memory(value)

    @model_validator(mode="before")
    @classmethod
    def _some_end(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("time") is None and value.get("evaluations") is None:
            return {**value, "time": 60.0}
        return value


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

        return _all_known(value, FORMATS if info.field_name == "formats" else EXPORT_LANGUAGES)


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

        return None if value is None else _all_known(value, tuple(OPERATORS))

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
        problems = explained(error.errors(include_url=False), document, Specification)
        raise SpecificationError(source=document.source, problems=problems) from None
    return _with_absolute_file(specification, folder)


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
