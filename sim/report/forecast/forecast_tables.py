"""What a forecast says in words and in tables, for the page and for the terminal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sim.analysis.forecast.issue_forecasts import Alone, Forecast, IssueForecast
from sim.analysis.positions.forecasters import FORECASTERS, POINTS
from sim.analysis.statistics.forecast_scores import quantiles
from sim.analysis.statistics.intervals import Estimate
from sim.report.comparison.number_tables import BASES
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import DASH, MINUS, NOTHING, interval, percent
from sim.scenario.sampling.encode import NumberRow

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
LEAST_SHOWN = 0.0005
"""Probability from which a position that nobody holds is listed."""
KINDS = {
    "values": "Positions and losses",
    "salience": "Saliences",
    "capability": "Capabilities",
    "behaviour": "Behavioural constants",
    "": "Everything else",
}
"""Word in a number's path -> what such numbers are."""
GAIN_WORDS = {1: "better together", 0: "not told apart", -1: "better one by one"}
_SAME = 1e-9


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


def _estimated(estimate: Estimate, issue: IssueForecast) -> TableCell:
    """An estimate with its interval in units of an issue."""
    interval_words = amounts(estimate.low, estimate.high, issue) if estimate.known else ""
    return TableCell(amount(estimate.value, issue), interval_words)


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
    better, worse, level = forecast.package.sides.values()
    apart = f"; for {level} the difference is within simulation error" if level else ""
    return (
        f"Negotiated together, the issues give {better} of {len(forecast.package.parties)} parties more than one by "
        f"one, and {worse} less{apart}."
    )


def size_words(forecast: Forecast) -> str:
    """How much was simulated."""
    return f"{forecast.size.draws:,} draws x {forecast.size.replications} runs"


def summary_table(forecast: Forecast) -> Table:
    """Issues x median, mean, intervals and status quo."""
    rows = tuple(
        (
            heading(issue),
            replace(_estimated(issue.distribution.median, issue), strong=True),
            _estimated(issue.distribution.mean, issue),
            *(amounts(*issue.distribution.interval(level), issue) for level in (0.5, 0.8)),
            TableCell(percent(issue.status_quo_share.value), f"at {amount(issue.status_quo, issue)}"),
        )
        for issue in forecast.issues
    )
    head = ("Issue", "Median", "Mean", "50% interval", "80% interval", "Status quo")
    return Table("Where the issues end", head, rows)


def position_table(issue: IssueForecast, forecast: Forecast) -> Table:
    """Positions of an issue with their probability and those who hold them or are nearest to them."""
    held: dict[float, list[str]] = {issue.status_quo: ["status quo"]}
    for group in issue.positions:
        names = names_of(group.actors, forecast)
        exact = abs(group.position - group.option) < _SAME * max(issue.high - issue.low, 1.0)
        held.setdefault(group.option, []).append(names if exact else f"{names} (at {amount(group.position, issue)})")
    rows = tuple(
        (
            amount(position, issue),
            TableCell(percent(share.value), alpha=max(0.85 * share.value, 0.001), strong=True),
            interval(share),
            "; ".join(held.get(position, [])),
        )
        for position, share in zip(issue.distribution.positions.tolist(), issue.distribution.shares, strict=True)
        if position in held or share.value >= LEAST_SHOWN
    )
    head = (issue.unit or "Position", "Probability", "95%", TableCell("Held by, or nearest to", left=True))
    return Table(f"{issue.name}: probability of each position", head, rows)


def baseline_table(forecast: Forecast) -> Table:
    """Simple forecasts x issues, the simulation above them."""
    issues = forecast.issues
    medians = (amount(issue.distribution.median.value, issue) for issue in issues)
    means = (amount(issue.distribution.mean.value, issue) for issue in issues)
    rows: list[Row] = [
        (TableCell("Simulation, median", "this page"), *(TableCell(words, strong=True) for words in medians)),
        (TableCell("Simulation, mean", "this page"), *(TableCell(words, strong=True) for words in means)),
    ]
    for key in (*POINTS, "positions"):
        cells = (_weighted(issue) if key == "positions" else amount(issue.baselines[key], issue) for issue in issues)
        rows.append((TableCell(FORECASTERS[key].title, FORECASTERS[key].source), *cells))
    head = ("Forecast", *map(heading, issues))
    note = "Under the distribution: its 80% interval."
    return Table("Simple forecasts beside the simulation", head, tuple(rows), note=note)


def _weighted(issue: IssueForecast) -> TableCell:
    return TableCell(amount(weighted_quantile(issue, 0.5), issue), amounts(*weighted_interval(issue, 0.8), issue))


def weighted_interval(issue: IssueForecast, level: float) -> tuple[float, float]:
    """Central interval of the weighted positions, in units of the issue."""
    return weighted_quantile(issue, (1.0 - level) / 2.0), weighted_quantile(issue, (1.0 + level) / 2.0)


def weighted_quantile(issue: IssueForecast, share: float) -> float:
    """Quantile of the weighted positions, in units of the issue."""
    return issue.low + (issue.high - issue.low) * float(quantiles(issue.weighted[None, :], share)[0]) / 100.0


def package_tables(forecast: Forecast) -> list[Table]:
    """What linking does, and the exchanges; none where there is no package."""
    if forecast.package is None:
        return []
    note = (
        "Distance: the Wasserstein distance between the two distributions, how far probability has to be moved on "
        "average. Alone: the same seats, rules, calendar, draws and chance, the other issues gone; a run without "
        "a decision leaves the issue at its status quo."
    )
    moved = ("Median alone", "Median together", "Median moved", "Mean moved", "Distance", "Decided alone")
    rows = tuple(_linking_row(issue, issue.alone) for issue in forecast.issues if issue.alone is not None)
    tables = [Table("What linking the issues does", ("Issue", *moved), rows, note=note)]
    names = {issue.id: issue.name for issue in forecast.issues}
    head = ("Gave way", TableCell("In exchange with", left=True), "Of decided runs", "One by one", "Gains, stakes")
    for caption, exchanges in (
        ("Between those on opposite sides of what the issues give one by one", forecast.package.by_side),
        ("Between parties; those that trade in the same runs are one", forecast.package.by_party),
    ):
        rows = tuple(
            (
                TableCell(names_of(trade.givers, forecast), f"on {names[trade.issue]}"),
                TableCell(names_of(trade.takers, forecast), f"on {names[trade.other_issue]}"),
                TableCell(percent(trade.share.value), interval(trade.share), strong=True),
                percent(trade.one_by_one),
                TableCell(stakes(trade.givers_gain), stakes(trade.takers_gain)),
            )
            for trade in exchanges
        )
        tables += [Table(caption, head, rows)] if rows else []
    return tables


def _linking_row(issue: IssueForecast, alone: Alone) -> Row:
    moved = alone.mean_moved
    low, mean, high = (amount(value, issue, signed=True) for value in (moved.low, moved.value, moved.high))
    return (
        heading(issue),
        amount(alone.reference, issue),
        amount(issue.distribution.median.value, issue),
        TableCell(amount(alone.median_moved, issue, signed=True), strong=True),
        TableCell(mean, f"{low} to {high}"),
        amount(alone.wasserstein, issue),
        TableCell(percent(alone.decided.value), interval(alone.decided)),
    )


def gain_table(forecast: Forecast) -> Table | None:
    """What the package is worth to each party beyond the issues one by one, most first."""
    if forecast.package is None:
        return None
    rows: list[Row] = []
    for party in sorted(forecast.package.parties, key=lambda party: -party.gain.value):
        gain = TableCell(stakes(party.gain.value), f"{stakes(party.gain.low)} to {stakes(party.gain.high)}")
        rows.append((forecast.names[party.party], gain, GAIN_WORDS[party.gain.side]))
    head = ("Party", "Gain, stakes", TableCell(left=True))
    return Table("The package against one by one, for each party", head, tuple(rows))


def basis_table(numbers: Sequence[NumberRow]) -> Table:
    """How many numbers of each kind come from a source, and how many are assumed; kinds without any are left out."""
    counts = Counter((_kind(row), row.basis) for row in numbers)
    cells = ((words, *(str(counts[words, basis] or "") for basis in BASES)) for words in KINDS.values())
    rows = tuple(row for row in cells if any(row[1:]))
    return Table("What the numbers rest on", ("Numbers", *map(str.capitalize, BASES)), rows)


def _kind(row: NumberRow) -> str:
    return next(words for key, words in KINDS.items() if key in (*row.path.split("."), ""))
