from __future__ import annotations

import math
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.theory import solutions
from sim.analysis.theory.rational import ZONES
from sim.analysis.theory.solutions import benchmarks, distances, ideal_point, quick_marks, room_by_climbing, zone_exists
from sim.analysis.theory.zopa import ZopaQuestion, answer, ask
from sim.bargaining.deal_search import EPSILON, SLACK, largest_minimum
from sim.bargaining.deal_space import MAX_LISTED, DealSpace, FirmLines, deal_space, list_deals
from sim.scenario import Encoder, load_scenario
from tests.analysis.spaces import TOLERANCE, listed, random_space, room_above, space_of
from tests.rules.domains import random_domains
from tests.shipped import FLAGSHIP, SCENARIOS, encoder_of

pytestmark = pytest.mark.slow

CONCEPTS = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")
seeds = st.integers(0, 2**32 - 1)


def searched(space, nodes=300):
    """Benchmarks by search, whatever the size."""
    with patch("sim.bargaining.deal_space.MAX_LISTED", 0):
        return benchmarks(space, nodes=nodes)


def values_by_hand(space):
    """Value of each concept by plain loops over all deals; None where no deal may be chosen."""
    deals = listed(space)
    fair = [gains for _, gains in deals if min(gains) >= -TOLERANCE]
    found = {"egalitarian": max(min(gains) for _, gains in deals), "utilitarian": max(sum(gains) for _, gains in deals)}
    if not fair:
        return {**found, "nash": None, "kalai_smorodinsky": None}
    ideal = [max(gains[p] for gains in fair) for p in range(len(fair[0]))]
    able = [p for p in range(len(ideal)) if ideal[p] > TOLERANCE]
    found["nash"] = max(sum(math.log(max(gains[p], 0.0) + EPSILON) for p in able) for gains in fair)
    found["kalai_smorodinsky"] = max(min((gains[p] / ideal[p] for p in able), default=0.0) for gains in fair)
    return found


# --- worked examples from print -------------------------------------------------------------------------------------


def test_nash_1950_bill_and_jack():
    # Nash (1950), The bargaining problem, Econometrica 18, the first example: nine goods, worth to Bill and to Jack.
    # Bill gives book, whip, ball and bat, Jack pen, toy and knife; 24 - 12 = 12 for Bill and 11 - 6 = 5 for Jack.
    bill = {"book": (2, 4), "whip": (2, 2), "ball": (2, 1), "bat": (2, 2), "box": (4, 1)}
    jack = {"pen": (10, 1), "toy": (4, 1), "knife": (6, 2), "hat": (2, 2)}
    goods = {**bill, **jack}
    value = np.zeros((2, 9, 2))  # option 0: it stays where it is
    for c, (name, (to_bill, to_jack)) in enumerate(goods.items()):
        value[:, c, 1] = (-to_bill, to_jack) if name in bill else (to_bill, -to_jack)
    marks = benchmarks(DealSpace(np.arange(2), value, np.zeros(2), np.ones((9, 2), bool), np.zeros(9, dtype=np.int64)))
    assert marks.nash.deal is not None
    given_away = {name for name, chosen in zip(goods, marks.nash.deal, strict=True) if chosen == 1}
    assert given_away == {"book", "whip", "ball", "bat", "pen", "toy", "knife"}
    assert marks.nash.gains.tolist() == [12.0, 5.0]


@pytest.mark.parametrize(
    ("corner", "nash", "kalai_smorodinsky"), [((0.75, 0.75), (0.75, 0.75), (0.75, 0.75)), ((1, 0.7), (1, 0.7), None)]
)
def test_kalai_smorodinsky_1975_two_sets(corner, nash, kalai_smorodinsky):
    # Kalai & Smorodinsky (1975), Econometrica 43, section 2: the hulls of (0, 1), (1, 0) and a corner. From the first
    # set to the second everybody's chances improve, and the Nash solution takes from player 2; theirs does not: the
    # diagonal meets 1 - 0.3 x at 10/13.
    share = np.linspace(0, 1, 1301)[:, None]
    left = (1 - share) * np.array([0.0, 1.0]) + share * np.array(corner)
    right = (1 - share) * np.array(corner) + share * np.array([1.0, 0.0])
    marks = benchmarks(space_of(np.concatenate((left, right))))
    assert marks.nash.gains == pytest.approx(nash)
    assert marks.kalai_smorodinsky.gains == pytest.approx(kalai_smorodinsky or (10 / 13, 10 / 13), abs=1e-9)


def test_dividing_a_pie_with_a_risk_averse_party():
    # Osborne & Rubinstein (1990), Bargaining and Markets, section 2.4: risk aversion hurts under Nash. For x and
    # sqrt(1 - x) the product is largest at x = 2/3; equal gains (and equal ratios) are at the golden ratio.
    x = np.linspace(0, 1, 3001)
    marks = benchmarks(space_of(np.stack((x, np.sqrt(1 - x)), axis=1)))
    assert marks.nash.gains[0] == pytest.approx(2 / 3)
    for one in (marks.kalai_smorodinsky, marks.egalitarian):
        assert one.gains[0] == pytest.approx((math.sqrt(5) - 1) / 2, abs=1 / 3000)
    assert marks.utilitarian.gains[0] == pytest.approx(3 / 4, abs=1 / 3000)  # 1 = 1 / (2 sqrt(1 - x))


# --- traps of ECOSYSTEM.md ------------------------------------------------------------------------------------------

IDEAL_MATTERS = [(10.0, -1.0), (4.0, 2.0), (3.0, 3.0)]


def test_trap_ideal_point_over_individually_rational_deals_only():
    marks = benchmarks(space_of(IDEAL_MATTERS))
    assert marks.ideal.tolist() == [4.0, 3.0]  # not 10: nobody signs that
    assert marks.kalai_smorodinsky.gains.tolist() == [3.0, 3.0]
    assert searched(space_of(IDEAL_MATTERS)).kalai_smorodinsky.gains.tolist() == [3.0, 3.0]


def test_a_wrong_ideal_point_is_noticed():
    with patch.object(solutions, "ideal_point", lambda gains: gains.max(axis=0)):
        wrong = benchmarks(space_of(IDEAL_MATTERS))
    assert wrong.kalai_smorodinsky.gains.tolist() == [4.0, 2.0]
    assert wrong.kalai_smorodinsky.value != pytest.approx(values_by_hand(space_of(IDEAL_MATTERS))["kalai_smorodinsky"])


def test_trap_two_losses_do_not_make_a_nash_product():
    points = [(-3.0, -3.0), (2.0, 2.0), (1.0, 3.5)]
    for marks in (benchmarks(space_of(points)), searched(space_of(points))):
        assert marks.nash.gains.tolist() == [2.0, 2.0]
    assert distances(marks, np.array([[0], [1], [2]]))["nash_share"] == pytest.approx([0.0, 1.0, 3.5 / 4])


def test_trap_disagreement_point_is_the_reservation_value_even_below_every_deal():
    points, floor = [(1.0, 0.0), (0.5, 0.4)], np.array([0.0, -1.0])
    assert benchmarks(space_of(points, floor)).nash.gains.tolist() == [1.0, 1.0]
    lowest = np.maximum(floor, np.min(points, axis=0))
    assert benchmarks(space_of(points, lowest)).nash.value < math.log(EPSILON) / 2  # the trap: every product is 0


# --- by brute force -------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(seeds, st.booleans())
def test_listed_solutions_agree_with_plain_loops(seed, coarse):
    space = random_space(seed, coarse=coarse)
    marks, by_hand = benchmarks(space), values_by_hand(space)
    for concept in CONCEPTS:
        one = getattr(marks, concept)
        if by_hand[concept] is None:
            assert one.deal is None
            assert one.value == -np.inf
        else:
            assert one.value == pytest.approx(by_hand[concept], abs=1e-9)
            assert one.gains == pytest.approx(space.gains_of(one.deal[None])[0])
            assert space.usable[np.arange(len(one.deal)), one.deal].all()
        assert one.gap == 0.0
    assert marks.rational == (by_hand["nash"] is not None)


@settings(max_examples=80, deadline=None)
@given(seeds, st.booleans())
def test_solutions_are_efficient_and_the_first_two_individually_rational(seed, coarse):
    marks = benchmarks(random_space(seed, coarse=coarse))
    for concept in CONCEPTS:
        one = getattr(marks, concept)
        if one.deal is None:
            continue
        counts = marks.counted | (concept in ("egalitarian", "utilitarian"))
        frontier = marks.space.gains_of(marks.frontier)
        better = (frontier >= one.gains - 1e-12).all(axis=1)
        better &= (frontier[:, counts] > one.gains[counts] + 1e-6).any(axis=1)
        assert not better.any()
        assert room_by_climbing(marks.space, list_deals(marks.space), one.deal[None]) == pytest.approx(0.0, abs=1e-12)
        if concept in ("nash", "kalai_smorodinsky"):
            assert (one.gains >= -TOLERANCE).all()


@settings(max_examples=30, deadline=None)
@given(seeds, st.booleans(), st.sampled_from([0, 300]))
def test_stated_gap_holds_the_true_optimum(seed, coarse, nodes):
    space = random_space(seed, coarse=coarse)
    marks, found = benchmarks(space), searched(space, nodes)
    for concept in CONCEPTS:
        true, one = getattr(marks, concept), getattr(found, concept)
        if one.deal is None:
            assert true.deal is None or one.gap == np.inf
            continue
        if one.gap == np.inf:
            assert nodes == 0, concept
            continue
        assert one.value <= true.value + 1e-9, concept
        assert true.value <= one.value + one.gap + 1e-9, concept
        assert one.gap >= SLACK - 1e-9 or concept == "utilitarian"  # a bound below the value found would be no bound
    if found.rational is not None:
        assert found.rational == marks.rational
        closed = found.ideal_gap <= 1e-5
        assert found.ideal[closed] == pytest.approx(marks.ideal[closed], abs=1e-9)
    assert found.frontier is None


def test_a_gap_left_open_is_stated_and_valid():
    # 15,625 deals, five parties, and a search that is stopped at once: the gap must be wide here, and still be true.
    space = random_space(3, sizes=((5, 6), (6, 7), (5, 6)), reservation=(0.2, 0.3))
    space = DealSpace(space.parties, space.value, space.floor, np.ones_like(space.usable), space.status_quo)
    true, found = benchmarks(space), searched(space, nodes=0)
    for concept in ("nash", "kalai_smorodinsky", "egalitarian"):
        one = getattr(found, concept)
        assert one.value <= getattr(true, concept).value + 1e-9 <= one.value + one.gap + 2e-9
    assert found.egalitarian.gap > 0.01
    assert largest_minimum(space).gap < 1e-5


# --- laws -----------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0.2, 5.0), st.floats(-3.0, 3.0))
def test_nash_and_kalai_smorodinsky_do_not_depend_on_units(seed, scale, shift):
    space = random_space(seed)
    value, floor = space.value.copy(), space.floor.copy()
    value[0] = value[0] * scale
    value[0, 0] += shift
    floor[0] = floor[0] * scale + shift
    other = replace(space, value=value, floor=floor)
    before, after = benchmarks(space), benchmarks(other)
    for concept in ("nash", "kalai_smorodinsky"):
        one, two = getattr(before, concept), getattr(after, concept)
        assert (one.deal is None) == (two.deal is None)
        if one.deal is not None:
            assert one.deal.tolist() == two.deal.tolist()


def test_egalitarian_and_utilitarian_depend_on_units():
    points = np.array([(1.0, 2.0), (2.0, 1.2), (1.5, 1.5)])
    before, after = benchmarks(space_of(points)), benchmarks(space_of(points * np.array([1.0, 4.0])))
    assert before.egalitarian.gains.tolist() == [1.5, 1.5]
    assert after.egalitarian.gains.tolist() == [2.0, 4.8]
    assert before.utilitarian.gains.tolist() == [2.0, 1.2]
    assert after.utilitarian.gains.tolist() == [1.0, 8.0]


@pytest.mark.parametrize("solve", [benchmarks, searched])
def test_a_party_without_gain_is_left_out_and_must_not_lose(solve):
    marks = solve(space_of([(5.0, 5.0, -1.0), (1.0, 2.0, 0.0), (2.0, 2.0, 0.0)]))
    assert marks.without_gain.tolist() == [False, False, True]
    assert marks.nash.gains.tolist() == [2.0, 2.0, 0.0]
    assert marks.kalai_smorodinsky.gains.tolist() == [2.0, 2.0, 0.0]
    assert marks.kalai_smorodinsky.value == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("solve", [benchmarks, searched])
def test_nothing_to_gain_for_anybody(solve):
    marks = solve(space_of([(-1.0, 2.0), (0.0, 0.0)]))
    assert marks.without_gain.all()
    assert marks.nash.gains.tolist() == marks.kalai_smorodinsky.gains.tolist() == [0.0, 0.0]
    assert marks.utilitarian.gains.tolist() == [-1.0, 2.0]


@pytest.mark.parametrize("solve", [benchmarks, searched])
def test_no_individually_rational_deal(solve):
    marks = solve(space_of([(-1.0, 2.0), (1.0, -0.5)]))
    assert marks.rational is False
    assert marks.nash.deal is None
    assert marks.kalai_smorodinsky.deal is None
    assert marks.egalitarian.gains.tolist() == [1.0, -0.5]
    assert np.isnan(distances(marks, np.array([[0]]))["nash_share"]).all()


def test_product_of_zero_prefers_more_parties_with_a_gain():
    # Caragiannis et al. (2019): no deal gives all three a gain, so first the number of those with one, then products.
    marks = benchmarks(space_of([(9.0, 0.0, 0.0), (0.1, 0.1, 0.0), (0.0, 0.2, 0.2)]))
    assert marks.nash.gains.tolist() == [0.0, 0.2, 0.2]


def test_ties_go_to_the_larger_sum_and_then_to_the_first_deal():
    points = [(1.0, 1.0), (1.0, 3.0), (3.0, 1.0)]
    assert benchmarks(space_of(points)).egalitarian.deal == [1]


# --- distances ------------------------------------------------------------------------------------------------------


def test_distances_by_hand():
    points = [(0.6, 0.6), (0.3, 0.4), (0.8, 0.3), (0.0, 0.0), (-0.1, 0.5)]
    space, deals = space_of(points), np.arange(5)[:, None]
    found = distances(benchmarks(space), deals)
    assert found["nash_share"] == pytest.approx([1.0, 0.12 / 0.36, 0.24 / 0.36, 0.0, 0.0], abs=1e-8)
    assert found["kalai_smorodinsky"] == pytest.approx([0, 0.75 - 0.375, 0.25, 0.75, 0.75 + 0.125])
    assert found["egalitarian"] == pytest.approx([0, 0.3, 0.3, 0.6, 0.7])
    assert found["utilitarian"] == pytest.approx([0, 0.5, 0.1, 1.2, 0.8])
    assert room_by_climbing(space, deals, deals) == pytest.approx([0, 0.2, 0, 0.6, 0.1])


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_room_above_agrees_with_the_listed_frontier(seed):
    space = random_space(seed)
    deal = list_deals(space)[seed % int(space.n_deals)]
    listed_room = room_by_climbing(space, list_deals(space), deal[None])[0]
    found = room_above(space, deal)
    assert found.value - 1e-9 <= listed_room <= found.value + found.gap + 1e-9


# --- large spaces ---------------------------------------------------------------------------------------------------


def test_fourteen_issues_take_few_nodes_with_a_stated_gap():
    tables = encoder_of(FLAGSHIP).tables(0, 1)
    assert len(tables.issue_composite) == 14
    room = tables.allowed.sum(axis=(1, 2))
    assert (room == room.max()).sum() > 5
    for f in np.flatnonzero(room == room.max()).tolist():  # the formats that talk about everything
        space = deal_space(tables._replace(undertaken=np.zeros_like(tables.undertaken)), 0, format_index=f)
        if space.listable:  # an agenda of a few issues
            continue
        assert space.n_deals > 10 * MAX_LISTED
        check_search(space, benchmarks(space, nodes=20))


def test_a_hundred_million_million_deals():
    space = deal_space(random_domains(1, 5, 20, 5), 0)
    assert 9e13 < space.n_deals < 1e14
    check_search(space, benchmarks(space))


def check_search(space, marks):
    """Gaps are narrow, values are true, and no sampled deal does better."""
    assert marks.nash.gap < 0.05
    for one in (marks.kalai_smorodinsky, marks.egalitarian):
        assert one.gap < 1e-3
    assert marks.utilitarian.gap == 0.0
    random = np.random.default_rng(1)
    deals = np.stack([random.choice(np.flatnonzero(row), 5000) for row in space.usable], axis=1)
    deals = deals[space.kept(deals)]
    gains = space.gains_of(deals)
    assert gains.min(axis=1).max() <= marks.egalitarian.value + marks.egalitarian.gap
    assert gains.sum(axis=1).max() <= marks.utilitarian.value + 1e-9
    assert (ideal_point(gains) <= marks.ideal + marks.ideal_gap).all()
    away = distances(marks, deals)
    fair = (gains >= 0).all(axis=1)
    assert fair.any()
    assert np.log(gains[fair]).sum(axis=1).max() <= marks.nash.value + marks.nash.gap

    assert ((away["nash_share"][fair] > 0) & (away["nash_share"][fair] < 1)).all()


CAMP_DAVID = SCENARIOS / "camp-david-1978.yaml"


@given(seeds)
@settings(max_examples=40)
def test_climbing_never_claims_more_than_there_is(seed):
    """In small spaces: at most the proved value, with the gains of the deal it names."""
    space = random_space(seed, sizes=((2, 5), (3, 6), (2, 5)), reservation=(0.0, 0.4))
    exact = benchmarks(space)
    with patch("sim.analysis.theory.solutions.MOST_LISTED", 0):
        quick, _ = quick_marks(space)
    for concept in CONCEPTS:
        proved, found = getattr(exact, concept), getattr(quick, concept)
        assert found.value <= proved.value + 1e-9 or concept in ("nash", "kalai_smorodinsky")
        if found.deal is not None:
            np.testing.assert_allclose(space.gains_of(found.deal[None])[0], found.gains)
    assert quick.utilitarian.value == pytest.approx(exact.utilitarian.value)
    assert quick.rational in (True, None)
    assert not (quick.rational and not exact.rational)


def test_on_the_flagship_climbing_falls_short_by_next_to_nothing():
    """The proved optimum lies in [value, value + gap]; climbing is compared with its value, concept by concept."""
    encoder = Encoder(load_scenario(FLAGSHIP), seed=1)
    tables = encoder.tables(0, 3)
    regimes = int(tables.n_regimes[0])
    missed = {concept: [] for concept in CONCEPTS}
    for draw in range(3):
        for f in range(5):
            space = deal_space(tables, draw * regimes, format_index=f)
            exact, (quick, _) = benchmarks(space), quick_marks(space)
            for concept in CONCEPTS:
                best, climbed = getattr(exact, concept).value, getattr(quick, concept).value
                missed[concept].append(best - climbed if best > -np.inf else 0.0)
                assert (best > -np.inf) == (climbed > -np.inf)
    assert max(missed["egalitarian"]) < 0.01
    assert max(missed["utilitarian"]) < 1e-9
    assert np.median(missed["nash"]) < 1e-6
    assert max(missed["kalai_smorodinsky"]) < 0.03


@pytest.mark.parametrize("file", [FLAGSHIP, CAMP_DAVID])
def test_whether_a_zone_exists_is_never_guessed(file):
    """The same answers as the proofs of `zopa`, in every sense and scope."""
    tables = Encoder(load_scenario(file), seed=2).tables(0, 6)
    regimes = int(tables.n_regimes[0])
    seen = set()
    for draw in range(6):
        _, starts = quick_marks(deal_space(tables, draw * regimes, format_index=1))
        for scope, sense in ZONES:
            question = ask(tables, draw * regimes, scope, sense, format_index=1)
            expected = answer(question, scope, sense, samples=10).exists
            assert zone_exists(question, starts) == expected
            seen.add(expected)
    assert True in seen


@given(seeds)
@settings(max_examples=40)
def test_an_empty_zone_is_found_empty(seed):
    """High reservation values: often nothing is left. The same answer with and without looking at all deals."""
    space = random_space(seed, sizes=((2, 4), (2, 5), (2, 4)), reservation=(0.3, 0.9))
    question = ZopaQuestion(
        space=space,
        n_table=len(space.parties),
        standing=np.zeros((0, *space.usable.shape)),
        lines=FirmLines(np.zeros((0, *space.usable.shape), dtype=bool), ()),
        n_all=space.n_deals,
    )
    starts = np.array([space.status_quo])
    listed = zone_exists(question, starts)
    with patch("sim.bargaining.deal_space.MAX_LISTED", 0):
        assert zone_exists(question, starts) == listed


def test_room_above_texts_is_at_most_what_is_proved():
    tables = Encoder(load_scenario(FLAGSHIP), seed=1).tables(0, 1)
    space = deal_space(tables, 0, format_index=1)
    _, starts = quick_marks(space)
    deals = np.stack((space.status_quo, starts[3], starts[9]))
    for found, deal in zip(room_by_climbing(space, starts, deals), deals, strict=True):
        proved = room_above(space, deal)
        assert found <= proved.value + proved.gap + 1e-9
        assert found >= proved.value - 0.01
