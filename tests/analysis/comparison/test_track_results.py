"""Where along a track it is decided: counts against the runs, one by one, and what becomes of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.analysis import Accumulator
from sim.analysis.comparison.runs_table import RunsSink
from sim.types import Outcome
from sim.types.outcomes import NOT_PLAYED
from sim.types.playing import Size
from tests.analysis.synthetic import blocks, structure, tracked, tracked_blocks

from .test_result_document import result_of, valid

FORMATS = (1, 2, 3, 5, 6)
N_DRAWS = 40


def compare(*, formats=FORMATS, block=16):
    found = Accumulator(tracked(), formats, N_DRAWS, 8)
    for first, runs in tracked_blocks(formats=formats, n_draws=N_DRAWS, block=block):
        found.add(first, runs)
    return found.result()


@pytest.fixture(scope="module")
def result():
    return compare()


@pytest.fixture(scope="module")
def by_format():
    """Per format: legs and outcomes of its runs, [runs, legs] and [runs]."""
    ((_, runs),) = tracked_blocks(block=N_DRAWS, n_draws=N_DRAWS)
    slot = np.arange(len(runs.outcome)) // 8 % len(FORMATS)
    return {f: (runs.legs[slot == s], runs.outcome[slot == s]) for s, f in enumerate(FORMATS)}


def test_only_tracks_have_legs(result):
    assert [found.track is not None for found in result.formats] == [False, False, False, True, True]
    assert [leg.format for leg in result.formats[3].track.legs] == ["north-river", "north-coast-river", "all-four"]
    assert [leg.index for leg in result.formats[4].track.legs] == [3, 1]


def test_shares_are_those_of_the_runs(result, by_format):
    for slot, f in ((3, 5), (4, 6)):
        legs, outcome = by_format[f]
        for k, leg in enumerate(result.formats[slot].track.legs):
            held = legs[:, k] != NOT_PLAYED
            assert leg.held.value == pytest.approx(held.mean())
            assert leg.decided.value == pytest.approx((legs[:, k] == Outcome.SETTLEMENT).mean())
            for o in Outcome:
                assert leg.of_all[o].value == pytest.approx((legs[:, k] == o).mean())
                assert leg.if_held[o].value == pytest.approx((legs[held, k] == o).mean())
            assert leg.held.value == pytest.approx(sum(share.value for share in leg.of_all))
        own = (legs == Outcome.SETTLEMENT).any(axis=1)
        inherited = ((outcome == Outcome.SETTLEMENT) & ~own).mean()
        assert result.formats[slot].track.inherited.value == pytest.approx(inherited)
        assert 0.0 < inherited < 1.0


def test_what_is_decided_adds_up_to_the_settlements(result):
    for found in result.formats[3:]:
        decided = sum(leg.decided.value for leg in found.track.legs) + found.track.inherited.value
        assert decided == pytest.approx(found.measures["settlement"].value)


def test_intervals_hold_the_share_and_take_the_draw_as_the_unit(result):
    leg = result.formats[3].track.legs[1]
    for share in (leg.held, leg.decided, *leg.of_all, *leg.if_held):
        assert share.low <= share.value <= share.high
    # All runs of a draw alike: an interval as wide as that of so many draws, far wider than of all runs.
    clustered = Accumulator(tracked(), FORMATS, N_DRAWS, 8)
    for first, runs in tracked_blocks(n_draws=N_DRAWS):
        legs = runs.legs.reshape(-1, len(FORMATS), 8, 3)
        legs[:] = legs[:, :, :1]
        clustered.add(first, runs)
    wide, narrow = (r.formats[3].track.legs[0].decided for r in (clustered.result(), result))
    assert wide.high - wide.low > 1.8 * (narrow.high - narrow.low)


def test_a_leg_stands_beside_its_format_alone_if_that_was_compared(result):
    first, second, third = result.formats[3].track.legs
    assert first.alone == result.formats[0].outcomes
    assert (second.alone, third.alone) == (result.formats[1].outcomes, result.formats[2].outcomes)
    assert compare(formats=(1, 5)).formats[1].track.legs[2].alone is None


def test_blocks_do_not_matter(result):
    assert compare(block=7).formats[3].track == result.formats[3].track


def test_without_tracks_there_is_nothing_to_count():
    found = Accumulator(structure(), (0, 1), 4, 8)
    for first, runs in blocks(formats=(0, 1), n_draws=4):
        found.add(first, runs)
    assert all(one.track is None for one in found.result().formats)


def test_the_document_tells_tracks_by_their_legs(result):
    document = result_of(result, tracked()).to_data()
    assert valid(document)
    assert document["formats"]["all-four"]["track"] is None
    legs = document["formats"]["widening"]["track"]["legs"]
    assert [leg["format"] for leg in legs] == ["north-river", "north-coast-river", "all-four"]
    assert legs[0]["held"]["value"] == 1.0
    assert legs[1]["alone"]["blocked"] == document["formats"]["north-coast-river"]["outcomes"]["blocked"]
    assert document["structure"]["formats"]["widening"]["consent"] == "unanimity"
    del legs[0]["held"]
    assert not valid(document)


def test_runs_have_a_column_a_leg_only_where_there_are_tracks(tmp_path, by_format):
    path = tmp_path / "runs.parquet"
    with RunsSink(path, tracked(), FORMATS, Size(N_DRAWS, 8)) as sink:
        for first, runs in tracked_blocks(n_draws=N_DRAWS):
            sink.add(first, runs)
    table = pq.read_table(path).to_pandas()
    assert [name for name in table.columns if name.startswith("leg_")] == ["leg_1", "leg_2", "leg_3"]
    assert set(table[table["format"] == "all-four"]["leg_1"]) == {"not_held"}
    words = [*(k.label for k in Outcome), "not_held"]
    legs, _ = by_format[5]
    codes = np.where(legs == NOT_PLAYED, len(Outcome), legs)
    for k in range(3):
        assert table[table["format"] == "widening"][f"leg_{k + 1}"].tolist() == [words[code] for code in codes[:, k]]
    with RunsSink(tmp_path / "plain.parquet", structure(), (0,), Size(2, 8)) as sink:
        for first, runs in blocks(formats=(0,), n_draws=2):
            sink.add(first, runs)
    assert not [name for name in pq.read_table(tmp_path / "plain.parquet").column_names if name.startswith("leg_")]


def test_records_are_frozen(result):
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.formats[3].track.inherited = None
