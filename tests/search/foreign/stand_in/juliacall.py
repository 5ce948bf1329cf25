"""A stand-in for juliacall: no Julia, but the calls that PySR makes are written down, and a hall of fame appears.

Every object of Julia is a ``Thing`` that answers to any name, call and item. ``equation_search`` stores its arguments
in the file that ``RECORD`` names, and copies the file ``HALL`` to where SymbolicRegression.jl would write its own.
"""

from __future__ import annotations

import json
import os
import pathlib
import time
from typing import Any

OPTIONS: dict[str, Any] = {}


class Thing:
    """Any object of Julia; ``path`` says how it was reached, ``value`` what it was made of."""

    def __init__(self, path: str = "jl", value: Any = None) -> None:
        self._path, self._value = path, value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return SPECIAL.get(name) or Thing(f"{self._path}.{name}")

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        if self._path.endswith(".Options"):
            OPTIONS.update(keywords)
        if self._path.endswith(".include_string"):  # a module, and text
            return Thing("included", arguments[1])
        return Thing(f"{self._path}(...)", arguments[0] if arguments else None)

    def __getitem__(self, key: Any) -> Any:
        return Thing(f"{self._path}[...]")

    def __setitem__(self, key: Any, value: Any) -> None:
        self._value = {**(self._value or {}), key: value} if isinstance(self._value, dict | None) else self._value

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return self._path

    def __array__(self, *_: Any, **__: Any) -> Any:
        import numpy as np

        return np.zeros(1, dtype=np.uint8)


def plain(value: Any) -> Any:
    """Something that JSON can hold."""
    import numpy as np

    if isinstance(value, Thing):
        return plain(value._value) if value._value is not None else value._path
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def equation_search(X: Any, y: Any, **keywords: Any) -> Thing:
    """What SymbolicRegression.jl is asked, and a file as it writes one."""
    asked = {"X": plain(X), "y": plain(y), **{key: plain(item) for key, item in keywords.items()}}
    asked |= {"options": {key: plain(item) for key, item in OPTIONS.items()}}
    pathlib.Path(os.environ["RECORD"]).write_text(json.dumps(asked))
    folder = pathlib.Path(str(OPTIONS["output_directory"])) / str(keywords["run_id"])
    folder.mkdir(parents=True, exist_ok=True)
    text = pathlib.Path(os.environ["HALL"]).read_text()
    (folder / "hall_of_fame.csv").write_text(text)
    time.sleep(float(os.environ.get("SEARCH_SECONDS", "0.5")))
    return Thing("state")


class _Search:
    _jl_call_nogil = staticmethod(equation_search)
    __call__ = staticmethod(equation_search)


class _Version:
    major, minor, patch = 1, 11, 0


SPECIAL: dict[str, Any] = {"equation_search": _Search(), "VERSION": _Version()}
AnyValue = VectorValue = ArrayValue = Thing
Main = Thing("jl")


def convert(kind: Any, value: Any) -> Any:
    """A Python value for Julia."""
    return Thing("converted", value)


class JuliaError(Exception):
    """An exception of Julia."""
