"""A party split into two seats that are one mind: the scenario's arrays with that party doubled.

The clone shares the bloc, the numbers and the chance of the original, has its levers and its standing jointly with it,
and speaks right after it. Such a split should move no likelihood (a law of the model, within simulation error).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.sampling.source import Wrapped
from sim.types.arrays import layout_of
from sim.types.structure import Structure
from sim.types.tables import Tables


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
    original = structure.parties[party]
    twin = replace(original, id=f"{original.id}-2", name=f"{original.name} (second seat)")

    def moved(seats: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(new for old in seats for new in _seats_of(old, party))

    formats = tuple(
        replace(
            info,
            seats=moved(info.seats),
            guarantors=moved(info.guarantors),
            observers=moved(info.observers),
            mediator=None if info.mediator is None else _seats_of(info.mediator, party)[0],
        )
        for info in structure.formats
    )
    parties = (*structure.parties[: party + 1], twin, *structure.parties[party + 1 :])
    return replace(structure, parties=parties, formats=formats)


def _seats_of(seat: int, party: int) -> tuple[int, ...]:
    """New seat numbers of an old one: two for the party that is split."""
    moved = seat + (seat > party)
    return (moved, moved + 1) if seat == party else (moved,)


def split_tables(tables: Tables, party: int) -> Tables:
    """The arrays of P parties with party `party` doubled, read-only."""
    n_parties, n_views = len(tables.bloc), tables.contribution.shape[1]
    source = np.array([seat for seat in range(n_parties) for _ in _seats_of(seat, party)])
    views = np.concatenate([source, np.arange(n_parties, n_views)])
    arrays: dict[str, NDArray[Any]] = {}
    for name, spec in layout_of(Tables).items():
        array: NDArray[Any] = getattr(tables, name)
        for axis, letter in enumerate(spec.axes):
            if letter in "PV":
                array = array.take(source if letter == "P" else views, axis=axis)
        arrays[name] = array
    blocs = tables.bloc[source].tolist()
    arrays["bloc"] = np.array([blocs.index(bloc) for bloc in blocs], dtype=np.int64)  # the first party of each bloc
    arrays["view_row"] = _view_rows(tables.view_row, source)
    arrays["turn"] = _turns(tables.turn, party)
    arrays |= _spent_entries(tables, party)
    return Tables(**{name: _read_only(array) for name, array in arrays.items()})


def _view_rows(rows: NDArray[np.int64], source: NDArray[np.int64]) -> NDArray[np.int64]:
    """[P + 1, P + 1] rows of belief: the truth is the party's own row, mistaken views lie one further down."""
    old = rows[np.ix_(source, source)]
    truth = np.broadcast_to(np.arange(len(source)), old.shape)
    return np.where(old < len(rows), truth, old + 1)


def _turns(turn: NDArray[np.int64], party: int) -> NDArray[np.int64]:
    """[F, S + 1] speaking order with the clone right after its original."""
    turns = np.full((turn.shape[0], turn.shape[1] + 1), -1, dtype=np.int64)
    for new, old in zip(turns, turn, strict=True):
        seats = [seat for speaker in old if speaker >= 0 for seat in _seats_of(int(speaker), party)]
        new[: len(seats)] = seats
    return turns


def _spent_entries(tables: Tables, party: int) -> dict[str, NDArray[Any]]:
    """Entries of `spent_by`, doubled where the lever is the party's or is aimed at it."""
    rows = [
        (patron, target, entry)
        for entry, lever in enumerate(zip(tables.spent_patron, tables.spent_target, strict=True))
        for patron, target in product(*(_seats_of(int(seat), party) for seat in lever))
    ]
    patrons, targets, entries = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return {
        "spent_patron": patrons,
        "spent_target": targets,
        "spent_composite": tables.spent_composite[entries],
        "spent_option": tables.spent_option[entries],
        "spent": tables.spent[:, entries],
    }


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    fixed = np.ascontiguousarray(array)
    fixed.flags.writeable = False
    return fixed
