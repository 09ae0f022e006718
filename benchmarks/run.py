"""All benchmarks, one after another: `python -m benchmarks.run [--write]` (`make bench`).

Short by default; with `--write` everything at full size, into docs/benchmarks.md and docs/images.
"""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

import numba
import numpy as np

from benchmarks import flagship, growth, protocols, stepping_mesa, throughput, twin

ROOT = Path(__file__).resolve().parent.parent
TITLE = "# How fast"
ABOUT = """Written by `make bench` with `--write`; nothing here is typed in. Machines are shared: read factors, which
were measured in turns within one run, before seconds, and seconds with the yardstick beside them (a quiet present-day
machine counts about 20). How close offers come to the best possible ones is measured by `python -m
benchmarks.offers`."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="full size, into docs/benchmarks.md")
    full = parser.parse_args().write
    versions = f"Python {platform.python_version()}, numba {numba.__version__}, NumPy {np.__version__}."
    parts = [f"{TITLE}\n\n{ABOUT}\n\n{versions}\n"]
    jobs = (
        lambda: throughput.section(turns=3, seconds=3.0 if full else 1.0),
        lambda: protocols.section(turns=3 if full else 1),
        lambda: stepping_mesa.section(n_runs=400 if full else 100),
        lambda: twin.section(turns=9 if full else 3),
        lambda: growth.section(turns=3 if full else 1, folder=ROOT / "docs" / "images" if full else None),
        lambda: flagship.section(variants=full, streamed=flagship.MILLION if full else 100_000, cold=full),
    )
    print(parts[0], flush=True)
    for job in jobs:
        parts.append(job())
        print(parts[-1], flush=True)
    if full:
        (ROOT / "docs" / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
