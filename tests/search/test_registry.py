"""Backends by name: ours, and those of other packages."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from symreg.errors import SymregError
from symreg.search.backend import BackendError
from symreg.search.native.settings import Native
from symreg.search.registry import backend_from, backend_named, backend_names
from symreg.search.several import Several
from tests.search.scripted import Scripted


def test_names_and_lists_become_backends() -> None:
    assert backend_from("native", threads=1) == Native(threads=1)
    both = backend_from(["native", Scripted("mine")])
    assert isinstance(both, Several) and both.name == "native, mine"
    assert backend_from(["native"]) == Native()
    assert backend_names()[0] == "native" and {"operon", "pysr", "hypotheses"} <= set(backend_names())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("natve", "no backend is called 'natve'; did you mean native?"),
        ([], "the list of backends is empty"),
        (3, "backend is 3, and must be a backend such as Native"),
    ],
)
def test_what_is_no_backend_is_told(given: Any, told: str) -> None:
    with pytest.raises(BackendError, match=told):
        backend_from(given)


def test_a_setting_that_a_backend_does_not_have_is_told() -> None:
    with pytest.raises(SymregError, match="backend native does not take wings"):
        backend_named("native", wings=2)


def test_other_packages_register_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        EntryPoint("mine", f"{__name__}:registered", "symreg.backends"),
        EntryPoint("broken", "no_such_package:X", "symreg.backends"),
        EntryPoint("native", f"{__name__}:registered", "symreg.backends"),
    ]
    monkeypatch.setattr("symreg.search.registry.entry_points", lambda group: found)
    assert backend_from("mine", threads=1).name == "mine"
    assert backend_from("native") == Native()  # nobody takes this name
    assert backend_names()[-2:] == ("mine", "broken")
    with pytest.raises(BackendError, match=r"backend broken .* cannot be loaded"):
        backend_named("broken")


def registered(threads: int = 2, engine: str = "auto") -> Scripted:
    return Scripted("mine", threads=threads, engine=engine)
