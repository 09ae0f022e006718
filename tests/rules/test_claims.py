"""What a party expects of not signing now, by hand: shares, hopes, and how they move with time."""

from __future__ import annotations

import pytest

from sim.formats.lanes import open_shared
from sim.rules.claims import claim_of, share_expected
from sim.types.tables import NO_CLAIMS
from tests.rules.world import World, claim_probe, core_claim_probe, lists, make_world

CORE_AND_SIDE = lists(2, 2, 2, p0c0o1=0.5, p0c1o1=0.2, p1c0o1=0.1, p1c1o1=0.1)
"""Both gain by the first issue, which is core, and by the second, which is not."""
WHOLE = {"undertaking": [1], "undertaken": [[1, 0]], "settles": [[0, 1], [0, 0]]}


def claiming(values=CORE_AND_SIDE, **changes) -> World:
    """A world in which p0 is an optimist with a patience of 0.9 and a next chance in two months."""
    n = len(values)
    numbers = {"optimism": [0.1, *[NO_CLAIMS] * (n - 1)], "patience": [0.9] * n, "next_chance": 2.0, "level": [2, 1]}
    return make_world(values, **{**numbers, **changes})


def claim(world: World, *deal: int, party: int = 0, month: float = 0.0) -> float:
    world.put(deal)
    return claim_probe(world.tables, world.work, 0, party, month)


@pytest.mark.parametrize(
    ("blocs", "optimism", "patience", "months", "share"),
    [
        (2, 0.0, 1.0, 6.0, 0.5),  # an even share
        (4, 0.1, 1.0, 1.0, 0.35),
        (2, 0.1, 0.9, 2.0, 0.6 * 0.81),
        (3, 0.0, 0.5, 0.0, 1 / 3),  # a next chance at once costs nothing
        (1, 0.0, 1.0, 3.0, 1.0),  # nobody to share with
        (1, 0.5, 1.0, 3.0, 1.0),  # and never more than all there is
        (2, 0.9, 1.0, 3.0, 1.0),
        (2, -0.5, 1.0, 3.0, 0.0),
        (2, -1.0, 1.0, 3.0, 0.0),  # nor less than nothing
    ],
)
def test_the_share_expected(blocs: int, optimism: float, patience: float, months: float, share: float) -> None:
    assert share_expected(blocs, optimism, patience, months) == pytest.approx(share)


@pytest.mark.parametrize("blocs", [1, 2, 3, 7])
def test_shares_of_common_beliefs_add_up_to_one(blocs: int) -> None:
    assert blocs * share_expected(blocs, 0.0, 1.0, 4.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("share", "hope", "drift", "months", "claim"),
    [
        (0.5, 0.4, 0.0, 3.0, 0.2),
        (0.5, 0.4, 0.01, 3.0, 0.23),  # time is on its side
        (0.5, 0.4, -0.01, 3.0, 0.17),
        (0.5, 0.4, -0.1, 3.0, 0.0),  # no claim is below what no settlement is worth
        (0.5, 0.4, -0.1, 0.0, 0.2),  # no months, no drift
        (0.0, 0.4, 0.01, 3.0, 0.03),
        (0.5, 0.0, 0.0, 3.0, 0.0),
    ],
)
def test_the_claim(share: float, hope: float, drift: float, months: float, claim: float) -> None:
    assert claim_of(share, hope, drift, months) == pytest.approx(claim)


def test_a_text_that_moves_the_core_is_measured_by_the_best_hope_for_all_of_it() -> None:
    world = claiming()
    assert claim(world, 1, 1) == pytest.approx(0.6 * 0.81 * 0.7)
    assert claim(world, 1, 0) == pytest.approx(0.6 * 0.81 * 0.7)


def test_a_text_that_leaves_the_core_alone_is_measured_by_the_hope_for_what_it_moves() -> None:
    world = claiming()
    assert claim(world, 0, 1) == pytest.approx(0.6 * 0.81 * 0.2)
    assert claim(world, 0, 0) == 0.0


def test_drift_counts_either_way() -> None:
    assert claim(claiming(drift=[0.01, 0.0]), 1, 1) == pytest.approx(0.6 * 0.81 * 0.7 + 0.02)
    assert claim(claiming(drift=[-0.01, 0.0]), 1, 1) == pytest.approx(0.6 * 0.81 * 0.7 - 0.02)
    assert claim(claiming(drift=[-1.0, 0.0]), 1, 1) == 0.0


def test_the_price_that_a_text_would_stop_is_part_of_the_hope() -> None:
    """p0 pays 0.3 a month for no settlement, which its side issue stops."""
    world = claiming(price=[-0.3, 0.0], ending=[[0.0, 0.0], [0.0, 1.0]])
    assert claim(world, 0, 1) == pytest.approx(0.6 * 0.81 * 0.5)


def test_who_has_no_optimism_at_all_claims_nothing_whatever_the_drift() -> None:
    world = claiming(drift=[0.05, 0.05])
    assert claim(world, 1, 1, party=1) == 0.0
    assert claim(claiming(optimism=[NO_CLAIMS, NO_CLAIMS], drift=[0.05, 0.05]), 1, 1) == 0.0


def test_where_texts_must_settle_the_core_every_text_is_measured_by_all_of_it() -> None:
    world = claiming(**WHOLE)
    whole = pytest.approx(0.6 * 0.81 * 0.7)
    assert claim(world, 0, 1) == whole
    assert core_claim_probe(world.tables, world.work, 0, 0) == whole
    assert core_claim_probe(world.tables, world.work, 0, 1) == 0.0  # its claims are off
    part_by_part = claiming()
    assert core_claim_probe(part_by_part.tables, part_by_part.work, 0, 0) == 0.0  # there it hangs on the text


def test_a_bloc_at_the_table_is_one_claimant() -> None:
    values = lists(3, 2, 2, p0c0o1=0.5, p1c0o1=0.1, p2c0o1=0.1)
    apart = claiming(values)
    assert apart.w.claim_share[0, 0] == pytest.approx((1 / 3 + 0.1) * 0.81)
    joined = claiming(values, bloc=[0, 1, 1])
    assert joined.w.claim_share[0, 0] == pytest.approx((1 / 2 + 0.1) * 0.81)


def test_who_does_not_sit_there_is_no_claimant() -> None:
    values = lists(3, 2, 2, p0c0o1=0.5, p1c0o1=0.1, p2c0o1=0.1)
    assert claiming(values, seated=[0, 1]).w.claim_share[0, 0] == pytest.approx((1 / 2 + 0.1) * 0.81)


def test_who_stays_away_leaves_larger_shares() -> None:
    """p2 does not come, since talks cost it more than there is to win."""
    values = lists(3, 2, 2, p0c0o1=0.5, p1c0o1=0.1, p2c0o1=0.1)
    world = claiming(values, talk_cost=[[0.0, 0.0, 0.9]], meeting_value=[[0.1, 0.1, 0.0]])
    assert open_shared(world.tables, world.work, 0, 0) == 0b100
    assert world.w.claim_share[0, 0] == pytest.approx((1 / 2 + 0.1) * 0.81)
