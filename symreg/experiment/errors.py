"""What can be wrong with an experiment's file or with its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symreg.errors import SymregError

if TYPE_CHECKING:
    from symreg.discovery import Discovery

__all__ = [
    "ChangedRunError",
    "DestinationError",
    "FolderLockedError",
    "NoLawError",
    "NoRunsError",
    "NotAvailableError",
    "ProgramNotAllowedError",
    "ResumeError",
    "RunFolderError",
    "RunTableError",
    "TakenOverError",
    "UnsavedError",
]


class NotAvailableError(SymregError):
    """Something that this version knows by name but cannot do: ``what`` and ``advice``."""

    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what} is not available in this version; {self.advice}"


class ProgramNotAllowedError(SymregError):
    """An experiment's file that asks for programs to be run, without the word of whoever runs it: ``programs``."""

    programs: tuple[str, ...]

    def __str__(self) -> str:
        named = ", ".join(repr(program[:60]) for program in self.programs)
        return (
            f"this experiment asks to run {named} on this machine, with your rights (backend.command). "
            "Nothing was run. If you trust the file, say --allow-program (in Python: allow_program=True)."
        )


class RunFolderError(SymregError):
    """A run folder that cannot be read: ``folder``, ``file`` and ``reason``."""

    folder: str
    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.folder}: {self.file}: {self.reason}"


class UnsavedError(SymregError):
    """A search that is done and could not be stored, or not all of it: ``reason``, and the ``discovery`` itself."""

    reason: str
    discovery: Discovery

    def __str__(self) -> str:
        return f"{self.reason} The search is done, and what it found is not stored."


class DestinationError(SymregError):
    """A file that is not written, for its ``reason``: ``path``, and what to do as ``advice`` (may be empty)."""

    path: str
    reason: str
    advice: str

    def __init__(self, *, path: str, reason: str, advice: str = "") -> None:
        super().__init__(path=path, reason=reason, advice=advice)

    def __str__(self) -> str:
        return f"{self.path} {self.reason}" + (f"; {self.advice}" if self.advice else "")


class NoLawError(SymregError):
    """A law that is not on the front of the run in ``folder``: ``reason``, and ``advice`` that lists the laws."""

    folder: str
    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.folder}: {self.reason} {self.advice}"


class NoRunsError(SymregError):
    """A folder that is asked for its runs and cannot be read: ``folder`` and ``reason``."""

    folder: str
    reason: str

    def __str__(self) -> str:
        return f"{self.folder}: {self.reason}"


class RunTableError(SymregError):
    """The table of a run cannot be read again, and is needed: ``folder`` and ``reason``."""

    folder: str
    reason: str

    def __str__(self) -> str:
        return f"{self.folder}: the table of the run is needed, and cannot be read again: {self.reason}"


class FolderLockedError(SymregError):
    """Another living process works in ``folder``: its ``pid`` and when it ``began``."""

    folder: str
    pid: int
    began: str

    def __str__(self) -> str:
        return (
            f"{self.folder} is in use by process {self.pid} (since {self.began}); wait for it, stop it, "
            "or give this experiment another name"
        )


class TakenOverError(SymregError):
    """A run whose ``folder`` another process has taken over since: what this one finds is written nowhere."""

    folder: str

    def __str__(self) -> str:
        return f"{self.folder} was taken over by another process, which goes on with this run; this one writes no more"


class ResumeError(SymregError):
    """What is stored in ``folder`` belongs to another question: ``differences`` says line by line how."""

    folder: str
    differences: tuple[str, ...]

    def __str__(self) -> str:
        listed = "\n  ".join(self.differences[:20])
        return (
            f"{self.folder} holds a run of something else, so it cannot be resumed:\n  {listed}\n"
            "Use --fresh to delete that run and start over, or give this experiment another name."
        )


class ChangedRunError(ResumeError):
    """The question or the table of a run that is read again is no longer what it was; fields as of ``ResumeError``."""

    def __str__(self) -> str:
        listed = "\n  ".join(self.differences[:20])
        return (
            f"{self.folder} does not fit its question and its table any more, so its laws cannot be trusted here:\n"
            f"  {listed}\nBring these back, or search again: symreg run EXPERIMENT --fresh"
        )
