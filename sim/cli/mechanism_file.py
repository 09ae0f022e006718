"""Mechanism files: which mechanisms the evidence names, what carries each in a scenario, and what is switched.

Such a file names scenario files beside it, things inside them, rules of the package and tests of the checkout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from sim.app.errors import choose, did_you_mean
from sim.cli.asked_file import Names, Part, read_file
from sim.cli.question_file import Naming, QuantityAsked, quantity_words

if TYPE_CHECKING:
    from sim.analysis.experiments.mechanisms import Ablation, Asked, Contradiction, Mechanism
    from sim.scenario import ResolvedScenario

Basis = Literal["asserted", "reported", "inferred"]


class AblationAsked(Part):
    """A quantity with the mechanism and without it."""

    switch: str
    with_it: Annotated[QuantityAsked, Field(alias="with")]
    without: QuantityAsked
    expected: Literal["more", "less", "flat", "same_bytes"] | None = None
    """What the evidence lets one expect of `with` against `without`."""

    @model_validator(mode="after")
    def _one_quantity(self) -> AblationAsked:
        sides = [one.model_dump(include={"of", "party", "issues", "options"}) for one in (self.with_it, self.without)]
        if sides[0] != sides[1]:
            raise ValueError("with and without are about one quantity, in two cells")
        return self


class CarriedBy(Part):
    """Where a mechanism stands."""

    fields: Names = ()
    """Dotted paths of the first scenario; `*` stands for every key."""
    rules: Names = ()
    """Files of the package."""


class MechanismAsked(Part):
    """A mechanism of the evidence."""

    name: str
    statement: str
    claims: Annotated[Names, Field(min_length=1)]
    basis: Basis
    carried_by: CarriedBy | None = None
    observable: str = ""
    tests: Names = ()
    """Each `tests/...py::test_name`."""
    ablations: tuple[AblationAsked, ...] = ()
    not_carried: str = ""
    """A part of the mechanism that nothing carries, and why."""
    finding: str = ""
    """What came out otherwise than the evidence lets one expect."""
    left_out: str = ""

    @model_validator(mode="after")
    def _carried_or_not(self) -> MechanismAsked:
        carried = bool(self.carried_by and self.observable and self.tests)
        if carried == bool(self.left_out):
            raise ValueError("a mechanism has carried_by, observable and tests, or left_out")
        return self


class ContradictionAsked(Part):
    """A contradiction of the sources."""

    what: str
    no_number: str = ""
    """Why it bears on no number; empty where the scenario has rival readings of it."""


class MechanismFile(Part):
    """A mechanism file as written."""

    mechanisms: Literal[1]
    id: str
    title: str
    scenarios: Annotated[tuple[str, ...], Field(min_length=1)]
    """Scenario files beside this one."""
    note: str = ""
    """What a reader of the findings must know."""
    entries: dict[str, MechanismAsked]
    contradictions: dict[str, ContradictionAsked] = Field(default={})


def read_mechanisms(path: Path, only: Sequence[str]) -> Asked:
    """Read a mechanism file and its scenarios, names settled.

    Args:
        path: the file.
        only: ids of the mechanisms wanted; empty for all.

    Raises:
        InputError: something is named that does not exist.
        ScenarioError: a scenario is wrong.
    """
    from sim.analysis.experiments.mechanisms import Asked
    from sim.analysis.experiments.retrodiction import read_case

    asked = read_file(path, MechanismFile, "a mechanism file")
    keys = list(asked.entries)
    wanted = [keys[index] for index in choose(only or keys, keys, what="mechanism")]
    cases = [read_case(path.parent / name) for name in asked.scenarios]
    naming = Naming({case.id: case.base for case in cases})
    first = cases[0].base
    mechanisms = [_mechanism(key, one, naming, first) for key, one in asked.entries.items()]
    contradictions = [_contradiction(key, one, naming, first) for key, one in asked.contradictions.items()]
    naming.stop_if_any()
    kept = tuple(one for one in mechanisms if one.id in wanted)
    return Asked(asked.id, asked.title, asked.note, tuple(cases), kept, tuple(contradictions))


def _mechanism(key: str, asked: MechanismAsked, naming: Naming, first: ResolvedScenario) -> Mechanism:
    from sim.analysis.experiments.mechanisms import Mechanism

    carried = asked.carried_by or CarriedBy()
    for path in carried.fields:
        problem = leads_nowhere(first, path)
        if problem:
            naming.problems.append(f"{key} is carried by {path}: {problem}")
    ablations = [_ablation(one, naming) for one in asked.ablations]
    return Mechanism(
        id=key,
        name=asked.name,
        statement=asked.statement,
        claims=asked.claims,
        basis=asked.basis,
        fields=carried.fields,
        rules=carried.rules,
        observable=asked.observable,
        tests=asked.tests,
        ablations=tuple(one for one in ablations if one is not None),
        left_out=asked.left_out,
        not_carried=asked.not_carried,
        finding=asked.finding,
    )


def _ablation(asked: AblationAsked, naming: Naming) -> Ablation | None:
    from sim.analysis.experiments.mechanisms import Ablation

    with_it, without = naming.term(asked.with_it), naming.term(asked.without)
    if with_it is None or without is None:
        return None
    words = quantity_words(asked.with_it, naming.scenarios[with_it.cell.case])
    return Ablation(asked.switch, with_it, without, words, asked.expected)


def _contradiction(key: str, asked: ContradictionAsked, naming: Naming, first: ResolvedScenario) -> Contradiction:
    from sim.analysis.experiments.mechanisms import Contradiction

    rival = first.rivals.get(key)
    if (rival is None) != bool(asked.no_number):
        naming.problems.append(f"{key} needs rival readings in {first.id}, or `no_number` here: one of them.")
    if rival is None:
        return Contradiction(key, asked.what, "", (), asked.no_number)
    return Contradiction(key, asked.what, rival.question, tuple(rival.readings), "")


def leads_nowhere(resolved: ResolvedScenario, path: str) -> str:
    """What is wrong with a dotted path of a scenario; empty where it leads to something.

    Args:
        resolved: the scenario.
        path: keys and fields with dots between; `*` stands for every key of a mapping.
    """
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
