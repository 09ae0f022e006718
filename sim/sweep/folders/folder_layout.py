"""Names in a sweep's folder, the parts that are there, and those of a shard; loads neither scenario nor engine."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from sim.app.errors import InputError
from sim.app.workplace import clear_up
from sim.types.arrays import Ints, Mask

SWEEP, PLAN, PARTS = "sweep.json", "plan.parquet", "parts"


def check_folder(place: Path) -> None:
    """An InputError where a place holds no sweep; one that a killed process was just replacing comes back first."""
    if not (place / SWEEP).is_file():
        clear_up(place.parent)
    if not (place / SWEEP).is_file():
        raise InputError(f"{place} is not the folder of a sweep: it has no {SWEEP}.")


def parts_there(place: Path) -> set[str]:
    """Names of the parts that are there."""
    with os.scandir(place / PARTS) as entries:
        return {entry.name[:-8] for entry in entries if entry.name.endswith(".parquet") and entry.name[0] != "."}


def of_shard(orders: Ints, shard: tuple[int, int] | None) -> Mask:
    """Of each part, by its work order, whether it is of the shard (k, n), k from 1.

    Parts that were there before the plan (order -1) are of every shard.
    """
    if shard is None:
        return np.ones(len(orders), dtype=np.bool_)
    return (orders % shard[1] == shard[0] - 1) | (orders < 0)
