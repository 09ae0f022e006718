"""Rows of a design are, to the byte, the draws of the scenarios with the numbers set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sim.app.scenarios import Scenario
from sim.scenario import Encoder
from sim.scenario.sampling.design_source import DesignSource
from sim.scenario.sampling.steering import Steering, SteeringKind, written_number
from sim.scenario.source.problems import ScenarioError
from sim.types.arrays import layout_of
from sim.types.tables import Tables
from tests.scenario.generate import Raw, random_scenario
from tests.shipped import SCENARIOS

SEEDS = np.array([5, 5, 2**63 - 1], dtype=np.uint64)
FIRST, DRAWS = 3, 4
LEVELS: dict[SteeringKind, tuple[float, ...]] = {
    "value": (0.5, 2.0, 0.0),
    "scale": (0.5, 2.0, 0.0, -0.5),
    "shift": (0.03, -0.02),
    "quantile": (0.3, 0.9),
}
CASES = [
    random_scenario(
        np.random.default_rng(k), 3, 3, 3, uncertain=0.6, misperception=True, linked=True, standing=True, **more
    )
    for k, more in enumerate(
        [
            {"shocks": 2, "ratification": True, "capability": True},
            {"conditional_lines": 2, "recognition": True, "guarantor": True},
            {"contact_group": True, "protocol": "proposal_and_vote", "track": True},
        ]
    )
]


def with_numbers(scenario: Scenario, numbers: dict[str, Any]) -> Scenario:
    """The scenario with numbers set, if they are in range and change no other number (as a copied constant does)."""
    changed = scenario.set(numbers)
    try:
        before, after = scenario.resolved.numbers, changed.resolved.numbers
    except ScenarioError:
        assume(False)
    assume(before.keys() == after.keys())
    assume({path for path in after if after[path].form != before[path].form} <= numbers.keys())
    return changed


def check(scenario: Scenario, steerings: tuple[Steering, ...], levels: np.ndarray) -> None:
    """Compare all rows, from a block that is no whole number of points."""
    resolved = scenario.resolved
    source = DesignSource(Encoder(resolved, seed=1), steerings, levels, SEEDS, FIRST, DRAWS)
    start, end = 1, len(SEEDS) * DRAWS
    tables, g = source.tables(start, end - start), 1 + len(resolved.shocks)
    parts = []
    for seed, level in zip(SEEDS.tolist(), levels.tolist(), strict=True):
        numbers = {
            path: written_number(resolved.numbers[path], steering.kind, each)
            for steering, each in zip(steerings, level, strict=True)
            for path in steering.targets
        }
        parts.append(Encoder(with_numbers(scenario, numbers).resolved, seed=seed).tables(FIRST, DRAWS))
    for (name, spec), found, *whole in zip(layout_of(Tables).items(), tables, *parts, strict=True):
        wanted = np.concatenate(whole)[start * g : end * g] if "W" in spec.axes else whole[-1]
        assert found.tobytes() == wanted.tobytes(), name


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_rows_are_the_draws_of_the_scenarios_with_the_numbers_set(raw: Raw, data: st.DataObject):
    scenario = Scenario(None, content=raw)
    paths = data.draw(st.lists(st.sampled_from(sorted(scenario.resolved.numbers)), min_size=1, max_size=3, unique=True))
    kinds = [data.draw(st.sampled_from(sorted(LEVELS))) for _ in paths]
    levels = np.array([[data.draw(st.sampled_from(LEVELS[kind])) for kind in kinds] for _ in SEEDS])
    check(scenario, tuple(Steering(kind, (path,)) for kind, path in zip(kinds, paths, strict=True)), levels)


@pytest.mark.parametrize("name", ["well-formats.yaml", "ukraine/anchorage-2025.yaml"])
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_numbers_of_files_that_ship(name: str, data: st.DataObject):
    scenario = Scenario(SCENARIOS / name)
    path = data.draw(st.sampled_from(sorted(scenario.resolved.numbers)))
    kind = data.draw(st.sampled_from(sorted(LEVELS)))
    levels = np.array([[data.draw(st.sampled_from(LEVELS[kind]))] for _ in SEEDS])
    check(scenario, (Steering(kind, (path,)),), levels)


def test_a_factor_without_targets_moves_nothing():
    encoder = Encoder(Scenario(None, content=CASES[0]).resolved, seed=5)
    source = DesignSource(encoder, (Steering("scale", ()),), np.zeros((1, 1)), SEEDS[:1], FIRST, DRAWS)
    for found, wanted in zip(source.tables(0, DRAWS), encoder.tables(FIRST, DRAWS), strict=True):
        assert found.tobytes() == wanted.tobytes()
