"""A back-test for a terminal of 120 columns: sentences, and tables with short names. In English only.

The page has every score; here are those that a reader looks at first, a line or two a row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich import box
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from sim.analysis.backtest.backtest_scores import LAYER_PAIRS, Evaluation, Paired
from sim.analysis.backtest.cross_validation import BackTest
from sim.analysis.backtest.linking import Linked
from sim.analysis.positions.forecasters import FORECASTERS
from sim.analysis.statistics.forecast_scores import HIT
from sim.report.backtest.backtest_more import linking_grid
from sim.report.backtest.backtest_page import CONDITIONAL, Page
from sim.report.backtest.backtest_words import (
    MAIN,
    PAIR_WORDS,
    PART_WORDS,
    Grid,
    figure,
    headlines,
    how_words,
    with_interval,
)
from sim.report.words.words import NOTHING, percent

SHORT_PARTS: Mapping[str, str] = {"issues_in_proposal": "issues"}
BETTER, WORSE = " better", " worse"
UNSAID = "Without a word behind it, the 95% interval of a difference holds 0, or there are too few proposals for one."


def view(page: Page) -> list[RenderableType]:
    """The findings for a terminal: sentences first, then the tables."""
    said = [how_words(page.test), *(f"- {one}" for one in headlines(page.test, page.whole)), ""]
    tables = [scores(page.whole), differences(page.whole), steps(page.whole)]
    if page.parts:
        tables.append(divided(page.parts))
    tables.append(constants(page.test))
    if page.linked:
        tables.append(linking(page.linked))
    shown: list[RenderableType] = [escape(one) for one in said]
    for one in tables:
        shown += [_table(one), ""]
    return [*shown, UNSAID, CONDITIONAL]


def scores(whole: Evaluation) -> Grid:
    """The scores that are told first."""
    rows = tuple(
        (
            FORECASTERS[one.name].short,
            str(one.n),
            with_interval(one.crps),
            figure(one.mae.value),
            percent(one.points.hits),
            NOTHING if one.log is None else figure(one.log.value),
            NOTHING
            if one.coverage_80 is None
            else f"{percent(one.coverage_80.share)} ({percent(one.coverage_80.given)})",
        )
        for one in whole.scores
    )
    head = ("Forecast", "Issues", "CRPS, 95% interval", "MAE", f"Within {HIT:g}", "Log", "In 80% (given)")
    return Grid("scores", "Scores: hundredths of the scale, CRPS and MAE lower is better", head, rows)


def differences(whole: Evaluation) -> Grid:
    """Differences in CRPS from the references."""
    rows = tuple(
        (
            FORECASTERS[one.name].short,
            *(NOTHING if one.name == other else gap(whole.pair(one.name, other)) for other in whole.references),
        )
        for one in whole.scores
    )
    head = ("Forecast", *(f"from {FORECASTERS[one].short}" for one in whole.references))
    return Grid("paired", "Differences in CRPS, issue by issue: below 0 is better", head, rows)


def steps(whole: Evaluation) -> Grid:
    """What the layer, the simulation and the fit add."""
    rows = tuple(
        (PAIR_WORDS[name], *(gap(whole.pair(name, reference, measure)) for measure in ("crps", "log")))
        for name, reference in LAYER_PAIRS
    )
    return Grid(
        "layer",
        "What each step adds: better is below 0 for CRPS, above 0 for the log score",
        ("Step", "CRPS", "Log score"),
        rows,
    )


def divided(parts: Sequence[Evaluation]) -> Grid:
    """CRPS in parts of the issues, and differences of the simulation."""
    others = [one for one in parts[0].references if one != "process"]
    rows = tuple(
        (
            f"{SHORT_PARTS.get(one.by, PART_WORDS[one.by])}: {one.value or 'not said'}",
            f"{one.n_issues} in {one.n_proposals}",
            figure(one.of(MAIN[0]).crps.value),
            *(gap(one.pair("process", other)) for other in others),
        )
        for one in parts
    )
    head = ("Part", "Issues", "CRPS", *(f"from {FORECASTERS[one].short}" for one in others))
    return Grid("parts", "The simulation in parts of the issues: issues in proposals, CRPS, differences", head, rows)


def gap(found: Paired) -> str:
    """A difference with its interval, and a word where that leaves 0 out."""
    told = math.isfinite(found.difference.low) and found.difference.known
    word = {1: BETTER, -1: WORSE, 0: ""}[found.better] if told else ""
    return f"{with_interval(found.difference)}{word}"


def constants(test: BackTest) -> Grid:
    """What was learnt of the constants."""
    rows = tuple(
        (
            one.constant.name,
            one.constant.meaning,
            f"{one.constant.low:g} to {one.constant.high:g}",
            figure(one.tilt) + (", at its bound" if one.at_bound else ""),
            figure(one.mean),
        )
        for one in test.constants
    )
    head = ("Constant", "Meaning", "Prior", "Tilt", "Fitted mean")
    return Grid("constants", "Constants of the simulation", head, rows)


def linking(linked: Sequence[Linked]) -> Grid:
    """Issues of a proposal together against one by one."""
    title = f"What linking is worth, over {linked[0].n} issues of proposals with several"
    return replace(linking_grid(linked, short=True), title=title)


def _table(grid: Grid) -> Table:
    table = Table(
        title=escape(grid.title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    words = {place for place, head in enumerate(grid.head) if place == 0 or head in ("Meaning", "Score", "")}
    for place, head in enumerate(grid.head):
        table.add_column(escape(head), justify="left" if place in words else "right")
    for row in grid.rows:
        table.add_row(*(escape(one) for one in row))
    return table
