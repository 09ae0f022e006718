import numpy as np
import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.results import FAILURES
from sim.types import EndReason, Outcome, Runs
from sim.types.records import Names, to_data
from tests.analysis.synthetic import HORIZON, blocks, structure


def numbers(comparison):
    return to_data(comparison, Names.of(structure()))


def compare(*, block=16, formats=(0, 1, 2, 3, 4), **options):
    found = Accumulator(structure(), formats, options.get("n_draws", 60), 8)
    for first, runs in blocks(block=block, formats=formats, **options):
        found.add(first, runs)
    return found.result()


def rows(formats=(0, 1, 2, 3, 4), **options):
    """All runs in one block, with the slot of each row."""
    ((_, runs),) = blocks(block=10**6, formats=formats, **options)
    return runs, np.tile(np.repeat(np.arange(len(formats)), 8), options.get("n_draws", 60))


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


def test_the_same_for_any_blocks():
    one, two = (numbers(compare(block=block)) for block in (7, 1000))
    assert one == two


def test_a_format_alone_is_the_same():
    alone = compare(formats=(2,)).formats[0]
    among = compare().formats[2]
    assert alone.outcomes == among.outcomes
    assert alone.failures == among.failures
    np.testing.assert_array_equal(alone.refusals, among.refusals)


def test_blocks_in_any_order():
    found = Accumulator(structure(), range(5), 60, 8)
    for first, runs in reversed(list(blocks())):
        found.add(first, runs)
    assert numbers(found.result()) == numbers(compare())


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


def test_refusals_are_told_apart_by_place():
    found = compare()
    runs, slot = rows()
    result = found.formats[0]
    refused = ((runs.refused[:, 4] >> 2) & 1 == 1) & (slot == 0)
    without_text = np.isin(runs.reason, [EndReason.ALL_PASSED, EndReason.DEADLINE, EndReason.MEET_AGAIN, 0])
    left = (runs.outcome == Outcome.COLLAPSED) & ((runs.decided >> 2) & 1 == 1)
    n = np.sum(slot == 0)
    assert result.refusals[0, 2, 4] == pytest.approx(np.sum(refused & without_text) / n)
    assert result.refusals[1, 2, 4] == pytest.approx(np.sum(refused & ~without_text & ~left) / n)
    assert result.refusals[2, 2, 4] == pytest.approx(np.sum(refused & left) / n)
    assert result.refusals[:, 2, 4].sum() == pytest.approx(refused.sum() / n)


def test_a_strike_before_a_collapse_is_not_leaving():
    # Party 0 struck its share at consent, party 1 left the text later: one run each of one draw and format.
    ((_, runs),) = blocks(n_draws=1, formats=(0,), block=1)
    runs = Runs._make(column.copy() for column in runs)
    runs.outcome[:] = Outcome.COLLAPSED
    runs.reason[:] = EndReason.DEFECTED
    runs.decided[:] = 0b10
    runs.refused[:] = 0
    runs.refused[:, 2] = 0b01
    runs.refused[:, 3] = 0b10
    found = Accumulator(structure(), (0,), 1, 8)
    found.add(0, runs)
    refusals = found.result().formats[0].refusals
    assert (refusals[1, 0, 2], refusals[2, 1, 3]) == (1.0, 1.0)
    assert refusals.sum() == 2.0


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


def test_wrong_blocks_are_refused():
    found = Accumulator(structure(), range(5), 60, 8)
    (first, runs), *_ = blocks()
    with pytest.raises(ValueError, match="does not fit"):
        found.add(0, Runs(*(column[:-1] for column in runs)))
    with pytest.raises(ValueError, match="does not fit"):
        found.add(59, runs)
    found.add(first, runs)
    with pytest.raises(ValueError, match="added before"):
        found.add(first, runs)
    with pytest.raises(ValueError, match="44 of 60 draws are missing"):
        found.result()
    with pytest.raises(ValueError, match="different indices"):
        Accumulator(structure(), (0, 0), 60, 8)


def test_a_million_runs_need_little_memory():
    counts = Accumulator(structure(), range(5), 25_000, 8)._tally
    big = sum(column.nbytes for column in counts if isinstance(column, np.ndarray))
    assert big < 20e6
