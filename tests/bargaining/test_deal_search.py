"""Searches over deals: the best by plain loops within the gap, and who is asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.bargaining.deal_search import (
    EPSILON,
    SLACK,
    TouchedConsent,
    climb,
    largest_minimum,
    largest_product,
    largest_sum,
    log_product,
    smallest,
)
from sim.bargaining.deal_space import DealSpace, FirmLines, JoiningLine, any_option
from tests.analysis.spaces import TOLERANCE, listed, random_space, space_of

seeds = st.integers(0, 100_000)


def within(search, best):
    """Whether the stated interval holds the best, and the value is reached."""
    return search.value <= best + 1e-9 and best <= search.bound + 1e-9


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_largest_sum_and_minimum_by_plain_loops(seed):
    space = random_space(seed)
    deals = listed(space)
    weights = np.random.default_rng(seed).random(len(space.parties))
    fair = [np.dot(weights, gains) for _, gains in deals if min(gains) >= -TOLERANCE]
    found = largest_sum(space, weights)
    assert (found.deal is None) == (not fair)
    assert not fair or within(found, max(fair))
    free = largest_sum(space, weights, rational=False)
    assert free.gap == 0.0
    assert free.value == pytest.approx(max(np.dot(weights, gains) for _, gains in deals))
    assert within(largest_minimum(space), max(min(gains) for _, gains in deals))


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_the_largest_product_by_plain_loops(seed):
    space = random_space(seed, reservation=(0.0, 0.3))
    counted = np.ones(len(space.parties), dtype=bool)
    fair = [sum(np.log(max(g, 0) + EPSILON) for g in gains) for _, gains in listed(space) if min(gains) >= -TOLERANCE]
    found = largest_product(space, counted)
    assert (found.deal is None) == (not fair)
    assert not fair or within(found, max(fair))


def test_a_search_states_a_gap_and_an_empty_space_none():
    space = space_of([[0, 0], [1, 2], [2, 1]])
    assert largest_minimum(space).gap == pytest.approx(SLACK, abs=1e-6)
    space.usable[:] = False
    for found in (
        largest_minimum(space),
        largest_sum(space, np.ones(2)),
        largest_product(space, np.ones(2, dtype=bool)),
    ):
        assert (found.deal, found.value, found.gap) == (None, -np.inf, 0.0)


def test_a_party_is_asked_only_where_a_deal_touches_it_and_never_across_its_line():
    """Two deals: (3, 3, -1) touches the third party, (2, 2, -1) does not; the third deal crosses its line."""
    space = space_of([[0, 0, 0], [3, 3, -1], [2, 2, -1], [4, 4, 4]])
    touches, crosses = np.zeros((1, 1, 4), dtype=bool), np.zeros((1, 1, 4), dtype=bool)
    touches[0, 0, [1, 3]] = True
    crosses[0, 0, 3] = True
    consent = TouchedConsent(np.array([2]), touches, FirmLines(crosses, ()))
    deals = np.array([[1], [2], [3]])
    values = smallest(space, deals, scale=np.ones(3), held=np.zeros(3, dtype=bool), consent=consent)
    assert values.tolist() == [-1.0, 2.0, -np.inf]
    found = largest_minimum(space, consent=consent, moved=True)
    assert found.deal is not None
    assert (found.deal.tolist(), found.value) == ([2], 2.0)
    assert largest_minimum(space).value == 4.0
    assert any_option(touches, deals)[:, 0].tolist() == [True, False, True]


def test_an_absent_party_never_consents_across_its_condition():
    """Two issues: the first touches the third party, who gives it only if it gets the second."""
    value = np.array([[[0, 2], [0, -1]], [[0, 2], [0, -1]], [[0, 1], [0, 1]]], dtype=float)
    space = DealSpace(np.arange(3), value, np.zeros(3), np.ones((2, 2), dtype=bool), np.zeros(2, dtype=np.int64))
    when, unless = np.array([[0, 1], [1, 1]], dtype=bool), np.array([[1, 1], [0, 1]], dtype=bool)
    lines = FirmLines(np.zeros((1, 2, 2), dtype=bool), (JoiningLine(0, when, unless),))
    touches = np.zeros((1, 2, 2), dtype=bool)
    everywhere = largest_minimum(space, consent=TouchedConsent(np.array([2]), touches, lines), moved=True)
    assert (everywhere.deal.tolist(), everywhere.value) == ([1, 0], 2.0)  # nothing touches it
    touches[0, 0, 1] = True
    assert lines.crossed(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))[:, 0].tolist() == [False, False, True, False]
    found = largest_minimum(space, consent=TouchedConsent(np.array([2]), touches, lines), moved=True)
    assert (found.deal.tolist(), found.value) == ([1, 1], 1.0)


def test_climbing_ends_where_no_single_change_helps():
    space = random_space(7, sizes=((2, 3), (3, 4), (3, 4)), n_lines=0)
    total = lambda deals: space.gains_of(deals).sum(axis=1)  # noqa: E731
    deal, value = climb(space, space.status_quo, total)
    assert value == pytest.approx(max(sum(gains) for _, gains in listed(space)))  # sums have no local tops
    assert total(deal[None])[0] == value


def test_two_losses_never_make_a_product():
    gains = np.array([[-1.0, -1.0], [0.5, 0.5], [1.0, 0.0]])
    counted = np.ones(2, dtype=bool)
    product = log_product(gains, counted)
    assert product[0] == -np.inf
    assert product[1] == pytest.approx(2 * np.log(0.5), abs=1e-6)
    assert np.array_equal(log_product(gains[None], counted)[0], product)
