"""A position-salience-capability table as a scenario file that people can read and edit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sim.analysis.positions.baselines import compromise
from sim.interop.process import GROUP, LEAST_SHARE, LOSS, MONTHS, PRICE, ROUNDS
from sim.interop.scale_options import ScaleOption, rounded, scale_options, step_of
from sim.interop.voting_rules import Consent, consent_of
from sim.scenario.preparation.grid import DECIDED, decided_name, in_units, option_id, plain
from sim.types import PositionTable, SpatialIssue, Stand

PARLIAMENT, NO_STATES = "ep", ("com", "ep")
"""Actors of the long form that are no member states."""
REFERENCE = "table"
FAR_END = "the end of the scale farther from the weighted mean"
VOICES = "is ASSUMED"
"""In the notes on actors without salience or capability."""
LEAST_SALIENCE = 0.01
"""Of full salience; given only where fewer than two actors have any."""
GROUP_OF_ALL = 2
"""With so many actors all talk."""
_RESERVED = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


@dataclass(frozen=True)
class Choices:
    """What the table does not say and the scenario needs."""

    source: str
    """Name of the file, for the reference."""
    loss: float | None = None
    """Exponent of the loss of a party away from its position: 1 linear, 2 quadratic; None for not known."""
    unit: str = ""


@dataclass(frozen=True)
class _Ids:
    actors: dict[str, str]
    issues: dict[str, str]


def scenario_text(table: PositionTable, choices: Choices) -> tuple[str, tuple[str, ...]]:
    """The scenario of a table with one proposal, as YAML with comments, and what the reader should know.

    Every number is *reported* with the table as its source, but for the shape of the loss, the calendar and what stands
    in comments as assumed.

    Raises:
        ValueError: there are several proposals or fewer than two actors, or two voting rules.
    """
    _check(table)
    notes: list[str] = []
    table = _with_voices(table, notes)
    ids = _Ids(_unique(table.actors), _unique([issue.id for issue in table.issues]))
    first = table.issues[0]
    states = [actor for actor in table.actors if actor.lower() not in NO_STATES]
    consent = consent_of(first.voting_rule, first.wave, len(states))
    title = f"{table.name or first.proposal}"
    lines = [*_head(table, title, choices)]
    for issue in table.issues:
        lines += _issue(issue, ids, choices, notes)
    lines += [
        f"# ASSUMED: the shape of losses ({LOSS.meaning}) and the price of not deciding ({PRICE.meaning};",
        "# in stakes it weighs more on who cares less) are the same for all actors in a draw, and not known.",
        "parties:",
    ]
    idle: list[str] = []
    for actor in table.actors:
        lines += _party(table, actor, ids, choices, idle=idle)
    lines += _format(table, ids, consent, idle)
    notes += [f"{actor} has no salience on any issue: it sits as an observer, without a vote." for actor in idle]
    notes.append(f"Consent: {consent.why}.")
    return "\n".join(lines) + "\n", tuple(notes)


def _check(table: PositionTable) -> None:
    if len(table.proposals) != 1:
        raise ValueError(f"a scenario is made of one proposal; the table has {len(table.proposals)}")
    rules = {(issue.voting_rule, issue.wave) for issue in table.issues}
    if len(rules) > 1:
        raise ValueError(
            f"the issues of {table.issues[0].proposal} have different voting rules or waves: {sorted(rules)}"
        )
    if len(table.actors) < 2:
        raise ValueError(f"talks need two actors; {table.issues[0].proposal} has {len(table.actors)}")


def _with_voices(table: PositionTable, notes: list[str]) -> PositionTable:
    """The table with at least two actors who care, and some weight among those who do, if need be by assumption."""
    caring = {one.actor for issue in table.issues for one in issue.stands if one.salience > 0}
    if len(caring) < 2:
        notes.append(f"Fewer than two actors have any salience: {LEAST_SALIENCE:.0%} {VOICES} where the table has 0.")
        table = _changed(
            table,
            lambda issue, one: one if one.salience else one._replace(salience=LEAST_SALIENCE * issue.full_salience),
        )
        caring = set(table.actors)
    if not any(one.capability for issue in table.issues for one in issue.stands if one.actor in caring):
        notes.append(f"No actor with salience has any capability: the same for all {VOICES}.")
        table = _changed(table, lambda _, one: one._replace(capability=1.0))
    return table


def _changed(table: PositionTable, change: Callable[[SpatialIssue, Stand], Stand]) -> PositionTable:
    issues = (replace(issue, stands=tuple(change(issue, one) for one in issue.stands)) for issue in table.issues)
    return replace(table, issues=tuple(issues))


def slug(text: str) -> str:
    """A text as an id: lower-case letters, digits, `_` and `-`, a letter first."""
    bare = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return bare if bare[:1].isalpha() else f"x{bare}"


def _unique(names: Sequence[str]) -> dict[str, str]:
    """An id for each name, numbered where two names would have the same."""
    found: dict[str, str] = {}
    for name in names:
        base, k = slug(name), 1
        while (base if k == 1 else f"{base}-{k}") in found.values():
            k += 1
        found[name] = base if k == 1 else f"{base}-{k}"
    return found


def _key(word: str) -> str:
    """A key that YAML reads as text: some codes of countries are words for yes and no."""
    return f'"{word}"' if word in _RESERVED else word


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _number(value: float) -> str:
    return f"{{value: {plain(value)}, basis: reported, sources: [{REFERENCE}]}}"


def _assumed(low: float, high: float, together: str) -> str:
    """A uniform prior that all actors share."""
    if low == high:
        return f"{{value: {plain(low)}, basis: assumed}}"
    return f"{{uniform: [{plain(low)}, {plain(high)}], basis: assumed, together: {together}}}"


def _short(value: float) -> float:
    """Four digits that count."""
    return float(f"{value:.4g}")


def _head(table: PositionTable, title: str, choices: Choices) -> list[str]:
    held = len(table.issues)
    return [
        "# yaml-language-server: $schema=schema.json",
        f"# Made from {choices.source} by `parley import`, to be edited. What it does not say is marked ASSUMED.",
        "parley: 1",
        f"id: {slug(title)}",
        f"title: {_text(title)}",
        *([f"summary: {_text(table.description)}"] if table.description else []),
        "references:",
        f"  {REFERENCE}: {{title: {_text('Positions, saliences and capabilities: ' + choices.source)}}}",
        "",
        f"issues:  # {held} of one proposal, negotiated together" if held > 1 else "issues:",
    ]


def _issue(issue: SpatialIssue, ids: _Ids, choices: Choices, notes: list[str]) -> list[str]:
    """One issue with its options."""
    home = _status_quo(issue)
    options = scale_options(issue, home)
    at = rounded(home, issue)
    lines = [f"  {_key(ids.issues[issue.id])}:", f"    name: {_text(issue.id)}"]
    if issue.outcome is not None:
        lines.append(f"    # decided: {plain(issue.outcome)}; nothing in this file uses it")
    if issue.reference_point is None:
        lines += [
            "    # ASSUMED: the table has no reference point. Status quo is the end of the scale farther from the mean",
            "    # weighted by salience and capability: failing to decide is bad for most (Achen 2006).",
        ]
        notes.append(f"{issue.id}: no reference point; {plain(at)} is assumed: {FAR_END}.")
    # A settlement is a text on every issue, and such a text may leave an issue where it stands: hence `DECIDED`.
    lines += [
        "    level: core",
        "    ends_price: true",
        f"    status_quo: {option_id(at)}",
        "    options:",
    ]
    for option in options:
        lines.append(_option(option, at, choices, notes, issue=issue))
    label = _text(decided_name(at, choices.unit))
    lines.append(f"      {DECIDED}: {{name: {label}, settles: true}}  # the status quo, written into the text")
    places = [f"{option_id(option.position)}: {plain(option.position)}" for option in options]
    lines += [
        "    scale:",
        f"      unit: {_text(choices.unit)}",
        f"      positions: {{{', '.join(places)}, {DECIDED}: {plain(at)}}}",
        "",
    ]
    return lines


def _status_quo(issue: SpatialIssue) -> float:
    if issue.reference_point is not None:
        return issue.reference_point
    centre = compromise(issue)
    return issue.low if centre - issue.low > issue.high - centre else issue.high


def _option(option: ScaleOption, at: float, choices: Choices, notes: list[str], *, issue: SpatialIssue) -> str:
    settles = "" if option.position == at else ", settles: true"
    said = [f"held by {', '.join(option.held_by)}"] if option.held_by else []
    if option.position == at:
        said.append("status quo")
    if option.merged:
        merged = ", ".join(plain(one) for one in option.merged)
        said.append(f"stands for {merged} too")
        notes.append(f"{issue.id}: option {plain(option.position)} stands for {merged} too; ideals keep their place.")
    exact = {one.position for one in issue.stands if one.actor in option.held_by} - {option.position, *option.merged}
    if exact:
        said.append(f"rounded to {plain(step_of(issue))} from {', '.join(plain(one) for one in sorted(exact))}")
    comment = f"  # {'; '.join(said)}" if said else ""
    name = _text(in_units(option.position, choices.unit))
    return f"      {option_id(option.position)}: {{name: {name}{settles}}}{comment}"


def _party(table: PositionTable, actor: str, ids: _Ids, choices: Choices, *, idle: list[str]) -> list[str]:
    """One actor; those without any salience are added to `idle`."""
    held: list[tuple[SpatialIssue, Stand]] = [
        (issue, stand) for issue in table.issues for stand in issue.stands if stand.actor == actor
    ]
    told = dict(table.descriptions).get(actor)
    lines = [f"  {_key(ids.actors[actor])}:", f"    name: {_text(actor)}"]
    lines += [f"    summary: {_text(told)}"] if told else []
    capability = _capability(held)
    several = sorted({stand.capability for _, stand in held})
    if len(several) > 1:
        lines.append(f"    # ASSUMED: one weight for all issues, the largest of {', '.join(map(plain, several))}")
    lines.append(f"    capability: {_number(capability)}")
    if not any(stand.salience > 0 for _, stand in held):
        idle.append(actor)
        return lines
    lines.append("    salience:")
    lines += [f"      {_key(ids.issues[issue.id])}: {_number(stand.salience)}" for issue, stand in held]
    absent = [issue.id for issue in table.issues if actor not in issue.actors]
    if absent:
        lines.append(f"      # no stand on {', '.join(absent)} in the table")
    lines.append("    values:")
    loss = _assumed(LOSS.low, LOSS.high, LOSS.name) if choices.loss is None else plain(choices.loss)
    lines += [
        f"      {_key(ids.issues[issue.id])}: {{ideal: {_number(stand.position)}, loss: {loss}}}"
        for issue, stand in held
    ]
    share = max(sum(issue.share_of(stand) for issue, stand in held) / len(table.issues), LEAST_SHARE)
    price = _assumed(_short(-PRICE.high / share), _short(-PRICE.low / share), PRICE.name)
    return [*lines, f"    price_of_no_settlement: {{now: {price}}}"]


def _capability(held: Sequence[tuple[SpatialIssue, Stand]]) -> float:
    return max(stand.capability for _, stand in held)


def _chance(table: PositionTable, actor: str) -> float:
    """Relative chance of an actor to be drawn into the contact group: capability times mean salience, of 100."""
    held = [(issue, stand) for issue in table.issues for stand in issue.stands if stand.actor == actor]
    mean = sum(issue.salience_of_100(stand) for issue, stand in held) / len(held)
    return _short(_capability(held) * mean)


def _format(table: PositionTable, ids: _Ids, consent: Consent, idle: list[str]) -> list[str]:
    first = table.issues[0]
    co_decided = first.procedure.upper() == "COD"
    voting = [actor for actor in table.actors if actor not in idle]
    vetoes = [ids.actors[actor] for actor in voting if co_decided and actor.lower() == PARLIAMENT]
    drawn = {actor: _chance(table, actor) for actor in voting}
    drawable = sum(chance > 0 for chance in drawn.values())
    seats: list[str] = []
    for actor in table.actors:
        chance = f"{{recognition: {{value: {plain(drawn.get(actor, 0.0))}, basis: assumed}}}}"
        chance = chance if drawable > GROUP_OF_ALL else "principal"
        seats.append(f"      {_key(ids.actors[actor])}: {'observer' if actor in idle else chance}")
    lines = ["", "formats:", "  council:", "    name: A contact group drafts, all vote"]
    lines += [f"    # {consent.why}."]
    others = [actor for actor in table.actors if actor.lower() in NO_STATES]
    if others and consent.rule != "unanimity" and first.voting_rule:
        lines += [
            f"    # ASSUMED: {' and '.join(others)} sit and vote like states, with the weight that the table gives",
            "    # them, so the shares are of all votes here; the treaty counts states only.",
        ]
    if vetoes:
        lines.append("    # ASSUMED: under co-decision nothing passes against the parliament, so it has a veto.")
    parts = [f"rule: {consent.rule}"] if consent.rule else []
    parts += [f"members: {consent.members:g}"] if consent.members else []
    parts += [f"weight: {consent.weight:g}"] if consent.weight else []
    parts += [f"vetoes: [{', '.join(vetoes)}]"] if vetoes and consent.rule != "unanimity" else []
    lines.append(f"    consent: {{{', '.join(parts)}}}")
    lines.append("    protocol: single_text  # ASSUMED: the chair writes one text and rewrites it")
    if drawable > GROUP_OF_ALL:
        group = _assumed(GROUP.low, min(GROUP.high, float(drawable)), GROUP.name)
        lines += [
            "    # ASSUMED: so many talk for all, drawn in proportion to capability times salience; then all vote.",
            f"    contact_group: {group}",
        ]
    return [
        *lines,
        "    seats:",
        *seats,
        f"    calendar: {{months: {MONTHS}, rounds_per_month: {ROUNDS}}}  # ASSUMED",
    ]
