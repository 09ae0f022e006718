"""The numbers of a scenario by the claims that they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.app.errors import choose
from sim.app.scenarios import Scenario
from sim.scenario import NumberRow, ResolvedScenario


@dataclass(frozen=True)
class Cited:
    """A claim and the numbers that cite it."""

    id: str
    title: str
    note: str
    numbers: tuple[NumberRow, ...]


@dataclass(frozen=True)
class Evidence:
    """Claims with their numbers, and the numbers that rest on none."""

    resolved: ResolvedScenario
    claims: tuple[Cited, ...]
    bare: tuple[NumberRow, ...]
    """Numbers that cite nothing; empty where only some claims were asked for."""
    n_numbers: int
    """Numbers that the file gives."""


def evidence(scenario: Scenario, claims: Sequence[str] = ()) -> Evidence:
    """Every claim (or those named) with the numbers that cite it; one that cites several stands under each of them.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: there is no such claim.
    """
    encoder = scenario.encoder(seed=0)
    rows = [row for row in encoder.numbers() if row.given]
    cited = [
        Cited(key, reference.title, reference.note or "", tuple(row for row in rows if key in row.sources))
        for key, reference in (encoder.resolved.references or {}).items()
    ]
    known = [claim.id for claim in cited]
    kept = tuple(cited[index] for index in choose(claims or known, known, what="claim"))
    bare = () if claims else tuple(row for row in rows if not row.sources)
    return Evidence(encoder.resolved, kept, bare, len(rows))
