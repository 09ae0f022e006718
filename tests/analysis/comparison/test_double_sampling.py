"""Differences under a variant by the file's own: coverage, and what is gained where the variant moves little."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.double_sampling import regressed, regressed_likelihoods
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.statistics.stopping import next_draws
from tests.analysis.synthetic import LIKELIHOODS, blocks, structure


def counted(*, n_draws: int, likelihoods=LIKELIHOODS, seed=1) -> Accumulator:
    found = Accumulator(structure(), range(5), n_draws, 8)
    for first, runs in blocks(n_draws=n_draws, likelihoods=likelihoods, seed=seed):
        found.add(first, runs)
    return found


def beside(same: Accumulator, whole: Accumulator):
    return regressed_likelihoods(same.alone(), same.by_draw(), whole.by_draw())


def one(changed, file):
    """A single mean, with its p-value."""
    ((estimate, p_value),) = regressed(changed[:, None], file[:, None])
    return estimate, p_value


def gaps(random, share, *, first, second, chance=None):
    """[D] differences between two formats in eight runs of each draw, whose likelihoods are multiples of `share`."""
    luck = random.random((len(share), 8)) if chance is None else chance
    return (luck < first * share[:, None]).mean(axis=1) - (luck < second * share[:, None]).mean(axis=1)


@pytest.mark.parametrize("same_chance", [True, False])
@pytest.mark.parametrize("n_draws", [12, 25, 100])
def test_the_interval_covers_the_variant(n_draws, same_chance):
    """The file has 0.9 and 0.6 of a draw's likelihood, the variant 0.8 and 0.6: a true difference of 0.2 / 4."""
    random = np.random.default_rng(1)
    covered, width, alone = [], [], []
    for _ in range(500):
        share, chance = random.beta(1, 3, 400), random.random((400, 8))
        file = gaps(random, share, first=0.9, second=0.6, chance=chance)
        kept = chance[:n_draws] if same_chance else None
        changed = gaps(random, share[:n_draws], first=0.8, second=0.6, chance=kept)
        found, p_value = one(changed, file)
        assert (p_value < 0.05) == (found.side != 0) or p_value == pytest.approx(0.05, abs=5e-3)
        covered.append(found.low <= 0.05 <= found.high)
        width.append(found.high - found.low)
        direct, _ = one(changed, np.zeros(400))  # nothing in common: what its own draws tell
        alone.append(direct.high - direct.low)
    assert np.mean(covered) >= 0.93
    assert np.mean(width) < (0.93 if same_chance and n_draws == 100 else 1.1) * np.mean(alone)


def test_no_difference_under_the_variant_is_found_at_most_at_the_stated_rate():
    random = np.random.default_rng(2)
    wrong = 0
    for _ in range(600):
        share = random.beta(1, 3, 400)
        file = gaps(random, share, first=0.9, second=0.6)
        chances = random.random((2, 80, 8))
        changed = (chances < 0.7 * share[:80, None]).mean(axis=2)
        wrong += one(changed[0] - changed[1], file)[0].side != 0
    assert wrong / 600 <= 0.065


def test_a_variant_that_moves_nothing_is_known_as_well_as_the_file():
    """By hand: the slope is 1 and the value that of all draws; on its own quarter the variant could tell less."""
    whole, same = counted(n_draws=240), counted(n_draws=60)
    found, file, alone = beside(same, whole), whole.result(), same.result()
    for ours, theirs in zip(found.pairs, file.pairs, strict=True):
        if ours.measure != "lasted":
            assert ours.difference.value == pytest.approx(theirs.difference.value)
    for ours, theirs in zip(found.formats, file.formats, strict=True):
        assert ours.measures["settlement"].value == pytest.approx(theirs.measures["settlement"].value)
    told = [sum(pair.told_apart for pair in of.pairs) for of in (alone, found, file)]
    assert told[0] < told[1] <= told[2]


def test_what_neither_shows_in_the_draws_of_the_variant_is_as_the_file_has_it_on_all():
    file = np.zeros(400)
    file[100:] = np.tile([0.0, 0.5, 1.0], 100)
    found, _ = one(file[:64], file)
    assert found.value == file.mean()
    assert found.low < file.mean() < found.high


def test_a_variant_without_anything_in_common_is_judged_by_its_own_draws():
    changed, file = np.array([0.25, 0.5, 0.0, 0.25]), np.array([0.1, 0.1, 0.1, 0.1, 0.9])
    found, _ = one(changed, file)
    assert found.value == 0.25
    assert isinstance(found, Estimate)


def test_conditional_shares_stay_as_they_are():
    whole, same = counted(n_draws=60), counted(n_draws=20)
    ours, alone = beside(same, whole).pairs, same.result().pairs
    assert [one.difference for one in ours if one.measure == "lasted"] == [
        one.difference for one in alone if one.measure == "lasted"
    ]


@pytest.mark.parametrize("moved", [0.02, 0.2, 0.5])
def test_the_variant_is_covered_where_its_draws_are_stopped(moved):
    """Two runs a draw, of which the variant settles both in some draws: 0.4 of runs and 0.32 under the file."""
    random, truth, covered = np.random.default_rng(4), 0.08 + moved * 0.6, []
    for _ in range(400):
        share = random.beta(0.2, 0.3, 600)
        leader, other = random.binomial(2, share), random.binomial(2, 0.8 * share)
        changed = np.where(random.random(600) < moved, 2, leader)
        done, wanted = 0, 32
        while wanted > done:
            done = wanted
            found, _ = one((changed - other)[:done] / 2, (leader - other) / 2)
            wanted = next_draws(done, (found.high - found.low) / 2, 0.06, most=600)
        covered.append(found.low <= truth <= found.high)
    assert np.mean(covered) >= 0.93


def test_the_outcomes_of_a_variant_add_up():
    whole, other = counted(n_draws=240), counted(n_draws=40, likelihoods=LIKELIHOODS[::-1], seed=1)
    alone, found = other.alone(), beside(other, whole)
    for result, own in zip(found.formats, alone.formats, strict=True):
        assert sum(one.value for one in result.outcomes) == pytest.approx(1.0)
        assert result.outcomes[-1].value == pytest.approx(result.measures["settlement"].value)
        assert [one.value for one in result.outcomes] != [one.value for one in own.outcomes]


def test_likelihoods_stay_between_nothing_and_everything():
    whole, same = counted(n_draws=60), counted(n_draws=12)
    for result in beside(same, whole).formats:
        for estimate in (*result.outcomes, *result.measures.values()):
            assert 0.0 <= estimate.low <= estimate.value <= estimate.high <= 1.0


@pytest.mark.parametrize("share", [0.9, 0.3])
def test_the_interval_of_a_likelihood_covers_it(share):
    """A draw's likelihood under the file is a, under the variant `share` of it, with the same chance: 600 samples."""
    random, covered, width = np.random.default_rng(4), [], []
    for _ in range(600):
        likelihood, luck = random.beta(1, 2, 400), random.random((400, 2))
        file = (luck < likelihood[:, None]).mean(axis=1)
        found, _ = one((luck[:60] < share * likelihood[:60, None]).mean(axis=1), file)
        covered.append(found.low <= share / 3 <= found.high)
        width.append(found.high - found.low)
    assert np.mean(covered) >= 0.93
    assert np.mean(width) < 0.2
