"""What results depend on beside the settings in their lines: command, versions, engine, machine.

They stand in a file beside the results, ``results.environment.json``, one entry for each command and machine
that added lines; running the same command again on the same machine adds nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from symreg.atomic import atomic_write_text
from symreg.benchmark.results import ResultsError
from symreg.wording import why_broken

__all__ = ["RunFacts", "add_facts", "facts_path", "present_facts", "read_facts"]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One command on one machine."""

    command: str
    engine: str
    versions: dict[str, str]
    machine: dict[str, Any]


def present_facts(command: str) -> RunFacts:
    """The facts of this process."""
    from symreg.engine import get_engine
    from symreg.experiment import machine, versions

    return RunFacts(command, get_engine().name, versions(), machine())


def facts_path(results: str | Path) -> Path:
    """Where the facts of a results file stand."""
    return Path(results).with_suffix(".environment.json")


def add_facts(results: str | Path, facts: RunFacts) -> None:
    """Write the facts beside the results, unless they stand there already."""
    known = read_facts(results)
    if facts not in known:
        write_facts(results, [*known, facts])


def write_facts(results: str | Path, facts: list[RunFacts]) -> None:
    """Write all entries of a facts file."""
    content = json.dumps({"runs": [asdict(entry) for entry in facts]}, indent=2, ensure_ascii=False)
    atomic_write_text(facts_path(results), content + "\n")


def read_facts(results: str | Path) -> list[RunFacts]:
    """The facts beside a results file; none where there is no such file."""
    path = facts_path(results)
    if not path.exists():
        return []
    try:
        return [RunFacts(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["runs"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ResultsError(path=str(path), reason=f"these are no facts of a run: {why_broken(error)}") from None
