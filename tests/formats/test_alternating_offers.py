"""Alternating offers: every seat once a round, from the same one, and the first text that is taken closes it."""

from __future__ import annotations

import pytest

from tests.formats.cases import Stone, case, told


@pytest.mark.parametrize("draw", range(6))
def test_each_seat_speaks_once_a_round_in_turn_from_a_seat_drawn_by_lot(draw: int) -> None:
    talk = told(case("abc"), draw=draw, strategies={name: Stone(1, 0, 0) for name in "abc"})
    assert talk.speaks_first is not None
    order = [(talk.speaks_first + k) % 3 for k in range(3)]
    assert [turn.speaker for turn in talk.turns] == order * 16
    assert [turn.round for turn in talk.turns] == [1 + k // 3 for k in range(48)]


def test_every_seat_may_be_first() -> None:
    assert {told(case("abc"), draw=draw).speaks_first for draw in range(30)} == {0, 1, 2}


def test_the_first_text_taken_closes_the_round() -> None:
    talk = told(case("ab"))
    (last,) = [turn for turn in talk.turns if turn.agreed]
    assert [turn.heard for turn in talk.turns if turn.round == last.round and turn.speaker != last.speaker] in (
        [False],
        [True],
    )
    unheard = [turn for turn in talk.turns if not turn.heard]
    assert all(turn.round == last.round and not turn.answers for turn in unheard)
    assert {turn.speaker for turn in talk.turns if turn.round == last.round} == {0, 1}
