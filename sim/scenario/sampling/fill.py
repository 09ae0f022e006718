"""The arrays of `Tables`, by name: those of formats and tracks, and those of numbers, one row per world."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.sampling.distributions import Drawn, lot_of
from sim.scenario.sampling.layout import Layout
from sim.scenario.sampling.view_utilities import fill_barred, fill_contributions, fill_line_firm
from sim.scenario.schema.priors import ENCODED, GLOBAL_CONSTANTS
from sim.scenario.schema.resolved import ResolvedFormat
from sim.scenario.schema.written_formats import Seat
from sim.types import tables as codes
from sim.types.arrays import Flags, Floats, layout_of
from sim.types.tables import PROTOCOLS, Tables

_PER_PARTY = {
    "price": "price_of_no_settlement.now",
    "drift": "price_of_no_settlement.drift",
    "outside": "outside_option",
    "patience": "patience",
    "exponent": "behaviour.concession_exponent",
    "foresight": "behaviour.foresight",
    "reciprocity": "behaviour.reciprocity",
    "optimism": "behaviour.optimism",
    "signing_cost": "behaviour.signing_cost",
    "commitment_premium": "behaviour.commitment_premium",
    "capability": "capability",
    "home_margin": "ratification.margin",
}
_PER_PAIR = {
    "leverage": "leverage.{}.ability",
    "motive": "leverage.{}.motive",
    "pressure_cost": "leverage.{}.cost",
    "support": "support.{}",
}


def blank_numbers(layout: Layout, n_worlds: int) -> dict[str, Any]:
    """Zeros in the place of every array of `Tables` with a world axis, by name.

    Equilibrium plans are without a deal (M = J = 0): that is what a scenario alone has.
    """
    sizes = layout.sizes | {"W": n_worlds, "M": 0, "J": 0}
    return {name: spec.zeros(sizes) for name, spec in layout_of(Tables).items() if "W" in spec.axes}


def fill_numbers(layout: Layout, drawn: Drawn) -> dict[str, Any]:
    """Every array of `Tables` with a world axis, by name."""
    out = blank_numbers(layout, drawn.n_worlds)
    values = fill_contributions(out["contribution"], layout, drawn)
    fill_barred(out["barred"], out["contribution"], layout, drawn, values=values)
    fill_line_firm(out["line_firm"], layout, drawn)
    _fill_standing(out["standing"], layout, drawn)
    _fill_enforcement(out["enforcement"], layout, drawn)
    _fill_parties(out, layout, drawn)
    _fill_seats(out, layout, drawn)
    _fill_talks(out["talks"], layout, drawn)
    for name in [name for name in GLOBAL_CONSTANTS if name not in ENCODED]:
        out[name][:] = drawn.value(f"behaviour.{name}")
    for column, shock in enumerate(layout.shocks):
        path = f"shocks.{shock}.hazard"
        base = drawn.per_draw(path, layout.scenario.numbers[path])
        out["hazard"][:, column] = base if base.ndim == 0 else drawn.spread(base)
    return out


def _fill_parties(out: dict[str, Floats], layout: Layout, drawn: Drawn) -> None:
    for row, (party, record) in enumerate(layout.scenario.parties.items()):
        for name, tail in _PER_PARTY.items():
            out[name][:, row] = drawn.get(f"parties.{party}.{tail}")
        moved = [other for other in layout.parties if other in record.leverage or other in record.support]
        for other, (name, tail) in product(moved, _PER_PAIR.items()):
            out[name][:, row, layout.parties.index(other)] = drawn.get(f"parties.{party}.{tail.format(other)}")
        if record.ratification is not None and layout.scenario.behaviour.rules.homes == "support":
            _fill_margin(out["home_margin"][:, row], drawn, f"parties.{party}.ratification.support")
    for column, entry in enumerate(layout.spent):
        out["spent"][:, column] = drawn.value(entry.path)


def _fill_margin(out: Floats, drawn: Drawn, path: str) -> None:
    """A home's margin [W] from the support s at `path`, where the file gives it: `-ln(s / (1 - s)) / lambda`.

    With it a home ratifies a text at the party's reservation value with chance s, by its error of precision lambda. A
    support beyond 0.001 or 0.999 counts as that.
    """
    from scipy.special import logit  # pyright: ignore[reportMissingTypeStubs]

    if path in drawn.scenario.numbers:
        out[:] = -logit(np.clip(drawn.value(path), 0.001, 0.999)) / drawn.value("behaviour.precision")


def _fill_seats(out: dict[str, Floats], layout: Layout, drawn: Drawn) -> None:
    """Meeting value, talk cost and recognition; a track's are those of its last leg."""
    for (column, party), name in product(enumerate(layout.parties), ("meeting_value", "talk_cost")):
        out[name][:, :, column] = drawn.value(f"parties.{party}.{name}")[..., None]
    for (column, party), (row, legs) in product(enumerate(layout.parties), enumerate(layout.legs)):
        out["recognition"][:, row, column] = column in layout.speakers(row)
        for name in ("meeting_value", "talk_cost", "recognition"):
            path = f"formats.{layout.formats[legs[-1]]}.seats.{party}.{name}"
            if path in layout.scenario.numbers:
                out[name][:, row, column] = drawn.value(path)


def _fill_talks(out: Flags, layout: Layout, drawn: Drawn) -> None:
    """Who talks: everybody seated, or the contact group of the draw and interested mediators.

    The group holds so many principals, a bloc counted once, since it comes whole: a party split in two changes nothing.
    All regimes of a draw have the same group, and formats that seat the same parties share its lot.
    """
    out[:] = 1
    rows = drawn.n_worlds // drawn.n_draws
    for row, (key, talks) in enumerate(layout.scenario.formats.items()):
        if talks.contact_group is None:
            continue
        blocs: dict[str, list[str]] = {}
        for party in talks.in_role("principal"):
            blocs.setdefault(layout.scenario.parties[party].bloc, []).append(party)
        size = np.rint(drawn.per_draw(f"formats.{key}.contact_group", talks.contact_group))[..., None]
        inside = _drawn_first(np.stack([_times(key, members, drawn) for members in blocs.values()], axis=1), size)
        for place, members in enumerate(blocs.values()):
            for party in members:
                out[:, row, layout.parties.index(party)] = np.repeat(inside[:, place], rows)


def _times(key: str, members: list[str], drawn: Drawn) -> Floats:
    """[D] when a bloc would be drawn: exponential times with the mean recognition of its seats as rate.

    The earliest so many of such times are a lot without replacement with chances in proportion to the rates (Efraimidis
    & Spirakis 2006, Information Processing Letters 97). Below 0 where the talks require a seat of the bloc, infinite
    where it cannot be drawn.
    """
    scenario = drawn.scenario
    if any(scenario.formats[key].seats[party].required for party in members):
        return np.full(drawn.n_draws, -1.0)
    numbers = [f"formats.{key}.seats.{party}.recognition" for party in members]
    rate = sum((drawn.per_draw(number, scenario.numbers[number]) for number in numbers), np.zeros(())) / len(numbers)
    with np.errstate(divide="ignore"):
        return -np.log(drawn.uniforms(lot_of(members[0]))) / rate


def _drawn_first(times: Floats, size: Floats) -> Flags:
    """[D, B] 1 for the `size` earliest times, and for all below 0 however many they are."""
    order = times.argsort(axis=1, kind="stable").argsort(axis=1)
    return ((order < size) & np.isfinite(times) | (times < 0.0)).astype(np.uint8)


def _fill_standing(out: Floats, layout: Layout, drawn: Drawn) -> None:
    """The chance that a refusal stops an issue at an option; 0 at the status quo, 1 for named guarantors."""
    for row, (party, record) in enumerate(layout.scenario.parties.items()):
        for issue, entry in record.standing.items():
            column, path = layout.issues.index(issue), f"parties.{party}.standing.{issue}"
            chosen, quo = layout.issue_option[column], layout.status_quo_option[column]
            moved = (chosen >= 0) & (chosen != quo)
            places = {f"{path}.{option}": option for option in entry} if isinstance(entry, dict) else {path: None}
            for where, option in places.items():
                stands = moved if option is None else moved & (chosen == layout.options[issue].index(option))
                out[:, row, column, stands] = drawn.value(where)[..., None]
    for party, issue, option in layout.guarantees:
        out[:, party, issue, layout.issue_option[issue] == option] = 1.0


def _fill_enforcement(out: Floats, layout: Layout, drawn: Drawn) -> None:
    """Stakes that defection costs; several issues of one composite add up."""
    for row, (issue, record) in enumerate(layout.scenario.issues.items()):
        composite = layout.issue_composite[row]
        for index, (option, entry) in enumerate(record.options.items()):
            stands = layout.issue_option[row] == index
            for party in entry.enforcement:
                path = f"issues.{issue}.options.{option}.enforcement.{party}"
                out[:, layout.parties.index(party), composite, stands] += drawn.value(path)[..., None]


Rows = NDArray[Any]
ORDERS = {"package": codes.GIVEN, "given": codes.GIVEN, "easy_first": codes.EASY_FIRST, "hard_first": codes.HARD_FIRST}
_STRENGTH = (codes.PRINCIPAL, codes.INTERESTED, codes.GUARANTOR, codes.MEDIATOR, codes.OBSERVER, codes.ABSENT)
"""Seats, the strongest first: in a track a party counts by its strongest seat."""


def format_tables(layout: Layout) -> dict[str, Rows]:
    """Every array of `Tables` with a format axis and no world axis, by name; rows of tracks after those of formats."""
    single = {**_per_format(layout), **_seats(layout), "allowed": _allowed(layout), **_stages(layout)}
    single |= _undertakings(layout)
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


def _undertakings(layout: Layout) -> dict[str, Rows]:
    """[F] single undertakings, and [F, I] the core issues on the agenda of each, formats only."""
    scenario = layout.scenario
    core, single = scenario.behaviour.rules.core, scenario.behaviour.rules.single_undertaking
    is_core = [issue.level == "core" and core in ("all", key) for key, issue in scenario.issues.items()]
    whole = np.array([single and talks.harvest == "all_or_nothing" for talks in scenario.formats.values()])
    agenda = [np.isin(layout.issues, talks.agenda.issues) for talks in scenario.formats.values()]
    undertaken = whole[:, None] & np.array(agenda) & np.array(is_core)
    return {"undertaking": whole.astype(np.uint8), "undertaken": undertaken.astype(np.uint8)}


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
