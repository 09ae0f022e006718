"""The one way in which runs are made: blocks of talks, handed to whoever collects something of them."""

from __future__ import annotations

from collections.abc import Sequence

from sim.bargaining.equilibrium_plan import with_plans
from sim.engines.batch import run_blocks
from sim.scenario.sampling.source import Source
from sim.types.playing import SILENCE, Collector, Progress, Size


def play(
    source: Source, formats: Sequence[int], size: Size, *collectors: Collector, progress: Progress = SILENCE
) -> None:
    """Play `size.draws` x formats x `size.replications` runs and hand every block, in order, to every collector.

    A party with `strategy: equilibrium` plays its equilibrium, whoever asks for the runs. Whatever stops a collector
    or the caller (an error, Ctrl-C) stops the runs: blocks that have not begun are dropped.

    Args:
        source: the scenario with its seed; `size.seed` is not looked at.
        formats: positions in `source.structure.formats`, in the order of the rows.
        size: how many runs, on how many threads.
        collectors: told of every block.
        progress: told of every run that is finished.

    Raises:
        ValueError: for counts below 1 or a format that does not exist.
    """
    how = {"replications": size.replications, "threads": size.threads}
    for first_draw, runs in run_blocks(with_plans(source), n_draws=size.draws, formats=formats, **how):
        for collector in collectors:
            collector.add(first_draw, runs)
        progress.add(len(runs.outcome))
