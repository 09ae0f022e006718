"""Forecast numeric issues: their distribution over simulated talks, package trades, simple forecasts beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sim.analysis.forecast.forecast_json import POSITION_COLUMNS, position_rows
from sim.analysis.forecast.issue_forecasts import (
    Forecast,
    NothingDecidedError,
    Played,
    forecast_issues,
    numeric_issues,
    total_runs,
)
from sim.app.convert import TableFile, convert
from sim.app.errors import InputError, choose
from sim.app.scenarios import Scenario
from sim.scenario import ResolvedScenario
from sim.scenario.source.errors import Report
from sim.scenario.source.yaml_text import parse_text
from sim.types import FormatInfo, Structure
from sim.types.playing import SILENCE, Progress, Size

NO_NUMERIC_ISSUE = (
    "No issue on the agenda of {format} is numeric. A forecast needs an issue with a scale (issues.<id>.scale: {{unit, "
    "positions}}) and principals with salience and an ideal on it (parties.<id>.values.<issue>: {{ideal: number}}). A "
    "table of positions can be given as it is (CSV)."
)
NOTHING_DECIDED = (
    "No run of {format} brings a text that settles the core, so there is nothing to forecast. `parley compare` says "
    "who stops it; a weaker consent rule or more rounds (--set formats.{format}.calendar.months=N) may bring one."
)


@dataclass(frozen=True)
class ForecastRequest:
    """What is asked of a forecast.

    Attributes:
        source: a scenario with its changes, or a table of positions, which is imported in memory.
        sets: further changes to the scenario, `dotted.path=value`.
        format: id of the talk format to simulate; the first if None.
        draws: draws of the uncertain numbers, at least 2.
        replications: runs of chance for each draw, at least 2.
        seed: same seed, same numbers.
        threads: default all processors; results do not depend on it.
    """

    source: Scenario | TableFile
    sets: tuple[str, ...] = ()
    format: str | None = None
    draws: int = 300
    replications: int = 8
    seed: int = 1
    threads: int | None = None


@dataclass(frozen=True)
class ForecastPlan:
    """A request made concrete: scenario and format settled, nothing computed."""

    request: ForecastRequest
    scenario: Scenario
    format: str
    notes: tuple[str, ...]
    """What the import of a table said."""

    @property
    def resolved(self) -> ResolvedScenario:
        """The scenario with every default explicit."""
        return self.scenario.resolved

    @cached_property
    def structure(self) -> Structure:
        """Names and sizes."""
        return self.scenario.encoder(seed=self.request.seed).structure

    @property
    def info(self) -> FormatInfo:
        """The format in words."""
        return next(info for info in self.structure.formats if info.id == self.format)

    @property
    def size(self) -> Size:
        """Of the talks, and of the talks on each issue alone."""
        request = self.request
        return Size(request.draws, request.replications, request.seed, request.threads)

    @property
    def work(self) -> int:
        """Runs at most: for a progress bar."""
        return total_runs(self.resolved, self.format, self.size)

    def source_data(self) -> dict[str, Any]:
        """Where the scenario comes from, for the record: no place of the machine."""
        source = self.request.source
        kind = "table" if isinstance(source, TableFile) else "scenario"
        file = source.file.name if source.file is not None else ""
        return {"kind": kind, "file": file, "notes": list(self.notes), "set": list(self.scenario.sets)}


@dataclass(frozen=True)
class ForecastResult:
    """A forecast, and the runs that it was made from."""

    plan: ForecastPlan
    forecast: Forecast
    played: Played

    def rows(self) -> list[dict[str, Any]]:
        """Tidy rows, one an issue and position: probability with its interval, and the actors nearest to it."""
        return [dict(zip(POSITION_COLUMNS, row, strict=True)) for row in position_rows(self.forecast)]


def plan_forecast(request: ForecastRequest) -> ForecastPlan:
    """Read the scenario or the table and settle the format before anything is computed.

    Raises:
        ScenarioError: the file, a line of the table or a change is wrong.
        InputError: there is no such format or proposal, or no numeric issue.
    """
    scenario, notes = request.source, ()
    if isinstance(scenario, TableFile):
        scenario, notes = _imported(scenario)
    scenario = replace(scenario, sets=scenario.sets + request.sets)
    resolved = scenario.resolved
    known = list(resolved.formats)
    if request.format in resolved.tracks:
        raise InputError(f'"{request.format}" is a track; a forecast takes one format: {", ".join(known)}.')
    format_id = known[choose([request.format or known[0]], known, what="format")[0]]
    if not numeric_issues(resolved, format_id):
        raise InputError(NO_NUMERIC_ISSUE.format(format=format_id))
    return ForecastPlan(request, scenario, format_id, notes)


def _imported(table: TableFile) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario that a table gives, and what the import says."""
    converted, name = convert(table), f"{table.file}, imported"
    said = f"{table.file.name} is a table: it is imported as by `parley import`, without writing a scenario file."
    return Scenario(None, parse_text(converted.text, Report(name)), name=name), (said, *converted.notes)


def forecast(plan: ForecastPlan, *, progress: Progress = SILENCE) -> ForecastResult:
    """Simulate the talks of a format and forecast every numeric issue on their agenda.

    Args:
        plan: the request made concrete.
        progress: told of runs, `plan.work` at most.

    Raises:
        InputError: no run decides anything.
    """
    try:
        return ForecastResult(plan, *forecast_issues(plan.resolved, plan.format, plan.size, progress=progress))
    except NothingDecidedError:
        raise InputError(NOTHING_DECIDED.format(format=plan.format)) from None
