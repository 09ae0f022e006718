"""Each mechanism of the evidence switched off, or up and down, and what that does.

A mechanism file says which mechanisms the evidence names, what carries each in a scenario, and what is switched. It
names scenario files beside it, things inside them, rules of the package and tests of the checkout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from sim.analysis.experiments.ablation import (
    Ablation,
    Contradiction,
    Expected,
    Mechanism,
    Mechanisms,
    MechanismsSpec,
    ablate,
)
from sim.analysis.experiments.cells import read_case
from sim.app.errors import choose, did_you_mean
from sim.app.naming import MetricQuestion, Names, Naming, Question, read_file
from sim.scenario import ResolvedScenario
from sim.types.playing import SILENCE, Progress, Size

CELL_SIZE = Size(250, 8)
Basis = Literal["asserted", "reported", "inferred"]


class AblationQuestion(Question):
    """A metric with the mechanism and without it."""

    switch: str
    with_it: Annotated[MetricQuestion, Field(alias="with")]
    without: MetricQuestion
    expected: Expected | None = None
    """What the evidence lets one expect of `with` against `without`."""
    input: bool = False
    """What is expected cannot come out otherwise."""

    @model_validator(mode="after")
    def _one_metric(self) -> AblationQuestion:
        sides = [side.model_dump(include={"of", "party", "issues", "options"}) for side in (self.with_it, self.without)]
        if sides[0] != sides[1]:
            raise ValueError("with and without are about one quantity, in two cells")
        return self


class CarriedBy(Question):
    """Where a mechanism stands."""

    fields: Names = ()
    """Dotted paths of the first scenario; `*` stands for every key."""
    rules: Names = ()
    """Files of the package."""


class MechanismQuestion(Question):
    """A mechanism of the evidence."""

    name: str
    statement: str
    claims: Annotated[Names, Field(min_length=1)]
    basis: Basis
    carried_by: CarriedBy = CarriedBy()
    observable: str = ""
    tests: Names = ()
    """Each `tests/...py::test_name`."""
    ablations: tuple[AblationQuestion, ...] = ()
    not_carried: str = ""
    """A part of the mechanism that nothing carries, and why."""
    finding: str = ""
    """What came out otherwise than the evidence lets one expect."""
    left_out: str = ""

    @model_validator(mode="after")
    def _carried_or_not(self) -> MechanismQuestion:
        carried = bool("carried_by" in self.model_fields_set and self.observable and self.tests)
        if carried == bool(self.left_out):
            raise ValueError("a mechanism has carried_by, observable and tests, or left_out")
        return self


class ContradictionQuestion(Question):
    """A contradiction of the sources."""

    what: str
    no_number: str = ""
    """Why it bears on no number; empty where the scenario has rival readings of it."""


class MechanismFile(Question):
    """A mechanism file as written."""

    mechanisms: Literal[1]
    id: str
    title: str
    scenarios: Annotated[tuple[str, ...], Field(min_length=1)]
    """Scenario files beside this one."""
    note: str = ""
    """What a reader of the findings must know."""
    entries: dict[str, MechanismQuestion]
    contradictions: dict[str, ContradictionQuestion] = Field(default={})


def read_mechanisms(path: Path, only: Sequence[str] = ()) -> MechanismsSpec:
    """Read a mechanism file and its scenarios, names settled; empty `only` is all mechanisms.

    Raises:
        InputError: something is named that does not exist.
        ScenarioError: a scenario is wrong.
    """
    file = read_file(path, MechanismFile)
    chosen = choose(only or file.entries, file.entries, what="mechanism")
    cases = [read_case(path.parent / name) for name in file.scenarios]
    naming, first = Naming({case.id: case.base for case in cases}), cases[0].base
    mechanisms = [_mechanism(key, entry, naming, first) for key, entry in file.entries.items()]
    contradictions = [_contradiction(key, entry, naming, first) for key, entry in file.contradictions.items()]
    naming.stop_if_any()
    return MechanismsSpec(
        id=file.id,
        title=file.title,
        note=file.note,
        cases=tuple(cases),
        mechanisms=tuple(mechanisms[index] for index in chosen),
        contradictions=tuple(contradictions),
    )


def _mechanism(key: str, entry: MechanismQuestion, naming: Naming, first: ResolvedScenario) -> Mechanism:
    ablations = tuple(_ablation(row, naming) for row in entry.ablations)
    problems = {place: leads_nowhere(first, place) for place in entry.carried_by.fields}
    naming.problems += [f"{key} is carried by {place}: {wrong}" for place, wrong in problems.items() if wrong]
    words = entry.model_dump(exclude={"carried_by", "ablations"})
    return Mechanism(id=key, ablations=ablations, **entry.carried_by.model_dump(), **words)


def _ablation(row: AblationQuestion, naming: Naming) -> Ablation:
    with_it, without = naming.term(row.with_it), naming.term(row.without)
    metric = with_it.words.rpartition(" [")[0]  # the cell stands in brackets behind it
    return Ablation(row.switch, with_it, without, metric, row.expected, row.input)


def _contradiction(key: str, entry: ContradictionQuestion, naming: Naming, first: ResolvedScenario) -> Contradiction:
    rival = first.rivals.get(key)
    if (rival is None) != bool(entry.no_number):
        naming.problems.append(f"{key} needs rival readings in {first.id}, or `no_number` here: one of them.")
    question, readings = ("", ()) if rival is None else (rival.question, tuple(rival.readings))
    return Contradiction(key, entry.what, question, readings, entry.no_number)


def leads_nowhere(resolved: ResolvedScenario, path: str) -> str:
    """What is wrong with a dotted path, in which `*` is every key of a mapping; empty where it leads to something."""
    parts: list[Any] = [resolved]
    for key in path.split("."):
        inside = [_inside(part) for part in parts]
        parts = [child for each in inside for name, child in each.items() if key in ("*", name)]
        if not parts:
            known = sorted({name for each in inside for name in each})
            return f'there is no "{key}". {did_you_mean(key, known)}'
    return ""


def _inside(part: Any) -> Mapping[str, Any]:
    """What a part of a scenario holds, by name."""
    if isinstance(part, BaseModel):
        return {name: getattr(part, name) for name in type(part).model_fields}
    return part if isinstance(part, Mapping) else {}


def mechanisms(
    file: Path, only: Sequence[str] = (), size: Size = CELL_SIZE, *, progress: Progress = SILENCE
) -> Mechanisms:
    """Switch each mechanism off (or up and down): what carries it, and what it does to the outcome.

    Both sides of a switch share draws and chance, so that nothing but the switch differs. Empty `only` is all
    mechanisms; the size is that of a cell.

    Raises:
        InputError: the file names what is not there.
        ScenarioError: a scenario is wrong.
    """
    return ablate(read_mechanisms(file, only), size, progress)
