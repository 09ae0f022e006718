"""Names that references may point at, and the wording of a reference that points nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sim.scenario.schema.shape import Draft
from sim.scenario.schema.written import Condition
from sim.scenario.schema.written_issues import Issue
from sim.scenario.source.errors import Path, Report


@dataclass(frozen=True)
class Known:
    """The ids of a draft. A reference to a part that is broken is no second problem."""

    draft: Draft
    report: Report

    @property
    def issues(self) -> dict[str, Issue]:
        """Sound issues."""
        return self.draft.sound("issues")

    def reference(self, path: Path, what: str, name: str, choices: Collection[str]) -> bool:
        """Whether `name` is among the choices; notes a problem if not."""
        if name in choices:
            return True
        self.report.add(path, f"unknown {what}", seen=f"'{name}'", allowed=choices, word=name)
        return False

    def issue(self, path: Path, name: str) -> Issue | None:
        """The issue of that id, if it is there and sound."""
        known = self.reference(path, "issue", name, self.draft.ids("issues"))
        return self.issues.get(name) if known else None

    def option(self, path: Path, issue: str, name: str) -> bool:
        """Whether a sound issue has that option; True when the issue is broken, so nothing can be said."""
        if issue not in self.issues:
            return True
        return self.reference(path, f"option of issue '{issue}'", name, list(self.issues[issue].options))

    def options(self, path: Path, issue: str, names: Iterable[str]) -> bool:
        """Whether all the options exist, each named once."""
        given = list(names)
        for name in dict.fromkeys(given):
            if given.count(name) > 1:
                self.report.add(path, "an option is named twice", seen=f"'{name}'", allowed="each option once")
        unknown = [name for name in dict.fromkeys(given) if not self.option(path, issue, name)]
        return not unknown

    def party(self, path: Path, name: str, *, other_than: str | None = None) -> bool:
        """Whether the party exists and is not the one that speaks."""
        others = [party for party in self.draft.ids("parties") if party != other_than]
        if name == other_than:
            self.report.add(path, "a party cannot be named here by itself", seen=f"'{name}'", allowed=others)
            return False
        return self.reference(path, "party", name, others)

    def names_guarantor(self, party: str) -> bool:
        """Whether some sound option names the party as its guarantor."""
        return any(party in option.guarantors for issue in self.issues.values() for option in issue.options.values())

    def condition(self, path: Path, condition: Condition) -> bool:
        """Whether a condition names only issues and options that exist."""
        sound = True
        for issue, names in condition.items():
            here = (*path, issue)
            if self.issue(here, issue) is None or not self.options(here, issue, names):
                sound = False
        return sound
