"""Where in a file something stands, which names it may point at, and the wording of a name that points nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sim.scenario.schema.shape import Draft
from sim.scenario.schema.written import Condition, Issue, Party
from sim.scenario.schema.written_formats import Format
from sim.scenario.source.problems import Path, Report


@dataclass(frozen=True)
class Place:
    """A path in a draft; `place / key` lies below it. A reference to a part that is broken is no second problem."""

    draft: Draft
    report: Report
    path: Path = ()

    def __truediv__(self, key: str) -> Place:
        return Place(self.draft, self.report, (*self.path, key))

    @property
    def issues(self) -> dict[str, Issue]:
        """Sound issues."""
        return self.draft.sound("issues")

    @property
    def parties(self) -> dict[str, Party]:
        """Sound parties."""
        return self.draft.sound("parties")

    @property
    def formats(self) -> dict[str, Format]:
        """Sound formats."""
        return self.draft.sound("formats")

    def note(self, message: str, seen: str = "", allowed: str | Collection[str] = "", *, suggestion: str = "") -> None:
        """Note a problem here, as `Report.add` does."""
        self.report.add(self.path, message, seen, allowed, suggestion=suggestion)

    def reference(self, what: str, name: str, choices: Collection[str]) -> bool:
        """Whether `name` is among the choices; notes a problem if not."""
        if name not in choices:
            self.report.add(self.path, f"unknown {what}", f"'{name}'", choices, word=name)
        return name in choices

    def cites(self, sources: Iterable[str]) -> None:
        """Sources must be references."""
        for source in sources:
            self.reference("source", source, self.draft.ids("references"))

    def issue(self, name: str) -> Issue | None:
        """The issue of that id, if it is there and sound."""
        return self.issues.get(name) if self.reference("issue", name, self.draft.ids("issues")) else None

    def option(self, issue: str, name: str) -> bool:
        """Whether a sound issue has that option; True when the issue is broken, so nothing can be said."""
        options = list(self.issues[issue].options) if issue in self.issues else [name]
        return self.reference(f"option of issue '{issue}'", name, options)

    def options(self, issue: str, names: Iterable[str]) -> bool:
        """Whether all the options exist; notes those named twice."""
        unknown = [name for name in list(self.once("an option", names)) if not self.option(issue, name)]
        return not unknown

    def once(self, what: str, names: Iterable[str], *, named: str = "named") -> Iterator[str]:
        """The names, each once; notes those given again after they have been looked at."""
        for name, count in Counter(list(names)).items():
            yield name
            if count > 1:
                self.note(f"{what} is {named} twice", f"'{name}'", f"each {what.split()[1]} once")

    def party(self, name: str, *, other_than: str | None = None) -> bool:
        """Whether the party exists and is not the one that speaks."""
        others = [party for party in self.draft.ids("parties") if party != other_than]
        if name == other_than:
            self.note("a party cannot be named here by itself", f"'{name}'", others)
            return False
        return self.reference("party", name, others)

    def names_guarantor(self, party: str) -> bool:
        """Whether some sound option names the party as its guarantor."""
        return any(party in option.guarantors for issue in self.issues.values() for option in issue.options.values())

    def condition(self, condition: Condition) -> bool:
        """Whether a condition names only issues and options that exist."""
        sound = True
        for issue, names in condition.items():
            here = self / issue
            sound &= here.issue(issue) is not None and here.options(issue, names)
        return sound
