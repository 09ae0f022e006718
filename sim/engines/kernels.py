"""The compiled loop over draws, formats and replications: one call a block and protocol, no allocation."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sim.formats.answers import draw_errors
from sim.formats.course import SPOKEN_FOR, play_talk
from sim.formats.endgame import conclude, record_no_talks
from sim.formats.lanes import no_talks, open_shared
from sim.formats.protocols import BY_NUMBER, leg_player
from sim.formats.table import load_world
from sim.formats.tracks import begin_track, play_track
from sim.rules.chance import run_key
from sim.rules.kernel import Unit, unit, unit_for
from sim.rules.pack import Pack
from sim.types.outcomes import Runs
from sim.types.tables import PROTOCOLS, TRACK, Tables
from sim.types.work import ROOT, Work


@unit("twoiiikiii>-")
def play_format(
    t: Tables, w: Work, out: Runs, row: int, world: int, fmt: int, seed: int, draw: int, first: int, replications: int
) -> None:
    """Replications of a draw and format from number `first`, from `row` on; they share what `open_shared` prepares."""
    away = open_shared(t, w, world, fmt)
    missing = no_talks(t, w, fmt, away)
    for r in range(replications):
        if missing == 1:
            record_no_talks(t, w, out, row + r, world, fmt, away)
            continue
        key = run_key(seed, draw, first + r)
        load_world(t, w, world)
        draw_errors(t, w, world, key)
        settled = 1 if play_talk(t, w, ROOT, world, fmt, away, key) == SPOKEN_FOR else 0
        conclude(t, w, out, row + r, w.ending[1], fmt, key, w.ending[0], settled)


@unit("twoiiikiii>-")
def play_tracks(
    t: Tables, w: Work, out: Runs, row: int, world: int, fmt: int, seed: int, draw: int, first: int, replications: int
) -> None:
    """As `play_format`, for a track."""
    w.n_lanes[0] = 1
    for r in range(replications):
        key = run_key(seed, draw, first + r)
        begin_track(t, w, world)
        draw_errors(t, w, world, key)
        play_track(t, w, out, row + r, fmt, key)


@unit("twokiiiii>-")
def run_block(
    t: Tables,
    w: Work,
    out: Runs,
    seed: int,
    first_draw: int,
    n_draws: int,
    first_replication: int,
    replications: int,
    protocol: int,
) -> None:
    """Runs of a block of draws and of the formats in `w.formats` with one protocol; other rows of `out` are left alone.

    Rows are in the order draw, format, replication. `first_draw` is the number of the block's first draw, for the keys
    of chance, and `first_replication` that of its first replication; of `n_draws` D the tables hold D * G worlds.
    """
    row = 0
    for d in range(n_draws):
        w.loaded[0] = -1
        for f in range(w.formats.shape[0]):
            fmt = w.formats[f]
            if t.protocol[fmt] == protocol:
                play_format(
                    t, w, out, row, d * t.n_regimes[0], fmt, seed, first_draw + d, first_replication, replications
                )
            row += replications


def _runner(purpose: str, played: Unit) -> Unit:
    return unit_for(run_block, purpose, play_format=played)


_BLOCKS: tuple[Unit, ...] = tuple(
    _runner(protocol.name, unit_for(play_format, protocol.name, play_talk=protocol.play_talk)) for protocol in BY_NUMBER
)


@cache
def _track_runner(used: tuple[int, ...]) -> Unit:
    purpose = "tracks_" + "_".join(map(str, used))
    legs = unit_for(play_track, purpose, play_leg=leg_player(used))
    return _runner(purpose, unit_for(play_tracks, purpose, play_track=legs))


def block_runners(tables: Tables, formats: Iterable[int]) -> tuple[tuple[int, Unit], ...]:
    """The compiled loops that a choice of formats needs, each with its protocol's number; only they get compiled."""
    chosen = list(formats)
    numbers = sorted(set(tables.protocol[chosen].tolist()))
    runners = [(number, _BLOCKS[number]) for number in numbers if number != TRACK]
    if TRACK in numbers:
        legs = tables.legs[[f for f in chosen if tables.protocol[f] == TRACK]]
        runners.append((TRACK, _track_runner(tuple(sorted(set(tables.protocol[legs[legs >= 0]].tolist()))))))
    return tuple(runners)


def load_protocol(name: str = "alternating_offers") -> None:
    """Compile the loop of a protocol, or take it from the disk cache, before it is needed."""
    _BLOCKS[PROTOCOLS.index(name)].load()


def play_block(
    tables: Pack[Tables],
    work: Pack[Work],
    out: Pack[Runs],
    *,
    seed: int,
    first: int,
    count: int,
    replications: int | range,
) -> None:
    """Play `count` draws from draw `first` of the formats in `work`; `out` in the order draw, format, replication.

    `replications` of each, from the first on, or those of these numbers.
    """
    runs = range(replications) if isinstance(replications, int) else replications
    for protocol, runner in block_runners(tables.arrays, work.arrays.formats.tolist()):
        runner(tables, work, out, seed, first, count, runs.start, len(runs), protocol)
