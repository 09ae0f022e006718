"""The scenarios that ship, each read once by all the tests of a worker: what is read is never changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from sim.scenario import Encoder, load_scenario

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
FLAGSHIP = SCENARIOS / "ukraine" / "anchorage-2025.yaml"
CAMP_DAVID = SCENARIOS / "camp-david-1978.yaml"

GAINS_ALONE: dict[str, Any] = {
    "optimism": -1.0,
    "signing_cost": 0.0,
    "concession_aversion": 1.0,
    "rules": {"single_undertaking": False, "foreseen_consent": False},
}
"""Behaviour that is a premise of tests of a mechanism by itself: a text is signed for its gains alone, part by part.

Nobody claims anything of waiting, asks for its signature, foresees the absent, or weighs concessions more.
"""
GAINS_ALONE_SETS = (
    *("behaviour.optimism=-1", "behaviour.signing_cost=0", "behaviour.concession_aversion=1"),
    *("behaviour.rules.single_undertaking=false", "behaviour.rules.foreseen_consent=false"),
)
"""The same for scenarios that ship."""

read = cache(load_scenario)


@cache
def encoder_of(path: Path, *, seed: int = 1, variant: str | None = None, sets: tuple[str, ...] = ()) -> Encoder:
    """Encoder of a scenario that ships, with `--set` changes or a variant."""
    return Encoder(read(path, sets=sets, variant=variant), seed=seed)
