"""A fit that is kept: written once from a whole table, applied to others without learning from them.

Beside the numbers it holds what they were learnt from: the process and its constants, seed and draws, and SHA-256
digests of the table and of each of its proposals, so that a table learnt from is recognised, even in part or edited.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from sim.analysis.backtest.cross_validation import BackTest, Fitted, apply_fitted
from sim.analysis.backtest.stacking import Layer, Mixture
from sim.analysis.backtest.tilting import BOUND, Tilted
from sim.analysis.statistics.forecast_scores import GRID
from sim.scenario.source.problems import Report, show
from sim.scenario.source.yaml_text import parse_text, read_text
from sim.types import Ensemble, SpatialIssue

Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ShortHex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
_SUM = 1e-6
_WRITTEN = "a fit that `parley backtest --store` wrote"
_MARK = re.compile(r"^parley_fit *:", re.MULTILINE)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class StoredConstant(_Part):
    """A constant of the process and its tilt."""

    name: str
    low: float
    high: float
    tilt: float = Field(ge=-BOUND, le=BOUND)
    mean: float  # under all tilts; for the reader, not used


class StoredLayer(_Part):
    """Weights of a mixture with the simulation."""

    process: Share
    positions: Share
    gaussian: Share
    marginal: Share
    width: float = Field(ge=0.0, le=100.0)

    @model_validator(mode="after")
    def _sums_to_one(self) -> StoredLayer:
        if abs(self.process + self.positions + self.gaussian + self.marginal - 1.0) > _SUM:
            raise ValueError("the four weights sum to 1")
        return self


class StoredBaselines(_Part):
    """Numbers of the baselines that have any."""

    gaussian_sd: float = Field(gt=0.0)
    mixture_positions: Share
    mixture_gaussian: Share
    mixture_sd: float = Field(gt=0.0)

    @model_validator(mode="after")
    def _leaves_no_less_than_nothing(self) -> StoredBaselines:
        if self.mixture_positions + self.mixture_gaussian > 1.0 + _SUM:
            raise ValueError("the mixture's two weights sum to at most 1")
        return self


class LearntFrom(_Part):
    """The table, as digests."""

    issues: int = Field(ge=1)
    proposals: int = Field(ge=2)
    fingerprint: Hex  # of all rows
    proposal_digests: list[ShortHex]  # of the rows of each proposal, sorted


class StoredFit(_Part):
    """The whole file."""

    parley_fit: Literal[1]
    process: str  # version of the simulated process; another one has to be fitted anew
    seed: int
    draws: int = Field(ge=1)
    runs: int = Field(ge=1)  # runs per draw, of the issue with the most
    effective_draws: float = Field(ge=1.0)
    crps: float = Field(ge=0.0)  # in-sample
    learnt_from: LearntFrom
    constants: list[StoredConstant]
    layered: StoredLayer
    mixture_with_process: StoredLayer
    baselines: StoredBaselines
    marginal: list[Share] = Field(min_length=GRID.size, max_length=GRID.size)

    @model_validator(mode="after")
    def _marginal_is_a_distribution(self) -> StoredFit:
        if abs(sum(self.marginal) - 1.0) > _SUM:
            raise ValueError("the marginal sums to 1")
        return self

    @property
    def fitted(self) -> Fitted:
        """The numbers as fitting gives them."""
        base = self.baselines
        return Fitted(
            Tilted(tuple(constant.tilt for constant in self.constants), self.effective_draws, self.crps),
            base.gaussian_sd,
            Mixture(base.mixture_positions, base.mixture_gaussian, base.mixture_sd, tuple(self.marginal)),
            Layer(**self.layered.model_dump()),
            Layer(**self.mixture_with_process.model_dump()),
        )


def _rows(issue: SpatialIssue) -> list[str]:
    """Canonical rows of an issue: one an actor, numbers as they are, JSON."""
    about = [issue.proposal, issue.id, issue.low, issue.high, issue.full_salience, issue.wave, issue.procedure]
    about += [issue.voting_rule, issue.reference_point, issue.outcome]
    return [
        json.dumps([float(cell) if isinstance(cell, int) else cell for cell in (*about, *stand)])
        for stand in issue.stands
    ]


def fingerprint(issues: Sequence[SpatialIssue]) -> str:
    """SHA-256 of the rows of a table with its outcomes, hexadecimal; the order of rows makes no difference."""
    rows = sorted(row for issue in issues for row in _rows(issue))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def proposal_digests(issues: Sequence[SpatialIssue]) -> dict[str, str]:
    """Proposal -> first 16 digits of the `fingerprint` of its issues."""
    own: dict[str, list[SpatialIssue]] = {}
    for issue in issues:
        own.setdefault(issue.proposal, []).append(issue)
    return {proposal: fingerprint(members)[:16] for proposal, members in own.items()}


def store(test: BackTest, ensemble: Ensemble, *, process: str, seed: int) -> StoredFit:
    """What to keep of a back-test: the fit on all its issues, and the version and seed of its process."""
    fitted, digests = test.whole, proposal_digests(test.issues)
    return StoredFit(
        parley_fit=1,
        process=process,
        seed=seed,
        draws=len(ensemble.uniforms),
        runs=int(ensemble.runs_of_issues.max()),
        effective_draws=fitted.tilted.effective_size,
        crps=fitted.tilted.crps,
        learnt_from=LearntFrom(
            issues=len(test.issues),
            proposals=len(digests),
            fingerprint=fingerprint(test.issues),
            proposal_digests=sorted(digests.values()),
        ),
        constants=[
            StoredConstant(name=of.name, low=of.low, high=of.high, tilt=learnt.tilt, mean=learnt.mean)
            for learnt in test.constants
            for of in [learnt.constant]
        ],
        layered=StoredLayer(**vars(fitted.layered)),
        mixture_with_process=StoredLayer(**vars(fitted.mixture_with_process)),
        baselines=StoredBaselines(
            gaussian_sd=fitted.gaussian_sd,
            mixture_positions=fitted.mixture.positions,
            mixture_gaussian=fitted.mixture.gaussian,
            mixture_sd=fitted.mixture.sd,
        ),
        marginal=list(fitted.mixture.marginal),
    )


def stored_text(stored: StoredFit) -> str:
    """The fit as YAML."""
    head = "# Fitted by parley backtest; applied with --stored. Change nothing by hand: fit again.\n"
    return head + yaml.safe_dump(stored.model_dump(), sort_keys=False, allow_unicode=True, width=110)


def read_stored(path: Path) -> StoredFit:
    """Read a stored fit; a `ScenarioError` names every problem of a file that is none."""
    report = Report(str(path))
    if not path.is_file():
        report.add((), "there is no such file", allowed=_WRITTEN)
        report.stop_if_any()
    text = read_text(path, report)
    # Whatever else a user names here, one sentence says more than each key that it lacks.
    if _MARK.search(text) is None:
        report.add((), "this is no stored fit", seen=show(text[:40]), allowed=_WRITTEN)
        report.stop_if_any()
    data = parse_text(text, report)
    try:
        return StoredFit.model_validate(data)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            where = tuple(map(str, problem["loc"]))
            seen = "" if isinstance(problem["input"], dict | list) else show(problem["input"])
            report.add(where, f"this is no stored fit: {problem['msg']}", seen=seen)
        report.stop_if_any()
        raise


def apply_stored(ensemble: Ensemble, stored: StoredFit, *, process: str, left_out: tuple[str, ...] = ()) -> BackTest:
    """Forecast every issue of a table by a stored fit.

    The result says `in_sample` where the table is the one that was learnt from, and otherwise how many issues belong to
    proposals that were. A ValueError for a fit of another version of the process or of other constants; else as
    `backtest`.
    """
    if process != stored.process:
        raise ValueError(f"the stored fit is of process {stored.process}, this is {process}: fit again")
    fitted = [(constant.name, constant.low, constant.high) for constant in stored.constants]
    own = [(constant.name, float(constant.low), float(constant.high)) for constant in ensemble.constants]
    if fitted != own:
        raise ValueError(f"the stored fit is of the constants {fitted}, the process has {own}: fit again")
    digests, learnt = proposal_digests(ensemble.issues), set(stored.learnt_from.proposal_digests)
    seen = sum(digests[issue.proposal] in learnt for issue in ensemble.issues)
    same = fingerprint(ensemble.issues) == stored.learnt_from.fingerprint
    how = "in_sample" if same else "stored"
    return apply_fitted(ensemble, stored.fitted, how=how, seen_before=seen, left_out=left_out)
