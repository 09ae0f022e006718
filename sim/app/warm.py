"""Everything compiled ahead: the loops of all protocols, what tells single talks, and the tracks of a scenario."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.app.scenarios import Scenario
from sim.engines import steps, talk
from sim.engines.kernels import block_runners, load_protocol
from sim.formats.protocols import BY_NUMBER
from sim.rules.kernel import Unit
from sim.rules.library import cache_dir, kept_objects, prune_cache

Job = tuple[str, Callable[[], None]]


@dataclass(frozen=True)
class Warmed:
    """What was compiled, and where it lies."""

    compiled: int
    """Rules that were not there before; of `kept`."""
    kept: int
    seconds: float
    """By the clock."""
    folder: Path


def warm(scenario: Scenario | None = None, say: Callable[[str], None] = lambda _: None) -> Warmed:
    """Compile, or load, all that a comparison and a told talk need; `say` is told what comes next.

    Raises:
        ScenarioError: the file or a change to it is wrong.
    """
    begun, before = time.monotonic(), kept_objects()
    jobs = list(_jobs(scenario))
    for number, (label, load) in enumerate(jobs, 1):
        say(f"{number} of {len(jobs)}: {label}")
        load()
    prune_cache()
    return Warmed(kept_objects() - before, kept_objects(), time.monotonic() - begun, cache_dir())


def _jobs(scenario: Scenario | None) -> Iterator[Job]:
    for protocol in BY_NUMBER:
        yield protocol.title, lambda name=protocol.name: load_protocol(name)
    yield "single talks", lambda: _load(_units_of_talks())
    if scenario is not None:
        source = scenario.encoder(seed=0)
        runners = block_runners(source.tables(0, 1), range(len(source.structure.formats)))
        yield f"the tracks of {source.structure.title}", lambda: _load(unit for _, unit in runners)


def _units_of_talks() -> Iterator[Unit]:
    for module in (steps, talk):
        yield from (value for value in vars(module).values() if isinstance(value, Unit))


def _load(units: Iterator[Unit]) -> None:
    for unit in units:
        unit.load()
