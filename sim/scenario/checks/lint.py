"""Things worth a second look in a sound scenario: nothing here keeps it from running."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.scenario.checks.plausibility import nothing_to_gain, same_names, unlikely_numbers, weightless_after_shocks
from sim.scenario.preparation.labels import names_in, unlabelled
from sim.scenario.sampling.composites import line_parts
from sim.scenario.sampling.distributions import describe
from sim.scenario.sampling.idle_numbers import idle
from sim.scenario.sampling.layout import Layout
from sim.scenario.schema.numbers import DEFAULT_NOTE
from sim.scenario.schema.priors import SHARED_NOTE
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.written import ConditionalLine, RedLine
from sim.scenario.source.problems import Problem
from sim.scenario.source.yaml_text import is_list, is_mapping, is_row


def warnings_of(resolved: ResolvedScenario, *, file: str = "") -> tuple[Problem, ...]:
    """Warnings about a sound scenario from a file of that name, as problems without a line."""
    rules = (_without_core, _assumed, _out_of_reach, _without_a_seat, _status_quo_lines)
    rules += (_unpaid_lines, _closed_interim_options, _divided_blocs, _divided_composites, _idle, _unlabelled)
    rules += (same_names, unlikely_numbers, nothing_to_gain, weightless_after_shocks)
    warnings = [warning for rule in rules for warning in rule(resolved)]
    return tuple(Problem(file, None, path, seen, "", message) for path, message, seen in warnings)


def _without_core(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    levels = dict.fromkeys(issue.level for issue in resolved.issues.values())
    if "core" not in levels:
        message = "no issue is core, so nothing that is agreed counts as a settlement: 0% in every format"
        yield "issues", message, f"level: {', '.join(levels)}"


def _assumed(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    unread = idle(resolved)
    counted = [number for path, number in resolved.numbers.items() if path not in unread]
    given = [number for number in counted if number.note not in (DEFAULT_NOTE, SHARED_NOTE)]
    assumed = [number for number in given if number.basis == "assumed"]
    if assumed:
        constants = sum(number.kind == "value" for number in assumed)
        seen = f"{len(assumed)} of {len(given)}, {constants} of them constants"
        yield "", "numbers of the file rest on an assumption, not on a source", seen


def _out_of_reach(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    layout = Layout(resolved)
    for composite in layout.composites:
        reach = np.any([layout.on_agenda(row, composite) for row in range(len(resolved.formats))], axis=0)
        for issue in composite.issues:
            reached = set(composite.column(issue)[reach].tolist())
            missing = [option for index, option in enumerate(layout.options[issue]) if index not in reached]
            if missing:
                yield f"issues.{issue}", "no format's agenda can reach these options", ", ".join(missing)


def _closed_interim_options(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    whole = resolved.behaviour.rules.single_undertaking
    counted = resolved.behaviour.rules.core
    for key, issue in resolved.issues.items():
        formats = [talks for talks in resolved.formats.values() if key in talks.agenda.issues]
        single = whole and formats and all(talks.harvest == "all_or_nothing" for talks in formats)
        interim = [name for name, option in issue.options.items() if option.lasts is not None and not option.settles]
        if single and interim and issue.level == "core" and counted in ("all", key):
            message = "options that lapse settle no core, and every format signs all of the core or nothing"
            yield f"issues.{key}", message, f"{', '.join(interim)}; harvest: early opens them"


def _without_a_seat(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    seated = {party for talks in resolved.formats.values() for party in talks.seats}
    options = [option for issue in resolved.issues.values() for option in issue.options.values()]
    named = {party for option in options for party in option.guarantors}
    for key, party in resolved.parties.items():
        if key not in seated:
            seen = "only its standing counts" if party.standing or key in named else "it has no standing either"
            yield f"parties.{key}", "no format seats this party", seen


def _status_quo_lines(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    for key, party in resolved.parties.items():
        for line_id, line in party.red_lines.items():
            quo = resolved.issues[line.issues[0]].status_quo
            if isinstance(line, RedLine) and quo in line.options:
                yield f"parties.{key}.red_lines.{line_id}", "a red line never bars the status quo", f"'{quo}'"


def _unpaid_lines(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    layout = Layout(resolved)
    for key, party in resolved.parties.items():
        for line_id, line in party.red_lines.items():
            if isinstance(line, RedLine) or line.unless is None:
                continue
            reach = [reachable(layout, row, line) for row in range(len(layout.formats))]
            if any(met for met, _ in reach) and not any(paid for _, paid in reach):
                message = "no agenda that can meet `if` can meet this beside it: the line bars the former outright"
                yield f"parties.{key}.red_lines.{line_id}.unless", message, ", ".join(line.unless)


def reachable(layout: Layout, row: int, line: ConditionalLine) -> tuple[bool, bool]:
    """Whether texts of a format or track can meet the `if` of a conditional line, and whether with all of `unless`."""
    met = paid = True
    for composite in layout.composites:
        allowed = layout.on_agenda(row, composite)
        when, unless = line_parts(line, layout.options, composite)
        met, paid = met and bool((allowed & when).any()), paid and bool((allowed & when & unless).any())
    return met, paid


def _divided_composites(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    layout = Layout(resolved)
    for row, (key, talks) in enumerate(resolved.formats.items()):
        stages = layout.stages(row)[: len(talks.baskets) or None]
        what = "baskets" if talks.baskets else "agenda"
        for composite in layout.composites:
            places = [index for index, stage in enumerate(stages) if set(stage) & set(composite.issues)]
            if len(places) > 1:
                message = "linked issues are talked about apart from each other"
                yield f"formats.{key}.{what}", message, ", ".join(composite.issues)


def _idle(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    for path, why in idle(resolved).items():
        number = resolved.numbers.get(path)
        if number is None:
            yield path, f"this changes nothing: {why}", "set in the file"
        elif number.note not in (DEFAULT_NOTE, SHARED_NOTE):
            yield path, f"this number moves nothing: {why}", describe(number)


def _unlabelled(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    for code in resolved.labels or ():
        missing = unlabelled(resolved, code)
        if missing:
            first = ".".join(missing[0]).removesuffix(".name")
            rest = ", ..." if len(missing) > 1 else ""
            seen = f"{len(missing)} of {len(list(names_in(resolved)))}: {first}{rest}"
            yield f"labels.{code}", "names without a label are shown as in the file", seen


_INTERESTS = {"salience", "values", "linkages", "red_lines", "price_of_no_settlement", "outside_option"}
_WORDS = {"basis", "sources", "together", "note", "label"}


def _divided_blocs(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    first: dict[str, tuple[str, Any]] = {}
    for key, party in resolved.parties.items():
        interests = _bare(party.model_dump(include=_INTERESTS))
        mate, theirs = first.setdefault(party.bloc, (key, interests))
        if interests != theirs:
            message = "wants other things than the first party of its bloc, and is not asked when that party speaks"
            yield f"parties.{key}.bloc", message, f"'{party.bloc}', first '{mate}'"


def _bare(value: Any) -> Any:
    """A dumped record without the words that explain its numbers."""
    if is_mapping(value):
        return {name: _bare(part) for name, part in value.items() if name not in _WORDS}
    return [_bare(part) for part in value] if is_list(value) or is_row(value) else value
