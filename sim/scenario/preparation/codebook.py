"""Ordinals to numbers: a level in words becomes the distribution that the file's codebook gives it, mechanically.

A number may be written `{level: high, spread: wide}`. What that means depends on the quantity (a high salience is not a
high patience) and on the codebook that `codebook` chooses, so that the same file can be read by two codings.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sim.scenario.schema.numbers import KINDS
from sim.scenario.source.errors import Path, Report
from sim.scenario.source.plain import is_list, is_mapping

QUANTITIES: dict[str, str] = {
    "salience": "salience",
    "firmness": "firmness",
    "now": "price_of_no_settlement",
    "drift": "price_drift",
    "meeting_value": "meeting_value",
    "talk_cost": "talk_cost",
    "patience": "patience",
    "ability": "leverage",
    "motive": "motive",
    "cost": "pressure_cost",
    "support": "support",
    "standing": "standing",
    "outside_option": "outside_option",
    "hazard": "hazard",
    "capability": "capability",
    "enforcement": "enforcement",
    "values": "value",
    "bonus": "linkage",
    "margin": "margin",
    "spent_by": "spent",
}
"""Key on the way to a number -> the quantity whose levels a codebook lists."""


def expand_levels(data: dict[str, Any], report: Report) -> dict[str, Any]:
    """The data with a distribution in place of each level; a problem for each level that has no meaning.

    Args:
        data: raw data of a scenario, changes applied.
        report: takes problems.

    Returns:
        A copy; the levels stay beside the distributions as a record.
    """
    books = _mapping(data.get("codebooks"))
    chosen = data.get("codebook")
    if chosen is None and books:
        chosen = next(iter(books))
        data = {**data, "codebook": chosen}
    if books and chosen not in books:
        report.add(("codebook",), "unknown codebook", seen=f"'{chosen}'", allowed=list(books), word=str(chosen))
        chosen = next(iter(books))  # so that the levels below it are no problems of their own
    walk = _Walk({name: _mapping(_mapping(book).get("levels")) for name, book in books.items()}, str(chosen), report)
    left_alone = ("codebooks", "overrides", "scenarios", "labels")
    return {key: part if key in left_alone else walk.expanded(part, (key,)) for key, part in data.items()}


class _Walk:
    """Goes through raw data; copies only what it changes."""

    def __init__(self, books: dict[str, dict[str, Any]], chosen: str, report: Report) -> None:
        self._books = books
        self._chosen = chosen
        self._report = report

    def expanded(self, part: Any, path: Path) -> Any:
        """The part with its levels expanded."""
        if not is_mapping(part):
            return part
        is_issue = path[0] == "issues" and len(path) == 2
        if isinstance(part.get("level"), str) and not is_issue:
            return self._one(part, path)
        found: dict[str, Any] = {key: self.expanded(child, (*path, key)) for key, child in part.items()}
        return found if any(found[key] is not part[key] for key in found) else part

    def _one(self, part: dict[str, Any], path: Path) -> dict[str, Any]:
        """A number with its level expanded; one that has a form already is of a resolved file and may change coding."""
        given = {kind: part[kind] for kind in KINDS if kind in part}
        if given and not self._books:
            return part
        quantity = next((QUANTITIES[key] for key in reversed(path) if key in QUANTITIES), "")
        form, problem = self._form(self._chosen, quantity, part)
        others = [self._form(name, quantity, part)[0] for name in self._books]
        if given and not any(_same(given, one) for one in others):
            message = "a number has a level or a distribution, not both"
            self._report.add(path, message, seen=" and ".join(("level", *given)), allowed="one of them")
        elif problem is not None:
            key, message, known = problem
            word = str(part.get(key))
            self._report.add((*path, key), message, seen=f"'{word}'", allowed=known, word=word)
        rest = {key: value for key, value in part.items() if key not in KINDS}
        return {**rest, **(form or {"value": 0.0})}

    def _form(
        self, book: str, quantity: str, part: dict[str, Any]
    ) -> tuple[dict[str, Any] | None, tuple[str, str, Collection[str]] | None]:
        """What a codebook gives a level, or what is wrong: key, message, what is allowed."""
        levels = _mapping(self._books.get(book, {}).get(quantity))
        level, spread = str(part["level"]), part.get("spread")
        if level not in levels:
            known = list(levels) or "a number, or a codebook that has levels of it"
            return None, ("level", f"no such level of {quantity or 'this number'} in the codebook", known)
        entry = _entry(levels[level])
        if any(kind in entry for kind in KINDS):
            if spread is not None:
                return None, ("spread", f"{quantity} {level} has one spread only", "no spread")
        elif spread is None and entry:
            entry = _entry(next(iter(entry.values())))
        elif spread not in entry:
            return None, ("spread", f"no such spread of {quantity} {level} in the codebook", list(entry))
        else:
            entry = _entry(entry[str(spread)])
        return {kind: entry[kind] for kind in KINDS if kind in entry}, None


def _same(given: dict[str, Any], form: dict[str, Any] | None) -> bool:
    """Whether two forms of a number are equal; lists and tuples alike."""
    if form is None or given.keys() != form.keys():
        return False
    return all(_plain(given[kind]) == _plain(form[kind]) for kind in given)


def _plain(form: object) -> object:
    return [float(part) for part in form] if is_list(form) else form


def _entry(data: object) -> dict[str, Any]:
    """An entry of a codebook as a mapping; a bare number is a constant, as everywhere in a file."""
    is_number = isinstance(data, int | float) and not isinstance(data, bool)
    return {"value": data} if is_number else _mapping(data)


def _mapping(data: object) -> dict[str, Any]:
    return data if is_mapping(data) else {}
