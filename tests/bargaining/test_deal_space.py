"""Spaces of deals: values and floors by the rules, Pareto frontiers by plain loops."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.bargaining.deal_space import (
    NO_LOSS,
    TIE,
    deal_space,
    efficient,
    exact_frontier,
    levels,
    list_deals,
    open_options,
    pareto_rows,
    two_party_frontier,
)
from sim.rules.utility import floor_of, value_of
from tests.analysis.spaces import listed, random_space
from tests.analysis.theory.test_zopa import random_tables
from tests.scenario.tiny import tables, tiny

seeds = st.integers(0, 2**32 - 1)


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


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_a_space_with_lines_is_a_union_of_pieces_without_a_deal_in_common(seed):
    space = random_space(seed, n_lines=1 + seed % 3)
    by_hand = listed(space)
    deals = [deal for deal, _ in by_hand]
    in_pieces = [tuple(deal) for piece in space.pieces for deal in list_deals(piece).tolist()]
    assert sorted(in_pieces) == deals == [tuple(deal) for deal in list_deals(space).tolist()]
    assert space.n_deals == len(deals)
    gains = np.array([gains for _, gains in by_hand])
    assert space.highest() == pytest.approx(gains.max(axis=0))
    assert space.lowest() == pytest.approx(gains.min(axis=0))
    everything = np.array(list(product(*map(range, [space.usable.shape[1]] * len(space.usable)))))
    assert [tuple(deal) for deal in everything[space.holds(everything)].tolist()] == deals


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_frontier_of_two_in_a_space_with_lines(seed):
    space = random_space(seed, sizes=((2, 3), (2, 5), (2, 5)), n_lines=1 + seed % 2)
    points = [tuple(gains) for _, gains in listed(space)]
    best = {x for x in points if not any(y != x and y[0] >= x[0] - TIE and y[1] >= x[1] - TIE for y in points)}
    found = space.gains_of(two_party_frontier(space))
    assert {tuple(row) for row in found.round(9)} == {tuple(np.round(x, 9)) for x in best}


PAID = {"paid": {"if": {"peace": ["truce", "treaty"]}, "unless": {"land": "ceded"}, "firmness": 1}}


@pytest.mark.parametrize(
    ("behaviour", "harvest", "deals"),
    [
        (True, "all_or_nothing", [(2, 0), (2, 1), (2, 2)]),
        (True, "early", [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]),
        (False, "all_or_nothing", [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]),
    ],
)
def test_in_a_single_undertaking_every_core_issue_settles(behaviour, harvest, deals):
    rules = {"rules": {"single_undertaking": behaviour}}
    raw = tiny(behaviour=rules, formats__both__harvest=harvest, parties__a__red_lines=PAID)
    t = tables(raw)
    free, kept = (deal_space(t, 0, lines_of=who) for who in ([], None))
    assert list_deals(free).tolist() == [list(deal) for deal in deals]
    paid = [deal for deal in deals if deal[0] == 0 or deal[1] == 2]
    assert list_deals(kept).tolist() == [list(deal) for deal in paid]
    assert kept.floor == pytest.approx(free.floor)  # the status quo stays the disagreement point
    assert kept.gains_of(np.zeros((1, 2), dtype=int))[0] == pytest.approx([0.0, 0.0])


def test_without_core_on_the_agenda_any_text_is_whole():
    t = tables(tiny(formats__both__agenda=["land"]))
    assert open_options(t, 0).tolist() == [[True, False, False], [True, True, True]]


def brute(own: np.ndarray, others: np.ndarray, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All deals of usable options, with both sums."""
    deals = np.array(list(product(*(np.flatnonzero(row) for row in usable))))
    place = np.arange(len(own))
    return deals, own[place, deals].sum(axis=1), others[place, deals].sum(axis=1)


@given(seeds, st.integers(1, 5), st.integers(1, 4), st.booleans())
def test_frontier_is_what_nothing_beats(seed: int, n: int, options: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    own, others = rng.random((2, n, options))
    if ties:  # multiples of 1/4 have exact sums
        own, others = np.floor(own * 4) / 4, np.floor(others * 4) / 4
    usable = rng.random((n, options)) < 0.8
    usable[:, 0] = True
    found = exact_frontier(own, others, usable=usable)
    _, a, b = brute(own, others, usable)
    beaten = ((a >= a[:, None]) & (b >= b[:, None]) & ((a > a[:, None]) | (b > b[:, None]))).any(axis=1)
    best = {(round(x, 9), round(y, 9)) for x, y in zip(a[~beaten], b[~beaten], strict=True)}
    assert {(round(x, 9), round(y, 9)) for x, y in zip(found.own, found.others, strict=True)} == best
    place = np.arange(n)
    assert found.own == pytest.approx(own[place, found.deals].sum(axis=1))
    assert usable[place, found.deals].all()
    for least in np.linspace(a.min() - 0.1, a.max() + 0.1, 7):
        above = found.others[found.own >= least]
        assert len(above) == 0 if not (a >= least).any() else above[-1] == pytest.approx(b[a >= least].max())


def test_frontier_runs_strictly() -> None:
    rng = np.random.default_rng(1)
    found = exact_frontier(*rng.random((2, 20, 5)))
    assert (np.diff(found.own) < 0).all()
    assert (np.diff(found.others) > 0).all()


def test_worked_example() -> None:
    """Two issues: concede the one that the other weighs more first."""
    own = np.array([[0.4, 0.0], [0.6, 0.0]])
    others = np.array([[0.0, 0.7], [0.0, 0.3]])
    found = exact_frontier(own, others)
    assert found.deals.tolist() == [[0, 0], [1, 0], [1, 1]]
    assert found.own == pytest.approx([1.0, 0.6, 0.0])


def test_points_equal_in_both_are_kept_once() -> None:
    assert efficient(np.array([1.0, 1.0, 0.5]), np.array([0.5, 0.5, 0.4])).tolist() == [0]


def test_what_cannot_be_done_is_said() -> None:
    ones = np.ones((2, 2))
    with pytest.raises(ValueError, match="shapes differ"):
        exact_frontier(ones, np.ones((2, 3)))
    with pytest.raises(ValueError, match="no usable option in composite 1"):
        exact_frontier(ones, ones, usable=np.array([[True, True], [False, False]]))
    with pytest.raises(ValueError, match="more than 3 candidates"):
        exact_frontier(np.array([[0.0, 1.0]] * 2), np.array([[1.0, 0.0]] * 2), limit=3)


def test_levels_join_what_differs_by_rounding() -> None:
    assert TIE < NO_LOSS / 100
    assert levels(np.array([0.3, 0.1 + 0.2, 1.0, 0.3 - TIE / 2, 0.3 - 3 * TIE])).tolist() == [1, 1, 2, 1, 0]


@given(seeds, st.integers(1, 6), st.integers(2, 4), st.integers(2, 3))
def test_frontiers_do_not_count_rounding(seed: int, n: int, options: int, parties: int) -> None:
    """Gains are whole hundredths, so the frontier of the whole numbers is that of the sums with their rounding."""
    random = np.random.default_rng(seed)
    hundredths = random.integers(1, 6, (parties, n, 1)) * random.integers(0, 11, (parties, n, options))
    shares = hundredths / 100.0
    place = np.arange(n)
    deals = np.array(list(product(range(options), repeat=n)))
    exact = hundredths[:, place, deals].sum(axis=2).T.astype(float)
    rounded = np.zeros(exact.shape)
    for c in random.permutation(n):
        rounded += shares[:, c, deals[:, c]].T
    assert pareto_rows(rounded).tolist() == pareto_rows(exact).tolist()
    counted = len(exact_frontier(*hundredths[:2].astype(float)).deals)
    assert len(exact_frontier(*shares[:2]).deals) == counted == len(np.unique(exact[efficient(*exact.T[:2])], axis=0))
