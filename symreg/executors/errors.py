"""What can go wrong between a task and its worker."""

from __future__ import annotations

from symreg.errors import SymregError


class WorkerDiedError(SymregError):
    """The process that worked at a task is gone: ``reason`` says how ("killed by signal 9"). The task is no worse."""

    reason: str

    def __str__(self) -> str:
        return f"its worker stopped: {self.reason}"


class TaskError(SymregError):
    """A task whose function, arguments, answer or error cannot travel: ``reason`` and ``advice``."""

    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.reason} {self.advice}".strip()


class WorkerVersionError(SymregError):
    """A worker that has another symreg than whoever asks it: ``here`` and ``there``, two versions."""

    here: str
    there: str

    def __str__(self) -> str:
        return (
            f"a worker has symreg {self.there}, and this is symreg {self.here}: the same question might get another "
            f"answer there. Install the same version for the workers: pip install symreg-laws=={self.here}"
        )


class ExecutorError(SymregError):
    """Workers that cannot be had: ``reason`` and ``advice``."""

    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.reason} {self.advice}".strip()
