"""Package trades by hand: a logroll of two parties over two issues, and what is no trade."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.forecast.package_trades import (
    Pair,
    exchange,
    gains,
    opposite_sides,
    same_runs,
    sides,
    stakes_of_options,
    trades,
)
from sim.scenario import Encoder, load_raw

# Two issues, 0 or 1, status quo 0 on both. North wants 1 on roads (weight 3) and 0 on schools (weight 1), south the
# reverse. Settled one by one the roads stay at 0 and the schools at 0; the package gives 1 on both.
NORTH = {"roads": 3.0, "schools": 1.0}


def issue() -> dict:
    options = {"nought": {}, "one": {"settles": True}, "as_it_is": {"settles": True}}
    return {
        "level": "core",
        "status_quo": "nought",
        "options": options,
        "scale": {"unit": "km", "positions": {"nought": 0, "one": 1, "as_it_is": 0}},
    }


def two_by_two() -> dict:
    return {
        "parley": 1,
        "id": "logroll",
        "title": "A logroll",
        "issues": {"roads": issue(), "schools": issue()},
        "parties": {
            "north": {"salience": NORTH, "values": {"roads": {"ideal": 1}, "schools": {"ideal": 0}}},
            "south": {
                "salience": {"roads": 1.0, "schools": 3.0},
                "values": {"roads": {"ideal": 0}, "schools": {"ideal": 1}},
            },
        },
        "formats": {
            "talks": {
                "protocol": "proposal_and_vote",
                "seats": {"north": {}, "south": {}},
                "calendar": {"months": 12, "rounds_per_month": 2},
            },
        },
    }


def test_stakes_are_weighted_values_over_the_whole_stake():
    encoder = Encoder(load_raw(two_by_two()), seed=1)
    roads, schools = stakes_of_options(encoder, ["roads", "schools"], ["north", "south"], 3)
    assert roads.shape == schools.shape == (3, 2, 3)
    np.testing.assert_allclose(roads[0], [[0.0, 0.75, 0.0], [0.25, 0.0, 0.25]])
    np.testing.assert_allclose(schools[2], [[0.25, 0.0, 0.25], [0.0, 0.75, 0.0]])


def test_a_logroll_is_found_with_who_gave_way_on_what_for_what():
    encoder = Encoder(load_raw(two_by_two()), seed=1)
    stakes = stakes_of_options(encoder, ["roads", "schools"], ["north", "south"], 2)
    draw = np.array([0, 0, 1, 1])
    option = np.array([[1, 1], [1, 0], [0, 0], [1, 1]])  # runs 0 and 3 are the package
    on_roads, on_schools = (gains(stakes[i], draw, option[:, i], 0) for i in (0, 1))
    np.testing.assert_allclose(on_roads[0], [0.75, -0.25])
    np.testing.assert_allclose(on_schools[0], [-0.25, 0.75])
    found = sides(on_roads, on_schools)
    np.testing.assert_allclose(found[0][:, 1], [0.5, 0.0, 0.0, 0.5])  # south gave way on the roads
    np.testing.assert_allclose(found[1][:, 0], [0.5, 0.0, 0.0, 0.5])  # north on the schools
    assert not found[0][:, 0].any()
    apart = np.zeros((4, 2))
    pair = Pair(("roads", "schools"), (on_roads, on_schools), (apart, apart))
    (one,) = trades(pair, None, ["north", "south"], draw=draw, n_draws=2)
    assert (one.givers, one.issue, one.takers, one.other_issue) == (("south",), "roads", ("north",), "schools")
    assert one.share.value == 0.5
    assert one.one_by_one == 0.0
    assert one.givers_gain == pytest.approx(0.5)
    assert one.takers_gain == pytest.approx(0.5)


def test_whoever_loses_over_the_two_issues_takes_no_part():
    first, second = np.array([[-0.5, 0.3]]), np.array([[0.4, -0.1]])
    found = sides(first, second)
    assert not found[0].any()  # -0.5 + 0.4 < 0
    assert found[1][0, 1] == pytest.approx(0.2)
    assert not exchange(found, ((0,), (1,)))[0].any()
    assert (
        trades(Pair(("a", "b"), (first, second), (first, second)), None, ["p", "q"], draw=np.array([0]), n_draws=1)
        == []
    )


def test_a_group_takes_part_with_any_of_its_members_and_gains_count_those_who_do():
    first = np.array([[-0.1, -0.1, 0.4], [-0.1, 0.2, 0.4]])
    second = np.array([[0.3, 0.5, -0.2], [0.3, 0.5, -0.2]])
    runs, givers_gain, takers_gain = exchange(sides(first, second), ((0, 1), (2,)))
    assert runs.tolist() == [True, True]
    assert givers_gain == pytest.approx((0.2 + 0.4 + 0.2) / 3)
    assert takers_gain == pytest.approx(0.2)


def test_parties_that_trade_in_the_same_runs_are_one():
    first = np.array([[-0.1, -0.1, -0.1, 0.4], [-0.1, -0.1, 0.0, 0.4]])
    second = np.array([[0.3, 0.5, 0.3, -0.2], [0.3, 0.5, 0.0, -0.2]])
    assert same_runs(sides(first, second)) == [((0, 1), (3,)), ((2,), (3,))]


def test_sides_of_the_reference_are_opposite_on_both_issues():
    places = np.array([[0.0, 9.0], [1.0, 8.0], [9.0, 0.0], [9.0, 9.0], [5.0, 0.0], [9.0, np.nan]])
    assert opposite_sides(places, np.array([5.0, 5.0])) == [  # the fifth, at the reference, is on both sides of it
        ((4,), (3,)),
        ((0, 1), (2, 4)),
        ((2, 4), (0, 1)),
        ((3,), (4,)),
    ]


def test_what_comes_without_linking_is_told_beside():
    first, second = np.array([[-0.1, 0.4]] * 4), np.array([[0.4, -0.1]] * 4)
    apart = (np.array([[-0.1, 0.4], [0.0, 0.0]]), np.array([[0.4, -0.1], [0.0, 0.0]]))
    pair = Pair(("a", "b"), (first, second), apart)
    (one,) = trades(pair, [((0,), (1,))], ["p", "q"], draw=np.array([0, 0, 1, 1]), n_draws=2)
    assert (one.share.value, one.one_by_one) == (1.0, 0.5)
