"""A back-test in sentences and in tables, each stated once; in brief, for a terminal, with short names.

In English only.
"""

from __future__ import annotations

import math
from dataclasses import replace

from sim.analysis.backtest.backtest_scores import LAYER_PAIRS, Evaluation, Paired
from sim.analysis.backtest.cross_validation import BackTest
from sim.analysis.positions.forecasters import FORECASTERS
from sim.analysis.statistics.forecast_scores import HIT, Coverage
from sim.analysis.statistics.intervals import FEW, Estimate
from sim.app.backtest import BacktestResult
from sim.report.words.table_writers import Table, TableCell
from sim.report.words.words import MINUS, NOTHING, percent

PAIR_WORDS = {
    "layered": "what the statistical layer adds to the simulation",
    "mixture_with_process": "what the simulation adds to the mixture",
    "process": "what fitting its constants adds to the simulation",
}
"""The first of each of `LAYER_PAIRS`."""
TOO_NARROW = (
    "The interval leaves the fits as they are; between a fit and the same without it, that makes it too narrow."
)
MAIN = ("process", "layered", "mixture")
"""Forecasters of the figures and of the parts."""
VERDICTS = {
    "better": "The simulation forecasts better than the {name}: {scores}.",
    "worse": "The simulation forecasts worse than the {name}: {scores}.",
    "not distinguishable": "The simulation cannot be told apart from the {name}: {scores}.",
    "no interval": "There are too few proposals to say whether the simulation beats the {name}: {scores}.",
}
GAINS = {"better": "a gain", "worse": "a loss", "not distinguishable": "not distinguishable from none"}
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


def figure(value: float, digits: int = 2) -> str:
    """A number with a true minus; a dash where there is none."""
    return f"{value + 0.0:.{digits}f}".replace("-", MINUS) if math.isfinite(value) else NOTHING


def with_interval(estimate: Estimate) -> str:
    """A number and its 95% interval; without one the number alone."""
    if not math.isfinite(estimate.low):
        return figure(estimate.value)
    return f"{figure(estimate.value)} ({figure(estimate.low)} to {figure(estimate.high)})"


def told_apart(paired: Paired) -> str:
    """Whether a difference can be told from none."""
    if not paired.difference.known or not math.isfinite(paired.difference.low):
        return "no interval"
    return {1: "better", -1: "worse", 0: "not distinguishable"}[paired.better]


def how_words(test: BackTest) -> str:
    """What is out of fold and what in-sample, in one or two sentences."""
    size = f"{len(test.issues)} issues of {len(set(test.proposals))} proposals"
    seen = "None of the proposals is among those it was learnt from."
    if test.seen_before:
        seen = f"But {test.seen_before} of the issues belong to proposals that the stored fit was learnt from: "
        seen += "for them the scores are in-sample."
    words = {
        "out_of_fold": f"Out of fold: {size} in {len(test.fits)} folds that divide no proposal. Whatever is fitted - "
        "the constants of the simulation, the layer, the Gaussian, the mixture - was fitted on the other folds, so no "
        "forecast saw an outcome of its own proposal. Constants and weights fitted on all issues are shown below; "
        "no score is theirs.",
        "in_sample": f"In-sample: the fit was learnt from these very {size}, so every fitted forecast scores too well "
        "here. This shows how closely it fits, not how well it forecasts.",
        "stored": f"Applied as stored: nothing was fitted to these {size}. {seen}",
    }[test.how]
    if not test.left_out:
        return words
    return (
        f"{words} Left out for every forecaster, since no run decided them: {', '.join(test.left_out)}. What is scored "
        "is forecasts of issues that the simulation decides."
    )


def verdict(whole: Evaluation, reference: str) -> str:
    """The simulation against a reference by CRPS, in a sentence."""
    paired = whole.pair("process", reference)
    own, other = whole.of("process").crps.value, whole.of(reference).crps.value
    scores = f"CRPS {figure(own)} against {figure(other)}, difference {with_interval(paired.difference)}"
    unbeaten = reference == "mixture" and told_apart(paired) == "not distinguishable"
    words = VERDICTS[told_apart(paired)].format(name=FORECASTERS[reference].name, scores=scores)
    return words + (" The mixture is not beaten." if unbeaten else "")


def headlines(test: BackTest, whole: Evaluation) -> list[str]:
    """The findings in sentences, the first things to read."""
    said = [verdict(whole, reference) for reference in whole.references if reference != "process"]
    if "compromise" in whole.references:
        paired = whole.pair("process", "compromise", "mae")
        own, other = (figure(whole.of(key).mae.value) for key in ("process", "compromise"))
        said.append(
            f"As a point, its median is off by {own} on average, the {FORECASTERS['compromise'].name} by {other}: "
            f"difference {with_interval(paired.difference)}, {told_apart(paired)}."
        )
    for key, reference in LAYER_PAIRS:
        paired = whole.pair(key, reference)
        gain = GAINS.get(told_apart(paired), "too few proposals for an interval")
        narrow = f" {TOO_NARROW}" if reference == "process_prior" and gain in GAINS.values() else ""
        said.append(f"{PAIR_WORDS[key].capitalize()}, in CRPS: {with_interval(paired.difference)}, {gain}.{narrow}")
    if test.decided_share < 1.0:
        said.append(
            f"{percent(test.decided_share)} of the runs ended in a decision; forecasts are of the decision, given one."
        )
    return said


def all_tables(result: BacktestResult, *, brief: bool = False) -> dict[str, Table]:
    """Every table with anything in it, by a name, in the order of the page; `brief` for a terminal of 120 columns."""
    tables = {
        "scores": score_table(result, brief=brief),
        "paired": paired_table(result, brief=brief),
        "layer": layer_table(result, brief=brief),
        **({"parts": part_table(result, brief=brief)} if result.parts else {}),
        "constants": constant_table(result),
        **({"linking": linking_table(result, brief=brief)} if result.linked else {}),
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


def score_table(result: BacktestResult, *, brief: bool) -> Table:
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
        for scored in result.overall.scores
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


def paired_table(result: BacktestResult, *, brief: bool) -> Table:
    """Differences in CRPS from the references."""
    whole, the = result.overall, "" if brief else "the "

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


def layer_table(result: BacktestResult, *, brief: bool) -> Table:
    """What the layer, the simulation and the fit add, apart."""
    rows = tuple(
        (
            PAIR_WORDS[key],
            *(gap(result.overall.pair(key, other, measure), brief=brief) for measure in ("crps", "mae", "log")),
        )
        for key, other in LAYER_PAIRS
    )
    plain, wide = result.whole.layered, result.whole.mixture_with_process
    note = (
        "Below 0 is better for CRPS and MAE, above 0 for the log score. Weights fitted on all issues: layer "
        f"{percent(plain.process)} simulation (smoothed by {plain.width:g}), {percent(plain.positions)} weighted "
        f"positions, {percent(plain.marginal)} outcomes at large; mixture with the simulation added: "
        f"{percent(wide.process)} simulation (smoothed by {wide.width:g}), {percent(wide.positions)} weighted "
        f"positions, {percent(wide.gaussian)} Gaussian, {percent(wide.marginal)} outcomes at large."
    )
    return Table("What each step adds", ("Step", *MEASURE_WORDS.values()), rows, note=note)


def part_table(result: BacktestResult, *, brief: bool) -> Table:
    """CRPS in parts of the issues, and differences of the simulation."""
    references = [key for key in result.parts[0].references if key != "process"]
    rows: list[tuple[str, ...]] = []
    for part in result.parts:
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


def constant_table(result: BacktestResult) -> Table:
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
        for fitted in result.constants
    )
    note = (
        "A tilt of 0 leaves the prior; a small one moves the mean of its constant by as many prior standard "
        f"deviations. Under all tilts together the {result.n_draws} draws are worth "
        f"{figure(result.whole.tilted.effective_size, 0)} equal ones."
    )
    head = ("Constant", TableCell("Meaning", left=True), "Prior range", "Tilt", "Over the folds", "Fitted mean")
    return Table("Constants of the simulation", head, rows, note=note)


def linking_table(result: BacktestResult, *, brief: bool) -> Table:
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
        for pair in result.linked
    )
    head = ("Forecast", TableCell("Score", left=True), "Together", "One by one", "Difference", TableCell("", left=True))
    note = (
        f"Over the {result.linked[0].n} issues of proposals with two or more. Both are simulated with the same draws, "
        "and each is fitted for itself. Below 0 speaks for linking by CRPS and MAE, above 0 by the log score."
    )
    title = "What linking the issues of a proposal is worth"
    if brief:
        title = f"What linking is worth, over {result.linked[0].n} issues of proposals with several"
    return Table(title, head, rows, note=note)
