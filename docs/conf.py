"""The site: Sphinx with furo and myst-nb over the same Markdown that the repository shows.

Pages are executed before the site is built, by ``tests/test_docs.py`` (see the Makefile), notebooks while it is built.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer

import symreg

HERE = Path(__file__).resolve().parent

project = "symreg"
author = "the symreg developers"
copyright = "2026, the symreg developers"
release = symreg.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "**/.ipynb_checkpoints"]
html_theme = "furo"
html_title = f"symreg {release}"
html_extra_path = ["experiment.schema.json"]
myst_heading_anchors = 4
nb_execution_mode = "force"
nb_execution_in_temp = True  # what a notebook writes is not part of the site
nb_execution_raise_on_error = True
nb_execution_timeout = 600
autodoc_member_order = "bysource"
autodoc_typehints = "none"
"""The docstrings say what arguments are, in words and with units."""

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]+)(#[^)\s]*)?\)")


def outside_as_text(app: Any, name: str, source: list[str]) -> None:
    """Links to what is no page of the site (tables, experiments) become words: there is nothing to open."""
    folder = (HERE / name).parent

    def shown(found: re.Match[str]) -> str:
        target = found[2]
        if "://" in target or (folder / target).resolve().suffix in (".md", ".ipynb", ".json"):
            inside = "://" in target or HERE in (folder / target).resolve().parents
            return found[0] if inside else found[1]
        return found[0] if HERE in (folder / target).resolve().parents else found[1]

    source[0] = _LINK.sub(shown, source[0])


def plain_signature(app: Any, what: str, name: str, obj: Any, options: Any, signature: str, returns: str) -> Any:
    """Defaults as they are written, without the addresses of objects."""
    return (re.sub(r"<[\w.]+ object at 0x[0-9a-f]+>", "...", signature) if signature else signature, returns)


_SECTION = re.compile(r"-{3,}")
_ENTRY = re.compile(r"(\w[\w, ]*) : (.*)")
_TRAILING = re.compile(r"(?<![`\w])([A-Za-z]\w*_)(?![`\w])")


def as_restructured(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Docstrings have sections of scikit-learn's kind, and names that end in an underscore, which is a sign here."""
    made: list[str] = []
    in_section = False
    for line in lines:
        if _SECTION.fullmatch(line.strip()) and made:
            made[-1:] = [f"**{made[-1].strip()}**", ""]
            in_section = True
        elif in_section and (entry := _ENTRY.match(line)):
            made.append(f"* ``{entry[1]}``: {entry[2]}")
        elif in_section and line.strip() and made[-1].strip() and not made[-1].startswith("**"):
            made.append(f"  {line.strip()}")
        else:
            made.append(line)
    lines[:] = [_TRAILING.sub(r"``\1``", line) for line in made]


def setup(app: Any) -> None:
    """Names of languages that the pages use for blocks of data."""
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", outside_as_text)
    app.connect("autodoc-process-signature", plain_signature)
    app.connect("autodoc-process-docstring", as_restructured)
