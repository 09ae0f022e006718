"""The tables of a back-test, each stated once; in brief, for a terminal, with short names and fewer columns.

In English only.
"""

from __future__ import annotations

from dataclasses import replace

from sim.analysis.backtest.backtest_scores import LAYER_PAIRS, Paired
from sim.analysis.positions.forecasters import FORECASTERS
from sim.analysis.statistics.forecast_scores import HIT, Coverage
from sim.analysis.statistics.intervals import FEW
from sim.report.backtest.backtest_words import MAIN, PAIR_WORDS, Page, figure, told_apart, with_interval
from sim.report.words.table_writers import Table, TableCell
from sim.report.words.words import NOTHING, percent

PART_WORDS = {
    "wave": "wave",
    "voting_rule": "voting rule",
    "procedure": "procedure",
    "issues_in_proposal": "issues in the proposal",
}
LINKING_WORDS = {1: "together is better", -1: "one by one is better", 0: "not distinguishable"}
MEASURE_WORDS = {"crps": "CRPS", "mae": "MAE", "log": "Log score"}
BRIEF = {
    "scores": ("Scores: hundredths of the scale, CRPS and MAE lower is better", (0, 1, 2, 3, 6, 7, 9)),
    "paired": ("Differences in CRPS, issue by issue: below 0 is better", None),
    "layer": ("What each step adds: better is below 0 for CRPS, above 0 for the log score", (0, 1, 3)),
    "parts": ("The simulation in parts of the issues: issues in proposals, CRPS, differences", None),
    "constants": ("", (0, 1, 2, 3, 5)),
    "linking": ("", None),
}
"""Table -> its caption in brief, if it is another, and which of its columns are left."""


def all_tables(page: Page, *, brief: bool = False) -> dict[str, Table]:
    """Every table with anything in it, by a name, in the order of the page; `brief` for a terminal of 120 columns."""
    tables = {
        "scores": score_table(page, brief=brief),
        "paired": paired_table(page, brief=brief),
        "layer": layer_table(page, brief=brief),
        **({"parts": part_table(page, brief=brief)} if page.parts else {}),
        "constants": constant_table(page),
        **({"linking": linking_table(page, brief=brief)} if page.linked else {}),
    }
    return {key: _shortened(key, table) for key, table in tables.items()} if brief else tables


def _shortened(key: str, table: Table) -> Table:
    caption, places = BRIEF[key]
    return replace(table.columns(places) if places else table, caption=caption or table.caption, note="")


def _name(key: str, *, brief: bool) -> str:
    return FORECASTERS[key].short if brief else FORECASTERS[key].name


def gap(paired: Paired, *, brief: bool) -> str:
    """A difference with its interval, and in words what can be told; in brief only where the interval leaves 0 out."""
    words = told_apart(paired)
    if not brief:
        return f"{with_interval(paired.difference)}, {words}"
    return with_interval(paired.difference) + (f" {words}" if words in ("better", "worse") else "")


def score_table(page: Page, *, brief: bool) -> Table:
    """Every score of every forecaster."""
    rows = tuple(
        (
            _name(scored.name, brief=brief),
            str(scored.n),
            with_interval(scored.crps),
            figure(scored.mae.value),
            figure(scored.points.rmse),
            figure(scored.points.median_error, 1),
            percent(scored.points.hits),
            NOTHING if scored.log is None else figure(scored.log.value),
            _held(scored.coverage_50),
            _held(scored.coverage_80),
        )
        for scored in page.whole.scores
    )
    errors = ("MAE", "RMSE", "Median error", f"Within {HIT:g}", "Log")
    shares = (TableCell("In 50%", "given"), TableCell("In 80%", "given"))
    note = (
        "CRPS (mean, lower is better, in hundredths of the scale), with 95% intervals by resampling proposals; MAE, "
        f"RMSE, median error and share off by at most {HIT:g}, of the median of a distribution or of the number given, "
        "for which CRPS and MAE are the same. Log: mean logarithm of the probability of the bin of ten that holds the "
        "outcome (0 is best). In 50% and 80%: share of outcomes in the central interval, in brackets what the forecast "
        "gave it; single points that hold much probability make it more than 50% or 80%."
    )
    return Table("Scores", ("Forecast", "Issues", TableCell("CRPS", "95% interval"), *errors, *shares), rows, note=note)


def _held(coverage: Coverage | None) -> str:
    return NOTHING if coverage is None else f"{percent(coverage.share)} ({percent(coverage.given)})"


def paired_table(page: Page, *, brief: bool) -> Table:
    """Differences in CRPS from the references."""
    whole, the = page.whole, "" if brief else "the "

    def cell(key: str, other: str) -> str:
        return NOTHING if key == other else gap(whole.pair(key, other), brief=brief)

    rows = tuple(
        (_name(scored.name, brief=brief), *(cell(scored.name, other) for other in whole.references))
        for scored in whole.scores
    )
    note = (
        "First minus reference over the issues that both forecast: below 0 is better. The 95% intervals resample "
        "proposals and leave the fits as they are, so between forecasts that differ little, such as a fit and the same "
        "without it, they are too narrow; each interval is for itself, and among so many some exclude 0 by chance."
    )
    head = ("Forecast", *(f"from {the}{_name(other, brief=brief)}" for other in whole.references))
    return Table("Differences in CRPS, issue by issue", head, rows, note=note)


def layer_table(page: Page, *, brief: bool) -> Table:
    """What the layer, the simulation and the fit add, apart."""
    rows = tuple(
        (
            PAIR_WORDS[key],
            *(gap(page.whole.pair(key, other, measure), brief=brief) for measure in ("crps", "mae", "log")),
        )
        for key, other in LAYER_PAIRS
    )
    plain, wide = page.test.whole.layered, page.test.whole.mixture_with_process
    note = (
        "Below 0 is better for CRPS and MAE, above 0 for the log score. Weights fitted on all issues: layer "
        f"{percent(plain.process)} simulation (smoothed by {plain.width:g}), {percent(plain.positions)} weighted "
        f"positions, {percent(plain.marginal)} outcomes at large; mixture with the simulation added: "
        f"{percent(wide.process)} simulation (smoothed by {wide.width:g}), {percent(wide.positions)} weighted "
        f"positions, {percent(wide.gaussian)} Gaussian, {percent(wide.marginal)} outcomes at large."
    )
    return Table("What each step adds", ("Step", *MEASURE_WORDS.values()), rows, note=note)


def part_table(page: Page, *, brief: bool) -> Table:
    """CRPS in parts of the issues, and differences of the simulation."""
    references = [key for key in page.parts[0].references if key != "process"]
    rows: list[tuple[str, ...]] = []
    for part in page.parts:
        what = "issues" if brief and part.by == "issues_in_proposal" else PART_WORDS[part.by]
        sizes = (f"{part.n_issues} in {part.n_proposals}",) if brief else (str(part.n_issues), str(part.n_proposals))
        scores = [figure(part.of(key).crps.value) for key in MAIN]
        gaps = [gap(part.pair("process", other), brief=brief) for other in references]
        rows.append((f"{what}: {part.value or 'not said'}", *sizes, *(scores[:1] if brief else scores), *gaps))
    heads = ("Issues", "CRPS") if brief else ("Issues", "Proposals", "Simulation", "Layer", "Mixture")
    against = "from" if brief else "Simulation from the"
    head = ("Part", *heads, *(f"{against} {_name(other, brief=brief)}" for other in references))
    note = (
        f"Mean CRPS, and differences of the fitted simulation. Parts with fewer than {FEW} proposals get no interval."
    )
    return Table("Parts of the issues", head, tuple(rows), note=note)


def constant_table(page: Page) -> Table:
    """What was learnt of the constants."""
    rows = tuple(
        (
            fitted.constant.name,
            fitted.constant.meaning,
            f"{figure(fitted.constant.low)} to {figure(fitted.constant.high)}",
            figure(fitted.tilt) + (", at its bound" if fitted.at_bound else ""),
            f"{figure(min(fitted.fold_tilts))} to {figure(max(fitted.fold_tilts))}" if fitted.fold_tilts else NOTHING,
            figure(fitted.mean),
        )
        for fitted in page.test.constants
    )
    note = (
        "A tilt of 0 leaves the prior; a small one moves the mean of its constant by as many prior standard "
        f"deviations. Under all tilts together the {page.test.n_draws} draws are worth "
        f"{figure(page.test.whole.tilted.effective_size, 0)} equal ones."
    )
    head = ("Constant", TableCell("Meaning", left=True), "Prior range", "Tilt", "Over the folds", "Fitted mean")
    return Table("Constants of the simulation", head, rows, note=note)


def linking_table(page: Page, *, brief: bool) -> Table:
    """Issues of a proposal together against one by one."""
    rows = tuple(
        (
            _name(pair.name, brief=brief),
            MEASURE_WORDS[pair.measure],
            figure(pair.together),
            figure(pair.apart),
            with_interval(pair.difference),
            LINKING_WORDS[pair.better],
        )
        for pair in page.linked
    )
    head = ("Forecast", TableCell("Score", left=True), "Together", "One by one", "Difference", TableCell("", left=True))
    note = (
        f"Over the {page.linked[0].n} issues of proposals with two or more. Both are simulated with the same draws, "
        "and each is fitted for itself. Below 0 speaks for linking by CRPS and MAE, above 0 by the log score."
    )
    title = "What linking the issues of a proposal is worth"
    if brief:
        title = f"What linking is worth, over {page.linked[0].n} issues of proposals with several"
    return Table(title, head, rows, note=note)
