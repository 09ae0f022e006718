"""The arrays of `Tables` that hold numbers, one row per world."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from sim.scenario.sampling.distributions import Drawn, lot_of
from sim.scenario.sampling.layout import Layout
from sim.scenario.sampling.view_utilities import fill_barred, fill_contributions
from sim.scenario.schema.priors import GLOBAL_CONSTANTS
from sim.types.arrays import Flags, Floats, layout_of
from sim.types.tables import Tables

_PER_PARTY = {
    "price": "price_of_no_settlement.now",
    "drift": "price_of_no_settlement.drift",
    "outside": "outside_option",
    "patience": "patience",
    "exponent": "behaviour.concession_exponent",
    "foresight": "behaviour.foresight",
    "reciprocity": "behaviour.reciprocity",
    "capability": "capability",
    "home_margin": "ratification.margin",
}
_PER_PAIR = {
    "leverage": "leverage.{}.ability",
    "motive": "leverage.{}.motive",
    "pressure_cost": "leverage.{}.cost",
    "support": "support.{}",
}


def fill_numbers(layout: Layout, drawn: Drawn) -> dict[str, Any]:
    """Every array of `Tables` with a world axis, by name.

    Equilibrium plans are without a deal (M = J = 0): that is what a scenario alone has.
    """
    sizes = layout.sizes | {"W": drawn.n_worlds, "M": 0, "J": 0}
    out: dict[str, Any] = {name: spec.zeros(sizes) for name, spec in layout_of(Tables).items() if "W" in spec.axes}
    values = fill_contributions(out["contribution"], layout, drawn)
    fill_barred(out["barred"], layout, drawn, values)
    _fill_standing(out["standing"], layout, drawn)
    _fill_enforcement(out["enforcement"], layout, drawn)
    _fill_parties(out, layout, drawn)
    _fill_seats(out, layout, drawn)
    _fill_talks(out["talks"], layout, drawn)
    for name in GLOBAL_CONSTANTS:
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
    for column, entry in enumerate(layout.spent):
        out["spent"][:, column] = drawn.value(entry.path)


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
