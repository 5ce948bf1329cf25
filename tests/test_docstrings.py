"""Public functions say what they do and which shapes their arrays have, and public classes what they are and hold.

Public is what ``symreg`` and the faces of its rooms show, with the methods of their classes. Whether a shape is the
right one, and what stands there of units, errors and sources, is for a reader to judge.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

import symreg

PACKAGE = Path(symreg.__file__).parent
FACES = ["symreg", *sorted(one.name for one in pkgutil.walk_packages(symreg.__path__, "symreg.") if one.ispkg)]
SHAPE = re.compile(r"\((?=[^()]*,)(?:\w+, )*n(?:_\w+)?(?:, \w+)*,?\)")
"""``(n,)``, ``(n_rows,)``, ``(2, n_rows)``, ``(g, n_inner)``: a tuple of sizes, one of them counted."""

ELSEWHERE = re.compile(r"(?:[Ss]ee|as in) ``(?:\w+\.)*(\w+)``")
"""As in "see ``Part``": the shapes stand in the docstring of that class, or of its method of the same name."""

WITHOUT_TYPE = {"X", "y", "data"}
"""Parameters of any type that hold arrays where scikit-learn's users call a function."""

ROW_NUMBERS = re.compile(r"(?:\w+_)?rows")
"""Parameters and fields that hold numbers of rows, one after the other, unless they are typed as values: one dimension,
as every reader expects."""

VALUES = re.compile("Floats|Singles|float")


def public(face: str) -> Iterator[tuple[str, Any]]:
    """Functions and classes of this package that a face shows."""
    module = importlib.import_module(face)
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if isinstance(value, (type, FunctionType)) and value.__module__.startswith("symreg."):
            yield f"{face}.{name}", value


def methods(owner: type) -> Iterator[tuple[str, FunctionType]]:
    """Public methods and properties that a class itself defines."""
    for name, value in vars(owner).items():
        held = getattr(value, "fget", None) or getattr(value, "__func__", None) or getattr(value, "func", value)
        if isinstance(held, FunctionType) and not name.startswith("_"):
            yield name, held


def functions() -> Iterator[tuple[str, FunctionType]]:
    for face in FACES:
        for name, value in public(face):
            if isinstance(value, FunctionType):
                yield name, value
            else:
                yield from ((f"{name}.{each}", method) for each, method in methods(value))


FUNCTIONS = {f"{one.__module__}.{one.__qualname__}": (name, one) for name, one in functions()}
CLASSES = {value: name for face in FACES for name, value in public(face) if isinstance(value, type)}


@cache
def array_names() -> frozenset[str]:
    """What arrays are called in annotations: NumPy's names, and those that a module gives to a kind of array."""
    found = {"NDArray", "ArrayLike", "ndarray"}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and "NDArray[" in ast.unparse(node.value):
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(found)


def is_array(name: str, annotation: object) -> bool:
    """Whether a parameter, a field or what is returned is an array whose shape has to be said."""
    kind = str(annotation)
    if kind.startswith("Callable"):
        return False
    if ROW_NUMBERS.fullmatch(name) and not VALUES.search(kind):
        return False
    found = not array_names().isdisjoint(re.findall(r"\w+", kind))
    return found or (kind in ("Any", "typing.Any") and name in WITHOUT_TYPE)


def arrays_of(of: FunctionType | type) -> list[str]:
    """Parameters that are arrays, and "return" if what comes back is one; public fields of a class."""
    every = inspect.get_annotations(of).items()
    return [name for name, kind in every if not name.startswith("_") and is_array(name, kind)]


def says_shape(function: FunctionType) -> bool:
    """In its docstring, or in the one that this names."""
    said = function.__doc__ or ""
    if SHAPE.search(said):
        return True
    other = ELSEWHERE.search(said)
    owner = None if other is None else function.__globals__.get(other[1])
    told = [getattr(one, "__doc__", None) or "" for one in (owner, getattr(owner, function.__name__, None))]
    return any(SHAPE.search(one) for one in told)


def own_docstring(owner: type) -> str:
    """What somebody wrote of a class; ``dataclass`` writes the fields where nobody did."""
    said = owner.__dict__.get("__doc__") or ""
    return "" if dataclasses.is_dataclass(owner) and said.startswith(f"{owner.__name__}(") else said


def class_says_shape(owner: type) -> bool:
    """In its docstring, or in a comment beside one of its fields."""
    fields = inspect.getsource(owner).split("\n    def ")[0]
    return SHAPE.search(owner.__doc__ or "") is not None or any(map(SHAPE.search, re.findall("#.*", fields)))


@pytest.mark.parametrize("text", ["(n,)", "(n_rows,)", "(n_inputs, n_rows)", "(2, n_probes)", "(g, b, n_rows)"])
def test_a_shape_is_known(text: str) -> None:
    assert SHAPE.search(f"Values ``{text}``, NaN where undefined.")


@pytest.mark.parametrize("text", ["(n)", "(see below, and above)", "(n_rows)", "()", "n_rows, n", "(a, b)"])
def test_a_remark_is_no_shape(text: str) -> None:
    assert not SHAPE.search(f"Values of a law {text}.")


def test_an_array_is_known_by_its_type() -> None:
    arrays = {"X": "Any", "values": "tuple[Floats, int]", "rows": "Singles", "return": "Ids | None"}
    assert all(is_array(name, kind) for name, kind in arrays.items())


def test_what_needs_no_shape_is_left_alone() -> None:
    left = {"law": "Any", "values": "Mapping[str, float]", "fit_rows": "Rows", "of": "Callable[[Floats], Floats]"}
    assert not any(is_array(name, kind) for name, kind in left.items())


def test_all_faces_are_looked_at() -> None:
    some = {"symreg.discovery.discover", "symreg.laws.law.Law.predict", "symreg.fitting.bounds.limits_of"}
    assert some <= set(FUNCTIONS)
    assert symreg.Budget in CLASSES


def test_every_public_function_has_a_docstring() -> None:
    every = FUNCTIONS.items()
    bare = [f"{name} ({place}) has no docstring: say what it does." for place, (name, one) in every if not one.__doc__]
    assert not bare, "\n".join(bare)


def test_every_public_class_has_a_docstring() -> None:
    bare = [f"{name} has no docstring: say what it is." for one, name in CLASSES.items() if not own_docstring(one)]
    assert not bare, "\n".join(bare)


def test_every_public_function_says_the_shapes_of_its_arrays() -> None:
    silent = [
        f"{name} ({place}) has arrays ({', '.join(arrays)}): say their shapes, such as (n_rows,), in its docstring."
        for place, (name, one) in FUNCTIONS.items()
        if (arrays := arrays_of(one)) and not says_shape(one)
    ]
    assert not silent, "\n".join(silent)


def test_every_public_class_says_the_shapes_of_its_arrays() -> None:
    silent = [
        f"{name} holds arrays ({', '.join(arrays)}): say their shapes, such as (n_rows,), in its docstring."
        for one, name in CLASSES.items()
        if (arrays := arrays_of(one)) and not class_says_shape(one)
    ]
    assert not silent, "\n".join(silent)
