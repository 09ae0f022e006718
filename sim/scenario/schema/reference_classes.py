"""How often something came about in cases of the past (`reference_classes.yaml`).

A class is one kind of event among one kind of cases: k of n, with the source, the coding rule, and what it does not
know. Facts alone; intervals are computed where they are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Annotated, Any, ClassVar

from pydantic import Field

from sim.scenario.schema.numbers import Id
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import parse_text, read_text
from sim.types.endings import LIKELIHOODS

ReferenceClasses = Annotated[dict[Id, Id], Field(json_schema_extra={"propertyNames": {"enum": [*LIKELIHOODS]}})]
"""Measure or outcome -> id of a class."""
CLASSES_FILE = FilePath(__file__).with_name("reference_classes.yaml")


@dataclass(frozen=True, kw_only=True)
class ReferenceClass:
    """Cases of the past, and in how many of them an event came about."""

    id: str
    cases: str
    """What was counted among."""
    event: str
    """What counts."""
    k: int
    """Cases in which the event came about; more than none."""
    n: int
    """All cases; more than `k`."""
    months: int | None
    """Months within which the event had to come; null where it is the end of the case, however long that took."""
    repeats: bool
    """Whether the share is a chance per period of `months` that a longer time meets again."""
    source: str
    url: str
    coding: str
    """By what rule cases and events were coded."""
    unknown: str
    """What the class does not know."""

    COMPUTED: ClassVar = ("share",)

    @property
    def share(self) -> float:
        """K / n."""
        return self.k / self.n

    def periods(self, months: int) -> float | None:
        """How often a time of so many months meets the chance of this class; None where the class does not say.

        A share p within a period is ``1 - (1 - p)^periods`` within a longer time, the same chance in each, only where
        periods repeat. Of a shorter time nothing is said: a month in which talks are held is chosen, so a twelfth of a
        year's chance is not its own.
        """
        if self.months is None or months == self.months:
            return 1.0
        return months / self.months if self.repeats and months > self.months else None


@cache
def reference_classes() -> dict[str, ReferenceClass]:
    """Every class by its id, in file order; read once."""
    report = Report(CLASSES_FILE.name)
    data = parse_text(read_text(CLASSES_FILE, report), report)
    sources, events = data["sources"], data["events"]
    made = (
        _class(f"{key}-{event}", {**cases, "event": events[event], "k": k}, sources[cases["source"]])
        for key, cases in data["cases"].items()
        for event, k in cases["events"].items()
    )
    return {one.id: one for one in made}


def _class(key: str, counted: dict[str, Any], source: dict[str, str]) -> ReferenceClass:
    return ReferenceClass(
        id=key,
        cases=counted["of"],
        event=counted["event"],
        k=counted["k"],
        n=counted["n"],
        months=counted.get("months"),
        repeats=counted.get("repeats", False),
        source=source["citation"],
        url=source["url"],
        coding=source["coding"],
        unknown=source["unknown"],
    )
