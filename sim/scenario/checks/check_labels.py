"""Sense checks of labels: every id that they name exists."""

from __future__ import annotations

from sim.scenario.checks.references import Known
from sim.scenario.schema.written_formats import Format
from sim.scenario.schema.written_labels import Labels
from sim.scenario.source.errors import Path

_WHAT = {"parties": "party", "issues": "issue", "formats": "format", "tracks": "track"}


def check_labels(known: Known) -> None:
    """Notes labels of what is not in the file."""
    sound: dict[str, Labels] = known.draft.sound("labels")
    for code, labels in sound.items():
        path = ("labels", code)
        for section, what in _WHAT.items():
            for key in getattr(labels, section):
                known.reference((*path, section, key), what, key, known.draft.ids(section))
        for issue, options in labels.options.items():
            _check_options((*path, "options", issue), list(options), known)
        for key, baskets in labels.baskets.items():
            _check_baskets((*path, "baskets", key), list(baskets), known)


def _check_options(path: Path, named: list[str], known: Known) -> None:
    """Notes labels of options that the issue does not have."""
    if known.issue(path, path[-1]) is not None:
        for option in named:
            known.option((*path, option), path[-1], option)


def _check_baskets(path: Path, named: list[str], known: Known) -> None:
    """Notes labels of working groups that the format does not have."""
    key = path[-1]
    formats: dict[str, Format] = known.draft.sound("formats")
    if known.reference(path, "format", key, known.draft.ids("formats")) and key in formats:
        for basket in named:
            known.reference((*path, basket), f"basket of format '{key}'", basket, list(formats[key].baskets))
