"""How many runs of chance a draw of the uncertain numbers should get: `python -m benchmarks.replications`.

More replications take some noise out of every draw, at a price that is less than in proportion, for the runs of a draw
share its encoding and much of its offers. What counts is width per CPU second: an interval's squared width falls in
proportion to the draws, so `width^2 x CPU seconds a draw` is what a given width costs. Widths are those of one run of
eight replications cut into disjoint parts, so that all numbers of replications see the same draws; CPU seconds are
measured in alternating turns. What no draw or every draw shows is left out: its width hangs on the draws alone.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import geometric_mean, median

import numpy as np

from benchmarks.measure import machine_line, table, timed
from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.verdict import JUDGED
from sim.analysis.statistics.intervals import Estimate
from sim.app.compare import CompareRequest
from sim.app.scenarios import Scenario
from sim.engines.batch import play
from sim.types.outcomes import Runs
from sim.types.playing import Size

FILES = (
    "scenarios/ukraine/anchorage-2025.yaml",
    "scenarios/well-formats.yaml",
    "scenarios/camp-david-1978.yaml",
    "scenarios/minimal.yaml",
)
PARTS = {2: (0, 2, 4, 6), 3: (0, 3), 4: (0, 4), 8: (0,)}
"""Replications a draw -> where its parts of eight begin."""
TURN = 1.5  # CPU seconds of a turn with eight replications, about
KINDS = ("judged", "pairs", "other levels", "conditional", "chance")
Widths = dict[tuple[str, str], float]  # by kind and name


class Cut:
    """Gives every accumulator its part of the replications."""

    def __init__(self, request: CompareRequest, draws: int) -> None:
        self.n_formats = len(request.places)
        self.parts = {
            (n, first): Accumulator(request.structure, request.places, draws, n)
            for n, starts in PARTS.items()
            for first in starts
        }

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take the next block of eight replications."""
        for (n, first), counts in self.parts.items():
            rows = np.arange(len(runs.outcome)).reshape(-1, 8)[:, first : first + n].ravel()
            counts.add(first_draw, Runs._make(column[rows] for column in runs))

    def widths(self, n: int) -> Widths:
        """Root mean square of the widths over the parts with n replications, where all of them show something."""
        found = [dict(widths(self.parts[n, first].result())) for first in PARTS[n]]
        shown = set.intersection(*map(set, found))
        return {name: float(np.sqrt(np.mean([part[name] ** 2 for part in found]))) for name in shown}


def widths(comparison: Comparison) -> Iterator[tuple[tuple[str, str], float]]:
    """The width of every interval that is printed, where something varies."""
    for result in comparison.formats:
        for measure, estimate in {**result.measures, **result.core_issues}.items():
            if varies(estimate):
                kind = "conditional" if measure == "lasted" else "judged" if measure in JUDGED else "other levels"
                yield (kind, f"{measure} {result.id}"), width(estimate)
        if varies(result.split.chance_share):
            yield ("chance", f"chance {result.id}"), width(result.split.chance_share)
    for pair in comparison.pairs:
        if pair.difference.known and pair.difference.value:
            kind = "conditional" if pair.measure == "lasted" else "pairs"
            yield (kind, f"{pair.measure} {pair.first} {pair.second}"), width(pair.difference)


def varies(estimate: Estimate) -> bool:
    """Whether a share is known, and neither 0 nor 1."""
    return 0.0 < estimate.value < 1.0


def width(estimate: Estimate) -> float:
    """From end to end."""
    return estimate.high - estimate.low


def seconds(request: CompareRequest, *, draws: int, turns: int) -> dict[int, float]:
    """CPU seconds by replications, one thread, median over turns, in which all numbers of replications alternate."""
    spent: defaultdict[int, list[float]] = defaultdict(list)
    for _ in range(turns):
        for n in PARTS:
            counts = Accumulator(request.structure, request.places, draws, n)
            size = Size(draws, n, 1, threads=1)
            spent[n].append(timed(lambda c=counts, s=size: play(request.encoder, request.places, s, c)).cpu)
    return {n: median(times) for n, times in spent.items()}


def cost(file: str, *, draws: int, turns: int) -> tuple[dict[int, float], dict[int, Widths], Widths]:
    """CPU seconds relative to two replications, the price of every interval, likewise, and its width at two."""
    request = CompareRequest(Scenario(Path(file)))
    cut = Cut(request, draws)
    whole = timed(lambda: play(request.encoder, request.places, Size(draws, 8, 1), cut)).cpu
    spent = seconds(request, draws=min(draws, int(draws * TURN / whole)), turns=turns)
    wide = {n: cut.widths(n) for n in PARTS}
    shown = set.intersection(*map(set, wide.values()))
    costs = {n: {name: wide[n][name] ** 2 * spent[n] for name in shown} for n in PARTS}
    return (
        {n: spent[n] / spent[2] for n in PARTS},
        {n: {name: costs[n][name] / costs[2][name] for name in shown} for n in PARTS},
        {name: wide[2][name] for name in shown},
    )


def by_kind(values: Widths) -> Iterator[list[float]]:
    """The values of each kind."""
    for wanted in KINDS:
        yield [value for (kind, _), value in values.items() if kind == wanted]


def rows(file: str, *, draws: int, turns: int) -> Iterator[list[str]]:
    """Two replications: mean half-width by kind. Others: geometric means by kind and over all, cheapest, dearest."""
    spent, costs, wide = cost(file, draws=draws, turns=turns)
    halves = [f"±{sum(some) / len(some) / 2:.3f} ({len(some)})" if some else "" for some in by_kind(wide)]
    yield [f"{Path(file).stem}, 2", "", *halves, "", "", ""]
    for n in list(PARTS)[1:]:
        means = [f"{geometric_mean(ratios):.2f}" if ratios else "" for ratios in by_kind(costs[n])]
        overall = (geometric_mean(costs[n].values()), min(costs[n].values()), max(costs[n].values()))
        yield [f"{Path(file).stem}, {n}", f"{spent[n]:.2f}", *means, *(f"{value:.2f}" for value in overall)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What a given width costs, by the replications a draw.")
    parser.add_argument("--draws", type=int, default=600)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("files", nargs="*", default=FILES)
    args = parser.parse_args()
    print(machine_line())
    head = ("scenario, replications", "CPU a draw", *KINDS, "all", "cheapest", "dearest")
    print(table(head, [row for file in args.files for row in rows(file, draws=args.draws, turns=args.turns)]))


if __name__ == "__main__":
    main()
