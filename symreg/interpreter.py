"""A fresh interpreter that runs a module of ours: where it imports from, and how much its libraries may take.

Children are started with ``subprocess`` and not with ``multiprocessing``: that one imports the user's main script again
in the child (a script without an ``if __name__ == "__main__"`` guard would run twice), and forking is unsafe beside the
engine's threads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)  # fmt: skip
"""Variables that libraries of linear algebra read once, when they are loaded."""

_BOOT = """
import json, runpy, sys
sys.path.extend(path for path in json.loads(sys.argv[2]) if path not in sys.path)
if sys.argv[3] != "0":
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]),) * 2)
    except (ImportError, ValueError, OSError):
        pass  # no such limit on this system: the limits of time remain
runpy.run_module(sys.argv[1], run_name="__main__")
"""


def thread_variables(threads: int) -> dict[str, str]:
    """The environment of a child whose libraries of linear algebra are to use so many threads."""
    return dict.fromkeys(THREAD_VARIABLES, str(threads))


def begin(
    module: str, *, threads: int, memory: int = 0, variables: Mapping[str, str] | None = None, **pipes: Any
) -> subprocess.Popen[Any]:
    """Start a child that runs ``module`` with this process's paths, and ``pipes`` as ``subprocess.Popen`` takes them.

    Its libraries use so many ``threads``; ``memory`` limits its address space, in bytes, where the system knows such a
    limit, 0 for none; ``variables`` are added to its environment. Raises OSError or ValueError where it cannot be
    started.
    """
    paths = json.dumps([path for path in sys.path if path])
    # -P: the folder the user happens to be in is no place to import from
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _BOOT, module, paths, str(memory)],
        env={**os.environ, **thread_variables(threads), **(variables or {})},
        **pipes,
    )
