"""What a signature is worth, by hand: a text that the absent may stop, and what a name costs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.rules.signing import kept_by, worth_signing
from sim.types.tables import FORESEEN
from tests.rules.world import World, lists, make_world, signing_probe

LAMBDA = 20.0
DOUBTS = {"switch": {FORESEEN: 1}, "precision": LAMBDA}


def over(*dislikes: float, **changes) -> World:
    """p0 and p1 sign what parties outside own by 0.8 and lose by; p0 foresees 0.6 of it, p1 nothing."""
    n = 2 + len(dislikes)
    values = lists(n, 1, 2, p0c0o1=0.5, p1c0o1=0.3)
    values[2:, 0, 1] = dislikes
    owns = np.zeros((n, 1, 2))
    owns[2:, 0, 1] = 0.8
    foresight = [0.6, 0.0, *[0.0] * len(dislikes)]
    return make_world(values, **{"seated": [0, 1], "standing": owns, "foresight": foresight, **DOUBTS, **changes})


def worth(world: World, *deal: int, gains: list[float] | None = None) -> list[float]:
    """What signing is worth to everybody; gains are contributions over those of the status quo if left out."""
    t = world.t
    own = t.contribution[0][: len(t.bloc), np.arange(len(deal)), list(deal)].sum(axis=1)
    world.put(deal, own.tolist() if gains is None else gains)
    world.w.true_worth[:] = 0.0
    signing_probe(world.tables, world.work, 0, 0.0)
    return world.w.true_worth.tolist()


def sigma(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


@pytest.mark.parametrize(
    ("gain", "chance", "cost", "expected"),
    [
        (0.4, 1.0, 0.0, 0.4),
        (0.4, 0.5, 0.03, 0.17),
        (0.4, 0.0, 0.03, -0.03),
        (-0.1, 0.5, 0.02, -0.12),  # a loss is not the smaller for being stopped
        (0.0, 0.5, 0.0, 0.0),
    ],
)
def test_worth_of_a_signature(gain: float, chance: float, cost: float, expected: float) -> None:
    assert worth_signing(gain, chance, cost) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("foresight", "standing", "consents", "kept"),
    [(1.0, 1.0, 0.0, 0.0), (1.0, 1.0, 1.0, 1.0), (0.0, 1.0, 0.0, 1.0), (1.0, 0.0, 0.0, 1.0), (0.5, 0.8, 0.25, 0.7)],
)
def test_chance_that_one_absent_party_does_not_stop_it(
    foresight: float, standing: float, consents: float, kept: float
) -> None:
    assert kept_by(foresight, standing, consents) == pytest.approx(kept)


def test_a_signatory_discounts_what_it_foresees_of_the_absent() -> None:
    pi = 1.0 - 0.6 * 0.8 * (1.0 - sigma(-0.05 * LAMBDA))
    assert worth(over(-0.05), 1)[:2] == pytest.approx([0.5 * pi, 0.3])


def test_doubts_multiply_over_the_absent() -> None:
    kept = [1.0 - 0.6 * 0.8 * (1.0 - sigma(dislike * LAMBDA)) for dislike in (-0.05, 0.02)]
    assert worth(over(-0.05, 0.02), 1)[0] == pytest.approx(0.5 * kept[0] * kept[1])


def test_a_bloc_that_is_split_in_two_changes_nothing() -> None:
    whole = worth(over(-0.05), 1)[0]
    assert worth(over(-0.05, -0.05, bloc=[0, 1, 2, 2]), 1)[0] == pytest.approx(whole)
    assert worth(over(-0.05, -0.05), 1)[0] < whole - 0.05  # two parties that are no bloc do


@pytest.mark.parametrize("dislikes", [(-0.05, 0.2), (0.2, -0.05), (-0.05, -0.05)])
def test_a_bloc_answers_by_its_most_reluctant_member(dislikes: tuple[float, float]) -> None:
    assert worth(over(*dislikes, bloc=[0, 1, 2, 2]), 1)[0] == pytest.approx(worth(over(-0.05), 1)[0])


def test_one_does_not_doubt_its_own_bloc() -> None:
    assert worth(over(-0.05, bloc=[0, 1, 0]), 1)[0] == pytest.approx(0.5)


def test_a_firm_line_of_the_absent_is_a_refusal() -> None:
    barred = np.zeros((3, 1, 2))
    barred[2, 0, 1] = 1
    assert worth(over(0.3, barred=barred), 1)[0] == pytest.approx(0.5 * (1.0 - 0.6 * 0.8))


def test_the_pressure_of_the_table_is_reckoned_with() -> None:
    leverage = np.zeros((3, 3))
    leverage[1, 2] = 0.1
    motive = np.zeros((3, 3))
    motive[1, 2] = 1.0
    pi = 1.0 - 0.6 * 0.8 * (1.0 - sigma((-0.05 + 0.1) * LAMBDA))
    assert worth(over(-0.05, leverage=leverage, motive=motive), 1)[0] == pytest.approx(0.5 * pi)


def test_a_signatory_foresees_what_it_believes() -> None:
    """p0 takes p2 for one that likes the text, p1 sees it as it is."""
    values = np.array([[[0.0, 0.5]], [[0.0, 0.3]], [[0.0, -0.05]], [[0.0, 0.2]]])
    views = {"contribution": values, "barred": np.zeros((4, 1, 2)), "line_firm": np.zeros((4, 0))}
    world = over(-0.05, view_row=[[0, 1, 3], [0, 1, 2], [0, 1, 2]], foresight=[0.6, 0.6, 0.0], **views)
    pi = [1.0 - 0.6 * 0.8 * (1.0 - sigma(likes * LAMBDA)) for likes in (0.2, -0.05)]
    assert worth(world, 1, gains=[0.5, 0.3, -0.05])[:2] == pytest.approx([0.5 * pi[0], 0.3 * pi[1]])


def test_without_the_rule_nobody_doubts() -> None:
    assert worth(over(-0.05, switch={FORESEEN: 0}), 1)[:2] == pytest.approx([0.5, 0.3])


def test_who_sits_at_the_table_is_not_doubted() -> None:
    assert worth(over(-0.05, seated=[0, 1, 2]), 1)[:2] == pytest.approx([0.5, 0.3])


def test_a_loss_is_not_scaled() -> None:
    assert worth(over(-0.05), 1, gains=[-0.1, 0.3, -0.05])[0] == pytest.approx(-0.1)


# What a name costs.


def signed(**changes) -> list[float]:
    """Two signatories of a text on the first of two issues, which moves nothing for p1."""
    values = lists(2, 2, 2, p0c0o1=0.5, p0c1o1=0.2, p1c1o1=0.2)
    return worth(make_world(values, **changes), 1, 0)


def test_a_signature_costs_whom_the_text_touches_and_nobody_else() -> None:
    assert signed(signing_cost=[0.03, 0.03]) == pytest.approx([0.47, 0.0])


def test_an_end_of_the_price_touches_whom_it_costs() -> None:
    ends = {"ending": [[0.0, 1.0], [0.0, 0.0]], "price": [0.0, -0.1]}
    assert signed(signing_cost=[0.03, 0.03], **ends) == pytest.approx([0.47, -0.03])


def test_a_premium_is_asked_where_nothing_binds_the_others() -> None:
    assert signed(commitment_premium=[0.05, 0.05]) == pytest.approx([0.45, 0.0])


@pytest.mark.parametrize(
    ("bound", "bloc", "expected"),
    [
        (1, [0, 1], 0.5),  # the other is bound
        (0, [0, 1], 0.45),  # its own bond is none of the other's
        (1, [0, 0], 0.45),  # nor is that of its bloc
    ],
)
def test_a_bond_of_others_spares_the_premium(bound: int, bloc: list[int], expected: float) -> None:
    bonds = np.zeros((2, 2, 2))
    bonds[bound, 0, 1] = 0.2
    assert signed(commitment_premium=[0.05, 0.0], enforcement=bonds, bloc=bloc)[0] == pytest.approx(expected)


def test_a_bond_in_another_part_than_the_text_moves_spares_nothing() -> None:
    bonds = np.zeros((2, 2, 2))
    bonds[1, 1, 1] = 0.2
    assert signed(commitment_premium=[0.05, 0.0], enforcement=bonds)[0] == pytest.approx(0.45)
