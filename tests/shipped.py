"""The scenarios that ship, each read once by all the tests of a worker: what is read is never changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sim.scenario import Encoder, load_scenario

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
FLAGSHIP = SCENARIOS / "ukraine" / "anchorage-2025.yaml"
CAMP_DAVID = SCENARIOS / "camp-david-1978.yaml"

read = cache(load_scenario)


@cache
def encoder_of(path: Path, *, seed: int = 1, variant: str | None = None, sets: tuple[str, ...] = ()) -> Encoder:
    """Encoder of a scenario that ships, with `--set` changes or a variant."""
    return Encoder(read(path, sets=sets, variant=variant), seed=seed)
