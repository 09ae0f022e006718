"""Whether intervals of real comparisons that stop by precision hold the truth: `python -m benchmarks.coverage`.

Comparisons of many seeds, each stopped by its own widths, beside one of many draws that none of them has. Over seeds,
settlement of every format and the differences are to be covered in 93 to 97%; two hundred seeds tell a coverage of 95%
to 1.5 points for one format, and to somewhat less over all. The error of the reference is a fifth of the others'.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.measure import table
from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.verdict import JUDGED
from sim.analysis.statistics.intervals import Estimate
from sim.app.compare import CompareRequest, compare
from sim.app.scenarios import Scenario
from sim.types.playing import Size

CASES = (("scenarios/minimal.yaml", 0.02), ("scenarios/well-formats.yaml", 0.05))
REFERENCE_SEED = 10**6


def compared(file: str, *, draws: int, seed: int, precision: float | None = None) -> Comparison:
    """The baseline alone, two replications a draw."""
    size = Size(draws, 2, seed)
    request = CompareRequest(Scenario(Path(file)), size=size, precision=precision, variants=False, benchmarks=False)
    return compare(request)


def estimates(comparison: Comparison) -> dict[str, list[Estimate]]:
    """Settlement of every format, and every difference on a judged measure."""
    return {
        "settlement": [result.measures["settlement"] for result in comparison.formats],
        "in force": [result.measures["in_force"] for result in comparison.formats],
        "differences": [pair.difference for pair in comparison.pairs if pair.measure in JUDGED],
    }


def row(file: str, precision: float, *, seeds: int, reference: int) -> list[str]:
    """Coverage by kind: mean over what is estimated, and the lowest and highest."""
    draws_of_truth = round(reference * (0.02 / precision) ** 2)
    truth = {
        kind: [one.value for one in found]
        for kind, found in estimates(compared(file, draws=draws_of_truth, seed=REFERENCE_SEED)).items()
    }
    covered: dict[str, list[list[bool]]] = {kind: [] for kind in truth}
    draws: list[int] = []
    for seed in range(1, seeds + 1):
        stopped = compared(file, draws=20_000, seed=seed, precision=precision)
        draws.append(stopped.n_draws)
        for kind, found in estimates(stopped).items():
            covered[kind].append([one.low <= true <= one.high for one, true in zip(found, truth[kind], strict=True)])
    cells: list[str] = []
    for kind in truth:
        rates = np.mean(covered[kind], axis=0)
        cells.append(f"{rates.mean():.1%} ({rates.min():.1%} to {rates.max():.1%}, {len(rates)})")
    return [f"{Path(file).stem}, ±{precision}", f"{np.mean(draws):,.0f} ({min(draws):,} to {max(draws):,})", *cells]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Coverage of intervals where a precision says when to stop.")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--reference", type=int, default=50_000, help="draws taken for the truth at a precision of .02")
    args = parser.parse_args()
    head = ("comparison", "draws", "settlement", "in force", "differences")
    print(table(head, [row(*case, seeds=args.seeds, reference=args.reference) for case in CASES]))


if __name__ == "__main__":
    main()
