"""Forecast numeric issues: their distribution over simulated talks, package trades, simple forecasts beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from sim.analysis.forecast.issue_forecasts import (
    Forecast,
    NothingDecidedError,
    Played,
    forecast_issues,
    numeric_issues,
    total_runs,
)
from sim.analysis.positions.issue_positions import OF_TABLES
from sim.app.convert import TableFile, convert
from sim.app.errors import InputError, choose
from sim.app.harness import Keeping, file_digests
from sim.app.scenarios import Scenario
from sim.scenario import Encoder
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import parse_text
from sim.types.marks import HIDDEN
from sim.types.playing import SILENCE, Progress, Size
from sim.types.records import to_data

SIZE = Size(300, 8)
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
class Origin:
    """Where the scenario comes from; no place of the machine."""

    kind: Literal["scenario", "table"]
    file: str
    """Name of the file, without its folder."""
    notes: tuple[str, ...] = ()
    """What the import said, if it is a table."""
    sets: tuple[str, ...] = ()
    """Values changed on the command line."""


@dataclass(frozen=True)
class ForecastRequest:
    """What is asked of a forecast; read when it is first used.

    Attributes:
        source: a scenario with its changes, or a table of positions, which is imported in memory.
        format: id of the talk format to simulate; the first if None.
        size: of the talks, and of the talks on each issue alone.
        sets: further changes to the scenario, `dotted.path=value`.
    """

    source: Scenario | TableFile
    format: str | None = None
    size: Size = SIZE
    sets: tuple[str, ...] = ()

    @cached_property
    def _scenario(self) -> tuple[Scenario, tuple[str, ...]]:
        scenario, notes = self.source, ()
        if isinstance(scenario, TableFile):
            name, converted = f"{scenario.file}, imported", convert(scenario)
            said = "is a table: it is imported as by `parley import`, without writing a scenario file."
            notes = (f"{scenario.file.name} {said}", *converted.notes)
            scenario = Scenario(None, parse_text(converted.text, Report(name)), name=name)
        return replace(scenario, sets=scenario.sets + self.sets), notes

    @property
    def scenario(self) -> Scenario:
        """The scenario with all changes.

        Raises:
            ScenarioError: the file, a line of the table or a change is wrong.
            InputError: there is no such proposal.
        """
        return self._scenario[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the import of a table says."""
        return self._scenario[1]

    @cached_property
    def format_id(self) -> str:
        """The format that is simulated.

        Raises:
            InputError: there is no such format, or no numeric issue on its agenda.
        """
        resolved = self.scenario.resolved
        known = list(resolved.formats)
        if self.format in resolved.tracks:
            raise InputError(f'"{self.format}" is a track; a forecast takes one format: {", ".join(known)}.')
        format_id = known[choose([self.format or known[0]], known, what="format")[0]]
        if not numeric_issues(resolved, format_id):
            raise InputError(NO_NUMERIC_ISSUE.format(format=format_id))
        return format_id

    @cached_property
    def encoder(self) -> Encoder:
        """The scenario's arrays and names."""
        return self.scenario.encoder(seed=self.size.seed)

    @property
    def work(self) -> int:
        """Runs at most: for a progress bar."""
        return total_runs(self.scenario.resolved, self.format_id, self.size)

    def keeping(self, out: Path | None, argv: Sequence[str]) -> Keeping:
        """Where the forecast is kept: in the folder named, or the usual one; the command line is for the record."""
        resolved, file = self.scenario.resolved, self.source.file
        named = {"digest": resolved.digest, "format": self.format_id}
        key, files = {**named, **to_data(self.size), "source": to_data(self.origin)}, file_digests(file) if file else {}
        return Keeping(resolved.id, key, out, files=files, argv=argv, threads=self.size.threads)

    @property
    def origin(self) -> Origin:
        """Where the scenario comes from."""
        kind = "table" if isinstance(self.source, TableFile) else "scenario"
        return Origin(kind, self.source.file.name if self.source.file else "", self.notes, self.scenario.sets)


@dataclass(frozen=True, kw_only=True)
class ForecastResult(Forecast):
    """A forecast, and the runs that it was made from."""

    origin: Origin
    request: Annotated[ForecastRequest, HIDDEN]
    played: Annotated[Played, HIDDEN]
    schema: Literal["parley/forecast/2"] = "parley/forecast/2"


def forecast(request: ForecastRequest, *, progress: Progress = SILENCE) -> ForecastResult:
    """Simulate the talks of a format, `request.work` runs at most, and forecast every numeric issue on their agenda.

    Raises:
        ScenarioError: the file, a line of the table or a change is wrong.
        InputError: there is no such format or proposal, no numeric issue, or no run decides anything.
    """
    resolved, format_id = request.scenario.resolved, request.format_id
    full = OF_TABLES if isinstance(request.source, TableFile) else None
    try:
        found, played = forecast_issues(resolved, format_id, request.size, full_salience=full, progress=progress)
    except NothingDecidedError:
        raise InputError(NOTHING_DECIDED.format(format=format_id)) from None
    return ForecastResult(**vars(found), origin=request.origin, request=request, played=played)
