"""LaTeX, Markdown and PDF: sound documents in which names are only text."""

from __future__ import annotations

import builtins
import dataclasses
import io
import re
import sys
from typing import Any

import pytest

from symreg.discovery import Discovery
from symreg.errors import ReportError
from symreg.formula.operators import OPERATORS
from symreg.formula.printing import to_latex
from symreg.laws.law import ParetoFront
from symreg.report.content import gather
from symreg.report.latex import latex_report
from symreg.report.markdown import markdown_report
from symreg.report.pdf import pdf_report, typst_report
from symreg.typesetting.escaping import escape_markdown, one_line, typst_string
from symreg.typesetting.unit_markup import unit_html, unit_latex, unit_pieces, unit_plain, unit_typst

ALL = ("kepler", "relativity", "hostile")
LATEX_COMMANDS = {
    "documentclass", "usepackage", "setlength", "parindent", "parskip", "begin", "end", "section",
    "subsection", "item", "toprule", "midrule", "bottomrule", "newline", "footnotesize", "bullet",
    "frac", "sqrt", "left", "right", "text", "textwidth", "mathrm", "exp", "ln", "sin", "cos", "cdot",
    "pm", "textsuperscript", "textbackslash", "textasciitilde", "textasciicircum", "textless",
    "textgreater", "textbar", "textquotedbl", "textasciigrave", "ensuremath",
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_latex_is_balanced_and_uses_known_commands_only(request: pytest.FixtureRequest, name: str) -> None:
    text = latex_report(gather(request.getfixturevalue(name)))
    bare = re.sub(r"\\[\\{}$&#_% ,]", "", text)
    depth = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert bare.count("$") % 2 == 0
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= LATEX_COMMANDS
    opened: list[str] = []
    for kind, environment in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            opened.append(environment)
        else:
            assert opened.pop() == environment
    assert opened == []
    assert text.index(r"\end{document}") == len(text) - len("\\end{document}\n")
    assert not any(ord(c) > 0x17F for c in text), "letters that pdflatex does not know"


@pytest.mark.parametrize("name", ["kepler", "relativity"])
def test_latex_formulas_are_read_by_another_reader(request: pytest.FixtureRequest, name: str) -> None:
    from matplotlib.mathtext import MathTextParser

    discovery: Discovery = request.getfixturevalue(name)
    text = latex_report(gather(discovery))
    for law in discovery.front:
        formula = to_latex(law.expression)
        assert formula in text
        assert MathTextParser("agg").parse(f"${formula}$").width > 0


def test_latex_says_what_was_found(kepler: Discovery) -> None:
    text = latex_report(gather(kepler))
    expected = (
        r"P = k_{1} \, a^{3/2}", r"365.680 $\pm$ 0.050", r"day/au\textsuperscript{3/2}", "$\\bullet$ & 5",
        "complexity 9 or less", "residual at the noise",
    )  # fmt: skip
    for words in expected:
        assert words in text, words


@pytest.mark.parametrize("name", ALL)
def test_markdown_has_whole_tables_and_no_markup_from_outside(
    request: pytest.FixtureRequest, name: str
) -> None:
    discovery: Discovery = request.getfixturevalue(name)
    text = markdown_report(gather(discovery))
    in_code = False
    widths: list[int] = []
    for line in text.split("\n"):
        in_code ^= line.startswith("```")
        if line.startswith("|") and not in_code:
            widths.append(len(re.findall(r"(?<!\\)\|", line)))
            assert widths[-1] == widths[0]
        else:
            widths = []
        outside = re.sub(r"(`+).*?\1", "", line)
        assert in_code or not re.search(r"<(?!br>)", outside), line
    assert discovery.front.best.target in text or name == "hostile"


def test_the_certificate_names_what_was_not_searched(kepler: Discovery) -> None:
    said = gather(kepler).certificate
    assert said.endswith(
        "none fits better than the laws below. "
        "Not among these operators: max, min, log10, sinh, cosh, abs, cbrt, step."
    )
    everything = dataclasses.replace(kepler, problem=dataclasses.replace(kepler.problem, operators=tuple(OPERATORS)))
    assert gather(everything).certificate.endswith("none fits better than the laws below.")


def test_markdown_says_what_was_found(kepler: Discovery) -> None:
    text = markdown_report(gather(kepler))
    assert "`P = k1*a**(3/2)`" in text and "365\\.680 ± 0\\.050" in text and "```python\nimport math" in text


@pytest.mark.parametrize("name", ALL)
def test_pdf_is_made(request: pytest.FixtureRequest, name: str) -> None:
    content = gather(request.getfixturevalue(name))
    made = pdf_report(content)
    assert made.startswith(b"%PDF-") and len(made) > 10_000
    outside_of_strings = re.sub(r'"(?:[^"\\]|\\.)*"', '""', typst_report(content))
    for sign in ("script", "eval", "passwd", "\\input"):
        assert sign not in outside_of_strings


def test_pdf_without_typst_names_the_extra(kepler: Discovery, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "typst":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "typst", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ReportError, match="Install the extra pdf"):
        pdf_report(gather(kepler))


@pytest.mark.parametrize("write", [latex_report, markdown_report, pdf_report])
def test_a_search_that_found_nothing_has_a_report(kepler: Discovery, write: Any) -> None:
    made = write(gather(dataclasses.replace(kepler, front=ParetoFront((), -1))))
    assert made[:5] == b"%PDF-" if isinstance(made, bytes) else "No law was found" in made


@pytest.mark.parametrize(
    ("text", "pieces", "plain", "html"),
    [
        ("day/au**(3/2)", (("day/au", "3/2"),), "day/au^(3/2)", "day/au<sup>3/2</sup>"),
        ("kg*m**2/s**2", (("kg·m", "2"), ("/s", "2")), "kg·m²/s²", "kg·m<sup>2</sup>/s<sup>2</sup>"),
        ("m**-1", (("m", "-1"),), "m⁻¹", "m<sup>\N{MINUS SIGN}1</sup>"),
        ("km/s/Mpc", (("km/s/Mpc", ""),), "km/s/Mpc", "km/s/Mpc"),
        ("m s-1", (("m s-1", ""),), "m s-1", "m s-1"),
        ("<b>", (("<b>", ""),), "<b>", "&lt;b&gt;"),
    ],
)
def test_units_are_set(text: str, pieces: tuple[tuple[str, str], ...], plain: str, html: str) -> None:
    assert unit_pieces(text) == pieces
    assert unit_plain(text) == plain
    assert unit_html(text) == html
    assert unit_typst(text).startswith("text(")
    assert unit_latex(text)


@pytest.mark.parametrize("text", ["", "1", "dimensionless"])
def test_a_unit_of_one_is_not_written(text: str) -> None:
    assert unit_html(text) == unit_plain(text) == unit_latex(text) == ""


def test_escapes() -> None:
    assert escape_markdown("[a](b) <i>|`x`\n# y") == r"\[a\]\(b\) &lt;i&gt;\|\`x\`" + "�" + r"\# y"
    assert typst_string('a"b\\c\u202e') == '"a\\"b\\\\c�"'
    assert one_line("a\r\n\u2028b") == "a���b"


def test_pdf_pages_can_be_drawn(relativity: Discovery) -> None:
    """The document sets without warnings, also without its pictures."""
    import typst

    source = io.BytesIO(typst_report(gather(relativity)).encode())
    made = typst.compile(source.getvalue(), format="svg")
    pages = made if isinstance(made, list) else [made]
    assert all(bytes(page).startswith(b"<svg") for page in pages)
