"""Comparisons under rival readings of the sources, and whether the ranking of formats depends on which one believes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.analysis.comparison.results import MEASURES, Comparison
from sim.analysis.comparison.verdict import FLIPS, JUDGED, UNCLEAR, Verdict
from sim.analysis.statistics.json_numbers import estimate
from sim.types.message import Message


@dataclass(frozen=True)
class Reading:
    """One reading of a contradiction: the comparison if one believes it."""

    rival: str
    name: str
    """Name of the override."""
    said: Message
    """What it changes."""
    found: Comparison

    @property
    def key(self) -> str:
        """Name among the variants of the verdict."""
        return f"{self.rival}: {self.name}"


@dataclass(frozen=True)
class RivalReadings:
    """The comparison under each reading of the sources where they contradict each other."""

    questions: Mapping[str, str]
    """Contradiction -> the question it leaves."""
    readings: tuple[Reading, ...]
    judged: Verdict
    """The baseline's ranking judged by all readings; variants are named by `Reading.key`."""

    def of(self, rival: str) -> tuple[Reading, ...]:
        """The readings of one contradiction."""
        return tuple(one for one in self.readings if one.rival == rival)

    def reversed_pairs(self, reading: Reading) -> int:
        """Pairs told apart in the file whose order a reading reverses, over all judged measures."""
        return self.judged.fates(reading.key)[FLIPS]

    def level_pairs(self, reading: Reading) -> int:
        """Pairs told apart in the file that cannot be told apart under a reading."""
        return self.judged.fates(reading.key)[UNCLEAR]

    def tops(self, rival: str, measure: str) -> tuple[str, ...]:
        """The formats that get furthest on a measure under the readings of one contradiction, each once."""
        return tuple(dict.fromkeys(one.found.top(measure) for one in self.of(rival)))

    def decides(self, rival: str) -> bool:
        """Whether some reading reverses the order of a pair of formats."""
        return any(self.reversed_pairs(one) for one in self.of(rival))


def with_rivals(content: dict[str, Any], found: RivalReadings | None) -> dict[str, Any]:
    """The content of `comparison.json` with the readings filled in; null where none were run."""
    return {**content, "rivals": None if found is None else rivals_json(found)}


def rivals_json(found: RivalReadings) -> dict[str, Any]:
    """The readings as plain data."""
    return {
        rival: {
            "question": question,
            "decides": found.decides(rival),
            "readings": {
                one.name: {
                    "changes": str(one.said),
                    "formats": {
                        result.id: {name: estimate(result.measures[name]) for name in MEASURES}
                        for result in one.found.formats
                    },
                    "top": {measure: one.found.top(measure) for measure in JUDGED},
                    "pairs_reversed": found.reversed_pairs(one),
                    "pairs_level": found.level_pairs(one),
                }
                for one in found.of(rival)
            },
        }
        for rival, question in found.questions.items()
    }
