"""What is on the page of a back-test, and its findings in sentences. In English only."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.analysis.backtest.backtest_scores import LAYER_PAIRS, Evaluation, Linked, Paired
from sim.analysis.backtest.cross_validation import BackTest
from sim.analysis.positions.forecasters import FORECASTERS
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
MAIN = ("process", "layered", "mixture")
"""Forecasters of the figures and of the parts."""
VERDICTS = {
    "better": "The simulation forecasts better than the {name}: {scores}.",
    "worse": "The simulation forecasts worse than the {name}: {scores}.",
    "not distinguishable": "The simulation cannot be told apart from the {name}: {scores}.",
    "no interval": "There are too few proposals to say whether the simulation beats the {name}: {scores}.",
}
GAINS = {"better": "a gain", "worse": "a loss", "not distinguishable": "not distinguishable from none"}


@dataclass(frozen=True)
class Page:
    """What was found and how it was made."""

    test: BackTest
    whole: Evaluation
    parts: tuple[Evaluation, ...]
    title: str
    command: str
    """Without paths of the machine."""
    fingerprint: str
    """Of the table, as `sim.analysis.backtest.stored_fit.fingerprint` has it."""
    credit: str = ""
    """Where the table comes from, in the words of its licence."""
    linked: tuple[Linked, ...] = ()
    """The same with issues one by one, if that was made."""


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
