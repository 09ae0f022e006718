"""The arrays of `Tables` that describe formats and tracks: seats, consent rules, stages and legs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.sampling.layout import Layout
from sim.scenario.schema.resolved import ResolvedFormat
from sim.scenario.schema.written_formats import Seat
from sim.types.tables import (
    ABSENT,
    EASY_FIRST,
    GIVEN,
    GUARANTOR,
    HARD_FIRST,
    INTERESTED,
    MEDIATOR,
    OBSERVER,
    PRINCIPAL,
    PROTOCOLS,
    TRACK,
)

Rows = NDArray[Any]
ORDERS = {"package": GIVEN, "given": GIVEN, "easy_first": EASY_FIRST, "hard_first": HARD_FIRST}
_STRENGTH = (PRINCIPAL, INTERESTED, GUARANTOR, MEDIATOR, OBSERVER, ABSENT)
"""Seats, the strongest first: in a track a party counts by its strongest seat."""


def format_tables(layout: Layout) -> dict[str, Rows]:
    """Every array of `Tables` with a format axis and no world axis, by name; rows of tracks after those of formats."""
    found = {**_per_format(layout), **_seats(layout), **_agendas(layout), **_stages(layout)}
    last = np.array([legs[-1] for legs in layout.legs], dtype=np.int64)
    made = {name: array[last] for name, array in found.items()}  # what is not said otherwise is as in the last leg
    for row, legs in enumerate(layout.legs):
        if row >= len(layout.scenario.formats):
            _join_legs(made, found, row, legs)
    return {**made, **_legs(layout)}


def _join_legs(made: dict[str, Rows], found: dict[str, Rows], row: int, legs: tuple[int, ...]) -> None:
    """Writes into `made` what a track takes from all its legs together."""
    every = list(legs)
    made["protocol"][row] = TRACK
    for party, seats in enumerate(found["seated"][every].T):
        made["seated"][row, party] = min(seats.tolist(), key=_STRENGTH.index)
    made["allowed"][row] = found["allowed"][every].max(axis=0)
    made["n_rounds"][row] = found["n_rounds"][every].max()
    made["n_stages"][row], made["order"][row] = 1, GIVEN
    made["stage_issue"][row], made["stage_seat"][row] = 0, 0
    # Every stage of a leg lies within its agenda, and so does the last one of working groups, the plenary.
    made["stage_issue"][row, 0] = found["stage_issue"][every].max(axis=(0, 1))
    speakers = made["turn"][row]
    made["stage_seat"][row, 0, speakers[speakers >= 0]] = 1
    made["stage_first"][row], made["stage_last"][row] = -1, -1
    made["stage_first"][row, 0], made["stage_last"][row, 0] = 0, made["n_rounds"][row] - 1


def _per_format(layout: Layout) -> dict[str, Rows]:
    """What is one number a format: protocol, calendar, consent rule."""
    formats = tuple(layout.scenario.formats.values())
    rounds = np.array([one.calendar.rounds_per_month for one in formats], dtype=np.int64)
    months = np.array([one.calendar.months for one in formats], dtype=np.int64)

    def flags(values: list[bool]) -> Rows:
        return np.array(values, dtype=np.uint8)

    return {
        "protocol": np.array([PROTOCOLS.index(one.protocol) for one in formats], dtype=np.int64),
        "n_rounds": rounds * months,
        "rounds_per_month": rounds,
        "early_harvest": flags([one.harvest == "early" for one in formats]),
        "public": flags([one.transparency == "public" for one in formats]),
        "mandate": flags([any(seat.mandate for seat in one.seats.values()) for one in formats]),
        "unanimous": flags([one.consent.rule == "unanimity" for one in formats]),
        "quota": np.array([_quota(one) for one in formats], dtype=np.float64),
        "strict": flags([one.consent.rule == "majority" for one in formats]),
        "grouped": flags([one.contact_group is not None for one in formats]),
        "abstains": flags([one.consent.abstention for one in formats]),
        "order": np.array([ORDERS[one.agenda.order] for one in formats], dtype=np.int64),
    }


def _quota(one: ResolvedFormat) -> tuple[float, float]:
    """Least share of the votes by head and by capability."""
    return (0.5, 0.0) if one.consent.rule == "majority" else (one.consent.members, one.consent.weight)


def seat_code(seat: Seat) -> int:
    """The seat as `Tables.seated` codes it."""
    if seat.role == "mediator":
        return INTERESTED if seat.interested else MEDIATOR
    return {"principal": PRINCIPAL, "guarantor": GUARANTOR, "observer": OBSERVER}[seat.role]


def _seats(layout: Layout) -> dict[str, Rows]:
    """[F, P] seats, requirements and vetoes, and [F, S] turns, formats only."""
    formats = tuple(layout.scenario.formats.values())
    shape = (len(formats), len(layout.parties))
    seated = np.full(shape, ABSENT, dtype=np.uint8)
    required, vetoes = np.zeros(shape, dtype=np.uint8), np.zeros(shape, dtype=np.uint8)
    turns = [layout.speakers(row) for row in range(len(formats))]
    turn = np.full((len(formats), max(len(one) for one in turns)), -1, dtype=np.int64)
    for row, one in enumerate(formats):
        turn[row, : len(turns[row])] = turns[row]
        vetoes[row, [layout.parties.index(party) for party in one.consent.vetoes]] = 1
        for key, seat in one.seats.items():
            column = layout.parties.index(key)
            seated[row, column] = seat_code(seat)
            required[row, column] = seat.required
    return {"seated": seated, "required": required, "vetoes": vetoes, "turn": turn}


def _agendas(layout: Layout) -> dict[str, Rows]:
    """[F, C, O] composite options that the agenda allows, formats only."""
    allowed = np.zeros((len(layout.scenario.formats), len(layout.composites), layout.width), dtype=np.uint8)
    for row in range(len(allowed)):
        for column, composite in enumerate(layout.composites):
            allowed[row, column, : len(composite.combos)] = layout.on_agenda(row, composite)
    return {"allowed": allowed}


def _stages(layout: Layout) -> dict[str, Rows]:
    """Issues, speakers and rounds of the stages, formats only; rounds of stages that are not there are -1."""
    formats = tuple(layout.scenario.formats.values())
    stages = [layout.stages(row) for row in range(len(formats))]
    n_stages = np.array([len(one) for one in stages], dtype=np.int64)
    shape = (len(formats), int(n_stages.max()))
    issue = np.zeros((*shape, len(layout.issues)), dtype=np.uint8)
    seat = np.zeros((*shape, len(layout.parties)), dtype=np.uint8)
    first, last = np.full(shape, -1, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    for row, one in enumerate(formats):
        for column, stage in enumerate(stages[row]):
            issue[row, column, [layout.issues.index(key) for key in stage]] = 1
            seat[row, column, list(layout.speakers(row))] = 1
        for column, basket in enumerate(one.baskets.values()):
            seat[row, column] = 0
            seat[row, column, [layout.parties.index(key) for key in basket.members]] = 1
        spans = _spans(one, len(stages[row]))
        first[row, : len(spans)], last[row, : len(spans)] = zip(*spans, strict=True)
    return {"n_stages": n_stages, "stage_issue": issue, "stage_seat": seat, "stage_first": first, "stage_last": last}


def _spans(one: ResolvedFormat, n_stages: int) -> list[tuple[int, int]]:
    """First and last round of each stage.

    Stages share the rounds evenly, stage z of Z taking rounds z T // Z to (z + 1) T // Z - 1. Working groups meet at
    the same time, and the plenary takes the months after theirs.
    """
    n_rounds = one.calendar.months * one.calendar.rounds_per_month
    if one.baskets:
        groups = one.group_months * one.calendar.rounds_per_month
        return [(0, groups - 1)] * (n_stages - 1) + [(groups, n_rounds - 1)]
    return [(z * n_rounds // n_stages, (z + 1) * n_rounds // n_stages - 1) for z in range(n_stages)]


def _legs(layout: Layout) -> dict[str, Rows]:
    """Formats of each track in order, and the months between them; a format is its own only leg."""
    n_legs = np.array([len(legs) for legs in layout.legs], dtype=np.int64)
    legs = np.full((len(n_legs), int(n_legs.max())), -1, dtype=np.int64)
    gap = np.zeros_like(legs)
    for row, found in enumerate(layout.legs):
        legs[row, : len(found)] = found
    for row, track in enumerate(layout.scenario.tracks.values(), start=len(layout.scenario.formats)):
        gap[row, : n_legs[row]] = [leg.after for leg in track.legs]
    return {"n_legs": n_legs, "legs": legs, "leg_gap": gap}
