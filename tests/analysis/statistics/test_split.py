import numpy as np
import pytest

from sim.analysis.statistics.split import split


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
