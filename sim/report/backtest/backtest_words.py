"""A back-test in plain words and tables, once for the page, the terminal and Markdown. In English only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.backtest.backtest_scores import FEW, LAYER_PAIRS, Evaluation, Paired, Scored
from sim.analysis.backtest.cross_validation import BackTest
from sim.analysis.positions.forecasters import FORECASTERS
from sim.analysis.statistics.forecast_scores import HIT, Coverage
from sim.analysis.statistics.intervals import Estimate
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
PART_WORDS = {
    "wave": "wave",
    "voting_rule": "voting rule",
    "procedure": "procedure",
    "issues_in_proposal": "issues in the proposal",
}
MAIN = ("process", "layered", "mixture")
"""Forecasters of the figures and of the parts."""


@dataclass(frozen=True)
class Grid:
    """A table: its rows' first cells are headings."""

    id: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def figure(value: float, digits: int = 2) -> str:
    """A number with a true minus; a dash where there is none."""
    if not math.isfinite(value):
        return NOTHING
    return f"{value + 0.0:.{digits}f}".replace("-", MINUS)


def with_interval(found: Estimate, digits: int = 2) -> str:
    """A number and its 95% interval; without one the number alone."""
    if not math.isfinite(found.low):
        return figure(found.value, digits)
    return f"{figure(found.value, digits)} ({figure(found.low, digits)} to {figure(found.high, digits)})"


def told_apart(found: Paired) -> str:
    """Whether a difference can be told from none."""
    if not found.difference.known or not math.isfinite(found.difference.low):
        return "no interval"
    return {1: "better", -1: "worse", 0: "not distinguishable"}[found.better]


def how_words(test: BackTest) -> str:
    """What is out of fold and what in-sample, in one or two sentences."""
    size = f"{len(test.issues)} issues of {len(set(test.proposals))} proposals"
    if test.how == "out_of_fold":
        words = (
            f"Out of fold: {size} in {len(test.fits)} folds that divide no proposal. Whatever is fitted - the "
            "constants of the simulation, the layer, the Gaussian, the mixture - was fitted on the other folds, so no "
            "forecast saw an outcome of its own proposal. Constants and weights fitted on all issues are shown below; "
            "no score is theirs."
        )
    elif test.how == "in_sample":
        words = (
            f"In-sample: the fit was learnt from these very {size}, so every fitted forecast scores too well here. "
            "This shows how closely it fits, not how well it forecasts."
        )
    else:
        words = f"Applied as stored: nothing was fitted to these {size}."
        if test.seen_before:
            words += (
                f" But {test.seen_before} of the issues belong to proposals that the stored fit was learnt from: for "
                "them the scores are in-sample."
            )
        else:
            words += " None of the proposals is among those it was learnt from."
    if test.left_out:
        words += (
            f" Left out for every forecaster, since no run decided them: {', '.join(test.left_out)}. What is scored is "
            "forecasts of issues that the simulation decides."
        )
    return words


def verdict(whole: Evaluation, reference: str) -> str:
    """The simulation against a reference by CRPS, in a sentence."""
    found = whole.pair("process", reference)
    own, other = whole.of("process").crps.value, whole.of(reference).crps.value
    scores = f"CRPS {figure(own)} against {figure(other)}, difference {with_interval(found.difference)}"
    name = FORECASTERS[reference].name
    match told_apart(found):
        case "better":
            return f"The simulation forecasts better than the {name}: {scores}."
        case "worse":
            return f"The simulation forecasts worse than the {name}: {scores}."
        case "not distinguishable":
            beaten = " The mixture is not beaten." if reference == "mixture" else ""
            return f"The simulation cannot be told apart from the {name}: {scores}.{beaten}"
    return f"There are too few proposals to say whether the simulation beats the {name}: {scores}."


def point_verdict(whole: Evaluation, reference: str) -> str:
    """The simulation's median against a reference by absolute error, in a sentence."""
    found = whole.pair("process", reference, "mae")
    own, other = whole.of("process").mae.value, whole.of(reference).mae.value
    name = FORECASTERS[reference].name
    return (
        f"As a point, its median is off by {figure(own)} on average, the {name} by {figure(other)}: "
        f"difference {with_interval(found.difference)}, {told_apart(found)}."
    )


def headlines(test: BackTest, whole: Evaluation) -> list[str]:
    """The findings in sentences, the first things to read."""
    said = [verdict(whole, one) for one in whole.references if one != "process"]
    said += [point_verdict(whole, "compromise")] if "compromise" in whole.references else []
    for name, reference in LAYER_PAIRS:
        found = whole.pair(name, reference)
        verdict_of = {"better": "a gain", "worse": "a loss", "not distinguishable": "not distinguishable from none"}
        apart = verdict_of.get(told_apart(found), "too few proposals for an interval")
        narrow = f" {TOO_NARROW}" if reference == "process_prior" and apart in verdict_of.values() else ""
        said.append(f"{PAIR_WORDS[name].capitalize()}, in CRPS: {with_interval(found.difference)}, {apart}.{narrow}")
    if test.decided_share < 1.0:
        said.append(
            f"{percent(test.decided_share)} of the runs ended in a decision; forecasts are of the decision, given one."
        )
    return said


def score_grid(whole: Evaluation) -> Grid:
    """Every score of every forecaster."""
    return Grid(
        "scores",
        "Scores",
        ("Forecast", "Issues", "CRPS", "MAE", "RMSE", "Median error", f"Within {HIT:g}", "Log", "In 50%", "In 80%"),
        tuple(_score_row(one) for one in whole.scores),
        "CRPS (mean, lower is better, in hundredths of the scale), with 95% intervals by resampling proposals; MAE, "
        f"RMSE, median error and share off by at most {HIT:g}, of the median of a distribution or of the number given, "
        "for which CRPS and MAE are the same. Log: mean logarithm of the probability of the bin of ten that holds the "
        "outcome (0 is best). In 50% and 80%: share of outcomes in the central interval, in brackets what the forecast "
        "gave it; single points that hold much probability make it more than 50% or 80%.",
    )


def _score_row(one: Scored) -> tuple[str, ...]:
    points = one.points
    cells = [
        FORECASTERS[one.name].name,
        str(one.n),
        with_interval(one.crps),
        figure(one.mae.value),
        figure(points.rmse),
    ]
    cells += [figure(points.median_error, 1), percent(points.hits)]
    return (
        *cells,
        NOTHING if one.log is None else figure(one.log.value),
        _held(one.coverage_50),
        _held(one.coverage_80),
    )


def _held(found: Coverage | None) -> str:
    return NOTHING if found is None else f"{percent(found.share)} ({percent(found.given)})"


def paired_grid(whole: Evaluation) -> Grid:
    """Differences in CRPS from the references."""
    references = whole.references
    rows = tuple(
        (
            FORECASTERS[one.name].name,
            *(NOTHING if one.name == other else _gap(whole.pair(one.name, other)) for other in references),
        )
        for one in whole.scores
    )
    return Grid(
        "paired",
        "Differences in CRPS, issue by issue",
        ("Forecast", *(f"from the {FORECASTERS[one].name}" for one in references)),
        rows,
        "First minus reference over the issues that both forecast: below 0 is better. The 95% intervals resample "
        "proposals and leave the fits as they are, so between forecasts that differ little, such as a fit and the same "
        "without it, they are too narrow; each interval is for itself, and among so many some exclude 0 by chance.",
    )


def _gap(found: Paired) -> str:
    return f"{with_interval(found.difference)}, {told_apart(found)}"


def layer_grid(test: BackTest, whole: Evaluation) -> Grid:
    """What the layer, the simulation and the fit add, apart."""
    rows = tuple(
        (PAIR_WORDS[name], *(_gap(whole.pair(name, reference, measure)) for measure in ("crps", "mae", "log")))
        for name, reference in LAYER_PAIRS
    )
    plain, wide = test.whole.layered, test.whole.mixture_with_process
    return Grid(
        "layer",
        "What each step adds",
        ("Step", "CRPS", "MAE", "Log score"),
        rows,
        "Below 0 is better for CRPS and MAE, above 0 for the log score. Weights fitted on all issues: layer "
        f"{percent(plain.process)} simulation (smoothed by {plain.width:g}), {percent(plain.positions)} weighted "
        f"positions, {percent(plain.marginal)} outcomes at large; mixture with the simulation added: "
        f"{percent(wide.process)} simulation (smoothed by {wide.width:g}), {percent(wide.positions)} weighted "
        f"positions, {percent(wide.gaussian)} Gaussian, {percent(wide.marginal)} outcomes at large.",
    )


def constant_grid(test: BackTest) -> Grid:
    """What was learnt of the constants."""
    rows = tuple(
        (
            one.constant.name,
            one.constant.meaning,
            f"{figure(one.constant.low)} to {figure(one.constant.high)}",
            figure(one.tilt) + (", at its bound" if one.at_bound else ""),
            f"{figure(min(one.fold_tilts))} to {figure(max(one.fold_tilts))}" if one.fold_tilts else NOTHING,
            figure(one.mean),
        )
        for one in test.constants
    )
    size = test.whole.tilted.effective_size
    return Grid(
        "constants",
        "Constants of the simulation",
        ("Constant", "Meaning", "Prior range", "Tilt", "Over the folds", "Fitted mean"),
        rows,
        "A tilt of 0 leaves the prior; a small one moves the mean of its constant by as many prior standard "
        f"deviations. Under all tilts together the {test.n_draws} draws are worth {figure(size, 0)} equal ones.",
    )


def part_grid(parts: Sequence[Evaluation]) -> Grid | None:
    """CRPS in parts of the issues; None where nothing divides them."""
    if not parts:
        return None
    references = [one for one in parts[0].references if one != "process"]
    rows = tuple(
        (
            f"{PART_WORDS[one.by]}: {one.value or 'not said'}",
            str(one.n_issues),
            str(one.n_proposals),
            *(figure(one.of(name).crps.value) for name in MAIN),
            *(_gap(one.pair("process", other)) for other in references),
        )
        for one in parts
    )
    return Grid(
        "parts",
        "Parts of the issues",
        (
            *("Part", "Issues", "Proposals", "Simulation", "Layer", "Mixture"),
            *(f"Simulation from the {FORECASTERS[one].name}" for one in references),
        ),
        rows,
        f"Mean CRPS, and differences of the fitted simulation. Parts with fewer than {FEW} proposals get no interval.",
    )


def grids(test: BackTest, whole: Evaluation, parts: Sequence[Evaluation]) -> list[Grid]:
    """Every table, in the order of the page."""
    divided = part_grid(parts)
    found = [score_grid(whole), paired_grid(whole), layer_grid(test, whole)]
    return [*found, *([divided] if divided else []), constant_grid(test)]
