"""Labels that have nothing to name: those of included files, and those of what a change takes away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from sim.scenario.source.errors import Path
from sim.scenario.source.plain import is_list, is_mapping

_ENTRIES = {"options": "issues", "baskets": "formats"}
"""Labels of entries -> where these are."""


def drop_idle_labels(data: dict[str, Any], included: Iterable[Path]) -> None:
    """Takes labels away whose ids the whole scenario does not have, where they come from included files.

    A profile labels all that it names, and a file that includes it may take parties or options away. Labels that the
    file writes itself stay, so that a misspelt id is found.

    Args:
        data: a scenario's raw data, files included.
        included: paths that come from included files.
    """
    for path in [one for one in included if one[:1] == ("labels",) and len(one) > 3]:
        if not _there(data, _named(path)):
            _take_away(data, path)


def without_lost_labels(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The changed data without labels of what the change took away, such as options that an override leaves out.

    Args:
        before: a scenario's raw data.
        after: the same, changed.
    """
    lost = [path for path in _label_paths(after) if not _there(after, _named(path)) and _there(before, _named(path))]
    if not lost:
        return after
    found = {**after, "labels": deepcopy(after["labels"])}
    for path in lost:
        _take_away(found, path)
    return found


def _label_paths(data: dict[str, Any]) -> Iterator[Path]:
    """Paths of all labels of parts of the scenario, and of their groups."""

    def below(part: Any, path: Path) -> Iterator[Path]:
        if len(path) > 3:
            yield path
        if is_mapping(part):
            for key, one in part.items():
                yield from below(one, (*path, key))

    return below(data.get("labels"), ("labels",))


def _take_away(data: dict[str, Any], path: Path) -> None:
    part: Any = data
    for key in path[:-1]:
        part = part.get(key) if is_mapping(part) else None
    if is_mapping(part):
        part.pop(path[-1], None)


def _named(path: Path) -> Path:
    """What a label names: `labels.vi.options.land.split` names `issues.land.options.split`."""
    _, _, section, key, *entry = path
    place = _ENTRIES.get(section)
    if place is None:
        return section, key
    return (place, key, section, *entry) if entry else (place, key)


def _there(data: dict[str, Any], path: Path) -> bool:
    part: Any = data
    for key in path:
        if not (is_mapping(part) or is_list(part)) or key not in part:
            return False
        part = part[key] if is_mapping(part) else None
    return True
