"""Consent after the table, by worked examples."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.ratification import seek_consent, strike_out, table_refuses
from sim.types.outcomes import HOME_BIT, REMAINDER_BIT
from sim.types.tables import SEVERABLE
from tests.rules.world import (
    CERTAIN,
    World,
    lists,
    make_world,
    owner,
)

KEY = 20250815
HOME, REMAINDER = 1 << HOME_BIT, 1 << REMAINDER_BIT


def consent(world: World, text: list[int], key: int = KEY) -> tuple[int, list[int]]:
    world.w.refused[:] = 0
    world.w.error[:] = 0.0
    world.w.text[:] = text
    mask = seek_consent(world.tables, world.work, 0, key, 0.0)
    return mask, world.w.text.tolist()


def test_an_owner_strikes_what_it_dislikes_and_the_rest_stands() -> None:
    world = owner([1.0, 1.0], [0.1, -0.4])
    assert consent(world, [1, 1]) == (4, [1, 0])
    assert world.w.refused.tolist() == [0, 4]


def test_an_owner_that_gains_on_the_whole_lets_all_stand() -> None:
    assert consent(owner([1.0, 1.0], [0.5, -0.4]), [1, 1]) == (0, [1, 1])


def test_nobody_stops_what_it_has_no_standing_on() -> None:
    assert consent(owner([1.0, 0.0], [0.1, -0.4]), [1, 1]) == (0, [1, 1])


def test_without_severance_one_refusal_stops_all() -> None:
    assert consent(owner([1.0, 1.0], [0.1, -0.4], switch={SEVERABLE: 0}), [1, 1]) == (4, [0, 0])


def test_a_firm_line_is_struck_however_good_the_text() -> None:
    barred = np.zeros((3, 2, 2), dtype=np.uint8)
    barred[2, 1, 1] = 1
    assert consent(owner([1.0, 1.0], [0.9, 0.9], barred=barred), [1, 1]) == (4, [1, 0])


def test_standing_of_a_fraction_stops_with_that_chance() -> None:
    world = owner([0.3], [-0.4])
    stopped = np.array([consent(world, [1], key)[0] == 4 for key in range(1, 4001)])
    assert stopped.mean() == pytest.approx(0.3, abs=0.03)


def test_what_remains_must_still_be_worth_signing() -> None:
    """p1 came for the part that p2 strikes."""
    values = lists(3, 2, 2, p0c0o1=0.3, p0c1o1=0.3, p1c0o1=-0.2, p1c1o1=0.5, p2c1o1=-0.4)
    owns = np.zeros((3, 2, 2))
    owns[2, 1, 1] = 1.0
    world = make_world(values, seated=[0, 1], standing=owns, **CERTAIN)
    mask, text = consent(world, [1, 1])
    assert text == [0, 0]
    assert mask == 4 | 2 | REMAINDER


def test_parties_may_refuse_what_others_left() -> None:
    """p3 accepts the whole and refuses the rest, once p2 has struck what p3 wanted."""
    values = lists(4, 2, 2)
    values[:2, :, 1] = 0.3
    values[2, 1, 1], values[3, 0, 1], values[3, 1, 1] = -0.4, -0.1, 0.5
    owns = np.zeros((4, 2, 2))
    owns[2:, :, 1] = 1.0
    world = make_world(values, seated=[0, 1], standing=owns, **CERTAIN)
    assert consent(world, [1, 1]) == (4 | 8, [0, 0])


def test_home_strikes_what_falls_short_of_its_margin() -> None:
    values = lists(2, 2, 2, p0c0o1=0.3, p0c1o1=0.3, p1c0o1=0.3, p1c1o1=-0.1)
    fields = {"ratifies": [0, 1], **CERTAIN}
    assert consent(make_world(values, home_margin=[0.0, 0.19], **fields), [1, 1]) == (0, [1, 1])
    assert consent(make_world(values, home_margin=[0.0, 0.25], **fields), [1, 1]) == (2 | HOME, [1, 0])
    assert consent(make_world(values, home_margin=[0.0, 0.5], **fields), [1, 1]) == (
        2 | HOME,
        [0, 0],
    )  # objects to none


def test_a_composite_left_infeasible_goes_back_whole() -> None:
    """Issues 0 and 1 share a composite of three options: both moved, only issue 0 moved, status quo."""
    values = lists(2, 1, 3)
    world = make_world(values, seated=[0, 1], **composite())
    for struck, expected in ((1, 1), (0, 0)):  # issue 1 back: option 1; issue 0 back alone is not feasible: all back
        world.w.text[:] = [2]
        world.w.strike[:] = 0
        world.w.strike[struck] = 1
        strike_out(world.tables, world.work)
        assert world.w.text.tolist() == [expected]


def test_signatories_count_pressure_errors_and_lines() -> None:
    for gains, errors, mask in (([0.0, -0.1], [0, 0], 2), ([0.1, 0.1], [-0.2, 0], 1), ([0.0, 0.0], [0, 0], 0)):
        world = make_world(lists(2, 1, 2, p0c0o1=gains[0], p1c0o1=gains[1]))
        world.put([1])
        world.w.error[:] = errors
        assert table_refuses(world.tables, world.work, 0, 0.0) == mask


def test_who_is_outvoted_on_the_rest_is_asked_like_an_absent_party() -> None:
    """p3 strikes the second part, which had bought p2: outvoted on the rest, p2 strikes what it owns, or nothing."""
    values = lists(4, 3, 2, p2c0o1=-0.1, p2c1o1=0.5, p2c2o1=-0.2, p3c1o1=-0.5)
    values[:2, :, 1] = 0.3
    for owns, remains in ((0.0, [1, 0, 1]), (1.0, [1, 0, 0])):
        standing = lists(4, 3, 2, p3c1o1=1.0, p2c2o1=owns)
        count = {"unanimous": [0], "quota": [[0.5, 0.0]], "strict": [1]}
        world = make_world(values, seated=[0, 1, 2], standing=standing, **CERTAIN, **count)
        assert consent(world, [1, 1, 1])[1] == remains
        assert world.w.left_out.tolist() == [4]


def composite() -> dict:
    """Options of one composite: (0, 0), (1, 0), (1, 1); (0, 1) is infeasible."""
    return {
        "issue_composite": [0, 0],
        "issue_option": [[0, 1, 1], [0, 0, 1]],
        "strike_to": [[0, 0, 0], [0, 1, 1]],
        "moved": [[0, 1, 1], [0, 0, 1]],
        "settles": np.zeros((2, 3)),
        "level": [1, 1],
        "standing": np.zeros((2, 2, 3)),
    }
