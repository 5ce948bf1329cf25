"""Files that are either the old one or the new one, never a half.

A file is written beside its destination, forced to the disk and then renamed over it. A power cut, a full
disk or a kill between any two steps leaves the old file (or none) and at most a temporary file with a
leading dot.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

__all__ = ["TEMPORARY_SUFFIX", "atomic_write_bytes", "atomic_write_text", "destination_of"]

TEMPORARY_SUFFIX = ".partial"


def atomic_write_bytes(path: str | os.PathLike[str], data: bytes) -> Path:
    """Write ``data`` to ``path`` so that no reader ever sees a part of it; return the path."""
    destination = Path(path)
    temporary = destination.with_name(f".{destination.name[:100]}.{secrets.token_hex(6)}{TEMPORARY_SUFFIX}")
    try:
        # O_EXCL: never through a link that somebody else put there.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _mode_for(destination))
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, destination)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(destination.parent)
    return destination


def atomic_write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write ``text`` as UTF-8 with the line ends it has; see `atomic_write_bytes`."""
    return atomic_write_bytes(path, text.encode("utf-8"))


def destination_of(path: Path) -> Path:
    """Where a temporary file of `atomic_write_bytes` belongs, for errors that name it; any other path as it is."""
    name = path.name
    if not (name.startswith(".") and name.endswith(TEMPORARY_SUFFIX)):
        return path
    return path.with_name(name.removesuffix(TEMPORARY_SUFFIX).rpartition(".")[0].lstrip(".") or name)


def _mode_for(destination: Path) -> int:
    """The permissions of the file that is replaced, or what the process's umask leaves of 0o666."""
    try:
        return destination.stat().st_mode & 0o777
    except OSError:
        return 0o666


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last; where a folder cannot be opened this is left to the system."""
    flags = getattr(os, "O_DIRECTORY", None)
    if flags is None:
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
