"""Sweeps from Python: a design, its runs, and what one asks of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from parley._answers import Answer, Map, flat, levels_of, map_rows
from parley._functions import Source, _scenario
from parley._results import Row, _preformatted, _Tabled, _write
from sim.app.errors import InputError
from sim.app.scenarios import Scenario
from sim.sweep.design import Design

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import xarray
    from distributed import Client

    from sim.sweep.sweep_result import SweepResult

Factors = Mapping[str, Mapping[str, Any] | Sequence[Any]]


def design(
    source: Source,
    factors: Factors | None = None,
    sample: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    *,
    formats: Sequence[str] = (),
    draws: int = 100,
    replications: int = 2,
    seed: int = 1,
    name: str = "design",
) -> Design:
    """A design: a scenario, the factors in which its points differ, and the points that are to be played.

    Every level of every factor is loaded and checked here, before anything is played.

    Args:
        source: a scenario, the path of its file or its content; or, without factors, the path of a design file.
        factors: by name, what a design file says of a factor: `{"path": ..., "range": [low, high]}` or `levels`,
            `"as": "scale"`, `"shift"` or `"quantile"`; `{"override": [...]}`; `{"variant": ...}`. Shorter, under the
            dotted path itself: `(low, high)` for a range, `[a, b, c]` for levels.
        sample: which points of the number factors, such as `parley.samples.grid(20)`; or a list of samples.
        formats: ids of formats and tracks; empty for those of a comparison.
        draws: of the uncertain numbers that are not swept, at each point; at least 2.
        replications: runs of chance for each draw and format, at least 2.
        seed: same seed, same numbers.
        name: what problems call it.

    Returns:
        The design: `.n_points`, `.n_runs`, `.formats`, `.numbers` and `.structure` (its factors).

    Raises:
        ScenarioError: the design, its scenario or a level is wrong; the message lists every problem with its place.
        InputError: neither factors nor a design file; a design file and what it says itself; or what is no scenario,
            no factor or no format at all.

    Example:
        >>> import parley
        >>> factors = {"parties.mill.salience.sluice": (0.1, 0.9), "horizon_months": [24, 36]}
        >>> design = parley.design("scenarios/minimal.yaml", factors, parley.samples.grid(5), draws=20)
        >>> design.n_points, design.n_runs
        (10, 800)
    """
    from sim.sweep.designs.read_design import make_design, read_design

    if factors is None:
        if not isinstance(source, str | Path):
            raise InputError("A design of a scenario needs factors: what is to differ from point to point.")
        if sample is not None or formats or (draws, replications, seed) != (100, 2, 1):
            raise InputError(f"{source} says itself what is played: leave out all but the file, or edit it.")
        return read_design(Path(source))
    if not isinstance(source, Scenario | Mapping | str | Path):
        raise InputError(f"{source!r} is no scenario: give one, the path of its file, or its content.")
    content: dict[str, Any] = {
        "factors": _written(factors),
        "runs": {"draws": draws, "replications": replications, "seed": seed},
        **({"sample": sample} if sample is not None else {}),
        **({"formats": [formats] if isinstance(formats, str) else _ids(formats)} if formats else {}),
    }
    return make_design(content, _scenario(source), name=name)


def _ids(formats: Sequence[str]) -> list[str]:
    if not isinstance(formats, Iterable):
        raise InputError(f"Formats are a list of ids, not {formats!r}.")
    return list(formats)


def _written(factors: Factors) -> dict[str, Any]:
    """Factors as a design file has them."""
    from sim.analysis.comparison.runs_table import column_names

    if not isinstance(factors, Mapping) or not all(isinstance(name, str) for name in factors):
        raise InputError(f"Factors are a mapping of names to what is swept, not {factors!r}.")
    columns = column_names(factors)
    return {columns[name]: _factor(name, levels) for name, levels in factors.items()}


def _factor(name: str, levels: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    if isinstance(levels, Mapping):
        return dict(levels)
    if isinstance(levels, str) or not isinstance(levels, Iterable):
        raise InputError(f"Factor {name} is {levels!r}: give (low, high), a list of levels, or a mapping.")
    return {"path": name, "range" if isinstance(levels, tuple) else "levels": list(levels)}


def sweep(
    design: Design | str | Path,
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    scheduler: str | Client | None = None,
    threads: int | None = None,
    progress: bool = False,
) -> Sweep:
    """Play every point of a design in every format.

    The numbers are those of `parley sweep` with the same design, whoever plays.

    Args:
        design: made by `parley.design`, or the path of a design file.
        out: folder in which the sweep is kept; one that holds part of it is completed. Without one it is kept in a
            temporary folder for as long as the result lives.
        workers: play in so many processes of this machine, with `parley[sweep]`; the script that asks for them needs
            `if __name__ == "__main__":`, since each of them reads it.
        scheduler: address of a Dask scheduler whose workers play, or a client of it.
        threads: of this process, where neither of the two is named; default all processors.
        progress: show a bar on a terminal after two seconds.

    Raises:
        ScenarioError: the design file is wrong.
        InputError: the folder holds something else, or nobody can play.
        KeyboardInterrupt: it was stopped; what was finished stays in `out`, and the same call completes it.

    Example:
        >>> import parley
        >>> design = parley.design("scenarios/minimal.yaml", {"parties.mill.salience.sluice": (0.1, 0.9)},
        ...                        parley.samples.grid(3), draws=10)
        >>> frame = parley.sweep(design).frame()
        >>> frame.shape[0], sorted(set(frame["format"]))
        (6, ['all-three', 'farmers'])
    """
    from sim.engines.batch import available_threads
    from sim.report.words.progress import Bar, ProgressUnit
    from sim.sweep.run_sweep import SweepStopped, run_sweep

    whole = design if isinstance(design, Design) else globals()["design"](design)
    home = TemporaryDirectory(prefix="parley-sweep-") if out is None else None
    place = Path(home.name) / "sweep" if home is not None else Path(str(out))
    blocked = next((path for path in place.parents if path.exists() and not path.is_dir()), None)
    if blocked is not None:
        raise InputError(f"{place} cannot be made: {blocked} is no folder.")
    address = scheduler if scheduler is None or isinstance(scheduler, str) else scheduler.scheduler_info()["address"]
    if len([who for who in (workers, scheduler, threads) if who is not None]) > 1:
        raise InputError("Who plays: name one of workers, scheduler and threads.")
    if min(workers or 1, threads or 1) < 1 or 0 in (workers, threads):
        raise InputError(f"At least one must play, not {workers if workers is not None else threads}.")
    if workers is None and scheduler is None:
        threads = threads or available_threads()
    unit = ProgressUnit("points", max(1, whole.n_runs // whole.n_points))
    try:
        with Bar(quiet=not progress, unit=unit) as bar:
            result = run_sweep(whole, place, workers=workers, scheduler=address, threads=threads, progress=bar)
    except SweepStopped as stop:
        raise KeyboardInterrupt(str(stop)) from None
    return Sweep(result, whole, home)


class Sweep(_Tabled):
    """A sweep that was played; made by `parley.sweep`, or from a folder by `Sweep.open`.

    Attributes:
        record: the folder's content as arrays (`sim.sweep.sweep_result`).

    Example:
        >>> import parley
        >>> factors = {"even": {"path": "parties.upper.values.share.options.even", "range": [0, 1]}}
        >>> sweep = parley.sweep(parley.design("scenarios/minimal.yaml", factors, parley.samples.grid(3), draws=10))
        >>> sweep.heatmap("even").frame().shape
        (3, 2)
        >>> [row["format"] for row in sweep.regret().rows()][0]
        'all-three'
        >>> sweep.command(2).split(" --set ")[1]
        'parties.upper.values.share.options.even=1.0 --no-variants'
    """

    def __init__(
        self, record: SweepResult, design: Design | None = None, home: TemporaryDirectory[str] | None = None
    ) -> None:
        self.record = record
        self._design = design
        self._home = home
        """Where it lives if nobody named a folder; gone with this object."""

    @classmethod
    def open(cls, folder: str | Path) -> Sweep:
        """A sweep that was kept in a folder, by Python or by `parley sweep`, whole or not.

        Raises:
            InputError: the folder holds no sweep.
        """
        from sim.sweep.sweep_result import SweepResult

        return cls(SweepResult.open(Path(folder)))

    @property
    def design(self) -> Design:
        """What was played: formats, factors, points, draws."""
        return self._design or self.record.design

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return self.record.folder.place

    def rows(self, measures: Sequence[str] = ()) -> list[Row]:
        """A row a design point and format, with the share of runs of each measure.

        Columns: `point`, every factor, `format`, `draws`, `runs`; of each measure `settlement`, in [0, 1], and the ends
        `settlement_low` and `settlement_high` of its 95% interval (simulation error only, the draw being the sampling
        unit).

        Args:
            measures: names such as `settlement`, `in_force`, `stopped_by_mill`; empty for all.

        Raises:
            InputError: there is no such measure.
        """
        return self.record.rows(tuple(measures) or None)

    def frame(self, measures: Sequence[str] = ()) -> pd.DataFrame:
        """`rows` as a DataFrame.

        Raises:
            InputError: there is no such measure, or pandas is not installed.
        """
        return self.record.frame(tuple(measures) or None)

    def xarray(self, measures: Sequence[str] = ()) -> xarray.Dataset:
        """Of a grid: a dimension a factor and `format`; variables as the columns of `rows`.

        Raises:
            InputError: the design is not one grid, there is no such measure, or xarray is not installed.
        """
        return self.record.xarray(tuple(measures) or None)

    def heatmap(self, x: str, y: str | None = None, *, measure: str = "settlement", format: str | None = None) -> Map:
        """A measure over the levels of one or two factors, all else pooled; shows itself in a notebook.

        `.frame()` is the matrix. Without a format all are shown. Of a design without a grid each factor is cut into
        bins.

        Raises:
            InputError: there is no such factor, measure or format.
        """
        from sim.report.sweep.answer_figures import map_figure
        from sim.sweep.sweep_answers import format_at, share_map

        heat = share_map(self.record, x, y, measure=measure)
        formats = self.design.formats if format is None else (self.design.formats[format_at(self.design, format)],)
        return Map(
            heat, map_rows(heat, self.design.formats, formats), (x, y), map_figure(self.design, heat, formats, measure)
        )

    def tipping(self, first: str, second: str, x: str, y: str | None = None, *, measure: str = "settlement") -> Answer:
        """Where the order of two formats turns over one or two factors: the line, and where one cannot tell.

        Rows are levels with the paired difference, first minus second, and its interval; these hold all at once.

        Raises:
            InputError: there is no such format, factor or measure.
        """
        from sim.report.sweep.answer_figures import tipping_figure
        from sim.sweep.sweep_answers import share_map, tipping_map

        heat = share_map(self.record, x, y, measure=measure)
        turn = tipping_map(self.record, (first, second), heat)
        rows = [
            {**levels, "value": float(turn.value[at]), "low": float(turn.low[at]), "high": float(turn.high[at])}
            for at, levels in levels_of(turn)
        ]
        return Answer(turn, rows, tipping_figure(self.design, heat, turn, measure))

    def sobol(
        self, format: str | None = None, *, minus: str | None = None, measure: str = "settlement", cell: int = 0
    ) -> Answer:
        """First-order and total Sobol indices of a format's share, or of its difference from another one.

        Chance is taken out; intervals are 95%. A row a factor: `first`, `total`, `moves`, `dummy`.

        Args:
            format: whose share; it need not be named where there is one.
            minus: the format that is taken from it.
            measure: such as `settlement`, `in_force`, `stopped_by_mill`.
            cell: of the structure factors, from 0; only 0 where there are none.

        Raises:
            InputError: the design has no Sobol sample, or there is no such format, measure or cell.
        """
        from sim.sweep.sweep_answers import answer, check_sample, sobol_indices

        check_sample(self.design, "sobol")
        found = sobol_indices(self.record, answer(self.record, measure, format, minus), cell)
        return Answer(found, found.factors)

    def morris(
        self, format: str | None = None, *, minus: str | None = None, measure: str = "settlement", cell: int = 0
    ) -> Answer:
        """Morris' elementary effects on a format's share, or on its difference from another one; a row a factor.

        Args:
            format: whose share; it need not be named where there is one.
            minus: the format that is taken from it.
            measure: such as `settlement`, `in_force`, `stopped_by_mill`.
            cell: of the structure factors, from 0; only 0 where there are none.

        Raises:
            InputError: the design has no Morris sample, or there is no such format, measure or cell.
        """
        from sim.sweep.sweep_answers import answer, check_sample, morris_effects

        check_sample(self.design, "morris")
        found = morris_effects(self.record, answer(self.record, measure, format, minus), cell)
        return Answer(found, found.factors)

    def steps(self, format: str | None = None, *, measure: str = "settlement", cell: int = 0) -> Answer:
        """What each level of each factor does alone, of a sample that moves one at a time; a row a factor and level.

        Args:
            format: whose share; it need not be named where there is one.
            measure: such as `settlement`, `in_force`, `stopped_by_mill`.
            cell: of the structure factors, from 0; only 0 where there are none.

        Raises:
            InputError: the design has no such sample, or there is no such format, measure or cell.
        """
        from sim.sweep.sweep_answers import single_steps

        found = single_steps(self.record, measure, format, cell)
        return Answer(found, found.steps)

    def box(self, condition: str, *, format: str | None = None) -> Answer:
        """The box of factors that holds most of the points at which a condition is met (PRIM), and how sure that is.

        Args:
            condition: `settlement < 0.5` (of the format), `settlement of farmers >= 50%`, `farmers leads all-three`
                (told apart, all points looked at together), `farmers ahead of all-three` (by the estimates), `... on
                in_force`; several with `and`.
            format: that is meant where the condition names none.

        Raises:
            InputError: it is no condition, or names what is not there.
        """
        from sim.sweep.sweep_answers import box

        found = box(self.record, condition, format)
        return Answer(found, found.restrictions)

    def tree(self, format: str | None = None, *, minus: str | None = None, measure: str = "settlement") -> Answer:
        """A small regression tree of a format's share, or of its difference from another one; a row a node.

        Args:
            format: whose share; it need not be named where there is one.
            minus: the format that is taken from it.
            measure: such as `settlement`, `in_force`, `stopped_by_mill`.

        Raises:
            InputError: there is no such format or measure.
        """
        from sim.sweep.sweep_answers import answer, tree

        words = [measure, *(["of", format] if format else []), *(["minus", minus] if minus else [])]
        found = tree(self.record, answer(self.record, measure, format, minus), " ".join(words))
        return Answer(found, found.nodes)

    def regret(self, *, measure: str = "settlement") -> Answer:
        """How far each format stays behind the best one of each point: mean, 90%, worst; a row a format, least first.

        Raises:
            InputError: there is no such measure.
        """
        from sim.sweep.sweep_answers import regrets

        found = regrets(self.record, measure)
        return Answer(found, found.formats)

    def command(self, point: int) -> str:
        """The line of `parley compare` that plays a design point as the sweep did, with the same counts.

        Raises:
            IndexError: there is no such point.
        """
        from sim.sweep.designs.compare_line import compare_command
        from sim.sweep.folders.folder_files import SCENARIO

        known = self.design.scenario.file is not None
        return compare_command(self.design, point, None if known else self.folder / SCENARIO)

    def scenario(self, point: int) -> Scenario:
        """The scenario of a design point, for `parley.compare`, `trace` and `solve`.

        Raises:
            IndexError: there is no such point.
        """
        from sim.sweep.designs.compare_line import cell_scenario

        return cell_scenario(self.design, point)

    def failures(self) -> list[Row]:
        """What failed and is not there, a row a block of points: where, at which stage, why, how often it was tried."""
        return [flat(failure) for failure in self.record.folder.failures.rows()]

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """A connection to DuckDB with the views `points`, `draws` and `shares` of the folder's parts.

        Raises:
            InputError: DuckDB is not installed, or no part is there yet.
        """
        return self.record.duckdb()

    def report(self, path: str | Path) -> Path:
        """Write the sweep as one self-contained page of HTML, and give its path."""
        from sim.report.sweep.sweep_page import render

        return _write(path, render(self.record, "parley.sweep(...) from Python"))

    def __str__(self) -> str:
        from sim.report.sweep.sweep_page import summary
        from sim.report.words.plain import plain_text

        return plain_text(summary(self.record))

    def __repr__(self) -> str:
        design, missing = self.design, self.record.n_missing
        left = f", {missing} parts missing" if missing else ""
        return f"<Sweep of {design.name}: {design.n_points} points x {len(design.formats)} formats{left}>"

    def _repr_html_(self) -> str:
        return _preformatted(str(self))
