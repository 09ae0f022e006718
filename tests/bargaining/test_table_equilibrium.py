"""The theory's game of a talk format: seats, rule, choice of deals, solution, plan. By hand or by brute force."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.bargaining.consent_rules import at_least, simple_majority, unanimity, weighted_quota, with_vetoes
from sim.bargaining.deal_choice import chosen_deals, efficient_for, minimal_winning, thinned_rows
from sim.bargaining.equilibrium_plan import equilibrium_plan
from sim.bargaining.table_equilibrium import lone_deals, settles_core, table_equilibrium
from sim.bargaining.table_seats import even_by_bloc, seats_of
from sim.types.tables import TRACK
from tests.analysis.made_up_tables import dollar, table_of
from tests.analysis.spaces import listed, random_space, space_of
from tests.shipped import FLAGSHIP, encoder_of

seeds = st.integers(0, 2**32 - 1)


# ---- seats, patience and consent


def test_a_turn_is_a_share_of_a_month():
    """Two rounds a month and three seats: six turns, so a turn is discounted by the sixth root."""
    seats = seats_of(table_of(np.zeros((2, 3)), patience=[0.5, 0.8, 1.0], rounds_a_month=2), 0, 0)
    assert seats.discount[:2] ** 6 == pytest.approx([0.5, 0.8])
    assert 0.999 < seats.discount[2] < 1.0
    assert seats.order == "alternating"
    assert seats.rule == unanimity(3)


def test_blocs_open_equally_often():
    assert even_by_bloc(np.array([0, 1, 1, 3])) == pytest.approx([1 / 3, 1 / 6, 1 / 6, 1 / 3])


def test_recognition_is_read_under_proposal_and_vote_alone():
    shares = np.array([[[1.0, 2.0, 5.0]]])
    voted, mediated = (
        seats_of(table_of(np.zeros((2, 3)), protocol=[protocol], recognition=shares), 0, 0) for protocol in (1, 2)
    )
    assert voted.recognition == pytest.approx([1 / 8, 2 / 8, 5 / 8])
    assert voted.order == "random"
    assert voted.notes == ()
    assert mediated.recognition == pytest.approx([1 / 3] * 3)
    assert mediated.order == "random"
    assert "single text" in str(mediated.notes[0])


def test_a_track_is_read_as_its_last_leg():
    """Formats: in turn among two, by chance among the same two; the track ends with the second, then with the first."""
    values = np.zeros((2, 2))
    one = vars(table_of(values))
    grown = {name: np.repeat(one[name], 4, axis=0) for name in ("seated", "turn", "n_rounds", "rounds_per_month")}
    grown |= {name: np.repeat(one[name], 4, axis=0) for name in ("unanimous", "quota", "strict", "vetoes", "abstains")}
    legs = np.array([[0, -1], [1, -1], [0, 1], [1, 0]])
    more = {"n_stages": np.ones(4), "recognition": np.tile([[1.0, 3.0]], (1, 4, 1)), "legs": legs}
    tables = table_of(values, **grown, **more, protocol=[0, 1, TRACK, TRACK], n_legs=[1, 1, 2, 2])
    seats = [seats_of(tables, 0, f) for f in range(4)]
    assert [one.order for one in seats] == ["alternating", "random", "random", "alternating"]
    assert seats[2].recognition == pytest.approx([0.25, 0.75])
    assert "last leg" in str(seats[2].notes[0])
    assert seats[1].notes == ()


@pytest.mark.parametrize(
    ("arrays", "passes"),
    [
        ({"quota": [[0.5, 0.0]], "strict": [1]}, lambda s: len(s) >= 3),  # majority of four: more than two
        ({"quota": [[0.5, 0.0]]}, lambda s: len(s) >= 2),
        ({"quota": [[0.0, 0.6]], "capability": [[4.0, 3.0, 2.0, 1.0]]}, lambda s: sum([4, 3, 2, 1][i] for i in s) >= 6),
        (
            {"quota": [[0.5, 0.6]], "capability": [[4.0, 3.0, 2.0, 1.0]]},
            lambda s: len(s) >= 2 and sum([4, 3, 2, 1][i] for i in s) >= 6,
        ),
        ({"quota": [[0.5, 0.0]], "vetoes": [[0, 0, 1, 0]]}, lambda s: len(s) >= 2 and 2 in s),
        ({"unanimous": [1]}, lambda s: len(s) == 4),
    ],
)
def test_consent_rules_of_formats(arrays, passes):
    rule = seats_of(table_of(np.zeros((2, 4)), **{"unanimous": [0], **arrays}), 0, 0).rule
    for yes in itertools.product((False, True), repeat=4):
        assert rule.passes(np.array(yes)) == passes({i for i in range(4) if yes[i]}), yes


def test_seats_follow_the_speaking_order_not_the_file():
    tables = table_of([[0, 0, 0], [0.1, 0.2, 0.3]], patience=[0.5, 0.6, 0.7], turn=[[2, 0, -1]])
    found = table_equilibrium(tables, 0, 0)
    assert found.seats.parties.tolist() == [2, 0]
    assert found.seats.discount**2 == pytest.approx([0.7, 0.5])
    assert found.gains.tolist() == [[0.3, 0.1]]


# ---- which deals


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


def passes(rule, members, n):
    return bool(rule.passes(np.isin(np.arange(n), members)))


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


def test_what_must_be_kept_is_kept_and_the_thinning_is_said():
    space = space_of(np.vstack(([0.0, 0.0], np.c_[np.linspace(0, 1, 500), np.linspace(1, 0, 500)])))
    found = chosen_deals(space, unanimity(2), most=40, kept=np.array([[7], [8]]))
    assert len(found.deals) == 40
    assert {7, 8} <= set(found.deals[:, 0].tolist())
    assert found.how == "40 of 501 deals, efficient for the table, thinned from 500"
    assert chosen_deals(space, unanimity(2), most=600).how == "all 500 deals"


def test_under_a_majority_a_deal_may_cost_the_rest():
    points = np.vstack((np.zeros((1, 3)), np.full((400, 3), 0.1), [[0.9, 0.5, -2.0]]))
    dictated = chosen_deals(space_of(points), at_least(2, 3), most=50)
    agreed = chosen_deals(space_of(points), unanimity(3), most=50)
    assert 401 in dictated.deals[:, 0]
    assert 401 not in agreed.deals[:, 0]


# ---- solutions


@pytest.mark.parametrize(("first", "second"), [(0.8, 0.7), (0.7, 0.9)])
def test_the_opening_share_of_rubinstein(first, second):
    """Rubinstein (1982): (1 - d2) / (1 - d1 d2); with one round a month and two seats, d = sqrt(patience)."""
    found = table_equilibrium(table_of(dollar(200), patience=[first, second]), 0, 0, most=500)
    d1, d2 = first**0.5, second**0.5
    assert found.found is not None
    assert found.found.converged
    assert found.found.by_proposer[0, 0] == pytest.approx((1 - d2) / (1 - d1 * d2), abs=1 / 100)
    assert found.found.by_proposer[1, 1] == pytest.approx((1 - d1) / (1 - d1 * d2), abs=1 / 100)
    assert found.missed == 0.0


def test_majority_pays_only_the_cheaper_partner():
    """Baron & Ferejohn (1989), equal parties: the proposer keeps 1 - d/3 under two of three, 1 - 2d/3 under three."""
    parts = [np.array(x) / 30 for x in itertools.product(range(31), repeat=3) if sum(x) == 30]
    values = np.vstack((np.zeros((1, 3)), parts))
    d = 0.9
    for quota, share in (([[0.5, 0.0]], 1 - d / 3), ([[1.0, 0.0]], 1 - 2 * d / 3)):
        arrays = {"protocol": [1], "unanimous": [0], "quota": quota}
        found = table_equilibrium(table_of(values, patience=d**3, **arrays), 0, 0, most=600)
        assert found.found is not None
        assert found.found.converged
        assert np.diag(found.found.by_proposer) == pytest.approx([share] * 3, abs=1 / 30)


def test_a_thinned_game_is_mended_by_what_proposers_missed():
    """Twelve of 1,001 divisions are too few for the price of Rubinstein; the check adds those that are proposed."""
    tables = table_of(dollar(1000), patience=0.9**2)
    coarse, mended = (table_equilibrium(tables, 0, 0, most=12, checks=checks) for checks in (0, 40))
    share = 1 / (1 + 0.9)
    assert coarse.missed is None
    assert mended.missed is not None
    assert mended.missed < 2e-3
    assert len(mended.deals) > 12
    errors = [abs(one.found.by_proposer[0, 0] - share) for one in (coarse, mended) if one.found is not None]
    assert errors[1] < 0.01
    assert errors[1] <= errors[0]


def test_no_zone_of_agreement_no_game():
    found = table_equilibrium(table_of([[0, 0], [0.5, -0.1], [-0.1, 0.5]]), 0, 0)
    assert found.found is None or found.found.settles == 0.0
    thinned = table_equilibrium(table_of(np.vstack(([0, 0], np.c_[np.ones(400), -np.ones(400)]))), 0, 0)
    assert thinned.found is None
    assert "talks never end" in thinned.reason
    assert thinned.core_chance == 0.0


def test_deals_across_a_firm_line_of_a_seated_party_are_left_out():
    barred = np.zeros((1, 2, 1, 3), dtype=np.uint8)
    barred[0, 1, 0, 2] = 1
    found = table_equilibrium(table_of([[0, 0], [0.2, 0.2], [0.9, 0.9]], barred=barred), 0, 0)
    assert found.deals[:, 0].tolist() == [1]
    assert found.core_chance == 0.0


def test_one_seat_is_no_talk():
    assert "two seats" in table_equilibrium(table_of([[0, 0], [1, 1]], turn=[[0, -1]]), 0, 0).reason


def test_core_is_all_of_the_core():
    tables = SimpleNamespace(
        level=np.array([2, 1, 2]),
        issue_composite=np.array([0, 1, 1]),
        settles=np.array([[0, 1, 0], [0, 0, 0], [0, 0, 1]]),
    )
    deals = np.array([[1, 2], [1, 1], [0, 2]])
    assert settles_core(tables, deals).tolist() == [True, False, False]
    none = SimpleNamespace(level=np.array([1]), issue_composite=np.array([0]), settles=np.zeros((1, 3)))
    assert settles_core(none, deals).tolist() == [False] * 3


@given(seeds, st.sampled_from([unanimity(3), simple_majority(3)]), st.booleans())
@settings(max_examples=40)
def test_deals_that_are_equilibria_alone_by_plain_loops(seed, rule, in_turn):
    rng = np.random.default_rng(seed)
    gains = rng.integers(-1, 6, (9, 3)) / 5
    tables = table_of(np.zeros((2, 3)), patience=rng.uniform(0.3, 0.99, 3), protocol=[0 if in_turn else 1])
    seats = seats_of(tables, 0, 0)
    seats = type(seats)(seats.parties, rule, seats.order, seats.recognition, seats.discount, ())
    expected = []
    for x in gains:
        good = min(x) >= 0 and passes(rule, [i for i in range(3) if x[i] >= 0], 3)
        for j, y in itertools.product(range(3), gains):
            yes = [i for i in range(3) if i == j or y[i] >= seats.discount[i] * x[i] - 1e-6]
            good = good and not (y[j] > x[j] + 1e-6 and passes(rule, yes, 3))
        expected.append(good)
    assert lone_deals(gains, seats).tolist() == expected


def test_the_flagship_solves_and_says_how_well():
    encoder = encoder_of(FLAGSHIP)
    tables = encoder.tables(0, 1)
    for f in (1, 3):
        found = table_equilibrium(tables, 0, f)
        assert found.found is not None
        assert found.found.converged
        assert found.missed is not None
        assert found.missed < 1e-3
        assert len(found.deals) <= 310 < found.space.n_deals
        assert "efficient for the table" in found.chosen.how


def test_a_table_without_a_single_allowed_deal_is_told_apart():
    tables = table_of([[0, 0], [1, 1]], allowed=np.zeros((1, 1, 2), dtype=np.uint8))
    assert table_equilibrium(tables, 0, 0).found is None


# ---- the plan


def test_the_plan_holds_what_the_equilibrium_says():
    tables = table_of(dollar(50), patience=[0.8, 0.7], strategy=[9, 0])
    plan = equilibrium_plan(tables, [0])
    found = table_equilibrium(tables, 0, 0, most=60, checks=0)
    assert found.found is not None
    first = found.deals[int(found.found.proposals[0].argmax())]
    assert plan.plan_deal.shape[:2] == (1, 1)
    row = int(plan.plan_chance[0, 0, 0].argmax())
    assert plan.plan_deal[0, 0, row].tolist() == first.tolist()
    assert plan.plan_chance[0, 0, 0].sum() == pytest.approx(1.0, abs=1e-4)
    assert not plan.plan_chance[0, 0, 1].any()  # the second party has another strategy
    least, asked = plan.plan_value[0, 0, 1, 0], found.found.thresholds[1, 0]
    assert asked - 1e-3 < least < asked  # the deal at the threshold passes
    assert not plan.plan_value[0, 0, :, 1].any()
    assert not plan.plan_deal.flags.writeable


def test_who_plays_it_reproduces_the_split():
    """Both sides propose and accept by the plan alone: the opener gets Rubinstein's share, at once."""
    tables = table_of(dollar(200), patience=[0.8, 0.7])
    plan = equilibrium_plan(tables, [0], most=300)
    worth = tables.contribution[0, :, 0]
    d1, d2 = 0.8**0.5, 0.7**0.5
    for j, share in ((0, (1 - d2) / (1 - d1 * d2)), (1, (1 - d1) / (1 - d1 * d2))):
        offer = plan.plan_deal[0, 0, int(plan.plan_chance[0, 0, j].argmax()), 0]
        assert worth[j, offer] == pytest.approx(share, abs=0.01)
        assert worth[1 - j, offer] >= plan.plan_value[0, 0, j, 1 - j] - 1e-3


def test_nothing_to_bargain_over_is_a_plan_to_pass():
    tables = table_of(np.vstack(([0, 0], np.c_[np.ones(70), -np.ones(70)])))
    plan = equilibrium_plan(tables, [0])
    assert not plan.plan_chance.any()
    assert not plan.plan_value.any()


def test_without_players_the_tables_stay():
    tables = table_of(dollar(5), strategy=[0, 1])
    assert equilibrium_plan(tables, [0]) is tables
