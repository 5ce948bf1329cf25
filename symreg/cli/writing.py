"""Files that a command writes because somebody named them: whole or not at all, and a sentence where they cannot be."""

from __future__ import annotations

from pathlib import Path

from symreg.atomic import atomic_write_text
from symreg.experiment import DestinationError


def write_file(path: Path, text: str) -> None:
    """Write ``text`` to ``path``; ``DestinationError`` where the folder is not there or does not take it."""
    try:
        atomic_write_text(path, text)
    except OSError as error:
        reason = f"cannot be written ({error.strerror or error})"
        raise DestinationError(path=str(path), reason=reason, advice="name another file with --output") from None
