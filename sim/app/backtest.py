"""Back-test: forecast decisions whose outcomes are known, and score the forecasts beside simple ones.

Each proposal becomes the scenario of `parley import` and is negotiated draws x replications times, its issues together.
The few constants of the process are fitted out of fold, or taken from a fit that was stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from sim.analysis.backtest.backtest_scores import Evaluation, Linked, evaluate, evaluate_parts, linking, score_rows
from sim.analysis.backtest.cross_validation import BackTest
from sim.analysis.backtest.cross_validation import backtest as out_of_fold
from sim.analysis.backtest.stored_fit import StoredFit, apply_stored, fingerprint, read_stored, store
from sim.analysis.backtest.tilting import without_undecided
from sim.app.errors import InputError, input_error
from sim.app.harness import Keeping, file_digests
from sim.interop import Imported, read_table
from sim.interop.scenario_text import FAR_END
from sim.interop.simulate import PROCESS, UnplayableError, n_talks, simulate
from sim.scenario.source.problems import listing
from sim.types import Ensemble, PositionTable
from sim.types.marks import HIDDEN
from sim.types.playing import SILENCE, Progress, Size
from sim.types.records import to_data

SIZE, MIN_DRAWS = Size(1000, 2), 50
SHIPPED = Path(str(files("sim.interop") / "fits" / "deu3-development.yaml"))
"""The stored fit that comes with the program."""


@dataclass(frozen=True)
class BacktestRequest:
    """What is asked of a back-test; read when it is first used.

    Attributes:
        file: a table of positions, saliences and capabilities with the outcome of every issue (CSV, long form).
        size: draws of the constants of the process, at least 50, and runs of chance for each.
        folds: in which what is fitted is fitted; the issues of a proposal are never in two.
        stored: a stored fit, to apply in place of fitting; `SHIPPED` is that of the program.
        linking: whether every issue is also negotiated by itself, under the first half of the draws: what packages are
            worth.
    """

    file: Path
    size: Size = SIZE
    folds: int = 10
    stored: Path | None = None
    linking: bool = True

    @cached_property
    def applied(self) -> StoredFit | None:
        """The fit that is applied.

        Raises:
            ScenarioError: it cannot be read.
            InputError: it is of another process.
        """
        fit = None if self.stored is None else read_stored(self.stored)
        if fit is not None and fit.process != PROCESS:
            raise InputError(
                f"{self.stored} is a fit of the process {fit.process}; this version simulates {PROCESS}. Fit again: "
                "parley backtest on the table it was learnt from, with --store."
            )
        return fit

    @cached_property
    def imported(self) -> Imported:
        """The table, and what the reader should know of it.

        Raises:
            ScenarioError: a line of it is wrong.
            InputError: outcomes are missing, or there are fewer proposals than folds.
        """
        imported = read_table(self.file)
        issues, proposals = imported.table.issues, imported.table.proposals
        without = [issue.id for issue in issues if issue.outcome is None]
        if without:
            raise InputError(
                f"A back-test needs the outcome of every issue (column `outcome` of the long form); {len(without)} of "
                f"{len(issues)} have none: {listing(without, 5)}. `parley forecast` forecasts issues without one."
            )
        if self.stored is None and len(proposals) < self.folds:
            raise InputError(
                f"{self.folds} folds need as many proposals; the table has {len(proposals)}. Name fewer by --folds, or "
                "apply a fit with --stored."
            )
        free = sum(issue.reference_point is None for issue in issues)
        assumed = f"{free} of {len(issues)} issues have no reference point: {FAR_END} is assumed."
        return replace(imported, notes=(*imported.notes, assumed) if free else imported.notes)

    @property
    def table(self) -> PositionTable:
        """The table."""
        return self.imported.table

    @property
    def few(self) -> Size:
        """Of the talks on every issue by itself."""
        return replace(self.size, draws=max(MIN_DRAWS, self.size.draws // 2))

    @cached_property
    def linked(self) -> bool:
        """Whether issues are also negotiated one by one: not where none is linked to another."""
        return self.linking and n_talks(self.table, apart=False) < n_talks(self.table, apart=True)

    def keeping(self, credit: str, out: Path | None, argv: Sequence[str]) -> Keeping:
        """Where the back-test is kept: in the folder named, or the usual one; the command line is for the record.

        The credit is what the page says of where the table comes from.
        """
        table, fit = fingerprint(self.table.issues), self.stored if self.applied else None
        files = file_digests(self.file, *([fit] if fit else []))
        key = {
            "process": PROCESS,
            "table": table,
            "fit": files[fit.name] if fit else None,
            "folds": self.folds,
            **to_data(self.size),
            "linking": self.linking,
            "credit": credit,
        }
        return Keeping(f"backtest-{self.file.stem}", key, out, files=files, argv=argv, threads=self.size.threads)

    @property
    def work(self) -> int:
        """Runs in all: for a progress bar."""
        together, apart = n_talks(self.table, apart=False), n_talks(self.table, apart=True)
        return together * self.size.runs + self.linked * apart * self.few.runs


@dataclass(frozen=True, kw_only=True)
class BacktestResult(BackTest):
    """Forecasts and their scores."""

    overall: Evaluation
    """Scores over all issues."""
    parts: tuple[Evaluation, ...]
    linked: tuple[Linked, ...]
    """What linking is worth; empty where it was not computed."""
    notes: tuple[str, ...]
    request: Annotated[BacktestRequest, HIDDEN]
    fit: Annotated[StoredFit, HIDDEN]
    """What all issues taught, or what was applied."""
    schema: Literal["parley/backtest/2"] = "parley/backtest/2"

    def rows(self) -> list[dict[str, Any]]:
        """Tidy rows, one a part of the issues, forecaster and score, and one a difference from a reference."""
        return score_rows([self.overall, *self.parts])


def backtest(request: BacktestRequest, *, progress: Progress = SILENCE) -> BacktestResult:
    """Simulate the talks, `request.work` runs in all, fit and forecast, and score everything.

    Raises:
        ScenarioError: a line of the table or the stored fit is wrong, or a proposal's scenario cannot be played.
        InputError: a proposal gives no scenario, or there is nothing to fit or to score.
    """
    fit, table, apart, notes = request.applied, request.table, None, list[str]()
    try:
        progress.say("issues of a proposal together")
        ensemble = simulate(table, request.size, progress=progress, tell=notes.append)
        first = ensemble.first(request.few.draws)
        if request.linked:
            progress.say("issues one by one")
            apart = simulate(table, request.few, apart=True, uniforms=first.uniforms, progress=progress)
    except UnplayableError as error:
        raise input_error(error) from None
    progress.say("fitting and scoring")
    test = _test(request, ensemble, notes)
    return BacktestResult(
        **vars(test),
        request=request,
        overall=evaluate(test),
        parts=evaluate_parts(test),
        linked=() if apart is None else _linked(test, first, apart, notes),
        fit=fit or store(test, ensemble, process=PROCESS, seed=request.size.seed),
        notes=tuple(notes),
    )


def _test(request: BacktestRequest, ensemble: Ensemble, notes: list[str]) -> BackTest:
    """Forecast by what other folds teach, or by the stored fit; issues that no run decides are left out, and told."""
    decided, left_out = without_undecided(ensemble)
    if not decided.issues:
        raise InputError("No run decides any issue of the table, so there is nothing to score.")
    if left_out:
        notes.append(f"No run decides {', '.join(left_out)}: left out for every forecast.")
    if request.applied is not None:
        try:
            return apply_stored(decided, request.applied, process=PROCESS, left_out=left_out)
        except ValueError as error:
            raise InputError(f"{request.stored}: {error}.") from None
    folds, proposals = request.folds, len({issue.proposal for issue in decided.issues})
    if proposals < folds:
        raise InputError(f"{folds} folds need as many proposals; runs decide {proposals}. Name fewer by --folds.")
    return out_of_fold(decided, n_folds=folds, left_out=left_out)


def _linked(test: BackTest, together: Ensemble, apart: Ensemble, notes: list[str]) -> tuple[Linked, ...]:
    """The same draws with issues together and one by one, over the issues of the back-test that both decide."""
    keys = {(issue.proposal, issue.id) for issue in test.issues}
    for ensemble in (together, apart):
        keys &= {(issue.proposal, issue.id) for issue in without_undecided(ensemble)[0].issues}
    gone = [issue.id for issue in test.issues if (issue.proposal, issue.id) not in keys]
    if gone:
        notes.append(f"Too few runs decide {', '.join(gone)}: left out of what linking is worth.")
    return linking(together.of(keys), apart.of(keys), test)
