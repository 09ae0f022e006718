"""The results of the public face: records of the application with tables, pages and files made from them on request."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.app.workplace import write_whole
from sim.types.records import to_data

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.comparison.outside_view import OutsideView, PastShare
    from sim.analysis.comparison.results import FormatResult
    from sim.analysis.comparison.verdict import Verdict
    from sim.analysis.experiments.retrodiction import Retrodiction as SimulatedMeetings
    from sim.analysis.statistics.intervals import Estimate
    from sim.analysis.theory.conflict import Conflict, DrawRange
    from sim.app.backtest import BacktestResult
    from sim.app.check import Checked
    from sim.app.compare import CompareResult
    from sim.app.forecast import ForecastResult
    from sim.app.solve import Solution as SolvedScenario
    from sim.app.trace import TracedTalk
    from sim.types import Transcript

Row = dict[str, Any]


def frame_of(rows: list[Row]) -> pd.DataFrame:
    """Rows as a DataFrame.

    Raises:
        ImportError: pandas is not installed.
    """
    return _pandas().DataFrame(rows)


def _pandas() -> Any:
    try:
        import pandas
    except ImportError:
        raise ImportError(
            "A DataFrame needs pandas, which is not installed: `pip install pandas`. `.rows()` does without."
        ) from None
    return pandas


class _Tabled(ABC):
    """A result with rows."""

    @abstractmethod
    def rows(self) -> list[Row]:
        """Tidy rows."""

    def frame(self) -> pd.DataFrame:
        """`rows` as a DataFrame.

        Raises:
            ImportError: pandas is not installed.
        """
        return frame_of(self.rows())


class Comparison(_Tabled):
    """Talk formats compared on one scenario; made by `parley.compare`.

    Attributes:
        record: everything that was found, as a frozen record with the words of `comparison.json`.
    """

    def __init__(self, record: CompareResult, runs: bytes) -> None:
        self.record = record
        self._runs = runs

    @property
    def formats(self) -> tuple[FormatResult, ...]:
        """Everything found for each format: `outcomes`, `measures`, who failed it, what the texts contain."""
        return self.record.formats

    @property
    def verdict(self) -> Verdict | None:
        """Whether the ranking of formats is robust, or what it depends on (`.sentence`); None without variants."""
        return self.record.verdict

    def data(self) -> dict[str, Any]:
        """The content of `comparison.json`."""
        return self.record.to_data()

    def rows(self) -> list[Row]:
        """A row a format and measure: `format`, `kind`, `measure`, `value`, `low`, `high`.

        `kind` is `outcome` (these add up to 1), `measure`, or `core_issue` (settlement of a single core issue).
        Values are shares in [0, 1]; `low` and `high` are the 95% interval, which covers simulation error only.
        Where the file names past cases for a likelihood, also `reference_class`, `k`, `n`, `history` with its 90%
        interval `history_low` and `history_high` over as many months as the talks, `beside_history` (above, in_line,
        below) and `factor`.
        """
        rows: list[Row] = []
        for result in self.record.formats:
            outcomes = {outcome.label: one for outcome, one in zip(self.record.outcomes, result.outcomes, strict=True)}
            kinds = (("outcome", outcomes), ("measure", result.measures), ("core_issue", result.core_issues))
            for kind, estimates in kinds:
                for measure, one in estimates.items():
                    row = {"format": result.id, "kind": kind, "measure": measure, **_interval(one)}
                    rows.append(row | (_past(self.record.history, measure, result.id) if kind != "core_issue" else {}))
        return rows

    def pairs(self) -> pd.DataFrame:
        """Paired differences of formats, first minus second, with 95% intervals and the share of draws each leads in.

        Raises:
            ImportError: pandas is not installed.
        """
        return frame_of(
            [
                {
                    "measure": pair.measure,
                    "first": pair.first,
                    "second": pair.second,
                    **_interval(pair.difference),
                    "first_leads": pair.first_leads,
                    "second_leads": pair.second_leads,
                    "ties": pair.ties,
                }
                for pair in self.record.pairs
            ]
        )

    def runs(self, *, inputs: bool = False) -> pd.DataFrame:
        """Every run, a row each, as in `runs.parquet`.

        Args:
            inputs: with the uncertain numbers of the run's draw, a column each.

        Raises:
            ImportError: pandas is not installed.
        """
        import pyarrow.parquet as pq

        _pandas()
        runs: pd.DataFrame = pq.read_table(io.BytesIO(self._runs)).to_pandas()
        if not inputs:
            return runs
        from sim.analysis.comparison.runs_table import inputs_table

        request = self.record.request
        return runs.merge(inputs_table(request.encoder, request.size.draws).to_pandas(), on="draw")

    def report(self, path: str | Path) -> Path:
        """Write the comparison as one self-contained page of HTML.

        Returns:
            The path.
        """
        from sim.report.comparison.comparison_files import comparison_page

        text, _ = comparison_page(self.record, _CALL)
        return _write(path, text)

    def save(self, folder: str | Path) -> Path:
        """Write what `parley compare` leaves: runs, inputs, numbers, page, figures, manifest.

        Args:
            folder: new, empty, or that of an earlier result, which gives way.

        Returns:
            The folder.

        Raises:
            InputError: the folder holds something else.
        """
        from sim.report.comparison.comparison_files import keep_comparison

        return keep_comparison(self.record, Path(folder), _CALL, runs=self._runs)

    def __repr__(self) -> str:
        sizes = f"{self.record.n_draws} draws x {self.record.replications}"
        return f"<Comparison of {len(self.formats)} formats of {self.record.scenario_id}: {sizes}>"

    def _repr_html_(self) -> str:
        from sim.report.comparison.comparison_files import short_html

        return short_html(self.record)


_CALL = "parley.compare(...) from Python"


class Talk(_Tabled):
    """One talk or track, played with everything that was said; made by `parley.trace`.

    Attributes:
        transcript: turns, answers, consent and hold, as frozen records.
    """

    def __init__(self, traced: TracedTalk) -> None:
        self._traced = traced
        self.transcript: Transcript = traced.transcript

    @property
    def outcome(self) -> str:
        """How it ended: `settlement`, `partial`, `process`, `collapsed`, `blocked`, `no_agreement` or `no_talks`."""
        return self.transcript.outcome.label

    @property
    def lines(self) -> list[str]:
        """The talk in plain words, a line a step."""
        from sim.report.transcript.talk_text import told_lines

        return told_lines(self._traced)

    def rows(self) -> list[Row]:
        """A row a turn: `round`, `month`, `speaker`, `move`, `gain` of the speaker, an option on each issue."""
        structure = self._traced.structure
        speakers = [*(party.id for party in structure.parties), "chair"]
        rows: list[Row] = []
        for turn in self.transcript.turns:
            deal = turn.deal or ()
            options = {info.id: info.options[o] for info, o in zip(structure.issues, deal, strict=bool(deal))}
            where = {"round": turn.round, "month": turn.month, "speaker": speakers[turn.speaker]}
            rows.append({**where, "move": turn.move.value, "gain": turn.gain, **options})
        return rows

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __repr__(self) -> str:
        run = f"draw {self.transcript.draw}, replication {self.transcript.replication}"
        return f"<Talk of {self._traced.structure.scenario_id}, {run}: {self.outcome}>"

    def _repr_html_(self) -> str:
        from markupsafe import escape

        return "<ol>" + "".join(f"<li>{escape(line)}</li>" for line in self.lines) + "</ol>"


class Check(_Tabled):
    """What a scenario says before any run; made by `parley.check`. Iterated over, it gives its warnings.

    Attributes:
        record: warnings, and how much conflict the scenario holds, as frozen records.
    """

    def __init__(self, record: Checked) -> None:
        self.record = record

    @property
    def warnings(self) -> tuple[str, ...]:
        """What in the file is worth a second look; nothing said, nothing found."""
        return self.record.worth_a_look

    @property
    def conflict(self) -> Conflict:
        """How much conflict it holds: `formats`, `rooms`, `options`, `idle`, and `warnings` of what to expect."""
        return self.record.conflict

    def data(self) -> dict[str, Any]:
        """The content of `parley check --json`."""
        return self.record.to_data()

    def rows(self) -> list[Row]:
        """A row a number on conflict: `measure`, of which `format`, `party`, `issue`, `option`; `mean`, `low`, `high`.

        Measures are `share` of its best hope that everybody with a vote can have at once, and `hope`, by format; room
        `above` and `below` the status quo, `relief` and `outside`, by party; `gain` by party and core option. `low` and
        `high` are the 5% and 95% quantiles over draws.
        """
        found = self.record.conflict
        rows = [_number("share", one.share, format=one.id) for one in found.formats]
        for one in found.formats:
            rows += [_number("hope", hope, format=one.id, party=party) for party, hope in one.hopes.items()]
        for room in found.rooms:
            rows += [_number(side, getattr(room, side), party=room.party) for side in _ROOM]
        stakes = found.options
        return rows + [_number("gain", s.gain, party=s.party, issue=s.issue, option=s.option) for s in stakes]

    def __iter__(self) -> Iterator[str]:
        return iter(self.warnings)

    def __len__(self) -> int:
        return len(self.warnings)

    def __str__(self) -> str:
        from sim.report.scenario.conflict_tables import conflict_tables
        from sim.report.words.plain import plain_text

        return plain_text(list(conflict_tables(self.record.conflict, self.record.structure)))

    def __repr__(self) -> str:
        return f"<Check of {self.record.scenario_id}: {len(self)} warnings>"

    def _repr_html_(self) -> str:
        return _preformatted(str(self))


_ROOM = ("above", "below", "relief", "outside")


def _number(measure: str, over: DrawRange, **of: str) -> Row:
    places = {place: of.get(place) for place in ("format", "party", "issue", "option")}
    return {"measure": measure, **places, "mean": over.mean, "low": over.low, "high": over.high}


class Solution(_Tabled):
    """What theory says of one format in one world; made by `parley.solve`.

    Attributes:
        record: zone of possible agreement, solutions, frontier, equilibrium, as frozen records.
    """

    def __init__(self, record: SolvedScenario) -> None:
        self.record = record

    def data(self) -> dict[str, Any]:
        """The content of `parley solve --json`."""
        return self.record.to_data()

    def rows(self) -> list[Row]:
        """A row a solution: `solution`, the option of every issue, and the `gain_<party>` of every seat, in stakes."""
        structure = self.record.structure
        seats = [structure.parties[p].id for p in self.record.seats]
        rows: list[Row] = []
        for name, solution in self.record.solutions.items():
            if solution.deal is None:
                continue
            chosen = structure.issue_options_of(solution.deal).tolist()
            options = {info.id: info.options[o] for info, o in zip(structure.issues, chosen, strict=True)}
            gains = {f"gain_{party}": float(gain) for party, gain in zip(seats, solution.gains, strict=True)}
            rows.append({"solution": name, **options, **gains})
        return rows

    def __str__(self) -> str:
        from sim.report.solution.solution_view import whole_view
        from sim.report.words.plain import plain_text

        return plain_text([whole_view(self.record)])

    def __repr__(self) -> str:
        return f"<Solution of a format of {self.record.structure.scenario_id}>"

    def _repr_html_(self) -> str:
        return _preformatted(str(self))


class Forecast(_Tabled):
    """Numeric issues forecast by simulated talks; made by `parley.forecast`.

    Attributes:
        record: the forecast with the runs behind it, as frozen records.
    """

    def __init__(self, record: ForecastResult) -> None:
        self.record = record

    def data(self) -> dict[str, Any]:
        """The content of `forecast.json`."""
        return to_data(self.record)

    def rows(self) -> list[Row]:
        """A row an issue and position: probability with its 95% interval, and the actors nearest to it."""
        from sim.analysis.forecast.issue_forecasts import position_rows

        return position_rows(self.record)

    def report(self, path: str | Path) -> Path:
        """Write the forecast as one self-contained page of HTML, and give its path."""
        from sim.report.forecast.forecast_page import render

        return _write(path, render(self.record, "parley.forecast(...)"))

    def __str__(self) -> str:
        from sim.report.forecast.forecast_page import forecast_view
        from sim.report.words.plain import plain_text

        return plain_text(forecast_view(self.record, None))

    def _repr_html_(self) -> str:
        return _preformatted(str(self))


class BackTest(_Tabled):
    """Forecasts of decisions with known outcomes, scored; made by `parley.backtest`.

    Attributes:
        record: forecasts, scores and fits, as frozen records.
    """

    def __init__(self, record: BacktestResult) -> None:
        self.record = record

    def data(self) -> dict[str, Any]:
        """The content of `backtest.json`."""
        return to_data(self.record)

    def rows(self) -> list[Row]:
        """A row a part of the issues, forecaster and score, and one a difference from a reference."""
        return self.record.rows()

    def report(self, path: str | Path) -> Path:
        """Write the back-test as one self-contained page of HTML, and give its path."""
        from sim.report.backtest.backtest_page import render

        return _write(path, render(self.record, "parley.backtest(...)"))

    def __str__(self) -> str:
        from sim.report.backtest.backtest_page import view
        from sim.report.words.plain import plain_text

        return plain_text(view(self.record))

    def _repr_html_(self) -> str:
        return _preformatted(str(self))


class Retrodiction(_Tabled):
    """Documented meetings simulated, beside what was documented; made by `parley.retrodict`.

    Attributes:
        record: cases, twins and orderings, as frozen records.
    """

    def __init__(self, record: SimulatedMeetings) -> None:
        self.record = record

    def data(self) -> dict[str, Any]:
        """The content of `retrodiction.json`."""
        return to_data(self.record)

    def rows(self) -> list[Row]:
        """A row a case, coding and outcome class: `value`, `low`, `high`, and whether it is what was documented."""
        return [
            {
                "case": result.id,
                "coding": coding,
                "outcome": outcome,
                **_interval(share),
                "documented": outcome in result.documented,
            }
            for result in self.record.cases
            for coding, shares in result.shares.items()
            for outcome, share in shares.items()
        ]


class History(_Tabled):
    """Classes of past cases with their shares; made by `parley.history`.

    Attributes:
        record: the classes with Jeffreys' intervals, as frozen records.
    """

    def __init__(self, record: tuple[PastShare, ...]) -> None:
        self.record = record

    def rows(self) -> list[Row]:
        """A row a class: `id`, `cases`, `event`, `k`, `n`, `share`, 95% and 90% intervals, `months`, source, coding."""
        from sim.app.history import rows

        return rows(self.record)

    def __str__(self) -> str:
        from sim.report.comparison.history_tables import class_table
        from sim.report.words.plain import plain_text

        return plain_text([class_table(self.record).rich()])

    def _repr_html_(self) -> str:
        return _preformatted(str(self))


def _past(view: OutsideView | None, measure: str, format_id: str) -> Row:
    """What stands beside a likelihood; nothing where the file names no class for it."""
    found = view.look(measure, format_id) if view else None
    if found is None:
        return {}
    past, look = found
    share = _interval(look.history) if look.history else dict.fromkeys(("value", "low", "high"), float("nan"))
    history = {f"history_{end}".removesuffix("_value"): number for end, number in share.items()}
    counted = {"reference_class": past.reference.id, "k": past.reference.k, "n": past.reference.n}
    return {**counted, **history, "beside_history": look.position, "factor": look.factor}


def _interval(estimate: Estimate) -> Row:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _write(path: str | Path, text: str) -> Path:
    write_whole(Path(path), text)
    return Path(path)


def _preformatted(text: str) -> str:
    from markupsafe import escape

    return f"<pre>{escape(text)}</pre>"
