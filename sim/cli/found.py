"""What a comparison found, as its wiring hands it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.analysis import Comparison, Verdict
    from sim.analysis.comparison.numeric_issues import NumericIssue
    from sim.analysis.comparison.rival_readings import RivalReadings
    from sim.analysis.sensitivity.variance_shares import RestsOn
    from sim.analysis.theory.rational import RationalBenchmarks
    from sim.analysis.theory.theory_compare import TheoryComparison


@dataclass(frozen=True)
class Robustness:
    """The runs that ask whether the ranking survives other rules and constants."""

    variants: dict[str, Comparison]
    judged: Verdict | None


@dataclass(frozen=True)
class Beside:
    """What theory says beside a comparison."""

    benchmarks: RationalBenchmarks | None = None
    theory: TheoryComparison | None = None


@dataclass(frozen=True)
class Found:
    """The comparison, and everything that stands beside it."""

    baseline: Comparison
    robustness: Robustness
    beside: Beside
    rests: RestsOn | None = None
    rivals: RivalReadings | None = None
    numeric: tuple[NumericIssue, ...] = ()
