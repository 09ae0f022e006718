"""Formats and tracks in words, for tables and reports."""

from __future__ import annotations

from sim.scenario.sampling.layout import Layout
from sim.scenario.schema.resolved import ResolvedConsent, ResolvedFormat
from sim.types.message import Message, message
from sim.types.structure import FormatInfo


def format_infos(layout: Layout) -> tuple[FormatInfo, ...]:
    """One record a format, then one a track."""
    scenario = layout.scenario
    formats = tuple(scenario.formats.values())
    made = [_format_info(layout, row, key, one) for row, (key, one) in enumerate(scenario.formats.items())]
    for row, (key, track) in enumerate(scenario.tracks.items(), start=len(formats)):
        legs = layout.legs[row]
        months = sum(formats[leg].calendar.months for leg in legs) + sum(leg.after for leg in track.legs)
        last = made[legs[-1]]
        made.append(
            FormatInfo(
                id=key,
                name=track.name,
                protocol="track",
                seats=last.seats,
                months=months,
                rounds_per_month=last.rounds_per_month,
                transparency=last.transparency,
                consent=last.consent,
                mediator=last.mediator,
                mandate=last.mandate,
                guarantors=last.guarantors,
                observers=last.observers,
                legs=legs,
            )
        )
    return tuple(made)


def _format_info(layout: Layout, row: int, key: str, one: ResolvedFormat) -> FormatInfo:
    names = {party: record.name for party, record in layout.scenario.parties.items()}
    by_role = {
        role: tuple(layout.parties.index(party) for party, seat in one.seats.items() if seat.role == role)
        for role in ("mediator", "guarantor", "observer")
    }
    return FormatInfo(
        id=key,
        name=one.name,
        protocol=one.protocol,
        seats=layout.speakers(row),
        months=one.calendar.months,
        rounds_per_month=one.calendar.rounds_per_month,
        transparency=one.transparency,
        only_in_tracks=one.only_in_tracks,
        consent=_whole_consent(one, names),
        mediator=next(iter(by_role["mediator"]), None),
        mandate=any(seat.mandate for seat in one.seats.values()),
        guarantors=by_role["guarantor"],
        observers=by_role["observer"],
        agenda_order=one.agenda.order,
        stages=_stage_names(layout, row, one),
    )


def _whole_consent(one: ResolvedFormat, names: dict[str, str]) -> Message:
    asked = consent_words(one.consent, names)
    return asked if one.contact_group is None else message("contact group, then all: {asked}", asked=asked)


def consent_words(consent: ResolvedConsent, names: dict[str, str]) -> Message:
    """A consent rule in short words, such as `55% of members and 65% of weight, veto of A`.

    Args:
        consent: the rule.
        names: party id to name.
    """
    parts = [_asked(consent)]
    if consent.vetoes:
        owners = tuple(names[party] for party in consent.vetoes)
        parts.append(message("veto of {parties}", parties=owners, joint=" and "))
    if consent.abstention:
        parts.append(message("abstentions not counted"))
    return parts[0] if len(parts) == 1 else message("{parts}", parts=tuple(parts), joint=", ")


def _asked(consent: ResolvedConsent) -> Message:
    """Whose yes is asked, without vetoes."""
    if consent.rule != "quota":
        return message(consent.rule)
    asked: list[Message] = []
    if consent.members > 0:
        asked.append(message("{share}% of members", share=100 * consent.members))
    if consent.weight > 0:
        asked.append(message("{share}% of weight", share=100 * consent.weight))
    return message("{asked}", asked=tuple(asked), joint=" and ")


def _stage_names(layout: Layout, row: int, one: ResolvedFormat) -> tuple[str, ...]:
    """Names of the working groups and the plenary, or of the issues of each stage; none for a package."""
    if one.baskets:
        return (*(basket.name for basket in one.baskets.values()), "plenary")
    if one.agenda.order == "package":
        return ()
    issues = layout.scenario.issues
    return tuple(", ".join(issues[key].name or key for key in stage) for stage in layout.stages(row))
