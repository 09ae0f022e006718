"""A forecast as tidy rows: one per issue and position, one per exchange, one per run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.analysis.forecast.issue_forecasts import Forecast, Played
from sim.types.records import Json, number

TRADE_COLUMNS = (
    *("between", "givers", "issue", "takers", "other_issue"),
    *("share", "low", "high", "one_by_one", "givers_gain", "takers_gain"),
)


def position_rows(forecast: Forecast) -> list[Json]:
    """A row an issue and position: probability with its interval, and the nearest actors, separated by spaces."""
    return [
        {
            "issue": issue.id,
            "unit": issue.unit,
            "position": number(place),
            "probability": number(share.value),
            "low": number(share.low),
            "high": number(share.high),
            "status_quo": place == issue.status_quo,
            "nearest_actors": " ".join(
                actor for held in issue.positions if held.option == place for actor in held.actors
            ),
        }
        for issue in forecast.issues
        for place, share in zip(issue.distribution.positions.tolist(), issue.distribution.shares, strict=True)
    ]


def trade_rows(forecast: Forecast) -> list[Json]:
    """A row an exchange, as `TRADE_COLUMNS`; parties are separated by spaces."""
    package = forecast.package
    exchanges = [] if package is None else [("sides", trade) for trade in package.by_side]
    exchanges += [] if package is None else [("parties", trade) for trade in package.by_party]
    rows: list[Json] = []
    for between, trade in exchanges:
        who = (" ".join(trade.givers), trade.issue, " ".join(trade.takers), trade.other_issue)
        numbers = (trade.share.value, trade.share.low, trade.share.high, trade.one_by_one)
        gains = (trade.givers_gain, trade.takers_gain)
        rows.append(dict(zip(TRADE_COLUMNS, (between, *who, *map(number, (*numbers, *gains))), strict=True)))
    return rows


def write_positions(forecast: Forecast, played: Played, file: Path) -> None:
    """Write a row a run to a Parquet file: draw, whether it is decided, position of every issue (null if not)."""
    columns: dict[str, Any] = {"draw": pa.array(played.draw, pa.int32()), "decided": pa.array(played.decided)}
    for k, issue in enumerate(forecast.issues):
        places = np.array(issue.places)[played.option[:, k]]
        columns[issue.id] = pa.array(places, pa.float64(), mask=~played.decided)
    pq.write_table(pa.table(columns), file, compression="zstd")
