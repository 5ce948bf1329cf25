"""The command line as a user meets it: what it prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from symreg.cli import main

PENDULUM = """L [m],m [kg],T [s]
1.7,0.254,2.617
2.5,0.491,3.167
1.6,0.186,2.540
0.7,0.24,1.681
2.2,0.388,2.975
1.2,0.389,2.204
"""


def symreg_(*arguments: object) -> int:
    """Exit code of the command."""
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return 0 if end.value.code is None else int(end.value.code)


def table(folder: Path, text: str = PENDULUM, name: str = "pendulum.csv") -> Path:
    """A table in ``folder``."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
