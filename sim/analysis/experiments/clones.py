"""A party split into two seats that are one mind: the scenario's arrays with that party doubled.

The clone shares the bloc, the numbers and the chance of the original, has its levers and its standing jointly with it,
and speaks right after it. Such a split should move no likelihood (a law of the model, within simulation error).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.sampling.source import Wrapped
from sim.types.structure import Structure
from sim.types.tables import TABLES_LAYOUT, Tables


@dataclass(frozen=True)
class SplitParty(Wrapped):
    """The same scenario and seed, with one party, by its index, in two seats."""

    party: int

    @property
    def structure(self) -> Structure:
        """Names with the clone right after its original."""
        return split_structure(self.source.structure, self.party)

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of draws."""
        return split_tables(self.source.tables(first_draw, n_draws), self.party)


def split_structure(structure: Structure, party: int) -> Structure:
    """Names and seats with party `party` doubled; later parties move up by one."""
    one = structure.parties[party]
    twin = replace(one, id=f"{one.id}-2", name=f"{one.name} (second seat)")
    formats = tuple(
        replace(
            found,
            seats=_all_seats(found.seats, party),
            guarantors=_all_seats(found.guarantors, party),
            observers=_all_seats(found.observers, party),
            mediator=None if found.mediator is None else _seats_of(found.mediator, party)[0],
        )
        for found in structure.formats
    )
    parties = (*structure.parties[: party + 1], twin, *structure.parties[party + 1 :])
    return replace(structure, parties=parties, formats=formats)


def _all_seats(seats: tuple[int, ...], party: int) -> tuple[int, ...]:
    """New seat numbers of old ones."""
    return tuple(q for p in seats for q in _seats_of(p, party))


def _seats_of(seat: int, party: int) -> tuple[int, ...]:
    """New seat numbers of an old one: two for the party that is split."""
    moved = seat + (seat > party)
    return (moved, moved + 1) if seat == party else (moved,)


def split_tables(tables: Tables, party: int) -> Tables:
    """The arrays with party `party` doubled, read-only.

    Args:
        tables: arrays of P parties.
        party: index in [0, P).
    """
    n_parties, n_views = len(tables.bloc), tables.contribution.shape[1]
    source = np.array([q for q in range(n_parties) for _ in _seats_of(q, party)])
    views = np.concatenate([source, np.arange(n_parties, n_views)])
    made: dict[str, Any] = {}
    for name, layout in TABLES_LAYOUT.items():
        array: NDArray[Any] = getattr(tables, name)
        for axis, letter in enumerate(layout.split()[1:]):
            if letter in "PV":
                array = array.take(source if letter == "P" else views, axis=axis)
        made[name] = array
    made["bloc"] = np.array([_first_of_bloc(tables.bloc, source, q) for q in range(len(source))], dtype=np.int64)
    made["view_row"] = _view_rows(tables.view_row, source)
    made["turn"] = _turns(tables.turn, party)
    made |= _spent_entries(tables, party)
    return Tables(**{name: _read_only(array) for name, array in made.items()})


def _first_of_bloc(bloc: NDArray[np.int64], source: NDArray[np.int64], party: int) -> int:
    """New index of the first party of the bloc of new party `party`."""
    return int(np.flatnonzero(bloc[source] == bloc[source[party]])[0])


def _view_rows(rows: NDArray[np.int64], source: NDArray[np.int64]) -> NDArray[np.int64]:
    """[P + 1, P + 1] rows of belief: the truth is the party's own row, mistaken views lie one further down."""
    old = rows[np.ix_(source, source)]
    truth = np.broadcast_to(np.arange(len(source)), old.shape)
    return np.where(old < len(rows), truth, old + 1)


def _turns(turn: NDArray[np.int64], party: int) -> NDArray[np.int64]:
    """[F, S + 1] speaking order with the clone right after its original."""
    made = np.full((turn.shape[0], turn.shape[1] + 1), -1, dtype=np.int64)
    for f, row in enumerate(turn):
        seats = [q for p in row if p >= 0 for q in _seats_of(int(p), party)]
        made[f, : len(seats)] = seats
    return made


def _spent_entries(tables: Tables, party: int) -> dict[str, NDArray[Any]]:
    """Entries of `spent_by`, doubled where the lever is the party's or is aimed at it."""
    found: list[tuple[int, int, int]] = [
        (patron, target, n)
        for n, (old_patron, old_target) in enumerate(zip(tables.spent_patron, tables.spent_target, strict=True))
        for patron in _seats_of(int(old_patron), party)
        for target in _seats_of(int(old_target), party)
    ]
    entry = np.array([n for _, _, n in found], dtype=np.int64)
    return {
        "spent_patron": np.array([patron for patron, _, _ in found], dtype=np.int64),
        "spent_target": np.array([target for _, target, _ in found], dtype=np.int64),
        "spent_composite": tables.spent_composite[entry],
        "spent_option": tables.spent_option[entry],
        "spent": tables.spent[:, entry],
    }


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    fixed = np.ascontiguousarray(array)
    fixed.flags.writeable = False
    return fixed
