"""YAML as plain values: what is read, what is refused, and that what we write we read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symreg.document import (
    MAX_BYTES,
    Document,
    dump_document,
    path_text,
    read_document,
    read_document_text,
)
from symreg.errors import SpecificationError


def refusal(text: str) -> str:
    with pytest.raises(SpecificationError) as caught:
        read_document_text(text, "x.yaml")
    return str(caught.value)


def test_plain_values() -> None:
    text = "a: [1, -2.5, 1e-34, 6.674e-11, .5, true, no, null, ~, 12:30, '7', 2020-01-01]\nn: {}\n1: []\n"
    value = read_document_text(text).value
    assert value == {
        "a": [1, -2.5, 1e-34, 6.674e-11, 0.5, True, "no", None, None, "12:30", "7", "2020-01-01"],
        "n": {},
        "1": [],
    }


def test_every_place_has_its_line() -> None:
    document = read_document_text("a:\n  b: [1,\n      2]\nc: 3\n")
    assert document.lines[("a", "b")] == 2
    assert document.lines[("a", "b", 1)] == 3
    assert document.line_of(("c", "missing")) == 4
    assert Document(None, {}, "x").line_of(("c",)) is None


def test_places_as_text() -> None:
    assert path_text(("constants", 1, "unit")) == "constants[1].unit"
    assert len(path_text(("k" * 5000,))) == 60


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\na: 2\n", "x.yaml, line 2, a: this key stands here twice; first on line 1"),
        ("a: &x 1\nb: *x\n", "x.yaml, line 2, b: aliases (*x) are not accepted"),
        ("a: [+, *, /]", "write operators in quotes"),
        (
            "a: !!python/object/apply:os.system ['true']",
            "line 1, a: tags (tag:yaml.org,2002:python/object/apply:os",
        ),
        ("!!python/name:os.system", "line 1: tags"),
        ("? !!set {x}\n: 1", "line 1: tags"),
        ("? [a]\n: 1", "a key must be a plain word"),
        ("a: 1\n---\nb: 2\n", "line 2: a second document"),
        ("a: [1", "line 1: not valid YAML"),
        ("a: 1\n b: 2\n", "line 2: not valid YAML"),
        ("\tx: 1", "not valid YAML"),
        ("a: \x00", "not valid YAML"),
        ("%TAG ! tag:evil,2000:\n---\na: !x 1\n", "tags"),
    ],
)
def test_what_is_refused_and_where(text: str, reason: str) -> None:
    assert reason in refusal(text)


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    for path, reason in [(tmp_path / "no.yaml", "no such file"), (tmp_path, "folder")]:
        with pytest.raises(SpecificationError, match=reason):
            read_document(path)
    with pytest.raises(SpecificationError, match=r"latin\.yaml, line 2: this is not UTF-8 text"):
        read_document(tmp_path / "latin.yaml")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_document(tmp_path / "bom.yaml").value == {"a": 1}


def test_only_the_first_megabyte_is_ever_read(tmp_path: Path) -> None:
    path = tmp_path / "giant.yaml"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES * 1000)
    with pytest.raises(SpecificationError, match="larger than 1 MB"):
        read_document(path)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(plain_values)
def test_what_is_written_is_read_back(value: object) -> None:
    assert read_document_text(dump_document({"value": value})).value == {"value": value}
