"""Options of a numeric issue made from its scale: points in steps, and the positions that parties want.

A file may leave the options of a numeric issue out and give its scale a `grid`. The options are made before anything
else is read, so that all that follows sees them as if they were written. A resolved file shows them beside the grid,
and there they are made again, so that a change of the grid reaches them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sim.scenario.schema.shape import note_errors
from sim.scenario.schema.written import Grid, Issue
from sim.scenario.source.problems import Path, Report, show
from sim.scenario.source.yaml_text import is_mapping, mapping_of

DECIDED = "as_it_is"
"""Id of the option that writes the status quo into the text."""
_DIGITS = 10
"""Significant digits of a position; far below what an option can mean, above the noise of adding steps."""


def plain(value: float) -> str:
    """A number as short as it can be without losing anything: `30`, `9.5`."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def option_id(position: float) -> str:
    """Id of the option at a position: `p30`, `p7_5`, `m2` for -2."""
    sign = "m" if position < 0 else "p"
    return sign + plain(abs(position)).replace(".", "_").replace("e-", "e_").replace("+", "")


def in_units(position: float, unit: str) -> str:
    """A position as people say it: `9.5 years`, `30 % of the fleet`; the number alone where there is no unit."""
    return f"{plain(position)} {unit}".strip()


def told_in_units(name: str, position: float, unit: str) -> str:
    """A label with its position in units after it, unless it holds the number or there is no unit."""
    shown = re.search(rf"(?<![\w.]){re.escape(plain(position))}(?![\w]|\.\d)", name)
    return name if shown or not unit else f"{name} ({in_units(position, unit)})"


def decided_name(position: float, unit: str) -> str:
    """Name of the option that writes the status quo into the text."""
    return f"{in_units(position, unit)}, decided as it is"


def expand_grids(data: dict[str, Any], report: Report) -> dict[str, Any]:
    """The data, changes applied, with options, positions and status quo written out for every issue with a grid.

    Options stand in ascending order, with ids from their positions (`option_id`) and names in units. On a core issue,
    and on one that ends the price of no settlement, all of them settle but the status quo; a core issue has one more,
    `DECIDED`, that settles it by writing the status quo into the text. The status quo is an option wherever it lies. A
    ScenarioError where a grid makes no options, or there are others beside it.
    """
    issues = {key: _expanded(data, key, report) for key in issues_with_grid(data)}
    if any(issue is None for issue in issues.values()):
        report.stop_if_any()
    return {**data, "issues": {**data["issues"], **issues}} if issues else data


def without_made(data: dict[str, Any]) -> dict[str, Any]:
    """The data without the options that its grids make of it, as in a resolved file; other options stay.

    To be taken away before changes are applied, so that options are made of the changed grid.
    """
    bare: dict[str, Any] = {}
    for key in issues_with_grid(data):
        issue: dict[str, Any] = data["issues"][key]
        positions: object = issue["scale"].get("positions")
        if "options" not in issue or not is_mapping(positions):
            continue
        quo = str(issue.get("status_quo"))
        scale = {name: part for name, part in issue["scale"].items() if name != "positions"}
        slim: dict[str, Any] = {name: part for name, part in issue.items() if name != "options"}
        slim |= {"scale": scale, "status_quo": positions.get(quo, quo)}
        again = _expanded({**data, "issues": {key: slim}}, key, Report(""))
        if again is not None and _same(issue, again):
            bare[key] = slim
    return {**data, "issues": {**data["issues"], **bare}} if bare else data


def issues_with_grid(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the issues whose scale has a grid."""
    issues = mapping_of(data.get("issues"))
    return tuple(key for key, issue in issues.items() if "grid" in mapping_of(mapping_of(issue).get("scale")))


def _same(written: dict[str, Any], expanded: dict[str, Any]) -> bool:
    """Whether an issue has just the options that its grid makes, defaults written out or not."""
    try:
        return Issue.model_validate(written) == Issue.model_validate({**written, **expanded})
    except ValidationError:
        return False


def _expanded(data: dict[str, Any], key: str, report: Report) -> dict[str, Any] | None:
    """An issue with its options written out; None, and a problem, where they cannot be made."""
    issue: dict[str, Any] = data["issues"][key]
    scale: dict[str, Any] = issue["scale"]
    path: Path = ("issues", key)
    try:
        grid = Grid.model_validate(scale["grid"])
    except ValidationError as error:
        note_errors(error, (*path, "scale", "grid"), Grid, report)
        return None
    for where, given in (("options",), issue.get("options")), (("scale", "positions"), scale.get("positions")):
        if given is not None:
            seen = show(", ".join(map(str, given)) if is_mapping(given) else given)
            message = "options and positions are written or made by the grid, not both"
            report.add((*path, *where), message, seen, "no grid, or neither of them")
            return None
    home = _number(issue.get("status_quo"))
    points = _points(grid, _ideals(data, key), home)
    if len(points) < 2:
        seen, allowed = ", ".join(map(plain, points)) or "none", "at least two different positions"
        report.add((*path, "scale", "grid"), "the grid makes too few options", seen, allowed)
        return None
    return {**issue, **_written(issue, points, home)}


def _written(issue: dict[str, Any], points: list[float], home: float | None) -> dict[str, Any]:
    unit: object = issue["scale"].get("unit")
    unit = unit if isinstance(unit, str) else ""
    quo = issue.get("status_quo") if home is None else option_id(home)
    settling = issue.get("level") == "core" or issue.get("ends_price") is True
    positions = {option_id(point): point for point in points}
    options: dict[str, Any] = {
        name: {"name": in_units(point, unit), **({"settles": True} if settling and name != quo else {})}
        for name, point in positions.items()
    }
    if issue.get("level") == "core" and isinstance(quo, str) and quo in positions:
        positions[DECIDED] = positions[quo]
        options[DECIDED] = {"name": decided_name(positions[quo], unit), "settles": True}
    stands = {} if home is None else {"status_quo": quo}
    return {**stands, "options": options, "scale": {**issue["scale"], "positions": positions}}


def _points(grid: Grid, ideals: list[float], home: float | None) -> list[float]:
    """Positions of the options, ascending, each once."""
    low = -math.inf if grid.start is None else grid.start
    high = math.inf if grid.to is None else grid.to
    points = [] if home is None else [home]
    if grid.step is not None:
        steps = math.floor((high - low) / grid.step + 1e-9)
        digits = _DIGITS - math.ceil(math.log10(max(abs(low), abs(high))))
        points += [low, high, *(round(low + grid.step * k, digits) for k in range(steps + 1))]
    if grid.include is not None:
        points += [ideal for ideal in ideals if low <= ideal <= high]
    return sorted({_rounded(point) for point in points})


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}") + 0.0


def _ideals(data: dict[str, Any], issue: str) -> list[float]:
    entries = [mapping_of(mapping_of(party).get("values")) for party in mapping_of(data.get("parties")).values()]
    ideals: list[Any] = [mapping_of(values.get(issue)).get("ideal") for values in entries]
    numbers = [_number(ideal.get("value") if is_mapping(ideal) else ideal) for ideal in ideals]
    return [number for number in numbers if number is not None]


def _number(value: object) -> float | None:
    """A finite number of the file; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return _rounded(float(value))
