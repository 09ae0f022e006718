"""Documented meetings simulated, and set beside what was documented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sim.analysis.comparison.constant_design import N_SETS
from sim.analysis.experiments.retrodiction import (
    Retrodiction,
    RetrodictionSizes,
    RetrodictionSpec,
)
from sim.analysis.experiments.retrodiction import retrodict as simulate
from sim.app.questions.retrodiction_file import changed_since_freeze, read_retrodiction, write_freeze
from sim.types.playing import SILENCE, Progress, Size

CASE_SIZE = Size(625, 8)
OTHER_SHARE = 4
"""Further codings get this part of the draws."""
DESIGN_REPLICATIONS = 4


@dataclass(frozen=True)
class RetrodictRequest:
    """What is asked."""

    file: Path
    cases: tuple[str, ...] = ()
    """Ids of the cases wanted; empty for all."""
    size: Size = CASE_SIZE
    """Of a case by the codebook that the files name."""
    design_draws: int = 16
    """For each set of constants, where orderings are looked at."""

    @cached_property
    def spec(self) -> RetrodictionSpec:
        """The file and its cases, read once.

        Raises:
            InputError: the file names what is not there.
            ScenarioError: a case is wrong.
        """
        return read_retrodiction(self.file, self.cases)

    @property
    def sizes(self) -> RetrodictionSizes:
        """How many runs each part gets."""
        other = replace(self.size, draws=max(2, self.size.draws // OTHER_SHARE))
        design = replace(self.size, draws=self.design_draws * N_SETS, replications=DESIGN_REPLICATIONS)
        return RetrodictionSizes(self.size, other, design)


def retrodict(request: RetrodictRequest, *, progress: Progress = SILENCE) -> Retrodiction:
    """Simulate documented meetings: what came of them, twins without their cause, orderings; scored, nothing fitted.

    Raises:
        InputError: the retrodiction file names what is not there.
        ScenarioError: a case is wrong.
    """
    found = simulate(request.spec, request.sizes, progress)
    return replace(found, changed=changed_since_freeze(request.file, request.spec.digests))


def freeze_cases(file: Path) -> Path:
    """Write the digests of the cases beside their retrodiction file, and run nothing.

    Returns:
        The file written.

    Raises:
        InputError: the retrodiction file names what is not there.
        ScenarioError: a case is wrong.
    """
    spec = read_retrodiction(file)
    return write_freeze(file, spec.digest, spec.digests)
