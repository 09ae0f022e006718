"""Sense checks of formats, shocks, overrides and named scenarios."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.checks.check_roles import check_consent, check_roles
from sim.scenario.checks.check_stages import check_agenda
from sim.scenario.checks.references import Known
from sim.scenario.preparation.resolve import resolve
from sim.scenario.schema.priors import PARTY_CONSTANTS, shared_behaviour
from sim.scenario.schema.written_formats import Format
from sim.scenario.source.errors import Path, closest

MAX_ROUNDS = 2000


def check_formats(known: Known, groups: Iterable[tuple[str, ...]]) -> None:
    """Notes the problems of every sound format.

    Args:
        known: the ids of the file.
        groups: issues that linkages and rules tie together, each group and each single issue once.
    """
    formats: dict[str, Format] = known.draft.sound("formats")
    for key, one in formats.items():
        path = ("formats", key)
        check_roles(path, one, known)
        check_consent(path, one, known)
        check_agenda(path, one, known, groups)
        rounds = one.calendar.months * one.calendar.rounds_per_month
        if rounds > MAX_ROUNDS:
            seen = f"{one.calendar.months} months of {one.calendar.rounds_per_month} rounds: {rounds}"
            known.report.add((*path, "calendar"), "too many rounds", seen=seen, allowed=f"at most {MAX_ROUNDS}")


def check_shocks(known: Known) -> None:
    """Notes shocks that shift something that is not a number. Judged only where all else is sound."""
    whole = known.draft.whole
    if whole is None or known.report.problems or not whole.shocks:
        return
    unused = {f"behaviour.{name}" for name in PARTY_CONSTANTS}
    numbers = resolve(whole, shared_behaviour()).numbers
    unused |= {path for path in numbers if path.startswith("shocks.") or path.endswith(".contact_group")}
    choices = [path for path in numbers if path not in unused]
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
    """Named scenarios and rival readings must list overrides that exist; what is documented, formats or tracks."""
    overrides = known.draft.ids("overrides")
    for key, rival in known.draft.sound("rivals").items():
        for name in rival.readings:
            known.reference(("rivals", key, "readings"), "override", name, overrides)
        _cited(known, ("rivals", key), rival.sources)
    for key, one in known.draft.sound("documented").items():
        held = [*known.draft.ids("formats"), *known.draft.ids("tracks")]
        known.reference(("documented", key), "format or track", key, held)
        _cited(known, ("documented", key), one.sources)
    for key, scenario in known.draft.sound("scenarios").items():
        for name in scenario.overrides:
            known.reference(("scenarios", key, "overrides"), "override", name, overrides)


def _cited(known: Known, path: Path, sources: Iterable[str]) -> None:
    """Sources must be references."""
    for source in sources:
        known.reference((*path, "sources"), "source", source, known.draft.ids("references"))
