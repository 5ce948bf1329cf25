"""Backends by name: ours, and those that other packages register under the entry point ``symreg.backends``.

An entry point names a class or function that takes settings as keywords and returns a backend (``backend``)::

    [project.entry-points."symreg.backends"]
    my_search = "my_package.search:MySearch"

Nothing is imported before it is asked for.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from typing import Any, cast

from symreg.search.backend import Backend, BackendError
from symreg.wording import choices, shortened

GROUP = "symreg.backends"
OURS: Mapping[str, tuple[str, str]] = {
    "native": ("symreg.search", "Native"),
    "operon": ("symreg.search.foreign", "Operon"),
    "pysr": ("symreg.search.foreign", "PySR"),
    "hypotheses": ("symreg.search.hypotheses", "Hypotheses"),
}


def backend_names() -> tuple[str, ...]:
    """All names that ``backend_named`` knows; ours come first, and nobody can take them."""
    return (*OURS, *(name for name in _registered() if name not in OURS))


def check_name(name: str) -> None:
    """Raise BackendError, with the nearest name, where no backend is called this."""
    known = backend_names()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        raise BackendError(message=f"no backend is called {name!r}; {hint}")


def backend_named(name: str, **settings: Any) -> Backend:
    """The backend of this name with these settings; BackendError where there is none or a setting is not its own."""
    make = _maker(name)
    if name == "hypotheses" and not {"formulas", "file", "command", "library"} & set(settings):
        settings["library"] = True  # the name alone asks whether a known law explains the table
    try:
        found = make(**settings)
    except TypeError as error:
        raise BackendError(message=f"backend {name} {_not_taken(make, settings)}") from error
    if not callable(getattr(found, "propose", None)):
        raise BackendError(message=f"backend {name} has no 'propose', and so cannot search")
    return cast("Backend", found)


def _not_taken(make: Callable[..., Any], settings: dict[str, Any]) -> str:
    """What a backend has against settings that it raised ``TypeError`` for."""
    with contextlib.suppress(TypeError, ValueError):
        known = signature(make).parameters
        unknown = next((key for key in settings if key not in known), None)
        if unknown is not None:
            return f"does not take {str(unknown)[:60]}; {choices(str(unknown), known)}"
    return f"does not take {', '.join(f'{key}={shortened(value)}' for key, value in settings.items()) or 'no settings'}"


def backend_from(given: Any, **settings: Any) -> Backend:
    """A backend as people give one: itself, its name, or a list of these, which share one budget.

    ``settings`` are for those given by name. Raises ``BackendError`` for an empty list, and for what cannot search.
    """
    from symreg.search.several import Several

    if isinstance(given, str):
        return backend_named(given, **settings)
    if isinstance(given, Sequence):
        if not given:
            raise BackendError(message=f"the list of backends is empty; there are {', '.join(backend_names())}")
        members = tuple(backend_from(one, **settings) for one in given)
        return members[0] if len(members) == 1 else Several(members)
    if not callable(getattr(given, "propose", None)):
        message = f"backend is {given!r}, and must be a backend such as Native(threads=2), or its name"
        raise BackendError(message=message)
    return cast("Backend", given)


def _maker(name: str) -> Callable[..., Any]:
    if name in OURS:
        module, attribute = OURS[name]
        try:
            return cast("Callable[..., Any]", getattr(import_module(module), attribute))
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            raise BackendError(message=f"backend {name} is not part of this version") from None
    check_name(name)
    registered = _registered()[name]
    try:
        return cast("Callable[..., Any]", registered.load())
    except Exception as error:  # an import of somebody else's package
        raise BackendError(message=f"backend {name} ({registered.value}) cannot be loaded: {error}") from error


def _registered() -> dict[str, EntryPoint]:
    return {one.name: one for one in entry_points(group=GROUP)}
