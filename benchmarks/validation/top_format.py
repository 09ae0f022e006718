"""Whether a default run names the format that a far longer run names: `python -m benchmarks.validation.top_format`.

Every seed is a comparison as `parley compare FILE --draws D --replications R --seed S --no-variants` plays it. The long
run is all of them together: 100 seeds of 1,300 draws x 2 are 260,000 runs a format. On each judged measure a seed
agrees (it tells a top format from every other, and it is the long run's), says that it cannot tell, or is wrong (it
tells another from every other). Seeds are kept one a line in `--keep`, and those that are there are not played again.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import number, table
from benchmarks.run import PAGE, written
from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.results import MEASURES, Comparison
from sim.analysis.comparison.verdict import JUDGED, MeasureVerdict, verdict
from sim.engines.batch import play
from sim.scenario import Encoder, load_scenario
from sim.types.playing import Size

SCENARIOS = (
    "scenarios/ukraine/anchorage-2025.yaml",
    "scenarios/well-formats.yaml",
    "scenarios/camp-david-1978.yaml",
)
DRAWS, REPLICATIONS, SEEDS = 1300, 2, 100
HEAD = ("scenario, measure", "long run's top", "lead in points", "agrees", "cannot tell", "wrong", "same name")
Record = dict[str, Any]
"""Of one seed and measure: `top`, `clear`, and `shares` and `halves` (half widths) by format."""


def record(compared: Comparison, ranking: MeasureVerdict) -> Record:
    """What one seed says on one measure."""
    estimates = {result.id: result.measures[ranking.measure] for result in compared.formats}
    return {
        "top": ranking.top,
        "clear": ranking.top_clear,
        "shares": {name: estimate.value for name, estimate in estimates.items()},
        "halves": {name: (estimate.high - estimate.low) / 2 for name, estimate in estimates.items()},
    }


def records(file: str, sizes: Sequence[Size], keep: Path | None = None) -> Iterator[dict[str, Record]]:
    """What every seed says, by measure; played unless `keep` has it for this file and size."""
    resolved = load_scenario(Path(file))
    known = {}
    if keep is not None and keep.exists():
        known = {row["key"]: row["said"] for row in map(json.loads, keep.read_text(encoding="utf-8").splitlines())}
    for size in sizes:
        key = f"{resolved.id} {resolved.digest} {size.draws} x {size.replications} seed {size.seed}"
        if key not in known:
            encoder = Encoder(resolved, seed=size.seed)
            places = [k for k, info in enumerate(encoder.structure.formats) if not info.only_in_tracks]
            counts = Accumulator(encoder.structure, places, size.draws, size.replications)
            play(encoder, places, size, counts)
            compared = counts.result()
            known[key] = {one.measure: record(compared, one) for one in verdict(compared, {}).measures}
            if keep is not None:
                with keep.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps({"key": key, "said": known[key]}) + "\n")
        yield known[key]


def lead(said: Sequence[Record]) -> tuple[str, float, float]:
    """The top format of all seeds together, its least lead over another and the half width of that (95%)."""
    shares = np.array([list(one["shares"].values()) for one in said])
    names, means = list(said[0]["shares"]), shares.mean(axis=0)
    best = int(means.argmax())
    gaps = shares[:, [best]] - np.delete(shares, best, axis=1)
    if not gaps.size:
        return names[best], math.nan, math.nan
    nearest = gaps[:, gaps.mean(axis=0).argmin()]
    half = 1.96 * float(nearest.std(ddof=1)) / math.sqrt(len(said))
    return names[best], float(nearest.mean()), half


def fate(one: Record, top: str) -> str:
    """What a seed's word is worth beside the long run's top format."""
    if not one["clear"]:
        return "cannot tell"
    return "agrees" if one["top"] == top else "wrong"


def row(file: str, measure: str, said: Sequence[Record]) -> list[str]:
    """Cells of the printed table."""
    top, ahead, half = lead(said)
    fates = Counter(fate(one, top) for one in said)
    counted = [str(fates[name]) for name in HEAD[3:6]]
    name = f"{Path(file).stem}, {MEASURES[measure].lower()}"
    margin = f"{100 * ahead:.2f} +-{100 * half:.2f}"
    return [name, top, margin, *counted, str(sum(one["top"] == top for one in said))]


def section(files: Sequence[str], sizes: Sequence[Size], keep: Path | None = None) -> str:
    """Play, and say what came, as Markdown."""
    rows, widths = [], []
    for file in files:
        said = list(records(file, sizes, keep))
        rows += [row(file, measure, [one[measure] for one in said]) for measure in JUDGED]
        widest = np.median([max(one["settlement"]["halves"].values()) for one in said])
        widths.append(f"{Path(file).stem} +-{100 * widest:.1f} points")
    first = sizes[0]
    runs = first.runs * len(sizes)
    about = (
        f"{len(sizes)} seeds of {first.draws:,} draws x {first.replications}; the long run is all of them, "
        f"{number(runs)} runs a format; its lead is over the second format, with a 95% interval. Half width of the "
        f"widest interval of settlement in one seed, median: {', '.join(widths)}. Same name: seeds whose highest "
        "share is that of the long run's top format, told apart or not."
    )
    return "\n".join(["## The top format", "", about, "", table(HEAD, rows), ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=SCENARIOS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--keep", type=Path, help="a file of seeds played, read and added to")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    given = parser.parse_args()
    seeds = range(given.first_seed, given.first_seed + given.seeds)
    sizes = [Size(given.draws, given.replications, seed, given.threads) for seed in seeds]
    part = section(given.files, sizes, given.keep)
    print(part)
    if given.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), part), encoding="utf-8")


if __name__ == "__main__":
    main()
