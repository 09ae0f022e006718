"""The folder of a result, for commands that do not keep their runs by `sim.app.harness.Keeping` yet."""

from __future__ import annotations

from pathlib import Path

from sim.app.errors import InputError
from sim.app.harness import MANIFEST, RESULTS, point_latest, versions, whole_folder

__all__ = ["folder_for", "point_latest", "versions", "whole_folder"]


def folder_for(scenario_id: str, run_id: str, wanted: Path | None) -> Path:
    """Folder that a result is written to.

    Raises:
        InputError: the folder that the user named holds something other than a result.
    """
    if wanted is None:
        return RESULTS / scenario_id / run_id
    if wanted.is_file() or (wanted.is_dir() and any(wanted.iterdir()) and not (wanted / MANIFEST).exists()):
        raise InputError(f"{wanted} exists and is not the folder of an earlier result. Name another with --out.")
    return wanted
