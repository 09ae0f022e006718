"""A numeric issue of a scenario as an issue of a position table, so that simple forecasts can be made of it."""

from __future__ import annotations

from sim.scenario.draws import mean
from sim.scenario.resolved import ResolvedScenario
from sim.scenario.written import ValuesByIdeal
from sim.types import SpatialIssue, Stand


def spatial_issue(resolved: ResolvedScenario, issue: str, format_id: str) -> SpatialIssue:
    """Positions, saliences and capabilities of the principals of a format on an issue, all at their means.

    Args:
        resolved: the scenario.
        issue: id of an issue with a scale.
        format_id: the format whose principals count.

    Returns:
        The issue; actors are ids of parties, and those without an ideal or without salience on it are left out. The
        reference point is the position of the status quo. Saliences are shares where no party of the file has one above
        1, else out of 100 or of the largest.

    Raises:
        ValueError: the issue has no scale.
    """
    scale = resolved.issues[issue].scale
    if scale is None:
        raise ValueError(f"{issue} has no scale")
    low, high = min(scale.positions.values()), max(scale.positions.values())
    largest = max((mean(one) for party in resolved.parties.values() for one in party.salience.values()), default=1.0)
    stands: list[Stand] = []
    for key, seat in resolved.formats[format_id].seats.items():
        party = resolved.parties[key]
        values, salience = party.values.get(issue), party.salience.get(issue)
        if seat.role != "principal" or not isinstance(values, ValuesByIdeal) or salience is None or mean(salience) <= 0:
            continue
        position = min(max(mean(values.ideal), low), high)
        stands.append(Stand(key, position, mean(salience), mean(party.capability)))
    return SpatialIssue(
        proposal=resolved.id,
        id=issue,
        stands=tuple(stands),
        low=low,
        high=high,
        full_salience=1.0 if largest <= 1.0 else max(largest, 100.0),
        reference_point=scale.positions[resolved.issues[issue].status_quo],
    )
