"""Baskets: groups talk on their own issues, then a plenary decides on the package that the chair puts first."""

from __future__ import annotations

from typing import Any

from tests.formats.cases import Stone, case, told
from tests.laws.common import Raw

GROUPS: dict[str, Raw] = {"sides": {"issues": ["left", "right"]}, "border": {"issues": ["border"]}}
PLENARY = 2


def baskets(**more: Any) -> Raw:
    return case("ab", protocol="baskets", baskets=GROUPS, **more)


def test_a_group_moves_its_own_issues_alone() -> None:
    talk = told(baskets())
    for turn in talk.turns:
        if turn.stage == 0:
            assert turn.deal[0] == 0
        if turn.stage == 1:
            assert turn.deal[1:] == (0, 0)
    assert {turn.stage for turn in talk.turns} == {0, 1, PLENARY}


def test_the_chair_puts_what_the_groups_agreed_on_first() -> None:
    talk = told(baskets())
    package = [0, 0, 0]
    for turn in talk.turns:
        if turn.agreed and turn.stage == 0:
            package[1:] = turn.deal[1:]
        if turn.agreed and turn.stage == 1:
            package[0] = turn.deal[0]
    first = next(turn for turn in talk.turns if turn.stage == PLENARY)
    assert first.speaker == 2
    assert list(first.deal) == package
    assert any(package)


def test_groups_share_their_months_and_the_plenary_comes_after_them() -> None:
    """With nobody agreeing the two groups use their two months side by side, and then there is no package to put."""
    talk = told(baskets(group_months=2), strategies={"a": Stone(), "b": Stone()})
    months = {stage: {turn.month for turn in talk.turns if turn.stage == stage} for stage in (0, 1, PLENARY)}
    assert months == {0: {1, 2}, 1: {1, 2}, PLENARY: {3, 4}}


def test_only_members_sit_in_a_group() -> None:
    groups = {**GROUPS, "border": {"issues": ["border"], "members": ["a", "c"]}}
    talk = told(case("abc", protocol="baskets", baskets=groups), strategies={name: Stone() for name in "abc"})
    speakers = {stage: {turn.speaker for turn in talk.turns if turn.stage == stage} for stage in (0, 1)}
    assert speakers == {0: {0, 1, 2}, 1: {0, 2}}
