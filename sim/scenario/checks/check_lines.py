"""Sense checks of conditional red lines: the status quo crosses none, and deals can meet either side."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator

from sim.scenario.checks.places import Place
from sim.scenario.sampling.composites import (
    MAX_COMBINATIONS,
    Composite,
    Mask,
    build,
    line_parts,
)
from sim.scenario.schema.written import Condition, ConditionalLine, Rule

STATUS_QUO = "a red line cannot bar the status quo: it stands whoever dislikes it, and what it costs is a price"
"""Told of a line of either form."""


def check_lines(file: Place, rules: Collection[Rule], groups: Iterable[tuple[str, ...]]) -> None:
    """Notes the problems of every conditional line of a sound party, given the sound rules and the linked issues."""
    options = {key: tuple(issue.options) for key, issue in file.issues.items()}
    built: dict[tuple[str, ...], Composite] = {}
    for place, line in _conditional(file):
        spoken = [group for group in groups if set(group) & set(line.issues)]
        if _bars_status_quo(file, line):
            allowed = "a combination that the status quo is not, or price_of_no_settlement"
            (place / "if").note(STATUS_QUO, _told(line.when), allowed)
        elif all(math.prod(len(options[issue]) for issue in group) <= MAX_COMBINATIONS for group in spoken):
            for group in set(spoken) - set(built):
                built[group] = build(group, options, rules)
            _check_chances(place, line, [line_parts(line, options, built[group]) for group in spoken])


def _conditional(file: Place) -> Iterator[tuple[Place, ConditionalLine]]:
    """Every conditional line that names only what is there; what is not is told with the party."""
    for party, record in file.parties.items():
        for key, line in record.red_lines.items():
            if isinstance(line, ConditionalLine) and _sound(file, line):
                yield file / "parties" / party / "red_lines" / key, line


def _check_chances(place: Place, line: ConditionalLine, met: list[tuple[Mask, Mask]]) -> None:
    """Whether deals can meet `if`, with and without `unless`, by the rules; `met` is what `line_parts` says."""
    if not all(when.any() for when, _ in met):
        message = "the rules exclude this combination: no deal can meet it"
        (place / "if").note(message, _told(line.when), "what the rules leave a chance")
    elif line.unless is None:
        return
    elif not all((when & unless).any() for when, unless in met):
        message = "nothing makes the line good: the rules exclude this together with `if`"
        (place / "unless").note(message, _told(line.unless), "what can stand together with `if`, or no `unless`")
    elif not any((when & ~unless).any() for when, unless in met):
        message = "the line bars nothing: every deal that meets `if` meets this too"
        (place / "unless").note(message, _told(line.unless), "what such a deal may fail to meet")


def _sound(file: Place, line: ConditionalLine) -> bool:
    asked = [*line.when.items(), *(line.unless or {}).items()]
    return all(issue in file.issues and {*names} <= {*file.issues[issue].options} for issue, names in asked)


def _bars_status_quo(file: Place, line: ConditionalLine) -> bool:
    """Whether the deal in which every issue stays as it is crosses the line."""
    when, unless = (_stands(file, condition) for condition in (line.when, line.unless or {}))
    return when and not (unless and line.unless is not None)


def _stands(file: Place, condition: Condition) -> bool:
    return all(file.issues[issue].status_quo in names for issue, names in condition.items())


def _told(condition: Condition) -> str:
    return ", ".join(f"{issue}: {' or '.join(names)}" for issue, names in condition.items())
