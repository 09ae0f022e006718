"""What `solve` prints: the equilibrium with how far to trust it, deals by letter, gains in words."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from sim.analysis.theory.solved_format import CONCEPTS, solve_format
from sim.bargaining.table_equilibrium import table_equilibrium
from sim.report.solution.solution_view import DealNames, deal_list, equilibrium_parts, solution_table, stakes
from tests.analysis.made_up_tables import dollar, table_of
from tests.analysis.synthetic import structure


def told(table) -> str:
    n = len(table.seats.parties)
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    for part in equilibrium_parts(table, DealNames(tuple("ABC"[:n]), {}), "unanimity"):
        console.print(part)
    return console.file.getvalue()


def test_an_equilibrium_that_did_not_converge_is_flagged():
    table = table_equilibrium(table_of(dollar(20)), 0, 0)
    assert table.found is not None
    assert "Converged: residual" in told(table)
    broken = replace(table, found=replace(table.found, converged=False, residual=0.01))
    assert "Not converged" in told(broken)
    assert "this is no equilibrium" in told(broken)


def test_a_table_without_a_deal_says_so():
    table = table_equilibrium(table_of(np.vstack(([0, 0], np.c_[np.ones(400), -np.ones(400)]))), 0, 0)
    assert "talks never end" in told(table)


@pytest.mark.parametrize(("value", "text"), [(0.5, "0.50"), (0.0123, "0.012"), (-0.2, "−0.20"), (-0.0001, "0.000")])
def test_gains_in_words(value, text):
    assert stakes(value) == text


def test_deals_are_told_by_what_they_change():
    names = structure()
    home = np.array([issue.status_quo for issue in names.issues])
    assert len(home) > 2
    other = home.copy()
    other[:3] = [1 - min(place, 1) for place in home[:3]]
    near = other.copy()
    near[0] = home[0]
    rows = [[cell.words for cell in row] for row in deal_list([other, near, home], names).cells]
    assert [row[0] for row in rows] == ["A", "B", "C"]
    assert rows[0][1].count("; ") == 2
    assert rows[1][1].startswith("as A, but ")
    assert rows[2][1] == "the status quo"


def test_a_deal_that_hurts_says_whom_and_by_how_much():
    """Nothing suits both: one gains 0.3 where the other loses 0.1, or the other way round with 0.2 and 0.4."""
    solved = solve_format(table_of(np.array([[0.0, 0.0], [0.3, -0.1], [-0.4, 0.2]]), floor=[0.05, 0.05]), 0, 0)
    table = solution_table(solved, DealNames(("Upper", "Lower"), {}))
    assert "Every deal costs some party something" in table.note
    assert "The egalitarian deal hurts: it costs Upper 0.050 stakes, Lower 0.050 stakes." in table.note
    assert "The utilitarian deal hurts: it costs Lower 0.15 stakes." in table.note
    assert [row[0].words for row in table.cells] == [*CONCEPTS.values(), "Best for each, the others may lose"]
    assert [cell.words for cell in table.cells[-1][2:]] == ["0.25", "0.15"]


def test_the_best_for_each_says_over_which_deals():
    solved = solve_format(table_of(np.array([[0.0, 0.0], [0.3, -0.1], [0.2, 0.2]])), 0, 0)
    table = solution_table(solved, DealNames(("Upper", "Lower"), {}))
    rows = {row[0].words: [cell.words for cell in row[2:]] for row in table.cells}
    assert rows["Best for each, nobody loses"] == ["0.20", "0.20"]
    assert rows["Best for each, the others may lose"] == ["0.30", "0.20"]
    assert "hurts" not in table.note
