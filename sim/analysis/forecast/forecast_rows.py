"""A forecast as tidy rows: one per issue and position, one per exchange, one per run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.analysis.forecast.issue_forecasts import Forecast, Played
from sim.types.records import number

POSITION_COLUMNS = ("issue", "unit", "position", "probability", "low", "high", "status_quo", "nearest_actors")
TRADE_COLUMNS = (
    *("between", "givers", "issue", "takers", "other_issue"),
    *("share", "low", "high", "one_by_one", "givers_gain", "takers_gain"),
)


def position_rows(found: Forecast) -> Iterator[tuple[Any, ...]]:
    """A row per issue and position, as `POSITION_COLUMNS`; actors are separated by spaces."""
    for one in found.issues:
        for place, share in zip(one.distribution.positions.tolist(), one.distribution.shares, strict=True):
            actors = " ".join(actor for each in one.positions if each.option == place for actor in each.actors)
            ends = (number(share.value), number(share.low), number(share.high))
            yield (one.id, one.unit, number(place), *ends, place == one.status_quo, actors)


def trade_rows(found: Forecast) -> Iterator[tuple[Any, ...]]:
    """A row per exchange, as `TRADE_COLUMNS`; parties are separated by spaces."""
    if found.package is None:
        return
    for between, exchanges in (("sides", found.package.by_side), ("parties", found.package.by_party)):
        for one in exchanges:
            who = (" ".join(one.givers), one.issue, " ".join(one.takers), one.other_issue)
            shares = (number(one.share.value), number(one.share.low), number(one.share.high), number(one.one_by_one))
            yield (between, *who, *shares, number(one.givers_gain), number(one.takers_gain))


def write_positions(found: Forecast, played: Played, places: list[list[float]], file: Path) -> None:
    """Write a row per run to a Parquet file: draw, whether it is decided, position of every issue (null if not).

    Args:
        found: the forecast.
        played: its runs.
        places: position of each option of each issue, in the order of the forecast.
        file: what to write.
    """
    columns: dict[str, Any] = {"draw": pa.array(played.draw, pa.int32()), "decided": pa.array(played.decided)}
    for k, one in enumerate(found.issues):
        at = np.array(places[k])[played.option[:, k]]
        columns[one.id] = pa.array(at, pa.float64(), mask=~played.decided)
    pq.write_table(pa.table(columns), file, compression="zstd")
