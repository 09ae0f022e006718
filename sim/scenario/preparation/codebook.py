"""Ordinals to numbers: a level in words becomes the distribution that the file's codebook gives it, mechanically.

A number may be written `{level: high, spread: wide}`. What that means depends on the quantity (a high salience is not a
high patience) and on the codebook that `codebook` chooses, so that the same file can be read by two codings.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sim.scenario.schema.numbers import KINDS
from sim.scenario.source.problems import Path, Report, show
from sim.scenario.source.yaml_text import is_mapping, mapping_of

QUANTITIES: dict[str, str] = {
    **{key: key for key in ("salience", "firmness", "meeting_value", "talk_cost", "patience", "motive", "support")},
    **{key: key for key in ("standing", "outside_option", "hazard", "capability", "enforcement", "margin")},
    "now": "price_of_no_settlement",
    "drift": "price_drift",
    "ability": "leverage",
    "cost": "pressure_cost",
    "values": "value",
    "bonus": "linkage",
    "spent_by": "spent",
}
"""Key on the way to a number -> the quantity whose levels a codebook lists."""


def expand_levels(
    data: dict[str, Any], report: Report, known: tuple[dict[str, Any], dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The data, changes applied, with a distribution in place of each level; a problem for each without a meaning.

    A copy; the levels stay beside the distributions as a record. `known` is data of which most may be the very same
    objects, read by the same codebook, and what became of it.
    """
    books = mapping_of(data.get("codebooks"))
    chosen = data.get("codebook")
    if chosen is None and books:
        chosen = next(iter(books))
        data = {**data, "codebook": chosen}
    if chosen is not None and str(chosen) not in books:
        report.add(("codebook",), "unknown codebook", show(chosen), list(books), word=str(chosen))
        chosen = next(iter(books), None)  # so that the levels below it are no problems of their own
    levels = {name: mapping_of(mapping_of(book).get("levels")) for name, book in books.items()}
    reading = _Reading(levels, str(chosen), report)
    left_alone = ("codebooks", "overrides", "scenarios", "labels")
    before, after = known or ({}, {})
    return {
        key: part if key in left_alone else reading.expanded(part, (key,), before.get(key), after.get(key))
        for key, part in data.items()
    }


@dataclass(frozen=True)
class _Reading:
    """Goes through raw data by one of the codebooks; copies only what it changes."""

    books: dict[str, dict[str, Any]]
    chosen: str
    report: Report

    def expanded(self, part: Any, path: Path, before: Any = None, after: Any = None) -> Any:
        if not is_mapping(part):
            return part
        if part is before:
            return after
        is_issue = path[0] == "issues" and len(path) == 2
        if isinstance(part.get("level"), str) and not is_issue:
            return self._number(part, path)
        old, new = mapping_of(before), mapping_of(after)
        copy: dict[str, Any] = {
            key: self.expanded(child, (*path, key), old.get(key), new.get(key)) for key, child in part.items()
        }
        return copy if any(copy[key] is not part[key] for key in copy) else part

    def _number(self, part: dict[str, Any], path: Path) -> dict[str, Any]:
        """A number with its level expanded; one that has a form already is of a resolved file and may change coding."""
        given = {kind: part[kind] for kind in KINDS if kind in part}
        if given and not self.books:
            return part
        quantity = next((QUANTITIES[key] for key in reversed(path) if key in QUANTITIES), "")
        form, problem = self._form(self.chosen, quantity, part)
        if given and not any(given == self._form(name, quantity, part)[0] for name in self.books):
            seen = " and ".join(("level", *given))
            self.report.add(path, "a number has a level or a distribution, not both", seen, "one of them")
        elif problem is not None:
            key, message, known = problem
            word = str(part.get(key))
            self.report.add((*path, key), message, show(part.get(key)), known, word=word)
        rest = {key: value for key, value in part.items() if key not in KINDS}
        return {**rest, **(form or {"value": 1.0})}

    def _form(
        self, book: str, quantity: str, part: dict[str, Any]
    ) -> tuple[dict[str, Any] | None, tuple[str, str, Collection[str]] | None]:
        """What a codebook gives a level, or what is wrong: key, message, what is allowed."""
        levels = mapping_of(self.books.get(book, {}).get(quantity))
        level, spread = str(part["level"]), part.get("spread")
        if level not in levels:
            if not self.books:
                allowed = "a number or a distribution, or `codebooks:` that say what levels mean"
                return None, ("level", "a level in words, and the file has no codebook", allowed)
            known = list(levels) or "a number, or a codebook that has levels of it"
            return None, ("level", f"no such level of {quantity or 'this number'} in the codebook", known)
        entry = _entry(levels[level])
        if any(kind in entry for kind in KINDS):
            if spread is not None:
                return None, ("spread", f"{quantity} {level} has one spread only", "no spread")
        elif spread is None and entry:
            entry = _entry(next(iter(entry.values())))
        elif str(spread) not in entry:
            return None, ("spread", f"no such spread of {quantity} {level} in the codebook", list(entry))
        else:
            entry = _entry(entry[str(spread)])
        return {kind: entry[kind] for kind in KINDS if kind in entry}, None


def _entry(data: object) -> dict[str, Any]:
    """An entry of a codebook as a mapping; a bare number is a constant, as everywhere in a file."""
    is_number = isinstance(data, int | float) and not isinstance(data, bool)
    return {"value": data} if is_number else mapping_of(data)
