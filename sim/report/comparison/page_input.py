"""What the page is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.analysis.comparison.numeric_issues import NumericIssue
from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.rival_readings import RivalReadings
from sim.analysis.comparison.verdict import Verdict
from sim.analysis.sensitivity.variance_shares import RestsOn
from sim.analysis.theory.rational import RationalBenchmarks
from sim.analysis.theory.theory_compare import TheoryComparison
from sim.scenario.sampling.encode import NumberRow
from sim.types import Structure


@dataclass(frozen=True)
class Source:
    """A document or claim that numbers cite."""

    title: str
    note: str = ""


@dataclass(frozen=True)
class Making:
    """How the comparison was made: enough to make it again."""

    command: str
    """The command line, without paths of the machine it ran on."""
    seed: int
    digest: str
    """SHA-256 of the resolved scenario."""
    versions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    """Sets, overrides, scenario and variant of the baseline, in words."""


@dataclass(frozen=True)
class ReportInput:
    """Everything on the page."""

    comparison: Comparison
    structure: Structure
    numbers: Sequence[NumberRow]
    references: Mapping[str, Source]
    transcripts: Mapping[str, Sequence[str]]
    """Format id -> one talk in plain lines."""
    making: Making
    variants: Mapping[str, Comparison] = field(default_factory=dict)
    variant_sentences: Mapping[str, str] = field(default_factory=dict)
    """Variant name -> what it changes."""
    judged: Verdict | None = None
    benchmarks: RationalBenchmarks | None = None
    theory: TheoryComparison | None = None
    rests: RestsOn | None = None
    rivals: RivalReadings | None = None
    numeric: Sequence[NumericIssue] = ()
    summary: str = ""
    """What the scenario is about, from its file."""
    as_of: str = ""
    notes: str = ""
