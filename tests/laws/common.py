"""What the laws share: scenarios, runs of changed tables, and how two sets of runs are compared.

Every law is a *checker*: a function of runs or tables that returns a list of violations, empty where the law holds.
Each has two tests: one that it holds, and one that it reports a rule broken on purpose.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.engines.batch import run_blocks
from sim.scenario import Encoder, load_raw
from sim.scenario.sampling.source import Wrapped
from sim.types.outcomes import Runs
from sim.types.tables import Tables
from tests.shipped import encoder_of

Raw = dict[str, Any]
Change = Callable[[Tables], Tables]


@dataclass(frozen=True)
class Changed(Wrapped):
    """An encoder whose tables pass through `change` on their way to the engine."""

    change: Change
    key_seed: int | None = None

    @property
    def seed(self) -> int:
        """Seed of chance inside the talks."""
        return self.source.seed if self.key_seed is None else self.key_seed

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """The changed tables of a block."""
        return read_only(self.change(self.source.tables(first_draw, n_draws)))


def read_only(tables: Tables) -> Tables:
    """C-contiguous copies that nothing can write to."""
    fixed = [np.ascontiguousarray(array) for array in tables]
    for array in fixed:
        array.flags.writeable = False
    return Tables(*fixed)


def encode(data: Raw, *, seed: int = 7) -> Encoder:
    """Encoder of raw written data, which is left as it is."""
    return Encoder(load_raw(copy.deepcopy(data)), seed=seed)


def encode_file(path: Path, *sets: str, seed: int = 11) -> Encoder:
    """Encoder of a scenario that ships, with `--set` changes."""
    return encoder_of(path, seed=seed, sets=sets)


def play(encoder: Encoder | Changed, *, n_draws: int = 12, replications: int = 4, **options: Any) -> Runs:
    """All records of a batch in one piece."""
    blocks = [runs for _, runs in run_blocks(encoder, n_draws=n_draws, replications=replications, **options)]  # type: ignore[arg-type]
    return Runs(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def play_changed(encoder: Encoder, change: Change, **options: Any) -> Runs:
    """Runs of changed tables."""
    return play(Changed(encoder, change), **options)


def differences(one: Runs, two: Runs, *, tolerance: float | None = None, skip: Sequence[str] = ()) -> list[str]:
    """Fields in which two sets of runs differ, with the first row that does.

    Args:
        one: runs.
        two: runs, row by row the same draws, formats and replications.
        tolerance: for `value` and `reservation`, stakes; None asks for equal bytes.
        skip: fields left out.
    """
    found: list[str] = []
    for name, a, b in zip(Runs._fields, one, two, strict=True):
        if name in skip:
            continue
        close = tolerance is not None and a.dtype.kind == "f"
        same = np.abs(a - b) <= tolerance if close else a == b
        if not same.all():
            row = int(np.argwhere(~same)[0][0])
            found.append(f"{name}: {int((~same).sum())} of {same.size} differ, first in run {row}: {a[row]} | {b[row]}")
    return found


def bit(mask: np.ndarray, party: int) -> np.ndarray:
    """Whether the party's bit is set."""
    return (mask >> party) & 1 == 1
