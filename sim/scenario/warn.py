"""Things worth a second look in a sound scenario: nothing here keeps it from running."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.errors import Problem
from sim.scenario.layout import Layout
from sim.scenario.numbers import DEFAULT_NOTE
from sim.scenario.resolved import ResolvedScenario
from sim.scenario.shared import SHARED_NOTE


def warnings_of(resolved: ResolvedScenario, *, file: str = "") -> tuple[Problem, ...]:
    """Warnings about a sound scenario, as problems without a line.

    They tell of numbers that rest on an assumption, options that no format can reach, parties that no format seats and
    that have no standing either, and red lines that name the status quo beside other options.

    Args:
        resolved: the scenario.
        file: its name, for the warnings.
    """
    found = [*_assumed(resolved), *_out_of_reach(resolved), *_without_a_seat(resolved), *_status_quo_lines(resolved)]
    return tuple(Problem(file, None, path, seen, "", message) for path, message, seen in found)


def _assumed(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    shared = (DEFAULT_NOTE, SHARED_NOTE)
    given = [one for one in resolved.numbers.values() if one.note not in shared]
    assumed = [one for one in given if one.basis == "assumed"]
    constants = sum(one.kind == "value" for one in assumed)
    if assumed:
        seen = f"{len(assumed)} of {len(given)}, {constants} of them constants"
        yield "", "numbers of the file rest on an assumption, not on a source", seen


def _out_of_reach(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    layout = Layout(resolved)
    for composite in layout.composites:
        on_agenda = [layout.on_agenda(row, composite) for row in range(len(layout.formats))]
        reach = on_agenda[0].copy()
        for each in on_agenda[1:]:
            reach |= each
        for issue in composite.issues:
            reached = set(composite.column(issue)[reach].tolist())
            missing = [option for index, option in enumerate(layout.options[issue]) if index not in reached]
            if missing:
                yield f"issues.{issue}", "no format's agenda can reach these options", ", ".join(missing)


def _without_a_seat(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    seated = {party for one in resolved.formats.values() for party in one.seats}
    for key, party in resolved.parties.items():
        if key not in seated:
            seen = "only its standing counts" if party.standing else "it has no standing either"
            yield f"parties.{key}", "no format seats this party", seen


def _status_quo_lines(resolved: ResolvedScenario) -> Iterable[tuple[str, str, str]]:
    for key, party in resolved.parties.items():
        for line_id, line in party.red_lines.items():
            quo = resolved.issues[line.issue].status_quo
            if quo in line.options:
                yield f"parties.{key}.red_lines.{line_id}", "a red line never bars the status quo", f"'{quo}'"
