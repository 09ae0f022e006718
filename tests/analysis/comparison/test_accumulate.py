import numpy as np
import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.types import EndReason, Outcome, Runs
from sim.types.records import Names, to_data
from tests.analysis.synthetic import blocks, structure


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
    gap = Accumulator(structure(), range(5), 60, 8)
    with pytest.raises(ValueError, match="no draws"):
        gap.result()
    gap.add(2, runs)
    with pytest.raises(ValueError, match="2 draws are missing"):
        gap.result()
    with pytest.raises(ValueError, match="different indices"):
        Accumulator(structure(), (0, 0), 60, 8)


def test_what_is_there_at_any_time_is_the_comparison_of_so_many_draws():
    found = Accumulator(structure(), range(5), 60, 8)
    for first, runs in blocks(n_draws=60):
        found.add(first, runs)
        n_draws = first + len(runs.outcome) // 40
        assert numbers(found.result()) == numbers(compare(n_draws=n_draws))
        assert found.n_draws == n_draws == len(found.by_draw()["settlement"])
