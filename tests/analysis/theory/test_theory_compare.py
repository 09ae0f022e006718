"""The equilibrium beside a comparison: absent parties by hand, chances over draws, and what becomes of the ranking."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis.comparison.results import PairDifference
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.theory.theory_compare import LEVEL, REVERSED, SAME, core_unstopped, theory_comparison
from sim.types.tables import ABSENT
from tests.analysis.made_up_tables import table_of


def with_absent(worth, *, standing=0.0, barred=False):
    """Two at the table that gain by option 1, and a third, absent, to whom it is `worth`."""
    values = [[0, 0, 0], [0.5, 0.5, worth]]
    power = np.zeros((1, 3, 1, 2))
    power[0, 2, 0, 1] = standing
    lines = np.zeros((1, 3, 1, 2), dtype=np.uint8)
    lines[0, 2, 0, 1] = barred
    return table_of(values, turn=[[0, 1]], seated=[[1, 1, ABSENT]], standing=power, barred=lines)


@pytest.mark.parametrize(
    ("worth", "standing", "barred", "chance"),
    [
        (-0.1, 0.3, False, 0.7),
        (0.1, 0.3, False, 1.0),
        (0.1, 0.3, True, 0.7),
        (-0.1, 1.0, False, 0.0),
        (-0.1, 0, True, 1),
    ],
)
def test_an_absent_party_stops_the_core_with_its_standing(worth, standing, barred, chance):
    tables = with_absent(worth, standing=standing, barred=barred)
    assert core_unstopped(tables, 0, 0, np.array([[1], [0]])) == pytest.approx([chance, 1.0])
    found = theory_comparison(tables, (0,), comparison("a"), n_draws=1)
    assert found.formats[0].core.value == pytest.approx(1.0, abs=1e-4)
    assert found.formats[0].consented.value == pytest.approx(chance, abs=1e-4)


def test_an_absent_party_stops_what_crosses_its_condition():
    tables = with_absent(0.1, standing=0.3)
    tables.line_if, tables.line_unless = np.array([[[0, 1]]]), np.zeros((1, 1, 2))
    tables.line_firm = np.zeros((1, 3, 1), dtype=np.uint8)
    assert core_unstopped(tables, 0, 0, np.array([[1], [0]])) == pytest.approx([1.0, 1.0])
    tables.line_firm[0, 2, 0] = 1
    assert core_unstopped(tables, 0, 0, np.array([[1], [0]])) == pytest.approx([0.7, 1.0])


def test_standing_on_what_is_not_core_does_not_stop_the_core():
    """A second issue in the same composite, not core, moved by the same option: there the absent party has a veto."""
    tables = with_absent(-0.1, standing=0.3)
    tables.level, tables.issue_composite = np.array([2, 1]), np.array([0, 0])
    tables.moved = np.repeat(tables.moved, 2, axis=0)
    tables.standing = np.concatenate((tables.standing, (tables.standing > 0).astype(float)), axis=2)
    assert core_unstopped(tables, 0, 0, np.array([[1]])) == pytest.approx([0.7])
    tables.level = np.array([1, 1])
    assert core_unstopped(tables, 0, 0, np.array([[1]])) == pytest.approx([1.0])


def comparison(*formats, pairs=()):
    return SimpleNamespace(formats=[SimpleNamespace(id=name) for name in formats], pairs=pairs)


def pair(first, second, value, width=0.05):
    return PairDifference(
        "settlement",
        first,
        second,
        Estimate(value, value - width, value + width),
        float("nan"),
        float("nan"),
        0.0,
        p_value=0.0 if abs(value) > width else 1.0,
        told_apart=abs(value) > width,
    )


def three_formats(n_draws: int):
    """Formats a and c always settle the core, in b there is no deal to be had."""
    values = np.zeros((n_draws, 2, 2))
    values[:, 1] = 0.5
    tables = table_of([[0, 0], [0.5, 0.5]])
    reach = np.zeros((3, 1, 2), dtype=np.uint8)
    reach[:, :, 0] = 1
    reach[[0, 2], :, 1] = 1
    grown = {}
    for name, array in vars(tables).items():
        if isinstance(array, np.ndarray) and name in WORLDS:
            grown[name] = np.repeat(array, n_draws, axis=0)
        elif isinstance(array, np.ndarray) and name in FORMATS:
            grown[name] = np.repeat(array, 3, axis=0)
    for name, array in grown.items():
        setattr(tables, name, array)
    tables.allowed = reach
    tables.recognition = np.ones((n_draws, 3, 2))
    return tables


WORLDS = {
    "contribution", "barred", "price", "drift", "outside", "patience", "precision", "capability", "standing",
    "leverage", "motive", "pressure_cost", "pressure_cap", "line_firm",
}  # fmt: skip
FORMATS = {
    "seated", "turn", "n_rounds", "rounds_per_month", "protocol", "unanimous", "quota", "strict", "vetoes", "abstains",
    "n_stages", "undertaken",
}  # fmt: skip


def test_chances_and_what_becomes_of_the_ranking():
    tables = three_formats(20)
    runs = comparison(
        "a", "b", "c", pairs=(pair("a", "b", 0.3), pair("b", "a", 0.3), pair("b", "c", -0.2), pair("a", "b", 0.01))
    )
    seen = []
    found = theory_comparison(tables, (0, 1, 2), runs, n_draws=20, after_each=lambda: seen.append(1))
    assert len(seen) == 60
    assert [one.core.value for one in found.formats] == pytest.approx([1.0, 0.0, 1.0], abs=1e-4)
    assert [one.no_game for one in found.formats] == [0, 20, 0]
    assert [one.not_converged for one in found.formats] == [0, 0, 0]
    assert found.formats[0].could == found.formats[0].must == 1.0
    assert [one.verdict for one in found.pairs] == [SAME, REVERSED, SAME, LEVEL]
    assert not found.same
    assert (found.verdicts[SAME], found.verdicts[REVERSED], found.verdicts[LEVEL]) == (2, 1, 1)


def test_only_settlements_are_compared():
    other = PairDifference("in_force", "a", "b", Estimate(1, 0.9, 1), 0.0, 0.0, 0.0, 0.0, True)
    found = theory_comparison(three_formats(4), (0, 1, 2), comparison("a", "b", "c", pairs=(other,)), n_draws=4)
    assert found.pairs == ()
    assert found.same
