"""Walks that stop when shares are known: coverage under the rule, and what is walked at all."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.sensitivity.inquiry import PRECISE
from sim.analysis.sensitivity.sensitivity_indices import shapley_effects
from sim.analysis.sensitivity.walks import WalkedShares, walked_until_known
from sim.analysis.statistics.intervals import UNKNOWN, Estimate
from tests.analysis.sensitivity.test_sensitivity_indices import rare, walked

LARGE = 400_000


def stopped(answer, *, seed, n_draws, most, usual=None) -> WalkedShares:
    """Walks of an answer of two numbers and chance, stopped by the rule."""
    stations, ranks = walked(answer, n_groups=2, seed=seed, n_draws=n_draws)
    draws = np.arange(n_draws) if usual is None else np.flatnonzero((stations[:, 0] != usual).any(axis=1))

    def credits_of(block):
        return [{"all": shapley_effects(stations[block], ranks[block], usual=usual)}]

    (found,) = walked_until_known(credits_of, draws, among=n_draws, most=most)
    return found


def always(x, e):
    """As good as known from one number: precise after a few dozen walks."""
    return 3.0 * x[..., 0] + 0.4 * x[..., 1] + 0.4 * e


def evenly(x, e):
    return (x[..., 0] + x[..., 1] + e > 0.0) * 1.0


@pytest.mark.parametrize(("answer", "usual", "most"), [(always, None, 400), (evenly, None, 1500), (rare, 0.0, 600)])
def test_intervals_cover_under_the_rule(answer, usual, most):
    walks, ranks = walked(answer, n_groups=2, n_draws=LARGE, seed=99)
    credits = shapley_effects(walks, ranks).mean(axis=0)
    truths = credits / credits.sum()
    hits, made = [], []
    for seed in range(200):
        found = stopped(answer, seed=seed, n_draws=2000, most=most, usual=usual)
        shares = found.partitions["all"]
        hits += [share.low <= truth <= share.high for share, truth in zip(shares, truths, strict=True)]
        made.append(found.walks)
    print(answer.__name__, usual, np.mean(hits), np.mean(made), min(made), max(made))
    assert 0.92 <= np.mean(hits) <= 0.985
    assert min(made) < most  # the rule was put to the test


def test_walks_end_where_shares_are_known_or_at_the_most():
    found = stopped(always, seed=1, n_draws=2000, most=2000)
    assert found.half_width <= PRECISE
    assert found.walks < 1000
    cut = stopped(evenly, seed=1, n_draws=2000, most=40)
    assert cut.walks == 40
    assert cut.half_width > PRECISE


def test_the_variance_counts_the_draws_that_were_left_out():
    found = stopped(rare, seed=3, n_draws=20_000, most=500, usual=0.0)
    stations, _ = walked(rare, n_groups=2, seed=3, n_draws=20_000)
    assert found.variance == pytest.approx(stations[:, 0].var(), rel=0.15)
    assert found.walks < 501


def test_a_share_that_is_unknown_is_as_wide_as_can_be():
    known = Estimate(0.5, 0.48, 0.52)
    assert WalkedShares({"all": (known, known)}, 1.0, 9).half_width == pytest.approx(0.02)
    assert WalkedShares({"all": (known, UNKNOWN)}, 1.0, 9).half_width == 1.0
