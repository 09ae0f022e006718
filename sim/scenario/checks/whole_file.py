"""Sense checks of a scenario whose parts have the right shape."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from sim.scenario.checks.check_formats import (
    check_formats,
    check_history,
    check_labels,
    check_names,
    check_shocks,
    check_tracks,
)
from sim.scenario.checks.check_lines import check_lines
from sim.scenario.checks.check_parties import check_parties
from sim.scenario.checks.places import Place
from sim.scenario.sampling import composites
from sim.scenario.sampling.distributions import describe, parameters, support
from sim.scenario.schema.numbers import NUMBER_MARKS, Number
from sim.scenario.schema.priors import limits_of, may_be_infinite
from sim.scenario.schema.resolved import walk_numbers
from sim.scenario.schema.shape import Draft
from sim.scenario.schema.written import Issue, Option, Rule
from sim.scenario.source.problems import Path, Report

Options = dict[str, tuple[str, ...]]
SMALLEST, LARGEST = 1e-15, 1e15
"""In size, of numbers but 0: beyond these, sums and ratios of numbers lose all digits or overflow."""


_CONTENT = frozenset({"parties", "formats", "shocks", "behaviour"})
"""Sections in which a change below an id leaves every id of the file as it was."""
_OF_TALKS = frozenset({"linkages", "red_lines", "bloc", "behaviour", "capability"})
"""Of a party, what the checks of composites, lines and formats look at."""


def check(draft: Draft, report: Report, *, only: Collection[Path] | None = None) -> None:
    """Notes every problem of sense in the sound parts of a draft.

    `only` are paths that changed, when the rest is known to be sound: what they cannot touch is not looked at again.
    """
    file = Place(draft, report)
    sections = {path[0] for path in only or ()}
    changed = None if only is None or any(len(path) < 2 for path in only) else tuple(only)
    everything = changed is None or not sections <= _CONTENT
    _check_all_numbers(file, changed)
    if everything or sections - {"behaviour"}:
        _check_talks(file, changed if changed is not None and sections == {"parties"} else None)
    if everything or "behaviour" in sections:
        _check_core_switch(file)
    if everything:
        check_tracks(file)
        check_names(file)
        check_history(file)
        check_labels(file)
    if only is None or "shocks" in sections:
        check_shocks(file)


def _check_talks(file: Place, only: Collection[Path] | None) -> None:
    """Issues, rules, parties and formats; `only` are paths below parties, where nothing else has changed."""
    if only is None:
        for key, issue in file.issues.items():
            _check_issue(file / "issues" / key, key, issue)
    sound_links = check_parties(file, None if only is None else {path[1] for path in only})
    if only is not None and all(len(path) > 2 and path[2] not in _OF_TALKS for path in only):
        return
    sound_rules = _check_rules(file)
    groups: list[tuple[str, ...]] = []
    if not file.draft.broken.get("issues"):
        groups = _check_composites(file, sound_rules, sound_links)
        check_lines(file, sound_rules.values(), groups)
    check_formats(file, groups)


def _check_all_numbers(file: Place, only: Collection[Path] | None) -> None:
    """The range and the sources of every number; `only` are paths that changed."""
    draft = file.draft
    parts: list[tuple[Path, object]] = [
        ((section, key), part)
        for section in ("issues", "parties", "formats", "shocks")
        for key, part in draft.sound(section).items()
    ]
    parts.append((("behaviour",), draft.behaviour))
    for top, part in parts:
        paths = None if only is None else [path for path in only if path[: len(top)] == top]
        if paths is None or paths:
            _check_numbers(replace(file, path=top), part, paths)


def _check_numbers(file: Place, part: object, only: list[Path] | None) -> None:
    for path, number in walk_numbers(part, file.path):
        if only is None or any(path[: len(one)] == one[: len(path)] for one in only):
            _check_range(replace(file, path=path), number)
            _check_basis(replace(file, path=path), number)


def _check_range(place: Place, number: Number) -> None:
    low, high = support(number)
    limits = limits_of(place.path)
    endless = math.isinf(low) or math.isinf(high)
    if endless and number.kind == "value" and not may_be_infinite(place.path):
        place.note("the number is not finite", describe(number), "a finite number")
    elif any(math.isfinite(part) and abs(part) > LARGEST for part in parameters(number)):
        place.note("the number is too large to be computed with", describe(number), f"at most {LARGEST:g} in size")
    elif any(0 < abs(part) < SMALLEST for part in parameters(number)):
        place.note(
            "the number is too small to be told from 0", describe(number), f"0, or {SMALLEST:g} and more in size"
        )
    elif not limits.holds(low, high):
        reach = "" if number.kind == "value" else f", which reaches from {low:g} to {high:g}"
        place.note("out of range", f"{describe(number)}{reach}", str(limits))


def _check_basis(place: Place, number: Number) -> None:
    if number.basis != "assumed" and not number.sources:
        message = f"a number with basis '{number.basis}' needs a source"
        (place / "sources").note(message, "no sources", "claim ids, or basis: assumed")
    if "behaviour" in place.path or "references" not in place.draft.parts:
        return  # behavioural constants cite the literature in words
    if place.draft.whole is None or place.draft.whole.references is not None:
        (place / "sources").cites(number.sources)


def _check_issue(place: Place, key: str, issue: Issue) -> None:
    for option, entry in issue.options.items():
        here = place / "options" / option
        if option in NUMBER_MARKS:
            allowed = "any other id than " + ", ".join(NUMBER_MARKS)
            here.note("this id is a word of the number format", f"'{option}'", allowed)
        for party in entry.enforcement:
            (here / "enforcement" / party).party(party)
        for party in (here / "guarantors").once("a party", entry.guarantors):
            (here / "guarantors").party(party)
        if entry.guarantors and option == issue.status_quo:
            seen = ", ".join(entry.guarantors)
            (here / "guarantors").note("the status quo needs no guarantor", seen, "guarantors of other options")
        _check_interim(here, option, entry, issue=issue)
    _check_settling(place, key, issue)
    _check_scale(place, issue)


def _check_interim(here: Place, option: str, entry: Option, *, issue: Issue) -> None:
    """An option that lapses: not the status quo, and no settlement unless it lasts as long as a text is watched."""
    whole = here.draft.whole
    lasts = entry.lasts
    if lasts is not None and option == issue.status_quo:
        (here / "lasts").note("the status quo does not lapse", f"{lasts} months", "lasts on other options")
    elif lasts is not None and entry.settles and whole is not None and lasts < whole.horizon_months:
        allowed = f"halts: true, or lasts: {whole.horizon_months} (the horizon) and more"
        (here / "settles").note("an option that lapses settles nothing", f"true, and lasts: {lasts}", allowed)
    if entry.then is not None and lasts is None:
        (here / "then").note("only what lapses leaves something after it", f"'{entry.then}'", "with lasts: months")
    if entry.halts and option == issue.status_quo:
        (here / "halts").note("the status quo cannot stop the price", "true", "halts on other options")
    elif entry.halts and entry.settles:
        (here / "halts").note("an option that settles stops the price anyhow", "true", "one of settles and halts")
    elif entry.halts and not issue.ends_price:
        (here / "halts").note("the issue ends no price that could halt", "true", "ends_price: true on the issue")


def _check_settling(place: Place, key: str, issue: Issue) -> None:
    """What settles an issue: on core issues and those that end the price something but the status quo, else nothing."""
    options = place / "options"
    settling = [option for option, entry in issue.options.items() if entry.settles]
    if (place / "status_quo").option(key, issue.status_quo) and issue.status_quo in settling:
        allowed = "a codifying option of its own that settles"
        (options / issue.status_quo / "settles").note("the status quo cannot settle", "true", allowed)
    if issue.level != "core" and not issue.ends_price:
        for option in settling:
            message = f"an issue of level {issue.level} cannot settle"
            allowed = "only core issues, or those that end the price"
            (options / option / "settles").note(message, "true", allowed)
    elif not settling and (issue.level == "core" or not any(entry.halts for entry in issue.options.values())):
        what = "a core issue" if issue.level == "core" else "an issue that ends the price"
        options.note(f"{what} needs a settling option", "none", "settles: true on at least one")


def _check_scale(place: Place, issue: Issue) -> None:
    if issue.scale is None:
        return
    here, positions = place / "scale" / "positions", issue.scale.positions
    for option in positions:
        (here / option).reference(f"option of issue '{place.path[1]}'", option, list(issue.options))
    missing = [option for option in issue.options if option not in positions]
    if missing:
        here.note("an option has no position", f"none for {', '.join(missing)}", "one per option")
    elif len(set(positions.values())) == 1:
        here.note("all positions are the same", "a range of 0", "at least two positions")


def _check_rules(file: Place) -> dict[str, Rule]:
    """Checks the names in feasibility rules; returns the rules that are sound."""
    sound: dict[str, Rule] = {}
    rules: dict[str, Rule] = file.draft.sound("rules")
    for key, rule in rules.items():
        place, parts = file / "rules" / key, rule.excludes or ()
        fine = [(place / "excludes" / str(i)).condition(condition) for i, condition in enumerate(parts)]
        if rule.needs is not None:
            fine = [(place / "needs" / "if").condition(rule.needs.when)]
            fine.append((place / "needs" / "then").condition(rule.needs.then))
        elif sum(map(len, parts)) < 2:
            (place / "excludes").note("a rule excludes a combination", "one part", "at least two parts")
            fine.append(False)
        if all(fine):
            sound[key] = rule
    return sound


def _check_composites(file: Place, rules: dict[str, Rule], links: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Feasible status quo, sizes, and options that the sound rules leave out; returns the groups of linked issues."""
    options = {key: tuple(issue.options) for key, issue in file.issues.items()}
    groups = composites.groups(tuple(options), composites.joined_issues(rules.values(), links))
    for group in groups:
        n_all = math.prod(len(options[issue]) for issue in group)
        if n_all > composites.MAX_COMBINATIONS:
            _note_size(file, group, f"{n_all} combinations before the rules")
            continue
        inside = {key: rule for key, rule in rules.items() if set(composites.issues_of_rule(rule)) <= set(group)}
        if len(group) == 1 and not inside:
            continue
        composite = composites.build(group, options, inside.values())
        if len(composite.combos) > composites.MAX_OPTIONS:
            _note_size(file, group, f"{len(composite.combos)} feasible combinations")
        if _status_quo_stands(file, group, options, inside):
            _note_unreachable(file, options, composite)
    return groups


def _note_size(file: Place, group: tuple[str, ...], seen: str) -> None:
    message = f"linkages and rules tie together {len(group)} issues with too many combinations: {', '.join(group)}"
    (file / "issues").note(message, seen, f"at most {composites.MAX_OPTIONS}; drop a linkage or an option")


def _status_quo_stands(file: Place, group: tuple[str, ...], options: Options, rules: dict[str, Rule]) -> bool:
    """Whether no rule forbids that all issues of the group stay as they are."""
    quo = {issue: file.issues[issue].status_quo for issue in group}
    if any(name not in options[issue] for issue, name in quo.items()):
        return False
    combo = np.array([[options[issue].index(name) for issue, name in quo.items()]], dtype=np.int64)
    broken = [key for key, rule in rules.items() if composites.violates(rule, options, group, combo)[0]]
    for key in broken:
        seen = ", ".join(f"{issue}: {name}" for issue, name in quo.items())
        (file / "rules" / key).note("the status quo breaks this rule", seen, "rules that it meets")
    return not broken


def _note_unreachable(file: Place, options: Options, composite: composites.Composite) -> None:
    for issue in composite.issues:
        reached = set(composite.column(issue).tolist())
        for index, option in enumerate(options[issue]):
            if index not in reached:
                message = "nobody can reach this option: the rules exclude it in every combination"
                (file / "issues" / issue / "options" / option).note(message, allowed="rules that leave it a chance")


def _check_core_switch(file: Place) -> None:
    behaviour = file.draft.behaviour
    core = None if behaviour is None else behaviour.rules.core
    if core is None or core == "all" or core in file.draft.broken.get("issues", ()):
        return
    choices = ["all", *(key for key, issue in file.issues.items() if issue.level == "core")]
    (file / "behaviour" / "rules" / "core").reference("core issue", core, choices)
