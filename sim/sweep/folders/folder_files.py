"""The files of a sweep's folder but for its parts: what it is a sweep of, and its plan."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from sim.analysis.comparison.runs_table import plain_array, text_array
from sim.app.workplace import whole_folder, write_whole
from sim.scenario import Encoder
from sim.sweep.design import Design
from sim.sweep.folders.design_record import design_of, design_record, points_table, raw_content
from sim.sweep.folders.duckdb_views import VIEWS, views_sql
from sim.sweep.folders.failures import Failures
from sim.sweep.folders.folder_layout import PARTS, PLAN, SWEEP
from sim.sweep.folders.part_plan import BLOCKS, PartTable, SweepNeeds, level_text
from sim.sweep.folders.parts import RUNS, part_columns
from sim.sweep.folders.played import playing_code, playing_versions
from sim.sweep.point_counts import count_columns

DESIGN_YAML, DESIGN, SCENARIO = "design.yaml", "design.json", "scenario.json"
POINTS, CELLS = "points.parquet", "cells.parquet"
REPLACED = "replaced"
RECORD_FILES = (DESIGN_YAML, DESIGN, SCENARIO, POINTS, CELLS, PLAN, BLOCKS, VIEWS)
"""What folders of the same plan have in common."""


def write_folder(
    place: Path,
    design: Design,
    wants: SweepNeeds,
    plan: PartTable,
    *,
    shard: tuple[int, int] | None = None,
    old: Path | None = None,
) -> None:
    """Write a folder at once; of an `old` one it takes over the parts of the plan, and the rest as replaced."""
    with whole_folder(place) as folder:
        for name in (PARTS, RUNS):
            (folder / name).mkdir()
        write_design(folder, design)
        pq.write_table(points_table(design, wants.keys), folder / POINTS, compression="zstd")
        pq.write_table(_cells_table(design, wants), folder / CELLS, compression="zstd")
        plan.write(folder)
        counts = part_columns(count_columns(Encoder(design.cells[0].scenario.resolved, seed=0).structure))
        (folder / VIEWS).write_text(views_sql(design, counts, split=plan.splits(wants.whole)), encoding="utf-8")
        Failures(folder).write()
        if old is not None:
            _take_over(old, folder, set(plan.key.tolist()))
        record = _record(folder, design, wants, plan)
        write_json(folder / SWEEP, {**record, "counts": counts, "shard": list(shard) if shard else None})


def write_design(folder: Path, design: Design) -> None:
    """Write a design and its scenario, in the place of what said the same to the runs in other words."""
    contents = {
        DESIGN_YAML: yaml.safe_dump(design.written, sort_keys=False, allow_unicode=True, width=120),
        DESIGN: json_text(design_record(design)),
        SCENARIO: json_text(raw_content(design.scenario)),
    }
    for name, text in contents.items():
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text:
            write_whole(folder / name, text)


def _cells_table(design: Design, wants: SweepNeeds) -> pa.Table:
    """A row a cell and format: what its runs hang on, and the levels of the structure factors."""
    shape = wants.played.shape
    cell, slot = (places.reshape(-1) for places in np.indices(shape))
    arrays: list[Any] = [plain_array(cell), text_array([design.formats[s] for s in slot.tolist()])]
    arrays.append(plain_array(wants.played.reshape(-1)))
    columns = structure_levels(design).values()
    arrays += [plain_array(c[cell]) if c.dtype != object else text_array(c[cell].tolist()) for c in columns]
    names = ["cell", "format", "played", *(factor.name for factor in design.structure)]
    return pa.Table.from_arrays(arrays, names=part_columns(names))


def structure_levels(design: Design) -> dict[str, np.ndarray[Any, Any]]:
    """[C] level of each structure factor: numbers where all are, else texts."""
    out: dict[str, np.ndarray[Any, Any]] = {}
    for place, factor in enumerate(design.structure):
        levels = [cell.levels[place] for cell in design.cells]
        plain = all(isinstance(level, int | float) and not isinstance(level, bool) for level in factor.levels)
        out[factor.name] = (
            np.array(levels, dtype=np.float64)
            if plain
            else np.array([level_text(level) for level in levels], dtype=object)
        )
    return out


def _record(folder: Path, design: Design, wants: SweepNeeds, plan: PartTable) -> dict[str, Any]:
    planned = hashlib.sha256((folder / PLAN).read_bytes() + (folder / BLOCKS).read_bytes()).hexdigest()
    return {
        "sweep": 1,
        "design": design.name,
        "identity": wants.identity,
        "plan": planned,
        "code": playing_code(),
        "versions": playing_versions(),
        "seed": design.runs.seed,
        "draws": design.runs.draws,
        "replications": design.runs.replications,
        "keep_runs": design.keep_runs,
        "formats": list(design.formats),
        "cells": len(design.cells),
        "points": design.n_points,
        "parts": len(plan),
        "runs": int(plan.columns["runs"].sum()),
    }


def _take_over(old: Path, folder: Path, wanted: Collection[str]) -> None:
    """Parts of an old folder, to their places in the new one; those of an older plan are kept, too."""
    (folder / REPLACED).mkdir()
    for source in (old / PARTS, old / REPLACED):
        for file in source.glob("[!.]*.parquet"):
            link(file, folder / (PARTS if file.stem in wanted else REPLACED) / file.name)
    for file in (old / RUNS).glob("[!.]*.parquet"):
        link(file, folder / RUNS / file.name)
    with suppress(OSError):  # something is in it
        (folder / REPLACED).rmdir()
    for path in old.iterdir():  # a page, exports, and what people put there
        if path.name != REPLACED and not (folder / path.name).exists():
            if path.is_dir():
                shutil.copytree(path, folder / path.name, symlinks=True)
            else:
                link(path, folder / path.name)


def link(file: Path, target: Path) -> None:
    """Let a second name stand for a file, which is never written to again; a copy where links are not to be had."""
    with suppress(FileExistsError):
        try:
            os.link(file, target)
        except FileExistsError:
            raise
        except OSError:
            shutil.copyfile(file, target)


def folder_design(place: Path) -> Design:
    """The design of a folder."""
    written = yaml.safe_load((place / DESIGN_YAML).read_text(encoding="utf-8")) or {}
    return design_of(read_json(place / DESIGN), read_json(place / SCENARIO), pq.read_table(place / POINTS), written)


def read_json(file: Path) -> Any:
    """Plain data of a file."""
    return json.loads(file.read_text(encoding="utf-8"))


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Plain data to a file."""
    file.write_text(json_text(content), encoding="utf-8")


def json_text(content: Mapping[str, Any]) -> str:
    """Plain data as text."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
