"""One talk, played again with everything that was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.app.errors import choose_one
from sim.app.scenarios import Scenario
from sim.engines.strategy import Strategy
from sim.engines.talk import play
from sim.types import Structure, Transcript


@dataclass(frozen=True)
class TracedTalk:
    """A talk and the names of its scenario."""

    transcript: Transcript
    structure: Structure
    format_index: int


def trace(
    scenario: Scenario,
    format: str | None = None,
    *,
    draw: int = 0,
    replication: int = 0,
    seed: int = 1,
    strategies: Mapping[str, Strategy] | None = None,
) -> TracedTalk:
    """Play one talk and keep its transcript; the same seed, draw and replication give the run of a comparison.

    The format may be left out where there is one. By party id, strategies of your own take the place of those of the
    file.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: the format does not exist.
        ValueError: a strategy is for a party that does not exist.
    """
    encoder = scenario.encoder(seed=seed)
    known = [info.id for info in encoder.structure.formats]
    index = choose_one(format, known, what="format", option="--format")
    played = play(encoder, format_index=index, draw=draw, replication=replication, strategies=strategies)
    return TracedTalk(played, encoder.structure, index)
