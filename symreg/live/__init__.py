"""A search while it goes on: lines for a log, a bar for a notebook, a page for a browser, and Ctrl-C."""

from __future__ import annotations

from symreg.live.board import Board
from symreg.live.interruption import first_interrupt_asks
from symreg.live.lines import Lines
from symreg.live.pace import Glimpse, Pace
from symreg.live.server import served
from symreg.live.shown import show_progress
from symreg.live.words import count_text, fitting, search_words, seconds_text, spent_words

__all__ = [
    "Board",
    "Glimpse",
    "Lines",
    "Pace",
    "count_text",
    "first_interrupt_asks",
    "fitting",
    "search_words",
    "seconds_text",
    "served",
    "show_progress",
    "spent_words",
]
