"""Numbers and texts in the cells of tables that spreadsheets read and write."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_FORMULA = re.compile(r"[=+@\-]")


def number_of(text: str) -> float | None:
    """The number that a text is, in digits with a point, without separators of thousands; None for anything else."""
    return float(text) if _NUMBER.fullmatch(text) else None


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before = + - @, unless it is a number.

    A text that begins with such an apostrophe of its own gets another, so that it comes back whole.
    """
    formula = _FORMULA.match(cell) and number_of(cell) is None
    return f"'{cell}" if formula or without_apostrophe(cell) != cell else cell


def without_apostrophe(cell: str) -> str:
    """The text of a cell that was made `harmless`."""
    return cell[1:] if cell[:1] == "'" and harmless(cell[1:]) == cell else cell
