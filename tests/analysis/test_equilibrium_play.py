"""Parties that play `equilibrium` reproduce theory in simulation: 200,000 plays of each example from print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from sim.bargaining.equilibrium_plan import equilibrium_plan
from sim.bargaining.table_equilibrium import table_equilibrium
from sim.engines.kernels import play_block
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.types.outcomes import empty_runs
from sim.types.tables import ALTERNATING_OFFERS, EQUILIBRIUM, OPEN_RULE, PROPOSAL_AND_VOTE, Tables
from sim.types.work import make_work
from tests.bargaining.open_dollar import open_dollar
from tests.bargaining.test_equilibrium import splits
from tests.bargaining.test_open_rule_equilibrium import divisions, near
from tests.rules.domains import DomainNumbers, domain_tables

pytestmark = pytest.mark.slow

PLAYS = 200_000
N_ROUNDS = 40


@dataclass(frozen=True)
class Played:
    """What came of many plays: per play the deal agreed in utilities [R, P], and whether it was agreed at once."""

    shares: np.ndarray
    at_once: float
    agreed: float


def game(utilities: np.ndarray, protocol: int, discount: float | list[float], *, quota: float = 0.0) -> Tables:
    """One issue whose options are the deals; a round is a month, and a month has one turn per party."""
    n_parties = utilities.shape[1]
    numbers = DomainNumbers(
        weight=np.ones((1, n_parties, 1)),
        value=utilities.T[None, :, None, :],
        reservation=np.zeros((1, n_parties)),
        name_hash=np.arange(1, n_parties + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )
    plain = domain_tables(numbers, n_rounds=N_ROUNDS)
    patience = np.broadcast_to(np.asarray(discount, dtype=float) ** n_parties, (1, n_parties)).copy()
    return plain._replace(
        protocol=np.array([protocol]),
        strategy=np.full(n_parties, EQUILIBRIUM),
        patience=patience,
        rounds_per_month=np.array([1]),
        unanimous=np.array([quota == 0.0], dtype=np.uint8),
        quota=np.array([[quota, 0.0]]),
        volatility=np.zeros(1),
    )


def play(tables: Tables, *, plays: int = PLAYS) -> Played:
    """Play a game many times by its plan."""
    planned = equilibrium_plan(tables, [0], most=2000)
    out = empty_runs(plays, 1, len(tables.bloc))
    packs = Pack(planned, TABLES), Pack(make_work(planned), WORK), Pack(out, RUNS)
    play_block(*packs, seed=3, first=0, count=1, replications=plays)
    shares = planned.contribution[0, :, 0, out.tabled[:, 0]]
    return Played(shares, float(np.mean(out.month == 1)), float(np.mean(out.agreed)))


LINE = np.linspace(0, 1, 101)


@pytest.mark.parametrize(("d1", "d2"), [(0.9, 0.8), (0.8, 0.8), (0.7, 0.9)])
def test_alternating_offers_give_rubinsteins_split(d1: float, d2: float) -> None:
    """Rubinstein (1982): whoever opens gets (1 - d2) / (1 - d1 d2) or (1 - d1) / (1 - d1 d2), at once."""
    played = play(game(np.c_[LINE, 1 - LINE], ALTERNATING_OFFERS, [d1, d2]))
    assert played.agreed == 1.0
    assert played.at_once == 1.0
    opens, answers = (1 - d2) / (1 - d1 * d2), 1 - (1 - d1) / (1 - d1 * d2)
    first = played.shares[:, 0] > (opens + answers) / 2
    assert np.mean(first) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(PLAYS))
    assert played.shares[first, 0].mean() == pytest.approx(opens, abs=0.011)
    assert played.shares[~first, 0].mean() == pytest.approx(answers, abs=0.011)


def test_short_rounds_come_near_the_nash_solution() -> None:
    """Binmore, Rubinstein & Wolinsky (1986): with equal patience near 1 both get half, whoever opens."""
    line = np.linspace(0, 1, 201)
    played = play(game(np.c_[line, 1 - line], ALTERNATING_OFFERS, 0.97))
    assert np.abs(played.shares[:, 0] - 0.5).max() < 0.02


@pytest.mark.parametrize(("n_parties", "needed"), [(3, 2), (3, 3), (5, 3), (5, 4), (5, 5), (7, 4), (7, 6)])
def test_votes_give_the_shares_of_baron_and_ferejohn(n_parties: int, needed: int) -> None:
    """Baron & Ferejohn (1989): the proposer keeps 1 - d (k - 1) / n and k - 1 partners get d / n each, at once."""
    discount = 0.9
    quota = 0.0 if needed == n_parties else needed / n_parties
    played = play(game(splits(n_parties, needed, discount), PROPOSAL_AND_VOTE, discount, quota=quota))
    assert played.agreed == 1.0
    assert played.at_once >= 0.99
    ranked = np.sort(played.shares, axis=1)[:, ::-1]
    assert ranked[:, 0].mean() == pytest.approx(1 - discount * (needed - 1) / n_parties, abs=0.02)
    assert ranked[:, 1:needed].mean() == pytest.approx(discount / n_parties, abs=0.02)
    assert np.abs(ranked[:, needed:]).max(initial=0.0) < 0.02
    # Before anybody is given the floor all are worth the same.
    assert played.shares.mean(axis=0) == pytest.approx(np.full(n_parties, 1 / n_parties), abs=0.01)


@pytest.mark.parametrize("discount", [0.5, 0.8])
def test_motions_and_amendments_give_the_open_rule_of_baron_and_ferejohn(discount: float) -> None:
    """Baron & Ferejohn (1989), open rule, n = 3: one or two partners by patience, and the share of whoever is owner.

    A month has three sessions, in each of which a text that `m` of the two others would second is agreed with chance
    m / 2; owners change in between, and prices do not.
    """
    exact = open_dollar(3, discount)
    deals = divisions(3, near(exact.share), partners=(1, 2))
    played = play(game(deals, OPEN_RULE, discount, quota=0.6))
    assert played.agreed == 1.0
    ranked = np.sort(played.shares, axis=1)[:, ::-1]
    assert ranked[:, 0].mean() == pytest.approx(exact.share, abs=0.02)
    assert ranked[:, 1].mean() == pytest.approx(exact.offer, abs=0.02)
    assert np.mean(ranked[:, 2] > 0.01) == pytest.approx(exact.partners - 1, abs=0.01)
    assert played.at_once == pytest.approx(1 - (1 - exact.at_once) ** 3, abs=0.01)
    assert played.shares.mean(axis=0) == pytest.approx(np.full(3, 1 / 3), abs=0.005)


def line_game(ideals: list[float], *, status_quo: float | None = None) -> np.ndarray:
    """[N, P] single-peaked utilities on a line, in gains over the status quo or over the worst."""
    points = np.linspace(0, 1, 101)
    utility = 1 - np.abs(points[:, None] - np.array(ideals))
    base = utility.min(axis=0) if status_quo is None else 1 - np.abs(status_quo - np.array(ideals))
    return utility - base


def test_a_majority_on_a_line_ends_near_the_median() -> None:
    """Banks & Duggan (2000): as patience grows, what is agreed closes in on the median (a band at d < 1)."""
    utilities = line_game([0.0, 0.2, 0.5, 0.7, 1.0])
    distance = []
    for discount in (0.5, 0.9, 0.98):
        tables = game(utilities, PROPOSAL_AND_VOTE, discount, quota=0.6)
        played = play(tables)
        found = table_equilibrium(tables, 0, 0, most=2000).found
        assert found is not None
        assert found.converged
        # The solver's values count what waiting costs; at once or nearly so they are the mean of what is agreed.
        assert played.shares.mean(axis=0) == pytest.approx(found.values, abs=0.02)
        distance.append(utilities[:, 2].max() - played.shares[:, 2].mean())
    assert distance[2] < distance[1] < distance[0]
    assert distance[2] < 0.06


def test_veto_players_leave_the_gridlock_interval_alone() -> None:
    """Krehbiel (1998), Tsebelis (2002): nothing between the ideals of two veto players moves."""
    inside = play(game(line_game([0.3, 0.7], status_quo=0.5), PROPOSAL_AND_VOTE, 0.9))
    assert np.abs(inside.shares).max() < 1e-3  # the status quo under another name is all that passes
    outside = play(game(line_game([0.3, 0.7], status_quo=0.0), PROPOSAL_AND_VOTE, 0.9))
    assert outside.agreed == 1.0
    assert outside.shares.sum(axis=1) == pytest.approx(np.full(PLAYS, 0.6))  # between the two ideals


def test_a_dictator_gets_its_way() -> None:
    """A party that alone carries a text and alone is given the floor takes its best deal."""
    tables = game(np.c_[LINE, 1 - LINE, LINE * 0], PROPOSAL_AND_VOTE, 0.9, quota=0.01)
    alone = np.zeros_like(tables.recognition)
    alone[..., 0] = 1.0
    played = play(tables._replace(recognition=alone))
    assert played.shares[:, 0] == pytest.approx(np.ones(PLAYS))


def test_another_discount_is_noticed() -> None:
    played = play(game(np.c_[LINE, 1 - LINE], ALTERNATING_OFFERS, 0.5), plays=2000)
    assert abs(played.shares[:, 0].max() - 1 / 1.9) > 0.05
