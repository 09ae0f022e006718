"""Every point of a design counts what the scenario with the levels written in counts, exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sim.analysis.comparison.results import FAILURES, SIGNED
from sim.app.scenarios import Scenario
from sim.bargaining.equilibrium_plan import with_plans
from sim.engines.batch import run_blocks
from sim.scenario import Encoder
from sim.scenario.sampling.steering import Steering, SteeringKind, written_number
from sim.scenario.source.problems import ScenarioError
from sim.sweep.play_points import PointBlock, play_points
from sim.sweep.point_counts import EVENTS, PointCounts
from sim.types import Outcome
from sim.types.outcomes import Runs
from tests.scenario.generate import random_scenario
from tests.shipped import SCENARIOS

DRAWS, REPLICATIONS = 3, 3
SEEDS = np.array([4, 4, 11, 2**63 - 1], dtype=np.uint64)
LEVELS: dict[SteeringKind, tuple[float, ...]] = {
    "value": (0.5, 2.0, 0.0),
    "scale": (0.5, 1.5, 0.0, 2.0),
    "shift": (0.03, -0.02),
    "quantile": (0.2, 0.9),
}
RECIPES: dict[str, dict[str, Any]] = {
    "alternating offers": {"shocks": 1, "ratification": True, "standing": True, "leverage": True},
    "vote": {"protocol": "proposal_and_vote", "contact_group": True, "capability": True, "track": True},
    "text": {"protocol": "single_text", "mediator": "interested", "conditional_lines": 1},
    "open rule": {"protocol": "open_rule", "recognition": True},
}


def scenario_of(seed: int, **recipe: Any) -> Scenario:
    raw = random_scenario(np.random.default_rng(seed), 3, 2, 3, uncertain=0.5, misperception=True, **recipe)
    return Scenario(None, content=raw)


def block_of(scenario: Scenario, steerings: list[Steering], levels: Any, **changes: Any) -> PointBlock:
    n_formats = len(scenario.resolved.formats) + len(scenario.resolved.tracks)
    block = PointBlock(
        resolved=scenario.resolved,
        steerings=tuple(steerings),
        levels=np.array(levels, dtype=np.float64).reshape(len(SEEDS), len(steerings)),
        seeds=SEEDS,
        formats=tuple(range(n_formats)),
        first_draw=0,
        n_draws=DRAWS,
        first_replication=0,
        replications=REPLICATIONS,
    )
    return replace(block, **changes)


def same(one: PointCounts, other: PointCounts) -> None:
    for name, a, b in zip(PointCounts._fields, one, other, strict=True):
        np.testing.assert_array_equal(a, b, err_msg=name)


def with_levels(scenario: Scenario, block: PointBlock, point: int) -> Scenario:
    """The scenario that a user would write for a point."""
    numbers = {
        path: written_number(scenario.resolved.numbers[path], steering.kind, level)
        for steering, level in zip(block.steerings, block.levels[point].tolist(), strict=True)
        for path in steering.targets
    }
    return scenario.set(numbers) if numbers else scenario


def counted(runs: Runs, shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Events, who stopped what and gains [D, F, n] of one scenario's runs, counted run by run."""
    n_parties = runs.value.shape[1]
    events = np.zeros((*shape[:2], len(EVENTS)), dtype=np.int64)
    stopped, gain = (np.zeros((*shape[:2], n_parties), dtype=np.int64) for _ in range(2))
    for row in range(len(runs.outcome)):
        place = np.unravel_index(row, shape)[:2]
        outcome = Outcome(int(runs.outcome[row]))
        events[place][EVENTS.index(outcome.label)] += 1
        for word in ("agreed", "core", "halt"):
            events[place][EVENTS.index(word)] += int(getattr(runs, word)[row] != 0)
        for p in range(n_parties):
            stopped[place][p] += outcome in FAILURES and int(runs.decided[row]) >> p & 1
            if outcome in SIGNED:
                gain[place][p] += round((float(runs.value[row, p]) - float(runs.reservation[row, p])) * 1e6)
    return events, stopped, gain


def check(scenario: Scenario, block: PointBlock) -> PointCounts:
    """Compare every point with `run_blocks` on the scenario that is loaded with its levels."""
    found = play_points(block, threads=2)
    shape = (block.n_draws, len(block.formats), block.replications)
    how = {"replications": block.replications, "formats": block.formats, "first_draw": block.first_draw}
    for point, seed in enumerate(block.seeds.tolist()):
        encoder = Encoder(with_levels(scenario, block, point).resolved, seed=seed)
        parts = [runs for _, runs in run_blocks(with_plans(encoder), n_draws=block.n_draws, **how)]
        runs = Runs(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
        for name, wanted in zip(PointCounts._fields[1:], counted(runs, shape), strict=True):
            np.testing.assert_array_equal(getattr(found, name)[point], wanted, err_msg=f"{name} of point {point}")
    return found


def steered(scenario: Scenario, data: st.DataObject) -> PointBlock:
    """Any numbers moved in any way that the loader takes and that moves nothing else."""
    paths = data.draw(st.lists(st.sampled_from(sorted(scenario.resolved.numbers)), min_size=1, max_size=3, unique=True))
    kinds = [data.draw(st.sampled_from(sorted(LEVELS))) for _ in paths]
    levels = [[data.draw(st.sampled_from(LEVELS[kind])) for kind in kinds] for _ in SEEDS]
    block = block_of(scenario, [Steering(kind, (path,)) for kind, path in zip(kinds, paths, strict=True)], levels)
    before = scenario.resolved.numbers
    for point in range(len(SEEDS)):
        try:
            after = with_levels(scenario, block, point).resolved.numbers
        except ScenarioError:
            assume(False)
        assume(before.keys() == after.keys())
        assume({path for path in after if after[path].form != before[path].form} <= set(paths))
    return block


@pytest.mark.parametrize("recipe", RECIPES)
@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.integers(0, 3), st.data())
def test_points_count_what_the_scenarios_with_their_levels_count(recipe: str, seed: int, data: st.DataObject):
    scenario = scenario_of(seed, **RECIPES[recipe])
    check(scenario, steered(scenario, data))


@pytest.mark.parametrize("name", ["well-formats.yaml", "ukraine/anchorage-2025.yaml"])
@settings(max_examples=5, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_numbers_of_files_that_ship(name: str, data: st.DataObject):
    scenario = Scenario(SCENARIOS / name)
    check(scenario, replace(steered(scenario, data), formats=(4, 0), replications=1))


def test_a_party_that_plays_its_equilibrium_plays_that_of_each_point():
    scenario = Scenario(SCENARIOS / "minimal.yaml", sets=("parties.mill.behaviour.strategy=equilibrium",))
    price = Steering("value", ("parties.upper.price_of_no_settlement.now",))
    found = check(scenario, block_of(scenario, [price], [-0.4, 0.1, 0.1, 0.0], formats=(0, 1), n_draws=2))
    assert found.gain[0].tolist() != found.gain[1].tolist()


def village(**changes: Any) -> tuple[Scenario, PointBlock]:
    scenario = Scenario(SCENARIOS / "well-formats.yaml")
    steerings = [
        Steering("value", ("parties.upper.price_of_no_settlement.now",)),
        Steering("scale", ("parties.mill.salience.sluice", "parties.mill.talk_cost")),
    ]
    levels = [[-0.3, 0.5], [0.1, 2.0], [0.0, 1.0], [-0.1, 0.0]]
    return scenario, block_of(scenario, steerings, levels, **changes)


def test_a_factor_with_levels_that_matter():
    scenario, block = village(n_draws=6)
    found = check(scenario, block)
    assert len({part.tobytes() for part in found.events[:2]}) == 2  # same draws and chance, other levels
    assert found.events[..., :7].sum(axis=-1).tolist() == np.full(found.events.shape[:3], REPLICATIONS).tolist()
    assert found.gain.any()
    assert found.stopped_by.any()


def test_later_draws_and_replications_are_what_is_new():
    _, block = village()
    whole = play_points(replace(block, n_draws=5, replications=5))
    later = play_points(replace(block, first_draw=DRAWS, n_draws=5 - DRAWS, replications=5))
    np.testing.assert_array_equal(later.events, whole.events[:, DRAWS:])
    parts = [
        play_points(replace(block, n_draws=5, first_replication=first, replications=n)) for first, n in ((0, 2), (2, 3))
    ]
    same(PointCounts(*(sum(columns) for columns in zip(*parts, strict=True))), whole)


def test_formats_threads_order_and_company_change_nothing(monkeypatch: pytest.MonkeyPatch):
    _, block = village()
    whole = play_points(block, threads=1)
    same(play_points(block, threads=3), whole)
    monkeypatch.setattr("sim.engines.batch._BLOCK_BYTES", 70_000)  # a few rows
    same(play_points(block, threads=2), whole)
    order = [2, 0, 3, 1]
    turned = play_points(
        replace(block, levels=block.levels[order], seeds=block.seeds[order], formats=block.formats[::-1])
    )
    for name, one, other in zip(PointCounts._fields[1:], turned[1:], whole[1:], strict=True):
        np.testing.assert_array_equal(one, other[order][:, :, ::-1], err_msg=name)
    alone = play_points(replace(block, levels=block.levels[1:2], seeds=block.seeds[1:2], formats=(3,)))
    np.testing.assert_array_equal(alone.events[0, :, 0], whole.events[1, :, 3])


@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.sampled_from(sorted(RECIPES)), st.data())
def test_a_factor_that_moves_nothing_changes_nothing(recipe: str, data: st.DataObject):
    scenario = scenario_of(1, **RECIPES[recipe])
    dummy = data.draw(st.lists(st.floats(0, 1), min_size=len(SEEDS), max_size=len(SEEDS)))
    kind = data.draw(st.sampled_from(sorted(LEVELS)))
    found = play_points(block_of(scenario, [Steering(kind, ())], dummy))
    same(found, play_points(block_of(scenario, [], np.zeros((len(SEEDS), 0)))))
    same(
        PointCounts(found.runs, *(part[:1] for part in found[1:])),
        PointCounts(found.runs, *(part[1:2] for part in found[1:])),
    )


def test_collectors_get_the_runs_by_point_and_draw():
    class Kept:
        def __init__(self) -> None:
            self.outcome = np.zeros((0,), dtype=np.uint8)

        def add(self, first_draw: int, runs: Runs) -> None:
            assert first_draw * len(block.formats) * REPLICATIONS == len(self.outcome)
            self.outcome = np.concatenate([self.outcome, runs.outcome])

    _, block = village()
    kept = Kept()
    counts = play_points(block, kept)
    outcome = kept.outcome.reshape(len(SEEDS), DRAWS, len(block.formats), REPLICATIONS)
    np.testing.assert_array_equal(counts.events[..., Outcome.SETTLEMENT], (outcome == Outcome.SETTLEMENT).sum(axis=-1))


@pytest.mark.parametrize("wrong", [{"formats": (99,)}, {"formats": ()}, {"replications": 0}, {"n_draws": 0}])
def test_a_block_of_nothing_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match=r"at least one|no such format"):
        play_points(village(**wrong)[1])
