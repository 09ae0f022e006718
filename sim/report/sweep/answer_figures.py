"""Figures of single answers, for a notebook: a map of shares, a tipping line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.analysis.comparison.results import MEASURES
from sim.analysis.sweeps.heat_map import HeatMap
from sim.analysis.sweeps.tipping import TippingMap
from sim.report.canvas.sheet import to_svg
from sim.report.sweep import response_figures
from sim.report.sweep.factor_words import SweptFactor, factor_labels, swept_factor
from sim.report.sweep.sweep_words import names_of
from sim.sweep.design import Design


def map_figure(design: Design, heat: HeatMap, shown: Sequence[str], measure: str) -> str:
    """SVG of the shares of some formats over one or two number factors; empty where a factor has names for levels."""
    factors = _factors(design, heat)
    if not factors or measure not in MEASURES:
        return ""
    at = [design.formats.index(name) for name in shown]
    part = replace(heat, **{name: getattr(heat, name)[..., at] for name in ("value", "low", "high", "hits", "trials")})
    names = [names_of(design)[slot] for slot in at]
    return to_svg(
        response_figures.lines(part, None, factors[0], names, measure=measure)
        if len(factors) == 1
        else response_figures.share_maps(part, (factors[0], factors[1]), names, measure=measure)
    )


def tipping_figure(design: Design, heat: HeatMap, turn: TippingMap, measure: str) -> str:
    """SVG of the difference of two formats over two number factors, with the line at which it is 0; else empty."""
    factors = _factors(design, turn)
    if len(factors) < 2 or measure not in MEASURES:
        return ""
    pair = design.formats.index(turn.first), design.formats.index(turn.second)
    runs = response_figures.cell_runs(heat)
    return to_svg(response_figures.gap_map(turn, (factors[0], factors[1]), pair, measure=measure, runs=runs))


def _factors(design: Design, heat: HeatMap | TippingMap) -> tuple[SweptFactor, ...]:
    """The number factors of a map; none where one of its factors is no such."""
    structure = design.scenario.encoder(seed=design.runs.seed).structure
    known = {factor.name: factor for factor in design.numbers}
    axes = [axis.factor for axis in (heat.rows, heat.columns) if axis is not None]
    labels = dict(zip(known, factor_labels(design, structure), strict=True))
    if not all(name in known for name in axes):
        return ()
    return tuple(swept_factor(known[name], structure, labels[name]) for name in axes)
