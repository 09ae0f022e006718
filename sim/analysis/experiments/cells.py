"""Experiments: cells, each a family of runs of a changed scenario, played in order with whatever counts their runs.

The cells of one experiment share a seed, so any two with equally many draws are paired by draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sim.analysis.comparison.constant_design import Designed
from sim.analysis.experiments.clones import SplitParty
from sim.engines.batch import play
from sim.scenario import Encoder, ResolvedScenario, coding_variant, load_raw, read_raw
from sim.scenario.sampling.source import Source
from sim.types import Runs, Structure
from sim.types.playing import Collector, Progress, Size

BASELINE = "baseline"
"""Name of the rule variant that is none."""


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
    base: ResolvedScenario
    """Without any change."""

    @property
    def format(self) -> str:
        """The first format of which something is documented, else the first."""
        return next(iter(self.base.documented or self.base.formats))


def read_case(file: Path) -> Case:
    """A scenario from its file.

    Raises:
        ScenarioError: the file is wrong.
    """
    raw = read_raw(file)
    base = load_raw(raw, name=str(file))
    return Case(base.id, str(file), raw, base)


@dataclass
class Library:
    """The scenarios of an experiment by id; each is read again once for every change that is no rule variant."""

    cases: Mapping[str, Case]
    prepare: Callable[[ResolvedScenario], ResolvedScenario] = lambda resolved: resolved
    """Applied to every scenario once loaded."""
    _loaded: dict[Cell, ResolvedScenario] = field(default_factory=dict[Cell, ResolvedScenario])

    def load(self, cell: Cell) -> ResolvedScenario:
        """The changed scenario of a cell.

        Raises:
            ScenarioError: a change does not fit.
        """
        name, case = cell.variant or "", self.cases[cell.scenario]
        if name.startswith("coding="):
            return self.load(replace(cell, variant=None, coding=name.partition("=")[2]))
        key = Cell(cell.scenario, (), cell.overrides, variant=cell.variant, coding=cell.coding, sets=cell.sets)
        if key not in self._loaded and name:
            plain = self.load(replace(key, variant=None))
            self._loaded[key] = load_raw(plain.to_data(), name=case.file, variant=name)
        elif key not in self._loaded:
            coding = cell.coding and coding_variant(cell.coding)
            changed = bool(cell.overrides or cell.sets or coding)
            how = {"overrides": cell.overrides, "sets": cell.sets, "variant": coding}
            self._loaded[key] = self.prepare(load_raw(case.raw, name=case.file, **how) if changed else case.base)
        return self._loaded[key]

    def source(self, cell: Cell, seed: int) -> Source:
        """Where the runs of a cell come from."""
        encoder = Encoder(self.load(cell), seed=seed)
        if cell.split is not None:
            return SplitParty(encoder, list(encoder.resolved.parties).index(cell.split))
        return Designed(encoder) if cell.designed else encoder


C = TypeVar("C", bound=tuple[Collector, ...])


def play_cells(
    sizes: Mapping[Cell, Size],
    library: Library,
    collectors: Callable[[Cell, Source, Size], C],
    progress: Progress,
) -> dict[Cell, C]:
    """Play cells in order.

    Args:
        sizes: the cells, with how many runs each has of every format.
        library: their scenarios.
        collectors: makes what counts the runs of a cell.
        progress: told what is played and the runs finished.

    Returns:
        Per cell its collectors, all runs added.

    Raises:
        ScenarioError: a change of a scenario does not fit.
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
