"""Numbers as arrays: standing, levers, and who is drawn into contact groups, in which proportions."""

from __future__ import annotations

import copy
import math
from itertools import permutations
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Encoder, ScenarioError, load_raw
from sim.scenario.sampling.fill import ORDERS
from sim.scenario.schema.written_formats import AgendaOrder
from sim.types.arrays import layout_of
from sim.types.structure import FormatInfo
from sim.types.tables import (
    ABSENT,
    EASY_FIRST,
    GIVEN,
    GUARANTOR,
    HARD_FIRST,
    INTERESTED,
    MEDIATOR,
    OBSERVER,
    PRINCIPAL,
    PROTOCOLS,
    STRATEGIES,
    TRACK,
    Tables,
)
from tests.scenario.generate import talk_scenarios
from tests.scenario.tiny import tables, tiny


def test_a_homes_margin_is_that_at_which_it_ratifies_by_its_support() -> None:
    home = {"margin": 0.1, "support": {"uniform": [0.2, 0.9]}}
    data = tiny(parties__a__ratification=home, parties__b__ratification={"margin": 0.2})
    assert tables(data, 3).home_margin.tolist() == [[0.1, 0.2]] * 3
    data["behaviour"] |= {"rules": {"homes": "support"}, "precision": {"uniform": [10, 40]}}
    found = tables(data, 20)
    support = Encoder(load_raw(data), seed=1).drawn(0, 20).value("parties.a.ratification.support")
    np.testing.assert_allclose(1.0 / (1.0 + np.exp(found.precision * found.home_margin[:, 0])), support)
    assert (found.home_margin[:, 1] == 0.2).all()  # of this one the file gives no support
    nobody = tables(tiny(parties__a__ratification={"support": 0}, behaviour__rules={"homes": "support"}))
    assert np.isfinite(nobody.home_margin).all()


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


BOTH = {"a": "principal", "b": "principal"}


def talk(seats: dict[str, Any] | None = None, *, months: int = 3, rounds: int = 2, **parts: Any) -> dict[str, Any]:
    """A format between a and b, with parts changed."""
    calendar = {"months": months, "rounds_per_month": rounds}
    return {"seats": {**BOTH, **(seats or {})}, "calendar": calendar, **parts}


def case(formats: dict[str, Any], tracks: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The tiny case with a third party c that wants what b wants, a party m that wants nothing, and other formats."""
    data = tiny(**changes)
    data["parties"]["c"] = copy.deepcopy(data["parties"]["b"])
    data["parties"]["m"] = {}
    data["formats"] = formats
    data["formats"].setdefault("last", talk({"m": "observer"}))
    return data if tracks is None else {**data, "tracks": tracks}


def infos(data: dict[str, Any]) -> dict[str, FormatInfo]:
    return {one.id: one for one in Encoder(load_raw(data), seed=1).structure.formats}


def test_the_schema_knows_every_word_that_the_arrays_code():
    assert set(get_args(AgendaOrder)) == set(ORDERS)


@given(talk_scenarios())
@settings(max_examples=60)
def test_shapes_and_types_are_as_documented(data):
    found = Encoder(load_raw(data), seed=1).tables(0, 2)
    sizes = {"1": 1, "2": 2, "M": 0}
    for (name, array), spec in zip(found._asdict().items(), layout_of(Tables).values(), strict=True):
        letters = spec.axes
        assert array.dtype == spec.dtype, name
        assert array.flags.c_contiguous, name
        assert not array.flags.writeable, name
        assert array.ndim == len(letters), name
        for letter, size in zip(letters, array.shape, strict=True):
            assert sizes.setdefault(letter, size) == size, (name, letter)


@given(talk_scenarios())
@settings(max_examples=30)
def test_resolved_files_make_the_same_arrays_and_words(data):
    resolved = load_raw(data)
    again = load_raw(resolved.to_data())
    assert again == resolved
    one, two = (Encoder(each, seed=5) for each in (resolved, again))
    assert one.structure.formats == two.structure.formats
    for name, first, second in zip(Tables._fields, one.tables(3, 2), two.tables(3, 2), strict=True):
        np.testing.assert_array_equal(first, second, err_msg=name)


@given(talk_scenarios())
@settings(max_examples=60)
def test_stages_speakers_and_votes_fit_together(data):
    found = Encoder(load_raw(data), seed=1).tables(0, 1)
    assert (np.isin(found.seated, (PRINCIPAL, INTERESTED)) >= found.vetoes).all()
    for f, n_stages in enumerate(found.n_stages):
        speakers = [p for p in found.turn[f] if p >= 0]
        assert len(set(speakers)) == len(speakers) >= 2
        assert set(np.flatnonzero(found.stage_seat[f].any(axis=0))) <= set(speakers)
        assert (found.stage_seat[f, :n_stages].sum(axis=1) >= 2).all()
        assert found.stage_issue[f, :n_stages].any(axis=1).all()
        assert not found.stage_issue[f, n_stages:].any()
        first, last = found.stage_first[f, :n_stages], found.stage_last[f, :n_stages]
        assert (first <= last).all()
        assert first[0] == 0
        assert last[-1] == found.n_rounds[f] - 1
        assert (found.stage_first[f, n_stages:] == -1).all()
        if found.protocol[f] != PROTOCOLS.index("baskets"):
            assert (first[1:] == last[:-1] + 1).all()
        assert found.recognition[0, f, speakers].all()
        assert not np.delete(found.recognition[0, f], speakers).any()


def test_seats_and_turns():
    seats = {"m": {"role": "mediator", "mandate": True}}
    data = case(
        {
            "text": talk(seats, protocol="single_text"),
            "pressed": talk({"c": {"role": "mediator", "interested": True, "required": True}, "m": "observer"}),
            "backed": talk({"c": "guarantor"}),
        },
        issues__land__options={"kept": {}, "half": {}, "ceded": {"guarantors": "c"}},
    )
    found = tables(data)
    assert found.seated[:3].tolist() == [
        [PRINCIPAL, PRINCIPAL, ABSENT, MEDIATOR],
        [PRINCIPAL, PRINCIPAL, INTERESTED, OBSERVER],
        [PRINCIPAL, PRINCIPAL, GUARANTOR, ABSENT],
    ]
    assert found.turn[:3].tolist() == [[0, 1, -1], [2, 0, 1], [0, 1, -1]]
    assert found.mandate.tolist() == [1, 0, 0, 0]
    assert found.required[1].tolist() == [0, 0, 1, 0]
    assert found.protocol.tolist() == [2, 0, 0, 0]
    words = infos(data)
    assert (words["text"].mediator, words["pressed"].mediator, words["backed"].mediator) == (3, 2, None)
    assert (words["pressed"].seats, words["pressed"].observers, words["backed"].guarantors) == ((2, 0, 1), (3,), (2,))


def test_a_party_without_interests_gains_nothing():
    found = tables(case({}))
    assert (found.contribution[:, 3] == 0).all()
    assert (found.contribution[:, :3] > 0).any(axis=(2, 3)).all()


def test_a_named_guarantor_has_standing():
    options = {"kept": {}, "half": {"guarantors": ["b", "c"]}, "ceded": {"guarantors": ["c"]}}
    found = tables(case({}, issues__land__options=options, parties__b__standing={"land": 0.4}))
    assert found.named[:, 1].tolist() == [[0, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 0]]
    assert not found.named[:, 0].any()
    assert found.standing[0, 1:3, 1].tolist() == [[0, 1, 0.4], [0, 1, 1]]


def test_a_guarantor_is_named_by_every_combination_that_holds_the_option():
    options = {"kept": {}, "half": {"guarantors": "c"}, "ceded": {}}
    rules = {"in-order": {"needs": {"if": {"land": "ceded"}, "then": {"peace": "treaty"}}}}
    found = tables(case({}, issues__land__options=options, rules=rules))
    assert found.named[2, 0].tolist() == (found.issue_option[1] == 1).astype(int).tolist()
    assert found.named[2, 0].sum() == 3


@pytest.mark.parametrize(
    ("consent", "unanimous", "quota", "strict", "words"),
    [
        ("unanimity", 1, (0, 0), 0, "unanimity"),
        ("majority", 0, (0.5, 0), 1, "majority"),
        ({"members": 0.55}, 0, (0.55, 0), 0, "55% of members"),
        ({"weight": 0.625}, 0, (0, 0.625), 0, "62.5% of weight"),
        ({"rule": "quota", "members": 0.55, "weight": 0.65}, 0, (0.55, 0.65), 0, "55% of members and 65% of weight"),
        ({"rule": "majority", "vetoes": ["b"]}, 0, (0.5, 0), 1, "majority, veto of b"),
        ({"rule": "unanimity", "abstention": True}, 1, (0, 0), 0, "unanimity, abstentions not counted"),
    ],
)
def test_consent_rules(consent, unanimous, quota, strict, words):
    data = case({"first": talk(consent=consent)})
    found = tables(data)
    assert found.unanimous[0] == unanimous
    assert tuple(found.quota[0]) == quota
    assert found.strict[0] == strict
    assert found.vetoes[0].tolist() == [0, int("veto" in words), 0, 0]
    assert found.abstains[0] == ("abstentions" in words)
    assert str(infos(data)["first"].consent) == words


def test_capability_recognition_and_their_shocks():
    vote = talk({"a": {"recognition": 3}, "m": "observer"}, protocol="proposal_and_vote")
    shifts = {"parties.a.capability": {"add": 1}, "formats.vote.seats.b.recognition": {"to": 5}}
    data = case({"vote": vote}, parties__a__capability=2, shocks={"rise": {"hazard": 0.1, "set": shifts}})
    found = tables(data)
    assert found.capability.tolist() == [[2, 1, 1, 1], [3, 1, 1, 1]]
    assert found.recognition[:, 0].tolist() == [[3, 1, 0, 0], [3, 5, 0, 0]]
    assert found.recognition[:, 1].tolist() == [[1, 1, 0, 0]] * 2


def test_strategies_and_publication():
    data = case({"quiet": talk(transparency="secret")}, parties__b__behaviour={"strategy": "fair_split"})
    found = tables(data)
    assert [STRATEGIES[k] for k in found.strategy] == ["standard", "fair_split", "fair_split", "standard"]
    assert found.public.tolist() == [0, 1]


def test_stages_share_the_rounds():
    data = case(
        {
            "given": talk(months=7, rounds=1, agenda={"order": ["land", ["peace"]]}),
            "part": talk(agenda={"order": ["land"]}),
            "easy": talk(months=1, agenda={"order": "easy_first"}),
            "hard": talk(agenda={"issues": ["peace"], "order": "hard_first"}),
        }
    )
    found = tables(data)
    assert found.n_stages.tolist() == [2, 1, 2, 1, 1]
    assert found.order.tolist() == [GIVEN, GIVEN, EASY_FIRST, HARD_FIRST, GIVEN]
    assert found.stage_issue.tolist() == [
        [[0, 1], [1, 0]],
        [[0, 1], [0, 0]],
        [[1, 0], [0, 1]],
        [[1, 0], [0, 0]],
        [[1, 1], [0, 0]],
    ]
    assert found.stage_first.tolist() == [[0, 3], [0, -1], [0, 1], [0, -1], [0, -1]]
    assert found.stage_last.tolist() == [[2, 6], [5, -1], [0, 1], [5, -1], [5, -1]]
    assert found.allowed[1].tolist() == [[1, 0, 0], [1, 1, 1]]
    words = infos(data)
    assert (words["given"].agenda_order, words["given"].stages) == ("given", ("land", "peace"))
    assert words["last"].stages == ()


def test_linked_issues_make_one_stage():
    link = {"when": {"peace": ["treaty"], "land": ["kept"]}, "bonus": 0.3}
    found = tables(case({"easy": talk(agenda={"order": "easy_first"})}, parties__a__linkages={"tie": link}))
    assert found.n_stages[0] == 1
    assert found.stage_issue[0].tolist() == [[1, 1]]


def test_working_groups_and_their_plenary():
    groups = {"war": {"issues": ["peace"], "members": ["a", "c"]}, "land": {"name": "Borders", "issues": ["land"]}}
    seats = {"c": {"role": "mediator", "interested": True}}
    data = case({"groups": talk(seats, months=5, protocol="baskets", baskets=groups)})
    found = tables(data)
    assert found.n_stages.tolist() == [3, 1]
    assert found.stage_issue[0].tolist() == [[1, 0], [0, 1], [1, 1]]
    assert found.stage_seat[0].tolist() == [[1, 0, 1, 0], [1, 1, 0, 0], [1, 1, 1, 0]]
    assert found.stage_first[0].tolist() == [0, 0, 4]  # half of five months, rounded down, are the groups'
    assert found.stage_last[0].tolist() == [3, 3, 9]
    assert infos(data)["groups"].stages == ("war", "Borders", "plenary")


def test_a_track_is_a_row_of_its_own():
    formats = {
        "small": talk({"c": "observer"}, agenda=["land"], transparency="secret", months=9, consent="majority"),
        "pressed": talk({"c": {"role": "mediator", "interested": True}}, agenda={"order": ["peace"]}, harvest="early"),
        "large": talk({"c": {"required": True, "meeting_value": 0.1}}, months=2, rounds=3),
    }
    tracks = {
        "up": {"legs": ["small", {"format": "large", "after": 4}]},
        "round": {"legs": ["small", "large", "pressed"]},
    }
    data = case(formats, tracks)
    found = tables(data)
    up, again = 4, 5
    assert found.protocol[up:].tolist() == [TRACK, TRACK]
    assert found.n_legs.tolist() == [1, 1, 1, 1, 2, 3]
    assert found.legs[:2].tolist() == [[0, -1, -1], [1, -1, -1]]
    assert found.legs[up:].tolist() == [[0, 2, -1], [0, 2, 1]]
    assert found.leg_gap[up:].tolist() == [[0, 4, 0], [0, 0, 0]]
    assert found.seated[up:, 2].tolist() == [PRINCIPAL, PRINCIPAL]
    assert found.turn[up:].tolist() == [[0, 1, 2], [2, 0, 1]]
    assert found.n_rounds[up:].tolist() == [18, 18]
    assert found.rounds_per_month[up:].tolist() == [3, 2]
    assert found.required[up].tolist() == [0, 0, 1, 0]
    assert found.meeting_value[0, up, 2] == 0.1
    assert (found.unanimous[up], found.public[up], found.early_harvest[again]) == (1, 1, 1)
    assert found.allowed[up].all()
    assert (found.n_stages[up], found.stage_first[up, 0], found.stage_last[up, 0]) == (1, 0, 17)
    assert found.stage_issue[again, 0].tolist() == [1, 1]
    assert found.stage_seat[up, 0].tolist() == [1, 1, 1, 0]
    words = infos(data)["up"]
    assert (words.protocol, words.legs, words.months, words.seats) == ("track", (0, 2), 15, (0, 1, 2))


def test_a_track_moves_no_number_of_the_formats():
    formats = {"small": talk(agenda=["land"]), "last": talk({"m": "observer"})}
    plain, more = (
        tables(case(copy.deepcopy(formats), tracks), 3) for tracks in (None, {"t": {"legs": ["small", "last"]}})
    )
    for name, spec in layout_of(Tables).items():
        first, second = getattr(plain, name), getattr(more, name)
        for axis, letter in enumerate(spec.axes):
            if letter == "F":
                second = second.take(range(2), axis=axis)
            if letter == "K":
                second = second.take(range(1), axis=axis)
        np.testing.assert_array_equal(first, second, err_msg=name)


def test_numbers_that_nothing_uses_are_not_listed():
    def listed(data: dict[str, Any]) -> set[str]:
        return {row.path for row in Encoder(load_raw(data), seed=1).numbers()}

    weighed, tracked = talk(consent={"weight": 0.6}), {"t": {"legs": ["last", "last"]}}
    assert "parties.a.capability" not in listed(case({}))
    assert "parties.a.capability" in listed(case({"first": weighed}))
    assert "parties.a.capability" in listed(case({}, parties__a__capability=2))
    assert "behaviour.trust_premium" not in listed(case({}))
    assert "behaviour.trust_premium" in listed(case({}, tracked))
