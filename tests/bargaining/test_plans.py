"""The equilibrium strategy from a scenario file to runs: planned for, alike in both drivers, else nothing is solved."""

from __future__ import annotations

import numpy as np
import pytest

from sim.bargaining.plans import Planned, with_plans
from sim.engines.batch import run_blocks
from sim.engines.talk import play
from sim.scenario import Encoder, load_raw
from sim.types import Outcome


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
