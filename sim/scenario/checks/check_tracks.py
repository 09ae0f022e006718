"""Sense checks of tracks."""

from __future__ import annotations

from sim.scenario.checks.references import Known
from sim.scenario.schema.written_formats import Track


def check_tracks(known: Known) -> None:
    """Notes the problems of every sound track."""
    formats, tracks = known.draft.ids("formats"), known.draft.ids("tracks")
    sound: dict[str, Track] = known.draft.sound("tracks")
    for key, track in sound.items():
        path, report = ("tracks", key), known.report
        if key in formats:
            message = "a track is compared like a format and needs an id of its own"
            report.add(path, message, seen=f"'{key}', also a format", allowed="an id that no format has")
        if len(track.legs) < 2:
            where = (*path, "legs")
            report.add(where, "a track has at least two legs", seen=f"{len(track.legs)}", allowed="two or more formats")
        for place, leg in enumerate(track.legs):
            where = (*path, "legs", str(place))
            if leg.format in tracks and leg.format not in formats:
                message = "a leg is a format, not a track"
                report.add(where, message, seen=f"track '{leg.format}'", allowed=formats)
            else:
                known.reference(where, "format", leg.format, formats)
        if track.legs and track.legs[0].after > 0:
            where = (*path, "legs", "0", "after")
            message = "the first leg follows nothing"
            report.add(where, message, seen=f"{track.legs[0].after} months", allowed="0, or leave the key out")
