"""Experiments: cells, each a family of runs of a changed scenario, played in order with whatever counts their runs.

The cells of one experiment share a seed, so any two with equally many draws are paired by draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.constant_design import Designed
from sim.engines.batch import play
from sim.scenario import Encoder, ResolvedScenario, coding_variant, load_raw, read_raw
from sim.scenario.sampling.source import Source, Wrapped
from sim.types import Runs, Structure
from sim.types.arrays import layout_of
from sim.types.playing import Collector, Progress, Size
from sim.types.tables import Tables

BASELINE = "baseline"  # name of the rule variant that is none
C = TypeVar("C", bound=tuple[Collector, ...])


@dataclass(frozen=True)
class Cell:
    """A family of runs: a scenario with changes made to it, and formats of it."""

    scenario: str
    """Its id among the scenarios of the experiment."""
    formats: tuple[str, ...]
    overrides: tuple[str, ...] = ()
    variant: str | None = None
    coding: str | None = None
    """The codebook by which levels in words are read; None for the one that the file names."""
    sets: tuple[str, ...] = ()
    """`dotted.path=value` texts."""
    split: str | None = None
    """A party that sits in two seats."""
    designed: bool = False
    """Whether the behavioural constants walk through the sets of their design (`Designed`)."""

    @property
    def format(self) -> str:
        """The format of a cell that has one."""
        return self.formats[0]

    @property
    def words(self) -> str:
        """What is played, in a few words, for a progress bar."""
        changes = (self.coding, *self.overrides, self.variant, *self.sets[:1], self.split)
        return ", ".join((self.scenario, *filter(None, changes)))

    def places_in(self, structure: Structure) -> list[int]:
        """Positions of the formats."""
        names = [info.id for info in structure.formats]
        return [names.index(name) for name in self.formats]

    def under(self, variant: str, *, coding: str | None = None, designed: bool = False) -> Cell:
        """The same cell under a variant and a codebook; a cell with a variant of its own keeps that one."""
        named = self.variant or (None if variant == BASELINE else variant)
        return replace(self, variant=named, coding=coding, designed=designed)


@dataclass(frozen=True)
class Case:
    """A scenario as read, to be loaded with changes."""

    id: str
    file: str
    raw: Mapping[str, Any]
    base: ResolvedScenario  # without any change

    @property
    def format(self) -> str:
        """The first format of which something is documented, else the first."""
        return next(iter(self.base.documented or self.base.formats))


def read_case(file: Path) -> Case:
    """A scenario from its file; a ScenarioError where the file is wrong."""
    raw = read_raw(file)
    base = load_raw(raw, name=str(file))
    return Case(base.id, str(file), raw, base)


@dataclass
class Library:
    """The scenarios of an experiment by id; each is read again once for every change that is no rule variant."""

    cases: Mapping[str, Case]
    prepare: Callable[[ResolvedScenario], ResolvedScenario] = lambda resolved: resolved
    """Applied to every scenario once loaded."""
    _whole: dict[Cell, ResolvedScenario] = field(default_factory=dict[Cell, ResolvedScenario])
    _loaded: dict[Cell, ResolvedScenario] = field(default_factory=dict[Cell, ResolvedScenario])

    def load(self, cell: Cell) -> ResolvedScenario:
        """The changed scenario of a cell; a ScenarioError where a change does not fit."""
        name = cell.variant or ""
        if name.startswith("coding="):
            return self.load(replace(cell, variant=None, coding=name.partition("=")[2]))
        key = Cell(cell.scenario, (), cell.overrides, variant=cell.variant, coding=cell.coding, sets=cell.sets)
        if key not in self._loaded:
            self._loaded[key] = self.prepare(self._read(key))
        return self._loaded[key]

    def _read(self, key: Cell) -> ResolvedScenario:
        """The changed scenario as a whole, before it is prepared: a variant is applied to all that the file names."""
        case = self.cases[key.scenario]
        if key not in self._whole and key.variant:
            plain = self._read(replace(key, variant=None))
            self._whole[key] = load_raw(plain.to_data(), name=case.file, variant=key.variant)
        elif key not in self._whole:
            coding = key.coding and coding_variant(key.coding)
            changed = bool(key.overrides or key.sets or coding)
            how = {"overrides": key.overrides, "sets": key.sets, "variant": coding}
            self._whole[key] = load_raw(case.raw, name=case.file, **how) if changed else case.base
        return self._whole[key]

    def source(self, cell: Cell, seed: int) -> Source:
        """Where the runs of a cell come from."""
        encoder = Encoder(self.load(cell), seed=seed)
        if cell.split is not None:
            return SplitParty(encoder, list(encoder.resolved.parties).index(cell.split))
        return Designed(encoder) if cell.designed else encoder


def play_cells(
    sizes: Mapping[Cell, Size], library: Library, collectors: Callable[[Cell, Source, Size], C], progress: Progress
) -> dict[Cell, C]:
    """Play cells in order, so many runs of each of their formats; per cell its collectors, all runs added.

    The collectors made for a cell count its runs. A ScenarioError where a change of a scenario does not fit.
    """
    played: dict[Cell, C] = {}
    for cell, size in sizes.items():
        progress.say(cell.words)
        source = library.source(cell, size.seed)
        played[cell] = collectors(cell, source, size)
        play(source, cell.places_in(source.structure), size, *played[cell], progress=progress)
    return played


def count_runs(sizes: Mapping[Cell, Size]) -> int:
    """Runs that `play_cells` makes of these cells."""
    return sum(len(cell.formats) * size.draws * size.replications for cell, size in sizes.items())


class RecordDigest:
    """Collects a digest of all records, field by field: whatever the blocks, equal digests are equal bytes."""

    def __init__(self) -> None:
        self._hashes = {name: hashlib.blake2b(digest_size=16) for name in Runs._fields}

    def add(self, first_draw: int, runs: Runs) -> None:
        """Adds the runs of consecutive draws; blocks come in order."""
        for name, array in zip(Runs._fields, runs, strict=True):
            self._hashes[name].update(np.ascontiguousarray(array).tobytes())

    @property
    def digest(self) -> str:
        """In hexadecimal digits."""
        return "".join(part.hexdigest() for part in self._hashes.values())


@dataclass(frozen=True)
class SplitParty(Wrapped):
    """The same scenario and seed, with one party, by its index, in two seats that are one mind.

    The clone shares the bloc, the numbers and the chance of the original, has its levers and its standing jointly with
    it, and speaks right after it. Such a split should move no likelihood (a law of the model, within simulation error).
    """

    party: int

    @property
    def structure(self) -> Structure:
        """Names and seats with the clone right after its original; later parties move up by one."""
        structure, party = self.source.structure, self.party
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

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of draws with the party doubled, read-only."""
        tables, party = self.source.tables(first_draw, n_draws), self.party
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


def _seats_of(seat: int, party: int) -> tuple[int, ...]:
    """New seat numbers of an old one: two for the party that is split."""
    moved = seat + (seat > party)
    return (moved, moved + 1) if seat == party else (moved,)


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
