"""Throughput of every protocol beside alternating offers: per talk, and per text put to the table and answered.

The same random domains for all, 50 rounds in 10 months, one thread. A protocol in which one party writes has fewer
texts a round, so talks and texts tell different stories. `python -m benchmarks.protocols`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.measure import Spent, in_turns, machine_line, number, quartiles, rates, ratios, table, timed
from sim.engines.kernels import load_protocol, play_block
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.types.outcomes import empty_runs
from sim.types.tables import BASKETS, EASY_FIRST, PROTOCOLS, Tables
from sim.types.work import make_work
from tests.rules.domains import random_domains

N_ROUNDS, PER_MONTH = 50, 5
DOMAINS = 400
REPLICATIONS = 4
CASES = ((4, 4, 5), (4, 8, 5), (6, 6, 5))
FLOOR = 0.2
"""No protocol below this share of alternating offers, per text."""


def by_majority(t: Tables) -> Tables:
    """More than half of the votes carry a text."""
    return t._replace(unanimous=np.zeros_like(t.unanimous), quota=np.array([[0.5, 0.0]]), strict=np.ones_like(t.strict))


def in_two_groups(t: Tables) -> Tables:
    """Half of the issues to each of two groups of all parties, then a plenary; half of the rounds each."""
    n_issues, n_parties, half = len(t.level), len(t.bloc), N_ROUNDS // 2
    stage_issue = np.zeros((1, 3, n_issues), dtype=np.uint8)
    stage_issue[0, 0, : n_issues // 2] = stage_issue[0, 1, n_issues // 2 :] = stage_issue[0, 2] = 1
    return t._replace(
        n_stages=np.array([3]),
        stage_issue=stage_issue,
        stage_seat=np.ones((1, 3, n_parties), dtype=np.uint8),
        stage_first=np.array([[0, 0, half]]),
        stage_last=np.array([[half - 1, half - 1, N_ROUNDS - 1]]),
    )


def issue_by_issue(t: Tables) -> Tables:
    """One issue a stage, the easiest first."""
    n = len(t.level)
    edges = np.arange(n + 1) * N_ROUNDS // n
    return t._replace(
        n_stages=np.array([n]),
        order=np.array([EASY_FIRST]),
        stage_issue=np.eye(n, dtype=np.uint8)[None],
        stage_seat=np.ones((1, n, len(t.bloc)), dtype=np.uint8),
        stage_first=edges[None, :-1].copy(),
        stage_last=edges[None, 1:] - 1,
    )


@dataclass
class Side:
    """One protocol on the domains."""

    name: str
    tables: Tables
    texts: float = 0.0
    """Put to the table, a talk."""
    agreed: float = 0.0

    def play(self) -> Spent:
        """Play every domain a few times."""
        t = self.tables
        n_domains = len(t.precision)
        work = make_work(t)
        out = empty_runs(n_domains * REPLICATIONS, len(t.level), len(t.bloc))
        packs, how = (Pack(t, TABLES), Pack(work, WORK), Pack(out, RUNS)), {"seed": 7, "first": 0, "count": n_domains}
        work.n_heard[:] = 0
        spent = timed(lambda: play_block(*packs, **how, replications=REPLICATIONS), len(out.outcome))
        self.texts = int(work.n_heard[0]) / len(out.outcome)
        self.agreed = float(np.mean(out.agreed))
        return spent

    def row(self, spent: Sequence[Spent], of_first: Sequence[Spent], first_texts: float) -> list[str]:
        """Cells of the printed table but the case, from what this side and the first (alternating offers) spent."""
        talks = rates(spent).median
        beside = quartiles([ratio * self.texts / first_texts for ratio in ratios(of_first, spent)])
        per_text = f"{1e6 / talks / self.texts:.2f}"
        shares = f"{beside.median:.2f} ({beside.low:.2f}-{beside.high:.2f})"
        return [self.name, number(talks), f"{self.texts:.1f}", per_text, shares, f"{self.agreed:.0%}"]


def sides(case: tuple[int, int, int]) -> list[Side]:
    """Every protocol of the register on the same domains, alternating offers first, and variations of some."""
    plain = random_domains(DOMAINS, *case, n_rounds=N_ROUNDS, seed=sum(case))
    plain = plain._replace(rounds_per_month=np.array([PER_MONTH]))
    found = []
    for number_, name in enumerate(PROTOCOLS):
        one = plain._replace(protocol=np.array([number_]))
        found.append(Side(name.replace("_", " "), in_two_groups(one) if number_ == BASKETS else one))
        if name == "proposal_and_vote":
            found.append(Side("the same by majority", by_majority(one)))
    return [*found, Side("alternating offers, issue by issue", issue_by_issue(plain))]


HEAD = ("domain", "protocol", "talks /s", "texts a talk", "us a text", "texts, beside alternating", "agree")


def section(*, turns: int = 5, cases: tuple[tuple[int, int, int], ...] = CASES) -> str:
    """Measure all cases, protocols in turns, and say what came, as Markdown."""
    for name in PROTOCOLS:
        load_protocol(name)
    rows: list[list[str]] = []
    for case in cases:
        measured = sides(case)
        for side in measured:
            side.play()  # warm
        spent = in_turns(turns, *(side.play for side in measured))
        for side, mine in zip(measured, spent, strict=True):
            cells = side.row(mine[:turns], spent[0], measured[0].texts)
            rows.append(["{} parties, {} x {}".format(*case), *cells])
    about = (
        f"{DOMAINS} random domains a case, {REPLICATIONS} runs each, {N_ROUNDS} rounds, one thread, processor time, "
        f"medians over {turns} turns. "
        f'"Beside alternating": texts a second beside those of alternating offers (floor {FLOOR}), quartiles behind.'
    )
    return "\n".join(["## Protocols", "", about, "", table(HEAD, rows), "", machine_line() + ".", ""])


if __name__ == "__main__":
    print(section())
