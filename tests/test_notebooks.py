"""The notebooks of the documentation run from top to bottom, and what they promise comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "notebooks"
SECONDS = 120  # for one cell, on a machine that has other things to do
EXPECTED = {
    "first-law.md": ["period = k*semi_major_axis**(3/2)", "image/png", "def period(semi_major_axis)"],
    "instrument-file.md": ["semicolons between cells, decimal comma", "tau", "exp(", "image/png", "resamples"],
    "choosing.md": ["V*concentration/(K + concentration)", "accuracy", "image/png", "c_{K}", "ppm", "rmse_held_out"],
}


def outputs(notebook: Any) -> list[Any]:
    return [one for cell in notebook.cells if cell.cell_type == "code" for one in cell.outputs]


@pytest.mark.filterwarnings("default")  # what the tools of notebooks warn of is theirs
@pytest.mark.parametrize("name", EXPECTED)
def test_a_notebook_runs_and_shows_what_it_promises(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import jupytext
    from nbclient import NotebookClient

    for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / "jupyter"))
    notebook = jupytext.read(FOLDER / name)
    NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(tmp_path)}}).execute()
    found = outputs(notebook)
    assert not [one for one in found if one.output_type == "error" or one.get("name") == "stderr"]
    shown = "\n".join(f"{kind}: {text}" for one in found for kind, text in one.get("data", {}).items())
    said = shown + "".join(one.text for one in found if one.output_type == "stream")
    plain = "\n".join(str(one.get("data", one).get("text/plain", one.get("text"))) for one in found)
    assert not [text for text in EXPECTED[name] if text not in said], plain
    assert "<math" in shown and ("<svg" in shown or name == "instrument-file.md")
    assert "Fraction(" not in said


def test_every_notebook_is_run() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(EXPECTED)
