"""What the command line says when something went wrong, and the status that it leaves with."""

from __future__ import annotations

import contextlib
import os
import sys

from symreg.cli import printable
from symreg.errors import SymregError

WRONG = 2
"""Exit status where the caller can mend it: a file, an option, a full disk. The same as for a wrong option."""

BROKEN = 1
"""Exit status for a fault of the program itself."""

NO_READER = 141
"""Exit status where nobody reads what is written, as in ``symreg ... | head``: 128 and the number of the signal, 13."""


def status_of(error: Exception) -> int:
    """Say on standard error what ``error`` means, and return the exit status."""
    if isinstance(error, BrokenPipeError):
        _forget_what_was_to_be_written()
        return NO_READER
    if isinstance(error, SymregError):
        _say(str(error))
        return WRONG
    if isinstance(error, OSError):
        _forget_what_was_to_be_written()
        where = f"{error.filename}: " if error.filename is not None else "cannot read or write: "
        _say(f"{where}{error.strerror or error}")
        return WRONG
    if isinstance(error, MemoryError):
        _say("there is not enough memory. Lower budget.memory in the experiment's file, or give fewer rows or columns.")
        return WRONG
    _say(
        f"this should not have happened ({type(error).__name__}: {error}). It is a fault of symreg: please report it, "
        "with what `symreg --debug ...` prints."
    )
    return BROKEN


def _say(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # nobody reads standard error either
        sys.stderr.write(f"symreg: {printable(text)}\n")
        sys.stderr.flush()


def _forget_what_was_to_be_written() -> None:
    """Let what is still in the buffer of standard output go nowhere, or the interpreter fails at its end again."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
