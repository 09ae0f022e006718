"""Estimates of a comparison, against the runs one by one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.results import FAILURES, PLACES
from sim.analysis.comparison.runs_table import RunsSink
from sim.analysis.comparison.summarise import beta_below, beta_quantile, empty_tally, split, spread_of
from sim.types import EndReason, Outcome
from sim.types.outcomes import NOT_PLAYED
from tests.analysis.comparison.test_accumulate import compare, rows
from tests.analysis.synthetic import HORIZON, blocks, structure, tracked, tracked_blocks

from .test_result_document import result_of, valid


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


FORMATS = (1, 2, 3, 5, 6)
N_DRAWS = 40


def compare_tracks(*, formats=FORMATS, block=16):
    found = Accumulator(tracked(), formats, N_DRAWS, 8)
    for first, runs in tracked_blocks(formats=formats, n_draws=N_DRAWS, block=block):
        found.add(first, runs)
    return found.result()


@pytest.fixture(scope="module")
def result():
    return compare_tracks()


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
    assert compare_tracks(formats=(1, 5)).formats[1].track.legs[2].alone is None


def test_blocks_do_not_matter(result):
    assert compare_tracks(block=7).formats[3].track == result.formats[3].track


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
    with RunsSink(path, tracked(), FORMATS, 8) as sink:
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
    with RunsSink(tmp_path / "plain.parquet", structure(), (0,), 8) as sink:
        for first, runs in blocks(formats=(0,), n_draws=2):
            sink.add(first, runs)
    assert not [name for name in pq.read_table(tmp_path / "plain.parquet").column_names if name.startswith("leg_")]


def test_records_are_frozen(result):
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.formats[3].track.inherited = None


def test_all_not_knowing():
    # Half the draws always settle, half never do: Gini 2 * 1/4, none of it chance.
    counts = np.zeros((100, 1, 2), int)
    counts[:50, 0, 0] = 8
    counts[50:, 0, 1] = 8
    found = split(counts, 8)[0]
    assert found.total == pytest.approx(0.5)
    assert found.chance == 0.0
    assert found.not_knowing == pytest.approx(0.5)
    assert found.chance_share.value == 0.0
    assert (found.low[0], found.high[0]) == (0.0, 1.0)
    assert found.spread[0] == pytest.approx(0.5, abs=0.01)


def test_all_chance_on_average():
    counts = np.random.default_rng(1).multinomial(4, [0.2, 0.3, 0.5], size=(20_000, 1))
    found = split(counts, 4)[0]
    assert found.total == pytest.approx(1 - 0.04 - 0.09 - 0.25, abs=0.01)
    assert found.chance == pytest.approx(found.total, rel=0.01)
    assert found.chance_share.low <= 1.0 <= found.chance_share.high + 1e-9
    assert max(found.spread) < 0.02


def test_small_example_by_hand():
    # Two draws, R = 2, outcomes (1, 1) and (2, 0): P = 1/2 and 1; p = 3/4.
    found = split(np.array([[[1, 1]], [[2, 0]]]), 2)[0]
    assert found.total == pytest.approx(2 * 0.75 * 0.25)
    assert found.chance == pytest.approx(((0.25 + 0.25) * 2 + 0) / 2)  # (1/2) R / (R - 1) in the first draw, 0 after
    assert found.not_knowing == pytest.approx(0.375 - 0.5)  # negative by sampling error, kept as it came
    assert found.chance_share.value == 1.0


def test_mixture_recovers_known_parts():
    # P ~ Beta(1, 1): chance 2 E[P(1-P)] = 1/3, total 1/2.
    random = np.random.default_rng(2)
    share = random.beta(1, 1, size=20_000)
    hits = random.binomial(8, share)
    found = split(np.stack([hits, 8 - hits], axis=-1)[:, None], 8)[0]
    assert found.chance == pytest.approx(1 / 3, abs=0.005)
    assert found.not_knowing == pytest.approx(1 / 6, abs=0.005)
    assert found.spread[0] == pytest.approx(np.sqrt(1 / 12), abs=0.005)


def test_interval_of_the_share_covers_it():
    random = np.random.default_rng(3)
    share = random.beta(1, 4, size=(400, 400))  # chance 4/15 of a total of 8/25
    hits = random.binomial(8, share)
    parts = split(np.stack([hits, 8 - hits], axis=-1), 8)
    assert np.mean([one.chance_share.low <= 5 / 6 <= one.chance_share.high for one in parts]) >= 0.9
    spread = np.std([one.chance_share.value for one in parts])
    width = np.mean([one.chance_share.high - one.chance_share.low for one in parts])
    assert width == pytest.approx(2 * 1.966 * spread, rel=0.1)


def test_one_replication_cannot_tell():
    found = split(np.array([[[1, 0]], [[0, 1]]]), 1)[0]
    assert np.isnan(found.chance)
    assert not found.chance_share.known


def test_certain_outcome_has_nothing_to_split():
    found = split(np.full((5, 1, 1), 8), 8)[0]
    assert found.total == 0.0
    assert not found.chance_share.known


WORLDS = {  # parameters of the beta distribution of the likelihood, and share of draws in which it is 0 or 1
    "uniform": (1.0, 1.0, 0.0),
    "hardly any chance": (2.0, 2.0, 0.97),
    "rare": (0.2, 9.0, 0.9),
    "all chance": (50.0, 50.0, 0.0),
}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(("n_draws", "replications"), [(20, 2), (40, 8), (300, 8)])
def test_the_interval_of_chance_covers_it_with_few_draws(world, n_draws, replications):
    """With the linearised interval alone 7% to 40% were covered at 20 draws in two of these worlds."""
    a, b, certain = WORLDS[world]
    random = np.random.default_rng(6)
    edges = random.random((n_draws, 400)) < certain
    share = np.where(edges, random.random((n_draws, 400)) < a / (a + b), random.beta(a, b, (n_draws, 400)))
    hits = random.binomial(replications, share)
    truth = (1 - certain) * (a + b) / (a + b + 1)
    parts = [one.chance_share for one in split(np.stack([hits, replications - hits], axis=-1), replications)]
    known = [part for part in parts if part.known]
    assert np.mean([part.low <= truth <= part.high for part in known]) >= 0.93
    assert all(part.high > part.low for part in known)


@pytest.mark.parametrize("replications", [2, 8])
def test_ranges_over_draws_are_those_of_the_true_likelihoods(replications):
    """At a likelihood of 1/2 in every draw the quantiles of observed shares are 0 and 1, or 0.25 and 0.75."""
    random = np.random.default_rng(7)
    for share in (np.full((2000, 20), 0.5), random.beta(2, 2, (2000, 20)), random.beta(0.5, 4, (2000, 20))):
        hits = random.binomial(replications, share)
        found = split(np.stack([hits, replications - hits], axis=-1), replications)
        ends = np.mean([(one.low[0], one.high[0]) for one in found], axis=0)
        assert ends == pytest.approx(np.quantile(share, [0.05, 0.95]), abs=0.08 if replications == 2 else 0.04)


def test_a_range_by_hand():
    """A uniform distribution: mean 1/2, variance 1/12. No spread is a point, the largest there is lies at 0 and 1."""
    uniform = beta_quantile(np.array(0.5), np.array(np.sqrt(1 / 12)), 0.05)
    assert float(uniform) == pytest.approx(0.05)
    assert beta_quantile(np.array([0.3, 0.3]), np.array([0.0, 1.0]), 0.95).tolist() == [0.3, 1.0]
    assert np.isnan(beta_quantile(np.array(0.3), np.array(np.nan), 0.05))


def test_the_share_below_by_hand():
    """A uniform distribution; a point; the largest spread, which lies at 0 and 1; one replication tells nothing."""
    assert float(beta_below(np.array(0.5), np.array(np.sqrt(1 / 12)), 0.3)) == pytest.approx(0.3)
    assert beta_below(np.array([0.3, 0.3]), np.array([0.0, 0.0]), np.array([0.2, 0.4])).tolist() == [0.0, 1.0]
    assert float(beta_below(np.array(0.3), np.array(np.sqrt(0.21)), 0.5)) == pytest.approx(0.7)
    assert np.isnan(beta_below(np.array(0.3), np.array(np.nan), 0.5))


def test_the_spread_of_draws_is_that_of_their_true_shares():
    """Two true shares, half of the draws each: a standard deviation of 0.2, whatever the replications add."""
    truth = np.repeat([0.3, 0.7], 4000)
    seen = np.random.default_rng(3).binomial(4, truth) / 4
    assert float(spread_of(seen[:, None], 4)[0]) == pytest.approx(0.2, abs=0.01)
    assert np.isnan(spread_of(seen[:, None], 1)[0])


def test_a_halt_is_counted_where_an_issue_ends_the_price():
    runs, slot = rows()
    counts = Accumulator(structure(), range(5), 60, 8)
    counts.add(0, runs)
    for f, result in enumerate(counts.result().formats):
        assert result.measures["halt"].value == pytest.approx(np.mean(runs.halt[slot == f]))
    assert counts.by_draw()["halt"][:, 0] == pytest.approx(runs.halt[slot == 0].reshape(60, 8).mean(axis=1))
    free = dataclasses.replace(
        structure(), issues=tuple(dataclasses.replace(issue, ends_price=False) for issue in structure().issues)
    )
    without = Accumulator(free, range(5), 60, 8)
    without.add(0, runs)
    assert "halt" not in without.result().formats[0].measures


def test_shares_by_draw_are_those_behind_the_likelihoods():
    runs, slot = rows()
    counts = Accumulator(structure(), range(5), 60, 8)
    counts.add(0, runs)
    shares, found = counts.by_draw(), counts.result()
    for f, result in enumerate(found.formats):
        for measure in ("settlement", "signed", "agreed", "core", "in_force"):
            assert shares[measure][:, f].mean() == pytest.approx(result.measures[measure].value)
        for k in Outcome:
            assert shares[k.label][:, f].mean() == pytest.approx(result.outcomes[k].value)
    signed = shares["signed"][:, 0] > 0
    assert np.isnan(shares["lasted"][:, 0]).tolist() == (~signed).tolist()
    assert slot.max() == 4
