"""A scenario's names in another language. Labels are words only: they change no number and no id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.written import Labels
from sim.scenario.source.problems import Path
from sim.scenario.source.yaml_text import is_list, is_mapping

_TEXTS = ("title", "summary", "notes")
_NAMED = ("parties", "issues", "formats", "tracks")
_ENTRIES = {"options": "issues", "baskets": "formats"}
"""Labels of entries -> where these are."""


def in_language(resolved: ResolvedScenario, code: str) -> ResolvedScenario:
    """The scenario with its names in a language, such as `vi`; names without a label stay as they are."""
    labels = (resolved.labels or {}).get(code)
    if labels is None:
        return resolved
    data: Any = resolved.to_data()
    for path, label in _labelled(labels):
        part = data
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = label
    return ResolvedScenario.model_validate(data)


def unlabelled(resolved: ResolvedScenario, code: str) -> list[Path]:
    """Paths of the names and texts of a scenario that have no label in a language, in file order."""
    labels = (resolved.labels or {}).get(code, Labels())
    given = {path for path, _ in _labelled(labels)}
    return [path for path in names_in(resolved) if path not in given]


def _labelled(labels: Labels) -> Iterator[tuple[Path, str]]:
    """Where each label goes in the plain data of a scenario."""
    for key in _TEXTS:
        if (text := getattr(labels, key)) is not None:
            yield (key,), text
    for section in _NAMED:
        for key, label in getattr(labels, section).items():
            yield (section, key, "name"), label
    for part, section in _ENTRIES.items():
        for key, entries in getattr(labels, part).items():
            for entry, label in entries.items():
                yield (section, key, part, entry, "name"), label


def names_in(resolved: ResolvedScenario) -> Iterator[Path]:
    """Paths of the names and texts of a scenario that can have a label, in file order."""
    for key in _TEXTS:
        if getattr(resolved, key):
            yield (key,)
    for section in _NAMED:
        for key, record in getattr(resolved, section).items():
            yield (section, key, "name")
            for part in _ENTRIES:
                yield from ((section, key, part, entry, "name") for entry in getattr(record, part, ()))


def drop_idle_labels(data: dict[str, Any], included: Iterable[Path]) -> None:
    """Takes labels away whose ids the whole scenario does not have, where they stand at `included` paths.

    A profile labels all that it names, and a file that includes it may take parties or options away. Labels that the
    file writes itself stay, so that a misspelt id is found.
    """
    for path in [path for path in included if path[:1] == ("labels",) and len(path) > 3]:
        if not _is_there(data, _named(path)):
            _take_away(data, path)


def without_lost_labels(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The data after a change without labels of what it took away, such as options that an override leaves out."""
    paths = [(path, _named(path)) for path in _label_paths(after.get("labels"), ("labels",))]
    lost = [path for path, named in paths if not _is_there(after, named) and _is_there(before, named)]
    if not lost:
        return after
    slim = {**after, "labels": deepcopy(after["labels"])}
    for path in lost:
        _take_away(slim, path)
    return slim


def _label_paths(part: object, path: Path) -> Iterator[Path]:
    """Paths of all labels of parts of the scenario, and of their groups."""
    if len(path) > 3:
        yield path
    for key, below in part.items() if is_mapping(part) else ():
        yield from _label_paths(below, (*path, key))


def _take_away(data: dict[str, Any], path: Path) -> None:
    part: Any = data
    for key in path[:-1]:
        part = part.get(key) if is_mapping(part) else None
    if is_mapping(part):
        part.pop(path[-1], None)


def _named(path: Path) -> Path:
    """What a label names: `labels.vi.options.land.split` names `issues.land.options.split`."""
    _, _, section, key, *entry = path
    if section not in _ENTRIES:
        return section, key
    return (_ENTRIES[section], key, section, *entry) if entry else (_ENTRIES[section], key)


def _is_there(data: dict[str, Any], path: Path) -> bool:
    part: Any = data
    for key in path:
        if not (is_mapping(part) or is_list(part)) or key not in part:
            return False
        part = part[key] if is_mapping(part) else None
    return True
