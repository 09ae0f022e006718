"""A forecast as plain data: `forecast.json`, a row per issue and position, a row per exchange, a row per run.

The keys are stable; `docs/how-to/forecast.md` lists them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.analysis.forecast.issue_distribution import Distribution
from sim.analysis.forecast.issue_forecasts import Alone, Forecast, IssueForecast, Played
from sim.analysis.forecast.package_trades import Trade
from sim.analysis.statistics.json_numbers import estimate, number

POSITION_COLUMNS = ("issue", "unit", "position", "probability", "low", "high", "status_quo", "nearest_actors")
TRADE_COLUMNS = (
    *("between", "givers", "issue", "takers", "other_issue"),
    *("share", "low", "high", "one_by_one", "givers_gain", "takers_gain"),
)


def forecast_json(found: Forecast) -> dict[str, Any]:
    """Everything found, numbers rounded far below simulation error, null where nothing is known."""
    return {
        "scenario": found.scenario_id,
        "title": found.title,
        "digest": found.digest,
        "format": found.format_id,
        "draws": found.size.draws,
        "replications": found.size.replications,
        "seed": found.size.seed,
        "decided": estimate(found.decided),
        "issues": [_issue(one) for one in found.issues],
        "package": None if found.package is None else _package(found),
        "no_package": found.no_package or None,
    }


def _issue(one: IssueForecast) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "unit": one.unit,
        "scale": [number(one.low), number(one.high)],
        "status_quo": {"position": number(one.status_quo), "probability": estimate(one.status_quo_share)},
        **_distribution(one.found),
        "grid": [number(share) for share in one.found.grid(one.low, one.high)],
        "actor_positions": [
            {
                "position": number(each.position),
                "actors": list(each.actors),
                "option": number(each.option),
                "probability": estimate(each.share),
            }
            for each in one.positions
        ],
        "baselines": {key: None if value is None else number(value) for key, value in one.baselines.items()},
        "weighted_positions_grid": [number(share) for share in one.weighted],
        "alone": None if one.alone is None else _alone(one.alone),
    }


def _distribution(found: Distribution) -> dict[str, Any]:
    return {
        "median": estimate(found.median),
        "mean": estimate(found.mean),
        "interval_50": [number(end) for end in found.interval(0.5)],
        "interval_80": [number(end) for end in found.interval(0.8)],
        "positions": [
            {"position": number(place), "probability": estimate(share)}
            for place, share in zip(found.positions.tolist(), found.shares, strict=True)
        ],
    }


def _alone(one: Alone) -> dict[str, Any]:
    return {
        "decided": estimate(one.decided),
        "reference": number(one.reference),
        **_distribution(one.found),
        "median_moved": number(one.median_moved),
        "mean_moved": estimate(one.mean_moved),
        "wasserstein": number(one.wasserstein),
    }


def _package(found: Forecast) -> dict[str, Any]:
    package = found.package
    assert package is not None
    return {
        "better_for": package.count(1),
        "worse_for": package.count(-1),
        "not_told_apart": package.count(0),
        "parties": [{"party": one.party, "gain": estimate(one.gain)} for one in package.parties],
        "exchanges_by_side": [_trade(one) for one in package.by_side],
        "exchanges_by_party": [_trade(one) for one in package.by_party],
    }


def _trade(one: Trade) -> dict[str, Any]:
    return {
        "givers": list(one.givers),
        "issue": one.issue,
        "takers": list(one.takers),
        "other_issue": one.other_issue,
        "share": estimate(one.share),
        "one_by_one": number(one.one_by_one),
        "givers_gain": number(one.givers_gain),
        "takers_gain": number(one.takers_gain),
    }


def position_rows(found: Forecast) -> Iterator[tuple[Any, ...]]:
    """A row per issue and position, as `POSITION_COLUMNS`; actors are separated by spaces."""
    for one in found.issues:
        for place, share in zip(one.found.positions.tolist(), one.found.shares, strict=True):
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
