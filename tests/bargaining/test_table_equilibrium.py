"""The theory's game of a talk format: seats, rule, choice of deals, solution, plan. By hand or by brute force."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.bargaining.consent_rules import unanimity
from sim.bargaining.table_equilibrium import even_by_bloc, lone_deals, seats_of, settles_core, table_equilibrium
from sim.types.tables import TRACK
from tests.analysis.made_up_tables import dollar, table_of
from tests.bargaining.rules_in_print import simple_majority
from tests.scenario.tiny import tables, tiny
from tests.shipped import FLAGSHIP, encoder_of

seeds = st.integers(0, 2**32 - 1)


def passes(rule, members, n):
    return bool(rule.passes(np.isin(np.arange(n), members)))


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


def test_the_game_has_the_deals_of_the_talks():
    """Closed by a single undertaking, and by a condition of a seated party."""
    line = {"if": {"peace": "treaty"}, "unless": {"land": ["half", "ceded"]}, "firmness": 1}
    whole, early = (
        table_equilibrium(tables(tiny(formats__both__harvest=how, parties__a__red_lines={"paid": line})), 0, 0)
        for how in ("all_or_nothing", "early")
    )
    assert whole.deals.tolist() == [[2, 1], [2, 2]]
    assert early.deals.tolist() == [[0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [2, 1], [2, 2]]
    assert whole.core_chance == pytest.approx(1.0)


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
    tables = encoder.tables(1, 1)  # a draw with deals for all
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
