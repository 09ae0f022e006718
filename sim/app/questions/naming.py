"""How files ask about simulated talks: metrics, hypotheses and the cells of runs they are about, by name.

Shared by study, retrodiction and mechanism files. A file is checked against its shape, then its names against the
scenarios; every problem is told in one message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sim.analysis.experiments.cells import Cell
from sim.analysis.experiments.hypotheses import Hypothesis, HypothesisKind, Term
from sim.analysis.experiments.metrics import MEANING, Metric, MetricKind
from sim.app.errors import InputError, did_you_mean
from sim.scenario import VARIANTS, ResolvedScenario
from sim.scenario.source.errors import Report
from sim.scenario.source.yaml_text import parse_text, read_text


def _as_list(data: Any) -> Any:
    return (data,) if isinstance(data, str) else data


Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
"""One name or several."""


class Question(BaseModel):
    """Base of every part of such a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Q = TypeVar("Q", bound=Question)


def read_file(path: Path, shape: type[Q], what: str) -> Q:
    """Read a YAML file of a given shape.

    Args:
        path: the file.
        shape: its model.
        what: words for it, such as "a retrodiction file".

    Raises:
        InputError: it does not follow the shape.
        ScenarioError: it is no YAML.
    """
    report = Report(str(path))
    data = parse_text(read_text(path, report), report)
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, part['loc'])) or 'file'}: {part['msg']}" for part in error.errors()]
        raise InputError(f"{path} is not {what}: " + "; ".join(lines)) from None


class MetricQuestion(Question):
    """A metric in a cell."""

    case: str | None = None
    """Id of a scenario; may be left out where the file is about one."""
    format: str | None = None
    """Default: the format whose outcome is documented, or the first."""
    override: Names = ()
    variant: str | None = None
    """A rule variant, such as `foresight=0`; where the whole file is run under variants, this cell keeps its own."""
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


@dataclass
class Naming:
    """Turns names into positions; collects what does not exist."""

    scenarios: Mapping[str, ResolvedScenario]
    problems: list[str] = field(default_factory=list[str])

    def stop_if_any(self) -> None:
        """Tell every problem.

        Raises:
            InputError: if there is one.
        """
        if self.problems:
            raise InputError(" ".join(dict.fromkeys(self.problems)))

    def known(self, names: str | Sequence[str] | None, existing: Sequence[str], what: str) -> bool:
        """Whether a name, or every name, exists; notes a problem for each that does not.

        Args:
            names: as the file has them; None is no name.
            existing: the names there are.
            what: the word for one of them.
        """
        names = [] if names is None else [names] if isinstance(names, str) else names
        wrong = [name for name in names if name not in existing]
        self.problems += [f'No {what} is called "{name}". {did_you_mean(name, existing)}' for name in wrong]
        return not wrong

    def hypothesis(self, question: HypothesisQuestion) -> Hypothesis | None:
        """The hypothesis with its names settled; None where one is wrong."""
        forms: Mapping[HypothesisKind, tuple[MetricQuestion | None, MetricQuestion | None, float | None]] = {
            "greater": (question.greater, question.than, 0.0),
            "near": (question.near, question.to, question.within),
            "above": (question.above, None, question.bound),
            "below": (question.below, None, question.bound),
        }
        for kind, (*sides, bound) in forms.items():
            terms = [self.term(side) for side in sides if side is not None]
            named = [term for term in terms if term is not None]
            if terms and len(named) == len(terms):
                return Hypothesis(kind, *named, bound=bound or 0.0)
        return None

    def term(self, question: MetricQuestion) -> Term | None:
        """The metric and its cell with names settled; None where one is wrong."""
        case = question.case or next(iter(self.scenarios))
        if not self.known(case, list(self.scenarios), "case"):
            return None
        resolved = self.scenarios[case]
        formats = [*resolved.formats, *resolved.tracks]
        format_id = question.format or next(iter(resolved.documented), formats[0])
        parties, issues = list(resolved.parties), list(resolved.issues)
        good = [
            self.known(format_id, formats, f"format of {case}"),
            self.known(question.override, list(resolved.overrides), f"override of {case}"),
            self.known(question.variant, variant_names(resolved), "variant"),
            self.known(question.party, parties, f"party of {case}"),
            self.known(question.issues, issues, f"issue of {case}"),
        ]
        if not (all(good) and self._options(question, resolved, case) and self._needs(question, case)):
            return None
        options = list(resolved.issues[question.issues[0]].options) if question.options else []
        metric = Metric(
            question.of,
            None if question.party is None else parties.index(question.party),
            tuple(issues.index(name) for name in question.issues),
            tuple(options.index(name) for name in question.options),
        )
        cell = Cell(case, (format_id,), question.override, question.variant)
        return Term(cell, metric, f"{metric_words(question, resolved)} {_cell_words(cell)}")

    def _options(self, question: MetricQuestion, resolved: ResolvedScenario, case: str) -> bool:
        if not question.options:
            return True
        if len(question.issues) != 1:
            self.problems.append(f"Options in {case} need exactly one issue.")
            return False
        (issue,) = question.issues
        return self.known(question.options, list(resolved.issues[issue].options), f"option of {issue}")

    def _needs(self, question: MetricQuestion, case: str) -> bool:
        """Whether the kind of metric has the names that it needs."""
        needed = {"refused": "party", "net_gain": "party", "value": "party", "moved": "issues", "stands": "options"}
        missing = needed.get(question.of)
        if missing is None or getattr(question, missing):
            return True
        self.problems.append(f'"{question.of}" in {case} needs {missing}.')
        return False


def variant_names(resolved: ResolvedScenario) -> list[str]:
    """Every rule variant that a scenario can be run under."""
    cores = [f"core={key}" for key, issue in resolved.issues.items() if issue.level == "core"]
    return [*VARIANTS, *cores, *(f"coding={name}" for name in resolved.codebooks)]


def _cell_words(cell: Cell) -> str:
    names = [*cell.overrides, *([cell.variant] if cell.variant else [])]
    return f"[{cell.scenario}/{cell.format}{', ' if names else ''}{' and '.join(names)}]"


def metric_words(question: MetricQuestion, resolved: ResolvedScenario) -> str:
    """A metric in words, without the cell it is counted in."""
    about = [] if question.party is None else [resolved.parties[question.party].name]
    about += [resolved.issues[key].name or key for key in question.issues]
    if question.options:
        options = resolved.issues[question.issues[0]].options
        about.append(" or ".join(options[key].name or key for key in question.options))
    return f"{MEANING[question.of]}{' (' + ': '.join(about) + ')' if about else ''}"
