"""A table played out: the same draws give the same runs, each proposal has its own luck, positions keep their place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.interop import read_table
from sim.interop.simulate import CONSTANTS, HYPERCUBE, evenly_spread, n_talks, simulate
from sim.types import Ensemble, PositionTable, SpatialIssue, Stand
from sim.types.playing import Silence, Size

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"
SMALL = Size(draws=20, replications=2, threads=1)


def talks(proposal: str, *ids: str, **more) -> tuple[SpatialIssue, ...]:
    """Issues on which five actors stand apart, each issue a little elsewhere."""
    found = []
    for k, name in enumerate(ids):
        places = (0.0, 15.0 + 5 * k, 45.0, 70.0 + 5 * k, 100.0)
        stands = tuple(Stand(f"a{n}", x, 40.0 + 10 * n, 5.0 - n) for n, x in enumerate(places))
        found.append(SpatialIssue(proposal, name, stands, **more))
    return tuple(found)


TABLE = PositionTable((*talks("single", "depth"), *talks("pair", "width", "toll"), *talks("unanimous", "wall")))


@pytest.fixture(scope="module")
def together() -> Ensemble:
    return simulate(TABLE, SMALL)


def test_the_same_size_gives_the_same_counts_on_any_number_of_threads(together):
    again = simulate(TABLE, replace(SMALL, threads=2))
    assert (again.counts == together.counts).all()
    assert (again.uniforms == together.uniforms).all()
    other = simulate(TABLE, replace(SMALL, seed=2))
    assert (other.counts != together.counts).any()


def test_a_longer_run_begins_with_whole_hypercubes_of_a_shorter_one():
    table = PositionTable(talks("single", "depth"))
    short = simulate(table, Size(HYPERCUBE, 2))
    longer = simulate(table, Size(HYPERCUBE + 40, 2)).first(HYPERCUBE)
    assert (longer.counts == short.counts).all()
    assert (longer.uniforms == short.uniforms).all()
    assert longer.constants == short.constants


def test_the_first_draws_of_a_longer_run_can_be_made_again_alone(together):
    again = simulate(TABLE, replace(SMALL, draws=7), uniforms=together.uniforms[:7])
    assert (again.counts == together.first(7).counts).all()
    assert (again.uniforms == together.uniforms[:7]).all()
    with pytest.raises(ValueError, match="20 draws of 3 constants"):
        simulate(TABLE, SMALL, uniforms=together.uniforms[:7])


def test_counts_are_of_runs(together):
    assert together.issues == TABLE.issues
    assert together.counts.shape == (4, 20, 101)
    assert together.runs == SMALL.replications
    assert (together.decided <= SMALL.replications).all()
    assert together.decided.sum() > 0.9 * 4 * SMALL.runs


def test_a_single_issue_is_the_same_together_and_apart_and_one_of_a_package_is_not(together):
    apart = simulate(TABLE, SMALL, apart=True)
    same = [(one == other).all() for one, other in zip(together.counts, apart.counts, strict=True)]
    assert same == [True, False, False, True]
    assert [n_talks(TABLE, apart=one) for one in (False, True)] == [3, 4]


def test_constants_of_a_draw_are_the_same_in_every_table_and_way(together):
    apart = simulate(TABLE, SMALL, apart=True)
    other = simulate(PositionTable(talks("another", "x")), SMALL)
    assert (apart.uniforms == together.uniforms).all()
    assert (other.uniforms == together.uniforms).all()
    assert together.constants == CONSTANTS


@pytest.mark.parametrize("constant", range(len(CONSTANTS)))
def test_every_constant_reaches_the_talks(monkeypatch, constant):
    """The same chance with one constant at another place in its prior gives other decisions."""

    def fixed(place: float) -> np.ndarray:
        spread = np.full((SMALL.draws, len(CONSTANTS)), 0.5)
        spread[:, constant] = place
        monkeypatch.setattr("sim.interop.simulate.evenly_spread", lambda *_, **__: spread)
        return simulate(TABLE, SMALL).counts

    low, high = fixed(0.02), fixed(0.98)
    assert (low == fixed(0.02)).all()
    assert (low != high).any()


def test_two_proposals_alike_do_not_share_their_luck():
    table = PositionTable((*talks("first", "i"), *talks("second", "i")))
    first, second = simulate(table, SMALL).counts
    assert (first != second).any(axis=1).mean() > 0.2


def test_issues_may_stand_in_any_order_and_share_their_names():
    (one, two), (other,) = talks("pair", "same", "toll"), talks("single", "same")
    plain = simulate(PositionTable((one, two, other)), SMALL)
    mixed = simulate(PositionTable((other, one, two)), SMALL)
    assert (mixed.counts == plain.counts[[2, 0, 1]]).all()
    assert mixed.of({("pair", "same")}).counts.shape[0] == 1
    assert (mixed.of({("single", "same")}).counts[0] == plain.counts[2]).all()


@pytest.mark.parametrize(("low", "high"), [(0.0, 100.0), (4.0, 10.0), (-50.0, 50.0), (0.0, 1.0), (1000.0, 1002.0)])
def test_positions_are_counted_at_their_hundredth(low, high):
    """All want one place but a lone actor at the end: under any scale the decisions stand at the same hundredths."""
    at = low + 0.37 * (high - low)
    stands = (*(Stand(f"a{n}", at, 80.0, 5.0) for n in range(4)), Stand("b", low, 1.0, 0.1))
    issue = SpatialIssue("p", "i", stands, low=low, high=high, reference_point=low, voting_rule="Simple")
    (counts,) = simulate(PositionTable((issue,)), SMALL).counts
    assert counts.sum(axis=0).argmax() == 37
    assert counts[:, 37].sum() > 0.9 * counts.sum()


def test_runs_without_a_decision_are_counted_nowhere():
    stands = tuple(Stand(f"a{n}", 100.0 * (n % 2), 100.0, 1.0) for n in range(26))
    issue = SpatialIssue("p", "i", stands, voting_rule="Unan", reference_point=50.0)
    found = simulate(PositionTable((issue,)), Size(120, 4))
    assert 0 < found.decided.sum() < 120 * 4
    assert (found.decided == 0).any()


def test_a_yes_or_no_issue_is_decided_where_there_are_options():
    def places(positions: tuple[float, ...]) -> set[int]:
        stands = tuple(Stand(f"a{n}", x, 60.0, 1.0 + n) for n, x in enumerate(positions))
        found = simulate(PositionTable((SpatialIssue("p", "i", stands, reference_point=0.0),)), SMALL)
        return set(np.flatnonzero(found.counts[0].sum(axis=0)).tolist())

    split = places((0.0, 100.0, 0.0, 100.0, 0.0))
    assert split <= set(range(0, 101, 10))
    assert len(split) > 1
    assert places((100.0, 100.0, 100.0, 100.0, 100.0)) == {100}


def test_the_table_of_twenty_six_actors_runs():
    table = read_table(EXAMPLES / "river-ktab.csv").table
    assert len(table.actors) == 26
    found = simulate(table, replace(SMALL, draws=4))
    assert (found.decided > 0).any(axis=1).all()


def test_small_capabilities_are_numbers():
    """0.00001 is written 1e-05, which YAML 1.1 takes for a word."""
    stands = tuple(Stand(f"a{n}", 25.0 * n, 50.0, 1e-5) for n in range(5))
    assert simulate(PositionTable((SpatialIssue("p", "i", stands),)), replace(SMALL, draws=2)).counts.sum() > 0


def test_a_proposal_that_gives_no_scenario_is_named():
    good = talks("good", "i")
    lone = SpatialIssue("lonely", "j", (Stand("a", 1.0, 50.0, 1.0),))
    with pytest.raises(ValueError, match="proposal lonely: talks need two actors"):
        simulate(PositionTable((*good, lone)), SMALL)


def test_a_scenario_that_cannot_be_played_is_named():
    crowd = SpatialIssue("crowd", "m", tuple(Stand(f"a{n}", n / 2, 50.0, 1.0) for n in range(200)))
    with pytest.raises(ValueError, match="proposal crowd: the program plays talks of at most 60 actors; crowd has 200"):
        simulate(PositionTable((crowd,)), SMALL)


def test_issues_of_another_rule_are_decided_at_a_table_of_their_own():
    one, two, three = talks("mixed", "k", "l", "m")
    table = PositionTable((one, replace(two, voting_rule="Unan"), three))
    assert [n_talks(table, apart=apart) for apart in (False, True)] == [2, 3]
    together, apart = simulate(table, SMALL), simulate(table, SMALL, apart=True)
    assert (together.counts[1] == apart.counts[1]).all()
    assert (together.counts[0] != apart.counts[0]).any()
    assert (together.counts[[0, 2]] == simulate(PositionTable((one, three)), SMALL).counts).all()


def test_what_is_assumed_of_actors_is_told():
    told: list[str] = []
    idle = SpatialIssue("idle", "m", (Stand("a", 1.0, 0.0, 1.0), Stand("b", 9.0, 0.0, 1.0)))
    simulate(PositionTable((*talks("good", "i"), idle)), SMALL, tell=told.append)
    assert len(told) == 1
    assert told[0].startswith("m: Fewer than two actors have any salience")


def test_progress_counts_every_run():
    class Counting(Silence):
        total = 0

        def add(self, runs: int) -> None:
            self.total += runs

    counting = Counting()
    simulate(TABLE, replace(SMALL, draws=3), progress=counting)
    assert counting.total == n_talks(TABLE, apart=False) * 3 * SMALL.replications


@given(st.integers(1, 2 * HYPERCUBE), st.integers(1, 4), st.integers(0, 2**63 - 1))
def test_each_part_of_a_hypercube_holds_one_draw(n_draws, n_columns, seed):
    found = evenly_spread(n_draws, n_columns, seed=seed)
    assert found.shape == (n_draws, n_columns)
    for first in range(0, n_draws, HYPERCUBE):
        cube = found[first : first + HYPERCUBE]
        cells = np.floor(cube * len(cube)).astype(int)
        assert (np.sort(cells, axis=0) == np.arange(len(cube))[:, None]).all()
    assert (found > 0).all()
    assert (found < 1).all()


def test_hypercubes_are_nested_and_not_alike():
    longer = evenly_spread(3 * HYPERCUBE, 3, seed=4)
    assert (evenly_spread(HYPERCUBE, 3, seed=4) == longer[:HYPERCUBE]).all()
    assert (evenly_spread(2 * HYPERCUBE, 3, seed=4) == longer[: 2 * HYPERCUBE]).all()
    assert (longer[:HYPERCUBE] != longer[HYPERCUBE : 2 * HYPERCUBE]).all(axis=0).any()
    assert (evenly_spread(HYPERCUBE, 3, seed=5) != longer[:HYPERCUBE]).any()
    assert (longer[:, 0] != longer[:, 1]).any()
