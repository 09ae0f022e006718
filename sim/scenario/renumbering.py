"""A number put where a number stands in a scenario that was loaded: only the parts that hold it are read again.

The checks are the loader's own, of the parts that changed and of how all parts fit together. Whatever is more than a
number, or is refused, starts from the file's data again, so that a problem reads the same on either way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.scenario.checks.whole_file import check
from sim.scenario.preparation.codebook import expand_levels
from sim.scenario.preparation.grid import issues_with_grid
from sim.scenario.schema.priors import shared_behaviour
from sim.scenario.schema.resolved import ResolvedScenario, resolve_parts, walk_numbers
from sim.scenario.schema.shape import Draft, reread
from sim.scenario.schema.written import ScenarioFile
from sim.scenario.source.problems import Path, Report
from sim.scenario.source.yaml_text import is_mapping

_SECTIONS = ("issues", "parties", "formats", "shocks")


@dataclass(frozen=True)
class Loaded:
    """A scenario with all steps on its way from the file, none of which is ever written to."""

    data: dict[str, Any]
    """As it was read."""
    report: Report
    """Where each path of it stands, and the files that were read; without a problem."""
    changed: dict[str, Any]
    """The data with the changes made."""
    expanded: dict[str, Any]
    """That with levels and grids written out."""
    draft: Draft
    whole: ScenarioFile
    resolved: ResolvedScenario

    @property
    def is_fresh(self) -> bool:
        """Whether every file that was read still holds what it held."""
        try:
            return all(hashlib.sha256(read.path.read_bytes()).hexdigest() == read.sha256 for read in self.report.read)
        except OSError:
            return False


def renumbered(base: Loaded, changed: dict[str, Any], report: Report) -> Loaded | None:
    """The scenario of `changed`, read by what differs from `base`; None where that is more than numbers, or is wrong.

    `changed` is the data of `base` with other changes made to it.
    """
    paths = list(_differences(base.changed, changed))
    if report.problems or not all(_is_number(base, path) for path in paths):
        return None
    if any("ideal" in path for path in paths) and issues_with_grid(changed):
        return None  # a grid may make an option of every ideal
    parts = list(dict.fromkeys((path[0], path[1]) for path in paths))
    expanded = _expanded(base, changed, parts, report)
    draft = reread(base.draft, expanded, paths, report)
    if report.problems:
        return None
    sections = {section for section, _ in parts}
    whole = base.whole.model_copy(update={section: dict(draft.parts[section]) for section in sections})
    draft = replace(draft, whole=whole)
    check(draft, report, only=paths)
    if report.problems:
        return None
    resolved = resolve_parts(base.resolved, whole, shared_behaviour(), parts)
    if any(_number_paths(resolved, part) != _number_paths(base.resolved, part) for part in parts):
        return None  # what speaks of numbers by their paths, such as a shock, is to be looked at again
    return Loaded(base.data, base.report, changed, expanded, draft, whole, resolved)


def _differences(old: dict[str, Any], new: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    """Paths at which two mappings that share most of their parts differ; a part that is there in one alone is one."""
    for key in (*new, *(key for key in old if key not in new)):
        here, before, after = (*path, key), old.get(key, _NOTHING), new.get(key, _NOTHING)
        if before is after:
            continue
        if is_mapping(after) and after and (before is _NOTHING or is_mapping(before)):
            yield from _differences(before if is_mapping(before) else {}, after, here)
        elif type(before) is not type(after) or repr(before) != repr(after):  # 1, 1.0 and true are equal in Python
            yield here


_NOTHING = object()


def _is_number(base: Loaded, path: Path) -> bool:
    """Whether a number stands at a path, or at one above it, in a part that can be read on its own."""
    numbers = base.resolved.numbers
    known = any(".".join(path[:size]) in numbers for size in range(3, len(path) + 1))
    return known and path[0] in _SECTIONS and path[1] in base.changed[path[0]]


def _expanded(
    base: Loaded, changed: dict[str, Any], parts: Collection[tuple[str, str]], report: Report
) -> dict[str, Any]:
    """The base's expanded data with the parts that changed in their place, their levels written out."""
    books = {key: changed[key] for key in ("codebook", "codebooks") if key in changed}
    out = dict(base.expanded)
    for section, key in parts:
        part = expand_levels({**books, section: {key: changed[section][key]}}, report)[section]
        out[section] = {**out[section], **part}
    return out


def _number_paths(resolved: ResolvedScenario, part: tuple[str, str]) -> list[Path]:
    section, key = part
    return [path for path, _ in walk_numbers(getattr(resolved, section)[key])]
