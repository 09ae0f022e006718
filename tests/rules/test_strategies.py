"""How much a party demands by its strategy, by hand."""

from __future__ import annotations

import pytest

from sim.rules.aspiration import blended_gap, conceded_share, time_share
from sim.rules.kernel import unit
from sim.rules.strategies import conceded_at, gap_at, share_left
from sim.types.tables import STRATEGIES, StrategyName, Tables
from sim.types.work import Work
from tests.rules.world import World, lists, make_world

TOP, FAIR, RECEIVED, CLOSED, BETA, RHO = 0.8, 0.3, 0.1, 0.25, 0.5, 0.4
STEP, FIRST, LAST = 4, 2, 11


@unit("twiii>f")
def gap_probe(t: Tables, w: Work, lane: int, step: int, party: int) -> float:
    return gap_at(t, w, lane, share_left(t, w, lane, step, party), party)


@unit("twiii>f")
def conceded_probe(t: Tables, w: Work, lane: int, step: int, party: int) -> float:
    return conceded_at(t, w, lane, share_left(t, w, lane, step, party), party)


def world_of(strategy: StrategyName) -> World:
    """The first party bargains by it: a clock of ten rounds from the third on, in the fifth round."""
    place = STRATEGIES.index(strategy)
    world = make_world(lists(2, 1, 2), strategy=[place, 0], exponent=[BETA, 1.0], reciprocity=[RHO, 0.0])
    w = world.w
    w.clock_first[0], w.clock_last[0] = FIRST, LAST
    w.top_now[0, 0], w.fair_gain[0, 0], w.received[0, 0], w.closed[0, 0] = TOP, FAIR, RECEIVED, CLOSED
    return world


def share(exponent: float) -> float:
    return time_share(STEP - FIRST, LAST - FIRST + 1, exponent)


@pytest.mark.parametrize(
    ("strategy", "gap", "conceded"),
    [
        ("standard", blended_gap(TOP, share(BETA), RECEIVED, RHO), conceded_share(TOP, share(BETA), RECEIVED, RHO)),
        ("boulware", TOP * share(0.2), 1 - share(0.2)),
        ("linear", TOP * (1 - 2 / 9), 2 / 9),
        ("conceder", TOP * share(5.0), 1 - share(5.0)),
        ("tit_for_tat", TOP - RECEIVED, 0.0),
        ("relative_tit_for_tat", TOP * (1 - CLOSED), CLOSED),
        ("hard_liner", TOP, 0.0),
        ("fair_split", FAIR, 1.0),
    ],
)
def test_demands_half_way(strategy: StrategyName, gap: float, conceded: float) -> None:
    world = world_of(strategy)
    assert gap_probe(world.tables, world.work, 0, STEP, 0) == pytest.approx(gap)
    assert conceded_probe(world.tables, world.work, 0, STEP, 0) == pytest.approx(conceded)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nobody_asks_for_more_than_its_top_or_less_than_it_has(strategy: StrategyName) -> None:
    world = world_of(strategy)
    for top in (0.8, 0.2, -0.1):
        world.w.top_now[0, 0] = top
        for step in range(FIRST, LAST + 1):
            assert 0.0 <= gap_probe(world.tables, world.work, 0, step, 0) <= max(top, 0.0) + 1e-12
