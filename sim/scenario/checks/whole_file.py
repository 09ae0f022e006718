"""Sense checks of a scenario whose parts have the right shape."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np

from sim.scenario.checks.check_formats import check_formats, check_names, check_shocks
from sim.scenario.checks.check_labels import check_labels
from sim.scenario.checks.check_parties import check_parties
from sim.scenario.checks.check_tracks import check_tracks
from sim.scenario.checks.references import Known
from sim.scenario.sampling import composites
from sim.scenario.sampling.distributions import describe, support
from sim.scenario.schema.limits import limits_of, may_be_infinite
from sim.scenario.schema.numbers import NUMBER_MARKS, Number
from sim.scenario.schema.resolved import walk_numbers
from sim.scenario.schema.shape import Draft
from sim.scenario.schema.written import Rule
from sim.scenario.schema.written_issues import Issue
from sim.scenario.source.errors import Path, Report


def check(draft: Draft, report: Report, *, only: Collection[Path] | None = None) -> None:
    """Notes every problem of sense in the sound parts of a draft.

    Args:
        draft: what was read.
        report: where problems go.
        only: paths that changed, when the rest is known to be sound: numbers elsewhere are not looked at again.
    """
    known = Known(draft, report)
    _check_numbers(known, None if only is None else {path[:2] for path in only})
    for key, issue in known.issues.items():
        _check_issue(key, issue, known)
    sound_rules = _check_rules(known)
    sound_links = check_parties(known)
    groups: list[tuple[str, ...]] = []
    if not draft.broken.get("issues"):
        groups = _check_composites(known, sound_rules, sound_links)
    check_formats(known, groups)
    check_tracks(known)
    if only is None or any(path[0] == "shocks" for path in only):
        check_shocks(known)
    check_names(known)
    check_labels(known)
    _check_core_switch(known)


def _check_numbers(known: Known, only: set[Path] | None) -> None:
    """Ranges, basis and sources of every number in the sound parts."""
    references = known.draft.sound("references")
    for section in ("issues", "parties", "formats", "shocks"):
        for key, part in known.draft.sound(section).items():
            if only is not None and (section, key) not in only:
                continue
            for path, number in walk_numbers(part, (section, key)):
                _check_range(path, number, known.report)
                _check_basis(path, number, known, references)
    if known.draft.behaviour is not None:
        for path, number in walk_numbers(known.draft.behaviour, ("behaviour",)):
            _check_range(path, number, known.report)
            _check_basis(path, number, known, references)


def _check_range(path: Path, number: Number, report: Report) -> None:
    low, high = support(number)
    limits = limits_of(path)
    endless = math.isinf(low) or math.isinf(high)
    if endless and number.kind == "value" and not may_be_infinite(path):
        report.add(path, "the number is not finite", seen=describe(number), allowed="a finite number")
    elif not limits.holds(low, high):
        reach = "" if number.kind == "value" else f", which reaches from {low:g} to {high:g}"
        report.add(path, "out of range", seen=f"{describe(number)}{reach}", allowed=str(limits))


def _check_basis(path: Path, number: Number, known: Known, references: dict[str, object]) -> None:
    if number.basis != "assumed" and not number.sources:
        message = f"a number with basis '{number.basis}' needs a source"
        known.report.add((*path, "sources"), message, seen="no sources", allowed="claim ids, or basis: assumed")
    if "behaviour" in path or ("references" not in known.draft.parts and not references):
        return  # behavioural constants cite the literature in words
    if known.draft.whole is not None and known.draft.whole.references is None:
        return
    for source in number.sources:
        if source not in known.draft.ids("references"):
            known.reference((*path, "sources"), "source", source, known.draft.ids("references"))


def _check_issue(key: str, issue: Issue, known: Known) -> None:
    path, report = ("issues", key), known.report
    for option in issue.options:
        if option in NUMBER_MARKS:
            allowed = "any other id than " + ", ".join(NUMBER_MARKS)
            report.add(
                (*path, "options", option),
                "this id is a word of the number format",
                seen=f"'{option}'",
                allowed=allowed,
            )
        for party in issue.options[option].enforcement:
            known.party((*path, "options", option, "enforcement", party), party)
        _check_guarantors((*path, "options", option, "guarantors"), issue, known)
    settling = [option for option, entry in issue.options.items() if entry.settles]
    if known.option((*path, "status_quo"), key, issue.status_quo) and issue.status_quo in settling:
        allowed = "a codifying option of its own that settles"
        report.add(
            (*path, "options", issue.status_quo, "settles"),
            "the status quo cannot settle",
            seen="true",
            allowed=allowed,
        )
    if issue.level != "core" and not issue.ends_price:
        for option in settling:
            where = (*path, "options", option, "settles")
            allowed = "only core issues, or those that end the price"
            report.add(where, f"an issue of level {issue.level} cannot settle", seen="true", allowed=allowed)
    if not settling and (issue.level == "core" or issue.ends_price):
        what = "a core issue" if issue.level == "core" else "an issue that ends the price"
        report.add(
            (*path, "options"), f"{what} needs a settling option", seen="none", allowed="settles: true on at least one"
        )
    _check_scale(path, issue, known)


def _check_guarantors(path: Path, issue: Issue, known: Known) -> None:
    """Guarantors that exist, each once, of something that is to change."""
    option = path[-2]
    named = issue.options[option].guarantors
    for party in dict.fromkeys(named):
        known.party(path, party)
        if named.count(party) > 1:
            known.report.add(path, "a party is named twice", seen=f"'{party}'", allowed="each party once")
    if named and option == issue.status_quo:
        allowed = "guarantors of other options"
        known.report.add(path, "the status quo needs no guarantor", seen=", ".join(named), allowed=allowed)


def _check_scale(path: Path, issue: Issue, known: Known) -> None:
    if issue.scale is None:
        return
    where = (*path, "scale", "positions")
    for option in issue.scale.positions:
        known.reference((*where, option), f"option of issue '{path[1]}'", option, list(issue.options))
    missing = [option for option in issue.options if option not in issue.scale.positions]
    if missing:
        known.report.add(
            where, "an option has no position", seen=f"none for {', '.join(missing)}", allowed="one per option"
        )
    elif len(set(issue.scale.positions.values())) == 1:
        known.report.add(where, "all positions are the same", seen="a range of 0", allowed="at least two positions")


def _check_rules(known: Known) -> set[str]:
    """Checks the names in feasibility rules; returns the rules that are sound."""
    sound: set[str] = set()
    for key, rule in known.draft.sound("rules").items():
        path = ("rules", key)
        if rule.needs is not None:
            fine = [
                known.condition((*path, "needs", "if"), rule.needs.when),
                known.condition((*path, "needs", "then"), rule.needs.then),
            ]
        else:
            fine = [known.condition((*path, "excludes", str(i)), one) for i, one in enumerate(rule.excludes)]
            if sum(len(one) for one in rule.excludes) < 2:
                known.report.add(
                    (*path, "excludes"), "a rule excludes a combination", seen="one part", allowed="at least two parts"
                )
                fine.append(False)
        if all(fine):
            sound.add(key)
    return sound


def _check_composites(known: Known, sound_rules: set[str], links: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Feasible status quo, sizes, and options that the rules leave out; returns the groups of linked issues."""
    rules = {key: rule for key, rule in known.draft.sound("rules").items() if key in sound_rules}
    options = {key: tuple(issue.options) for key, issue in known.issues.items()}
    tied = composites.joined_issues(rules.values(), links)
    groups = composites.groups(tuple(options), tied)
    for group in groups:
        n_all = composites.n_combinations(group, options)
        if n_all > composites.MAX_COMBINATIONS:
            _note_size(group, f"{n_all} combinations before the rules", known.report)
            continue
        if len(group) == 1 and not any(set(composites.issues_of_rule(rule)) <= set(group) for rule in rules.values()):
            continue
        one = composites.build(group, options, rules.values())
        if len(one.combos) > composites.MAX_OPTIONS:
            _note_size(group, f"{len(one.combos)} feasible combinations", known.report)
        if _status_quo_stands(group, options, rules, known):
            _note_unreachable(group, options, one, known.report)
    return groups


def _note_size(group: tuple[str, ...], seen: str, report: Report) -> None:
    message = f"linkages and rules tie together {len(group)} issues with too many combinations: {', '.join(group)}"
    report.add(
        ("issues",), message, seen=seen, allowed=f"at most {composites.MAX_OPTIONS}; drop a linkage or an option"
    )


def _status_quo_stands(
    group: tuple[str, ...], options: dict[str, tuple[str, ...]], rules: dict[str, Rule], known: Known
) -> bool:
    """Whether no rule forbids that all issues of the group stay as they are."""
    quo = [known.issues[issue].status_quo for issue in group]
    if any(name not in options[issue] for name, issue in zip(quo, group, strict=True)):
        return False
    combo = np.array([[options[issue].index(name) for name, issue in zip(quo, group, strict=True)]], dtype=np.int64)
    stands = True
    for key, rule in rules.items():
        if set(composites.issues_of_rule(rule)) <= set(group) and composites.violates(rule, options, group, combo)[0]:
            seen = ", ".join(f"{issue}: {name}" for issue, name in zip(group, quo, strict=True))
            known.report.add(
                ("rules", key), "the status quo breaks this rule", seen=seen, allowed="rules that it meets"
            )
            stands = False
    return stands


def _note_unreachable(
    group: tuple[str, ...], options: dict[str, tuple[str, ...]], one: composites.Composite, report: Report
) -> None:
    for issue in group:
        reached = set(one.column(issue).tolist())
        for index, option in enumerate(options[issue]):
            if index not in reached:
                where = ("issues", issue, "options", option)
                report.add(
                    where,
                    "nobody can reach this option: the rules exclude it in every combination",
                    allowed="rules that leave it a chance",
                )


def _check_core_switch(known: Known) -> None:
    behaviour = known.draft.behaviour
    core = None if behaviour is None else behaviour.rules.core
    if core is None or core == "all" or core in known.draft.broken.get("issues", ()):
        return
    choices = ["all", *(key for key, issue in known.issues.items() if issue.level == "core")]
    known.reference(("behaviour", "rules", "core"), "core issue", core, choices)
