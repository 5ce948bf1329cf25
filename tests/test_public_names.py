"""The public names: every one can be had, none costs anything before it is asked for."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest

import symreg

HEAVY = ("numpy", "pandas", "scipy", "sklearn", "sympy", "pint", "matplotlib", "pydantic", "symreg.errors")


def names_for_the_type_checker() -> set[str]:
    tree = ast.parse(Path(symreg.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    found = {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    return found | {node.target.id for node in block.body if isinstance(node, ast.AnnAssign)}  # type: ignore[union-attr]


def in_a_fresh_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("name", symreg.__all__)
def test_every_public_name_can_be_had_and_is_listed(name: str) -> None:
    value = getattr(symreg, name)
    assert value is getattr(symreg, name)
    assert name in dir(symreg)
    if name != "__version__":
        assert value.__name__ == name
        assert getattr(importlib.import_module(value.__module__), name) is value


def test_what_is_loaded_is_what_the_type_checker_sees() -> None:
    assert names_for_the_type_checker() == set(symreg.__all__) == {*symreg._OWNER, "__version__"}
    assert list(symreg.__all__) == sorted(symreg.__all__)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import json, sys, symreg; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    assert json.loads(in_a_fresh_process(code)) == []


def test_discover_is_a_function_and_no_module() -> None:
    code = "import symreg, symreg.discovery; from symreg.discovery import Progress; print(symreg.discover)"
    assert in_a_fresh_process(code).startswith("<function discover")
    assert isinstance(symreg.discover, FunctionType)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'symreg' has no attribute 'regress'"):
        _ = symreg.regress  # type: ignore[attr-defined]


def test_everything_can_be_imported_at_once() -> None:
    assert in_a_fresh_process("from symreg import *; print(read_table.__name__)") == "read_table"


def test_the_version_is_that_of_the_distribution() -> None:
    assert symreg.__version__[0].isdigit()


@pytest.mark.parametrize("name", [name for name in symreg.__all__ if name.endswith("Error")])
def test_every_error_is_of_the_one_family(name: str) -> None:
    assert issubclass(getattr(symreg, name), symreg.SymregError)
