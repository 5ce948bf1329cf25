"""The answer of a search for descriptors: the best models of each number of descriptors, and what was looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symreg.descriptor.certificate import Certificate, features_text
from symreg.descriptor.linear_model import DescriptorModel
from symreg.descriptor.narrowing import said_of
from symreg.descriptor.validation import Validation
from symreg.laws import constant_text
from symreg.search import Screening
from symreg.typesetting import bundle, html_list, html_table, plain_html
from symreg.uncertain_text import number_text, r2_text

HEADINGS = ("", "descriptors", "train RMSE", "held-out RMSE", "max error", "R2", "complexity", "model")
_LEFT = {"", "model"}


@dataclass(frozen=True, slots=True, eq=False)
class DescriptorFront:
    """Models by number of descriptors and error on the training rows; ``selected`` is the one to use.

    ``validations`` are scores of the whole search repeated on parts of the rows, where that was asked for.
    ``screening`` says of each of many columns why features were made of it or not; None where they were of all.
    """

    models: tuple[DescriptorModel, ...]
    selected: int
    certificates: tuple[Certificate, ...]
    n_features: int
    complete_to: int
    seconds: float
    validations: tuple[Validation, ...] = ()
    screening: Screening | None = None

    @property
    def best(self) -> DescriptorModel:
        """The selected model."""
        return self.models[self.selected]

    def of(self, n_descriptors: int) -> tuple[DescriptorModel, ...]:
        """Models of this many descriptors, the one with the least error on the training rows first."""
        return tuple(one for one in self.models if one.n_descriptors == n_descriptors)

    def __len__(self) -> int:
        return len(self.models)

    def __iter__(self) -> Iterator[DescriptorModel]:
        return iter(self.models)

    @property
    def _rows(self) -> list[tuple[str, ...]]:
        return [_cells(one, place == self.selected) for place, one in enumerate(self.models)]

    @property
    def _said(self) -> list[str]:
        said = [*said_of(self.screening, bool(self.validations)), features_text(self.n_features, self.complete_to)]
        return said + [one.sentence() for one in self.certificates] + [one.sentence() for one in self.validations]

    def __str__(self) -> str:
        return "\n".join([aligned(HEADINGS, self._rows, _LEFT), "", *self._said])

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return bundle(str(self), table_of_text(HEADINGS, self._rows, self._said, self.selected))


def select(models: Sequence[DescriptorModel], validations: Sequence[Validation] = ()) -> int:
    """Of the first models of each number of descriptors that with the least error: of the search repeated, where that
    was done, or else on rows held out or left out."""
    first: dict[int, int] = {}
    for place, model in enumerate(models):
        first.setdefault(model.n_descriptors, place)
    unseen = {one.n_descriptors: one.value for one in validations}
    return min(first.values(), key=lambda i: unseen.get(models[i].n_descriptors, models[i].held_out.rmse))


def table_of_text(
    headings: Sequence[str], rows: Sequence[Sequence[str]], said: Sequence[str], selected: int
) -> str:
    """The same as HTML for a notebook, the selected model in bold, with the sentences below."""
    cells = [[plain_html(text) for text in row] for row in rows]
    return f"<div>{html_table(headings, cells, marked=selected)}{html_list(said)}</div>"


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]], left: set[str]) -> str:
    """A table of texts in columns."""
    table = [headings, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if heading in left else text.rjust(width)
            for text, width, heading in zip(row, widths, headings, strict=True)
        ).rstrip()
        for row in table
    )


def _cells(model: DescriptorModel, selected: bool) -> tuple[str, ...]:
    constants = [constant_text(one) for one in model.law.constants if one.kind == "free"]
    return (
        ">" if selected else "", str(model.n_descriptors), number_text(model.train.rmse, 6),
        number_text(model.held_out.rmse, 6), number_text(model.max_error, 4), r2_text(model.train.r2),
        str(model.complexity), ", ".join([model.law.formula, *constants]),
    )  # fmt: skip
