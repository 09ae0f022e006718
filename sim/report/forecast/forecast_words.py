"""What a forecast says in words: numbers in an issue's unit, notes, sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.analysis.forecast.issue_forecasts import Forecast, IssueForecast
from sim.analysis.statistics.intervals import Estimate
from sim.report.words.words import DASH, MINUS, NOTHING, percent

TRADE_NOTE = (
    "A party gains on an issue where the text is worth more to it than what the issue gives when it is talked about "
    "alone (its median), and gives way where it is worth less; an exchange needs both sides better off over the two "
    "issues. An issue that is not decided alone stays at its status quo. One by one: how often gains fall so if every "
    "issue is talked about alone with the same draws and chance, so without any linking. Gains are in stakes: 1 is the "
    "best against the worst on everything."
)
SIMULATION_ERROR = (
    "Intervals of shares, medians and means are 95% intervals of simulation error: what more runs of the same file "
    "would move. They say nothing about whether the file is right."
)


def amount(value: float | None, issue: IssueForecast, *, signed: bool = False) -> str:
    """A value in the units of an issue, to a thousandth of its scale; the unit itself stands in the heading."""
    if value is None or not math.isfinite(value):
        return NOTHING
    decimals = max(0, 3 - math.ceil(math.log10(issue.high - issue.low)))
    number = round(value, decimals) + 0.0
    sign = MINUS if number < 0 else "+" if signed and number > 0 else ""
    text = f"{abs(number):.{decimals}f}"
    return sign + (text.rstrip("0").rstrip(".") if "." in text else text)


def amounts(low: float, high: float, issue: IssueForecast) -> str:
    """A range in the units of an issue."""
    first, last = amount(low, issue), amount(high, issue)
    return f"{first} to {last}" if MINUS in first + last else f"{first}{DASH}{last}"


def range_of(estimate: Estimate, issue: IssueForecast) -> str:
    """The interval of an estimate in units of an issue."""
    return amounts(estimate.low, estimate.high, issue) if estimate.known else ""


def stakes(value: float) -> str:
    """A gain in stakes."""
    number = round(value, 3) + 0.0
    return f"{'+' if number > 0 else MINUS if number < 0 else ''}{abs(number):.3f}"


def heading(issue: IssueForecast) -> str:
    """An issue with its unit."""
    return f"{issue.name} ({issue.unit})" if issue.unit else issue.name


def names_of(parties: Sequence[str], forecast: Forecast) -> str:
    """Names of parties, in order."""
    return ", ".join(forecast.names[key] for key in parties)


def issue_sentence(issue: IssueForecast) -> str:
    """Median, intervals and status quo of an issue."""
    spread = issue.distribution
    ranges = [f"{percent(level)} interval {amounts(*spread.interval(level), issue)}" for level in (0.5, 0.8)]
    return (
        f"{heading(issue)}: median {amount(spread.median.value, issue)}, {', '.join(ranges)}; the status quo "
        f"({amount(issue.status_quo, issue)}) in {percent(issue.status_quo_share.value)}."
    )


def conditional_sentence(forecast: Forecast) -> str:
    """What the whole forecast is conditional on."""
    decided, n_runs = forecast.decided, forecast.size.draws * forecast.size.replications
    if decided.value == 1.0:
        return (
            f"Every one of {n_runs:,} runs brings a decision (a text that settles all core issues); with 95% "
            f"confidence at least {percent(decided.low)} do."
        )
    share, most, least = (percent(1.0 - share) for share in (decided.value, decided.low, decided.high))
    return (
        f"Conditional on a decision: {share} of {n_runs:,} runs ({least} to {most}) end without a text that settles "
        "all core issues and are not in the distribution."
    )


def package_sentence(forecast: Forecast) -> str:
    """For how many parties the package is better than the issues one by one, or why nothing can be said."""
    if forecast.package is None:
        return forecast.no_package
    better, level, worse = (forecast.package.count(side) for side in (1, 0, -1))
    apart = f"; for {level} the difference is within simulation error" if level else ""
    return (
        f"Negotiated together, the issues give {better} of {len(forecast.package.parties)} parties more than one by "
        f"one, and {worse} less{apart}."
    )


def size_words(forecast: Forecast) -> str:
    """How much was simulated."""
    return f"{forecast.size.draws:,} draws x {forecast.size.replications} runs"
