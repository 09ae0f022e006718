"""Streams blocks of runs into counts, and turns the counts into a `Comparison`.

Shape letters: R runs of a block, D draws, F formats of the comparison, K outcomes, E events counted per draw,
P parties, I issues, O options of the longest issue, B histogram bins, M months.

Only per-draw event counts grow with the run ([D, F, E] small integers); everything else has a fixed size. All sums
are integers, so the result does not depend on how the runs were cut into blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.results import PLACES, SIGNED, Comparison, Likelihoods
from sim.analysis.comparison.summarise import (
    BIN_EDGES,
    MICRO,
    TOLERANCE,
    Tally,
    TallyArrays,
    compared_tracks,
    count_inherited,
    count_legs,
    empty_tally,
    likelihoods,
    shares_by_draw,
    summarise,
)
from sim.analysis.comparison.unsigned import count_unsigned
from sim.types import IMPASSE_OF, EndReason, Outcome, Runs, Structure
from sim.types.arrays import Floats, Ints, layout_of
from sim.types.tables import CORE

K = len(Outcome)
N_REASONS = len(EndReason)
NO_TEXT = list(IMPASSE_OF)
"""Reasons of endings without a text that the table had agreed."""


class Accumulator:
    """Adds blocks of runs of one comparison; each draw exactly once, in any order of blocks.

    What is there at any time is a comparison, as soon as the draws added are the first ones without a gap.
    """

    def __init__(self, structure: Structure, formats: Sequence[int], n_draws: int, replications: int) -> None:
        """Prepares empty counts of at most `n_draws`; formats index `structure.formats`, 1 to 65,535 replications."""
        if n_draws < 1 or not 1 <= replications <= np.iinfo(np.uint16).max:
            raise ValueError(f"need at least one draw and 1 to 65,535 replications, got {n_draws} and {replications}")
        if len(set(formats)) != len(formats) or not all(0 <= f < len(structure.formats) for f in formats):
            raise ValueError(f"formats must be different indices under {len(structure.formats)}, got {list(formats)}")
        self._structure = structure
        self._formats = tuple(formats)
        self._replications = replications
        self._core = [i for i, issue in enumerate(structure.issues) if issue.level == CORE]
        self._seen = np.zeros(n_draws, dtype=bool)
        self._tracks = compared_tracks(structure, self._formats)
        longest = max((len(structure.formats[self._formats[slot]].legs) for slot in self._tracks), default=0)
        sizes = n_draws, len(self._formats), len(self._core)
        self._tally = empty_tally(structure, *sizes, tracks=(len(self._tracks), longest))

    def add(self, first_draw: int, runs: Runs) -> None:
        """Adds the runs of consecutive whole draws, rows ordered draw, format, replication.

        A ValueError where the rows are not whole draws, or a draw is outside the comparison or was added before.
        """
        per_draw = len(self._formats) * self._replications
        n_block, rest = divmod(len(runs.outcome), per_draw)
        draws = slice(first_draw, first_draw + n_block)
        if rest or first_draw < 0 or first_draw + n_block > len(self._seen):
            raise ValueError(f"a block of {len(runs.outcome)} runs at draw {first_draw} does not fit the comparison")
        if self._seen[draws].any():
            raise ValueError(f"draws {first_draw} to {first_draw + n_block - 1} were added before")
        self._seen[draws] = True
        slot = np.tile(np.repeat(np.arange(len(self._formats)), self._replications), n_block)
        self._count_per_draw(draws, runs)
        self._count_people(slot, runs)
        self._count_texts(slot, runs)

    @property
    def n_draws(self) -> int:
        """Draws added so far; a ValueError where one before the last of them is missing."""
        n_added = int(np.count_nonzero(self._seen))
        if not self._seen[:n_added].all():
            raise ValueError(f"{np.count_nonzero(~self._seen[: self._seen.nonzero()[0][-1]])} draws are missing")
        return n_added

    def result(self) -> Comparison:
        """The comparison of all runs added; a ValueError where there are none, or a draw is missing."""
        if not self.n_draws:
            raise ValueError("no draws were added")
        return summarise(self._added(), self._structure, self._formats, self._replications)

    def by_draw(self) -> dict[str, Floats]:
        """[D, F] share of each draw's runs, by the ids of measures and outcomes; NaN where there was none to count."""
        return shares_by_draw(self._added(), self._structure, self._replications)

    def alone(self) -> Likelihoods:
        """How likely everything is by the draws added, without what only a whole result says."""
        return likelihoods(self._added(), self._structure, self._formats, self._replications)

    def _added(self) -> Tally:
        """The counts, those per draw without the draws that have not come yet."""
        tally, n_draws = self._tally, self.n_draws
        per_draw = {
            name: getattr(tally, name)[:n_draws] for name, spec in layout_of(TallyArrays).items() if spec.axes[0] == "D"
        }
        return replace(tally, **per_draw)

    def _count_per_draw(self, draws: slice, runs: Runs) -> None:
        """Counts outcomes and the events that get intervals of their own, per draw and format."""
        shape = (draws.stop - draws.start, len(self._formats), self._replications)
        outcome = runs.outcome.reshape(shape)
        tally = self._tally
        for k in range(K):
            tally.outcomes[draws, :, k] = (outcome == k).sum(axis=-1)
        tally.agreed[draws] = (runs.agreed.reshape(shape) != 0).sum(axis=-1)
        tally.core[draws] = (runs.core.reshape(shape) != 0).sum(axis=-1)
        tally.halt[draws] = (runs.halt.reshape(shape) != 0).sum(axis=-1)
        tally.unsigned[draws] = count_unsigned(runs.reason.reshape(shape))
        if self._tracks:
            n_legs = tally.legs.shape[2]
            legs = runs.legs.reshape(*shape, -1)[:, self._tracks, :, :n_legs]
            tally.legs[draws] = count_legs(legs)
            tally.inherited[draws] = count_inherited(outcome[:, self._tracks], legs)
        lasted = outcome >= Outcome.PROCESS
        for c, i in enumerate(self._core):
            settled = np.isin(runs.deal[:, i], self._structure.issues[i].settling).reshape(shape)
            tally.core_issues[draws, :, c] = (settled & lasted).sum(axis=-1)

    def _count_people(self, slot: NDArray[Any], runs: Runs) -> None:
        """Counts reasons, who decided, and who refused what and where."""
        tally, n_formats = self._tally, len(self._formats)
        outcome = runs.outcome.astype(np.int64)
        key = slot * K + outcome
        reasons = np.bincount(slot * N_REASONS + runs.reason, minlength=n_formats * N_REASONS)
        tally.reasons[:] += reasons.reshape(n_formats, N_REASONS)
        for p in range(len(self._structure.parties)):
            among = ((runs.decided >> p) & 1).astype(bool)
            tally.decided[:, :, p] += np.bincount(key[among], minlength=n_formats * K).reshape(n_formats, K)
            place = slot * len(PLACES) + _places(runs, p)
            for i in range(len(self._structure.issues)):
                refused = ((runs.refused[:, i] >> p) & 1).astype(bool)
                if refused.any():
                    counts = np.bincount(place[refused], minlength=n_formats * len(PLACES))
                    tally.refusals[:, :, p, i] += counts.reshape(n_formats, len(PLACES))
        for f, k in np.ndindex(n_formats, K):
            tally.decider_sets[f][k].update(runs.decided[key == f * K + k].tolist())

    def _count_texts(self, slot: NDArray[Any], runs: Runs) -> None:
        """Counts what the texts contain, what they are worth and how long they held."""
        tally, n_formats = self._tally, len(self._formats)
        signed = np.isin(runs.outcome, SIGNED)
        tally.n_texts[:] += np.bincount(slot[signed], minlength=n_formats)
        tabled = runs.agreed != 0
        tally.n_tabled[:] += np.bincount(slot[tabled], minlength=n_formats)
        _count_options(tally.deals, slot[signed], runs.deal[signed])
        _count_options(tally.tabled, slot[tabled], runs.tabled[tabled])
        _count_values(tally, slot[signed], runs.value[signed], runs.reservation[signed])
        left = runs.outcome == Outcome.COLLAPSED
        for f in range(n_formats):
            tally.months[f].update(runs.month[signed & (slot == f)].tolist())
            tally.held[f].update(runs.held[signed & (slot == f)].tolist())
            tally.left[f].update(runs.held[left & (slot == f)].tolist())


def _places(runs: Runs, party: int) -> Ints:
    """[R] index into `PLACES` of the party's refusals in each run.

    Without a text on the table a refusal fell there; a party that left the text later refused by leaving it; every
    other refusal struck parts of a text that the table had agreed, from outside the room or at home.
    """
    place = np.full(len(runs.outcome), PLACES.index("consent"))
    place[np.isin(runs.reason, NO_TEXT)] = PLACES.index("table")
    left = (runs.outcome == Outcome.COLLAPSED) & ((runs.decided >> party) & 1 == 1)
    place[left] = PLACES.index("defected")
    return place


def _count_options(counts: Ints, slot: NDArray[Any], deal: NDArray[Any]) -> None:
    """Adds to [F, I, O] counts the options of deals [R, I]."""
    n_formats, n_issues, n_options = counts.shape
    for i in range(n_issues):
        key = slot * n_options + deal[:, i]
        counts[:, i] += np.bincount(key, minlength=n_formats * n_options).reshape(n_formats, n_options)


def _count_values(tally: Tally, slot: NDArray[Any], value: NDArray[Any], reservation: NDArray[Any]) -> None:
    """Adds value, reservation and gain ([R, P], stakes) to sums in millionths, histograms and counts below zero."""
    n_formats, _, n_bins = tally.histogram.shape[1:]
    width = BIN_EDGES[1] - BIN_EDGES[0]
    for p in range(value.shape[1]):
        own, least = value[:, p].astype(np.float64), reservation[:, p].astype(np.float64)
        gain = own - least
        tally.below[:, p] += np.bincount(slot[gain < -TOLERANCE], minlength=n_formats)
        for q, amount in enumerate((own, least, gain)):
            np.add.at(tally.sums[q, :, p], slot, np.rint(amount * MICRO).astype(np.int64))
            column = np.clip(((amount - BIN_EDGES[0]) / width).astype(np.int64), 0, n_bins - 1)
            counts = np.bincount(slot * n_bins + column, minlength=n_formats * n_bins)
            tally.histogram[q, :, p] += counts.reshape(n_formats, n_bins)
