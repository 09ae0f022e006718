"""Forecast of numeric issues: their distribution over simulated talks, package trades, simple forecasts beside it.

A run counts if the talks bring a text that settles the core: the forecast is conditional on a decision. Where the
format negotiates several numeric issues together, each is simulated alone too, with the same draws and chance, and what
the package gives is compared with what the issues give one by one (`sim.analysis.forecast.package_trades`).

Shape letters: R runs, D draws, P parties, I issues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.analysis.forecast.issue_distribution import Distribution, distribution, wasserstein
from sim.analysis.forecast.one_issue import one_issue
from sim.analysis.forecast.package_trades import (
    Pair,
    Trade,
    gains,
    most_frequent,
    opposite_sides,
    stakes_of_options,
    trades,
)
from sim.analysis.positions.baselines import weighted_positions
from sim.analysis.positions.forecasters import point_forecasts
from sim.analysis.positions.issue_positions import LEAST, n_with_ideal, spatial_issue
from sim.analysis.positions.issue_positions import numeric_issues as all_numeric_issues
from sim.analysis.statistics.intervals import Estimate, means, ratios
from sim.engines.batch import play
from sim.scenario import Encoder, ResolvedScenario, ScenarioError
from sim.types import IssueInfo, Runs, SpatialIssue
from sim.types.arrays import Floats, Ints, Mask
from sim.types.marks import HIDDEN, Axes, By
from sim.types.playing import SILENCE, Progress, Size
from sim.types.records import Json, number

_SAME_PLACE = 0.005  # of the scale: half a hundredth; ideals closer than this are one position
TRADE_COLUMNS = (
    *("between", "givers", "issue", "takers", "other_issue"),
    *("share", "low", "high", "one_by_one", "givers_gain", "takers_gain"),
)


class NothingDecidedError(Exception):
    """No run brought a text that settles the core, so there is nothing to forecast."""


@dataclass(frozen=True)
class ActorPosition:
    """A position that actors hold."""

    position: float
    actors: tuple[str, ...]
    """Ids of the parties whose ideals, at their means, are within half a hundredth of the scale of each other."""
    option: float
    """The position of the issue's options that is nearest to it; its probability is what is told."""
    share: Estimate


@dataclass(frozen=True)
class Alone:
    """The same issue talked about by itself; a run without a decision leaves it at its status quo."""

    decided: Estimate
    """Share of its runs with a decision."""
    distribution: Distribution
    """Over all its runs: without linking, no decision is what comes."""
    median_moved: float
    """Median of the package less the median alone."""
    mean_moved: Estimate
    wasserstein: float

    COMPUTED: ClassVar = ("reference",)

    @property
    def reference(self) -> float:
        """Where the issue stands without linking: the median."""
        return self.distribution.median.value


@dataclass(frozen=True)
class IssueForecast:
    """One issue, in its units."""

    id: str
    name: str
    unit: str
    actors: Annotated[SpatialIssue, HIDDEN]
    """Who wants what: principals with a position, uncertain numbers at their means."""
    status_quo: float
    status_quo_share: Estimate
    distribution: Distribution
    """Over the runs with a decision."""
    positions: tuple[ActorPosition, ...]
    baselines: Mapping[str, float | None]
    """Simple forecasts by key (`sim.analysis.positions.forecasters.POINTS`)."""
    weighted: Annotated[Floats, Axes(None)]
    """[101] the actors' positions weighted by salience times capability, on hundredths of the scale."""
    alone: Alone | None
    places: Annotated[tuple[float, ...], HIDDEN]  # position of each option

    COMPUTED: ClassVar = ("low", "high", "grid")

    @property
    def grid(self) -> Annotated[Floats, Axes(None)]:
        """[101] the distribution on hundredths of the scale, as forecasts are scored."""
        return self.distribution.grid(self.low, self.high)

    @property
    def low(self) -> float:
        """Lower end of the scale."""
        return self.actors.low

    @property
    def high(self) -> float:
        """Upper end of the scale."""
        return self.actors.high


@dataclass(frozen=True)
class PartyGain:
    """What the package is worth to a party beyond the issues one by one."""

    party: str
    gain: Estimate
    """Stakes; mean over the decided runs of the package, each against the same draw and chance one by one."""


@dataclass(frozen=True)
class Package:
    """What linking the issues does."""

    parties: Annotated[tuple[PartyGain, ...], By("party")]
    by_side: tuple[Trade, ...]
    """Exchanges between parties on opposite sides of what the issues give one by one."""
    by_party: tuple[Trade, ...]
    """Exchanges between parties; those that take part in the same runs are one."""

    COMPUTED: ClassVar = ("sides",)

    @property
    def sides(self) -> dict[str, int]:
        """Parties for which the package is better, worse, or not told apart from the issues one by one."""
        sides = [one.gain.side for one in self.parties]
        return {"better": sides.count(1), "worse": sides.count(-1), "not_told_apart": sides.count(0)}


@dataclass(frozen=True)
class Forecast:
    """Everything that is forecast of one scenario and format."""

    scenario_id: str
    title: str
    digest: str
    format_id: str
    size: Size
    decided: Estimate
    """Share of the runs with a decision; everything else is conditional on it."""
    issues: Annotated[tuple[IssueForecast, ...], By("id")]
    package: Package | None
    no_package: str
    """Why there is no package to speak of; empty where there is."""
    names: Mapping[str, str]
    """Party id -> name."""


@dataclass(frozen=True)
class Played:
    """Runs of one scenario in one format."""

    decided: Mask  # [R]
    option: Ints  # [R, I] option of the text that the table agreed to
    draw: Ints  # [R]

    def stands(self, column: int, home: int) -> Ints:
        """[R] where an issue stands after each run: at option `home` where there is no decision."""
        return np.where(self.decided, self.option[:, column], home)

    def share(self, n_draws: int) -> Estimate:
        """Share of runs with a decision."""
        hits, runs = (np.bincount(draws, minlength=n_draws) for draws in (self.draw[self.decided], self.draw))
        return ratios(hits, runs).at()


def numeric_issues(resolved: ResolvedScenario, format_id: str) -> tuple[str, ...]:
    """Issues on a format's agenda with a scale on which two principals or more have an ideal, in file order."""
    agenda = resolved.formats[format_id].agenda.issues
    scaled = [key for key in all_numeric_issues(resolved) if key in agenda]
    return tuple(key for key in scaled if n_with_ideal(resolved, key, format_id) >= LEAST)


def total_runs(resolved: ResolvedScenario, format_id: str, size: Size) -> int:
    """Runs that a forecast takes at most."""
    n_issues = len(numeric_issues(resolved, format_id))
    return size.runs * (1 + (n_issues if n_issues > 1 else 0))


def forecast_issues(
    resolved: ResolvedScenario,
    format_id: str,
    size: Size,
    *,
    full_salience: float | None = None,
    progress: Progress = SILENCE,
) -> tuple[Forecast, Played]:
    """Simulate the talks and forecast every numeric issue on their agenda; and the runs, with the issues in order.

    The format is no track; every issue alone gets as many runs; `full_salience` is as for `spatial_issue`. A ValueError
    where there is no numeric issue (`numeric_issues`) on its agenda, a NothingDecidedError where no run has a decision.
    """
    keys = numeric_issues(resolved, format_id)
    if not keys:
        raise ValueError("a forecast needs a numeric issue")
    encoder = Encoder(resolved, seed=size.seed)
    progress.say("all issues together" if len(keys) > 1 else "the issue")
    played = _played(encoder, format_id, keys, size, progress=progress)
    if not played.decided.any():
        raise NothingDecidedError
    apart, no_package = _apart(resolved, format_id, keys, size, progress=progress)
    infos = {info.id: info for info in encoder.structure.issues}
    issues: list[IssueForecast] = []
    for k, key in enumerate(keys):
        actors = spatial_issue(resolved, key, format_id, full_salience=full_salience)
        alone = None if apart is None else apart[k]
        issues.append(_issue(infos[key], actors, played, alone, column=k, n_draws=size.draws))
    package = None if apart is None else _package(encoder, issues, played, apart, n_draws=size.draws)
    return Forecast(
        scenario_id=resolved.id,
        title=resolved.title,
        digest=resolved.digest,
        format_id=format_id,
        size=size,
        decided=played.share(size.draws),
        issues=tuple(issues),
        package=package,
        no_package=no_package,
        names={key: party.name for key, party in resolved.parties.items()},
    ), played


class _KeptOptions:
    """Collects whether runs have a decision, and the options of some issues in their texts."""

    def __init__(self, columns: Sequence[int]) -> None:
        self._columns = list(columns)
        self.core: list[NDArray[np.uint8]] = []
        self.option: list[Ints] = []

    def add(self, first_draw: int, runs: Runs) -> None:
        self.core.append(runs.core.copy())
        self.option.append(runs.tabled[:, self._columns].astype(np.int64))


def _played(encoder: Encoder, format_id: str, keys: Sequence[str], size: Size, *, progress: Progress) -> Played:
    """The runs of one format, with what the table agreed to on some issues."""
    formats, issues = ([info.id for info in infos] for infos in (encoder.structure.formats, encoder.structure.issues))
    kept = _KeptOptions([issues.index(key) for key in keys])
    play(encoder, [formats.index(format_id)], size, kept, progress=progress)
    draw = np.repeat(np.arange(size.draws), size.replications)
    return Played(np.concatenate(kept.core) == 1, np.concatenate(kept.option), draw)


def _apart(
    resolved: ResolvedScenario, format_id: str, keys: Sequence[str], size: Size, *, progress: Progress
) -> tuple[list[Played] | None, str]:
    """Every issue played alone, or why not."""
    if len(keys) < 2:
        return None, "There is one numeric issue, so nothing is traded between issues."
    apart: list[Played] = []
    for key in keys:
        try:
            alone = one_issue(resolved, key, format_id)
        except ScenarioError as error:
            first = error.problems[0]
            why = f"{first.message} ({first.seen})" if first.seen else first.message
            return None, f"{resolved.issues[key].name or key} cannot be talked about alone in this format: {why}."
        progress.say(f"{key} alone")
        apart.append(_played(Encoder(alone, seed=size.seed), format_id, [key], size, progress=progress))
    return apart, ""


def _issue(
    info: IssueInfo, actors: SpatialIssue, played: Played, apart: Played | None, *, column: int, n_draws: int
) -> IssueForecast:
    places, decided = np.array(info.positions), played.decided
    found = distribution(places, played.option[decided, column], played.draw[decided], n_draws)
    status_quo = info.positions[info.status_quo]
    return IssueForecast(
        id=info.id,
        name=info.name,
        unit=info.unit,
        actors=actors,
        status_quo=status_quo,
        status_quo_share=found.share_at(status_quo),
        distribution=found,
        positions=_actor_positions(actors, found),
        baselines=point_forecasts(actors),
        weighted=weighted_positions([actors])[0],
        places=info.positions,
        alone=None if apart is None else _alone(apart, info, found, n_draws),
    )


def _alone(apart: Played, info: IssueInfo, package: Distribution, n_draws: int) -> Alone:
    alone = distribution(np.array(info.positions), apart.stands(0, info.status_quo), apart.draw, n_draws)
    return Alone(
        decided=apart.share(n_draws),
        distribution=alone,
        median_moved=package.median.value - alone.median.value,
        mean_moved=package.means.minus(alone.means).estimates()[0],
        wasserstein=wasserstein(package, alone),
    )


def _actor_positions(actors: SpatialIssue, found: Distribution) -> tuple[ActorPosition, ...]:
    """Positions that actors hold, ascending; those within half a hundredth of the first of a group are one."""
    groups: list[tuple[float, list[str]]] = []
    for stand in sorted(actors.stands, key=lambda stand: stand.position):
        if not groups or stand.position - groups[-1][0] > _SAME_PLACE * actors.range:
            groups.append((stand.position, []))
        groups[-1][1].append(stand.actor)
    return tuple(
        ActorPosition(place, tuple(held), float(found.positions[found.nearest(place)]), found.share_at(place))
        for place, held in groups
    )


def _package(
    encoder: Encoder, issues: Sequence[IssueForecast], played: Played, apart: Sequence[Played], *, n_draws: int
) -> Package:
    """Exchanges against the issues one by one, and what the package is worth to each party."""
    infos = {info.id: info for info in encoder.structure.issues}
    parties = [key for key in encoder.resolved.parties if any(key in issue.actors.actors for issue in issues)]
    stakes = stakes_of_options(encoder, [issue.id for issue in issues], parties, n_draws)
    references = [issue.alone.reference for issue in issues if issue.alone is not None]
    linked = np.flatnonzero(played.decided)
    draw = played.draw[linked]
    together: list[Floats] = []
    by_itself: list[Floats] = []
    for k, issue in enumerate(issues):
        info = infos[issue.id]
        reference = int(np.argmin(np.abs(np.array(info.positions) - references[k])))
        together.append(gains(stakes[k], draw, played.option[linked, k], reference))
        by_itself.append(gains(stakes[k], apart[k].draw, apart[k].stands(0, info.status_quo), reference))
    worth = means(np.sum(together, axis=0) - np.sum(by_itself, axis=0)[linked], draw, n_draws).estimates()
    held = [{stand.actor: stand.position for stand in issue.actors.stands} for issue in issues]
    places = np.array([[positions.get(key, np.nan) for positions in held] for key in parties])
    by_side: list[Trade] = []
    by_party: list[Trade] = []
    for i, j in combinations(range(len(issues)), 2):
        pair = Pair((issues[i].id, issues[j].id), (together[i], together[j]), (by_itself[i], by_itself[j]))
        groups = opposite_sides(places[:, [i, j]], np.array([references[i], references[j]]))
        by_side += trades(pair, groups, parties, draw=draw, n_draws=n_draws)
        by_party += trades(pair, None, parties, draw=draw, n_draws=n_draws)
    return Package(
        tuple(PartyGain(key, gain) for key, gain in zip(parties, worth, strict=True)),
        tuple(most_frequent(by_side)),
        tuple(most_frequent(by_party)),
    )


def position_rows(forecast: Forecast) -> list[Json]:
    """A row an issue and position: probability with its interval, and the nearest actors, separated by spaces."""
    return [
        {
            "issue": issue.id,
            "unit": issue.unit,
            "position": number(place),
            "probability": number(share.value),
            "low": number(share.low),
            "high": number(share.high),
            "status_quo": place == issue.status_quo,
            "nearest_actors": " ".join(
                actor for held in issue.positions if held.option == place for actor in held.actors
            ),
        }
        for issue in forecast.issues
        for place, share in zip(issue.distribution.positions.tolist(), issue.distribution.shares, strict=True)
    ]


def trade_rows(forecast: Forecast) -> list[Json]:
    """A row an exchange, as `TRADE_COLUMNS`; parties are separated by spaces."""
    package = forecast.package
    exchanges = [] if package is None else [("sides", trade) for trade in package.by_side]
    exchanges += [] if package is None else [("parties", trade) for trade in package.by_party]
    rows: list[Json] = []
    for between, trade in exchanges:
        who = (" ".join(trade.givers), trade.issue, " ".join(trade.takers), trade.other_issue)
        numbers = (trade.share.value, trade.share.low, trade.share.high, trade.one_by_one)
        gains = (trade.givers_gain, trade.takers_gain)
        rows.append(dict(zip(TRADE_COLUMNS, (between, *who, *map(number, (*numbers, *gains))), strict=True)))
    return rows


def write_positions(forecast: Forecast, played: Played, file: Path) -> None:
    """Write a row a run to a Parquet file: draw, whether it is decided, position of every issue (null if not)."""
    columns: dict[str, Any] = {"draw": pa.array(played.draw, pa.int32()), "decided": pa.array(played.decided)}
    for k, issue in enumerate(forecast.issues):
        places = np.array(issue.places)[played.option[:, k]]
        columns[issue.id] = pa.array(places, pa.float64(), mask=~played.decided)
    pq.write_table(pa.table(columns), file, compression="zstd")
