"""How much conflict a file holds: worked by hand, by laws, and on the flagship."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.theory.conflict import ENDS, LITTLE, SAMPLE, DrawRange, conflict
from sim.analysis.theory.solutions import deals_at_hand, largest_share
from sim.bargaining.deal_search import largest_minimum
from sim.bargaining.deal_space import MAX_LISTED, deal_space
from tests.analysis.spaces import listed, random_space
from tests.analysis.theory.conflicts import found_in, scenario
from tests.shipped import FLAGSHIP, encoder_of

SPLIT = [0.0, 0.25, 0.5, 0.75, 1.0]
PIE = {"a": {"pie": [0.0, *SPLIT]}, "b": {"pie": [0.0, *reversed(SPLIT)]}}
SAME = {"a": {"road": [0.0, 0.3, 1.0]}, "b": {"road": [0.0, 0.6, 1.0]}}
TUG = {"a": {"border": [0.5, 0.0, 1.0]}, "b": {"border": [0.5, 1.0, 0.0]}}
"""The status quo is best for neither, but what one gains the other loses."""


def only(found):
    (one,) = found.formats
    return one


def words(found):
    return " | ".join(found.warnings)


# --- worked by hand -------------------------------------------------------------------------------------------------


def test_a_pie_that_two_have_to_split_is_a_half():
    found = found_in(scenario(PIE))
    assert only(found).share == DrawRange(0.5, 0.5, 0.5)
    assert only(found).hopes == {"a": DrawRange(1, 1, 1), "b": DrawRange(1, 1, 1)}
    assert only(found).without_deal == 0
    assert found.exact


def test_a_coordination_game_is_one_and_said_to_hold_little_conflict():
    found = found_in(scenario(SAME))
    assert only(found).share.mean == 1.0
    assert "little conflict in all" in words(found)
    assert "expect agreement" in words(found)


def test_an_empty_zone_is_nought_and_said_to_hold_no_deal():
    found = found_in(scenario(TUG))
    assert only(found).share.mean == 0.0
    assert only(found).without_deal == 1
    assert words(found) == "no deal is better than no deal for everybody with a vote in all; expect no agreement"


def test_a_trifle_beside_an_empty_zone_does_not_make_it_a_coordination_game():
    trifle = {party: {**own, "flag": [0.0, 0.01 if party == "a" else 0.0]} for party, own in TUG.items()}
    assert only(found_in(scenario(trifle))).share.mean == 0.0  # the best deals that hurt nobody would give 1


def test_a_narrow_zone_holds_more_conflict_than_a_wide_one():
    outside = [{"outside_option": worth} for worth in (0.0, 0.2, 0.4)]
    shares = [only(found_in(scenario(PIE, a=worth, b=worth))).share.mean for worth in outside]
    assert shares == pytest.approx([0.5, 0.3 / 0.8, 0.1 / 0.6])


def test_an_outside_option_better_than_any_share_leaves_no_deal():
    assert only(found_in(scenario(PIE, a={"outside_option": 0.6}, b={"outside_option": 0.6}))).without_deal == 1


def test_a_firm_red_line_takes_part_of_the_hope_and_none_that_is_not_firm():
    line = {"red_lines": {"no": {"issue": "pie", "options": ["o4", "o5"], "firmness": 1.0}}}
    firm = only(found_in(scenario(PIE, b=line)))
    assert (firm.hopes["a"].mean, firm.share.mean) == (0.5, 0.5)
    line["red_lines"]["no"]["firmness"] = 0.0
    assert only(found_in(scenario(PIE, b=line))).hopes["a"].mean == 1.0


def test_who_cannot_gain_is_left_out_but_must_not_lose():
    third = {**SAME, "c": {"road": [1.0, 1.0, 0.0]}}
    assert only(found_in(scenario(third))).share.mean == pytest.approx(0.3)
    third["c"]["road"] = [1.0, 0.5, 0.0]
    assert only(found_in(scenario(third))).without_deal == 1


# --- parties and options --------------------------------------------------------------------------------------------


def test_room_is_told_in_stakes_with_price_and_outside_option_apart():
    data = scenario(
        {"a": {"border": [0.25, 0.0, 1.0]}, "b": {"border": [0.9, 1.0, 0.0]}},
        a={"price_of_no_settlement": {"now": -0.2}, "outside_option": 0.05},
    )
    data["issues"]["border"]["ends_price"] = True
    a, b = found_in(data).rooms
    assert (a.above.mean, a.below.mean) == pytest.approx((0.75, 0.25))
    assert (a.relief.mean, a.outside.mean) == pytest.approx((0.2, 0.05))
    assert (b.above.mean, b.below.mean, b.relief.mean, b.outside.mean) == pytest.approx((0.1, 0.9, 0.0, 0.0))


def test_an_option_is_better_or_worse_than_no_deal_by_so_much():
    line = {"red_lines": {"no": {"issue": "border", "options": ["o1"], "firmness": 1.0}}}
    found = found_in(scenario(TUG, a=line, b={"outside_option": 0.2}))
    assert {one.option: one.gain.mean for one in found.options if one.party == "b"} == pytest.approx(
        {"o1": 0.3, "o2": -0.7}
    )
    stakes = {(one.party, one.option): one for one in found.options}
    worse, better = stakes["a", "o1"], stakes["a", "o2"]
    assert (worse.gain.mean, worse.worse, worse.short, worse.barred) == pytest.approx((-0.5, 1.0, 0.5, 1.0))
    assert (better.gain.mean, better.worse, better.short, better.barred) == pytest.approx((0.5, 0.0, 0.0, 0.0))
    assert set(stakes) == {(party, option) for party in "ab" for option in ("o1", "o2")}


def test_an_option_that_cannot_move_alone_takes_along_what_suits_the_party():
    values = {"a": {"land": [0.0, 1.0], "halt": [0.0, 0.2, 0.8]}, "b": {"land": [1.0, 0.0], "halt": [0.0, 1.0, 0.0]}}
    data = scenario(values)
    data["rules"] = {"halt_first": {"excludes": [{"land": ["o1"]}, {"halt": ["o0"]}]}}
    gains = {(one.party, one.issue, one.option): one.gain.mean for one in found_in(data).options}
    assert gains["a", "land", "o1"] == pytest.approx(1.8 / 1.8)  # with o2 of the halt
    assert gains["b", "land", "o1"] == pytest.approx(0.0)  # with o1 of the halt
    assert gains["a", "halt", "o1"] == pytest.approx(0.2 / 1.8)  # which moves alone, though more would suit


def test_the_status_quo_in_everybodys_lowest_third_is_said():
    low = {"a": {"pie": [0.3, 0.0, 1.0, 0.4]}, "b": {"pie": [0.3, 1.0, 0.0, 0.4]}}
    assert "lowest third" in words(found_in(scenario(low)))
    assert "little conflict" not in words(found_in(scenario(low)))
    low["b"]["pie"][0] = 0.35
    assert "lowest third" not in words(found_in(scenario(low)))


def test_each_format_is_told_by_its_name():
    values = {**SAME, "c": {"road": [1.0, 0.5, 0.0]}}
    found = found_in(scenario(values, seats={"two": ["a", "b"], "three": ["a", "b", "c"]}))
    little, third, none = found.warnings
    assert "little conflict in two:" in little
    assert third.startswith("the status quo lies")
    assert " in two;" in third
    assert " in three; expect no agreement" in none


def test_all_formats_together_are_told_in_two_words():
    seats = {"two": ["a", "b"], "again": ["b", "a"]}
    assert "little conflict in every format:" in words(found_in(scenario(SAME, seats=seats)))
    assert words(found_in(scenario(TUG, seats=seats))).endswith("in every format; expect no agreement")


def test_under_a_single_undertaking_only_whole_cores_count():
    values = {"a": {"road": [0.0, 0.6], "sea": [1.0, 0.0]}, "b": {"road": [0.0, 1.0], "sea": [0.0, 1.0]}}
    data = scenario(values)
    assert only(found_in(data)).share.mean == pytest.approx(0.5)  # the road alone, of which b hopes for twice as much
    data["behaviour"]["rules"]["single_undertaking"] = True
    assert only(found_in(data)).share.mean == 0.0  # with the sea a loses, and has nothing to hope for


def test_what_is_given_up_counts_as_the_runs_have_it():
    data = scenario({"a": {"border": [0.5, 0.0, 1.0]}, "b": {"border": [0.5, 1.0, 0.0]}})
    data["behaviour"]["concession_aversion"] = 2
    assert [one.below.mean for one in found_in(data).rooms] == pytest.approx([2 / 3, 2 / 3])


def test_a_line_with_a_condition_takes_what_crosses_it_from_everybodys_hope():
    values = {"a": {"halt": [0.0, 1.0], "bar": [0.0, 1.0]}, "b": {"halt": [0.0, 1.0], "bar": [0.5, 0.0]}}
    line = {"red_lines": {"for_a_bar": {"if": {"halt": ["o1"]}, "unless": {"bar": ["o1"]}, "firmness": 1.0}}}
    free, tied = only(found_in(scenario(values))), only(found_in(scenario(values, a=line)))
    assert (free.hopes["b"].mean, free.share.mean) == pytest.approx((2 / 3, 0.5))  # the halt alone
    assert (tied.hopes["b"].mean, tied.share.mean) == pytest.approx((1 / 3, 1.0))  # only with what it costs b


# --- laws -----------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.integers(0, 4), st.floats(0.1, 10.0), st.floats(-5.0, 5.0))
def test_a_positive_affine_change_of_one_party_changes_no_share(seed, party, factor, shift):
    space = random_space(seed)
    p = party % len(space.parties)
    value, floor = space.value.copy(), space.floor.copy()
    value[p] = factor * value[p]
    value[p, 0] += shift
    floor[p] = factor * floor[p] + shift
    changed = replace(space, value=value, floor=floor)
    before, after = (largest_share(one, deals_at_hand(one))[0] for one in (space, changed))
    assert after == pytest.approx(before, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_the_share_is_that_of_all_deals_number_by_number(seed):
    space = random_space(seed)
    gains = np.array([own for _, own in listed(space)])
    top = gains.max(axis=0)
    best = -np.inf
    for own in gains:
        if all(own[p] >= -1e-6 for p in range(len(top)) if top[p] <= 1e-6):
            best = max(best, min((own[p] / top[p] for p in range(len(top)) if top[p] > 1e-6), default=0.0))
    assert largest_share(space, deals_at_hand(space))[0] == pytest.approx(best, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100_000))
def test_equal_pies_of_n_parties_give_one_nth(seed):
    n = 2 + seed % 4
    shares = np.vstack((np.zeros(n), np.full(n, 1 / n), np.eye(n)))
    values = {f"p{p}": {"pie": [float(x) for x in shares[:, p]]} for p in range(n)}
    assert only(found_in(scenario(values))).share.mean == pytest.approx(1 / n)


# --- large spaces and samples ---------------------------------------------------------------------------------------


AS_DIAGNOSED = (
    "behaviour.rules.single_undertaking=false",
    "parties.russia.red_lines.unpaid-stop.firmness=0",
    "parties.united_states.red_lines.business-before-settlement.firmness=0",
)
"""The rules and lines of the flagship before talks could fail; with losses that loom no larger."""


@pytest.fixture(scope="module")
def flagship():
    encoder = encoder_of(FLAGSHIP, seed=1, variant="aversion=off", sets=AS_DIAGNOSED)
    return encoder.tables(0, SAMPLE), encoder.structure


def test_climbing_in_a_large_space_comes_close_to_the_bound_of_the_programme(flagship):
    tables, _ = flagship
    space = deal_space(tables, 0, format_index=3)
    assert space.n_deals > MAX_LISTED
    share, _ = largest_share(space, deals_at_hand(space))
    bound = largest_minimum(space, scale=1.0 / space.highest()).bound
    assert share <= bound
    assert bound - share < 0.02


def test_the_flagship_holds_as_much_conflict_as_was_diagnosed(flagship):
    tables, structure = flagship
    found = conflict(tables, structure)
    assert (found.n_draws, found.exact) == (SAMPLE, False)
    assert len(found.formats) == sum(not info.legs for info in structure.formats)  # no tracks
    shares = [one.share.mean for one in found.formats[:4]]
    assert shares == pytest.approx([0.88, 0.77, 0.76, 0.66], abs=0.03)
    rooms = {one.party: (one.above.mean, one.below.mean) for one in found.rooms}
    assert rooms["russia"] == pytest.approx((0.77, 0.23), abs=0.02)
    assert rooms["ukraine"] == pytest.approx((0.69, 0.31), abs=0.02)
    for one in found.formats:
        assert one.share.low <= one.share.mean <= one.share.high
        assert (f"{one.id}" in found.warnings[0]) == (one.share.mean > LITTLE)


def test_formats_with_the_same_votes_on_the_same_deals_are_searched_once(flagship, monkeypatch):
    tables, structure = flagship
    calls = []
    monkeypatch.setattr(
        "sim.analysis.theory.conflict.largest_share",
        lambda space, deals: calls.append(1) or largest_share(space, deals),
    )
    found = conflict(tables, structure)
    apart = {(*one.hopes, *one.hopes.values()) for one in found.formats}
    assert len(calls) == SAMPLE * len(apart) < SAMPLE * len(found.formats)


def test_ranges_are_quantiles_of_the_draws():
    values = np.arange(101.0)
    assert DrawRange.of(values) == DrawRange(50.0, 100 * ENDS[0], 100 * ENDS[1])
