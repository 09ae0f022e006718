"""How files ask about simulated talks: metrics, hypotheses and the cells of runs they are about, by name.

Shared by study, retrodiction and mechanism files. A file is checked against its shape, then its names against the
scenarios; every problem is told in one message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sim.analysis.experiments.cells import Cell
from sim.analysis.experiments.hypotheses import Hypothesis, HypothesisKind, Term
from sim.analysis.experiments.metrics import MEANING, Metric, MetricKind
from sim.app.errors import InputError, did_you_mean
from sim.scenario import VARIANTS, ResolvedScenario
from sim.scenario.schema.shape import note_errors
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import parse_text, read_text


def _as_list(data: Any) -> Any:
    return (data,) if isinstance(data, str) else data


Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
"""One name or several."""


class Question(BaseModel):
    """Base of every part of such a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Q = TypeVar("Q", bound=Question)


def read_file(path: Path, shape: type[Q]) -> Q:
    """Read a YAML file of a given shape.

    Raises:
        ScenarioError: it is no YAML, or does not follow the shape.
    """
    report = Report(str(path))
    data = parse_text(read_text(path, report), report)
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        note_errors(error, (), shape, report)
        report.stop_if_any()
        raise


class MetricQuestion(Question):
    """A metric in a cell."""

    case: str | None = None
    """Id of a scenario; may be left out where the file is about one."""
    format: str | None = None
    """Default: the format whose outcome is documented, or the first."""
    override: Names = ()
    variant: str | None = None
    """A rule variant, such as `foresight=0`, or several joined by `+`; under variants of the whole file it stays."""
    of: MetricKind
    party: str | None = None
    issues: Names = ()
    options: Names = ()


class HypothesisQuestion(Question):
    """Exactly one of: greater/than, near/to/within, above/bound, below/bound."""

    greater: MetricQuestion | None = None
    than: MetricQuestion | None = None
    near: MetricQuestion | None = None
    to: MetricQuestion | None = None
    within: Annotated[float, Field(gt=0)] | None = None
    above: MetricQuestion | None = None
    below: MetricQuestion | None = None
    bound: float | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> HypothesisQuestion:
        forms = [{"greater", "than"}, {"near", "to", "within"}, {"above", "bound"}, {"below", "bound"}]
        if self.model_fields_set not in forms:
            raise ValueError("a statement is greater/than, near/to/within, above/bound or below/bound")
        return self

    @property
    def kind(self) -> HypothesisKind:
        """Which of the forms it has."""
        kinds: tuple[HypothesisKind, ...] = get_args(HypothesisKind)
        return next(kind for kind in kinds if getattr(self, kind))

    @property
    def sides(self) -> list[MetricQuestion]:
        """One or two."""
        return [side for side in (self.greater, self.than, self.near, self.to, self.above, self.below) if side]


@dataclass
class Naming:
    """Turns names into positions; collects what does not exist."""

    scenarios: Mapping[str, ResolvedScenario]
    problems: list[str] = field(default_factory=list[str])

    def stop_if_any(self) -> None:
        """Tell every problem: an `InputError`, if there is one."""
        if self.problems:
            raise InputError(" ".join(dict.fromkeys(self.problems)))

    def known(self, names: str | Sequence[str] | None, existing: Iterable[str], what: str) -> bool:
        """Whether a name, or every name, exists; notes a problem for each that does not. None is no name."""
        names, existing = [names] if isinstance(names, str) else names or [], list(existing)
        wrong = [name for name in names if name not in existing]
        self.problems += [f'No {what} is called "{name}". {did_you_mean(name, existing)}' for name in wrong]
        return not wrong

    def _fits(self, question: MetricQuestion, resolved: ResolvedScenario) -> bool:
        """Whether everything that a question names is in its scenario, and nothing is missing."""
        n_problems = len(self.problems)
        of_it = f"of {resolved.id}"
        self.known(question.format, (*resolved.formats, *resolved.tracks), f"format {of_it}")
        self.known(question.override, resolved.overrides, f"override {of_it}")
        self.known(question.variant and question.variant.split("+"), variant_names(resolved), "variant")
        self.known(question.party, resolved.parties, f"party {of_it}")
        good = self.known(question.issues, resolved.issues, f"issue {of_it}")
        if question.options and len(question.issues) != 1:
            self.problems.append(f"Options in {resolved.id} need exactly one issue.")
        elif question.options and good:
            (issue,) = question.issues
            self.known(question.options, resolved.issues[issue].options, f"option of {issue}")
        needed = {"refused": "party", "net_gain": "party", "value": "party", "moved": "issues", "stands": "options"}
        missing = needed.get(question.of)
        if missing and not getattr(question, missing):
            self.problems.append(f'"{question.of}" in {resolved.id} needs {missing}.')
        return len(self.problems) == n_problems

    def hypothesis(self, question: HypothesisQuestion) -> Hypothesis:
        """The hypothesis, with positions in the place of names."""
        bound = question.within or question.bound or 0.0
        return Hypothesis(question.kind, *map(self.term, question.sides), bound=bound)

    def term(self, question: MetricQuestion) -> Term:
        """The metric and its cell, with positions in the place of names; of no use where a problem is noted."""
        case = question.case or next(iter(self.scenarios))
        if not (self.known(case, self.scenarios, "case") and self._fits(question, self.scenarios[case])):
            return Term(Cell(case, ()), Metric(question.of), "")
        resolved = self.scenarios[case]
        parties, issues = list(resolved.parties), list(resolved.issues)
        options = list(resolved.issues[question.issues[0]].options) if question.options else []
        metric = Metric(
            question.of,
            None if question.party is None else parties.index(question.party),
            tuple(issues.index(name) for name in question.issues),
            tuple(options.index(name) for name in question.options),
        )
        format_id = question.format or next(iter((*resolved.documented, *resolved.formats)))
        changes = [*question.override, *filter(None, [question.variant])]
        changed = f", {' and '.join(changes)}" if changes else ""
        words = f"{metric_words(question, resolved)} [{case}/{format_id}{changed}]"
        return Term(Cell(case, (format_id,), question.override, question.variant), metric, words)


def variant_names(resolved: ResolvedScenario) -> list[str]:
    """Every rule variant that a scenario can be run under."""
    cores = [f"core={key}" for key, issue in resolved.issues.items() if issue.level == "core"]
    return [*VARIANTS, *cores, *(f"coding={name}" for name in resolved.codebooks)]


def metric_words(question: MetricQuestion, resolved: ResolvedScenario) -> str:
    """A metric in words, without the cell it is counted in."""
    about = [] if question.party is None else [resolved.parties[question.party].name]
    about += [resolved.issues[key].name or key for key in question.issues]
    if question.options:
        options = resolved.issues[question.issues[0]].options
        about.append(" or ".join(options[key].name or key for key in question.options))
    return f"{MEANING[question.of]}{' (' + ': '.join(about) + ')' if about else ''}"
