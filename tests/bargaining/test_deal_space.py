"""Spaces of deals: values and floors by the rules, Pareto frontiers by plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.bargaining.deal_space import deal_space, pareto_rows
from sim.rules.utility import floor_of, value_of
from tests.analysis.theory.test_zopa import random_tables

seeds = st.integers(0, 100_000)


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_values_and_floors_are_those_of_the_rules(seed):
    t = random_tables(seed)
    random = np.random.default_rng(seed)
    deal = np.array([random.choice(np.flatnonzero(row)) for row in t.allowed[0]])
    space = deal_space(t, 0, parties=np.arange(len(t.bloc)), lines_of=[])
    for p in space.parties:
        by_rule = floor_of(t, 0, p, t.status_quo, 0.0)
        assert space.floor[p] == pytest.approx(by_rule, abs=1e-12)
        assert space.gains_of(deal[None])[0, p] == pytest.approx(value_of(t, 0, p, deal, 0.0) - by_rule, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 5), st.booleans())
def test_pareto_rows_agree_with_plain_loops(seed, n_columns, coarse):
    random = np.random.default_rng(seed)
    points = random.random((int(random.integers(1, 80)), n_columns))
    points = np.round(points * 3) if coarse else points
    expected = []
    for i, one in enumerate(points):
        beaten = any((other >= one).all() and (other > one).any() for other in points)
        repeated = any((points[j] == one).all() for j in range(i))
        if not beaten and not repeated:
            expected.append(i)
    assert pareto_rows(points).tolist() == expected


def test_frontier_of_twenty_thousand_deals_of_four_parties():
    points = np.random.default_rng(1).normal(size=(20_000, 4)).cumsum(axis=1)
    rows = pareto_rows(points)
    random = np.random.default_rng(2)
    for row in random.choice(20_000, 200):
        beaten = ((points >= points[row]).all(axis=1) & (points > points[row]).any(axis=1)).any()
        assert (row in rows) == (not beaten)
