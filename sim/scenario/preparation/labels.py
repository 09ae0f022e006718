"""A scenario's names in another language. Labels are words only: they change no number and no id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.written import Labels
from sim.scenario.source.errors import Path

_TEXTS = ("title", "summary", "notes")
_NAMED = ("parties", "issues", "formats", "tracks")


def in_language(resolved: ResolvedScenario, code: str) -> ResolvedScenario:
    """The scenario with its names in a language; names without a label stay as they are.

    Args:
        resolved: the scenario.
        code: the language, such as `vi`.
    """
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
    """Paths of the names and texts of a scenario that have no label in a language, in file order.

    Args:
        resolved: the scenario.
        code: the language.
    """
    labels = (resolved.labels or {}).get(code, Labels())
    given = {path for path, _ in _labelled(labels)}
    return [path for path in _names(resolved) if path not in given]


def n_names(resolved: ResolvedScenario) -> int:
    """How many names and texts of a scenario can have a label."""
    return len(list(_names(resolved)))


def _labelled(labels: Labels) -> Iterator[tuple[Path, str]]:
    """Where each label goes in the plain data of a scenario."""
    for key in _TEXTS:
        if (text := getattr(labels, key)) is not None:
            yield (key,), text
    for section in _NAMED:
        for key, label in getattr(labels, section).items():
            yield (section, key, "name"), label
    for section, part, named in (("issues", "options", labels.options), ("formats", "baskets", labels.baskets)):
        for key, entries in named.items():
            for entry, label in entries.items():
                yield (section, key, part, entry, "name"), label


def _names(resolved: ResolvedScenario) -> Iterator[Path]:
    """Where a label could go."""
    for key in _TEXTS:
        if getattr(resolved, key):
            yield (key,)
    for section in _NAMED:
        for key, one in getattr(resolved, section).items():
            yield (section, key, "name")
            for part in ("options", "baskets"):
                yield from ((section, key, part, entry, "name") for entry in getattr(one, part, ()))
