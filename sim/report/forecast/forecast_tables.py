"""The tables of a forecast, for the page and for the terminal."""

from __future__ import annotations

from sim.analysis.forecast.issue_forecasts import Forecast, IssueForecast
from sim.analysis.forecast.package_trades import Trade
from sim.analysis.positions.forecasters import FORECASTERS, POINTS
from sim.analysis.statistics.forecast_scores import quantiles
from sim.report.comparison.page_tables import Cell, Table
from sim.report.forecast.forecast_words import (
    amount,
    amounts,
    heading,
    names_of,
    range_of,
    stakes,
)
from sim.report.words.words import interval, percent

LEAST_SHOWN = 0.0005
"""Probability from which a position that nobody holds is listed."""
_SAME = 1e-9


def summary_table(found: Forecast) -> Table:
    """Issues x median, mean, intervals and status quo."""
    head = ("Issue", "Median", "Mean", "50% interval", "80% interval", "Status quo")
    rows: list[tuple[Cell, ...]] = []
    for one in found.issues:
        spread = one.found
        rows.append(
            (
                Cell(heading(one), left=True),
                Cell(amount(spread.median.value, one), range_of(spread.median, one), strong=True),
                Cell(amount(spread.mean.value, one), range_of(spread.mean, one)),
                Cell(amounts(*spread.interval(0.5), one)),
                Cell(amounts(*spread.interval(0.8), one)),
                Cell(percent(one.status_quo_share.value), f"at {amount(one.status_quo, one)}"),
            )
        )
    return Table("Where the issues end", _heads(head), tuple(rows))


def position_table(issue: IssueForecast, found: Forecast) -> Table:
    """Positions of an issue with their probability and those who hold them or are nearest to them."""
    held: dict[float, list[str]] = {}
    for one in issue.positions:
        names = names_of(one.actors, found)
        exact = abs(one.position - one.option) < _SAME * max(issue.high - issue.low, 1.0)
        held.setdefault(one.option, []).append(names if exact else f"{names} (at {amount(one.position, issue)})")
    rows: list[tuple[Cell, ...]] = []
    for position, share in zip(issue.found.positions.tolist(), issue.found.shares, strict=True):
        home = position == issue.status_quo
        if position not in held and not home and share.value < LEAST_SHOWN:
            continue
        words = "; ".join([*(["status quo"] if home else []), *held.get(position, [])])
        rows.append(
            (
                Cell(amount(position, issue), left=True),
                Cell(percent(share.value), alpha=max(0.85 * share.value, 0.001), strong=True),
                Cell(interval(share)),
                Cell(words, left=True),
            )
        )
    head = (issue.unit or "Position", "Probability", "95%", "Held by, or nearest to")
    return Table(f"{issue.name}: probability of each position", _heads(head, left=(0, 3)), tuple(rows))


def baseline_table(found: Forecast) -> Table:
    """Simple forecasts x issues, the simulation above them."""
    rows: list[tuple[Cell, ...]] = [
        (
            Cell("Simulation, median", "this page", left=True),
            *(Cell(amount(one.found.median.value, one), strong=True) for one in found.issues),
        ),
        (
            Cell("Simulation, mean", "this page", left=True),
            *(Cell(amount(one.found.mean.value, one), strong=True) for one in found.issues),
        ),
    ]
    for key in POINTS:
        cells = (Cell(amount(one.baselines[key], one)) for one in found.issues)
        rows.append((_method(key), *cells))
    rows.append((_method("positions"), *(_weighted(one) for one in found.issues)))
    head = ("Forecast", *(heading(one) for one in found.issues))
    note = "Under the distribution: its 80% interval."
    return Table("Simple forecasts beside the simulation", _heads(head), tuple(rows), note=note)


def _method(key: str) -> Cell:
    return Cell(FORECASTERS[key].title, FORECASTERS[key].source, left=True)


def _weighted(issue: IssueForecast) -> Cell:
    """Median and 80% interval of the weighted positions."""
    return Cell(amount(weighted_quantile(issue, 0.5), issue), amounts(*weighted_interval(issue, 0.8), issue))


def weighted_interval(issue: IssueForecast, level: float) -> tuple[float, float]:
    """Central interval of the weighted positions, in units of the issue."""
    return weighted_quantile(issue, (1.0 - level) / 2.0), weighted_quantile(issue, (1.0 + level) / 2.0)


def weighted_quantile(issue: IssueForecast, share: float) -> float:
    """Quantile of the weighted positions, in units of the issue."""
    return issue.low + (issue.high - issue.low) * float(quantiles(issue.weighted[None, :], share)[0]) / 100.0


def linking_table(found: Forecast) -> Table:
    """How far talking about the issues together moves each of them."""
    head = ("Issue", "Median alone", "Median together", "Median moved", "Mean moved", "Distance", "Decided alone")
    rows: list[tuple[Cell, ...]] = []
    for one in found.issues:
        alone = one.alone
        if alone is None:
            continue
        moved = alone.mean_moved
        mean_moved = Cell(
            amount(moved.value, one, signed=True),
            f"{amount(moved.low, one, signed=True)} to {amount(moved.high, one, signed=True)}",
        )
        rows.append(
            (
                Cell(heading(one), left=True),
                Cell(amount(alone.reference, one)),
                Cell(amount(one.found.median.value, one)),
                Cell(amount(alone.median_moved, one, signed=True), strong=True),
                mean_moved,
                Cell(amount(alone.wasserstein, one)),
                Cell(percent(alone.decided.value), interval(alone.decided)),
            )
        )
    note = (
        "Distance: the Wasserstein distance between the two distributions, how far probability has to be moved on "
        "average. Alone: the same seats, rules, calendar, draws and chance, the other issues gone; a run without "
        "a decision leaves the issue at its status quo."
    )
    return Table("What linking the issues does", _heads(head), tuple(rows), note=note)


def trade_table(caption: str, exchanges: tuple[Trade, ...], found: Forecast) -> Table:
    """Exchanges: who gave way on what for what, how often, and what it is worth."""
    issues = {one.id: one.name for one in found.issues}
    head = ("Gave way", "In exchange with", "Of decided runs", "One by one", "Gains, stakes")
    rows = tuple(
        (
            Cell(names_of(one.givers, found), f"on {issues[one.issue]}", left=True),
            Cell(names_of(one.takers, found), f"on {issues[one.other_issue]}", left=True),
            Cell(percent(one.share.value), interval(one.share), strong=True),
            Cell(percent(one.one_by_one)),
            Cell(stakes(one.givers_gain), stakes(one.takers_gain)),
        )
        for one in exchanges
    )
    return Table(caption, _heads(head, left=(0, 1)), rows)


def gain_table(found: Forecast) -> Table:
    """What the package is worth to each party beyond the issues one by one, most first."""
    assert found.package is not None
    words = {1: "better together", 0: "not told apart", -1: "better one by one"}
    ordered = sorted(found.package.parties, key=lambda one: -one.gain.value)
    rows = tuple(
        (
            Cell(found.names[one.party], left=True),
            Cell(stakes(one.gain.value), f"{stakes(one.gain.low)} to {stakes(one.gain.high)}"),
            Cell(words[one.gain.side], left=True),
        )
        for one in ordered
    )
    return Table("The package against one by one, for each party", _heads(("Party", "Gain, stakes", "")), rows)


def _heads(words: tuple[str, ...], left: tuple[int, ...] = (0,)) -> tuple[Cell, ...]:
    return tuple(Cell(one, left=k in left) for k, one in enumerate(words))
