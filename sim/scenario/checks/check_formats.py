"""Sense checks of formats and tracks, and of what speaks of them: shocks, overrides, named scenarios, labels."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.checks.check_roles import check_consent, check_roles
from sim.scenario.checks.check_stages import check_agenda
from sim.scenario.checks.places import Place
from sim.scenario.preparation.resolve import resolve
from sim.scenario.schema.priors import PARTY_CONSTANTS, shared_behaviour
from sim.scenario.schema.written import Labels
from sim.scenario.schema.written_formats import Track
from sim.scenario.source.errors import closest

MAX_ROUNDS = 2000
_LABELLED = {"parties": "party", "issues": "issue", "formats": "format", "tracks": "track"}


def check_formats(file: Place, groups: Iterable[tuple[str, ...]]) -> None:
    """Notes the problems of every sound format.

    `groups` are issues that linkages and rules tie together, each group and each single issue once.
    """
    for key, talks in file.formats.items():
        place = file / "formats" / key
        check_roles(place, talks)
        check_consent(place, talks)
        check_agenda(place, talks, groups)
        months, per_month = talks.calendar.months, talks.calendar.rounds_per_month
        if months * per_month > MAX_ROUNDS:
            seen = f"{months} months of {per_month} rounds: {months * per_month}"
            (place / "calendar").note("too many rounds", seen, f"at most {MAX_ROUNDS}")


def check_tracks(file: Place) -> None:
    """Notes the problems of every sound track."""
    formats, sound = file.draft.ids("formats"), file.draft.sound("tracks")
    for key in sound:
        track: Track = sound[key]
        place = file / "tracks" / key
        if key in formats:
            message = "a track is compared like a format and needs an id of its own"
            place.note(message, f"'{key}', also a format", "an id that no format has")
        if len(track.legs) < 2:
            (place / "legs").note("a track has at least two legs", f"{len(track.legs)}", "two or more formats")
        for number, leg in enumerate(track.legs):
            here = place / "legs" / str(number)
            if leg.format in file.draft.ids("tracks") and leg.format not in formats:
                here.note("a leg is a format, not a track", f"track '{leg.format}'", formats)
            else:
                here.reference("format", leg.format, formats)
        if track.legs and track.legs[0].after > 0:
            here = place / "legs" / "0" / "after"
            here.note("the first leg follows nothing", f"{track.legs[0].after} months", "0, or leave the key out")


def check_shocks(file: Place) -> None:
    """Notes shocks that shift something that is not a number. Judged only where all else is sound."""
    whole = file.draft.whole
    if whole is None or file.report.problems or not whole.shocks:
        return
    unused = {f"behaviour.{name}" for name in PARTY_CONSTANTS}
    numbers = resolve(whole, shared_behaviour()).numbers
    unused |= {path for path in numbers if path.startswith("shocks.") or path.endswith(".contact_group")}
    choices = [path for path in numbers if path not in unused]
    for key, shock in whole.shocks.items():
        for path in shock.set:
            if path not in choices:
                near = [choice for choice in choices if choice.split(".")[:2] == path.split(".")[:2]] or choices
                here, allowed = file / "shocks" / key / "set" / path, "the full dotted path of a number of this file"
                here.note("a shock must name a number", f"'{path}'", allowed, suggestion=closest(path, near))


def check_names(file: Place) -> None:
    """Named scenarios and rival readings must list overrides that exist; what is documented, formats or tracks."""
    overrides = file.draft.ids("overrides")
    for key, rival in file.draft.sound("rivals").items():
        for name in rival.readings:
            (file / "rivals" / key / "readings").reference("override", name, overrides)
        (file / "rivals" / key / "sources").cites(rival.sources)
    for key, meeting in file.draft.sound("documented").items():
        held = [*file.draft.ids("formats"), *file.draft.ids("tracks")]
        (file / "documented" / key).reference("format or track", key, held)
        (file / "documented" / key / "sources").cites(meeting.sources)
    for key, scenario in file.draft.sound("scenarios").items():
        for name in scenario.overrides:
            (file / "scenarios" / key / "overrides").reference("override", name, overrides)


def check_labels(file: Place) -> None:
    """Notes labels of what is not in the file."""
    sound: dict[str, Labels] = file.draft.sound("labels")
    for code, labels in sound.items():
        place = file / "labels" / code
        for section, what in _LABELLED.items():
            for key in getattr(labels, section):
                (place / section / key).reference(what, key, file.draft.ids(section))
        for issue, options in labels.options.items():
            here = place / "options" / issue
            for option in options if here.issue(issue) is not None else ():
                (here / option).option(issue, option)
        for key, baskets in labels.baskets.items():
            here = place / "baskets" / key
            known = here.reference("format", key, file.draft.ids("formats")) and key in file.formats
            for basket in baskets if known else ():
                (here / basket).reference(f"basket of format '{key}'", basket, list(file.formats[key].baskets))
