"""What the talks agree on a numeric issue, in its units, and what simple forecasts say of it.

Counted are the signed texts of each format. A text may leave the issue where it stands; that share is kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from sim.analysis.comparison.results import Comparison, FormatResult
from sim.analysis.positions.forecasters import point_forecasts
from sim.analysis.positions.issue_positions import LEAST, n_with_ideal, numeric_issues, spatial_issue, without_ideal
from sim.scenario import ResolvedScenario
from sim.types import IssueInfo, SpatialIssue, Structure
from sim.types.marks import By

_REACHED = 1e-9  # shares are sums of fractions: a quantile is reached where they fall short of it by no more


@dataclass(frozen=True)
class Agreed:
    """Where signed texts put an issue; NaN throughout where none was signed."""

    n_texts: int
    shares: tuple[tuple[float, float], ...]
    """(position, share of the texts) in ascending order, options of one position together."""
    mean: float
    median: float
    interval_50: tuple[float, float]
    """25% and 75% quantiles: the interval of the middle half of the texts."""
    interval_80: tuple[float, float]
    """10% and 90% quantiles: the interval of the middle 80%."""
    at_status_quo: float
    """Share of the texts at the position of the status quo, left there or decided so."""


@dataclass(frozen=True)
class FormatPositions:
    """A numeric issue under one format."""

    format: str
    agreed: Agreed
    forecasts: dict[str, float | None] | None
    """As in `point_forecasts`; None where fewer than two have an ideal."""
    left_out: tuple[str, ...]
    """Ids of principals that care about the issue and have no ideal on it."""


@dataclass(frozen=True)
class NumericIssue:
    """A numeric issue under every format of a comparison."""

    id: str
    name: str
    unit: str
    positions: Mapping[str, float]
    """Option -> position."""
    status_quo: float
    ideals: Mapping[str, float]
    """Party -> mean of its ideal, of principals of any of the formats, in the order of the file."""
    formats: Annotated[tuple[FormatPositions, ...], By("format")]


def numeric_findings(
    resolved: ResolvedScenario, structure: Structure, comparison: Comparison
) -> tuple[NumericIssue, ...]:
    """Every numeric issue of a comparison, in the order of the file."""
    infos = {issue.id: (row, issue) for row, issue in enumerate(structure.issues)}
    return tuple(_finding(resolved, comparison, *infos[key]) for key in numeric_issues(resolved))


def agreed_positions(result: FormatResult, row: int, issue: IssueInfo) -> Agreed:
    """Where signed texts put an issue; a quantile is the least position that so large a share of the texts reaches."""
    places = np.array(issue.positions)
    at, nan = np.unique(places), float("nan")
    if result.n_texts == 0:
        return Agreed(0, (), nan, nan, (nan, nan), (nan, nan), nan)
    by_option = result.deals[row, : len(places)]
    shares = np.array([by_option[places == place].sum() for place in at])
    reached = np.cumsum(shares)

    def quantile(level: float) -> float:
        return float(at[min(int(np.searchsorted(reached, level - _REACHED)), len(at) - 1)])

    return Agreed(
        n_texts=result.n_texts,
        shares=tuple(zip(at.tolist(), shares.tolist(), strict=True)),
        mean=float(shares @ at),
        median=quantile(0.5),
        interval_50=(quantile(0.25), quantile(0.75)),
        interval_80=(quantile(0.1), quantile(0.9)),
        at_status_quo=float(shares[at == places[issue.status_quo]].sum()),
    )


def _finding(resolved: ResolvedScenario, comparison: Comparison, row: int, issue: IssueInfo) -> NumericIssue:
    tables: list[SpatialIssue] = []
    formats: list[FormatPositions] = []
    for result in comparison.formats:
        some = n_with_ideal(resolved, issue.id, result.id) >= LEAST
        table = spatial_issue(resolved, issue.id, result.id) if some else None
        tables += [table] if table else []
        formats.append(
            FormatPositions(
                format=result.id,
                agreed=agreed_positions(result, row, issue),
                forecasts=point_forecasts(table) if table else None,
                left_out=without_ideal(resolved, issue.id, result.id),
            )
        )
    ideals = {stand.actor: stand.position for table in tables for stand in table.stands}
    return NumericIssue(
        id=issue.id,
        name=issue.name,
        unit=issue.unit,
        positions=dict(zip(issue.options, issue.positions, strict=True)),
        status_quo=issue.positions[issue.status_quo],
        ideals={party: ideals[party] for party in resolved.parties if party in ideals},
        formats=tuple(formats),
    )
