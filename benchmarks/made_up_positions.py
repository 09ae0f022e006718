"""Made-up position tables that look like tables of the Council: a seed, no data.

Every scale runs from 0 to 100 with an actor at each end, most actors stand in two to four camps, weights are as uneven
as votes of states, voting rules are mixed, and some issues have a reference point and some have none.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sim.interop.table_forms import read_table, table_text
from sim.types import PositionTable, SpatialIssue, Stand

N_PROPOSALS = 25
SEED = 1
ISSUES = (1, 2, 3, 2, 2)
"""Issues of a proposal, in turn: two on average."""
RULES = ("Unan", "QMV", "Simple", "QMV", "")
"""Voting rules, one after another over every five proposals."""
ACTORS = (5, 12)
VOTES = (2, 3, 4, 5, 8, 10)


def made_up_table(n_proposals: int = N_PROPOSALS, *, seed: int = SEED) -> PositionTable:
    """A table of so many proposals, two issues each on average, written as a long CSV and read like a user's file.

    Args:
        n_proposals: proposals; 25 have 50 issues.
        seed: key of the Philox stream.
    """
    chance = np.random.Generator(np.random.Philox(key=seed))
    issues: list[SpatialIssue] = []
    for k in range(n_proposals):
        turn = k // len(ISSUES)
        rule = RULES[(k + turn) % len(RULES)]
        issues += _proposal(f"proposal {k + 1}", ISSUES[k % len(ISSUES)], rule, chance)
    text, _ = table_text(PositionTable(tuple(issues)), "long")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made-up.csv"
        path.write_text(text, encoding="utf-8")
        return read_table(path).table


def _proposal(name: str, n_issues: int, rule: str, chance: np.random.Generator) -> list[SpatialIssue]:
    n_actors = int(chance.integers(ACTORS[0], ACTORS[1] + 1))
    votes = chance.choice(VOTES, n_actors)
    found: list[SpatialIssue] = []
    for k in range(n_issues):
        inner = 10 * chance.choice(np.arange(1, 10), int(chance.integers(0, 3)), replace=False)
        camps = np.concatenate(([0, 100], inner))
        positions = chance.choice(camps, n_actors)
        positions[chance.choice(n_actors, 2, replace=False)] = 0, 100
        salience = 10 * chance.integers(2, 11, n_actors)
        stands = tuple(
            Stand(f"actor {a + 1}", float(positions[a]), float(salience[a]), float(votes[a])) for a in range(n_actors)
        )
        reference = float(chance.choice(camps)) if chance.random() < 0.6 else None
        found.append(SpatialIssue(name, f"{name}, issue {k + 1}", stands, voting_rule=rule, reference_point=reference))
    return found
