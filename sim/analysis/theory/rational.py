"""Rational benchmarks beside a comparison: over a sample of its draws, is there a ZOPA, and how far are the texts.

For every format and each of the first draws: whether a deal exists in every sense and scope of `zopa`, and
how far the texts that the table agreed on in these draws (before consent) lie from the Nash, Kalai-Smorodinsky,
egalitarian and utilitarian deals and from the Pareto frontier, for those with a vote at the table. Everything is taken
before any shock and at month 0, and by climbing (`quick_marks`). A text counts once for every run that agreed on it.

Shape letters: D draws of the sample, F formats, K scopes x senses, M measures, I issues, C composites, R runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated

import numpy as np

from sim.analysis.statistics.intervals import UNKNOWN, Estimate, linearised, ratios
from sim.analysis.theory.solutions import Benchmarks, closest_deal, distances, is_small, quick_marks, room_by_climbing
from sim.analysis.theory.zopa import SCOPES, SENSES, THRESHOLD, Scope, Sense, ZopaQuestion, ask
from sim.bargaining.deal_space import any_option, deal_space
from sim.types import Runs, Structure, Tables
from sim.types.arrays import Floats, Ints
from sim.types.marks import By, Index
from sim.types.structure import PartyIndex
from sim.types.tables import CORE

SAMPLE = 24  # draws of the sample; fewer where the comparison has fewer
ZONES: tuple[tuple[Scope, Sense], ...] = tuple(product(SCOPES, SENSES))
SAID: Sense = "standing"  # the zone of which is told who is short of it
MEASURES: Mapping[str, str] = {
    "nash_share": "Nash product, share of the best",
    "kalai_smorodinsky": "Short of Kalai-Smorodinsky, ideals",
    "egalitarian": "Short of egalitarian, stakes",
    "utilitarian": "Short of utilitarian, stakes",
    "frontier": "Below the frontier, stakes for all",
}
"""Measure -> words; all 0 at the solution but the first, which is 1."""
_Miss = tuple[int, float, int]  # party, stakes it is short by, issue


@dataclass(frozen=True)
class Shortfall:
    """A party in the way of a settlement where none exists: the one that loses most by what comes closest."""

    party: PartyIndex
    draws: int
    """Draws of the sample without a settlement that costs nobody anything in which it is this party."""
    stakes: float
    """Mean of what it is short by."""
    issue: Annotated[int, Index("issue")]
    """The issue on which it loses most, in most of these draws."""


@dataclass(frozen=True)
class FormatBenchmarks:
    """What rational benchmarks say of one format over the sample."""

    id: str
    scope: Scope
    """Where its settlements are looked for: `package` where a text settles all the core or is none, else `core`."""
    zones: Mapping[tuple[Scope, Sense], Estimate]
    """Share of draws in which a deal exists; draws left open count as without."""
    open: Mapping[tuple[Scope, Sense], int]
    """Draws in which the search left it open."""
    shortfalls: tuple[Shortfall, ...]
    """Where no settlement of `scope` exists that costs nothing to anybody with a say in it; most draws first."""
    barred: int
    """Draws in which firm red lines leave no settlement at all."""
    n_texts: int
    """Runs of the sample in which the table agreed on a text."""
    distances: Mapping[str, Estimate]
    """By `MEASURES`: means over these texts, with 95% intervals clustered by draw; NaN without any."""


@dataclass(frozen=True)
class RationalBenchmarks:
    """Rational benchmarks of every format of a comparison."""

    n_draws: int
    listed: bool
    """Whether all deals were looked at, so that everything is exact; else the solutions are lower bounds."""
    formats: Annotated[tuple[FormatBenchmarks, ...], By("id")]


class TabledTexts:
    """Keeps the texts agreed at the table in the first draws of a comparison."""

    def __init__(self, n_draws: int, n_formats: int, replications: int) -> None:
        self.n_draws = n_draws
        self._shape = (n_formats, replications)
        self.agreed: dict[tuple[int, int], Ints] = {}  # [R, I] option per issue of the texts of one draw and format

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take a block of whole draws, rows ordered draw, format, replication."""
        agreed = runs.agreed.reshape(-1, *self._shape) != 0
        tabled = runs.tabled.reshape(*agreed.shape, -1)
        for row, slot in np.ndindex(min(len(agreed), max(self.n_draws - first_draw, 0)), self._shape[0]):
            self.agreed[first_draw + row, slot] = tabled[row, slot][agreed[row, slot]].astype(np.int64)


def rational_benchmarks(
    tables: Tables,
    structure: Structure,
    formats: Sequence[int],
    texts: TabledTexts,
    *,
    after_each: Callable[[], None] = lambda: None,
) -> RationalBenchmarks:
    """Benchmarks of every format over the draws of `texts`, the first of those in `tables`.

    The positions `formats` are in the order of the comparison; `after_each` is called after each draw of a format.
    """
    regimes = int(tables.n_regimes[0])
    by_format, listed = [], True
    for slot, f in enumerate(formats):
        zones: list[list[bool | None]] = []
        missed: list[_Miss | None] = []
        per_draw: list[Floats] = []
        scope: Scope = "package" if settles_whole(tables, f) else "core"
        for draw in range(texts.n_draws):
            world = draw * regimes
            marks, starts = quick_marks(deal_space(tables, world, format_index=f))
            listed &= is_small(marks.space)
            questions = {zone: ask(tables, world, *zone, format_index=f) for zone in ZONES}
            closest = {zone: closest_deal(question, starts) for zone, question in questions.items()}
            zones.append([exists for exists, _ in closest.values()])
            if closest[scope, SAID][0] is False:
                missed.append(_miss(questions[scope, SAID], closest[scope, SAID][1], tables))
            per_draw.append(_measured(marks, starts, composite_deals(structure, texts.agreed[draw, slot])))
            after_each()
        by_format.append(_format(structure.formats[f].id, scope, zones, missed=missed, per_draw=per_draw))
    return RationalBenchmarks(texts.n_draws, listed, tuple(by_format))


def settles_whole(tables: Tables, f: int) -> bool:
    """Whether a text of format `f` settles every core issue or is none: then nothing is to be had without the core."""
    core = tables.level == CORE
    return bool(core.any() and tables.undertaken[f, core].all())


def composite_deals(structure: Structure, options: Ints) -> Ints:
    """[R, C] composite options of texts given per issue [R, I]."""
    n_composites = int(structure.issue_composite.max()) + 1
    deals = np.zeros((len(options), n_composites), dtype=np.int64)
    for c in range(n_composites):
        members = np.flatnonzero(structure.issue_composite == c)
        same = structure.issue_option[members][None] == options[:, members, None]
        deals[:, c] = same.all(axis=1).argmax(axis=1)
    return deals


def _measured(marks: Benchmarks, starts: Ints, deals: Ints) -> Floats:
    """[R, M] distances of the texts of one draw, in the order of `MEASURES`."""
    if len(deals) == 0:
        return np.zeros((0, len(MEASURES)))
    distinct, which = np.unique(deals, axis=0, return_inverse=True)
    away = {**distances(marks, distinct), "frontier": room_by_climbing(marks.space, starts, distinct)}
    return np.stack([away[measure] for measure in MEASURES], axis=1)[which.ravel()]


def _miss(question: ZopaQuestion, deal: Ints | None, tables: Tables) -> _Miss | None:
    """Party, stakes and issue of who loses most by the deal [C] that comes closest; None where there is no deal."""
    if deal is None:
        return None
    space, place = question.space, np.arange(len(deal))
    gains = space.gains_of(deal[None])[0]
    asked = np.ones(len(gains), dtype=np.bool_)
    consent = question.consent(THRESHOLD)
    asked[consent.rows] = any_option(consent.touches, deal[None])[0]
    row = int(np.where(asked, gains, np.inf).argmin())
    change = space.value[row, place, deal] - space.value[row, place, space.status_quo]
    core = np.flatnonzero(tables.level == CORE)
    issue = core[change[tables.issue_composite[core]].argmin()]
    return int(space.parties[row]), -float(gains[row]), int(issue)


def _shortfalls(missed: Sequence[_Miss]) -> tuple[Shortfall, ...]:
    by_party: dict[int, list[_Miss]] = {}
    for miss in missed:
        by_party.setdefault(miss[0], []).append(miss)
    ranked = sorted(by_party.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Shortfall(
            party=party,
            draws=len(misses),
            stakes=sum(stakes for _, stakes, _ in misses) / len(misses),
            issue=Counter(issue for _, _, issue in misses).most_common(1)[0][0],
        )
        for party, misses in ranked
    )


def _format(
    name: str,
    scope: Scope,
    zones: list[list[bool | None]],
    *,
    missed: Sequence[_Miss | None],
    per_draw: list[Floats],
) -> FormatBenchmarks:
    exists = np.array([[exists is True for exists in row] for row in zones])
    shares = ratios(exists, 1)
    n_open = [sum(row[k] is None for row in zones) for k in range(len(ZONES))]
    means = [clustered_mean([part[:, m] for part in per_draw]) for m in range(len(MEASURES))]
    return FormatBenchmarks(
        id=name,
        scope=scope,
        zones={zone: shares.at(k) for k, zone in enumerate(ZONES)},
        open=dict(zip(ZONES, n_open, strict=True)),
        shortfalls=_shortfalls([miss for miss in missed if miss is not None]),
        barred=sum(miss is None for miss in missed),
        n_texts=sum(len(part) for part in per_draw),
        distances=dict(zip(MEASURES, means, strict=True)),
    )


def clustered_mean(parts: Sequence[Floats]) -> Estimate:
    """Mean over all numbers, with the list they stand in as the sampling unit; NaN entries are left out.

    Lists without a number are no units: they say nothing of the spread. Without two lists that hold one, or with an
    infinite one, there is no interval.
    """
    known = [part[~np.isnan(part)] for part in parts]
    known = [part for part in known if len(part)]
    if not known:
        return UNKNOWN
    sums, counts = np.array([part.sum() for part in known]), np.array([len(part) for part in known], dtype=np.float64)
    if len(known) < 2 or not np.isfinite(sums).all():
        return Estimate(float(sums.sum() / counts.sum()), float("nan"), float("nan"))
    return linearised(sums, counts).estimates()[0]
