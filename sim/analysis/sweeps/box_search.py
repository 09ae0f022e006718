"""The box of a sweep in which something happens: the patient rule induction method, which ends in a sentence.

From the box of all points, the slice of one factor (the share `alpha` at either end of its values, or one category)
whose loss raises the density of interest most per point lost is peeled off, again and again (Friedman & Fisher 1999,
Statistics and Computing 9). The boxes on the way are the trajectory: coverage (the share of all interest that is
inside) falls as density rises (Bryant & Lempert 2010, Technological Forecasting & Social Change 77).

The box is chosen that holds most interest beyond what as many points drawn at random would hold, ``mass (density -
mean)``; slices are pasted back while that grows, and a restriction is dropped whose quasi-p-value is above `QUASI_P`.
Of several sizes of slices (`ALPHAS`) that is taken whose box holds most so.

A box is found even in noise. So the search is repeated on halves of the points, on both of every random split, and each
half's box is held against the points of the other half (complementary pairs; Shah & Samworth 2013, J. R. Statist. Soc.
B 75). What they hold of the interest there is what a box found this way is worth on new points; where its interval is
not above the mean, no box is told.

Shape letters: N points, K factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal, NamedTuple

import numpy as np
from scipy.special import betainc  # pyright: ignore[reportMissingTypeStubs]

from sim.analysis.statistics.intervals import Estimate, linearised, ratios
from sim.analysis.sweeps.factor_levels import FactorRange, Levels, coded, sampling_units, where
from sim.types.arrays import Floats, Ints, Mask
from sim.types.marks import HIDDEN
from sim.types.message import Message, message

QUASI_P = 0.05
ALPHAS = (0.05, 0.15, 0.3)
"""Sizes of slices tried: small ones follow small boxes, large ones find the ends of large boxes among many factors."""
LEAST_MASS = 0.05
"""Share of the points in the smallest box."""
FEW_LEVELS = 30
"""Levels of a factor up to which an end of a box is told as the last level inside."""
LEAST_POINTS = 40
"""Under which no box is looked for."""


@dataclass(frozen=True)
class Restriction:
    """What a box asks of one factor."""

    inside: FactorRange
    quasi_p: float
    """Chance that points drawn at random, as many as the restriction leaves of the box without it, are as dense
    (one-sided binomial test; Bryant & Lempert 2010). The box was chosen by looking, and points of one group are not
    independent, so it is no p-value."""
    kept: float
    """Share of the boxes of half the points that restrict this factor, too."""


@dataclass(frozen=True)
class Box:
    """A box on the trajectory."""

    coverage: float
    """Share of all interest that is inside."""
    density: float
    """Mean interest inside."""
    mass: float
    """Share of all points that are inside."""
    factors: tuple[str, ...]
    """Those that it restricts."""


@dataclass(frozen=True)
class BoxSearch:
    """Boxes of interest, and the one chosen."""

    points: int
    interest: float
    """Mean over all points."""
    trajectory: tuple[Box, ...]
    """From all points to the smallest box."""
    chosen: Box | None
    """None where no box is better than chance on points that were not looked at."""
    restrictions: tuple[Restriction, ...]
    """Of the chosen box."""
    inside: Mask
    """[N] the points in the chosen box; all where there is none."""
    said: Annotated[tuple[Message, ...], HIDDEN]
    held_out_density: Estimate | None = None
    """Of boxes found on half the points, among the other half (95%, over points); None where nothing was searched."""
    held_out_coverage: Estimate | None = None
    halves: int = 0
    """Boxes behind these."""

    COMPUTED: ClassVar = ("sentence",)

    @property
    def sentence(self) -> str:
        """What there is to say, in English."""
        return " ".join(map(str, self.said))


def box_search(
    inputs: Mapping[str, Levels],
    interest: Floats | Mask,
    what: Message | str,
    *,
    groups: Ints | None = None,
    alphas: Sequence[float] = ALPHAS,
    splits: int = 5,
    seed: int = 1,
) -> BoxSearch:
    """The box of the inputs, each [N] numbers or words, that holds most of the interest [N], from 0 to 1.

    `what` is the clause that the interest stands for, as in "the bilateral leads". A point's interest is 1 where that
    is so and 0 where not; what lies between (the share of runs in which it is) counts in part.

    Points whose interest is NaN are left out. Points of one group [N] stay together where points are split: give their
    luck (`sampling_units`). `seed` is of the Philox stream that splits the points.

    Raises:
        ValueError: interest outside 0 to 1, or inputs of another length.
    """
    y = np.asarray(interest, dtype=np.float64)
    known = np.isfinite(y)
    space = _space(inputs, len(y))
    if ((y[known] < 0.0) | (y[known] > 1.0)).any():
        raise ValueError("interest is a share from 0 to 1")
    rows = np.flatnonzero(known)
    nothing = _nothing_to_search(y[rows], what)
    if nothing is not None:
        mean = float(y[rows].mean()) if len(rows) else 0.0
        return BoxSearch(len(rows), mean, (), None, (), inside=known, said=(nothing,))
    search = _Search(space, y, tuple(alphas))
    passed, limits = search.best(rows)
    unit = sampling_units(groups, len(y))
    halves, weight = _halves(search, rows, unit, splits=splits, seed=seed)
    density, coverage, better = _held_out(y[rows], weight[rows], unit[rows])
    kept = np.mean([half.restricts() for half in halves], axis=0)
    told = better and bool(limits.restricts().any())
    mean, box = float(y[rows].mean()), search.box(limits, rows)
    restrictions = search.restrictions(limits, rows, kept) if told else ()
    no_box = message("No box can be told in which {what} more often than elsewhere.", what=what)
    said = _sentences(box, restrictions, interest=mean, held_out=density, what=what) if told else (no_box,)
    return BoxSearch(
        points=len(rows),
        interest=mean,
        trajectory=tuple(search.box(one, rows) for one in passed),
        chosen=box if told else None,
        restrictions=restrictions,
        inside=known & space.inside(limits) if told else known,
        held_out_density=density,
        held_out_coverage=coverage,
        halves=len(halves),
        said=said,
    )


@dataclass(frozen=True)
class _Limits:
    """What a box asks: `low <= x <= high` of every factor [K], and no category that is banned."""

    low: Floats
    high: Floats
    banned: frozenset[tuple[int, int]] = frozenset()

    def restricts(self) -> Mask:
        """[K] which factors it restricts."""
        by_category = np.zeros(len(self.low), dtype=np.bool_)
        by_category[[k for k, _ in self.banned]] = True
        return np.isfinite(self.low) | np.isfinite(self.high) | by_category

    def moved(self, factor: int, *, low: float | None = None, high: float | None = None) -> _Limits:
        """With other ends of one factor."""
        lows, highs = self.low.copy(), self.high.copy()
        if low is not None:
            lows[factor] = low
        if high is not None:
            highs[factor] = high
        return replace(self, low=lows, high=highs)

    def lifted(self, factor: int) -> _Limits:
        """Without what it asks of one factor."""
        free = self.moved(factor, low=-np.inf, high=np.inf)
        return replace(free, banned=frozenset(at for at in self.banned if at[0] != factor))


class _Slice(NamedTuple):
    """A slice of one factor that may be peeled off."""

    gain: float
    """In density, per row lost."""
    rows: int
    """Left in the box."""
    factor: int
    end: Literal["low", "high", "not"]
    level: float
    """The new end, or the category that is banned."""

    def peeled(self, limits: _Limits) -> _Limits:
        """The box without it."""
        if self.end == "not":
            return replace(limits, banned=limits.banned | {(self.factor, int(self.level))})
        return limits.moved(self.factor, **{self.end: self.level})

    def keeps(self, levels: Floats) -> Mask:
        """[n] which of these levels of the factor stay."""
        if self.end == "low":
            return levels >= self.level
        return levels <= self.level if self.end == "high" else levels != self.level


@dataclass(frozen=True)
class _Space:
    """Levels of all factors at all points; a category is the position of its word."""

    names: tuple[str, ...]
    x: Floats  # [N, K]
    categories: tuple[tuple[str, ...], ...]  # [K] words, none for numbers

    def inside(self, limits: _Limits) -> Mask:
        """[N] which points are in a box."""
        held: Mask = np.asarray(((self.x >= limits.low) & (self.x <= limits.high)).all(axis=1))
        for factor, code in limits.banned:
            held &= self.x[:, factor] != code
        return held


def _space(inputs: Mapping[str, Levels], n_points: int) -> _Space:
    columns, categories = zip(*map(coded, inputs.values()), strict=True) if inputs else ((), ())
    if any(len(column) != n_points for column in columns):
        raise ValueError(f"each input has one level for each of {n_points} points")
    return _Space(tuple(inputs), np.array(columns).T.reshape(n_points, -1), tuple(categories))


@dataclass(frozen=True)
class _Search:
    """Peeling, choosing and pasting over some rows [n] of the points."""

    space: _Space
    y: Floats
    alphas: tuple[float, ...]

    def best(self, rows: Ints) -> tuple[list[_Limits], _Limits]:
        """The trajectory by the size of slices that leads to the box of most worth, and this box."""
        paths = [self._peeled(rows, alpha) for alpha in self.alphas]
        tried = [(passed, self._chosen(passed, rows)) for passed in paths]
        return max(tried, key=lambda one: self.worth(one[1], rows))

    def _peeled(self, rows: Ints, alpha: float) -> list[_Limits]:
        """The boxes of the trajectory, from that of all rows on."""
        n_factors = len(self.space.names)
        passed = [_Limits(np.full(n_factors, -np.inf), np.full(n_factors, np.inf))]
        least = max(LEAST_MASS * len(rows), 2.0)
        order = rows[np.argsort(self.space.x[rows], axis=0, kind="stable")].T  # [K, n] rows in the box by level
        keep = np.zeros(len(self.y), dtype=np.bool_)
        while True:
            slices = (cut for factor in range(n_factors) for cut in self._slices(factor, order[factor], alpha))
            best = max((cut for cut in slices if cut.rows >= least), key=lambda cut: cut.gain, default=None)
            if best is None:
                return passed
            passed.append(best.peeled(passed[-1]))
            kept, levels = order[best.factor], self.space.x[order[best.factor], best.factor]
            keep[:] = False
            keep[kept[best.keeps(levels)]] = True
            order = order[keep[order]].reshape(n_factors, -1)

    def _slices(self, factor: int, order: Ints, alpha: float) -> Iterator[_Slice]:
        """The slices of a factor that may be peeled, from the rows [n] in the box by its level."""
        levels, y = self.space.x[order, factor], self.y[order]
        n, total = len(order), float(y.sum())

        def gain(lost: int, interest: float) -> float:
            return ((total - interest) / (n - lost) - total / n) / lost

        if self.space.categories[factor]:
            for code in np.unique(levels).tolist():
                away = levels == code
                lost = int(away.sum())
                if lost < n:
                    yield _Slice(gain(lost, float(y[away].sum())), n - lost, factor, "not", code)
            return
        least = min(max(int(alpha * n), 1), n - 1)
        below = int(np.searchsorted(levels, levels[least], "left") or np.searchsorted(levels, levels[0], "right"))
        above = int(np.searchsorted(levels, levels[n - 1 - least], "right"))
        above = int(np.searchsorted(levels, levels[-1], "left")) if above == n else above
        if below < n:
            yield _Slice(gain(below, float(y[:below].sum())), n - below, factor, "low", float(levels[below]))
        if above > 0:
            yield _Slice(gain(n - above, float(y[above:].sum())), above, factor, "high", float(levels[above - 1]))

    def worth(self, limits: _Limits, rows: Ints) -> float:
        """Interest in the box beyond what as many rows drawn at random would hold."""
        held = self.y[rows[self.space.inside(limits)[rows]]]
        return float(held.sum() - len(held) * self.y[rows].mean())

    def _chosen(self, passed: Sequence[_Limits], rows: Ints) -> _Limits:
        """The box of most worth, pasted, without restrictions that do nothing."""
        limits = max(passed, key=lambda one: self.worth(one, rows))
        return self._without(self._pasted(limits, rows), rows)

    def _pasted(self, limits: _Limits, rows: Ints) -> _Limits:
        """Slices put back for as long as the box grows in worth."""
        worth = self.worth(limits, rows)
        while True:
            wider = max(self._wider(limits, rows), key=lambda one: self.worth(one, rows), default=limits)
            if self.worth(wider, rows) <= worth:
                return limits
            limits, worth = wider, self.worth(wider, rows)

    def _wider(self, limits: _Limits, rows: Ints) -> Iterator[_Limits]:
        """The box with one slice put back."""
        for factor, code in sorted(limits.banned):
            yield replace(limits, banned=limits.banned - {(factor, code)})
        size = max(int(min(self.alphas) * self.space.inside(limits)[rows].sum()), 1)
        for factor in np.flatnonzero(np.isfinite(limits.low) | np.isfinite(limits.high)).tolist():
            levels = self.space.x[rows[self.space.inside(limits.lifted(factor))[rows]], factor]
            below = np.sort(levels[levels < limits.low[factor]])[::-1]
            above = np.sort(levels[levels > limits.high[factor]])
            if len(below):
                yield limits.moved(factor, low=-np.inf if len(below) <= size else float(below[size - 1]))
            if len(above):
                yield limits.moved(factor, high=np.inf if len(above) <= size else float(above[size - 1]))

    def quasi_p(self, limits: _Limits, rows: Ints, factor: int) -> float:
        """Chance of so much interest in as many rows of the box without the restriction of a factor."""
        held = self.y[rows[self.space.inside(limits)[rows]]]
        free = self.y[rows[self.space.inside(limits.lifted(factor))[rows]]]
        interest = float(held.sum())
        return float(betainc(interest, len(held) - interest + 1.0, free.mean())) if interest > 0.0 else 1.0

    def _without(self, limits: _Limits, rows: Ints) -> _Limits:
        """The box without restrictions that do nothing, worst first."""
        while restricted := np.flatnonzero(limits.restricts()).tolist():
            p, factor = max((self.quasi_p(limits, rows, factor), factor) for factor in restricted)
            if p <= QUASI_P:
                break
            limits = limits.lifted(factor)
        return limits

    def box(self, limits: _Limits, rows: Ints) -> Box:
        held = self.y[rows[self.space.inside(limits)[rows]]]
        return Box(
            coverage=float(held.sum() / self.y[rows].sum()),
            density=float(held.mean()),
            mass=len(held) / len(rows),
            factors=tuple(self.space.names[at] for at in np.flatnonzero(limits.restricts())),
        )

    def restrictions(self, limits: _Limits, rows: Ints, kept: Floats) -> tuple[Restriction, ...]:
        """What the box asks, the least likely to be chance first; ends lie midway to the next level outside."""
        asked: list[Restriction] = []
        for factor in np.flatnonzero(limits.restricts()).tolist():
            levels, words = self.space.x[rows, factor], self.space.categories[factor]
            low, high = limits.low[factor], limits.high[factor]
            few = len(np.unique(levels)) <= min(FEW_LEVELS, len(levels) // 2)
            inside = FactorRange(
                factor=self.space.names[factor],
                low=float(low + levels[levels < low].max()) / 2.0 if np.isfinite(low) else None,
                high=float(high + levels[levels > high].min()) / 2.0 if np.isfinite(high) else None,
                categories=tuple(w for at, w in enumerate(words) if (factor, at) not in limits.banned) or None,
                least=float(low) if few and np.isfinite(low) else None,
                most=float(high) if few and np.isfinite(high) else None,
            )
            asked.append(Restriction(inside, self.quasi_p(limits, rows, factor), kept=float(kept[factor])))
        return tuple(sorted(asked, key=lambda one: one.quasi_p))


def _nothing_to_search(y: Floats, what: Message | str) -> Message | None:
    if len(y) < LEAST_POINTS:
        return message("Only {points} points: too few to look for a box.", points=len(y))
    if np.ptp(y) > 0.0:
        return None
    if y[0] == 0.0:
        return message("At no point: {what}. There is no box to look for.", what=what)
    if y[0] == 1.0:
        return message("At every point: {what}. There is no box to look for.", what=what)
    return message("To the same degree at every point: {what}. There is no box to look for.", what=what)


def _halves(search: _Search, rows: Ints, unit: Ints, *, splits: int, seed: int) -> tuple[list[_Limits], Floats]:
    """Boxes of both halves of random splits of the units; [N] share of splits in which the other's box has a point."""
    chance = np.random.Generator(np.random.Philox(key=seed))
    weight, boxes = np.zeros(len(search.y)), list[_Limits]()
    units = np.unique(unit[rows])
    for _ in range(splits):
        first = np.isin(unit[rows], chance.permutation(units)[: len(units) // 2])
        for here, there in ((rows[first], rows[~first]), (rows[~first], rows[first])):
            _, limits = search.best(here)
            boxes.append(limits)
            weight[there] += search.space.inside(limits)[there] / splits
    return boxes, weight


def _held_out(y: Floats, weight: Floats, unit: Ints) -> tuple[Estimate, Estimate, bool]:
    """Density and coverage of boxes on points that they were not found on; whether that density is above the mean.

    Of few points the variance is worth little, so the density has the interval of a share (`ratios`), and the mean must
    lie below that interval as well as below that of the difference.
    """
    _, at = np.unique(unit, return_inverse=True)
    both, inside, interest, points = (np.bincount(at, part) for part in (weight * y, weight, y, np.ones(len(y))))
    lead = linearised(both, inside).minus(linearised(interest, points)).estimates()[0]
    density, coverage = ratios(both, inside).at(), linearised(both, interest).estimates()[0]
    return density, coverage, lead.low > 0.0 and density.low > float(y.mean())


def _sentences(
    box: Box, restrictions: Sequence[Restriction], *, interest: float, held_out: Estimate, what: Message | str
) -> tuple[Message, ...]:
    return (
        message(
            "{what} most often in the box where {where}.", what=what, where=where([one.inside for one in restrictions])
        ),
        message(
            "Of the points in this box it is so at {density}% (at {mean}% of all points); the box holds {coverage}% of "
            "all at which it is so.",
            density=round(100.0 * box.density),
            coverage=round(100.0 * box.coverage),
            mean=round(100.0 * interest),
        ),
        message(
            "Checked on points not used to find it (boxes found on half the points, on the other half): {held}%.",
            held=round(100.0 * held_out.value),
        ),
    )
