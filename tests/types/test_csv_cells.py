"""Cells of tables: what is a number, and what a spreadsheet would calculate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.types.csv_cells import harmless, number_of, without_apostrophe


@pytest.mark.parametrize(("text", "number"), [("-1.5", -1.5), ("+.5e2", 50.0), ("3.", 3.0), ("007", 7.0)])
def test_a_number_in_digits(text: str, number: float):
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["", "1_000", "1,5", "nan", "inf", "0x1", "1e", ".", "١٢", " 1"])
def test_what_python_or_people_take_for_a_number_is_none(text: str):
    assert number_of(text) is None


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-x", "@sum(a)", "=HYPERLINK(1)"])
def test_a_formula_becomes_text(cell: str):
    assert harmless(cell) == f"'{cell}"


@given(st.one_of(st.text(), st.floats(allow_nan=False, allow_infinity=False).map(repr)))
def test_nothing_but_formulas_changes_and_they_come_back(cell: str):
    bare = cell.lstrip("'")
    assert (harmless(cell) == cell) == (bare[:1] not in tuple("=+-@") or number_of(bare) is not None)
    assert without_apostrophe(harmless(cell)) == cell


@pytest.mark.parametrize("text", ["-", "'-", "''=1", "'", "'a", "-5", "'-5", ""])
def test_every_text_comes_back_from_a_cell(text: str):
    assert without_apostrophe(harmless(text)) == text
