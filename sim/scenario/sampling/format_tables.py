"""The arrays of `Tables` that describe formats and tracks: seats, consent rules, stages and legs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.sampling.layout import Layout
from sim.scenario.schema.resolved import ResolvedFormat
from sim.scenario.schema.written_formats import Seat
from sim.types import tables as codes
from sim.types.arrays import layout_of
from sim.types.tables import PROTOCOLS, Tables

Rows = NDArray[Any]
ORDERS = {"package": codes.GIVEN, "given": codes.GIVEN, "easy_first": codes.EASY_FIRST, "hard_first": codes.HARD_FIRST}
_STRENGTH = (codes.PRINCIPAL, codes.INTERESTED, codes.GUARANTOR, codes.MEDIATOR, codes.OBSERVER, codes.ABSENT)
"""Seats, the strongest first: in a track a party counts by its strongest seat."""


def format_tables(layout: Layout) -> dict[str, Rows]:
    """Every array of `Tables` with a format axis and no world axis, by name; rows of tracks after those of formats."""
    single = {**_per_format(layout), **_seats(layout), "allowed": _allowed(layout), **_stages(layout)}
    last = np.array([legs[-1] for legs in layout.legs], dtype=np.int64)
    tables = {name: array[last] for name, array in single.items()}  # what is not said otherwise is as in the last leg
    for row, legs in enumerate(layout.legs):
        if row >= len(layout.scenario.formats):
            _join_legs(tables, {name: array[list(legs)] for name, array in single.items()}, row)
    return {**tables, **_legs(layout)}


def _join_legs(tables: dict[str, Rows], legs: dict[str, Rows], row: int) -> None:
    tables["protocol"][row] = codes.TRACK
    for party, seats in enumerate(legs["seated"].T):
        tables["seated"][row, party] = min(seats.tolist(), key=_STRENGTH.index)
    tables["allowed"][row] = legs["allowed"].max(axis=0)
    tables["n_rounds"][row] = legs["n_rounds"].max()
    tables["n_stages"][row], tables["order"][row] = 1, codes.GIVEN
    tables["stage_issue"][row], tables["stage_seat"][row] = 0, 0
    # Every stage of a leg lies within its agenda, and so does the last one of working groups, the plenary.
    tables["stage_issue"][row, 0] = legs["stage_issue"].max(axis=(0, 1))
    speakers = tables["turn"][row]
    tables["stage_seat"][row, 0, speakers[speakers >= 0]] = 1
    tables["stage_first"][row], tables["stage_last"][row] = -1, -1
    tables["stage_first"][row, 0], tables["stage_last"][row, 0] = 0, tables["n_rounds"][row] - 1


def _per_format(layout: Layout) -> dict[str, Rows]:
    rows = [_numbers_of(talks) for talks in layout.scenario.formats.values()]
    spec = layout_of(Tables)
    return {name: np.array([row[name] for row in rows], dtype=spec[name].dtype) for name in rows[0]}


def _numbers_of(talks: ResolvedFormat) -> dict[str, Any]:
    consent, per_month = talks.consent, talks.calendar.rounds_per_month
    by_heads = consent.rule == "majority"
    return {
        "protocol": PROTOCOLS.index(talks.protocol),
        "n_rounds": per_month * talks.calendar.months,
        "rounds_per_month": per_month,
        "early_harvest": talks.harvest == "early",
        "public": talks.transparency == "public",
        "mandate": any(seat.mandate for seat in talks.seats.values()),
        "unanimous": consent.rule == "unanimity",
        "quota": (0.5, 0.0) if by_heads else (consent.members, consent.weight),
        "strict": by_heads,
        "grouped": talks.contact_group is not None,
        "abstains": consent.abstention,
        "order": ORDERS[talks.agenda.order],
    }


def seat_code(seat: Seat) -> int:
    """The seat as `Tables.seated` codes it."""
    if seat.role == "mediator":
        return codes.INTERESTED if seat.interested else codes.MEDIATOR
    return {"principal": codes.PRINCIPAL, "guarantor": codes.GUARANTOR, "observer": codes.OBSERVER}[seat.role]


def _seats(layout: Layout) -> dict[str, Rows]:
    """[F, P] seats, requirements and vetoes, and [F, S] turns, formats only."""
    formats = tuple(layout.scenario.formats.values())
    shape = (len(formats), len(layout.parties))
    seated = np.full(shape, codes.ABSENT, dtype=np.uint8)
    required, vetoes = np.zeros(shape, dtype=np.uint8), np.zeros(shape, dtype=np.uint8)
    turns = [layout.speakers(row) for row in range(len(formats))]
    turn = np.full((len(formats), max(map(len, turns))), -1, dtype=np.int64)
    for row, talks in enumerate(formats):
        turn[row, : len(turns[row])] = turns[row]
        vetoes[row, [layout.parties.index(party) for party in talks.consent.vetoes]] = 1
        for key, seat in talks.seats.items():
            column = layout.parties.index(key)
            seated[row, column] = seat_code(seat)
            required[row, column] = seat.required
    return {"seated": seated, "required": required, "vetoes": vetoes, "turn": turn}


def _allowed(layout: Layout) -> Rows:
    """[F, C, O] composite options that the agenda allows, formats only."""
    allowed = np.zeros((len(layout.scenario.formats), len(layout.composites), layout.width), dtype=np.uint8)
    for row in range(len(allowed)):
        for column, composite in enumerate(layout.composites):
            allowed[row, column, : len(composite.combos)] = layout.on_agenda(row, composite)
    return allowed


def _stages(layout: Layout) -> dict[str, Rows]:
    """Issues, speakers and rounds of the stages, formats only; rounds of stages that are not there are -1."""
    formats = tuple(layout.scenario.formats.values())
    stages = [layout.stages(row) for row in range(len(formats))]
    n_stages = np.array([len(parts) for parts in stages], dtype=np.int64)
    shape = (len(formats), int(n_stages.max()))
    issue = np.zeros((*shape, len(layout.issues)), dtype=np.uint8)
    seat = np.zeros((*shape, len(layout.parties)), dtype=np.uint8)
    first, last = np.full(shape, -1, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    for row, talks in enumerate(formats):
        for column, stage in enumerate(stages[row]):
            issue[row, column, [layout.issues.index(key) for key in stage]] = 1
            seat[row, column, list(layout.speakers(row))] = 1
        for column, basket in enumerate(talks.baskets.values()):
            seat[row, column] = 0
            seat[row, column, [layout.parties.index(key) for key in basket.members]] = 1
        spans = _spans(talks, len(stages[row]))
        first[row, : len(spans)], last[row, : len(spans)] = zip(*spans, strict=True)
    return {"n_stages": n_stages, "stage_issue": issue, "stage_seat": seat, "stage_first": first, "stage_last": last}


def _spans(talks: ResolvedFormat, n_stages: int) -> list[tuple[int, int]]:
    """First and last round of each stage.

    Stages share the rounds evenly, stage z of Z taking rounds z T // Z to (z + 1) T // Z - 1. Working groups meet at
    the same time, and the plenary takes the months after theirs.
    """
    n_rounds = talks.calendar.months * talks.calendar.rounds_per_month
    if talks.baskets:
        groups = talks.group_months * talks.calendar.rounds_per_month
        return [(0, groups - 1)] * (n_stages - 1) + [(groups, n_rounds - 1)]
    return [(z * n_rounds // n_stages, (z + 1) * n_rounds // n_stages - 1) for z in range(n_stages)]


def _legs(layout: Layout) -> dict[str, Rows]:
    """Formats of each track in order, and the months between them; a format is its own only leg."""
    n_legs = np.array([len(legs) for legs in layout.legs], dtype=np.int64)
    legs = np.full((len(n_legs), int(n_legs.max())), -1, dtype=np.int64)
    gap = np.zeros_like(legs)
    for row, of_row in enumerate(layout.legs):
        legs[row, : len(of_row)] = of_row
    for row, track in enumerate(layout.scenario.tracks.values(), start=len(layout.scenario.formats)):
        gap[row, : n_legs[row]] = [leg.after for leg in track.legs]
    return {"n_legs": n_legs, "legs": legs, "leg_gap": gap}
