"""Conditional red lines: what they bar, beside plain Python, and the ways of keeping them, beside every deal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.formats.agenda import open_options
from sim.rules.lines import MOST_WAYS, NOWHERE, lay_way, list_lines, list_lines_of_table
from sim.types.tables import ALTERNATING_OFFERS, BASKETS
from sim.types.work import WHOLE
from tests.rules.world import World, breaks_probe, crosses_probe, freed_probe, lists, make_world, waits_probe

N_COMPOSITES, N_OPTIONS = 3, 3
DEALS = list(product(range(N_OPTIONS), repeat=N_COMPOSITES))
Part = dict[int, set[int]]  # composite -> options


@dataclass(frozen=True)
class Line:
    """A line as it is written."""

    when: Part
    unless: Part

    def bars(self, deal: Sequence[int]) -> bool:
        """True if `deal` meets all of `when` and not all of `unless`."""
        if not all(deal[c] in options for c, options in self.when.items()):
            return False
        return not self.unless or not all(deal[c] in options for c, options in self.unless.items())


def lined(lines: Sequence[Line], *, owner: int = 0, **changes: Any) -> World:
    """A world of two parties in which one of them means the lines."""
    arrays: dict[str, np.ndarray] = {}
    for name, parts in (("line_if", [k.when for k in lines]), ("line_unless", [k.unless for k in lines])):
        asks, of = np.zeros((len(lines), N_COMPOSITES)), np.ones((len(lines), N_COMPOSITES, N_OPTIONS))
        for b, part in enumerate(parts):
            for c, options in part.items():
                asks[b, c] = 1
                of[b, c] = [o in options for o in range(N_OPTIONS)]
        arrays |= {name: of, f"{name}_in": asks}
    firm = np.zeros((2, len(lines)))
    firm[owner] = 1
    return make_world(
        lists(2, N_COMPOSITES, N_OPTIONS, p0c0o1=0.1, p1c1o1=0.1), **{**arrays, "line_firm": firm, **changes}
    )


@st.composite
def parts(draw: st.DrawFn, least: int) -> Part:
    composites = draw(st.lists(st.integers(0, N_COMPOSITES - 1), min_size=least, max_size=2, unique=True))
    return {c: draw(st.sets(st.integers(0, N_OPTIONS - 1), min_size=1, max_size=N_OPTIONS - 1)) for c in composites}


def lines() -> st.SearchStrategy[Line]:
    return st.builds(Line, parts(1), parts(0))


@given(lines())
def test_a_line_bars_what_meets_all_of_if_and_not_all_of_unless(line: Line) -> None:
    world = lined([line])
    for deal in DEALS:
        world.put(deal)
        assert breaks_probe(world.tables, world.work, 0, NOWHERE, NOWHERE) == line.bars(deal)
        assert crosses_probe(world.tables, world.work, 0, 0) == line.bars(deal)
        assert crosses_probe(world.tables, world.work, 0, 1) == 0  # it is not the other's


@given(lines(), st.sampled_from(DEALS), st.integers(0, N_COMPOSITES - 1), st.integers(0, N_OPTIONS - 1))
def test_a_change_is_looked_at_as_if_it_were_made(line: Line, deal: tuple[int, ...], c: int, o: int) -> None:
    world = lined([line])
    world.put(deal)
    changed = [*deal[:c], o, *deal[c + 1 :]]
    assert breaks_probe(world.tables, world.work, 0, c, o) == line.bars(changed)
    assert freed_probe(world.tables, world.work, 0, 0, c, o) == (line.bars(deal) and not line.bars(changed))


def test_a_line_that_is_not_meant_bars_nothing() -> None:
    world = lined([Line({0: {1}}, {})], line_firm=np.zeros((2, 1)))
    world.put([1, 0, 0])
    assert crosses_probe(world.tables, world.work, 0, 0) == 0


def ways(world: World) -> Iterator[set[tuple[int, ...]]]:
    """Deals that each way of keeping the listed lines leaves."""
    for way in range(int(world.w.n_ways[0])):
        if lay_way(world.tables, world.work, way):
            left = world.w.within.copy()
            yield {deal for deal in DEALS if all(left[c, o] for c, o in enumerate(deal))}


@given(st.lists(lines(), min_size=1, max_size=4))
def test_the_ways_cover_exactly_the_deals_that_keep_all_lines(written: list[Line]) -> None:
    world = lined(written)
    list_lines(world.tables, world.work, 0, 0)
    assert world.w.n_lines[0] == len(written)
    searched = [written[b] for b in world.w.lines[: world.w.n_wayed[0]]]
    kept = {deal for deal in DEALS if not any(line.bars(deal) for line in searched)}
    assert set().union(*ways(world)) == kept


def test_lines_beyond_the_most_ways_are_listed_and_not_laid_out() -> None:
    """Three ways each: three lines have 27 ways, a fourth would make 81."""
    line = Line({0: {1}, 1: {1}}, {2: {1}})
    world = lined([line] * 4)
    list_lines(world.tables, world.work, 0, 0)
    assert (world.w.n_lines[0], world.w.n_wayed[0], world.w.n_ways[0]) == (4, 3, 27)
    assert world.w.n_ways[0] <= MOST_WAYS


def test_who_speaks_keeps_the_lines_of_all_where_all_must_agree() -> None:
    line = Line({0: {1}}, {1: {1}})
    for owner, speaker, by_count, n in [(0, 0, 0, 1), (1, 0, 0, 1), (0, 0, 1, 1), (1, 0, 1, 0)]:
        world = lined([line], owner=owner)
        world.w.by_count[0] = by_count
        list_lines(world.tables, world.work, 0, speaker)
        assert world.w.n_lines[0] == n, (owner, speaker, by_count)


def test_who_speaks_keeps_the_lines_that_it_believes_others_mean() -> None:
    """p0 sees p1 as row 2, which means the line; p1 itself does not, or the other way round."""
    for meant in ((0, 0, 1), (0, 1, 0)):
        firm = np.array(meant)[:, None]
        values = lists(3, N_COMPOSITES, N_OPTIONS)
        views = {"contribution": values, "barred": np.zeros((3, N_COMPOSITES, N_OPTIONS)), "view_row": [[0, 2], [0, 1]]}
        world = lined([Line({0: {1}}, {1: {1}})], line_firm=firm, **views)
        list_lines(world.tables, world.work, 0, 0)
        assert world.w.n_lines[0] == meant[2]


def test_a_drafter_keeps_the_lines_of_whom_it_seats_as_it_sees_them() -> None:
    world = lined([Line({0: {1}}, {1: {1}})], owner=1)
    for seen_as, by_count, n in [([0, 1], 0, 1), ([0, 0], 0, 0), ([0, 1], 1, 0)]:
        world.w.seen_as[:] = seen_as
        world.w.by_count[0] = by_count
        list_lines_of_table(world.tables, world.work, 0)
        assert world.w.n_lines[0] == n, (seen_as, by_count)


def test_a_line_that_no_open_text_can_meet_is_not_listed() -> None:
    world = lined([Line({0: {1, 2}}, {1: {1}})])
    world.w.open[0, 0, 1] = 0
    list_lines(world.tables, world.work, 0, 0)
    assert world.w.n_lines[0] == 1  # by the other option it still can
    world.w.open[0, 0, 2] = 0
    list_lines(world.tables, world.work, 0, 0)
    assert world.w.n_lines[0] == 0


# Early stages and working groups.

LATER, EARLIER = Line({0: {1}}, {2: {1}}), Line({0: {1}}, {1: {1}})


def staged(line: Line, protocol: int, undertaking: int) -> World:
    """The first two issues come first, the third later."""
    return lined(
        [line],
        protocol=[protocol],
        undertaking=[undertaking],
        n_stages=[2],
        stage_issue=[[[1, 1, 0], [0, 0, 1]]],
        stage_seat=np.ones((1, 2, 2)),
        stage_first=[[0, 2]],
        stage_last=[[1, 3]],
    )


@pytest.mark.parametrize(
    ("line", "protocol", "undertaking", "stage", "waits"),
    [
        (LATER, ALTERNATING_OFFERS, 1, 0, 1),  # what it asks for comes later, and nothing is agreed until all is
        (LATER, ALTERNATING_OFFERS, 1, 1, 0),
        (LATER, ALTERNATING_OFFERS, 1, WHOLE, 0),
        (LATER, ALTERNATING_OFFERS, 0, 0, 0),  # the text of the stage would be in hand
        (EARLIER, ALTERNATING_OFFERS, 1, 0, 0),  # what it asks for is at hand
        (LATER, BASKETS, 0, 0, 1),  # the text of a group is part of a package
        (EARLIER, BASKETS, 0, 0, 0),
        (LATER, BASKETS, 0, 1, 0),
    ],
)
def test_a_line_waits_for_the_stage_in_which_it_can_be_made_good(
    line: Line, protocol: int, undertaking: int, stage: int, waits: int
) -> None:
    world = staged(line, protocol, undertaking)
    open_options(world.tables, world.work, 0, 0, stage)
    waits_probe(world.tables, world.work, 0, 0, stage)
    assert world.w.line_waits[0].tolist() == [waits]
    list_lines(world.tables, world.work, 0, 0)
    assert world.w.n_lines[0] == (0 if waits or stage == 1 else 1)  # the last stage cannot meet its `if`


def test_a_line_does_not_wait_for_what_an_earlier_text_has_given() -> None:
    world = staged(LATER, ALTERNATING_OFFERS, 1)
    world.w.base[0, 2] = 1
    open_options(world.tables, world.work, 0, 0, 0)
    waits_probe(world.tables, world.work, 0, 0, 0)
    assert world.w.line_waits[0].tolist() == [0]


def test_a_line_that_asks_for_nothing_never_waits() -> None:
    world = staged(Line({0: {1}}, {}), ALTERNATING_OFFERS, 1)
    open_options(world.tables, world.work, 0, 0, 0)
    waits_probe(world.tables, world.work, 0, 0, 0)
    assert world.w.line_waits[0].tolist() == [0]
