"""Views of a sweep's files for DuckDB: `points`, `draws` (a row a point, format and draw) and `shares` (over draws)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.analysis.comparison.results import IN_FORCE, SIGNED
from sim.sweep.design import Design
from sim.sweep.point_counts import EVENTS

VIEWS = "views.sql"
_IN_FORCE, _SIGNED = (tuple(outcome.label for outcome in outcomes) for outcomes in (IN_FORCE, SIGNED))
COUNTED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "settlement": (("settlement",), ()),
    "in_force": (_IN_FORCE, ()),
    "signed": (_SIGNED, ()),
    "halt": (("halt",), ()),
    "agreed": (("agreed",), ()),
    "core": (("core",), ()),
    "lasted": (_IN_FORCE, _SIGNED),
}
"""Name -> counts that are hits, and counts that are trials (none: all runs); every other count is its own measure."""


def counts_of(measure: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Counts that are hits of a measure, and counts that are its trials: none for all runs."""
    return COUNTED.get(measure, ((measure,), ()))


def all_measures(parties: Sequence[str]) -> tuple[str, ...]:
    """Measures, outcomes, and who stopped what."""
    return (*dict.fromkeys((*COUNTED, *EVENTS)), *(f"stopped_by_{party}" for party in parties))


def factor_columns(design: Design) -> list[str]:
    """Columns of the factors, structure factors first; their names are such as pandas keeps."""
    return [factor.name for factor in (*design.structure, *design.numbers)]


def views_sql(design: Design, counts: Sequence[str], *, split: bool) -> str:
    """The SQL of the views; files are named from the sweep's folder, so run it there: `duckdb -init views.sql`.

    `split` is whether the replications of a draw lie in several parts, so that they must be summed.
    """
    structure = "".join(f', "{factor.name}"' for factor in design.structure)
    levels = "".join(f', p."{factor.name}"' for factor in design.numbers)
    factors = "".join(f', x."{name}"' for name in factor_columns(design))
    sums = "".join(f', sum("{name}") AS "{name}"' if split else f', "{name}"' for name in ("runs", *counts))
    n_draws = "count(DISTINCT draw)" if split else "count(*)"
    by_draw = " GROUP BY played, key, draw" if split else ""
    shares = "".join(f', {_share(name)} AS "{name}"' for name in all_measures(()))
    n_points = len(design.points.luck)
    return f"""-- Views of a sweep by Parley. In this folder: duckdb -init {VIEWS}
CREATE OR REPLACE VIEW cells AS SELECT * FROM read_parquet('cells.parquet');
CREATE OR REPLACE VIEW points AS
  SELECT c.cell * {n_points} + p.file_row_number AS point, c.cell{structure}{levels}, p.key, p.seed
  FROM (SELECT DISTINCT cell{structure} FROM cells) c, read_parquet('points.parquet', file_row_number = true) p;
CREATE OR REPLACE VIEW draws AS
  SELECT x.point{factors}, c.format, d.* EXCLUDE (played, key)
  FROM (SELECT played, key, draw{sums} FROM read_parquet('parts/*.parquet', union_by_name = true){by_draw}) d
  JOIN cells c ON c.played = d.played JOIN points x ON x.cell = c.cell AND x.key = d.key;
CREATE OR REPLACE VIEW shares AS
  SELECT x.point{factors}, c.format, s.* EXCLUDE (played, key)
  FROM (SELECT played, key, {n_draws} AS draws, sum(runs) AS runs{shares}
        FROM read_parquet('parts/*.parquet', union_by_name = true) GROUP BY played, key) s
  JOIN cells c ON c.played = s.played JOIN points x ON x.cell = c.cell AND x.key = s.key;
"""


def _share(measure: str) -> str:
    hits, trials = counts_of(measure)
    over = " + ".join(f'sum("{name}")' for name in trials or ("runs",))
    return f"({' + '.join(f'sum({chr(34)}{name}{chr(34)})' for name in hits)}) / nullif({over}, 0)"
