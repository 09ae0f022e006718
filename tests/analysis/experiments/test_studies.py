"""What variants do to the sign of a difference, and a lever that is none."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.experiments.cells import BASELINE
from sim.analysis.experiments.studies import (
    CellCounter,
    CellCounts,
    change,
    degenerate,
    judge,
    largest_outcome_change,
    never,
    paired,
)
from sim.analysis.statistics.intervals import Estimate
from sim.report.study.findings_words import fate
from sim.types import EndReason, Outcome, Runs, Structure, empty_runs
from tests.analysis.synthetic import structure


def test_variants_hold_are_unclear_or_flip():
    above, below, zero = Estimate(0.2, 0.1, 0.3), Estimate(-0.2, -0.3, -0.1), Estimate(0.0, -0.1, 0.1)
    found = judge({BASELINE: above, "a": above, "b": zero, "c": below})
    assert (found.holds, found.unclear, found.flips) == (("a",), ("b",), ("c",))
    assert "flips under `c`" in fate(found)
    found = judge({BASELINE: zero, "a": above, "b": zero, "c": below})
    assert (found.holds, found.unclear, found.flips) == ((), ("b",), ("a", "c"))
    assert "differ under `a` and `c`" in fate(found)


R = 2


def cell_of(found: list[Runs], names: Structure, formats: tuple[int, ...] = (0, 1)) -> CellCounts:
    """One draw a block."""
    counter = CellCounter(names, formats, replications=R)
    for draw, runs in enumerate(found):
        counter.add(draw, runs)
    return counter.result()


def quiet_runs(outcomes: list[Outcome]) -> Runs:
    """One draw of two formats x two replications with nothing refused."""
    runs = empty_runs(len(outcomes), 11, 4)
    runs.outcome[:] = outcomes
    runs.reason[:] = EndReason.PARTIAL_BANKED
    runs.held[:] = 24
    return runs


P, S, B, C = Outcome.PARTIAL, Outcome.SETTLEMENT, Outcome.BLOCKED, Outcome.COLLAPSED


def test_strikes_at_consent_are_told_from_later_leavers_and_refusals_at_the_table():
    runs = quiet_runs([P, C, Outcome.NO_AGREEMENT, P])
    runs.reason[2] = EndReason.DEADLINE
    runs.tabled[:, 3], runs.tabled[:, 4] = 1, 2
    runs.deal[:, 3] = 1
    runs.refused[0, 4] = 0b0100  # party 2 struck issue 4: moved by the text tabled, back at its status quo
    runs.refused[1, 3] = 0b1000  # party 3 left over issue 3, which the text in force still moves
    runs.refused[2, 4] = 0b0010  # at the table, where there was no text
    found = cell_of([runs], structure(2))
    assert found.refusals.sum() == 1
    assert found.refusals[0, 0, 2, 4] == 1
    assert found.tabled.tolist() == [[2, 1]]
    assert found.by_party[0].tolist() == [[0, 0, 1, 0], [0, 0, 0, 0]]
    assert found.shares["stopped"].value.tolist() == [0.5, 0.0]


def test_months_of_texts_that_were_left():
    runs = quiet_runs([C, P, C, B])
    runs.held[:] = [3, 24, 7, -1]
    found = cell_of([runs], structure(2))
    assert found.median_months(0) == 3
    assert found.median_months(0, of_left=True) == 3
    assert found.median_months(1) == 7
    assert np.isnan(cell_of([quiet_runs([B] * 4)], structure(2)).median_months(0))


def test_a_change_is_paired_and_changed_minus_base():
    base = cell_of([quiet_runs([S, S, P, P]) for _ in range(40)], structure(2))
    worse = cell_of([quiet_runs([S, P, P, P]) for _ in range(40)], structure(2))
    assert change(base, worse, "settlement", 0).value == pytest.approx(-0.5)
    assert change(base, worse, "settlement", 0).side == -1
    assert change(base, worse, "settlement", 1).value == 0.0
    assert change(base, base, "settlement", 0).side == 0
    outcome, moved = largest_outcome_change(base, worse, 0)
    assert outcome in (P, S)
    assert abs(moved.value) == pytest.approx(0.5)


def test_a_paired_interval_keeps_a_width_and_shrinks_with_draws():
    none = [paired(np.full(n, 2), np.full(n, 2), 4) for n in (50, 200)]
    assert [one.value for one in none] == [0.0, 0.0]
    assert 3.5 < none[0].high / none[1].high < 4.5
    mixed = paired(np.zeros(100), np.tile([0, 4], 50), 4)
    assert mixed.value == 0.5
    assert mixed.high - mixed.value == pytest.approx(1.984 * np.sqrt(25.13 / 9900), rel=0.001)


def test_equal_records_have_equal_digests_and_others_do_not():
    one, same = (cell_of([quiet_runs([S, S, P, P])], structure(2)) for _ in range(2))
    runs = quiet_runs([S, S, P, P])
    runs.value[0, 0] = 1e-7
    assert one.digest == same.digest
    assert one.digest != cell_of([runs], structure(2)).digest


def test_degenerate_means_in_every_format():
    assert degenerate(cell_of([quiet_runs([P, P, P, P])] * 3, structure(2))) == (
        "partial above 95% in every format",
        "settlement below 1% in every format",
    )
    one_format_only = cell_of([quiet_runs([P, P, S, P])] * 3, structure(2))
    assert degenerate(one_format_only) == ()
    assert Outcome.NO_TALKS in never(one_format_only)
