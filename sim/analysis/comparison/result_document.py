"""A comparison with everything that stands beside it, as one record: `comparison.json` is this record, written.

No times, no paths. Maps are keyed by ids (formats, outcomes, parties, issues), so that a value has a stable address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from sim.analysis.comparison.numeric_issues import NumericIssue
from sim.analysis.comparison.outside_view import OutsideView
from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE, MEASURES, RANGE_NOTE, Comparison, Likelihoods
from sim.analysis.comparison.verdict import RivalReadings, Verdict
from sim.analysis.sensitivity.variance_shares import RestsOn
from sim.analysis.theory.conflict import Conflict
from sim.analysis.theory.rational import RationalBenchmarks
from sim.analysis.theory.theory_compare import TheoryComparison
from sim.types import Outcome, Structure
from sim.types.marks import By
from sim.types.playing import Setting
from sim.types.records import Json, Names, to_data

Ending = Literal["draws", "precision", "budget", "stopped"]
"""Why there are no more runs: all draws asked for, as precise as asked for, time was up, or somebody stopped it."""
Omission = Literal["quick", "budget", "stopped"]
"""Why a part is not there, or not whole: a quick comparison goes without, time was up, or somebody stopped it."""
DRAWS, PRECISION, BUDGET, STOPPED, QUICK = "draws", "precision", "budget", "stopped", "quick"


@dataclass(frozen=True, kw_only=True)
class ComparisonResult(Comparison):
    """Talk formats compared on one scenario, and what is needed to judge the numbers and to make them again."""

    digest: str
    """SHA-256 of the resolved scenario, hexadecimal."""
    seed: int
    settings: Mapping[str, Setting]
    """Overrides, sets, scenario and variant, as given."""
    versions: Mapping[str, str]
    """Library -> version."""
    numbers_by_basis: Mapping[str, int]
    """Basis (stated, reported, analyst, assumed) -> how many numbers of the file rest on it."""
    ended: Ending = DRAWS
    """Why there are no more runs."""
    half_width: float = float("nan")
    """The widest half of the 95% intervals of settlement, and of the leading format's difference from the runner-up."""
    left_out: Mapping[str, Omission] = field(default_factory=dict)
    """Part (variants, constants, readings, benchmarks, theory, shares) that is not there, or not whole -> why."""
    structure: Structure
    """Parties, issues and formats in words; who sits where under which rules."""
    variants: Mapping[str, Likelihoods] = field(default_factory=dict)
    """Variant -> how likely everything is under its rules, with the help of the file's own on all draws."""
    verdict: Verdict | None = None
    """Whether the ranking of formats survives the variants; null if none were run."""
    benchmarks: RationalBenchmarks | None = None
    """Rational benchmarks over a sample of the draws; null if not asked for."""
    conflict: Conflict | None = None
    """How much conflict the file holds in the formats compared that are no tracks; null without benchmarks."""
    theory: TheoryComparison | None = None
    """The stationary equilibrium over a sample of the draws; null if not asked for."""
    numeric_issues: Annotated[tuple[NumericIssue, ...], By("id")] = ()
    variance_shares: RestsOn | None = None
    """What the answer rests on; null if not asked for."""
    rivals: RivalReadings | None = None
    """The comparison under each reading of contradicting sources; null if none were run."""
    history: OutsideView | None = None
    """Likelihoods beside the reference classes that the file names for them; null if it names none."""
    schema: Literal["parley/comparison/3"] = "parley/comparison/3"
    conditional: str = CONDITIONAL
    interval_note: str = INTERVAL_NOTE
    range_note: str = RANGE_NOTE
    outcomes: tuple[Outcome, ...] = tuple(Outcome)
    """Every way to end, from least to most."""
    measures: Mapping[str, str] = field(default_factory=lambda: MEASURES)
    """Measure -> words."""

    def to_data(self) -> Json:
        """The content of `comparison.json`."""
        return to_data(self, Names.of(self.structure, compared=[result.id for result in self.formats]))
