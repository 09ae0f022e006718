"""Made-up ensembles: a toy process in which one constant moves the decision and another spreads it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.types import Constant, Ensemble, SpatialIssue, Stand

CONSTANTS = (
    Constant("lean", "how far decisions lean upwards", 0.0, 2.0),
    Constant("noise", "how far runs spread", 1.0, 3.0),
    Constant("idle", "does nothing", -1.0, 1.0),
)


def toy_issues(n_issues: int, seed: int = 1, outcomes: bool = True) -> tuple[SpatialIssue, ...]:
    """Issues of proposals of one to four, five actors each."""
    chance = np.random.Generator(np.random.Philox(key=seed))
    found, proposal, left = [], 0, 0
    for k in range(n_issues):
        if left == 0:
            proposal, left = proposal + 1, int(chance.integers(1, 5))
        left -= 1
        positions = np.sort(chance.integers(0, 101, 5))
        stands = tuple(
            Stand(chr(97 + a), float(positions[a]), float(chance.integers(20, 100)), float(chance.integers(1, 10)))
            for a in range(5)
        )
        outcome = float(np.clip(np.rint(positions[2] + 20 * chance.standard_normal()), 0, 100)) if outcomes else None
        kind = "unanimity" if proposal % 2 else "qmv"
        found.append(
            SpatialIssue(f"p{proposal}", f"i{k}", stands, outcome=outcome, wave=str(1 + proposal % 3), voting_rule=kind)
        )
    return tuple(found)


def toy_ensemble(issues: tuple[SpatialIssue, ...], n_draws: int = 60, runs: int = 40, seed: int = 5) -> Ensemble:
    """Decisions round the weighted mean, moved by the first constant and spread by the second; a Latin hypercube."""
    chance = np.random.Generator(np.random.Philox(key=seed))
    strata = np.array([chance.permutation(n_draws) for _ in range(3)]).T
    uniforms = (strata + chance.random((n_draws, 3))) / n_draws
    counts = np.zeros((len(issues), n_draws, 101), dtype=np.int32)
    for i, one in enumerate(issues):
        centre = float(one.weights @ one.positions)
        drawn = (
            centre
            + 40 * (uniforms[:, :1] - 0.5)
            + (4 + 16 * uniforms[:, 1:2]) * chance.standard_normal((n_draws, runs))
        )
        at = np.clip(np.rint(drawn), 0, 100).astype(np.int64)
        np.add.at(counts[i], (np.arange(n_draws)[:, None], at), 1)
    return Ensemble(issues, counts, runs, CONSTANTS, uniforms)


def with_outcomes(issues: tuple[SpatialIssue, ...], outcomes: np.ndarray) -> tuple[SpatialIssue, ...]:
    return tuple(replace(one, outcome=float(y)) for one, y in zip(issues, outcomes, strict=True))
