"""How a table answers a text, by hand: each alone, then under pressure; the chair's text of last resort."""

from __future__ import annotations

import numpy as np
import pytest

from sim.formats.answers import note_gains, note_needs, refuse_draft, refusers, sorest_issue, unless_carried
from tests.rules.world import World, lists, make_world

P0, P1, P2 = 1, 2, 4
KEY = 7


def offered(gains: list[float], *, gaps: float = 0.0, errors: float = 0.0, deal: int = 1, **more) -> World:
    """A text of the first party that is worth so much to each, put in the first round."""
    values = lists(len(gains), 1, 2)
    values[:, 0, 1] = gains
    world = make_world(values, **more)
    w = world.w
    w.offer[0, 0, 0], w.kind[0, 0] = deal, 1
    w.gap[0, 0], w.conceded[0, 0], w.error[:] = gaps, 1.0, errors
    note_gains(world.tables, world.work, 0, 0, 0, 0)
    note_needs(world.tables, world.work, 0, 0, 0)
    return world


def refused(world: World) -> int:
    return refusers(world.tables, world.work, 0, KEY, 0, 0)


@pytest.mark.parametrize(
    ("gaps", "errors", "mask"),
    [(0.0, 0.0, P2), (0.25, 0.0, P1 | P2), (0.25, 0.1, P2), (0.0, 9.0, P2), (0.0, -0.25, P1 | P2)],
)
def test_who_refuses_what_is_worth_less_than_it_asks(gaps: float, errors: float, mask: int) -> None:
    """p1 gains 0.2; p2 loses by it, and no misjudgement makes it sign."""
    assert refused(offered([0.5, 0.2, -0.1], gaps=gaps, errors=errors)) == mask


def test_a_firm_line_is_never_signed_across() -> None:
    barred = np.zeros((3, 1, 2), dtype=np.uint8)
    barred[1, 0, 1] = 1
    assert refused(offered([0.5, 0.9, 0.9], barred=barred)) == P1


def lever(n: int, patron: int, target: int, ability: float) -> dict[str, np.ndarray]:
    leverage, motive = np.zeros((n, n)), np.zeros((n, n))
    leverage[patron, target], motive[patron, target] = ability, 1.0
    return {"leverage": leverage, "motive": motive}


@pytest.mark.parametrize(("patron", "gains", "mask"), [(0, 0.2, 0), (2, 0.2, 0), (2, -0.1, P1 | P2), (1, 0.2, P1)])
def test_those_who_stand_by_a_text_press_those_who_refuse_it(patron: int, gains: float, mask: int) -> None:
    """p1 would lose 0.1: the speaker, or p2 if it says yes itself, moves it by 0.3; nobody presses itself."""
    assert refused(offered([0.5, -0.1, gains], **lever(3, patron, 1, 0.3))) == mask


def test_a_bloc_does_not_answer_its_own_text() -> None:
    assert refused(offered([0.5, 0.2, -0.1], bloc=[0, 1, 0])) == 0


def test_the_text_of_last_resort_is_asked_of_everybody_at_its_reservation_value() -> None:
    world = offered([-0.1, 0.2, 0.0], gaps=0.5)
    world.w.draft[0], world.w.true_worth[:], world.w.true_claim[:] = 1, [-0.1, 0.2, 0.0], 0.0
    world.w.crossed_now[:] = 0
    assert refuse_draft(world.tables, world.work, 0) == P0
    world.w.true_claim[2] = 0.1  # or at what it claims of not signing
    assert refuse_draft(world.tables, world.work, 0) == P0 | P2
    world.w.true_claim[2] = 0.0
    world.w.crossed_now[1] = 1
    assert refuse_draft(world.tables, world.work, 0) == P0 | P1


def test_a_text_that_carries_against_votes_leaves_them_outvoted() -> None:
    world = offered([0.5, 0.2, -0.1], unanimous=[0], quota=[[0.6, 0.0]])
    assert refused(world) == 0
    assert world.w.outvoted.tolist() == [P2]
    assert unless_carried(world.tables, world.work, 0, 0, P1 | P2, 0) == P1 | P2
    assert world.w.outvoted.tolist() == [P2]  # of the last text that carried


def test_a_refusal_is_sorest_where_it_costs_most() -> None:
    world = make_world(lists(2, 3, 2, p1c0o1=-0.1, p1c1o1=-0.3, p1c2o1=0.2))
    world.put([1, 1, 1])
    assert sorest_issue(world.tables, world.work, 0, 1, 0.0) == 1
    world.put([1, 0, 1])
    assert sorest_issue(world.tables, world.work, 0, 1, 0.0) == 0
    world.put([0, 0, 0])
    assert sorest_issue(world.tables, world.work, 0, 0, 0.0) == -1
