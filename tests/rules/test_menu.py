"""A menu of offers is what nothing beats, and looked up by what the speaker asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.kernel import unit
from sim.rules.menu import menu_add, menu_find, menu_move, menu_prune
from sim.types.work import Work
from tests.rules.world import World, lists, make_world

Pair = tuple[int, int]
pairs = st.lists(st.tuples(st.integers(0, 8), st.integers(-8, 0)), min_size=1, max_size=30)


@unit("wiif>i")
def find_probe(w: Work, lane: int, speaker: int, aspiration: float) -> int:
    return menu_find(w, lane, speaker, aspiration)


@unit("wiif>-")
def halve_probe(w: Work, lane: int, speaker: int, least: float) -> None:
    """Value every entry at half the own gain and twice the score again, and keep those of at least so much."""
    n = 0
    for k in range(w.menu_size[lane, speaker]):
        own, score = 0.5 * w.menu_own[lane, speaker, k], 2.0 * w.menu_score[lane, speaker, k]
        if own >= least:
            menu_move(w, lane, speaker, k, own, score, n)
            n += 1
    menu_prune(w, lane, speaker, n)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(lists(2, 1, 2))


def fill(world: World, entries: list[Pair]) -> list[int]:
    """Put deals of these own gains and scores on the empty menu of the first party; which were kept."""
    world.w.menu_size[0, 0] = world.w.menu_used[0, 0] = 0
    return [menu_add(world.work, 0, 0, float(own), float(score)) for own, score in entries]


def on(world: World) -> list[tuple[float, float]]:
    n = int(world.w.menu_size[0, 0])
    return list(zip(world.w.menu_own[0, 0, :n].tolist(), world.w.menu_score[0, 0, :n].tolist(), strict=True))


def efficient(entries: list[Pair]) -> list[Pair]:
    beaten = {one for one in entries for other in entries if other != one and other[0] >= one[0] and other[1] >= one[1]}
    return sorted(set(entries) - beaten, reverse=True)


@given(pairs)
def test_a_menu_is_what_nothing_beats_in_falling_own_gain(world: World, entries: list[Pair]) -> None:
    kept = fill(world, entries)
    assert on(world) == efficient(entries)
    assert kept[0] == 1
    assert all(kept[k] == 0 for k in range(len(entries)) if entries[k] in entries[:k])


@given(pairs, st.integers(-1, 9))
def test_the_likeliest_that_gives_as_much_as_is_asked(world: World, entries: list[Pair], aspiration: int) -> None:
    fill(world, entries)
    entry = find_probe(world.work, 0, 0, float(aspiration))
    enough = [score for own, score in entries if own >= aspiration]
    assert (entry >= 0) == bool(enough)
    assert not enough or on(world)[entry][1] == max(enough)


@given(pairs, st.integers(0, 4))
def test_entries_valued_anew_are_put_in_order_and_pruned(world: World, entries: list[Pair], least: int) -> None:
    fill(world, entries)
    halve_probe(world.work, 0, 0, float(least))
    assert on(world) == [(own / 2, 2.0 * score) for own, score in efficient(entries) if own / 2 >= least]
