"""What a run depended on, so that it can be repeated: versions, engine, machine.

No names of hosts or people.
"""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from symreg.version import package_version

PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "sympy", "pint", "pydantic", "ruamel.yaml")


def environment(*, seed: int, data_hash: str, engine: str, backend: str, threads: int) -> dict[str, Any]:
    """The contents of ``environment.json``."""
    return {
        "versions": versions(),
        "seed": seed,
        "data_hash": data_hash,
        "engine": engine,
        "backend": backend,
        "threads": threads,
        "machine": machine(),
    }


def versions() -> dict[str, str]:
    """Versions of Python, of this package and of what it computes with."""
    found = {"symreg": package_version(), "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def machine() -> dict[str, Any]:
    """Processor, cores that this process may use, and operating system."""
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _processor() -> str:
    """The model as the system names it; ``platform.processor`` is often empty or just the architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
