"""What is said of a sweep, computed: shares over all points, which format leads where, and what it turns on.

Shape letters: P design points, N points of a panel, D draws, F formats, U units that are independent luck.

A *panel* is the points of one sample in one cell. Where all points of a sample share their luck (a grid) the draw is
the sampling unit of every mean over points; where rows have their own (Latin hypercube, Sobol, Morris) the luck is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import UNKNOWN, Estimate, Ratios, difference, ratios
from sim.analysis.sweeps.box_search import BoxSearch, box_search
from sim.analysis.sweeps.elementary_effects import ElementaryEffects, OneAtATime
from sim.analysis.sweeps.heat_map import HeatMap, heat_map
from sim.analysis.sweeps.pick_freeze_indices import PickFreezeIndices
from sim.analysis.sweeps.regression_tree import RegressionTree, regression_tree
from sim.analysis.sweeps.regret import Regret, regret
from sim.analysis.sweeps.tipping import TippingMap, tipping
from sim.sweep.design import Design, SampleRows
from sim.sweep.point_leaders import FEWEST_DRAWS, Standing, leading, panel_places, standings
from sim.sweep.pooled_findings import PooledTop, StillFactor, draws_needed, pooled_top, still_factors
from sim.sweep.sweep_answers import sample_effects, sample_indices, sample_steps
from sim.sweep.sweep_result import Measured, SweepResult
from sim.types.arrays import Floats, Ints
from sim.types.message import message

MAIN = ("settlement", "in_force", "signed")
"""Measures that a page asks about, the first that is not rare."""
SHOWN = ("settlement", "in_force")
"""Measures that have maps, besides the main one."""
TWIN = 0.02
"""Difference of shares up to which two formats do the same."""
RARE = 0.05
"""Share below which, in every format over all points, a measure is not what a page asks about."""
FEWEST_POINTS = 40
"""Points from which a box and a tree are looked for."""
EDGE = 0.02
"""Share of points below which, or above one minus it, no box is looked for."""
MOST_PANELS = 6
"""Panels that are drawn; of the others the shares are told."""
MOST_OTHERS = 6
"""Formats whose differences from the highest have maps."""


@dataclass(frozen=True)
class Panel:
    """The points of one sample in one cell, and what was made of them."""

    cell: int
    sample: SampleRows
    standing: Standing
    ahead: int
    """The format that is ahead over the points together, beyond simulation error, all panels looked at; -1 for none."""
    shares: Ratios
    """[F] of the main measure over the points."""
    gap: Estimate
    """Paired difference of the two leading formats over the points."""
    axes: tuple[int, ...] = ()
    """Number factors along which maps are drawn, the first across, or the single one; the others are averaged."""
    maps: Mapping[str, HeatMap] = field(default_factory=dict[str, HeatMap])
    """By measure."""
    tipping: TippingMap | None = None
    others: Mapping[int, TippingMap] = field(default_factory=dict[int, TippingMap])
    """By format, at most `MOST_OTHERS`: its difference from the one that is highest over all points."""
    indices: Mapping[str, PickFreezeIndices] = field(default_factory=dict[str, PickFreezeIndices])
    """Of a Sobol sample: of the difference ("") and of each format, by id."""
    effects: ElementaryEffects | None = None
    """Of a Morris sample."""
    steps: Mapping[str, OneAtATime] = field(default_factory=dict[str, OneAtATime])
    """Of factors moved one at a time, by format id."""
    boxes: tuple[tuple[int, BoxSearch], ...] = ()
    """Formats and the boxes in which they lead."""
    tree: RegressionTree | None = None
    """Of the difference of the two leading formats."""

    @property
    def n_points(self) -> int:
        """N."""
        return len(self.leader)

    @property
    def leader(self) -> Ints:
        """[N] the format that leads at each point; -1 where one cannot tell."""
        return self.standing.leader

    @property
    def told(self) -> tuple[int, ...]:
        """[F] points in which each format is told to lead."""
        return tuple(np.bincount(self.leader[self.leader >= 0], minlength=len(self.shares.value)).tolist())

    @property
    def open(self) -> tuple[int, ...]:
        """[F] points in which each format is not told to be behind another."""
        return tuple((self.n_points - self.standing.behind.sum(axis=0)).tolist())


@dataclass(frozen=True)
class SweepFindings:
    """What is said of a sweep; see the head of the module."""

    measure: str
    """What the page asks about, of `MAIN`."""
    shares: Mapping[str, Ratios]
    """[F] by measure, over all points of all cells."""
    pair: tuple[int, ...]
    """The two formats whose difference is asked about: those that the design names, else the two leading ones, the
    highest over all points, and the one that most often leads elsewhere."""
    twins: tuple[int, ...]
    """Formats that are at no point more than `TWIN` from the highest, as seen; passed over for the second."""
    top: PooledTop
    draws_needed: int | None
    """About how many draws a point would tell the lead of the highest at a typical one."""
    gap: Estimate
    """Their paired difference over all points."""
    panels: tuple[Panel, ...]
    """By cell, then by sample."""
    stoppers: Mapping[str, Ratios]
    """[F] by party, share of the runs that it stopped, over all points."""
    regret: Regret | None
    """Over all points; None for a single format, and with few draws, on which the best of a point cannot be chosen."""
    still: tuple[StillFactor, ...]
    """Factors of grids that move nothing that can be told."""
    missing_points: int
    """Points at which some format was not wholly played."""

    @property
    def told(self) -> tuple[int, ...]:
        """[F] points of all panels in which each format is told to lead."""
        return tuple(np.sum([panel.told for panel in self.panels], axis=0).tolist())

    @property
    def open(self) -> tuple[int, ...]:
        """[F] points of all panels in which each format is not told to be behind another."""
        return tuple(np.sum([panel.open for panel in self.panels], axis=0).tolist())

    @property
    def n_points(self) -> int:
        """P."""
        return sum(panel.n_points for panel in self.panels)


def by_unit(hits: NDArray[Any], trials: NDArray[Any], luck: Ints) -> tuple[NDArray[Any], NDArray[Any]]:
    """Counts [U, F] by the sampling unit of points [N, D, F] with this luck [N], all points together."""
    _, group = np.unique(luck, return_inverse=True)
    units = int(group.max()) + 1
    if units == 1:
        return hits.sum(axis=0), trials.sum(axis=0)
    sums, counts = (np.zeros((units, hits.shape[-1]), dtype=np.int64) for _ in range(2))
    np.add.at(sums, group, hits.sum(axis=1))
    np.add.at(counts, group, trials.sum(axis=1))
    return sums, counts


@lru_cache(maxsize=1)
def findings(result: SweepResult, names: tuple[str, ...] = (), factor_names: tuple[str, ...] = ()) -> SweepFindings:
    """Everything that is said of a sweep, from its counts.

    With names for its formats, by default the file's, and for its number factors, by default those of their columns.

    It is kept, since page and terminal ask one after the other; a result knows the parts there were when first asked.
    """
    design = result.design
    names = names or format_names(design)
    factor_names = factor_names or tuple(factor.name for factor in design.numbers)
    luck = np.tile(design.points.group, len(design.cells))
    parties = {f"stopped_by_{party}": party for party in design.scenario.resolved.parties}
    read = played_by_all(result.measured_together([*MAIN, *parties]), MAIN[0])
    counts = {name: read[name] for name in MAIN}
    shares = {name: ratios(*by_unit(of_one.hits, of_one.trials, luck)) for name, of_one in counts.items()}
    measure = next((name for name in MAIN if np.nanmax(shares[name].value, initial=0.0) >= RARE), MAIN[0])
    main = counts[measure]
    places, standing = panel_places(design), standings(design, *main)
    leader = standing.leader
    alike = twins(main, leading_pair(shares[measure], leader)[0])
    top = pooled_top(shares[measure], alike)
    pair = tuple(map(design.formats.index, design.compare)) or leading_pair(shares[measure], leader, alike)
    ahead = _ahead(main, luck, places)
    axes = {sample: _axes(design, sample, main, pair) for sample in design.samples if sample.kind == "grid"}
    panels: list[Panel] = []
    for (cell, sample, at), over_all in zip(places, ahead, strict=True):
        total = ratios(*by_unit(main.hits[at], main.trials[at], luck[at]))
        panel = Panel(cell, sample, standing.part(at), over_all, total, _gap(total, pair))
        here = {name: _at(of_one, at) for name, of_one in counts.items()}
        asked = _PanelCounts(
            design, (names, factor_names), sample, here, measure, pair, axes.get(sample, ()), top.highest[0]
        )
        panels.append(asked.analysed(panel) if len(panels) < MOST_PANELS else panel)
    stopped = {party: read[name] for name, party in parties.items()}
    return SweepFindings(
        measure=measure,
        shares=shares,
        pair=pair,
        twins=alike,
        top=top,
        draws_needed=draws_needed(main, top),
        gap=_gap(shares[measure], pair),
        panels=tuple(panels),
        stoppers={party: ratios(*by_unit(of_one.hits, of_one.trials, luck)) for party, of_one in stopped.items()},
        regret=_regret(main, names),
        still=still_factors(design, main) if main.trials.any() else (),
        missing_points=int((main.trials == 0).any(axis=(1, 2)).sum()),
    )


def played_by_all(read: Mapping[str, Measured], of_runs: str) -> dict[str, Measured]:
    """Counts without the draws of points that only some formats have: of these no difference can be told."""
    whole = (read[of_runs].trials > 0).all(axis=-1, keepdims=True)
    if whole.all():
        return dict(read)
    return {name: Measured(*(np.where(whole, part, 0) for part in of_one)) for name, of_one in read.items()}


def _regret(main: Measured, names: tuple[str, ...]) -> Regret | None:
    if len(names) < 2 or main.hits.shape[1] < FEWEST_DRAWS:
        return None
    return regret(main.hits.astype(np.int64), main.trials.astype(np.int64), names)


def _at(counts: Measured, at: slice) -> tuple[NDArray[Any], NDArray[Any]]:
    return counts.hits[at], counts.trials[at]


def _ahead(main: Measured, luck: Ints, places: list[tuple[int, SampleRows, slice]]) -> list[int]:
    """The format that is ahead over all points of each panel; panels of one sample are judged together."""
    ahead = [-1] * len(places)
    for sample in dict.fromkeys(sample for _, sample, _ in places):
        same = [i for i, place in enumerate(places) if place[1] == sample]
        units = [by_unit(*_at(main, places[i][2]), luck[places[i][2]]) for i in same]
        together = leading(*map(np.stack, zip(*units, strict=True)), shared=False)
        for i, leader in zip(same, together.leader.tolist(), strict=True):
            ahead[i] = leader
    return ahead


def twins(main: Measured, first: int) -> tuple[int, ...]:
    """Formats that are as seen nowhere more than `TWIN` from the first, at no point of [P, D, F] counts."""
    share = _shares(main.hits.sum(axis=1), main.trials.sum(axis=1))
    if not np.isfinite(share).any():
        return ()
    apart = np.nanmax(np.abs(share - share[:, [first]]), axis=0, initial=0.0)
    return tuple(slot for slot in range(len(apart)) if slot != first and apart[slot] <= TWIN)


def leading_pair(shares: Ratios, leader: Ints, passed: Collection[int] = ()) -> tuple[int, ...]:
    """The format with the highest share over all points, and the one that most often leads where that does not.

    Where no other leads anywhere, the second highest, but those `passed` over only where there is no other; of one
    format only that.
    """
    order = np.argsort(-np.where(np.isfinite(shares.value), shares.value, -1.0), kind="stable").tolist()
    first, others = order[0], [slot for slot in order[1:] if slot not in passed] or order[1:]
    if not others:
        return (first,)
    elsewhere = np.bincount(leader[(leader >= 0) & (leader != first)], minlength=len(order))
    return first, int(elsewhere.argmax()) if elsewhere.any() else others[0]


def _gap(shares: Ratios, pair: tuple[int, ...]) -> Estimate:
    return difference(shares, shares, (pair[0],), (pair[-1],)) if len(pair) > 1 else UNKNOWN


@dataclass(frozen=True)
class _PanelCounts:
    """Counts of a panel by measure, and what is asked of them."""

    design: Design
    words: tuple[tuple[str, ...], tuple[str, ...]]
    """Names of the formats, and of the number factors."""
    sample: SampleRows
    counts: Mapping[str, tuple[NDArray[Any], NDArray[Any]]]
    measure: str
    pair: tuple[int, ...]
    axes: tuple[int, ...]
    """Of maps, the same in all cells."""
    highest: int
    """The format that is highest over all points."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the formats."""
        return self.words[0]

    def analysed(self, panel: Panel) -> Panel:
        """The panel with what its kind of sample allows."""
        if not np.isfinite(self.answer).any():
            return panel
        match self.sample.kind:
            case "grid" if self.axes:
                panel = self._mapped(panel)
            case "sobol":
                panel = replace(panel, indices=self._indices())
            case "morris":
                panel = replace(panel, effects=sample_effects(self.design, self.sample, self.answer, self.words[1]))
            case "oat":
                panel = replace(panel, steps=self._steps())
            case _:
                pass
        explored = self.sample.kind not in ("morris", "oat") and panel.n_points >= FEWEST_POINTS
        return replace(panel, boxes=self._boxes(panel), tree=self._tree()) if explored else panel

    @property
    def levels(self) -> Floats:
        """[N, K]."""
        return self.design.points.levels[self.sample.first : self.sample.end]

    @property
    def luck(self) -> Ints:
        """[N]."""
        return self.design.points.group[self.sample.first : self.sample.end]

    @property
    def inputs(self) -> dict[str, Floats]:
        """Factors that are swept, without dummies."""
        swept = [k for k in range(self.levels.shape[1]) if np.ptp(self.levels[:, k]) > 0.0]
        numbers = self.design.numbers
        return {self.words[1][k]: self.levels[:, k] for k in swept if not numbers[k].dummy}

    @cached_property
    def answer(self) -> Floats:
        """[N, D] the paired difference of the two leading formats in each draw, or the share of a single one."""
        return self._share(self.pair[0]) - (self._share(self.pair[-1]) if len(self.pair) > 1 else 0.0)

    def _share(self, at: int) -> Floats:
        return _shares(*(part[..., at] for part in self.counts[self.measure]))

    def _mapped(self, panel: Panel) -> Panel:
        axes = self.axes
        names = [self.words[1][axis] for axis in axes]
        sides = [(name, self.levels[:, axis]) for name, axis in zip(names, axes, strict=True)]
        columns = sides[1] if len(sides) > 1 else None
        maps = {name: heat_map(sides[0], columns, *self.counts[name]) for name in dict.fromkeys((self.measure, *SHOWN))}
        if len(self.pair) < 2:
            return replace(panel, axes=axes, maps=maps)
        first, second = self.pair[0], self.pair[-1]
        heat, formats = maps[self.measure], self.names
        by_point = heat.points.size == panel.n_points  # else its squares are means over points
        widest = panel.standing.widest if by_point else 0.0
        turn = tipping(heat, first, second, (formats[first], formats[second]), at_least=widest)
        others: dict[int, TippingMap] = {}
        for slot in self._others() if columns else ():
            pair = formats[slot], formats[self.highest]
            others[slot] = tipping(heat, slot, self.highest, pair, at_least=widest)
        return replace(panel, axes=axes, maps=maps, tipping=turn, others=others)

    def _others(self) -> list[int]:
        """Formats besides the highest, where there are more than two in all: the next highest ones, in their order."""
        if len(self.names) < 3:
            return []
        hits, trials = (part.sum(axis=(0, 1)) for part in self.counts[self.measure])
        order = np.argsort(-_shares(hits, trials), kind="stable").tolist()
        return sorted([slot for slot in order if slot != self.highest][:MOST_OTHERS])

    def _indices(self) -> dict[str, PickFreezeIndices]:
        answers = {"": self.answer} if len(self.pair) > 1 else {}
        answers |= {id_: self._share(at) for at, id_ in enumerate(self.design.formats)}
        return {id_: sample_indices(self.design, self.sample, y, self.words[1]) for id_, y in answers.items()}

    def _steps(self) -> dict[str, OneAtATime]:
        hits, trials = self.counts[self.measure]
        return {
            id_: sample_steps(self.design, self.sample, (hits[..., at], trials[..., at]), self.words[1])
            for at, id_ in enumerate(self.design.formats)
        }

    def _boxes(self, panel: Panel) -> tuple[tuple[int, BoxSearch], ...]:
        """Where each of the two leading formats leads, if that is neither nearly nowhere nor nearly everywhere.

        With few draws, where it is ahead as seen; of a single format, where more than half of its runs reach it.
        """
        names, inputs = self.names, self.inputs
        mean, first = self.answer.mean(axis=1), self.pair[0]
        if len(self.pair) < 2:
            half = np.where(np.isfinite(mean), mean > 0.5, np.nan)
            looks = [(first, half, message("more than half of the runs reach it"))]
        elif self.design.runs.draws < FEWEST_DRAWS:
            seen = {at: 0.5 + 0.5 * np.sign(side * mean) for at, side in zip(self.pair, (1.0, -1.0), strict=True)}
            looks = [(at, y, message("{format} is ahead as seen", format=names[at])) for at, y in seen.items()]
        else:
            leads = {at: np.where(np.isfinite(mean), panel.leader == at, np.nan) for at in self.pair}
            looks = [(at, y, message("{format} leads", format=names[at])) for at, y in leads.items()]
        return tuple(
            (at, box_search(inputs, interest, what, groups=self.luck))
            for at, interest, what in looks
            if inputs and EDGE <= np.nanmean(interest) <= 1.0 - EDGE
        )

    def _tree(self) -> RegressionTree | None:
        y, names = self.answer.mean(axis=1), self.names
        if not self.inputs:
            return None
        first, second = names[self.pair[0]], names[self.pair[-1]]
        what = message("{first} minus {second}", first=first, second=second)
        return regression_tree(self.inputs, y, what if len(self.pair) > 1 else first, groups=self.luck)


def _shares(hits: NDArray[Any], trials: NDArray[Any]) -> Floats:
    return np.divide(hits, trials, out=np.full(hits.shape, np.nan), where=trials > 0)


def _axes(design: Design, sample: SampleRows, main: Measured, pair: tuple[int, ...]) -> tuple[int, ...]:
    """Number factors of a grid along which maps are drawn, by the answer over all cells together."""
    n = len(design.points.luck)
    hits, trials = (
        part.reshape(-1, n, *part.shape[1:])[:, sample.first : sample.end].sum(axis=0)[..., list(pair)] for part in main
    )
    share, levels = _shares(hits, trials), design.points.levels[sample.first : sample.end]
    return grid_axes(levels, share[..., 0] - (share[..., 1] if len(pair) > 1 else 0.0))


def grid_axes(levels: Floats, answer: Floats) -> tuple[int, ...]:
    """At most two factors of a grid, those along which the mean of the answer [N, D] moves most; in their order."""
    swept = [k for k in range(levels.shape[1]) if np.ptp(levels[:, k]) > 0.0] or [*range(levels.shape[1])][:1]
    known = np.isfinite(answer).all(axis=1)
    if not known.any():
        return tuple(swept[:2])
    mean = answer[known].mean(axis=1)

    def moved(k: int) -> float:
        _, at = np.unique(levels[known, k], return_inverse=True)
        return float(np.var(np.bincount(at, mean) / np.bincount(at)))

    return tuple(sorted(sorted(swept, key=moved, reverse=True)[:2]))


def format_names(design: Design, language: str | None = None) -> tuple[str, ...]:
    """Names of the formats and tracks of a design, in its order, and in a language if the file has them in it."""
    structure = design.scenario.encoder(seed=design.runs.seed, language=language).structure
    names = {info.id: info.name for info in structure.formats}
    return tuple(names[id_] for id_ in design.formats)
