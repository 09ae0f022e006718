"""Which deals a game is played over: efficient ones by plain loops, thinned without a hole."""

from __future__ import annotations

import itertools
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.bargaining.consent_rules import at_least, unanimity, with_vetoes
from sim.bargaining.deal_choice import chosen_deals, efficient_for, minimal_winning, thinned_rows
from tests.analysis.spaces import listed, random_space, space_of
from tests.bargaining.rules_in_print import weighted_quota
from tests.bargaining.test_table_equilibrium import passes

seeds = st.integers(0, 2**32 - 1)


@given(seeds)
@settings(max_examples=60)
def test_minimal_winning_coalitions_by_plain_loops(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    weights = rng.integers(0, 5, n).astype(float)
    weights[0] += 1
    rule = weighted_quota(weights, rng.uniform(0.1, 1) * weights.sum())
    rule = with_vetoes(rule, {int(rng.integers(n))}) if rng.random() < 0.5 else rule
    wins = {s for k in range(n + 1) for s in itertools.combinations(range(n), k) if passes(rule, s, n)}
    least = {s for s in wins if not any(tuple(x for x in s if x != out) in wins for out in s)}
    assert {tuple(one.tolist()) for one in minimal_winning(rule)} == least


@given(seeds, st.booleans())
@settings(max_examples=60)
def test_efficient_deals_of_a_coalition_by_plain_loops(seed, coarse):
    space = random_space(seed, coarse=coarse, sizes=((3, 5), (2, 5), (2, 5)), reservation=(0.0, 0.2))
    members = np.arange(len(space.parties) - 1)
    points = [tuple(gains[:-1]) for _, gains in listed(space) if min(gains[:-1]) >= -1e-6]
    best = {
        tuple(np.round(x, 9))
        for x in points
        if not any(all(b >= a for a, b in zip(x, y, strict=True)) and y != x for y in points)
    }
    found = efficient_for(space, members)
    gains = space.gains_of(found)[:, :-1] if len(found) else np.zeros((0, len(members)))
    assert {tuple(row) for row in gains.round(9)} == best


@given(seeds)
@settings(max_examples=25)
def test_the_search_finds_efficient_deals_and_misses_few(seed):
    """The same spaces listed and searched: nothing found is beaten, and nearly all of the frontier is found."""
    space = random_space(seed, sizes=((3, 5), (4, 6), (3, 5)), reservation=(0.0, 0.3))
    exact = efficient_for(space, np.arange(len(space.parties)))
    with patch("sim.bargaining.deal_space.MAX_LISTED", 0):
        searched = efficient_for(space, np.arange(len(space.parties)))
    known = {tuple(deal) for deal in exact.tolist()}
    hits = {tuple(deal) for deal in searched.tolist()}
    assert hits <= known
    assert len(hits) >= 0.9 * len(known)


def test_thinning_keeps_the_ends_and_leaves_no_hole():
    points = np.c_[np.linspace(0, 1, 1001), np.linspace(1, 0, 1001)]
    rows = thinned_rows(points, 65)
    assert {0, 1000} <= set(rows.tolist())
    assert np.diff(rows).max() <= 16
    assert len(thinned_rows(points[:5], 65)) == 5


def test_the_thinning_is_said():
    space = space_of(np.vstack(([0.0, 0.0], np.c_[np.linspace(0, 1, 500), np.linspace(1, 0, 500)])))
    found = chosen_deals(space, unanimity(2), most=40)
    assert len(found.deals) == 40
    assert found.how == "40 of 501 deals, efficient for the table, thinned from 500"
    assert chosen_deals(space, unanimity(2), most=600).how == "all 500 deals"


def test_under_a_majority_a_deal_may_cost_the_rest():
    points = np.vstack((np.zeros((1, 3)), np.full((400, 3), 0.1), [[0.9, 0.5, -2.0]]))
    dictated = chosen_deals(space_of(points), at_least(2, 3), most=50)
    agreed = chosen_deals(space_of(points), unanimity(3), most=50)
    assert 401 in dictated.deals[:, 0]
    assert 401 not in agreed.deals[:, 0]
