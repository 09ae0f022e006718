"""Retrodiction files: which documented cases are simulated, their twins, and the orderings that documents suggest.

Such a file names scenario files beside it and things inside them. A freeze file beside it holds the digests of the
cases as they were before the first run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import Field, model_validator

from sim.app.errors import InputError, choose
from sim.cli.asked_file import Names, Part, read_file
from sim.cli.question_file import Naming, QuantityAsked, StatementAsked

if TYPE_CHECKING:
    from sim.analysis.experiments.retrodiction import Asked, AskedWords, Case, Ordering, Twin

FREEZE_SUFFIX = ".frozen.yml"


class OrderingAsked(Part):
    """An ordering of outcomes."""

    claim: str
    sources: Names = ()
    input: bool = False
    """The files put this ordering in."""
    note: str = ""
    holds: Annotated[tuple[StatementAsked, ...], Field(min_length=1)]


class TwinAsked(Part):
    """A case with a cause removed (settlement must fall below a bound) or added (it must rise)."""

    case: str
    format: str | None = None
    change: Annotated[Names, Field(min_length=1)]
    summary: str
    below: Annotated[float, Field(gt=0, lt=1)] | None = None
    rises: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> TwinAsked:
        if (self.below is None) != self.rises:
            raise ValueError("a twin has `below` or `rises: true`, one of them")
        return self


class WordsAsked(Part):
    """The words of the file in another language; what is left out stays as it is."""

    title: str | None = None
    twins: dict[str, str] = Field(default={})
    """Twin: summary."""
    orderings: dict[str, str] = Field(default={})
    """Ordering: claim."""


class RetrodictionFile(Part):
    """A retrodiction file as written."""

    retrodiction: Literal[1]
    id: str
    title: str
    cases: Annotated[tuple[str, ...], Field(min_length=1)]
    """Scenario files beside this one."""
    twins: dict[str, TwinAsked] = Field(default={})
    orderings: dict[str, OrderingAsked] = Field(default={})
    labels: dict[str, WordsAsked] = Field(default={})
    """By language."""


def read_retrodiction(path: Path, only: Sequence[str]) -> Asked:
    """Read a retrodiction file and its cases, names settled.

    Args:
        path: the file.
        only: ids of the cases wanted; empty for all. Twins and orderings that need others are left out.

    Raises:
        InputError: something is named that does not exist.
        ScenarioError: a case is wrong.
    """
    from sim.analysis.experiments.retrodiction import Asked

    asked = read_file(path, RetrodictionFile, "a retrodiction file")
    cases = [_case(path.parent / name) for name in asked.cases]
    ids = [case.id for case in cases]
    wanted = [ids[index] for index in choose(only or ids, ids, what="case")]
    naming = Naming({case.id: case.base for case in cases})
    twins = [_twin(key, one, naming) for key, one in asked.twins.items()]
    orderings = [_ordering(key, one, naming) for key, one in asked.orderings.items()]
    naming.stop_if_any()
    kept = [case for case in cases if case.id in wanted]
    codings = _codings(kept)
    return Asked(
        id=asked.id,
        title=asked.title,
        cases=tuple(kept),
        twins=tuple(one for one in twins if one is not None and one.plain.cell.case in wanted),
        orderings=tuple(one for one in orderings if one is not None and _cases_of(one) <= set(wanted)),
        codings=codings,
        labels=_words(asked, naming),
    )


def _words(asked: RetrodictionFile, naming: Naming) -> dict[str, AskedWords]:
    """Labels, whose ids must be those of twins and orderings."""
    from sim.analysis.experiments.retrodiction import AskedWords

    for one in asked.labels.values():
        for what, given, known in (("twin", one.twins, asked.twins), ("ordering", one.orderings, asked.orderings)):
            for key in given:
                naming.known(key, list(known), what)
    naming.stop_if_any()
    return {code: AskedWords(one.title or asked.title, one.twins, one.orderings) for code, one in asked.labels.items()}


def _case(file: Path) -> Case:
    from sim.analysis.experiments.retrodiction import read_case

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


def _twin(key: str, asked: TwinAsked, naming: Naming) -> Twin | None:
    from sim.analysis.experiments.retrodiction import Twin

    plain = naming.term(QuantityAsked(case=asked.case, format=asked.format, of="settlement"))
    changed = naming.term(QuantityAsked(case=asked.case, format=asked.format, of="settlement", override=asked.change))
    return None if plain is None or changed is None else Twin(key, asked.summary, plain, changed, asked.below)


def _ordering(key: str, asked: OrderingAsked, naming: Naming) -> Ordering | None:
    from sim.analysis.experiments.retrodiction import Ordering

    statements = [naming.statement(one) for one in asked.holds]
    found = tuple(one for one in statements if one is not None)
    if len(found) < len(statements):
        return None
    return Ordering(key, asked.claim, asked.input, asked.note, asked.sources, found)


def _cases_of(ordering: Ordering) -> set[str]:
    return {term.cell.case for statement in ordering.statements for term in statement.terms}


def freeze_file(path: Path) -> Path:
    """Where the freeze of a retrodiction file is kept."""
    return path.with_name(path.stem + FREEZE_SUFFIX)


def write_freeze(path: Path, whole: str, each: Mapping[str, Mapping[str, str]]) -> Path:
    """Write the digests of the cases beside their retrodiction file."""
    target = freeze_file(path)
    head = "# Digests of the cases by codebook, from before they were first run. Later changes show in the output.\n"
    content: dict[str, Any] = {"frozen": 1, "all": whole, "cases": {key: dict(one) for key, one in each.items()}}
    target.write_text(head + yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return target


def changed_since_freeze(path: Path, each: Mapping[str, Mapping[str, str]]) -> list[str] | None:
    """Ids of cases that differ from the freeze, or None where nothing was frozen."""
    target = freeze_file(path)
    if not target.exists():
        return None
    frozen: Mapping[str, Mapping[str, str]] = yaml.safe_load(target.read_text(encoding="utf-8"))["cases"]
    return [key for key, one in each.items() if dict(frozen.get(key, {})) != dict(one)]
