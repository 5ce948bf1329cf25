"""Run the experiments of the gallery and write its page: ``python docs/gallery/draw.py [--runs FOLDER]``, some minutes.

Runs that are there are not searched again. Pictures and the page are kept in the repository, so that the site is built
without a search. Whether a law counts as found is said here, by somebody who has looked at it; the law itself, its
errors and its figure come from the run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from symreg.discovery import Discovery
from symreg.experiment import load_discovery
from symreg.report import write_figures

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


@dataclass(frozen=True, slots=True)
class Piece:
    """A law of the gallery: the experiment's name, a heading, what the table is, what is known, and the verdict."""

    name: str
    title: str
    table: str
    known: str
    verdict: str


FOUND, GIVEN, ALIKE, MISSED = "found", "given form, fitted", "another form, which fits about as well", "not found"


def pieces() -> list[Piece]:
    """What the gallery shows, in order."""
    return [Piece(**one) for one in json.loads((HERE / "pieces.json").read_text(encoding="utf-8"))]


def run_of(piece: Piece, runs: Path) -> Discovery:
    """What the experiment finds, searched where no finished run is there."""
    folder = runs / piece.name
    if not (folder / "front.json").is_file():
        experiment = ROOT / "experiments" / f"{piece.name}.yaml"
        command = [sys.executable, "-m", "symreg", "run", str(experiment), "--runs", str(runs), "--quiet"]
        subprocess.run(command, check=True)
    return load_discovery(folder)


def section(piece: Piece, discovery: Discovery) -> str:
    """The part of the page about a law; its picture is written beside the page."""
    law, picture = discovery.front.best, HERE / f"{piece.name}.svg"
    with tempfile.TemporaryDirectory() as folder:
        paths = write_figures(discovery, folder)
        picture.write_bytes(next(path for path in paths if path.name == "law.svg").read_bytes())
    judged = law.held_out if law.held_out.n_rows else law.train
    rows = f"{judged.n_rows} rows that were not fitted" if law.held_out.n_rows else "the rows that were fitted"
    return (
        f"## {piece.title}\n\n{piece.table}\n\n![The law through the data]({picture.name})\n\n"
        f"```text\n{law.summary()}\n```\n\n"
        f"**{piece.verdict[0].upper()}{piece.verdict[1:]}.** Known: {piece.known} R² on {rows}: {judged.r2:.5g}.\n\n"
        f"```sh\nsymreg run experiments/{piece.name}.yaml\n```\n"
    )


def page(sections: list[tuple[Piece, str]]) -> str:
    """The whole page, with what was not found in its second sentence."""
    counted = {verdict: [one.title for one, _ in sections if one.verdict == verdict] for verdict in (ALIKE, MISSED)}
    found = sum(one.verdict in (FOUND, GIVEN) for one, _ in sections)
    said = f"{len(sections)} tables of measurements; of {found} the known law comes out."
    said += f" Not found: {', '.join(counted[MISSED])}."
    said += f" Another form, which fits about as well: {', '.join(counted[ALIKE])}."
    return (
        f"# Gallery\n\n{said} Each table has its source and its licence in `datasets/`, each command is a file in\n"
        "`experiments/`; on a busy machine give it more time (`--time '3 min'`). The page is written by\n"
        "`python docs/gallery/draw.py`; laws and figures are the runs'.\n\n"
        + "\n".join(text for _, text in sections)
    )


def main() -> None:
    """Draw every law and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, default=ROOT / "runs" / "gallery")
    given = parser.parse_args()
    sections = [(piece, section(piece, run_of(piece, given.runs))) for piece in pieces()]
    (HERE / "index.md").write_text(page(sections), encoding="utf-8")


if __name__ == "__main__":
    main()
