"""The numbers to know better: ranked by what knowing them takes away, and held at either end.

A number is held at one value while everything else, chance included, stays what it was.

Shape letters: D draws, A those of the whole baseline where fewer are held (A >= D), F formats, R replications.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.sensitivity.inquiry import FIRST, LISTED, PRECISE, Inquiry, MainAnswer, ahead
from sim.analysis.sensitivity.sensitivity_indices import answer_of, equal_bins, first_order
from sim.analysis.statistics.intervals import Estimate, nested_sum, paired_mean
from sim.analysis.statistics.stopping import next_draws
from sim.scenario.sampling.distributions import quantile
from sim.scenario.sampling.pick_freeze import Hold
from sim.scenario.sampling.unknowns import Unknown
from sim.types.arrays import Floats, Ints
from sim.types.marks import Axes, Index

LOW, HIGH = 0.1, 0.9  # quantiles at which a number is held. A red line is held at not meant and at meant.
EDGE = 2.0**-53  # a uniform so low that every line of any firmness is meant; 1 minus it: none that is not certain
STAYS, LEVEL, CHANGES = "stays", "level", "changes"


@dataclass(frozen=True)
class Swing:
    """What happens to the formats with one number held."""

    value: float
    """What it is held at; of a red line 1 (meant) or 0 (not meant)."""
    changes: Annotated[tuple[Estimate, ...], Axes("compared")]
    """[F] change of each format's likelihood, with paired 95% intervals."""
    gap: Estimate
    """Change of the answer: of the difference between two formats, or of the leading one's likelihood."""
    top: Annotated[int, Index("compared")]
    """Position of the format with the highest likelihood."""
    leader: str
    """`STAYS`, `CHANGES`, or `LEVEL`: another format is higher, and not beyond simulation error."""


@dataclass(frozen=True)
class KeyNumber:
    """A number, and what knowing it would change."""

    unknown: Unknown
    share: Estimate
    """How much of the answer's variance over draws would go; its interval holds for all numbers at once."""
    low: Swing
    high: Swing

    COMPUTED: ClassVar = ("distinguishable", "could_change_leader")

    @property
    def distinguishable(self) -> bool:
        """Whether it can be told from a number that does nothing, by its share or by the runs with it held."""
        return any(estimate.side != 0 for estimate in (self.share, self.low.gap, self.high.gap))

    @property
    def leader(self) -> str:
        """`CHANGES` if another format leads at either end, `LEVEL` if one only draws level, else `STAYS`."""
        ends = (self.low.leader, self.high.leader)
        return CHANGES if CHANGES in ends else LEVEL if LEVEL in ends else STAYS

    @property
    def could_change_leader(self) -> bool:
        """Whether another format has the highest likelihood at either end."""
        return self.low.top != self.high.top or STAYS not in (self.low.leader, self.high.leader)


@dataclass(frozen=True)
class Baseline:
    """What a number that is held is held against: 1 where a run reached the measure."""

    likely: Floats
    """[A, F, R] in the baseline of the comparison."""
    pair: Floats
    """[A, 1 or 2, R] the leading format and the runner-up, in the inquiry's own scenario."""
    held: Floats
    """[D, F, R] every format in the inquiry's own scenario, for the draws of which a number is held."""


def key_numbers(question: MainAnswer, base: Baseline) -> tuple[KeyNumber, ...]:
    """The numbers with the largest first-order shares of the answer, each held at either end of its range.

    The answer is `question.pair`'s: the main one, or the leading format alone (`told_of`).
    """
    numbers = question.inquiry.unknowns
    answer = answer_of(ahead(base.pair[:, : len(question.pair)]))
    if not answer.knowable:
        return ()
    screened = [
        first_order(answer, _bins(question, unknown, len(base.pair)), n_numbers=len(numbers)) for unknown in numbers
    ]
    rows: list[KeyNumber] = []
    for n in sorted(range(len(numbers)), key=lambda n: -screened[n].value)[:LISTED]:
        low, high = (_held(question, base, *end) for end in _ends(question.inquiry, numbers[n]))
        rows.append(KeyNumber(numbers[n], screened[n], low, high))
    return tuple(rows)


def told_of(question: MainAnswer, pair: Floats) -> MainAnswer:
    """What the numbers are ranked for: the main answer, or the leading format alone where numbers hardly move that."""
    alone = replace(question, runner_up=question.leader)
    return question if answer_of(ahead(pair)).knowable else alone


def _bins(question: MainAnswer, unknown: Unknown, n_draws: int) -> Ints:
    """[A] bin of each draw; of a red line whether it is meant."""
    streams = question.uniforms(np.arange(n_draws))
    u = streams.uniforms(unknown.streams[0])
    if not unknown.line:
        return equal_bins(u)
    firmness = question.inquiry.encoder.resolved.numbers[unknown.path]
    return (u < quantile(firmness, streams.uniforms(unknown.streams[1]))).astype(np.int64)


def _ends(inquiry: Inquiry, unknown: Unknown) -> tuple[tuple[Hold, float], tuple[Hold, float]]:
    """What holds an unknown low and high, and the values it then has."""
    stream = unknown.streams[0]
    if unknown.line:
        return (Hold(stream, 1.0 - EDGE), 0.0), (Hold(stream, EDGE), 1.0)
    low, high = quantile(inquiry.encoder.resolved.numbers[unknown.path], np.array([LOW, HIGH])).tolist()
    return (Hold(stream, LOW), low), (Hold(stream, HIGH), high)


def _held(question: MainAnswer, base: Baseline, hold: Hold, value: float) -> Swing:
    """Holds a number in more and more draws, of the formats of which more have to be known."""
    n_held, n_formats = base.held.shape[:2]
    moved: list[Floats] = [np.zeros(0)] * n_formats
    formats, done, upto = list(range(n_formats)), 0, max(1, n_held // FIRST)
    while upto > done:
        played = question.play(formats, question.draws(np.arange(done, upto), hold))
        change = (played - base.held[done:upto, formats]).mean(axis=2)
        for place, column in zip(formats, change.T, strict=True):
            moved[place] = np.concatenate([moved[place], column])
        may_lead = _may_lead(question, base.likely, moved)
        formats, done = sorted({*may_lead, *question.pair}), upto
        gap = _gap(moved, question.leader, question.runner_up)
        upto = next_draws(done, 1.0 if may_lead else (gap.high - gap.low) / 2.0, PRECISE, most=n_held)
    return swing(value, base.likely, moved, leader=question.leader, runner_up=question.runner_up)


def _may_lead(question: MainAnswer, likely: Floats, moved: Sequence[Floats]) -> list[int]:
    """Formats beside the pair, played in all draws so far, that may lead by an amount that is not known well enough."""
    share, n_draws = likely.mean(axis=2), len(moved[question.leader])
    played = [place for place, column in enumerate(moved) if len(column) == n_draws and place not in question.pair]
    leads = {place: _lead(share, moved, place, question.leader) for place in played}
    return [place for place, lead in leads.items() if lead.high >= 0.0 and lead.high - lead.low > 2.0 * PRECISE]


def _lead(share: Floats, moved: Sequence[Floats], place: int, leader: int) -> Estimate:
    """How far a format is ahead of the leading one with a number held, from the draws played of both."""
    n_both = min(len(moved[place]), len(moved[leader]))
    return nested_sum(share[:, place] - share[:, leader], moved[place][:n_both] - moved[leader][:n_both])


def _gap(moved: Sequence[Floats], leader: int, runner_up: int) -> Estimate:
    if runner_up == leader:
        return paired_mean(moved[leader])
    return paired_mean(moved[leader] - moved[runner_up], furthest=2.0)


def swing(value: float, likely: Floats, moved: Sequence[Floats], *, leader: int, runner_up: int) -> Swing:
    """Compares runs with a number held at a value to the same runs without.

    Likelihoods with the number held are those of the whole baseline plus the paired change: more exact than the held
    runs alone. `likely` [A, F, R] is 1 where a run of the baseline reached the measure, `moved` has for each format the
    change of the share of runs that do [D], draw by draw, in the first D draws, which may be fewer than of another
    format; the runner-up is the leading format itself where there is no other.
    """
    share = likely.mean(axis=2)
    held = share.mean(axis=0) + [column.mean() for column in moved]
    top = int(held.argmax())
    status = STAYS
    if top != leader:
        status = CHANGES if _lead(share, moved, top, leader).low > 0.0 else LEVEL
    changes = tuple(paired_mean(column) for column in moved)
    return Swing(value, changes, _gap(moved, leader, runner_up), top, status)
