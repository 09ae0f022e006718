"""Estimates of a comparison, against the runs one by one."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.results import FAILURES, PLACES
from sim.analysis.comparison.summarise import empty_tally
from sim.types import EndReason, Outcome
from tests.analysis.comparison.test_accumulate import compare, rows
from tests.analysis.synthetic import HORIZON, structure


def test_likelihoods_are_plain_shares():
    found = compare()
    runs, slot = rows()
    for f, result in enumerate(found.formats):
        mine = runs.outcome[slot == f]
        assert [e.value for e in result.outcomes] == pytest.approx([np.mean(mine == k) for k in Outcome])
        assert sum(e.value for e in result.outcomes) == pytest.approx(1.0)
        assert result.reasons[EndReason.DEFECTED] == pytest.approx(np.mean(runs.reason[slot == f] == 6))
        assert result.measures["in_force"].value == pytest.approx(np.mean(np.isin(mine, [5, 6])))
        assert result.measures["lasted"].value == pytest.approx(
            np.mean(np.isin(mine[np.isin(mine, [3, 5, 6])], [5, 6]))
        )


def test_deciders_by_hand():
    found = compare()
    runs, slot = rows()
    mine = slot == 1
    failed = mine & np.isin(runs.outcome, FAILURES)
    deciders = found.formats[1].failures
    assert deciders.runs == failed.sum()
    assert sum(one.runs for one in deciders.sets) + deciders.others == failed.sum()
    by_set = {one.parties: one.runs for one in deciders.sets}
    assert by_set[(0, 2)] == np.sum(runs.decided[failed] == 0b101)
    assert by_set[()] == np.sum(runs.decided[failed] == 0)
    assert deciders.by_party[2] == pytest.approx(np.mean((runs.decided[failed] >> 2) & 1))
    assert [one.runs for one in deciders.sets] == sorted((one.runs for one in deciders.sets), reverse=True)


def test_contents_of_texts():
    found = compare()
    runs, slot = rows()
    signed = np.isin(runs.outcome, [3, 5, 6])
    result = found.formats[3]
    mine = signed & (slot == 3)
    assert result.n_texts == mine.sum()
    assert result.deals[3, 1] == pytest.approx(np.mean(runs.deal[mine, 3] == 1))
    assert result.deals[2, 0] == pytest.approx(np.mean(runs.deal[mine, 2] == 0))  # partial texts lost it
    assert np.isnan(result.deals[7, 2])  # prisoners has two options
    assert np.nansum(result.deals[3]) == pytest.approx(1.0)
    agreed = (runs.agreed == 1) & (slot == 3)
    assert result.tabled[2, 0] == pytest.approx(np.mean(runs.tabled[agreed, 2] == 0))
    settled = np.isin(runs.outcome, [4, 5, 6]) & (slot == 3) & (runs.deal[:, 1] >= 2)
    assert result.core_issues["ceasefire"].value == pytest.approx(settled.sum() / np.sum(slot == 3))


def test_values_come_close_to_exact_quantiles():
    found = compare(n_draws=200)
    runs, slot = rows(n_draws=200)
    mine = (slot == 2) & np.isin(runs.outcome, [3, 5, 6])
    gain = runs.value[mine, 1].astype(float) - runs.reservation[mine, 1]
    value = found.formats[2].values[1]
    assert value.gain.mean == pytest.approx(gain.mean(), abs=1e-6)
    for name, level in (("low", 0.05), ("median", 0.5), ("high", 0.95)):
        assert getattr(value.gain, name) == pytest.approx(np.quantile(gain, level), abs=0.012)
    assert value.below == pytest.approx(np.mean(gain < 0))


def test_survival_starts_at_one_and_ends_at_lasted():
    result = compare().formats[0]
    survival = result.survival
    assert survival.months.tolist() == list(range(HORIZON + 1))
    assert survival.share[0] == 1.0
    assert (np.diff(survival.share) <= 0).all()
    runs, slot = rows()
    signed = (slot == 0) & np.isin(runs.outcome, [3, 5, 6])
    left = runs.held[signed & (runs.outcome == Outcome.COLLAPSED)]
    assert survival.share[7] == pytest.approx(1 - np.sum(left <= 7) / signed.sum())
    assert survival.share[-1] == pytest.approx(result.measures["lasted"].value)
    assert (survival.low <= survival.share).all()
    assert (survival.share <= survival.high).all()


def test_pairs():
    found = compare()
    runs, slot = rows()
    pair = next(p for p in found.pairs if (p.measure, p.first, p.second) == ("settlement", "north-coast", "all-four"))
    per_draw = [(runs.outcome[slot == f].reshape(60, 8) == Outcome.SETTLEMENT).mean(axis=1) for f in (0, 3)]
    assert pair.difference.value == pytest.approx(np.mean(per_draw[0] - per_draw[1]))
    assert pair.first_leads == pytest.approx(np.mean(per_draw[0] > per_draw[1]))
    assert pair.first_leads + pair.second_leads + pair.ties == pytest.approx(1.0)
    assert len(found.pairs) == 3 * 10


def test_format_without_texts():
    never = np.tile([0.2, 0.5, 0.3, 0.0, 0.0, 0.0, 0.0], (5, 1))
    result = compare(likelihoods=never).formats[0]
    assert result.n_texts == 0
    assert not result.measures["lasted"].known
    assert result.survival.months.size == 0
    assert np.isnan(result.values[0].gain.median)
    assert np.isnan(result.deals).all()


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
