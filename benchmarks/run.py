"""All benchmarks, or those named: `python -m benchmarks.run [SECTION ...] [--full] [--write]` (`make bench`).

With `--full` more turns, a million runs and a first use of a machine; with `--write` each section goes to its place in
docs/benchmarks.md as soon as it is measured, those that were not asked for staying as they are.
"""

from __future__ import annotations

import argparse
import platform
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numba
import numpy as np

from benchmarks import flagship, growth, must_show, protocols, stepping_mesa, sweeps, throughput, twin
from benchmarks.flagship import Child

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
ABOUT = f"""# How fast

Written by `make bench` with `--write`; nothing here is typed in. All times are CPU seconds. A shared machine is up to
three times slower in one second than in another, so what is compared takes short turns within one run, and the median
over turns stands with its quartiles (or least and most) behind it: read factors before seconds, and seconds with the
line about the machine below each table. Its yardstick is a fixed loop in plain Python; work that needs more memory than
the loop loses more to what else the machine does. How close offers come to the best possible ones is measured by
`python -m benchmarks.offers`, how often a default comparison names the top format of a far longer one by
`python -m benchmarks.validation.top_format`.

Python {platform.python_version()}, numba {numba.__version__}, NumPy {np.__version__}.
"""


class Benchmarks:
    """The sections; what two of them need is measured once."""

    def __init__(self, *, full: bool, images: Path | None = None) -> None:
        """With `full` more turns, and what takes minutes; charts go to the folder `images`."""
        self.full = full
        self.sections: dict[str, Callable[[], str]] = {
            "throughput": lambda: throughput.section(self.beside),
            "twin": self.twin,
            "must_show": lambda: must_show.section(self.beside, self.twins, million=self.million, full=full),
            "flagship": lambda: flagship.section(turns=3 if full else 1, variants=full, million=self.million),
            "protocols": lambda: protocols.section(turns=9 if full else 3),
            "stepping_mesa": stepping_mesa.section,
            "sweeps": sweeps.section,
            "growth": lambda: growth.section(folder=images),
        }

    @cached_property
    def beside(self) -> list[throughput.Result]:
        """Beside NegMAS."""
        return throughput.results(sittings=throughput.SITTINGS * (2 if self.full else 1))

    @cached_property
    def twins(self) -> list[twin.Result]:
        """Beside C; none without a compiler."""
        try:
            return twin.results()
        except FileNotFoundError:
            return []

    @cached_property
    def million(self) -> Child | None:
        """A million runs."""
        return flagship.streamed(flagship.MILLION) if self.full else None

    def twin(self) -> str:
        """Beside C, or why not."""
        return twin.section(self.twins) if self.twins else "## Beside C\n\nLeft out: no C compiler.\n"


def written(page: str, part: str) -> str:
    """The page with a section in the place of the one of the same title, or at its end."""
    title = part.partition("\n")[0]
    rest = re.split(r"(?m)^(?=## )", page)[1:]
    titles = [one.partition("\n")[0] for one in rest]
    place = titles.index(title) if title in titles else len(rest)
    rest[place : place + 1] = [part]
    return "\n".join([ABOUT, *(one.rstrip("\n") + "\n" for one in rest)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    names = list(Benchmarks(full=False).sections)
    parser.add_argument("sections", nargs="*", help=f"by default all: {', '.join(names)}", metavar="SECTION")
    parser.add_argument("--full", action="store_true", help="more turns, a million runs, a first use")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    given = parser.parse_args()
    unknown = [name for name in given.sections if name not in names]
    if unknown:
        parser.error(f"no section is called {', '.join(unknown)}; there is {', '.join(names)}")
    benchmarks = Benchmarks(full=given.full, images=PAGE.parent / "images" if given.write else None)
    print(ABOUT)
    for name in given.sections or benchmarks.sections:
        part = benchmarks.sections[name]()
        print(part, flush=True)
        if given.write:
            PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), part), encoding="utf-8")


if __name__ == "__main__":
    main()
