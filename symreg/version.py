"""The version of the package, installed or run from its source."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path


def package_version() -> str:
    """The version of this package as installed, or the one written in the source tree it runs from."""
    try:
        return metadata.version("symreg-laws")
    except metadata.PackageNotFoundError:
        return _source_version()


def _source_version() -> str:
    import tomllib

    project = Path(__file__).resolve().parents[1] / "pyproject.toml"
    if not project.is_file():
        return "unknown"
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
