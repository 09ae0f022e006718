"""Does the back-test find constants that are known? `python -m benchmarks.validation.run_calibration [--page FILE]`.

Two ensembles of one made-up table (`benchmarks.made_up_positions`) are simulated as `parley backtest` does it. One
makes data sets under known constants, the other makes the forecasts and the fits (`benchmarks.validation.calibration`).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.made_up_positions import ACTORS, made_up_table
from benchmarks.measure import table
from benchmarks.validation.calibration import HALF_SD, MadeUp, RankCheck, rank_check, recovery
from benchmarks.validation.constant_shifts import tilts_for
from benchmarks.validation.fisher_information import Taught, taught
from sim.interop.simulate import simulate
from sim.types import Ensemble
from sim.types.playing import Size

SIZES = (200, 1000, 2000, 5000, 20_000)
"""Outcomes in a set, for the preferences."""
RANK_SIZES = (50, 200)
"""Outcomes in a set, for the ranks: one an issue, and about as many as a real table has."""
DRAWS = (100, 500, 2000, 5000)
"""Fewer draws, for comparison."""
REPEATED = (500, 4)
"""Draws and runs of each, for comparison."""
ENOUGH, EVEN = 95.0, 0.01
"""Sets of 100 that the truth should win; p-value below which ranks are called uneven."""
FIRST_SEED, FRESH_SEED, REPEATED_SEED = 1, 2, 3


@dataclass(frozen=True)
class Job:
    """How much is played and counted."""

    draws: int = 20_000
    fresh: int = 10_000
    sets: int = 200
    rank_sets: int = 600
    n_samples: int = 4000


@dataclass(frozen=True)
class Preferred:
    """Of 100 sets, those in which the true constants score better."""

    outcomes: int
    by_crps: tuple[float, ...]
    """For each constant alone, then for all jointly."""
    by_log: tuple[float, ...]


@dataclass(frozen=True)
class Ranks:
    """One check of ranks."""

    draws: int
    runs: int
    together: bool
    check: RankCheck
    taught: Taught


def pairs(ensemble: Ensemble) -> list[list[tuple[np.ndarray, np.ndarray]]]:
    """Pairs of tilts, the truth first: for each constant alone both ways round, and all jointly in all directions."""
    n = len(ensemble.constants)
    alone = [[sign * one for sign in (1.0, -1.0)] for one in np.eye(n)]
    jointly = [np.array(signs) / np.sqrt(n) for signs in product((1.0, -1.0), repeat=n)]
    steps = [[HALF_SD / 2.0 * one for one in ways] for ways in (*alone, jointly)]
    return [[(tilts_for(ensemble, one), tilts_for(ensemble, -one)) for one in ways] for ways in steps]


def preferred(first: Ensemble, fresh: Ensemble, job: Job, *, outcomes: int) -> Preferred:
    """In how many of 100 sets of so many outcomes the truth is preferred."""
    by_crps, by_log = list[float](), list[float]()
    copies = outcomes // len(first.issues)
    for ways in pairs(first):
        n_sets = job.sets // len(ways)
        found = [
            recovery(first, fresh, *pair, sets=MadeUp(copies, n_sets, together=True, seed=seed))
            for seed, pair in enumerate(ways, start=1)
        ]
        by_crps.append(100.0 * sum(one.by_crps for one in found) / (n_sets * len(ways)))
        by_log.append(100.0 * sum(one.by_log for one in found) / (n_sets * len(ways)))
    return Preferred(copies * len(first.issues), tuple(by_crps), tuple(by_log))


def ranks(first: Ensemble, fresh: Ensemble, job: Job, *, outcomes: int, together: bool) -> Ranks:
    """Ranks of known tilts among fitted ones."""
    sets = MadeUp(outcomes // len(first.issues), job.rank_sets, together)
    check = rank_check(first, fresh, sets=sets, n_samples=job.n_samples)
    return Ranks(len(first.uniforms), int(first.runs_of_issues[0]), together, check, taught(first))


def page(job: Job) -> str:
    """Simulate, count, and write it up as Markdown."""
    started = time.perf_counter()
    positions = made_up_table()
    first = simulate(positions, Size(job.draws, 1, FIRST_SEED))
    fresh = simulate(positions, Size(job.fresh, 1, FRESH_SEED))
    repeated = simulate(positions, Size(*REPEATED, REPEATED_SEED))
    simulated = time.perf_counter() - started
    won = [preferred(first, fresh, job, outcomes=size) for size in SIZES]
    flat = [ranks(first, fresh, job, outcomes=size, together=way) for way in (True, False) for size in RANK_SIZES]
    less = [first.first(draws) for draws in DRAWS if draws < job.draws]
    fewer = [ranks(one, fresh, job, outcomes=RANK_SIZES[-1], together=True) for one in (repeated, *less)]
    seconds = time.perf_counter() - started
    parts = (
        _head(first, job, simulated=simulated, seconds=seconds),
        _preferred_section(first, won),
        _rank_section(first, flat),
        _draws_section(first, [*fewer, flat[len(RANK_SIZES) - 1]]),
        LIMITS,
    )
    return "\n\n".join(parts) + "\n"


def _head(first: Ensemble, job: Job, *, simulated: float, seconds: float) -> str:
    proposals = len({one.proposal for one in first.issues})
    undecided = 1.0 - float(first.decided.sum()) / (job.draws * len(first.issues))
    return f"""# Does the back-test find constants that are known?

Written by `make calibration`; no number here
is typed in. It took {seconds / 60:.0f} minutes, {simulated / 60:.0f} of them for the simulations.

The table is made up (`benchmarks/made_up_positions.py`): {proposals} proposals with {len(first.issues)} issues,
{ACTORS[0]} to {ACTORS[1]} actors in two to four camps, uneven weights, mixed voting rules, some reference points
missing. It is written as CSV, read, and simulated as `parley backtest` does it, twice with different seeds:
{job.draws:,} draws of the constants with one run each make the forecasts and the fits, {job.fresh:,} others the data.
{undecided:.2%} of the runs ended without a decision.

A data set is made under a known tilt of the constants. An outcome of a proposal is one run of a draw that the tilt
favours, so its issues are decided *together*, as decisions come about; for comparison, issues are also drawn *one by
one*. Sets of more outcomes than the table has issues hold several outcomes of each."""


def _preferred_section(first: Ensemble, won: Sequence[Preferred]) -> str:
    names = [*(one.name for one in first.constants), "all jointly"]
    head = ["outcomes in a set", *(f"{name}: {score}" for name in names for score in ("CRPS", "log"))]
    rows = [
        [
            f"{one.outcomes:,}",
            *(f"{x:.3g}" for pair in zip(one.by_crps, one.by_log, strict=True) for x in pair),
        ]
        for one in won
    ]
    return f"""## True constants against others

Two sets of constants, the means of one a quarter of a prior standard deviation above the middle of the prior, those of
the other as far below. Half a standard deviation is measured by the means of the constants under the tilts, not by
the tilts, which move them a little less. "All jointly" moves all constants at once, in each of the
{2 ** len(first.constants)} combinations of directions, by as much in all (Euclidean). Of 100 data sets, made
by either one in turn and drawn together, the true one has the better score in so many:

{table(head, rows)}

{_reached(names, won)}"""


def _reached(names: Sequence[str], won: Sequence[Preferred]) -> str:
    """From which size on 95 of 100 are reached."""
    told: list[str] = []
    for score in ("CRPS", "log score"):
        parts: list[str] = []
        for k, name in enumerate(names):
            enough = [(one.by_crps if score == "CRPS" else one.by_log)[k] >= ENOUGH for one in won]
            start = next((i for i in range(len(won)) if all(enough[i:])), None)
            parts.append(f"{name} {'nowhere here' if start is None else f'from {won[start].outcomes:,}'}")
        told.append(f"by {score}: {', '.join(parts)}")
    least = won[0]
    return (
        f"{ENOUGH:.0f} of 100 are reached, of the sizes tried, {'; '.join(told)}. "
        f"With {least.outcomes:,} outcomes, about as many as a real table has, it is {min(least.by_crps):.3g} to "
        f"{max(least.by_crps):.3g} by CRPS and {min(least.by_log):.3g} to {max(least.by_log):.3g} by log score: "
        "constants so near each other cannot be told apart by so few."
    )


def _rank_section(first: Ensemble, flat: Sequence[Ranks]) -> str:
    rows = [[f"{one.check.n_outcomes:,}, {_way(one.together)}", *_rank_cells(one)] for one in flat]
    return f"""## Are fits as sure as they say?

Tilts are drawn from their prior, standard normal, and a data set under each; the truth's rank among draws from the
posterior is flat if posteriors are right (Talts and others 2018). A constant's mean rises with its tilt, so ranks of
fitted constants are those of the tilts. Ranks of all constants are counted in ten bins from lowest to
highest; p-values are of chi-square tests of flatness, for each constant and in all.

{table(["outcomes in a set, drawn", *_rank_head(first)], rows)}

{_judged(flat)}"""


def _draws_section(first: Ensemble, rows: Sequence[Ranks]) -> str:
    cells = [[_size(one), *_rank_cells(one), f"{one.taught.chance.mean():.0%}"] for one in rows]
    told = [f"{_size(one)} {'flat' if one.check.p_value >= EVEN else 'not flat'}" for one in rows]
    known = rows[-1].taught.known
    teaches = ", ".join(f"{x:.2g} of {one.name}" for x, one in zip(known, first.constants, strict=True))
    return f"""## How many draws it takes

The same check with other numbers of draws and runs for the fit, {rows[0].check.n_outcomes:,} outcomes in a set, drawn
together:

{table(["draws x runs of each", *_rank_head(first), "chance in what an outcome seems to teach"], cells)}

At the level of {EVEN:g}: {", ".join(told)}. The forecast under a tilt is made of finitely many draws, and its slope in
the tilt has chance of its own, which the likelihood takes for knowledge (`fisher_information`); posteriors are then
too narrow, and the ends of the histogram too high. An outcome teaches {teaches} here (Fisher
information on a tilt), and chance adds about one part in the number of draws for every bin but one. Under a tilt fewer
draws carry the forecast, so there it is more than the share at the prior that the table gives. More runs of the same
draws help little: the contact group and all else that is drawn once a draw are shared by its runs. A table whose
issues teach less needs more draws in proportion."""


def _size(one: Ranks) -> str:
    return f"{one.draws:,} x {one.runs}"


def _rank_head(first: Ensemble) -> list[str]:
    return ["ranks of all constants, in ten bins", *(f"p {one.name}" for one in first.constants), "p in all"]


def _rank_cells(one: Ranks) -> list[str]:
    histogram = " ".join(map(str, one.check.histogram.sum(axis=0).tolist()))
    return [histogram, *(f"{p:.2g}" for p in one.check.p_values), f"{one.check.p_value:.2g}"]


def _judged(flat: Sequence[Ranks]) -> str:
    told = []
    for one in flat:
        verdict = "flat" if one.check.p_value >= EVEN else "not flat"
        told.append(f"{one.check.n_outcomes:,} outcomes drawn {_way(one.together)}: {verdict}")
    unread = sum(not one.check.can_be_read for one in flat)
    more = f" In {unread} of these the posteriors hold too few samples to be read." if unread else ""
    return f"{len(flat[0].check.ranks)} sets a row. {'; '.join(told).capitalize()} (p in all at least {EVEN:g}).{more}"


def _way(together: bool) -> str:
    return "together" if together else "one by one"


LIMITS = """## What this does not say

Here the process that makes the outcomes is the one that is fitted. On real outcomes it is not, and a fit is then as
sure as if it were. The ranks are of the posterior of the tilts; the tilts that `parley backtest` reports are fitted by
least CRPS with a penalty in place of the prior, and have no spread of their own but that over the folds. How much
an outcome teaches depends on the table."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, help="write it to this file instead of the terminal")
    parser.add_argument("--draws", type=int, default=Job.draws, help="draws of the constants that fits are made of")
    given = parser.parse_args()
    text = page(Job(given.draws))
    if given.page:
        given.page.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
