"""Parley's compiled rules beside the same rules in C: `python -m benchmarks.twin`.

`twin.c` is compiled here with the system's C compiler and called through ctypes. It must end the talks in the same
round with the same deal as Parley, or the factor between the two would say nothing; the share of domains where it
does is printed. Learning is off, nobody is absent, nobody has levers: what both spend their time on is tops, menus
and rounds.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Quartiles, Spent, in_turns, machine_line, number, quartiles, rates, ratios, table, timed
from sim.engines.kernels import load_protocol, play_block
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.types.outcomes import empty_runs
from sim.types.tables import Tables
from sim.types.work import make_work
from tests.rules.domains import domain_tables, draw_numbers

SOURCE = Path(__file__).resolve().parent / "twin.c"
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")  # no fused operations: the same rounding
CASES = ((2, 4, 5), (4, 4, 5), (4, 6, 5), (8, 6, 5))
N_ROUNDS, SEED, N_DOMAINS = 50, 7, 1000
SITTINGS, TURNS = 4, 5
HEAD = ("domain", "C, us a talk", "Parley, us a talk", "factor", "same round and deal")


def compile_twin(folder: Path) -> Callable[..., int]:
    """Compile the twin into `folder` and load it.

    Raises:
        FileNotFoundError: if the machine has no C compiler.
    """
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise FileNotFoundError("no C compiler")
    library = folder / "twin.so"
    subprocess.run([compiler, *FLAGS, str(SOURCE), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library)).talks


def call_twin(talks: Callable[..., int], t: Tables, rounds: np.ndarray, deals: np.ndarray) -> None:
    """Play all domains of `t` in C."""
    d, p, c, o = t.contribution.shape
    arrays = (t.contribution, t.outside, t.exponent, t.chance_key)
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    sizes = [ctypes.c_int(size) for size in (d, p, c, o, int(t.n_rounds[0]))]
    results = [ctypes.c_void_p(array.ctypes.data) for array in (rounds, deals)]
    if talks(*sizes, ctypes.c_double(t.precision[0]), *pointers, ctypes.c_uint64(SEED), *results) != 0:
        raise ValueError("the domain is larger than the twin's arrays")


def parley(t: Tables) -> tuple[Any, Callable[[], None]]:
    """Records, and the call that fills them."""
    d, p, c, _ = t.contribution.shape
    out = empty_runs(d, c, p)
    packs = (Pack(t, TABLES), Pack(make_work(t), WORK), Pack(out, RUNS))
    return out, lambda: play_block(*packs, seed=SEED, first=0, count=d, replications=1)


def same_share(t: Tables, rounds: np.ndarray, deals: np.ndarray) -> float:
    """Share of domains in which Parley ends in the same round with the same deal; the month it records is the round."""
    out, play = parley(t._replace(rounds_per_month=np.array([1])))
    play()
    found = np.where(out.agreed == 1, out.month - 1, -1)
    return float(np.mean((found == rounds) & (out.tabled == deals).all(axis=1)))


@dataclass(frozen=True)
class Result:
    """One case."""

    case: tuple[int, int, int]
    spent: Sequence[Sequence[Sequence[Spent]]]
    """Per sitting: C, Parley."""
    same: float

    @property
    def factor(self) -> Quartiles:
        """How many times as long as C Parley takes."""
        return quartiles([1 / ratio for in_c, in_parley in self.spent for ratio in ratios(in_c, in_parley)])

    def row(self) -> list[str]:
        """Cells of the printed table."""
        medians = [1e6 / rates([one for sides in self.spent for one in sides[k]]).median for k in range(2)]
        name = f"{self.case[0]} parties, {self.case[1]} x {self.case[2]}"
        return [name, *map(number, medians), str(self.factor), f"{self.same:.1%}"]


def measure(talks: Callable[..., int], case: tuple[int, int, int], sittings: int) -> Result:
    """C and Parley in turns on the same domains, with new arrays for each sitting."""
    rounds = np.zeros(N_DOMAINS, dtype=np.int64)
    deals = np.zeros((N_DOMAINS, case[1]), dtype=np.int64)
    spent: list[list[list[Spent]]] = []
    for _ in range(sittings):
        t = domain_tables(draw_numbers(N_DOMAINS, *case, seed=sum(case)), n_rounds=N_ROUNDS)
        _, play = parley(t)

        def in_c(t: Tables = t) -> Spent:
            return timed(lambda: call_twin(talks, t, rounds, deals), N_DOMAINS)

        def in_parley(play: Callable[[], None] = play) -> Spent:
            return timed(play, N_DOMAINS)

        in_c()  # warm
        in_parley()
        spent.append(in_turns(TURNS, in_c, in_parley))
    return Result(case, spent, same_share(t, rounds, deals))  # pyright: ignore[reportPossiblyUnboundVariable]


def results(*, sittings: int = SITTINGS) -> list[Result]:
    """Measure all cases.

    Raises:
        FileNotFoundError: if the machine has no C compiler.
    """
    load_protocol()
    with tempfile.TemporaryDirectory() as folder:
        talks = compile_twin(Path(folder))
        return [measure(talks, case, sittings) for case in CASES]


def section(measured: Sequence[Result]) -> str:
    """What came, as Markdown."""
    rows = [result.row() for result in measured]
    return "\n".join(["## Beside C", "", table(HEAD, rows), "", NOTE, "", machine_line() + ".", ""])


NOTE = f"""The same rules by hand in C (`cc {" ".join(FLAGS[:3])}`), {N_DOMAINS:,} domains, {N_ROUNDS} rounds,
learning off, one thread, CPU time; the factor is the median over turns, quartiles behind it. Parley's time includes
what the twin leaves out: consent, hold, the record of the run, and the questions whether there are absent parties,
levers, firm lines, blocs, drift or shocks."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sittings", type=int, default=SITTINGS)
    print(section(results(sittings=parser.parse_args().sittings)))


if __name__ == "__main__":
    main()
