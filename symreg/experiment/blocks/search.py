"""The search of an experiment: who searches, for what, and for how long."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic import field_validator as validate

from symreg.experiment.amounts import parse_duration, parse_memory
from symreg.experiment.blocks.part import Part, Text, Whole, all_known
from symreg.wording import shortened


class BackendPart(Part):
    """Who searches, on how many threads and workers, with which engine; ``beside`` are backends that share the budget.

    A list of backends is the first with the others beside it. ``formulas``, ``file``, ``command`` and ``library`` are
    for hypotheses, ``settings`` for what else a backend takes.
    """

    name: Text = "native"
    threads: Whole = Field(default=2, ge=1, le=1024)
    workers: Whole = Field(default=1, ge=1, le=1024)
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

    @validate("name")
    @classmethod
    def _known_name(cls, value: str) -> str:
        """Told at its own place: an axis of a sweep may have put it into a block of another file."""
        from symreg.search import backend_names

        return all_known((value,), backend_names())[0]

    @model_validator(mode="after")
    def _known(self) -> Self:
        given = [key for key in ("formulas", "file", "command", "library") if getattr(self, key) not in ((), None)]
        if given and self.name != "hypotheses":
            raise ValueError(f"{given[0]} is for backend hypotheses; backend {self.name} takes settings: {{...}}")
        if self.workers > 1 and self.name != "native":
            raise ValueError(f"workers is for backend native; backend {self.name} takes threads: {self.workers}")
        taken = [key for key in self.settings if key in type(self).model_fields]
        if taken:
            reason = "is a key of the backend's own block, beside settings"
            raise ValueError(f"settings: {shortened(taken[0])} {reason}: {{name: {self.name}, {taken[0]}: ...}}")
        return self

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs that this backend and those beside it would run."""
        return tuple(each.command[0] for each in self.all if each.command)

    @property
    def all(self) -> tuple[BackendPart, ...]:
        """This backend and those beside it."""
        return (self, *(each for part in self.beside for each in part.all))

    @property
    def own(self) -> dict[str, Any]:
        """What its constructor takes."""
        given = {key: getattr(self, key) for key in ("formulas", "file", "command", "library")}
        given = {key: value for key, value in given.items() if value not in ((), None)}
        given |= {"workers": self.workers} if self.workers > 1 else {}
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
