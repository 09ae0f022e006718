"""Plans: what the equilibrium says, as arrays."""

from __future__ import annotations

import numpy as np
import pytest

from sim.bargaining.equilibrium_plan import Planned, equilibrium_plan, with_plans
from sim.bargaining.table_equilibrium import table_equilibrium
from sim.engines.batch import run_blocks
from sim.engines.talk import play
from sim.scenario import Encoder, load_raw
from sim.types import Outcome
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


def pie(steps: int, *, strategies, patience) -> Encoder:
    """A pie in `steps` parts between two; status quo: no pie."""
    n = len(strategies)
    rows = [np.array([x, steps - x]) for x in range(steps + 1)]
    options = {"none": {}, **{"s" + "_".join(map(str, row)): {"settles": True} for row in rows}}
    worth = {key: row / steps for key, row in zip(list(options)[1:], rows, strict=True)}
    parties = {
        f"p{p}": {
            "salience": {"pie": 1},
            "values": {"pie": {"options": {"none": 0.0, **{key: float(row[p]) for key, row in worth.items()}}}},
            "patience": patience[p],
            "behaviour": {"strategy": strategies[p]},
        }
        for p in range(n)
    }
    form = {
        "protocol": "alternating_offers",
        "seats": dict.fromkeys(parties, "principal"),
        "calendar": {"months": 12, "rounds_per_month": 1},
    }
    data = {
        "parley": 1,
        "id": "pie",
        "title": "A pie",
        "horizon_months": 24,
        "issues": {"pie": {"level": "core", "status_quo": "none", "options": options}},
        "parties": parties,
        "formats": {"table": form},
    }
    return Encoder(load_raw(data), seed=1)


def shares(encoder: Encoder, runs) -> np.ndarray:
    """[R, P] share of the pie in the texts agreed."""
    names = [encoder.structure.issues[0].options[int(o)] for o in runs.tabled[:, 0]]
    return np.array([[int(x) for x in name[1:].split("_")] for name in names], dtype=float)


def test_rubinstein_is_reproduced_by_who_opens():
    """Whoever speaks first offers at once, gets (1 - d2) / (1 - d1 d2), and is accepted; openers are drawn evenly."""
    patience = (0.8, 0.7)
    encoder = pie(50, strategies=["equilibrium"] * 2, patience=patience)
    source = with_plans(encoder)
    assert isinstance(source, Planned)
    ((_, runs),) = run_blocks(source, n_draws=8, replications=50, threads=1)
    d1, d2 = np.sqrt(patience)
    first = {0: (1 - d2) / (1 - d1 * d2), 1: 1 - (1 - d1) / (1 - d1 * d2)}
    taken = shares(encoder, runs)[:, 0] / 50
    assert runs.agreed.all()
    assert set(np.unique(runs.month)) <= {0, 1}
    near = {who: np.abs(taken - share) <= 2 / 50 for who, share in first.items()}
    assert (near[0] | near[1]).all()
    assert near[0].mean() == pytest.approx(0.5, abs=0.1)


def test_the_two_drivers_play_the_plan_alike():
    encoder = pie(20, strategies=["equilibrium"] * 2, patience=(0.8, 0.7))
    source = with_plans(encoder)
    ((_, runs),) = run_blocks(source, n_draws=3, replications=2, threads=1)
    for row in range(6):
        draw, replication = divmod(row, 2)
        talk = play(source, format_index=0, draw=draw, replication=replication)
        assert talk.outcome == Outcome(int(runs.outcome[row]))


def test_where_nobody_plays_it_nothing_is_solved():
    encoder = pie(5, strategies=["standard"] * 2, patience=(0.8, 0.7))
    assert with_plans(encoder) is encoder
