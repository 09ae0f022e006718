"""Hypotheses about simulated talks, true or false: one metric above another, near it, above or below a bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from sim.analysis.experiments.cells import Cell
from sim.analysis.experiments.metrics import Metric, MetricCounts
from sim.analysis.statistics.intervals import UNBOUNDED, Estimate
from sim.types.marks import HIDDEN

HypothesisKind = Literal["greater", "near", "above", "below"]
Counts = Mapping[Cell, Mapping[Metric, MetricCounts]]  # what was counted in the cells played


@dataclass(frozen=True)
class Term:
    """A metric in a cell, with words for it."""

    cell: Cell
    metric: Annotated[Metric, HIDDEN]
    words: str


@dataclass(frozen=True)
class Hypothesis:
    """`first` is greater than `second`, near it (within `bound`), or above or below `bound`."""

    kind: HypothesisKind
    first: Term
    second: Term | None = None
    bound: float = 0.0

    @property
    def terms(self) -> tuple[Term, ...]:
        """One or two."""
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def words(self) -> str:
        """The hypothesis for people."""
        other = self.second.words if self.second else ""
        match self.kind:
            case "greater":
                return f"{self.first.words} is greater than {other}"
            case "near":
                return f"{self.first.words} is within {self.bound:g} of {other}"
            case _:
                return f"{self.first.words} is {self.kind} {self.bound:g}"

    def judged(self, first: MetricCounts, second: MetricCounts | None) -> HypothesisResult:
        """Whether it holds in these runs by the point estimates of its one or two terms, on the same draws."""
        if not first.known or (second is not None and not second.known):
            return HypothesisResult(None, first, second, UNBOUNDED)
        estimate = first.estimate if second is None else first.minus(second)
        return HypothesisResult(self.true_of(estimate.value, estimate.value), first, second, estimate)

    def true_of(self, low: float, high: float) -> bool:
        """Whether it is true of all values between: of the first term, or of the first less the second."""
        return {
            "greater": low > 0.0,
            "near": low >= -self.bound and high <= self.bound,
            "above": low > self.bound,
            "below": high < self.bound,
        }[self.kind]


@dataclass(frozen=True)
class HypothesisResult:
    """A hypothesis in one family of runs."""

    holds: bool | None
    """None where there is nothing to count among (no text was signed, say)."""
    first: MetricCounts
    second: MetricCounts | None
    estimate: Estimate
    """The first term where there is one, else the difference, first minus second."""

    def fits(self, hypothesis: Hypothesis) -> bool | None:
        """Whether the runs of a cell bear the hypothesis out; None where they cannot tell.

        Nearness is an equivalence test (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15): it is borne out by an
        interval within its bound, refuted by one beyond it, and open in between. The other kinds fit where they hold.
        """
        if hypothesis.kind != "near" or self.holds is None:
            return self.holds
        beyond = self.estimate.low > hypothesis.bound or self.estimate.high < -hypothesis.bound
        return False if beyond else self.surely(hypothesis) or None

    def surely(self, hypothesis: Hypothesis) -> bool:
        """Whether the whole interval is on the hypothesis's side."""
        return hypothesis.true_of(self.estimate.low, self.estimate.high)


def metrics_by_cell(pairs: Iterable[tuple[Cell, Metric]]) -> dict[Cell, list[Metric]]:
    """What is to be counted in each cell, in the order in which it is first named."""
    metrics: dict[Cell, dict[Metric, None]] = {}
    for cell, metric in pairs:
        metrics.setdefault(cell, {})[metric] = None
    return {cell: list(named) for cell, named in metrics.items()}


def judge_all(
    hypotheses: Iterable[Hypothesis], counts: Counts, draws: slice = slice(None)
) -> tuple[HypothesisResult, ...]:
    """Each hypothesis in one family of runs, or in some of its draws."""
    results: list[HypothesisResult] = []
    for hypothesis in hypotheses:
        first, *rest = (counts[term.cell][term.metric].part(draws) for term in hypothesis.terms)
        results.append(hypothesis.judged(first, rest[0] if rest else None))
    return tuple(results)


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """False where one is, else None where one is unknown."""
    answers = list(answers)
    return False if False in answers else None if None in answers else True


def holds_in_sets(hypotheses: Sequence[Hypothesis], counts: Counts, n_sets: int) -> tuple[bool | None, ...]:
    """Whether all fit, set by set: of `designed` cells, draw d is of set d modulo `n_sets`; None as in `all_of`."""
    answers: list[bool | None] = []
    for row in range(n_sets):
        results = judge_all(hypotheses, counts, slice(row, None, n_sets))
        answers.append(all_of(result.fits(one) for one, result in zip(hypotheses, results, strict=True)))
    return tuple(answers)
