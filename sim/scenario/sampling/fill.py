"""The arrays of `Tables` that hold numbers, one row per world."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.sampling.drawn_numbers import Drawn, lot_of
from sim.scenario.sampling.layout import Layout
from sim.scenario.sampling.view_utilities import barred_options, contributions
from sim.scenario.schema.priors import GLOBAL_CONSTANTS
from sim.scenario.schema.resolved import ResolvedParty

Floats = NDArray[np.float64]
Flags = NDArray[np.uint8]


def fill_numbers(layout: Layout, drawn: Drawn) -> dict[str, Any]:
    """Every array of `Tables` with a world axis, by name."""
    contribution, values = contributions(layout, drawn)
    return {
        "contribution": contribution,
        "barred": barred_options(layout, drawn, values),
        "standing": _standing(layout, drawn),
        "enforcement": _enforcement(layout, drawn),
        **_per_party(layout, drawn),
        **_per_seat(layout, drawn),
        "talks": _talks(layout, drawn),
        **_per_pair(layout, drawn),
        **_global(layout, drawn),
        **_no_plans(layout, drawn),
    }


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


def _per_party(layout: Layout, drawn: Drawn) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for name, tail in _PER_PARTY.items():
        found[name] = np.zeros((drawn.n_worlds, len(layout.parties)))
        for column, party in enumerate(layout.parties):
            found[name][:, column] = drawn.get(f"parties.{party}.{tail}")
    return found


def _per_seat(layout: Layout, drawn: Drawn) -> dict[str, Floats]:
    """[W, F, P] meeting value, talk cost and recognition; a track's are those of its last leg."""
    shape = (drawn.n_worlds, len(layout.formats), len(layout.parties))
    found = {name: np.zeros(shape) for name in ("meeting_value", "talk_cost", "recognition")}
    for (name, out), (column, party) in product(found.items(), enumerate(layout.parties)):
        if name != "recognition":
            out[:, :, column] = drawn.value(f"parties.{party}.{name}")[..., None]
        for row, legs in enumerate(layout.legs):
            if name == "recognition" and column in layout.speakers(row):
                out[:, row, column] = 1.0
            path = f"formats.{layout.formats[legs[-1]]}.seats.{party}.{name}"
            if path in layout.scenario.numbers:
                out[:, row, column] = drawn.value(path)
    return found


def _talks(layout: Layout, drawn: Drawn) -> Flags:
    """[W, F, P] who talks: everybody seated, or the contact group of the draw and interested mediators.

    The group holds so many principals, a bloc counted once, since it comes whole: a party split in two changes nothing.
    All regimes of a draw have the same group, and formats that seat the same parties share its lot.
    """
    out = np.ones((drawn.n_worlds, len(layout.formats), len(layout.parties)), dtype=np.uint8)
    rows = drawn.n_worlds // drawn.n_draws
    for row, (key, one) in enumerate(layout.scenario.formats.items()):
        if one.contact_group is None:
            continue
        blocs: dict[str, list[str]] = {}
        for party, seat in one.seats.items():
            if seat.role == "principal":
                blocs.setdefault(layout.scenario.parties[party].bloc, []).append(party)
        size = np.rint(drawn.per_draw(f"formats.{key}.contact_group", one.contact_group))[..., None]
        inside = _drawn_first(np.stack([_times(key, members, drawn) for members in blocs.values()], axis=1), size)
        for place, members in enumerate(blocs.values()):
            for party in members:
                out[:, row, layout.parties.index(party)] = np.repeat(inside[:, place], rows)
    return out


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


def _per_pair(layout: Layout, drawn: Drawn) -> dict[str, Floats]:
    n_parties = len(layout.parties)
    found = {name: np.zeros((drawn.n_worlds, n_parties, n_parties)) for name in _PER_PAIR}
    for row, party in enumerate(layout.parties):
        record: ResolvedParty = layout.scenario.parties[party]
        for column, other in enumerate(layout.parties):
            if other not in record.leverage and other not in record.support:
                continue
            for name, tail in _PER_PAIR.items():
                found[name][:, row, column] = drawn.get(f"parties.{party}.{tail.format(other)}")
    spent = np.zeros((drawn.n_worlds, len(layout.spent)))
    for column, entry in enumerate(layout.spent):
        spent[:, column] = drawn.value(entry.path)
    return {**found, "spent": spent}


def _standing(layout: Layout, drawn: Drawn) -> Floats:
    """[W, P, I, O] chance that a refusal stops an issue at an option; 0 at the status quo, 1 for named guarantors."""
    out = np.zeros((drawn.n_worlds, len(layout.parties), len(layout.issues), layout.width))
    for row, (party, record) in enumerate(layout.scenario.parties.items()):
        for issue, entry in record.standing.items():
            column = layout.issues.index(issue)
            path = f"parties.{party}.standing.{issue}"
            chosen, quo = layout.issue_option[column], layout.status_quo_option[column]
            moved = (chosen >= 0) & (chosen != quo)
            places = {f"{path}.{option}": option for option in entry} if isinstance(entry, dict) else {path: None}
            for where, option in places.items():
                stands = moved if option is None else moved & (chosen == layout.options[issue].index(option))
                out[:, row, column, stands] = drawn.value(where)[..., None]
    for one in layout.guarantees:
        out[:, one.party, one.issue, layout.issue_option[one.issue] == one.option] = 1.0
    return out


def _enforcement(layout: Layout, drawn: Drawn) -> Floats:
    """[W, P, C, O] stakes that defection costs; several issues of one composite add up."""
    shape = (drawn.n_worlds, len(layout.parties), len(layout.composites), layout.width)
    out = np.zeros(shape)
    for row, (issue, record) in enumerate(layout.scenario.issues.items()):
        composite = layout.issue_composite[row]
        for index, (option, entry) in enumerate(record.options.items()):
            for party in entry.enforcement:
                path = f"issues.{issue}.options.{option}.enforcement.{party}"
                stands = layout.issue_option[row] == index
                out[:, layout.parties.index(party), composite, stands] += drawn.value(path)[..., None]
    return out


def _global(layout: Layout, drawn: Drawn) -> dict[str, Floats]:
    found = {name: np.zeros(drawn.n_worlds) for name in GLOBAL_CONSTANTS}
    for name, out in found.items():
        out[:] = drawn.value(f"behaviour.{name}")
    hazard = np.zeros((drawn.n_worlds, len(layout.shocks)))
    for column, shock in enumerate(layout.shocks):
        path = f"shocks.{shock}.hazard"
        base = drawn.per_draw(path, layout.scenario.numbers[path])
        hazard[:, column] = base if base.ndim == 0 else drawn.spread(base)
    return {**found, "hazard": hazard}


def _no_plans(layout: Layout, drawn: Drawn) -> dict[str, Any]:
    """Equilibrium plans without a deal: what a scenario alone has; `analysis` fills them in."""
    shape = (drawn.n_worlds, len(layout.formats))
    n_parties, n_composites = len(layout.parties), len(layout.composites)
    return {
        "plan_deal": np.zeros((*shape, 0, n_composites), dtype=np.int64),
        "plan_chance": np.zeros((*shape, n_parties, 0)),
        "plan_value": np.zeros((*shape, n_parties, n_parties)),
        "plan_reply": np.zeros((*shape, n_parties, 0, n_parties, 0)),
        "plan_floor": np.zeros((*shape, n_parties, 0, n_parties)),
        "plan_slack": np.zeros((*shape, n_parties)),
    }
