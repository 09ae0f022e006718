"""Numbers as arrays: standing, levers, and who is drawn into contact groups, in which proportions."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Encoder, ScenarioError, load_raw
from tests.scenario.tiny import tables, tiny


def test_standing_for_a_whole_issue_and_for_one_option():
    found = tables(tiny(parties__a__standing={"land": 0.4, "peace": {"treaty": 1, "war": 1}})).standing[0, 0]
    assert found.tolist() == [[0, 0, 1], [0, 0.4, 0.4]]


def test_spent_levers():
    data = tiny()
    data["parties"]["a"]["leverage"] = {
        "b": {"ability": 0.3, "motive": 0.5, "spent_by": {"peace": {"treaty": 0.5}, "land": {"half": 1}}}
    }
    found = tables(data)
    assert found.leverage[0].tolist() == [[0, 0.3], [0, 0]]
    assert (found.spent_patron.tolist(), found.spent_target.tolist()) == ([0, 0], [1, 1])
    assert found.spent_composite.tolist() == [0, 1]
    assert found.spent_option.tolist() == [[0, 0, 1], [0, 1, 0]]
    assert found.spent.tolist() == [[0.5, 1]]


DRAWS = 8000
WIDE = 4.5  # standard deviations: a share further off than this is no accident


def grouped(recognition: dict[str, Any], size: Any, *, seats: dict[str, Any] | None = None, **more: Any) -> Encoder:
    """A format of principals with a contact group, `recognition` by party; `seats` adds to it or goes in its place."""
    data = tiny()
    data["parties"] = dict.fromkeys((*recognition, *(seats or {})), data["parties"]["b"])
    chosen = {party: {"recognition": number} for party, number in recognition.items()} | (seats or {})
    calendar = {"months": 2, "rounds_per_month": 1}
    data["formats"] = {"group": {"seats": chosen, "contact_group": size, "calendar": calendar}}
    data["formats"]["same"] = data["formats"]["group"]
    return Encoder(load_raw({**data, **more}), seed=5)


def drawn(encoder: Encoder, n_draws: int = DRAWS) -> np.ndarray:
    """[D, P] who talks in the first format."""
    return encoder.tables(0, n_draws).talks[:, 0].astype(bool)


def within(count: int, n: int, chance: float) -> bool:
    """Whether a count may come of `n` trials with that chance (binomial, normal margin)."""
    return abs(count - n * chance) <= WIDE * math.sqrt(n * chance * (1 - chance)) + 1e-9


def chance_of_group(weights: dict[str, float], group: set[str], size: int) -> float:
    """Exact chance that `size` successive draws in proportion to the weights, without replacement, give `group`."""
    total = 0.0
    for order in permutations(sorted(group), size):
        left, chance = sum(weights.values()), 1.0
        for party in order:
            chance *= weights[party] / left
            left -= weights[party]
        total += chance
    return total


def test_the_chance_of_a_pair_by_hand():
    """Weights 1, 1, 2, two drawn: c first (1/2) or second after a or b (1/4 * 2/3 each) is 5/6."""
    weights = {"a": 1.0, "b": 1.0, "c": 2.0}
    with_c = chance_of_group(weights, {"a", "c"}, 2) + chance_of_group(weights, {"b", "c"}, 2)
    assert with_c == pytest.approx(5 / 6)


@pytest.mark.parametrize("size", [2, 3])
def test_groups_are_as_frequent_as_drawing_without_replacement_says(size: int):
    weights = {"a": 1.0, "b": 3.0, "c": 0.5, "d": 2.0}
    found = drawn(grouped(weights, size))
    assert (found.sum(axis=1) == size).all()
    for group in {frozenset(order) for order in permutations(weights, size)}:
        here = np.array([party in group for party in weights])
        assert within(int((found == here).all(axis=1).sum()), DRAWS, chance_of_group(weights, set(group), size))


def test_of_two_places_one_is_taken_and_the_other_goes_by_one_to_three():
    """One seat is required; the other of the two goes to b or c as 1 to 3."""
    found = drawn(grouped({"b": 1, "c": 3}, 2, seats={"a": {"required": True, "recognition": 1}}))
    assert found[:, 2].all()
    assert (found.sum(axis=1) == 2).all()
    assert within(int(found[:, 1].sum()), DRAWS, 0.75)


def test_required_seats_are_in_it_even_if_they_are_more_than_its_size():
    must = {"required": True}
    found = drawn(grouped({"x": 5}, 2, seats={"a": must, "b": must, "c": must}), 200)
    assert (found == [False, True, True, True]).all()


def test_who_is_never_recognised_is_never_drawn():
    found = drawn(grouped({"a": 1, "b": 0, "c": 1, "d": 2}, 2), 500)
    assert not found[:, 1].any()
    assert (found.sum(axis=1) == 2).all()


def test_who_has_no_say_in_the_group_takes_no_place_in_it():
    """An interested mediator always talks, beside so many principals; guarantors and observers are no part of it."""
    data = tiny()
    parties = dict.fromkeys(("a", "b", "c", "m", "w"), data["parties"]["b"])
    seats = {"a": {}, "b": {}, "c": {}, "m": {"role": "mediator", "interested": True}, "w": "observer"}
    data |= {"parties": parties}
    data["formats"] = {
        "group": {
            "protocol": "single_text",
            "seats": seats,
            "contact_group": 2,
            "calendar": {"months": 1, "rounds_per_month": 1},
        }
    }
    found = drawn(Encoder(load_raw(data), seed=5), 300)
    assert (found[:, :3].sum(axis=1) == 2).all()
    assert found[:, 3].all()


def test_sizes_are_rounded_to_whole_seats():
    """Uniform on 2 to 4: up to 2.5 it is two, from 3.5 on four, and three between."""
    sizes = drawn(grouped(dict.fromkeys("abcd", 1), {"uniform": [2, 4]})).sum(axis=1)
    assert set(sizes.tolist()) == {2, 3, 4}
    for size, chance in ((2, 0.25), (3, 0.5), (4, 0.25)):
        assert within(int((sizes == size).sum()), DRAWS, chance)


def test_a_bloc_comes_whole_and_counts_once():
    """Two of one bloc are drawn as one party is that stands for them, whichever the formats."""
    encoder = grouped(dict.fromkeys("abcd", 1), 2)
    data = encoder.resolved.to_data()
    data["parties"]["d"]["bloc"] = "c"
    found = drawn(Encoder(load_raw(data), seed=5))
    alone = drawn(grouped(dict.fromkeys("abc", 1), 2))
    assert (found[:, 2] == found[:, 3]).all()
    assert (found[:, :3] == alone).all()
    assert within(int(found[:, 2].sum()), DRAWS, 2 / 3)


def test_formats_that_seat_the_same_share_the_lot():
    talks = grouped(dict.fromkeys("abcd", 1), 2).tables(0, 500).talks
    assert (talks[:, 0] == talks[:, 1]).all()


def test_without_a_contact_group_everybody_talks():
    assert Encoder(load_raw(tiny()), seed=1).tables(0, 20).talks.all()


@settings(max_examples=25)
@given(st.integers(0, 40), st.integers(1, 7), st.integers(1, 7))
def test_all_regimes_of_a_draw_and_all_blocks_have_the_same_group(first: int, one: int, two: int):
    shocks = {"flood": {"hazard": 0.1, "set": {"formats.group.seats.a.recognition": {"times": 20}}}}
    encoder = grouped({"a": {"uniform": [0.5, 2]}, "b": 1, "c": 2}, {"uniform": [2, 3]}, shocks=shocks)
    whole = encoder.tables(first, one + two).talks
    assert (whole[::2] == whole[1::2]).all()
    parts = [encoder.tables(first, one).talks, encoder.tables(first + one, two).talks]
    assert (whole == np.concatenate(parts)).all()


def test_who_is_drawn_differs_from_draw_to_draw_and_from_seed_to_seed():
    encoder = grouped(dict.fromkeys("abcd", 1), 2)
    found = drawn(encoder, 40)
    assert len(np.unique(found, axis=0)) > 3
    assert (Encoder(encoder.resolved, seed=6).tables(0, 40).talks[:, 0] != found).any()


def test_a_shock_cannot_change_how_many_are_drawn():
    shocks = {"flood": {"hazard": 0.1, "set": {"formats.group.contact_group": {"add": 1}}}}
    with pytest.raises(ScenarioError, match="a shock must name a number"):
        grouped(dict.fromkeys("abc", 1), 2, shocks=shocks)
