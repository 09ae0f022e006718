"""Changes by dotted path: `--set`, overrides and variants, applied to raw data before validation."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from pydantic import BaseModel

from sim.scenario.schema import written, written_formats
from sim.scenario.source.problems import Path, Report, ScenarioError, closest, show
from sim.scenario.source.yaml_text import is_list, is_mapping, mapping_of, parse_value


@dataclass(frozen=True)
class Change:
    """Put `value` at `path`; `origin` says who asked, `where` the path of the request in the file, if it is there."""

    path: str
    value: Any
    origin: str
    where: Path = ()
    must_match: bool = True
    """Whether a path with `*` that matches nothing is a problem."""


def parse_set(text: str, report: Report) -> Change | None:
    """The change that `path=value` asks for; None (and a problem) when it cannot be read."""
    path, sign, value = text.partition("=")
    origin = f"--set {text}"
    if not sign or not path.strip():
        report.add((), "a set needs a path and a value", f"'{text}'", "dotted.path=value", origin=origin)
        return None
    try:
        return Change(path.strip(), parse_value(value), origin)
    except ScenarioError as error:
        report.add(tuple(path.split(".")), error.problems[0].message, value, "YAML", origin=origin)
        return None


def apply(data: dict[str, Any], changes: Iterable[Change], report: Report) -> dict[str, Any]:
    """A copy of `data` with the changes made, in order; a `*` in a path stands for every key there.

    Only the mappings on the way to a change are copied; the rest is shared with `data`, which stays as it was.
    Parts that the schema knows are created where they are missing; anything else on the way must exist.
    """
    out = dict(data)
    for change in changes:
        n_before = len(report.problems)
        matched = _walk(out, tuple(change.path.split(".")), (), change=change, report=report)
        if not matched and change.must_match and len(report.problems) == n_before:
            allowed = "a path at which the file has something"
            where = change.where or (change.path,)
            report.add(where, "the path matches nothing", f"'{change.path}'", allowed, origin=change.origin)
    return out


def _walk(part: dict[str, Any], rest: Path, done: Path, *, change: Change, report: Report) -> bool:
    """Put the value wherever the rest of the path leads; whether that is anywhere."""
    key, tail = rest[0], rest[1:]
    if key == "*":
        return sum(_walk(part, (each, *tail), done, change=change, report=report) for each in list(part)) > 0
    here = (*done, key)
    if not tail:
        part[key] = copy.deepcopy(change.value)
        report.origins[here] = change.origin
        return True
    where, origin = change.where or here, change.origin
    by_id = bool(done) and done[-1] in ID_MAPS
    if key not in part and (by_id or key not in schema_names()):
        guess = closest(key, part) or ("" if by_id else closest(key, sorted(schema_names())))
        seen = f"'{change.path}', no '{key}' there"
        report.add(where, "the path leads nowhere", seen, list(part), suggestion=guess, origin=origin)
        return False
    child = _long_form(part.setdefault(key, {}), here)
    if not is_mapping(child):
        seen = f"'{change.path}', where {'.'.join(here)} is {show(child)}"
        allowed = f"a path that ends at {'.'.join(here)}, or goes through a mapping"
        report.add(where, "the path runs into a value", seen, allowed, origin=origin)
        return False
    part[key] = child = dict(child)
    return _walk(child, tail, here, change=change, report=report)


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
        *("issues", "parties", "formats", "tracks", "shocks", "rules", "seats", "baskets", "options"),
        *("overrides", "scenarios", "documented", "rivals"),
    }
)
"""Mappings by id: a path may not make a new entry on its way through them."""


@cache
def schema_names() -> frozenset[str]:
    """Every key that some part of the schema knows."""
    parts = [part for module in (written, written_formats) for part in vars(module).values()]
    models = [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]
    return frozenset(field.alias or name for model in models for name, field in model.model_fields.items())


def chosen_changes(
    data: dict[str, Any], overrides: Iterable[str], scenario: str | None, report: Report
) -> list[Change]:
    """The changes of a named scenario and of named overrides of the file, in that order."""
    names = list(overrides)
    if scenario is not None:
        listed = _entry_of(data, "scenario", scenario, report).get("overrides")
        names = [*(name for name in listed if isinstance(name, str)), *names] if is_list(listed) else names
    return [change for name in names for change in changes_of(data, name, report)]


def changes_of(data: dict[str, Any], name: str, report: Report) -> list[Change]:
    """The changes of one override."""
    entries = mapping_of(_entry_of(data, "override", name, report).get("set"))
    where = ("overrides", name, "set")
    for first, second in combinations(entries, 2):
        if overlap(first, second):
            seen, allowed = f"'{first}' and '{second}'", "paths of which none lies in another"
            report.add((*where, second), "two paths of one override overlap", seen, allowed, origin=f"override {name}")
    return [Change(path, value, f"override {name}", (*where, path)) for path, value in entries.items()]


def overlap(first: str, second: str) -> bool:
    """Whether there may be a place that both paths change, wholly or in part."""
    pairs = zip(first.split("."), second.split("."), strict=False)
    return all(one == other or "*" in (one, other) for one, other in pairs)


def _entry_of(data: dict[str, Any], what: str, name: str, report: Report) -> dict[str, Any]:
    known = mapping_of(data.get(f"{what}s"))
    if name not in known:
        report.add((f"{what}s",), f"unknown {what}", f"'{name}'", list(known), word=name, origin=f"--{what} {name}")
    return mapping_of(known.get(name))
