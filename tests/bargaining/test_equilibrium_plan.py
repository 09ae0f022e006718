"""Plans: what the equilibrium says, as arrays."""

from __future__ import annotations

import numpy as np
import pytest

from sim.bargaining.equilibrium_plan import equilibrium_plan
from sim.bargaining.table_equilibrium import table_equilibrium
from tests.analysis.made_up_tables import dollar, table_of


def test_the_plan_holds_what_the_equilibrium_says():
    tables = table_of(dollar(50), patience=[0.8, 0.7], strategy=[9, 0])
    plan = equilibrium_plan(tables, [0])
    found = table_equilibrium(tables, 0, 0, most=60, checks=0)
    assert found.found is not None
    first = found.deals[int(found.found.proposals[0].argmax())]
    assert plan.plan_deal.shape[:2] == (1, 1)
    row = int(plan.plan_chance[0, 0, 0].argmax())
    assert plan.plan_deal[0, 0, row].tolist() == first.tolist()
    assert plan.plan_chance[0, 0, 0].sum() == pytest.approx(1.0, abs=1e-4)
    assert not plan.plan_chance[0, 0, 1].any()  # the second party has another strategy
    least, asked = plan.plan_value[0, 0, 1, 0], found.found.thresholds[1, 0]
    assert asked - 1e-3 < least < asked  # the deal at the threshold passes
    assert not plan.plan_value[0, 0, :, 1].any()
    assert not plan.plan_deal.flags.writeable


def test_who_plays_it_reproduces_the_split():
    """Both sides propose and accept by the plan alone: the opener gets Rubinstein's share, at once."""
    tables = table_of(dollar(200), patience=[0.8, 0.7])
    plan = equilibrium_plan(tables, [0], most=300)
    worth = tables.contribution[0, :, 0]
    d1, d2 = 0.8**0.5, 0.7**0.5
    for j, share in ((0, (1 - d2) / (1 - d1 * d2)), (1, (1 - d1) / (1 - d1 * d2))):
        offer = plan.plan_deal[0, 0, int(plan.plan_chance[0, 0, j].argmax()), 0]
        assert worth[j, offer] == pytest.approx(share, abs=0.01)
        assert worth[1 - j, offer] >= plan.plan_value[0, 0, j, 1 - j] - 1e-3


def test_nothing_to_bargain_over_is_a_plan_to_pass():
    tables = table_of(np.vstack(([0, 0], np.c_[np.ones(70), -np.ones(70)])))
    plan = equilibrium_plan(tables, [0])
    assert not plan.plan_chance.any()
    assert not plan.plan_value.any()


def test_without_players_the_tables_stay():
    tables = table_of(dollar(5), strategy=[0, 1])
    assert equilibrium_plan(tables, [0]) is tables
