"""What a sweep says to one question, as rows, words and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from parley._results import Row, _Tabled

if TYPE_CHECKING:
    import pandas as pd


class Answer(_Tabled):
    """What a sweep says to one question.

    Attributes:
        record: everything that was found, as a frozen record.
    """

    def __init__(self, record: Any, rows: Sequence[Any], svg: str = "") -> None:
        self.record = record
        self._rows = rows
        self._svg = svg

    @property
    def sentence(self) -> str:
        """The answer in words; empty for a map."""
        return getattr(self.record, "sentence", "")

    def rows(self) -> list[Row]:
        """A row a thing found; an estimate is `name`, `name_low`, `name_high`."""
        return [row if isinstance(row, dict) else flat(row) for row in self._rows]

    def __str__(self) -> str:
        return self.sentence or repr(self)

    def __repr__(self) -> str:
        return f"<{type(self.record).__name__}: {self.sentence or f'{len(self._rows)} rows'}>"

    def _repr_html_(self) -> str:
        from markupsafe import escape

        words = f"<p>{escape(self.sentence)}</p>" if self.sentence else ""
        return words + (self._svg or _table(self.rows()))


class Map(Answer):
    """Shares, or a difference, over the levels of one or two factors."""

    def __init__(self, record: Any, rows: Sequence[Row], axes: tuple[str, str | None], svg: str = "") -> None:
        super().__init__(record, rows, svg)
        self._axes = axes

    def frame(self) -> pd.DataFrame:
        """The matrix: levels of the first factor as columns, of the second as rows; a band of columns a format.

        Raises:
            ImportError: pandas is not installed.
        """
        x, y = self._axes
        table = super().frame()
        if y is None:
            return table.pivot_table(index=x, columns="format", values="value", sort=False)
        across = ["format", x] if len(set(table["format"])) > 1 else x
        return table.pivot_table(index=y, columns=across, values="value", sort=False)


def _table(rows: list[Row]) -> str:
    """Rows as a table of HTML; empty where there are none."""
    from markupsafe import escape

    def cell(value: Any) -> str:
        return f"<td>{value:.4g}</td>" if isinstance(value, float) else f"<td>{escape(value)}</td>"

    head = "".join(f"<th>{escape(name)}</th>" for name in rows[0]) if rows else ""
    body = "".join(f"<tr>{''.join(map(cell, row.values()))}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>" if rows else ""


def flat(record: Any) -> Row:
    """A frozen record as a row: an estimate in three columns, a record in it by its fields."""
    row: Row = {}
    for one in fields(record):
        value = getattr(record, one.name)
        if is_dataclass(value):
            inner = flat(value)
            ends = inner.keys() == {"value", "low", "high"}
            row |= {one.name if ends and key == "value" else f"{one.name}_{key}": part for key, part in inner.items()}
        else:
            row[one.name] = value.value if isinstance(value, Enum) else value
    return row


def levels_of(heat: Any) -> list[tuple[tuple[int, int], Row]]:
    """Positions of a map with the levels of its factors."""
    columns = heat.columns.levels if heat.columns is not None else (None,)
    return [
        ((u, v), {heat.rows.factor: row, **({heat.columns.factor: column} if heat.columns is not None else {})})
        for u, row in enumerate(heat.rows.levels)
        for v, column in enumerate(columns)
    ]


def map_rows(heat: Any, formats: Sequence[str], shown: Sequence[str]) -> list[Row]:
    parts = {"value": heat.value, "low": heat.low, "high": heat.high}
    return [
        {
            **levels,
            "format": name,
            **{key: float(part[*at, formats.index(name)]) for key, part in parts.items()},
            "points": int(heat.points[at]),
        }
        for name in shown
        for at, levels in levels_of(heat)
        if np.isfinite(heat.value[*at, formats.index(name)])
    ]
