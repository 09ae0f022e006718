"""Talks a second, one thread against one process, on the same random domains: `python -m benchmarks.throughput`.

Parley plays its full rules (top deals, menus, acceptance with errors, consent, hold, the record of the run) on
domains that all differ, one replication each: nothing is reused between talks. NegMAS 0.16 plays the stacked
alternating offers of its library with boulware agents that know nothing of each other; what it does to build its
utility functions is not counted. Both read weights, values and reservation values from one file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import (
    Quartiles,
    Spent,
    in_turns,
    machine_line,
    number,
    quartiles,
    rates,
    ratios,
    table,
    timed,
)
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
SIDES = 3  # NegMAS, Parley, Parley with learning on
SITTINGS, TURNS = 4, 5  # and turns a sitting
SECONDS = 0.2  # of NegMAS a turn, by default: about as long as Parley's, so that both meet the same machine


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


class NegmasSide:
    """NegMAS as an outside program, on the domains of a file from one on, each once."""

    def __init__(self, process: subprocess.Popen[str], first: int) -> None:
        """Read what the program says of itself."""
        self.process, self.first = process, first
        self.said, self.agreements = self._read(), 0

    def _read(self) -> dict[str, Any]:
        return json.loads(self.process.stdout.readline())  # type: ignore[union-attr]

    def play(self, count: int) -> Spent:
        """Negotiate the next `count` domains."""
        self.process.stdin.write(f"{self.first} {count}\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        answer = self._read()
        self.first, self.agreements = self.first + count, self.agreements + answer["agreed"]
        return Spent(answer["cpu"], count)


@contextmanager
def negmas(path: Path, n_rounds: int, first: int) -> Iterator[NegmasSide]:
    """NegMAS as an outside program, from domain `first` on; ended on the way out."""
    command = [str(NEGMAS_PYTHON), str(ROOT / "benchmarks" / "negmas_side.py"), str(path), str(n_rounds)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield NegmasSide(process, first)
    finally:
        process.stdin.close()  # type: ignore[union-attr]
        process.wait(timeout=60)


@dataclass(frozen=True)
class Result:
    """One case."""

    case: tuple[int, int, int]
    spent: Sequence[Sequence[Sequence[Spent]]]
    """Per sitting: NegMAS (if it is there), Parley, Parley with learning on."""
    agreed: Sequence[float]
    """Shares of talks of the same."""

    @property
    def factors(self) -> list[Quartiles]:
        """Of Parley beside NegMAS, learning off and on; empty without NegMAS."""
        ours = range(1, len(self.agreed)) if len(self.agreed) == SIDES else ()
        return [quartiles([ratio for sides in self.spent for ratio in ratios(sides[0], sides[k])]) for k in ours]

    def row(self) -> list[str]:
        """Cells of the printed table."""
        n_parties, n_issues, n_options = self.case
        missing = [""] * (SIDES - len(self.agreed))
        medians = [rates([one for sides in self.spent for one in sides[k]]).median for k in range(len(self.agreed))]
        cells = [f"{n_parties} parties, {n_issues} x {n_options}", *missing, *map(number, medians)]
        cells += [str(one) for one in self.factors] or ["", ""]
        return cells + missing + [f"{share:.0%}" for share in self.agreed]


HEAD = (
    "domain", "NegMAS /s", "Parley /s", "learning /s", "factor", "factor, learning",
    "NegMAS agrees", "Parley agrees", "learning agrees",
)  # fmt: skip


def measure(case: tuple[int, int, int], *, sittings: int, seconds: float, with_negmas: bool) -> Result:
    """NegMAS, Parley and Parley with learning in turns on the same domains."""
    numbers = draw_numbers(PER_TURN, *case, seed=sum(case))
    spent: list[list[list[Spent]]] = []
    negotiated = agreements = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "domains.npz"
        np.savez(path, weight=numbers.weight, value=numbers.value, reservation=numbers.reservation)
        for _ in range(sittings):
            off, on = ParleySide(numbers, learning=False), ParleySide(numbers, learning=True)
            for side in (off, on):  # warm
                side.play()
            if not with_negmas:
                spent.append(in_turns(TURNS, off.play, on.play))
                continue
            with negmas(path, N_ROUNDS, negotiated) as other:
                most = PER_TURN // sittings // (TURNS + 2)
                count = max(1, min(most, round(seconds / other.play(1).cpu)))
                spent.append(in_turns(TURNS, lambda side=other, n=count: side.play(n), off.play, on.play))
                negotiated, agreements = other.first, agreements + other.agreements
    theirs = [agreements / negotiated] if with_negmas else []
    return Result(case, spent, [*theirs, off.agreed, on.agreed])  # pyright: ignore[reportPossiblyUnboundVariable]


def results(
    *, sittings: int = SITTINGS, seconds: float = SECONDS, cases: tuple[tuple[int, int, int], ...] = CASES
) -> list[Result]:
    """Measure all cases, beside NegMAS if it is installed here."""
    load_protocol()
    measured: list[Result] = []
    for case in cases:
        measured.append(measure(case, sittings=sittings, seconds=seconds, with_negmas=NEGMAS_PYTHON.exists()))
        print(" | ".join(measured[-1].row()), file=sys.stderr)
    return measured


def section(measured: Sequence[Result]) -> str:
    """What came, as Markdown."""
    lines = ["## Beside NegMAS", ""]
    if not NEGMAS_PYTHON.exists():
        lines += ["NegMAS is not installed here (`make bench` does that): Parley alone.", ""]
    lines += [table(HEAD, [result.row() for result in measured]), "", NOTE, "", machine_line() + ".", ""]
    return "\n".join(lines)


NOTE = """Negotiations per second of processor time, one thread (Parley) and one process (NegMAS 0.16, boulware
agents), 50 rounds, the same numbers from one file, all domains different, one run each. The factor is the median over
turns, quartiles behind it; each turn of Parley is set beside the two of NegMAS around it, in sittings with new
processes and arrays. Parley's parties know (or, learning, learn from offers) what the others want, search for offers
likely to pass, err a little, and their texts are watched afterwards; NegMAS's boulware agents look at nothing but their
own utility, so the two do not agree on the same deals, nor equally often. An agreement of Parley is a text that the
table agreed on."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sittings", type=int, default=SITTINGS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of NegMAS per turn")
    parser.add_argument("--cases", nargs="*", help="as parties,issues,options")
    given = parser.parse_args()
    cases = tuple(tuple(map(int, case.split(","))) for case in given.cases) if given.cases else CASES
    print(section(results(sittings=given.sittings, seconds=given.seconds, cases=cases)))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
