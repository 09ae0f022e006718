"""How long sweeps take, and how much memory: `python -m benchmarks.sweeps`.

Whole commands in processes of their own, from start to the page; wall-clock seconds are those of the two processors
that this asks for (`--workers` beside them), so read them on an idle machine. CPU seconds stand beside.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

import parley
from benchmarks import flagship
from benchmarks.measure import machine_line, number, table
from sim.scenario.sampling.unknowns import unknowns

HEAD = ("what", "runs", "target", "wall s", "CPU s", "peak MB", "met")
DESIGNS = Path("scenarios/designs")
VILLAGE = Path("scenarios/well-formats.yaml")
FORMATS = ("farmers", "all-three", "council")
Row = tuple[str, ...]


def every_number(n: int) -> dict[str, Any]:
    """A Sobol design over all uncertain numbers of the village, with `n` base rows."""
    encoder = parley.load(VILLAGE).encoder(seed=1)
    factors = {
        f"x{place}": {"path": unknown.path, **({"range": [0.0, 1.0]} if unknown.line else {"as": "quantile"})}
        for place, unknown in enumerate(unknowns(encoder), 1)
    }
    return {
        "design": 1,
        "scenario": str(VILLAGE.resolve()),
        "formats": list(FORMATS),
        "factors": factors,
        "sample": {"sobol": {"n": n}},
        "runs": {"draws": 2, "replications": 8, "seed": 1},
    }


def flagship_points(n: int) -> dict[str, Any]:
    """The shipped design of sixty numbers with other base rows."""
    design = yaml.safe_load((DESIGNS / "sixty-numbers.yml").read_text(encoding="utf-8"))
    scenario = (DESIGNS / design["scenario"]).resolve()
    return {**design, "scenario": str(scenario), "sample": {"sobol": {"n": n}}}


def swept(what: str, design: Path | Mapping[str, Any], target: float, *options: str, cpu: bool = False) -> Row:
    """A row for one sweep: its target is of the wall clock, or of CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "design.yml"
        if isinstance(design, Mapping):
            file.write_text(yaml.safe_dump(design, sort_keys=False), encoding="utf-8")
        else:
            file = design
        started = time.perf_counter()
        child = flagship.run("run.py", "sweep", str(file), "--out", f"{folder}/out", "--yes", *options)
        wall = time.perf_counter() - started
        runs = parley.design(file).n_runs
    figure = child.cpu if cpu else wall
    unit = "CPU s" if cpu else "s"
    met = "yes" if figure <= target else "no"
    figures = (number(wall), number(child.cpu), f"{child.peak_mb:.0f}")
    return what, f"{runs:,}", f"at most {number(target)} {unit}", *figures, met


def rows() -> Iterator[Row]:
    """The sweeps that must be fast."""
    yield swept("20 x 20 x 3 formats x 800 runs, with page", DESIGNS / "village-sliders.yml", 10)
    yield swept("30 factors by Sobol, 3 formats, with page", every_number(256), 10)
    yield swept("60 factors of the flagship by Sobol, all formats, with page", flagship_points(64), 600, cpu=True)


def section() -> str:
    """Measure, as Markdown."""
    return "\n".join(["## Sweeps", "", table(HEAD, [*rows()]), "", machine_line() + ".", ""])


if __name__ == "__main__":
    print(section())
