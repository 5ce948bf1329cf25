"""Tasks on workers: processes of this machine, a Dask cluster, or whatever else is a ``concurrent.futures.Executor``.

Nothing here knows of experiments: a task is a function of a module with plain arguments (``task``). ``run_tasks``
(``many``) gives them out, begins those anew whose worker died, and yields what became of each, once. ``local`` is our
own executor, ``on_dask`` the door to Dask, ``link`` what passes between parent and workers beside the tasks.
"""

from __future__ import annotations

from symreg.executors.cores import crowding
from symreg.executors.errors import ExecutorError
from symreg.executors.link import FileLink, Line, Link, file_link
from symreg.executors.local import LocalExecutor
from symreg.executors.many import ATTEMPTS, run_tasks
from symreg.executors.on_dask import Cluster, dask_cluster
from symreg.executors.task import Event, Outcome, Task

__all__ = [
    "ATTEMPTS",
    "Cluster",
    "Event",
    "ExecutorError",
    "FileLink",
    "Line",
    "Link",
    "LocalExecutor",
    "Outcome",
    "Task",
    "crowding",
    "dask_cluster",
    "file_link",
    "run_tasks",
]
