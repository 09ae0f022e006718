"""All benchmarks, one after another: `python -m benchmarks.run [--write]` (`make bench`).

Short by default; with `--write` everything at full size, into docs/benchmarks.md and docs/images.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator
from pathlib import Path

import numba
import numpy as np

from benchmarks import flagship, growth, must_show, protocols, stepping_mesa, throughput, twin

ROOT = Path(__file__).resolve().parent.parent
TITLE = "# How fast"
ABOUT = """Written by `make bench` with `--write`; nothing here is typed in. All times are CPU seconds. A shared machine
is up to three times slower in one second than in another, so what is compared takes short turns within one run, and
the median over turns stands with its quartiles (or least and most) behind it: read factors before seconds, and seconds
with the yardstick beside them, a fixed loop in plain Python. How close offers come to the best possible ones is
measured by `python -m benchmarks.offers`, how often a default comparison names the top format of a far longer one by
`python -m benchmarks.validation.top_format`."""


def sections(full: bool) -> Iterator[str]:
    """Every section, as soon as it is measured."""
    versions = f"Python {platform.python_version()}, numba {numba.__version__}, NumPy {np.__version__}."
    yield f"{TITLE}\n\n{ABOUT}\n\n{versions}\n"
    beside = throughput.results(sittings=2 * throughput.SITTINGS if full else throughput.SITTINGS)
    yield throughput.section(beside)
    try:
        twins = twin.results()
        yield twin.section(twins)
    except FileNotFoundError as missing:
        twins = []
        yield f"## Beside C\n\nLeft out: {missing}.\n"
    million = flagship.streamed(flagship.MILLION) if full else None
    yield must_show.section(beside, twins, million=million, first=full)
    yield flagship.section(variants=full, million=million)
    yield protocols.section(turns=9 if full else 3)
    yield stepping_mesa.section()
    yield growth.section(turns=3 if full else 1, folder=ROOT / "docs" / "images" if full else None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="full size, into docs/benchmarks.md")
    full = parser.parse_args().write
    parts: list[str] = []
    for part in sections(full):
        parts.append(part)
        print(part, flush=True)
    if full:
        (ROOT / "docs" / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
