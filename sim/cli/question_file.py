"""How files ask about simulated talks: quantities, statements and the cells of runs they are about, by name.

Shared by the files of `parley retrodict` and `parley mechanisms`. Names are checked against the scenarios; every
problem is told in one message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from sim.analysis.experiments.hypotheses import Cell, Statement, Term
from sim.analysis.experiments.metrics import MEANING, Kind, Quantity
from sim.app.errors import InputError, did_you_mean
from sim.cli.asked_file import Names, Part

if TYPE_CHECKING:
    from sim.scenario import ResolvedScenario


class QuantityAsked(Part):
    """A quantity in a cell."""

    case: str | None = None
    """Id of a scenario; may be left out where the file is about one."""
    format: str | None = None
    """Default: the format whose outcome is documented, or the first."""
    override: Names = ()
    variant: str | None = None
    """A rule variant, such as `foresight=0`; where the whole file is run under variants, this cell keeps its own."""
    of: Kind
    party: str | None = None
    issues: Names = ()
    options: Names = ()


class StatementAsked(Part):
    """Exactly one of: greater/than, near/to/within, above/bound, below/bound."""

    greater: QuantityAsked | None = None
    than: QuantityAsked | None = None
    near: QuantityAsked | None = None
    to: QuantityAsked | None = None
    within: Annotated[float, Field(gt=0)] | None = None
    above: QuantityAsked | None = None
    below: QuantityAsked | None = None
    bound: float | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> StatementAsked:
        given = frozenset(self.model_fields_set)
        forms = [{"greater", "than"}, {"near", "to", "within"}, {"above", "bound"}, {"below", "bound"}]
        if given not in map(frozenset, forms):
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

    def statement(self, asked: StatementAsked) -> Statement | None:
        """The statement with its names settled; None where one is wrong."""
        for kind, first, second, bound in (
            ("greater", asked.greater, asked.than, 0.0),
            ("near", asked.near, asked.to, asked.within),
            ("above", asked.above, None, asked.bound),
            ("below", asked.below, None, asked.bound),
        ):
            if first is None:
                continue
            terms = [self.term(one) for one in (first, second) if one is not None]
            if None in terms:
                return None
            other = terms[1] if len(terms) > 1 else None
            return Statement(kind, terms[0], other, bound or 0.0)  # type: ignore[arg-type]
        return None

    def term(self, asked: QuantityAsked) -> Term | None:
        """The quantity and its cell with names settled; None where one is wrong."""
        case = asked.case or next(iter(self.scenarios))
        if not self.known(case, list(self.scenarios), "case"):
            return None
        resolved = self.scenarios[case]
        formats = [*resolved.formats, *resolved.tracks]
        chosen = asked.format or next(iter(resolved.documented), formats[0])
        good = self.known(chosen, formats, f"format of {case}")
        good &= all(self.known(one, list(resolved.overrides), f"override of {case}") for one in asked.override)
        good &= asked.variant is None or self.known(asked.variant, variant_names(resolved), "variant")
        good &= asked.party is None or self.known(asked.party, list(resolved.parties), f"party of {case}")
        good &= all(self.known(one, list(resolved.issues), f"issue of {case}") for one in asked.issues)
        good = good and self._options(asked, resolved, case) and self._needs(asked, case)
        if not good:
            return None
        quantity = Quantity(
            asked.of,
            None if asked.party is None else list(resolved.parties).index(asked.party),
            tuple(list(resolved.issues).index(one) for one in asked.issues),
            tuple(list(resolved.issues[asked.issues[0]].options).index(one) for one in asked.options),
        )
        cell = Cell(case, chosen, asked.override, asked.variant)
        return Term(cell, quantity, words_for(asked, resolved, chosen))

    def _options(self, asked: QuantityAsked, resolved: ResolvedScenario, case: str) -> bool:
        if not asked.options:
            return True
        if len(asked.issues) != 1:
            self.problems.append(f"Options in {case} need exactly one issue.")
            return False
        known = list(resolved.issues[asked.issues[0]].options)
        return all(self.known(one, known, f"option of {asked.issues[0]}") for one in asked.options)

    def _needs(self, asked: QuantityAsked, case: str) -> bool:
        """Whether the kind of quantity has the names that it needs."""
        needed = {"refused": "party", "net_gain": "party", "value": "party", "moved": "issues", "stands": "options"}
        missing = needed.get(asked.of)
        if missing is None or getattr(asked, missing):
            return True
        self.problems.append(f'"{asked.of}" in {case} needs {missing}.')
        return False

    def known(self, name: str, names: Sequence[str], what: str) -> bool:
        """Whether a name exists; notes a problem if not."""
        if name not in names:
            self.problems.append(f'No {what} is called "{name}". {did_you_mean(name, names)}')
        return name in names


def variant_names(resolved: ResolvedScenario) -> list[str]:
    """Every rule variant that a scenario can be run under."""
    from sim.scenario import VARIANTS

    cores = [f"core={key}" for key, one in resolved.issues.items() if one.level == "core"]
    return [*VARIANTS, *cores, *(f"coding={name}" for name in resolved.codebooks)]


def words_for(asked: QuantityAsked, resolved: ResolvedScenario, format_id: str) -> str:
    """A quantity in words."""
    names = [*asked.override, *([asked.variant] if asked.variant else [])]
    changed = f", {' and '.join(names)}" if names else ""
    return f"{quantity_words(asked, resolved)} [{resolved.id}/{format_id}{changed}]"


def quantity_words(asked: QuantityAsked, resolved: ResolvedScenario) -> str:
    """A quantity in words, without the cell it is counted in."""
    about: list[str] = []
    if asked.party is not None:
        about.append(resolved.parties[asked.party].name)
    about += [resolved.issues[one].name or one for one in asked.issues]
    if asked.options:
        options = resolved.issues[asked.issues[0]].options
        about.append(" or ".join(options[one].name or one for one in asked.options))
    return f"{MEANING[asked.of]}{' (' + ': '.join(about) + ')' if about else ''}"
