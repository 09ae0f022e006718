"""A numeric issue of a scenario as a table of positions: what the simple forecasts are made from."""

from __future__ import annotations

from sim.scenario import ResolvedScenario
from sim.scenario.sampling.distributions import mean
from sim.scenario.schema.resolved import ResolvedParty
from sim.scenario.schema.written import Issue, Scale, ValuesByIdeal
from sim.types import SpatialIssue, Stand

OF_TABLES = 100.0  # what the saliences of a table of positions are out of, as it is imported
LEAST = 2  # fewest parties with an ideal


def spatial_issue(
    resolved: ResolvedScenario, issue: str, format_id: str, *, full_salience: float | None = None
) -> SpatialIssue:
    """The positions, saliences and capabilities of the principals of a format on a numeric issue.

    Every uncertain number stands at its mean. Actors are ids of parties in the order of the file; those without an
    ideal on the issue have no position and are left out (`without_ideal`). Saliences are shares of the sum of each
    party's own, as in the talks, so that the unit in which a party's are written means nothing; where a table of
    positions was imported they are out of `full_salience`, the same for all. The reference point is the position of the
    status quo. The scale
    runs over the positions of the options, and on to an ideal that lies beyond them. How steeply a value falls with the
    distance has no place in such a table. Of a track, its last leg counts. A ValueError where there is no such issue or
    format, the issue has no scale or its options one position, or fewer than two principals have an ideal on it.
    """
    scale = _scale(resolved, issue)
    stands = tuple(
        Stand(party, mean(held.ideal), _salience(record, issue, full_salience), mean(record.capability))
        for party, record in _principals(resolved, format_id)
        if isinstance(held := record.values.get(issue), ValuesByIdeal)
    )
    if len(stands) < LEAST:
        actors = " and ".join(stand.actor for stand in stands) or "none"
        raise ValueError(
            f"forecasts from positions need two principals of {format_id} with an ideal on {issue}; found: {actors}"
        )
    places = [*scale.positions.values(), *(stand.position for stand in stands)]
    if min(scale.positions.values()) == max(scale.positions.values()):
        raise ValueError(f"all options of {issue} have the same position")
    return SpatialIssue(
        proposal=resolved.id,
        id=issue,
        stands=stands,
        low=min(places),
        high=max(places),
        full_salience=full_salience or 1.0,
        reference_point=scale.positions[resolved.issues[issue].status_quo],
    )


def without_ideal(resolved: ResolvedScenario, issue: str, format_id: str) -> tuple[str, ...]:
    """Ids of the principals of a format that have a salience but no ideal on an issue; both must exist."""
    _issue(resolved, issue)
    return tuple(
        party
        for party, record in _principals(resolved, format_id)
        if issue in record.salience and not isinstance(record.values.get(issue), ValuesByIdeal)
    )


def n_with_ideal(resolved: ResolvedScenario, issue: str, format_id: str) -> int:
    """How many principals of a format have an ideal on an issue; both must exist."""
    _issue(resolved, issue)
    return sum(isinstance(record.values.get(issue), ValuesByIdeal) for _, record in _principals(resolved, format_id))


def numeric_issues(resolved: ResolvedScenario) -> tuple[str, ...]:
    """Ids of the issues with a scale, in the order of the file."""
    return tuple(key for key, issue in resolved.issues.items() if issue.scale is not None)


def _issue(resolved: ResolvedScenario, issue: str) -> Issue:
    if issue not in resolved.issues:
        raise ValueError(f"no issue {issue}; there are {', '.join(resolved.issues)}")
    return resolved.issues[issue]


def _scale(resolved: ResolvedScenario, issue: str) -> Scale:
    scale = _issue(resolved, issue).scale
    if scale is None:
        with_scale = ", ".join(numeric_issues(resolved)) or "none"
        raise ValueError(f"issue {issue} has no scale; issues with one: {with_scale}")
    return scale


def _principals(resolved: ResolvedScenario, format_id: str) -> tuple[tuple[str, ResolvedParty], ...]:
    """Id and record of each principal, in the order of the parties."""
    if format_id in resolved.tracks:
        format_id = resolved.tracks[format_id].legs[-1].format
    if format_id not in resolved.formats:
        raise ValueError(f"no format {format_id}; there are {', '.join((*resolved.formats, *resolved.tracks))}")
    seats = resolved.formats[format_id].seats
    return tuple(
        (party, record)
        for party, record in resolved.parties.items()
        if party in seats and seats[party].role == "principal"
    )


def _salience(party: ResolvedParty, issue: str, full: float | None) -> float:
    """The mean salience of an issue, out of `full`; if None as a share of the party's own sum."""
    saliences = {key: mean(number) for key, number in party.salience.items()}
    total = sum(saliences.values()) if full is None else 1.0
    return saliences.get(issue, 0.0) / total if total > 0.0 else 0.0
