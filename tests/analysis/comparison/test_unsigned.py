"""Why nothing was signed, against the runs one by one."""

import numpy as np
import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.results import PLACES
from sim.analysis.comparison.unsigned import count_unsigned
from sim.types import IMPASSE_OF, IMPASSES, EndReason, Outcome, Runs
from tests.analysis.comparison.test_accumulate import compare, rows
from tests.analysis.synthetic import blocks, structure


def test_every_reason_without_a_text_of_the_table_has_one_way_to_fail():
    assert set(IMPASSE_OF.values()) == set(IMPASSES)
    signed = {*EndReason} - {*IMPASSE_OF}
    assert signed == {
        *(EndReason.REFUSED_BY_ABSENT, EndReason.REFUSED_AT_HOME, EndReason.REMAINDER_REFUSED, EndReason.DEFECTED),
        *(EndReason.PROCESS_TEXT, EndReason.PARTIAL_AT_DEADLINE, EndReason.PARTIAL_BANKED, EndReason.PARTS_STRUCK),
        *(EndReason.SETTLED, EndReason.VOTED_DOWN, EndReason.AGENDA_CLOSED, EndReason.LAPSED),
    }


def test_shares_are_those_of_the_runs():
    found = compare()
    runs, slot = rows()
    for f, result in enumerate(found.formats):
        mine = runs.reason[slot == f]
        nothing = np.isin(mine, list(IMPASSE_OF))
        assert result.unsigned.share.value == pytest.approx(nothing.mean())
        assert sum(one.value for one in result.unsigned.of_all) == pytest.approx(nothing.mean())
        assert sum(one.value for one in result.unsigned.of_these) == pytest.approx(1.0)
        time = IMPASSES.index("time")
        late = np.isin(mine, [EndReason.ALL_PASSED, EndReason.DEADLINE, EndReason.MEET_AGAIN])
        assert result.unsigned.of_all[time].value == pytest.approx(late.mean())
        assert result.unsigned.of_these[time].value == pytest.approx(late.sum() / nothing.sum())
        assert result.unsigned.share.low < result.unsigned.share.value < result.unsigned.share.high


def test_the_reason_counts_whether_or_not_all_would_meet_again():
    ((_, runs),) = blocks(n_draws=1, formats=(0,), block=1)
    runs = Runs._make(column.copy() for column in runs)
    runs.outcome[:] = [Outcome.PROCESS, Outcome.NO_AGREEMENT] * 4
    runs.reason[:] = EndReason.FORESEEN
    found = Accumulator(structure(), (0,), 1, 8)
    found.add(0, runs)
    assert found.result().formats[0].unsigned.of_these[IMPASSES.index("foreseen")].value == 1.0
    assert count_unsigned(runs.reason.reshape(1, 1, 8)).tolist() == [[[0, 0, 0, 8, 0, 0]]]


@pytest.mark.parametrize("reason", [EndReason.NO_ZONE, EndReason.CLAIMS, EndReason.FORESEEN, EndReason.CONDITION])
def test_a_refusal_where_nothing_was_signed_fell_at_the_table(reason):
    ((_, runs),) = blocks(n_draws=1, formats=(0,), block=1)
    runs = Runs._make(column.copy() for column in runs)
    runs.outcome[:] = Outcome.NO_AGREEMENT
    runs.reason[:] = reason
    runs.refused[:] = 0
    runs.refused[:, 2] = 0b10
    found = Accumulator(structure(), (0,), 1, 8)
    found.add(0, runs)
    refusals = found.result().formats[0].refusals
    assert refusals[PLACES.index("table"), 1, 2] == 1.0
    assert refusals.sum() == 1.0
