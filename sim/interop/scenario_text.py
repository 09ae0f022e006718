"""A position-salience-capability table as a scenario file that people can read and edit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

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
class _Draft:
    """What is written, with the ids that names get."""

    table: PositionTable
    choices: Choices
    actors: dict[str, str]
    issues: dict[str, str]
    idle: tuple[str, ...]
    """Actors without any salience."""

    def stands_of(self, actor: str) -> list[tuple[SpatialIssue, Stand]]:
        return [(issue, stand) for issue in self.table.issues for stand in issue.stands if stand.actor == actor]

    def capability(self, actor: str) -> float:
        return max(stand.capability for _, stand in self.stands_of(actor))

    def mean_salience(self, actor: str) -> float:
        """Of 100, over the issues on which it has a stand."""
        stands = self.stands_of(actor)
        return sum(issue.salience_of_100(stand) for issue, stand in stands) / len(stands)


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
    caring = _caring(table)
    idle = tuple(actor for actor in table.actors if actor not in caring)
    draft = _Draft(table, choices, _ids(table.actors), _ids([issue.id for issue in table.issues]), idle)
    lines = _head(draft)
    for issue in table.issues:
        lines += _issue(issue, draft, notes)
    lines += [
        f"# ASSUMED: the shape of losses ({LOSS.meaning}) and the price of not deciding ({PRICE.meaning};",
        "# in stakes it weighs more on who cares less) are the same for all actors in a draw, and not known.",
        "parties:",
    ]
    for actor in table.actors:
        lines += _party(actor, draft)
    first = table.issues[0]
    n_states = sum(actor.lower() not in NO_STATES for actor in table.actors)
    consent = consent_of(first.voting_rule, first.wave, n_states)
    lines += _format(draft, consent)
    notes += [f"{actor} has no salience on any issue: it sits as an observer, without a vote." for actor in idle]
    notes.append(f"Consent: {consent.why}.")
    return "\n".join(lines) + "\n", tuple(notes)


def _check(table: PositionTable) -> None:
    if len(table.proposals) != 1:
        raise ValueError(f"a scenario is made of one proposal; the table has {len(table.proposals)}")
    proposal = table.proposals[0]
    rules = {(issue.voting_rule, issue.wave) for issue in table.issues}
    if len(rules) > 1:
        raise ValueError(f"the issues of {proposal} have different voting rules or waves: {sorted(rules)}")
    if len(table.actors) < 2:
        raise ValueError(f"talks need two actors; {proposal} has {len(table.actors)}")


def _caring(table: PositionTable) -> set[str]:
    return {stand.actor for issue in table.issues for stand in issue.stands if stand.salience > 0}


def _with_voices(table: PositionTable, notes: list[str]) -> PositionTable:
    """The table with at least two actors who care, and some weight among those who do, if need be by assumption."""
    if len(_caring(table)) < 2:
        notes.append(f"Fewer than two actors have any salience: {LEAST_SALIENCE:.0%} {VOICES} where the table has 0.")
        table = _changed(
            table,
            lambda issue, stand: stand._replace(salience=stand.salience or LEAST_SALIENCE * issue.full_salience),
        )
    caring = _caring(table)
    if not any(stand.capability for issue in table.issues for stand in issue.stands if stand.actor in caring):
        notes.append(f"No actor with salience has any capability: the same for all {VOICES}.")
        table = _changed(table, lambda _, stand: stand._replace(capability=1.0))
    return table


def _changed(table: PositionTable, change: Callable[[SpatialIssue, Stand], Stand]) -> PositionTable:
    issues = (replace(issue, stands=tuple(change(issue, stand) for stand in issue.stands)) for issue in table.issues)
    return replace(table, issues=tuple(issues))


def slug(text: str) -> str:
    """A text as an id: lower-case letters, digits, `_` and `-`, a letter first."""
    bare = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return bare if bare[:1].isalpha() else f"x{bare}"


def _ids(names: Sequence[str]) -> dict[str, str]:
    """An id for each name, numbered where two names would have the same."""
    ids: dict[str, str] = {}
    for name in names:
        numbered = chain([slug(name)], (f"{slug(name)}-{k}" for k in count(2)))
        ids[name] = next(id_ for id_ in numbered if id_ not in ids.values())
    return ids


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


def _head(draft: _Draft) -> list[str]:
    table, source = draft.table, draft.choices.source
    title = table.name or table.proposals[0]
    together = f"  # {len(table.issues)} of one proposal, negotiated together" if len(table.issues) > 1 else ""
    return [
        "# yaml-language-server: $schema=schema.json",
        f"# Made from {source} by `parley import`, to be edited. What it does not say is marked ASSUMED.",
        "parley: 1",
        f"id: {slug(title)}",
        f"title: {_text(title)}",
        *([f"summary: {_text(table.description)}"] if table.description else []),
        "references:",
        f"  {REFERENCE}: {{title: {_text('Positions, saliences and capabilities: ' + source)}}}",
        "",
        f"issues:{together}",
    ]


def _issue(issue: SpatialIssue, draft: _Draft, notes: list[str]) -> list[str]:
    """One issue with its options."""
    unit = draft.choices.unit
    quo = _status_quo(issue)
    options, home = scale_options(issue, quo), rounded(quo, issue)
    lines = [f"  {_key(draft.issues[issue.id])}:", f"    name: {_text(issue.id)}"]
    if issue.outcome is not None:
        lines.append(f"    # decided: {plain(issue.outcome)}; nothing in this file uses it")
    if issue.reference_point is None:
        lines += [
            "    # ASSUMED: the table has no reference point. Status quo is the end of the scale farther from the mean",
            "    # weighted by salience and capability: failing to decide is bad for most (Achen 2006).",
        ]
        notes.append(f"{issue.id}: no reference point; {plain(home)} is assumed: {FAR_END}.")
    lines += ["    level: core", "    ends_price: true", f"    status_quo: {option_id(home)}", "    options:"]
    lines += [_option(option, home, issue, unit) for option in options]
    for option in options:
        if option.merged:
            place, merged = plain(option.position), ", ".join(map(plain, option.merged))
            notes.append(f"{issue.id}: option {place} stands for {merged} too; ideals keep their place.")
    # A settlement is a text on every issue, and such a text may leave an issue where it stands: hence `DECIDED`.
    label = _text(decided_name(home, unit))
    places = [f"{option_id(option.position)}: {plain(option.position)}" for option in options]
    return [
        *lines,
        f"      {DECIDED}: {{name: {label}, settles: true}}  # the status quo, written into the text",
        "    scale:",
        f"      unit: {_text(unit)}",
        f"      positions: {{{', '.join(places)}, {DECIDED}: {plain(home)}}}",
        "",
    ]


def _status_quo(issue: SpatialIssue) -> float:
    if issue.reference_point is not None:
        return issue.reference_point
    centre = compromise(issue)
    return issue.low if centre - issue.low > issue.high - centre else issue.high


def _option(option: ScaleOption, home: float, issue: SpatialIssue, unit: str) -> str:
    said = [f"held by {', '.join(option.held_by)}"] if option.held_by else []
    said += ["status quo"] if option.position == home else []
    said += [f"stands for {', '.join(map(plain, option.merged))} too"] if option.merged else []
    held = {stand.position for stand in issue.stands if stand.actor in option.held_by}
    exact = sorted(held - {option.position, *option.merged})
    said += [f"rounded to {plain(step_of(issue))} from {', '.join(map(plain, exact))}"] if exact else []
    settles = "" if option.position == home else ", settles: true"
    comment = f"  # {'; '.join(said)}" if said else ""
    return f"      {option_id(option.position)}: {{name: {_text(in_units(option.position, unit))}{settles}}}{comment}"


def _party(actor: str, draft: _Draft) -> list[str]:
    table, stands = draft.table, draft.stands_of(actor)
    description = dict(table.descriptions).get(actor)
    lines = [f"  {_key(draft.actors[actor])}:", f"    name: {_text(actor)}"]
    lines += [f"    summary: {_text(description)}"] if description else []
    several = sorted({stand.capability for _, stand in stands})
    if len(several) > 1:
        lines.append(f"    # ASSUMED: one weight for all issues, the largest of {', '.join(map(plain, several))}")
    lines.append(f"    capability: {_number(draft.capability(actor))}")
    if actor in draft.idle:
        return lines
    keys = [_key(draft.issues[issue.id]) for issue, _ in stands]
    lines.append("    salience:")
    lines += [f"      {key}: {_number(stand.salience)}" for key, (_, stand) in zip(keys, stands, strict=True)]
    absent = [issue.id for issue in table.issues if actor not in issue.actors]
    lines += [f"      # no stand on {', '.join(absent)} in the table"] if absent else []
    loss = draft.choices.loss
    shape = _assumed(LOSS.low, LOSS.high, LOSS.name) if loss is None else plain(loss)
    lines.append("    values:")
    for key, (_, stand) in zip(keys, stands, strict=True):
        lines.append(f"      {key}: {{ideal: {_number(stand.position)}, loss: {shape}}}")
    share = max(sum(issue.share_of(stand) for issue, stand in stands) / len(table.issues), LEAST_SHARE)
    price = _assumed(_short(-PRICE.high / share), _short(-PRICE.low / share), PRICE.name)
    return [*lines, f"    price_of_no_settlement: {{now: {price}}}"]


def _format(draft: _Draft, consent: Consent) -> list[str]:
    """The talks: a contact group, drawn by capability times salience, drafts; all vote."""
    table = draft.table
    chances = {
        actor: 0.0 if actor in draft.idle else _short(draft.capability(actor) * draft.mean_salience(actor))
        for actor in table.actors
    }
    drawable = sum(chance > 0 for chance in chances.values())
    seats: list[str] = []
    for actor, chance in chances.items():
        drawn = f"{{recognition: {{value: {plain(chance)}, basis: assumed}}}}"
        seat = "observer" if actor in draft.idle else drawn if drawable > GROUP_OF_ALL else "principal"
        seats.append(f"      {_key(draft.actors[actor])}: {seat}")
    group: list[str] = []
    if drawable > GROUP_OF_ALL:
        size = _assumed(GROUP.low, min(GROUP.high, float(drawable)), GROUP.name)
        group = [
            "    # ASSUMED: so many talk for all, drawn in proportion to capability times salience; then all vote.",
            f"    contact_group: {size}",
        ]
    return [
        "",
        "formats:",
        "  council:",
        "    name: A contact group drafts, all vote",
        *_consent(draft, consent),
        "    protocol: single_text  # ASSUMED: the chair writes one text and rewrites it",
        *group,
        "    seats:",
        *seats,
        f"    calendar: {{months: {MONTHS}, rounds_per_month: {ROUNDS}}}  # ASSUMED",
    ]


def _consent(draft: _Draft, consent: Consent) -> list[str]:
    table, first = draft.table, draft.table.issues[0]
    lines = [f"    # {consent.why}."]
    others = [actor for actor in table.actors if actor.lower() in NO_STATES]
    if others and consent.rule != "unanimity" and first.voting_rule:
        lines += [
            f"    # ASSUMED: {' and '.join(others)} sit and vote like states, with the weight that the table gives",
            "    # them, so the shares are of all votes here; the treaty counts states only.",
        ]
    parliament = [actor for actor in table.actors if actor.lower() == PARLIAMENT and actor not in draft.idle]
    vetoes = [draft.actors[actor] for actor in parliament if first.procedure.upper() == "COD"]
    if vetoes:
        lines.append("    # ASSUMED: under co-decision nothing passes against the parliament, so it has a veto.")
    parts = [f"rule: {consent.rule}"] if consent.rule else []
    parts += [f"members: {consent.members:g}"] if consent.members else []
    parts += [f"weight: {consent.weight:g}"] if consent.weight else []
    parts += [f"vetoes: [{', '.join(vetoes)}]"] if vetoes and consent.rule != "unanimity" else []
    return [*lines, f"    consent: {{{', '.join(parts)}}}"]
