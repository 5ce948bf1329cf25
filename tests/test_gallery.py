"""The gallery shows what its list names: a law, a picture, a command for each, and what was not found."""

from __future__ import annotations

import json
import re
from pathlib import Path

GALLERY = Path(__file__).resolve().parent.parent / "docs" / "gallery"
PIECES = json.loads((GALLERY / "pieces.json").read_text(encoding="utf-8"))
PAGE = (GALLERY / "index.md").read_text(encoding="utf-8")


def test_every_law_has_a_picture_a_law_and_a_command() -> None:
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    assert [section.splitlines()[0] for section in sections] == [piece["title"] for piece in PIECES]
    for piece, section in zip(PIECES, sections, strict=True):
        assert f"]({piece['name']}.svg)" in section and (GALLERY / f"{piece['name']}.svg").stat().st_size > 1000
        assert re.search(r"```text\n.+ = .+\n```", section), piece["title"]
        experiment = GALLERY.parent.parent / "experiments" / f"{piece['name']}.yaml"
        assert experiment.is_file() and f"symreg run experiments/{experiment.name}" in section
    assert len(PIECES) >= 12


def test_what_was_not_found_is_said_first() -> None:
    missed = [piece["title"] for piece in PIECES if piece["verdict"] == "not found"]
    assert missed and all(title in PAGE.split("## ")[0] for title in missed)
