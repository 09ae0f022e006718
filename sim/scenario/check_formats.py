"""Sense checks of formats, shocks, overrides and named scenarios."""

from __future__ import annotations

from sim.scenario.errors import closest
from sim.scenario.known import Known
from sim.scenario.resolve import resolve
from sim.scenario.shared import PARTY_CONSTANTS, shared_behaviour
from sim.scenario.written_formats import Format

MAX_ROUNDS = 2000


def check_formats(known: Known) -> None:
    """Notes the problems of every sound format."""
    for key, one in known.draft.sound("formats").items():
        path, report = ("formats", key), known.report
        for party in one.seats:
            known.party((*path, "seats", party), party)
        principals = [party for party, seat in one.seats.items() if seat.role == "principal"]
        if len(principals) < 2:
            report.add(
                (*path, "seats"),
                "talks need two principals",
                seen=f"{len(principals)}",
                allowed="at least two principals",
            )
        _check_agenda(key, one, known)
        rounds = one.calendar.months * one.calendar.rounds_per_month
        if rounds > MAX_ROUNDS:
            seen = f"{one.calendar.months} months of {one.calendar.rounds_per_month} rounds: {rounds}"
            report.add((*path, "calendar"), "too many rounds", seen=seen, allowed=f"at most {MAX_ROUNDS}")


def _check_agenda(key: str, one: Format, known: Known) -> None:
    if one.agenda.issues == "all":
        return
    for issue in dict.fromkeys(one.agenda.issues):
        known.issue(("formats", key, "agenda"), issue)
        if one.agenda.issues.count(issue) > 1:
            known.report.add(
                ("formats", key, "agenda"), "an issue is named twice", seen=f"'{issue}'", allowed="each issue once"
            )


def check_shocks(known: Known) -> None:
    """Notes shocks that shift something that is not a number. Judged only where all else is sound."""
    whole = known.draft.whole
    if whole is None or known.report.problems or not whole.shocks:
        return
    unused = {f"behaviour.{name}" for name in PARTY_CONSTANTS}
    numbers = resolve(whole, shared_behaviour()).numbers
    choices = [path for path in numbers if path not in unused and not path.startswith("shocks.")]
    for key, shock in whole.shocks.items():
        for path in shock.set:
            if path not in choices:
                where = ("shocks", key, "set", path)
                allowed = "the full dotted path of a number of this file"
                near = [one for one in choices if one.split(".")[:2] == path.split(".")[:2]] or choices
                suggestion = closest(path, near)
                known.report.add(
                    where, "a shock must name a number", seen=f"'{path}'", allowed=allowed, suggestion=suggestion
                )


def check_names(known: Known) -> None:
    """Named scenarios must list overrides that exist."""
    overrides = known.draft.ids("overrides")
    for key, scenario in known.draft.sound("scenarios").items():
        for name in scenario.overrides:
            known.reference(("scenarios", key, "overrides"), "override", name, overrides)
