"""Comparisons under rival readings of the sources, and whether the ranking of formats depends on which one believes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from sim.analysis.comparison.results import Comparison, Likelihoods
from sim.analysis.comparison.verdict import FLIPS, JUDGED, UNCLEAR, Verdict
from sim.types.marks import As, By
from sim.types.message import Message


@dataclass(frozen=True)
class RivalReading:
    """One reading of a contradiction: the comparison if one believes it."""

    rival: str
    name: str
    """Name of the override."""
    changes: Message
    """What it changes."""
    comparison: Annotated[Comparison, As(Likelihoods)]

    COMPUTED: ClassVar = ("tops",)

    @property
    def tops(self) -> dict[str, str]:
        """The format that gets furthest on each judged measure."""
        return {measure: self.comparison.top(measure) for measure in JUDGED}

    @property
    def key(self) -> str:
        """Name among the variants of the verdict."""
        return f"{self.rival}: {self.name}"


@dataclass(frozen=True)
class RivalReadings:
    """The comparison under each reading of the sources where they contradict each other."""

    questions: Mapping[str, str]
    """Contradiction -> the question it leaves."""
    readings: Annotated[tuple[RivalReading, ...], By("rival", "name")]
    verdict: Verdict
    """The baseline's ranking judged by all readings; variants are named by `RivalReading.key`."""

    COMPUTED: ClassVar = ("deciding", "pairs_reversed", "pairs_level")

    @property
    def deciding(self) -> tuple[str, ...]:
        """Contradictions of which some reading reverses the order of a pair of formats."""
        return tuple(rival for rival in self.questions if self.decides(rival))

    @property
    def pairs_reversed(self) -> dict[tuple[str, str], int]:
        """Contradiction and reading -> `reversed_pairs`."""
        return {(reading.rival, reading.name): self.reversed_pairs(reading) for reading in self.readings}

    @property
    def pairs_level(self) -> dict[tuple[str, str], int]:
        """Contradiction and reading -> `level_pairs`."""
        return {(reading.rival, reading.name): self.level_pairs(reading) for reading in self.readings}

    def of(self, rival: str) -> tuple[RivalReading, ...]:
        """The readings of one contradiction."""
        return tuple(reading for reading in self.readings if reading.rival == rival)

    def reversed_pairs(self, reading: RivalReading) -> int:
        """Pairs told apart in the file whose order a reading reverses, over all judged measures."""
        return self.verdict.fates(reading.key)[FLIPS]

    def level_pairs(self, reading: RivalReading) -> int:
        """Pairs told apart in the file that cannot be told apart under a reading."""
        return self.verdict.fates(reading.key)[UNCLEAR]

    def tops(self, rival: str, measure: str) -> tuple[str, ...]:
        """The formats that get furthest on a measure under the readings of one contradiction, each once."""
        return tuple(dict.fromkeys(reading.comparison.top(measure) for reading in self.of(rival)))

    def decides(self, rival: str) -> bool:
        """Whether some reading reverses the order of a pair of formats."""
        return any(map(self.reversed_pairs, self.of(rival)))
