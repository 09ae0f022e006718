"""Formats and tracks in words, for tables and reports."""

from __future__ import annotations

from dataclasses import replace

from sim.scenario.sampling.layout import Layout
from sim.scenario.schema.resolved import ResolvedConsent, ResolvedFormat
from sim.types.message import Message, message
from sim.types.structure import FormatInfo


def format_infos(layout: Layout) -> tuple[FormatInfo, ...]:
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
    by_role = {
        role: tuple(layout.parties.index(party) for party, seat in talks.seats.items() if seat.role == role)
        for role in ("mediator", "guarantor", "observer")
    }
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
        mediator=next(iter(by_role["mediator"]), None),
        mandate=any(seat.mandate for seat in talks.seats.values()),
        guarantors=by_role["guarantor"],
        observers=by_role["observer"],
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
    """Whose yes is asked, without vetoes."""
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
