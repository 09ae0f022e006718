"""A design point as a scenario, and as the line of `parley compare` that plays the same."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.app.scenarios import Scenario
from sim.scenario import ResolvedScenario
from sim.scenario.preparation.variants import constant_variant
from sim.scenario.sampling.steering import SteeringKind, written_number
from sim.sweep.design import Design, NumberFactor, StructureFactor


def numbers_at(resolved: ResolvedScenario, path: str) -> Iterator[str]:
    """Paths of the numbers that a dotted path, with `*` for every key, names."""
    parts = path.split(".")
    for known in resolved.numbers:
        keys = known.split(".")
        if len(keys) == len(parts) and all(one in (key, "*") for one, key in zip(parts, keys, strict=True)):
            yield known


def changes_at(resolved: ResolvedScenario, path: str, kind: SteeringKind, level: float) -> dict[str, Any]:
    """What `--set` writes for a level: dotted path -> a constant, or a distribution with its parameters moved."""
    if kind == "value":
        return {path: float(level)}
    numbers = resolved.numbers
    return {known: written_number(numbers[known], kind, level) for known in numbers_at(resolved, path)}


def joined(*variants: str | None) -> str | None:
    """Variants under one name; None where there is none."""
    return "+".join(variant for variant in variants if variant) or None


def with_levels(base: Scenario, factors: Sequence[StructureFactor], levels: Sequence[Any]) -> Scenario:
    """The scenario with structure factors at these levels."""
    pairs = list(zip(factors, levels, strict=True))
    changes = {factor.path: level for factor, level in pairs if factor.kind == "set"}
    overrides = [level for factor, level in pairs if factor.kind == "override" and level is not None]
    variant = joined(base.variant, *(level for factor, level in pairs if factor.kind == "variant"))
    scenario = base.set(changes) if changes else base
    scenario = scenario.override(*overrides) if overrides else scenario
    return scenario if variant is None or variant == base.variant else scenario.under(variant)


def moved(scenario: Scenario, factors: Sequence[NumberFactor], levels: Sequence[float]) -> Scenario:
    """The scenario with number factors at these levels, each by what the scenario itself says of its numbers."""
    changes: dict[str, Any] = {}
    variant = scenario.variant
    for factor, level in zip(factors, levels, strict=True):
        if factor.variant:
            variant = joined(variant, constant_variant(factor.path, level).name)
        elif factor.steering.targets:
            changes |= changes_at(scenario.resolved, factor.path, factor.steering.kind, level)
    changed = scenario.set(changes) if changes else scenario
    return changed if variant is None or variant == scenario.variant else changed.under(variant)


def cell_scenario(design: Design, point: int) -> Scenario:
    """The scenario of a design point (0 to P - 1, cell after cell): what its line of `parley compare` loads.

    Raises:
        IndexError: there is no such point.
    """
    if not 0 <= point < design.n_points:
        raise IndexError(f"point {point} of {design.n_points}")
    cell, row = divmod(point, len(design.points.luck))
    return moved(design.cells[cell].scenario, design.numbers, design.points.levels[row].tolist())


def compare_command(design: Design, point: int, file: Path | None = None) -> str:
    """The line that plays a design point as the sweep does, with the same counts, for a shell.

    `file` is where the scenario lies, by default where the design found it.

    Raises:
        IndexError: there is no such point.
    """
    scenario = cell_scenario(design, point)
    seed = int(design.seeds()[point % len(design.points.luck)])
    words = ["parley", "compare", str(file or scenario.file or scenario.name), "--formats", ",".join(design.formats)]
    runs = design.runs
    words += ["--draws", str(runs.draws), "--replications", str(runs.replications), "--seed", str(seed)]
    words += [] if scenario.scenario is None else ["--scenario", scenario.scenario]
    words += [word for name in scenario.overrides for word in ("--override", name)]
    words += [word for text in scenario.sets for word in ("--set", text)]
    words += [] if scenario.variant is None else ["--variant", scenario.variant]
    return shlex.join([*words, "--no-variants"])
