"""Documented meetings simulated, and set beside what was documented.

A retrodiction file names scenario files beside it, one a case, and things inside them: twins, and the orderings that
documents suggest. A freeze file beside it holds the digests of the cases as they were before the first run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, model_validator

from sim.analysis.comparison.constant_design import N_SETS
from sim.analysis.experiments.cells import Case, read_case
from sim.analysis.experiments.retrodiction import (
    Ordering,
    Retrodiction,
    RetrodictionSizes,
    RetrodictionSpec,
    SpecWords,
    Twin,
)
from sim.analysis.experiments.retrodiction import retrodict as simulate
from sim.app.errors import InputError, choose
from sim.app.harness import Keeping, file_digests
from sim.app.naming import HypothesisQuestion, MetricQuestion, Names, Naming, Question, read_file
from sim.app.workplace import write_whole
from sim.types.playing import SILENCE, Progress, Size

CASE_SIZE = Size(625, 8)
OTHER_SHARE = 4
"""Further codings get this part of the draws."""
DESIGN_REPLICATIONS = 4
FREEZE_SUFFIX = ".frozen.yml"
Digests = Mapping[str, Mapping[str, str]]
"""Per case and codebook."""


class OrderingQuestion(Question):
    """An ordering of outcomes."""

    claim: str
    sources: Names = ()
    input: bool = False
    """The files put this ordering in."""
    note: str = ""
    holds: Annotated[tuple[HypothesisQuestion, ...], Field(min_length=1)]


class TwinQuestion(Question):
    """A case with a cause removed (settlement must fall below a bound) or added (it must rise)."""

    case: str
    format: str | None = None
    change: Annotated[Names, Field(min_length=1)]
    summary: str
    below: Annotated[float, Field(gt=0, lt=1)] | None = None
    rises: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> TwinQuestion:
        if (self.below is None) != self.rises:
            raise ValueError("a twin has `below` or `rises: true`, one of them")
        return self

    @property
    def sides(self) -> tuple[MetricQuestion, MetricQuestion]:
        """Settlement without the change and with it."""
        plain = MetricQuestion(case=self.case, format=self.format, of="settlement")
        return plain, plain.model_copy(update={"override": self.change})


class RetrodictionFile(Question):
    """A retrodiction file as written."""

    retrodiction: Literal[1]
    id: str
    title: str
    cases: Annotated[tuple[str, ...], Field(min_length=1)]
    """Scenario files beside this one."""
    twins: dict[str, TwinQuestion] = Field(default={})
    orderings: dict[str, OrderingQuestion] = Field(default={})
    labels: dict[str, SpecWords] = Field(default={})
    """By language."""


def read_retrodiction(path: Path, only: Sequence[str] = ()) -> RetrodictionSpec:
    """Read a retrodiction file and its cases, names settled; where only some cases are wanted, what needs others goes.

    Raises:
        InputError: something is named that does not exist.
        ScenarioError: a case is wrong.
    """
    file = read_file(path, RetrodictionFile)
    cases = [_documented_case(path.parent / name) for name in file.cases]
    ids = [case.id for case in cases]
    kept = [cases[index] for index in choose(only or ids, ids, what="case")]
    naming = Naming({case.id: case.base for case in cases})
    twins = [
        Twin(key, twin.summary, *map(naming.term, twin.sides), below=twin.below) for key, twin in file.twins.items()
    ]
    orderings = [
        Ordering(key, one.claim, one.input, one.note, one.sources, tuple(map(naming.hypothesis, one.holds)))
        for key, one in file.orderings.items()
    ]
    for words in file.labels.values():
        naming.known(list(words.twins), file.twins, "twin")
        naming.known(list(words.orderings), file.orderings, "ordering")
    naming.stop_if_any()
    chosen = {case.id for case in kept}
    return RetrodictionSpec(
        id=file.id,
        title=file.title,
        cases=tuple(kept),
        twins=tuple(twin for twin in twins if twin.plain.cell.scenario in chosen),
        orderings=tuple(one for one in orderings if {term.cell.scenario for term in one.terms} <= chosen),
        codings=_codings(kept),
        labels=file.labels,
    )


def _documented_case(file: Path) -> Case:
    case = read_case(file)
    if not case.base.documented:
        raise InputError(f"{file} says of no format what is documented: give it a `documented` section.")
    return case


def _codings(cases: Sequence[Case]) -> tuple[str, ...]:
    """Codebooks that every case has, the one in use first."""
    shared = [name for name in cases[0].base.codebooks if all(name in case.base.codebooks for case in cases)]
    used = {case.base.codebook for case in cases}
    if len(used) != 1 or not shared:
        raise InputError("The cases must be read by one codebook; they name " + ", ".join(map(str, used)) + ".")
    first = str(cases[0].base.codebook)
    return (first, *(name for name in shared if name != first))


def freeze_file(path: Path) -> Path:
    """Where the freeze of a retrodiction file is kept."""
    return path.with_name(path.stem + FREEZE_SUFFIX)


def changed_since_freeze(path: Path, each: Digests) -> tuple[str, ...] | None:
    """Ids of cases that differ from the freeze, or None where nothing was frozen."""
    target = freeze_file(path)
    if not target.exists():
        return None
    frozen: Digests = yaml.safe_load(target.read_text(encoding="utf-8"))["cases"]
    return tuple(key for key, row in each.items() if dict(frozen.get(key, {})) != dict(row))


def earlier_freezes(path: Path) -> tuple[str, ...]:
    """Digests of all cases at the freezes that the present one took the place of, oldest first."""
    target = freeze_file(path)
    if not target.exists():
        return ()
    kept = yaml.safe_load(target.read_text(encoding="utf-8"))
    return tuple(kept.get("earlier", ()))


@dataclass(frozen=True)
class RetrodictRequest:
    """What is asked."""

    file: Path
    cases: tuple[str, ...] = ()
    """Ids of the cases wanted; empty for all."""
    size: Size = CASE_SIZE
    """Of a case by the codebook that the files name."""
    design_draws: int = 16
    """For each set of constants, where orderings are looked at."""

    @cached_property
    def spec(self) -> RetrodictionSpec:
        """The file and its cases, read once.

        Raises:
            InputError: the file names what is not there.
            ScenarioError: a case is wrong.
        """
        return read_retrodiction(self.file, self.cases)

    def keeping(self, language: str, out: Path | None, argv: Sequence[str]) -> Keeping:
        """Where a retrodiction in this language is kept: in the folder named, or the usual one."""
        key = {
            "digest": self.spec.digest,
            "cases": list(self.cases),
            "draws": self.size.draws,
            "replications": self.size.replications,
            "design_draws": self.design_draws,
            "seed": self.size.seed,
            **({} if language == "en" else {"language": language}),
        }
        files = file_digests(*filter(Path.exists, (self.file, freeze_file(self.file))))
        return Keeping(self.spec.id, key, out, files=files, argv=argv, threads=self.size.threads)

    @property
    def sizes(self) -> RetrodictionSizes:
        """How many runs each part gets."""
        other = replace(self.size, draws=max(2, self.size.draws // OTHER_SHARE))
        design = replace(self.size, draws=self.design_draws * N_SETS, replications=DESIGN_REPLICATIONS)
        return RetrodictionSizes(self.size, other, design)


def retrodict(request: RetrodictRequest, *, progress: Progress = SILENCE) -> Retrodiction:
    """Simulate documented meetings: what came of them, twins without their cause, orderings; scored, nothing fitted.

    Raises:
        InputError: the retrodiction file names what is not there.
        ScenarioError: a case is wrong.
    """
    found = simulate(request.spec, request.sizes, progress)
    changed = changed_since_freeze(request.file, request.spec.digests)
    return replace(found, changed=changed, earlier_freezes=earlier_freezes(request.file))


def freeze_cases(file: Path) -> Path:
    """Write the digests of the cases beside their retrodiction file, and run nothing; gives the file written.

    A freeze that stands there is kept as the digest of all its cases, under `earlier`: that cases were frozen anew, and
    so had been run before, is said with every result.

    Raises:
        InputError: the retrodiction file names what is not there.
        ScenarioError: a case is wrong.
    """
    spec, target = read_retrodiction(file), freeze_file(file)
    head = "# Digests of the cases by codebook, from before they were first run. Later changes show in the output.\n"
    each = {key: dict(row) for key, row in spec.digests.items()}
    kept: dict[str, object] = {"frozen": 1, "all": spec.digest}
    if target.exists():
        head = "# Digests of the cases by codebook, frozen anew after those of `earlier`. Later changes are told.\n"
        kept["earlier"] = [*earlier_freezes(file), yaml.safe_load(target.read_text(encoding="utf-8"))["all"]]
    content = yaml.safe_dump({**kept, "cases": each}, sort_keys=False)
    write_whole(target, head + content)
    return target
