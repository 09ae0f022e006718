"""Files, and raw data, to resolved scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any, TypedDict, Unpack

from sim.scenario.checks.whole_file import check
from sim.scenario.preparation.codebook import expand_levels
from sim.scenario.preparation.grid import expand_grids, issues_with_grid, without_made
from sim.scenario.preparation.include import read_whole
from sim.scenario.preparation.labels import without_lost_labels
from sim.scenario.preparation.patch import Change, apply, changes_of, chosen_changes, parse_set
from sim.scenario.preparation.variants import Variant, parse_variant
from sim.scenario.renumbering import Loaded, renumbered
from sim.scenario.schema.priors import shared_behaviour
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.shape import read_shape, reread
from sim.scenario.source.problems import FileRead, Report, ScenarioError


class Changes(TypedDict, total=False):
    """What to change in a scenario before it is checked, in this order, whatever the order of the arguments."""

    scenario: str | None  # name of a scenario (list of overrides) of the file
    overrides: Iterable[str]  # names of overrides of the file
    sets: Iterable[str]  # `dotted.path=value` texts
    variant: str | Variant | None  # a rule variant, as text or parsed


def load_scenario(
    path: str | FilePath, *, files: list[FileRead] | None = None, tried: bool = False, **changes: Unpack[Changes]
) -> ResolvedScenario:
    """Reads, changes, checks and resolves a scenario file.

    `files` takes every file that was read, with its SHA-256: this one, those that it includes, evidence, shared priors.
    `tried` is whether each override of an unchanged file is applied and checked too, on its own. A ScenarioError has
    every problem found.
    """
    loaded = _finish(*_opened(path, files), **changes)
    if tried and not any(changes.values()):
        try_overrides(loaded)
    return loaded.resolved


def load_kept(path: str | FilePath, **changes: Unpack[Changes]) -> Loaded:
    """As `load_scenario`, with what `reload` needs."""
    return _finish(*_opened(path, None), **changes)


def reload(base: Loaded, **changes: Unpack[Changes]) -> Loaded:
    """The scenario that `base` was made from with other changes (all of them, not those on top of the base's).

    The same as loading it anew; where it differs from `base` by numbers alone, only they are read and checked. Files
    are not looked at (`Loaded.is_fresh`). A ScenarioError has every problem found.
    """
    report = _blank(base.report)
    try:
        near = renumbered(base, _changed(base.data, report, **changes), report)
    except ScenarioError:
        near = None
    return near or _finish(base.data, _blank(base.report), **changes)


def _blank(report: Report) -> Report:
    """A report without problems on the same files."""
    return Report(report.file, report.lines, report.files, read=report.read)


def read_raw(path: str | FilePath, *, files: list[FileRead] | None = None) -> dict[str, Any]:
    """Plain data of a scenario file, for `load_raw`, with all that it includes and cites; else as `load_scenario`."""
    return _opened(path, files)[0]


def _opened(path: str | FilePath, files: list[FileRead] | None) -> tuple[dict[str, Any], Report]:
    report = Report(str(path))
    data = read_whole(FilePath(path), report)
    if files is not None:
        files += [*report.read, shared_behaviour().file]
    return data, report


def load_raw(data: Mapping[str, Any], *, name: str = "scenario", **changes: Unpack[Changes]) -> ResolvedScenario:
    """Like `load_scenario`, for data that is already a mapping; `name` stands for the file in problems.

    Included files and evidence must be in the data already (`read_raw`).
    """
    return load_raw_kept(data, name=name, **changes).resolved


def load_raw_kept(data: Mapping[str, Any], *, name: str = "scenario", **changes: Unpack[Changes]) -> Loaded:
    """As `load_raw`, with what `reload` needs; the data must not be written to as long as it is kept."""
    report = Report(name)
    for key in ("include", "evidence"):
        if key in data:
            report.add((key,), "only a file can name other files", str(data[key]), "data without it")
    report.stop_if_any()
    return _finish(dict(data), report, **changes)


def _finish(data: dict[str, Any], report: Report, **wanted: Unpack[Changes]) -> Loaded:
    data = without_made(data)
    unchecked = _changed(data, report, **wanted)
    expanded = expand_levels(expand_grids(without_lost_labels(data, unchecked), report), report)
    draft = read_shape(expanded, report)
    check(draft, report)
    report.stop_if_any()
    assert draft.whole is not None
    return Loaded(data, _blank(report), unchecked, expanded, draft, draft.whole, draft.resolved)


def _changed(data: dict[str, Any], report: Report, **wanted: Unpack[Changes]) -> dict[str, Any]:
    """The data with the changes made."""
    variant = wanted.get("variant")
    changes = chosen_changes(data, wanted.get("overrides", ()), wanted.get("scenario"), report)
    changes += [change for text in wanted.get("sets", ()) if (change := parse_set(text, report)) is not None]
    if variant is not None:
        chosen = parse_variant(variant) if isinstance(variant, str) else variant
        changes += [Change(where, value, f"variant {chosen.name}", must_match=False) for where, value in chosen.sets]
    return apply(data, changes, report)


def try_overrides(loaded: Loaded) -> None:
    """Applies each override of a sound file on its own, so that a wrong one is found before anybody uses it.

    An override may change the options that a grid makes of an issue that it does not name: these are read again too. A
    ScenarioError has every problem found.
    """
    data, report = loaded.data, _blank(loaded.report)
    whole = expand_grids(data, Report(report.file))
    expanded = expand_levels(whole, Report(report.file))
    gridded = issues_with_grid(data)
    for name in data.get("overrides") or ():
        trial = Report(report.file, report.lines, report.files)
        changed = without_lost_labels(data, apply(data, changes_of(data, name, trial), trial))
        touched = list(trial.origins)
        if changed.get("labels") is not data.get("labels"):
            touched += [("labels", code) for code in changed["labels"]]
        same_coding = all(changed.get(key) is data.get(key) for key in ("codebook", "codebooks"))
        before = (whole, expanded) if same_coding else None
        changed = expand_levels(expand_grids(changed, trial), trial, before)
        touched += [("issues", key) for key in gridded if changed["issues"][key] != expanded["issues"][key]]
        check(reread(loaded.draft, changed, touched, trial), trial, only=touched)
        report.problems.extend(trial.problems)
    report.stop_if_any()
