"""What one asks of a sweep: maps, tipping lines, indices, effects, boxes, trees, regret; from a folder's counts.

Names are checked here, in words; what is computed is in `sim.analysis.sweeps`, on plain arrays.

Shape letters: P design points, N points of one sample in one cell, D draws, F formats, K number factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sweeps.box_search import BoxSearch, box_search
from sim.analysis.sweeps.elementary_effects import ElementaryEffects, OneAtATime, elementary_effects, one_at_a_time
from sim.analysis.sweeps.heat_map import HeatMap, heat_map
from sim.analysis.sweeps.pick_freeze_indices import PickFreezeIndices, pick_freeze_indices
from sim.analysis.sweeps.regression_tree import RegressionTree, regression_tree
from sim.analysis.sweeps.regret import Regret, regret
from sim.analysis.sweeps.tipping import TippingMap, tipping
from sim.app.errors import InputError, choose_one, did_you_mean
from sim.sweep.box_conditions import Known, Lead, holds, parse_condition
from sim.sweep.design import Design, SampleKind, SampleRows
from sim.sweep.point_leaders import FEWEST_DRAWS
from sim.types.arrays import Floats, Ints

if TYPE_CHECKING:
    from sim.sweep.sweep_result import SweepResult

BINS = 12
"""Into which a factor is cut for a map where the points are no grid."""
_HOW = {
    "sobol": "sobol: {n: 256}",
    "morris": "morris: {trajectories: 50}",
    "oat": "oat: {steps: 5}",
}


def format_at(design: Design, name: str | None) -> int:
    """Position of a format; it need not be named where there is one.

    Raises:
        InputError: there is no such format, or none is named of several.
    """
    return choose_one(name, design.formats, what="format", option="format=")


def share_map(
    result: SweepResult, x: str, y: str | None = None, *, measure: str = "settlement", bins: int | None = None
) -> HeatMap:
    """Shares of all formats over the levels of `x` (rows of the record) and `y` (its columns), all else pooled.

    Of a design with a grid the grid is shown, else all points, in `bins` bins of each factor that has more levels.
    """
    design = result.design
    factors = _factors(result)
    for name in (x, *([y] if y is not None else [])):
        if name not in factors:
            raise InputError(f'No factor is called "{name}". {did_you_mean(name, factors)}')
    if x == y:
        raise InputError(f'A map takes two different factors: "{x}" stands on both sides.')
    gridded = any(sample.kind == "grid" for sample in design.samples)
    at = _gridded(design) if gridded else np.arange(design.n_points)
    hits, trials = _counts(result, measure)
    sides = [(name, factors[name][at]) for name in (x, y) if name is not None]
    cut = (0 if gridded else BINS) if bins is None else bins
    return heat_map(sides[0], sides[1] if y is not None else None, hits[at], trials[at], bins=cut)


def tipping_map(result: SweepResult, pair: tuple[str, str], heat: HeatMap) -> TippingMap:
    """Where on a map the order of two formats turns."""
    first, second = (format_at(result.design, name) for name in pair)
    if first == second:
        raise InputError(f'A format has no difference from itself: "{pair[0]}" stands on both sides.')
    return tipping(heat, first, second, pair)


def answer(result: SweepResult, measure: str, format: str | None, minus: str | None) -> Floats:
    """[P, D] share of each draw's runs, of a format or of one minus another; NaN where a run is not there."""
    hits, trials = _counts(result, measure)
    shares = np.divide(hits, trials, out=np.full(hits.shape, np.nan), where=trials > 0)
    y: Floats = shares[:, :, format_at(result.design, format)]
    return y if minus is None else y - shares[:, :, format_at(result.design, minus)]


def sobol_indices(result: SweepResult, y: Floats, cell: int = 0) -> PickFreezeIndices:
    """First-order and total indices of an answer [P, D], of the Sobol sample in one cell."""
    sample, at = _sample(result.design, "sobol", cell)
    return sample_indices(result.design, sample, y[at], _columns(result.design))


def morris_effects(result: SweepResult, y: Floats, cell: int = 0) -> ElementaryEffects:
    """Elementary effects on an answer [P, D], of the Morris sample in one cell."""
    sample, at = _sample(result.design, "morris", cell)
    return sample_effects(result.design, sample, y[at], _columns(result.design))


def single_steps(result: SweepResult, measure: str, format: str | None, cell: int = 0) -> OneAtATime:
    """What each level of each factor does alone, of the one-at-a-time sample in one cell."""
    sample, at = _sample(result.design, "oat", cell)
    which = format_at(result.design, format)
    hits, trials = (part[at, :, which] for part in _counts(result, measure))
    return sample_steps(result.design, sample, (hits, trials), _columns(result.design))


def _columns(design: Design) -> list[str]:
    return [factor.name for factor in design.numbers]


def sample_indices(design: Design, sample: SampleRows, y: Floats, names: Sequence[str]) -> PickFreezeIndices:
    """Indices of an answer [N, D] on a Sobol sample; `names` [K] are those of the number factors."""
    dummies = [name for name, factor in zip(names, design.numbers, strict=True) if factor.dummy]
    return pick_freeze_indices(y.reshape(*sample.shape[:2], -1), names, dummies=dummies)


def sample_effects(design: Design, sample: SampleRows, y: Floats, names: Sequence[str]) -> ElementaryEffects:
    """Elementary effects on an answer [N, D] on a Morris sample; `names` [K] are those of the number factors."""
    factors, shape = [design.numbers[k] for k in design.movers], (*sample.shape[:2], -1)
    ranges = np.array([(factor.low, factor.high) for factor in factors])
    levels = design.points.levels[sample.first : sample.end, design.movers].reshape(shape)
    return elementary_effects(y.reshape(shape), levels, [names[k] for k in design.movers], ranges)


def sample_steps(
    design: Design, sample: SampleRows, counts: tuple[NDArray[Any], NDArray[Any]], names: Sequence[str]
) -> OneAtATime:
    """Steps of a format's hits and trials [N, D] on a one-at-a-time sample; `names` [K] are of the number factors."""
    levels = design.points.levels[sample.first : sample.end, design.movers]
    return one_at_a_time(*counts, levels, [names[k] for k in design.movers])


def box(result: SweepResult, condition: str, format: str | None = None) -> BoxSearch:
    """The box of all factors that holds most of the points at which a condition is met (`sim.sweep.box_conditions`)."""
    design = result.design
    if format is not None:
        format_at(design, format)
    clauses = parse_condition(condition, Known(design.formats, result.measures, format))
    if design.runs.draws < FEWEST_DRAWS and any(isinstance(one, Lead) and one.certain for one in clauses):
        raise InputError(
            f"Who leads at a point is told from {FEWEST_DRAWS} draws of it on, and here are {design.runs.draws}. "
            'Ask for "ahead of" in place of "leads": it goes by the estimates.'
        )
    met, known = holds(result, clauses)
    interest = np.where(known, met.astype(np.float64), np.nan)
    return box_search(_factors(result), interest, " and ".join(map(str, clauses)), groups=_groups(design))


def tree(result: SweepResult, y: Floats, what: str) -> RegressionTree:
    """A regression tree of an answer [P, D] over all factors."""
    return regression_tree(_factors(result), y.mean(axis=1), what, groups=_groups(result.design))


def regrets(result: SweepResult, measure: str = "settlement") -> Regret:
    """How far each format is behind the best one, over all points."""
    return regret(*_counts(result, measure), result.design.formats)


def check_sample(design: Design, kind: SampleKind) -> list[SampleRows]:
    """The samples of a kind; an InputError that says how to add one where there is none."""
    samples = [sample for sample in design.samples if sample.kind == kind]
    if not samples:
        raise InputError(f"This design has no {kind} sample. Add one to it, such as sample: {{{_HOW[kind]}}}.")
    return samples


def _counts(result: SweepResult, measure: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Hits and trials [P, D, F], of whichever type of whole number."""
    return result.measured(measure)


def _factors(result: SweepResult) -> Mapping[str, NDArray[Any]]:
    """[P] levels of every factor that moves something."""
    dummies = {factor.name for factor in result.design.numbers if factor.dummy}
    return {name: levels for name, levels in result.inputs().items() if name not in dummies}


def _groups(design: Design) -> Ints:
    """[P] points of one number stay together where points are split."""
    return np.tile(design.points.group, len(design.cells))


def _sample(design: Design, kind: SampleKind, cell: int) -> tuple[SampleRows, slice]:
    """The first sample of a kind, and its points in one cell."""
    sample = check_sample(design, kind)[0]
    if not 0 <= cell < len(design.cells):
        raise InputError(f"There is no cell {cell}: the design has {len(design.cells)}, from 0.")
    first = cell * len(design.points.luck)
    return sample, slice(first + sample.first, first + sample.end)


def _gridded(design: Design) -> Ints:
    """[N] points of the grids in all cells."""
    grids = check_sample(design, "grid")
    rows = np.concatenate([np.arange(sample.first, sample.end) for sample in grids])
    return np.concatenate([rows + cell * len(design.points.luck) for cell in range(len(design.cells))])
