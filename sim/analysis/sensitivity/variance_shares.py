"""What the answer of a comparison rests on: shares of its variance by group of numbers, and the numbers to know better.

The answer is whether a run reaches the measure (a settlement): by how much the leading format is ahead of the runner-up
in it, run by run on the same chance, and the leading format alone.

Shape letters: D draws, F formats, R replications, Y answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.comparison.results import Comparison
from sim.analysis.sensitivity.held_numbers import Baseline, KeyNumber, key_numbers, told_of
from sim.analysis.sensitivity.inquiry import MEASURES, Counted, Inquiry, MainAnswer, Outcomes, SensitivitySizes, reached
from sim.analysis.sensitivity.walks import told, walked_shares
from sim.analysis.statistics.intervals import Estimate
from sim.scenario.sampling.unknowns import CONSTANTS, PARTITIONS
from sim.types.arrays import Floats
from sim.types.playing import SILENCE, Progress

NUMBERS, CHANCE = "numbers", "chance"


@dataclass(frozen=True)
class ExplainedAnswer:
    """One of the quantities that are explained: a format's measure, or the difference of two formats on it."""

    measure: str
    formats: tuple[str, ...]
    """One format, or the leading one and the runner-up."""
    variance: float
    """Of the answer in one run."""
    walks: int
    """Draws that were walked for it."""


@dataclass(frozen=True)
class VarianceGroup:
    """One group of a partition."""

    id: str
    kind: str
    """`NUMBERS`, `CONSTANTS` (of behaviour) or `CHANCE`."""
    count: int
    """Uncertain numbers in the group."""
    shares: tuple[Estimate, ...]
    """[Y] share of the variance of each answer."""


@dataclass(frozen=True)
class RestsOn:
    """What the answer rests on."""

    measure: str
    leader: str
    runner_up: str | None
    answers: tuple[ExplainedAnswer, ...]
    """The main answer, then, where there is a runner-up, the leading format alone."""
    partitions: dict[str, tuple[VarianceGroup, ...]]
    numbers: tuple[KeyNumber, ...]
    numbers_of: tuple[str, ...]
    """Formats of the answer that the numbers are told for: the main one, or the leading format alone where knowing all
    numbers would take nothing from the main answer that can be told from noise."""
    n_unknowns: int
    sizes: SensitivitySizes
    """The most that could be made."""
    n_widened: int = 0
    """Of the uncertain numbers those that the file assumes without a spread, drawn from a default one here alone."""


def rests_on(inquiry: Inquiry, baseline: Comparison, outcome: Outcomes, *, progress: Progress = SILENCE) -> RestsOn:
    """Plays the walks and the held numbers, and says what the answer rests on.

    The main answer is on settlement where any format reaches it, else on any text in force; of equals the first in file
    order leads. `outcome` [D, F, R] is how the runs of the baseline ended, whose scenario has no number widened, D at
    least as many as are held, R as are replicated. Of `inquiry.runs` those that prove needless are counted as made.
    """
    counted = Counted(progress)
    question, likely = _question(inquiry, outcome, counted)
    base = _baseline(question, likely)
    walked = walked_shares(question, base.pair)
    told_for = told_of(question, base.pair)
    numbers = key_numbers(told_for, base)
    progress.add(inquiry.runs - counted.runs)
    ids = [result.id for result in baseline.formats]
    named = tuple(ids[place] for place in question.pair)
    return RestsOn(
        measure=question.measure,
        leader=named[0],
        runner_up=named[1] if len(named) > 1 else None,
        answers=tuple(
            ExplainedAnswer(question.measure, named[: len(named) - n], of.variance, of.walks)
            for n, of in enumerate(walked)
        ),
        partitions={name: _groups(inquiry, name, [of.partitions[name] for of in walked]) for name in PARTITIONS},
        numbers=numbers,
        numbers_of=named[: len(told_for.pair)],
        n_unknowns=len(inquiry.unknowns),
        sizes=inquiry.sizes,
        n_widened=inquiry.n_widened,
    )


def _question(inquiry: Inquiry, outcome: Outcomes, progress: Progress) -> tuple[MainAnswer, Floats]:
    """The main answer, and [D, F, R] which runs reach its measure."""
    reach = {measure: reached(outcome, measure) for measure in MEASURES}
    measure = next((name for name, runs in reach.items() if runs.any()), MEASURES[0])
    order = np.argsort(-reach[measure].mean(axis=(0, 2)), kind="stable").tolist()
    return MainAnswer(inquiry, progress, measure, order[0], order[min(1, len(order) - 1)]), reach[measure]


def _baseline(question: MainAnswer, likely: Floats) -> Baseline:
    """The runs against which numbers are switched and held; played once more, as far as needed, if any is widened."""
    inquiry, n_reps = question.inquiry, question.inquiry.sizes.replications
    draws, formats = np.arange(inquiry.sizes.held), range(likely.shape[1])
    if not inquiry.n_widened:
        return Baseline(likely, likely[:, question.pair], likely[draws, :, :n_reps])
    pair = question.play(question.pair, question.draws(np.arange(inquiry.sizes.widened)))
    return Baseline(likely, pair, question.play(formats, question.draws(draws)))


def _groups(inquiry: Inquiry, partition: str, by_answer: Sequence[Sequence[Estimate]]) -> tuple[VarianceGroup, ...]:
    """The groups of a partition with their shares of every answer, chance last."""
    own = [PARTITIONS[partition](unknown) for unknown in inquiry.unknowns]
    named = [(id_, CONSTANTS if id_ == CONSTANTS else NUMBERS, own.count(id_)) for id_ in told(inquiry, partition)]
    return tuple(
        VarianceGroup(*group, tuple(estimates[row] for estimates in by_answer))
        for row, group in enumerate([*named, (CHANCE, CHANCE, 0)])
    )
