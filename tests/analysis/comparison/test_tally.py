"""The counts behind a comparison: small, and of the right shapes."""

from __future__ import annotations

import numpy as np

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.results import PLACES
from sim.analysis.comparison.tally import empty_tally
from sim.types import Outcome
from tests.analysis.synthetic import structure


def test_a_million_runs_need_little_memory():
    counts = Accumulator(structure(), range(5), 25_000, 8)._tally
    big = sum(column.nbytes for column in vars(counts).values() if isinstance(column, np.ndarray))
    assert big < 20e6


def test_a_tally_of_nothing_has_a_place_for_everything():
    """[D, F, ...] counts per draw, [F, ...] counts of people and texts, and tables by format."""
    tally = empty_tally(structure(), 7, 5, 2, tracks=(1, 3))
    assert tally.outcomes.shape == (7, 5, len(Outcome))
    assert tally.core_issues.shape == (7, 5, 2)
    assert tally.refusals.shape == (5, len(PLACES), 4, 11)
    assert tally.deals.shape == tally.tabled.shape == (5, 11, 6)
    assert tally.legs.shape == (7, 1, 3, len(Outcome) + 1)
    assert [len(table) for table in (tally.months, tally.held, tally.left, tally.decider_sets)] == [5] * 4
    assert not any(column.any() for column in vars(tally).values() if isinstance(column, np.ndarray))
    tally.months[0][3] += 1
    assert tally.months[1] == {}
