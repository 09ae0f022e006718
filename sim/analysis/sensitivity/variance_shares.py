"""What the answer of a comparison rests on: shares of its variance by group of numbers, and the numbers to know better.

The answer is whether a run reaches the measure (a settlement), format by format, and the difference between the leading
format and the runner-up, run by run on the same chance.

Shape letters: D draws, S stations of a walk, F formats, R replications, Y answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.results import Comparison
from sim.analysis.sensitivity.kept_outcomes import Outcomes, play_outcomes, reached
from sim.analysis.sensitivity.screening import answer_of, equal_bins, first_order
from sim.analysis.sensitivity.shapley import shapley_effects, shares
from sim.analysis.sensitivity.tornado import CHANGES, LEVEL, STAYS, Swing, swing
from sim.analysis.statistics.intervals import Estimate
from sim.scenario import Encoder
from sim.scenario.sampling.distributions import Streams, quantile
from sim.scenario.sampling.drawn_numbers import lot_streams
from sim.scenario.sampling.pick_freeze import Hold, Step, Switch, Switched, ranks
from sim.scenario.sampling.unknowns import CONSTANTS, PARTITIONS, Unknown, unknowns
from sim.types.playing import SILENCE, Progress, Size

Floats = NDArray[np.float64]
MEASURES = ("settlement", "in_force")
LISTED = 10
"""Numbers whose better knowledge would change the answer most."""
LOW, HIGH = 0.1, 0.9
"""Quantiles at which a number is held. A red line is held at not meant and at meant."""
EDGE = 2.0**-53
"""A uniform so low that every line of any firmness is meant; 1 minus it: none that is not certain."""
NUMBERS, CHANCE = "numbers", "chance"
LOT = "the lot"
"""Group of a walk: who is drawn into contact groups. It is chance, though drawn once a draw."""


@dataclass(frozen=True)
class Sizes:
    """How many runs are made."""

    walks: int
    """Draws that are walked, at least 2."""
    held: int
    """Draws of which a number is held, at least 2."""
    replications: int = 2
    """Runs of chance for each draw and format: two, because chance is smaller than not knowing in most files."""


@dataclass(frozen=True)
class Inquiry:
    """What is asked."""

    encoder: Encoder
    formats: tuple[int, ...]
    sizes: Sizes
    threads: int | None = None

    @cached_property
    def unknowns(self) -> tuple[Unknown, ...]:
        """Everything that is uncertain."""
        return unknowns(self.encoder)

    def groups(self, partition: str) -> tuple[str, ...]:
        """Groups of a partition, in file order; last the lot, where there is a contact group."""
        found = dict.fromkeys(map(PARTITIONS[partition], self.unknowns))
        return (*found, LOT) if self.lots else tuple(found)

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
class Answer:
    """One of the quantities that are explained: a format's measure, or the difference of two formats on it."""

    measure: str
    formats: tuple[str, ...]
    """One format, or the leading one and the runner-up."""
    variance: float
    """Of the answer in one run."""


@dataclass(frozen=True)
class Part:
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
        return any(found.side != 0 for found in (self.share, self.low.gap, self.high.gap))

    @property
    def leader(self) -> str:
        """`CHANGES` if another format leads at either end, `LEVEL` if one only draws level, else `STAYS`."""
        ends = (self.low.leader, self.high.leader)
        return CHANGES if CHANGES in ends else LEVEL if LEVEL in ends else STAYS

    @property
    def could_change_leader(self) -> bool:
        """Whether another format has the highest likelihood at either end."""
        return self.low.top != self.high.top or "stays" not in (self.low.leader, self.high.leader)


@dataclass(frozen=True)
class RestsOn:
    """What the answer rests on."""

    measure: str
    leader: str
    runner_up: str | None
    answers: tuple[Answer, ...]
    """The main answer first, then every format on every measure."""
    partitions: dict[str, tuple[Part, ...]]
    numbers: tuple[KeyNumber, ...]
    n_unknowns: int
    sizes: Sizes

    @property
    def leader_answer(self) -> int:
        """Position of the leading format's measure among the answers."""
        wanted = (self.measure, (self.leader,))
        return next(y for y, one in enumerate(self.answers) if (one.measure, one.formats) == wanted)


@dataclass(frozen=True)
class _Main:
    """The main answer: measure, and positions of the leading format and the runner-up (the leader's if alone)."""

    measure: str
    leader: int
    runner_up: int

    def of(self, found: Floats) -> Floats:
        """[..., R] from [..., F, R] of the measure."""
        first = found[..., self.leader, :]
        return first - found[..., self.runner_up, :] if self.runner_up != self.leader else first


def rests_on(asked: Inquiry, baseline: Comparison, outcome: Outcomes, *, progress: Progress = SILENCE) -> RestsOn:
    """Plays the walks and the held numbers, and says what the answer rests on.

    Args:
        asked: scenario, formats, sizes.
        baseline: the comparison.
        outcome: [D, F, R] how its runs ended; D and R at least as large as those of `asked.sizes`.
        progress: told of the runs that are finished.
    """
    main = _main(baseline)
    ids = [one.id for one in baseline.formats]
    credits = _credits(asked, main, outcome, progress)
    partitions: dict[str, tuple[Part, ...]] = {}
    variances: list[float] = []
    for name, found in credits.items():
        by_answer = [shares(found[:, :, y]) for y in range(found.shape[2])]
        variances = [variance for _, variance in by_answer]
        partitions[name] = _parts(asked, name, [parts for parts, _ in by_answer])
    single = [(measure, (one,)) for measure in MEASURES for one in ids]
    pair = (ids[main.leader],) if main.leader == main.runner_up else (ids[main.leader], ids[main.runner_up])
    named = [(main.measure, pair), *single]
    return RestsOn(
        measure=main.measure,
        leader=ids[main.leader],
        runner_up=None if main.leader == main.runner_up else ids[main.runner_up],
        answers=tuple(
            Answer(measure, formats, variance) for (measure, formats), variance in zip(named, variances, strict=True)
        ),
        partitions=partitions,
        numbers=_key_numbers(asked, main, outcome, progress),
        n_unknowns=len(asked.unknowns),
        sizes=asked.sizes,
    )


def _main(baseline: Comparison) -> _Main:
    """Settlement where any format reaches it, else any text in force; equals in file order."""
    measure = next((m for m in MEASURES if any(one.measures[m].value > 0 for one in baseline.formats)), MEASURES[0])
    order = sorted(range(len(baseline.formats)), key=lambda f: -baseline.formats[f].measures[measure].value)
    return _Main(measure, order[0], order[min(1, len(order) - 1)])


def _credits(asked: Inquiry, main: _Main, outcome: Outcomes, progress: Progress) -> dict[str, Floats]:
    """Partition -> [D, groups + 1, Y] credits of the walks, the lot's with chance's; both ends are common to all."""
    sizes = asked.sizes

    def play(step: Step) -> Floats:
        return _answers(_play(asked, step, sizes.walks, sizes.replications, progress=progress), main)

    start = _answers(outcome[: sizes.walks, :, : sizes.replications], main)
    end = play(_step(asked, next(iter(PARTITIONS)), last=True))
    plain = Streams(asked.encoder.seed, first_draw=0, n_draws=sizes.walks)
    found: dict[str, Floats] = {}
    for name in PARTITIONS:
        groups = asked.groups(name)
        between = [play(_step(asked, name, taken)) for taken in range(1, len(groups))]
        stations = [start, *between, end] if groups else [start]
        order = ranks(plain, name, groups) if groups else np.zeros((sizes.walks, 0), dtype=np.int64)
        credits, _ = shapley_effects(np.stack(stations, axis=1), order)
        if asked.lots:
            credits[:, -1] += credits[:, -2]
            credits = np.delete(credits, -2, axis=1)
        found[name] = credits
    return found


def _step(asked: Inquiry, partition: str, taken: int = 0, *, last: bool = False) -> Step:
    """After so many steps of a partition's walk, or at its end."""
    groups = asked.groups(partition)
    place = {group: n for n, group in enumerate(groups)}
    members = {stream: place[PARTITIONS[partition](one)] for one in asked.unknowns for stream in one.streams}
    members |= dict.fromkeys(asked.lots, len(groups) - 1)
    return Step(partition, groups, members, len(groups) if last else taken)


def _play(asked: Inquiry, switch: Switch, n_draws: int, replications: int, *, progress: Progress) -> Outcomes:
    source = Switched(asked.encoder, switch)
    size = Size(n_draws, replications, asked.encoder.seed, asked.threads)
    return play_outcomes(source, asked.formats, size, progress=progress)


def _answers(outcome: Outcomes, main: _Main) -> Floats:
    """[D, R, Y] from outcomes [D, F, R]: the main answer, then every format on every measure."""
    found = {measure: reached(outcome, measure) for measure in MEASURES}
    singles = [np.moveaxis(found[measure], 1, 2) for measure in MEASURES]
    return np.concatenate([main.of(found[main.measure])[..., None], *singles], axis=2)


def _parts(asked: Inquiry, partition: str, by_answer: Sequence[Sequence[Estimate]]) -> tuple[Part, ...]:
    """The groups of a partition, chance last."""
    groups = [PARTITIONS[partition](one) for one in asked.unknowns]
    ids = [id_ for id_ in asked.groups(partition) if id_ != LOT]
    named = [(id_, CONSTANTS if id_ == CONSTANTS else NUMBERS) for id_ in ids]
    return tuple(
        Part(id_, kind, groups.count(id_) if kind != CHANCE else 0, tuple(parts[row] for parts in by_answer))
        for row, (id_, kind) in enumerate([*named, (CHANCE, CHANCE)])
    )


def _key_numbers(asked: Inquiry, main: _Main, outcome: Outcomes, progress: Progress) -> tuple[KeyNumber, ...]:
    """The numbers with the largest first-order shares of the main answer, each held at either end of its range."""
    found = reached(outcome, main.measure)
    both = answer_of(main.of(found)), answer_of(found[:, main.leader])
    most = len(asked.unknowns)
    if both[0].variance <= 0.0:
        return ()
    plain = Streams(asked.encoder.seed, first_draw=0, n_draws=len(outcome))
    bins = [_bins(asked, one, plain) for one in asked.unknowns]
    screened = [first_order(both[0], one, n_numbers=most) for one in bins]
    best = sorted(range(len(bins)), key=lambda n: -screened[n].value)[:LISTED]
    rows: list[KeyNumber] = []
    for n in best:
        ends = [_held(asked, main, found, end, progress=progress) for end in _ends(asked, n)]
        leader_share = first_order(both[1], bins[n], n_numbers=most)
        rows.append(KeyNumber(asked.unknowns[n], screened[n], leader_share, *ends))
    return tuple(rows)


def _bins(asked: Inquiry, one: Unknown, plain: Streams) -> NDArray[np.int64]:
    """[D] bin of each draw; of a red line whether it is meant."""
    u = plain.uniforms(one.streams[0])
    if not one.line:
        return equal_bins(u)
    number = asked.encoder.resolved.numbers[one.path]
    return (u < quantile(number, plain.uniforms(one.streams[1]))).astype(np.int64)


def _ends(asked: Inquiry, n: int) -> tuple[tuple[Hold, float], tuple[Hold, float]]:
    """What holds an unknown low and high, and the values it then has."""
    one = asked.unknowns[n]
    if one.line:
        return (Hold(one.streams[0], 1.0 - EDGE), 0.0), (Hold(one.streams[0], EDGE), 1.0)
    low, high = quantile(asked.encoder.resolved.numbers[one.path], np.array([LOW, HIGH])).tolist()
    return (Hold(one.streams[0], LOW), low), (Hold(one.streams[0], HIGH), high)


def _held(
    asked: Inquiry,
    main: _Main,
    base: Floats,
    hold: tuple[Hold, float],
    *,
    progress: Progress,
) -> Swing:
    sizes, (switch, value) = asked.sizes, hold
    held = _play(asked, switch, sizes.held, sizes.replications, progress=progress)
    return swing(value, base, reached(held, main.measure), leader=main.leader, runner_up=main.runner_up)
