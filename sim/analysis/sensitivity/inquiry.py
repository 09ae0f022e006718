"""What is asked of the runs behind an answer, and how runs are made for it.

Shape letters: D draws, F formats, R replications.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.engines.batch import play
from sim.scenario import Encoder
from sim.scenario.sampling.distributions import Uniforms, lot_streams
from sim.scenario.sampling.pick_freeze import Scattered, Stations, picked
from sim.scenario.sampling.source import Source
from sim.scenario.sampling.unknowns import PARTITIONS, Unknown, unknowns
from sim.types import Outcome, Runs
from sim.types.arrays import Floats, Ints
from sim.types.playing import SILENCE, Luck, Progress, Size

MEASURES = ("settlement", "in_force")
LISTED = 10  # numbers whose better knowledge would change the answer most
LOT = "the lot"  # group of a walk: who is drawn into contact groups. It is chance, though drawn once a draw.
PRECISE = 0.05
"""Half-width of an interval at which no more runs are made for it: of a share, and of a change of a likelihood."""
FIRST = 8
"""So many times fewer draws than the most are played first, of a walk and of a number that is held."""
Outcomes = NDArray[np.uint8]


@dataclass(frozen=True)
class SensitivitySizes:
    """How many runs are made at most; fewer where intervals are narrow before."""

    walks: int
    """Draws that are walked for an answer, at least 2."""
    held: int
    """Draws of which a number is held, at least 2."""
    replications: int = 2
    """Runs of chance for each draw and format: two, because chance is smaller than not knowing in most files."""
    widened: int = 0
    """Draws of the leading format and the runner-up that are played once more where numbers are widened."""


def plain(streams: Uniforms) -> Uniforms:
    """No switch: the uniforms as they are."""
    return streams


@dataclass(frozen=True)
class Inquiry:
    """What is to be explained: scenario, formats, sizes."""

    encoder: Encoder
    formats: tuple[int, ...]
    sizes: SensitivitySizes
    threads: int | None = None
    n_widened: int = 0
    """Numbers that have only a default spread in the encoder's scenario, and none in the baseline's."""

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
        """Runs that answering takes at most."""
        sizes, pair = self.sizes, min(2, len(self.formats))
        stations = 1 + sum(max(len(self.groups(name)) - 1, 0) for name in PARTITIONS)
        walked = stations * sizes.walks * (pair + pair - 1)
        held = 2 * min(LISTED, len(self.unknowns)) * sizes.held * len(self.formats)
        widened = sizes.widened * pair + sizes.held * len(self.formats) if self.n_widened else 0
        return (walked + held + widened) * sizes.replications


class Counted(Progress):
    """Passes on what is played, and counts it."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.runs = progress, 0

    def add(self, runs: int) -> None:
        """Count runs that are finished."""
        self.runs += runs
        self.progress.add(runs)


@dataclass(frozen=True)
class MainAnswer:
    """The main answer: measure, and positions of the leading format and the runner-up (the leader's if alone)."""

    inquiry: Inquiry
    progress: Progress
    measure: str
    leader: int
    runner_up: int

    @property
    def pair(self) -> tuple[int, ...]:
        """The leading format and the runner-up, if there is one."""
        return tuple(dict.fromkeys((self.leader, self.runner_up)))

    def play(self, formats: Sequence[int], source: Scattered | Stations) -> Floats:
        """[D, F, R] 1 where runs of some formats and of the source's draws [D] reach the measure."""
        inquiry, draws = self.inquiry, source.draws
        size = Size(len(draws), inquiry.sizes.replications, source.seed, inquiry.threads)
        places = [inquiry.formats[place] for place in formats]
        luck = Luck(np.full(len(draws), source.seed, dtype=np.uint64), draws)
        return reached(play_outcomes(source, places, size, progress=self.progress, luck=luck), self.measure)

    def draws(self, draws: Ints, switch: Callable[[Uniforms], Uniforms] = plain) -> Scattered:
        """Draws [D] of the inquiry's scenario, with a switch."""
        return Scattered(self.inquiry.encoder, switch, draws)

    def uniforms(self, draws: Ints) -> Uniforms:
        """The uniforms of draws [D]."""
        return picked(self.inquiry.encoder.seed, draws)


def ahead(values: Floats) -> Floats:
    """[..., R] of one format, or of the first less the second, from [..., 1 or 2, R]."""
    return values[..., 0, :] - values[..., 1, :] if values.shape[-2] > 1 else values[..., 0, :]


class KeptOutcomes:
    """Collects the outcomes of blocks of runs, [D, F, R]."""

    def __init__(self, n_draws: int, n_formats: int, replications: int) -> None:
        self.outcome: Outcomes = np.zeros((n_draws, n_formats, replications), dtype=np.uint8)

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take a block of whole draws, rows ordered draw, format, replication."""
        block = runs.outcome.reshape(-1, *self.outcome.shape[1:])
        self.outcome[first_draw : first_draw + len(block)] = block


def play_outcomes(
    source: Source,
    formats: Sequence[int],
    size: Size,
    *,
    progress: Progress = SILENCE,
    luck: Luck | None = None,
) -> Outcomes:
    """[D, F, R] outcomes of runs that nothing else is kept of."""
    kept = KeptOutcomes(size.draws, len(formats), size.replications)
    play(source, formats, size, kept, progress=progress, luck=luck)
    return kept.outcome


def reached(outcome: Outcomes, measure: str) -> Floats:
    """1 where a run reached a measure, `settlement` or `in_force`."""
    least = {"settlement": Outcome.SETTLEMENT, "in_force": Outcome.PARTIAL}[measure]
    return (outcome >= least).astype(np.float64)
