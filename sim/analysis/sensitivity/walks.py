"""Walks from one set of numbers to another: shares of an answer's variance by group, in every partition.

Of an answer that is nearly always the same only the draws are walked that say otherwise in the baseline; of any other
all draws are, one after another. Answers of which all draws are walked are walked together.

Shape letters: D draws, W draws that are walked, S stations of a walk, F formats, R replications, G groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.sensitivity.inquiry import FIRST, LOT, PRECISE, Inquiry, MainAnswer, ahead
from sim.analysis.sensitivity.sensitivity_indices import LEAST_BEARING, shapley_effects, shares
from sim.analysis.statistics.intervals import UNKNOWN, Estimate
from sim.analysis.statistics.stopping import next_draws
from sim.scenario.sampling.pick_freeze import Stations, Walk, ranks
from sim.scenario.sampling.unknowns import PARTITIONS
from sim.types.arrays import Floats, Ints

RARE = 1.0 / 3.0
"""Share of draws with another than the usual answer below which only these are walked: they tell more per run."""


@dataclass(frozen=True)
class WalkedShares:
    """Shares of one answer's variance."""

    partitions: dict[str, tuple[Estimate, ...]]
    """Partition -> a share for each group and for chance, which has the lot's."""
    variance: float
    """Of the answer in one run."""
    walks: int
    """Draws that were walked."""

    @property
    def half_width(self) -> float:
        """Of the widest interval; 1 where a share is unknown."""
        estimates = [share for partition in self.partitions.values() for share in partition]
        return max(share.high - share.low if share.known else 2.0 for share in estimates) / 2.0


@dataclass(frozen=True)
class _Answer:
    """One answer: the formats it is made of, and what it is in the baseline."""

    formats: tuple[int, ...]  # positions among the formats of the comparison: one, or one that is ahead of another
    start: Floats  # [D, R]
    usual: float | None  # what it is in most draws; None where too many have another answer

    @property
    def draws(self) -> Ints:
        """[W] the draws that tell something."""
        other = np.full(len(self.start), True) if self.usual is None else (self.start != self.usual).any(axis=1)
        return np.flatnonzero(other)


def walked_shares(question: MainAnswer, pair: Floats) -> list[WalkedShares]:
    """Shares of the main answer and, where there is a runner-up, of the leading format's measure alone.

    `pair` [D, 1 or 2, R] is 1 where the baseline's runs of the leading format and the runner-up reached the measure.
    """
    places, pair = question.pair, pair[:, :, : question.inquiry.sizes.replications]
    answers = [_answer(places[:n], pair[:, :n]) for n in range(len(places), 0, -1)]
    common = [answer for answer in answers if answer.usual is None]
    together = [*([common] if common else []), *([answer] for answer in answers if answer.usual is not None)]
    walked = {answer.formats: shares_ for group in together for answer, shares_ in _walk(question, group)}
    return [walked[answer.formats] for answer in answers]


def _answer(formats: tuple[int, ...], values: Floats) -> _Answer:
    start = ahead(values)
    kinds, counts = np.unique(start, return_counts=True)
    usual = float(kinds[counts.argmax()])
    return _Answer(formats, start, usual if (start != usual).any(axis=1).mean() < RARE else None)


def _walk(question: MainAnswer, answers: Sequence[_Answer]) -> list[tuple[_Answer, WalkedShares]]:
    """Walks the draws of some answers, which have the same, until their shares are known well enough."""
    draws, inquiry = answers[0].draws, question.inquiry
    if len(draws) < LEAST_BEARING:
        return [(answer, _unknown(inquiry, answer)) for answer in answers]
    among, most = len(answers[0].start), inquiry.sizes.walks
    walked = walked_until_known(lambda block: _credits(question, answers, block), draws, among=among, most=most)
    return list(zip(answers, walked, strict=True))


def walked_until_known(
    credits_of: Callable[[Ints], Sequence[Mapping[str, Floats]]], draws: Ints, *, among: int, most: int
) -> list[WalkedShares]:
    """Walks more and more of the draws [W] that tell something among so many, until all shares are known to `PRECISE`.

    `credits_of` has, for each answer, partition -> [W, G + 1] credits of some of these draws; no more than `most` of
    them are walked.
    """
    most = min(most, len(draws))
    done, upto = 0, max(1, most // FIRST)
    blocks: list[Sequence[Mapping[str, Floats]]] = []
    walked: list[WalkedShares] = []
    while upto > done:
        blocks.append(credits_of(draws[done:upto]))
        done = upto
        covered = draws[done] if done < len(draws) else among  # with the draws that tell nothing
        walked = [_walked(of_answer, done / float(covered)) for of_answer in zip(*blocks, strict=True)]
        upto = next_draws(done, max(one.half_width for one in walked), PRECISE, most=most)
    return walked


def _unknown(inquiry: Inquiry, answer: _Answer) -> WalkedShares:
    partitions = {name: (UNKNOWN,) * (len(told(inquiry, name)) + 1) for name in PARTITIONS}
    return WalkedShares(partitions, float(answer.start.var()), 0)


def _walked(blocks: Sequence[Mapping[str, Floats]], telling: float) -> WalkedShares:
    """Shares from credits of each partition, block by block, if the draws that were walked are such a part of all."""
    credits = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    found = {name: shares(of) for name, of in credits.items()}
    (_, variance), *_ = found.values()
    walks, *_ = map(len, credits.values())
    return WalkedShares({name: estimates for name, (estimates, _) in found.items()}, telling * variance, walks)


def _credits(question: MainAnswer, answers: Sequence[_Answer], draws: Ints) -> list[dict[str, Floats]]:
    """For each answer, partition -> [W, G + 1] credits, the lot's with chance's; the ends are common to all."""
    inquiry, credits = question.inquiry, [dict[str, Floats]() for _ in answers]
    formats = tuple(dict.fromkeys(place for answer in answers for place in answer.formats))
    end: Floats | None = None
    for name in PARTITIONS:
        walk = _walk_of(inquiry, name)
        first = np.stack([answer.start[draws] for answer in answers])[:, :, None]
        stations, order = first, np.zeros((len(draws), 0), dtype=np.int64)
        if walk.groups:
            played = _played(question, walk, formats, draws, last=end is None)
            of = [ahead(played[:, :, [formats.index(place) for place in answer.formats]]) for answer in answers]
            stations = np.concatenate([first, np.stack(of), *([] if end is None else [end])], axis=2)
            end, order = stations[:, :, -1:], ranks(question.uniforms(draws), name, walk.groups)
        for known, answer, walked in zip(credits, answers, stations, strict=True):
            known[name] = _with_lot(shapley_effects(walked, order, usual=answer.usual), inquiry)
    return credits


def _played(question: MainAnswer, walk: Walk, formats: Sequence[int], draws: Ints, *, last: bool) -> Floats:
    """[W, S, F, R] runs at every station between a walk's ends, and at the last."""
    n_stations = len(walk.groups) - (0 if last else 1)
    if n_stations == 0:
        return np.zeros((len(draws), 0, len(formats), question.inquiry.sizes.replications))
    taken = np.tile(np.arange(1, n_stations + 1), len(draws))
    source = Stations(question.inquiry.encoder, walk, np.repeat(draws, n_stations), taken)
    played = question.play(formats, source)
    return played.reshape(len(draws), n_stations, *played.shape[1:])


def _with_lot(credits: Floats, inquiry: Inquiry) -> Floats:
    """The same with the lot's credit added to that of chance, in [W, G + 1] the last but one and the last."""
    if not inquiry.lots:
        return credits
    return np.concatenate([credits[:, :-2], credits[:, -2:].sum(axis=1, keepdims=True)], axis=1)


def told(inquiry: Inquiry, partition: str) -> tuple[str, ...]:
    """Groups of a partition that a share is told of, but for chance."""
    return tuple(group for group in inquiry.groups(partition) if group != LOT)


def _walk_of(inquiry: Inquiry, partition: str) -> Walk:
    """The walk of a partition, the lot last."""
    groups, group_of = inquiry.groups(partition), PARTITIONS[partition]
    members = {stream: groups.index(group_of(unknown)) for unknown in inquiry.unknowns for stream in unknown.streams}
    return Walk(partition, groups, members | dict.fromkeys(inquiry.lots, len(groups) - 1))
