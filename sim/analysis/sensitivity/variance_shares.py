"""What the answer of a comparison rests on: shares of its variance by group of numbers, and the numbers to know better.

The answer is whether a run reaches the measure (a settlement), format by format, and the difference between the leading
format and the runner-up, run by run on the same chance.

A number is held at one value while everything else, chance included, stays what it was.

Shape letters: D draws, A those of the whole baseline where fewer are held (A >= D), S stations of a walk, F formats, R
replications, Y answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.results import Comparison
from sim.analysis.sensitivity.sensitivity_indices import answer_of, equal_bins, first_order, shapley_effects, shares
from sim.analysis.statistics.intervals import Estimate, linearised, nested_sum
from sim.engines.batch import play
from sim.scenario import Encoder
from sim.scenario.sampling.distributions import Streams, lot_streams, quantile
from sim.scenario.sampling.pick_freeze import Hold, Step, Switch, Switched, ranks
from sim.scenario.sampling.source import Source
from sim.scenario.sampling.unknowns import CONSTANTS, PARTITIONS, Unknown, unknowns
from sim.types import Outcome, Runs
from sim.types.arrays import Floats, Ints
from sim.types.marks import Axes, Index
from sim.types.playing import SILENCE, Progress, Size

MEASURES = ("settlement", "in_force")
LISTED = 10  # numbers whose better knowledge would change the answer most
LOW, HIGH = 0.1, 0.9  # quantiles at which a number is held. A red line is held at not meant and at meant.
EDGE = 2.0**-53  # a uniform so low that every line of any firmness is meant; 1 minus it: none that is not certain
NUMBERS, CHANCE = "numbers", "chance"
LOT = "the lot"  # group of a walk: who is drawn into contact groups. It is chance, though drawn once a draw.
Outcomes = NDArray[np.uint8]
STAYS, LEVEL, CHANGES = "stays", "level", "changes"


@dataclass(frozen=True)
class SensitivitySizes:
    """How many runs are made."""

    walks: int
    """Draws that are walked, at least 2."""
    held: int
    """Draws of which a number is held, at least 2."""
    replications: int = 2
    """Runs of chance for each draw and format: two, because chance is smaller than not knowing in most files."""


@dataclass(frozen=True)
class Inquiry:
    """What is to be explained: scenario, formats, sizes."""

    encoder: Encoder
    formats: tuple[int, ...]
    sizes: SensitivitySizes
    threads: int | None = None
    n_widened: int = 0
    """Numbers that have only a default spread in the encoder's scenario."""

    @cached_property
    def unknowns(self) -> tuple[Unknown, ...]:
        """Everything that is uncertain."""
        return unknowns(self.encoder)

    def groups(self, partition: str) -> tuple[str, ...]:
        """Groups of a partition, in file order; last the lot, where there is a contact group."""
        groups = tuple(dict.fromkeys(map(PARTITIONS[partition], self.unknowns)))
        return (*groups, LOT) if self.lots else groups

    @cached_property
    def lots(self) -> tuple[str, ...]:
        """Streams by which contact groups are drawn."""
        return lot_streams(self.encoder.resolved)

    @property
    def runs(self) -> int:
        """Runs that answering takes."""
        sizes, between = self.sizes, sum(max(len(self.groups(name)) - 1, 0) for name in PARTITIONS)
        walked = (1 + between) * sizes.walks * sizes.replications
        held = 2 * min(LISTED, len(self.unknowns)) * sizes.held * sizes.replications
        return (walked + held) * len(self.formats)


@dataclass(frozen=True)
class ExplainedAnswer:
    """One of the quantities that are explained: a format's measure, or the difference of two formats on it."""

    measure: str
    formats: tuple[str, ...]
    """One format, or the leading one and the runner-up."""
    variance: float
    """Of the answer in one run."""


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
class KeyNumber:
    """A number, and what knowing it would change."""

    unknown: Unknown
    share: Estimate
    """How much of the main answer's variance over draws would go; its interval holds for all numbers at once."""
    leader_share: Estimate
    """The same for the leading format's measure alone."""
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
class RestsOn:
    """What the answer rests on."""

    measure: str
    leader: str
    runner_up: str | None
    answers: tuple[ExplainedAnswer, ...]
    """The main answer first, then every format on every measure."""
    partitions: dict[str, tuple[VarianceGroup, ...]]
    numbers: tuple[KeyNumber, ...]
    n_unknowns: int
    sizes: SensitivitySizes
    n_widened: int = 0
    """Of the uncertain numbers those that the file assumes without a spread, drawn from a default one here alone."""

    @property
    def leader_answer(self) -> int:
        """Position of the leading format's measure among the answers."""
        key = (self.measure, (self.leader,))
        return [(answer.measure, answer.formats) for answer in self.answers].index(key)


@dataclass(frozen=True)
class _Main:
    """The main answer: measure, and positions of the leading format and the runner-up (the leader's if alone)."""

    inquiry: Inquiry
    outcome: Outcomes  # [D, F, R] of the baseline
    progress: Progress
    measure: str
    leader: int
    runner_up: int

    def of(self, values: Floats) -> Floats:
        """[..., R] from [..., F, R] of the measure."""
        first = values[..., self.leader, :]
        return first - values[..., self.runner_up, :] if self.runner_up != self.leader else first

    def answers(self, outcome: Outcomes) -> Floats:
        """[D, R, Y] from outcomes [D, F, R]: the main answer, then every format on every measure."""
        values = {measure: reached(outcome, measure) for measure in MEASURES}
        singles = [np.moveaxis(values[measure], 1, 2) for measure in MEASURES]
        return np.concatenate([self.of(values[self.measure])[..., None], *singles], axis=2)

    def play(self, switch: Switch, n_draws: int) -> Outcomes:
        """[D, F, R] outcomes of the first draws with some of their numbers switched or held."""
        inquiry = self.inquiry
        size = Size(n_draws, inquiry.sizes.replications, inquiry.encoder.seed, inquiry.threads)
        return play_outcomes(Switched(inquiry.encoder, switch), inquiry.formats, size, progress=self.progress)

    def streams(self, n_draws: int) -> Streams:
        """The uniforms of the baseline's draws."""
        return Streams(self.inquiry.encoder.seed, first_draw=0, n_draws=n_draws)


def rests_on(inquiry: Inquiry, baseline: Comparison, outcome: Outcomes, *, progress: Progress = SILENCE) -> RestsOn:
    """Plays the walks and the held numbers, and says what the answer rests on.

    The main answer is on settlement where any format reaches it, else on any text in force; of equals the first in file
    order leads. `outcome` [D, F, R] is how the runs of the inquiry's own scenario ended, the baseline's where it has no
    number widened, D and R at least as large as the inquiry's sizes.
    """
    results = baseline.formats
    likely = {measure: reached(outcome, measure).mean(axis=(0, 2)) for measure in MEASURES}
    measure = next((m for m in MEASURES if likely[m].max() > 0.0), MEASURES[0])
    order = sorted(range(len(results)), key=lambda f: -likely[measure][f])
    main = _Main(inquiry, outcome, progress, measure, order[0], order[min(1, len(order) - 1)])
    partitions: dict[str, tuple[VarianceGroup, ...]] = {}
    variances: list[float] = []
    for name, credits in _credits(main).items():
        by_answer = [shares(credits[:, :, y]) for y in range(credits.shape[2])]
        variances = [variance for _, variance in by_answer]
        partitions[name] = _groups(inquiry, name, [estimates for estimates, _ in by_answer])
    ids = [result.id for result in results]
    pair = tuple(dict.fromkeys((ids[main.leader], ids[main.runner_up])))
    named = [(measure, pair), *((m, (id_,)) for m in MEASURES for id_ in ids)]
    return RestsOn(
        measure=measure,
        leader=ids[main.leader],
        runner_up=None if main.leader == main.runner_up else ids[main.runner_up],
        answers=tuple(
            ExplainedAnswer(of, ids_of, variance) for (of, ids_of), variance in zip(named, variances, strict=True)
        ),
        partitions=partitions,
        numbers=_key_numbers(main),
        n_unknowns=len(inquiry.unknowns),
        sizes=inquiry.sizes,
        n_widened=inquiry.n_widened,
    )


def _credits(main: _Main) -> dict[str, Floats]:
    """Partition -> [D, groups + 1, Y] credits of the walks, the lot's with chance's; both ends are common to all."""
    inquiry, sizes = main.inquiry, main.inquiry.sizes

    def play(step: Step) -> Floats:
        return main.answers(main.play(step, sizes.walks))

    start = main.answers(main.outcome[: sizes.walks, :, : sizes.replications])
    end = play(_step(inquiry, next(iter(PARTITIONS)), last=True))
    by_partition: dict[str, Floats] = {}
    for name in PARTITIONS:
        groups = inquiry.groups(name)
        between = [play(_step(inquiry, name, taken)) for taken in range(1, len(groups))]
        stations = [start, *between, end] if groups else [start]
        no_steps = np.zeros((sizes.walks, 0), dtype=np.int64)
        order = ranks(main.streams(sizes.walks), name, groups) if groups else no_steps
        credits, _ = shapley_effects(np.stack(stations, axis=1), order)
        if inquiry.lots:
            credits[:, -1] += credits[:, -2]
            credits = np.delete(credits, -2, axis=1)
        by_partition[name] = credits
    return by_partition


def _step(inquiry: Inquiry, partition: str, taken: int = 0, *, last: bool = False) -> Step:
    """After so many steps of a partition's walk, or at its end."""
    groups, group_of = inquiry.groups(partition), PARTITIONS[partition]
    members = {stream: groups.index(group_of(unknown)) for unknown in inquiry.unknowns for stream in unknown.streams}
    members |= dict.fromkeys(inquiry.lots, len(groups) - 1)
    return Step(partition, groups, members, len(groups) if last else taken)


def _groups(inquiry: Inquiry, partition: str, by_answer: Sequence[Sequence[Estimate]]) -> tuple[VarianceGroup, ...]:
    """The groups of a partition with their shares of every answer, chance last."""
    own = [PARTITIONS[partition](unknown) for unknown in inquiry.unknowns]
    ids = [id_ for id_ in inquiry.groups(partition) if id_ != LOT]
    named = [(id_, CONSTANTS if id_ == CONSTANTS else NUMBERS, own.count(id_)) for id_ in ids]
    return tuple(
        VarianceGroup(*group, tuple(estimates[row] for estimates in by_answer))
        for row, group in enumerate([*named, (CHANCE, CHANCE, 0)])
    )


def _key_numbers(main: _Main) -> tuple[KeyNumber, ...]:
    """The numbers with the largest first-order shares of the main answer, each held at either end of its range."""
    base, numbers = reached(main.outcome, main.measure), main.inquiry.unknowns
    answer, leader = answer_of(main.of(base)), answer_of(base[:, main.leader])
    if answer.variance <= 0.0:
        return ()
    bins = [_bins(main, unknown) for unknown in numbers]
    screened = [first_order(answer, of_draw, n_numbers=len(numbers)) for of_draw in bins]
    rows: list[KeyNumber] = []
    for n in sorted(range(len(bins)), key=lambda n: -screened[n].value)[:LISTED]:
        low, high = (_held(main, base, *end) for end in _ends(main.inquiry, numbers[n]))
        leader_share = first_order(leader, bins[n], n_numbers=len(numbers))
        rows.append(KeyNumber(numbers[n], screened[n], leader_share, low, high))
    return tuple(rows)


def _bins(main: _Main, unknown: Unknown) -> Ints:
    """[D] bin of each draw; of a red line whether it is meant."""
    streams = main.streams(len(main.outcome))
    u = streams.uniforms(unknown.streams[0])
    if not unknown.line:
        return equal_bins(u)
    firmness = main.inquiry.encoder.resolved.numbers[unknown.path]
    return (u < quantile(firmness, streams.uniforms(unknown.streams[1]))).astype(np.int64)


def _ends(inquiry: Inquiry, unknown: Unknown) -> tuple[tuple[Hold, float], tuple[Hold, float]]:
    """What holds an unknown low and high, and the values it then has."""
    stream = unknown.streams[0]
    if unknown.line:
        return (Hold(stream, 1.0 - EDGE), 0.0), (Hold(stream, EDGE), 1.0)
    low, high = quantile(inquiry.encoder.resolved.numbers[unknown.path], np.array([LOW, HIGH])).tolist()
    return (Hold(stream, LOW), low), (Hold(stream, HIGH), high)


def _held(main: _Main, base: Floats, hold: Hold, value: float) -> Swing:
    held = reached(main.play(hold, main.inquiry.sizes.held), main.measure)
    return swing(value, base, held, leader=main.leader, runner_up=main.runner_up)


class KeptOutcomes:
    """Collects the outcomes of blocks of runs, [D, F, R]."""

    def __init__(self, n_draws: int, n_formats: int, replications: int) -> None:
        self.outcome: Outcomes = np.zeros((n_draws, n_formats, replications), dtype=np.uint8)

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take a block of whole draws, rows ordered draw, format, replication."""
        block = runs.outcome.reshape(-1, *self.outcome.shape[1:])
        self.outcome[first_draw : first_draw + len(block)] = block


def play_outcomes(source: Source, formats: Sequence[int], size: Size, *, progress: Progress = SILENCE) -> Outcomes:
    """[D, F, R] outcomes of runs that nothing else is kept of."""
    kept = KeptOutcomes(size.draws, len(formats), size.replications)
    play(source, formats, size, kept, progress=progress)
    return kept.outcome


def reached(outcome: Outcomes, measure: str) -> Floats:
    """1 where a run reached a measure, `settlement` or `in_force`."""
    least = {"settlement": Outcome.SETTLEMENT, "in_force": Outcome.PARTIAL}[measure]
    return (outcome >= least).astype(np.float64)


@dataclass(frozen=True)
class Swing:
    """What happens to the formats with one number held."""

    value: float
    """What it is held at; of a red line 1 (meant) or 0 (not meant)."""
    changes: Annotated[tuple[Estimate, ...], Axes("compared")]
    """[F] change of each format's likelihood, with paired 95% intervals."""
    gap: Estimate
    """Change of the difference between the leading format and the runner-up."""
    top: Annotated[int, Index("compared")]
    """Position of the format with the highest likelihood."""
    leader: str
    """`STAYS`, `CHANGES`, or `LEVEL`: another format is higher, and not beyond simulation error."""


def swing(value: float, base: Floats, held: Floats, *, leader: int, runner_up: int) -> Swing:
    """Compares runs with a number held at a value to the same runs without.

    Likelihoods with the number held are those of the whole baseline plus the paired change: more exact than the held
    runs alone. `base` [A, F, R] is 1 where a run of the baseline reached the measure, `held` [D, F, r] the same for its
    first D draws and r replications; the runner-up is the leading format itself where there is no other.
    """
    n_held, _, n_reps = held.shape
    moved = (held - base[:n_held, :, :n_reps]).mean(axis=2)
    share = base.mean(axis=2)
    likely = share.mean(axis=0) + moved.mean(axis=0)
    top = int(likely.argmax())
    status = STAYS
    if top != leader:
        ahead = nested_sum(share[:, top] - share[:, leader], moved[:, top] - moved[:, leader])
        status = CHANGES if ahead.low > 0.0 else LEVEL
    gap = moved[:, leader] - moved[:, runner_up] if runner_up != leader else moved[:, leader]
    return Swing(
        value=value,
        changes=tuple(paired_mean(column) for column in moved.T),
        gap=paired_mean(gap),
        top=top,
        leader=status,
    )


def paired_mean(change: Floats) -> Estimate:
    """Mean of paired changes [D] with its 95% interval over draws; exactly 0 where no run changed.

    The degrees of freedom are the draws in which anything changed, less one.
    """
    return linearised(change, np.ones(len(change))).estimates(np.count_nonzero(change) - 1.0)[0]
