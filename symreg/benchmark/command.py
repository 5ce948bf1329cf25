"""A benchmark as the command that runs it, so that a record says how to repeat it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from symreg.benchmark.trial import Settings

__all__ = ["command_text", "form_command_text"]


def command_text(
    problems: str,
    *,
    ids: Sequence[str] | None,
    noise: Sequence[float],
    seeds: Sequence[int],
    settings: Settings,
    jobs: int,
    scale_target: float = 1.0,
    scale_input: float = 1.0,
) -> str:
    """The command line, limits on rows, time and threads written out even where they are the default.

    Of a problem file that was named by a full path only the name is told: the path is of one machine.
    """
    words = _begin(problems, ids)
    words += ["--noise", ",".join(f"{level:g}" for level in noise)]
    words += ["--seeds", ",".join(str(seed) for seed in seeds), "--rows", str(settings.rows)]
    words += _limits(settings, jobs)
    words += [] if settings.units else ["--no-units"]
    words += _without(settings)
    for option, factor in (("--scale-target", scale_target), ("--scale-input", scale_input)):
        words += [] if factor == 1.0 else [option, f"{factor:g}"]
    return shlex.join(words)


def form_command_text(
    problems: str,
    *,
    ids: Sequence[str] | None,
    noise: Sequence[str],
    seeds: Sequence[int],
    rows: Sequence[str],
    settings: Settings,
    jobs: int,
) -> str:
    """The same for a set of forms, whose rows and noise are words."""
    words = _begin(problems, ids)
    words += ["--noise", ",".join(noise)] if noise else []
    words += ["--seeds", ",".join(str(seed) for seed in seeds)]
    words += ["--rows", ",".join(rows)] if rows else []
    return shlex.join([*words, *_limits(settings, jobs), *_without(settings)])


def _begin(problems: str, ids: Sequence[str] | None) -> list[str]:
    file = Path(problems)
    words = ["symreg", "benchmark", file.name if file.is_absolute() else problems]
    return words + (["--ids", ",".join(ids)] if ids else [])


def _limits(settings: Settings, jobs: int) -> list[str]:
    words = ["--time", f"{settings.time:g} s", "--jobs", str(jobs), "--threads", str(settings.threads)]
    return words + (["--backend", settings.backend] if settings.backend != "native" else [])


def _without(settings: Settings) -> list[str]:
    return ["--without", settings.without_text] if settings.without else []
