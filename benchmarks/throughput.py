"""Talks a second, one thread against one process, on the same random domains: `python -m benchmarks.throughput`.

Parley plays its full rules (top deals, menus, acceptance with errors, consent, hold, the record of the run) on
domains that all differ, one replication each: nothing is reused between talks. NegMAS 0.16 plays the stacked
alternating offers of its library with boulware agents that know nothing of each other; what it does to build its
utility functions is not counted. Both read weights, values and reservation values from one file. Turns alternate, so
that both meet the same load.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Spent, machine_line, number, table, timed
from sim.engines.kernels import load_protocol, play_block
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.types.outcomes import empty_runs
from sim.types.work import make_work
from tests.rules.domains import DomainNumbers, domain_tables, draw_numbers

ROOT = Path(__file__).resolve().parent.parent
NEGMAS_PYTHON = ROOT / ".bench-venv" / "bin" / "python"
N_ROUNDS = 50
CASES = ((2, 4, 5), (3, 4, 5), (4, 4, 5), (2, 6, 5), (3, 6, 5), (4, 6, 5))
PER_TURN = 1000
SECONDS = 3.0  # of NegMAS per case and turn, by default


class ParleySide:
    """Parley on the domains of a file, one thread, one replication each."""

    def __init__(self, numbers: DomainNumbers, *, learning: bool, n_rounds: int = N_ROUNDS) -> None:
        """Lay the domains out as tables; nothing of this is counted, as with NegMAS."""
        tables = domain_tables(numbers, learning=learning, n_rounds=n_rounds)
        self.n_domains = tables.outside.shape[0]
        self.tables = Pack(tables, TABLES)
        self.work = Pack(make_work(tables), WORK)
        self.out = empty_runs(self.n_domains, tables.level.shape[0], tables.view_row.shape[0])
        self.runs = Pack(self.out, RUNS)

    def play(self) -> Spent:
        """Play every domain once."""
        packs, how = (self.tables, self.work, self.runs), {"seed": 7, "first": 0, "count": self.n_domains}
        return timed(lambda: play_block(*packs, **how, replications=1), self.n_domains)

    @property
    def agreed(self) -> float:
        """Share of talks in which the table agreed on a text."""
        return float(np.mean(self.out.agreed))


@contextmanager
def negmas(path: Path, n_rounds: int) -> Iterator[subprocess.Popen[str]]:
    """NegMAS as an outside program; ended on the way out."""
    command = [str(NEGMAS_PYTHON), str(ROOT / "benchmarks" / "negmas_side.py"), str(path), str(n_rounds)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.stdin.close()  # type: ignore[union-attr]
        process.wait(timeout=60)


def ask(process: subprocess.Popen[str], first: int, count: int) -> dict[str, Any]:
    """Have NegMAS negotiate `count` domains from `first` on."""
    process.stdin.write(f"{first} {count}\n")  # type: ignore[union-attr]
    process.stdin.flush()  # type: ignore[union-attr]
    return json.loads(process.stdout.readline())  # type: ignore[union-attr]


@dataclass
class Result:
    """One case: seconds and agreements of the three."""

    case: tuple[int, int, int]
    off: Spent = field(default_factory=Spent)
    on: Spent = field(default_factory=Spent)
    other: Spent = field(default_factory=Spent)
    agreed: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def row(self) -> list[str]:
        """Cells of the printed table; rates and factors per second of processor time."""
        n_parties, n_issues, n_options = self.case
        cells = [f"{n_parties} parties, {n_issues} x {n_options}"]
        cells += [number(self.other.cpu_rate), number(self.off.cpu_rate), number(self.on.cpu_rate)]
        cells += [f"{number(one.cpu_rate / self.other.cpu_rate)}" for one in (self.off, self.on)]
        cells += [f"{number(one.rate / self.other.rate)}" for one in (self.off, self.on)]
        return cells + [f"{share:.0%}" for share in self.agreed]


HEAD = (
    "domain", "NegMAS /s", "Parley /s", "learning /s", "factor", "factor, learning",
    "by the clock", "by the clock, learning", "NegMAS agrees", "Parley agrees", "learning agrees",
)  # fmt: skip


def measure(case: tuple[int, int, int], *, turns: int, seconds: float, with_negmas: bool) -> Result:
    """Alternate Parley off, Parley on and NegMAS for some turns on the same domains."""
    numbers = draw_numbers(PER_TURN, *case, seed=sum(case))
    off, on = ParleySide(numbers, learning=False), ParleySide(numbers, learning=True)
    result, agreed, first = Result(case), 0, 0
    off.play(), on.play()  # warm
    if not with_negmas:
        for _ in range(turns):
            result.off.add(off.play())
            result.on.add(on.play())
        result.other = Spent(np.nan, np.nan, 1)
        result.agreed = (np.nan, off.agreed, on.agreed)
        return result
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "domains.npz"
        np.savez(path, weight=numbers.weight, value=numbers.value, reservation=numbers.reservation)
        with negmas(path, N_ROUNDS) as process:
            process.stdout.readline()  # type: ignore[union-attr]
            pace = ask(process, 0, 1)["wall"]
            count = max(1, min(PER_TURN // turns, int(seconds / pace)))
            for _ in range(turns):
                result.off.add(off.play())
                answer = ask(process, first, count)
                result.on.add(on.play())
                result.other.add(Spent(answer["wall"], answer["cpu"], count))
                agreed, first = agreed + answer["agreed"], first + count
    result.agreed = (agreed / first, off.agreed, on.agreed)
    return result


def section(*, turns: int = 3, seconds: float = SECONDS, cases: tuple[tuple[int, int, int], ...] = CASES) -> str:
    """Measure all cases and say what came, as Markdown."""
    with_negmas = NEGMAS_PYTHON.exists()
    lines = ["## Beside NegMAS", "", machine_line() + ".", ""]
    if not with_negmas:
        lines += ["NegMAS is not installed here (`make bench` does that): Parley alone.", ""]
    load_protocol()
    rows = []
    for case in cases:
        result = measure(case, turns=turns, seconds=seconds, with_negmas=with_negmas)
        rows.append(result.row())
        print(" | ".join(f"{name} {cell}" for name, cell in zip(HEAD, rows[-1], strict=True)), file=sys.stderr)
    lines += [table(HEAD, rows), "", NOTE, "", machine_line() + ".", ""]
    return "\n".join(lines)


NOTE = """Negotiations per second of processor time, one thread (Parley) and one process (NegMAS 0.16, boulware
agents), 50 rounds, the same numbers from one file, all domains different, one run each; in turns within one run. "By
the clock" is the factor in wall time. Parley's parties know (or, learning, learn from offers) what the others want,
search for offers likely to pass, err a little, and their texts are watched afterwards; NegMAS's boulware agents look
at nothing but their own utility, so the two do not agree on the same deals, nor equally often. An agreement of Parley
is a text that the table agreed on."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of NegMAS per turn")
    parser.add_argument("--cases", nargs="*", help="as parties,issues,options")
    given = parser.parse_args()
    cases = tuple(tuple(map(int, case.split(","))) for case in given.cases) if given.cases else CASES
    print(section(turns=given.turns, seconds=given.seconds, cases=cases))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
