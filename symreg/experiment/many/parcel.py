"""A run on a worker that does not see our files: its table travels there, and its finished folder comes back."""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from symreg.atomic import TEMPORARY_SUFFIX, atomic_write_bytes
from symreg.document import dump_document
from symreg.errors import SymregError
from symreg.executors import ExecutorError, Line
from symreg.experiment import store
from symreg.experiment.assembly import configuration
from symreg.experiment.blocks import BackendPart
from symreg.experiment.lock import LOCK_NAME, locked
from symreg.experiment.many.one import Ways, run_one
from symreg.experiment.many.record import RunRecord
from symreg.experiment.revival import stored_specification
from symreg.experiment.specification import Specification

MOST_PARCEL_BYTES = 500_000_000
"""Of the files that travel with one run. A scheduler holds them in its memory, once for each run that waits; for larger
tables a common folder is the way. Set by hand."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A run on its way to a worker: files by the paths that the specification has for them, and what lies in its folder
    from earlier sessions."""

    specification: Specification
    files: Mapping[str, bytes]
    earlier: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Returned:
    """A run on its way back: its record, and the files of its folder."""

    record: RunRecord
    files: Mapping[str, bytes]


def packed(specification: Specification, runs_folder: str | Path) -> Parcel:
    """The run with all that it needs; ExecutorError where that is too much, OSError where a file cannot be read."""
    named = [specification.data.file, *(part.file for part in specification.backend.all)]
    files = {name: Path(name).read_bytes() for name in named if name is not None}
    earlier = _files_in(Path(runs_folder) / specification.name)
    size = sum(map(len, (*files.values(), *earlier.values())))
    if size > MOST_PARCEL_BYTES:
        reason = f"{specification.name}: its files have {size / 1e6:.0f} MB, too much to travel to workers elsewhere."
        raise ExecutorError(reason=reason, advice="Put table and runs in a folder that the workers see too.")
    return Parcel(specification, files, earlier)


def run_away(parcel: Parcel, ways: Ways, *, line: Line) -> Returned:
    """The worker's part: unpack, run, and pack what came of it."""
    with tempfile.TemporaryDirectory(prefix="symreg-") as name:
        here = Path(name)
        moved = {}
        for number, (path, content) in enumerate(parcel.files.items()):
            place = here / "tables" / str(number) / Path(path).name
            place.parent.mkdir(parents=True)
            place.write_bytes(content)
            moved[path] = str(place)
        folder = here / "runs" / parcel.specification.name
        _write(folder, parcel.earlier)
        record = run_one(_with_files(parcel.specification, moved), str(here / "runs"), ways, line=line)
        return Returned(record, _files_in(folder))


def put_in_place(returned: Returned, specification: Specification, runs_folder: Path) -> RunRecord:
    """Put the folder of a run where it belongs: as a whole where none is there, else file by file, the state last. A
    folder that cannot be written makes the run a failed one."""
    folder = runs_folder / specification.name
    try:
        if folder.exists():
            with locked(folder):
                _write(folder, returned.files)
                _tell_its_files(folder, specification)
            return returned.record
        for left in runs_folder.glob(f".{glob.escape(folder.name)}.*{TEMPORARY_SUFFIX}"):  # of parents that were killed
            shutil.rmtree(left, ignore_errors=True)
        partial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}{TEMPORARY_SUFFIX}")
        with _removed_in_the_end(partial):
            _write(partial, returned.files)
            _tell_its_files(partial, specification)
            os.rename(partial, folder)
    except (OSError, SymregError) as error:
        reason = str(error) if isinstance(error, SymregError) else f"{folder}: {error.strerror or error}"
        return replace(returned.record, status="failed", reason=f"done elsewhere, and not stored here: {reason}")
    return returned.record


@contextlib.contextmanager
def _removed_in_the_end(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tell_its_files(folder: Path, specification: Specification) -> None:
    """Let ``experiment.yaml`` name the files as seen from here, instead of where the worker had them."""
    if not (folder / store.EXPERIMENT).exists():
        return
    stored = stored_specification(folder)
    data = stored.data.model_copy(update={"file": specification.data.file})
    told = stored.model_copy(update={"data": data, "backend": specification.backend})
    text = dump_document(configuration(told, folder.absolute()))
    atomic_write_bytes(folder / store.EXPERIMENT, text.encode("utf-8"))


def _with_files(specification: Specification, moved: Mapping[str, str]) -> Specification:
    def backend(part: BackendPart) -> BackendPart:
        file = None if part.file is None else moved[part.file]
        return part.model_copy(update={"file": file, "beside": tuple(map(backend, part.beside))})

    file = specification.data.file
    data = specification.data.model_copy(update={"file": None if file is None else moved[file]})
    return specification.model_copy(update={"data": data, "backend": backend(specification.backend)})


def _files_in(folder: Path) -> dict[str, bytes]:
    """The files of a run by their relative paths, without its lock and what killed writers left; links are not
    followed."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    left_out = [path for path in found if path.name == LOCK_NAME or path.name.endswith(TEMPORARY_SUFFIX)]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found if path not in left_out}


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files, key=lambda name: name == store.STATE):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write_bytes(path, files[name])
