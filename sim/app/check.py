"""What a scenario file says before any run: what is worth a second look, and how much conflict it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from sim.analysis.theory.conflict import SAMPLE, Conflict, conflict
from sim.app.scenarios import Scenario
from sim.scenario import Encoder, ResolvedScenario, warnings_of
from sim.types import Structure
from sim.types.marks import HIDDEN
from sim.types.records import Json, Names, to_data

SEED = 1
"""The sample is of the first draws of a comparison with this seed, the default."""


@dataclass(frozen=True)
class Checked:
    """What a sound scenario file says before any run."""

    scenario_id: str
    digest: str
    """SHA-256 of the resolved scenario, hexadecimal."""
    worth_a_look: tuple[str, ...]
    """What in the file is worth a second look, with its place."""
    conflict: Conflict
    structure: Structure
    resolved: Annotated[ResolvedScenario, HIDDEN]
    schema: Literal["parley/check/1"] = "parley/check/1"

    def to_data(self) -> Json:
        """What `parley check --json` prints."""
        return to_data(self, Names.of(self.structure))


def check(scenario: Scenario) -> Checked:
    """Read a scenario, and say what is worth a second look and how much conflict it holds.

    Raises:
        ScenarioError: the file, an override of it or a change to it is wrong.
    """
    return checked(scenario.check_overrides())


def checked(resolved: ResolvedScenario) -> Checked:
    """The same of a scenario that has been resolved."""
    encoder = Encoder(resolved, seed=SEED)
    return Checked(
        scenario_id=resolved.id,
        digest=resolved.digest,
        worth_a_look=tuple(
            f"{f'{one.path}: ' if one.path else ''}{one.message} ({one.seen})" for one in warnings_of(resolved)
        ),
        conflict=conflict(encoder.tables(0, SAMPLE), encoder.structure),
        structure=encoder.structure,
        resolved=resolved,
    )
