"""A block of the file, and what its texts and numbers are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from symreg.wording import choices, shortened


def as_text(value: object) -> object:
    """A name or a unit written as a bare number (``unit: 1``) is meant as text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(as_text), Field(min_length=1, max_length=10_000)]
Whole = Annotated[int, Field(strict=True)]


def all_known(names: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The names, if each of them is allowed."""
    for name in names:
        if name not in allowed:
            raise ValueError(f"{shortened(name)} is not known; {choices(name, allowed)}")
    return names


class Part(BaseModel):
    """A block of the file: frozen, and an unknown key is an error that names the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
