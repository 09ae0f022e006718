"""Changes by dotted path: `--set`, overrides and variants, applied to raw data before validation."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from sim.scenario.schema import written, written_formats, written_issues
from sim.scenario.source.errors import Path, Report, ScenarioError, closest, show
from sim.scenario.source.plain import is_list, is_mapping
from sim.scenario.source.yaml_text import parse_value


@dataclass(frozen=True)
class Change:
    """Put `value` at `path`; `origin` says who asked, `where` the path of the request in the file, if it is there."""

    path: str
    value: Any
    origin: str
    where: Path = ()


def parse_set(text: str, report: Report) -> Change | None:
    """The change that `path=value` asks for; None (and a problem) when it cannot be read."""
    path, sign, value = text.partition("=")
    origin = f"--set {text}"
    if not sign or not path.strip():
        report.add((), "a set needs a path and a value", seen=f"'{text}'", allowed="dotted.path=value", origin=origin)
        return None
    try:
        return Change(path.strip(), parse_value(value), origin)
    except ScenarioError as error:
        report.add(tuple(path.split(".")), error.problems[0].message, seen=value, allowed="YAML", origin=origin)
        return None


def apply(data: dict[str, Any], changes: Iterable[Change], report: Report) -> dict[str, Any]:
    """A copy of `data` with the changes made, in order; a `*` in a path stands for every key there.

    Only the mappings on the way to a change are copied; the rest is shared with `data`, which stays as it was.
    Parts that the schema knows are created where they are missing; anything else on the way must exist.
    """
    out = dict(data)
    for change in changes:
        _walk(out, tuple(change.path.split(".")), (), change=change, report=report)
    return out


def _walk(part: dict[str, Any], rest: Path, done: Path, *, change: Change, report: Report) -> None:
    key, tail = rest[0], rest[1:]
    if key == "*":
        for each in list(part):
            _walk(part, (each, *tail), done, change=change, report=report)
        return
    here = (*done, key)
    if not tail:
        part[key] = copy.deepcopy(change.value)
        report.origins[here] = change.origin
        return
    if key not in part:
        if key not in schema_names() or (done and done[-1] in ID_MAPS):
            seen = f"'{change.path}', no '{key}' there"
            guess = closest(key, part) or ("" if done and done[-1] in ID_MAPS else closest(key, sorted(schema_names())))
            where = change.where or here
            allowed = list(part)
            report.add(
                where, "the path leads nowhere", seen=seen, allowed=allowed, suggestion=guess, origin=change.origin
            )
            return
        part[key] = {}
    child = _long_form(part[key], here)
    if is_mapping(child):
        part[key] = child = dict(child)
    else:
        seen = f"'{change.path}', where {'.'.join(here)} is {show(child)}"
        allowed = f"a path that ends at {'.'.join(here)}, or goes through a mapping"
        report.add(change.where or here, "the path runs into a value", seen=seen, allowed=allowed, origin=change.origin)
        return
    _walk(child, tail, here, change=change, report=report)


def _long_form(value: object, path: Path) -> object:
    """The mapping that a seat, consent rule or agenda in short stands for, so that a path may go through it."""
    if path[0] != "formats" or is_mapping(value):
        return value
    if path[2:3] == ("seats",) and len(path) == 4 and isinstance(value, str):
        return {"role": value}
    if path[2:] == ("consent",) and isinstance(value, str):
        return {"rule": value}
    return {"issues": value} if path[2:] == ("agenda",) and (value == "all" or is_list(value)) else value


ID_MAPS = frozenset(
    {
        "issues",
        "parties",
        "formats",
        "tracks",
        "shocks",
        "rules",
        "seats",
        "baskets",
        "options",
        "overrides",
        "scenarios",
        "documented",
        "rivals",
    }
)
"""Mappings by id: a path may not make a new entry on its way through them."""


@cache
def schema_names() -> frozenset[str]:
    """Every key that some part of the schema knows."""
    names: set[str] = set()
    parts = [part for module in (written, written_formats, written_issues) for part in vars(module).values()]
    for part in parts:
        if isinstance(part, type) and issubclass(part, BaseModel):
            names.update(field.alias or name for name, field in part.model_fields.items())
    return frozenset(names)


def chosen_changes(
    data: dict[str, Any], overrides: Iterable[str], scenario: str | None, report: Report
) -> list[Change]:
    """The changes of a named scenario and of named overrides of the file, in that order."""
    names = list(overrides)
    if scenario is not None:
        known: dict[str, Any] = _mapping(data.get("scenarios"))
        if scenario not in known:
            report.add(
                ("scenarios",),
                "unknown scenario",
                seen=f"'{scenario}'",
                allowed=list(known),
                word=scenario,
                origin=f"--scenario {scenario}",
            )
        else:
            listed = _mapping(known[scenario]).get("overrides")
            names = [*(one for one in listed if isinstance(one, str)), *names] if is_list(listed) else names
    return [change for name in names for change in changes_of(data, name, report)]


def changes_of(data: dict[str, Any], name: str, report: Report) -> list[Change]:
    """The changes of one override."""
    known: dict[str, Any] = _mapping(data.get("overrides"))
    if name not in known:
        report.add(
            ("overrides",),
            "unknown override",
            seen=f"'{name}'",
            allowed=list(known),
            word=name,
            origin=f"--override {name}",
        )
        return []
    entries = _mapping(_mapping(known[name]).get("set"))
    return [
        Change(path, value, f"override {name}", ("overrides", name, "set", path)) for path, value in entries.items()
    ]


def _mapping(data: object) -> dict[str, Any]:
    return data if is_mapping(data) else {}
