"""From a design file, or a mapping, to a design whose every level has been loaded and checked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.app.scenarios import Scenario
from sim.scenario import ResolvedScenario, ScenarioError
from sim.scenario.preparation.patch import parse_set
from sim.scenario.schema.shape import note_errors
from sim.scenario.source.problems import DESIGN, Report
from sim.scenario.source.problems import Path as Place
from sim.scenario.source.yaml_text import is_list, is_mapping, parse_text, parse_value, read_text
from sim.sweep.design import Design, DesignRuns
from sim.sweep.designs.check_cells import make_cells
from sim.sweep.designs.check_design import check_factors, check_names, check_overlaps, dummy, wants_dummy
from sim.sweep.designs.check_samples import check_samples, read_rows
from sim.sweep.designs.compare_line import joined
from sim.sweep.designs.level_checks import note_changes
from sim.sweep.designs.samples import sampled
from sim.sweep.designs.written_design import DesignFile


def read_design(path: Path, sets: Sequence[str] = ()) -> Design:
    """The design of a file.

    Its scenario lies beside it, or else where one works; so do the CSV files of lists of points.

    Args:
        path: of the file.
        sets: further constants, `dotted.path=value` with the value in YAML; they come after those of the file.

    Raises:
        ScenarioError: the design, its scenario or a level of a factor is wrong; it lists every problem with its place.
    """
    report = Report(str(path), sort=DESIGN)
    data = parse_text(read_text(path, report), report)
    changes = [change for text in sets if (change := parse_set(text, report)) is not None]
    written = _shaped(data, report)
    for change in changes:
        report.origins["constants", change.path] = change.origin
    if changes:
        data["constants"] = _after(written.constants, {change.path: change.value for change in changes})
    scenario = Scenario(_found(written.scenario, path.parent, ("scenario",), report), None)
    return _checked(data, scenario, report, path.parent, name=path.stem)


def make_design(content: Mapping[str, Any], scenario: Scenario, *, name: str) -> Design:
    """The design of a mapping laid out like a design file; `design` and `scenario` may be left out.

    Args:
        content: the mapping; it is not changed.
        scenario: with its changes, to which those of the content are added; `widen` cannot be swept.
        name: of the design, also in problems.

    Raises:
        ScenarioError: the design, the scenario or a level of a factor is wrong; it lists every problem.
    """
    report = Report(name, sort=DESIGN)
    data = {"design": 1, "scenario": str(scenario.file or scenario.name), **_plain(content)}
    written = _shaped(data, report)
    if scenario.widen:
        report.add(("scenario",), "a scenario that is widened cannot be swept", "widen", "the scenario as it is")
        report.stop_if_any()
    _ = scenario.resolved
    bare = replace(scenario.set({}), sets=(), overrides=(), scenario=None, variant=None)
    return _checked(_with_changes(data, written, scenario), bare, report, Path(), name=name)


def _plain(part: Any) -> Any:
    """Content from Python as a file would hold it: arrays and tuples as lists, their numbers plain, paths as text."""
    if isinstance(part, Mapping):
        return {str(key): _plain(child) for key, child in part.items()}
    if isinstance(part, list | tuple | np.ndarray):
        return [_plain(child) for child in part]
    if isinstance(part, np.generic):
        return part.item()
    return str(part) if isinstance(part, Path) else part


def _with_changes(data: dict[str, Any], written: DesignFile, scenario: Scenario) -> dict[str, Any]:
    """The content with what the scenario was changed by already, so that it stands on its own."""
    texts = [text.partition("=") for text in scenario.sets]
    sets = _after({}, *({path.strip(): parse_value(value)} for path, _, value in texts), written.constants)
    changes = {
        "constants": sets,
        "override": [*scenario.overrides, *written.override],
        "named_scenario": written.named_scenario or scenario.scenario,
        "variant": joined(scenario.variant, written.variant),
    }
    return {**data, **{key: value for key, value in changes.items() if value}}


def _after(*sets: Mapping[str, Any]) -> dict[str, Any]:
    """Values by path; what is set later comes later, also where it was set before."""
    merged: dict[str, Any] = {}
    for path, value in (pair for each in sets for pair in each.items()):
        merged.pop(path, None)
        merged[path] = value
    return merged


def _shaped(data: Mapping[str, Any], report: Report) -> DesignFile:
    try:
        return DesignFile.model_validate(data)
    except ValidationError as error:
        note_errors(error, (), DesignFile, report)
        report.stop_if_any()
        raise


def _found(name: str, folder: Path, place: Place, report: Report) -> Path:
    """A file beside the design, or where one works."""
    tries = list(dict.fromkeys(Path(os.path.normpath(path)) for path in (folder / name, Path(name))))
    file = next((path for path in tries if path.is_file()), None)
    if file is None:
        seen, allowed = f"'{name}'", " or ".join(f"'{path}'" for path in tries)
        report.add(place, "there is no such file", seen, f"a file beside the design or where one works: {allowed}")
        report.stop_if_any()
        raise FileNotFoundError(name)
    return file


def _checked(data: dict[str, Any], scenario: Scenario, report: Report, folder: Path, *, name: str) -> Design:
    """The design of data that have the right shape; everything else is checked here."""
    data = _with_rows(data, folder, report)
    written = _shaped(data, report)
    base = _changed(scenario, written, report)
    formats = _formats(written, base.resolved, report)
    _check_compared(written, formats, report)
    factors = check_factors(written, base, formats, report)
    check_names(written, factors, report)
    check_overlaps(written, base, factors, report)
    understood = len(factors.numbers) + len(factors.structure) == len(written.factors)
    if wants_dummy(written, factors):
        factors.numbers.append(dummy())
    if understood:
        check_samples(written, factors, report)
    report.stop_if_any()
    points, rows = sampled(written.samples, factors.numbers, factors.points)
    cells = make_cells(base, factors, formats, points.levels, report=report)
    report.stop_if_any()
    return Design(
        name=name,
        scenario=base,
        formats=formats,
        structure=tuple(factors.structure),
        numbers=tuple(factors.numbers),
        cells=cells,
        points=points,
        samples=rows,
        runs=DesignRuns(**written.runs.model_dump()),
        keep_runs=written.keep.runs,
        compare=written.compare or (),
        written=data,
    )


def _with_rows(data: dict[str, Any], folder: Path, report: Report) -> dict[str, Any]:
    """The data with the rows of files in the place of their names."""
    samples = data.get("sample")
    if not is_list(samples):
        return data if not is_mapping(samples) else {**data, "sample": _listed(samples, ("sample",), folder, report)}
    rows = [_listed(sample, ("sample", str(index)), folder, report) for index, sample in enumerate(samples)]
    return {**data, "sample": rows}


def _listed(sample: dict[str, Any], place: Place, folder: Path, report: Report) -> dict[str, Any]:
    name = sample.get("list")
    if not isinstance(name, str):
        return sample
    here = (*place, "list")
    rows = read_rows(_found(name, folder, here, report), here, report)
    report.stop_if_any()
    return {"list": rows}


def _changed(scenario: Scenario, written: DesignFile, report: Report) -> Scenario:
    """The scenario with the design's constants, overrides and variant, loaded."""
    _ = scenario.resolved  # what is wrong with it, is wrong with it alone
    base = scenario.set(written.constants) if written.constants else scenario
    base = base.override(*written.override) if written.override else base
    base = base.under(joined(base.variant, written.variant) or "") if written.variant else base
    base = replace(base, scenario=written.named_scenario) if written.named_scenario else base
    places: dict[str, Place] = {f"--set {path}=": ("constants", path) for path in written.constants}
    places |= {"--override": ("override",), "override ": ("override",), "--scenario": ("named_scenario",)}
    try:
        _ = base.resolved
    except ScenarioError as error:
        note_changes(error.problems, {**places, "--variant": ("variant",), "variant ": ("variant",)}, report)
        report.stop_if_any()
    return base


def _formats(written: DesignFile, resolved: ResolvedScenario, report: Report) -> tuple[str, ...]:
    """Ids in the order of the tables: formats, then tracks; those of a comparison where none are named."""
    known = [*resolved.formats, *resolved.tracks]
    usual = [key for key in known if key in resolved.tracks or not resolved.formats[key].only_in_tracks] or known
    for index, name in enumerate(written.formats):
        if name not in known or name in written.formats[:index]:
            what = "the format is named twice" if name in known else "unknown format"
            report.add(("formats", str(index)), what, f"'{name}'", known, word=name if name not in known else "")
    return tuple(key for key in known if key in (written.formats or usual))


def _check_compared(written: DesignFile, formats: tuple[str, ...], report: Report) -> None:
    """Notes formats to be compared that are not played, and one that is named twice."""
    for index, name in enumerate(written.compare or ()):
        if name not in formats:
            report.add(("compare", str(index)), "no format of this design", f"'{name}'", formats, word=name)
        elif written.compare is not None and name in written.compare[:index]:
            report.add(("compare", str(index)), "the format is named twice", f"'{name}'", "two different formats")
