"""Back-test: forecast decisions whose outcomes are known, and score the forecasts beside simple ones.

Each proposal becomes the scenario of `parley import` and is negotiated draws x replications times, its issues together.
The few constants of the process are fitted out of fold, or taken from a fit that was stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim.analysis.backtest.backtest_json import issue_rows, score_rows
from sim.analysis.backtest.backtest_scores import Evaluation, evaluate, evaluate_parts
from sim.analysis.backtest.cross_validation import BackTest
from sim.analysis.backtest.cross_validation import backtest as out_of_fold
from sim.analysis.backtest.linking import Linked, linking
from sim.analysis.backtest.stored_fit import StoredFit, apply_stored, fingerprint, read_stored, store
from sim.analysis.backtest.tilting import without_undecided
from sim.app.errors import InputError, input_error
from sim.interop import read_table
from sim.interop.scenario_text import FAR_END
from sim.interop.simulate import PROCESS, UnplayableError, n_talks, simulate
from sim.scenario.source.errors import listing
from sim.types import Ensemble, PositionTable
from sim.types.playing import SILENCE, Progress, Size

MIN_DRAWS = 50
SHIPPED = Path(str(files("sim.interop") / "fits" / "deu3-development.yaml"))
"""The stored fit that comes with the program."""


@dataclass(frozen=True)
class BacktestRequest:
    """What is asked of a back-test.

    Attributes:
        file: a table of positions, saliences and capabilities with the outcome of every issue (CSV, long form).
        folds: in which what is fitted is fitted; the issues of a proposal are never in two.
        stored: a stored fit, to apply in place of fitting; `SHIPPED` is that of the program.
        draws: draws of the constants of the process, at least 50.
        replications: runs of chance for each draw.
        seed: same seed, same numbers.
        linking: whether every issue is also negotiated by itself: what packages are worth.
        threads: default all processors; results do not depend on it.
    """

    file: Path
    folds: int = 10
    stored: Path | None = None
    draws: int = 1000
    replications: int = 2
    seed: int = 1
    linking: bool = True
    threads: int | None = None

    @property
    def size(self) -> Size:
        """Of the talks on every proposal."""
        return Size(self.draws, self.replications, self.seed, self.threads)

    @property
    def few(self) -> Size:
        """Of the talks on every issue by itself: the first half of the draws."""
        return Size(max(MIN_DRAWS, self.draws // 2), self.replications, self.seed, self.threads)


@dataclass(frozen=True)
class BacktestPlan:
    """A request made concrete: table and stored fit read, nothing computed."""

    request: BacktestRequest
    table: PositionTable
    stored: StoredFit | None
    notes: tuple[str, ...]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the rows of the table."""
        return fingerprint(self.table.issues)

    @cached_property
    def _talks(self) -> tuple[int, int]:
        return n_talks(self.table, apart=False), n_talks(self.table, apart=True)

    @property
    def linked(self) -> bool:
        """Whether issues are also negotiated one by one: not where none is linked to another."""
        together, apart = self._talks
        return self.request.linking and together < apart

    @property
    def work(self) -> int:
        """Runs in all: for a progress bar."""
        together, apart = self._talks
        return together * self.request.size.runs + self.linked * apart * self.request.few.runs


@dataclass(frozen=True)
class BacktestResult:
    """Forecasts and their scores."""

    plan: BacktestPlan
    test: BackTest
    scores: Evaluation
    """Over all issues."""
    parts: tuple[Evaluation, ...]
    linked: tuple[Linked, ...]
    """What linking is worth; empty where it was not computed."""
    fit: StoredFit
    """What all issues taught, or what was applied."""
    notes: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Tidy rows, one a part of the issues, forecaster and score, and one a difference from a reference."""
        return score_rows([self.scores, *self.parts])

    def issue_rows(self) -> list[dict[str, Any]]:
        """Tidy rows, one an issue and forecaster, in hundredths of the issue's scale."""
        return issue_rows(self.test)


def plan_backtest(request: BacktestRequest) -> BacktestPlan:
    """Everything that can be refused before a run is made.

    Raises:
        ScenarioError: a line of the table, or the stored fit, is wrong.
        InputError: outcomes are missing, there are fewer proposals than folds, or the fit is of another process.
    """
    stored = None if request.stored is None else read_stored(request.stored)
    if stored is not None and stored.process != PROCESS:
        raise InputError(
            f"{request.stored} is a fit of the process {stored.process}; this version simulates {PROCESS}. Fit again: "
            "parley backtest on the table it was learnt from, with --store."
        )
    imported = read_table(request.file)
    table, notes = imported.table, list(imported.notes)
    without = [issue.id for issue in table.issues if issue.outcome is None]
    if without:
        raise InputError(
            f"A back-test needs the outcome of every issue (column `outcome` of the long form); {len(without)} of "
            f"{len(table.issues)} have none: {listing(without, 5)}. `parley forecast` forecasts issues without one."
        )
    if stored is None and len(table.proposals) < request.folds:
        raise InputError(
            f"{request.folds} folds need as many proposals; the table has {len(table.proposals)}. Name fewer by "
            "--folds, or apply a fit with --stored."
        )
    free = sum(issue.reference_point is None for issue in table.issues)
    if free:
        notes.append(f"{free} of {len(table.issues)} issues have no reference point: {FAR_END} is assumed.")
    return BacktestPlan(request, table, stored, tuple(notes))


def backtest(plan: BacktestPlan, *, progress: Progress = SILENCE) -> BacktestResult:
    """Simulate the talks, fit and forecast, and score everything.

    Args:
        plan: the request made concrete.
        progress: told of runs, `plan.work` in all.

    Raises:
        InputError: a proposal gives no scenario, or there is nothing to fit or to score.
        ScenarioError: a proposal's scenario cannot be played.
    """
    request, notes = plan.request, list[str]()
    apart = None
    try:
        progress.say("issues of a proposal together")
        ensemble = simulate(plan.table, request.size, progress=progress, tell=notes.append)
        first = ensemble.first(request.few.draws)
        if plan.linked:
            progress.say("issues one by one")
            uniforms = first.uniforms
            apart = simulate(plan.table, request.few, apart=True, uniforms=uniforms, progress=progress)
    except UnplayableError as error:
        raise input_error(error) from None
    progress.say("fitting and scoring")
    test = _test(plan, ensemble, notes)
    return BacktestResult(
        plan=plan,
        test=test,
        scores=evaluate(test),
        parts=evaluate_parts(test),
        linked=() if apart is None else _linked(test, first, apart, notes),
        fit=plan.stored or store(test, ensemble, process=PROCESS, seed=request.seed),
        notes=tuple(notes),
    )


def _test(plan: BacktestPlan, ensemble: Ensemble, notes: list[str]) -> BackTest:
    """Forecast by what other folds teach, or by the stored fit; issues that no run decides are left out, and told."""
    decided, left_out = without_undecided(ensemble)
    if not decided.issues:
        raise InputError("No run decides any issue of the table, so there is nothing to score.")
    if left_out:
        notes.append(f"No run decides {', '.join(left_out)}: left out for every forecast.")
    if plan.stored is not None:
        try:
            return apply_stored(decided, plan.stored, process=PROCESS, left_out=left_out)
        except ValueError as error:
            raise InputError(f"{plan.request.stored}: {error}.") from None
    folds, proposals = plan.request.folds, len({issue.proposal for issue in decided.issues})
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
