"""A position table played out: each proposal becomes the scenario of `parley import` and is negotiated many times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.engines.batch import available_threads, play
from sim.interop.scenario_text import CONSTANTS, VOICES, scenario_text
from sim.scenario import Encoder, load_raw
from sim.scenario.sampling.distributions import Floats, Streams, stream_key
from sim.scenario.sampling.pick_freeze import Switched
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import parse_text
from sim.types import Ensemble, PositionTable, Runs
from sim.types.playing import SILENCE, Progress, Size
from sim.types.positions import N_POINTS

PROCESS = "contact-group-1"
"""Name and version of the process: tilts that were fitted to one do not fit another."""
HYPERCUBE = 500
_STREAMS = tuple(f"together.{constant.name}" for constant in CONSTANTS)
Counts = NDArray[np.int32]


class UnplayableError(ValueError):
    """A proposal of the table gives no scenario."""


def simulate(
    table: PositionTable,
    size: Size,
    *,
    apart: bool = False,
    uniforms: Floats | None = None,
    progress: Progress = SILENCE,
    tell: Callable[[str], None] = lambda words: None,
) -> Ensemble:
    """Negotiate every proposal of a table under the same D draws of the process's constants; issues keep their order.

    Args:
        table: any number of proposals.
        size: how much is played.
        apart: negotiate every issue by itself instead of the issues of a proposal together.
        uniforms: [D, K] where the constants of the draws stand in their priors, such as the first of another ensemble;
            if None `evenly_spread`: draw d has the same constants in every issue and every table.
        progress: told of the runs finished, in the calling thread.
        tell: called with what had to be assumed of actors without salience or capability, in the calling thread.

    Raises:
        ScenarioError: naming a proposal whose scenario cannot be played, such as one in which nobody has salience.
        UnplayableError: naming a proposal that gives no scenario; or uniforms of another shape.
    """
    parts = list(_parts(table, apart=apart))
    spread = evenly_spread(size.draws, len(CONSTANTS), seed=size.seed) if uniforms is None else uniforms
    if spread.shape != (size.draws, len(CONSTANTS)):
        raise ValueError(f"uniforms are of {size.draws} draws of {len(CONSTANTS)} constants, not {spread.shape}")
    place = {(issue.proposal, issue.id): row for row, issue in enumerate(table.issues)}
    counts = np.zeros((len(table.issues), size.draws, N_POINTS), dtype=np.int32)
    assumed: list[str] = []
    with ThreadPoolExecutor(max_workers=size.threads or available_threads()) as pool:
        jobs = [pool.submit(_play, part, size, spread) for part in parts]
        try:
            for part, job in zip(parts, jobs, strict=True):
                played, notes = job.result()
                counts[[place[issue.proposal, issue.id] for issue in part.issues]] = played
                assumed += [f"{', '.join(issue.id for issue in part.issues)}: {words}" for words in notes]
                progress.add(size.runs)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    for words in assumed:
        tell(words)
    return Ensemble(table.issues, counts, size.replications, CONSTANTS, spread)


def n_talks(table: PositionTable, *, apart: bool) -> int:
    """How many talks `simulate` plays: one a proposal and voting rule, or one an issue."""
    return sum(1 for _ in _parts(table, apart=apart))


def _parts(table: PositionTable, *, apart: bool) -> Iterator[PositionTable]:
    """What is negotiated at one table: the issues of a proposal that are decided by one rule, or single issues."""
    for proposal in table.proposals:
        part = table.of(proposal)
        if apart:
            yield from (replace(part, issues=(issue,)) for issue in part.issues)
            continue
        for rule in dict.fromkeys((issue.voting_rule, issue.wave) for issue in part.issues):
            same = tuple(issue for issue in part.issues if (issue.voting_rule, issue.wave) == rule)
            yield replace(part, issues=same)


def evenly_spread(n_draws: int, n_columns: int, *, seed: int) -> Floats:
    """[D, K] Latin hypercubes of `HYPERCUBE` draws, one after another, in the open unit cube; the last may be smaller.

    In each, every part of equal size of every column holds one draw (McKay, Beckman & Conover 1979). Whole hypercubes
    are the same however many draws follow.
    """
    cubes: list[Floats] = []
    for first in range(0, n_draws, HYPERCUBE):
        n = min(HYPERCUBE, n_draws - first)
        chance = np.random.Generator(np.random.Philox(key=[seed, first]))
        cells = np.stack([chance.permutation(n) for _ in range(n_columns)], axis=1)
        cubes.append((cells + chance.uniform(0.25, 0.75, size=cells.shape)) / n)
    return np.concatenate(cubes)


class _Decisions:
    """Counts the runs of each draw that decide an issue at each hundredth of its scale: [issues, D, 101]."""

    def __init__(self, points: Sequence[NDArray[np.int64]], size: Size) -> None:
        self._points, self._replications = points, size.replications
        self.counts: Counts = np.zeros((len(points), size.draws, N_POINTS), dtype=np.int32)

    def add(self, first_draw: int, runs: Runs) -> None:
        decided = np.flatnonzero(runs.core == 1)
        draws = first_draw + decided // self._replications
        for row, places in enumerate(self._points):
            np.add.at(self.counts[row], (draws, places[runs.deal[decided, row]]), 1)


def _play(part: PositionTable, size: Size, spread: Floats) -> tuple[Counts, tuple[str, ...]]:
    """[issues, D, 101] where the decisions of the talks on one proposal stand, and what was assumed of its actors."""
    proposal = part.issues[0].proposal
    try:
        text, notes = scenario_text(part, "table")
    except ValueError as error:
        raise UnplayableError(f"no scenario can be made of proposal {proposal}: {error}") from None
    # Luck of its own: with one seed for all, the same actors would be drawn in draw d of every proposal, and a fit
    # would take that for the constants of the draw.
    seed = stream_key(f"{size.seed} {proposal}")
    name = f"proposal {proposal}, imported"
    encoder = Encoder(load_raw(parse_text(text, Report(name)), name=name), seed=seed)
    source = Switched(encoder, lambda plain: _Spread(plain, spread[plain.first_draw :][: plain.n_draws]))
    places = [np.array(issue.positions) for issue in encoder.structure.issues]
    points = [
        np.rint(100.0 * (at - issue.low) / issue.range).astype(np.int64)
        for issue, at in zip(part.issues, places, strict=True)
    ]
    decisions = _Decisions(points, size)
    play(source, [0], replace(size, threads=1), decisions)
    return decisions.counts, tuple(words for words in notes if VOICES in words)


@dataclass(frozen=True)
class _Spread:
    """Streams in which the process's constants are spread evenly."""

    plain: Streams
    columns: Floats  # [D, K] of these draws

    def uniforms(self, path: str) -> Floats:
        return self.columns[:, _STREAMS.index(path)] if path in _STREAMS else self.plain.uniforms(path)
