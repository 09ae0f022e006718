"""Resolved scenario -> read-only arrays for any block of draws, and the words that go with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.scenario.preparation.grid import told_in_units
from sim.scenario.preparation.labels import in_language
from sim.scenario.sampling.distributions import Drawn, Streams, Uniforms, describe, mean, quantile
from sim.scenario.sampling.fill import blank_numbers, fill_numbers, format_tables
from sim.scenario.sampling.idle_numbers import idle
from sim.scenario.sampling.layout import LEVELS, Layout
from sim.scenario.schema.numbers import DEFAULT_NOTE, Number
from sim.scenario.schema.priors import PARTY_CONSTANTS, SHARED_NOTE
from sim.scenario.schema.resolved import ResolvedConsent, ResolvedFormat, ResolvedParty, ResolvedScenario
from sim.scenario.schema.written import ConditionalLine, Issue, RedLine
from sim.types.message import Message, message
from sim.types.replays import Replays
from sim.types.structure import ConditionalLineInfo, FormatInfo, IssueInfo, PartyInfo, Structure
from sim.types.tables import Tables


@dataclass(frozen=True)
class NumberRow:
    """One number of a scenario, for tables of evidence."""

    path: str
    number: Number

    @property
    def basis(self) -> str:
        """What it rests on."""
        return self.number.basis

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the claims that it cites."""
        return self.number.sources

    @property
    def note(self) -> str:
        """Said of it in the file; empty for nothing."""
        return self.number.note or ""

    @property
    def given(self) -> bool:
        """Whether the file gives the number; False for defaults of the schema and for shared priors."""
        return self.note not in (DEFAULT_NOTE, SHARED_NOTE)

    @property
    def distribution(self) -> str:
        """In short words."""
        return describe(self.number)

    @property
    def mean(self) -> float:
        """Expected value."""
        return mean(self.number)

    @property
    def low(self) -> float:
        """The 5% quantile."""
        return self._quantile(0.05)

    @property
    def high(self) -> float:
        """The 95% quantile."""
        return self._quantile(0.95)

    def _quantile(self, chance: float) -> float:
        return float(quantile(self.number, np.array([chance]))[0])


@dataclass(frozen=True)
class Encoder:
    """Turns a resolved scenario into arrays: the same for the same scenario and seed, however cut into blocks."""

    resolved: ResolvedScenario
    seed: int = field(kw_only=True)
    language: str | None = field(default=None, kw_only=True)
    """Language of the names in `structure`, where the file has labels in it; None for the file's own names."""
    replays: Replays | None = field(default=None, kw_only=True, repr=False, compare=False)
    """Where runs are kept that need not be played again."""
    layout: Layout = field(init=False)
    structure: Structure = field(init=False)
    _static: dict[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        layout = Layout(self.resolved)
        said = self.resolved if self.language is None else in_language(self.resolved, self.language)
        spoken = layout if said is self.resolved else Layout(said)
        fixed = {**layout.static_tables(), **format_tables(layout)}
        object.__setattr__(self, "layout", layout)
        object.__setattr__(self, "structure", _structure(spoken))
        object.__setattr__(self, "_static", {name: _read_only(array) for name, array in fixed.items()})

    def drawn(self, first_draw: int, n_draws: int, *, streams: Uniforms | None = None) -> Drawn:
        """The numbers of the `n_draws` draws from `first_draw` on, from the streams of the seed or from others."""
        streams = streams or Streams(self.seed, first_draw=first_draw, n_draws=n_draws)
        return Drawn(self.resolved, n_draws, streams)

    def tables(self, first_draw: int, n_draws: int, *, streams: Uniforms | None = None) -> Tables:
        """Read-only arrays for the D = `n_draws` draws from `first_draw` on, as `sim.types.tables` documents them.

        Row `(d, g)` is the same for every block that holds draw d. `streams` are other uniforms than those of the seed
        (`sim.scenario.sampling.pick_freeze`). A block before draw 0 or an empty one is a ValueError.
        """
        if first_draw < 0 or n_draws < 1:
            raise ValueError(f"a block starts at 0 or later and holds at least one draw, not {first_draw}, {n_draws}")
        return self.filled(self.drawn(first_draw, n_draws, streams=streams))

    def filled(self, drawn: Drawn) -> Tables:
        """Read-only arrays of numbers that have been drawn."""
        filled = {name: _read_only(array) for name, array in fill_numbers(self.layout, drawn).items()}
        return Tables(**self._static, **filled)

    def blank(self) -> Tables:
        """Arrays of one draw with all that is the same in every draw, and 0 for every number."""
        return Tables(**self._static, **blank_numbers(self.layout, 1 + len(self.layout.shocks)))

    def numbers(self) -> tuple[NumberRow, ...]:
        """Every number that counts, in file order: no idle ones, nor shared priors, of which each party has a copy."""
        left_out = {*idle(self.resolved), *(f"behaviour.{key}" for key in PARTY_CONSTANTS)}
        return tuple(NumberRow(path, number) for path, number in self.resolved.numbers.items() if path not in left_out)


def _read_only(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    fixed = np.ascontiguousarray(array)
    fixed.flags.writeable = False
    return fixed


def _option_name(issue: Issue, option: str) -> str:
    """Label of an option; on a scale with a unit, with its position if the label does not tell it."""
    name = issue.options[option].name or option
    return name if issue.scale is None else told_in_units(name, issue.scale.positions[option], issue.scale.unit)


def _structure(layout: Layout) -> Structure:
    scenario = layout.scenario
    issues = tuple(
        IssueInfo(
            id=key,
            name=issue.name or key,
            level=LEVELS[issue.level],
            options=layout.options[key],
            option_names=tuple(_option_name(issue, option) for option in issue.options),
            status_quo=int(layout.status_quo_option[row]),
            settling=tuple(index for index, option in enumerate(issue.options.values()) if option.settles),
            unit=issue.scale.unit if issue.scale else "",
            positions=tuple(issue.scale.positions[option] for option in issue.options) if issue.scale else (),
            ends_price=issue.ends_price,
        )
        for row, (key, issue) in enumerate(scenario.issues.items())
    )
    parties = tuple(_party_info(layout, key, party) for key, party in scenario.parties.items())
    return Structure(
        scenario_id=scenario.id,
        title=scenario.title,
        issues=issues,
        parties=parties,
        formats=_format_infos(layout),
        shocks=layout.shocks,
        issue_composite=_read_only(layout.issue_composite),
        issue_option=_read_only(layout.issue_option),
    )


def _party_info(layout: Layout, key: str, party: ResolvedParty) -> PartyInfo:
    lines, rows = party.red_lines.items(), {(owner, name): row for row, (owner, name, _) in enumerate(layout.lines)}
    by_options = tuple((name, line.issue, line.options) for name, line in lines if isinstance(line, RedLine))
    conditional = tuple(
        ConditionalLineInfo(name, line.when, line.unless or {}, rows.get((key, name)))
        for name, line in lines
        if isinstance(line, ConditionalLine)
    )
    return PartyInfo(key, party.name, by_options, conditional)


def _format_infos(layout: Layout) -> tuple[FormatInfo, ...]:
    """One record a format, then one a track, which is as its last leg where it is not said otherwise."""
    scenario = layout.scenario
    infos = [_format_info(layout, row, key, talks) for row, (key, talks) in enumerate(scenario.formats.items())]
    for row, (key, track) in enumerate(scenario.tracks.items(), start=len(infos)):
        legs = layout.legs[row]
        months = sum(infos[leg].months for leg in legs) + sum(leg.after for leg in track.legs)
        changes = {"id": key, "name": track.name, "protocol": "track", "months": months, "legs": legs}
        infos.append(replace(infos[legs[-1]], **changes, only_in_tracks=False, agenda_order="package", stages=()))
    return tuple(infos)


def _format_info(layout: Layout, row: int, key: str, talks: ResolvedFormat) -> FormatInfo:
    consent = consent_words(talks.consent, {party: record.name for party, record in layout.scenario.parties.items()})
    mediators, guarantors, observers = (
        tuple(map(layout.parties.index, talks.in_role(role))) for role in ("mediator", "guarantor", "observer")
    )
    return FormatInfo(
        id=key,
        name=talks.name,
        protocol=talks.protocol,
        seats=layout.speakers(row),
        months=talks.calendar.months,
        rounds_per_month=talks.calendar.rounds_per_month,
        transparency=talks.transparency,
        only_in_tracks=talks.only_in_tracks,
        consent=message("contact group, then all: {asked}", asked=consent) if talks.contact_group else consent,
        mediator=next(iter(mediators), None),
        mandate=any(seat.mandate for seat in talks.seats.values()),
        guarantors=guarantors,
        observers=observers,
        agenda_order=talks.agenda.order,
        stages=_stage_names(layout, row, talks),
    )


def consent_words(consent: ResolvedConsent, names: dict[str, str]) -> Message:
    """A consent rule in short words, such as `55% of members and 65% of weight, veto of A`, given names by party id."""
    parts = [_shares(consent)]
    if consent.vetoes:
        owners = tuple(names[party] for party in consent.vetoes)
        parts.append(message("veto of {parties}", parties=owners, joint=" and "))
    if consent.abstention:
        parts.append(message("abstentions not counted"))
    return parts[0] if len(parts) == 1 else message("{parts}", parts=tuple(parts), joint=", ")


def _shares(consent: ResolvedConsent) -> Message:
    if consent.rule != "quota":
        return message(consent.rule)
    shares: list[Message] = []
    if consent.members > 0:
        shares.append(message("{share}% of members", share=100 * consent.members))
    if consent.weight > 0:
        shares.append(message("{share}% of weight", share=100 * consent.weight))
    return message("{asked}", asked=tuple(shares), joint=" and ")


def _stage_names(layout: Layout, row: int, talks: ResolvedFormat) -> tuple[str, ...]:
    """Names of the working groups and the plenary, or of the issues of each stage; none for a package."""
    if talks.baskets:
        return (*(basket.name for basket in talks.baskets.values()), "plenary")
    if talks.agenda.order == "package":
        return ()
    issues = layout.scenario.issues
    return tuple(", ".join(issues[key].name or key for key in stage) for stage in layout.stages(row))
