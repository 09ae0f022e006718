"""Compiled rules under test: compiled once by all workers together, and not at all in the quick half."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sim.engines.kernels import _BLOCKS
from sim.rules.kernel import Unit, compiled, units_needed
from sim.rules.library import read_object

PATIENCE = 120.0
"""Seconds that a worker waits for another's unit before it compiles that unit too."""


_load = Unit.load


def leave_out(unit: Unit) -> None:
    """Stands for `Unit.load` in the quick half, which leaves out whatever plays talks or solves by compiled rules."""
    pytest.skip(f"needs compiled rules ({unit.__name__}), so it is not in the quick half")


class Together:
    """Stands for `Unit.load` in each of several workers: a unit is compiled by one, and read by the others.

    Without it every worker compiles every unit on a machine whose cache is cold: most of a minute of each processor.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder that the workers of a run share and that is empty at its start."""
        self.folder = folder
        self.shared_out = False
        folder.mkdir(exist_ok=True)

    def load(self, unit: Unit) -> None:
        """Load the unit; where the loop of a protocol is asked for, the first time, those of all protocols."""
        if unit in _BLOCKS and not self.shared_out:
            self.share_out()
        _load(unit)

    def share_out(self) -> None:
        """Take units that nobody has taken yet, then wait for those of the others."""
        self.shared_out = True
        units = [unit for unit in units_needed(_BLOCKS) if read_object(unit.file_name) is None]
        for unit in units:
            try:
                (self.folder / unit.symbol).touch(exist_ok=False)
            except FileExistsError:
                continue
            compiled(unit)
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE and any(read_object(unit.file_name) is None for unit in units):
            time.sleep(0.05)  # a worker that died is not waited for longer
