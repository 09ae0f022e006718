"""Contact groups at the table: who talks, the vote of everybody on what they bring, and what it binds.

Small cases in which all can be worked by hand: two want a wall, the others lose or gain by it, and parties judge well.
Both drivers are held to each other on every protocol.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engines.talk import play as talk
from sim.formats.protocols import PROTOCOL
from sim.report.transcript.talk_text import transcript_lines
from sim.scenario import Encoder, load_raw
from sim.types import EndReason, Outcome, Runs
from sim.types.transcript import Why, parties_in
from tests.engines.test_talk import course_differences, differences
from tests.laws.common import Raw, encode, play
from tests.laws.common import differences as between
from tests.laws.made_up import changed, issue, party, talks, world, worth
from tests.scenario.generate import random_scenario

SAME = worth(no=0, yes=0)
WANTS, LOSES, ALIKE = worth(open=0, walled=1), worth(open=1, walled=0), worth(open=0, walled=0)
BORDER = issue("open", "walled", settles="walled")
SIDE = issue("no", "yes")
DRAWN = [name for name in sorted(PROTOCOL) if name != "baskets"]


def wall(*values: Raw, size: int = 2, **more: Any) -> Raw:
    """`a` and `b` want the wall and are the contact group; further parties, with values as given, vote on it."""
    parties = {name: party({"border": 1}, {"border": WANTS, "side": SAME}) for name in "ab"}
    for name, own in zip("cdefg", values, strict=False):
        parties[name] = party({"border": 1, "side": 1}, {"border": own, "side": worth(no=0, yes=1)})
    one = talks(*parties, months=1, rounds=2, contact_group=size, agenda=["border"], **more)
    one["seats"] |= {name: {"required": True} for name in "ab"}
    return world({"border": BORDER, "side": SIDE}, parties, {"all": one})


def ended(data: Raw) -> Runs:
    return play(encode(data), n_draws=3, replications=2)


def ends(data: Raw) -> set[tuple[str, str]]:
    """Outcomes and reasons of some runs."""
    runs = ended(data)
    return {
        (Outcome(o).name, EndReason(r).name) for o, r in zip(runs.outcome.tolist(), runs.reason.tolist(), strict=True)
    }


SETTLED, DOWN = {("SETTLEMENT", "SETTLED")}, {("BLOCKED", "VOTED_DOWN")}


def test_only_the_group_talks_and_everybody_else_votes():
    told = talk(encode(wall(ALIKE, LOSES, consent={"members": 0.7})), format_index=0, draw=0, replication=0)
    assert sorted(told.seats) == [0, 1]
    assert {turn.speaker for turn in told.turns} <= {0, 1}
    assert {answer.party for turn in told.turns for answer in turn.answers} <= {0, 1}
    assert told.plenary is not None
    assert told.plenary.carried
    assert [(one.party, one.accepts) for one in told.plenary.votes] == [(2, True), (3, False)]
    assert told.outvoted == (3,)


@pytest.mark.parametrize(
    ("consent", "expected"),
    [
        ("unanimity", DOWN),
        ("majority", SETTLED),  # three of five
        ({"members": 0.6}, SETTLED),
        ({"members": 0.61}, DOWN),
        ({"rule": "majority", "vetoes": "d"}, DOWN),
        ({"rule": "majority", "vetoes": "c"}, SETTLED),
    ],
)
def test_the_plenary_decides_by_the_rule_of_the_format(consent: Any, expected: set[tuple[str, str]]):
    """a, b and c are for the wall, d and e against it."""
    assert ends(wall(WANTS, LOSES, LOSES, consent=consent)) == expected


@pytest.mark.parametrize(("weight", "expected"), [(0.49, SETTLED), (0.51, DOWN)])
def test_the_plenary_weighs_votes_where_the_rule_does(weight: float, expected: set[tuple[str, str]]):
    """Two for it, one against, who weighs as much as both."""
    assert ends(changed(wall(LOSES, consent={"weight": weight}), parties__c__capability=2)) == expected


def test_who_does_not_care_may_abstain_in_the_plenary():
    """Two for, two against, one whom it does not concern: half of those who vote, more than half with its vote."""
    data = wall(LOSES, LOSES, ALIKE, consent={"rule": "majority", "abstention": True})
    assert ends(data) == DOWN
    assert ends(wall(LOSES, LOSES, ALIKE, consent="majority")) == SETTLED
    told = talk(encode(data), format_index=0, draw=0, replication=0)
    assert told.plenary is not None
    assert [one.why for one in told.plenary.votes if one.party == 4] == [Why.ABSTAINS]
    text = "\n".join(transcript_lines(told, encode(data).structure))
    assert "Of those outside the group 0 vote for it and 2 against it." in text
    assert "e abstains." in text


def test_a_text_voted_down_is_blocked_by_those_who_voted_against_it():
    runs = ended(wall(WANTS, LOSES, LOSES))
    assert set(runs.decided.tolist()) == {0b11000}
    assert set(runs.refused[:, 0].tolist()) == {0b11000}
    assert (runs.refused[:, 1] == 0).all()
    assert (runs.agreed == 1).all()
    assert (runs.tabled[:, 0] == 1).all()
    assert (runs.deal == 0).all()
    assert (runs.held == -1).all()
    assert (runs.core == 0).all()


def test_a_group_agrees_only_if_all_of_it_do():
    """With the rule of the format a, b and d would carry it over c, who sits in the group too and refuses."""
    data = wall(LOSES, WANTS, consent={"members": 0.5})
    data["formats"]["all"]["seats"]["c"] = {"required": True}
    assert not ends(data) & (SETTLED | DOWN)
    assert ends(changed(data, formats__all__contact_group=4)) == ends(data)
    del data["formats"]["all"]["contact_group"]
    assert ends(data) == SETTLED


def test_the_vote_is_at_the_reservation_value_whatever_was_hoped_for():
    """Who was not in the group asks for nothing beyond what it has: a text that brings it next to nothing passes."""
    slight = worth(open=0, walled=0.05)
    data = wall(slight, slight)
    for name in "cd":
        data["parties"][name]["behaviour"] = {"strategy": "hard_liner"}
    data["formats"]["all"]["agenda"] = ["border", "side"]
    assert ends(data) == SETTLED


def test_a_line_of_who_was_not_asked_is_a_vote_against():
    line = {"never": {"issue": "border", "options": "walled", "firmness": 1}}
    assert ends(changed(wall(WANTS), parties__c__red_lines=line)) == DOWN


def test_the_group_presses_in_the_plenary():
    """c would lose all its stake; a can move it by more than that, and only where a is in the group."""
    data = wall(worth(open=0.2, walled=0))
    assert ends(data) == DOWN
    lever = {"c": {"ability": 0.5, "motive": 1, "cost": 0}}
    assert ends(changed(data, parties__a__leverage=lever)) == SETTLED


def test_the_outvoted_keep_their_standing():
    data = wall(LOSES, LOSES, WANTS, WANTS, consent="majority")
    assert ends(data) == SETTLED
    owned = changed(data, parties__c__standing={"border": 1})
    assert ends(owned) == {("BLOCKED", "REFUSED_BY_ABSENT")}


def test_who_voted_for_it_is_a_signatory_whom_its_home_binds():
    """After the vote everybody sits at the table: c, not in the group, has signed, so its home is asked."""
    data = wall(worth(open=0, walled=0.1))
    assert ends(data) == SETTLED
    home = changed(data, parties__c__ratification={"margin": 0.9})
    assert ends(home) == {("BLOCKED", "REFUSED_AT_HOME")}


def shared_out(c: Raw) -> Raw:
    """`a` and `b` hold out for the larger share each, until time is up and half each is drafted; `c` votes on that."""
    data = wall(LOSES)
    data["issues"]["share"] = issue("none", "for_a", "half", "for_b")
    larger = {
        "a": worth(none=0, for_a=1, half=0.6, for_b=0.2),
        "b": worth(none=0, for_a=0.2, half=0.6, for_b=1),
    }
    for name, own in {**larger, "c": c}.items():
        data["parties"][name] |= {"salience": {"share": 1}, "values": {"border": ALIKE, "side": SAME, "share": own}}
        data["parties"][name]["behaviour"] = {"strategy": "hard_liner"}
    data["formats"]["all"]["agenda"] = ["border", "share"]
    return data


@pytest.mark.parametrize(
    ("half", "expected"), [(0.5, {("PARTIAL", "PARTIAL_AT_DEADLINE")}), (-0.5, {("BLOCKED", "VOTED_DOWN")})]
)
def test_a_text_of_last_resort_goes_to_the_vote_too(half: float, expected: set[tuple[str, str]]):
    data = shared_out(worth(none=0.5, for_a=0, half=0.5 + half, for_b=0))
    assert ends(data) == expected
    assert differences(encode(data), n_draws=2, replications=2) == []


def test_a_text_in_hand_goes_to_the_vote_too():
    """What is agreed on the side is put to all at the deadline, though nobody agrees on the border."""
    data = wall(LOSES)
    for name, border in (("a", LOSES), ("b", WANTS), ("c", ALIKE)):
        values = {"border": border, "side": worth(no=0, yes=1)}
        data["parties"][name] |= {"salience": {"border": 1, "side": 1}, "values": values}
    data["formats"]["all"]["agenda"] = ["border", "side"]
    assert ends(data) == {("PARTIAL", "PARTIAL_BANKED")}
    data["parties"]["c"]["values"]["side"] = worth(no=1, yes=0)
    assert ends(data) == DOWN


def test_a_track_carries_on_from_a_text_that_was_voted_down():
    data = wall(WANTS, LOSES, LOSES)
    data["formats"]["count"] = dict(data["formats"]["all"], consent="majority")
    data["tracks"] = {"twice": {"legs": ["all", "count"]}}
    encoder = encode(data)
    runs = play(encoder, n_draws=2, replications=2)
    track = np.arange(len(runs.outcome)).reshape(2, 3, 2)[:, 2].ravel()
    assert set(runs.outcome[track].tolist()) == {int(Outcome.SETTLEMENT)}
    assert set(map(tuple, runs.legs[track].tolist())) == {(int(Outcome.BLOCKED), int(Outcome.SETTLEMENT))}
    assert differences(encoder, n_draws=2, replications=2) == []


def test_the_vote_is_told():
    encoder = encode(wall(WANTS, LOSES, LOSES))
    told = talk(encoder, format_index=0, draw=0, replication=0)
    text = "\n".join(transcript_lines(told, encoder.structure))
    assert "Drawn into the contact group: a and b. c, d and e vote on what it brings." in text
    assert "the contact group agrees on" in text.replace("The", "the")
    assert "The contact group brings its text before all. It is voted down." in text
    assert "Of those outside the group 1 votes for it and 2 against it." in text
    assert parties_in(told.record.decided) == (3, 4)


@pytest.mark.parametrize("protocol", DRAWN)
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), track=st.booleans(), consent=st.sampled_from(["unanimity", "majority"]))
def test_both_drivers_are_alike(protocol: str, seed: int, track: bool, consent: str):
    rng = np.random.default_rng(seed)
    recipe: Raw = {"protocol": protocol, "consent": consent, "track": track, "shocks": 1, "recognition": True}
    data = random_scenario(rng, 4, 3, 3, contact_group=True, ratification=True, **recipe)
    encoder = Encoder(load_raw(data), seed=seed % 1000)
    assert encoder.tables(0, 1).grouped.any()
    assert differences(encoder, n_draws=2, replications=2) == []
    assert course_differences(encoder, fmt=1, draw=1) == []


@pytest.mark.parametrize("protocol", DRAWN)
def test_a_group_of_everybody_changes_nothing_under_unanimity(protocol: str):
    """Each of the group must agree, and then all must: the same. A count of votes would ask for less than the group."""
    for seed in range(3):
        data = random_scenario(np.random.default_rng(seed), 4, 3, 3, protocol=protocol, shocks=1, ratification=True)
        plain = play(encode(data), n_draws=8, formats=[1])
        data["formats"]["all"]["contact_group"] = 4
        assert between(plain, play(encode(data), n_draws=8, formats=[1])) == []


def test_a_smaller_group_changes_something():
    data = random_scenario(np.random.default_rng(0), 4, 3, 3)
    plain = play(encode(data), n_draws=8, formats=[1])
    data["formats"]["all"]["contact_group"] = 2
    assert between(plain, play(encode(data), n_draws=8, formats=[1]))
