"""Shuttle: the mediator sets out with its draft, carries on what is given to it, and alone can press."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.formats.cases import LOSES, case, told
from tests.laws.common import Raw

MEDIATOR = 2


def shuttle(own: dict[str, Raw] | None = None, **seat: Any) -> Raw:
    """`m` carries texts between `a` and `b`, and is neutral unless its seat says otherwise."""
    data = case("abm", protocol="shuttle", own=own)
    data["formats"]["talks"]["seats"]["m"] = {"role": "mediator", **seat}
    return data


def test_each_round_begins_with_the_draft_and_goes_on_with_who_refused_the_last() -> None:
    hard = {name: {"behaviour": {"strategy": "hard_liner"}} for name in "ab"}
    talk = told(shuttle(hard))
    rounds = [[turn for turn in talk.turns if turn.round == number] for number in range(1, 17)]
    assert {len(turns) for turns in rounds} == {3}
    for turns in rounds:
        assert turns[0].speaker == MEDIATOR
        for before, turn in pairwise(turns):
            assert turn.speaker in [answer.party for answer in before.answers if not answer.accepts]


def test_what_all_have_taken_is_agreed() -> None:
    talk = told(shuttle())
    last = talk.turns[-1]
    assert last.agreed
    assert all(answer.accepts for answer in last.answers)


def test_nobody_but_the_mediator_can_press() -> None:
    """`b` would lose by the wall; `a` could move it by more, and never meets it. A mediator with a vote does."""
    loses = {"b": {"salience": {"border": 1}, "values": {"border": LOSES}}}
    lever = {"b": {"ability": 3, "motive": 1, "cost": 0}}
    by_party = told(shuttle({**loses, "a": {"leverage": lever}}))
    assert by_party.record.core == 0
    mediator = {"salience": {"border": 1}, "leverage": lever}
    data = shuttle({**loses, "m": mediator}, interested=True)
    data["behaviour"] = data["behaviour"] | {"pressure_cap": 3}
    assert told(data).record.core == 1
