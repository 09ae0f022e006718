"""What scrambled Sobol points would gain for the uncertain numbers: `python -m benchmarks.sobol`.

Draws that fill the space more evenly than chance make means more exact. An interval that is honest about it cannot take
draws for independent; it can take K independent scrambles for it (Owen 1997; L'Ecuyer & Lemieux 2000), at K - 1 degrees
of freedom. So of `DRAWS` draws each scramble has `DRAWS / K`, and draw d is point d // K of scramble d % K: any prefix
is a sample. One run of many scrambles serves every K, as a shorter scramble is the beginning of a longer one.

The table has, for levels (settlement, any text in force), for differences between formats and for those of the leader
from the runner-up: how many times smaller the root mean square error is than that of as many independent draws, and how
wide honest intervals are beside those of independent draws (geometric means); and the share of pairs that are told
apart, all looks being one family (Holm).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln  # pyright: ignore[reportMissingTypeStubs]
from scipy.stats import qmc, t

from benchmarks.measure import table
from sim.analysis.sensitivity.inquiry import KeptOutcomes
from sim.analysis.statistics.intervals import holm
from sim.app.compare import CompareRequest
from sim.app.scenarios import Scenario
from sim.engines.batch import play
from sim.scenario import Encoder
from sim.scenario.sampling.distributions import Streams
from sim.scenario.sampling.source import Wrapped
from sim.types import Outcome
from sim.types.arrays import Floats
from sim.types.playing import Size
from sim.types.tables import Tables

FILES = ("scenarios/ukraine/anchorage-2025.yaml", "scenarios/well-formats.yaml")
DRAWS, REPLICATIONS, SETS = 1280, 2, (8, 16, 32, 80)
MOST = DRAWS // SETS[0]  # points of a scramble


class Recorded:
    """Streams that keep the names of those asked for."""

    def __init__(self, streams: Streams) -> None:
        self.streams, self.names = streams, list[str]()

    def uniforms(self, path: str) -> Floats:
        """[D] in the open interval (0, 1), by the name of a stream."""
        if path not in self.names:
            self.names.append(path)
        return self.streams.uniforms(path)


@dataclass(frozen=True)
class Block:
    """The uniforms of a block of draws by stream."""

    points: Floats  # [D, streams]
    column: dict[str, int]

    def uniforms(self, path: str) -> Floats:
        """[D] in the open interval (0, 1), by the name of a stream."""
        return self.points[:, self.column[path]]


@dataclass(frozen=True)
class Scrambled(Wrapped):
    """An encoder on scrambled points: draw d is point d % MOST of scramble d // MOST."""

    source: Encoder
    column: dict[str, int]

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of draws."""
        last = first_draw + n_draws
        scrambles = range(first_draw // MOST, -(-last // MOST))
        points = np.concatenate([self._scramble(k) for k in scrambles])[first_draw % MOST :][:n_draws]
        return self.source.tables(first_draw, n_draws, streams=Block(points, self.column))

    def _scramble(self, k: int) -> Floats:
        chance = np.random.default_rng([self.seed, k])
        points = qmc.Sobol(len(self.column), scramble=True, rng=chance).random_base2(8)[:MOST]
        return np.clip(points, 2.0**-53, 1.0 - 2.0**-53)


def shares(request: CompareRequest, source: Encoder | Scrambled, draws: int) -> Floats:
    """[draws, measures, formats] share of a draw's runs that settle, and that have any text in force."""
    kept = KeptOutcomes(draws, len(request.places), REPLICATIONS)
    play(source, request.places, Size(draws, REPLICATIONS, source.seed), kept)
    settled = kept.outcome == Outcome.SETTLEMENT
    return np.stack([settled.mean(axis=2), (settled | (kept.outcome == Outcome.PARTIAL)).mean(axis=2)], axis=1)


def differences(levels: Floats) -> Floats:
    """[D, measures x pairs of formats] from [D, measures, formats]."""
    pairs = combinations(range(levels.shape[2]), 2)
    return np.concatenate([levels[:, :, a] - levels[:, :, b] for a, b in pairs], axis=1)


def leads(levels: Floats, leaders: NDArray[np.int64]) -> Floats:
    """[D, measures] from [D, measures, formats]: the leader over the runner-up, [measures, 2] places of formats."""
    return np.stack([levels[:, m, first] - levels[:, m, second] for m, (first, second) in enumerate(leaders)], axis=1)


def told_apart(sample: Floats) -> float:
    """Share of columns whose mean over independent rows [N, columns] is told from zero, by t and Holm."""
    error = sample.std(axis=0, ddof=1) / np.sqrt(len(sample))
    statistic = np.abs(sample.mean(axis=0)) / np.where(error > 0, error, np.inf)
    return float(holm(2.0 * t.sf(statistic, len(sample) - 1)).mean())


def half(spread: Floats, n: int) -> Floats:
    """Expected half-width of t intervals from n independent rows of this standard deviation."""
    shrunk = np.sqrt(2.0 / (n - 1)) * np.exp(gammaln(n / 2) - gammaln((n - 1) / 2))  # mean of s, of a normal
    return t.ppf(0.975, n - 1) * shrunk * spread / np.sqrt(n)


def rows(file: str, formats: int, scrambles: int) -> Iterator[list[str]]:
    """One row for independent draws, and one for each number of scrambles."""
    request = CompareRequest(Scenario(Path(file)))
    request = CompareRequest(Scenario(Path(file)), formats=request.format_ids[:formats])
    recorded = Recorded(Streams(1, first_draw=0, n_draws=1))
    request.encoder.tables(0, 1, streams=recorded)
    column = {name: place for place, name in enumerate(recorded.names)}
    plain = shares(request, request.encoder, 4 * DRAWS)
    even = shares(request, Scrambled(request.encoder, column), scrambles * MOST)
    leaders = np.argsort(-plain.mean(axis=0), axis=1)[:, :2]
    views = (lambda levels: levels.reshape(len(levels), -1), differences, lambda levels: leads(levels, leaders))
    apart = np.mean([told_apart(differences(block)) for block in np.split(plain, 4)])
    yield [f"{Path(file).stem}, independent", *["1"] * 6, f"{apart:.2f}"]
    for k in SETS:
        means = even.reshape(scrambles, k // SETS[0], DRAWS // k, *even.shape[1:]).mean(axis=2)
        cells = [
            cell for view in views for cell in gains(view(plain), [view(part) for part in means.swapaxes(0, 1)], k)
        ]
        sets = (differences(means[first : first + k, 0]) for first in range(0, scrambles - k + 1, k))
        apart = np.mean([told_apart(rows) for rows in sets])
        yield [f"{Path(file).stem}, {k} scrambles", *(f"{cell:.2f}" for cell in cells), f"{apart:.2f}"]


def gains(plain: Floats, parts: list[Floats], k: int) -> tuple[float, float]:
    """Error of independent draws over that of k scrambles, and honest width over that of independent draws.

    Parts are means [scrambles, columns] of the first, second ... points of scrambles: each is a set of its own.
    """
    spread = plain.std(axis=0, ddof=1)
    between = np.sqrt(np.mean([part.var(axis=0, ddof=1) for part in parts], axis=0))
    moves = (spread > 0) & (between > 0)
    error = np.sqrt(k / DRAWS) * spread[moves] / between[moves]
    width = half(between[moves], k) / half(spread[moves], DRAWS)
    return float(np.exp(np.log(error).mean())), float(np.exp(np.log(width).mean()))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Scrambled Sobol points beside independent draws.")
    parser.add_argument("--scrambles", type=int, default=80, help="in all")
    parser.add_argument("--formats", type=int, default=5, help="the first so many of a file")
    parser.add_argument("files", nargs="*", default=FILES)
    args = parser.parse_args()
    head = ("draws", "levels: error", "width", "differences: error", "width", "leads: error", "width", "told apart")
    print(table(head, [row for file in args.files for row in rows(file, args.formats, args.scrambles)]))


if __name__ == "__main__":
    main()
