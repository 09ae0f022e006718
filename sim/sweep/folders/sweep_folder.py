"""The folder of a sweep: what is to be played, what is there, and what failed; every file in it is whole or not there.

`design.yaml` (as written), `design.json` (as checked), `scenario.json` (with what it includes), `points.parquet`,
`cells.parquet`, `plan.parquet` and `blocks.parquet` (the plan), `parts/KEY.parquet`, `runs/KEY.parquet` (single runs,
if kept), `failures.parquet`, `views.sql`, and `sweep.json` (versions, digests, totals).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sim.app.errors import InputError
from sim.app.workplace import PREFIX, clear_up, whole_folder
from sim.scenario import ResolvedScenario
from sim.sweep.design import Design
from sim.sweep.folders.design_record import design_differences, design_record, differences, raw_content
from sim.sweep.folders.failures import Failure, Failures
from sim.sweep.folders.folder_files import (
    DESIGN,
    POINTS,
    RECORD_FILES,
    SCENARIO,
    folder_design,
    link,
    read_json,
    write_design,
    write_folder,
    write_json,
)
from sim.sweep.folders.folder_layout import PARTS, SWEEP, check_folder, of_shard, parts_there
from sim.sweep.folders.part_plan import PartTable, PointIndex, SweepNeeds, part_inputs, plan_parts, wanted
from sim.sweep.folders.parts import MOST_REPLICATIONS, RESERVED, RUNS, PartName, WorkOrder, fault_of_part, fault_of_runs
from sim.sweep.folders.played import playing_code, playing_versions
from sim.sweep.folders.sweep_status import SweepStatus, sweep_status
from sim.sweep.play_points import PointBlock

try:
    import fcntl
except ImportError:
    fcntl = None

_MOST_TOLD = 12  # differences told of a design or scenario
_locks: dict[Path, int] = {}


class SweepFolder:
    """A sweep on disk. One process at a time writes to it; any may read."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.record: dict[str, Any] = read_json(place / SWEEP)

    @classmethod
    def open(cls, place: Path) -> SweepFolder:
        """A folder that is there, to read.

        Raises:
            InputError: there is none.
        """
        check_folder(place)
        return cls(place)

    @classmethod
    def create(cls, design: Design, place: Path, shard: tuple[int, int] | None = None) -> SweepFolder:
        """A folder for a design, or the one that is there if it is of the same.

        Raises:
            InputError: the place holds something else; it says what differs, and what to do.
        """
        _check(design, shard)
        clear_up(place.parent)  # so that a folder comes back of which a process was killed while it extended it
        if (place / SWEEP).is_file():
            return cls(place)._resumed(design, shard)
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise InputError(f"{place} exists and is not the folder of a sweep. Name another with --out.")
        wants = wanted(design)
        write_folder(place, design, wants, plan_parts(design, wants), shard=shard)
        return cls(place)._owned()

    def _resumed(self, design: Design, shard: tuple[int, int] | None) -> SweepFolder:
        wants = wanted(design)
        if wants.identity != self.record["identity"]:
            raise InputError(self._refusal(design))
        if shard != self._shard:
            said = [f"shard {one[0]}/{one[1]}" if one else "the whole" for one in (self._shard, shard)]
            raise InputError(
                f"{self.place} is for {said[0]} of this sweep, not for {said[1]}. Name another with --out."
            )
        self._owned()
        write_design(self.place, design)
        lost = set(self.plan.key[self.plan.columns["order"] < 0].tolist()) - self.there()
        return self._rewritten(design, wants) if lost else self

    def extend(self, design: Design) -> SweepFolder:
        """The same folder for another design, scenario or code: what is there and still right stays, the rest is new.

        Parts that are of no use to the new design are moved to `replaced`, from where they come back if it is changed
        back. There may be more draws and replications than there were, not fewer.

        Raises:
            InputError: there are fewer draws or replications, or the folder is one shard of a sweep.
        """
        _check(design, None)
        if self._shard is not None:
            raise InputError(f"{self.place} is a shard of a sweep: merge the shards first (parley sweep merge).")
        for name in ("draws", "replications"):
            before, now = self.record[name], getattr(design.runs, name)
            if now < before:
                raise InputError(
                    f"{self.place} has {before} {name} of each point, and the design asks for {now}: a sweep is "
                    f"extended to more, not to fewer. Say {before} or more, or name another folder with --out."
                )
        self._owned()
        return self._rewritten(design, wanted(design))

    def _rewritten(self, design: Design, wants: SweepNeeds) -> SweepFolder:
        """The folder with a new plan, in which what is there counts."""
        there = self.there()
        kept = (self.plan.kept(part) for part, key in enumerate(self.plan.key.tolist()) if key in there)
        plan = plan_parts(design, wants, kept)
        write_folder(self.place, design, wants, plan, shard=self._shard, old=self.place)
        self.close()
        return SweepFolder(self.place)._owned()

    @classmethod
    def merge(cls, sources: Sequence[Path], out: Path) -> SweepFolder:
        """A new folder with the parts of folders of the same plan.

        Raises:
            InputError: the folders are of different plans, two hold other bytes under one name, or `out` is taken.
        """
        folders = [cls.open(source) for source in sources]
        if not folders:
            raise InputError("Nothing to merge: name the folders.")
        first = folders[0]
        for other in folders[1:]:
            if other.record["plan"] != first.record["plan"] or other.record["identity"] != first.record["identity"]:
                raise InputError(f"{first.place} and {other.place} are of different sweeps:\n  {_unlike(first, other)}")
        if out.exists():
            raise InputError(f"{out} exists. Name another with --out.")
        with whole_folder(out) as folder:
            for name in RECORD_FILES:
                link(first.place / name, folder / name)
            write_json(folder / SWEEP, {**first.record, "shard": None})
            for source in folders:
                _unite(source.place, folder)
            failures = Failures(folder)
            for failure in (row for source in folders for row in source.failures.rows()):
                failures.add(failure)
            failures.clear([file.stem for file in (folder / PARTS).iterdir()])
            failures.write()
        return cls(out)._owned()

    def _refusal(self, design: Design) -> str:
        """Why a design cannot go on in this folder."""
        told: list[str] = []
        if self.record["versions"] != playing_versions():
            told += differences(self.record["versions"], playing_versions())
        if self.record["code"] != playing_code():
            told.append(f"the code that plays: was {self.record['code'][:12]}, is {playing_code()[:12]}")
        told += _few(design_differences(read_json(self.place / DESIGN), json.loads(json.dumps(design_record(design)))))
        raw = json.loads(json.dumps(raw_content(design.scenario)))
        told += [f"scenario: {line}" for line in _few(differences(read_json(self.place / SCENARIO), raw))]
        told = told or ["the levels of the points"]
        return (
            f"{self.place} holds another sweep than this one.\n  "
            + "\n  ".join(told)
            + f"\nTo run into it what is new alone: parley sweep extend {self.place} DESIGN. "
            "To keep it as it is: name another folder with --out."
        )

    # --- what is to be played --------------------------------------------------------------------------------------

    @cached_property
    def design(self) -> Design:
        """The design, from the folder alone."""
        return folder_design(self.place)

    @cached_property
    def plan(self) -> PartTable:
        """The parts that there are to be."""
        return PartTable.read(self.place)

    @cached_property
    def index(self) -> PointIndex:
        """The points by key."""
        return PointIndex(pq.read_table(self.place / POINTS, columns=["key"])["key"].to_numpy())

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.plan.key.tolist())

    @property
    def _shard(self) -> tuple[int, int] | None:
        shard = self.record["shard"]
        return (shard[0], shard[1]) if shard else None

    def there(self) -> set[str]:
        """Names of the parts that are there."""
        return parts_there(self.place)

    def missing(self) -> Iterator[WorkOrder]:
        """What is not there, one block of points after the other; cells are loaded as they come."""
        there, mine = self.there(), of_shard(self.plan.columns["order"], self._shard)
        for parts in self.plan.orders():
            lacking = [part for part in parts[mine[parts]].tolist() if str(self.plan.key[part]) not in there]
            if lacking:
                yield self._order(lacking)

    def _order(self, parts: Sequence[int]) -> WorkOrder:
        """The work order of parts of the same block."""
        columns, design, first = self.plan.columns, self.design, parts[0]
        cell, rectangle = int(columns["cell"][first]), self.plan.rectangle(first)
        points = self.index.places(self.plan.blocks[int(columns["block"][first])])
        inputs = part_inputs(design, self.index, cell, points)
        slots, resolved = columns["slot"][parts].tolist(), self._resolved(cell)
        ids = (*resolved.formats, *resolved.tracks)
        block = PointBlock(
            resolved=resolved,
            steerings=tuple(factor.steering for factor in design.numbers),
            levels=inputs.levels,
            seeds=inputs.seeds,
            formats=tuple(ids.index(design.formats[slot]) for slot in slots),
            first_draw=rectangle.first_draw,
            n_draws=rectangle.n_draws,
            first_replication=rectangle.first_replication,
            replications=rectangle.replications,
        )
        named = zip(parts, slots, strict=True)
        names = (PartName(str(self.plan.key[p]), design.formats[s], int(columns["played"][p])) for p, s in named)
        return WorkOrder(int(columns["order"][first]), cell, block, inputs, tuple(names), design.keep_runs)

    def _resolved(self, cell: int) -> ResolvedScenario:
        """The scenario of a cell; of the cells of a folder the last alone is kept in memory."""
        scenario = self.design.cells[cell].scenario
        if "_loaded" in vars(scenario):
            return scenario.resolved
        if self._last is None or self._last[0] != cell:
            self._last = cell, replace(scenario).resolved
        return self._last[1]

    _last: tuple[int, ResolvedScenario] | None = None

    # --- what is there ---------------------------------------------------------------------------------------------

    def put(self, parts: Mapping[str, bytes]) -> None:
        """Keep parts, as `carry_out` gave them; each is whole or not there.

        Raises:
            ValueError: a part is not of the plan.
        """
        foreign = [name for name in parts if name.removeprefix(RUNS) not in self._known]
        if foreign:
            raise ValueError(f"no parts of this sweep: {foreign}")
        for name in sorted(parts, key=lambda name: not name.startswith(RUNS)):  # a part that is there has its runs
            folder = self.place / (RUNS if name.startswith(RUNS) else PARTS)
            file = f"{name.removeprefix(RUNS)}.parquet"
            hidden = folder / f"{PREFIX}{file}-{secrets.token_hex(4)}"
            hidden.write_bytes(parts[name])
            hidden.replace(folder / file)
        self.failures.clear(parts)

    @cached_property
    def failures(self) -> Failures:
        """What failed and is not there."""
        return Failures(self.place)

    def fail(self, order: WorkOrder, stage: str, message: str) -> None:
        """Note that an order failed; a further time counts as another try."""
        first = order.cell * len(self.design.points.luck) + int(
            self.index.first[self.index.places(order.inputs.keys[:1])][0]
        )
        factors = ", ".join(f"{name}={level}" for name, level in order.inputs.structure)
        formats = ", ".join(part.format for part in order.parts)
        self.failures.add(Failure(order.keys, order.cell, factors, formats, order.n_points, first, stage, message))

    def status(self) -> SweepStatus:
        """How far it is, by the plan and the names of files alone."""
        return sweep_status(self.place)

    def digest(self) -> str:
        """SHA-256 over the parts of the plan: the same however, wherever and in whichever order they were played.

        Raises:
            InputError: a part is missing.
        """
        digest = hashlib.sha256()
        for key in sorted(self.plan.key.tolist()):
            try:
                content = self.part(key).read_bytes()
            except FileNotFoundError:
                status = self.status()
                raise InputError(
                    f"{status.parts - status.parts_done} of {status.parts} parts of {self.place} are missing: "
                    f"parley sweep resume {self.place}"
                ) from None
            digest.update(key.encode() + hashlib.sha256(content).digest())
        return digest.hexdigest()

    def part(self, key: str) -> Path:
        """The file of a part."""
        return self.place / PARTS / f"{key}.parquet"

    def verify(self) -> tuple[str, ...]:
        """A sentence for each thing wrong: parts that are missing, unreadable, foreign, or other than their name."""
        known, there = self._known, self.there()
        mine = self.plan.key[of_shard(self.plan.columns["order"], self._shard)].tolist()
        problems = [f"The part {key} is missing." for key in mine if key not in there]
        foreign = [f"{PARTS}/{key}.parquet is of no part of the plan." for key in sorted(there - known)]
        if self.record["keep_runs"]:
            runs = ((key, self.place / RUNS / f"{key}.parquet") for key in sorted(there & known))
            problems += [fault for key, file in runs if (fault := fault_of_runs(key, file))]
        wrong = (fault for key in sorted(there & known) if (fault := fault_of_part(self.part(key))))
        return (*problems, *foreign, *wrong)

    # --- one process at a time -------------------------------------------------------------------------------------

    def _owned(self) -> SweepFolder:
        """Lock the folder for this process, and clear away what a killed one left.

        Raises:
            InputError: another process writes to it.
        """
        place = self.place.resolve()
        if fcntl is not None and place not in _locks:
            lock = os.open(place, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                raise InputError(f"Another process writes to {self.place}: wait for it, or end it.") from None
            except OSError:  # a file system without locks
                os.close(lock)
            else:
                _locks[place] = lock
        for folder in (self.place / PARTS, self.place / RUNS):
            for left in folder.glob(f"{PREFIX}*"):
                left.unlink(missing_ok=True)
        return self

    def close(self) -> None:
        """Let another process write to it."""
        lock = _locks.pop(self.place.resolve(), None)
        if lock is not None:
            os.close(lock)


def _unite(source: Path, target: Path) -> None:
    """Put the parts of a folder into another; those of one name must have the same bytes."""
    for name in (PARTS, RUNS):
        (target / name).mkdir(exist_ok=True)
        for file in (source / name).glob("[!.]*.parquet"):
            other = target / name / file.name
            if other.exists() and other.read_bytes() != file.read_bytes():
                raise InputError(
                    f"The part {file.stem} has other bytes in {source} than in a folder before it: one of them is "
                    "damaged, or was played on a machine that counts otherwise. parley sweep verify tells which."
                )
            link(file, other)


def _check(design: Design, shard: tuple[int, int] | None) -> None:
    if design.runs.replications > MOST_REPLICATIONS:
        raise InputError(f"At most {MOST_REPLICATIONS:,} replications of a draw, not {design.runs.replications:,}.")
    clashes = RESERVED & {factor.name for factor in (*design.structure, *design.numbers)}
    if clashes:
        raise InputError(
            f"No factor may be called {', '.join(sorted(clashes))}: the tables of a sweep have such a column."
        )
    if shard is not None and not 1 <= shard[0] <= shard[1]:
        raise InputError(f"A shard is k/n with k from 1 to n, such as 1/2, not {shard[0]}/{shard[1]}.")


def _few(lines: Iterable[str]) -> list[str]:
    """The first lines, and how many there are besides."""
    told = list(islice(lines, 1000))
    more = len(told) - _MOST_TOLD
    return told[:_MOST_TOLD] + ([f"and {more} more" if len(told) < 1000 else "and many more"] if more > 0 else [])


def _unlike(first: SweepFolder, other: SweepFolder) -> str:
    """In what two folders differ."""
    code, theirs = ({key: one.record[key] for key in ("code", "versions")} for one in (first, other))
    told = [*differences(code, theirs)]
    told += design_differences(read_json(first.place / DESIGN), read_json(other.place / DESIGN))
    files = read_json(first.place / SCENARIO), read_json(other.place / SCENARIO)
    told += [f"scenario: {line}" for line in differences(*files)]
    return "\n  ".join(_few(told) or ["what was there when they were extended, so that their parts are cut otherwise"])
