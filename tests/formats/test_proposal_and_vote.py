"""Proposal and vote: the floor by lot, each seat heard at most once a round, none once a text has carried."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.formats.cases import Stone, case, told


def floors(n: int, **seats: float) -> list[list[int]]:
    """Who was heard, round by round, in talks where nobody takes anything."""
    data = case("abc", protocol="proposal_and_vote")
    data["formats"]["talks"]["seats"] |= {name: {"recognition": number} for name, number in seats.items()}
    stones = {name: Stone(1, 0, 0) for name in "abc"}
    rounds: list[list[int]] = []
    for draw in range(n):
        turns = told(data, draw=draw, strategies=stones).turns
        rounds += [[turn.speaker for turn in turns if turn.round == number] for number in range(1, 17)]
    return rounds


def test_nobody_is_heard_twice_in_a_round() -> None:
    rounds = floors(4)
    assert all(len(set(speakers)) == len(speakers) for speakers in rounds)
    assert {len(speakers) for speakers in rounds} == {1, 2, 3}  # a turn of who has spoken lapses


def test_the_floor_goes_by_recognition() -> None:
    first = np.array([speakers[0] for speakers in floors(20, a=1, b=3, c=0)])
    assert (first != 2).all()
    assert (first == 1).mean() == pytest.approx(0.75, abs=0.1)


def test_what_has_carried_is_the_last_of_its_round() -> None:
    for draw in range(10):
        turns = told(case("abc", protocol="proposal_and_vote", consent="majority"), draw=draw).turns
        assert all(turn.heard for turn in turns)
        assert any(turn.agreed for turn in turns)
        assert all(following.round > turn.round for turn, following in pairwise(turns) if turn.agreed)
