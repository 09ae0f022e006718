"""Compiled rules under test: compiled once by all workers together, and not at all in the quick half."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sim.engines.kernels import _BLOCKS
from sim.rules.kernel import Unit, _units_called

PATIENCE = 120.0
"""Seconds that a worker waits for another's unit before it compiles that unit too."""
_load = Unit.load


def leave_out(unit: Unit) -> None:
    """Stands for `Unit.load` in the quick half, which leaves out whatever plays talks or solves by compiled rules."""
    pytest.skip(f"needs compiled rules ({unit.__name__}), so it is not in the quick half")


class Together:
    """Stands for `Unit.load` in each of several workers: a unit is compiled by one, and read from disk by the others.

    Without it every worker compiles every unit on a machine whose cache is cold: most of a minute of each processor.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder that the workers of a run share and that is empty at its start."""
        self.folder = folder
        self.heights: dict[Unit, int] = {}
        folder.mkdir(exist_ok=True)

    def load(self, unit: Unit) -> None:
        """Load the unit; where the loop of a protocol is asked for, the first time, those of all protocols."""
        if unit in _BLOCKS and not self.heights:
            self.share_out()
        _load(unit)

    def share_out(self) -> None:
        """Take units that nobody has taken yet, those that call no others first."""
        for runner in _BLOCKS:
            self.height(runner)
        for unit in sorted(self.heights, key=self.heights.__getitem__):
            try:
                (self.folder / unit.symbol).touch(exist_ok=False)
            except FileExistsError:
                continue
            for callee in _units_called(unit.function):
                if self.heights[callee] < self.heights[unit]:
                    self.wait_for(callee)
            _load(unit)
            self.done(unit).touch()

    def height(self, unit: Unit) -> int:
        """Longest way down to a unit that calls no others; one that calls itself does not count again."""
        if unit not in self.heights:
            self.heights[unit] = 0
            self.heights[unit] = 1 + max((self.height(callee) for callee in _units_called(unit.function)), default=-1)
        return self.heights[unit]

    def done(self, unit: Unit) -> Path:
        """The mark of a unit that is in the disk cache."""
        return self.folder / f"{unit.symbol}.done"

    def wait_for(self, unit: Unit) -> None:
        """Until whoever took the unit is done; a worker that died is not waited for."""
        for _ in range(int(PATIENCE / 0.02)):
            if self.done(unit).exists():
                return
            time.sleep(0.02)
