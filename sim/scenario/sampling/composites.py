"""Groups of linked issues, and the combinations of their options that the rules allow.

A composite is a connected component of issues joined by linkages or feasibility rules. Its options are the feasible
combinations, in the order of the file (last issue fastest), so whatever joins issues is settled inside one composite
and a deal is free to pick one option per composite.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.written import Condition, ConditionalLine, Rule
from sim.types.arrays import Ints

Mask = NDArray[np.bool_]
MAX_OPTIONS = 4096
MAX_COMBINATIONS = 4096 * 256


@dataclass(frozen=True)
class Composite:
    """One group: its issues by id, and per feasible combination the option index of each [n, k]."""

    issues: tuple[str, ...]
    combos: Ints

    def column(self, issue: str) -> Ints:
        """Option index of `issue` in each combination."""
        return self.combos[:, self.issues.index(issue)]


def groups(issues: Sequence[str], joined: Iterable[Iterable[str]]) -> list[tuple[str, ...]]:
    """Connected components of `issues` under `joined`, each and all in file order."""
    root = {issue: issue for issue in issues}

    def find(issue: str) -> str:
        while root[issue] != issue:
            root[issue] = root[root[issue]]
            issue = root[issue]
        return issue

    for names in joined:
        first, *rest = names
        for name in rest:
            root[find(name)] = find(first)
    members: dict[str, list[str]] = {}
    for issue in issues:
        members.setdefault(find(issue), []).append(issue)
    return [tuple(group) for group in members.values()]


def issues_of_rule(rule: Rule) -> tuple[str, ...]:
    """Issues that a rule speaks of, each once."""
    if rule.needs is not None:
        return tuple(dict.fromkeys([*rule.needs.when, *rule.needs.then]))
    return tuple(dict.fromkeys(issue for condition in rule.excludes or () for issue in condition))


def meets(condition: Condition, options: Mapping[str, Sequence[str]], composite: tuple[str, ...], combos: Ints) -> Mask:
    """Per combination, whether every issue of `condition` stands at one of the options named there."""
    met = np.ones(len(combos), dtype=np.bool_)
    for issue, names in condition.items():
        met &= np.isin(combos[:, composite.index(issue)], [options[issue].index(name) for name in names])
    return met


def part_of(condition: Condition | None, composite: tuple[str, ...]) -> Condition:
    """What a condition asks of the issues of a composite; nothing, where it speaks of none of them."""
    return {issue: names for issue, names in (condition or {}).items() if issue in composite}


def line_parts(line: ConditionalLine, options: Mapping[str, Sequence[str]], composite: Composite) -> tuple[Mask, Mask]:
    """Per combination, whether what `if` asks of this composite stands, and what `unless` asks; nothing asked, it does.

    Of a line that nothing makes good the second is false everywhere.
    """
    issues, combos = composite.issues, composite.combos
    when = meets(part_of(line.when, issues), options, issues, combos)
    if line.unless is None:
        return when, np.zeros_like(when)
    return when, meets(part_of(line.unless, issues), options, issues, combos)


def violates(rule: Rule, options: Mapping[str, Sequence[str]], composite: tuple[str, ...], combos: Ints) -> Mask:
    """Per combination, whether it breaks `rule`."""
    if rule.needs is not None:
        when = meets(rule.needs.when, options, composite, combos)
        return when & ~meets(rule.needs.then, options, composite, combos)
    together = np.ones(len(combos), dtype=np.bool_)
    for condition in rule.excludes or ():
        together &= meets(condition, options, composite, combos)
    return together


def build(group: tuple[str, ...], options: Mapping[str, Sequence[str]], rules: Iterable[Rule]) -> Composite:
    """The composite of a group: all combinations but those that a rule forbids."""
    sizes = tuple(len(options[issue]) for issue in group)
    combos = np.indices(sizes, dtype=np.int64).reshape(len(sizes), -1).T
    keep = np.ones(len(combos), dtype=np.bool_)
    for rule in rules:
        if set(issues_of_rule(rule)) <= set(group):
            keep &= ~violates(rule, options, group, combos)
    return Composite(group, np.ascontiguousarray(combos[keep]))


def joined_issues(rules: Iterable[Rule], linkages: Iterable[Iterable[str]]) -> list[tuple[str, ...]]:
    """The sets of issues that rules and linkages tie together."""
    tied = [issues_of_rule(rule) for rule in rules] + [tuple(linkage) for linkage in linkages]
    return [names for names in tied if names]
