"""A checked design as plain data, so that a folder stands on its own; and in which words two designs differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import asdict
from typing import Any, cast

import numpy as np
import pyarrow as pa

from sim.analysis.comparison.runs_table import plain_array
from sim.app.scenarios import Scenario
from sim.scenario import read_raw
from sim.scenario.sampling.steering import Steering
from sim.scenario.source.problems import show
from sim.sweep.design import (
    Design,
    DesignCell,
    DesignPoints,
    DesignRuns,
    NumberFactor,
    SampleRows,
    StructureFactor,
)
from sim.sweep.folders.parts import part_columns
from sim.types.arrays import Keys

_CHANGES = ("sets", "overrides", "scenario", "variant", "name", "widen")
_POINT_FIELDS = ("key", "seed", "luck", "sample")


def raw_content(scenario: Scenario) -> dict[str, Any]:
    """The scenario's file, with what it includes read in, or its mapping; without the changes made to it."""
    return read_raw(scenario.file) if scenario.file is not None else deepcopy(dict(scenario.content or {}))


def design_record(design: Design) -> dict[str, Any]:
    """All of a design but its points and the content of its scenario, as JSON values."""
    return {
        "name": design.name,
        "scenario": _changes_of(design.scenario),
        "formats": list(design.formats),
        "structure": [asdict(factor) for factor in design.structure],
        "numbers": [asdict(factor) for factor in design.numbers],
        "cells": [{"levels": list(cell.levels), "scenario": _changes_of(cell.scenario)} for cell in design.cells],
        "samples": [asdict(sample) for sample in design.samples],
        "runs": asdict(design.runs),
        "keep_runs": design.keep_runs,
        "compare": list(design.compare),
    }


def _changes_of(scenario: Scenario) -> dict[str, Any]:
    changes = {name: getattr(scenario, name) for name in _CHANGES}
    return {**changes, "name": scenario.file.name if scenario.file else scenario.name}


def design_of(
    record: Mapping[str, Any], content: Mapping[str, Any], points: pa.Table, written: Mapping[str, Any]
) -> Design:
    """The design of a record, of the content of its scenario, and of the table of its points."""
    return Design(
        name=record["name"],
        scenario=_scenario(record["scenario"], content),
        formats=tuple(record["formats"]),
        structure=tuple(StructureFactor(**_tuples(factor)) for factor in record["structure"]),
        numbers=tuple(
            NumberFactor(**{**_tuples(factor), "steering": Steering(**_tuples(factor["steering"]))})
            for factor in record["numbers"]
        ),
        cells=tuple(
            DesignCell(tuple(cell["levels"]), _scenario(cell["scenario"], content)) for cell in record["cells"]
        ),
        points=_points(points, [factor["name"] for factor in record["numbers"]]),
        samples=tuple(SampleRows(**_tuples(sample)) for sample in record["samples"]),
        runs=DesignRuns(**record["runs"]),
        keep_runs=record["keep_runs"],
        compare=tuple(record.get("compare", ())),
        written=dict(written),
    )


def _scenario(changes: Mapping[str, Any], content: Mapping[str, Any]) -> Scenario:
    return Scenario(file=None, content=content, **_tuples(changes))


def _tuples(record: Mapping[str, Any]) -> dict[str, Any]:
    """Lists as tuples, of fields that a record of the design has."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}


def points_table(design: Design, keys: Keys) -> pa.Table:
    """[N] rows: key, seed, luck, sample, and the level of every number factor."""
    points = design.points
    arrays = [keys, design.seeds(), points.luck, points.sample, *points.levels.T]
    names = part_columns([*_POINT_FIELDS, *(factor.name for factor in design.numbers)])
    return pa.Table.from_arrays([plain_array(array) for array in arrays], names=names)


def _points(table: pa.Table, factors: list[str]) -> DesignPoints:
    columns = [column.to_numpy() for column in table.columns]
    levels = np.column_stack(columns[len(_POINT_FIELDS) :]) if factors else np.empty((table.num_rows, 0))
    arrays = np.ascontiguousarray(levels), columns[2], columns[3]
    for array in arrays:
        array.flags.writeable = False
    return DesignPoints(*arrays)


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Sentences `path: was this, is that` for two values of plain data, the dotted paths of what differs."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        before, after = cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", new)
        for key in dict.fromkeys((*before, *after)):
            here = f"{path}.{key}" if path else str(key)
            yield from differences(before.get(key, _NOTHING), after.get(key, _NOTHING), here)
    elif type(old) is not type(new) or repr(old) != repr(new):
        yield f"{path}: was {_shown(old)}, is {_shown(new)}"


_NOTHING = object()


def _shown(value: Any) -> str:
    return "not there" if value is _NOTHING else show(value)


def design_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """In which of its parts one design's record differs from another's; factors by name."""
    plain = ("formats", "runs", "keep_runs", "samples", "scenario")
    pairs = [
        ({key: one[key] for key in plain} | {"compare": one.get("compare", [])}, _factors(one)) for one in (old, new)
    ]
    ignored = ("scenario.name",)
    told = [line for before, after in zip(*pairs, strict=True) for line in differences(before, after)]
    return [line for line in told if not line.startswith(ignored)]


def _factors(record: Mapping[str, Any]) -> dict[str, Any]:
    factors = [*record["structure"], *record["numbers"]]
    return {"factors": {factor["name"]: {k: v for k, v in factor.items() if k != "name"} for factor in factors}}
