"""A single text: only the drafter writes, once a round, and what it writes is best for the worst off."""

from __future__ import annotations

import pytest

from tests.formats.cases import Stone, case, told

HARD = {"strategy": "hard_liner"}


@pytest.mark.parametrize(("mediator", "drafter"), [(True, 2), (False, 3)])
def test_only_the_mediator_or_else_the_chair_writes(mediator: bool, drafter: int) -> None:
    data = case("abm", protocol="single_text")
    data["formats"]["talks"]["seats"]["m"] = {"role": "mediator"} if mediator else {"role": "observer"}
    talk = told(data, strategies={"a": Stone(), "b": Stone()})
    assert [turn.speaker for turn in talk.turns] == [drafter] * 16
    assert [turn.round for turn in talk.turns] == list(range(1, 17))
    assert {answer.party for turn in talk.turns for answer in turn.answers} == {0, 1}


def test_the_draft_gives_the_worst_off_as_much_as_there_is() -> None:
    """The wall is worth 1/4 to both; every trade of the sides leaves one of them with less than that."""
    talk = told(case("ab", protocol="single_text", own={name: {"behaviour": HARD} for name in "ab"}))
    assert {turn.deal for turn in talk.turns} == {(1, 0, 0)}
    assert [answer.gain for answer in talk.turns[0].answers] == pytest.approx([0.25, 0.25])


def test_in_the_last_round_nobody_is_asked_for_more_than_its_reservation_value() -> None:
    turns = told(case("ab", protocol="single_text")).turns
    assert turns[-1].agreed
    assert min(answer.gain for answer in turns[-1].answers) >= 0.0
